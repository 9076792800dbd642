"""Pieces of a surface: which are specks, and which way each should face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.gate.topology import edges_of, label_pieces, turned_faces, volume_of

__all__ = ["Facing", "crumb_pieces", "facing"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_CRUMB = 0.005
"""A loose piece that is smaller than this share of the largest one is a speck."""


@dataclass(frozen=True, slots=True)
class Facing:
    """Which triangles face the wrong way.

    Attributes
    ----------
    against : bool [t]
        Those that face otherwise than most of their piece.
    inside_out : bool [t]
        Those of closed pieces that enclose a negative volume, where such enclose most of all (a room within a house may).
    """

    against: Flags
    inside_out: Flags

    @property
    def turned(self) -> Flags:
        """Those to turn, [t]."""
        return np.asarray(self.against ^ self.inside_out, bool)


def facing(positions: Floats, faces: Ints) -> Facing:
    """Find them."""
    if not len(faces):
        nothing = np.zeros(0, bool)
        return Facing(nothing, nothing)
    edges = edges_of(faces)
    pieces = label_pieces(faces, len(positions))
    spread = turned_faces(faces, edges)
    minority = np.bincount(pieces, spread) * 2 > np.bincount(pieces)
    against = np.asarray(spread ^ minority[pieces], bool)
    straight = np.where(against[:, None], faces[:, ::-1], faces)
    is_open = np.zeros(len(minority), bool)
    is_open[pieces[(edges.counts != 2)[edges.of_faces].any(1)]] = True
    volumes = np.where(is_open, 0.0, np.bincount(pieces, volume_of(positions, straight)))
    negative = volumes < 0
    if -2.0 * float(volumes[negative].sum()) <= float(np.abs(volumes).sum()):
        negative = np.zeros_like(negative)
    return Facing(against, np.asarray(negative[pieces], bool))


def crumb_pieces(positions: Floats, faces: Ints, pieces: Ints) -> Flags:
    """Pieces that are specks beside the largest, by piece."""
    count = int(pieces.max(initial=-1)) + 1
    if not count:
        return np.zeros(0, bool)
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    for corner in range(3):
        np.minimum.at(low, pieces, positions[faces[:, corner]])
        np.maximum.at(high, pieces, positions[faces[:, corner]])
    reach = np.linalg.norm(high - low, axis=1)
    return np.asarray(reach < _CRUMB * float(reach.max()), bool)
