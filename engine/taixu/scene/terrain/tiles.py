"""A quadtree of tiles over heights, which of them eyes need, and their meshes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.scene.details import Eye
from taixu.scene.terrain.heights import HeightField

__all__ = ["CELLS", "TileTree", "tile_mesh"]

CELLS = 64
"""Squares along a tile's edge."""
Array = NDArray[np.float32]
Tile = tuple[int, int, int]
"""Level (0 is the finest), column and row."""


class TileTree:
    """What is known of each tile: how high it reaches and how wrong it is, by level.

    Attributes
    ----------
    errors, lows, highs
        By level, float32[rows, columns]: metres that the tile's surface differs from the heights at most, and its span.
    """

    def __init__(self, field: HeightField) -> None:
        self.field = field
        rows, columns = field.heights.shape
        self.levels = 1
        while CELLS << (self.levels - 1) < max(rows, columns) - 1:
            self.levels += 1
        edge = (CELLS << (self.levels - 1)) + 1
        heights = np.pad(field.heights, ((0, edge - rows), (0, edge - columns)), mode="edge")
        self.errors: list[Array] = []
        self.lows: list[Array] = []
        self.highs: list[Array] = []
        for level in range(self.levels):
            step = 1 << level
            grid = heights[::step, ::step]
            low, high = _per_tile(grid, np.minimum), _per_tile(grid, np.maximum)
            error = np.zeros_like(low)
            if level:
                fine = heights[:: step // 2, :: step // 2]
                error = _per_tile(_difference(fine, grid), np.maximum) + _joined(self.errors[-1], np.maximum)
                low, high = _joined(self.lows[-1], np.minimum), _joined(self.highs[-1], np.maximum)
            self.errors.append(error)
            self.lows.append(low)
            self.highs.append(high)

    def select(self, eyes: Sequence[Eye], *, error_px: float, most: int = 600) -> list[Tile]:
        """The tiles that together cover the ground, each fine enough for all eyes (whose positions are in the terrain's frame)."""
        while True:
            found = self._select(eyes, error_px)
            if len(found) <= most:
                return found
            error_px *= 1.5

    def _select(self, eyes: Sequence[Eye], error_px: float) -> list[Tile]:
        waiting = np.zeros((1, 2), np.int64)
        chosen: list[Tile] = []
        sx, sz = self.field.spacing
        rows, columns = self.field.heights.shape
        for level in range(self.levels - 1, -1, -1):
            i, j = waiting[:, 0], waiting[:, 1]
            inside = (i * (CELLS << level) < columns - 1) & (j * (CELLS << level) < rows - 1)
            i, j = i[inside], j[inside]
            if not len(i):
                break
            if level == 0:
                splits = np.zeros(len(i), bool)
            else:
                seen = np.zeros(len(i))
                edge_x, edge_z = sx * (CELLS << level), sz * (CELLS << level)
                x0, z0 = i * edge_x - self.field.size[0] / 2, j * edge_z - self.field.size[1] / 2
                for eye in eyes:
                    low, high, at = self.lows[level][j, i], self.highs[level][j, i], eye.position
                    gaps = np.stack([
                        np.maximum(np.maximum(x0 - at[0], at[0] - x0 - edge_x), 0),
                        np.maximum(np.maximum(low - at[1], at[1] - high), 0),
                        np.maximum(np.maximum(z0 - at[2], at[2] - z0 - edge_z), 0),
                    ])  # fmt: skip
                    seen = np.maximum(seen, self.errors[level][j, i] * eye.pixels_per_m(np.sqrt((gaps**2).sum(0))))
                splits = seen > error_px
            chosen += [(level, int(a), int(b)) for a, b in zip(i[~splits], j[~splits], strict=True)]
            a, b = i[splits] * 2, j[splits] * 2
            waiting = np.concatenate([np.stack([a + dx, b + dz], 1) for dz in (0, 1) for dx in (0, 1)])
        return chosen

    def skirt_m(self, tile: Tile) -> float:
        """How deep a tile's skirt hangs: as much as it and its coarser neighbours can be wrong."""
        level, i, j = tile
        above = min(level + 2, self.levels - 1)
        shift = above - level
        return float(self.errors[above][j >> shift, i >> shift]) + 0.05 * max(self.field.spacing) * (1 << level)


def tile_mesh(field: HeightField, tile: Tile, *, skirt_m: float) -> Primitive:
    """A tile's triangles in the terrain's frame, with a skirt.

    Coordinates: TEXCOORD_0 goes from 0 to 1 over the terrain; TEXCOORD_1 is height and the terrain's edge along x, in metres, so
    that surfaces can lay pictures by metres on all sides.
    """
    level, i, j = tile
    step = 1 << level
    rows, columns = field.heights.shape
    line = np.arange(-1, CELLS + 2)  # one more on each side, for normals
    u = np.clip((i * CELLS + line) * step, 0, columns - 1)
    v = np.clip((j * CELLS + line) * step, 0, rows - 1)
    sx, sz = field.spacing
    heights = field.heights[np.ix_(v, u)]
    run_x = np.maximum((u[2:] - u[:-2]) * sx, 1e-6)
    run_z = np.maximum((v[2:] - v[:-2]) * sz, 1e-6)
    dx = (heights[1:-1, 2:] - heights[1:-1, :-2]) / run_x[None, :]
    dz = (heights[2:, 1:-1] - heights[:-2, 1:-1]) / run_z[:, None]
    count = CELLS + 1
    normals = np.stack([-dx, np.ones((count, count)), -dz], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    u, v, heights = u[1:-1], v[1:-1], heights[1:-1, 1:-1]
    positions = np.empty((count, count, 3), np.float32)
    positions[..., 0] = (u * sx - field.size[0] / 2)[None, :]
    positions[..., 1] = heights
    positions[..., 2] = (v * sz - field.size[1] / 2)[:, None]
    over = np.empty((count, count, 2), np.float32)
    over[..., 0] = (u / (columns - 1))[None, :]
    over[..., 1] = (v / (rows - 1))[:, None]
    rim, indices = _topology()
    points = np.concatenate([positions.reshape(-1, 3), positions.reshape(-1, 3)[rim] - np.array([0, skirt_m, 0], np.float32)])
    pick = np.concatenate([np.arange(count * count), rim])
    metres = np.stack([points[:, 1], np.full(len(points), field.size[0])], 1).astype(np.float32)
    return Primitive(
        {
            "POSITION": points,
            "NORMAL": normals.reshape(-1, 3).astype(np.float32)[pick],
            "TEXCOORD_0": over.reshape(-1, 2)[pick],
            "TEXCOORD_1": metres,
        },
        indices,
    )


@cache
def _topology() -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Vertices of the rim, all the way round, and the triangles of squares and skirt."""
    count = CELLS + 1
    corner = (np.arange(CELLS)[:, None] * count + np.arange(CELLS)).ravel()
    first = np.stack([corner, corner + count, corner + 1], 1)
    second = np.stack([corner + 1, corner + count, corner + count + 1], 1)
    squares = np.stack([first, second], 1).reshape(-1, 3)
    line = np.arange(CELLS)
    rim = np.concatenate([line, line * count + CELLS, CELLS * count + CELLS - line, (CELLS - line) * count])
    lower = count * count + np.arange(len(rim))
    after, lower_after = np.roll(rim, -1), np.roll(lower, -1)
    skirt = np.concatenate([np.stack([rim, after, lower], 1), np.stack([after, lower_after, lower], 1)])
    indices = np.concatenate([squares, skirt]).astype(np.uint32).reshape(-1)
    rim.setflags(write=False)
    indices.setflags(write=False)
    return rim, indices


def _difference(fine: Array, coarse: Array) -> Array:
    """How far heights lie from the triangles of every second one, on the coarse grid: the greatest around each point."""
    off = np.zeros_like(fine)
    off[::2, 1::2] = np.abs(fine[::2, 1::2] - (coarse[:, :-1] + coarse[:, 1:]) * np.float32(0.5))
    off[1::2, ::2] = np.abs(fine[1::2, ::2] - (coarse[:-1] + coarse[1:]) * np.float32(0.5))
    off[1::2, 1::2] = np.abs(fine[1::2, 1::2] - (coarse[:-1, 1:] + coarse[1:, :-1]) * np.float32(0.5))
    worst = off[::2, ::2].copy()
    for dz, dx in ((0, 1), (1, 0), (1, 1)):
        part = off[dz::2, dx::2]
        rows, columns = part.shape
        for z, x in ((0, 0), (dz, dx)):  # on both sides
            target = worst[z : z + rows, x : x + columns]
            np.maximum(target, part[: target.shape[0], : target.shape[1]], out=target)
    return worst


def _per_tile(grid: Array, combine: np.ufunc) -> Array:
    """Over the points of each tile, its borders included: float32[tiles, tiles]."""
    n = (len(grid) - 1) // CELLS
    inner = combine.reduce(combine.reduce(grid[:-1, :-1].reshape(n, CELLS, n, CELLS), axis=3), axis=1)
    right = combine.reduce(grid[:-1, CELLS::CELLS].reshape(n, CELLS, n), axis=1)
    below = combine.reduce(grid[CELLS::CELLS, :-1].reshape(n, n, CELLS), axis=2)
    result: Array = combine(combine(combine(inner, right), below), grid[CELLS::CELLS, CELLS::CELLS])
    return result


def _joined(tiles: Array, combine: np.ufunc) -> Array:
    n = len(tiles) // 2
    result: Array = combine.reduce(combine.reduce(tiles.reshape(n, 2, n, 2), axis=3), axis=1)
    return result
