"""Materials, textures, samplers and images as JSON; values that a reader assumes anyway are left out."""

from __future__ import annotations

import math
from typing import Any

from taixu.assets.gltf.properties import Properties
from taixu.assets.gltf.toon import MTOON, OUTLINE_MODES
from taixu.assets.material import Material
from taixu.assets.texture import Sampler, Texture, TextureRef, Wrap

__all__ = ["material_json", "sampler_json", "texture_json"]

TRANSFORM = "KHR_texture_transform"
_IMAGE_EXTENSIONS = {
    "image/ktx2": "KHR_texture_basisu",
    "image/webp": "EXT_texture_webp",
    "image/avif": "EXT_texture_avif",
}

# Extension, attribute of Material, then for each property: its name, the attribute and what it is without
# being said.
_LAYERS: tuple[tuple[str, str, tuple[tuple[str, str, Any], ...]], ...] = (
    ("clearcoat", "clearcoat", (
        ("clearcoatFactor", "factor", 0.0), ("clearcoatTexture", "texture", None),
        ("clearcoatRoughnessFactor", "roughness", 0.0), ("clearcoatRoughnessTexture", "roughness_texture", None),
        ("clearcoatNormalTexture", "normal_texture", None))),
    ("sheen", "sheen", (
        ("sheenColorFactor", "color", (0.0, 0.0, 0.0)), ("sheenColorTexture", "color_texture", None),
        ("sheenRoughnessFactor", "roughness", 0.0), ("sheenRoughnessTexture", "roughness_texture", None))),
    ("transmission", "transmission", (
        ("transmissionFactor", "factor", 0.0), ("transmissionTexture", "texture", None))),
    ("volume", "volume", (
        ("thicknessFactor", "thickness_m", 0.0), ("thicknessTexture", "thickness_texture", None),
        ("attenuationDistance", "attenuation_distance_m", math.inf),
        ("attenuationColor", "attenuation_color", (1.0, 1.0, 1.0)))),
    ("specular", "specular", (
        ("specularFactor", "factor", 1.0), ("specularTexture", "texture", None),
        ("specularColorFactor", "color", (1.0, 1.0, 1.0)), ("specularColorTexture", "color_texture", None))),
    ("iridescence", "iridescence", (
        ("iridescenceFactor", "factor", 0.0), ("iridescenceTexture", "texture", None), ("iridescenceIor", "ior", 1.3),
        ("iridescenceThicknessMinimum", "thickness_min_nm", 100.0),
        ("iridescenceThicknessMaximum", "thickness_max_nm", 400.0),
        ("iridescenceThicknessTexture", "thickness_texture", None))),
    ("anisotropy", "anisotropy", (
        ("anisotropyStrength", "strength", 0.0), ("anisotropyRotation", "rotation_rad", 0.0),
        ("anisotropyTexture", "texture", None))),
    ("diffuse_transmission", "diffuse_transmission", (
        ("diffuseTransmissionFactor", "factor", 0.0), ("diffuseTransmissionTexture", "texture", None),
        ("diffuseTransmissionColorFactor", "color", (1.0, 1.0, 1.0)),
        ("diffuseTransmissionColorTexture", "color_texture", None))),
    ("pbrSpecularGlossiness", "specular_glossiness", (
        ("diffuseFactor", "diffuse", (1.0, 1.0, 1.0, 1.0)), ("diffuseTexture", "diffuse_texture", None),
        ("specularFactor", "specular", (1.0, 1.0, 1.0)), ("glossinessFactor", "glossiness", 1.0),
        ("specularGlossinessTexture", "texture", None))),
)  # fmt: skip
_TOON: tuple[tuple[str, str, Any], ...] = (
    ("transparentWithZWrite", "depth_write", False),
    ("renderQueueOffsetNumber", "queue_offset", 0),
    ("shadeColorFactor", "shade_color", None),
    ("shadeMultiplyTexture", "shade_texture", None),
    ("shadingShiftFactor", "shading_shift", 0.0),
    ("shadingShiftTexture", "shading_shift_texture", None),
    ("shadingToonyFactor", "shading_toony", 0.9),
    ("giEqualizationFactor", "gi_equalization", 0.9),
    ("matcapFactor", "matcap_color", None),
    ("matcapTexture", "matcap_texture", None),
    ("parametricRimColorFactor", "rim_color", (0.0, 0.0, 0.0)),
    ("parametricRimFresnelPowerFactor", "rim_fresnel_power", 5.0),
    ("parametricRimLiftFactor", "rim_lift", 0.0),
    ("rimMultiplyTexture", "rim_texture", None),
    ("rimLightingMixFactor", "rim_lighting_mix", None),
    ("outlineWidthMode", "outline_mode", "none"),
    ("outlineWidthFactor", "outline_width", 0.0),
    ("outlineWidthMultiplyTexture", "outline_width_texture", None),
    ("outlineColorFactor", "outline_color", (0.0, 0.0, 0.0)),
    ("outlineLightingMixFactor", "outline_lighting_mix", 1.0),
    ("uvAnimationMaskTexture", "uv_mask_texture", None),
    ("uvAnimationScrollXSpeedFactor", "uv_scroll_x", 0.0),
    ("uvAnimationScrollYSpeedFactor", "uv_scroll_y", 0.0),
    ("uvAnimationRotationSpeedFactor", "uv_rotation", 0.0),
)
"""Where readers disagree on what is meant without being said (shade, matcap, rim mix), it is said."""
_CORE: tuple[tuple[str, str, Any], ...] = (
    ("baseColorFactor", "base_color", (1.0, 1.0, 1.0, 1.0)),
    ("baseColorTexture", "base_color_texture", None),
    ("metallicFactor", "metallic", 1.0),
    ("roughnessFactor", "roughness", 1.0),
    ("metallicRoughnessTexture", "metallic_roughness_texture", None),
)
_REST: tuple[tuple[str, str, Any], ...] = (
    ("normalTexture", "normal_texture", None),
    ("occlusionTexture", "occlusion_texture", None),
    ("emissiveTexture", "emissive_texture", None),
    ("emissiveFactor", "emissive", (0.0, 0.0, 0.0)),
    ("alphaMode", "alpha_mode", "OPAQUE"),
    ("doubleSided", "double_sided", False),
)
_SCALARS = (("emissive_strength", "emissiveStrength", 1.0), ("ior", "ior", 1.5), ("dispersion", "dispersion", 0.0))
_STRENGTHS = {
    "normalTexture": "scale",
    "clearcoatNormalTexture": "scale",
    "shadingShiftTexture": "scale",
    "occlusionTexture": "strength",
}


def material_json(material: Material, properties: Properties, *, where: str) -> dict[str, Any]:
    """Describe a material; `where` is its JSON pointer."""
    result: dict[str, Any] = {}
    core = _collect(material, _CORE, properties, where=f"{where}/pbrMetallicRoughness")
    if core:
        result["pbrMetallicRoughness"] = core
    result.update(_collect(material, _REST, properties, where=where))
    if material.alpha_mode == "MASK" and material.alpha_cutoff != 0.5:
        result["alphaCutoff"] = material.alpha_cutoff
    if material.unlit:
        properties.extend(result, "KHR_materials_unlit", {})
    for name, key, usual in _SCALARS:
        value = getattr(material, name)
        extension = f"KHR_materials_{name}"
        if value != usual or properties.is_animated(f"{where}/extensions/{extension}"):
            properties.extend(result, extension, {key: value})
    for suffix, name, table in _LAYERS:
        layer = getattr(material, name)
        if layer is not None:
            extension = f"KHR_materials_{suffix}"
            place = f"{where}/extensions/{extension}"
            properties.extend(result, extension, _collect(layer, table, properties, where=place))
    if material.toon is not None:
        toon = {"specVersion": "1.0", **_collect(material.toon, _TOON, properties, where=f"{where}/extensions/{MTOON}")}
        if material.toon.outline_mode != "none":
            toon["outlineWidthMode"] = OUTLINE_MODES[material.toon.outline_mode]
        properties.extend(result, MTOON, toon)
    return properties.finish(result, material)


def _collect(source: object, table: tuple[tuple[str, str, Any], ...], properties: Properties, *, where: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, name, usual in table:
        value = getattr(source, name)
        if value == usual:
            continue
        if isinstance(value, TextureRef):
            value = _texture_ref_json(value, properties, where=f"{where}/{key}", strength=_STRENGTHS.get(key, ""))
        result[key] = list(value) if isinstance(value, tuple) else value
    return result


def _texture_ref_json(ref: TextureRef, properties: Properties, *, where: str, strength: str) -> dict[str, Any]:
    result: dict[str, Any] = {"index": ref.texture}
    if ref.texcoord:
        result["texCoord"] = ref.texcoord
    if strength and ref.strength != 1.0:
        result[strength] = ref.strength
    if ref.transformed or properties.is_animated(f"{where}/extensions/{TRANSFORM}"):
        transform: dict[str, Any] = {}
        if ref.offset != (0.0, 0.0):
            transform["offset"] = list(ref.offset)
        if ref.rotation_rad:
            transform["rotation"] = ref.rotation_rad
        if ref.scale != (1.0, 1.0):
            transform["scale"] = list(ref.scale)
        properties.extend(result, TRANSFORM, transform)
    return properties.finish(result, ref)


def texture_json(texture: Texture, mimes: list[str], properties: Properties) -> dict[str, Any]:
    """Describe a texture; `mimes` are the types of the images as they are written."""
    result: dict[str, Any] = {}
    if texture.sampler is not None:
        result["sampler"] = texture.sampler
    plain = texture.fallback
    if texture.image is not None:
        extension = _IMAGE_EXTENSIONS.get(mimes[texture.image])
        if extension is None:
            plain = texture.image
        else:
            properties.extend(result, extension, {"source": texture.image})
            if plain is None:
                properties.required.add(extension)
    if plain is not None:
        result["source"] = plain
    return properties.finish(result, texture)


def sampler_json(sampler: Sampler, properties: Properties) -> dict[str, Any]:
    """Describe a sampler."""
    result: dict[str, Any] = {}
    if sampler.mag_filter is not None:
        result["magFilter"] = int(sampler.mag_filter)
    if sampler.min_filter is not None:
        result["minFilter"] = int(sampler.min_filter)
    for key, wrap in (("wrapS", sampler.wrap_s), ("wrapT", sampler.wrap_t)):
        if wrap != Wrap.REPEAT:
            result[key] = int(wrap)
    return properties.finish(result, sampler)
