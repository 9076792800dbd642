from __future__ import annotations

import math
from typing import Any

import pytest
from gltf_files import make_json

from taixu.assets.gltf import GltfError, read_gltf_bytes
from taixu.assets.model import Filter, Material, ModelData, TextureRef, Wrap

EXTENSIONS = [
    "anisotropy", "clearcoat", "diffuse_transmission", "dispersion", "emissive_strength", "ior", "iridescence",
    "pbrSpecularGlossiness", "sheen", "specular", "transmission", "unlit", "volume",
]  # fmt: skip


def read(**lists: Any) -> ModelData:
    lists.setdefault("images", [{"uri": "data:image/png;base64,iVBORw0KGgo="}] * 4)
    lists.setdefault("textures", [{"source": index} for index in range(4)])
    names = [f"KHR_materials_{name}" for name in EXTENSIONS]
    used = [*names, "KHR_texture_transform", "EXT_texture_webp", "KHR_texture_basisu", "XX_unknown"]
    return read_gltf_bytes(make_json(extensionsUsed=used, **lists), name="a.gltf")


def material(**properties: Any) -> Material:
    return read(materials=[properties]).materials[0]


def layer(name: str, **properties: Any) -> Material:
    return material(extensions={f"KHR_materials_{name}": properties})


def test_an_empty_material_has_the_usual_values() -> None:
    found = material()
    assert found == Material()
    assert (found.metallic, found.roughness, found.ior, found.alpha_mode) == (1, 1, 1.5, "OPAQUE")
    assert found.texture_refs() == []


def test_the_core() -> None:
    found = material(
        name="brass",
        pbrMetallicRoughness={
            "baseColorFactor": [0.1, 0.2, 0.3, 0.4],
            "metallicFactor": 0.5,
            "roughnessFactor": 0.6,
            "baseColorTexture": {"index": 1, "texCoord": 2},
            "metallicRoughnessTexture": {"index": 0},
        },
        normalTexture={"index": 2, "scale": 0.7},
        occlusionTexture={"index": 3, "strength": 0.8},
        emissiveTexture={"index": 0},
        emissiveFactor=[1, 0.5, 0],
        alphaMode="MASK",
        alphaCutoff=0.25,
        doubleSided=True,
        extras={"note": "kept"},
    )
    assert found.base_color == (0.1, 0.2, 0.3, 0.4)
    assert (found.metallic, found.roughness) == (0.5, 0.6)
    assert found.base_color_texture == TextureRef(1, texcoord=2)
    assert found.normal_texture == TextureRef(2, strength=0.7)
    assert found.occlusion_texture == TextureRef(3, strength=0.8)
    assert (found.alpha_mode, found.alpha_cutoff, found.double_sided) == ("MASK", 0.25, True)
    assert found.extras == {"note": "kept"}
    assert [name for name, _ in found.texture_refs()] == [
        "base_color_texture",
        "metallic_roughness_texture",
        "normal_texture",
        "occlusion_texture",
        "emissive_texture",
    ]


def test_texture_transforms() -> None:
    transform = {"offset": [0.5, 1], "rotation": 0.25, "scale": [2, 3], "texCoord": 1}
    ref = material(emissiveTexture={"index": 0, "extensions": {"KHR_texture_transform": transform}}).emissive_texture
    assert ref == TextureRef(0, texcoord=1, offset=(0.5, 1), rotation_rad=0.25, scale=(2, 3))
    assert ref is not None
    assert ref.transformed
    assert not TextureRef(0).transformed


def test_scalar_extensions() -> None:
    assert layer("unlit").unlit
    assert layer("emissive_strength", emissiveStrength=8).emissive_strength == 8
    assert layer("dispersion", dispersion=0.5).dispersion == 0.5
    assert layer("ior", ior=1.33).ior == 1.33
    assert layer("ior", ior=0).ior == 0


def test_clearcoat_and_sheen() -> None:
    coat = layer(
        "clearcoat",
        clearcoatFactor=0.5,
        clearcoatRoughnessFactor=0.25,
        clearcoatTexture={"index": 0},
        clearcoatRoughnessTexture={"index": 1},
        clearcoatNormalTexture={"index": 2, "scale": 3},
    )
    assert coat.clearcoat is not None
    assert (coat.clearcoat.factor, coat.clearcoat.roughness) == (0.5, 0.25)
    assert coat.clearcoat.normal_texture == TextureRef(2, strength=3)
    assert coat.texture_refs()[2][0] == "clearcoat.normal_texture"
    cloth = layer("sheen", sheenColorFactor=[1, 0, 0.5], sheenRoughnessFactor=0.25, sheenColorTexture={"index": 3})
    assert cloth.sheen is not None
    assert (cloth.sheen.color, cloth.sheen.roughness) == ((1, 0, 0.5), 0.25)
    assert cloth.sheen.color_texture == TextureRef(3)


def test_what_light_goes_through() -> None:
    glass = layer("transmission", transmissionFactor=0.75, transmissionTexture={"index": 0}).transmission
    assert glass is not None
    assert (glass.factor, glass.texture) == (0.75, TextureRef(0))
    inside = layer("volume", thicknessFactor=2, attenuationDistance=0.5, attenuationColor=[0.5, 1, 1]).volume
    assert inside is not None
    assert (inside.thickness_m, inside.attenuation_distance_m) == (2, 0.5)
    assert inside.attenuation_color == (0.5, 1, 1)
    empty = layer("volume").volume
    assert empty is not None
    assert empty.attenuation_distance_m == math.inf
    leaf = layer("diffuse_transmission", diffuseTransmissionFactor=0.5, diffuseTransmissionColorFactor=[0, 1, 0])
    assert leaf.diffuse_transmission is not None
    assert (leaf.diffuse_transmission.factor, leaf.diffuse_transmission.color) == (0.5, (0, 1, 0))


def test_reflections() -> None:
    found = layer("specular", specularFactor=0.5, specularColorFactor=[2, 1, 1], specularTexture={"index": 1}).specular
    assert found is not None
    assert (found.factor, found.color, found.texture) == (0.5, (2, 1, 1), TextureRef(1))
    film = layer("iridescence", iridescenceFactor=1, iridescenceIor=1.8, iridescenceThicknessMinimum=50).iridescence
    assert film is not None
    assert (film.factor, film.ior, film.thickness_min_nm, film.thickness_max_nm) == (1, 1.8, 50, 400)
    brushed = layer("anisotropy", anisotropyStrength=0.5, anisotropyRotation=1, anisotropyTexture={"index": 2})
    assert brushed.anisotropy is not None
    assert (brushed.anisotropy.strength, brushed.anisotropy.rotation_rad) == (0.5, 1)
    old = layer("pbrSpecularGlossiness", diffuseFactor=[0, 1, 0, 0.5], glossinessFactor=0.25)
    assert old.specular_glossiness is not None
    assert (old.specular_glossiness.diffuse, old.specular_glossiness.glossiness) == ((0, 1, 0, 0.5), 0.25)


def test_unknown_extensions_are_kept_and_misplaced_ones_dropped() -> None:
    found = material(extensions={"XX_unknown": {"a": [1]}, "KHR_lights_punctual": {"light": 0}})
    assert found.extensions == {"XX_unknown": {"a": [1]}}


@pytest.mark.parametrize(
    ("properties", "name", "value"),
    [
        ({"pbrMetallicRoughness": {"roughnessFactor": -3}}, "roughness", 0),
        ({"pbrMetallicRoughness": {"metallicFactor": 7}}, "metallic", 1),
        ({"pbrMetallicRoughness": {"baseColorFactor": [2, -1, 0.5, 1]}}, "base_color", (1, 0, 0.5, 1)),
        ({"alphaMode": "GLOW"}, "alpha_mode", "OPAQUE"),
        ({"extensions": {"KHR_materials_ior": {"ior": 0.5}}}, "ior", 1),
    ],
)
def test_values_are_brought_into_range(properties: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(material(**properties), name) == value


@pytest.mark.parametrize(
    "properties",
    [
        {"normalTexture": {"index": 4}},
        {"normalTexture": {}},
        {"normalTexture": []},
        {"emissiveFactor": [1, 2]},
        {"emissiveFactor": "red"},
        {"alphaMode": 3},
        {"doubleSided": 1},
        {"extensions": []},
        {"extensions": {"KHR_materials_sheen": 1}},
        {"pbrMetallicRoughness": {"roughnessFactor": None}},
    ],
)
def test_wrong_types_are_refused(properties: dict[str, Any]) -> None:
    with pytest.raises(GltfError, match="/materials/0"):
        material(**properties)


def test_samplers() -> None:
    samplers = read(
        samplers=[
            {},
            {"magFilter": 9728, "minFilter": 9987, "wrapS": 33071, "wrapT": 33648},
            {"magFilter": 9987, "minFilter": 1, "wrapS": 5},
        ]
    ).samplers
    assert (samplers[0].mag_filter, samplers[0].min_filter, samplers[0].wrap_s) == (None, None, Wrap.REPEAT)
    assert samplers[1].mag_filter == Filter.NEAREST
    assert samplers[1].min_filter == Filter.LINEAR_MIPMAP_LINEAR
    assert (samplers[1].wrap_s, samplers[1].wrap_t) == (Wrap.CLAMP_TO_EDGE, Wrap.MIRRORED_REPEAT)
    assert (samplers[2].mag_filter, samplers[2].min_filter, samplers[2].wrap_s) == (Filter.LINEAR, None, Wrap.REPEAT)


def test_better_images_come_before_plain_ones() -> None:
    textures = read(
        textures=[
            {"source": 0, "extensions": {"EXT_texture_webp": {"source": 1}}},
            {"extensions": {"KHR_texture_basisu": {"source": 2}}},
            {"source": 3, "extensions": {"XX_unknown": {}}},
        ]
    ).textures
    assert [(texture.image, texture.fallback) for texture in textures] == [(1, 0), (2, None), (3, None)]


def test_images_are_what_their_bytes_say() -> None:
    found = read(images=[{"uri": "data:image/png;base64,/9j/4AAQSkZJRg==", "mimeType": "image/png"}], textures=[])
    assert found.images[0].mime == "image/jpeg"
    for bad in ({}, {"bufferView": 0, "mimeType": "image/png"}, {"uri": 3}, {"uri": "data:image/png;base64"}):
        with pytest.raises(GltfError, match="/images/0"):
            read(images=[bad], textures=[])
