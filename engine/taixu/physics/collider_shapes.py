"""Native-ready shapes from `Collider` components."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.errors import TaixuError
from taixu.scene.terrain import HeightField

from . import shapes
from .components import Collider
from .shapes import Shape

__all__ = ["NotLoaded", "ShapeMaker", "model_surface"]

CONE_SIDES = 24
PLANE_THICKNESS_M = 0.1


class NotLoaded(Exception):
    """The collider's model is still loading: ask again later."""


class ShapeMaker:
    """Makes shapes of colliders, sharing those that are equal.

    Parameters
    ----------
    find_model : function
        Gives a model by its source, or None while it loads.
    find_ground : function
        Gives the heights of an entity's terrain by what `make` is told of it.
    """

    def __init__(
        self, find_model: Callable[[str], ModelData | None], find_ground: Callable[[tuple[Any, ...]], HeightField] | None = None
    ) -> None:
        self._find_model = find_model
        self._find_ground = find_ground
        self._surfaces: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {}
        self._made: dict[tuple[Any, ...], Shape] = {}

    def make(self, collider: Collider, scale: NDArray[np.float64], own_model: str, ground: tuple[Any, ...] = ()) -> Shape:
        """The shape of a collider on an entity with this world scale [3], this `Model` source and this `Terrain`.

        Raises
        ------
        NotLoaded
            While its model loads.
        TaixuError
            When it cannot be made.
        """
        size = np.abs(np.asarray(collider.size, np.float64) * scale)
        if collider.shape not in ("hull", "mesh", "heightfield"):
            key = (collider.shape, *size.tolist())
            if key not in self._made:
                if len(self._made) > 4096:
                    self._made.clear()
                self._made[key] = _primitive(collider.shape, size)
            return self._made[key]
        if collider.shape == "heightfield":
            if ground and not collider.data and self._find_ground is not None:
                field = self._find_ground(ground)
                spacing = (field.spacing[0] * abs(float(scale[0])), field.spacing[1] * abs(float(scale[2])))
                return shapes.heightfield(field.heights * np.float32(scale[1]), spacing)
            return _heightfield(collider.data, size, scale)
        points, triangles = self._surface(collider, own_model)
        key = (collider.shape, id(points), *scale.tolist())
        if key not in self._made:
            scaled = points * scale.astype(np.float32)
            if collider.shape == "hull":
                self._made[key] = shapes.hull(scaled)
            else:
                # A mirrored mesh is turned inside out: its triangles are wound the other way.
                mirrored = bool(np.prod(np.sign(scale)) < 0)
                self._made[key] = shapes.mesh(scaled, triangles[:, ::-1] if mirrored else triangles)
        return self._made[key]

    def _surface(self, collider: Collider, own_model: str) -> tuple[NDArray[Any], NDArray[Any]]:
        if isinstance(collider.data, dict) and "points" in collider.data:
            return _listed(collider.data)
        source = collider.source or own_model
        if not source:
            raise TaixuError(f"A collider of shape {collider.shape!r} names no model: set its source or its data.")
        if source not in self._surfaces:
            model = self._find_model(source)
            if model is None:
                raise NotLoaded(source)
            self._surfaces[source] = model_surface(model)
        return self._surfaces[source]


def model_surface(model: ModelData) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """All triangles of a model in its own space: vertices [n, 3] and indices [m, 3]."""
    points: list[NDArray[Any]] = [np.zeros((0, 3), np.float32)]
    triangles: list[NDArray[Any]] = [np.zeros((0, 3), np.int64)]
    count = 0
    stack = [(index, np.eye(4)) for index in model.roots()]
    while stack:
        index, above = stack.pop()
        node = model.nodes[index]
        matrix = above @ node.parent_from_local()
        stack.extend((child, matrix) for child in node.children)
        for primitive in model.meshes[node.mesh].primitives if node.mesh is not None else ():
            corners = primitive.attributes.get("POSITION")
            if corners is None or int(primitive.mode) != 4 or not len(corners):
                continue
            indices = np.arange(len(corners)) if primitive.indices is None else primitive.indices.astype(np.int64)
            points.append((corners @ matrix[:3, :3].T + matrix[:3, 3]).astype(np.float32))
            triangles.append(indices[: len(indices) // 3 * 3].reshape(-1, 3) + count)
            count += len(corners)
    return np.concatenate(points), np.concatenate(triangles)


def _primitive(kind: str, size: NDArray[np.float64]) -> Shape:
    x, y, z = size.tolist()
    round_m = max(x, z) / 2
    if kind == "box":
        return shapes.box(size)
    if kind == "sphere":
        return shapes.sphere(max(x, y, z) / 2)
    if kind == "capsule":
        return shapes.capsule(round_m, max(y - 2 * round_m, 0.0))
    if kind == "cylinder":
        return shapes.cylinder(round_m, y)
    if kind == "plane":
        return shapes.box((x, PLANE_THICKNESS_M, z))
    if kind == "cone":
        angles = np.arange(CONE_SIDES) * (2 * np.pi / CONE_SIDES)
        rim = np.stack([np.cos(angles) * x / 2, np.full(CONE_SIDES, -y / 2), np.sin(angles) * z / 2], axis=1)
        return shapes.hull(np.concatenate([rim, [(0, y / 2, 0)]]))
    raise TaixuError(f"A collider has the shape {kind!r}, which does not exist; see Collider for those that do.")


def _listed(data: dict[str, Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        points = np.asarray(data["points"], np.float32).reshape(-1, 3)
        triangles = np.asarray(data.get("triangles", []), np.int64).reshape(-1, 3)
    except (TypeError, ValueError, OverflowError):
        raise TaixuError("A collider's data holds points or triangles that are not rows of three numbers.") from None
    return points, triangles


def _heightfield(data: Any, size: NDArray[Any], scale: NDArray[Any]) -> Shape:
    """Heights over the area of the collider's size; `spacing` (x, z) overrides that."""
    try:
        heights = np.asarray(data["heights"], np.float32)
        if heights.ndim != 2 or min(heights.shape) < 2:
            raise ValueError
        spacing = data.get("spacing") or (size[0] / (heights.shape[1] - 1), size[2] / (heights.shape[0] - 1))
        x, z = (float(value) for value in spacing)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise TaixuError("A heightfield collider's data needs `heights`, rows of at least two numbers each.") from None
    if "spacing" in data:
        x, z = x * abs(float(scale[0])), z * abs(float(scale[2]))
    return shapes.heightfield(heights * np.float32(scale[1]), (x, z))
