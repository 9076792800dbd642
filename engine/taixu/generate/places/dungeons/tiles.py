"""Tiles: what a cell may hold, and how its sides fit those of its neighbours.

Sides are numbered +x, -z, -x, +z (0 to 3), then above (4) and below (5).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DOOR", "OPEN", "OPPOSITE", "STEPS", "WALL", "WAY", "Tile", "fits", "tiles"]

WALL, WAY, OPEN, DOOR = 0, 1, 2, 3
"""Sockets: closed; a corridor goes on; a room goes on; a room's door to a corridor."""
OPPOSITE = (2, 3, 0, 1, 5, 4)
STEPS = ((1, 0, 0), (0, 0, -1), (-1, 0, 0), (0, 0, 1), (0, 1, 0), (0, -1, 0))
"""Cells x, level, z from one to the next by side."""


@dataclass(frozen=True)
class Tile:
    """A tile.

    Attributes
    ----------
    kind
        "solid", "way", "room", "stairs" (that lead up to their side `turn`), or "well" (above stairs).
    sides
        Sockets of the six sides; vertical ones are 0, or 10 and more for stairs by direction.
    weight
        How often it is chosen.
    """

    kind: str
    sides: tuple[int, int, int, int, int, int]
    weight: float
    turn: int = 0


@lru_cache(maxsize=32)
def tiles(rooms: float, openness: float) -> tuple[Tile, ...]:
    """The set, weighted: how much rooms are liked, and how much is hollow."""
    found = [Tile("solid", (0,) * 6, 9.0 * (1.15 - openness))]
    straight, corner, fork, cross, end = 1.6, 0.9, 0.55, 0.25, 0.12
    for a, b, c, d in product((0, 1), repeat=4):
        count = a + b + c + d
        if count:
            weight = {1: end, 3: fork, 4: cross}.get(count, straight if a == c else corner)
            found.append(Tile("way", (a, b, c, d, 0, 0), weight * openness * 1.4))
    for a, b, c, d in product((WALL, OPEN, DOOR), repeat=4):
        sides = (a, b, c, d)
        opens, doors = sides.count(OPEN), sides.count(DOOR)
        if opens == 4:
            weight = 0.4
        elif opens == 3:
            weight = 0.9 if doors == 0 else 0.6
        elif opens == 2 and sides[0] != sides[2] and sides[1] != sides[3]:  # a corner, not a passage
            weight = (3.0, 1.6, 0.1)[doors]
        else:
            continue
        found.append(Tile("room", (a, b, c, d, 0, 0), weight * rooms * (0.4 + openness)))
    for turn in range(4):
        low, high = [0] * 6, [0] * 6
        low[OPPOSITE[turn]], low[4] = WAY, 10 + turn
        high[turn], high[5] = WAY, 10 + turn
        found.append(Tile("stairs", (low[0], low[1], low[2], low[3], low[4], low[5]), 0.02, turn))
        found.append(Tile("well", (high[0], high[1], high[2], high[3], high[4], high[5]), 0.02, turn))
    return tuple(found)


@lru_cache(maxsize=32)
def fits(rooms: float, openness: float) -> NDArray[Any]:
    """Which tiles may stand beside which, bool[6, n, n]: by side, tile, neighbour."""
    known = tiles(rooms, openness)
    sockets = np.array([tile.sides for tile in known])
    found = np.zeros((6, len(known), len(known)), bool)
    for side in range(6):
        mine, other = sockets[:, side][:, None], sockets[:, OPPOSITE[side]][None]
        same = (mine == other) & (mine != DOOR)
        # A door leads to a corridor, never to another room's door.
        found[side] = same | ((mine == DOOR) & (other == WAY)) | ((mine == WAY) & (other == DOOR)) if side < 4 else same
    return found
