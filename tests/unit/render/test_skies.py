"""Skies that are made in the background: what was shown stays until they are there."""

from __future__ import annotations

import time

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.ecs import World
from taixu.render import skies, sky
from taixu.render.skies import Skies
from taixu.scene import Environment

SUNS = [(0.0, 1.0, 0.0), (0.3, 0.8, 0.1), (0.5, 0.5, 0.2), (0.9, 0.2, 0.1)]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path) -> list[tuple[float, ...]]:
    """Suns whose skies were made, in order; small ones, made soon, and kept in a folder of this test."""
    found: list[tuple[float, ...]] = []
    march = sky.make_atmosphere

    def small(sun, **named):
        found.append(tuple(sun))
        return march(sun, height=64, **named)

    monkeypatch.setattr(skies, "make_atmosphere", small)
    monkeypatch.setattr(skies, "make_studio", lambda: np.ones((64, 128, 3), np.float32))
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path))
    return found


def until_made(kept: Skies) -> None:
    end = time.monotonic() + 60
    while kept.is_making and time.monotonic() < end:
        time.sleep(0.002)
        kept.follow()
    assert not kept.is_making


def test_a_sun_that_is_moved_is_followed_without_waiting(made: list[tuple[float, ...]], tmp_path) -> None:
    kept, world = Skies(shared_device()), World()
    try:
        first = kept.of(world, Environment(sun_direction=SUNS[0]))
        assert made == [SUNS[0]]  # who draws single pictures waits
        kept.waits = False
        stored = len(list(tmp_path.rglob("*.npy")))
        for sun in SUNS[1:]:
            assert kept.of(world, Environment(sun_direction=sun)) is first
        until_made(kept)
        assert made == [SUNS[0], SUNS[1], SUNS[3]]  # what was wanted meanwhile, and is no more, is left out
        assert kept.version == 2
        latest = kept.of(world, Environment(sun_direction=SUNS[3]))
        assert latest is not first
        np.testing.assert_allclose(latest.sun_direction, np.array(SUNS[3]) / np.linalg.norm(SUNS[3]))
        assert len(list(tmp_path.rglob("*.npy"))) == stored  # places on the way are not kept on disk
    finally:
        kept.release()


def test_a_world_that_is_new_stands_in_the_studio_until_its_sky_is_made(made: list[tuple[float, ...]], tmp_path) -> None:
    kept, world = Skies(shared_device()), World()
    kept.waits = False
    try:
        studio = kept.of(World(), None)
        assert kept.of(world, Environment(sun_direction=SUNS[2])) is studio
        until_made(kept)
        assert kept.of(world, Environment(sun_direction=SUNS[2])).sun_direction is not None
        assert len(list(tmp_path.glob("sky/*.npy"))) == 1  # the next time it is there at once
    finally:
        kept.release()


def test_a_sky_that_fails_is_the_studio(made: list[tuple[float, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    kept, world = Skies(shared_device()), World()
    kept.waits = False
    try:
        kept.of(World(), None)
        monkeypatch.setattr(skies, "make_atmosphere", lambda *_, **__: 1 / 0)
        kept.of(world, Environment(sun_direction=SUNS[2]))
        until_made(kept)
        assert kept.of(world, Environment(sun_direction=SUNS[2])).sun_direction is None
    finally:
        kept.release()


@pytest.mark.parametrize("turn", [0.0, 1.1, -2.0])
def test_the_sun_turns_with_its_sky(made: list[tuple[float, ...]], turn: float) -> None:
    kept = Skies(shared_device())
    try:
        found = kept.of(World(), Environment(sun_direction=(0.8, 0.35, 0.2), rotation_rad=turn))
        assert found.sun_direction is not None
        x, y, z = found.sun_direction
        assert np.linalg.norm((x, y, z)) == pytest.approx(1.0, abs=1e-6)
        c, s = np.cos(turn), np.sin(turn)
        looked_up = np.array([c * x - s * z, y, s * x + c * z])  # as shaders find a direction of the world in the picture
        light = found.maps.sky.read().astype(np.float64)[:32, :, 1]  # above the horizon
        around = ((np.arange(light.shape[1]) + 0.5) / light.shape[1] - 0.5) * 2 * np.pi
        brightest = light.mean(0) @ np.stack([np.cos(around), np.sin(around)], 1)
        across = looked_up[[0, 2]]
        assert across @ brightest > 0.99 * np.linalg.norm(across) * np.linalg.norm(brightest)
    finally:
        kept.release()
