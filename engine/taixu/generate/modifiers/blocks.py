"""Squares of the ground: what is made at once, and how its points are counted."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CELL_M", "Block", "Bounds", "Cell", "cells_of"]

CELL_M = 64.0
"""Edge of a cell of level 0."""
Cell = tuple[int, int, int]
"""Level, column, row: a cell of level 2 has an edge of 256 m, and points four times as far from each other."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A rectangle of the ground in metres of the stack's frame; both ends belong to it."""

    x0: float
    z0: float
    x1: float
    z1: float

    def grown(self, metres: float) -> Bounds:
        """As much larger on each side."""
        return Bounds(self.x0 - metres, self.z0 - metres, self.x1 + metres, self.z1 + metres)

    def meets(self, other: Bounds) -> bool:
        """Whether they share a point."""
        return self.x0 <= other.x1 and other.x0 <= self.x1 and self.z0 <= other.z1 and other.z0 <= self.z1

    @classmethod
    def of(cls, points: Any, *, frame: NDArray[np.float64] | None = None, margin_m: float = 0.0) -> Bounds:
        """Around points [n, 3] (or [n, 2], x and z), which a frame [4, 4] may place."""
        at = np.asarray(points, np.float64)
        if at.shape[1] == 2:
            at = np.stack([at[:, 0], np.zeros(len(at)), at[:, 1]], 1)
        if frame is not None:
            at = at @ frame[:3, :3].T + frame[:3, 3]
        low, high = at.min(0), at.max(0)
        return cls(float(low[0]), float(low[2]), float(high[0]), float(high[2])).grown(margin_m)


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells that is made at once.

    Attributes
    ----------
    level
        0 is the finest; each further one has cells twice as large, and points twice as far from each other.
    i, j
        The first cell's column and row: x begins at ``i * edge_m``, z at ``j * edge_m``.
    columns, rows
        How many cells.
    spacing_m
        Between two points of a grid.
    """

    level: int
    i: int
    j: int
    columns: int = 1
    rows: int = 1
    spacing_m: float = 1.0

    @property
    def edge_m(self) -> float:
        """A cell's."""
        return CELL_M * (1 << self.level)

    @property
    def squares(self) -> int:
        """Along a cell's edge."""
        return round(self.edge_m / self.spacing_m)

    @property
    def shape(self) -> tuple[int, int]:
        """Points of a grid along z and x, both borders included."""
        return self.rows * self.squares + 1, self.columns * self.squares + 1

    @property
    def x0(self) -> float:
        """Where it begins."""
        return self.i * self.edge_m

    @property
    def z0(self) -> float:
        """Where it begins."""
        return self.j * self.edge_m

    @property
    def bounds(self) -> Bounds:
        """In metres."""
        return Bounds(self.x0, self.z0, self.x0 + self.columns * self.edge_m, self.z0 + self.rows * self.edge_m)

    def lines(self, margin: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """x of the columns and z of the rows of a grid, with so many points more on each side. Exact, however far away."""
        rows, columns = self.shape
        across = np.arange(-margin, columns + margin, dtype=np.float64)
        down = np.arange(-margin, rows + margin, dtype=np.float64)
        return self.x0 + across * self.spacing_m, self.z0 + down * self.spacing_m

    def grid(self, margin: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """x and z of a grid's points, float64[rows, columns] each."""
        x, z = self.lines(margin)
        return np.tile(x, (len(z), 1)), np.repeat(z[:, None], len(x), axis=1)

    def holds(self, x: NDArray[Any], z: NDArray[Any]) -> NDArray[np.bool_]:
        """Which points are this block's: of two neighbours, the one with the greater coordinates has the border."""
        box = self.bounds
        result: NDArray[np.bool_] = (x >= box.x0) & (x < box.x1) & (z >= box.z0) & (z < box.z1)
        return result

    def cells(self, reach_m: float = 0.0) -> Iterator[Cell]:
        """Its cells, and those within a reach."""
        more = math.ceil(reach_m / self.edge_m - 1e-9) if reach_m > 0 else 0
        for j in range(self.j - more, self.j + self.rows + more):
            for i in range(self.i - more, self.i + self.columns + more):
                yield self.level, i, j

    def chance(self, seed: int) -> np.random.Generator:
        """Random numbers that hang on the seed and this place alone."""
        text = f"{seed}:{self.level}:{self.i}:{self.j}:{self.columns}:{self.rows}"
        return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())))


def cells_of(bounds: Bounds, level: int = 0) -> list[Cell]:
    """The cells of a level that share more than a border with a rectangle, row by row."""
    edge = CELL_M * (1 << level)
    columns = range(math.floor(bounds.x0 / edge), max(math.ceil(bounds.x1 / edge), math.floor(bounds.x0 / edge) + 1))
    rows = range(math.floor(bounds.z0 / edge), max(math.ceil(bounds.z1 / edge), math.floor(bounds.z0 / edge) + 1))
    return [(level, i, j) for j in rows for i in columns]
