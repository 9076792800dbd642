"""Fog: boxes that go away in it, a fog that lies on the ground, and what it takes of light by the law of Beer and Lambert."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.render import Renderer, ViewCamera, render_still
from taixu.scene import Environment, Fog

SIZE = (160, 90)
ALONG = ViewCamera.looking((-3, 1.6, 6), (1, 1.4, -6), fov_y_rad=0.8)
ON = {"enabled": True, "density": 0.07, "falloff_m": 3.0, "color": (0.95, 0.95, 0.95), "glow": 0.6, "level_m": 0.0}


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Renderer, SmallWorld, int]]:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    floor = scene.material(base_color=(0.35, 0.4, 0.3, 1.0), metallic=0.0, roughness=0.9)
    red = scene.material(base_color=(0.6, 0.1, 0.08, 1.0), metallic=0.0, roughness=0.5)
    pane = scene.material(base_color=(0.1, 0.3, 0.8, 0.5), alpha_mode="BLEND", metallic=0.0, roughness=0.3)
    scene.spawn(1, scene.mesh("box", (200, 0.2, 200), material=floor), translation=(0, -0.1, 0))
    for number in range(6):
        place = (1.5, 1.5, 2.0 - 6.0 * number)
        scene.spawn(1, scene.mesh("box", (1, 3, 1), material=red if number % 2 else pane), translation=place)
    scene.world.spawn(Environment(sun_direction=(-0.3, 0.25, -0.8), turbidity=2.5))
    fog = int(scene.world.spawn(Fog()))
    scene.propagate()
    yield renderer, scene, fog
    renderer.release()


def picture(stage: tuple[Renderer, SmallWorld, int], *, settings: dict[str, Any] | None = None, **fog: Any) -> NDArray[np.uint8]:
    renderer, scene, entity = stage
    scene.world.set(entity, Fog, **ON | fog)
    wanted = {"exposure_ev": -0.5, "shadow_distance_m": 40.0, **(settings or {})}
    return render_still(renderer, scene.world, ALONG, size=SIZE, samples=2, settings=wanted).pixels


def test_fog_on_the_ground(stage: tuple[Renderer, SmallWorld, int]) -> None:
    foggy = picture(stage)
    assert_golden(foggy, "air/fog")
    clear = picture(stage, enabled=False)
    difference = np.abs(foggy[..., :3].astype(int) - clear[..., :3]).mean(-1)
    assert difference[45:60].mean() > 15, "far things near the ground are hidden"
    assert difference[:8].mean() < 0.6 * difference[45:60].mean(), "there is less of it above"
    np.testing.assert_array_equal(clear, picture(stage, settings={"fog": False}))
    np.testing.assert_array_equal(clear, picture(stage, density=0.0))


def test_fog_takes_of_light_what_the_law_says() -> None:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    lamp = scene.material(base_color=(0, 0, 0, 1), emissive=(2.0, 2.0, 2.0), metallic=0.0, roughness=1.0)
    scene.spawn(1, scene.mesh("box", (4, 4, 0.2), material=lamp), translation=(0, 1000.0, -0.1))
    fog = int(scene.world.spawn(Fog(enabled=False)))
    scene.propagate()
    camera = ViewCamera.looking((0, 1000, 10), (0, 1000, 0), fov_y_rad=0.1)

    def seen(**fields: Any) -> float:
        scene.world.set(fog, Fog, **fields)
        still = render_still(renderer, scene.world, camera, size=(8, 8), samples=1, encoding="linear")
        return float(still.pixels[3:5, 3:5, :3].mean())

    clear = seen()
    dark = seen(enabled=True, density=0.1, falloff_m=1e6, color=(0.0, 0.0, 0.0))
    assert dark / clear == pytest.approx(np.exp(-0.1 * 10.0), rel=0.01)
    above = seen(density=0.1, falloff_m=10.0, level_m=1000.0 - 10.0)  # a third of it is left at the camera's height
    assert above / clear == pytest.approx(np.exp(-0.1 * 10.0 * np.exp(-1.0)), rel=0.01)
    renderer.release()
