"""Fields on square grids [rows along z, columns along x]: resampling, slopes, blurs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.noise import Array

__all__ = ["blur", "coordinates", "gradient", "resample", "sample", "smoothstep", "spread"]


def coordinates(count: int, size_m: float) -> tuple[Array, Array]:
    """x and z of the points of a grid over a square around the origin, in metres, float32[count, count] each."""
    line = (np.arange(count, dtype=np.float64) / (count - 1) - 0.5) * size_m
    z, x = np.meshgrid(line.astype(np.float32), line.astype(np.float32), indexing="ij")
    return x, z


def smoothstep(low: float, high: float, values: Array) -> Array:
    """0 below `low`, 1 above `high`, smooth between; the other way round where `low` is the higher."""
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0.0, 1.0)
    result: Array = t * t * (np.float32(3) - np.float32(2) * t)
    return result


def gradient(heights: Array, spacing_m: float) -> tuple[Array, Array]:
    """Slope along x and z, by central differences."""
    dz, dx = np.gradient(heights, np.float32(spacing_m))
    return dx.astype(np.float32), dz.astype(np.float32)


def resample(field: Array, count: int) -> Array:
    """A field on a grid of another number of points over the same square, by Catmull-Rom's splines."""
    if field.shape == (count, count):
        return field
    at = np.linspace(0.0, len(field) - 1.0, count)
    return _along(_along(field, at).T, at).T.copy()


def _along(field: Array, at: NDArray[Any]) -> Array:
    """Rows between rows."""
    first = np.clip(np.floor(at).astype(np.int64), 0, len(field) - 2)
    t = (at - first).astype(np.float32)[:, None]
    last = len(field) - 1
    p0, p1 = field[np.maximum(first - 1, 0)], field[first]
    p2, p3 = field[first + 1], field[np.minimum(first + 2, last)]
    half = np.float32(0.5)
    result: Array = p1 + half * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
    return result


def sample(field: Array, u: Array, v: Array) -> Array:
    """Values between points, bilinear; `u` counts columns and `v` rows, clamped."""
    rows, columns = field.shape[:2]
    u, v = np.clip(u, 0, columns - 1.001), np.clip(v, 0, rows - 1.001)
    i, j = u.astype(np.int64), v.astype(np.int64)
    fu, fv = (u - i).astype(np.float32), (v - j).astype(np.float32)
    if field.ndim == 3:
        fu, fv = fu[..., None], fv[..., None]
    top = field[j, i] * (1 - fu) + field[j, i + 1] * fu
    below = field[j + 1, i] * (1 - fu) + field[j + 1, i + 1] * fu
    result: Array = top * (1 - fv) + below * fv
    return result


def blur(field: Array, radius: int) -> Array:
    """Two box filters after each other along both axes; the edge goes on as it is."""
    if radius < 1:
        return field
    for _ in range(2):
        field = _box(_box(field, radius).T, radius).T
    return np.ascontiguousarray(field)


def _box(field: Array, radius: int) -> Array:
    padded = np.pad(field, ((radius + 1, radius), (0, 0)), mode="edge")
    total = np.cumsum(padded, axis=0, dtype=np.float64)
    width = 2 * radius + 1
    return ((total[width:] - total[:-width]) / width).astype(np.float32)


def spread(mask: Array, steps: int) -> Array:
    """The greatest value within so many cells."""
    for _ in range(steps):
        padded = np.pad(mask, 1, mode="edge")
        rows = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
        mask = np.maximum(np.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])
    return mask
