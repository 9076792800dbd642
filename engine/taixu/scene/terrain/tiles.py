"""A quadtree of tiles over heights, which of them eyes need, and their meshes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.scene.details import Eye
from taixu.scene.terrain.heights import HeightField

__all__ = ["CELLS", "Area", "Tile", "TileTree", "caster_mesh", "skirted_grid", "tile_mesh"]

CELLS = 64
"""Squares along a tile's edge."""
_CASTER_STEP = 4
Array = NDArray[np.float32]
Tile = tuple[int, int, int]
"""Level (0 is the finest), column and row."""
Area = tuple[float, float, float, float]
"""x0, z0, x1, z1, metres of the terrain's frame."""


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
        self.errors: list[Array] = []
        self.lows: list[Array] = []
        self.highs: list[Array] = []
        self._measure((0, 0, 1, 1), self.levels - 1)

    def change(self, field: HeightField, areas: Sequence[Area]) -> set[Tile]:
        """Take other heights, which differ around these areas only; gives the tiles that look otherwise."""
        self.field = field
        edges = np.array(field.spacing) * CELLS
        lost: set[Tile] = set()
        for x0, z0, x1, z1 in areas:
            # A point more on each side: normals look at neighbours.
            low = np.floor((np.array([x0, z0]) + np.array(field.size) / 2 - 2 * np.array(field.spacing)) / edges).astype(int)
            high = np.floor((np.array([x1, z1]) + np.array(field.size) / 2 + 2 * np.array(field.spacing)) / edges).astype(int)
            low, high = low.clip(0), high.clip(0, (1 << (self.levels - 1)) - 1)
            if (low > high).any():
                continue
            # The smallest square of tiles of one level that holds it.
            level = 0
            while ((high >> level) - (low >> level)).max() > 1:
                level += 1
            i, j = (low >> level).tolist()
            across, down = ((high >> level) - (low >> level) + 1).tolist()
            self._measure((i, j, across, down), level)
            for k in range(self.levels):
                for row in range(int(low[1]) >> k, (int(high[1]) >> k) + 1):
                    lost.update((k, column, row) for column in range(int(low[0]) >> k, (int(high[0]) >> k) + 1))
        return lost

    def _measure(self, part: tuple[int, int, int, int], top: int) -> None:
        """Measure all levels up to `top` in tiles of that level (first column and row, how many), and those above from them."""
        i, j, across, down = part
        step = CELLS << top
        v = np.arange(j * step, (j + down) * step + 1).clip(0, self.field.heights.shape[0] - 1)
        u = np.arange(i * step, (i + across) * step + 1).clip(0, self.field.heights.shape[1] - 1)
        heights = self.field.heights[v[0] : v[-1] + 1, u[0] : u[-1] + 1]
        heights = np.pad(heights, ((0, len(v) - heights.shape[0]), (0, len(u) - heights.shape[1])), mode="edge")
        before: tuple[Array, Array, Array] | None = None
        for level in range(self.levels):
            if level <= top:
                stride = 1 << level
                grid = heights[::stride, ::stride]
                low, high = _per_tile(grid, np.minimum), _per_tile(grid, np.maximum)
                error = np.zeros_like(low)
                if before is not None:
                    fine = heights[:: stride // 2, :: stride // 2]
                    error = _per_tile(_difference(fine, grid), np.maximum, 2 * CELLS) + _joined(before[0], np.maximum)
                    low, high = _joined(before[1], np.minimum), _joined(before[2], np.maximum)
                before = (error, low, high)
                if len(self.errors) <= level:
                    edge = 1 << (self.levels - 1 - level)
                    for kept in (self.errors, self.lows, self.highs):
                        kept.append(np.zeros((edge, edge), np.float32))
                shift = top - level
                at = (slice(j << shift, (j + down) << shift), slice(i << shift, (i + across) << shift))
                self.errors[level][at], self.lows[level][at], self.highs[level][at] = error, low, high
            else:
                self._join(level, (i >> (level - top), j >> (level - top), (i + across - 1) >> (level - top),
                                   (j + down - 1) >> (level - top)))  # fmt: skip

    def _join(self, level: int, tiles: tuple[int, int, int, int]) -> None:
        """Measure a few tiles from the four below each and their own points."""
        i0, j0, i1, j1 = tiles
        step = 1 << level
        heights = self.field.heights
        rows, columns = heights.shape
        for j in range(j0, j1 + 1):
            for i in range(i0, i1 + 1):
                v = np.arange(j * CELLS * 2, (j + 1) * CELLS * 2 + 1) * (step // 2)
                u = np.arange(i * CELLS * 2, (i + 1) * CELLS * 2 + 1) * (step // 2)
                fine = heights[np.ix_(v.clip(0, rows - 1), u.clip(0, columns - 1))]
                below = (slice(2 * j, 2 * j + 2), slice(2 * i, 2 * i + 2))
                self.errors[level][j, i] = _difference(fine, fine[::2, ::2]).max() + self.errors[level - 1][below].max()
                self.lows[level][j, i] = self.lows[level - 1][below].min()
                self.highs[level][j, i] = self.highs[level - 1][below].max()

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
    that surfaces can lay pictures by metres on all sides. Colours are shares of materials, where they were given; else white.
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
    rim, indices = skirted_grid(CELLS + 1)
    points = np.concatenate([positions.reshape(-1, 3), positions.reshape(-1, 3)[rim] - np.array([0, skirt_m, 0], np.float32)])
    pick = np.concatenate([np.arange(count * count), rim])
    metres = np.stack([points[:, 1], np.full(len(points), field.size[0])], 1).astype(np.float32)
    attributes = {
        "POSITION": points,
        "NORMAL": normals.reshape(-1, 3).astype(np.float32)[pick],
        "TEXCOORD_0": over.reshape(-1, 2)[pick],
        "TEXCOORD_1": metres,
    }
    if field.shares is not None:
        shares = field.shares[np.ix_(v, u)].reshape(-1, 4)
        if (shares != 255).any():
            attributes["COLOR_0"] = (shares.astype(np.float32) / np.float32(255))[pick]
    return Primitive(attributes, indices)


def caster_mesh(tile: Primitive) -> Primitive:
    """What casts a tile's shadow where that falls far away: a sixteenth of its squares, nowhere above the tile."""
    count, step = CELLS + 1, _CASTER_STEP
    points = tile.attributes["POSITION"][: count * count].reshape(count, count, 3)
    heights = points[..., 1]
    # As low as the lowest point that a corner stands for.
    lowest = heights
    for axis in (0, 1):
        padded = np.pad(lowest, [(step, step) if axis == each else (0, 0) for each in (0, 1)], mode="edge")
        lowest = np.min([np.take(padded, np.arange(shift, shift + count), axis) for shift in range(2 * step + 1)], axis=0)
    coarse = points[::step, ::step].copy()
    coarse[..., 1] = lowest[::step, ::step]
    edge = CELLS // step + 1
    corner = np.arange(edge * edge, dtype=np.uint32).reshape(edge, edge)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, :-1], corner[1:, 1:]
    indices = np.stack([a, c, b, b, c, d], -1).reshape(-1)
    normals = np.tile(np.array([0, 1, 0], np.float32), (edge * edge, 1))
    return Primitive({"POSITION": np.ascontiguousarray(coarse.reshape(-1, 3)), "NORMAL": normals}, indices)


@cache
def skirted_grid(n: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Of n by n points: vertices of the rim, all the way round, and triangles of squares and skirt; all ground is cut so."""
    edge = n - 1
    corner = (np.arange(edge)[:, None] * n + np.arange(edge)).ravel()
    first = np.stack([corner, corner + n, corner + 1], 1)
    second = np.stack([corner + 1, corner + n, corner + n + 1], 1)
    squares = np.stack([first, second], 1).reshape(-1, 3)
    line = np.arange(edge)
    rim = np.concatenate([line, line * n + edge, edge * n + edge - line, (edge - line) * n])
    lower = n * n + np.arange(len(rim))
    after, lower_after = np.roll(rim, -1), np.roll(lower, -1)
    skirt = np.concatenate([np.stack([rim, after, lower], 1), np.stack([after, lower_after, lower], 1)])
    indices = np.concatenate([squares, skirt]).astype(np.uint32).reshape(-1)
    rim.setflags(write=False)
    indices.setflags(write=False)
    return rim, indices


def _difference(fine: Array, coarse: Array) -> Array:
    """How far heights lie from the triangles of every second one, on the fine grid."""
    off = np.zeros_like(fine)
    off[::2, 1::2] = np.abs(fine[::2, 1::2] - (coarse[:, :-1] + coarse[:, 1:]) * np.float32(0.5))
    off[1::2, ::2] = np.abs(fine[1::2, ::2] - (coarse[:-1] + coarse[1:]) * np.float32(0.5))
    off[1::2, 1::2] = np.abs(fine[1::2, 1::2] - (coarse[:-1, 1:] + coarse[1:, :-1]) * np.float32(0.5))
    return off


def _per_tile(grid: Array, combine: np.ufunc, cells: int = CELLS) -> Array:
    """Over the points of each tile of so many squares, its borders included: float32[rows, columns] of tiles."""
    m, n = (grid.shape[0] - 1) // cells, (grid.shape[1] - 1) // cells
    inner = combine.reduce(combine.reduce(grid[:-1, :-1].reshape(m, cells, n, cells), axis=3), axis=1)
    right = combine.reduce(grid[:-1, cells::cells].reshape(m, cells, n), axis=1)
    below = combine.reduce(grid[cells::cells, :-1].reshape(m, n, cells), axis=2)
    result: Array = combine(combine(combine(inner, right), below), grid[cells::cells, cells::cells])
    return result


def _joined(tiles: Array, combine: np.ufunc) -> Array:
    m, n = tiles.shape[0] // 2, tiles.shape[1] // 2
    result: Array = combine.reduce(combine.reduce(tiles.reshape(m, 2, n, 2), axis=3), axis=1)
    return result
