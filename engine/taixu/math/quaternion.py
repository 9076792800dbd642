"""Unit quaternions (x, y, z, w), component-major: ``[4]`` or ``[4, n]``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.math.vectors import cross

__all__ = [
    "from_axis_angle", "from_euler", "from_matrix", "from_two_vectors", "look_axes", "look_rotation", "multiply", "normalize",
    "rotate", "slerp", "to_matrix",
]

Array = NDArray[np.floating[Any]]


def multiply(a: ArrayLike, b: ArrayLike) -> Array:
    """The rotation `a` after the rotation `b`."""
    ax, ay, az, aw = np.asarray(a)
    bx, by, bz, bw = np.asarray(b)
    return np.stack([
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    ])


def rotate(rotation: ArrayLike, vectors: ArrayLike) -> Array:
    """Rotate vectors ``[3]`` or ``[3, n]``."""
    x, y, z, w = np.asarray(rotation)
    vx, vy, vz = np.asarray(vectors)
    tx, ty, tz = 2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)
    return np.stack([vx + w * tx + y * tz - z * ty, vy + w * ty + z * tx - x * tz, vz + w * tz + x * ty - y * tx])


def normalize(rotation: ArrayLike) -> Array:
    """Scale to length one; a zero quaternion becomes the identity."""
    q = np.asarray(rotation, float)
    length = np.sqrt((q * q).sum(axis=0))
    safe = np.where(length > 1e-20, length, 1.0)
    unit = q / safe
    identity = np.array([0.0, 0.0, 0.0, 1.0]).reshape((4,) + (1,) * (q.ndim - 1))
    return np.where(length > 1e-20, unit, identity)


def from_axis_angle(axis: ArrayLike, angle_rad: ArrayLike) -> Array:
    """A turn by an angle around an axis (of any length but zero)."""
    direction = np.asarray(axis, float)
    direction = direction / np.sqrt((direction * direction).sum(axis=0))
    half = np.asarray(angle_rad, float) / 2
    return np.concatenate([direction * np.sin(half), np.asarray(np.cos(half))[None]])


def from_euler(yaw_rad: float, pitch_rad: float = 0.0, roll_rad: float = 0.0) -> Array:
    """Roll around z, then pitch around x, then yaw around y."""
    yaw = from_axis_angle((0, 1, 0), yaw_rad)
    pitch = from_axis_angle((1, 0, 0), pitch_rad)
    return multiply(yaw, multiply(pitch, from_axis_angle((0, 0, 1), roll_rad)))


def from_two_vectors(start: ArrayLike, end: ArrayLike) -> Array:
    """The shortest turn that takes one direction to another, both ``[3]``."""
    a = np.asarray(start, float) / np.linalg.norm(np.asarray(start, float))
    b = np.asarray(end, float) / np.linalg.norm(np.asarray(end, float))
    cosine = float(a @ b)
    if cosine < -1 + 1e-9:  # opposite: any axis at a right angle does
        axis = np.cross(a, (1.0, 0.0, 0.0) if abs(a[0]) < 0.9 else (0.0, 1.0, 0.0))
        return from_axis_angle(axis, np.pi)
    return normalize(np.append(np.cross(a, b), 1 + cosine))


def look_rotation(forward: ArrayLike, up: ArrayLike = (0.0, 1.0, 0.0)) -> Array:
    """The rotation of something whose front is -Z (cameras, lights), so that it looks along `forward`."""
    return from_matrix(look_axes(forward, up))


def look_axes(forward: ArrayLike, up: ArrayLike = (0.0, 1.0, 0.0)) -> Array:
    """The same as a 3x3 matrix."""
    back = -np.asarray(forward, float)
    back = back / np.linalg.norm(back)
    right = cross(np.asarray(up, float), back)
    if np.linalg.norm(right) < 1e-6:  # looking straight up or down: keep x
        right = cross((0.0, 0.0, -1.0) if back[1] > 0 else (0.0, 0.0, 1.0), back)
    right = right / np.linalg.norm(right)
    return np.stack([right, cross(back, right), back], axis=1)


def from_matrix(matrix: ArrayLike) -> Array:
    """The rotation of an orthonormal 3x3 matrix (Shepperd's method)."""
    m = np.asarray(matrix, float)
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    best = int(np.argmax([m[0, 0], m[1, 1], m[2, 2], trace]))
    if best == 3:
        q = np.array([m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], 1 + trace])
    else:
        i, j, k = best, (best + 1) % 3, (best + 2) % 3
        q = np.empty(4)
        q[i] = 1 + m[i, i] - m[j, j] - m[k, k]
        q[j], q[k], q[3] = m[j, i] + m[i, j], m[k, i] + m[i, k], m[k, j] - m[j, k]
    unit: Array = q / np.linalg.norm(q)
    return unit


def to_matrix(rotation: ArrayLike) -> Array:
    """The 3x3 matrix of one rotation."""
    return np.stack([rotate(rotation, axis) for axis in np.eye(3)], axis=1)


def slerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    """Spherical interpolation by the shorter way, ``[4]`` or ``[4, n]`` (Shoemake 1985)."""
    qa, qb, weight = np.asarray(a, float), np.asarray(b, float), np.asarray(t, float)
    cosine = (qa * qb).sum(axis=0)
    qb = np.where(cosine < 0, -qb, qb)
    angle = np.arccos(np.clip(np.abs(cosine), 0.0, 1.0))
    near = angle < 1e-4  # the sine vanishes: a straight line is exact enough
    sine = np.where(near, 1.0, np.sin(angle))
    wa = np.where(near, 1 - weight, np.sin((1 - weight) * angle) / sine)
    wb = np.where(near, weight, np.sin(weight * angle) / sine)
    return normalize(qa * wa + qb * wb)
