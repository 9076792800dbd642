"""What handles move: of all that is selected what may be moved, and where it is.

Found by columns and kept until something changed, so that a hundred thousand selected things cost a frame nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of, row_count
from taixu.edit.marks import Locked, locked_indices
from taixu.scene import CELL_M, Parent, Transform, WorldTransforms

__all__ = ["Grabbed", "having"]

Handles = NDArray[np.uint64]


def having(world: World, entities: Handles, cls: type) -> Handles:
    """Those of the entities that live and have a component."""
    living = world.living(entities)
    if not len(living):
        return living
    tables = world.locate(living)[0]
    good = [number for number in np.unique(tables).tolist() if cls in world.table(number).types]
    return living[np.isin(tables, good)]


class Grabbed:
    """The selection, to be moved.

    Attributes
    ----------
    entities
        Handles of those with a place that are not locked.
    """

    def __init__(self) -> None:
        self.entities: list[int] = []
        self._handles: Handles = np.empty(0, np.uint64)
        self._of: Handles | None = None  # an open world's own array, which is made anew when others are selected
        self._tick = self._moved_tick = -1
        self._middle: NDArray[np.float64] | None = None

    def update(self, world: World, selected: Handles) -> None:
        """Follow selection and locks; costs next to nothing while neither changed."""
        if selected is self._of and not self._has_changed(world):
            return
        self._of, self._middle = selected, None
        self._tick = world.tick
        world.advance()
        found = having(world, selected, Transform)
        if len(world.query(Locked)):
            found = found[~locked_indices(world)[indices_of(found)]]
        self._handles, self.entities = found, found.tolist()

    def middle(self, world: World) -> NDArray[np.float64]:
        """The middle of the box around all their places, metres of the world [3]."""
        places = world.resource(WorldTransforms)
        if self._middle is None or row_count(places.changed(self._moved_tick)):
            self._moved_tick = world.tick
            world.advance()
            index = indices_of(self._handles)
            points = places.matrices[index, 3::4] + places.cells[index] * float(CELL_M)
            self._middle = (points.min(0) + points.max(0)) / 2
        return self._middle

    def _has_changed(self, world: World) -> bool:
        changes = world.structure.since(self._tick)
        if changes is None or changes:
            return True
        if not len(world.query(Locked)):
            return False
        return any(
            row_count(table.changed([kind], since=self._tick)) for kind in (Parent, Locked) for table in world.query(kind).tables()
        )
