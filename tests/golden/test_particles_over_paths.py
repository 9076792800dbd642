"""Particles in pictures made by paths of light: seen as frames show them, and hidden by what stands before them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld
from waiting import until

from golden import assert_golden
from taixu.app import Clock
from taixu.render import Renderer, ViewCamera, render_still
from taixu.scene import Environment, Particles, Transform

SIZE = (96, 64)
BEFORE = ViewCamera.looking((0, 1.1, 4.5), (0, 0.9, 0), fov_y_rad=0.75)
Stage = tuple[Renderer, SmallWorld, list[int]]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    stone = scene.material(base_color=(0.3, 0.3, 0.28, 1.0), metallic=0.0, roughness=0.9)
    scene.spawn(1, scene.mesh("box", (30, 0.2, 30), material=stone), translation=(0, -0.1, 0))
    scene.spawn(1, scene.mesh("box", (0.5, 1.0, 0.3), material=stone), translation=(0.75, 0.5, 1.2))
    scene.world.spawn(Environment(sun_direction=(0.4, 0.6, 0.5), turbidity=3.0, exposure_ev=-0.5))
    emitters = [
        int(scene.world.spawn(Transform(translation=(-0.8, 0.05, 0)), Particles(kind="fire"))),
        int(scene.world.spawn(Transform(translation=(0.9, 0.3, 0)), Particles(kind="smoke", soft_m=0.3))),
    ]
    scene.world.insert_resource(Clock())
    clock = scene.world.resource(Clock)
    clock.ticks = 6 * clock.steps_per_sec
    scene.propagate()
    yield renderer, scene, emitters
    renderer.release()


def still(stage: Stage, **settings: Any) -> NDArray[Any]:
    renderer, scene, _ = stage
    return render_still(renderer, scene.world, BEFORE, size=SIZE, samples=6, settings={"reference": True} | settings).pixels


def test_they_are_in_it_and_hidden_by_what_is_nearer(stage: Stage) -> None:
    shown, bare = still(stage), still(stage, particles=False)
    changed = np.abs(shown.astype(int) - bare)[..., :3].max(-1)
    assert (changed > 12).mean() > 0.04
    assert changed[42:58, 66:72].max() == 0  # the box that stands before the smoke
    assert_golden(shown, "particles/over_paths", share=0.02, tolerance=6)


def test_they_are_in_the_reference_view_of_the_editor(stage: Stage) -> None:
    from taixu_editor.view.reference import ReferencePicture

    renderer, scene, _ = stage
    shell = SimpleNamespace(toasts=SimpleNamespace(say=pytest.fail))
    painter, pacing = SimpleNamespace(forget=lambda texture: None), SimpleNamespace(wake=lambda: None)
    window: Any = SimpleNamespace(
        renderer=renderer, device=renderer.device, gui=SimpleNamespace(painter=painter), pacing=pacing, shell=shell
    )
    shown = ReferencePicture(window)

    def goes_on() -> bool:
        shown.follow(scene.world, BEFORE, SIZE, "a place")
        return shown.samples >= 2

    until(goes_on)
    assert shown.texture is not None
    pixels = shown.texture.read().reshape(SIZE[1], SIZE[0], 4)[..., :3].astype(int)
    shown.forget()
    with_them, without = (picture[..., :3].astype(int) for picture in (still(stage), still(stage, particles=False)))
    place = np.abs(with_them - without).max(-1) > 40
    assert place.sum() > 50
    assert np.abs(pixels - with_them)[place].mean() < 0.6 * np.abs(pixels - without)[place].mean()


def test_without_any_the_picture_stays(stage: Stage) -> None:
    _, scene, emitters = stage
    for entity in emitters:
        scene.world.set(entity, Particles, enabled=False)
    np.testing.assert_array_equal(still(stage), still(stage, particles=False))
