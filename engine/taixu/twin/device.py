"""Which entities stand for things outside, by the names that those have there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Text, World, component, field
from taixu.ecs.changes import row_count

__all__ = ["Device", "Roster"]

Handles = NDArray[np.uint64]
_MOST_NEWS = 256


@component("device")
class Device:
    """Says that an entity stands for a thing outside."""

    key: Text = field(default="", doc="What the thing is called there: serial number, tag, call sign.")
    kind: Text = field(default="", doc="What sort of thing it is; rules and counts go by it.")


class Roster:
    """Entities by the key of their device (a resource). Looks at nothing but devices that came, went or were renamed."""

    def __init__(self) -> None:
        self._entity_of: dict[str, int] = {}
        self._key_of: dict[int, str] = {}
        self._seen = -1
        self.version = 0
        """Goes up when any key may mean another entity."""
        self.doubles: set[str] = set()
        """Keys that several entities were seen to have: the one that had it first counts."""
        self._touched: set[str] = set()
        self._news: deque[tuple[int, frozenset[str]]] = deque(maxlen=_MOST_NEWS)

    def refresh(self, world: World) -> None:
        """Look who is there now."""
        since = self._seen
        structure = world.structure.since(since) if since >= 0 else None
        before = self.version
        if structure is None:  # at first, and after a world was restored
            self._entity_of.clear()
            self._key_of.clear()
            self.doubles.clear()
            self._news.clear()
            self.version += 1
            since = -1
        else:
            for entity in (*structure.despawned.tolist(), *structure.moved.tolist()):
                if entity in self._key_of and not (world.alive([entity])[0] and world.has(entity, Device)):
                    self._drop(entity)
        for table in world.query(Device).tables():
            rows = table.changed((Device,), since=since, fields=("key",)) if since >= 0 else slice(0, table.count)
            if row_count(rows):
                for key, entity in zip(table.take(Device, "key", rows).tolist(), table.entities[rows].tolist()):
                    self._note(key, entity)
        if self.version != before:
            self.version = before + 1
            if structure is not None:
                self._news.append((self.version, frozenset(self._touched)))
        self._touched.clear()
        self._seen = world.tick
        world.advance()

    def changed(self, since: int) -> set[str] | None:
        """Keys that may mean another entity than they did at a version; None where that is forgotten, or nobody knew."""
        told = [keys for version, keys in self._news if version > since]
        return set().union(*told) if len(told) == self.version - since else None

    def _note(self, key: str, entity: int) -> None:
        if self._key_of.get(entity) == key:
            return
        self._drop(entity)
        if not key:
            return
        if self._entity_of.setdefault(key, entity) == entity:
            self._key_of[entity] = key
            self.version += 1
            self._touched.add(key)
        else:
            self.doubles.add(key)

    def _drop(self, entity: int) -> None:
        key = self._key_of.pop(entity, None)
        if key is not None:
            del self._entity_of[key]
            self.version += 1
            self._touched.add(key)

    def find(self, keys: Iterable[str]) -> Handles:
        """Handles ``uint64[n]`` of keys; 0 where nobody has one."""
        return np.array([self._entity_of.get(key, 0) for key in keys], np.uint64)

    @property
    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._entity_of)

    def __len__(self) -> int:
        return len(self._entity_of)

    def fork(self, world: World) -> Roster:
        return Roster()
