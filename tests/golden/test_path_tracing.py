"""A still life by paths of light: glass, a mirror, a coat, cloth, a box that shines, a thin pane."""

from __future__ import annotations

from typing import Any

from gpu_device import shared_device
from render_world import SmallWorld

from golden import assert_golden
from taixu.assets.material import Clearcoat, Sheen, Transmission, Volume
from taixu.render import Renderer, ViewCamera, render_still
from taixu.scene import Light, Transform

SIZE, SAMPLES = (112, 62), 24
LOOKS: dict[str, dict[str, Any]] = {
    "glass": {
        "roughness": 0.0, "transmission": Transmission(factor=1.0),
        "volume": Volume(thickness_m=1.0, attenuation_color=(0.5, 0.9, 0.7), attenuation_distance_m=0.8),
    },
    "mirror": {"metallic": 1.0, "roughness": 0.05, "base_color": (0.9, 0.9, 0.95, 1.0)},
    "coated": {"roughness": 0.6, "base_color": (0.5, 0.02, 0.02, 1.0), "clearcoat": Clearcoat(factor=1.0, roughness=0.05)},
    "cloth": {"roughness": 0.9, "base_color": (0.02, 0.05, 0.2, 1.0), "sheen": Sheen(color=(0.4, 0.6, 1.0), roughness=0.4)},
}  # fmt: skip


def test_a_still_life_by_paths_of_light() -> None:
    renderer = Renderer(shared_device())
    scene = SmallWorld()
    plain: dict[str, Any] = {"metallic": 0.0, "roughness": 1.0}
    floor = scene.material(base_color=(0.6, 0.58, 0.55, 1.0), **plain)
    scene.spawn(1, scene.mesh("box", (9, 0.2, 6), material=floor), translation=(0, -0.1, 0))
    scene.spawn(1, scene.mesh("box", (9, 3, 0.2), material=floor), translation=(0, 1.5, -1.2))
    for number, look in enumerate(LOOKS.values()):
        ball = scene.mesh("sphere", (0.9, 0.9, 0.9), material=scene.material(**plain | look))
        scene.spawn(1, ball, translation=(number * 1.05 - 1.6, 0.45, 0))
    shining = scene.material(base_color=(0, 0, 0, 1), emissive=(9.0, 5.0, 2.0), **plain)
    scene.spawn(1, scene.mesh("box", (0.3, 0.3, 0.3), material=shining), translation=(2.3, 0.15, 0.3))
    leaf = scene.material(base_color=(0.3, 0.8, 0.2, 0.5), alpha_mode="BLEND", **plain)
    scene.spawn(1, scene.mesh("box", (0.5, 0.5, 0.005), material=leaf), translation=(0.5, 0.3, 0.9), rotation=(0, 0.2, 0, 0.98))
    scene.world.spawn(Transform(rotation=(-0.5, -0.35, 0.0, 0.79)), Light(kind="directional", intensity=2.0))
    scene.propagate()
    camera = ViewCamera.looking((0.3, 1.3, 4.2), (0.3, 0.55, 0))
    settings = {"reference": True, "exposure_ev": -1.0}
    picture = render_still(renderer, scene.world, camera, size=SIZE, samples=SAMPLES, settings=settings)
    # Whose arithmetic is rounded otherwise has other paths here and there.
    assert_golden(picture.pixels, "paths/still_life", share=0.02, tolerance=6)
    renderer.release()
