"""The model in its new texture: primitives, material and pictures put together, and what nobody uses any more left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import encode_png
from taixu.assets.material import Material
from taixu.assets.mesh import Primitive
from taixu.assets.model import ModelData
from taixu.assets.texture import Image, Sampler, Texture, TextureRef, Wrap
from taixu.generate.mesh_texturing.subject import BEFORE, Surface
from taixu.generate.provenance.content import hash_pixels
from taixu.generate.provenance.marking import mark_pixels

__all__ = ["dress", "is_solid", "pruned", "srgb_bytes"]

_PNG_LEVEL = 3
_GONE = ("COLOR_", BEFORE)
"""Colours of vertices would tint the texture."""
_DRAWN_THROUGH = ("BLEND", "MASK")


def is_solid(model: ModelData, primitive: Primitive) -> bool:
    """Whether a primitive is opaque: glass and cut-out leaves would lose what they are with their texture."""
    if primitive.material is None or not 0 <= primitive.material < len(model.materials):
        return True
    material = model.materials[primitive.material]
    return material.alpha_mode not in _DRAWN_THROUGH and material.transmission is None


def srgb_bytes(linear: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Linear numbers as sRGB bytes (IEC 61966-2-1)."""
    c = np.clip(linear, 0.0, 1.0)
    encoded = np.where(c <= 0.0031308, c * 12.92, 1.055 * np.power(np.maximum(c, 1e-9), 1 / 2.4) - 0.055)
    return np.rint(encoded * 255.0).astype(np.uint8)


def dress(
    model: ModelData, surfaces: Sequence[Surface], pictures: Mapping[str, NDArray[np.uint8]], *, name: str,
    metallic: float = 1.0, roughness: float = 1.0, glow: float = 0.0, is_marked: bool = True,
) -> tuple[ModelData, str]:  # fmt: skip
    """A model whose painted surfaces wear pictures, and the mark that its colours bear (empty where they have no room for one).

    Parameters
    ----------
    pictures
        ``base_color`` (sRGB), and perhaps ``normal``, ``orm`` and ``emission`` (sRGB), uint8 [n, n, 3].
    metallic, roughness
        Factors.
    glow
        How strong an emission of 1 is.
    is_marked
        Whether its colours are marked as made.
    """
    colors, mark = pictures["base_color"], ""
    if is_marked:
        colors, mark = mark_pixels(colors, hash_pixels(colors))
    worn = {**pictures, "base_color": colors}
    images = [
        Image(name=f"{name}_{role}", mime="image/png", data=encode_png(each, level=_PNG_LEVEL)) for role, each in worn.items()
    ]
    first = len(model.textures)
    refs = {role: TextureRef(first + number) for number, role in enumerate(worn)}
    material = Material(
        name=name, base_color_texture=refs["base_color"], normal_texture=refs.get("normal"),
        metallic_roughness_texture=refs.get("orm"), occlusion_texture=_copy(refs.get("orm")), metallic=metallic,
        roughness=roughness, emissive_texture=refs.get("emission"), emissive=(1.0, 1.0, 1.0) if "emission" in refs else (0, 0, 0),
        emissive_strength=max(glow, 1.0) if "emission" in refs else 1.0,
    )  # fmt: skip
    meshes = [replace(mesh, primitives=list(mesh.primitives)) for mesh in model.meshes]
    number = len(model.materials)
    for surface in (each for each in surfaces if each.is_painted):
        old = surface.primitive.material
        is_double = old is not None and 0 <= old < number and model.materials[old].double_sided
        attributes = {key: values for key, values in surface.primitive.attributes.items() if not key.startswith(_GONE)}
        targets = [{k: v for k, v in target.items() if not k.startswith("COLOR_")} for target in surface.primitive.targets]
        meshes[surface.mesh].primitives[surface.number] = replace(
            surface.primitive, attributes=attributes, targets=targets, material=number + is_double, variants={}, extensions={}
        )
    new_textures = [Texture(image=len(model.images) + at, sampler=len(model.samplers)) for at in range(len(worn))]
    dressed = replace(
        model, meshes=meshes, materials=[*model.materials, material, replace(material, double_sided=True)],
        images=[*model.images, *images],
        textures=[*model.textures, *new_textures],
        samplers=[*model.samplers, Sampler(wrap_s=Wrap.CLAMP_TO_EDGE, wrap_t=Wrap.CLAMP_TO_EDGE)], path=None, notes=[],
    )  # fmt: skip
    return pruned(dressed), mark


def _copy(ref: TextureRef | None) -> TextureRef | None:
    return None if ref is None else replace(ref)


def pruned(model: ModelData) -> ModelData:
    """A model without materials, textures, pictures and samplers that nothing uses."""
    primitives = [each for mesh in model.meshes for each in mesh.primitives]
    used = {index for each in primitives for index in (each.material, *each.variants.values()) if index is not None}
    material_at = _numbered(used, len(model.materials))
    materials = [deepcopy(model.materials[index]) for index in material_at]
    texture_at = _numbered({ref.texture for each in materials for _, ref in each.texture_refs()}, len(model.textures))
    for material in materials:
        for ref in {id(ref): ref for _, ref in material.texture_refs()}.values():
            ref.texture = texture_at.get(ref.texture, ref.texture)
    textures = [model.textures[index] for index in texture_at]
    image_at = _numbered({i for each in textures for i in (each.image, each.fallback) if i is not None}, len(model.images))
    sampler_at = _numbered({each.sampler for each in textures if each.sampler is not None}, len(model.samplers))
    meshes = [
        replace(mesh, primitives=[
            replace(each, material=None if each.material is None else material_at.get(each.material),
                    variants={variant: material_at[index] for variant, index in each.variants.items() if index in material_at})
            for each in mesh.primitives
        ])
        for mesh in model.meshes
    ]  # fmt: skip
    return replace(
        model, meshes=meshes, materials=materials,
        textures=[replace(each, image=_at(image_at, each.image), fallback=_at(image_at, each.fallback),
                          sampler=_at(sampler_at, each.sampler)) for each in textures],
        images=[model.images[index] for index in image_at], samplers=[model.samplers[index] for index in sampler_at],
    )  # fmt: skip


def _numbered(used: set[int], count: int) -> dict[int, int]:
    return {old: new for new, old in enumerate(sorted(index for index in used if 0 <= index < count))}


def _at(places: Mapping[int, int], index: int | None) -> Any:
    return None if index is None else places.get(index)
