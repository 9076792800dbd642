"""The sky of six hours over a few shapes: where the light comes from, and what colour it has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.render import Renderer, ViewCamera, render_still
from taixu.scene import Air

HOURS = {5.0: 1.5, 6.5: 0.5, 12.0: -0.3, 18.5: 0.5, 19.3: 3.5, 23.0: 4.5}
"""Hour, and the exposure of its picture: skies of a day span what no film does."""
SIZE = (112, 72)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Renderer, SmallWorld, int]]:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    floor = scene.material(base_color=(0.5, 0.5, 0.48, 1.0), metallic=0.0, roughness=0.9)
    white = scene.material(base_color=(0.8, 0.8, 0.8, 1.0), metallic=0.0, roughness=0.6)
    mirror = scene.material(base_color=(0.95, 0.95, 0.95, 1.0), metallic=1.0, roughness=0.05)
    scene.spawn(1, scene.mesh("box", (80, 0.2, 80), material=floor), translation=(0, -0.1, 0))
    scene.spawn(1, scene.mesh("sphere", (1.4, 1.4, 1.4), material=mirror), translation=(-1.1, 0.7, 0))
    scene.spawn(1, scene.mesh("box", (1, 1.6, 1), material=white), translation=(0.9, 0.8, 0), rotation=(0, 0.3, 0, 0.954))
    (entity,) = scene.world.spawn_batch(1, {Air: {"hour": 12.0}})
    scene.propagate()
    yield renderer, scene, int(entity)
    renderer.release()


def picture(stage: tuple[Renderer, SmallWorld, int], *, camera: ViewCamera, stops: float, **air: float) -> NDArray[np.uint8]:
    renderer, scene, entity = stage
    scene.world.set(entity, Air, **{"enabled": True} | air)
    return render_still(
        renderer, scene.world, camera, size=SIZE, samples=2, settings={"exposure_ev": stops, "shadow_distance_m": 20.0}
    ).pixels


def test_the_sky_of_six_hours(stage: tuple[Renderer, SmallWorld, int]) -> None:
    east, west = (ViewCamera.looking((x, 1.3, 3.2), (0, 0.95, 0), fov_y_rad=1.1) for x in (-3.4, 3.4))
    pictures = [picture(stage, camera=east if hour < 12 else west, stops=stops, hour=hour) for hour, stops in HOURS.items()]
    rows = [np.concatenate(pictures[i : i + 3], 1) for i in (0, 3)]
    assert_golden(np.concatenate(rows), "air/hours")


def test_air_that_is_off_leaves_the_sky_that_was(stage: tuple[Renderer, SmallWorld, int]) -> None:
    camera = ViewCamera.looking((-3.4, 1.3, 3.2), (0, 0.95, 0), fov_y_rad=1.1)
    with_air = picture(stage, camera=camera, stops=0.0, hour=6.5)
    without = picture(stage, camera=camera, stops=0.0, hour=6.5, enabled=False)
    assert np.abs(with_air[:10].astype(int) - without[:10]).mean() > 20, "a studio has no sky"


def test_shadows_turn_with_the_hour(stage: tuple[Renderer, SmallWorld, int]) -> None:
    above = ViewCamera.looking((0.9, 9, 0.01), (0.9, 0, 0))
    morning, evening = (picture(stage, camera=above, stops=0.0, hour=hour)[..., :3].mean(-1) for hour in (8.0, 16.0))
    east_of_box, west_of_ball = (slice(30, 42), slice(68, 76)), (slice(30, 42), slice(22, 27))
    assert evening[east_of_box].mean() < 0.7 * morning[east_of_box].mean()
    assert morning[west_of_ball].mean() < 0.7 * evening[west_of_ball].mean()


def test_a_night_without_a_moon_has_no_lamp_and_no_shadow_maps(stage: tuple[Renderer, SmallWorld, int]) -> None:
    camera = ViewCamera.looking((-3.4, 1.3, 3.2), (0, 0.95, 0), fov_y_rad=1.1)
    seen = picture(stage, camera=camera, stops=8.0, hour=0.0, moon_phase=0.0)
    assert stage[0].lighting.lamp_count == 0
    assert seen[..., :3].mean() > 10, "the sky itself is not black"
