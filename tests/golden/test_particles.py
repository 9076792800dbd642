"""Particles of each kind, and that they are where their time says: drawn twice, scrubbed back, or thrown without drag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.render import Renderer, View, ViewCamera
from taixu.render.particles.feature import MOST_SORTED, emission
from taixu.scene import Environment, Transform
from taixu.scene.particles import MOST_PARTICLES, PARTICLE_KINDS, Particles

SIZE = (80, 80)
BEFORE = ViewCamera.looking((0, 1.5, 5.0), (0, 1.3, 0), fov_y_rad=0.75)
Stage = tuple[Renderer, SmallWorld, int]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    floor = scene.material(base_color=(0.3, 0.3, 0.28, 1.0), metallic=0.0, roughness=0.9)
    scene.spawn(1, scene.mesh("box", (30, 0.2, 30), material=floor), translation=(0, -0.1, 0))
    scene.spawn(1, scene.mesh("box", (0.8, 0.5, 0.3), material=floor), translation=(0.5, 0.25, 0.6))
    scene.world.spawn(Environment(sun_direction=(0.4, 0.6, 0.5), turbidity=3.0))
    emitter = int(scene.world.spawn(Transform(translation=(0, 0.02, 0)), Particles(enabled=False)))
    scene.propagate()
    yield renderer, scene, emitter
    renderer.release()


def picture(stage: Stage, particles: Particles, *, time: float = 3.0, encoding: str = "display") -> NDArray[Any]:
    renderer, scene, emitter = stage
    scene.world.set(emitter, Particles, **{name: getattr(particles, name) for name in Particles.__dataclass_fields__})
    settings = {"exposure_ev": 0.8, "occlusion": False, "shadow_distance_m": 12.0, "encoding": encoding}
    view = View(BEFORE, SIZE, settings=settings)
    renderer.render(scene.world, [view], time_secs=time)
    pixels = renderer.read(view)
    view.release()
    if encoding == "linear":
        return pixels.astype(np.float32)
    return np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8) if pixels.dtype.kind == "f" else pixels


def test_each_kind(stage: Stage) -> None:
    off = picture(stage, Particles(enabled=False)).astype(int)
    pictures = []
    for kind in PARTICLE_KINDS:
        pictures.append(picture(stage, Particles(kind=kind)))
        changed = np.abs(pictures[-1].astype(int) - off)[..., :3].max(-1) > 6
        assert changed.mean() > 0.005, kind
    pictures.append(off.astype(np.uint8))
    assert_golden(np.concatenate([np.concatenate(pictures[i : i + 4], 1) for i in (0, 4)]), "particles/kinds")


def test_a_time_has_one_picture(stage: Stage) -> None:
    smoke = Particles(kind="smoke")
    now = picture(stage, smoke, time=7.25)
    later = picture(stage, smoke, time=9.0)
    assert np.abs(now.astype(int) - later).max() > 10
    np.testing.assert_array_equal(now, picture(stage, smoke, time=7.25))
    assert (picture(stage, replace(smoke, seed=5), time=7.25) != now).any()


def test_without_drag_they_fly_as_stones_do(stage: Stage) -> None:
    """One particle a second straight up, seen after a third of a second: at v t - g t^2 / 2, and speeds vary by a quarter."""
    thrown = Particles(kind="own", rate=1.0, life_secs=0.999, radius_m=0.0, speed=4.0, spread_rad=0.0, gravity=9.81, size_m=0.08,
                       size_end_m=0.08, glow=50.0, color=(1, 1, 1, 1), color_end=(1, 1, 1, 1), additive=True)  # fmt: skip
    dark = picture(stage, replace(thrown, enabled=False), encoding="linear")
    seen = (picture(stage, thrown, time=5.3, encoding="linear") - dark)[..., 1]
    y, x = np.unravel_index(np.argmax(seen), seen.shape)
    height = 1.5 - ((y + 0.5) / SIZE[1] * 2 - 1) * np.tan(0.375) * 5.0 - 0.2
    t, fall = 0.3, 9.81 * 0.3**2 / 2
    assert 4.0 * 0.75 * t - fall - 0.1 < height < 4.0 * 1.25 * t - fall + 0.2
    assert abs(x - 39.5) < 2


def test_glowing_ones_add_light_and_hide_nothing(stage: Stage) -> None:
    dark, lit = (picture(stage, Particles(kind="fire", enabled=on), encoding="linear")[..., :3] for on in (False, True))
    assert (lit >= dark - 2e-3 * (1 + dark)).all()
    assert (lit - dark).max() > 0.3


def test_there_are_never_more_than_there_may_be() -> None:
    for rate, life, amount in ((1e5, 600.0, 100.0), (100.0, 2.0, 1.0), (0.0, 1.0, 1.0), (5.0, 0.01, 0.0), (1e5, float("nan"), 1.0)):
        sent = emission(Particles(kind="own", rate=rate, life_secs=life, amount=amount), 1e6)
        assert 0 <= sent.count <= MOST_PARTICLES
        assert 0 <= sent.due < 1
        assert 0 <= sent.newest < 2**32


def test_a_crowd_of_them_and_hostile_numbers(stage: Stage) -> None:
    many = Particles(kind="own", rate=1e5, life_secs=1.0, speed=3.0, size_m=0.01, size_end_m=0.01)
    assert emission(many, 3.0).count == 100_000 > MOST_SORTED
    assert np.isfinite(picture(stage, many, encoding="linear")).all()
    bad: list[dict[str, Any]] = [
        {"size_m": float("inf")}, {"speed": float("nan")}, {"color": (1e30, float("nan"), -5.0, 1.0)}, {"scale": 1e9},
        {"drag": float("inf")}, {"glow": 1e30}, {"gravity": -1e30}, {"rate": float("nan")}, {"life_secs": float("nan")},
    ]  # fmt: skip
    for fields in bad:
        assert np.isfinite(picture(stage, Particles(**{"kind": "own", "rate": 50.0, **fields}), encoding="linear")).all(), fields
