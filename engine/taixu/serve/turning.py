"""Matrices taken apart: what a viewer needs to turn between two of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["parts_of_matrices"]


def parts_of_matrices(matrices: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rotations ``[4, n]`` and scales ``[3, n]`` of matrices ``[n, 3, 3]``; shear is left out, as glTF does.

    The quaternion is of the largest of its four squares (S. W. Shepperd, Quaternion from rotation matrix, 1978).
    """
    scales = np.linalg.norm(matrices, axis=1)
    scales[np.linalg.det(matrices) < 0, 0] *= -1.0
    m = matrices / np.where(np.abs(scales) > 1e-12, scales, 1.0)[:, None, :]
    trace = m[:, 0, 0] + m[:, 1, 1] + m[:, 2, 2]
    squares = np.stack([m[:, 0, 0] * 2 - trace, m[:, 1, 1] * 2 - trace, m[:, 2, 2] * 2 - trace, trace])
    largest = squares.argmax(axis=0)
    found = np.empty((4, len(m)))
    for k in range(4):
        here = largest == k
        if not here.any():
            continue
        r = m[here]
        double = np.sqrt(np.maximum(1.0 + squares[k, here], 1e-12))
        if k == 3:
            q = [r[:, 2, 1] - r[:, 1, 2], r[:, 0, 2] - r[:, 2, 0], r[:, 1, 0] - r[:, 0, 1], double * double]
        else:
            i, j = (k + 1) % 3, (k + 2) % 3
            q = [np.zeros(len(r))] * 4
            q[k], q[i], q[j] = double * double, r[:, i, k] + r[:, k, i], r[:, j, k] + r[:, k, j]
            q[3] = r[:, j, i] - r[:, i, j]
        found[:, here] = np.stack(q) / (2.0 * double)
    norms = np.linalg.norm(found, axis=0)
    return (found / np.where(norms > 0, norms, 1.0)).astype(np.float32), scales.T.astype(np.float32)
