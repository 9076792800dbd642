"""Mods out of words: what one holds, how it differs from what is there, how it stood its trial, and keeping it as one step."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.edit import Command, Group, Session
from taixu.edit.write_file import WriteFile
from taixu.errors import TaixuError, UsageError
from taixu_editor.generating.naming import name_of

if TYPE_CHECKING:
    from taixu.edit import Project
    from taixu_editor.generating.history import Entry
    from taixu_editor.host import Host

__all__ = [
    "WriteModParameters", "before_of", "facts_of", "files_of", "keep_script", "names_in", "plan_write", "target_of", "world_to_try",
]  # fmt: skip

FOLDER = "mods"
_MOST_NAMES = 400
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class WriteModParameters:
    """A folder of the project's mods, and texts by the names of files in it."""

    folder: str
    files: dict[str, Any] = field(default_factory=dict)


def files_of(paths: tuple[Path, ...]) -> dict[str, str]:
    """The texts of a result's files by name; nothing where the cache has dropped them."""
    try:
        return {file.name: file.read_text("utf-8") for file in paths if file.stat().st_size <= _MOST_BYTES}
    except (OSError, UnicodeDecodeError):
        return {}


def facts_of(key: str) -> Mapping[str, Any]:
    """What was understood of the words of a result, and what was not."""
    from taixu.generate.cache import fetch_result

    files = fetch_result(key)
    return files[0].provenance.settings if files else {}


def names_in(session: Session) -> str:
    """What the world's entities are called, as the generator's parameter holds it."""
    from taixu.scene import Name

    if not session.worlds:
        return ""
    world = session.world
    names = dict.fromkeys(world.get(int(entity), Name).text for entity in world.query(Name).entities)
    return "|".join([name for name in names if name and "|" not in name and len(name) <= 60][:_MOST_NAMES])


def world_to_try(session: Session) -> str:
    """The world that a mod is tried in, as it was saved; empty for a bare stage."""
    path = session.current.path if session.worlds else None
    return str(path) if path is not None and path.is_file() and not session.current.is_prefab else ""


def target_of(project: Project, files: Mapping[str, str], prompt: str = "") -> str:
    """Where a mod belongs in a project: over the one of its id, or in a new folder."""
    wanted = _id_in(files.get("mod.toml", ""))
    above = project.file(FOLDER)
    for manifest in sorted(above.glob("*/mod.toml")) if above.is_dir() else ():
        try:
            if wanted and manifest.stat().st_size <= _MOST_BYTES and _id_in(manifest.read_text("utf-8")) == wanted:
                return f"{FOLDER}/{manifest.parent.name}"
        except (OSError, UnicodeDecodeError):
            continue
    stem = wanted.rpartition(".")[2] or name_of(prompt, "mod")
    number, found = 2, stem
    while (above / found).exists():
        number, found = number + 1, f"{stem}_{number}"
    return f"{FOLDER}/{found}"


def before_of(project: Project, folder: str, files: Mapping[str, str]) -> dict[str, str]:
    """What stands in that folder now under the same names."""
    from taixu.mods.authoring.difference import read_files

    there = project.file(folder)
    return read_files(there, dict.fromkeys(files, "")) if there.is_dir() else {}


def plan_write(session: Session, p: WriteModParameters) -> Command | None:
    """The command that gives a mod its files: one step of history.

    Raises
    ------
    UsageError
        When that is no place for one, or no such files.
    """
    parts = p.folder.split("/")
    if len(parts) != 2 or parts[0] != FOLDER or parts[1] in ("", ".", "..") or "\\" in p.folder:
        raise UsageError(f"{p.folder[:80]!r} is no folder of a mod, such as mods/lamp")
    if not p.files or not all(isinstance(text, str) and _is_name(name) for name, text in p.files.items()):
        raise UsageError("a mod's files are texts by name: main.py, mod.toml")
    return Group(tuple(WriteFile(f"{p.folder}/{name}", text.encode()) for name, text in sorted(p.files.items())))


def keep_script(host: Host, entry: Entry, *, name: str = "") -> tuple[str, ...]:
    """Put a result's mod into the project, with its records, as one step that can be undone; gives the paths, the main one first.

    Raises
    ------
    TaixuError
        When the result is no longer in the cache, or cannot be written.
    """
    project = host.session.project
    texts = files_of(entry.cached())
    if not texts:
        raise TaixuError(f"the files of {entry.label!r} are no longer in the cache; make it again, which gives the same")
    folder = f"{FOLDER}/{name}" if name else target_of(project, texts, entry.wish.prompt)
    host.do("generate.write_mod", folder=folder, files=_recorded(host, entry))
    host.mods.look_again()
    return tuple(f"{folder}/{file}" for file in sorted(texts))


def _recorded(host: Host, entry: Entry) -> dict[str, str]:
    """The files with the sidecars that say where they came from."""
    from taixu.generate.cache import fetch_result
    from taixu.generate.order import settle
    from taixu.generate.placing import Place, lay_out, take_places

    generator = host.studio.generators.find(entry.wish.generator, model=entry.wish.model)
    order = entry.wish.order(host.session.project)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), "", f"{os.getpid()}-{secrets.token_hex(6)}")
        laid = lay_out(place, fetch_result(entry.key), order, settle(generator, order), generator.licence)
        take_places(laid.moves)
        return {file.name: file.read_text("utf-8") for file in sorted(Path(folder).iterdir()) if file.is_file()}


def _id_in(manifest: str) -> str:
    import tomllib

    try:
        found = tomllib.loads(manifest).get("id", "")
    except ValueError:
        return ""
    return found if isinstance(found, str) else ""


def _is_name(name: object) -> bool:
    return isinstance(name, str) and name.replace(".", "").replace("_", "").isalnum() and not name.startswith(".")
