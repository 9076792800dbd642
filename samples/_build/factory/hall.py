"""The hall: floor with its markings, walls, gates, columns, trusses, a strip of roof, lamps, signs. It stands still: one model."""

from __future__ import annotations

from itertools import pairwise
from math import atan2, hypot, pi

import numpy as np

from taixu.assets.model import ModelData

from .builder import Builder
from .plan import HALL, LINES, ZONES
from .solids import Solid, block, cylinder

__all__ = ["hall_model"]

_LONG, _WIDE, _HIGH = HALL
_FRAMES = tuple(float(x) for x in range(-30, 31, 10))
"""Where columns and trusses stand."""
Rect = tuple[float, float, float, float]


def hall_model(pictures: dict[str, bytes]) -> ModelData:
    """All of it; `pictures` are the floor's."""
    built = Builder("hall")
    node = built.node("hall")
    _floor(built, node)
    _walls(built, node)
    _frames(built, node)
    _gates(built, node)
    _signs(built, node)
    built.texture("floor", pictures)
    return built.finish()


def _floor(built: Builder, node: int) -> None:
    painted: list[tuple[str, Rect]] = [("floor", (-_LONG / 2, -_WIDE / 2, _LONG / 2, _WIDE / 2))]

    def area(paint: str, rect: Rect, border: str = "", wide: float = 0.1) -> None:
        x0, z0, x1, z1 = rect
        if border:
            painted.append((border, rect))
            rect = (x0 + wide, z0 + wide, x1 - wide, z1 - wide)
        painted.append((paint, rect))

    area("aisle", (-28.5, 12.6, 28.5, 16.4), "marking yellow")
    area("aisle", (9.8, -16.0, 13.8, 12.6), "marking yellow")
    painted.append(("aisle", (9.9, 12.4, 13.7, 12.8)))
    area("aisle", (-28.5, -3.2, 9.8, -1.0), "marking white", 0.08)
    for zone in ZONES:
        rect = (zone.x0, zone.z0, zone.x1, zone.z1)
        if zone.name.startswith("Cell"):
            area("cell floor", rect, "marking yellow", 0.12)
        elif zone.name == "Goods out":
            area("floor", rect, "marking yellow", 0.1)
    for x in np.arange(-27, 27, 3.0):  # the lane's middle
        painted.append(("marking white", (float(x), 14.46, float(x) + 1.4, 14.54)))
    for z in LINES.values():  # zebra where people cross to the lines
        for k in range(5):
            painted.append(("marking white", (-15.6 + 0.5 * k, z + 2.1, -15.35 + 0.5 * k, z + 3.6)))
    for k in range(5):
        painted.append(("marking white", (-10.6 + 0.5 * k, 12.8, -10.35 + 0.5 * k, 16.2)))
    for x in (16.2, 18.6, 21.0):  # places for pallets
        area("floor", (x, 7.3, x + 1.9, 9.2), "marking yellow", 0.07)
    for paint, solid in _mosaic(painted):
        built.add(node, paint, solid, uv_m=5.0 if paint == "floor" else 0.0)


def _mosaic(painted: list[tuple[str, Rect]]) -> list[tuple[str, Solid]]:
    """Rectangles that were painted over each other, as pieces of one plane that lie side by side."""
    xs = sorted({x for _, (x0, _, x1, _) in painted for x in (x0, x1)})
    zs = sorted({z for _, (_, z0, _, z1) in painted for z in (z0, z1)})
    paints = list(dict.fromkeys(paint for paint, _ in painted))
    cells = np.full((len(zs) - 1, len(xs) - 1), -1)
    for paint, (x0, z0, x1, z1) in painted:
        cells[zs.index(z0) : zs.index(z1), xs.index(x0) : xs.index(x1)] = paints.index(paint)
    pieces = []
    left = np.ones(cells.shape, bool)
    for row in range(cells.shape[0]):
        column = 0
        while column < cells.shape[1]:
            if not left[row, column]:
                column += 1
                continue
            number, end = cells[row, column], column
            while end < cells.shape[1] and cells[row, end] == number and left[row, end]:
                end += 1
            low = row + 1
            while low < cells.shape[0] and (cells[low, column:end] == number).all() and left[low, column:end].all():
                low += 1
            left[row:low, column:end] = False
            if number >= 0:
                pieces.append((paints[number], _tile((xs[column], zs[row], xs[end], zs[low]))))
            column = end
    return pieces


def _tile(rect: Rect) -> Solid:
    x0, z0, x1, z1 = rect
    corners = np.array([(x0, 0, z0), (x0, 0, z1), (x1, 0, z1), (x1, 0, z0)], float)
    return Solid(corners, np.tile((0.0, 1.0, 0.0), (4, 1)), np.array([(0, 1, 2), (0, 2, 3)]))


def _walls(built: Builder, node: int) -> None:
    half_x, half_z = _LONG / 2, _WIDE / 2
    # North: a plinth, a band of colour, panels, a band of windows.
    z = -half_z - 0.1
    _wall(built, node, "plinth", (-half_x, half_x), (0, 0.5), z - 0.02)
    _wall(built, node, "wall", (-half_x, half_x), (0.5, 4.6), z)
    _wall(built, node, "wall band", (-half_x, half_x), (1.2, 1.5), z + 0.012)
    _wall(built, node, "wall", (-half_x, half_x), (6.3, _HIGH), z)
    for k in range(-29, 30, 1):
        built.add(node, "wall", block((0.06, 4.05, 0.05)), at=(k, 2.56, z + 0.11))
    for x in _FRAMES[:-1]:
        built.add(node, "window", block((9.4, 1.7, 0.04)), at=(x + 5, 5.45, z))
        for k in range(5):
            built.add(node, "structure", block((0.08, 1.7, 0.12)), at=(x + 0.3 + 2.35 * k, 5.45, z))
    # West: with openings for the gates.
    x = -half_x - 0.1
    gates = ((-14.4, -10.4), (9.0, 13.0))
    edges = [-half_z, *(edge for gate in gates for edge in gate), half_z]
    for start, end in zip(edges[::2], edges[1::2]):
        layers = (("plinth", 0.0, 0.5, -0.02), ("wall", 0.5, _HIGH, 0.0), ("wall band", 1.2, 1.5, 0.012))
        for paint, low, high, shift in layers:
            built.add(node, paint, block((0.2, high - low, end - start)), at=(x + shift, (low + high) / 2, (start + end) / 2))
        for k in np.arange(np.ceil(start), end, 1.0):
            built.add(node, "wall", block((0.05, 7.4, 0.06)), at=(x + 0.11, 4.3, float(k)))
    for start, end in gates:
        built.add(node, "wall", block((0.2, _HIGH - 4.4, end - start)), at=(x, (4.4 + _HIGH) / 2, (start + end) / 2))
    # South and east are cut away, but for a low wall, so that one sees in.
    built.add(node, "plinth", block((_LONG, 0.9, 0.2), 0.02), at=(0, 0.45, half_z + 0.1))
    built.add(node, "plinth", block((0.2, 0.9, _WIDE), 0.02), at=(half_x + 0.1, 0.45, 0))


def _wall(built: Builder, node: int, paint: str, xs: tuple[float, float], ys: tuple[float, float], z: float) -> None:
    built.add(node, paint, block((xs[1] - xs[0], ys[1] - ys[0], 0.2)), at=(sum(xs) / 2, sum(ys) / 2, z))


def _frames(built: Builder, node: int) -> None:
    half_z = _WIDE / 2
    for x in _FRAMES:
        for z, high in ((-half_z + 0.1, _HIGH), (half_z - 0.1, 1.16)):  # those in the south are cut, as the wall is
            for side in (-0.14, 0.14):
                built.add(node, "structure", block((0.3, high, 0.03)), at=(x, high / 2, z + side))
            built.add(node, "structure", block((0.03, high, 0.26)), at=(x, high / 2, z))
            built.add(node, "galvanised", block((0.5, 0.04, 0.5)), at=(x, 0.02, z))
            built.add(node, "yellow", block((0.32, 1.1, 0.34), 0.01), at=(x, 0.6, z))
        _truss(built, node, x)
    # Roof over the north side, with skylights; rails and purlins further on.
    for start, end in pairwise(_FRAMES):
        for low, high, paint in ((-18.2, -14.0, "roof"), (-14.0, -12.2, "window"), (-12.2, -9.6, "roof")):
            at = ((start + end) / 2, _HIGH + 1.24, (low + high) / 2)
            built.add(node, paint, block((end - start - 0.06, 0.08, high - low)), at=at)
    for z in (-17.0, -9.6, -3.0, 4.0):
        built.add(node, "structure", block((_LONG, 0.14, 0.08)), at=(0, _HIGH + 1.13, z))
    for z in (-13.0, -7.0, 3.0):
        for x in np.arange(-25, 26, 10.0):
            lamp = (float(x), _HIGH - 0.35, z)
            built.add(node, "dark", cylinder(0.06, 0.5, segments=8), at=(lamp[0], lamp[1] + 0.3, z))
            built.add(node, "machine gray", cylinder(0.3, 0.16, bevel=0.04, segments=16), at=lamp)
            built.add(node, "lamp", cylinder(0.26, 0.02, segments=16), at=(lamp[0], lamp[1] - 0.09, z))
        built.add(node, "structure", block((_LONG, 0.1, 0.06)), at=(0, _HIGH + 0.1, z))
    # The crane's rail, and pipes along the north wall.
    built.add(node, "yellow", block((_LONG, 0.3, 0.16)), at=(0, 6.75, -half_z + 0.6))
    for k, paint in enumerate(("green", "machine blue", "galvanised")):
        built.add(node, paint, cylinder(0.06, _LONG - 1, segments=8).along("x"), at=(0, 4.1 + 0.18 * k, -half_z + 0.3))


def _truss(built: Builder, node: int, x: float) -> None:
    north, south, low, high = 0.1 - _WIDE / 2, 4.2, _HIGH, _HIGH + 1.1
    for y in (low, high):
        built.add(node, "structure", block((0.14, 0.12, south - north)), at=(x, y, (north + south) / 2))
    steps = np.linspace(north, south, 9)
    for k, (start, end) in enumerate(pairwise(steps.tolist())):
        rise = (high - low) * (1 if k % 2 else -1)
        run = end - start
        brace = block((0.07, 0.07, hypot(run, rise))).moved(axis=(1, 0, 0), angle=atan2(-rise, run))
        built.add(node, "structure", brace.moved((x, (low + high) / 2, (start + end) / 2)))


def _gates(built: Builder, node: int) -> None:
    x = -_LONG / 2 - 0.05
    for start, end in ((-14.4, -10.4), (9.0, 13.0)):
        middle = (start + end) / 2
        for k in range(8):
            built.add(node, "gate", block((0.06, 0.53, end - start - 0.1), 0.012), at=(x, 0.28 + 0.545 * k, middle))
        for z in (-0.9, 0.9):
            built.add(node, "window", block((0.02, 0.3, 0.9)), at=(x + 0.04, 1.92, middle + z))
        for z in (start, end):
            built.add(node, "dark", block((0.12, 4.5, 0.16), 0.01), at=(x + 0.02, 2.25, z))
            built.add(node, "yellow", cylinder(0.09, 1.0, bevel=0.02, segments=12), at=(x + 1.0, 0.5, z))


def _signs(built: Builder, node: int) -> None:
    z = -_WIDE / 2 + 0.05
    for x in (-16.0, 4.0, 24.0):
        built.add(node, "sign green", block((1.2, 0.6, 0.03), 0.01), at=(x, 3.3, z))
        built.add(node, "stripe", block((0.34, 0.1, 0.01)), at=(x + 0.12, 3.3, z + 0.02))
        arrow = block((0.22, 0.22, 0.01)).moved(axis=(0, 0, 1), angle=pi / 4)
        built.add(node, "stripe", arrow, at=(x - 0.2, 3.3, z + 0.02))
        built.add(node, "stripe", block((0.1, 0.36, 0.01)), at=(x + 0.42, 3.3, z + 0.02))
    for x in (-26.0, -6.0, 14.0):
        for k, paint in enumerate(("sign blue", "sign blue", "yellow")):
            sign = cylinder(0.26, 0.03, segments=24).along("z") if k < 2 else block((0.5, 0.5, 0.03))
            built.add(node, paint, sign, at=(x + 0.7 * k, 2.4, z))
            built.add(node, "stripe" if k < 2 else "dark", block((0.1, 0.22, 0.01)), at=(x + 0.7 * k, 2.42, z + 0.02))
    for x in _FRAMES:
        built.add(node, "red", cylinder(0.09, 0.5, bevel=0.03, segments=12), at=(x + 0.45, 1.0, z + 0.12))
        built.add(node, "red", block((0.3, 0.3, 0.02)), at=(x + 0.45, 1.75, z))
