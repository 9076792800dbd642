"""Rapier shapes from ours."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from taixu.errors import TaixuError

from .shapes import Shape, ShapeKind

__all__ = ["native_shape"]


def native_shape(rapier: ModuleType, shape: Shape) -> Any:
    """The `SharedShape` of a checked shape."""
    make = rapier.SharedShape
    if shape.kind is ShapeKind.BOX:
        x, y, z = shape.size_m
        return make.cuboid(x / 2, y / 2, z / 2)
    if shape.kind is ShapeKind.SPHERE:
        return make.ball(shape.radius_m)
    if shape.kind is ShapeKind.CAPSULE:
        return make.capsule_y(shape.height_m / 2, shape.radius_m)
    if shape.kind is ShapeKind.CYLINDER:
        return make.cylinder(shape.height_m / 2, shape.radius_m)
    if shape.kind is ShapeKind.HULL:
        built = make.convex_hull(shape.points.astype(np.float32))
        if built is None:
            raise TaixuError("The points of a hull lie in a plane; give it a volume.")
        return built
    if shape.kind is ShapeKind.HEIGHTFIELD:
        rows, columns = shape.heights_m.shape
        scale = (shape.spacing_m[0] * (columns - 1), 1.0, shape.spacing_m[1] * (rows - 1))
        return make.heightfield(shape.heights_m, scale)
    flags = rapier.TriMeshFlags
    return make.trimesh(
        shape.points, shape.triangles.astype(np.uint32), flags.FIX_INTERNAL_EDGES | flags.DELETE_DEGENERATE_TRIANGLES
    )
