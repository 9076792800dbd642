"""Deferred structural changes: recorded while a query runs, applied between stages in the order of recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taixu.ecs.world import Components, Entities, World

__all__ = ["Commands"]


class Commands:
    """A queue of structural changes of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._queue: list[Callable[[], object]] = []

    def __len__(self) -> int:
        return len(self._queue)

    def spawn(self, *components: Any, stable_id: int | None = None) -> None:
        """Spawn an entity later."""
        self._queue.append(lambda: self._world.spawn(*components, stable_id=stable_id))

    def spawn_batch(self, count: int, components: Components) -> None:
        """Spawn many later."""
        self._queue.append(lambda: self._world.spawn_batch(count, components))

    def despawn(self, entities: Entities) -> None:
        """Despawn later; entities that died meanwhile are left alone."""
        self._queue.append(lambda: self._world.despawn(self._world.living(entities)))

    def insert(self, entities: Entities, *components: Any) -> None:
        """Add or replace components later, on those still alive."""
        self._queue.append(lambda: self._world.insert(self._world.living(entities), *components))

    def remove(self, entities: Entities, *types: type) -> None:
        """Take components away later, from those still alive."""
        self._queue.append(lambda: self._world.remove(self._world.living(entities), *types))

    def call(self, function: Callable[[], object]) -> None:
        """Anything else that has to wait for the end of the stage."""
        self._queue.append(function)

    def apply(self) -> None:
        """Do all that was recorded, and what that records in turn."""
        while self._queue:
            queue, self._queue = self._queue, []
            for change in queue:
                change()
