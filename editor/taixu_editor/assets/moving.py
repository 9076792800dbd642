"""Commands that move files: whoever names a file in a world or a prefab names it by its new path afterwards.

All or none: whatever fails on the way is put back before the error is said.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.assets.atomic import write_atomic
from taixu.assets.sidecar import sidecar_path
from taixu.ecs import component_type
from taixu.edit import Command, PrefabLibrary, SetFields
from taixu.edit.ids import id_text
from taixu.errors import TaixuError
from taixu_editor.assets.usage import documents_of, moved_path, replace_in_data, replace_in_text

if TYPE_CHECKING:
    from taixu.edit import Session

__all__ = ["MoveAsset", "TrashAsset", "free_path"]

TRASH = ".taixu/trash"


@dataclass(frozen=True, slots=True)
class MoveAsset:
    """Call a file or a folder by another path, in the file system and in all worlds and prefabs."""

    old: str
    new: str

    def apply(self, session: Session) -> Command:
        """Move it; undone by moving it back."""
        done: list[Callable[[], object]] = []
        try:
            self._move(session, done)
        except BaseException:
            for undo in reversed(done):
                undo()
            raise
        return MoveAsset(self.new, self.old)

    def _move(self, session: Session, done: list[Callable[[], object]]) -> None:
        project = session.project
        source, target = project.file(self.old), project.file(self.new)
        if not source.exists():
            raise TaixuError(f"{self.old}: there is no such file in the project any more")
        if target.exists() and not (target.samefile(source) and self.old.casefold() == self.new.casefold()):
            raise TaixuError(f"{self.new}: there is such a file already; choose another name")
        if self.new.startswith(self.old + "/"):
            raise TaixuError(f"{self.old}: a folder cannot be moved into itself")
        documents = _rewritten(project.root, self.old, self.new)
        _rename(source, target, done)
        if sidecar_path(source).is_file():
            _rename(sidecar_path(source), sidecar_path(target), done)
        for path, before, after in documents:
            file = project.file(moved_path(path, self.old, self.new))
            write_atomic(file, after)
            done.append(lambda file=file, before=before: write_atomic(file, before))  # type: ignore[misc]
        _edit_open_worlds(session, self.old, self.new, done)
        _forget_prefabs(session, [path for path, _, _ in documents], self.old, self.new)
        _name_open_files(session, source, target)


@dataclass(frozen=True, slots=True)
class TrashAsset:
    """Put a file or a folder into the project's trash, or take it out again. Who uses it keeps its path."""

    path: str
    trash: str = ""
    """Where it lies there; found by itself when it is put in."""

    def apply(self, session: Session) -> Command:
        """Undone by taking it out again."""
        project = session.project
        done: list[Callable[[], object]] = []
        try:
            if self.trash:
                source, target, undo = project.file(self.trash), project.file(self.path), TrashAsset(self.path)
                if target.exists():
                    raise TaixuError(f"{self.path}: there is such a file again; the one in the trash stays there")
            else:
                source = project.file(self.path)
                if not source.exists():
                    raise TaixuError(f"{self.path}: there is no such file in the project any more")
                where = free_path(project.root, f"{TRASH}/{self.path.rpartition('/')[2]}")
                target, undo = project.file(where), TrashAsset(self.path, where)
            _rename(source, target, done)
            if sidecar_path(source).is_file():
                _rename(sidecar_path(source), sidecar_path(target), done)
        except BaseException:
            for back in reversed(done):
                back()
            raise
        _forget_prefabs(session, [self.path], "", "")
        return undo


def free_path(root: Path, path: str) -> str:
    """A path that no file has: ``crate.glb``, ``crate 2.glb`` ..."""
    folder, _, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    number, found = 1, path
    while (root / found).exists():
        number += 1
        fresh = f"{stem} {number}{dot}{ending}"
        found = f"{folder}/{fresh}" if folder else fresh
    return found


def _rename(source: Path, target: Path, done: list[Callable[[], object]]) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(source, target)
    except OSError as error:
        raise TaixuError(f"{source.name}: cannot be moved to {target} ({error.strerror or error}); nothing was changed") from error
    done.append(lambda: os.rename(target, source))


def _rewritten(root: Path, old: str, new: str) -> list[tuple[str, bytes, bytes]]:
    found = []
    for path in documents_of(root):
        try:
            before = (root / path).read_bytes()
        except OSError as error:
            raise TaixuError(f"{path}: cannot be read ({error.strerror or error}), so nothing was moved") from error
        after = replace_in_text(before, old, new)
        if after != before:
            found.append((path, before, after))
    return found


def _edit_open_worlds(session: Session, old: str, new: str, done: list[Callable[[], object]]) -> None:
    active = session.active

    def back(place: int, undo: Command) -> None:
        session.active = place
        undo.apply(session)
        session.active = active

    try:
        for place in range(len(session.worlds)):
            session.active = place
            for command in _field_edits(session, old, new):
                undo = command.apply(session)
                done.append(lambda place=place, undo=undo: back(place, undo))  # type: ignore[misc]
    finally:
        session.active = active


def _field_edits(session: Session, old: str, new: str) -> list[Command]:
    """Edits of all authored fields that hold the path: columns of texts are compared as a whole."""
    found: list[Command] = []
    world = session.world
    for table in world.tables:
        if not table.count or table.made:
            continue
        for declared in table.components:
            if not declared.authored:
                continue
            for fld in declared.fields:
                if fld.kind.name not in ("asset", "data"):
                    continue
                for row, value in enumerate(table.read(declared.cls, fld.name).tolist()):
                    changed = replace_in_data(value, old, new) if value else value
                    if changed is not value and changed != value:
                        owner = id_text(world.stable_id(int(table.entities[row])))
                        found.append(SetFields(owner, component_type(declared.cls).name, {fld.name: changed}))
    return found


def _forget_prefabs(session: Session, changed: list[str], old: str, new: str) -> None:
    for entry in session.worlds:
        if entry.app.world.has_resource(PrefabLibrary):
            library = entry.app.world.resource(PrefabLibrary)
            for path in changed:
                library.forget(path)
                library.forget(moved_path(path, old, new))


def _name_open_files(session: Session, source: Path, target: Path) -> None:
    """A world that is open is saved under its new name."""
    for entry in session.worlds:
        if entry.path is not None:
            path = entry.path.resolve()
            if path == source.resolve():
                entry.path = target
            elif source.resolve() in path.parents:
                entry.path = target / path.relative_to(source.resolve())
