"""Every texture by which light goes through things is read from its channel."""

from __future__ import annotations

import numpy as np
import pytest
from textured_card import TexturedCard

from taixu.assets.model import DiffuseTransmission, Material, TextureRef, Transmission, Volume

BEHIND = (0.5, 0, -1)
RAMP = np.array((0.0, 0.25, 0.6, 1.0))


def columns(channel: int) -> np.ndarray:
    """Four columns of texels whose one channel is the ramp; others say the opposite."""
    texels = np.zeros((64, 64, 4), np.uint8)
    for i, value in enumerate(RAMP):
        texels[:, 16 * i : 16 * i + 16] = round(255 * (1 - value))
        texels[:, 16 * i : 16 * i + 16, channel] = round(255 * value)
    return texels


def read(card: TexturedCard) -> np.ndarray:
    """Colours [4, 3] in the middle of the columns."""
    pixels = card.draw(64)
    return np.stack([pixels[24:40, 16 * i + 6 : 16 * i + 10, :3].mean((0, 1)) for i in range(4)]).astype(float)


def before_a_wall(material: Material, channel: int) -> TexturedCard:
    card = TexturedCard([columns(channel)], material)
    card.light_from((1, 0, 0))  # which a card that faces +Z does not see
    wall = card.scene.material(unlit=True, base_color=(1.0, 1.0, 1.0, 1.0))
    card.scene.spawn(1, card.scene.mesh("box", (8, 8, 0.1), material=wall), translation=(0, 0, -1))
    return card


def test_transmission_is_red() -> None:
    clear = Material(metallic=0.0, roughness=0.0, transmission=Transmission(0.8, texture=TextureRef(0)))
    found = read(before_a_wall(clear, 0))
    assert found[:, 1] == pytest.approx(RAMP * 0.8 * 0.96, abs=0.02)  # what is not let through is dark: there is no light


def test_thickness_is_green() -> None:
    volume = Volume(0.5, thickness_texture=TextureRef(0), attenuation_distance_m=0.25, attenuation_color=(0.9, 0.5, 0.2))
    clear = Material(metallic=0.0, roughness=0.0, transmission=Transmission(1.0), volume=volume, ior=1.0)
    found = read(before_a_wall(clear, 1))
    expected = np.array((0.9, 0.5, 0.2)) ** (RAMP[:, None] * 2)
    assert found == pytest.approx(expected, abs=0.02)


def test_diffuse_transmission_is_alpha_and_its_colour_in_srgb() -> None:
    card = TexturedCard([columns(3)], Material(metallic=0.0, diffuse_transmission=DiffuseTransmission(0.5, texture=TextureRef(0))))
    card.light_from(BEHIND)
    found = read(card)[:, 1]
    assert found / found[3] == pytest.approx(RAMP, abs=0.02)
    assert found[3] == pytest.approx(0.5 * 3.0 / np.pi * 0.985 / np.sqrt(1.25), rel=0.02)
    texels = np.full((64, 64, 4), 255, np.uint8)
    texels[..., :3] = (188, 255, 0)
    colored = DiffuseTransmission(1.0, color=(1.0, 0.5, 1.0), color_texture=TextureRef(0))
    card = TexturedCard([texels], Material(metallic=0.0, diffuse_transmission=colored))
    card.light_from(BEHIND)
    found = read(card)[2]
    assert found[0] / found[1] == pytest.approx(0.5029 / 0.5, rel=0.02)
    assert found[2] == pytest.approx(0.0, abs=1e-3)
