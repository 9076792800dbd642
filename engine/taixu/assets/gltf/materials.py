"""Materials: the core, every ``KHR_materials_*`` and MToon, from JSON to typed parameters."""

from __future__ import annotations

from math import inf
from typing import cast

from taixu.assets.gltf.extensions import MATERIAL_EXTENSIONS
from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.textures import read_texture_ref
from taixu.assets.gltf.toon import MTOON, read_toon
from taixu.assets.material import (
    AlphaMode,
    Anisotropy,
    Clearcoat,
    DiffuseTransmission,
    Iridescence,
    Material,
    Sheen,
    Specular,
    SpecularGlossiness,
    Transmission,
    Volume,
)

__all__ = ["read_material"]

WHITE = (1.0, 1.0, 1.0)
BLACK = (0.0, 0.0, 0.0)


def read_material(fields: Fields) -> Material:
    """Read a material; factors out of range are noted and brought into it."""
    material = Material(
        name=fields.name,
        normal_texture=read_texture_ref(fields, "normalTexture", "scale"),
        occlusion_texture=read_texture_ref(fields, "occlusionTexture", "strength"),
        emissive=fields.color("emissiveFactor", BLACK),
        emissive_texture=read_texture_ref(fields, "emissiveTexture"),
        alpha_mode=cast(AlphaMode, fields.choice("alphaMode", ("OPAQUE", "MASK", "BLEND"), "OPAQUE")),
        alpha_cutoff=fields.number("alphaCutoff", 0.5, minimum=0.0),
        double_sided=fields.flag("doubleSided"),
        extras=fields.extras,
        extensions=fields.other_extensions(*MATERIAL_EXTENSIONS),
    )
    core = fields.object("pbrMetallicRoughness")
    if core is not None:
        red, green, blue, alpha = core.numbers("baseColorFactor", (1.0,) * 4, minimum=0.0, maximum=1.0)
        core.other_extensions()  # none is known here; the call says so where one stands
        material.base_color = (red, green, blue, alpha)
        material.base_color_texture = read_texture_ref(core, "baseColorTexture")
        material.metallic = _unit(core, "metallicFactor", 1.0)
        material.roughness = _unit(core, "roughnessFactor", 1.0)
        material.metallic_roughness_texture = read_texture_ref(core, "metallicRoughnessTexture")
    _read_scalars(material, fields)
    _read_layers(material, fields)
    return material


def _unit(fields: Fields, name: str, default: float) -> float:
    return fields.number(name, default, minimum=0.0, maximum=1.0)


def _read_scalars(material: Material, fields: Fields) -> None:
    material.unlit = fields.extension("KHR_materials_unlit") is not None
    if (found := fields.extension("KHR_materials_emissive_strength")) is not None:
        material.emissive_strength = found.number("emissiveStrength", 1.0, minimum=0.0)
    if (found := fields.extension("KHR_materials_dispersion")) is not None:
        material.dispersion = found.number("dispersion", 0.0, minimum=0.0)
    if (found := fields.extension("KHR_materials_ior")) is not None:
        ior = found.number("ior", 1.5)
        if ior != 0.0 and ior < 1.0:
            found.report.error(found.at("ior"), f"{ior:g} is neither 0 nor at least 1")
            ior = 1.0
        material.ior = ior


def _read_layers(material: Material, fields: Fields) -> None:
    if (found := fields.extension(MTOON)) is not None:
        material.toon = read_toon(found)
    if (found := fields.extension("KHR_materials_clearcoat")) is not None:
        material.clearcoat = Clearcoat(
            factor=_unit(found, "clearcoatFactor", 0.0),
            texture=read_texture_ref(found, "clearcoatTexture"),
            roughness=_unit(found, "clearcoatRoughnessFactor", 0.0),
            roughness_texture=read_texture_ref(found, "clearcoatRoughnessTexture"),
            normal_texture=read_texture_ref(found, "clearcoatNormalTexture", "scale"),
        )
    if (found := fields.extension("KHR_materials_sheen")) is not None:
        material.sheen = Sheen(
            color=found.color("sheenColorFactor", BLACK),
            color_texture=read_texture_ref(found, "sheenColorTexture"),
            roughness=_unit(found, "sheenRoughnessFactor", 0.0),
            roughness_texture=read_texture_ref(found, "sheenRoughnessTexture"),
        )
    if (found := fields.extension("KHR_materials_transmission")) is not None:
        material.transmission = Transmission(
            factor=_unit(found, "transmissionFactor", 0.0),
            texture=read_texture_ref(found, "transmissionTexture"),
        )
    if (found := fields.extension("KHR_materials_volume")) is not None:
        material.volume = Volume(
            thickness_m=found.number("thicknessFactor", 0.0, minimum=0.0),
            thickness_texture=read_texture_ref(found, "thicknessTexture"),
            attenuation_distance_m=found.number("attenuationDistance", inf, minimum=1e-9),
            attenuation_color=found.color("attenuationColor", WHITE),
        )
    if (found := fields.extension("KHR_materials_specular")) is not None:
        red, green, blue = found.numbers("specularColorFactor", WHITE, minimum=0.0)
        material.specular = Specular(
            factor=_unit(found, "specularFactor", 1.0),
            texture=read_texture_ref(found, "specularTexture"),
            color=(red, green, blue),
            color_texture=read_texture_ref(found, "specularColorTexture"),
        )
    if (found := fields.extension("KHR_materials_iridescence")) is not None:
        material.iridescence = Iridescence(
            factor=_unit(found, "iridescenceFactor", 0.0),
            texture=read_texture_ref(found, "iridescenceTexture"),
            ior=found.number("iridescenceIor", 1.3, minimum=1.0),
            thickness_min_nm=found.number("iridescenceThicknessMinimum", 100.0, minimum=0.0),
            thickness_max_nm=found.number("iridescenceThicknessMaximum", 400.0, minimum=0.0),
            thickness_texture=read_texture_ref(found, "iridescenceThicknessTexture"),
        )
    if (found := fields.extension("KHR_materials_anisotropy")) is not None:
        material.anisotropy = Anisotropy(
            strength=_unit(found, "anisotropyStrength", 0.0),
            rotation_rad=found.number("anisotropyRotation", 0.0),
            texture=read_texture_ref(found, "anisotropyTexture"),
        )
    if (found := fields.extension("KHR_materials_diffuse_transmission")) is not None:
        material.diffuse_transmission = DiffuseTransmission(
            factor=_unit(found, "diffuseTransmissionFactor", 0.0),
            texture=read_texture_ref(found, "diffuseTransmissionTexture"),
            color=found.color("diffuseTransmissionColorFactor", WHITE),
            color_texture=read_texture_ref(found, "diffuseTransmissionColorTexture"),
        )
    if (found := fields.extension("KHR_materials_pbrSpecularGlossiness")) is not None:
        red, green, blue, alpha = found.numbers("diffuseFactor", (1.0,) * 4, minimum=0.0, maximum=1.0)
        material.specular_glossiness = SpecularGlossiness(
            diffuse=(red, green, blue, alpha),
            diffuse_texture=read_texture_ref(found, "diffuseTexture"),
            specular=found.color("specularFactor", WHITE),
            glossiness=_unit(found, "glossinessFactor", 1.0),
            texture=read_texture_ref(found, "specularGlossinessTexture"),
        )
