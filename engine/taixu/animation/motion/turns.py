"""Turns of many at once: quaternions ``[4, n]`` and vectors ``[3, n]``, float32 as far as they come so.

The house's quaternions (`taixu.math.quaternion`) with what limbs need besides: turns about the axes, the shortest turn from
one direction to another, and angles between directions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "F32", "about", "cross", "dot", "identity", "inverse", "length", "mix", "multiply", "rotate", "shortest", "turned_about",
    "unit",
]  # fmt: skip

F32 = NDArray[np.floating[Any]]
"""Floats, single ones wherever columns of people are long."""
Array = F32
_AXES = {"x": 0, "y": 1, "z": 2}


def identity(count: int) -> F32:
    """No turn, [4, n]."""
    result = np.zeros((4, count), np.float32)
    result[3] = 1.0
    return result


def about(axis: str, angles_rad: ArrayLike) -> F32:
    """Turns about the axis "x", "y" or "z", [4, n]; anticlockwise for who looks against it."""
    half = np.asarray(angles_rad, np.float32) * np.float32(0.5)
    result = np.zeros((4, *half.shape), np.float32)
    result[_AXES[axis]], result[3] = np.sin(half), np.cos(half)
    return result


def turned_about(axes: Array, angles_rad: Array) -> F32:
    """Turns about unit axes [3, n]."""
    half = np.asarray(angles_rad, np.float32) * np.float32(0.5)
    return np.concatenate([axes * np.sin(half), np.cos(half)[None]]).astype(np.float32)


def multiply(first: Array, *others: Array) -> Array:
    """The last turn, then the one before it, and so on."""
    result = first
    for other in others:
        ax, ay, az, aw = result
        bx, by, bz, bw = other
        result = np.stack([
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ])
    return result


def inverse(turns: Array) -> Array:
    """The turns back."""
    return np.stack([-turns[0], -turns[1], -turns[2], turns[3]])


def rotate(turns: Array, vectors: Array) -> Array:
    """Turn vectors [3, n]."""
    x, y, z, w = turns
    vx, vy, vz = vectors
    tx, ty, tz = 2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)
    return np.stack([vx + w * tx + y * tz - z * ty, vy + w * ty + z * tx - x * tz, vz + w * tz + x * ty - y * tx])


def mix(start: Array, end: Array, share: ArrayLike) -> Array:
    """Between two turns by the shorter way: a straight line brought back to length one, which for turns below 90 degrees
    differs from an arc by less than 4 degrees and costs a fifth.
    """
    near = np.where((start * end).sum(axis=0) < 0.0, -1.0, 1.0).astype(start.dtype)
    return unit(start + (end * near - start) * np.asarray(share, start.dtype))


def dot(a: Array, b: Array) -> Array:
    """Products of vectors, [n]."""
    return np.asarray((a * b).sum(axis=0))


def cross(a: Array, b: Array) -> Array:
    """Vectors at right angles to both, [3, n]."""
    return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])


def length(vectors: Array) -> Array:
    """Lengths, [n]."""
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=0)))


def unit(vectors: Array) -> Array:
    """Brought to length one; zeros stay."""
    result: Array = vectors / np.maximum(length(vectors), np.asarray(1e-12, vectors.dtype))
    return result


def shortest(start: Array, end: Array) -> Array:
    """The shortest turns from unit vectors to unit vectors, [4, n]; opposite ones turn about an axis at a right angle."""
    cosine = dot(start, end)
    axis = cross(start, end)
    opposite = cosine < -0.99999
    if np.any(opposite):
        aside = np.where(np.abs(start[0]) < 0.9, np.array([[1.0], [0.0], [0.0]]), np.array([[0.0], [1.0], [0.0]]))
        axis = np.where(opposite, unit(cross(start, aside)), axis)
        cosine = np.where(opposite, -1.0, cosine)
    result: Array = unit(np.concatenate([axis, (1.0 + cosine)[None]])).astype(start.dtype)
    return result
