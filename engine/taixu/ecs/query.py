"""Queries: the tables whose entities have these components and lack those."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.ecs.table import Table

if TYPE_CHECKING:
    from taixu.ecs.world import World

__all__ = ["Query"]


class Query:
    """An iterable of tables, matched once and kept up to date.

    While one is iterated, structural changes are refused: use `World.commands`.
    """

    def __init__(self, world: World, required: frozenset[type], without: frozenset[type]) -> None:
        self._world = world
        self._required = required
        self._without = without
        self._tables: list[Table] = []
        self._seen = 0

    def tables(self) -> list[Table]:
        """All matching tables, empty ones too."""
        known = self._world._tables
        for table in known[self._seen :]:
            if self._required <= table.types and not self._without & table.types:
                self._tables.append(table)
        self._seen = len(known)
        return self._tables

    def __iter__(self) -> Iterator[Table]:
        world = self._world
        world._iterating += 1
        try:
            for table in self.tables():
                if table.count:
                    yield table
        finally:
            world._iterating -= 1

    def __len__(self) -> int:
        """The number of entities."""
        return sum(table.count for table in self.tables())

    @property
    def entities(self) -> NDArray[np.uint64]:
        """Handles of all matching entities, table by table."""
        parts = [table.entities for table in self.tables() if table.count]
        return np.concatenate(parts) if parts else np.empty(0, np.uint64)
