"""The filters of meshopt compression: normals, rotations, floats and colours in fewer bits (the extensions'
appendix B)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["apply_filter"]


def apply_filter(elements: NDArray[np.uint8], filtering: str) -> NDArray[np.uint8]:
    """Undo a filter on uint8 [count, stride]; strides that a filter does not know come back as they are."""
    with np.errstate(all="ignore"):  # damaged values give wrong vectors, not errors
        return _dispatch(elements, filtering)


def _dispatch(elements: NDArray[np.uint8], filtering: str) -> NDArray[np.uint8]:
    stride = elements.shape[1]
    if filtering == "OCTAHEDRAL" and stride in (4, 8):
        return _as_bytes(_octahedral(_signed(elements)), elements)
    if filtering == "QUATERNION" and stride == 8:
        return _as_bytes(_quaternion(_signed(elements)), elements)
    if filtering == "EXPONENTIAL":
        words = elements.view(np.int32)
        exponents = np.clip(words >> 24, -126, 103)  # a mantissa has 23 bits, so this keeps the result finite
        return _as_bytes(np.ldexp((words << 8 >> 8).astype(np.float32), exponents), elements)
    if filtering == "COLOR" and stride in (4, 8):
        return _as_bytes(_color(elements), elements)
    return elements


def _signed(elements: NDArray[np.uint8]) -> NDArray[Any]:
    return elements.view(np.int8 if elements.shape[1] == 4 else np.int16)


def _as_bytes(values: NDArray[Any], like: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(values).view(np.uint8).reshape(like.shape)


def _octahedral(packed: NDArray[Any]) -> NDArray[Any]:
    """Unfold octahedron coordinates (x, y, one, kept) to unit vectors of the same integer type."""
    values = packed.astype(np.float32)
    x, y = (values[:, :2] / np.maximum(np.abs(values[:, 2:3]), 1.0)).T
    z = 1.0 - np.abs(x) - np.abs(y)
    fold = np.maximum(-z, 0.0)
    vectors = np.stack([x - np.copysign(fold, x), y - np.copysign(fold, y), z], axis=1)
    lengths = np.maximum(np.sqrt(np.sum(vectors * vectors, axis=1, keepdims=True)), 1e-9)
    result = packed.copy()
    result[:, :3] = np.rint(vectors * (np.iinfo(packed.dtype).max / lengths)).astype(packed.dtype)
    return result


def _quaternion(packed: NDArray[Any]) -> NDArray[Any]:
    """Complete the three smaller components of a unit quaternion; the fourth says which was left out, and the scale."""
    largest = packed[:, 3].astype(np.int32) & 3
    scale = np.float32(np.sqrt(0.5)) / (packed[:, 3].astype(np.int32) | 3).astype(np.float32)
    small = packed[:, :3].astype(np.float32) * scale[:, None]
    rest = np.sqrt(np.maximum(1.0 - np.sum(small * small, axis=1), 0.0))
    ordered = np.clip(np.rint(np.column_stack([small, rest]) * 32767.0), -32767, 32767).astype(np.int16)
    result = np.empty_like(packed)
    rows = np.arange(len(packed))
    for component in range(4):
        result[rows, (largest + 1 + component) & 3] = ordered[:, component]
    return result


def _color(elements: NDArray[np.uint8]) -> NDArray[Any]:
    """Turn YCoCg and a scaled alpha into RGBA."""
    unsigned: Any = np.uint8 if elements.shape[1] == 4 else np.uint16
    packed, signed = elements.view(unsigned).astype(np.int32), _signed(elements).astype(np.int32)
    luma, orange, green, alpha = packed[:, 0], signed[:, 1], signed[:, 2], packed[:, 3]
    scale = np.ones_like(alpha)
    for _ in range(8 * elements.shape[1] // 4):
        scale = np.where(scale <= alpha, scale << 1, scale)
    scale = np.maximum(scale - 1, 1)  # all bits up to the highest one of alpha
    alpha = alpha & (scale >> 1)
    values = np.stack([luma + orange - green, luma + green, luma - orange - green, alpha << 1 | alpha & 1], axis=1)
    most = np.iinfo(unsigned).max
    result: NDArray[Any] = np.clip(np.rint(values * (most / scale[:, None])), 0, most).astype(unsigned)
    return result
