"""`Storage`: what scripts and mods keep between sessions, a small JSON file for each in a folder of the user's.

What was kept is read when its owner first asks, and counts as input: a recording of input holds it, so that a replay gives
the same run whatever lies in the folder by then. Without a folder everybody starts with nothing and nothing is written.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from taixu.app import Clock
from taixu.assets.atomic import write_atomic
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.platform import InputRecorder, StoredEvent
from taixu.script.inbox import owner_text
from taixu.script.stored import Stored

__all__ = ["NATIVE_BYTES", "Storage"]

NATIVE_BYTES = 1 << 20
"""What a project's own script may keep; a mod's manifest says how much it wants."""
_MOST_FILE_BYTES = 64 << 20


class Storage:
    """The storage of a world (a resource).

    Attributes
    ----------
    folder : Path or None
        Where files lie; see `Storage.place`.
    given : dict of str to dict
        What owners find in place of their files: from a recording.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.given: dict[str, dict[str, Any]] = {}
        self._open: dict[str, Stored] = {}
        self._changed: set[str] = set()

    def open(self, world: World, owner: int | str, *, most_bytes: int = NATIVE_BYTES) -> Stored:
        """What an owner keeps: read the first time, and the same afterwards."""
        key = owner_text(owner)
        found = self._open.get(key)
        if found is None:
            values = self.given.pop(key, None)
            if values is None:
                values = self._read(key)
            if values and world.has_resource(InputRecorder):
                tick = world.resource(Clock).ticks if world.has_resource(Clock) else 0
                world.resource(InputRecorder).entries.append((tick, StoredEvent(key, json.dumps(values))))
            found = self._open[key] = Stored(values, most_bytes=most_bytes)
        return found

    def put(self, world: World, owner: int | str, key: str, value: Any, *, most_bytes: int = NATIVE_BYTES) -> None:
        """Keep a value of an owner; None forgets it.

        Raises
        ------
        GameError
            When there is no room for it.
        """
        self.open(world, owner, most_bytes=most_bytes).put(key, value)
        self._changed.add(owner_text(owner))

    def give(self, event: StoredEvent) -> None:
        """What an owner will find, as a recording has it."""
        values = _parsed(event.text)
        if values is not None and event.owner not in self._open:
            self.given[event.owner] = values

    def save(self) -> list[str]:
        """Write what changed, each file whole or not at all; gives what could not be written, in sentences."""
        problems = []
        changed, self._changed = sorted(self._changed), set()
        for key in changed if self.folder is not None else ():
            try:
                text = json.dumps(self._open[key].values, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
                write_atomic(self._file(key), text.encode("utf-8", "replace"), follow=False)
            except TaixuError as error:
                problems.append(str(error))
        return problems

    def use(self, folder: Path | None) -> None:
        """Keep things in another folder from now on; what is open is saved and read anew."""
        self.save()
        self._open.clear()
        self.given.clear()
        self.folder = folder

    @staticmethod
    def place(root: Path, project: Path, world: str) -> Path:
        """The folder for a world of a project, below `root`: by the name and the place of the project."""
        where = sha256(str(project.resolve()).encode()).hexdigest()[:12]
        return root / f"{_file_name(project.resolve().name)}-{where}" / _file_name(world)

    def _file(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{_file_name(key)}.json"

    def _read(self, key: str) -> dict[str, Any]:
        if self.folder is None:
            return {}
        file = self._file(key)
        try:
            if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST_FILE_BYTES:
                return {}
            return _parsed(file.read_text("utf-8")) or {}  # a damaged file is as none
        except (OSError, UnicodeDecodeError):
            return {}

    def fork(self, world: object) -> Storage:
        """A fork keeps nothing."""
        return Storage()


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _file_name(text: str) -> str:
    """A name that is a file's on every system, and different for different texts."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in text)[:60]
    plain = plain.lstrip(".") or "_"
    return plain if plain == text else f"{plain}-{sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
