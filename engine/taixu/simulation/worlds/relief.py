"""The ground under those whose simulator knows a plan alone: cars on streets that rise and dip."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["Relief", "read_heights"]

_MOST_CELLS = 1 << 26


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


def read_heights(file: Path) -> NDArray[np.float64]:
    """Heights out of an .npy file, rows along z.

    Raises
    ------
    TaixuError
        When it holds something else, or more than 2^26 of them.
    """
    try:
        found = np.load(io.BytesIO(read_bytes(file, max_bytes=_MOST_CELLS * 8 + 4096)), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise TaixuError(f"{file}: this is no .npy file of heights") from error
    if not isinstance(found, np.ndarray) or found.ndim != 2 or found.dtype.kind not in "fiu":
        raise TaixuError(f"{file}: holds no heights in rows and columns")
    return found.astype(np.float64)
