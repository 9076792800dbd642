"""Commands that move files: whoever names a file (a world, a prefab, a glTF, a script) names it by its new path afterwards.

All or none: whatever fails on the way is put back before the error is said.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from taixu.assets.atomic import write_atomic
from taixu.assets.sidecar import sidecar_path
from taixu.edit import Command
from taixu.errors import TaixuError
from taixu_editor.assets.open_worlds import edit_open_worlds, forget_prefabs
from taixu_editor.assets.references import Renamed, rewritten
from taixu_editor.assets.usage import moved_path, naming_files

if TYPE_CHECKING:
    from taixu.edit import Project, Session

__all__ = ["MoveAsset", "TrashAsset", "free_path"]

TRASH = ".taixu/trash"
_SIDECAR = ".asset.toml"


@dataclass(frozen=True, slots=True)
class MoveAsset:
    """Call a file or a folder by another path, in the file system and in all that name it.

    Attributes
    ----------
    along
        What moves with it: old and new path of each, such as the buffer that a glTF names.
    known
        Texts that were written before, by path: what a file says now, and what it said then. Undo writes that to the byte.
    made
        Folders that were made for it, the deepest first: they go again where nothing else has come into them.
    """

    old: str
    new: str
    along: tuple[tuple[str, str], ...] = ()
    known: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
    made: tuple[str, ...] = ()

    def apply(self, session: Session) -> Command:
        """Move it; undone by moving it back."""
        done: list[Callable[[], object]] = []
        try:
            return self._move(session, done)
        except BaseException:
            for undo in reversed(done):
                undo()
            raise

    def renamed(self, path: str) -> str:
        """A path after the move; a sidecar goes with its file."""
        if path.endswith(_SIDECAR):
            return self.renamed(path.removesuffix(_SIDECAR)) + _SIDECAR
        for old, new in ((self.old, self.new), *self.along):
            found = moved_path(path, old, new)
            if found != path:
                return found
        return path

    def _move(self, session: Session, done: list[Callable[[], object]]) -> Command:
        project, pairs = session.project, ((self.old, self.new), *self.along)
        for old, new in pairs:
            _check(project, old, new)
        texts = self._texts(project.root)
        made = _missing_folders(project.root, [new for _, new in pairs])
        for old, new in pairs:
            source, target = project.file(old), project.file(new)
            _rename(source, target, done)
            if sidecar_path(source).is_file():
                _rename(sidecar_path(source), sidecar_path(target), done)
        for path, before, after in texts:
            file = project.file(self.renamed(path))
            write_atomic(file, after)
            done.append(lambda file=file, before=before: write_atomic(file, before))  # type: ignore[misc]
        edit_open_worlds(session, self.renamed, done)
        forget_prefabs(session, [path for path, _, _ in texts], self.renamed)
        _name_open_files(session, self.renamed)
        _name_first_world(session, self.renamed, done)
        for folder in self.made:
            with suppress(OSError):  # not empty: somebody else uses it
                project.file(folder).rmdir()
        known = {self.renamed(path): (after, before) for path, before, after in texts}
        return MoveAsset(self.new, self.old, tuple((new, old) for old, new in self.along), known, made)

    def _texts(self, root: Path) -> list[tuple[str, bytes, bytes]]:
        """Files that name what moves: their paths now, what they say and what they will say."""
        found = []
        for path in naming_files(root):
            try:
                before = (root / path).read_bytes()
            except OSError as error:
                raise TaixuError(f"{path}: cannot be read ({error.strerror or error}), so nothing was moved") from error
            known = self.known.get(path)
            after = known[1] if known is not None and known[0] == before else rewritten(path, before, self.renamed)
            if after != before:
                found.append((path, before, after))
        return found


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
        forget_prefabs(session, [self.path], lambda path: path)
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


def _check(project: Project, old: str, new: str) -> None:
    source, target = project.file(old), project.file(new)
    if not source.exists():
        raise TaixuError(f"{old}: there is no such file in the project any more")
    if target.exists() and not (old.casefold() == new.casefold() and target.samefile(source)):
        raise TaixuError(f"{new}: there is such a file already; choose another name")
    if new.startswith(old + "/"):
        raise TaixuError(f"{old}: a folder cannot be moved into itself")


def _missing_folders(root: Path, paths: list[str]) -> tuple[str, ...]:
    """Folders above some paths that are not there yet, the deepest first."""
    above = {parent.as_posix() for path in paths for parent in PurePosixPath(path).parents}
    return tuple(sorted((each for each in above if not (root / each).exists()), key=lambda each: -each.count("/")))


def _name_open_files(session: Session, renamed: Renamed) -> None:
    """A document that is open is saved under its new name."""
    for entry in session.worlds:
        if entry.path is None:
            continue
        try:
            path = session.project.path_of(entry.path)
        except TaixuError:  # a copy that was brought back, of a file outside
            continue
        if renamed(path) != path:
            entry.path = session.project.file(renamed(path))


def _name_first_world(session: Session, renamed: Renamed, done: list[Callable[[], object]]) -> None:
    project, before = session.project, session.project.first_world
    if renamed(before) != before:
        project.first_world = renamed(before)
        done.append(lambda: setattr(project, "first_world", before))
