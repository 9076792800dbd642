"""Buildings that were modelled: their own walls and roofs, with rows of windows on what stands upright, tiles on what slopes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.assets.geodata import Solid
from taixu.generate.places.buildings.mid_level import picture_name
from taixu.generate.places.buildings.plans import Array, parts_of, triangulate
from taixu.generate.places.buildings.soup import Frame, Soup
from taixu.generate.places.buildings.style import Style

__all__ = ["Face", "dress_solid", "faces_of"]

_UPRIGHT = 0.35
"""Walls lean less than this: the upward part of their unit normal."""
_FLAT = 0.985


@dataclass(frozen=True)
class Face:
    """A planar part of a solid: its frame (u level, v up along it), its shape in that frame, what it is."""

    frame: Frame
    shape: Any
    kind: str
    rise: float


def faces_of(solid: Solid) -> tuple[list[Face], int]:
    """Faces of a solid, in the world's axes; and how many of its polygons enclose nothing.

    Triangles and panels that lie in one plane and touch are one face, so that windows stand in rows across them.
    """
    import shapely

    planes: dict[tuple[Any, ...], list[tuple[Any, str]]] = {}
    frames: dict[tuple[Any, ...], tuple[Frame, Array]] = {}
    points = np.stack([solid.points[:, 0], solid.points[:, 2], -solid.points[:, 1]], 1)
    empty = 0
    for rings, surface in zip(solid.polygons, solid.surfaces):
        ring = points[rings[0]]
        normal = _newell(ring)
        long = float(np.linalg.norm(normal))
        if long < 2e-3:
            empty += 1
            continue
        normal = normal / long
        kind = surface or ("wall" if abs(normal[1]) < _UPRIGHT else "roof" if normal[1] > 0 else "ground")
        # The plane's normal and distance in coarse steps, so that what is almost in one plane is.
        key = (kind, *np.round(normal * 24).astype(int).tolist(), round(float(ring.mean(0) @ normal) / 0.12))
        if key not in frames:
            u = np.array([normal[2], 0.0, -normal[0]])
            u = u / np.linalg.norm(u) if float(np.hypot(u[0], u[2])) > 1e-3 else np.array([1.0, 0.0, 0.0])
            frames[key] = (Frame(ring[0], u, np.cross(normal, u), normal), normal)
            planes[key] = []
        frame, _ = frames[key]
        flat = [np.stack([(points[row] - frame.origin) @ frame.u, (points[row] - frame.origin) @ frame.v], 1) for row in rings]
        shape = shapely.Polygon(flat[0], flat[1:])
        if not shape.is_valid:
            shape = shapely.make_valid(shape)
        planes[key].append((shape, surface))
    made = []
    for key, shapes in planes.items():
        frame, normal = frames[key]
        whole = shapely.union_all([shape for shape, _ in shapes], grid_size=0.001)
        made += [Face(frame, part, key[0], float(normal[1])) for part in parts_of(whole) if part.area > 0.02]
    return made, empty


def dress_solid(
    faces: Sequence[Face], style: Style, looks: dict[str, str], *, ground_m: float, storey_m: float
) -> tuple[Soup, Soup]:
    """Two levels of a building: façades as pictures, and plain colours."""
    near, far = Soup(), Soup()
    for face in faces:
        if face.kind == "ground":
            continue
        covering = looks["flat"] if face.rise > _FLAT or face.rise < 0 else looks["covering"]
        if face.kind == "wall":
            _wall(near, face, style, looks, ground_m=ground_m, storey_m=storey_m)
        else:
            near.polygon(covering, face.frame, face.shape)
        plain = "flat_" + (looks["wall"] if face.kind == "wall" else covering)
        for part in parts_of(face.shape):
            points, triangles = triangulate(part)
            world = face.frame.at(np.column_stack([points, np.zeros(len(points))]))
            far.add(plain, world, points * (1, -1), triangles, np.broadcast_to(face.frame.n, world.shape))
    return near, far


def _wall(soup: Soup, face: Face, style: Style, looks: dict[str, str], *, ground_m: float, storey_m: float) -> None:
    """A wall in bands of storeys, counted from the building's ground, with as many bays as fit between its ends."""
    import shapely

    x0, _, x1, top = face.shape.bounds
    wide = x1 - x0
    upright = max(abs(float(face.frame.v[1])), 0.2)
    floor = (ground_m - float(face.frame.origin[1])) / upright  # where the ground lies in the face's frame
    if wide < 1.3 or top - floor < 2.0:
        soup.polygon(looks["wall"], face.frame, face.shape)
        return
    across = max(1, round(wide / (2 * style.numbers["bay"]))) / wide
    step = storey_m / upright
    first = floor + step
    left = face.shape
    bands = [("Ground" if "Ground" in style.rules else "Storey", floor, first, 1)]
    rows = math.floor((top - first) / step + 0.35)
    if rows:
        bands.append(("Storey", first, first + rows * step, rows))
    for rule, start, end, count in bands:
        if rule not in style.rules:
            continue
        band = shapely.box(x0 - 1.0, start, x1 + 1.0, end)
        for part in parts_of(face.shape.intersection(band)):
            if part.area < 1e-3:
                continue
            points, triangles = triangulate(part)
            world = face.frame.at(np.column_stack([points, np.zeros(len(points))]))
            uvs = np.column_stack([(points[:, 0] - x0) * across, (start - points[:, 1]) * count / (end - start)])
            soup.add(picture_name(style, looks, rule), world, uvs, triangles, np.broadcast_to(face.frame.n, world.shape))
        left = left.difference(band)
    soup.polygon(looks["wall"], face.frame, left)


def _newell(ring: Array) -> Array:
    """Twice the area of a ring times its normal (Newell's method, Tampieri, Graphics Gems III, 1992)."""
    a, b = ring, np.roll(ring, -1, 0)
    found: Array = np.stack([
        ((a[:, 1] - b[:, 1]) * (a[:, 2] + b[:, 2])).sum(), ((a[:, 2] - b[:, 2]) * (a[:, 0] + b[:, 0])).sum(),
        ((a[:, 0] - b[:, 0]) * (a[:, 1] + b[:, 1])).sum(),
    ])  # fmt: skip
    return found
