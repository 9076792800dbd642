"""Tiles: what is made of the colliders over a square of the ground, and kept on disk under a hash of them."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import cache_folder
from taixu.navigation.areas import Area, paint
from taixu.navigation.grid import EAST, NORTH, SOUTH, WEST, Indices, connect, keep_away, select
from taixu.navigation.pieces import Piece
from taixu.navigation.polygons import make_polygons
from taixu.navigation.settings import TILE_CELLS, MeshSettings
from taixu.navigation.spans import Window, find_floors

__all__ = ["Tile", "find_tile", "keep_tile", "make_tile", "tile_key"]

VERSION = 5
"""Goes up when tiles are made differently: what was kept before is made anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """The walkable part of a square of the ground, by floors and by polygons.

    Attributes
    ----------
    cell : int32 [n]
        Cells of the floors in the tile, in order; several of one cell go upwards.
    y, ceiling : float32 [n]
        Heights of floors, and of what hangs over them.
    links : int32 [4, n]
        Neighbours in the tile, -1 where there is none.
    kind : uint8 [n]
        What lies on the floors: a number among the areas.
    polygon : int32 [n]
    starts, corners, sides
        Polygons, as in `taixu.navigation.polygons.Polygons`.
    polygon_kind : uint8 [m]
    """

    cell: NDArray[np.int32]
    y: NDArray[np.float32]
    ceiling: NDArray[np.float32]
    links: Indices
    kind: NDArray[np.uint8]
    polygon: NDArray[np.int32]
    starts: NDArray[np.int32]
    corners: NDArray[np.float32]
    sides: NDArray[np.float32]
    polygon_kind: NDArray[np.uint8]

    def __len__(self) -> int:
        """How many floors there are."""
        return len(self.cell)


def make_tile(pieces: Sequence[Piece], areas: Sequence[Area], settings: MeshSettings, x: int, z: int) -> Tile:
    """Make the tile at a place of the grid of tiles, of pieces in any order."""
    border = settings.border_cells
    edge = TILE_CELLS + 2 * border
    window = Window(x * TILE_CELLS - border, z * TILE_CELLS - border, edge, edge, settings.cell_m)
    floors = find_floors(pieces, window, settings)
    column, row = floors.cell % window.columns, floors.cell // window.columns
    places = np.stack([(window.x + column + 0.5) * settings.cell_m, floors.y, (window.z + row + 0.5) * settings.cell_m])
    kind, open_ = paint(areas, places)
    if settings.is_bounded:
        low, high = np.array(settings.low)[:, None], np.array(settings.high)[:, None]
        open_ &= ((places >= low) & (places <= high)).all(axis=0)
    links = connect(floors, window, settings)
    floors, links = select(floors, links, open_)
    kind = kind[open_]
    far = keep_away(links, settings.agent_radius_m / settings.cell_m)
    floors, links = select(floors, links, far)
    kind = kind[far]
    column, row = floors.cell % window.columns - border, floors.cell // window.columns - border
    inside = (column >= 0) & (column < TILE_CELLS) & (row >= 0) & (row < TILE_CELLS)
    outer = _ways_out(links, inside)[inside]
    floors, links = select(floors, links, inside)
    kind = kind[inside]
    cell = row[inside] * TILE_CELLS + column[inside]
    made = make_polygons(cell, links, kind, outer, TILE_CELLS)
    polygon_kind = np.zeros(len(made.starts) - 1, np.uint8)
    polygon_kind[made.of_floor] = kind
    ceiling = np.minimum(floors.ceiling, 3e38).astype(np.float32)
    return Tile(
        cell.astype(np.int32), floors.y.astype(np.float32), ceiling, np.ascontiguousarray(links), kind, made.of_floor,
        made.starts, made.corners, made.sides, polygon_kind,
    )  # fmt: skip


def _ways_out(links: Indices, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    out = np.zeros(len(inside), bool)
    for direction in (WEST, EAST, NORTH, SOUTH):
        there = links[direction]
        out |= (there >= 0) & ~inside[np.maximum(there, 0)]
    return out


def tile_key(pieces: Sequence[Piece], areas: Sequence[Area], settings: MeshSettings, x: int, z: int) -> str:
    """A hash of all that a tile is made of."""
    digest = hashlib.blake2b(digest_size=20)
    digest.update(repr((VERSION, settings, x, z, tuple(areas))).encode())
    for key in sorted(piece.key for piece in pieces):
        digest.update(key)
    return digest.hexdigest()


def find_tile(key: str) -> Tile | None:
    """A tile that was kept; None where there is none, or a damaged one."""
    file = _file(key)
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            tile = Tile(**{item.name: kept[item.name] for item in fields(Tile)})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return tile if _is_sound(tile) else None


def keep_tile(key: str, tile: Tile) -> None:
    """Keep a tile for the next time, where the folder can be written."""
    file = _file(key)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            arrays: dict[str, Any] = {item.name: getattr(tile, item.name) for item in fields(Tile)}
            np.savez(stream, **arrays)
        os.replace(name, file)
    except OSError:
        pass


def _file(key: str) -> Path:
    return cache_folder() / "navigation" / key[:2] / f"{key}.npz"


def _is_sound(tile: Tile) -> bool:
    """Whether the arrays fit each other: what lies on a disk is believed no further than that."""
    n, polygons = len(tile.cell), len(tile.polygon_kind)
    shapes = (
        tile.y.shape == tile.ceiling.shape == tile.kind.shape == tile.polygon.shape == (n,) and tile.links.shape == (4, n)
        and tile.starts.shape == (polygons + 1,) and tile.sides.shape == (polygons, 4) and tile.corners.ndim == 2
    )
    if not shapes or (n and not polygons):
        return False
    within = n == 0 or (
        tile.cell.min() >= 0 and tile.cell.max() < TILE_CELLS**2 and tile.links.min() >= -1 and tile.links.max() < n
        and tile.polygon.min() >= 0 and tile.polygon.max() < polygons
    )
    return bool(within and tile.starts[-1] == len(tile.corners) and np.isfinite(tile.y).all())


