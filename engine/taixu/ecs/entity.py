"""Entity handles and stable ids.

A handle is 64 bits: the low 32 an index that is used again, the high 32 a generation that goes up at each death, so
an old handle never names a new entity. Handles live in memory only. Documents hold stable ids: random 64-bit numbers
that an entity keeps for life.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOBODY", "EntityIndex", "StableIds", "handles_of", "indices_of", "mix64"]

NOBODY = 0
"""The handle of no entity: index 0 is never given out."""

Handles = NDArray[np.uint64]
Indices = NDArray[np.intp]

_INDEX_MASK = np.uint64(0xFFFFFFFF)
_GENERATION_SHIFT = np.uint64(32)


def indices_of(entities: Any) -> Indices:
    """The index part of handles."""
    return (np.asarray(entities, np.uint64) & _INDEX_MASK).astype(np.intp)


def handles_of(indices: Indices, generations: NDArray[np.uint32]) -> Handles:
    """Put handles together from indices and generations."""
    return indices.astype(np.uint64) | (generations.astype(np.uint64) << _GENERATION_SHIFT)


def mix64(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea, Flood 2014): a bijection that scatters consecutive numbers."""
    with np.errstate(over="ignore"):
        mixed = values * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))


class EntityIndex:
    """Where each entity lives: table and row by index, with generations and stable ids."""

    def __init__(self) -> None:
        self.capacity = 0
        self.used = 1  # index 0 is NOBODY's
        self.generations: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self.tables: NDArray[np.int32] = np.zeros(0, np.int32)
        self.rows: NDArray[np.int32] = np.zeros(0, np.int32)
        self.stable: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._free: list[int] = []
        self._floors: dict[int, int] = {}  # after a restore: generations that slots may not fall below

    def allocate(self, count: int) -> Indices:
        """Take `count` indices, used ones first (latest freed first)."""
        reused = min(count, len(self._free))
        fresh = count - reused
        if self.used + fresh > self.capacity:
            self._reserve(max(self.used + fresh, self.capacity + (self.capacity >> 1), 64))
        indices = np.empty(count, np.intp)
        if reused:
            indices[:reused] = self._free[: -reused - 1 : -1]
            del self._free[-reused:]
        indices[reused:] = np.arange(self.used, self.used + fresh)
        self.used += fresh
        return indices

    def free(self, indices: Indices) -> None:
        """Give indices back: their handles are dead from now on."""
        self.generations[indices] += np.uint32(1)
        if self._floors:
            for index in indices.tolist():
                floor = self._floors.pop(index, 0)
                self.generations[index] = max(int(self.generations[index]), floor)
        self.tables[indices] = -1
        self.stable[indices] = 0
        self._free.extend(indices.tolist())

    def alive(self, entities: Handles) -> NDArray[np.bool_]:
        """Which handles name a living entity."""
        return self.locate(entities)[0]

    def locate(self, entities: Handles) -> tuple[NDArray[np.bool_], NDArray[np.int32], NDArray[np.int32]]:
        """Which handles name a living entity, and tables and rows of those that do (of the others: anything)."""
        if not self.capacity:
            nowhere = np.zeros(len(entities), np.int32)
            return np.zeros(len(entities), bool), nowhere, nowhere
        indices = indices_of(entities)
        known = indices < self.used
        if not known.all():
            indices = np.where(known, indices, 0)
        tables = self.tables[indices]
        living: NDArray[np.bool_] = self.generations[indices] == (entities >> _GENERATION_SHIFT).astype(np.uint32)
        living &= tables >= 0
        living &= known
        return living, tables, self.rows[indices]

    def copy(self) -> EntityIndex:
        other = EntityIndex()
        other.capacity, other.used, other._free = self.capacity, self.used, self._free.copy()
        other._floors = self._floors.copy()
        for name in ("generations", "tables", "rows", "stable"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def resumed(self, current: EntityIndex) -> EntityIndex:
        """A copy to go back to from `current`, in which no handle given out since will ever name a new entity."""
        other = self.copy()
        if other.capacity < current.capacity:
            other._reserve(current.capacity)
        # The generation that each slot would hand out next.
        following = current.generations.astype(np.int64) + (current.tables >= 0)
        for index, floor in current._floors.items():
            following[index] = max(int(following[index]), floor)
        mine = other.generations[: len(following)]
        living = other.tables[: len(following)] >= 0
        np.maximum(mine, following.astype(np.uint32), out=mine, where=~living)
        for index in np.flatnonzero(living & (following > mine.astype(np.int64) + 1)).tolist():
            other._floors[index] = max(other._floors.get(index, 0), int(following[index]))
        return other

    def _reserve(self, capacity: int) -> None:
        for name, empty in (("generations", 0), ("tables", -1), ("rows", 0), ("stable", 0)):
            old = getattr(self, name)
            grown = np.full(capacity, empty, old.dtype)
            grown[: len(old)] = old
            setattr(self, name, grown)
        self.capacity = capacity


class StableIds:
    """Finds entities by stable id: a sorted copy, made anew when it went stale, and a dict for what came since."""

    def __init__(self) -> None:
        self._sorted: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._indices: Indices = np.empty(0, np.intp)
        self._recent: dict[int, int] = {}
        self._stale = True

    def added(self, stable: NDArray[np.uint64], indices: Indices) -> None:
        """Note new ids."""
        if self._stale or len(self._recent) + len(stable) > 1024 + len(self._sorted) // 8:
            self._stale = True
            self._recent.clear()
        else:
            self._recent.update(zip(stable.tolist(), indices.tolist(), strict=True))

    def reset(self) -> None:
        """Forget everything: the index has changed in ways that were not told."""
        self._stale = True
        self._recent.clear()

    def taken(self, stable: NDArray[np.uint64], index: EntityIndex) -> NDArray[np.bool_]:
        """Which ids somebody alive carries already."""
        return self.find_all(stable, index) != NOBODY

    def find_all(self, stable: NDArray[np.uint64], index: EntityIndex) -> Indices:
        """The indices that carry stable ids, 0 for ids that nobody alive has."""
        if len(stable) < 16:
            return np.array([self.find(number, index) for number in stable.tolist()], np.intp)
        self._sort(index)
        found = np.zeros(len(stable), np.intp)
        if not len(index.stable):
            return found
        if len(self._sorted):
            places = np.minimum(np.searchsorted(self._sorted, stable), len(self._sorted) - 1)
            found = np.where(self._sorted[places] == stable, self._indices[places], 0)
        if self._recent:
            count = len(self._recent)
            numbers = np.fromiter(self._recent.keys(), np.uint64, count)
            order = np.argsort(numbers)
            numbers, indices = numbers[order], np.fromiter(self._recent.values(), np.intp, count)[order]
            places = np.minimum(np.searchsorted(numbers, stable), count - 1)
            found = np.where(numbers[places] == stable, indices[places], found)
        return np.where((found != NOBODY) & (index.stable[found] == stable), found, NOBODY)

    def _sort(self, index: EntityIndex) -> None:
        if self._stale:
            living = np.flatnonzero(index.tables[: index.used] >= 0)
            order = np.argsort(index.stable[living], kind="stable")
            self._indices = living[order]
            self._sorted = index.stable[self._indices]
            self._stale = False

    def find(self, stable: int, index: EntityIndex) -> int:
        """The index that carries a stable id, or 0."""
        self._sort(index)
        found = self._recent.get(stable, 0)
        if not found:
            place = int(np.searchsorted(self._sorted, np.uint64(stable)))
            if place < len(self._sorted) and int(self._sorted[place]) == stable:
                found = int(self._indices[place])
        # Both may still name an entity that died: its slot carries another id by now, or none.
        return found if found and int(index.stable[found]) == stable else NOBODY
