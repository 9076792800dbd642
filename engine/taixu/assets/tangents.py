"""Tangents for models that bring none, where a material follows them: made once, when a model is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Material
from taixu.assets.mesh import Mode, Primitive
from taixu.assets.mikktspace import mikktspace_tangents
from taixu.assets.model import ModelData
from taixu.assets.texture import TextureRef

__all__ = ["add_tangents", "followed_texture", "with_tangents"]


def add_tangents(model: ModelData) -> None:
    """Give the meshes of a model tangents where their materials (or variants of them) need some, in place."""
    count = len(model.materials)
    for mesh in model.meshes:
        for number, primitive in enumerate(mesh.primitives):
            used = dict.fromkeys((primitive.material, *primitive.variants.values()))
            materials = [model.materials[index] for index in used if index is not None and 0 <= index < count]
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
    refs = (followed_texture(material) for material in materials)
    ref = next((ref for ref in refs if ref is not None and f"TEXCOORD_{ref.texcoord}" in have), None)
    triangles = primitive.triangles()
    if ref is None or not len(triangles) or int(triangles.max()) >= count:
        return primitive
    positions, normals, plain = (np.nan_to_num(have[name]) for name in ("POSITION", "NORMAL", f"TEXCOORD_{ref.texcoord}"))
    sources, triangles, tangents = mikktspace_tangents(positions, normals, _laid_out(plain, ref), triangles)
    if len(sources) == count and primitive.mode == Mode.TRIANGLES:
        return replace(primitive, attributes={**have, "TANGENT": tangents})
    return replace(
        primitive,
        attributes={**{name: values[sources] for name, values in have.items()}, "TANGENT": tangents},
        targets=[{name: values[sources] for name, values in target.items()} for target in primitive.targets],
        indices=triangles.reshape(-1),
        mode=Mode.TRIANGLES,
    )


def followed_texture(material: Material) -> TextureRef | None:
    """The texture along whose coordinates the tangents of a material run; None where it needs no tangents.

    It is the normal map, as glTF 2.0 says (section 3.7.2.1), else that of the clearcoat, else of anisotropy.
    """
    if material.unlit:
        return None
    coat, brushed = material.clearcoat, material.anisotropy
    for ref in (material.normal_texture, coat.normal_texture if coat else None, brushed.texture if brushed else None):
        if ref is not None:
            return ref
    return TextureRef(0) if brushed is not None and brushed.strength != 0 else None


def _laid_out(coordinates: NDArray[np.floating], ref: TextureRef) -> NDArray[np.floating]:
    """Coordinates as a texture sees them: a normal map that is turned bends light where it lies, not where it was."""
    if not ref.transformed:
        return coordinates
    c, s = np.cos(ref.rotation_rad), np.sin(ref.rotation_rad)
    linear = np.array([[c, s], [-s, c]]) * np.array(ref.scale)
    if abs(np.linalg.det(linear)) < 1e-12:
        return coordinates  # a texture drawn out to a line has no directions
    return coordinates @ linear.T + np.array(ref.offset)
