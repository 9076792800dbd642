"""The ground under those whose simulator knows a plan alone: cars on streets that rise and dip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Relief"]


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Heights of ground, in a simulator's coordinates.

    Attributes
    ----------
    heights
        Metres, at the middles of cells, ``[rows, columns]``: rows along z, columns along x.
    x, z
        The corner of the first cell, metres.
    cell
        Side of a cell, metres.
    """

    heights: NDArray[np.float64]
    x: float
    z: float
    cell: float

    def at(self, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights at places, between the four cells around each; beyond the edge as at the edge."""
        rows, columns = self.heights.shape
        column = np.clip((x - self.x) / self.cell - 0.5, 0.0, columns - 1.0)
        row = np.clip((z - self.z) / self.cell - 0.5, 0.0, rows - 1.0)
        i, j = np.minimum(column.astype(np.intp), max(columns - 2, 0)), np.minimum(row.astype(np.intp), max(rows - 2, 0))
        east, south = np.minimum(i + 1, columns - 1), np.minimum(j + 1, rows - 1)
        u, v = column - i, row - j
        north = self.heights[j, i] * (1 - u) + self.heights[j, east] * u
        found: NDArray[np.float64] = north * (1 - v) + (self.heights[south, i] * (1 - u) + self.heights[south, east] * u) * v
        return found
