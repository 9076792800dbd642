"""`KHR_materials_unlit` and `KHR_materials_emissive_strength` give the numbers that the extensions say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from textured_card import TexturedCard

from taixu.assets.model import Clearcoat, Material, TextureRef
from taixu.scene import Environment, Light

COLOR = (0.8, 0.5, 0.2)


def seen(material: Material, *images: NDArray[np.uint8], sun: float = 3.0, sky: float = 0.0) -> NDArray[np.float32]:
    scene = TexturedCard(list(images), material)
    world = scene.scene.world
    world.set(scene.sun, Light, intensity=sun)
    for table in world.query(Environment):
        world.set(int(table.entities[0]), Environment, intensity=sky)
    scene.light_from((0.3, 0.2, 0.9))
    return scene.draw(8, metres=0.5)[4, 4]


@pytest.mark.parametrize(("sun", "sky"), [(3.0, 0.0), (1e-5, 0.0), (10.0, 2.0)])
def test_unlit_is_its_base_colour_under_any_light(sun: float, sky: float) -> None:
    gray = np.full((4, 4, 4), 188, np.uint8)
    linear = ((188 / 255 + 0.055) / 1.055) ** 2.4
    material = Material(base_color=(*COLOR, 1.0), base_color_texture=TextureRef(0), unlit=True, emissive=(1, 1, 1))
    assert seen(material, gray, sun=sun, sky=sky)[:3] == pytest.approx(np.multiply(COLOR, linear), abs=2e-3)


def test_unlit_blends_by_its_opacity() -> None:
    found = seen(Material(base_color=(*COLOR, 0.25), unlit=True, alpha_mode="BLEND"))
    assert found == pytest.approx((*np.multiply(COLOR, 0.25), 0.25), abs=2e-3)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0, 16.0, 200.0])
def test_emission_is_factor_times_texture_times_strength(strength: float) -> None:
    half = np.full((4, 4, 3), 188, np.uint8)
    linear = ((188 / 255 + 0.055) / 1.055) ** 2.4
    black = {"base_color": (0.0, 0.0, 0.0, 1.0), "metallic": 0.0}
    material = Material(**black, emissive=COLOR, emissive_texture=TextureRef(0), emissive_strength=strength)
    without = seen(Material(**black), sun=1e-5)
    found = seen(material, half, sun=1e-5) - without
    assert found[:3] == pytest.approx(np.multiply(COLOR, linear * strength), rel=4e-3, abs=1e-3)


def test_a_clear_coat_dims_what_glows_below_it() -> None:
    black = {"base_color": (0.0, 0.0, 0.0, 1.0), "metallic": 0.0, "emissive": (10.0, 10.0, 10.0)}
    bare, coated = seen(Material(**black), sun=1e-5), seen(Material(**black, clearcoat=Clearcoat(factor=1.0)), sun=1e-5)
    # KHR_materials_clearcoat: emission counts as coming from below, less the Fresnel term of the coat (0.04 straight on).
    assert coated[0] / bare[0] == pytest.approx(0.96, abs=0.01)
