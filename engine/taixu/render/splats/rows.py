"""Splats as words of a buffer, and their order for an eye."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.splats import SplatCloud
from taixu.assets.splats.cloud import COEFFICIENTS

__all__ = ["far_first", "packed", "words_of"]

_FIXED = 11
"""Words of a splat before its harmonics: three of its place, six of its covariance, two of colour and opacity as halves."""


def words_of(degree: int) -> int:
    """How many words of 32 bits a splat takes."""
    return _FIXED + (3 * (COEFFICIENTS[degree] - 1) + 1) // 2


def packed(cloud: SplatCloud, degree: int) -> NDArray[np.uint32]:
    """Rows ``[n, words]``, with harmonics up to a degree as halves, red, green and blue of one after the other."""
    rows = np.zeros((len(cloud), words_of(degree)), np.uint32)
    rows[:, :3] = cloud.positions.view(np.uint32)
    rows[:, 3:9] = np.ascontiguousarray(cloud.covariances()).view(np.uint32)
    color = np.column_stack([cloud.harmonics[:, 0], cloud.opacities]).astype(np.float16)
    rows[:, 9:11] = np.ascontiguousarray(color).view(np.uint32)
    rest = cloud.harmonics[:, 1 : COEFFICIENTS[degree]].reshape(len(cloud), -1).astype(np.float16)
    rows[:, _FIXED:] = np.ascontiguousarray(np.pad(rest, ((0, 0), (0, rest.shape[1] % 2)))).view(np.uint32)
    return rows


def far_first(depths: NDArray[np.float32], near_m: float) -> NDArray[np.intp]:
    """Rows that lie before the eye, the farthest first, by depths ``float32[n]`` in 65,536 steps: numpy sorts these by radix."""
    seen = np.flatnonzero(depths > near_m)
    if not len(seen):
        return seen
    values = depths[seen]
    low, high = float(values.min()), float(values.max())
    steps = ((high - values) * np.float32(65535.0 / max(high - low, 1e-12))).astype(np.uint16)
    return seen[np.argsort(steps, kind="stable")]
