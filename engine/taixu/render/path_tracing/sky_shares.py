"""A sky as a lamp: what its rows and cells have of the whole light, cumulatively, so that bright ones are found by bisection."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["sky_shares"]

_MOST_ROWS = 512
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_LEAST = 1e-3
"""Of the mean, what dark cells are taken to have: interpolation brings light there from beside."""


def sky_shares(pixels: NDArray[Any]) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Shares for `shaders/path_tracing/sky_light.glsl`, and columns and rows; (0, 0) where the sky is dark.

    Parameters
    ----------
    pixels
        Linear Rec.709 radiance, equirectangular, [height, width, 3 or more], top row first.
    """
    bright = np.nan_to_num(pixels[..., :3].astype(np.float64) @ _LUMINANCE, posinf=0.0, neginf=0.0).clip(0.0)
    while bright.shape[0] > _MOST_ROWS and bright.shape[0] % 2 == 0 and bright.shape[1] % 2 == 0:
        bright = bright.reshape(bright.shape[0] // 2, 2, bright.shape[1] // 2, 2).mean((1, 3))
    # What lies between texels is blended of both: a cell's mean is three quarters its own, along either axis.
    bright = 0.75 * bright + 0.125 * (np.roll(bright, 1, 1) + np.roll(bright, -1, 1))
    beside = np.pad(bright, ((1, 1), (0, 0)), mode="edge")
    bright = 0.75 * bright + 0.125 * (beside[:-2] + beside[2:])
    rows, columns = bright.shape
    sine = np.sin((np.arange(rows) + 0.5) * np.pi / rows)[:, None]
    mean = float((bright * sine).sum() / (sine.sum() * columns))
    if not mean > 0.0:
        return np.zeros(1, np.float32), (0, 0)
    light = np.maximum(bright, _LEAST * mean) * sine
    by_row = light.sum(1)
    marginal = np.concatenate([[0.0], np.cumsum(by_row) / by_row.sum()])
    within = np.concatenate([np.zeros((rows, 1)), np.cumsum(light, 1) / by_row[:, None]], 1)
    marginal[-1], within[:, -1] = 1.0, 1.0
    return np.concatenate([marginal, within.reshape(-1)]).astype(np.float32), (columns, rows)
