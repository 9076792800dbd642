"""Solids of few triangles that look rounded: positions, normals and triangles, centred on the origin.

Edges are cut by one facet whose normals run from one face's to the other's; shading makes a rounding of it, for a tenth of the
vertices that a true one costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

__all__ = ["Solid", "arc", "block", "cylinder", "extrude", "lathe", "stadium"]

Vector = tuple[float, float, float]
Array = NDArray[np.float64]
_SHARP = cos(0.7)
"""Sections of a lathe's profile that meet at a sharper angle have normals of their own."""


@dataclass(frozen=True)
class Solid:
    """Triangles: ``positions`` and ``normals`` float64[n, 3], ``triangles`` int[m, 3], anticlockwise from outside."""

    positions: Array
    normals: Array
    triangles: NDArray[np.int64]

    def moved(self, at: Vector = (0, 0, 0), *, axis: Vector = (0, 1, 0), angle: float = 0.0) -> Solid:
        """Turned about an axis through the origin, then moved."""
        matrix = _rotation(axis, angle)
        return Solid(self.positions @ matrix.T + np.array(at), self.normals @ matrix.T, self.triangles)

    def along(self, direction: str) -> Solid:
        """What stands along y, laid along "x", "y" or "z"."""
        if direction == "x":
            return self.moved(axis=(0, 0, 1), angle=-pi / 2)
        return self.moved(axis=(1, 0, 0), angle=pi / 2) if direction == "z" else self

    def scaled(self, x: float, y: float, z: float) -> Solid:
        """Stretched along the axes."""
        factors = np.array((x, y, z))
        normals = self.normals / factors
        return Solid(self.positions * factors, normals / np.linalg.norm(normals, axis=1, keepdims=True), self.triangles)


def block(size: Vector, bevel: float = 0.0) -> Solid:
    """A box; with a bevel its edges look rounded."""
    half = np.array(size, float) / 2
    bevel = min(bevel, float(half.min()) * 0.98)
    positions, normals, triangles = [], [], []
    corner: dict[tuple[int, tuple[int, int, int]], int] = {}
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for sign in (1, -1):
            ring = []
            for su, sv in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                signs = [0, 0, 0]
                signs[axis], signs[u], signs[v] = sign, su, sv
                place = np.array(signs) * (half - bevel)
                place[axis] = sign * half[axis]
                corner[axis, (signs[0], signs[1], signs[2])] = len(positions)
                ring.append(len(positions))
                positions.append(place)
                normals.append(np.eye(3)[axis] * sign)
            a, b, c, d = ring if sign > 0 else ring[::-1]
            triangles += [(a, b, c), (a, c, d)]
    if bevel > 0:
        for axis in range(3):  # edges along this axis, then corners
            u, v = (axis + 1) % 3, (axis + 2) % 3
            for su in (1, -1):
                for sv in (1, -1):
                    ends = []
                    for along in (-1, 1):
                        signs = [0, 0, 0]
                        signs[axis], signs[u], signs[v] = along, su, sv
                        key = (signs[0], signs[1], signs[2])
                        ends.append((corner[u, key], corner[v, key]))
                    (a, b), (d, c) = ends
                    quad = (a, b, c, d) if su * sv > 0 else (a, d, c, b)
                    triangles += [(quad[0], quad[1], quad[2]), (quad[0], quad[2], quad[3])]
        for sx in (1, -1):
            for sy in (1, -1):
                for sz in (1, -1):
                    a, b, c = (corner[axis, (sx, sy, sz)] for axis in range(3))
                    triangles.append((a, b, c) if sx * sy * sz > 0 else (a, c, b))
    return Solid(np.array(positions), np.array(normals), np.array(triangles))


def lathe(profile: Sequence[tuple[float, float]], segments: int = 16) -> Solid:
    """A profile of (radius, height), from the top down, turned about the y axis."""
    points = np.array(profile, float)
    steps = np.diff(points, axis=0)
    outward = np.stack([-steps[:, 1], steps[:, 0]], 1)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    rows: list[tuple[Array, Array]] = []  # point, normal in the profile's plane
    bands: list[tuple[int, int]] = []
    for i in range(len(steps)):
        before = i > 0 and float(outward[i - 1] @ outward[i]) > _SHARP
        if before:
            start = len(rows) - 1
            joint = outward[i - 1] + outward[i]
            rows[start] = (points[i], joint / np.linalg.norm(joint))
        else:
            start = len(rows)
            rows.append((points[i], outward[i]))
        rows.append((points[i + 1], outward[i]))
        bands.append((start, len(rows) - 1))
    return _spun(rows, bands, segments)


def cylinder(radius: float, height: float, *, bevel: float = 0.0, segments: int = 16) -> Solid:
    """A cylinder along y; with a bevel its edges look rounded."""
    top, b = height / 2, min(bevel, radius * 0.9, height * 0.45)
    if b <= 0:
        return lathe([(0, top), (radius, top), (radius, -top), (0, -top)], segments)
    up, side, down = (np.array(each, float) for each in ((0, 1), (1, 0), (0, -1)))
    places = ((0, top, up), (radius - b, top, up), (radius, top - b, side), (radius, b - top, side), (radius - b, -top, down),
              (0, -top, down))  # fmt: skip
    rows = [(np.array((r, y)), normal) for r, y, normal in places]
    return _spun(rows, [(i, i + 1) for i in range(5)], segments)


def _spun(rows: Sequence[tuple[Array, Array]], bands: Sequence[tuple[int, int]], segments: int) -> Solid:
    """Rows of points and normals in a profile's plane, turned about y; `bands` are pairs of rows that triangles join."""
    angles = np.arange(segments) / segments * 2 * pi
    around = np.stack([np.cos(angles), np.sin(angles)], 1)

    def ring(pair: Array) -> Array:
        return np.stack([around[:, 0] * pair[0], np.full(segments, pair[1]), around[:, 1] * pair[0]], 1)

    triangles = []
    for top, bottom in bands:
        for k in range(segments):
            a, b = top * segments + k, top * segments + (k + 1) % segments
            c, d = bottom * segments + (k + 1) % segments, bottom * segments + k
            if rows[top][0][0] > 1e-9:
                triangles.append((a, b, c))
            if rows[bottom][0][0] > 1e-9:
                triangles.append((a, c, d))
    positions, normals = (np.concatenate([ring(row[which]) for row in rows]) for which in (0, 1))
    return Solid(positions, normals, np.array(triangles))


def arc(radius: float, start: float, end: float, steps: int, *, lift: float = 0.0) -> list[tuple[float, float]]:
    """Points of a profile on a circle about (0, lift): angles from the top, in radians."""
    return [(radius * sin(a), lift + radius * cos(a)) for a in np.linspace(start, end, steps)]


def stadium(first: float, second: float, length: float, *, steps: int = 7) -> list[tuple[float, float]]:
    """The outline around two circles, of radius `first` about the origin and `second` at (0, length): anticlockwise."""
    lean = float(np.arcsin(np.clip((first - second) / length, -1, 1)))
    low = [(first * cos(a), first * sin(a)) for a in np.linspace(pi - lean, 2 * pi + lean, steps)]
    high = [(second * cos(a), length + second * sin(a)) for a in np.linspace(lean, pi - lean, steps)]
    return low + high


def extrude(outline: Sequence[tuple[float, float]], depth: float, bevel: float = 0.0) -> Solid:
    """A convex outline in x and y (anticlockwise), thickened along z."""
    points = np.array(outline, float)
    count = len(points)
    edges = np.roll(points, -1, 0) - points
    sides = np.stack([edges[:, 1], -edges[:, 0]], 1)
    sides /= np.linalg.norm(sides, axis=1, keepdims=True)
    corners = sides + np.roll(sides, 1, 0)
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    half = depth / 2
    inner = points - corners * bevel
    positions, normals, triangles = [], [], []
    for sign in (1.0, -1.0):
        start = len(positions)
        positions += [(x, y, sign * half) for x, y in inner]
        normals += [(0.0, 0.0, sign)] * count
        for k in range(1, count - 1):
            triangles.append((start, start + k, start + k + 1) if sign > 0 else (start, start + k + 1, start + k))
    rim = len(positions)
    for sign in (1.0, -1.0):
        positions += [(x, y, sign * (half - bevel)) for x, y in points]
        normals += [(x, y, 0.0) for x, y in corners]
    for k in range(count):
        n = (k + 1) % count
        a, b, c, d = rim + k, rim + n, rim + count + n, rim + count + k
        triangles += [(a, d, c), (a, c, b)]
        if bevel > 0:  # the facet takes its normals from cap and side
            triangles += [(k, rim + k, rim + n), (k, rim + n, n)]
            triangles += [(count + k, count + n, rim + count + n), (count + k, rim + count + n, rim + count + k)]
    return Solid(np.array(positions), np.array(normals), np.array(triangles))


def _rotation(axis: Vector, angle: float) -> Array:
    x, y, z = np.array(axis, float) / np.linalg.norm(axis)
    s, c = sin(angle), cos(angle)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + s * cross + (1 - c) * (cross @ cross)
