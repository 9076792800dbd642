"""A sky as a lamp for the rays of stills: a coarse table of where it is bright."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["COLUMNS", "ROWS", "sky_cells"]

COLUMNS, ROWS = 64, 32
"""Powers of two, that shaders find a cell by bisection."""
_MOST_SHARE = 0.5
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_LEAST = 0.02
"""Of the mean, what dark cells are taken to have: the light that rays compare with is blurred over several."""


def sky_cells(pixels: NDArray[Any]) -> tuple[NDArray[np.float32], float]:
    """Cells for `shaders/common/traced_light.glsl`, [ROWS, COLUMNS, 4], and the share of rays that should go by them.

    Each has the share that the rows above its own have of the whole light, its row's, what the cells before it have of its row,
    and its own part of it. A sky that is as bright everywhere asks for no rays, one whose light comes from few places for half.

    Parameters
    ----------
    pixels
        Linear Rec.709 radiance, equirectangular, [height, width, 3 or more], top row first.
    """
    bright = np.nan_to_num(pixels[..., :3].astype(np.float64) @ _LUMINANCE, posinf=0.0, neginf=0.0).clip(0.0)
    bright = _reduced(_reduced(bright, ROWS).T, COLUMNS).T
    for _ in range(2):  # as far as the sky is blurred that rays are compared with
        bright = 0.5 * bright + 0.25 * (np.roll(bright, 1, 1) + np.roll(bright, -1, 1))
        beside = np.pad(bright, ((1, 1), (0, 0)), mode="edge")
        bright = 0.5 * bright + 0.25 * (beside[:-2] + beside[2:])
    sine = np.sin((np.arange(ROWS) + 0.5) * np.pi / ROWS)[:, None]
    mean = float((bright * sine).sum() / (sine.sum() * COLUMNS))
    if not mean > 0.0:
        return np.zeros((ROWS, COLUMNS, 4), np.float32), 0.0
    squares = float((np.square(bright) * sine).sum() / (sine.sum() * COLUMNS))
    light = np.maximum(bright, _LEAST * mean) * sine
    by_row = light.sum(1)
    marginal, within = by_row / by_row.sum(), light / by_row[:, None]
    cells = np.zeros((ROWS, COLUMNS, 4), np.float32)
    cells[..., 0], cells[..., 1] = (np.cumsum(marginal) - marginal)[:, None], marginal[:, None]
    cells[..., 2], cells[..., 3] = np.cumsum(within, 1) - within, within
    return cells, _MOST_SHARE * max(0.0, 1.0 - mean * mean / squares)


def _reduced(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Means of the rows of `values`, so that there are `count`."""
    edges = np.linspace(0, len(values), count + 1)
    lows = np.minimum(edges[:-1].astype(int), len(values) - 1)
    sums = np.add.reduceat(values, lows, axis=0)
    sizes = np.diff(np.append(lows, len(values)))
    result: NDArray[np.float64] = sums / np.maximum(sizes, 1)[:, None]
    return result
