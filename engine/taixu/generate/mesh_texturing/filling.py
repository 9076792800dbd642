"""Values at places that have none from places nearby that have some: in space, where seams of the texture do not part them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["fill_in_space"]

Floats = NDArray[np.float64]
_LEVELS = 9
_FINEST = 256.0
_ENOUGH = 0.35
_SIDES = 6


def fill_in_space(positions: Floats, normals: Floats, values: Floats, known: Floats) -> Floats:
    """Values for all places: known ones as they are, others from the nearest known ones that face the same way.

    Means over ever larger cubes, each blended between its neighbours; the finest that knows enough is taken. The six ways that a
    surface may face are kept apart as long as that finds anything, so that the back of a board is not painted as its front.

    Parameters
    ----------
    positions, normals : [m, 3]
    values : [m, c]
    known : [m]
        How much each is known: 0 not at all, 1 wholly.
    """
    sources, wanting = np.flatnonzero(known > 0), np.flatnonzero(known < 1)
    if not len(sources) or not len(wanting):
        return values.copy()
    low = positions.min(0)
    extent = max(float(np.ptp(positions, axis=0).max()), 1e-12)
    result = np.zeros((len(wanting), values.shape[1]))
    left = np.ones(len(wanting))
    for by_side in (True, False):
        sides = _sides(normals) if by_side else np.zeros(len(normals), np.int64)
        for level in range(_LEVELS):
            cells = _FINEST / 2**level
            rows = np.flatnonzero(left > 1e-6)
            grid = _Cubes(positions[sources] - low, sides[sources], values[sources], known[sources], cells / extent)
            found, weight = grid.look(positions[wanting[rows]] - low, sides[wanting[rows]])
            share = np.minimum(weight / (_ENOUGH if level + 1 < _LEVELS else 1e-6), 1.0) * left[rows]
            result[rows] += found * share[:, None]
            left[rows] -= share
        if left.max() < 1e-6:
            break
    mean = np.average(values[sources], axis=0, weights=known[sources])
    result += mean * np.maximum(left, 0.0)[:, None]
    filled = values.copy()
    amount = known[wanting][:, None]
    filled[wanting] = values[wanting] * amount + result * (1 - amount)
    return filled


def _sides(normals: Floats) -> NDArray[np.int64]:
    axis = np.abs(normals).argmax(1)
    return axis * 2 + (normals[np.arange(len(normals)), axis] < 0)


@dataclass(slots=True)
class _Cubes:
    """Means over cubes of one size."""

    keys: NDArray[np.int64]
    means: Floats
    amounts: Floats
    cells_per_m: float

    def __init__(self, places: Floats, sides: NDArray[np.int64], values: Floats, known: Floats, cells_per_m: float) -> None:
        self.cells_per_m = cells_per_m
        self.keys, inverse = np.unique(_key(np.floor(places * cells_per_m).astype(np.int64), sides), return_inverse=True)
        self.amounts = np.bincount(inverse, known).astype(np.float64)
        sums = np.stack([np.bincount(inverse, known * column) for column in values.T], axis=1)
        self.means = sums / self.amounts[:, None]
        self.amounts = np.minimum(self.amounts, 1.0)

    def look(self, places: Floats, sides: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Means [m, c] blended between eight cubes, and how much is known there [m], 0 to 1."""
        at = places * self.cells_per_m - 0.5
        first = np.floor(at).astype(np.int64)
        part = at - first
        total, weights = np.zeros((len(places), self.means.shape[1])), np.zeros(len(places))
        for corner in range(8):
            step = np.array((corner & 1, corner >> 1 & 1, corner >> 2))
            weight = np.where(step, part, 1 - part).prod(1)
            key = _key(first + step, sides)
            row = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
            weight = np.where(self.keys[row] == key, weight * self.amounts[row], 0.0)
            total += self.means[row] * weight[:, None]
            weights += weight
        return total / np.maximum(weights, 1e-12)[:, None], weights


def _key(cells: NDArray[np.int64], sides: NDArray[np.int64]) -> NDArray[np.int64]:
    x, y, z = (cells[:, axis] + 1 for axis in range(3))
    key: NDArray[np.int64] = ((x * 1024 + y) * 1024 + z) * (_SIDES + 1) + sides
    return key
