"""Collision shapes: plain immutable descriptions that every backend turns into its own.

Sizes follow KHR_implicit_shapes: a box has full extents; a capsule's or cylinder's axis is Y; a capsule's `height` is the
distance between the centres of its two caps (its total height is `height + 2 * radius`). Bulk arrays are copied and
frozen, so that `key` (a hash of the content) identifies a shape for good: backends whose native shapes can
never be freed share them by that key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Shape", "ShapeKind", "box", "capsule", "cylinder", "heightfield", "hull", "mesh", "sphere"]

MAX_HULL_POINTS = 256
"""Hulls with more corners are simplified to those farthest out: narrow phases get slow and inexact beyond this."""


class ShapeKind(IntEnum):
    """What a shape is; `MESH` and `HEIGHTFIELD` have no inside and never move dynamically."""

    BOX = 0
    SPHERE = 1
    CAPSULE = 2
    CYLINDER = 3
    HULL = 4
    MESH = 5
    HEIGHTFIELD = 6

    @property
    def is_surface(self) -> bool:
        return self in (ShapeKind.MESH, ShapeKind.HEIGHTFIELD)


@dataclass(frozen=True, eq=False)
class Shape:
    """One collision shape in its own frame; make one with `box`, `sphere`, ... below.

    Attributes
    ----------
    kind : ShapeKind
    size_m : full extents of a box, float64 [3].
    radius_m, height_m : of spheres, capsules, cylinders.
    points : float32 [n, 3], hull and mesh vertices.
    triangles : int32 [m, 3], mesh indices, counter-clockwise seen from outside.
    heights_m : float32 [rows, columns]; rows run along +Z, columns along +X, centred on the origin.
    spacing_m : distance between heightfield samples along (x, z).
    """

    kind: ShapeKind
    size_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    radius_m: float = 0.0
    height_m: float = 0.0
    points: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    triangles: NDArray[np.int32] = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    heights_m: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    spacing_m: tuple[float, float] = (1.0, 1.0)

    @cached_property
    def key(self) -> bytes:
        """A hash of everything that makes the shape what it is."""
        digest = hashlib.blake2b(digest_size=16)
        scalars = (int(self.kind), *self.size_m, self.radius_m, self.height_m, *self.spacing_m, *self.heights_m.shape)
        digest.update(np.asarray(scalars, np.float64).tobytes())
        for array in (self.points, self.triangles, self.heights_m):
            digest.update(np.int64(array.size).tobytes() + array.tobytes())
        return digest.digest()

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """The axis-aligned box in the shape's own frame, float64 [2, 3]."""
        r, half = self.radius_m, self.height_m / 2
        if self.kind is ShapeKind.BOX:
            top = np.asarray(self.size_m, np.float64) / 2
        elif self.kind is ShapeKind.SPHERE:
            top = np.full(3, r)
        elif self.kind is ShapeKind.CAPSULE:
            top = np.array([r, half + r, r])
        elif self.kind is ShapeKind.CYLINDER:
            top = np.array([r, half, r])
        elif self.kind is ShapeKind.HEIGHTFIELD:
            rows, columns = self.heights_m.shape
            x, z = self.spacing_m[0] * (columns - 1) / 2, self.spacing_m[1] * (rows - 1) / 2
            return np.array([[-x, self.heights_m.min(), -z], [x, self.heights_m.max(), z]], np.float64)
        else:
            return np.stack([self.points.min(axis=0), self.points.max(axis=0)]).astype(np.float64)
        return np.stack([-top, top])

    @property
    def bounding_radius_m(self) -> float:
        """The radius about the shape's origin that holds all of it."""
        return float(np.linalg.norm(np.abs(self.bounds).max(axis=0)))

    def surface(self) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Vertices [n, 3] and triangles [m, 3] of a mesh or heightfield."""
        if self.kind is not ShapeKind.HEIGHTFIELD:
            return self.points, self.triangles
        rows, columns = self.heights_m.shape
        z, x = np.mgrid[0:rows, 0:columns]
        low = self.bounds[0]
        grid = np.stack([low[0] + x * self.spacing_m[0], self.heights_m, low[2] + z * self.spacing_m[1]], axis=-1)
        corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
        near = np.stack([corner, corner + columns, corner + 1], axis=1)
        far = np.stack([corner + 1, corner + columns, corner + columns + 1], axis=1)
        triangles = np.stack([near, far], axis=1).reshape(-1, 3)
        return grid.reshape(-1, 3).astype(np.float32), triangles.astype(np.int32)


def box(size_m: ArrayLike) -> Shape:
    """A box of full extents `size_m` (one number or three)."""
    x, y, z = np.broadcast_to(np.asarray(size_m, np.float64), (3,)).tolist()
    return Shape(ShapeKind.BOX, size_m=(x, y, z))


def sphere(radius_m: float) -> Shape:
    """A ball."""
    return Shape(ShapeKind.SPHERE, radius_m=float(radius_m))


def capsule(radius_m: float, height_m: float) -> Shape:
    """A capsule along Y whose cap centres are `height_m` apart."""
    return Shape(ShapeKind.CAPSULE, radius_m=float(radius_m), height_m=float(height_m))


def cylinder(radius_m: float, height_m: float) -> Shape:
    """A cylinder along Y."""
    return Shape(ShapeKind.CYLINDER, radius_m=float(radius_m), height_m=float(height_m))


def hull(points: ArrayLike) -> Shape:
    """The convex hull of points [n, 3]; above 256 points, of those that reach farthest in 256 directions."""
    array = _frozen(points, np.float32, 3)
    if len(array) > MAX_HULL_POINTS and np.isfinite(array).all():
        array = _frozen(array[_extremes(array, MAX_HULL_POINTS)], np.float32, 3)
    return Shape(ShapeKind.HULL, points=array)


def mesh(points: ArrayLike, triangles: ArrayLike) -> Shape:
    """A triangle mesh, for static and kinematic bodies."""
    return Shape(ShapeKind.MESH, points=_frozen(points, np.float32, 3), triangles=_frozen(triangles, np.int32, 3))


def heightfield(heights_m: ArrayLike, spacing_m: tuple[float, float] = (1.0, 1.0)) -> Shape:
    """A terrain of heights [rows along Z, columns along X], centred on the origin."""
    heights = np.array(heights_m, np.float32, order="C")
    heights.setflags(write=False)
    return Shape(ShapeKind.HEIGHTFIELD, heights_m=heights, spacing_m=(float(spacing_m[0]), float(spacing_m[1])))


def _frozen(values: ArrayLike, dtype: type, width: int) -> NDArray[Any]:
    array: NDArray[Any] = np.array(values, dtype, order="C").reshape(-1, width)
    array.setflags(write=False)
    return array


def _extremes(points: NDArray[Any], count: int) -> NDArray[np.intp]:
    """Indices of the points farthest out along `count` directions spread evenly over the sphere (Fibonacci lattice)."""
    k = np.arange(count) + 0.5
    y = 1 - 2 * k / count
    angle = np.pi * (1 + 5**0.5) * k
    ring = np.sqrt(1 - y * y)
    directions = np.stack([ring * np.cos(angle), y, ring * np.sin(angle)])
    return np.unique(np.argmax(points.astype(np.float64) @ directions, axis=0))
