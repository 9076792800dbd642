"""Tileable noise in numpy, enough for the samples' textures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["fractal", "value_noise"]

Array = NDArray[np.floating[Any]]


def value_noise(shape: tuple[int, int], cells: tuple[int, int], *, seed: int) -> Array:
    """Smooth noise in 0..1 that tiles: `cells` random values along each axis, joined by a smooth step."""
    grid = np.random.default_rng(seed).random(cells)
    axes = []
    for size, count in zip(shape, cells, strict=True):
        place = np.arange(size) * count / size
        low = place.astype(int)
        part = place - low
        axes.append((low % count, (low + 1) % count, part * part * (3 - 2 * part)))
    (y0, y1, ty), (x0, x1, tx) = axes
    top = grid[np.ix_(y0, x0)] * (1 - tx) + grid[np.ix_(y0, x1)] * tx
    bottom = grid[np.ix_(y1, x0)] * (1 - tx) + grid[np.ix_(y1, x1)] * tx
    return top * (1 - ty[:, None]) + bottom * ty[:, None]


def fractal(shape: tuple[int, int], cells: tuple[int, int], *, octaves: int, seed: int) -> Array:
    """Octaves of `value_noise`, each twice as fine and half as strong, in 0..1."""
    total, weight = np.zeros(shape), 0.0
    for octave in range(octaves):
        scale = 2**octave
        finer = (min(cells[0] * scale, shape[0]), min(cells[1] * scale, shape[1]))
        total += value_noise(shape, finer, seed=seed + octave) / scale
        weight += 1 / scale
    return total / weight
