"""How triangles hang together: vertices that are one place, edges and who shares them, pieces, rims."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Edges", "distinct", "edges_of", "joined_labels", "label_pieces", "rims_of", "turned_faces", "volume_of", "welded"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SAME = 1e-6
"""Places nearer than this share of the extent are one."""


def welded(positions: Floats) -> tuple[Ints, Ints]:
    """Which vertices are one place.

    Returns
    -------
    firsts : int64 [k]
        A vertex of each place, rising.
    places : int64 [n]
        The place of each vertex, an index into `firsts`.
    """
    if not len(positions):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    low = positions.min(0)
    step = max(float(np.ptp(positions, axis=0).max()) * _SAME, 1e-12)
    cells = np.rint((positions - low) / step).astype(np.int64)
    keys = (cells[:, 0] << 40) | (cells[:, 1] << 20) | cells[:, 2]  # a million steps an axis
    _, firsts, places = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(firsts, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return firsts[order].astype(np.int64), rank[places.reshape(-1)]


def distinct(faces: Ints) -> Ints:
    """Rows of triangles of which each has other corners, rising: the first of each."""
    if not len(faces):
        return np.empty(0, np.int64)
    ordered = np.sort(faces, axis=1)
    span = int(ordered.max()) + 1
    _, pairs = np.unique(ordered[:, 0] * span + ordered[:, 1], return_inverse=True)
    _, firsts = np.unique(pairs.reshape(-1) * span + ordered[:, 2], return_index=True)
    return np.sort(firsts).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of triangles, each once.

    Attributes
    ----------
    ends : int64 [e, 2]
        Vertices, the lower first.
    counts : int64 [e]
        How many triangles have it.
    of_faces : int64 [t, 3]
        The edge of each side of each triangle: 0 to 1, 1 to 2, 2 to 0.
    forward : bool [t, 3]
        Whether the triangle goes along it from the lower to the higher end.
    """

    ends: Ints
    counts: Ints
    of_faces: Ints
    forward: NDArray[np.bool_]

    @property
    def open(self) -> NDArray[np.bool_]:
        """Edges that only one triangle has, [e]."""
        return np.asarray(self.counts == 1, bool)

    @property
    def crowded(self) -> NDArray[np.bool_]:
        """Edges that more than two triangles have, [e]."""
        return np.asarray(self.counts > 2, bool)


def edges_of(faces: Ints) -> Edges:
    """List the edges of triangles [t, 3]."""
    starts, ends = faces, np.roll(faces, -1, axis=1)
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    span = int(faces.max()) + 1 if len(faces) else 1
    keys, numbers, counts = np.unique(low * span + high, return_inverse=True, return_counts=True)
    return Edges(
        np.stack([keys // span, keys % span], axis=1), counts.astype(np.int64), numbers.reshape(faces.shape).astype(np.int64),
        np.asarray(starts < ends, bool),
    )  # fmt: skip


def label_pieces(faces: Ints, count: int) -> Ints:
    """The piece that each triangle is of, [t], from 0 on: triangles that share a vertex are of one; `count` is that of vertices."""
    if not len(faces):
        return np.empty(0, np.int64)
    labels = joined_labels(count, np.concatenate([faces[:, 0], faces[:, 1]]), np.concatenate([faces[:, 1], faces[:, 2]]))
    _, pieces = np.unique(labels[faces[:, 0]], return_inverse=True)
    return pieces.reshape(-1).astype(np.int64)


def joined_labels(count: int, one: Ints, other: Ints) -> Ints:
    """The least member of the group that each of `count` things is of, where `one` and `other` are pairs of the same group.

    Labels sink along pairs and along themselves (pointer jumping), so that a long strip takes few rounds.
    """
    labels = np.arange(count, dtype=np.int64)
    while True:
        least = np.minimum(labels[one], labels[other])
        before = labels.copy()
        for ends in (one, other):
            np.minimum.at(labels, ends, least)
            np.minimum.at(labels, before[ends], least)  # the root learns what its members learned
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels


def turned_faces(faces: Ints, edges: Edges) -> NDArray[np.bool_]:
    """Triangles to turn so that neighbours go along a shared edge in opposite directions; bool [t].

    Spreads in rings from the first triangle of each piece over edges of two triangles. Where a surface has one side only
    (a Moebius strip) some edge stays wrong.
    """
    count = len(faces)
    sides = edges.of_faces.reshape(-1)
    order = np.argsort(sides, kind="stable")
    firsts = np.searchsorted(sides[order], np.flatnonzero(edges.counts == 2))
    one, two = order[firsts], order[firsts + 1]
    forward = edges.forward.reshape(-1)
    disagree = forward[one] == forward[two]
    left, right = one // 3, two // 3
    sources, targets = np.concatenate([left, right]), np.concatenate([right, left])
    differs = np.concatenate([disagree, disagree])
    by_source = np.argsort(sources, kind="stable")
    sources, targets, differs = sources[by_source], targets[by_source], differs[by_source]
    begins = np.searchsorted(sources, np.arange(count + 1))
    seen = np.zeros(count, bool)
    turned = np.zeros(count, bool)
    ring = np.unique(joined_labels(count, left, right))
    seen[ring] = True
    while len(ring):
        lengths = begins[ring + 1] - begins[ring]
        before = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        links = np.repeat(begins[ring] - before, lengths) + np.arange(int(lengths.sum()))
        links = links[~seen[targets[links]]]
        found, at = np.unique(targets[links], return_index=True)
        turned[found] = turned[sources[links[at]]] ^ differs[links[at]]
        seen[found] = True
        ring = found
    return turned


def volume_of(positions: Floats, faces: Ints) -> Floats:
    """Six times the signed volume between each triangle and the first vertex, [t]: above 0 for one that faces out."""
    if not len(faces):
        return np.empty(0)
    corners = positions[faces] - positions[faces[0, 0]]
    volumes: Floats = np.einsum("tc,tc->t", corners[:, 0], np.cross(corners[:, 1], corners[:, 2]))
    return volumes


def rims_of(faces: Ints, edges: Edges) -> list[Ints]:
    """Loops of open edges, each as vertices in the order in which a lid's triangles have them.

    Where rims meet in a vertex, each loop that comes back to it is one.
    """
    sides = np.flatnonzero(edges.open[edges.of_faces.reshape(-1)])
    ends, starts = faces.reshape(-1)[sides], np.roll(faces, -1, axis=1).reshape(-1)[sides]  # a lid goes the other way round
    following: dict[int, list[int]] = {}
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        following.setdefault(start, []).append(end)
    rims: list[Ints] = []
    for first in list(following):
        while following.get(first):
            _walk(first, following, rims)
    return rims


def _walk(first: int, following: dict[int, list[int]], rims: list[Ints]) -> None:
    path, places = [first], {first: 0}
    while following.get(path[-1]):
        vertex = following[path[-1]].pop()
        if vertex not in places:
            places[vertex] = len(path)
            path.append(vertex)
            continue
        loop = path[places[vertex] :]
        if len(loop) >= 3:
            rims.append(np.array(loop, np.int64))
        for left in loop[1:]:
            del places[left]
        del path[places[vertex] + 1 :]
