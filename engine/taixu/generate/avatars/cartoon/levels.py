"""Levels of detail of a cartoon: what is near becomes one vertex where triangles join it, in cells as wide as a piece is fine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.paints import Paint
from taixu.generate.avatars.surfaces import Piece, distinct_rows

__all__ = ["COVERAGES", "far_cartoon_pieces"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COVERAGES = (0.018, 0.0055, 0.0015)
"""As those of people; smaller, for large faces are read from afar, and further levels do not move them."""
_EDGES, _SHARES = (1.3, 2.0), (0.44, 0.17)
"""How many edges of a piece a cell is wide, by level, and how many triangles of the finest are left at most."""
_FACE = 0.6
"""Drawings of the face stay finer."""
_ROUNDS = 12


def far_cartoon_pieces(pieces: Sequence[Piece], drawn: Paint) -> list[list[Piece]]:
    """Pieces of the levels after the finest, on nodes ``level1`` and ``level2``; nothing in them moves a face.

    All colours lie in one picture, so the last level is one primitive in the paint `drawn`, whose outline nobody would see.
    """
    shown = [piece for piece in pieces if len(piece.triangles)]
    count = sum(len(piece.triangles) for piece in shown)
    sizes = [_edge(piece) * (_FACE if piece.node == "face" else 1.0) for piece in shown]
    found, previous = [], shown
    for level, (wide, share) in enumerate(zip(_EDGES, _SHARES, strict=True)):
        while True:
            fewer = [_clustered(piece, wide * size) for piece, size in zip(previous, sizes, strict=True)]
            left = sum(len(piece.triangles) for piece in fewer)
            if left <= share * count or wide > 8.0:
                break
            wide *= max(1.05, (left / (share * count)) ** 0.5)
        previous = fewer
        found.append([replace(piece, node=f"level{level + 1}", paint=drawn if level else piece.paint) for piece in fewer
                      if len(piece.triangles)])  # fmt: skip
    return found


def _edge(piece: Piece) -> float:
    """How long its edges are: the median of each triangle's longest."""
    corners = piece.positions[piece.triangles]
    return float(np.median(((corners - corners[:, [1, 2, 0]]) ** 2).sum(2).max(1)) ** 0.5)


def _clustered(piece: Piece, cell_m: float) -> Piece:
    """Vertices of one cell that edges within it join become one, in their middle: walls of thin things stay apart."""
    if len(piece.triangles) < 24:
        return replace(piece, units={})
    cell = distinct_rows(np.floor(piece.positions / cell_m + 0.37).astype(np.int64))[1]
    ends = np.concatenate([piece.triangles[:, :2], piece.triangles[:, 1:]])
    ends = ends[cell[ends[:, 0]] == cell[ends[:, 1]]]
    label = np.arange(len(cell))
    for _ in range(_ROUNDS):
        least = np.minimum(label[ends[:, 0]], label[ends[:, 1]])
        before = label.copy()
        np.minimum.at(label, ends[:, 0], least)
        np.minimum.at(label, ends[:, 1], least)
        label = label[label]
        if np.array_equal(label, before):
            break
    _, first, number = np.unique(label, return_index=True, return_inverse=True)
    many = np.bincount(number)

    def middle(values: Floats) -> Floats:
        return np.stack([np.bincount(number, column) for column in values.T], 1) / many[:, None]

    normals = middle(piece.normals)
    triangles = number[piece.triangles]
    whole = (triangles[:, 0] != triangles[:, 1]) & (triangles[:, 1] != triangles[:, 2]) & (triangles[:, 2] != triangles[:, 0])
    triangles = triangles[whole]
    turn = triangles.argmin(1) if len(triangles) else np.zeros(0, np.int64)
    triangles = distinct_rows(triangles[np.arange(len(triangles))[:, None], (turn[:, None] + np.arange(3)) % 3])[0]
    short = np.linalg.norm(normals, axis=1) < 0.2
    normals[short] = piece.normals[first[short]]
    fewer = replace(
        piece, positions=middle(piece.positions), normals=normals, coordinates=middle(piece.coordinates), triangles=triangles,
        joints=piece.joints[first], weights=piece.weights[first], units={}, colors=None
    )  # fmt: skip
    return fewer.kept(np.ones(len(triangles), bool))
