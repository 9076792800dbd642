"""Normals for meshes that come without: smooth where faces meet gently, sharp at creases."""

from __future__ import annotations

from math import cos, radians

import numpy as np
from numpy.typing import NDArray

__all__ = ["creased_normals"]

_CHUNK = 1 << 21
_MOST_FACES_AT_A_VERTEX = 64

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def creased_normals(
    positions: NDArray[np.floating], triangles: NDArray[np.integer], *, crease_rad: float = radians(40.0),
) -> tuple[Ints, NDArray[np.uint32], NDArray[np.float32]]:
    """Give every corner the mean normal of the faces around its place that lie within an angle of its own face.

    Faces are weighted by their angle at the place (Thürmer and Wuthrich 1998). Places that coincide count as
    one, so a soup of triangles becomes smooth too. Where more than 64 faces meet, all of them are averaged.

    Parameters
    ----------
    positions : [v, 3]
        Finite.
    triangles : [t, 3]
        Indices below v.
    crease_rad
        Faces that meet at a larger angle keep an edge between them.

    Returns
    -------
    sources : int64 [n]
        The vertex that each new vertex is a copy of.
    triangles : uint32 [t, 3]
        The same triangles, of new vertices.
    normals : float32 [n, 3]
        Unit normals of the new vertices.
    """
    corners = triangles.reshape(-1).astype(np.int64)
    if not len(corners):
        return np.empty(0, np.int64), np.empty((0, 3), np.uint32), np.empty((0, 3), np.float32)
    places = _places(positions)[corners]
    faces, weights = _face_normals(positions[triangles].astype(np.float64))
    order = np.argsort(places, kind="stable")
    normals = np.empty((len(corners), 3))
    normals[order] = _average(places[order], faces[order // 3], weights.reshape(-1)[order], cos(crease_rad))
    keys = np.concatenate([corners[:, None], np.rint(normals * 2048.0).astype(np.int64) + 2048], axis=1)
    packed = keys[:, 0] << 39 | keys[:, 1] << 26 | keys[:, 2] << 13 | keys[:, 3]
    _, first, inverse = np.unique(packed, return_index=True, return_inverse=True)
    return corners[first], inverse.reshape(-1, 3).astype(np.uint32), normals[first].astype(np.float32)


def _places(positions: NDArray[np.floating]) -> Ints:
    """A number for each vertex, equal where positions are."""
    rows = np.ascontiguousarray(positions, np.float32) + np.float32(0.0)  # -0 is 0
    _, inverse = np.unique(rows.view(np.dtype((np.void, 12))).reshape(-1), return_inverse=True)
    return inverse.reshape(-1)


def _face_normals(corners: Floats) -> tuple[Floats, Floats]:
    """Unit normals [t, 3] (zero for faces without area) and the angles at the corners [t, 3], of corners [t, 3, 3]."""
    edges = np.roll(corners, -1, axis=1) - corners
    lengths = np.linalg.norm(edges, axis=2, keepdims=True)
    edges = np.divide(edges, lengths, out=np.zeros_like(edges), where=lengths > 0.0)
    normals = np.cross(edges[:, 0], edges[:, 1])
    sizes = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.divide(normals, sizes, out=np.zeros_like(normals), where=sizes > 1e-9)
    cosines = -np.einsum("tcx,tcx->tc", edges, np.roll(edges, 1, axis=1))
    return normals, np.arccos(np.clip(cosines, -1.0, 1.0))


def _average(places: Ints, faces: Floats, weights: Floats, least_cosine: float) -> Floats:
    """Normals of corners that are sorted by place, of their faces' normals and weights."""
    count = len(places)
    starts = np.flatnonzero(np.concatenate([[True], places[1:] != places[:-1]]))
    degrees = np.diff(np.append(starts, count))
    begins, sizes = np.repeat(starts, degrees), np.repeat(degrees, degrees)
    weighted = faces * weights[:, None]
    result = np.repeat(np.add.reduceat(weighted, starts, axis=0), degrees, axis=0)
    few = np.flatnonzero(sizes <= _MOST_FACES_AT_A_VERTEX)
    ends = np.cumsum(sizes[few])
    first = 0
    while first < len(few):  # all pairs of corners at one place, some millions at a time
        base = ends[first - 1] if first else 0
        last = max(int(np.searchsorted(ends, base + _CHUNK, side="right")), first + 1)
        mine = few[first:last]
        lengths = sizes[mine]
        offsets = np.cumsum(lengths) - lengths
        left = np.repeat(mine, lengths)
        right = np.arange(len(left)) - np.repeat(offsets, lengths) + begins[left]
        near = np.einsum("px,px->p", faces[left], faces[right]) >= least_cosine
        result[mine] = np.add.reduceat(weighted[right] * near[:, None], offsets, axis=0)
        first = last
    lengths_of = np.linalg.norm(result, axis=1, keepdims=True)
    up = np.broadcast_to(np.array((0.0, 1.0, 0.0)), result.shape)
    return np.where(lengths_of > 1e-9, result / np.where(lengths_of > 1e-9, lengths_of, 1.0), up)
