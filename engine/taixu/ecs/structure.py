"""The log of structural changes: who came, who went, who changed their set of components."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["StructureChanges", "StructureLog"]

Event = Literal["spawned", "despawned", "moved"]
Handles = NDArray[np.uint64]

_MAX_ENTITIES = 1 << 20
_MAX_EVENTS = 1 << 14
_NOBODY: Handles = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True)
class StructureChanges:
    """What happened since a tick. One entity may stand in all three: ask `World.alive` which is true now."""

    spawned: Handles
    despawned: Handles
    moved: Handles
    """Entities whose set of components changed."""

    def __bool__(self) -> bool:
        return bool(len(self.spawned) or len(self.despawned) or len(self.moved))


_NOTHING = StructureChanges(_NOBODY, _NOBODY, _NOBODY)


class StructureLog:
    """A tick-stamped log with a horizon, kept by the world."""

    def __init__(self) -> None:
        self._events: deque[tuple[int, Event, Handles]] = deque()
        self._count = 0
        self.horizon = 0
        """Changes up to this tick are forgotten: who last looked before it has to resynchronise."""
        self.version = 0
        """Goes up with every change: while it stays, all entities stay in their tables and rows."""

    def note(self, tick: int, event: Event, entities: Handles) -> None:
        self.version += 1
        self._events.append((tick, event, entities))
        self._count += len(entities)
        while (self._count > _MAX_ENTITIES and len(self._events) > 1) or len(self._events) > _MAX_EVENTS:
            self.horizon, _, gone = self._events.popleft()
            self._count -= len(gone)

    def since(self, tick: int) -> StructureChanges | None:
        """What happened after `tick`; None when that is forgotten (start anew from a query)."""
        if tick < self.horizon:
            return None
        if not self._events or self._events[-1][0] <= tick:
            return _NOTHING
        found: dict[Event, list[Handles]] = {"spawned": [], "despawned": [], "moved": []}
        for event_tick, event, entities in reversed(self._events):
            if event_tick <= tick:
                break
            found[event].append(entities)
        return StructureChanges(**{event: _join(parts) for event, parts in found.items()})

    def forget(self, tick: int) -> None:
        """Make everybody resynchronise: the world was restored."""
        self.version += 1
        self._events.clear()
        self._count = 0
        self.horizon = tick


def _join(parts: list[Handles]) -> Handles:
    if not parts:
        return _NOBODY
    return parts[0] if len(parts) == 1 else np.concatenate(parts[::-1])
