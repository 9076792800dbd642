"""`Complexions`: what expressions do to colours and textures, person by person: somebody blushes, and his twin does not.

Expressions of one model are a matrix, expressions by numbers of materials (lanes of colours, offsets and scales of textures), so
that all faces are one product. Who shows anything of it for the first time gets materials and meshes of his own in the libraries,
which keep the arrays of the model's; later changes replace those materials, and nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.turns import F32
from taixu.animation.pointers import with_values
from taixu.assets.humanoid import Avatar
from taixu.assets.model import Material, ModelData, TextureRef
from taixu.ecs import World
from taixu.scene import MeshInstance
from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary

__all__ = ["Complexion", "Complexions", "complexion_of"]

Handles = NDArray[np.uint64]

_FIELDS = {
    "color": "base_color", "emissionColor": "emissive", "shadeColor": "toon.shade_color", "matcapColor": "toon.matcap_color",
    "rimColor": "toon.rim_color", "outlineColor": "toon.outline_color",
}  # fmt: skip
_LOOKED_UP = "toon.matcap_texture"
"""Has no coordinates of its own, so nothing moves it."""
_STEP = 1.0 / 256.0
"""What changes by less in every number is left as it is."""


@dataclass(frozen=True, slots=True)
class _Lanes:
    """A field of a material: where its numbers lie among all."""

    material: int
    path: str
    lanes: slice


@dataclass(frozen=True, slots=True, eq=False)
class Complexion:
    """What the expressions of a model change.

    Attributes
    ----------
    lanes
        Fields of materials.
    rest
        Their numbers at rest, ``float32[k]``.
    changes
        What each expression adds at full weight, ``float32[e, k]``.
    """

    lanes: tuple[_Lanes, ...]
    rest: F32
    changes: F32

    def values(self, weights: F32) -> F32:
        """Numbers of people ``[k, n]`` by the weights of their expressions ``[e, n]``; colours are never below nothing."""
        found = self.rest[:, None] + self.changes.T @ weights
        for each in self.lanes:
            if not each.path.endswith((".scale", ".offset")):
                np.maximum(found[each.lanes], 0.0, out=found[each.lanes])
        return np.asarray(found, np.float32)


def complexion_of(model: ModelData, avatar: Avatar) -> Complexion | None:
    """What a model's expressions do to its materials; None where that is nothing."""
    lanes: dict[tuple[int, str], slice] = {}
    rest: list[float] = []
    added: list[tuple[int, slice, list[float]]] = []

    def changed(expression: int, material: int, path: str, before: tuple[float, ...], after: tuple[float, ...]) -> None:
        if (material, path) not in lanes:
            lanes[material, path] = slice(len(rest), len(rest) + len(before))
            rest.extend(before)
        added.append((expression, lanes[material, path], [b - a for a, b in zip(before, after, strict=True)]))

    for number, expression in enumerate(avatar.expressions.values()):
        for color in expression.colors:
            path = _FIELDS[color.kind]
            if color.material < len(model.materials) and (before := _value(model.materials[color.material], path)) is not None:
                changed(number, color.material, path, before, color.value[: len(before)])
        for bind in expression.textures:
            for path, texture in _textures(model.materials[bind.material]) if bind.material < len(model.materials) else ():
                changed(number, bind.material, f"{path}.scale", _pair(texture.scale), bind.scale)
                changed(number, bind.material, f"{path}.offset", _pair(texture.offset), bind.offset)
    if not lanes:
        return None
    changes = np.zeros((len(avatar.expressions), len(rest)), np.float32)
    for row, place, difference in added:
        changes[row, place] += difference
    told = tuple(_Lanes(material, path, place) for (material, path), place in lanes.items())
    return Complexion(told, np.array(rest, np.float32), changes)


@dataclass(slots=True, eq=False)
class _Worn:
    """Somebody's own materials: numbers in the library and what they were made of, by the model's number."""

    materials: dict[int, tuple[int, LibraryMaterial]]
    meshes: dict[int, int]
    """Numbers in the `MeshLibrary` by those of the model's meshes."""
    entities: Handles
    """Of the nodes that wear them."""


class Complexions:
    """Whose face shows which colours."""

    def __init__(self) -> None:
        self._worn: dict[int, _Worn] = {}
        self._free: dict[int, list[_Worn]] = {}
        self._shown: dict[int, F32] = {}

    def keep(self, handles: Handles) -> None:
        """Forget all who are not among these; what they wore is for whoever comes."""
        for owner in set(self._worn) - set(handles.tolist()):
            worn = self._worn.pop(owner)
            self._shown.pop(owner, None)
            model = next((entry.model for _, entry in worn.materials.values()), None)
            if model is not None:
                self._free.setdefault(id(model), []).append(worn)

    def show(
        self, world: World, complexion: Complexion, model: ModelData, people: list[tuple[int, Handles]], weights: F32,
        last: F32,
    ) -> None:  # fmt: skip
        """Show expressions' weights ``[e, n]`` of people, owners and the entities of their nodes.

        `last` ``[k, n]`` is what was shown; it is written where that is another now.
        """
        values = complexion.values(weights)
        changed = np.abs(values - last).max(axis=0)
        due = np.flatnonzero((changed > _STEP) | ((changed > 0.0) & (weights == 0.0).all(axis=0)))
        last[:, due] = values[:, due]
        for place in due.tolist():  # those whose colour changes in this very frame
            owner, entities = people[place]
            worn = self._worn.get(owner)
            if worn is None or worn.entities is not entities:  # or the model was placed anew
                worn = self._worn[owner] = self._dress(world, complexion, model, owner, entities)
            for material, (number, entry) in worn.materials.items():
                told = {
                    each.path: tuple(float(part) for part in values[each.lanes, place])
                    for each in complexion.lanes
                    if each.material == material
                }
                made = replace(entry, material=with_values(entry.material, told))
                world.resource(MaterialLibrary).replace(number, made)

    def _dress(self, world: World, complexion: Complexion, model: ModelData, owner: int, entities: Handles) -> _Worn:
        """Give somebody materials of his own, and meshes that have them."""
        meshes, materials = world.resource(MeshLibrary), world.resource(MaterialLibrary)
        wanted = {id(model.materials[each.material]): each.material for each in complexion.lanes}
        free = self._free.get(id(model))
        worn = free.pop() if free else _Worn({}, {}, entities)
        worn.entities = entities
        drawn = [entity for entity in entities.tolist() if entity and world.has(entity, MeshInstance)]
        for entity in drawn:
            number = int(meshes.finest(np.array([world.get(entity, MeshInstance).mesh], np.uint32))[0])
            mesh = meshes[number]
            numbers = list(mesh.materials)
            for place, own in enumerate(numbers):
                material = wanted.get(id(materials[own].material))
                if material is None:
                    continue
                if material not in worn.materials:
                    worn.materials[material] = (materials.put(("complexion", owner, own), materials[own]), materials[own])
                numbers[place] = worn.materials[material][0]
            if numbers != list(mesh.materials):
                if number not in worn.meshes:
                    worn.meshes[number] = meshes.put(("complexion", owner, number), replace(mesh, materials=tuple(numbers)))
                world.set(entity, MeshInstance, mesh=worn.meshes[number])
        return worn


def _value(material: Material, path: str) -> tuple[float, ...] | None:
    """A field by its dotted name; None where the material lacks it."""
    found: Any = material
    for part in path.split("."):
        found = getattr(found, part, None)
    return None if found is None else tuple(float(part) for part in found)


def _textures(material: Material) -> Iterator[tuple[str, TextureRef]]:
    """Dotted names of the textures that a material lays by coordinates."""
    for above, owner in (("", material), ("toon.", material.toon)):
        for each in fields(owner) if owner is not None else ():
            found = getattr(owner, each.name)
            if isinstance(found, TextureRef) and above + each.name != _LOOKED_UP:
                yield above + each.name, found


def _pair(values: Any) -> tuple[float, float]:
    return float(values[0]), float(values[1])
