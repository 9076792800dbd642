"""Tangents for models that bring none, where a material follows them: made once, when a model is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from taixu.assets.material import Material
from taixu.assets.mesh import Mode, Primitive
from taixu.assets.mikktspace import mikktspace_tangents
from taixu.assets.model import ModelData

__all__ = ["add_tangents", "tangent_coordinates", "with_tangents"]


def add_tangents(model: ModelData) -> None:
    """Give the meshes of a model tangents where their materials (or variants of them) need some, in place."""
    count = len(model.materials)
    for mesh in model.meshes:
        for number, primitive in enumerate(mesh.primitives):
            used = {primitive.material, *primitive.variants.values()}
            materials = [model.materials[index] for index in sorted(i for i in used if i is not None and 0 <= i < count)]
            mesh.primitives[number] = with_tangents(primitive, materials)


def with_tangents(primitive: Primitive, materials: Iterable[Material]) -> Primitive:
    """A primitive with tangents where one of the materials needs them; the same one where it has some, or cannot.

    Vertices where tangents part are split, with all that they carry; the first ones stay as they are.
    """
    have = primitive.attributes
    count = primitive.vertex_count
    if "TANGENT" in have or "NORMAL" not in have or primitive.mode < Mode.TRIANGLES or not count:
        return primitive
    if any(len(values) != count for part in (have, *primitive.targets) for values in part.values()):
        return primitive  # whatever it is, it is not for this to mend
    sets = (tangent_coordinates(material) for material in materials)
    coordinates = next((have[f"TEXCOORD_{k}"] for k in sets if k is not None and f"TEXCOORD_{k}" in have), None)
    triangles = primitive.triangles()
    if coordinates is None or not len(triangles) or int(triangles.max()) >= count:
        return primitive
    positions, normals, coordinates = (np.nan_to_num(a) for a in (have["POSITION"], have["NORMAL"], coordinates))
    sources, triangles, tangents = mikktspace_tangents(positions, normals, coordinates, triangles)
    if len(sources) == count and primitive.mode == Mode.TRIANGLES:
        return replace(primitive, attributes={**have, "TANGENT": tangents})
    return replace(
        primitive,
        attributes={**{name: values[sources] for name, values in have.items()}, "TANGENT": tangents},
        targets=[{name: values[sources] for name, values in target.items()} for target in primitive.targets],
        indices=triangles.reshape(-1),
        mode=Mode.TRIANGLES,
    )


def tangent_coordinates(material: Material) -> int | None:
    """The set of texture coordinates that tangents of a material follow; None where it needs no tangents.

    Those of the normal map, as glTF 2.0 says (section 3.7.2.1), else those of the clearcoat's, else of anisotropy.
    """
    if material.unlit:
        return None
    coat, brushed = material.clearcoat, material.anisotropy
    for ref in (material.normal_texture, coat.normal_texture if coat else None, brushed.texture if brushed else None):
        if ref is not None:
            return ref.texcoord
    return 0 if brushed is not None and brushed.strength != 0 else None
