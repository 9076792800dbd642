"""Edges of surfaces, few enough to be read: all of a coarse mesh, the creases of a fine one, a sample of one too large."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["height_lines", "surface_edges"]

Points = NDArray[np.float64]
_FEW = 3000
"""Edges that are all shown."""
_MANY = 80_000
"""Triangles from which on they are only sampled, so that nobody waits."""
_SAMPLE = 12_000
_CREASE_COS = 0.94
_MOST_LINES = 96


def surface_edges(points: NDArray[Any], triangles: NDArray[Any], *, creases_only: bool = False) -> Points:
    """Segments [n, 2, 3] of a surface's vertices [v, 3] and triangles [t, 3]."""
    p, t = np.asarray(points, np.float64), np.asarray(triangles, np.int64)
    if not len(t):
        return np.zeros((0, 2, 3))
    if len(t) > _MANY:
        some = t[:: max(len(t) * 3 // _SAMPLE, 1)]
        return p[some[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)]
    spread = max(float(np.ptp(p, axis=0).max()), 1e-12)
    _, first, same = np.unique(np.round(p / spread, 6), axis=0, return_index=True, return_inverse=True)
    p, t = p[first], same.reshape(-1)[t]  # seams of texture coordinates are no edges
    sides = np.sort(t[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    order = np.lexsort((sides[:, 1], sides[:, 0]))
    ranked = sides[order]
    begins = np.flatnonzero(np.concatenate([[True], (ranked[1:] != ranked[:-1]).any(1)]))
    ends = np.concatenate([begins[1:], [len(ranked)]]) - 1
    edges = ranked[begins]
    edges_are_real = edges[:, 0] != edges[:, 1]
    if creases_only or len(edges) > _FEW:
        normals = np.cross(p[t[:, 1]] - p[t[:, 0]], p[t[:, 2]] - p[t[:, 0]])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)
        one, other = normals[order[begins] // 3], normals[order[ends] // 3]
        is_crease = (begins == ends) | (np.einsum("ij,ij->i", one, other) < (0.9999 if creases_only else _CREASE_COS))
        kept = is_crease & edges_are_real
        if kept.sum() < 100 and not creases_only:  # smooth all over
            kept = edges_are_real & (np.arange(len(edges)) % max(len(edges) // _SAMPLE, 1) == 0)
    else:
        kept = edges_are_real
    return p[edges[kept]]


def height_lines(heights: NDArray[Any], spacing: tuple[float, float]) -> Points:
    """Segments [n, 2, 3] along rows and columns of heights [rows, columns], centred on the origin."""
    rows, columns = heights.shape
    z, x = np.mgrid[0:rows, 0:columns]
    grid = np.stack([(x - (columns - 1) / 2) * spacing[0], heights, (z - (rows - 1) / 2) * spacing[1]], -1).astype(np.float64)
    down, across = max((rows - 1) // _MOST_LINES, 1), max((columns - 1) // _MOST_LINES, 1)
    picked_rows = np.unique(np.append(np.arange(0, rows, down), rows - 1))
    picked_columns = np.unique(np.append(np.arange(0, columns, across), columns - 1))
    coarse = grid[picked_rows][:, picked_columns]
    along = np.stack([coarse[:, :-1], coarse[:, 1:]], 2).reshape(-1, 2, 3)
    up = np.stack([coarse[:-1], coarse[1:]], 2).reshape(-1, 2, 3)
    return np.concatenate([along, up])
