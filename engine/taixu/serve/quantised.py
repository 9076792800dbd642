"""Poses in steps: rotations of 32 bits, translations and weights of 16, scales as half floats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["WEIGHT_STEPS", "pack_shifts", "pack_sizes", "pack_turns", "pack_weights"]

_STEPS = 511
WEIGHT_STEPS = 8192
"""Steps of a weight of one."""


def pack_turns(rotations: NDArray[np.floating]) -> NDArray[np.uint32]:
    """Unit quaternions ``[4, n]`` in 32 bits each: which part is the largest in the highest two, the others in ten bits each.

    The largest follows from the others (smallest three). Nothing at all is exact; errors are below 0.2 degrees.
    """
    q = np.nan_to_num(np.asarray(rotations, np.float32))
    largest = np.abs(q).argmax(axis=0)
    columns = np.arange(q.shape[1])
    q = q * np.where(q[largest, columns] < 0, np.float32(-1), np.float32(1))
    steps = np.clip(np.rint(q * np.float32(np.sqrt(2) * _STEPS)), -_STEPS, _STEPS).astype(np.int64) + _STEPS
    others = (largest + np.arange(1, 4)[:, None]) % 4  # in turn after the largest
    found = largest.astype(np.uint32) << np.uint32(30)
    for place in range(3):
        found |= steps[others[place], columns].astype(np.uint32) << np.uint32(20 - 10 * place)
    return found


def pack_shifts(translations: NDArray[np.floating], unit_m: float | NDArray[np.float32]) -> NDArray[np.int16]:
    """Translations ``[3, n]``, metres, in steps of a unit (one, or one for each)."""
    return np.clip(np.rint(np.nan_to_num(translations / unit_m)), -32767, 32767).astype(np.int16)


def pack_sizes(scales: NDArray[np.floating]) -> NDArray[np.float16]:
    """Scales ``[3, n]``."""
    return np.clip(scales, -60000, 60000).astype(np.float16)


def pack_weights(weights: NDArray[np.floating]) -> NDArray[np.int16]:
    """Weights ``[w]``, from -4 to 4."""
    return np.clip(np.rint(np.nan_to_num(weights) * WEIGHT_STEPS), -32767, 32767).astype(np.int16)
