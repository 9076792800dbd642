"""Projections with reversed depth (1 at the near plane, 0 far away) and the planes of their frusta."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["frustum_planes", "look_at", "orthographic", "perspective"]

Array = NDArray[np.floating[Any]]
_OF_ROWS = np.array([[1, 0, 0, 1], [-1, 0, 0, 1], [0, 1, 0, 1], [0, -1, 0, 1], [0, 0, 1, 0], [0, 0, -1, 1]], float)
"""Planes as sums of a matrix's rows."""


def perspective(fov_y_rad: float, aspect: float, near_m: float, *, far_m: float | None = None) -> Array:
    """A perspective 4x4 with reversed depth in 0..1; without a far plane it reaches to infinity."""
    f = 1.0 / np.tan(fov_y_rad / 2)
    matrix = np.zeros((4, 4))
    matrix[0, 0], matrix[1, 1], matrix[3, 2] = f / aspect, f, -1.0
    if far_m is None:
        matrix[2, 3] = near_m
    else:
        matrix[2, 2], matrix[2, 3] = near_m / (far_m - near_m), near_m * far_m / (far_m - near_m)
    return matrix


def orthographic(width_m: float, height_m: float, near_m: float, far_m: float) -> Array:
    """A parallel projection 4x4 with reversed depth in 0..1."""
    depth = far_m - near_m
    matrix = np.diag([2 / width_m, 2 / height_m, 1 / depth, 1.0])
    matrix[2, 3] = far_m / depth
    return matrix


def look_at(eye: ArrayLike, target: ArrayLike, up: ArrayLike = (0.0, 1.0, 0.0)) -> Array:
    """The world-from-camera 4x4 of a camera at `eye` that looks at `target` along its -Z."""
    from taixu.math.quaternion import look_rotation, to_matrix

    matrix = np.eye(4)
    matrix[:3, :3] = to_matrix(look_rotation(np.asarray(target, float) - np.asarray(eye, float), up))
    matrix[:3, 3] = np.asarray(eye, float)
    return matrix


def frustum_planes(clip_from_world: ArrayLike) -> Array:
    """Six planes ``[6, 4]`` (left, right, bottom, top, far, near), unit normals inwards (Gribb, Hartmann 2001).

    A plane at infinity has a zero normal and lets everything pass.
    """
    planes = _OF_ROWS @ np.asarray(clip_from_world, float)
    x, y, z = planes[:, 0], planes[:, 1], planes[:, 2]
    length = np.sqrt(x * x + y * y + z * z)[:, None]
    if length.min() > 1e-12:
        return planes / length
    return np.where(length > 1e-12, planes / np.where(length > 1e-12, length, 1.0), (0.0, 0.0, 0.0, 1.0))
