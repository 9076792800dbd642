"""Affine matrices taken apart to translation, rotation and scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["decompose", "quaternion_from_matrix"]

Vector = NDArray[np.float32]


def decompose(matrix: NDArray[np.float64]) -> tuple[Vector, Vector, Vector, bool]:
    """Split parent_from_local into translation, rotation (unit quaternion) and scale.

    A mirroring matrix gets a negative scale along X. Where the matrix shears, the rotation is the nearest one
    (polar decomposition), and the last result is True.

    Parameters
    ----------
    matrix : float64 array [4, 4]
        [rows, cols]; the last row is (0, 0, 0, 1).

    Returns
    -------
    translation, rotation, scale : float32 arrays [3], [4], [3]
    shears : bool
    """
    linear = matrix[:3, :3]
    largest = float(np.abs(linear).max())
    if largest == 0.0:
        identity = np.array((0, 0, 0, 1), np.float32)
        return matrix[:3, 3].astype(np.float32), identity, np.zeros(3, np.float32), False
    scaled = linear / largest  # so that squares neither overflow nor vanish
    scale = np.linalg.norm(scaled, axis=0)
    flat = scale < 1e-7
    axes = np.where(flat, np.eye(3), scaled / np.where(flat, 1.0, scale))
    left, _, right = np.linalg.svd(axes)
    rotation = left @ right
    if np.linalg.det(rotation) < 0.0:
        scale[0] = -scale[0]
        axes[:, 0] = -axes[:, 0]
        left, _, right = np.linalg.svd(axes)
        rotation = left @ right
    if np.linalg.det(rotation) < 0.0:  # axes that lie in a plane: either sign is as good
        left[:, 2] = -left[:, 2]
        rotation = left @ right
    scale = np.where(flat, 0.0, scale)
    shears = bool(np.abs(rotation * scale - scaled).max() > 1e-5)
    translation = matrix[:3, 3].astype(np.float32)
    return translation, quaternion_from_matrix(rotation), (scale * largest).astype(np.float32), shears


def quaternion_from_matrix(rotation: NDArray[np.float64]) -> Vector:
    """Turn a rotation matrix into (x, y, z, w), w >= 0, through the largest component (Shepperd 1978)."""
    m = rotation
    candidates = np.array(
        (
            1 + m[0, 0] - m[1, 1] - m[2, 2],
            1 - m[0, 0] + m[1, 1] - m[2, 2],
            1 - m[0, 0] - m[1, 1] + m[2, 2],
            1 + m[0, 0] + m[1, 1] + m[2, 2],
        )
    )
    largest = int(candidates.argmax())
    xy, xz, yz = m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1]
    wx, wy, wz = m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]
    rows = np.array(((0, xy, xz, wx), (xy, 0, yz, wy), (xz, yz, 0, wz), (wx, wy, wz, 0)))
    quaternion = rows[largest]
    quaternion[largest] = candidates[largest]
    quaternion /= np.linalg.norm(quaternion)
    return np.asarray(np.copysign(1.0, quaternion[3]) * quaternion, np.float32)
