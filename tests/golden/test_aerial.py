"""Aerial perspective: hills that fade into the sky with their distance, by the air that the sky is made of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.render import Renderer, ViewCamera, render_still
from taixu.render.air.heavens import EYE_M, SUN_COLOR, heavens_of, light_scale
from taixu.render.air.medium import AIR, GROUND_M, Medium
from taixu.scene import Air

SIZE = (192, 72)
FAR_M = (5_000.0, 20_000.0, 60_000.0)
HOURS = {12.0: -0.3, 18.7: 0.7}
"""Hour, and the exposure of its picture."""
SOUTH = ViewCamera.looking((0, 40, 0), (0, 700, 10_000), fov_y_rad=0.32)

Stage = tuple[Renderer, SmallWorld, int]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    green = scene.material(base_color=(0.12, 0.16, 0.07, 1.0), metallic=0.0, roughness=1.0)
    cone = scene.mesh("cone", (2.0, 2.0, 2.0), material=green)
    for number, far in enumerate(FAR_M):  # seen under like angles, side by side
        high = far * 0.1
        for part in range(3):
            side = far * (0.24 - 0.24 * number + 0.07 * (part - 1))
            tall = high * (1.0 - 0.25 * abs(part - 1))
            scene.spawn(1, cone, translation=(side, tall - 0.02 * far, far), scale=(far * 0.08, tall, far * 0.08))
    entity = int(scene.world.spawn(Air(hour=12.0)))
    scene.propagate()
    yield renderer, scene, entity
    renderer.release()


def picture(stage: Stage, *, stops: float, encoding: str = "display", samples: int = 2, **air: float) -> NDArray[np.floating]:
    renderer, scene, entity = stage
    scene.world.set(entity, Air, **{"aerial": 1.0, "haze": 1.0, "hour": 12.0} | air)
    wanted = {"exposure_ev": stops, "shadows": False, "occlusion": False}
    still = render_still(renderer, scene.world, SOUTH, size=SIZE, samples=samples, encoding=encoding, settings=wanted)
    pixels: NDArray[np.floating] = still.pixels
    return pixels


def hills(pixels: NDArray[np.floating]) -> list[NDArray[np.floating]]:
    """The mean colour of the middle hill of each group, by distance; +Z is ahead, so that +X lies left."""
    return [pixels[46:52, x - 3 : x + 3, :3].reshape(-1, 3).mean(0) for x in (42, 96, 150)]


def test_hills_at_noon_and_in_the_evening(stage: Stage) -> None:
    assert_golden(np.concatenate([picture(stage, hour=hour, stops=stops) for hour, stops in HOURS.items()]), "air/aerial")
    clear = picture(stage, aerial=0.0, stops=-0.3)
    airy = picture(stage, stops=-0.3)
    changes = [np.abs(a - b).mean() for a, b in zip(hills(clear.astype(float)), hills(airy.astype(float)), strict=True)]
    assert changes[2] > changes[1] > changes[0] > 2
    assert changes[2] > 40
    settings = {"exposure_ev": -0.3, "shadows": False, "occlusion": False, "aerial": False}
    off = render_still(stage[0], stage[1].world, SOUTH, size=SIZE, samples=2, settings=settings).pixels
    np.testing.assert_array_equal(off, clear)


def test_what_is_far_away_fades_as_the_medium_says(stage: Stage) -> None:
    """Black hills and white ones would tell light sent on from light lost; here one colour under two amounts of air does."""
    clear, airy = (hills(picture(stage, stops=0.0, encoding="linear", samples=1, aerial=a)) for a in (0.0, 1.0))
    air, heavens = Medium(1.0), heavens_of(Air(hour=12.0))
    light = SUN_COLOR * light_scale(air)
    for far, before, after in zip(FAR_M[:2], clear, airy, strict=False):
        lost = air.extinction(np.array([EYE_M + 40.0 + far * 0.02]))[0] * far
        left = np.exp(-lost)
        # Sent on: single scattering of air and what scattered again, at the height of the eye.
        r, mu = np.array([GROUND_M + EYE_M]), np.array([heavens.sun[1]])
        cosine = float(heavens.sun[2])
        sent = AIR * (3 / (16 * np.pi) * (1 + cosine**2)) * air.sunlight(r, mu)[0] + (AIR + 4e-6) * air.again(r, mu)[0]
        expected = before * left + light * sent * far * (1 - left) / np.maximum(lost, 1e-9)
        assert after[2] == pytest.approx(expected[2], rel=0.25)
        assert np.isfinite(after).all()


def test_air_without_end_is_the_sky(stage: Stage) -> None:
    """With forty times the air the last hills have the colour of the horizon beside them."""
    seen = picture(stage, stops=0.0, encoding="linear", samples=1, aerial=1.0, haze=12.0)
    far, sky = hills(seen)[2], seen[40:46, 186:, :3].reshape(-1, 3).mean(0)
    np.testing.assert_allclose(far, sky, rtol=0.3)


def test_hostile_numbers_give_pictures(stage: Stage) -> None:
    for fields in ({"aerial": 1e30}, {"aerial": float("nan")}, {"aerial": 1000.0, "haze": 20.0}):
        assert np.isfinite(picture(stage, stops=0.0, encoding="linear", samples=1, **fields)).all()
