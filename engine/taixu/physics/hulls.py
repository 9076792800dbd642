"""Convex hulls of small point sets, for mass properties and for drawing colliders.

Incremental: start from a tetrahedron, add the farthest point outside any face, replace the faces it sees by a fan to
the rim (Clarkson and Shor 1989, without the conflict graph: shapes have at most a few hundred corners).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["convex_hull"]


def convex_hull(points: NDArray[Any]) -> NDArray[np.int64] | None:
    """Outward triangles [m, 3] (indices into `points` [n, 3]), or None when the points lie in a plane."""
    p = np.asarray(points, np.float64)
    start = _tetrahedron(p)
    if start is None:
        return None
    tolerance = 1e-7 * float(np.ptp(p, axis=0).max())
    inside = p[start].mean(axis=0)
    a, b, c, d = start
    faces = np.array([_outward(p, face, inside) for face in ((a, b, c), (a, b, d), (a, c, d), (b, c, d))])
    for _ in range(len(p)):
        normals, offsets = _planes(p, faces)
        heights = p @ normals.T - offsets
        highest = np.unravel_index(np.argmax(heights), heights.shape)
        if heights[highest] <= tolerance:
            break
        apex = int(highest[0])
        seen = heights[apex] > tolerance * 0.5
        edges = faces[seen][:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
        known = {(int(u), int(v)) for u, v in edges}
        rim = [(u, v) for u, v in known if (v, u) not in known]
        fan = np.array([(u, v, apex) for u, v in sorted(rim)], np.int64).reshape(-1, 3)
        faces = np.concatenate([faces[~seen], fan])
    return faces


def _tetrahedron(p: NDArray[Any]) -> list[int] | None:
    span = float(np.ptp(p, axis=0).max()) if len(p) >= 4 else 0.0
    if span <= 0.0:
        return None
    axis = int(np.argmax(np.ptp(p, axis=0)))
    a, b = int(np.argmin(p[:, axis])), int(np.argmax(p[:, axis]))
    line = (p[b] - p[a]) / np.linalg.norm(p[b] - p[a])
    away = np.linalg.norm(np.cross(p - p[a], line), axis=1)
    c = int(np.argmax(away))
    normal = np.cross(p[b] - p[a], p[c] - p[a])
    if away[c] < 1e-7 * span:
        return None
    heights = (p - p[a]) @ (normal / np.linalg.norm(normal))
    d = int(np.argmax(np.abs(heights)))
    return [a, b, c, d] if abs(heights[d]) > 1e-7 * span else None


def _outward(p: NDArray[Any], face: tuple[int, int, int], inside: NDArray[Any]) -> tuple[int, int, int]:
    a, b, c = face
    normal = np.cross(p[b] - p[a], p[c] - p[a])
    return face if normal @ (inside - p[a]) < 0 else (a, c, b)


def _planes(p: NDArray[Any], faces: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    a, b, c = p[faces[:, 0]], p[faces[:, 1]], p[faces[:, 2]]
    normals = np.cross(b - a, c - a)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = normals / np.where(lengths > 0, lengths, 1.0)
    return normals, np.einsum("ij,ij->i", normals, a)
