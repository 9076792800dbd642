"""Simple bodies as triangles: boxes, and what turns about an axis."""

from __future__ import annotations

from math import pi

import numpy as np
from numpy.typing import NDArray

from taixu.assets.mesh import Primitive

__all__ = ["box_primitive", "turned_primitive"]


def box_primitive(size: tuple[float, float, float]) -> Primitive:
    """A box of full extents `size` about the origin, with sharp edges."""
    normals = np.concatenate([np.eye(3), -np.eye(3)])
    rights = np.roll(normals, 1, axis=1)
    ups = np.cross(normals, rights)
    corners = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1)))
    positions = normals[:, None] + corners[:, :1] * rights[:, None] + corners[:, 1:] * ups[:, None]
    faces = np.arange(6)[:, None, None] * 4 + np.array(((0, 1, 2), (0, 2, 3)))
    half = np.array(size) / 2
    return _primitive(positions.reshape(-1, 3) * half, np.repeat(normals, 4, axis=0), faces.reshape(-1, 3))


def turned_primitive(kind: str, *, radius_m: float, length_m: float = 0.0, sides: int = 32) -> Primitive:
    """A ``sphere``, ``cylinder`` or ``capsule`` about the origin, along Z; a capsule's length leaves out its caps."""
    half = length_m / 2
    if kind == "cylinder":
        profile = [(0, half, 0, 1), (radius_m, half, 0, 1), (radius_m, half, 1, 0), (radius_m, -half, 1, 0),
                   (radius_m, -half, 0, -1), (0, -half, 0, -1)]
        rows = np.array(profile, float)
    else:
        angles = np.linspace(0.0, pi, sides // 2 + 2 - sides // 2 % 2)
        lift = np.where(np.arange(len(angles)) * 2 < len(angles), half, -half) if kind == "capsule" else 0.0
        sines, cosines = np.sin(angles), np.cos(angles)
        rows = np.stack([radius_m * sines, radius_m * cosines + lift, sines, cosines], axis=1)
    turns = np.linspace(0.0, 2 * pi, sides + 1)
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    heights = np.repeat(rows[:, None, [1, 3]], sides + 1, axis=1)
    points = np.concatenate([rows[:, None, :1] * ring, heights[..., :1]], axis=2)
    normals = np.concatenate([rows[:, None, 2:3] * ring, heights[..., 1:]], axis=2)
    across = np.arange(sides)
    quads = []
    for row in range(len(rows) - 1):
        a, b = row * (sides + 1) + across, (row + 1) * (sides + 1) + across
        quads.append(np.concatenate([np.stack([a, b, b + 1], 1), np.stack([a, b + 1, a + 1], 1)]))
    faces = np.concatenate(quads)
    flat = points.reshape(-1, 3)
    corners = flat[faces]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return _primitive(flat, normals.reshape(-1, 3), faces[areas > 1e-12 * max(radius_m, length_m, 1e-12) ** 2])


def _primitive(positions: NDArray[np.float64], normals: NDArray[np.float64], faces: NDArray[np.int64]) -> Primitive:
    attributes = {"POSITION": positions.astype(np.float32), "NORMAL": normals.astype(np.float32)}
    return Primitive(attributes, faces.astype(np.uint32).reshape(-1))
