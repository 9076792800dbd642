"""Pictures of layered spheres under an even white sky: nothing comes back that was not sent, and lossless layers hide."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.assets.material import Anisotropy, Clearcoat, Iridescence, Sheen
from taixu.render import Renderer, View, ViewCamera

WHITE = (1.0, 1.0, 1.0)
METAL: dict[str, Any] = {"metallic": 1.0, "roughness": 0.4}
DIELECTRIC: dict[str, Any] = {"metallic": 0.0, "roughness": 0.6}
LOSSLESS: dict[str, dict[str, Any]] = {
    "coat": DIELECTRIC | {"clearcoat": Clearcoat(factor=1.0, roughness=0.2)},
    "rough coat on metal": METAL | {"clearcoat": Clearcoat(factor=0.8, roughness=1.0)},
    "cloth": DIELECTRIC | {"sheen": Sheen(color=WHITE, roughness=0.4)},
    "smooth cloth": DIELECTRIC | {"sheen": Sheen(color=WHITE, roughness=0.05)},
    "film on metal": METAL | {"iridescence": Iridescence(factor=1.0, thickness_max_nm=500.0)},
    "brush": METAL | {"anisotropy": Anisotropy(strength=1.0, rotation_rad=0.5)},
    "coat on cloth": DIELECTRIC | {"sheen": Sheen(color=WHITE, roughness=0.7), "clearcoat": Clearcoat(factor=1.0, roughness=0.4)},
    "all on metal": METAL
    | {
        "anisotropy": Anisotropy(strength=0.7),
        "iridescence": Iridescence(factor=0.8, thickness_max_nm=700.0),
        "sheen": Sheen(color=WHITE, roughness=0.5),
        "clearcoat": Clearcoat(factor=1.0, roughness=0.3),
    },
}
LOSSY: dict[str, dict[str, Any]] = {
    "film": DIELECTRIC | {"iridescence": Iridescence(factor=1.0, thickness_max_nm=300.0)},
    "red cloth": DIELECTRIC | {"sheen": Sheen(color=(1.0, 0.1, 0.0), roughness=0.3)},
    "half metal": {
        "metallic": 0.5,
        "roughness": 0.3,
        "anisotropy": Anisotropy(strength=0.5),
        "iridescence": Iridescence(factor=0.6),
        "sheen": Sheen(color=(0.9, 0.5, 0.2), roughness=0.2),
        "clearcoat": Clearcoat(factor=0.5, roughness=0.1),
    },
}


def ball_in_white(material: dict[str, Any]) -> np.ndarray:
    """Radiance of a sphere's pixels, [n, 3]."""
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(np.ones((64, 128, 3), np.float32))
    scene = SmallWorld()
    number = scene.material(base_color=(1.0, 1.0, 1.0, 1.0), **material)
    scene.spawn(1, scene.mesh("sphere", (2, 2, 2), material=number))
    scene.propagate()
    settings = {"background": "transparent", "encoding": "linear", "occlusion": False}
    view = View(ViewCamera.looking((0, 0, 4), (0, 0, 0)), (48, 48), settings=settings)
    renderer.render(scene.world, [view])
    pixels = renderer.read(view)
    renderer.release()
    ball: np.ndarray = pixels[pixels[..., 3] > 0.5][:, :3]
    assert len(ball) > 300
    return ball


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_layers_cannot_be_seen(name: str) -> None:
    ball = ball_in_white(LOSSLESS[name])
    assert ball.max() <= 1.003, "half floats are that coarse"
    assert ball.min() >= 0.98


@pytest.mark.parametrize("name", LOSSY)
def test_others_only_lose(name: str) -> None:
    ball = ball_in_white(LOSSY[name])
    assert ball.max() <= 1.003
    assert 0.2 < ball.min() < 0.99
