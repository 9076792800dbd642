"""Models become entities: a node each, below the entity that has the `Model`."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.levels import levels_of
from taixu.assets.model import ModelData
from taixu.ecs import NOBODY, World
from taixu.ecs.entity import mix64
from taixu.scene.components import Camera, FromModel, Light, MeshInstance, Name, Parent, Transform, Visibility
from taixu.scene.levels import put_model_levels
from taixu.scene.library import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLibrary

__all__ = ["ModelHooks", "Spawned", "spawn_model"]

Handles = NDArray[np.uint64]

_TEXTURE = re.compile(r"\btexture=(\d+)")
_CHILD_NUMBERS = np.uint64(0xC41D_0000_0000_0001)


@dataclass(frozen=True, slots=True)
class Spawned:
    """A model that stands in the world."""

    owner: int
    model: ModelData
    entities: Handles
    """By node index; `NOBODY` for nodes outside the shown scene."""


@dataclass(slots=True)
class ModelHooks:
    """What later layers make of a model's nodes: skins, clips, bodies (a resource)."""

    functions: list[Callable[[World, Spawned], None]] = field(default_factory=list)

    def fork(self, world: World) -> ModelHooks:
        return self


def spawn_model(
    world: World, owner: int, model: ModelData, *, key: Hashable = None, variant: str = "", cast_shadow: bool = True,
    material: int = 0, share_looks: bool = False,
) -> Spawned:
    """Spawn the nodes of a model below `owner`.

    Parameters
    ----------
    key
        Says which model it is, so that meshes and materials are shared by all that stand; the object by default.
    variant
        Name of a material variant; an unknown one shows the default.
    material
        Number in the `MaterialLibrary` of what all of it looks like, in place of its own materials.
    share_looks
        Whether materials that are equal in all that they say, and in their pictures, are one with those of other models.
    """
    key = id(model) if key is None else key
    variants = model.variants.index(variant) if variant in model.variants else -1
    levels = levels_of(model)
    coarser = {each for found in levels.values() for each in found.nodes[1:]}
    shown = [each for each in _reachable(model) if each not in coarser]
    nodes = [model.nodes[index] for index in shown]
    entities = np.zeros(len(model.nodes), np.uint64)
    if shown:
        entities[shown] = world.spawn_batch(
            len(shown),
            {
                Transform: {
                    "translation": np.stack([node.translation for node in nodes], 1),
                    "rotation": np.stack([node.rotation for node in nodes], 1),
                    "scale": np.stack([node.scale for node in nodes], 1),
                },
                Name: {"text": _texts([node.name for node in nodes])},
                FromModel: {"owner": owner, "node": np.array(shown, np.int32)},
                Parent: {"entity": owner},
            },
            stable_ids=_child_ids(world, owner, np.array(shown)),
        )
        above = [NOBODY if node.parent is None else int(entities[node.parent]) for node in nodes]
        world.scatter(entities[shown], Parent, "entity", np.array([one or owner for one in above], np.uint64))
    spawned = Spawned(owner, model, entities)
    looks = _looks_of(model) if share_looks else None
    _add_meshes(world, spawned, shown, key, (variants, material), cast_shadow, looks)
    for found in levels.values():
        put_model_levels(
            world.resource(MeshLibrary), world.resource(MaterialLibrary), model, found,
            lambda mesh: _mesh_number(world, model, key, mesh, (variants, material), looks),
        )  # fmt: skip
    _add_rest(world, spawned, shown)
    for function in world.resource(ModelHooks).functions if world.has_resource(ModelHooks) else ():
        function(world, spawned)
    return spawned


def _reachable(model: ModelData) -> list[int]:
    found: list[int] = []
    waiting = list(model.roots())[::-1]
    while waiting:
        index = waiting.pop()
        found.append(index)
        waiting.extend(model.nodes[index].children[::-1])
    return found


def _child_ids(world: World, owner: int, numbers: NDArray[Any]) -> Handles:
    """Stable ids that depend on nothing but the owner's and the node's number."""
    base = np.uint64(world.stable_id(owner))
    # Numbers far from those that `World` draws ids from: owner 1's child 2 must not be owner 2's child 1.
    ids = mix64(mix64(numbers.astype(np.uint64) + _CHILD_NUMBERS) ^ base)
    ids[ids == 0] = 1
    return ids


def _texts(texts: list[str]) -> NDArray[Any]:
    column = np.empty(len(texts), object)
    column[:] = texts
    return column


def _add_meshes(
    world: World, spawned: Spawned, shown: list[int], key: Hashable, look: tuple[int, int], cast_shadow: bool,
    looks: list[Hashable] | None,
) -> None:  # fmt: skip
    model = spawned.model
    placed = {place: mesh for place in shown if (mesh := model.nodes[place].mesh) is not None}
    numbers = {mesh: _mesh_number(world, model, key, mesh, look, looks) for mesh in dict.fromkeys(placed.values())}
    single = [place for place in placed if model.nodes[place].instances is None]
    if single:
        meshes = np.array([numbers[placed[place]] for place in single], np.uint32)
        world.insert(spawned.entities[single], {MeshInstance: {"mesh": meshes, "cast_shadow": cast_shadow}})
    for place, mesh in placed.items():
        copies = model.nodes[place].instances
        if copies is None:
            continue
        count = len(copies.translations)
        world.spawn_batch(
            count,
            {
                Transform: {
                    "translation": copies.translations.T, "rotation": copies.rotations.T, "scale": copies.scales.T
                },
                FromModel: {"owner": spawned.owner, "node": place},
                Parent: {"entity": int(spawned.entities[place])},
                MeshInstance: {"mesh": numbers[mesh], "cast_shadow": cast_shadow},
            },
            stable_ids=_child_ids(world, int(spawned.entities[place]), np.arange(count)),
        )


def _mesh_number(
    world: World, model: ModelData, key: Hashable, index: int, look: tuple[int, int], looks: list[Hashable] | None
) -> int:
    """`look`: a variant, and a material that is shown instead of all; `looks`: keys of materials that others have too."""
    (variant, instead), meshes, materials = look, world.resource(MeshLibrary), world.resource(MaterialLibrary)
    number = meshes.find((key, index, look))
    if number is not None:
        return number
    mesh = model.meshes[index]
    chosen = [primitive.variants.get(variant, primitive.material) for primitive in mesh.primitives]
    return meshes.put(
        (key, index, look),
        LibraryMesh(
            tuple(mesh.primitives),
            tuple(
                instead or (0 if material is None else _material_number(materials, model, key, material, looks))
                for material in chosen
            ),
            mesh.weights,
        ),
    )


def _material_number(
    materials: MaterialLibrary, model: ModelData, key: Hashable, index: int, looks: list[Hashable] | None
) -> int:
    own = (key, index) if looks is None else looks[index]
    number = materials.find(own)
    return materials.put(own, LibraryMaterial(model.materials[index], model)) if number is None else number


def _looks_of(model: ModelData) -> list[Hashable]:
    """All that each material says; its pictures by their bytes, which remember their hashes."""
    textures = []
    for texture in model.textures:
        images = [model.images[each] for each in (texture.image, texture.fallback) if each is not None]
        told = [str(image.path) if image.data is None else f"{len(image.data)}:{hash(image.data)}" for image in images]
        sampler = None if texture.sampler is None else model.samplers[texture.sampler]
        textures.append(f"texture={told}{sampler}")
    return [
        ("look", _TEXTURE.sub(lambda found: textures[int(found[1])] if int(found[1]) < len(textures) else "", repr(material)))
        for material in model.materials
    ]


def _add_rest(world: World, spawned: Spawned, shown: list[int]) -> None:
    for place in shown:
        node, entity = spawned.model.nodes[place], int(spawned.entities[place])
        if not node.visible:
            world.insert(entity, Visibility(visible=False))
        if node.camera is not None:
            found = spawned.model.cameras[node.camera]
            world.insert(entity, Camera(
                fov_y_rad=found.yfov_rad, near_m=max(found.znear, 1e-4),
                far_m=0.0 if np.isinf(found.zfar) else found.zfar,
                height_m=2 * found.ymag if found.kind == "orthographic" else 0.0, priority=-1,
            ))
        if node.light is not None:
            lamp = spawned.model.lights[node.light]
            world.insert(entity, Light(
                kind=lamp.kind, color=lamp.color, intensity=lamp.intensity,
                range_m=0.0 if np.isinf(lamp.range_m) else lamp.range_m,
                inner_angle_rad=lamp.inner_cone_rad, outer_angle_rad=lamp.outer_cone_rad,
            ))
