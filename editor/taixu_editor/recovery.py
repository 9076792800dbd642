"""Unsaved work outlives a crash: copies of unsaved worlds in the user's own folder, never over the user's files.

Each editor has a folder that it holds locked while it lives. A copy is a fork of the world (milliseconds) that a thread
writes; it is made at most every few seconds, and only of what changed. Saving a world or ending the editor removes its copy.
A folder whose lock nobody holds was left by an editor that died: the next start offers what lies in it.
"""

from __future__ import annotations

import json
import shutil
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time
from typing import IO, TYPE_CHECKING, Any

from taixu.assets.atomic import write_atomic
from taixu.edit import OpenWorld, write_world

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["Keeper", "Lost", "find_lost", "forget_lost", "restore_lost"]

_LOCK, _COPY = "lock", "copy.world.json"
_MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Lost:
    """Unsaved work that an editor left behind.

    Attributes
    ----------
    folder
        Where its copy lies.
    path
        The file that it was opened from, or None for a world that never had one.
    root
        The project's folder.
    kept_at
        When the copy was made, seconds of `time.time`.
    prefab_root
        Of a prefab: its root; empty for a world.
    """

    folder: Path
    path: Path | None
    root: Path
    kept_at: float
    prefab_root: str = ""

    @property
    def copy(self) -> Path:
        """The copy's file."""
        return self.folder / _COPY


class Keeper:
    """Keeps copies of a host's unsaved worlds.

    Parameters
    ----------
    folder
        All editors' recovery folder; this one makes its own in it when there is something to keep.
    """

    def __init__(self, host: Host, folder: Path) -> None:
        self._host, self._all = host, folder
        self._own: Path | None = None
        self._lock: IO[bytes] | None = None
        self._thread = ThreadPoolExecutor(1, "taixu-keeper")
        self._pending: Future[None] | None = None
        self._writing: OpenWorld | None = None
        self._began = self._took_secs = 0.0
        self._due: dict[int, float] = {}
        self._numbers: dict[int, tuple[OpenWorld, Path]] = {}
        self._kept: dict[int, tuple[int, int]] = {}
        self._adopted: list[tuple[Lost, OpenWorld]] = []
        self.problem = ""
        """Why the latest copy could not be made; empty where it could."""

    def frame(self, every_secs: float) -> None:
        """Copy what is unsaved and has changed, where that is due; returns after milliseconds.

        Each world has its own turn, and the time that writing takes is counted: never is more lost than of `every_secs`.
        """
        self._collect()
        self._tidy()
        if self._pending is not None:
            return
        now = monotonic()
        for entry in sorted(self._worlds(), key=lambda each: self._due.get(id(each), 0.0)):
            if entry.history.is_saved or now < self._due.get(id(entry), 0.0):
                continue
            state = _state(entry)
            if self._kept.get(id(entry)) != state:
                self._due[id(entry)] = now + max(every_secs - 2 * self._took_secs, every_secs / 2)
                self._keep(entry, state)
                return

    def adopt(self, lost: Lost) -> None:
        """Lost work was opened: its old copy goes as soon as there is one of this editor's."""
        entry = self._host.session.current
        self._adopted.append((lost, entry))
        self._due.pop(id(entry), None)

    def wait(self) -> None:
        """Until the copy that is being made is on the disk."""
        if self._pending is not None:
            self._pending.exception()
            self._collect()

    def close(self) -> None:
        """All was saved or thrown away knowingly: nothing stays."""
        self.wait()
        self._thread.shutdown(wait=True)
        while self._adopted:
            forget_lost(self._adopted.pop()[0])
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)

    def _worlds(self) -> list[OpenWorld]:
        """Those that are edited; a played one is a copy itself."""
        return [entry for entry in self._host.session.worlds if not self._host.play.is_played(entry)]

    def _keep(self, entry: OpenWorld, state: tuple[int, int]) -> None:
        try:
            folder = self._folder_of(entry)
        except OSError as error:
            self.problem = f"unsaved work cannot be kept aside: {error.strerror or error}"
            return
        self._kept[id(entry)] = state
        world, project = entry.app.world.fork(), self._host.session.project
        path = str(entry.path.absolute()) if entry.path is not None else ""
        facts = {"path": path, "root": str(project.root.absolute()), "kept_at": time(), "prefab_root": entry.root}

        def write() -> None:
            write_atomic(folder / "about.json", json.dumps(facts))
            write_world(folder / _COPY, world)

        self._writing, self._began = entry, monotonic()
        self._pending = self._thread.submit(write)

    def _collect(self) -> None:
        if self._pending is None or not self._pending.done():
            return
        error, entry = self._pending.exception(), self._writing
        self._pending = self._writing = None
        self._took_secs = monotonic() - self._began
        self.problem = f"unsaved work cannot be kept aside: {error}" if error is not None else ""
        if error is not None:  # what is not on the disk is tried again
            self._kept.pop(id(entry), None)
            return
        for lost, restored in [each for each in self._adopted if each[1] is entry]:
            self._adopted.remove((lost, restored))
            forget_lost(lost)

    def _tidy(self) -> None:
        """Worlds that were saved or closed leave no copy."""
        if self._pending is not None:
            return
        alive = {id(entry) for entry in self._worlds() if not entry.history.is_saved}
        for number in [number for number in self._numbers if number not in alive]:
            _, folder = self._numbers.pop(number)
            self._kept.pop(number, None)
            self._due.pop(number, None)
            shutil.rmtree(folder, ignore_errors=True)
        for lost, entry in [each for each in self._adopted if id(each[1]) not in alive]:
            self._adopted.remove((lost, entry))
            forget_lost(lost)

    def _folder_of(self, entry: OpenWorld) -> Path:
        if self._own is None:
            own = self._all / uuid.uuid4().hex[:12]
            own.mkdir(parents=True)
            self._lock = (own / _LOCK).open("wb")
            _hold(self._lock)
            self._own = own
        if id(entry) not in self._numbers:
            folder = self._own / uuid.uuid4().hex[:8]
            folder.mkdir()
            self._numbers[id(entry)] = (entry, folder)
        return self._numbers[id(entry)][1]


def find_lost(folder: Path) -> list[Lost]:
    """Unsaved work of editors that live no more, the latest first."""
    found = []
    for own in _dead(folder):
        for about in sorted(own.glob("*/about.json")):
            lost = _read(about)
            if lost is not None and lost.copy.is_file():
                found.append(lost)
    return sorted(found, key=lambda lost: -lost.kept_at)


def forget_lost(lost: Lost) -> None:
    """The user does not want it."""
    shutil.rmtree(lost.folder, ignore_errors=True)
    own = lost.folder.parent
    if not any(own.glob("*/about.json")):
        shutil.rmtree(own, ignore_errors=True)


def restore_lost(host: Host, lost: Lost) -> None:
    """Open the copy in place of the file that it was made from, which stays as it is until somebody saves.

    Raises
    ------
    TaixuError
        When the copy cannot be read; what is open stays so.
    """
    host.open_copy(lost.copy, path=lost.path, root=lost.root, prefab_root=lost.prefab_root)


def _state(entry: OpenWorld) -> tuple[int, int]:
    """Changes when anything in a world does."""
    world = entry.app.world
    return (max((table.touched for table in world.tables), default=0), len(world))


def _dead(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for own in folder.iterdir():
        lock = own / _LOCK
        if not lock.is_file():
            continue
        try:
            with lock.open("r+b") as file:
                _hold(file)
        except OSError:
            continue  # an editor that lives has it
        yield own


def _read(about: Path) -> Lost | None:
    try:
        if about.stat().st_size > _MOST_BYTES:
            return None
        facts: dict[str, Any] = json.loads(about.read_bytes())
        path, root, kept_at = str(facts["path"]), str(facts["root"]), float(facts["kept_at"])
        prefab_root = str(facts.get("prefab_root", ""))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return Lost(about.parent, Path(path) if path else None, Path(root), kept_at, prefab_root)


def _hold(file: IO[bytes]) -> None:
    """Lock a file until it is closed or its process ends; an `OSError` where somebody else has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
