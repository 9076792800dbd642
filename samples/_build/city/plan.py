"""The district's plan: lines of streets, blocks between them, what stands in each, and how the ground lies.

East and north in metres around the middle. Streets are numbered from west to east and from south to north; every third is an
avenue.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AVENUES", "COUNT", "HALF_M", "STADIUM", "Footprint", "avenue", "blocks", "ground", "has_piece", "line_m", "parks",
]  # fmt: skip

COUNT, PITCH_M = 13, 160.0
HALF_M = 1000.0
"""The district reaches so far from its middle: 4 km2."""
AVENUES = (0, 3, 6, 9, 12)
STADIUM = (160.0, 160.0)
"""East and north of the stadium's middle: four blocks without the streets between them."""
_OPEN = {(6, 6), (7, 6), (6, 7), (7, 7)}
_LOW_NORTH_M, _LOW_WIDE_M, _LOW_DEEP_M = -160.0, 120.0, 3.0


@dataclass(frozen=True)
class Footprint:
    """A building: its outline's corners (east, north), storeys and use."""

    corners: tuple[tuple[float, float], ...]
    storeys: int
    use: str


def line_m(number: int) -> float:
    """Where a street's middle runs."""
    return (number - (COUNT - 1) / 2) * PITCH_M


def avenue(number: int) -> bool:
    """Whether a street is an avenue, of two lanes a direction."""
    return number in AVENUES


def has_piece(line: int, piece: int) -> bool:
    """Whether a street has the piece between two crossings; the stadium's square has none inside."""
    return not (line == 7 and piece in (6, 7))


def ground(east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.float64]:
    """Heights: level, but for the bed of a river that was, along the sixth street; it is deepest south of the stadium."""
    across = np.exp(-(((north - _LOW_NORTH_M) / _LOW_WIDE_M) ** 2))
    return -_LOW_DEEP_M * across * (0.7 + 0.3 * np.exp(-(((east - STADIUM[0]) / 260.0) ** 2)))


def blocks() -> list[Footprint]:
    """All buildings, block by block; the same ones each time."""
    found: list[Footprint] = []
    for i in range(COUNT - 1):
        for j in range(COUNT - 1):
            if (i, j) not in _OPEN:
                found += _filled(_inside(i, j), _use(i, j), random.Random(100 * i + j))
    return found


def parks() -> list[tuple[tuple[float, float], ...]]:
    """Outlines of blocks that are parks."""
    boxes = [_inside(i, j) for i in range(COUNT - 1) for j in range(COUNT - 1) if (i, j) not in _OPEN and _use(i, j) == "park"]
    return [_corners(*box) for box in boxes]


def _inside(i: int, j: int) -> tuple[float, float, float, float]:
    """What streets leave of a block: west, south, east, north."""
    def back(line: int) -> float:
        return 14.0 if avenue(line) else 9.0

    return line_m(i) + back(i), line_m(j) + back(j), line_m(i + 1) - back(i + 1), line_m(j + 1) - back(j + 1)


def _use(i: int, j: int) -> str:
    away = float(np.hypot(i - 6.5, j - 8.5))
    drawn = random.Random(7919 * i + j).random()
    if drawn < 0.1:
        return "park"
    if away < 2.6 and drawn < 0.55:
        return "towers"
    if drawn > 0.86:
        return "slabs"
    return "villas" if away > 6.5 and drawn < 0.5 else "rows"


def _filled(box: tuple[float, float, float, float], use: str, chance: random.Random) -> list[Footprint]:
    return list({"rows": _rows, "towers": _towers, "slabs": _slabs, "villas": _villas, "park": _nothing}[use](box, chance))


def _rows(box: tuple[float, float, float, float], chance: random.Random) -> Iterator[Footprint]:
    """Houses wall to wall around a court."""
    west, south, east, north = box
    deep, usual = 13.0, chance.choice((4, 5, 5, 6))
    for side in range(4):
        along = (east - west) if side % 2 == 0 else (north - south) - 2 * deep
        count = max(2, round(along / chance.uniform(19, 27)))
        for number in range(count):
            a, b = along * number / count, along * (number + 1) / count
            storeys = max(3, usual + chance.choice((-1, 0, 0, 0, 1)))
            if side % 2 == 0:
                low = south if side == 0 else north - deep
                yield Footprint(_corners(west + a, low, west + b, low + deep), storeys, "apartments")
            else:
                low = east - deep if side == 1 else west
                yield Footprint(_corners(low, south + deep + a, low + deep, south + deep + b), storeys, "apartments")


def _towers(box: tuple[float, float, float, float], chance: random.Random) -> Iterator[Footprint]:
    west, south, east, north = box
    for x in (west + 34, east - 34):
        for z in (south + 34, north - 34):
            half = chance.uniform(17, 23)
            yield Footprint(_corners(x - half, z - half, x + half, z + half), chance.randint(9, 22), "office")


def _slabs(box: tuple[float, float, float, float], chance: random.Random) -> Iterator[Footprint]:
    west, south, east, north = box
    for number in range(4):
        low = south + 6 + (north - south - 12 - 13) * number / 3
        yield Footprint(_corners(west + 8, low, east - 8, low + 13), chance.randint(6, 9), "residential")


def _villas(box: tuple[float, float, float, float], chance: random.Random) -> Iterator[Footprint]:
    west, south, east, north = box
    for row in (south + 14, (south + north) / 2, north - 14):
        for number in range(5):
            x = west + 13 + (east - west - 26) * number / 4
            wide, deep = chance.uniform(4.5, 6.5), chance.uniform(4.5, 6.0)
            yield Footprint(_corners(x - wide, row - deep, x + wide, row + deep), chance.choice((2, 2, 3)), "detached")


def _nothing(box: tuple[float, float, float, float], chance: random.Random) -> Iterator[Footprint]:
    return iter(())


def _corners(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float], ...]:
    return ((west, south), (east, south), (east, north), (west, north))
