"""Rigid poses as rows (x, y, z, qx, qy, qz, qw), float64: compose, invert, rotate, difference.

Row-major because that is how backends speak; the world's columns are component-major and only cross over in bulk.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["compose", "inverse", "multiply", "nlerp", "normalized", "relative", "rotate", "rotation_from_x", "spin"]

Rows = NDArray[np.float64]


def multiply(a: ArrayLike, b: ArrayLike) -> Rows:
    """The quaternion product a b (first b, then a), [..., 4]."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    ax, ay, az, aw = a[..., 0], a[..., 1], a[..., 2], a[..., 3]
    bx, by, bz, bw = b[..., 0], b[..., 1], b[..., 2], b[..., 3]
    result = np.empty(np.broadcast_shapes(a.shape, b.shape))
    result[..., 0] = aw * bx + ax * bw + ay * bz - az * by
    result[..., 1] = aw * by - ax * bz + ay * bw + az * bx
    result[..., 2] = aw * bz + ax * by - ay * bx + az * bw
    result[..., 3] = aw * bw - ax * bx - ay * by - az * bz
    return result


def rotate(quaternions: ArrayLike, vectors: ArrayLike) -> Rows:
    """Vectors [..., 3] turned by unit quaternions [..., 4]: v + 2 w (u x v) + 2 u x (u x v), with u the vector part."""
    q, v = np.asarray(quaternions, np.float64), np.asarray(vectors, np.float64)
    x, y, z, w = q[..., 0], q[..., 1], q[..., 2], q[..., 3]
    vx, vy, vz = v[..., 0], v[..., 1], v[..., 2]
    tx, ty, tz = 2 * (y * vz - z * vy), 2 * (z * vx - x * vz), 2 * (x * vy - y * vx)
    result = np.empty((*np.broadcast_shapes(q.shape[:-1], v.shape[:-1]), 3))
    result[..., 0] = vx + w * tx + y * tz - z * ty
    result[..., 1] = vy + w * ty + z * tx - x * tz
    result[..., 2] = vz + w * tz + x * ty - y * tx
    return result


def conjugate(quaternions: ArrayLike) -> Rows:
    """The inverse of unit quaternions [..., 4]."""
    return np.asarray(quaternions, np.float64) * (-1.0, -1.0, -1.0, 1.0)


def compose(a: ArrayLike, b: ArrayLike) -> Rows:
    """The pose of b, given in a's frame, in the frame that a is given in: [..., 7]."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    position = a[..., :3] + rotate(a[..., 3:], b[..., :3])
    return np.concatenate([position, multiply(a[..., 3:], b[..., 3:])], axis=-1)


def inverse(poses: ArrayLike) -> Rows:
    """The poses that undo these, [..., 7]."""
    p = np.asarray(poses, np.float64)
    back = conjugate(p[..., 3:])
    return np.concatenate([-rotate(back, p[..., :3]), back], axis=-1)


def relative(a: ArrayLike, b: ArrayLike) -> Rows:
    """The pose of b in a's frame, [..., 7]."""
    return compose(inverse(a), b)


def normalized(poses: ArrayLike) -> Rows:
    """Poses [..., 7] with quaternions of length one."""
    p = np.array(poses, np.float64)
    p[..., 3:] /= np.linalg.norm(p[..., 3:], axis=-1, keepdims=True)
    return p


def spin(before: ArrayLike, after: ArrayLike, dt: float) -> Rows:
    """The angular velocity [..., 3] that turns quaternions `before` into `after` within `dt` seconds, world space."""
    d = multiply(after, conjugate(before))
    d = np.where(d[..., 3:] < 0, -d, d)
    sine = np.linalg.norm(d[..., :3], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, d[..., 3:])
    small = sine < 1e-12
    scale = np.where(small, 2.0, angle / np.where(small, 1.0, sine))
    return d[..., :3] * scale / dt


def nlerp(a: Rows, b: Rows, fraction: float) -> Rows:
    """Poses a fraction of the way from a to b, [..., 7]; the shorter way round, normalised."""
    result = a + (b - a) * fraction
    flip = np.sum(a[..., 3:] * b[..., 3:], axis=-1, keepdims=True) < 0
    q = a[..., 3:] * (1 - fraction) + np.where(flip, -b[..., 3:], b[..., 3:]) * fraction
    result[..., 3:] = q / np.linalg.norm(q, axis=-1, keepdims=True)
    return result


def rotation_from_x(axes: ArrayLike) -> Rows:
    """The shortest rotations [..., 4] that turn +X onto unit axes [..., 3]."""
    a = np.asarray(axes, np.float64)
    q = np.stack([np.zeros_like(a[..., 0]), -a[..., 2], a[..., 1], 1 + a[..., 0]], axis=-1)
    opposite = q[..., 3:] < 1e-9
    q = np.where(opposite, (0.0, 0.0, 1.0, 0.0), q)
    return q / np.linalg.norm(q, axis=-1, keepdims=True)
