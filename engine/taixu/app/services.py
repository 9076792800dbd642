"""What plugins offer to scripts, mods and rules without knowing them: functions by name, and events as
columns.

Physics provides `raycast` and publishes `collision_begin`; audio provides `play_sound`; a plugin from
elsewhere adds its own. Scripts find them here, so no sibling package imports another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["EventBatch", "GameEvents", "GameServices"]

Handles = NDArray[np.uint64]

_KEPT_BATCHES = 512


class GameServices:
    """Functions that plugins provide by name (a resource). Each takes the world first, so that forks share
    them.
    """

    def __init__(self) -> None:
        self._functions: dict[str, Callable[..., Any]] = {}

    def provide(self, name: str, function: Callable[..., Any]) -> None:
        """Offer `function(world, ...)` under a name; whoever comes later replaces it."""
        self._functions[name] = function

    def find(self, name: str) -> Callable[..., Any] | None:
        """The function of a name, or None where no plugin provides it."""
        return self._functions.get(name)

    def require(self, name: str) -> Callable[..., Any]:
        """The function of a name.

        Raises
        ------
        TaixuError
            If no plugin provides it.
        """
        found = self._functions.get(name)
        if found is None:
            raise TaixuError(f"no plugin of this app provides {name!r}: add the one that does")
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._functions))

    def fork(self, world: object) -> GameServices:
        """Functions take the world that they work on: a fork uses the same ones."""
        return self


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Events of one kind that happened together; row i concerns `entities[i]` (and `others[i]`)."""

    kind: str
    entities: Handles
    """``uint64[n]``; who is told."""
    others: Handles
    """``uint64[n]``; whom it met, 0 where nobody."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """More facts, ``[n]`` or ``[width, n]`` each (points, normals, impulses), or one value for all."""


class GameEvents:
    """Events of the last ticks as columns (a resource). Each consumer keeps a cursor of its own."""

    def __init__(self) -> None:
        self._batches: deque[EventBatch] = deque(maxlen=_KEPT_BATCHES)
        self._published = 0

    @property
    def cursor(self) -> int:
        """Where a new consumer starts: after all that has been published."""
        return self._published

    def publish(self, kind: str, entities: Handles, others: Handles | None = None, **columns: Any) -> None:
        """Publish events; an event that concerns both of a pair is published with both as `entities`."""
        count = len(entities)
        if not count:
            return
        met = np.zeros(count, np.uint64) if others is None else others
        self._batches.append(EventBatch(kind, entities, met, columns))
        self._published += 1

    def since(self, cursor: int) -> list[EventBatch]:
        """The batches published after a cursor, oldest first; who is far behind loses the oldest."""
        count = min(self._published - cursor, len(self._batches))
        return list(self._batches)[-count:] if count > 0 else []

    def save_state(self) -> int:
        """Events are of the moment: a snapshot holds none."""
        return 0

    def load_state(self, state: int) -> None:
        """What was published before the restore did not happen."""
        self._batches.clear()

    def fork(self, world: object) -> GameEvents:
        """A fork starts without events."""
        return GameEvents()
