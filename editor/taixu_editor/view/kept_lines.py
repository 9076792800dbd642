"""Lines that are made when what they stand for has changed, and drawn as they are until then."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, row_count
from taixu.render import LineBatch
from taixu.scene import WorldTransforms

__all__ = ["KeptLines"]


class KeptLines:
    """Lines of all entities with components of some kinds.

    Parameters
    ----------
    kinds
        Components; a change of any of them, or of any place in the world, makes the lines anew.
    make
        Puts them into a batch; gives whether that is all (False where something is still being loaded).
    """

    def __init__(self, kinds: tuple[type, ...], make: Callable[..., bool]) -> None:
        self._kinds, self._make = kinds, make
        self._key: Hashable = None
        self._tick = -1
        self._tested = self._on_top = np.zeros(0, np.void)
        self.count = 0
        """How often they were made."""

    def add(self, lines: LineBatch, world: World, **colors: Any) -> None:
        """Put them into the batch of the next picture."""
        touched = tuple(table.touched for kind in self._kinds for table in world.query(kind).tables())
        key = (id(world), touched, tuple(sorted(colors.items())))
        if key != self._key or row_count(world.resource(WorldTransforms).changed(self._tick)):
            self._tick = world.tick
            world.advance()
            batch = LineBatch()
            is_whole = self._make(batch, world, **colors)
            rows, tested = batch.take()
            self._tested, self._on_top = rows[:tested], rows[tested:]
            self._key = key if is_whole else None
            self.count += 1
        for rows, on_top in ((self._tested, False), (self._on_top, True)):
            if len(rows):
                lines.add_rows(rows, on_top=on_top)

    @property
    def rows(self) -> NDArray[Any]:
        """What is drawn."""
        return np.concatenate([self._tested, self._on_top])
