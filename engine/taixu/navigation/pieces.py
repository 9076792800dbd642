"""What stands in a world, as triangles: pieces made of colliders, in world metres."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError
from taixu.physics import shapes
from taixu.physics.hulls import convex_hull
from taixu.physics.poses import rotate
from taixu.physics.shapes import Shape, ShapeKind

__all__ = ["Piece"]

_SIDES = 16
_BOX = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
_BOX_TRIANGLES = np.array([
    [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
    [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
])  # fmt: skip


@dataclass(frozen=True, eq=False)
class Piece:
    """One thing that people walk on, or around.

    Attributes
    ----------
    points : float64 [n, 3]
        In the world.
    triangles : int64 [m, 3]
        Counter-clockwise seen from outside: only what looks up is walked on.
    solid : bool
        Convex and filled: nobody stands inside.
    ground : bool
        Filled down to its lowest point and beyond.
    """

    points: NDArray[np.float64]
    triangles: NDArray[np.int64]
    solid: bool = False
    ground: bool = False
    shape: Shape | None = None
    """Of ground: the heights, which are made into triangles a part at a time, `points` being the corners of its box."""
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @classmethod
    def of_shape(cls, shape: Shape, pose: ArrayLike) -> Piece:
        """A collision shape at a pose (x, y, z, qx, qy, qz, qw) in the world.

        Raises
        ------
        TaixuError
            When a number is not finite.
        """
        where = np.asarray(pose, np.float64)
        level = shape.kind is ShapeKind.HEIGHTFIELD and bool((np.abs(where[3:6]) < 1e-6).all())
        if level and np.isfinite(where).all() and np.isfinite(shape.heights_m).all():
            corners = _BOX * np.ptp(shape.bounds, axis=0) + shape.bounds.mean(axis=0) + where[:3]
            x, y, z = where[:3].tolist()
            return cls(corners, np.zeros((0, 3), np.int64), ground=True, shape=shape, origin=(x, y, z))
        points, triangles = _surface(shape)
        if not (np.isfinite(where).all() and np.isfinite(points).all()):
            raise TaixuError("a collider lies nowhere: its place or its size is not finite, so nobody walks on it")
        placed = rotate(np.broadcast_to(where[3:], (len(points), 4)), points) + where[:3]
        surface = shape.kind is ShapeKind.MESH
        return cls(placed, triangles, solid=not shape.kind.is_surface, ground=not surface and shape.kind.is_surface)

    @classmethod
    def of_triangles(cls, points: ArrayLike, triangles: ArrayLike) -> Piece:
        """A surface of triangles, in world metres.

        Raises
        ------
        TaixuError
            When a number is not finite, or a triangle names a point that there is not.
        """
        places = np.asarray(points, np.float64).reshape(-1, 3)
        corners = np.asarray(triangles, np.int64).reshape(-1, 3)
        if not np.isfinite(places).all():
            raise TaixuError("a navigation mesh was given points that are not finite; give metres")
        if corners.size and not (corners.min() >= 0 and corners.max() < len(places)):
            raise TaixuError("a navigation mesh was given triangles of points that it was not given")
        return cls(places, corners)

    def corners_near(self, low: tuple[float, float], high: tuple[float, float]) -> NDArray[np.float64]:
        """Corners [m, 3, 3] of the triangles that may lie over a rectangle of x and z; of a solid, all."""
        if self.shape is not None:
            return self._ground_near(low, high)
        corners = self.points[self.triangles]
        if self.solid:
            return corners
        least, most = corners.min(axis=1)[:, [0, 2]], corners.max(axis=1)[:, [0, 2]]
        return corners[((least <= high) & (most >= low)).all(axis=1)]

    def _ground_near(self, low: tuple[float, float], high: tuple[float, float]) -> NDArray[np.float64]:
        assert self.shape is not None
        heights, spacing = self.shape.heights_m, np.array(self.shape.spacing_m)
        first = self.bounds[0, [0, 2]]
        size = np.array([heights.shape[1], heights.shape[0]])
        begin = np.clip(np.floor((np.array(low) - first) / spacing).astype(np.int64), 0, size - 1)
        end = np.clip(np.ceil((np.array(high) - first) / spacing).astype(np.int64) + 1, begin + 1, size)
        if (end - begin < 2).any():
            return np.zeros((0, 3, 3))
        (x0, z0), (x1, z1) = begin, end
        part = shapes.heightfield(heights[z0:z1, x0:x1], self.shape.spacing_m)
        points, triangles = part.surface()
        middle = first + (begin + (end - begin - 1) / 2) * spacing
        placed: NDArray[np.float64] = points.astype(np.float64) + np.array([middle[0], self.origin[1], middle[1]])
        return placed[triangles]

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """The box around it, float64 [2, 3]."""
        if not len(self.points):
            return np.zeros((2, 3))
        return np.stack([self.points.min(axis=0), self.points.max(axis=0)])

    @cached_property
    def key(self) -> bytes:
        """A hash of all that it is, to a tenth of a millimetre."""
        digest = hashlib.blake2b(digest_size=16)
        if self.shape is not None:
            digest.update(self.shape.key + np.round(np.array(self.origin) * 1e4).astype(np.int64).tobytes())
        digest.update(np.array([self.solid, self.ground, len(self.points), len(self.triangles)], np.int64).tobytes())
        digest.update(np.round(self.points * 1e4).astype(np.int64).tobytes())
        digest.update(np.ascontiguousarray(self.triangles).tobytes())
        return digest.digest()


def _surface(shape: Shape) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    kind = shape.kind
    if kind.is_surface:
        surface, triangles = shape.surface()
        return surface.astype(np.float64), triangles.astype(np.int64)
    if kind is ShapeKind.BOX:
        return _BOX * np.asarray(shape.size_m), _BOX_TRIANGLES
    if kind is ShapeKind.HULL:
        points: NDArray[np.float64] = shape.points.astype(np.float64)
        faces = convex_hull(points)
        if faces is not None:
            return points, faces
        low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(3), np.zeros(3))
        flat: NDArray[np.float64] = _BOX * (high - low) + (low + high) / 2
        return flat, _BOX_TRIANGLES
    half, radius = shape.height_m / 2, shape.radius_m
    if kind is ShapeKind.CYLINDER:
        return _lathe(np.array([0.0, radius, radius, 0.0]), np.array([-half, -half, half, half]))
    turns = np.linspace(-np.pi / 2, np.pi / 2, 9)
    heights = radius * np.sin(turns) + np.where(turns > 0, half, -half)
    return _lathe(np.maximum(radius * np.cos(turns), 0.0), heights)


def _lathe(radii: NDArray[Any], heights: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A closed body of revolution by its outline, from bottom to top; a little wide, so that the circle lies within."""
    angles = np.arange(_SIDES) * (2 * np.pi / _SIDES)
    wide = radii / np.cos(np.pi / _SIDES)
    points = np.stack(
        [wide[:, None] * np.cos(angles), np.repeat(heights[:, None], _SIDES, axis=1), wide[:, None] * np.sin(angles)], axis=-1
    ).reshape(-1, 3)
    ring, side = np.meshgrid(np.arange(len(radii) - 1), np.arange(_SIDES), indexing="ij")
    a, b = ring * _SIDES + side, ring * _SIDES + (side + 1) % _SIDES
    c, d = a + _SIDES, b + _SIDES
    triangles = np.concatenate([np.stack([a, c, d], axis=-1).reshape(-1, 3), np.stack([a, d, b], axis=-1).reshape(-1, 3)])
    return points, triangles.astype(np.int64)
