"""Surfaces that are collected by material and become primitives: polygons in frames, boxes, strips, all with UVs in metres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, parts_of, triangulate

if TYPE_CHECKING:
    from taixu.assets.model import Primitive

__all__ = ["Frame", "Soup", "level_frame", "wall_frame"]

_ALL = "udlrfb"
# Corners of a box as bits (x, y, z), four a face, anticlockwise from outside; up, down, left, right, front (+n), back (-n).
_FACES = {
    "u": (0b011, 0b111, 0b110, 0b010), "d": (0b000, 0b100, 0b101, 0b001), "l": (0b000, 0b001, 0b011, 0b010),
    "r": (0b101, 0b100, 0b110, 0b111), "f": (0b001, 0b101, 0b111, 0b011), "b": (0b100, 0b000, 0b010, 0b110),
}  # fmt: skip
_UV_AXES = {"u": (0, 2), "d": (0, 2), "l": (2, 1), "r": (2, 1), "f": (0, 1), "b": (0, 1)}


@dataclass(frozen=True)
class Frame:
    """A place with axes: u to the right, v up, n towards the viewer; all unit, n = u x v."""

    origin: Array
    u: Array
    v: Array
    n: Array

    def at(self, points: Any) -> Array:
        """World points of local ones, [..., 3]."""
        p = np.asarray(points, np.float64)
        return self.origin + p[..., :1] * self.u + p[..., 1:2] * self.v + p[..., 2:3] * self.n

    def moved(self, a: float, b: float, c: float = 0.0) -> Frame:
        """The same axes elsewhere."""
        return Frame(self.at((a, b, c)), self.u, self.v, self.n)


def _cross(a: Array, b: Array) -> Array:
    """Cross products of rows [n, 3]: those of numpy, which takes ten times as long to find out how many axes there are."""
    found = np.empty_like(a)
    found[:, 0] = a[:, 1] * b[:, 2] - a[:, 2] * b[:, 1]
    found[:, 1] = a[:, 2] * b[:, 0] - a[:, 0] * b[:, 2]
    found[:, 2] = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return found


def wall_frame(start: Array, end: Array, height: float) -> Frame:
    """The outer side of a wall from one point of a plan to the next (anticlockwise), at a height."""
    d = (end - start) / max(float(np.hypot(*(end - start))), 1e-12)
    u = np.array([d[0], 0.0, -d[1]])
    return Frame(np.array([start[0], height, -start[1]]), u, np.array([0.0, 1.0, 0.0]), np.array([-u[2], 0.0, u[0]]))


def level_frame(height: float = 0.0, *, at: Sequence[float] = (0.0, 0.0), along: Sequence[float] = (1.0, 0.0)) -> Frame:
    """A horizontal plan: u along a direction of it, v to the left of that, n up."""
    d = np.asarray(along, np.float64) / float(np.hypot(along[0], along[1]))
    u, v = np.array([d[0], 0.0, -d[1]]), np.array([-d[1], 0.0, -d[0]])
    return Frame(np.array([at[0], height, -at[1]]), u, v, np.array([0.0, 1.0, 0.0]))


@dataclass
class Soup:
    """What was collected; `arrays` gives it by material."""

    _parts: dict[str, list[tuple[Array, Array, Array, Array]]] = field(default_factory=dict)
    _boxes: dict[tuple[str, str], list[Array]] = field(default_factory=dict)

    def add(self, material: str, positions: Any, uvs: Any, triangles: Any, normals: Any = None) -> None:
        """Add triangles [m, 3] over vertices [n, 3]; without normals they are flat, by the first triangle."""
        p, t = np.asarray(positions, np.float64), np.asarray(triangles, np.int64)
        if not len(t):
            return
        if normals is None:
            a, b, c = p[t[:, 0]], p[t[:, 1]], p[t[:, 2]]
            cross = _cross(b - a, c - a).sum(0)
            normals = np.broadcast_to(cross / max(float(np.linalg.norm(cross)), 1e-12), p.shape)
        self._parts.setdefault(material, []).append((p, np.asarray(normals, np.float64), np.asarray(uvs, np.float64), t))

    def add_flat(self, material: str, triangles: Array) -> None:
        """Triangles [n, 3, 3], each with its own normal and corners; UVs by the axis that it faces most."""
        if not len(triangles):
            return
        cross = _cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
        long = np.linalg.norm(cross, axis=1)
        triangles, cross, long = triangles[long > 1e-9], cross[long > 1e-9], long[long > 1e-9]
        normals = np.repeat(cross / long[:, None], 3, 0)
        points = triangles.reshape(-1, 3)
        uvs = np.where(
            np.abs(normals[:, 1:2]) > 0.7, points[:, [0, 2]], np.column_stack([points[:, 0] + points[:, 2], -points[:, 1]])
        )
        self.add(material, points, uvs, np.arange(len(points)).reshape(-1, 3), normals)

    def polygon(self, material: str, frame: Frame, shape: Any, *, out: float = 0.0, back: bool = False) -> None:
        """Fill polygons in the plane of a frame, `out` metres along its n; `back` shows them from behind."""
        for part in parts_of(shape):
            if part.area < 1e-6:
                continue
            points, triangles = triangulate(part)
            world = frame.at(np.column_stack([points, np.full(len(points), out)]))
            normal = -frame.n if back else frame.n
            self.add(material, world, points * (1, -1), triangles[:, ::-1] if back else triangles,
                     np.broadcast_to(normal, world.shape))  # fmt: skip

    def quad(self, material: str, corners: Any, uvs: Any = None) -> None:
        """Four corners, anticlockwise from the lower left."""
        p = np.asarray(corners, np.float64)
        if uvs is None:
            wide, high = float(np.linalg.norm(p[1] - p[0])), float(np.linalg.norm(p[3] - p[0]))
            uvs = ((0, 0), (wide, 0), (wide, -high), (0, -high))
        self.add(material, p, uvs, ((0, 1, 2), (0, 2, 3)))

    def quads(self, material: str, corners: Array) -> None:
        """Many quads [n, 4, 3], each anticlockwise from the lower left."""
        n = len(corners)
        if not n:
            return
        along, up = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
        normals = _cross(along, up)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        wide, high = np.linalg.norm(along, axis=1), np.linalg.norm(up, axis=1)
        zero = np.zeros(n)
        uvs = np.stack([np.stack([zero, wide, wide, zero], 1), np.stack([zero, zero, -high, -high], 1)], -1).reshape(-1, 2)
        k = np.arange(n) * 4
        triangles = np.concatenate([np.stack([k, k + 1, k + 2], 1), np.stack([k, k + 2, k + 3], 1)])
        self.add(material, corners.reshape(-1, 3), uvs, triangles, np.repeat(normals, 4, 0))

    def box(self, material: str, frame: Frame, low: Sequence[float], high: Sequence[float], faces: str = _ALL) -> None:
        """A box between two corners of a frame's space; `faces` of u(p) d(own) l(eft) r(ight) f(ront) b(ack)."""
        row = np.concatenate([frame.origin, frame.u, frame.v, frame.n, low, high])
        self._boxes.setdefault((material, faces), []).append(row)

    def strip(self, material: str, lower: Any, upper: Any, *, closed: bool = False, smooth: bool = False) -> None:
        """A band between two rows of points [n, 3] (the lower runs to the right seen from outside), u along it, v across."""
        a, b = np.asarray(lower, np.float64), np.asarray(upper, np.float64)
        if closed:
            a, b = np.concatenate([a, a[:1]]), np.concatenate([b, b[:1]])
        n = len(a)
        if n < 2:
            return
        s = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff((a + b) / 2, axis=0), axis=1))])
        across = np.linalg.norm(b - a, axis=1)
        along = np.diff((a + b) / 2, axis=0)
        normals = _cross(along, ((b - a)[1:] + (b - a)[:-1]) / 2)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        if smooth:
            wide = np.concatenate([normals[-1:] if closed else normals[:1], normals, normals[:1] if closed else normals[-1:]])
            at = wide[1:] + wide[:-1]
            at /= np.maximum(np.linalg.norm(at, axis=1, keepdims=True), 1e-12)
            k = np.arange(n - 1)
            triangles = np.concatenate([np.stack([k, k + 1, n + k + 1], 1), np.stack([k, n + k + 1, n + k], 1)])
            uvs = np.concatenate([np.column_stack([s, np.zeros(n)]), np.column_stack([s, -across])])
            self.add(material, np.concatenate([a, b]), uvs, triangles, np.concatenate([at, at]))
            return
        p = np.stack([a[:-1], a[1:], b[1:], b[:-1]], 1).reshape(-1, 3)
        u = np.stack([s[:-1], s[1:], s[1:], s[:-1]], 1).reshape(-1)
        v = np.stack([np.zeros(n - 1), np.zeros(n - 1), -across[1:], -across[:-1]], 1).reshape(-1)
        k = np.arange(n - 1) * 4
        triangles = np.concatenate([np.stack([k, k + 1, k + 2], 1), np.stack([k, k + 2, k + 3], 1)])
        self.add(material, p, np.column_stack([u, v]), triangles, np.repeat(normals, 4, 0))

    def prism(self, materials: tuple[str, str, str], shape: Any, low: float, high: float) -> None:
        """A plan's polygon from one height to another; materials of top, bottom and sides, "" for none."""
        top, bottom, side = materials
        if top:
            self.polygon(top, level_frame(high), shape)
        if bottom:
            self.polygon(bottom, level_frame(low), shape, back=True)
        if side:
            for part in parts_of(shape):
                for ring in (part.exterior, *part.interiors):
                    points = np.asarray(ring.coords)
                    # Rings of clipped shapes run either way: the outer one must run anticlockwise, holes clockwise.
                    if (ring is part.exterior) != bool(ring.is_ccw):
                        points = points[::-1]
                    self.strip(side, _lifted(points, low), _lifted(points, high))

    def extend(self, other: Soup, *, frame: Frame | None = None) -> None:
        """Take all of another, moved into a frame whose axes its x, y, z become."""
        if frame is None:
            for name, parts in other._parts.items():
                self._parts.setdefault(name, []).extend(parts)
            for key, rows in other._boxes.items():
                self._boxes.setdefault(key, []).extend(rows)
            return
        for material, (positions, normals, uvs, triangles) in other.arrays().items():
            axes = np.stack([frame.u, frame.v, frame.n])
            positions, normals = positions @ axes + frame.origin, normals @ axes
            self._parts.setdefault(material, []).append((positions, normals, uvs, triangles))

    def stamp(self, kit: dict[str, Any], frame: Frame) -> None:
        """Take what `arrays` of another gave, moved into a frame whose axes its x, y, z become."""
        axes = np.stack([frame.u, frame.v, frame.n])
        for material, (positions, normals, uvs, triangles) in kit.items():
            self._parts.setdefault(material, []).append((positions @ axes + frame.origin, normals @ axes, uvs, triangles))

    @property
    def materials(self) -> list[str]:
        """Names of what it is made of."""
        return sorted({*self._parts, *(material for material, _ in self._boxes)})

    @property
    def triangle_count(self) -> int:
        """How many triangles there are."""
        return sum(len(part[3]) for parts in self._parts.values() for part in parts) + sum(
            2 * len(faces) * len(rows) for (_, faces), rows in self._boxes.items()
        )

    def arrays(self) -> dict[str, tuple[Array, Array, Array, Array]]:
        """Positions, normals, UVs and triangles by material, sorted by its name."""
        parts = {material: list(found) for material, found in self._parts.items()}
        for (material, faces), rows in self._boxes.items():
            parts.setdefault(material, []).append(_expanded(np.asarray(rows), faces))
        made = {}
        for material in sorted(parts):
            offset, triangles = 0, []
            for part in parts[material]:
                triangles.append(part[3] + offset)
                offset += len(part[0])
            made[material] = (*(np.concatenate([part[k] for part in parts[material]]) for k in range(3)),
                              np.concatenate(triangles))  # fmt: skip
        return made  # type: ignore[return-value]

    def primitives(self, index_of: Any) -> list[Primitive]:
        """Primitives, one a material; `index_of` gives a material's number, and the metres that its picture covers."""
        from taixu.assets.model import Primitive

        found = []
        for material, (positions, normals, uvs, triangles) in self.arrays().items():
            index, size_m = index_of(material)
            found.append(Primitive(
                {"POSITION": np.ascontiguousarray(positions, np.float32), "NORMAL": np.ascontiguousarray(normals, np.float32),
                 "TEXCOORD_0": np.ascontiguousarray(uvs / size_m, np.float32)},
                np.ascontiguousarray(triangles.reshape(-1), np.uint32), material=index,
            ))  # fmt: skip
        return found


def joined(soups: Iterable[Soup]) -> Soup:
    """All in one."""
    whole = Soup()
    for soup in soups:
        whole.extend(soup)
    return whole


def _lifted(points: Array, height: float) -> Array:
    return np.column_stack([points[:, 0], np.full(len(points), height), -points[:, 1]])


def _expanded(rows: Array, faces: str) -> tuple[Array, Array, Array, Array]:
    """Vertices of many boxes."""
    n = len(rows)
    origin, axes, ends = rows[:, :3], rows[:, 3:12].reshape(n, 3, 3), rows[:, 12:].reshape(n, 2, 3)
    positions, normals, uvs = [], [], []
    for face in faces:
        bits = np.array([[corner >> 2 & 1, corner >> 1 & 1, corner & 1] for corner in _FACES[face]])
        local = ends[:, bits, np.arange(3)]  # [n, 4, 3]
        positions.append(origin[:, None] + np.einsum("nci,nij->ncj", local, axes))
        axis, sign = {"u": (1, 1), "d": (1, -1), "l": (0, -1), "r": (0, 1), "f": (2, 1), "b": (2, -1)}[face]
        normals.append(np.repeat(sign * axes[:, None, axis], 4, 1))
        a, b = _UV_AXES[face]
        uvs.append(local[..., [a, b]] * (1.0, -1.0))
    count = len(faces)
    k = np.arange(n * count) * 4
    return (
        np.stack(positions, 1).reshape(-1, 3), np.stack(normals, 1).reshape(-1, 3), np.stack(uvs, 1).reshape(-1, 2),
        np.concatenate([np.stack([k, k + 1, k + 2], 1), np.stack([k, k + 2, k + 3], 1)]),
    )  # fmt: skip
