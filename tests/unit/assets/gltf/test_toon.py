from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
from gltf_files import make_json

from taixu.assets.gltf import read_gltf, read_gltf_bytes
from taixu.assets.gltf.writer import write_glb
from taixu.assets.model import Material, ModelData, TextureRef, Toon


def read(**root: Any) -> ModelData:
    root.setdefault("images", [{"uri": "data:image/png;base64,iVBORw0KGgo="}])
    root.setdefault("textures", [{"source": 0}] * 4)
    root.setdefault("extensionsUsed", ["VRM", "VRMC_materials_mtoon", "KHR_texture_transform", "KHR_materials_unlit"])
    return read_gltf_bytes(make_json(**root), name="a.vrm")


def unity(shader: str = "VRM/MToon", **groups: dict[str, Any]) -> Material:
    vrm = {"materialProperties": [{"shader": shader, "renderQueue": -1, **groups}]}
    return read(materials=[{}], extensions={"VRM": vrm}).materials[0]


def test_the_usual_values_are_those_of_the_specification() -> None:
    found = read(materials=[{"extensions": {"VRMC_materials_mtoon": {"specVersion": "1.0"}}}]).materials[0]
    assert found.toon == Toon()
    assert found.extensions == {}


def test_every_parameter_survives_a_round_trip(tmp_path: Path) -> None:
    ref = TextureRef(1, texcoord=1, offset=(0.25, 0.5), rotation_rad=0.5, scale=(2.0, 3.0))
    toon = Toon(
        depth_write=True, queue_offset=3, shade_color=(0.1, 0.2, 0.3), shade_texture=ref, shading_shift=-0.25,
        shading_shift_texture=dataclasses.replace(ref, texture=2, strength=0.5), shading_toony=0.5, gi_equalization=0.25,
        matcap_color=(0.5, 0.25, 0.125), matcap_texture=TextureRef(3), rim_color=(0.5, 0.5, 0.25), rim_fresnel_power=2.0,
        rim_lift=0.125, rim_texture=TextureRef(0), rim_lighting_mix=0.5, outline_mode="screen", outline_width=0.25,
        outline_width_texture=TextureRef(1), outline_color=(1.0, 0.5, 0.0), outline_lighting_mix=0.5,
        uv_mask_texture=TextureRef(2), uv_scroll_x=0.5, uv_scroll_y=-0.5, uv_rotation=1.5,
    )  # fmt: skip
    assert all(getattr(toon, one.name) != getattr(Toon(), one.name) for one in dataclasses.fields(Toon))
    model = read(materials=[{"extensions": {"KHR_materials_unlit": {}}}, {}])
    model.materials[0].toon, model.materials[1].toon = toon, Toon()
    write_glb(model, tmp_path / "a.vrm")
    first, second = read_gltf(tmp_path / "a.vrm").materials
    assert first.toon == toon
    assert first.unlit
    assert second.toon == Toon()
    assert {name for name, _ in first.texture_refs()} >= {"toon.shade_texture", "toon.matcap_texture"}


def test_vrm_0_is_brought_to_version_1() -> None:
    found = unity(
        floatProperties={
            "_ShadeShift": 0.0, "_ShadeToony": 0.5, "_OutlineWidthMode": 1, "_OutlineWidth": 0.5, "_OutlineColorMode": 1,
            "_OutlineLightingMix": 0.75, "_IndirectLightIntensity": 0.25, "_UvAnimRotation": 1, "_UvAnimScrollY": 2,
            "_BumpScale": 0.5, "_RimFresnelPower": 3,
        },
        vectorProperties={"_ShadeColor": [0.5, 0, 1, 1], "_MainTex": [0.25, 0.5, 2, 0.25], "_EmissionColor": [2, 1, 0, 1]},
        textureProperties={"_MainTex": 1, "_BumpMap": 2, "_SphereAdd": 3},
    )  # fmt: skip
    toon = found.toon
    assert toon is not None
    # From shade to lit between the cosines 0 and 0.5: version 1 says -1 + toony <= N.L + shift <= 1 - toony.
    assert (toon.shading_shift, toon.shading_toony) == (-0.25, 0.75)
    assert toon.shade_color == pytest.approx((0.214041, 0, 1), abs=1e-5)
    assert toon.shade_texture == TextureRef(1, offset=(0.25, 0.25), scale=(2.0, 0.25))
    assert toon.matcap_texture == TextureRef(3)
    assert (toon.outline_mode, toon.outline_width, toon.outline_lighting_mix) == ("world", 0.005, 0.75)
    assert (toon.gi_equalization, toon.rim_fresnel_power) == (0.75, 3)
    assert (toon.uv_scroll_y, toon.uv_rotation) == (-2, pytest.approx(math.tau))
    assert found.normal_texture is not None
    assert (found.normal_texture.texture, found.normal_texture.strength) == (2, 0.5)
    assert (found.emissive, found.emissive_strength) == ((1, 0.5, 0), 2)


def test_render_queues_keep_their_order() -> None:
    blended = {"_ALPHABLEND_ON": True}
    listed = [
        {"shader": "VRM/MToon", "renderQueue": queue, "keywordMap": blended, "floatProperties": {"_ZWrite": write}}
        for queue, write in ((3000, 0), (2998, 0), (2501, 1), (2502, 1))
    ]
    found = read(materials=[{}] * 4, extensions={"VRM": {"materialProperties": listed}}).materials
    assert [(one.toon.depth_write, one.toon.queue_offset) for one in found if one.toon] == [
        (False, 0), (False, -1), (True, 0), (True, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "groups",
    [
        {"floatProperties": {"_ShadeToony": "much", "_RimLift": 10**400}},
        {"vectorProperties": {"_ShadeColor": [1, None, 2], "_MainTex": 3}},
        {"textureProperties": {"_MainTex": 99, "_RimTexture": True}},
        {"floatProperties": [], "vectorProperties": 7, "textureProperties": None, "keywordMap": "x", "renderQueue": {}},
    ],
)
def test_nonsense_leaves_the_usual_values(groups: dict[str, Any]) -> None:
    toon = unity(**groups).toon
    assert toon is not None
    assert (toon.shading_toony, toon.rim_lift, toon.shade_texture) == (0.95, 0, None)


def test_other_shaders_are_left_alone() -> None:
    assert unity("VRM_USE_GLTFSHADER").toon is None
    assert unity("Standard").toon is None
