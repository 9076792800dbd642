"""Meshes of simple shapes: boxes with rounded edges, and everything that a profile turned around Y gives."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["SHAPE_KINDS", "ShapeForm", "shape_forms", "shape_mesh"]

Array = NDArray[Any]
Mesh = dict[str, Array]

SHAPE_KINDS = ("box", "sphere", "cylinder", "capsule", "cone", "plane", "torus")
_AROUND = 32
_BEVEL_STEPS = 3
_ARC_SHARE = 5 / 32
"""Steps of an eighth of a turn, of those around."""


class ShapeForm(NamedTuple):
    """How finely a shape is made: sides of what is round, points of a box's bevel, and how many metres the mesh then lies off."""

    around: int
    bevel_steps: int
    error_m: float


def shape_forms(kind: str, size: tuple[float, float, float], bevel_m: float) -> list[ShapeForm]:
    """Forms of a shape, the finest first, each of half of the triangles of the one before or less.

    Half a chord of an angle a lies r (1 - cos(a / 2)) off a circle of radius r; what curves both ways loses both; and a corner
    without its rounding is (√3 - 1) r too far out.
    """
    half = np.asarray(size, float) / 2
    bevel = float(np.clip(bevel_m, 0.0, max(half.min(), 0.0)))
    if kind == "box":
        steps = range(_BEVEL_STEPS, 0, -1) if bevel > 0 else [_BEVEL_STEPS]
        lost = [2 * _chord_m(bevel, 8 * (count - 1)) if count > 1 else bevel * (np.sqrt(3) - 1) for count in steps]
        return [ShapeForm(_AROUND, count, float(error)) for count, error in zip(steps, lost, strict=True)]
    if kind == "plane":
        return [ShapeForm(_AROUND, _BEVEL_STEPS, 0.0)]
    wide, narrow = max(half[0], half[2]), max(min(half[0], half[2]), 1e-9)
    across, corners = {  # the radius of the other curve, and its corners over the steps of an eighth of a turn
        "sphere": (float(half.max()), 8), "capsule": (float(half.max()), 8), "torus": (min(half[1], half[0] / 2), 4),
        "cylinder": (bevel * wide / narrow, 4),
    }.get(kind, (0.0, 4))  # fmt: skip
    radius = across if kind in ("sphere", "capsule") else wide
    return [
        ShapeForm(sides, _BEVEL_STEPS, float(_chord_m(radius, sides) + _chord_m(across, corners * _arc(sides))))
        for sides in (_AROUND, _AROUND // 2, _AROUND // 4)
    ]


def _chord_m(radius: float, corners: int) -> float:
    """How far the sides of a polygon of so many corners lie off its circle, in the middle."""
    return radius * (1 - float(np.cos(np.pi / corners)))


def shape_mesh(
    kind: str, size: tuple[float, float, float], *, bevel_m: float = 0.0, around: int = _AROUND, bevel_steps: int = _BEVEL_STEPS
) -> Mesh:
    """Vertices and triangles of a shape centred on the origin.

    Parameters
    ----------
    kind
        One of `SHAPE_KINDS`; round ones stand upright along Y.
    size
        Extent along x, y and z, in metres.
    bevel_m
        Radius of the rounded edges of boxes and cylinders.
    around
        Sides of what is round.
    bevel_steps
        Points of a quarter of a box's rounding, 1 for none.

    Returns
    -------
    dict
        ``POSITION`` and ``NORMAL`` float32[n, 3], ``TEXCOORD_0`` float32[n, 2], ``indices`` uint32[m],
        counter-clockwise seen from outside.
    """
    extent = np.asarray(size, float)
    if extent.shape != (3,) or not np.isfinite(extent).all() or (extent < 0).any():
        raise TaixuError(f"a shape's size takes three lengths in metres, not {size!r:.80}")
    half = np.maximum(extent / 2, 1e-9)  # a flat box is thin: nothing divides by zero
    bevel = float(np.clip(bevel_m, 0.0, half.min()))
    if kind == "box":
        return _box(half, bevel if bevel_steps > 1 else 0.0, bevel_steps)
    if kind == "plane":
        return _plane(half)
    if kind == "capsule":
        return _capsule(half, around)
    if kind == "sphere":
        return _stretched(_revolve(*_arc_profile(0.0, around), around), half)
    if kind == "cylinder":
        return _cylinder(half, bevel, around)
    if kind == "cone":
        return _stretched(_revolve(*_cone_profile(), around), half)
    if kind == "torus":
        return _torus(half, around)
    raise TaixuError(f"there is no shape {kind!r}; there are {', '.join(SHAPE_KINDS)}")


def _box(half: Array, bevel: float, points: int) -> Mesh:
    steps = np.tan(np.linspace(0.0, np.pi / 4, points)) if bevel > 0 else np.zeros(1)
    parts = []
    for axis in range(3):
        u_axis, v_axis = (axis + 1) % 3, (axis + 2) % 3
        for sign in (1.0, -1.0):
            u = _edge_steps(half[u_axis], bevel, steps)
            v = _edge_steps(half[v_axis], bevel, steps)
            grid_u, grid_v = np.meshgrid(u, v, indexing="ij")
            surface = np.zeros((*grid_u.shape, 3))
            surface[..., axis], surface[..., u_axis], surface[..., v_axis] = sign * half[axis], grid_u, grid_v
            core = np.clip(surface, -(half - bevel), half - bevel)
            outward = surface - core if bevel > 0 else np.broadcast_to(np.eye(3)[axis] * sign, surface.shape)
            normals = outward / np.linalg.norm(outward, axis=-1, keepdims=True)
            uv = np.stack([grid_u / (2 * half[u_axis]) * sign + 0.5, 0.5 - grid_v / (2 * half[v_axis])], -1)
            parts.append(_grid(core + normals * bevel, normals, uv, flip=sign < 0))
    return _join(parts)


def _edge_steps(half: float, bevel: float, steps: Array) -> Array:
    rim = (half - bevel) + bevel * steps
    return np.concatenate([-rim[::-1], rim])


def _plane(half: Array) -> Mesh:
    x, z = np.meshgrid((-1.0, 1.0), (-1.0, 1.0), indexing="ij")
    points = np.stack([x * half[0], np.zeros_like(x), z * half[2]], -1)
    normals = np.broadcast_to((0.0, 1.0, 0.0), points.shape)
    return _grid(points, normals, np.stack([x / 2 + 0.5, z / 2 + 0.5], -1), flip=True)


def _arc(around: int) -> int:
    return max(1, round(around * _ARC_SHARE))


def _arc_profile(lift: float, around: int) -> tuple[Array, Array, Array]:
    """From the south pole to the north: points (radius, y), normals, v. `lift` parts the hemispheres."""
    steps = 2 * _arc(around)
    angles = np.concatenate([np.linspace(-np.pi / 2, 0, steps + 1), np.linspace(0, np.pi / 2, steps + 1)])
    normals = np.stack([np.cos(angles), np.sin(angles)], 1)
    points = normals.copy()
    points[:, 1] += np.where(np.arange(len(angles)) <= steps, -lift, lift)
    return points, normals, (points[:, 1] - points[0, 1]) / (points[-1, 1] - points[0, 1])


def _capsule(half: Array, around: int) -> Mesh:
    radius = min(half[0], half[2], half[1])
    if radius <= 0:
        return _stretched(_revolve(*_arc_profile(0.0, around), around), half)
    points, normals, v = _arc_profile(half[1] / radius - 1.0, around)
    mesh = _revolve(points * radius, normals, v, around)
    return _stretched(mesh, np.array([half[0] / radius, 1.0, half[2] / radius]))


def _cylinder(half: Array, bevel: float, around: int) -> Mesh:
    radius = max(min(half[0], half[2]), 1e-9)
    height = half[1]
    angles = np.linspace(0.0, np.pi / 2, _arc(around) + 1) if bevel > 0 else np.array([0.0, np.pi / 2])
    low = np.stack([np.sin(angles), -np.cos(angles)], 1)
    rim = np.stack([np.full(len(angles), radius - bevel), np.full(len(angles), -height + bevel)], 1) + bevel * low
    points = np.concatenate([[[0.0, -height]], rim, (rim * (1, -1))[::-1], [[0.0, height]]])
    normals = np.concatenate([[[0.0, -1.0]], low, (low * (1, -1))[::-1], [[0.0, 1.0]]])
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    mesh = _revolve(points, normals, length / length[-1], around)
    return _stretched(mesh, np.array([half[0] / radius, 1.0, half[2] / radius]))


def _cone_profile() -> tuple[Array, Array, Array]:
    side = np.array([2.0, 1.0]) / np.sqrt(5.0)
    points = np.array([[0.0, -1.0], [1.0, -1.0], [1.0, -1.0], [0.0, 1.0]])
    return points, np.array([[0.0, -1.0], [0.0, -1.0], side, side]), np.array([0.0, 0.3, 0.3, 1.0])


def _torus(half: Array, around: int) -> Mesh:
    tube = min(half[1], half[0] / 2)
    angles = np.linspace(-np.pi, np.pi, 4 * _arc(around) + 1)
    normals = np.stack([np.cos(angles), np.sin(angles)], 1)
    ring = max(half[0] - tube, 1e-9)
    mesh = _revolve(normals * tube + (ring, 0.0), normals, np.linspace(0, 1, len(angles)), around)
    return _stretched(mesh, np.array([1.0, 1.0, half[2] / max(half[0], 1e-9)]))


def _revolve(points: Array, normals: Array, v: Array, around: int = _AROUND) -> Mesh:
    """Turn a profile (radius, y) that runs upwards around Y."""
    turn = np.linspace(0.0, 2 * np.pi, around + 1)
    sine, cosine = np.sin(turn)[:, None], np.cos(turn)[:, None]

    def spun(pairs: Array) -> Array:
        heights = np.broadcast_to(pairs[:, 1], (len(turn), len(pairs)))
        return np.stack([sine * pairs[:, 0], heights, cosine * pairs[:, 0]], -1)

    uv = np.stack(np.broadcast_arrays(turn[:, None] / (2 * np.pi), 1 - v[None]), -1)
    return _grid(spun(points), spun(normals), uv, flip=False)


def _stretched(mesh: Mesh, factors: Array) -> Mesh:
    """Scale a mesh; normals go by the inverse, and a flattened axis keeps them finite."""
    normals = mesh["NORMAL"] / np.where(factors > 1e-9, factors, 1e-9)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = (normals / np.where(length > 0, length, 1.0)).astype(np.float32)
    return {**mesh, "POSITION": (mesh["POSITION"] * factors).astype(np.float32), "NORMAL": normals}


def _grid(points: Array, normals: Array, uv: Array, *, flip: bool) -> Mesh:
    rows, columns = points.shape[:2]
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1)
    corners = np.stack([first, first + columns, first + columns + 1, first + 1], 1)
    triangles = np.concatenate([corners[:, [0, 1, 2]], corners[:, [0, 2, 3]]])
    if flip:
        triangles = triangles[:, ::-1]
    flat = points.reshape(-1, 3)
    # Poles and unbevelled corners give triangles without area: leave them out.
    a, b, c = (flat[triangles[:, k]] for k in range(3))
    solid = np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-14
    return {
        "POSITION": flat.astype(np.float32),
        "NORMAL": np.ascontiguousarray(normals.reshape(-1, 3), np.float32),
        "TEXCOORD_0": np.ascontiguousarray(uv.reshape(-1, 2), np.float32),
        "indices": np.ascontiguousarray(triangles[solid].reshape(-1), np.uint32),
    }


def _join(parts: list[Mesh]) -> Mesh:
    starts = np.cumsum([0] + [len(part["POSITION"]) for part in parts])
    joined = {name: np.concatenate([part[name] for part in parts]) for name in ("POSITION", "NORMAL", "TEXCOORD_0")}
    indices = [part["indices"] + np.uint32(start) for part, start in zip(parts, starts, strict=False)]
    return {**joined, "indices": np.concatenate(indices)}
