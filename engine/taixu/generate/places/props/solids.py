"""Closed bodies: points and triangles that face outwards, each edge between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Solid", "ball", "box", "hull", "lathe", "prism", "ring", "rod", "tube", "wedge"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Solid:
    """A closed body.

    Attributes
    ----------
    points : float64[n, 3]
    triangles : int64[m, 3]
        Anticlockwise from outside.
    """

    points: Array
    triangles: Array

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Solid:
        """Shifted by metres."""
        return Solid(self.points + np.array([x, y, z]), self.triangles)

    def turned(self, *, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Solid:
        """Turned about the axes, x first, then z, then y; radians."""
        points = self.points
        for axis, angle in ((0, x), (2, z), (1, y)):
            if angle:
                c, s = np.cos(angle), np.sin(angle)
                a, b = ((1, 2), (2, 0), (0, 1))[axis]
                points = points.copy()
                points[:, a], points[:, b] = points[:, a] * c - points[:, b] * s, points[:, a] * s + points[:, b] * c
        return Solid(points, self.triangles)

    def scaled(self, x: float, y: float, z: float) -> Solid:
        """Stretched by factors above 0."""
        return Solid(self.points * (x, y, z), self.triangles)


def box(x: float, y: float, z: float, *, bevel: float = 0.012, taper: float = 1.0) -> Solid:
    """A box about its centre, its edges broken; `taper` is how wide the top is against the foot."""
    half = np.array([x, y, z]) / 2
    b = max(min(bevel, 0.45 * float(half.min())), 0.0)
    points = _box_points(half, b)
    solid = Solid(points, _box_triangles(b > 0))
    if taper == 1.0:
        return solid
    share = 1 + (taper - 1) * (solid.points[:, 1:2] / max(y, 1e-9) + 0.5)
    return Solid(np.concatenate([solid.points[:, :1] * share, solid.points[:, 1:2], solid.points[:, 2:] * share], 1),
        solid.triangles)


def _box_points(half: Array, bevel: float) -> Array:
    corners = np.array([[sx, sy, sz] for sx in (-1, 1) for sy in (-1, 1) for sz in (-1, 1)], float)
    if bevel <= 0:
        return corners * half
    # Each corner three times: pulled in along all axes but one.
    return np.concatenate([corners * (half - bevel + bevel * np.eye(3)[axis]) for axis in range(3)])


@lru_cache(maxsize=2)
def _box_triangles(is_bevelled: bool) -> Array:
    """Of any box: which points make a face does not hang on its size."""
    points = _box_points(np.ones(3), 0.2 if is_bevelled else 0.0)
    solid = hull(points)
    order = np.argmin(np.abs(points[None] - solid.points[:, None]).sum(-1), axis=1)
    result: Array = order[solid.triangles]
    return result


def lathe(profile: Sequence[tuple[float, float]], *, sides: int = 16, turn: float = 0.0) -> Solid:
    """A body of revolution about y: (radius, height) from the axis at the foot, outside, to the axis at the top.

    Ends that are not on the axis are closed by lids.
    """
    outline = list(profile)
    if outline[0][0] > 1e-9:
        outline.insert(0, (0.0, outline[0][1]))
    if outline[-1][0] > 1e-9:
        outline.append((0.0, outline[-1][1]))
    angles = np.arange(sides) * (2 * np.pi / sides) + turn
    points: list[Array] = []
    rings: list[list[int]] = []
    for radius, height in outline:
        if radius <= 1e-9:
            rings.append([sum(len(p) for p in points)])
            points.append(np.array([[0.0, height, 0.0]]))
        else:
            first = sum(len(p) for p in points)
            rings.append(list(range(first, first + sides)))
            points.append(np.stack([radius * np.cos(angles), np.full(sides, height), -radius * np.sin(angles)], 1))
    triangles: list[tuple[int, int, int]] = []
    for low, high in pairwise(rings):
        for k in range(sides):
            n = (k + 1) % sides
            if len(low) == 1 and len(high) > 1:
                triangles.append((low[0], high[n], high[k]))
            elif len(high) == 1 and len(low) > 1:
                triangles.append((low[k], low[n], high[0]))
            elif len(low) > 1:
                triangles += [(low[k], low[n], high[n]), (low[k], high[n], high[k])]
    return Solid(np.concatenate(points), np.array(triangles))


def prism(outline: Sequence[tuple[float, float]], thickness: float) -> Solid:
    """A plate of an outline in x and y (any simple polygon), about the plane z = 0."""
    from taixu.generate.places.props.polygons import cut_ears

    flat = np.asarray(outline, float)
    if float((flat[:, 0] * np.roll(flat[:, 1], -1) - flat[:, 1] * np.roll(flat[:, 0], -1)).sum()) < 0:
        flat = flat[::-1]
    n = len(flat)
    front = np.concatenate([flat, np.full((n, 1), thickness / 2)], 1)
    back = np.concatenate([flat, np.full((n, 1), -thickness / 2)], 1)
    lids = cut_ears(flat)
    k = np.arange(n)
    m = (k + 1) % n
    sides = np.concatenate([np.stack([k, k + n, m + n], 1), np.stack([k, m + n, m], 1)])
    return Solid(np.concatenate([front, back]), np.concatenate([lids, lids[:, ::-1] + n, sides]))


def tube(path: Sequence[tuple[float, float, float]], radius: float | Sequence[float], *, sides: int = 8) -> Solid:
    """A round bar along a path, with lids; `radius` may change along it."""
    spots = np.asarray(path, float)
    radii = np.broadcast_to(np.asarray(radius, float), len(spots))
    along = np.gradient(spots, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    side = np.cross(along[0], (0.0, 0.0, 1.0) if abs(along[0, 2]) < 0.9 else (1.0, 0.0, 0.0))
    angles = np.arange(sides) * (2 * np.pi / sides) + np.pi / sides
    rings = []
    for spot, direction, wide in zip(spots, along, radii, strict=True):
        side = side - direction * (side @ direction)
        side /= max(float(np.linalg.norm(side)), 1e-9)
        other = np.cross(direction, side)
        rings.append(spot + wide * (np.cos(angles)[:, None] * side + np.sin(angles)[:, None] * other))
    rows = len(spots)
    points = np.concatenate([*rings, spots[:1], spots[-1:]])
    k = (np.arange(rows - 1)[:, None] * sides + np.arange(sides)).ravel()
    n = (np.arange(rows - 1)[:, None] * sides + (np.arange(sides) + 1) % sides).ravel()
    shell = np.concatenate([np.stack([k, n, n + sides], 1), np.stack([k, n + sides, k + sides], 1)])
    ends = np.arange(sides)
    following = (ends + 1) % sides
    foot, top = rows * sides, rows * sides + 1
    last = (rows - 1) * sides
    lids = np.concatenate([
        np.stack([np.full(sides, foot), following, ends], 1), np.stack([np.full(sides, top), ends + last, following + last], 1),
    ])  # fmt: skip
    return Solid(points, np.concatenate([shell, lids]))


def rod(a: tuple[float, float, float], b: tuple[float, float, float], radius: float, *, sides: int = 8) -> Solid:
    """A straight bar between two points."""
    return tube([a, b], radius, sides=sides)


def ring(radius: float, thick: float, *, sides: int = 20, around: int = 8) -> Solid:
    """A torus about y."""
    u = np.arange(sides) * (2 * np.pi / sides)
    v = np.arange(around) * (2 * np.pi / around)
    r = radius + thick * np.cos(v)[None]
    points = np.stack(
        np.broadcast_arrays(r * np.cos(u)[:, None], (thick * np.sin(v))[None], -r * np.sin(u)[:, None]), -1
    ).reshape(-1, 3)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(sides), np.arange(around), indexing="ij"))
    i1, j1 = (i + 1) % sides, (j + 1) % around
    a, b, c, d = i * around + j, i1 * around + j, i1 * around + j1, i * around + j1
    return Solid(points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]))


def ball(radius: float, *, sides: int = 12, squash: float = 1.0) -> Solid:
    """A ball about its centre."""
    angles = np.linspace(-np.pi / 2, np.pi / 2, max(4, sides // 2) + 1)
    return lathe([(max(float(np.cos(a)), 0.0) * radius, float(np.sin(a)) * radius * squash) for a in angles], sides=sides)


def wedge(x: float, y: float, z: float) -> Solid:
    """A roof's body: `x` wide and `z` long, its ridge along z at the height `y`, the foot at 0."""
    return prism([(-x / 2, 0.0), (x / 2, 0.0), (0.0, y)], z)


def hull(points: Array) -> Solid:
    """The convex hull of few points, faces as fans."""
    unique = np.unique(points.round(9), axis=0)
    n = len(unique)
    center = unique.mean(0)
    i, j, k = (grid.ravel() for grid in np.meshgrid(*(np.arange(n),) * 3, indexing="ij"))
    keep = (i < j) & (j < k)
    i, j, k = i[keep], j[keep], k[keep]
    normals = np.cross(unique[j] - unique[i], unique[k] - unique[i])
    lengths = np.linalg.norm(normals, axis=1)
    good = lengths > 1e-12
    i, normals = i[good], normals[good] / lengths[good, None]
    offsets = (normals * unique[i]).sum(1)
    flip = offsets < normals @ center
    normals[flip], offsets[flip] = -normals[flip], -offsets[flip]
    away = normals @ unique.T - offsets[:, None]
    outer = away.max(1) < 1e-7
    planes = np.unique(np.concatenate([normals[outer], offsets[outer, None]], 1).round(6), axis=0)
    triangles: list[tuple[int, int, int]] = []
    for plane in planes:
        normal = plane[:3] / np.linalg.norm(plane[:3])
        on = np.flatnonzero(np.abs(unique @ plane[:3] - plane[3]) < 1e-5)
        middle = unique[on].mean(0)
        side = unique[on[0]] - middle
        side -= normal * (side @ normal)
        other = np.cross(normal, side)
        turns = np.arctan2((unique[on] - middle) @ other, (unique[on] - middle) @ side)
        fan = on[np.argsort(turns, kind="stable")]
        triangles += [(int(fan[0]), int(fan[m]), int(fan[m + 1])) for m in range(1, len(fan) - 1)]
    return Solid(unique, np.array(triangles))
