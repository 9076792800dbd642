"""Surfaces as numbers: pieces of a model, normals, quads to triangles."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.paints import Paint
from taixu.generate.avatars.swinging import Chain

__all__ = ["Piece", "joined", "quad_normals", "triangles_of"]

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
        used, number = np.unique(self.triangles[triangles], return_inverse=True)
        renumber = np.full(len(self.positions), -1)
        renumber[used] = np.arange(len(used))
        units = {}
        for name, (at, moved, turned) in self.units.items():
            there = renumber[at] >= 0
            if there.any():
                units[name] = (renumber[at[there]], moved[there], turned[there])
        return replace(
            self, positions=self.positions[used], normals=self.normals[used], coordinates=self.coordinates[used],
            triangles=number.reshape(-1, 3), joints=self.joints[used], weights=self.weights[used], units=units,
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


def triangles_of(quads: Ints) -> Ints:
    """Two triangles a quad."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def quad_normals(positions: Floats, quads: Ints) -> Floats:
    """A unit normal a vertex, weighted by area; zero where no quad is."""
    across = np.cross(positions[quads[:, 2]] - positions[quads[:, 0]], positions[quads[:, 3]] - positions[quads[:, 1]])
    where = quads.T.ravel()
    each = np.tile(across, (quads.shape[1], 1))
    total = np.stack([np.bincount(where, each[:, axis], len(positions)) for axis in range(3)], 1)
    return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
