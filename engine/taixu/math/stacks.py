"""Matrices of many things at once, in double precision: ``[n, 4, 4]``, with vectors ``[n, 3]`` and quaternions ``[n, 4]``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.math.quaternion import rotate

__all__ = ["decompose_all", "matrices_from_trs", "rotations_of"]

Array = NDArray[np.float64]


def matrices_from_trs(translations: NDArray[Any], rotations: NDArray[Any], scales: NDArray[Any]) -> Array:
    """Parent-from-local matrices of translations, rotations and scales."""
    found = np.zeros((len(translations), 4, 4))
    found[:, 3, 3] = 1.0
    turns = np.asarray(rotations, float).T
    for axis in range(3):
        ends = np.zeros((3, len(found)))
        ends[axis] = np.asarray(scales, float)[:, axis]
        found[:, :3, axis] = rotate(turns, ends).T
    found[:, :3, 3] = translations
    return found


def decompose_all(matrices: Array) -> tuple[Array, Array, Array]:
    """Translations, rotations and scales; see `taixu.math.affine.decompose`."""
    linear = matrices[:, :3, :3]
    scales = np.sqrt((linear * linear).sum(1))
    scales[np.linalg.det(linear) < 0, 0] *= -1
    is_long = np.abs(scales) > 1e-20
    columns = np.where(is_long[:, None], linear / np.where(is_long, scales, 1.0)[:, None], np.eye(3))
    u, _, vt = np.linalg.svd(columns)
    u[:, :, 2] *= np.linalg.det(u @ vt)[:, None]
    return matrices[:, :3, 3].copy(), rotations_of(u @ vt), scales


def rotations_of(matrices: Array) -> Array:
    """The rotations of orthonormal matrices ``[n, 3, 3]`` (Shepperd's method)."""
    diagonal = matrices[:, range(3), range(3)]
    trace = diagonal.sum(1)
    best = np.argmax(np.concatenate([diagonal, trace[:, None]], 1), 1)
    found = np.empty((len(matrices), 4))
    found[:, 3] = 1 + trace
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        found[:, i] = matrices[:, k, j] - matrices[:, j, k]
    for i in range(3):
        rows = np.flatnonzero(best == i)
        m, j, k = matrices[rows], (i + 1) % 3, (i + 2) % 3
        found[rows, i] = 1 + m[:, i, i] - m[:, j, j] - m[:, k, k]
        found[rows, j], found[rows, k] = m[:, j, i] + m[:, i, j], m[:, k, i] + m[:, i, k]
        found[rows, 3] = m[:, k, j] - m[:, j, k]
    result: Array = found / np.linalg.norm(found, axis=1, keepdims=True)
    return result
