from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from textured_card import TexturedCard, card

from golden import assert_golden
from taixu.assets.model import Anisotropy, Clearcoat, Material, TextureRef
from taixu.render.stills import render_still
from taixu.render.views import ViewCamera

ANGLES = np.radians([0, 10, 20, 35])


def bumpy_texels(side: int, tilt: float, *, seed: int = 0) -> np.ndarray:
    """Facets of two texels a side whose slopes have a standard deviation."""
    slopes = np.random.default_rng(seed).normal(0, tilt, (side // 2, side // 2, 2)).repeat(2, 0).repeat(2, 1)
    normals = np.concatenate([-slopes, np.ones((side, side, 1))], 2)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    return np.rint((normals * 0.5 + 0.5) * 65535).astype(np.uint16)


def lobes(material: Material, texels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean radiance by the angle of the light, of a card seen near (many pixels a texel) and far (many texels a pixel)."""
    card = TexturedCard([texels], material)
    near, far = [], []
    for angle in ANGLES:
        card.light_from((np.sin(angle), 0, np.cos(angle)))
        near.append(card.draw(256)[..., :3].mean())
        far.append(card.draw(12)[2:-2, 2:-2, :3].mean())
    return np.array(near), np.array(far)


@pytest.mark.parametrize(("tilt", "scale", "roughness"), [(0.1, 1.0, 0.3), (0.25, 1.0, 0.4), (0.1, 2.0, 0.3)])
def test_far_bumps_shine_as_near_ones_do_on_average(tilt: float, scale: float, roughness: float) -> None:
    bumps = TextureRef(0, strength=scale)
    texels = bumpy_texels(128, tilt)
    near, far = lobes(Material(metallic=1.0, roughness=roughness, normal_texture=bumps), texels)
    assert (near * np.sin(ANGLES + 0.1)).sum() == pytest.approx((far * np.sin(ANGLES + 0.1)).sum(), rel=0.2), "energy"
    assert far == pytest.approx(near, rel=0.3, abs=0.15), "shape, as far as one lobe can have it"
    _, smooth = lobes(Material(metallic=1.0, roughness=roughness), texels)
    assert smooth[0] > far[0] * 1.3, "what a plain mean of normals would give"


def test_bumps_of_a_clearcoat_as_well() -> None:
    texels = bumpy_texels(128, 0.2)
    coat = Clearcoat(1.0, roughness=0.2, normal_texture=TextureRef(0))
    near, far = lobes(Material(base_color=(0, 0, 0, 1), clearcoat=coat), texels)
    assert near.max() > 0.1
    assert far == pytest.approx(near, rel=0.35, abs=0.02)


def test_bumps_of_brushed_metal_as_well() -> None:
    texels = bumpy_texels(128, 0.15)
    brushed = Material(metallic=1.0, roughness=0.35, anisotropy=Anisotropy(0.6), normal_texture=TextureRef(0))
    near, far = lobes(brushed, texels)
    assert far == pytest.approx(near, rel=0.35, abs=0.1)
    _, smooth = lobes(replace(brushed, normal_texture=None), texels)
    assert abs(far[0] - near[0]) < 0.4 * abs(smooth[0] - near[0])


def test_a_turned_normal_map_bends_light_where_it_lies() -> None:
    """Bumps turned by `KHR_texture_transform` look as bumps whose coordinates are turned, and lean another way than before."""
    slope = np.array([[(200, 110, 225)]], np.uint8)
    turned = card()
    u, v = turned.attributes["TEXCOORD_0"].T.copy()
    turned.attributes["TEXCOORD_0"] = np.stack([v, 1 - u], 1)
    plain = {"metallic": 1.0, "roughness": 0.5}
    ways = {
        "transform": ({"rotation_rad": np.pi / 2, "offset": (0.0, 1.0)}, card()),
        "coordinates": ({}, turned),
        "neither": ({}, card()),
    }
    seen = {}
    for name, (transform, shape) in ways.items():
        scene = TexturedCard([slope], Material(**plain, normal_texture=TextureRef(0, **transform)), primitive=shape)
        found = []
        for direction in ((0.5, 0, 1), (-0.5, 0, 1), (0, 0.5, 1), (0, -0.5, 1)):
            scene.light_from(direction)
            found.append(float(scene.draw(8)[2:-2, 2:-2, 0].mean()))
        seen[name] = found
    assert seen["transform"] == pytest.approx(seen["coordinates"], rel=0.01)
    assert np.argmax(seen["transform"]) != np.argmax(seen["neither"])


def test_near_bumps_keep_their_gloss() -> None:
    """A mirror with a normal map that is flat is a mirror near and far."""
    flat = np.broadcast_to(np.array([128, 128, 255], np.uint8), (64, 64, 3))
    for angle in (0.0, 0.1):
        pictures = []
        for texture in (TextureRef(0), None):
            card = TexturedCard([np.ascontiguousarray(flat)], Material(metallic=1.0, roughness=0.3, normal_texture=texture))
            card.light_from((np.sin(angle), 0, np.cos(angle)))
            pictures.append(card.draw(8)[2:-2, 2:-2, 0].mean())
        assert pictures[0] == pytest.approx(pictures[1], rel=0.1)  # eight bits hold no exact zero


def test_a_bumpy_floor_glitters_near_and_gleams_far() -> None:
    metal = Material(base_color=(1.0, 0.8, 0.5, 1.0), metallic=1.0, roughness=0.25, normal_texture=TextureRef(0))
    card = TexturedCard([bumpy_texels(128, 0.12)], metal, repeat=12.0)
    card.light_from((0.0, 1.0, 0.35))
    card.scene.propagate()
    camera = ViewCamera.looking((0, -0.56, 0.12), (0, 0.1, 0), up=(0, 0, 1))
    picture = render_still(
        card.renderer, card.scene.world, camera, size=(240, 120), samples=2,
        settings={"background": (0.02, 0.03, 0.05, 1), "shadows": False, "occlusion": False, "exposure_ev": 0.0},
    )  # fmt: skip
    assert_golden(np.asarray(picture.pixels)[..., :3], "textures/bumpy_floor")
