"""Places sorted by squares of the ground, which squares are near, and what a far one looks like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.scene.details import Eye

__all__ = ["HIDDEN", "Squares", "merged", "with_levers"]

HIDDEN = 255
_BLOCK = 4
"""Squares along the edge of a block."""


@dataclass(frozen=True, eq=False)
class Squares:
    """Places in the order of their squares.

    Attributes
    ----------
    places : float32[n, 5]
        Sorted; x y z turn scale.
    starts : int64[m + 1]
        Where each square's places begin.
    lows, highs : float64[m, 3]
        Boxes around them.
    blocks : int64[b + 1]
        Where each block's squares begin: what is far is merged by blocks of up to sixteen squares, so that it is few draws.
    """

    places: NDArray[np.float32]
    starts: NDArray[np.int64]
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]
    blocks: NDArray[np.int64]

    @classmethod
    def sort(cls, places: NDArray[np.float32], edge_m: float) -> Squares:
        """Sort places into squares of an edge."""
        if not len(places):
            return cls(places, np.zeros(1, np.int64), np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(1, np.int64))
        cells = np.floor(places[:, [0, 2]].astype(np.float64) / edge_m).astype(np.int64)
        cells -= cells.min(0)
        block, inner = np.divmod(cells, _BLOCK)
        keys = (block[:, 1] * (int(block[:, 0].max()) + 1) + block[:, 0]) * _BLOCK**2 + inner[:, 1] * _BLOCK + inner[:, 0]
        order = np.argsort(keys, kind="stable")
        keys, places = keys[order], places[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        lows = np.minimum.reduceat(places[:, :3], starts, axis=0).astype(np.float64)
        highs = np.maximum.reduceat(places[:, :3], starts, axis=0).astype(np.float64)
        of_block = keys[starts] // _BLOCK**2
        blocks = np.flatnonzero(np.concatenate([[True], of_block[1:] != of_block[:-1], [True]]))
        return cls(places, np.append(starts, len(places)), lows, highs, blocks)

    def levels(self, eyes: Sequence[Eye], distances: Sequence[float], *, by_pixels: bool = False) -> NDArray[np.uint8]:
        """For each square the level whose distance it lies within; `HIDDEN` beyond the last.

        All but the last distance are those of a picture with 900 pixels a radian: a smaller one needs less, in proportion where
        pixels are what counts.
        """
        nearest = np.full(len(self.lows), np.inf)
        fine = np.full(len(self.lows), np.inf)
        for eye in eyes:
            away = self._away(eye)
            nearest = np.minimum(nearest, away)
            fine = np.minimum(fine, away / (eye.pixels_per_rad / 900.0 if by_pixels and not eye.is_parallel else _sharpness(eye)))
        found = np.full(len(self.lows), HIDDEN, np.uint8)
        for level in range(len(distances) - 1, -1, -1):
            found[(nearest if level == len(distances) - 1 else fine) < distances[level]] = level
        found[nearest >= distances[-1]] = HIDDEN
        return found

    def _away(self, eye: Eye) -> NDArray[np.float64]:
        """How far each square's box is from an eye."""
        gap = np.maximum(np.maximum(self.lows - eye.position, eye.position - self.highs), 0.0)
        away: NDArray[np.float64] = np.sqrt((gap**2).sum(1))
        return away

    @property
    def count(self) -> int:
        """How many squares and blocks there are; a block's number follows those of all squares."""
        return len(self.lows) + len(self.blocks) - 1

    def spans(self, units: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The first square of some squares or blocks, and the one after the last."""
        block = np.maximum(units - len(self.lows), 0)
        is_block = units >= len(self.lows)
        return np.where(is_block, self.blocks[block], units), np.where(is_block, self.blocks[block + 1], units + 1)

    def rows(self, unit: int) -> NDArray[np.float32]:
        """The places of a square or a block."""
        first, last = self.spans(np.array([unit]))
        return self.places[self.starts[first[0]] : self.starts[last[0]]]

    def middles(self, units: NDArray[np.intp]) -> NDArray[np.float64]:
        """Of the boxes around squares or blocks, float64[n, 3]."""
        first, last = self.spans(units)
        found = [(self.lows[a:b].min(0) + self.highs[a:b].max(0)) / 2 for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return np.array(found, np.float64).reshape(-1, 3)

    def gathered(
        self, wanted: NDArray[np.uint8], level: int, *, eyes: Sequence[Eye] = (), beyond_m: float = 0.0
    ) -> NDArray[np.uint8]:
        """Levels of squares and then of blocks: where all squares of a block have this one, the block stands for them.

        Not so where an eye is nearer than `beyond_m`: a block is drawn whole wherever a bit of it is seen, or casts a shadow.
        """
        if not len(self.lows):
            return wanted
        fits = wanted == level
        if beyond_m > 0.0:
            for eye in eyes:
                fits &= self._away(eye) >= beyond_m
        whole = np.minimum.reduceat(fits.astype(np.uint8), self.blocks[:-1]) == 1
        of_square = np.repeat(whole, np.diff(self.blocks))
        return np.concatenate([np.where(of_square, HIDDEN, wanted), np.where(whole, level, HIDDEN)]).astype(np.uint8)


def _sharpness(eye: Eye) -> float:
    # Less than in proportion: what is cut out by a picture's alpha looks poor sooner than its triangles become small.
    return 1.0 if eye.is_parallel else min(max((eye.pixels_per_rad / 900.0) ** 0.5, 0.65), 1.4)


def with_levers(primitive: Primitive) -> Primitive:
    """A primitive whose TEXCOORD_1 begins with metres over its root, by which it bends in the wind."""
    heights = np.maximum(primitive.attributes["POSITION"][:, 1], 0.0).astype(np.float32)
    levers = np.stack([heights, np.zeros_like(heights)], 1)
    return replace(primitive, attributes={**primitive.attributes, "TEXCOORD_1": levers})


def merged(primitive: Primitive, rows: NDArray[np.float32], middle: NDArray[np.float64], *, sways: bool = False) -> Primitive:
    """One mesh of a copy in each place, around a point; what sways does so by `with_levers`."""
    have = primitive.attributes
    points, count = have["POSITION"], len(rows)
    c, s = np.cos(rows[:, 3])[:, None], np.sin(rows[:, 3])[:, None]
    scale = rows[:, 4][:, None]
    out = {}
    base = (rows[:, :3].astype(np.float64) - middle).astype(np.float32)
    for name, values in have.items():
        if name in ("POSITION", "NORMAL"):
            x, y, z = (values[None, :, k] for k in range(3))
            turned = np.stack([c * x + s * z, np.broadcast_to(y, (count, len(points))), c * z - s * x], -1)
            if name == "POSITION":
                turned = turned * scale[..., None] + base[:, None, :]
            out[name] = turned.reshape(-1, 3).astype(np.float32)
        elif name == "TEXCOORD_1" and sways:
            out[name] = (values[None] * scale[..., None]).reshape(-1, 2).astype(np.float32)
        elif name != "TANGENT":
            out[name] = np.tile(values, (count, 1))
    triangles = primitive.triangles().reshape(-1).astype(np.uint32)
    indices = (np.arange(count, dtype=np.uint32)[:, None] * np.uint32(len(points)) + triangles).reshape(-1)
    return Primitive(out, indices)
