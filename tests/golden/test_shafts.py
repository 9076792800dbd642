"""Shafts of light in fog: through windows, from lamps, and none where nothing casts a shadow."""

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
from taixu.scene import Environment, Fog, Light, Transform

SIZE = (160, 90)
INSIDE = ViewCamera.looking((-3.8, 1.5, 5.5), (2.0, 1.9, -0.5), fov_y_rad=1.0)
FOG = {
    "enabled": True, "density": 0.12, "falloff_m": 100.0, "color": (0.95, 0.95, 0.95), "glow": 0.55, "sky_light": 0.02,
    "shafts_m": 20.0,
}  # fmt: skip
Stage = tuple[Renderer, SmallWorld, int, int]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    stone = scene.material(base_color=(0.45, 0.42, 0.38, 1.0), metallic=0.0, roughness=0.9)

    def block(size: tuple[float, float, float], place: tuple[float, float, float]) -> None:
        scene.spawn(1, scene.mesh("box", size, material=stone), translation=place)

    block((12, 0.2, 20), (0, -0.1, 0))
    block((12, 0.3, 20), (0, 4.6, 0))
    block((0.3, 5, 20), (-4.5, 2, 0))
    block((12, 5, 0.3), (0, 2, -8))
    block((12, 5, 0.3), (0, 2, 8))
    block((0.3, 1.2, 20), (4, 0.6, 0))
    block((0.3, 0.9, 20), (4, 4.2, 0))
    for number in range(6):  # piers between windows
        block((0.3, 5, 1.6), (4, 2, -8 + 3.2 * number))
    scene.world.spawn(Environment(sun_direction=(1.0, 0.62, 0.12), turbidity=2.0))
    fog = int(scene.world.spawn(Fog()))
    lamp = int(scene.world.spawn(Transform(translation=(-1.0, 2.6, -2.0)), Light(kind="point", intensity=0.0, range_m=9.0)))
    scene.propagate()
    yield renderer, scene, fog, lamp
    renderer.release()


def picture(stage: Stage, *, settings: dict[str, Any] | None = None, lamp: float = 0.0, samples: int = 2, linear: bool = False,
            camera: ViewCamera = INSIDE, size: tuple[int, int] = SIZE, **fog: Any) -> NDArray[Any]:  # fmt: skip
    renderer, scene, entity, light = stage
    scene.world.set(entity, Fog, **FOG | fog)
    scene.world.set(light, Light, intensity=lamp)
    wanted = {"exposure_ev": 0.0, "shadow_distance_m": 24.0, "occlusion": False, **(settings or {})}
    encoding = "linear" if linear else "display"
    return render_still(renderer, scene.world, camera, size=size, samples=samples, encoding=encoding, settings=wanted).pixels


def test_shafts_through_windows(stage: Stage) -> None:
    shafts = picture(stage, samples=8)
    assert_golden(shafts, "air/shafts")
    even = picture(stage, samples=2, shafts_m=0.0)
    assert np.abs(shafts[..., :3].astype(int) - even[..., :3]).mean() > 15
    # The air under the roof is dark beside that in the shafts, which evenly lit fog knows nothing of.
    assert shafts[..., :3].mean() < even[..., :3].mean()
    np.testing.assert_array_equal(even, picture(stage, settings={"shafts": False}))


def test_a_lamp_has_a_halo_in_fog(stage: Stage) -> None:
    settings = {"shadows": False, "background": "transparent"}
    dark, lit = (picture(stage, lamp=lamp, settings=settings, linear=True, samples=1)[..., :3] for lamp in (0.0, 30.0))
    halo = (lit - dark).mean(-1)
    assert_golden(picture(stage, lamp=40.0, density=0.12, settings={"exposure_ev": 0.0}), "air/lamp_in_fog")
    without = picture(stage, lamp=30.0, settings=settings, linear=True, samples=1, shafts_m=0.0)[..., :3]
    place = np.unravel_index(np.argmax(halo[:40]), halo[:40].shape)
    around = np.s_[place[0] - 2 : place[0] + 3, place[1] - 2 : place[1] + 3]
    assert halo[around].mean() > 3 * np.median(halo[:30])
    assert lit[around].mean() > without[around].mean()


def test_a_lamp_has_the_same_halo_however_long_steps_are(stage: Stage) -> None:
    settings = {"shadows": False, "background": "transparent"}
    halos = []
    for reach_m in (16.0, 43.0):
        dark, lit = (picture(stage, lamp=lamp, settings=settings, linear=True, samples=1, shafts_m=reach_m)[..., :3].mean(-1)
                     for lamp in (0.0, 30.0))  # fmt: skip
        halos.append(lit - dark)
    bright = halos[0] > 0.1 * halos[0].max()
    assert bright.sum() > 100
    off = np.abs(halos[1] - halos[0])[bright] / halos[0][bright]
    assert np.percentile(off, 95) < 0.08


def test_without_shadows_steps_give_what_the_closed_form_gives(stage: Stage) -> None:
    settings = {"shadows": False}
    even, stepped = (picture(stage, settings=settings, linear=True, samples=1, shafts_m=m)[..., :3] for m in (0.0, 20.0))
    np.testing.assert_allclose(stepped.mean((0, 1)), even.mean((0, 1)), rtol=0.02)
    assert np.percentile(np.abs(stepped - even) / even, 95) < 0.06


def test_the_same_picture_twice_and_almost_so_a_centimetre_on(stage: Stage) -> None:
    still = picture(stage, samples=1).astype(int)
    np.testing.assert_array_equal(still, picture(stage, samples=1))
    moved = ViewCamera.looking((-3.8, 1.5, 5.49), (2.0, 1.9, -0.51), fov_y_rad=1.0)
    assert np.abs(still - picture(stage, samples=1, camera=moved).astype(int)).mean() < 2.5


def test_hostile_numbers_give_pictures(stage: Stage) -> None:
    for fields in ({"shafts_m": 1e30}, {"shafts_m": float("nan")}, {"density": 10.0, "shafts_m": 1e-6}, {"glow": 0.9}):
        assert np.isfinite(picture(stage, linear=True, samples=1, size=(32, 18), **fields)).all()
