"""Filters of whole pictures, float32 [h, w] or [h, w, c], that repeat round the edges or reflect in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Values", "blur", "luminance", "neighbours", "resize"]

Values = NDArray[np.float32]

_BY_TAPS_BELOW = 2.0
_SMALL_SIGMA = 8.0
_BLOCK = 256
_PASSES = 3
_FIXED = float(1 << 36)
_LUMINANCE = np.array((0.2126, 0.7152, 0.0722), np.float32)


def luminance(colors: Values) -> Values:
    """Of linear Rec.709 [h, w, 3]."""
    return np.asarray(colors @ _LUMINANCE, np.float32)


def blur(values: Values, sigma: float, *, wraps: bool) -> Values:
    """A Gaussian of `sigma` pixels: its own taps where it is narrow, three boxes after each other where it is wide.

    Three boxes differ from it by some percent (Wells, "Efficient Synthesis of Gaussian Filters by Cascaded Uniform Filters", 1986),
    and take the same time however wide they are.
    """
    if sigma <= 0.05:
        return np.asarray(values, np.float32)
    height, width = values.shape[:2]
    step = int(min(sigma, height / 3.0, width / 3.0) / _SMALL_SIGMA)
    if step > 1:  # what is so smooth is as smooth when it is computed of a smaller picture
        small = blur(resize(values, -(-height // step), -(-width // step)), sigma / step, wraps=wraps)
        return resize(small, height, width)
    for axis in (0, 1):
        # What is narrower than the reach of the filter cannot reflect any further; it is even then.
        limited = min(sigma, values.shape[axis] / 3.0)
        values = _by_taps(values, limited, axis, wraps) if limited < _BY_TAPS_BELOW else _by_boxes(values, limited, axis, wraps)
    return values


def _by_taps(values: Values, sigma: float, axis: int, wraps: bool) -> Values:
    reach = max(1, min(int(np.ceil(3.0 * sigma)), values.shape[axis] - 1))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    padded = _padded(values, reach, axis, wraps)
    count = values.shape[axis]
    total = np.zeros_like(values, np.float32)
    for step, weight in enumerate(weights):
        total += np.float32(weight) * _part(padded, step, step + count, axis)
    return total


def _by_boxes(values: Values, sigma: float, axis: int, wraps: bool) -> Values:
    half = max(1, round((np.sqrt(12.0 * sigma * sigma / _PASSES + 1.0) - 1.0) / 2.0))
    half = min(half, values.shape[axis] - 1)
    other = 1 - axis
    result = np.empty_like(values, np.float32)
    for start in range(0, values.shape[other], _BLOCK):
        block = (slice(None), slice(start, start + _BLOCK)) if axis == 0 else (slice(start, start + _BLOCK),)
        result[block] = _boxed(values[block], half, axis, wraps)
    return result


def _boxed(values: Values, half: int, axis: int, wraps: bool) -> Values:
    for _ in range(_PASSES):
        # Whole numbers: what a box sums to must not hang on where the picture begins, or tiles would not fit.
        padded = np.rint(_padded(values, half, axis, wraps).astype(np.float64) * _FIXED).astype(np.int64)
        sums = np.cumsum(padded, axis=axis)
        width, count = 2 * half + 1, values.shape[axis]
        high = _part(sums, width - 1, width - 1 + count, axis)
        low = np.concatenate([np.zeros_like(_part(sums, 0, 1, axis)), _part(sums, 0, count - 1, axis)], axis=axis)
        values = ((high - low) / (width * _FIXED)).astype(np.float32)
    return values


def _padded(values: Values, reach: int, axis: int, wraps: bool) -> Values:
    widths = [(0, 0)] * values.ndim
    widths[axis] = (reach, reach)
    return np.pad(values, widths, mode="wrap" if wraps else "symmetric")


def _part(values: NDArray[Any], start: int, end: int, axis: int) -> NDArray[Any]:
    return values[start:end] if axis == 0 else values[:, start:end]


def neighbours(values: Values, reach: int, *, wraps: bool) -> Callable[[int, int], Values]:
    """Reads what stands some rows down and columns right of each pixel, `reach` at the most; beyond an edge, the edge."""
    widths = [(reach, reach), (reach, reach), *[(0, 0)] * (values.ndim - 2)]
    padded = np.pad(values, widths, mode="wrap" if wraps else "edge")
    height, width = values.shape[:2]
    return lambda down, right: padded[reach + down : reach + down + height, reach + right : reach + right + width]


def resize(values: Values, height: int, width: int) -> Values:
    """A picture at another size: linear between pixels where it grows, means over areas where it shrinks."""
    for axis, count in ((0, height), (1, width)):
        values = _resized(values, count, axis)
    return values


def _resized(values: Values, count: int, axis: int) -> Values:
    before = values.shape[axis]
    if before == count:
        return values
    if count < before:
        moved = np.moveaxis(values, axis, 0)
        result = np.empty((count, *moved.shape[1:]), np.float32)
        for start in range(0, moved.shape[1], _BLOCK):
            result[:, start : start + _BLOCK] = _averaged(moved[:, start : start + _BLOCK], count)
        return np.ascontiguousarray(np.moveaxis(result, 0, axis))
    centres = ((np.arange(count) + 0.5) * (before / count) - 0.5).clip(0, before - 1)
    low = np.minimum(centres.astype(np.int64), max(before - 2, 0))
    share = _along(centres - low, axis, values.ndim).astype(np.float32)
    return np.take(values, low, axis=axis) * (1 - share) + np.take(values, np.minimum(low + 1, before - 1), axis=axis) * share


def _averaged(values: Values, count: int) -> NDArray[np.float64]:
    """Means over areas along the first axis: the integral, read at the edges of the new pixels."""
    before = len(values)
    sums = np.zeros((before + 1, *values.shape[1:]), np.float64)
    np.cumsum(values, axis=0, dtype=np.float64, out=sums[1:])
    edges = np.arange(count + 1) * (before / count)
    below = np.minimum(edges.astype(np.int64), before - 1)
    share = _along(np.asarray(edges - below, np.float64), 0, values.ndim)
    read = sums[below] * (1.0 - share) + sums[below + 1] * share
    return np.asarray(np.diff(read, axis=0) * (count / before), np.float64)


def _along(numbers: NDArray[np.float64], axis: int, count: int) -> NDArray[np.float64]:
    shape = [1] * count
    shape[axis] = len(numbers)
    return numbers.reshape(shape)
