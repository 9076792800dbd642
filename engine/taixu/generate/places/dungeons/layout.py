"""The plan of a dungeon: what hangs together, where it begins and ends, which cells make a room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.places.dungeons.collapse import collapse
from taixu.generate.places.dungeons.spec import STYLES, DungeonSpec
from taixu.generate.places.dungeons.tiles import OPEN, STEPS, WALL, Tile, fits, tiles

__all__ = ["CELL_M", "LEVEL_M", "Layout", "lay_out_dungeon"]

CELL_M, LEVEL_M = 4.0, 3.6
_TRIES = 60
_LARGEST = 14
"""Cells of a room; where so many tries gave none, larger ones are taken."""
Cell = tuple[int, int, int]


@dataclass(frozen=True)
class Layout:
    """A plan.

    Attributes
    ----------
    cells
        Tile by cell (x, level, z); what is solid, or cut off, is missing.
    entry, exit
        Far apart, and one can be reached from the other.
    rooms
        Cells of each room, the largest first.
    tries
        How often it was begun.
    """

    spec: DungeonSpec
    cells: dict[Cell, Tile]
    entry: Cell
    exit: Cell
    rooms: list[list[Cell]]
    tries: int

    def middle(self, cell: Cell) -> tuple[float, float, float]:
        """The middle of a cell's floor, metres."""
        return (cell[0] + 0.5 - self.spec.width / 2) * CELL_M, cell[1] * LEVEL_M, (cell[2] + 0.5 - self.spec.depth / 2) * CELL_M

    def steps_from(self, start: Cell) -> dict[Cell, int]:
        """How many cells away each is, of those that can be reached."""
        return _reach(self.cells, start)


def lay_out_dungeon(spec: DungeonSpec, seed: int) -> Layout:
    """Lay a dungeon out; the same spec and seed give the same plan.

    Raises
    ------
    TaixuError
        Where the spec cannot be made, or nothing fitted in so many tries.
    """
    spec = spec.check()
    rooms = STYLES[spec.style].rooms
    known, allowed = tiles(rooms, spec.openness), fits(rooms, spec.openness)
    weights = np.array([tile.weight for tile in known])
    sockets = np.array([tile.sides for tile in known])
    shape = (spec.width, spec.levels, spec.depth)
    contradictions = 0
    for attempt in range(_TRIES):
        random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, attempt, 61]))
        fixed = _stairs(shape, known, random)
        made = collapse(shape, weights, allowed, sockets, random, fixed)
        if made is None:
            contradictions += 1
            continue
        cells = {
            (x, y, z): known[made[x, y, z]] for x in range(shape[0]) for y in range(shape[1]) for z in range(shape[2])
            if known[made[x, y, z]].kind != "solid"
        }  # fmt: skip
        kept = _largest(cells)
        levels = {cell[1] for cell in kept}
        if len(kept) < 0.22 * spec.openness * spec.width * spec.depth * spec.levels or len(levels) < spec.levels:
            continue
        found = _rooms(kept)
        if not found or (attempt < _TRIES // 2 and len(found[0]) > _LARGEST):
            continue
        top = [cell for cell in sorted(kept) if cell[1] == spec.levels - 1 and kept[cell].kind in ("room", "way")]
        if not top:
            continue
        first = top[int(random.integers(len(top)))]
        for _ in range(2):  # to and fro: the ends of the longest way, the way in on top
            away = _reach(kept, first)
            last = max((cell for cell in kept if kept[cell].kind in ("room", "way")), key=lambda cell: (away[cell], cell))
            back = _reach(kept, last)
            first = max(top, key=lambda cell: (back[cell], cell))
        return Layout(spec, kept, first, last, found, attempt + 1)
    raise TaixuError(
        f"no dungeon of {spec.width} by {spec.depth} cells on {spec.levels} levels came out in {_TRIES} tries ({contradictions} "
        f"ran into "
        "tiles that do not fit); take more cells, fewer levels or another seed"
    )


def _stairs(shape: Cell, known: tuple[Tile, ...], random: np.random.Generator) -> dict[Cell, NDArray[Any]]:
    """Where levels are joined: two stairs each, away from the edge, apart from those below."""
    fixed: dict[Cell, NDArray[Any]] = {}
    for level in range(shape[1] - 1):
        wanted = 2 if shape[0] * shape[2] >= 64 else 1
        for _ in range(40):
            x, z, turn = int(random.integers(1, shape[0] - 1)), int(random.integers(1, shape[2] - 1)), int(random.integers(4))
            near = [cell for cell in fixed if abs(cell[0] - x) + abs(cell[2] - z) < 3]
            if near or not wanted:
                continue
            for height, kind in ((level, "stairs"), (level + 1, "well")):
                fixed[x, height, z] = np.array([tile.kind == kind and tile.turn == turn for tile in known])
            wanted -= 1
    stairs = np.array([tile.kind in ("stairs", "well") for tile in known])
    for x in range(shape[0]):  # and nowhere else
        for y in range(shape[1]):
            for z in range(shape[2]):
                fixed.setdefault((x, y, z), ~stairs)
    return fixed


def _reach(cells: dict[Cell, Tile], start: Cell) -> dict[Cell, int]:
    found, ring = {start: 0}, [start]
    while ring:
        following = []
        for cell in ring:
            for side, (dx, dy, dz) in enumerate(STEPS):
                other = (cell[0] + dx, cell[1] + dy, cell[2] + dz)
                if other in cells and other not in found and cells[cell].sides[side] != WALL:
                    found[other] = found[cell] + 1
                    following.append(other)
        ring = following
    return found


def _largest(cells: dict[Cell, Tile]) -> dict[Cell, Tile]:
    """The greatest part that hangs together."""
    left, best = set(cells), set[Cell]()
    while left:
        part = set(_reach(cells, min(left)))
        left -= part
        if len(part) > len(best):
            best = part
    return {cell: cells[cell] for cell in sorted(best)}


def _rooms(cells: dict[Cell, Tile]) -> list[list[Cell]]:
    left = {cell for cell, tile in cells.items() if tile.kind == "room"}
    found = []
    while left:
        start = min(left)
        part, waiting = {start}, [start]
        while waiting:
            cell = waiting.pop()
            for side in range(4):
                if cells[cell].sides[side] == OPEN:
                    dx, dy, dz = STEPS[side]
                    other = (cell[0] + dx, cell[1] + dy, cell[2] + dz)
                    if other in left and other not in part:
                        part.add(other)
                        waiting.append(other)
        left -= part
        found.append(sorted(part))
    return sorted(found, key=lambda room: (-len(room), room))

