"""``taixu generate script``: mods from words by templates, without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.request import Request
from taixu.mods.authoring.checks import errors_of
from taixu.mods.authoring.composing import Written, compose
from taixu.mods.authoring.reading import read_wish

__all__ = ["FILES", "ScriptGenerator", "ScriptParameters", "file_of", "made_files", "names_of"]

FILES = {"": "main.py", "manifest": "mod.toml"}
"""What a mod's files are called, by role."""
_MOST_NAMES = 400


@dataclass(frozen=True)
class ScriptParameters:
    """Parameters of a mod."""

    author: str = field(default="me", metadata={"doc": "Whose it is: the first part of its id, in lower-case letters."})
    names: str = field(default="", metadata={"doc": "What entities of the world are called, with | between."})


class ScriptGenerator(Generator):
    """Mods out of words: what things do, and when."""

    name, makes, suffix = "script", "script", ".py"
    summary = "mods from words, by templates: follow, patrol, doors, lamps, day and night, weather, scores, health and more"
    parameters = ScriptParameters
    makes_folder = True

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """``main.py`` and ``mod.toml``, checked."""
        wanted: ScriptParameters = request.parameters
        progress(0.1, "reading the words")
        names = names_of(wanted.names)
        written = compose(read_wish(request.prompt, names), author=wanted.author, names=names)
        progress(0.6, "checking")
        wrong = errors_of(written.files)
        if wrong:
            raise TaixuError(f"what came of these words does not pass the check: {wrong[0]}; say it in other words")
        return made_files(written, request.folder)


def names_of(text: str) -> list[str]:
    """Names of entities, as a parameter holds them."""
    return [name.strip() for name in text.split("|") if name.strip()][:_MOST_NAMES]


def made_files(written: Written, folder: Path, said: Mapping[str, Any] | None = None) -> list[Made]:
    """Write a mod's files into a folder, with what is to be said of them."""
    facts = {
        "id": written.id, "understood": list(written.understood), "not_understood": list(written.unknown),
        "doubts": list(written.doubts), **(said or {}),
    }  # fmt: skip
    made = []
    for role, name in FILES.items():
        write_atomic(folder / name, written.files[name])
        made.append(Made(folder / name, role, said=facts if not role else {}))
    return made


def file_of(files: Sequence[Path], role: str = "") -> Path | None:
    """Among the files of a result, the one of a role."""
    return next((file for file in files if file.name == FILES[role]), None)
