"""The floors of all tiles, joined: found by place, by arrays, whatever the number of points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.grid import EAST, NORTH, SOUTH, WEST, neighbours_of
from taixu.navigation.settings import TILE_CELLS, MeshSettings
from taixu.navigation.spans import Floors
from taixu.navigation.tiles import Tile

__all__ = ["FloorGrid", "join_floors"]

Array = NDArray[Any]
_CELLS = TILE_CELLS * TILE_CELLS
_MOST_LAYERS = 64


@dataclass(frozen=True, slots=True, eq=False)
class FloorGrid:
    """Places to stand.

    Attributes
    ----------
    cell_m : float
    column, row : int32 [n]
        Cells in the grid of the world.
    y : float32 [n]
        Heights in the middle of cells.
    links : int32 [4, n]
        Neighbours along -x, +x, -z, +z; -1 where one cannot go on.
    polygon : int32 [n]
    kind : uint8 [n]
        Number of the area that lies there, 0 where none does.
    corner : int [2]
        The first tile's place, and
    slots : int32 [rows, columns]
        the number of each tile from there on, -1 where there is none.
    starts : int32 [tiles, cells + 1]
        Where the floors of each cell begin.
    polygon_starts, polygon_corners : int32 [m + 1], float32 [k, 2]
        Outlines of polygons, x and z in metres.
    """

    cell_m: float
    column: NDArray[np.int32]
    row: NDArray[np.int32]
    y: NDArray[np.float32]
    links: NDArray[np.int32]
    polygon: NDArray[np.int32]
    kind: NDArray[np.uint8]
    corner: tuple[int, int]
    slots: NDArray[np.int32]
    starts: NDArray[np.int32]
    polygon_starts: NDArray[np.int32]
    polygon_corners: NDArray[np.float32]

    def __len__(self) -> int:
        """How many floors there are."""
        return len(self.y)

    def centres(self, floors: Array) -> NDArray[np.float64]:
        """The middles of floors [n], [n, 3]."""
        x, z = (self.column[floors] + 0.5) * self.cell_m, (self.row[floors] + 0.5) * self.cell_m
        return np.stack([x, self.y[floors].astype(np.float64), z], axis=1)

    def cells_of(self, points: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Columns and rows of points [n, 3]."""
        scaled = np.clip(points[:, [0, 2]] / self.cell_m, -1e9, 1e9)
        cells = np.floor(scaled).astype(np.int64)
        return cells[:, 0], cells[:, 1]

    def locate(self, points: NDArray[np.float64], reach_m: float) -> NDArray[np.int32]:
        """The floor of each point's cell that is nearest in height, at most so far away; -1 where there is none."""
        column, row = self.cells_of(points)
        return self.locate_cells(column, row, points[:, 1], reach_m)

    def locate_cells(self, column: Array, row: Array, y: Array, reach_m: float) -> NDArray[np.int32]:
        """As `locate`, by cells and heights."""
        found = np.full(len(column), -1, np.int32)
        if not len(self.y):
            return found
        tile_x, tile_z = column // TILE_CELLS - self.corner[0], row // TILE_CELLS - self.corner[1]
        inside = (tile_x >= 0) & (tile_z >= 0) & (tile_x < self.slots.shape[1]) & (tile_z < self.slots.shape[0])
        slot = np.where(inside, self.slots[np.where(inside, tile_z, 0), np.where(inside, tile_x, 0)], -1)
        cell = (row % TILE_CELLS) * TILE_CELLS + column % TILE_CELLS
        there = np.maximum(slot, 0)
        begin, end = self.starts[there, cell], self.starts[there, cell + 1]
        end = np.where(slot >= 0, end, begin)
        best = np.full(len(column), reach_m)
        for layer in range(min(int((end - begin).max(initial=0)), _MOST_LAYERS)):
            number = begin + layer
            valid = number < end
            rise = np.abs(self.y[np.where(valid, number, 0)] - y)
            nearer = valid & (rise <= best)
            found[nearer] = number[nearer]
            best = np.where(nearer, rise, best)
        return found

    def nearest(self, points: NDArray[np.float64], reach_m: float) -> NDArray[np.int32]:
        """The floor nearest to each point, by rings of cells; -1 where none is within reach."""
        found = self.locate(points, reach_m)
        missing = np.flatnonzero(found < 0)
        if not len(missing) or not len(self.y):
            return found
        column, row = self.cells_of(points[missing])
        # What stands in the point's own column may still be farther than what is beside it: rings end when that is sure.
        rings = int(np.ceil(reach_m / self.cell_m))
        nearest = np.full(len(missing), reach_m)
        number = np.full(len(missing), -1, np.int32)
        open_ = np.arange(len(missing))
        for ring in range(1, rings + 1):
            steps = np.arange(-ring, ring + 1)
            edge = np.stack([
                np.concatenate([steps, steps, np.full(2 * ring - 1, -ring), np.full(2 * ring - 1, ring)]),
                np.concatenate([np.full(2 * ring + 1, -ring), np.full(2 * ring + 1, ring), steps[1:-1], steps[1:-1]]),
            ])  # fmt: skip
            which = np.repeat(open_, edge.shape[1])
            x, z = column[which] + np.tile(edge[0], len(open_)), row[which] + np.tile(edge[1], len(open_))
            floors = self.locate_cells(x, z, points[missing[which], 1], reach_m)
            good = floors >= 0
            which, floors = which[good], floors[good]
            away = np.linalg.norm(self.centres(floors) - points[missing[which]], axis=1)
            order = np.lexsort((floors, away, which))
            first = order[np.concatenate([[True], which[order][1:] != which[order][:-1]])] if len(order) else order
            better = away[first] < nearest[which[first]]
            first = first[better]
            nearest[which[first]], number[which[first]] = away[first], floors[first]
            open_ = open_[nearest[open_] > (ring - 0.5) * self.cell_m]
            if not len(open_):
                break
        found[missing] = number
        return found

    def places(self, floors: Array, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The places nearest to points [n, 3] on floors [n] that were found for them; not a number where that is -1."""
        known = floors >= 0
        number = np.maximum(floors, 0)
        result = np.full(points.shape, np.nan)
        if not known.any():
            return result
        half = 0.5 * self.cell_m - 1e-5
        middle = self.centres(number)
        result = np.clip(points, middle - half, middle + half)
        result[:, 1] = self.heights(np.where(known, number, -1).astype(np.int32), result)
        result[~known] = np.nan
        return result

    def heights(self, floors: Array, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights at points [n, 3] of the floors [n] that they stand on, even between cells; not a number where that is -1."""
        if not len(self.y):
            return np.full(len(floors), np.nan)
        number = np.maximum(floors, 0)
        base = self.y[number].astype(np.float64)
        result = base.copy()
        for axis, cells, low, high in ((0, self.column, WEST, EAST), (2, self.row, NORTH, SOUTH)):
            offset = np.clip(points[:, axis] / self.cell_m - cells[number] - 0.5, -0.5, 0.5)
            towards = np.where(offset < 0, self.links[low, number], self.links[high, number])
            rise = np.where(towards >= 0, self.y[np.maximum(towards, 0)] - base, 0.0)
            result += np.abs(offset) * rise
        return np.where(floors >= 0, result, np.nan)


def join_floors(
    tiles: Mapping[tuple[int, int], Tile], settings: MeshSettings
) -> tuple[FloorGrid, NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]]:
    """The floors of tiles; first and last row lines of polygons [m, 2] in cells, and what lies on them, uint8 [m]."""
    order = sorted((place for place, tile in tiles.items() if len(tile)), key=lambda place: (place[1], place[0]))
    made = [tiles[place] for place in order]
    corner = (min((x for x, _ in order), default=0), min((z for _, z in order), default=0))
    width = max((x for x, _ in order), default=-1) - corner[0] + 1
    height = max((z for _, z in order), default=-1) - corner[1] + 1
    slots = np.full((max(height, 1), max(width, 1)), -1, np.int32)
    for number, (x, z) in enumerate(order):
        slots[z - corner[1], x - corner[0]] = number
    floors_before = np.cumsum([0, *(len(tile) for tile in made)])
    polygons_before = np.cumsum([0, *(len(tile.polygon_kind) for tile in made)])
    corners_before = np.cumsum([0, *(len(tile.corners) for tile in made)])
    starts = np.zeros((len(made), _CELLS + 1), np.int32)
    for number, tile in enumerate(made):
        np.cumsum(np.bincount(tile.cell, minlength=_CELLS), out=starts[number, 1:])
        starts[number] += floors_before[number]
    place = np.array(order, np.int64).reshape(-1, 2)
    of_tile = np.repeat(np.arange(len(made)), np.diff(floors_before))
    cell = _join([tile.cell for tile in made], np.int64)
    column = (place[of_tile, 0] * TILE_CELLS + cell % TILE_CELLS).astype(np.int32)
    row = (place[of_tile, 1] * TILE_CELLS + cell // TILE_CELLS).astype(np.int32)
    y, ceiling = _join([tile.y for tile in made], np.float32), _join([tile.ceiling for tile in made], np.float32)
    links = [np.where(tile.links >= 0, tile.links + first, -1) for tile, first in zip(made, floors_before)]
    joined = np.concatenate(links, axis=1).astype(np.int32) if links else np.zeros((4, 0), np.int32)
    every = Floors(of_tile * _CELLS + cell, y.astype(np.float64), ceiling.astype(np.float64))
    _join_borders(joined, every, column, row, slots, corner, settings)
    shift = place * TILE_CELLS
    of_polygon = np.repeat(np.arange(len(made)), np.diff(polygons_before))
    sides = _join([tile.sides for tile in made], np.float32).reshape(-1, 4) + shift[of_polygon, :1]
    polygon = _join([tile.polygon + first for tile, first in zip(made, polygons_before)], np.int32)
    outlines = _join([tile.corners for tile in made], np.float64).reshape(-1, 2)
    outlines = (outlines + shift[np.repeat(np.arange(len(made)), np.diff(corners_before))]) * settings.cell_m
    outline_starts = np.concatenate([[0], *(tile.starts[1:] + first for tile, first in zip(made, corners_before))]).astype(np.int32)
    grid = FloorGrid(
        settings.cell_m, column, row, y, joined, polygon, _join([tile.kind for tile in made], np.uint8), corner, slots, starts,
        outline_starts, outlines.astype(np.float32),
    )  # fmt: skip
    kinds = _join([tile.polygon_kind for tile in made], np.uint8)
    return grid, sides[:, :2].astype(np.float32), sides[:, 2:].astype(np.float32), kinds


def _join(parts: list[Array], dtype: Any) -> Array:
    return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype)


def _join_borders(
    links: NDArray[np.int32], floors: Floors, column: Array, row: Array, slots: Array, corner: tuple[int, int],
    settings: MeshSettings,
) -> None:
    """Connect floors of neighbouring tiles, in place."""
    for there, back, dx, dz in ((EAST, WEST, 1, 0), (SOUTH, NORTH, 0, 1)):
        last = column if dx else row
        edge = np.flatnonzero(last % TILE_CELLS == TILE_CELLS - 1)
        x, z = column[edge] + dx, row[edge] + dz
        tile_x, tile_z = x // TILE_CELLS - corner[0], z // TILE_CELLS - corner[1]
        inside = (tile_x < slots.shape[1]) & (tile_z < slots.shape[0])
        slot = np.where(inside, slots[np.where(inside, tile_z, 0), np.where(inside, tile_x, 0)], -1)
        cell = np.where(slot >= 0, slot * np.int64(_CELLS) + (z % TILE_CELLS) * TILE_CELLS + x % TILE_CELLS, -1)
        first = np.flatnonzero(last % TILE_CELLS == 0)
        others = Floors(floors.cell[first], floors.y[first], floors.ceiling[first])
        met = neighbours_of(cell, floors.y[edge], floors.ceiling[edge], others, settings)
        good = met >= 0
        links[there, edge[good]] = first[met[good]]
        links[back, first[met[good]]] = edge[good]
