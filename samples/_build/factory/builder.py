"""Puts a model together: nodes in a hierarchy, and solids on them, one primitive for each material of a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import cos, sin
from typing import Any

import numpy as np

from taixu.assets.model import Image, Material, Mesh, ModelData, Node, Primitive, Scene, Texture, TextureRef

from .paints import PAINTS
from .solids import Solid, Vector

__all__ = ["Builder"]


class Builder:
    """A model in the making; paints are used by name, and only those that are used come into the file."""

    def __init__(self, name: str, paints: Mapping[str, dict[str, Any]] = PAINTS) -> None:
        self.model = ModelData(name=name, scenes=[Scene()], scene=0)
        self._paints = paints
        self._paint_of: dict[str, int] = {}
        self._parts: dict[tuple[int, int], list[tuple[Solid, np.ndarray | None]]] = {}

    def node(
        self, name: str, at: Vector = (0, 0, 0), *, parent: int | None = None, turn: tuple[Vector, float] | None = None
    ) -> int:
        """A place; gives its index."""
        index = len(self.model.nodes)
        made = Node(name=name, parent=parent, translation=np.array(at, np.float32))
        if turn is not None:
            axis, angle = np.array(turn[0], float) / np.linalg.norm(turn[0]), turn[1]
            made.rotation = np.array([*(axis * sin(angle / 2)), cos(angle / 2)], np.float32)
        self.model.nodes.append(made)
        if parent is None:
            self.model.scenes[0].nodes.append(index)
        else:
            self.model.nodes[parent].children.append(index)
        return index

    def add(self, node: int, paint: str, *solids: Solid, at: Vector = (0, 0, 0), uv_m: float = 0.0) -> None:
        """Solids onto a node. With `uv_m` texture coordinates are laid on flat, one repeat in so many metres."""
        number = self._paint(paint)
        for solid in solids:
            moved = solid.moved(at) if any(at) else solid
            self._parts.setdefault((node, number), []).append((moved, _flat_uv(moved, uv_m) if uv_m else None))

    def texture(self, paint: str, images: dict[str, bytes]) -> None:
        """Give a paint its pictures: ``color``, ``normal``, ``surface`` (roughness in green, metallic in blue), as JPEG."""
        references = {}
        for kind, data in images.items():
            self.model.images.append(Image(name=f"{paint}_{kind}", mime="image/jpeg", data=data))
            self.model.textures.append(Texture(image=len(self.model.images) - 1))
            references[kind] = TextureRef(texture=len(self.model.textures) - 1)
        material = self.model.materials[self._paint(paint)]
        material.base_color_texture = references.get("color")
        material.normal_texture = references.get("normal")
        material.metallic_roughness_texture = references.get("surface")
        if "surface" in references:
            material.roughness = 1.0

    def finish(self) -> ModelData:
        """The model, with all solids of a node and paint in one primitive."""
        for (node, number), parts in self._parts.items():
            owner = self.model.nodes[node]
            if owner.mesh is None:
                owner.mesh = len(self.model.meshes)
                self.model.meshes.append(Mesh(name=owner.name))
            self.model.meshes[owner.mesh].primitives.append(_primitive(parts, number))
        return self.model

    def _paint(self, name: str) -> int:
        if name not in self._paint_of:
            self._paint_of[name] = len(self.model.materials)
            self.model.materials.append(Material(name=name, **self._paints[name]))
        return self._paint_of[name]


def _primitive(parts: Iterable[tuple[Solid, np.ndarray | None]], material: int) -> Primitive:
    positions, normals, coordinates, triangles, count = [], [], [], [], 0
    for solid, uv in parts:
        positions.append(solid.positions)
        normals.append(solid.normals)
        triangles.append(solid.triangles + count)
        if uv is not None:
            coordinates.append(uv)
        count += len(solid.positions)
    attributes = {
        "POSITION": np.concatenate(positions).astype(np.float32), "NORMAL": np.concatenate(normals).astype(np.float32),
    }  # fmt: skip
    if coordinates:
        attributes["TEXCOORD_0"] = np.concatenate(coordinates).astype(np.float32)
    return Primitive(attributes, np.concatenate(triangles).astype(np.uint32).ravel(), material=material)


def _flat_uv(solid: Solid, metres: float) -> np.ndarray:
    """Coordinates by the axis that a vertex looks along."""
    axis = np.abs(solid.normals).argmax(axis=1)
    x, y, z = solid.positions.T / metres
    u, v = np.select([axis == 0, axis == 1], [z, x], x), np.select([axis == 0, axis == 1], [y, z], y)
    return np.stack([u, v], 1)
