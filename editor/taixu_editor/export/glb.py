"""A world, or a part of it, as one model: what is drawn, the lights and the cameras, as they stand now."""

from __future__ import annotations

import logging
from dataclasses import fields, is_dataclass, replace
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets import model as assets
from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.math.affine import decompose
from taixu.scene import Camera, Hierarchy, Light, MaterialLibrary, MeshInstance, MeshLibrary, Name, Node, Parent, Transform

__all__ = ["export_model"]

_log = logging.getLogger(__name__)


def export_model(world: World, entities: NDArray[np.uint64] | None = None, *, name: str = "world") -> assets.ModelData:
    """A model of some entities with all below them; of everything where none are named.

    Skins stand in their rest pose, and scripts, bodies and sounds stay behind: glTF has no words for them. Lights that are
    areas become wide spots for the same reason, and the log says so.

    Raises
    ------
    TaixuError
        When there is nothing to export.
    """
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    if entities is None:
        handles = np.concatenate([np.empty(0, np.uint64), *(table.entities for table in world.query(Transform))])
    else:
        below = hierarchy.descendants_of(indices_of(entities))
        found = np.concatenate([entities, world.living(world.entities_at(below))])
        handles = np.array([each for each in dict.fromkeys(found.tolist()) if world.has(each, Transform)], np.uint64)
    if not len(handles):
        raise TaixuError("there is nothing to export; select something that stands in the world")
    return _Exporter(world, handles, name).model


class _Exporter:
    def __init__(self, world: World, handles: NDArray[np.uint64], name: str) -> None:
        self.world = world
        self.model = assets.ModelData(name=name)
        self._meshes: dict[int, int] = {}
        self._materials: dict[int, int] = {}
        self._numbers = {handle: i for i, handle in enumerate(handles.tolist())}
        self.model.nodes = [self._node(handle) for handle in handles.tolist()]
        roots = [i for i, node in enumerate(self.model.nodes) if node.parent is None]
        for i, node in enumerate(self.model.nodes):
            if node.parent is not None:
                self.model.nodes[node.parent].children.append(i)
        self.model.scenes, self.model.scene = [assets.Scene(name=name, nodes=roots)], 0

    def _node(self, handle: int) -> assets.Node:
        world, place = self.world, Node(self.world, handle)
        parent = world.get(handle, Parent).entity if world.has(handle, Parent) else 0
        above = self._numbers.get(int(parent))
        matrix = place.world_matrix if above is None else place.local_matrix
        translation, rotation, scale = (np.asarray(part, np.float32) for part in decompose(matrix))
        node = assets.Node(parent=above, translation=translation, rotation=rotation, scale=scale)
        node.name = str(world.get(handle, Name).text) if world.has(handle, Name) else ""
        if world.has(handle, MeshInstance):
            instance = world.get(handle, MeshInstance)
            node.visible = bool(instance.visible)
            if instance.mesh:
                finest = world.resource(MeshLibrary).finest(np.array([instance.mesh], np.uint32))
                node.mesh = self._mesh(int(finest[0]), node.name)
        if world.has(handle, Light):
            node.light = self._light(world.get(handle, Light), node.name)
        if world.has(handle, Camera):
            node.camera = self._camera(world.get(handle, Camera), node.name)
        return node

    def _mesh(self, number: int, name: str) -> int | None:
        found = self._meshes.get(number)
        if found is None:
            entry = self.world.resource(MeshLibrary)[number]
            if not entry.primitives:
                return None
            primitives = [
                replace(primitive, material=self._material(material) if material else None, variants={})
                for primitive, material in zip(entry.primitives, entry.materials, strict=True)
            ]
            self.model.meshes.append(assets.Mesh(name=name, primitives=primitives, weights=entry.weights))
            found = self._meshes[number] = len(self.model.meshes) - 1
        return found

    def _material(self, number: int) -> int:
        found = self._materials.get(number)
        if found is None:
            entry = self.world.resource(MaterialLibrary)[number]
            self.model.materials.append(self._with_textures(entry.material, entry.model, {}))
            found = self._materials[number] = len(self.model.materials) - 1
        return found

    def _with_textures(self, value: Any, source: assets.ModelData, done: dict[int, int]) -> Any:
        """A material, or a layer of one, whose texture references are this model's."""
        changed = {}
        for fld in fields(value):
            part = getattr(value, fld.name)
            if isinstance(part, assets.TextureRef):
                changed[fld.name] = replace(part, texture=self._texture(part.texture, source, done))
            elif is_dataclass(part) and not isinstance(part, type):
                changed[fld.name] = self._with_textures(part, source, done)
        return replace(value, **changed)

    def _texture(self, number: int, source: assets.ModelData, done: dict[int, int]) -> int:
        if number not in done:
            texture = source.textures[number]
            image = sampler = None
            if texture.image is not None:
                self.model.images.append(source.images[texture.image])
                image = len(self.model.images) - 1
            if texture.sampler is not None:
                self.model.samplers.append(source.samplers[texture.sampler])
                sampler = len(self.model.samplers) - 1
            self.model.textures.append(replace(texture, image=image, sampler=sampler))
            done[number] = len(self.model.textures) - 1
        return done[number]

    def _light(self, light: Any, name: str) -> int:
        r, g, b = (float(v) for v in light.color)
        is_area = light.kind == "area"
        if is_area:
            _log.warning("the light %r is exported as a wide spot: glTF has no lights that are areas", name)
        self.model.lights.append(assets.Light(
            name=name, kind="spot" if is_area else light.kind, color=(r, g, b), intensity=float(light.intensity),
            range_m=float(light.range_m) or float("inf"), inner_cone_rad=0.0 if is_area else float(light.inner_angle_rad),
            outer_cone_rad=pi / 2 if is_area else float(light.outer_angle_rad),
        ))  # fmt: skip
        return len(self.model.lights) - 1

    def _camera(self, camera: Any, name: str) -> int:
        half = float(camera.height_m) / 2
        self.model.cameras.append(assets.Camera(
            name=name, kind="orthographic" if half else "perspective", yfov_rad=float(camera.fov_y_rad), xmag=half or 1.0,
            ymag=half or 1.0, znear=float(camera.near_m), zfar=float(camera.far_m) or (1000.0 if half else float("inf")),
        ))  # fmt: skip
        return len(self.model.cameras) - 1
