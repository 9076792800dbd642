"""`MorphWeights`: the morph weights of all meshes of a world in one array, ready to be uploaded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.animation.components import Morph
from taixu.ecs import ChangeLog, World

__all__ = ["MorphWeights"]

Handles = NDArray[np.uint64]


class MorphWeights:
    """Weights by the `Morph` component (a resource).

    Attributes
    ----------
    values : float32 array [w]
        Weights of all meshes, packed.
    rest : float32 array [w]
        The same, as the model has them.
    changes : ChangeLog
        Which values changed: ``changes.since(tick, len(values))``.
    revision : int
        Goes up when offsets changed: everything is to be read again.
    """

    def __init__(self) -> None:
        self.values: NDArray[np.float32] = np.zeros(0, np.float32)
        self.rest: NDArray[np.float32] = np.zeros(0, np.float32)
        self.changes = ChangeLog()
        self.revision = 0

    def add(self, world: World, entity: int, weights: NDArray[np.float32]) -> None:
        """Give an entity weights; it gets a `Morph`."""
        offset = len(self.values)
        self.values = np.concatenate([self.values, weights.astype(np.float32)])
        self.rest = np.concatenate([self.rest, weights.astype(np.float32)])
        world.insert(entity, Morph(offset=offset, count=len(weights)))
        self.changes.mark(slice(offset, len(self.values)), world.tick)

    def of(self, world: World, entity: int) -> NDArray[np.float32]:
        """The weights of an entity, float32 [t]."""
        place = world.get(entity, Morph)
        return self.values[place.offset : place.offset + place.count].copy()

    def set(self, world: World, entity: int, weights: NDArray[np.float32]) -> None:
        """Set all weights of an entity, [t]."""
        place = world.get(entity, Morph)
        rows = slice(place.offset, place.offset + place.count)
        self.values[rows] = weights
        self.changes.mark(rows, world.tick)

    def write(self, world: World, places: NDArray[np.intp], weights: NDArray[np.float32]) -> None:
        """Set values at any places, both [n]."""
        self.values[places] = weights
        self.changes.mark(places, world.tick)

    def pack(self, world: World) -> bool:
        """Close the holes that gone entities left, when they are more than half; True when offsets changed."""
        used = sum(int(table.read(Morph, "count").sum()) for table in world.query(Morph))
        if 2 * used >= len(self.values):
            return False
        values, rest = [], []
        start = 0
        for table in world.query(Morph):
            offsets, counts = table.read(Morph, "offset").astype(np.intp), table.read(Morph, "count").astype(np.intp)
            ends = start + np.cumsum(counts)
            places = np.repeat(offsets - (ends - counts), counts) + np.arange(start, start + counts.sum())
            values.append(self.values[places])
            rest.append(self.rest[places])
            table.set(Morph, "offset", (ends - counts).astype(np.uint32))
            start = int(ends[-1])
        self.values = np.concatenate(values) if values else np.zeros(0, np.float32)
        self.rest = np.concatenate(rest) if rest else np.zeros(0, np.float32)
        self.revision += 1
        self.changes.mark_all(len(self.values), world.tick)
        return True

    def fork(self, world: World) -> MorphWeights:
        """A fork's models are placed anew, with weights of their own."""
        return MorphWeights()
