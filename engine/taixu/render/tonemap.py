"""Tone curves and encodings in numpy: the twin of ``shaders/common/tonemap.glsl``, for tests, scoring and files."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["TONEMAPS", "encode", "tonemap"]

Array = NDArray[np.floating[Any]]

TONEMAPS: dict[str, int] = {"linear": 0, "neutral": 1, "aces": 2, "agx": 3}
"""Names of the curves and their numbers in GLSL."""

_ACES_IN = np.array([[0.59719, 0.35458, 0.04823], [0.07600, 0.90834, 0.01566], [0.02840, 0.13383, 0.83777]])
_ACES_OUT = np.array([[1.60475, -0.53108, -0.07367], [-0.10208, 1.10813, -0.00605], [-0.00327, -0.07276, 1.07602]])
_REC2020_FROM_REC709 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0113], [0.0164, 0.0880, 0.8956]])
_REC709_FROM_REC2020 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
_AGX_INSET = np.array(
    [
        [0.856627153315983, 0.0951212405381588, 0.0482516061458583],
        [0.137318972929847, 0.761241990602591, 0.101439036467562],
        [0.11189821299995, 0.0767994186031903, 0.811302368396859],
    ]
)
_AGX_OUTSET = np.array(
    [
        [1.1271005818144368, -0.11060664309660323, -0.016493938717834573],
        [-0.1413297634984383, 1.157823702216272, -0.016493938717834257],
        [-0.14132976349843826, -0.11060664309660294, 1.2519364065950405],
    ]
)


def tonemap(color: Array, curve: str) -> Array:
    """Scene-linear to display-linear Rec.709.

    Parameters
    ----------
    color
        Linear Rec.709, shape (..., 3).
    curve
        A name in `TONEMAPS`.

    Returns
    -------
    numpy.ndarray
        Same shape, in [0, 1].
    """
    curves = {"linear": lambda c: np.clip(c, 0.0, 1.0), "neutral": _neutral, "aces": _aces, "agx": _agx}
    result: Array = curves[curve](np.asarray(color))
    return result


def encode(color: Array, *, gamma: float | None = None) -> Array:
    """Display-linear to encoded values: the sRGB curve, or the power ``1 / gamma`` where one is given."""
    c = np.clip(color, 0.0, 1.0)
    if gamma is not None:
        return c ** (1.0 / gamma)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def _neutral(color: Array) -> Array:
    low = color.min(-1, keepdims=True)
    color = color - np.where(low < 0.08, low - 6.25 * low * low, 0.04)
    start = 0.8 - 0.04
    peak = color.max(-1, keepdims=True)
    d = 1.0 - start
    compressed = 1.0 - d * d / (np.maximum(peak, start) + d - start)
    g = 1.0 - 1.0 / (0.15 * (peak - compressed) + 1.0)
    bright = color * (compressed / np.maximum(peak, start)) * (1.0 - g) + compressed * g
    return np.clip(np.where(peak < start, color, bright), 0.0, 1.0)


def _aces(color: Array) -> Array:
    v = (color / 0.6) @ _ACES_IN.T
    v = (v * (v + 0.0245786) - 0.000090537) / (v * (0.983729 * v + 0.4329510) + 0.238081)
    result: Array = np.clip(v @ _ACES_OUT.T, 0.0, 1.0)
    return result


def _agx(color: Array) -> Array:
    low, high = -12.47393, 4.026069
    v = np.maximum(np.maximum(color, 0.0) @ _REC2020_FROM_REC709.T @ _AGX_INSET.T, 1e-10)
    v = np.clip((np.log2(v) - low) / (high - low), 0.0, 1.0)
    v = (((((15.5 * v - 40.14) * v + 31.96) * v - 6.868) * v + 0.4298) * v + 0.1191) * v - 0.00232
    v = np.maximum(v @ _AGX_OUTSET.T, 0.0) ** 2.2
    result: Array = np.clip(v @ _REC709_FROM_REC2020.T, 0.0, 1.0)
    return result
