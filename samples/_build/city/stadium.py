"""The stadium: tiers in eight blocks with gates between them, a pitch, a roof, a square; and the ground that people walk on."""

from __future__ import annotations

from itertools import pairwise
from math import cos, pi, sin

import numpy as np
from factory.builder import Builder
from factory.paints import linear
from factory.solids import Solid, block
from numpy.typing import NDArray

from city.plan import STADIUM, blocks, ground
from taixu.assets.model import ModelData

__all__ = ["GATES", "WALK_HIGH", "WALK_LOW", "stadium", "walk"]

GATES = 8
_GATE_M = 9.0
_INNER, _OUTER = (62.0, 46.0), (104.0, 88.0)
_TIERS, _LOW_M, _HIGH_M, _ROOF_M = 10, 1.6, 19.0, 26.0
_SLICES = 6
"""Of a block of tiers: flat walls that make its bend."""
WALK_LOW, WALK_HIGH = (-14.0, -5.0, -342.0), (334.0, 3.0, 100.0)
"""Corners of the box that people walk in: the square, the streets around it, and a block to the south."""
_GRID_M = 8.0

_PAINTS = {
    "seats": {"base_color": linear("#2d6a9f"), "roughness": 0.6, "metallic": 0.0},
    "light seats": {"base_color": linear("#d9dde2"), "roughness": 0.6, "metallic": 0.0},
    "concrete": {"base_color": linear("#a8a6a1"), "roughness": 0.9, "metallic": 0.0},
    "grass": {"base_color": linear("#3f7d35"), "roughness": 0.95, "metallic": 0.0},
    "mown": {"base_color": linear("#4b8f3e"), "roughness": 0.95, "metallic": 0.0},
    "line": {"base_color": linear("#eef0ee"), "roughness": 0.8, "metallic": 0.0},
    "paving": {"base_color": linear("#b7b2a7"), "roughness": 0.9, "metallic": 0.0},
    "track": {"base_color": linear("#a5533c"), "roughness": 0.9, "metallic": 0.0},
    "roof": {"base_color": linear("#f1f3f4"), "roughness": 0.5, "metallic": 0.0},
    "steel": {"base_color": linear("#70767c"), "roughness": 0.4, "metallic": 0.6},
}


def stadium() -> ModelData:
    """The model, around the stadium's middle."""
    made = Builder("stadium", _PAINTS)
    node = made.node("stadium")
    made.add(node, "paving", block((292.0, 0.3, 292.0)), at=(0, -0.13, 0))
    made.add(node, "track", _disc((_INNER[0] - 1, _INNER[1] - 1), 0.04))
    for stripe in range(10):
        made.add(node, "grass" if stripe % 2 else "mown", block((9.4, 0.02, 60.0)), at=(-42.3 + 9.4 * stripe, 0.05, 0))
    for x in (-47.0, 0.0, 47.0):
        made.add(node, "line", block((0.14, 0.02, 60.0)), at=(x, 0.06, 0))
    for z in (-30.0, 30.0):
        made.add(node, "line", block((94.0, 0.02, 0.14)), at=(0, 0.06, z))
    for angles in _blocks():
        edges = [(share, _LOW_M + (_HIGH_M - _LOW_M) * share) for share in np.linspace(0, 1, _TIERS + 1)]
        for number, ((a, low), (b, high)) in enumerate(pairwise(edges)):
            paint = "light seats" if number in (0, 5) else "seats"
            made.add(node, paint, _ribbon(_ring(a, angles), _ring(b, angles), high, high))
            made.add(node, "concrete", _wall(_ring(a, angles)[::-1], low, high))
        made.add(node, "concrete", _wall(_ring(0.0, angles)[::-1], 0.0, _LOW_M), _wall(_ring(1.0, angles), 0.0, _HIGH_M))
        for end, order in ((0, 1), (-1, -1)):
            across = np.stack([_ring(share, angles)[end] for share, _ in edges])[::order]
            made.add(node, "concrete", _wall(across, 0.0, np.array([high for _, high in edges])[::order]))
    whole = np.linspace(0, 2 * pi, 97)
    made.add(node, "roof", _ribbon(_ring(0.42, whole), _ring(1.08, whole), _ROOF_M - 2.0, _ROOF_M))
    made.add(node, "steel", _ribbon(_ring(1.08, whole), _ring(0.42, whole), _ROOF_M - 0.2, _ROOF_M - 2.2))
    for angle in np.linspace(0, 2 * pi, 32, endpoint=False):
        x, z = _ring(1.04, np.array([angle]))[0]
        made.add(node, "steel", block((0.7, _ROOF_M, 0.7)), at=(float(x), _ROOF_M / 2, float(z)))
    return made.finish()


def walk() -> ModelData:
    """What people walk on and round, in the world's coordinates; nobody sees it."""
    made = Builder("walk", {"ground": {"base_color": (0.5, 0.5, 0.5, 1.0), "roughness": 1.0, "metallic": 0.0}})
    node = made.node("walk")
    made.add(node, "ground", _grid())
    middle = np.array([STADIUM[0], -STADIUM[1]])
    for angles in _blocks():
        ends = [np.stack([_ring(share, angles)[end] for share in (0.0, 1.0)])[::order] for end, order in ((0, 1), (-1, -1))]
        for line in (_ring(0.0, angles)[::-1], _ring(1.0, angles), *ends):
            made.add(node, "ground", _wall(line + middle, 0.0, 4.0))
    for each in blocks():
        corners = np.array(each.corners) * (1, -1)
        (west, north), (east, south) = corners.min(0), corners.max(0)
        if east > WALK_LOW[0] and west < WALK_HIGH[0] and south > WALK_LOW[2] and north < WALK_HIGH[2]:
            at = (float(west + east) / 2, 0.0, float(north + south) / 2)
            made.add(node, "ground", block((float(east - west), 8.0, float(south - north))), at=at)
    return made.finish()


def _blocks() -> list[NDArray[np.float64]]:
    """Angles of the blocks of tiers; gates lie between them."""
    half = _GATE_M / (_INNER[0] + _INNER[1])
    return [np.linspace(2 * pi * k / GATES + half, 2 * pi * (k + 1) / GATES - half, _SLICES + 1) for k in range(GATES)]


def _ring(share: float, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """x and z on an ellipse between the pitch and the outer wall."""
    x, z = (inner + (outer - inner) * share for inner, outer in zip(_INNER, _OUTER, strict=True))
    return np.stack([x * np.cos(angles), z * np.sin(angles)], axis=1)


def _disc(half: tuple[float, float], y: float) -> Solid:
    angles = [2 * pi * k / 64 for k in range(64)]
    positions = np.array([(0.0, y, 0.0), *((half[0] * cos(each), y, half[1] * sin(each)) for each in angles)])
    triangles = np.array([(0, 1 + (k + 1) % 64, 1 + k) for k in range(64)])
    return Solid(positions, np.tile([0.0, 1.0, 0.0], (65, 1)), triangles)


def _ribbon(inner: NDArray[np.float64], outer: NDArray[np.float64], low: float, high: float) -> Solid:
    """Between two lines of x and z that run the same way, at two heights."""
    n = len(inner)
    positions = np.concatenate([_at(inner, low), _at(outer, high)])
    k = np.arange(n - 1)
    return _faced(positions, np.concatenate([np.stack([k, k + 1, n + k], 1), np.stack([k + 1, n + k + 1, n + k], 1)]))


def _wall(line: NDArray[np.float64], low: float, high: float | NDArray[np.float64]) -> Solid:
    """A wall over a line, seen from its right."""
    n = len(line)
    positions = np.concatenate([_at(line, low), _at(line, high)])
    k = np.arange(n - 1)
    return _faced(positions, np.concatenate([np.stack([k, n + k, k + 1], 1), np.stack([k + 1, n + k, n + k + 1], 1)]))


def _at(line: NDArray[np.float64], y: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([line[:, 0], np.broadcast_to(y, len(line)), line[:, 1]])


def _faced(positions: NDArray[np.float64], triangles: NDArray[np.int64]) -> Solid:
    """With a normal for each triangle."""
    corners = positions[triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return Solid(corners.reshape(-1, 3), np.repeat(normals, 3, axis=0), np.arange(3 * len(triangles)).reshape(-1, 3))


def _grid() -> Solid:
    """The ground in squares."""
    x = np.arange(WALK_LOW[0], WALK_HIGH[0] + _GRID_M, _GRID_M)
    z = np.arange(WALK_LOW[2], WALK_HIGH[2] + _GRID_M, _GRID_M)
    over_x, over_z = (each.ravel() for each in np.meshgrid(x, z))
    positions = np.column_stack([over_x, ground(over_x, -over_z), over_z])
    row, column = (each.ravel() for each in np.meshgrid(np.arange(len(z) - 1), np.arange(len(x) - 1), indexing="ij"))
    first = row * len(x) + column
    south, east, both = first + len(x), first + 1, first + len(x) + 1
    triangles = np.concatenate([np.stack([first, south, east], 1), np.stack([east, south, both], 1)])
    return Solid(positions, np.tile([0.0, 1.0, 0.0], (len(positions), 1)), triangles)
