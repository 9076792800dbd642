"""Solids into triangles: surface nets, brought onto the surface, with normals of the field itself; and sheets and tubes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.solids import Solid
from taixu.generate.avatars.surfaces import quad_normals, triangles_of, used_rows
from taixu.generate.surface_nets import surface_net

__all__ = ["Skin", "around", "ellipsoid", "meshed", "revolved", "sheet", "tube"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MOST_CELLS = 1_500_000


@dataclass(frozen=True)
class Skin:
    """A surface: positions and unit normals [n, 3], and triangles [t, 3], anticlockwise seen from outside."""

    positions: Floats
    normals: Floats
    triangles: Ints

    def kept(self, which: NDArray[np.bool_]) -> Skin:
        """The surface with some of its triangles."""
        used, number = used_rows(self.triangles[which], len(self.positions))
        return Skin(self.positions[used], self.normals[used], number[self.triangles[which]])


def meshed(solid: Solid, cell_m: float) -> Skin:
    """The surface of a solid, in cells of a size; larger ones where there would be too many."""
    size = solid.high - solid.low + 4.0 * cell_m
    cell_m *= max(1.0, (float(np.prod(size / cell_m)) / _MOST_CELLS) ** (1.0 / 3.0))
    first = np.floor(solid.low / cell_m).astype(int) - 1
    counts = np.ceil(solid.high / cell_m).astype(int) + 2 - first
    nx, ny, nz = (int(count) for count in counts)
    grid = np.stack(np.meshgrid(*(np.arange(n) + f for n, f in zip((nx, ny, nz), first, strict=True)), indexing="ij"), -1)
    values = solid.far(grid.reshape(-1, 3) * cell_m).reshape(nx, ny, nz)
    points, quads = surface_net(values)
    positions = (points + first) * cell_m
    for _ in range(3):
        slope, value = _slope(solid, positions, 0.2 * cell_m)
        step = value[:, None] * slope / np.maximum((slope * slope).sum(1, keepdims=True), 0.05)
        positions = positions - np.clip(step, -0.5 * cell_m, 0.5 * cell_m)
    slope, _ = _slope(solid, positions, 0.2 * cell_m)
    normals = slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-9)
    corners = positions[quads]
    shorter = np.linalg.norm(corners[:, 0] - corners[:, 2], axis=1) <= np.linalg.norm(corners[:, 1] - corners[:, 3], axis=1)
    quads = np.where(shorter[:, None], quads, np.roll(quads, 1, 1))
    return Skin(positions, normals, triangles_of(quads))


def _slope(solid: Solid, points: Floats, step_m: float) -> tuple[Floats, Floats]:
    """Gradient and value, by a tetrahedron of four samples (Quilez)."""
    ways = np.array(((1.0, -1.0, -1.0), (-1.0, -1.0, 1.0), (-1.0, 1.0, -1.0), (1.0, 1.0, 1.0)))
    values = solid.far((points[None] + step_m * ways[:, None]).reshape(-1, 3)).reshape(4, -1)
    return (ways.T @ values).T / (4.0 * step_m), values.mean(0)


def tube(path: Floats, radii_m: Floats, sides: int = 8, *, flat: float = 1.0) -> Skin:
    """A closed tube along a path [n, 3]; `flat` squashes it across."""
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    first = np.empty_like(path)
    helper = np.eye(3)[int(np.argmin(np.abs(tangent).sum(0)))]
    side = np.cross(tangent[0], helper)
    for number, along in enumerate(tangent):  # carried along, so that it does not twist
        side = side - along * (side @ along)
        side = side / max(float(np.linalg.norm(side)), 1e-9)
        first[number] = side
    second = np.cross(tangent, first)
    turn = np.arange(sides) * (2 * np.pi / sides)
    around = np.cos(turn)[None, :, None] * first[:, None] + flat * np.sin(turn)[None, :, None] * second[:, None]
    points = path[:, None] + around * radii_m[:, None, None]
    outward = np.cos(turn)[None, :, None] * first[:, None] + np.sin(turn)[None, :, None] / flat * second[:, None]
    outward /= np.linalg.norm(outward, axis=2, keepdims=True)
    count = len(path)
    index = np.arange(count * sides).reshape(count, sides)
    a, b = index[:-1], index[1:]
    quads = np.stack([a, np.roll(a, -1, 1), np.roll(b, -1, 1), b], -1).reshape(-1, 4)
    ends = np.array((count * sides, count * sides + 1))
    caps = [np.stack([np.full(sides, ends[0]), np.roll(index[0], -1), index[0]], 1),
            np.stack([np.full(sides, ends[1]), index[-1], np.roll(index[-1], -1)], 1)]  # fmt: skip
    return Skin(
        np.concatenate([points.reshape(-1, 3), path[:1], path[-1:]]),
        np.concatenate([outward.reshape(-1, 3), -tangent[:1], tangent[-1:]]), np.concatenate([triangles_of(quads), *caps])
    )  # fmt: skip


def sheet(grid: Floats, thick_m: float | Floats) -> Skin:
    """A thin body about a grid of points [n, m, 3], round at its rim."""
    n, m = grid.shape[:2]
    index = np.arange(n * m).reshape(n, m)
    quads = np.stack([index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]], -1).reshape(-1, 4)
    flat = grid.reshape(-1, 3)
    normal = quad_normals(flat, quads)
    half = 0.5 * np.broadcast_to(np.asarray(thick_m), (n, m)).reshape(-1, 1)
    rim = np.concatenate([index[0, :-1], index[:-1, -1], index[-1, :0:-1], index[:0:-1, 0]])
    upper, lower = flat + normal * half, flat - normal * half
    tangent = flat[np.roll(rim, -1)] - flat[np.roll(rim, 1)]
    side = np.cross(tangent, normal[rim])
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    edge = flat[rim] + side * 0.6 * half[rim]
    total, around = n * m, len(rim)
    mid = 2 * total + np.arange(around)
    after = np.roll(mid, -1)
    up, up_after = rim, np.roll(rim, -1)
    quads = np.concatenate([
        quads, quads[:, ::-1] + total, np.stack([up_after, up, mid, after], 1),
        np.stack([after, mid, up + total, up_after + total], 1)
    ])  # fmt: skip
    return Skin(np.concatenate([upper, lower, edge]), np.concatenate([normal, -normal, side]), triangles_of(quads))


def revolved(profile: Floats, thick_m: float, *, deep: float = 1.0, folds: Floats | None = None, count: int = 8,
             segments: int = 48) -> Skin:
    """A thin wall about Y, round at its rims.

    Parameters
    ----------
    profile : [n, 2]
        Radius and height, from above to below.
    deep
        Its depth against its width.
    folds : [n]
        By how much `count` folds move it in and out, as parts of the radius.
    """
    n = len(profile)
    turn = np.arange(segments) * (2 * np.pi / segments)
    wave = np.ones((n, segments)) if folds is None else 1.0 + folds[:, None] * np.cos(count * turn)[None]
    r = profile[:, :1] * wave
    return around(np.stack([r * np.sin(turn), np.broadcast_to(profile[:, 1:], r.shape), deep * r * np.cos(turn)], -1), thick_m)


def around(grid: Floats, thick_m: float) -> Skin:
    """A thin wall about a grid of points [n, m, 3] that closes on itself along m, with round rims.

    Seen from where its normals point, m goes to the right where n goes down.
    """
    n, segments = grid.shape[:2]
    index = np.arange(n * segments).reshape(n, segments)
    a, b = index[:-1], index[1:]
    quads = np.stack([a, b, np.roll(b, -1, 1), np.roll(a, -1, 1)], -1).reshape(-1, 4)
    flat = grid.reshape(-1, 3)
    normal = quad_normals(flat, quads)
    total = n * segments
    outer, inner = flat + 0.5 * thick_m * normal, flat - 0.5 * thick_m * normal
    rims: list[Ints] = []
    points: list[Floats] = []
    normals: list[Floats] = []
    for row, inward, sign in ((0, 1, 1.0), (n - 1, n - 2, -1.0)):
        out = grid[row] - grid[inward]
        out = out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
        first = 2 * total + len(rims) * segments
        ring = first + np.arange(segments)
        after, up = np.roll(ring, -1), index[row]
        up_after = np.roll(up, -1)
        points.append(flat[up] + 0.4 * thick_m * out)
        normals.append(out)
        near, far = (np.stack([ring, up, up_after, after], 1), np.stack([up + total, ring, after, up_after + total], 1))
        rims.append(np.concatenate([near, far]) if sign > 0 else np.concatenate([near, far])[:, ::-1])
    return Skin(np.concatenate([outer, inner, *points]), np.concatenate([normal, -normal, *normals]),
                triangles_of(np.concatenate([quads, quads[:, ::-1] + total, *rims])))


def ellipsoid(middle: Floats, radii: Floats, turn: Floats | None = None, rings: int = 8) -> Skin:
    """A ball of few triangles, stretched and turned."""
    segments = 2 * rings
    angle = np.linspace(0.0, np.pi, rings + 1)[1:-1]
    around = np.arange(segments) * (2 * np.pi / segments)
    y, r = np.cos(angle)[:, None], np.sin(angle)[:, None]
    points = np.stack([r * np.sin(around), np.broadcast_to(y, (len(angle), segments)), r * np.cos(around)], -1).reshape(-1, 3)
    points = np.concatenate([points, ((0.0, 1.0, 0.0), (0.0, -1.0, 0.0))])
    index = np.arange(len(angle) * segments).reshape(-1, segments)
    a, b = index[:-1], index[1:]
    quads = np.stack([a, b, np.roll(b, -1, 1), np.roll(a, -1, 1)], -1).reshape(-1, 4)
    top, bottom = len(points) - 2, len(points) - 1
    caps = [np.stack([np.full(segments, top), index[0], np.roll(index[0], -1)], 1),
            np.stack([np.full(segments, bottom), np.roll(index[-1], -1), index[-1]], 1)]  # fmt: skip
    matrix = np.eye(3) if turn is None else turn
    normals = points / radii
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Skin(points * radii @ matrix.T + middle, normals @ matrix.T, np.concatenate([triangles_of(quads), *caps]))
