"""A night: stars that turn about the pole, a moon with its phase, and neither by day nor where they are not wanted."""

from __future__ import annotations

from collections.abc import Iterator
from math import radians
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.render import Renderer, ViewCamera, render_still
from taixu.render.air.heavens import heavens_of, world_from_equatorial
from taixu.scene import Air

SIZE = (160, 100)
NIGHT = {"hour": 23.5, "moon_phase": 0.02, "day": 172.0}
Stage = tuple[Renderer, SmallWorld, int]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    dark = scene.material(base_color=(0.02, 0.02, 0.02, 1.0), metallic=0.0, roughness=1.0)
    scene.spawn(1, scene.mesh("cone", (6.0, 5.0, 6.0), material=dark), translation=(-4, 1.0, -12))
    entity = int(scene.world.spawn(Air()))
    scene.propagate()
    yield renderer, scene, entity
    renderer.release()


def picture(stage: Stage, *, towards: Any = (0.0, 0.45, -1.0), fov: float = 1.0, stops: float = 5.0, encoding: str = "display",
            stars: bool = True, **air: float) -> NDArray[Any]:  # fmt: skip
    renderer, scene, entity = stage
    scene.world.set(entity, Air, **{"moon_phase": 0.5, "day": 172.0, "stars": 1.0, "latitude_rad": radians(35)} | air)
    camera = ViewCamera.looking((0, 1.5, 0), np.array((0, 1.5, 0)) + np.asarray(towards, float), fov_y_rad=fov)
    settings = {"exposure_ev": stops, "occlusion": False, "shadows": False, "stars": stars}
    return render_still(renderer, scene.world, camera, size=SIZE, samples=2, encoding=encoding, settings=settings).pixels


def test_a_night_and_two_moons(stage: Stage) -> None:
    night = picture(stage, **NIGHT)
    moons = []
    for phase, hour in ((0.5, 0.5), (0.22, 19.5)):
        to = heavens_of(Air(hour=hour, moon_phase=phase, day=172.0)).moon
        assert to[1] > 0.1
        moons.append(picture(stage, towards=to, fov=0.06, stops=2.5, hour=hour, moon_phase=phase))
    assert_golden(np.concatenate([night, *moons], 1), "air/night")
    without = picture(stage, stars=False, **NIGHT)
    brighter = (night[..., :3].astype(int) - without[..., :3]).max(-1) > 12
    assert 60 < brighter[:70].sum() < 2500, "stars are points"
    assert not brighter[75:, 30:50].any(), "none before a hill"
    np.testing.assert_array_equal(picture(stage, **NIGHT | {"stars": 0.0}), without)
    # A half moon is lit at the side where the sun is: it set in the west, right of who looks south.
    half = moons[1][..., :3].mean(-1)
    full = moons[0][..., :3].mean(-1)
    assert 0.25 * (full > 60).sum() < (half > 60).sum() < 0.75 * (full > 60).sum()


def test_by_day_there_are_none(stage: Stage) -> None:
    day = {"hour": 12.0, "moon_phase": 0.02, "stops": 0.0}
    np.testing.assert_array_equal(picture(stage, **day), picture(stage, stars=False, **day))


def test_the_sky_turns_about_the_pole_and_carries_the_sun() -> None:
    air = Air(hour=3.0, day=172.0, latitude_rad=radians(50))
    turn = world_from_equatorial(air)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)
    pole = turn @ (0.0, 0.0, 1.0)
    np.testing.assert_allclose(pole, (0.0, np.sin(radians(50)), -np.cos(radians(50))), atol=1e-12)
    longitude, tilt = 2 * np.pi * (172.0 - 80.0) / 365.25, radians(23.44)
    sun = np.array([np.cos(longitude), np.cos(tilt) * np.sin(longitude), np.sin(tilt) * np.sin(longitude)])
    np.testing.assert_allclose(turn @ sun, heavens_of(air).sun, atol=1e-9)
    # A sidereal day is shorter than the sun's: the same hour a quarter of a year later shows another sky.
    later = world_from_equatorial(Air(hour=3.0, day=172.0 + 91.3, latitude_rad=radians(50)))
    assert np.degrees(np.arccos(np.clip((np.trace(later @ turn.T) - 1) / 2, -1, 1))) == pytest.approx(90, abs=4)


def test_stars_only_add_light_and_few_are_bright(stage: Stage) -> None:
    night, without = (picture(stage, stars=on, encoding="linear", **NIGHT)[..., :3].mean(-1) for on in (True, False))
    added = (night - without)[:60]
    assert np.isfinite(night).all()
    assert added.min() > -1e-4
    assert added.max() > 20 * added.mean(), "a few bright ones, many faint ones"
    assert np.isfinite(picture(stage, encoding="linear", **NIGHT | {"stars": 1e30})).all()
