"""Bringing files into a project: copied in the background, whole or not at all, never over another one by accident."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.app import Job
from taixu.assets.atomic import atomic_path
from taixu.edit.paths import asset_file
from taixu.errors import TaixuError
from taixu_editor.assets.moving import free_path

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["CLASHES", "Import", "clashes_of", "copy_into"]

CLASHES = ("rename", "replace", "skip")
_PART = 1 << 20
_MOST_FILES = 10_000


@dataclass(slots=True)
class Copying:
    """What a copy has done so far; the thread that copies writes it, the window reads it."""

    total: int = 0
    done: int = 0
    cancelled: bool = False
    paths: list[str] = field(default_factory=list)
    """Of the dropped files themselves, in their order."""
    problems: list[str] = field(default_factory=list)


def copy_into(
    root: Path,
    sources: Sequence[str | os.PathLike[str]],
    *,
    folder: str = "assets",
    clash: str = "rename",
    state: Copying | None = None,
) -> Copying:
    """Copy files and folders into a folder of the project; what cannot be read is said and left out.

    Parameters
    ----------
    clash
        Where there is a file of that name: "rename" the new one, "replace" the old one, or "skip".

    Raises
    ------
    TaixuError
        When the folder cannot be written, or leads out of the project.
    """
    state = state or Copying()
    asset_file(root, folder)
    files = _files_of(sources, state)
    state.total = sum(size for _, _, size in files)
    for source, inside, _ in files:
        if state.cancelled:
            break
        path = f"{folder}/{inside}" if folder else inside
        target = asset_file(root, path)
        if target.exists() and _same(source, target):
            state.paths.append(path)
            continue
        if target.exists() and clash == "skip":
            continue
        if target.exists() and clash == "rename":
            path = free_path(root, path)
            target = asset_file(root, path)
        _copy(source, target, state)
        if not state.cancelled:
            state.paths.append(path)
    return state


def clashes_of(root: Path, sources: Sequence[str], folder: str) -> list[str]:
    """Names of dropped things that are there already."""
    names = [Path(source).name for source in sources]
    return [name for name, source in zip(names, sources, strict=True)
            if (root / folder / name).exists() and not _same(Path(source), root / folder / name)]  # fmt: skip


def _files_of(sources: Sequence[str | os.PathLike[str]], state: Copying) -> list[tuple[Path, str, int]]:
    found: list[tuple[Path, str, int]] = []
    for each in sources:
        source = Path(each)
        try:
            if source.is_dir():
                inside = [Path(folder) / name for folder, _, names in os.walk(source) for name in names]
                found += [
                    (file, file.relative_to(source.parent).as_posix(), file.stat().st_size)
                    for file in sorted(inside)
                    if file.is_file()
                ]
            elif source.is_file():
                found.append((source, source.name, source.stat().st_size))
            else:
                state.problems.append(f"{source}: is no file that can be copied")
        except OSError as error:
            state.problems.append(f"{source}: cannot be read ({error.strerror or error})")
        if len(found) > _MOST_FILES:
            raise TaixuError(f"{source}: has more than {_MOST_FILES:,} files; copy the ones that you need")
    return found


def _copy(source: Path, target: Path, state: Copying) -> None:
    try:
        reader = source.open("rb")
    except OSError as error:
        state.problems.append(f"{source}: cannot be read ({error.strerror or error})")
        return
    try:
        with reader, atomic_path(target, follow=False) as temporary:
            with temporary.open("wb") as writer:
                while part := reader.read(_PART):
                    if state.cancelled:
                        raise _Cancelled
                    writer.write(part)
                    state.done += len(part)
            shutil.copystat(source, temporary)
    except _Cancelled:
        return
    except OSError as error:
        raise TaixuError(f"{target}: cannot be written ({error.strerror or error}); what stood there is untouched") from error


class _Cancelled(Exception):
    pass


def _same(a: Path, b: Path) -> bool:
    try:
        return a.samefile(b)
    except OSError:
        return False


class Import:
    """A copy under way in the background.

    Parameters
    ----------
    then
        Gets the paths in the project when all is there.
    """

    def __init__(
        self, host: Host, sources: Sequence[str], *, folder: str = "assets", clash: str = "rename",
        then: Callable[[Copying], object] | None = None,
    ) -> None:  # fmt: skip
        self.state = Copying()
        self.names = [Path(source).name for source in sources]
        self.error = ""
        self._then = then
        self._job = host.jobs.submit_io(
            copy_into, (host.session.project.root, list(sources)), {"folder": folder, "clash": clash, "state": self.state},
            label=self.names[0] if self.names else "import", then=self._arrive,
        )  # fmt: skip

    @property
    def is_done(self) -> bool:
        """Whether it ended, well or not."""
        return self._job.done

    @property
    def share(self) -> float:
        """How much is copied, 0 to 1."""
        return self.state.done / self.state.total if self.state.total else 0.0

    def cancel(self) -> None:
        """Stop; what is whole stays."""
        self.state.cancelled = True

    def _arrive(self, job: Job) -> None:
        if job.error is not None:
            self.error = str(job.error)
        if self._then is not None:
            self._then(self.state)
