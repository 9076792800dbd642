"""Scripts that are open to be edited: their texts, what was saved, and what other programs did to the files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, count
from keyword import iskeyword
from pathlib import Path

from taixu.assets.atomic import write_atomic
from taixu.edit import Project, read_file
from taixu.errors import TaixuError

__all__ = ["NEW_SCRIPT", "ScriptFile", "free_script_name", "list_scripts", "new_script", "open_script"]

_MOST_BYTES = 4 << 20
_TAKEN = frozenset({"game"})
"""What `import` finds elsewhere."""
NEW_SCRIPT = """import game

speed: float = 1.0  # metres a second; fields with a type are shown in the inspector


def on_start():
    game.log("hello from", game.entity.name)


def on_tick(dt):
    x, y, z = game.entity.position
    game.entity.position = (x + speed * dt, y, z)
"""
"""What a new script begins with."""


@dataclass
class ScriptFile:
    """A script's file.

    Attributes
    ----------
    path
        In the project, as components name it.
    saved
        Its text on disk, as this editor knows it.
    """

    path: str
    file: Path
    saved: str
    stamp: tuple[int, int]

    def save(self, text: str) -> None:
        """Write it, whole or not at all.

        Raises
        ------
        TaixuError
            When the disk is full, the folder read-only, ...; the file is as it was then.
        """
        try:
            write_atomic(self.file, text.encode("utf-8"))
        except OSError as error:
            raise TaixuError(f"{self.path} is not saved: {error.strerror or error}; its text is still here") from None
        self.saved, self.stamp = text, _stamp(self.file)

    def changed_outside(self) -> str | None:
        """The new text where another program wrote the file since; None where it did not, or it is gone."""
        try:
            stamp = _stamp(self.file)
            if stamp == self.stamp:
                return None
            self.stamp = stamp
            text = _text(self.file)
        except (OSError, TaixuError):
            return None
        return text if text != self.saved else None


def list_scripts(project: Project) -> list[str]:
    """Paths of the project's scripts, sorted; stubs are left out."""
    folder = project.root / "scripts"
    return sorted(project.path_of(file) for file in folder.rglob("*.py")) if folder.is_dir() else []


def open_script(project: Project, path: str) -> ScriptFile:
    """Open a script by its path in the project.

    Raises
    ------
    TaixuError
        When it is gone, too large, or lies outside of the project.
    """
    file = project.file(path)
    return ScriptFile(path, file, _text(file), _stamp(file))


def new_script(project: Project, name: str) -> ScriptFile:
    """Make a script in the project's folder of scripts.

    Raises
    ------
    TaixuError
        When the name is none, or taken.
    """
    stem = name.strip().removesuffix(".py").replace(" ", "_")
    if not stem or not stem.replace("/", "_").isidentifier():
        raise TaixuError(f"{name!r} is no name for a script: letters, digits and _, not a digit first")
    path = f"scripts/{stem}.py"
    file = project.file(path)
    if file.exists():
        raise TaixuError(f"there is a script {path} already")
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, NEW_SCRIPT.encode())
    return open_script(project, path)


def free_script_name(project: Project, wish: str) -> str:
    """A name that no script of the project has, made of what an entity is called: ``Box 2`` gives ``box_2``."""
    words = re.sub(r"\W+", "_", wish.strip().lower()).strip("_")
    stem = words if words.isidentifier() and not iskeyword(words) and words not in _TAKEN else "script"
    taken = {path.removeprefix("scripts/").removesuffix(".py") for path in list_scripts(project)}
    return next(name for name in chain([stem], (f"{stem}_{number}" for number in count(2))) if name not in taken)


def _text(file: Path) -> str:
    return read_file(file, limit=_MOST_BYTES, what="a script").decode("utf-8", errors="replace")


def _stamp(file: Path) -> tuple[int, int]:
    facts = file.stat()
    return facts.st_mtime_ns, facts.st_size
