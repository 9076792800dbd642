"""Surfaces as numbers: pieces of a model, normals, quads to triangles."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.paints import Paint
from taixu.generate.avatars.swinging import Chain

__all__ = ["Piece", "as_lit", "distinct_rows", "joined", "quad_normals", "triangle_normals", "triangles_of", "used_rows"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Units = dict[str, tuple[Ints, Floats, Floats]]
"""By unit of the face: vertices, how they move, how their normals change."""


@dataclass(frozen=True)
class Piece:
    """Something that is drawn with one paint.

    Attributes
    ----------
    positions, normals : float64 [n, 3]
        In the T-pose, metres.
    coordinates : float64 [n, 2]
        v down.
    triangles : int64 [t, 3]
        Anticlockwise seen from outside.
    joints, weights : int64 [n, 4], float64 [n, 4]
        Bones, and how much each moves a vertex.
    units
        What the face does to it.
    node
        Name of the mesh that it is a part of.
    strips
        Of hair: how many locks or tubes, rows and columns of vertices each has, in this order.
    colors : float64 [n, 4], optional
        At vertices, linear; they multiply the paint's.
    chains
        What it hangs on; its joints below zero are theirs (`taixu.generate.avatars.swinging`).
    """

    name: str
    positions: Floats
    normals: Floats
    coordinates: Floats
    triangles: Ints
    joints: Ints
    weights: Floats
    paint: Paint
    units: Units = field(default_factory=dict)
    node: str = "body"
    chains: tuple[Chain, ...] = ()
    strips: tuple[int, int, int] | None = None
    colors: Floats | None = None

    def kept(self, triangles: NDArray[np.bool_]) -> Piece:
        """The piece with some of its triangles, and the vertices that they use."""
        used, renumber = used_rows(self.triangles[triangles], len(self.positions))
        units = {}
        for name, (at, moved, turned) in self.units.items():
            there = renumber[at] >= 0
            if there.any():
                units[name] = (renumber[at[there]], moved[there], turned[there])
        return replace(
            self, positions=self.positions[used], normals=self.normals[used], coordinates=self.coordinates[used],
            triangles=renumber[self.triangles[triangles]], joints=self.joints[used], weights=self.weights[used], units=units,
            strips=None, colors=None if self.colors is None else self.colors[used]
        )  # fmt: skip


def joined(pieces: list[Piece], name: str) -> Piece:
    """Pieces of one paint as one."""
    first = pieces[0]
    starts = np.cumsum([0, *(len(piece.positions) for piece in pieces[:-1])])
    units: Units = {}
    for unit in dict.fromkeys(unit for piece in pieces for unit in piece.units):
        parts = [(piece.units[unit], start) for piece, start in zip(pieces, starts, strict=True) if unit in piece.units]
        units[unit] = (
            np.concatenate([at + start for (at, _, _), start in parts]), np.concatenate([moved for (_, moved, _), _ in parts]),
            np.concatenate([turned for (_, _, turned), _ in parts])
        )  # fmt: skip
    return Piece(
        name, np.concatenate([piece.positions for piece in pieces]), np.concatenate([piece.normals for piece in pieces]),
        np.concatenate([piece.coordinates for piece in pieces]),
        np.concatenate([piece.triangles + start for piece, start in zip(pieces, starts, strict=True)]),
        np.concatenate([piece.joints for piece in pieces]), np.concatenate([piece.weights for piece in pieces]), first.paint, units,
        first.node, colors=None if first.colors is None else np.concatenate([piece.colors for piece in pieces
                                                                             if piece.colors is not None])
    )  # fmt: skip


def used_rows(faces: Ints, count: int) -> tuple[Ints, Ints]:
    """Which of so many vertices faces use, rising; and for each vertex its number among these, -1 where it is none."""
    flags = np.zeros(count, bool)
    flags[faces] = True
    used = np.flatnonzero(flags)
    number = np.full(count, -1)
    number[used] = np.arange(len(used))
    return used, number


def distinct_rows(rows: Ints) -> tuple[Ints, Ints]:
    """Rows of few small whole numbers, each once, in their order; and for each row its number among these.

    Columns are packed into one key, many times faster to sort than rows.
    """
    key = np.zeros(len(rows), np.int64)
    low = rows.min(0) if len(rows) else np.zeros(rows.shape[1], np.int64)
    for column, least in zip(rows.T, low.tolist(), strict=True):
        span = int(column.max(initial=least)) - least + 1
        key = key * span + (column - least)
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    return rows[first], number


def as_lit(triangles: Ints, positions: Floats, normals: Floats) -> Ints:
    """Triangles that face where their normals look: others would be dark specks, or lit from within."""
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    (ax, ay, az), (bx, by, bz) = (b - a).T, (c - a).T
    x, y, z = (normals[triangles[:, 0]] + normals[triangles[:, 1]] + normals[triangles[:, 2]]).T
    is_against = (ay * bz - az * by) * x + (az * bx - ax * bz) * y + (ax * by - ay * bx) * z < 0.0
    return np.where(is_against[:, None], triangles[:, ::-1], triangles)


def triangles_of(quads: Ints) -> Ints:
    """Two triangles a quad."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def quad_normals(positions: Floats, quads: Ints) -> Floats:
    """A unit normal a vertex, weighted by area; zero where no quad is."""
    one, other = positions[quads[:, 2]] - positions[quads[:, 0]], positions[quads[:, 3]] - positions[quads[:, 1]]
    return _summed(one, other, quads, len(positions))


def triangle_normals(positions: Floats, triangles: Ints) -> Floats:
    """The same of triangles."""
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    return _summed(b - a, c - a, triangles, len(positions))


def _summed(one: Floats, other: Floats, faces: Ints, count: int) -> Floats:
    """Cross products of faces, added up at their corners, of length one; by columns, for short rows are slow."""
    (ax, ay, az), (bx, by, bz) = one.T, other.T
    where = faces.T.ravel()
    total = np.stack([np.bincount(where, np.tile(each, faces.shape[1]), count)
                      for each in (ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)], 1)  # fmt: skip
    length = np.sqrt(total[:, 0] ** 2 + total[:, 1] ** 2 + total[:, 2] ** 2)
    return np.asarray(total / np.maximum(length, 1e-12)[:, None])
