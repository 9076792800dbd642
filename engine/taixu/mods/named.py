"""Who a mod is, what is its own, and what it says: the part of it that no step changes much."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock, Components
from taixu.errors import TaixuError
from taixu.mods.box.ops import OP_NUMBERS
from taixu.mods.grants import Grants
from taixu.mods.guest_sources import guest_sources
from taixu.mods.mirror import WorldMirror
from taixu.script.api import COMMANDS, EVENT_KINDS
from taixu.script.storage import Storage
from taixu.script.stored import Stored

if TYPE_CHECKING:
    from taixu.mods.host import ModHost

__all__ = ["Given", "NamedMod"]

_IDS_AHEAD = 256
_MOST_REASONS_EVER = 20
_LINES = 50


@dataclass(frozen=True)
class Given:
    """What a mod is made of, each time that it is made.

    Attributes
    ----------
    name
        The mod's id.
    sources
        Its Python files by name.
    entry
        Which of them has the callbacks.
    grants
        What it may do.
    fields
        Name, type and value of the entry's fields.
    entity
        Stable id of the entity it runs for, 0 for none.
    seed_key
        What its random numbers depend on besides the world's seed; its id where empty.
    """

    name: str
    sources: Mapping[str, str]
    entry: str
    grants: Grants
    fields: list[list[Any]]
    entity: int = 0
    seed_key: str = ""


class NamedMod:
    """A mod in a world, apart from its steps.

    Attributes
    ----------
    given
        What it is made of.
    name
        The mod's id.
    fault
        Why it was stopped; empty while it runs.
    spawned
        Ids of what it spawned, gone ones among them.
    """

    def __init__(self, host: ModHost, given: Given) -> None:
        self.given = given
        self.name, self.grants, self.entity, self.entry = given.name, given.grants, given.entity, given.entry
        self.fault = ""
        self.listening: set[str] = set()
        self.spawned: set[int] = set()
        self.mirror = WorldMirror(host.world, given.grants, host.follower)
        self._host = host
        self._reserved: dict[int, None] = {}
        self._ids_made = 0
        self._told: set[int] = set()
        self._lines = _LINES
        self._dropped = 0

    @property
    def sources(self) -> Mapping[str, str]:
        """Its Python files by name."""
        return self.given.sources

    def config(self) -> bytes:
        """What the sandbox is told when it boots."""
        world = self._host.world
        known = world.resource(Components)
        most_kb = self.grants.most_stored_kb
        facts = {
            "seed": int.from_bytes(blake2b(f"{world.seed}:{self.given.seed_key or self.name}".encode(), digest_size=8).digest()),
            "entry": self.entry.removesuffix(".py"),
            "files": [self.entry, *(name for name in self.sources if name != self.entry)],
            "entity": self.entity,
            "fields": self.given.fields,
            "steps_per_sec": world.resource(Clock).steps_per_sec,
            "capabilities": {**self.grants.capabilities, **({"storage": most_kb} if most_kb else {})},
            "most_spawns": min(_IDS_AHEAD, self.grants.most_spawned),
            "event_kinds": list(EVENT_KINDS),
            "ops": OP_NUMBERS,
            "written": [column.key for column in self.mirror.writable],
            "components": self.mirror.describe(known, self.grants.writes),
            "commands": {
                name: {
                    "capability": entry.capability,
                    "arguments": [[item.name, item.kind] for item in entry.arguments],
                }
                for name, entry in COMMANDS.items()
            },
        }
        return json.dumps(facts, separators=(",", ":")).encode()

    def all_sources(self) -> dict[str, str]:
        """The mod's own files and the guest's half of the interface."""
        return {**guest_sources(), **{f"{name}": text for name, text in self.sources.items()}}

    @property
    def storage_bytes(self) -> int:
        """How much it may keep between sessions."""
        return self.grants.most_stored_kb * 1024

    @property
    def stored(self) -> Stored:
        """What it keeps."""
        world = self._host.world
        return world.resource(Storage).open(world, self.name, most_bytes=self.storage_bytes)

    # What is whose

    def owns(self, number: int) -> bool:
        """Whether it spawned an entity."""
        return number in self.spawned

    def own(self, number: int) -> None:
        """It has spawned an entity."""
        self.spawned.add(number)
        self._host.owners.take(self.name, self._host.world.find_all(np.array([number], np.uint64)))

    def may_change(self, handles: NDArray[np.uint64]) -> NDArray[np.bool_] | None:
        """Which entities' granted components it may write; None for all."""
        return self._host.may_change(self, handles)

    def claim(self, number: int) -> None:
        """Use up a reserved id for an entity that it spawns."""
        if number not in self._reserved:
            raise TaixuError("the id is not one that the mod was given")
        del self._reserved[number]
        most = self.grants.most_spawned
        if len(self.spawned) >= most:
            self.spawned = {item for item in self.spawned if self._host.world.find(item) is not None}
        if len(self.spawned) >= most:
            raise TaixuError(f"{most} entities of the mod live already")

    def say(self, level: str, text: str, *, line: int = 0) -> None:
        """Write a line of its own to the console, as far as it has not said too much lately."""
        if self._lines <= 0:
            self._dropped += 1
            return
        self._lines -= 1
        self._host.say(level, text, mod=self, line=line)

    def tell(self, level: str, text: str, *, line: int = 0) -> None:
        """Write a line about it to the console."""
        self._host.say(level, text, mod=self, line=line)

    def tell_once(self, text: str) -> None:
        """Warn of something, the first time that it happens."""
        key = hash(text)
        if key not in self._told and len(self._told) < _MOST_REASONS_EVER:
            self._told.add(key)
            self.tell("warning", text)

    def _reserve(self) -> list[int]:
        """Reserve ids for what it may spawn in the next step; gives the new ones."""
        new = []
        while len(self._reserved) < min(_IDS_AHEAD, self.grants.most_spawned):
            number = self._draw()
            self._reserved[number] = None
            new.append(number)
        return new

    def _draw(self) -> int:
        while True:
            self._ids_made += 1
            key = f"{self._host.world.seed}:{self.name}:{self._ids_made}".encode()
            number = int.from_bytes(blake2b(key, digest_size=8).digest()) or 1
            if self._host.world.find(number) is None:
                return number

    def _breathe(self) -> None:
        """Another step: it may say a line more."""
        self._lines = min(_LINES, self._lines + 1)
