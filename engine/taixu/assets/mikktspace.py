"""Tangents as normal maps are baked for: MikkTSpace, for meshes that bring none.

The algorithm is Mikkelsen's ("Simulation of Wrinkled Surfaces Revisited", 2008, section 4), which glTF 2.0 names for
meshes without tangents: corners of triangles that meet along edges around a vertex, and whose texture coordinates turn
the same way, are a group; a group's tangent is the mean of its triangles' tangents, each laid into the plane of the
vertex's normal and weighted by the angle at that corner. A vertex whose corners fall into several groups is split.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["mikktspace_tangents"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_NEXT, _LAST = (1, 2, 0), (2, 0, 1)
_TINY = np.float32(1e-30)


def mikktspace_tangents(
    positions: NDArray[Any], normals: NDArray[Any], coordinates: NDArray[Any], triangles: NDArray[Any]
) -> tuple[Ints, NDArray[np.uint32], Floats]:
    """Tangents for the corners of triangles, and the vertices that carry them.

    Parameters
    ----------
    positions, normals : [v, 3]
        Finite.
    coordinates : [v, 2]
        Texture coordinates, v pointing down as in glTF.
    triangles : [t, 3]
        Indices below v.

    Returns
    -------
    sources : int64 [n]
        The vertex that each new vertex is a copy of. The first v are the vertices themselves, in order.
    triangles : uint32 [t, 3]
        The same triangles, of new vertices.
    tangents : float32 [n, 4]
        Unit, at a right angle to the normal; w is the sign of the bitangent ``w cross(normal, tangent)``, which points
        along falling v.
    """
    positions, normals, coordinates = (np.asarray(a, np.float32) for a in (positions, normals, coordinates))
    with np.errstate(over="ignore", invalid="ignore"):  # a file may hold anything
        normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), _TINY)
        corners = np.asarray(triangles, np.int64).reshape(-1, 3)
        welded = _weld(np.concatenate([positions, normals, coordinates], axis=1))
        faces = welded[corners]
        along, turn = _face_tangents(positions, coordinates, corners)
        has_area = (faces != faces[:, _NEXT]).all(1)
        turn[~has_area] = 0
        groups = _groups(faces, turn)
        summed = _sums(positions, normals, corners, along, turn, groups)
        return _split(normals, corners, welded, turn, groups, summed)


def _weld(rows: Floats) -> Ints:
    """A number for each vertex, equal where all that it carries is equal."""
    words = np.ascontiguousarray(rows + np.float32(0)).view(np.uint32).astype(np.uint64)  # -0 is 0
    key = np.full(len(words), 0x9E3779B97F4A7C15, np.uint64)
    for column in range(words.shape[1]):  # splitmix64's mixing, a word at a time
        key = (key ^ words[:, column]) * np.uint64(0xBF58476D1CE4E5B9)
        key ^= key >> np.uint64(29)
    found: Ints = np.unique(key, return_inverse=True)[1].reshape(-1)
    return found


def _face_tangents(positions: Floats, coordinates: Floats, corners: Ints) -> tuple[Floats, NDArray[np.int8]]:
    """Directions of rising u, unit [t, 3], and which way coordinates turn: 1 (as in the picture), -1, or 0 for no way."""
    a, b, c = (coordinates[corners[:, k]] for k in range(3))
    x, y, z = (positions[corners[:, k]] for k in range(3))
    first, second = b - a, c - a
    area = second[:, 0] * first[:, 1] - first[:, 0] * second[:, 1]  # positive with v pointing up
    along = (second[:, 1:] * (y - x) - first[:, 1:] * (z - x)) * -np.sign(area)[:, None]
    across = (first[:, :1] * (z - x) - second[:, :1] * (y - x)) * -np.sign(area)[:, None]
    lengths = np.linalg.norm(along, axis=1)
    turn = np.sign(area).astype(np.int8)
    turn[~((lengths > _TINY) & (np.linalg.norm(across, axis=1) > _TINY) & (np.abs(area) > _TINY))] = 0
    return along / np.maximum(lengths, _TINY)[:, None], turn


def _groups(faces: Ints, turn: NDArray[np.int8]) -> Ints:
    """A label for each corner [3 t]: corners of a group share the least number of a corner among them."""
    count = len(faces)
    starts, ends = faces.reshape(-1), faces[:, _NEXT].reshape(-1)  # half-edge 3 f + k runs from corner k to the next
    usable = np.repeat(turn != 0, 3)
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    half = np.flatnonzero(usable & (low != high))
    backward = starts[half] > ends[half]
    edge = low[half] * (int(faces.max(initial=0)) + 1) + high[half]
    # The k-th half-edge in one direction meets the k-th in the other, so that edges of many faces pair up as well.
    order = np.lexsort((half, backward, edge))
    half, backward, edge = half[order], backward[order], edge[order]
    key = edge * 2 + backward
    rank = _rank_in_run(key)
    forward, meeting = _matches(edge[~backward], rank[~backward], edge[backward], rank[backward])
    one, other = half[~backward][forward], half[backward][meeting]
    same = turn[one // 3] == turn[other // 3]
    one, other = one[same], other[same]
    after_one, after_other = one - one % 3 + (one + 1) % 3, other - other % 3 + (other + 1) % 3
    # A half-edge starts where its partner ends.
    return _components(3 * count, np.concatenate([one, after_one]), np.concatenate([after_other, other]))


def _rank_in_run(keys: Ints) -> Ints:
    """How many equal keys stand before each one, in sorted keys."""
    at = np.arange(len(keys))
    starts = np.r_[True, keys[1:] != keys[:-1]] if len(keys) else np.zeros(0, bool)
    rank: Ints = at - np.maximum.accumulate(np.where(starts, at, 0))
    return rank


def _matches(edge_a: Ints, rank_a: Ints, edge_b: Ints, rank_b: Ints) -> tuple[Ints, Ints]:
    """Indices into a and b where edge and rank are equal; each pair (edge, rank) is there at most once on a side."""
    most = int(max(rank_a.max(initial=0), rank_b.max(initial=0))) + 1
    # Edges are renumbered, so that the product stays small.
    _, dense = np.unique(np.concatenate([edge_a, edge_b]), return_inverse=True)
    a, b = dense[: len(edge_a)] * most + rank_a, dense[len(edge_a) :] * most + rank_b
    at = np.searchsorted(a, b)  # both are sorted
    hit = (at < len(a)) & (a[np.minimum(at, max(len(a) - 1, 0))] == b) if len(a) else np.zeros(len(b), bool)
    return at[hit], np.flatnonzero(hit)


def _components(count: int, one: Ints, other: Ints) -> Ints:
    """Labels of the connected components of a graph: the least node of each. Hooking and pointer jumping."""
    label = np.arange(count)
    while len(one):
        a, b = label[one], label[other]
        apart = a != b
        one, other, a, b = one[apart], other[apart], a[apart], b[apart]
        np.minimum.at(label, np.maximum(a, b), np.minimum(a, b))
        while True:
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped
    return label


def _sums(positions: Floats, normals: Floats, corners: Ints, along: Floats, turn: NDArray[np.int8], groups: Ints) -> Floats:
    """Sums of weighted tangents [3 t, 3], at the corner that names the group."""
    summed = np.zeros((3 * len(corners), 3), np.float32)
    for k in range(3):
        normal = normals[corners[:, k]]
        here = positions[corners[:, k]]
        tangent = _laid(along, normal)
        first = _laid(positions[corners[:, _NEXT[k]]] - here, normal)
        second = _laid(positions[corners[:, _LAST[k]]] - here, normal)
        angle = np.arccos(np.clip(np.einsum("tx,tx->t", first, second), -1.0, 1.0)) * (turn != 0)
        of = groups[k::3]
        for axis in range(3):
            summed[:, axis] += np.bincount(of, angle * tangent[:, axis], len(summed)).astype(np.float32)
    return summed


def _laid(vectors: Floats, normals: Floats) -> Floats:
    """Vectors laid into the plane of normals and made unit; zero where nothing is left."""
    flat = vectors - normals * np.einsum("tx,tx->t", vectors, normals)[:, None]
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.where(lengths > _TINY, flat / np.maximum(lengths, _TINY), np.float32(0))


def _split(
    normals: Floats, corners: Ints, welded: Ints, turn: NDArray[np.int8], groups: Ints, summed: Floats
) -> tuple[Ints, NDArray[np.uint32], Floats]:
    count, flat = len(normals), corners.reshape(-1)
    sound = np.repeat(turn != 0, 3)
    # What has no tangent of its own takes that of a sound corner of the same vertex, or else of the same place.
    named = groups.copy()
    for place in (np.arange(count), welded):
        of_place = np.full(count, -1)
        of_place[place[flat[sound]][::-1]] = named[sound][::-1]
        lost = np.flatnonzero(~sound)
        taken = of_place[place[flat[lost]]]
        named[lost] = np.where(taken >= 0, taken, named[lost])
        sound = sound.copy()
        sound[lost] = taken >= 0
    wanted = np.where(sound, named, -1)
    first = np.full(count, -2)  # the group that stays with the vertex itself: that of its first corner
    first[flat[::-1]] = wanted[::-1]
    apart = np.flatnonzero(wanted != first[flat])
    key = flat[apart] * (len(groups) + 1) + wanted[apart] + 1
    _, example, number = np.unique(key, return_index=True, return_inverse=True)
    made = flat.copy()
    made[apart] = count + number.reshape(-1)
    sources = np.concatenate([np.arange(count), flat[apart[example]]])
    group = np.concatenate([first, wanted[apart[example]]])
    tangents = np.empty((len(sources), 4), np.float32)
    normal = normals[sources]
    tangents[:, :3] = _laid(np.where(group[:, None] >= 0, summed[np.maximum(group, 0)], np.float32(0)), normal)
    lost = np.flatnonzero(~(tangents[:, :3].any(1) & np.isfinite(tangents[:, :3]).all(1)))
    axes = np.eye(3, dtype=np.float32)[np.abs(normal[lost]).argmin(1)]  # never parallel to the normal
    tangents[lost, :3] = _laid(axes, normal[lost])
    tangents[:, 3] = np.where(group >= 0, turn[np.maximum(group, 0) // 3], 1)
    return sources, made.reshape(-1, 3).astype(np.uint32), tangents
