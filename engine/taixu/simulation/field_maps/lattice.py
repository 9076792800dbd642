"""Cells over a box, and sums over things that lie in and around it, as convolutions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Lattice", "Things"]

Floats = NDArray[np.float64]
_MOST_CELLS = 256
_MOST_AROUND = 128
_MOST_HEIGHTS = 8


@dataclass(frozen=True, slots=True)
class Things:
    """Who makes a field, in the coordinates of its box.

    Attributes
    ----------
    places
        Metres, ``[3, n]``: x and z from the box's middle, y from its floor.
    strengths
        ``[n]``.
    velocities
        m/s along x and z, ``[2, n]``; None where nobody knows.
    """

    places: Floats
    strengths: Floats
    velocities: Floats | None = None


@dataclass(frozen=True, slots=True)
class Lattice:
    """Cells over a box's floor, and heights above it.

    Attributes
    ----------
    size
        Of the box, metres: x, y, z.
    rows, columns
        Cells along z and along x.
    heights
        At which values are wanted, metres above the floor.
    """

    size: tuple[float, float, float]
    rows: int
    columns: int
    heights: tuple[float, ...] = (0.0,)

    @classmethod
    def over(cls, size: tuple[float, float, float], cell: float, heights: tuple[float, ...] = (0.0,)) -> Lattice:
        """Cells of about `cell` metres; at most 256 a side."""
        columns, rows = (int(np.clip(round(side / cell), 2, _MOST_CELLS)) for side in (size[0], size[2]))
        return cls(size, rows, columns, heights)

    @property
    def cell(self) -> tuple[float, float]:
        """Sides of a cell along x and along z, metres."""
        return self.size[0] / self.columns, self.size[2] / self.rows

    @property
    def x(self) -> Floats:
        """Middles of the columns, ``[columns]``."""
        return np.asarray((np.arange(self.columns) + 0.5) * self.cell[0] - self.size[0] / 2, np.float64)

    @property
    def z(self) -> Floats:
        """Middles of the rows, ``[rows]``."""
        return np.asarray((np.arange(self.rows) + 0.5) * self.cell[1] - self.size[2] / 2, np.float64)

    def sum_over(
        self, things: Things, weights: Floats, kernel: Callable[[Floats, Floats, float, float], Floats], *, reach: float
    ) -> Floats:
        """Sum over things what each brings to each cell: ``sum of weight * kernel(dx, dz, height, thing's height)``.

        Things count for the cells around them by how near these are, so that who moves a little changes the field a little; what
        they bring is then one convolution for each of at most eight heights (by FFT: a city's cells cost milliseconds).

        Parameters
        ----------
        things : Things
            Those up to `reach` outside of the box count.
        weights : float64[n]
        kernel
            Of metres from a thing along x and z (arrays), the height that is asked for, and the thing's own.
        reach
            Metres.

        Returns
        -------
        float64[heights, rows, columns]
        """
        around_x, around_z = (min(int(np.ceil(reach / side)), _MOST_AROUND) for side in self.cell)
        rows, columns = self.rows + 2 * around_z, self.columns + 2 * around_x
        column = (things.places[0] + self.size[0] / 2) / self.cell[0] - 0.5 + around_x
        row = (things.places[2] + self.size[2] / 2) / self.cell[1] - 0.5 + around_z
        inside = (column >= 0) & (column < columns - 1) & (row >= 0) & (row < rows - 1)
        found = np.zeros((len(self.heights), self.rows, self.columns))
        if not inside.any():
            return found
        column, row, weights, y = column[inside], row[inside], weights[inside], things.places[1][inside]
        shape = tuple(_good_size(have + 2 * around) for have, around in ((rows, around_z), (columns, around_x)))
        dx = np.asarray(np.arange(-around_x, around_x + 1) * self.cell[0], np.float64)[None, :]
        dz = np.asarray(np.arange(-around_z, around_z + 1) * self.cell[1], np.float64)[:, None]
        for of in _groups(y):
            grid = _spread(row[of], column[of], weights[of], (rows, columns))
            spectrum, own = np.fft.rfft2(grid, shape), float(y[of].mean())
            for level, height in enumerate(self.heights):
                brings = np.broadcast_to(kernel(dx, dz, height, own), (2 * around_z + 1, 2 * around_x + 1))
                whole = np.fft.irfft2(spectrum * np.fft.rfft2(brings, shape), shape)
                found[level] += whole[2 * around_z : 2 * around_z + self.rows, 2 * around_x : 2 * around_x + self.columns]
        return found


def _groups(y: Floats) -> list[NDArray[np.intp]]:
    """Who stands about equally high: at most so many groups."""
    low, high = float(y.min()), float(y.max())
    if high - low < 0.5:
        return [np.arange(len(y))]
    group = np.minimum((y - low) / (high - low) * _MOST_HEIGHTS, _MOST_HEIGHTS - 1).astype(np.intp)
    return [np.flatnonzero(group == number) for number in range(_MOST_HEIGHTS) if (group == number).any()]


def _spread(row: Floats, column: Floats, weights: Floats, shape: tuple[int, int]) -> Floats:
    """Weights on a grid, each shared by the four cells around it."""
    r, c = np.floor(row).astype(np.intp), np.floor(column).astype(np.intp)
    v, u = row - r, column - c
    places = np.concatenate([(r + i) * shape[1] + (c + j) for i in (0, 1) for j in (0, 1)])
    shares = np.concatenate([(v if i else 1 - v) * (u if j else 1 - u) * weights for i in (0, 1) for j in (0, 1)])
    return np.asarray(np.bincount(places, shares, shape[0] * shape[1]).reshape(shape), np.float64)


def _good_size(least: int) -> int:
    """The next number whose factors are 2, 3 and 5: what transforms are quick at."""
    size = least
    while True:
        left = size
        for factor in (2, 3, 5):
            while left % factor == 0:
                left //= factor
        if left == 1:
            return size
        size += 1
