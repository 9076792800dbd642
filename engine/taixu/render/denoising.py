"""Noise taken out of what few rays found, and detail left in.

Each pixel becomes a mean of those around it whose own surroundings look alike, as far as noise lets one tell: non-local
means (Buades et al., 2005) with the noise known from two halves of the samples (Rousselle et al., "Adaptive Rendering
with Non-Local Means Filtering", 2012).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["denoise", "holding"]

REACH = 4
_STRENGTH = 0.6
"""How many times its noise a difference may be and still count as none; smaller keeps more detail."""
_STEPS = 1e-10
_ABOVE, _MOST_OF = 1.5, 5
"""How far above its neighbours, the sixth of eight by size, a pixel may stand."""

Floats = NDArray[np.float32]


def denoise(first: Floats, second: Floats, guides: Floats | None = None) -> Floats:
    """The mean of two pictures [h, w, c] of the same without its noise, as independent samples made both.

    Where they agree, nothing changes.

    Parameters
    ----------
    guides
        What is known without noise, [h, w, k], scaled so that a difference of 1 tells two surfaces apart: colour, normal.
    """
    mean = (first + second) * np.float32(0.5)
    rows, columns = (np.flatnonzero((mean != 0).any((axis, 2))) for axis in (1, 0))
    if len(rows) == 0:
        return mean
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    variance = np.square(first[part] - second[part]).mean(-1) * np.float32(0.25)
    mean[part] = _filtered(mean[part], variance, None if guides is None else guides[part])
    return mean


def holding(first: Floats, second: Floats, taken_from: Floats | None = None) -> Floats:
    """By how much single pixels of two pictures [h, w, c] of the same are brought towards nought, [h, w, 1].

    Where both differ by half of what they have, a pixel that is far above most of those beside it is brought down to them.
    With `taken_from` [h, w, c] only pixels that take more than there is.
    """
    size = np.abs(0.5 * (first + second)).max(-1)
    height, width = size.shape
    around = np.pad(size, 1, mode="edge")
    beside = np.sort([around[y : y + height, x : x + width] for y in range(3) for x in range(3) if (y, x) != (1, 1)], axis=0)
    most = _ABOVE * beside[_MOST_OF]
    lone = (np.abs(first - second).max(-1) > 0.5 * size) & (size > most)
    if taken_from is not None:
        lone &= (0.5 * (first + second) + taken_from).min(-1) < 0.0
    held: Floats = np.where(lone, most / np.maximum(size, 1e-20), 1.0).astype(np.float32)[..., None]
    return held


def _filtered(picture: Floats, raw_variance: Floats, guides: Floats | None) -> Floats:
    """Non-local means of `picture` [h, w, c], whose noise has this variance [h, w]."""
    variance = np.maximum(_blurred(raw_variance, 2), 0.0)
    total, weights = picture.copy(), np.ones(picture.shape[:2], np.float32)
    for dy in range(REACH + 1):
        for dx in range(-REACH, REACH + 1):
            if (dy, dx) <= (0, 0):
                continue
            here = np.s_[dy:, max(dx, 0) : picture.shape[1] + min(dx, 0)]
            there = np.s_[: picture.shape[0] - dy, max(-dx, 0) : picture.shape[1] - max(dx, 0)]
            a, b = picture[here], picture[there]
            if a.size == 0:
                continue
            noise = variance[here] + variance[there]
            distance = _blurred(np.square(a - b).mean(-1) - noise, 1)
            unlike = np.maximum(distance, 0.0) / (_STRENGTH**2 * noise + _STEPS)
            if guides is not None:
                unlike += np.square(guides[here] - guides[there]).sum(-1)
            weight = np.exp(-unlike)
            weight[noise <= _STEPS] = 0.0
            total[here] += weight[..., None] * b
            total[there] += weight[..., None] * a
            weights[here] += weight
            weights[there] += weight
    return total / weights[..., None]


def _blurred(values: Floats, reach: int) -> Floats:
    """The mean over squares of 2 reach + 1 pixels, the border repeated."""
    size = 2 * reach + 1
    height, width = values.shape
    rows = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    values = np.add.reduce([rows[i : i + height] for i in range(size)])
    columns = np.pad(values, ((0, 0), (reach, reach)), mode="edge")
    result: Floats = np.add.reduce([columns[:, i : i + width] for i in range(size)]) / np.float32(size * size)
    return result
