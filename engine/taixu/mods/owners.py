"""Whose entity is whose: looked up for many at once, as often as a mod writes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of

__all__ = ["Owners"]


class Owners:
    """Who spawned which of the entities that live."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._numbers: dict[str, int] = {}
        self._counts: dict[int, int] = {}
        self._by_index: NDArray[np.int32] = np.zeros(0, np.int32)
        self._handles: NDArray[np.uint64] = np.zeros(0, np.uint64)

    def take(self, name: str, handles: NDArray[np.uint64]) -> None:
        """Living entities are a mod's from now on."""
        if not len(handles):
            return
        number = self._numbers.setdefault(name, len(self._numbers) + 1)
        self._counts[number] = self._counts.get(number, 0) + len(handles)
        indices = indices_of(handles)
        if (most := int(indices.max())) >= len(self._by_index):
            capacity = max(self._world.index_capacity, most + 1)
            self._by_index, self._handles = (
                np.concatenate([old, np.zeros(capacity - len(old), old.dtype)]) for old in (self._by_index, self._handles)
            )
        self._by_index[indices], self._handles[indices] = number, handles

    def begin_anew(self, spawned: Mapping[str, set[int]]) -> None:
        """Forget all, and take what mods have spawned, by the mod's id; ids of those that are gone among them."""
        self._counts.clear()
        self._by_index[:] = 0
        for name, ids in spawned.items():
            handles = self._world.find_all(np.fromiter(ids, np.uint64, len(ids)))
            self.take(name, handles[handles != 0])

    def are_others(self, name: str, handles: NDArray[np.uint64]) -> NDArray[np.bool_] | None:
        """Which of these entities, bool[n], other mods than `name` have spawned; None where none can be."""
        mine = self._numbers.get(name, 0)
        if not any(number != mine for number in self._counts):
            return None
        indices = np.minimum(indices_of(handles), len(self._by_index) - 1)
        owners = self._by_index[indices]
        found: NDArray[np.bool_] = owners != 0
        found &= owners != mine
        found &= self._handles[indices] == handles
        return found
