"""Antialiasing over time: alone, smaller than the picture, with what has no velocity, behind what moves, and its laws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.render import Renderer, View, ViewCamera, render_still
from taixu.render.temporal.choice import choose_temporal, jitter_offsets
from taixu.render.temporal.past import is_cut
from taixu.scene import Environment, Transform
from taixu.scene.post import AutoExposure, DepthOfField, MotionBlur

SIZE = (160, 90)
CAMERA = ViewCamera.looking((0.2, 1.5, 6), (0, 0.9, 0), fov_y_rad=0.7)
LEAN = {"shadow_texels": 512, "occlusion": False}
TEMPORAL = {**LEAN, "antialias": "temporal"}
UPSCALED = {**TEMPORAL, "drawn_scale": 0.67}

Pixels = NDArray[np.float64]


class Yard(SmallWorld):
    """Wires, a fence and balls of steel before the sky, a box that may move and a pane."""

    def __init__(self) -> None:
        super().__init__()
        dark = self.material(base_color=(0.04, 0.04, 0.05, 1), metallic=0.0, roughness=0.6)
        steel = self.material(base_color=(0.9, 0.85, 0.8, 1), metallic=1.0, roughness=0.2)
        floor = self.material(base_color=(0.35, 0.4, 0.3, 1), metallic=0.0, roughness=0.9)
        red = self.material(base_color=(0.7, 0.08, 0.05, 1), metallic=0.0, roughness=0.5)
        pane = self.material(base_color=(0.1, 0.4, 0.7, 0.5), metallic=0.0, roughness=0.5, alpha_mode="BLEND")
        self.spawn(1, self.mesh("box", (60, 0.2, 60), material=floor), translation=(0, -0.1, 0))
        post, wire = self.mesh("box", (0.03, 1.0, 0.03), material=dark), self.mesh("box", (30, 0.02, 0.02), material=dark)
        posts = np.zeros((3, 60), np.float32)
        posts[0], posts[1], posts[2] = np.linspace(-8, 8, 60), 0.5, -8
        self.spawn(60, post, translation=posts)
        for k in range(3):
            turn = 0.05 * (k + 1)
            self.spawn(1, wire, translation=(0, 1.7 + 0.2 * k, -3), rotation=(0, 0, np.sin(turn), np.cos(turn)))
        balls = np.array([[-1.2, 0.0, 1.1, 0.5], [0.25] * 4, [0.5, -1.0, 0.8, 1.5]], np.float32)
        self.spawn(4, self.mesh("sphere", (0.5, 0.5, 0.5), material=steel), translation=balls)
        self.box = int(self.spawn(1, self.mesh("box", (0.7, 0.7, 0.7), material=red), translation=(-1.5, 0.6, 1))[0])
        self.pane = int(self.spawn(1, self.mesh("box", (0.8, 1.2, 0.02), material=pane), translation=(40, 0.6, 2))[0])
        self.world.spawn(Environment(sun_direction=(-0.3, 0.6, 0.6)))
        self.propagate()

    def move(self, entity: int, *place: float) -> None:
        self.world.set(entity, Transform, translation=place)
        self.propagate()


Stage = tuple[Renderer, Yard]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    renderer = Renderer(shared_device())
    yield renderer, Yard()
    renderer.release()


def frames(stage: Stage, count: int, settings: dict[str, Any], *, last: int = 1, **options: Any) -> Pixels:
    """The last frames of so many of a still view, [last, height, width, 3]."""
    renderer, yard = stage
    view = View(CAMERA, SIZE, settings=settings, **options)
    found = []
    for index in range(count):
        renderer.render(yard.world, [view], time_secs=0.0)
        if index >= count - last:
            found.append(renderer.read(view)[..., :3].astype(float))
    view.release()
    return np.array(found)


@pytest.fixture(scope="module")
def reference(stage: Stage) -> Pixels:
    renderer, yard = stage
    return render_still(renderer, yard.world, CAMERA, size=SIZE, samples=16, settings={**LEAN, "traced": False}).pixels[
        ..., :3
    ].astype(float)


def off(a: Pixels, b: Pixels) -> float:
    """Root of the mean squared difference."""
    return float(np.sqrt(np.mean((a - b) ** 2)))


@pytest.mark.parametrize(("name", "settings", "share"), [("native", TEMPORAL, 0.4), ("upscaled", UPSCALED, 0.6)])
def test_it_is_nearer_to_many_samples_than_one_is(
    stage: Stage, reference: Pixels, name: str, settings: dict[str, Any], share: float
) -> None:
    (plain,), gathered = frames(stage, 1, LEAN), frames(stage, 24, settings, last=6)
    assert_golden(gathered[-1].astype(np.uint8), f"temporal/{name}")
    assert off(gathered[-1], plain) > 4.0, "it differs visibly"
    assert off(gathered[-1], reference) < share * off(plain, reference)
    # A still camera's picture stands still, though each frame looks elsewhere.
    early = frames(stage, 7, settings, last=6)
    assert np.abs(np.diff(gathered, axis=0)).mean() < 0.5 * np.abs(np.diff(early, axis=0)).mean()
    assert np.percentile(np.abs(np.diff(gathered, axis=0)), 99) <= 6.0


def test_what_moves_leaves_nothing_behind(stage: Stage) -> None:
    renderer, yard = stage
    view = View(CAMERA, SIZE, settings=TEMPORAL)
    for index in range(14):
        yard.move(yard.box, -1.5 + 0.15 * index, 0.6, 1)
        renderer.render(yard.world, [view], time_secs=index / 30, delta_secs=1 / 30)
    pixels = renderer.read(view)[..., :3].astype(float)
    view.release()
    sharp = render_still(renderer, yard.world, CAMERA, size=SIZE, samples=16, settings={**LEAN, "traced": False}).pixels
    yard.move(yard.box, -1.5, 0.6, 1)
    red = [(p[..., 0] > 1.5 * p[..., 1]) & (p[..., 0] > 60) for p in (pixels, sharp[..., :3].astype(float))]
    column = int(np.flatnonzero(red[1].any(0))[0])
    assert red[1].sum() > 100
    assert not red[0][:, : column - 2].any(), "the box is seen where it was"
    assert_golden(pixels.astype(np.uint8), "temporal/moving")


def test_a_shadow_that_went_on_leaves_no_stripes() -> None:
    scene, renderer = SmallWorld(), Renderer(shared_device())
    plain = scene.material(base_color=(0.6, 0.6, 0.55, 1), metallic=0.0, roughness=0.9)
    scene.spawn(1, scene.mesh("box", (60, 0.2, 60), material=plain), translation=(0, -0.1, 0))
    box = int(scene.spawn(1, scene.mesh("box", (0.8, 0.8, 0.8), material=plain), translation=(0, 0.7, 0.5))[0])
    scene.world.spawn(Environment(sun_direction=(-0.5, 0.6, 0.6)))
    above = ViewCamera.looking((0.3, 2.2, 6), (0, 0.7, 0), fov_y_rad=0.5)

    size = (240, 135)

    def move(x: float) -> None:
        scene.world.set(box, Transform, translation=(x, 0.7, 0.5))
        scene.propagate()

    def look(x: float) -> Pixels:
        move(x)
        return render_still(renderer, scene.world, above, size=size, samples=4, settings={**LEAN, "traced": False}).pixels[
            ..., :3
        ].astype(float)

    view = View(above, size, settings=TEMPORAL)
    for index in range(30):
        move(-1.5 + 0.06 * index)
        renderer.render(scene.world, [view], time_secs=index / 30, delta_secs=1 / 30)
    pixels = renderer.read(view)[..., :3].astype(float)
    view.release()
    now, before, without = look(-1.5 + 0.06 * 29), look(-1.5 + 0.06 * 19), look(400.0)
    left = (np.abs(before - without).max(-1) > 20) & (np.abs(now - without).max(-1) < 3)
    assert left.sum() > 150
    assert np.abs(pixels - now)[left].mean() < 3.0
    renderer.release()


@pytest.mark.parametrize("samples", [1, 4])
def test_what_is_blended_does_not_smear(stage: Stage, reference: Pixels, samples: int) -> None:
    renderer, yard = stage
    view = View(CAMERA, SIZE, samples=samples, settings=TEMPORAL)
    for index in range(12):
        yard.move(yard.pane, -0.6 + 0.15 * index, 0.6, 2)
        renderer.render(yard.world, [view], time_secs=index / 30)
    pixels = renderer.read(view)[..., :3].astype(float)
    sharp = render_still(renderer, yard.world, CAMERA, size=SIZE, samples=16, settings={**LEAN, "traced": False}).pixels
    yard.move(yard.pane, 40, 0.6, 2)
    view.release()
    assert off(sharp[..., :3].astype(float), reference) > 6.0, "the pane is seen"
    assert off(pixels, sharp[..., :3].astype(float)) < 6.0


def test_a_cut_forgets_and_a_view_without_a_past_shows_one_frame(stage: Stage) -> None:
    renderer, yard = stage
    elsewhere = ViewCamera.looking((0.2, 1.5, 60), (0, 30.0, 90), fov_y_rad=0.7)
    (first,) = frames(stage, 1, TEMPORAL)
    view = View(CAMERA, SIZE, settings=TEMPORAL)
    for camera, time_secs in ((CAMERA, 0.0), (elsewhere, 0.1), (elsewhere, 0.2), (CAMERA, 0.3)):
        view.camera = camera
        renderer.render(yard.world, [view], time_secs=time_secs)
    np.testing.assert_array_equal(renderer.read(view)[..., :3], first)
    renderer.render(yard.world, [view], time_secs=0.4)
    assert (renderer.read(view)[..., :3] != first).any()
    renderer.render(yard.world, [view], time_secs=0.1)  # the world went back
    np.testing.assert_array_equal(renderer.read(view)[..., :3], first)
    view.size = (96, 54)
    renderer.render(yard.world, [view], time_secs=0.1)
    assert renderer.read(view).shape == (54, 96, 4)
    view.size, view.settings = SIZE, dict(LEAN)
    renderer.render(yard.world, [view], time_secs=0.1)
    np.testing.assert_array_equal(renderer.read(view)[..., :3], frames(stage, 1, LEAN)[0])
    view.release()


def test_single_pictures_are_gathered(stage: Stage, reference: Pixels) -> None:
    renderer, yard = stage
    picture = renderer.picture(yard.world, camera=CAMERA, size=SIZE, settings=TEMPORAL).pixels[..., :3].astype(float)
    assert off(picture, reference) < 0.5 * off(frames(stage, 1, LEAN)[0], reference)


def test_a_constant_picture_stays_so() -> None:
    scene, renderer = SmallWorld(), Renderer(shared_device())
    wall = scene.material(base_color=(0, 0, 0, 1), emissive=(0.6, 0.3, 0.1), metallic=0.0, roughness=1.0)
    scene.spawn(1, scene.mesh("box", (200, 200, 1), material=wall), translation=(0, 0, -5))
    scene.world.spawn(Environment(intensity=0.0))
    scene.propagate()
    for settings in (TEMPORAL, UPSCALED):
        view = View(CAMERA, (64, 36), settings=settings | {"encoding": "linear"})
        for index in range(10):
            renderer.render(scene.world, [view], time_secs=index / 30)
            values = renderer.read(view)[..., :3]
            assert np.ptp(values, axis=(0, 1)).max() < 2e-3 * values.max(), index
        np.testing.assert_allclose(values[0, 0], [0.6, 0.3, 0.1], rtol=0.01)
        view.release()
    renderer.release()


def test_it_goes_with_the_effects_of_the_camera_and_never_shows_what_is_no_number(stage: Stage) -> None:
    renderer, yard = stage
    made = [yard.world.spawn(effect) for effect in (AutoExposure(), DepthOfField(focus_m=5.0, f_stop=1.4), MotionBlur())]
    lamp = yard.material(base_color=(0, 0, 0, 1), emissive=(float("inf"), float("nan"), 1e30), metallic=0.0, roughness=1.0)
    made.append(int(yard.spawn(1, yard.mesh("sphere", (0.3, 0.3, 0.3), material=lamp), translation=(0, 1, 1))[0]))
    yard.propagate()
    for settings in (TEMPORAL, UPSCALED):
        view = View(CAMERA, SIZE, settings=settings | {"encoding": "linear"})
        for index in range(4):
            view.camera = ViewCamera.looking((0.2 + 0.02 * index, 1.5, 6), (0, 0.9, 0), fov_y_rad=0.7)
            renderer.lines.add((-2, 0.5, 0), (2, 0.5, 0), color=(1, 1, 1))
            renderer.render(yard.world, [view], time_secs=index / 30, delta_secs=1 / 30)
        values = renderer.read(view)
        assert np.isfinite(values).all()
        assert np.median(values[..., :3]) > 0.01
        view.release()
    for entity in made:
        yard.world.despawn(entity)


def test_who_asks_for_what() -> None:
    color = frozenset({"color"})
    asked = {"antialias": "temporal"}
    assert choose_temporal("full", {"antialias": "fxaa"}, color) is None
    assert choose_temporal("fast", asked, color) is None
    assert choose_temporal("full", asked | {"traced": True}, color) is None
    scales = [(0.1, 0.5), (0.67, 0.67), (3.0, 1.0), (float("nan"), 1.0)]
    for scale, wanted in scales:
        found = choose_temporal("full", asked | {"drawn_scale": scale}, color)
        assert found is not None
        assert found.drawn_scale == wanted
    found = choose_temporal("full", asked | {"drawn_scale": 0.5}, color | {"depth"})
    assert found is not None
    assert not found.upscales, "other outputs have the picture's size"


def test_lines_lie_on_what_is_drawn_smaller(stage: Stage) -> None:
    renderer, yard = stage
    masks = []
    for settings in (LEAN, UPSCALED):
        pictures = []
        for shown in (False, True):
            view = View(CAMERA, SIZE, settings=settings)
            for _ in range(3):
                if shown:  # through the box: its middle part is hidden
                    renderer.lines.add((-4, 0.6, 1), (4, 0.6, 1), color=(0, 1, 0))
                renderer.render(yard.world, [view], time_secs=0.0)
            pictures.append(renderer.read(view)[..., :3].astype(float))
            view.release()
        masks.append(np.abs(pictures[1] - pictures[0]).max(-1) > 60)
    assert 60 < masks[0].sum() < 160
    assert (masks[0] ^ masks[1]).sum() <= 6


def test_a_still_takes_the_mean_itself(stage: Stage) -> None:
    renderer, yard = stage
    pictures = [
        render_still(renderer, yard.world, CAMERA, size=SIZE, samples=3, settings={**settings, "traced": False}).pixels
        for settings in (LEAN, UPSCALED)
    ]
    np.testing.assert_array_equal(*pictures)


@pytest.mark.parametrize("count", [1, 8, 18, 32])
def test_frames_look_all_over_a_pixel(count: int) -> None:
    offsets = jitter_offsets(count)
    assert offsets.shape == (count, 2)
    assert np.abs(offsets.mean(0)).max() < 1e-12
    assert np.abs(offsets).max() < 0.6
    if count > 1:
        halves = (offsets > 0).sum(0)
        assert (np.abs(halves - count / 2) <= 2).all()


def test_cuts() -> None:
    near = ViewCamera.looking((0.3, 1.5, 6), (0, 0.9, 0), fov_y_rad=0.7)
    assert not is_cut(CAMERA, CAMERA)
    assert not is_cut(CAMERA, near)
    assert is_cut(CAMERA, ViewCamera.looking((0.2, 1.5, 6), (0, 0.9, 20), fov_y_rad=0.7)), "turned about"
    assert is_cut(CAMERA, ViewCamera.looking((2000.2, 1.5, 6), (2000, 0.9, 0), fov_y_rad=0.7))
    assert is_cut(CAMERA, ViewCamera.looking((0.2, 1.5, 6), (0, 0.9, 0), fov_y_rad=0.3))
    assert is_cut(CAMERA, ViewCamera.looking((0.2, 1.5, 6), (0, 0.9, 0), height_m=4.0))
    broken = ViewCamera(np.full((4, 4), np.nan))
    assert is_cut(CAMERA, broken)
    assert is_cut(broken, CAMERA)
