"""Laws of the camera's effects: light is kept, brighter worlds are exposed less, and no number in a component spoils a picture."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from taixu.app import Clock
from taixu.ecs.component import component_type
from taixu.render import Renderer, View, ViewCamera, render_still
from taixu.render.post import read_effects
from taixu.render.post.bloom import level_count
from taixu.render.post.effects import limited
from taixu.render.post.focus import aperture_taps
from taixu.render.post.grading import white_balance
from taixu.scene import Environment, Transform
from taixu.scene.post import POST_COMPONENTS, AutoExposure, Bloom, ColorGrading, DepthOfField, Lens, MotionBlur

SIZE = (96, 54)
FRONT = ViewCamera.looking((0, 0, 6), (0, 0, 0), fov_y_rad=0.7)
LINEAR = {"encoding": "linear", "background": (0.0, 0.0, 0.0, 1.0), "exposure_ev": 0.0}

Stage = tuple[Renderer, SmallWorld]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A lamp before a dark wall, and one behind it."""
    renderer, scene = Renderer(shared_device()), SmallWorld()
    lamp = scene.material(base_color=(0, 0, 0, 1), emissive=(4.0, 4.0, 4.0), metallic=0.0, roughness=1.0)
    wall = scene.material(base_color=(0, 0, 0, 1), emissive=(0.05, 0.05, 0.05), metallic=0.0, roughness=1.0)
    scene.spawn(1, scene.mesh("box", (30, 30, 0.1), material=wall), translation=(0, 0, -8))
    scene.spawn(1, scene.mesh("box", (1, 1, 0.1), material=lamp), translation=(0, 0, 0))
    scene.world.spawn(Environment(intensity=0.0))
    scene.propagate()
    yield renderer, scene
    renderer.release()


def picture(stage: Stage, *effects: object, samples: int = 1, encoding: str = "srgb", **settings: Any) -> NDArray[Any]:
    renderer, scene = stage
    made = [scene.world.spawn(effect) for effect in effects]
    try:
        return render_still(renderer, scene.world, FRONT, size=SIZE, samples=samples, encoding=encoding, settings=settings).pixels
    finally:
        for entity in made:
            scene.world.despawn(entity)


def test_bloom_takes_light_from_where_it_was(stage: Stage) -> None:
    plain = picture(stage, encoding="linear", exposure_ev=0.0)[..., :3]
    spread = picture(stage, Bloom(intensity=0.5, radius=0.5), encoding="linear", exposure_ev=0.0)[..., :3]
    assert spread.max() < 0.9 * plain.max()
    assert spread.mean() == pytest.approx(plain.mean(), rel=0.12), "but for what was held back at the lamp's edges"
    thresholded = picture(stage, Bloom(intensity=0.5, threshold=100.0), encoding="linear", exposure_ev=0.0)[..., :3]
    np.testing.assert_allclose(thresholded, plain, rtol=2e-3)


def test_brighter_worlds_are_exposed_less(stage: Stage) -> None:
    _, scene = stage
    (environment,) = [int(e) for table in scene.world.query(Environment) for e in table.entities]
    stops, seen = [], []
    for intensity in (0.02, 0.3, 5.0, 80.0):
        scene.world.set(environment, Environment, intensity=intensity)
        light = picture(stage, encoding="linear", exposure_ev=0.0, background="sky")[..., :3]
        exposed = picture(stage, AutoExposure(strength=1.0, min_ev=-12, max_ev=12), encoding="linear")[..., :3]
        ratio = exposed[light > 1e-4] / light[light > 1e-4]
        assert np.ptp(ratio) < 0.01 * ratio.mean(), "one exposure for the whole picture"
        stops.append(float(np.log2(ratio.mean())))
        seen.append(float(np.exp(np.log(np.maximum(exposed.mean(-1), 1e-6)).mean())))
    scene.world.set(environment, Environment, intensity=0.0)
    assert stops == sorted(stops, reverse=True)
    assert max(seen) < 1.5 * min(seen) + 0.1
    wanted = picture(stage, AutoExposure(), encoding="linear", exposure_ev=2.0)
    np.testing.assert_allclose(wanted, picture(stage, encoding="linear", exposure_ev=2.0), err_msg="an exposure by hand goes first")


def test_an_eye_gets_used_to_light_in_time(stage: Stage) -> None:
    renderer, scene = stage
    (environment,) = [int(e) for table in scene.world.query(Environment) for e in table.entities]
    effect = scene.world.spawn(AutoExposure(strength=1.0, min_ev=-12, max_ev=12, center_weight=0.0))
    view = View(FRONT, SIZE, settings={"encoding": "linear", "background": "sky"})

    def brightness(delta_secs: float) -> float:
        renderer.render(scene.world, [view], delta_secs=delta_secs)
        return float(renderer.read(view)[27, 48, 0])

    before = brightness(1 / 30)
    scene.world.set(environment, Environment, intensity=50.0)
    blinded = brightness(1 / 30)
    after = [brightness(1 / 30) for _ in range(20)]
    settled = brightness(0.0)
    scene.world.set(environment, Environment, intensity=0.0)
    scene.world.despawn(effect)
    view.release()
    assert before > blinded * 0.5
    assert all(a >= b * 0.999 for a, b in pairwise(after)) and after[-1] < after[0]
    assert abs(np.log2(settled / after[-1])) < abs(np.log2(settled / after[0])), "on its way to what a still shows at once"


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 1e30])
def test_no_number_spoils_a_picture(stage: Stage, bad: float) -> None:
    effects = []
    for cls in POST_COMPONENTS:
        numbers = [f for f in component_type(cls).fields if f.kind.dtype == "f4"]
        effects.append(cls(**{f.name: (bad,) * f.kind.width if f.kind.width > 1 else bad for f in numbers}))
    for encoding in ("srgb", "linear"):
        seen = picture(stage, *effects, encoding=encoding)
        assert np.isfinite(seen.astype(np.float32)).all()


def test_numbers_are_brought_within_their_bounds() -> None:
    assert limited(Bloom(intensity=7.0, radius=float("nan"))) == Bloom(intensity=1.0)
    assert limited(ColorGrading(gamma=(0.0, float("nan"), 2.0))).gamma == (pytest.approx(0.1), 1.0, 2.0)
    assert limited(DepthOfField(blades=99)).blades == 16


def test_a_linear_picture_is_not_graded(stage: Stage) -> None:
    plain = picture(stage, encoding="linear")
    grading, film = ColorGrading(saturation=0.0, contrast=2.0, gain=(0.1, 1, 1)), Lens(vignette=0, grain=1.0)
    graded = picture(stage, grading, film, encoding="linear")
    np.testing.assert_array_equal(plain, graded)


def test_views_that_show_no_light_have_no_effects(stage: Stage) -> None:
    _, scene = stage
    made = [scene.world.spawn(cls()) for cls in POST_COMPONENTS]
    all_on = read_effects(scene.world, {}, FRONT)
    assert all_on.choice().passes >= {"exposure", "focus", "motion", "bloom", "develop"}
    assert all_on.choice().geometry == {"velocity"}
    assert not read_effects(scene.world, {"shown": "normals"}, FRONT).choice().passes
    assert not read_effects(scene.world, {"post": "none"}, FRONT).choice().passes
    assert read_effects(scene.world, {"post": "optics"}, FRONT).choice().passes == {"focus", "motion"}
    for entity in made:
        scene.world.despawn(entity)


def test_focus_follows_what_it_is_on(stage: Stage) -> None:
    _, scene = stage
    (target,) = scene.spawn(1, scene.mesh("box", (0.1, 0.1, 0.1)), translation=(0.5, 0, -3))
    scene.propagate()
    focus = scene.world.spawn(DepthOfField(focus_on=int(target)))
    assert read_effects(scene.world, {}, FRONT).focus_m == pytest.approx(9.0)
    scene.world.set(int(target), Transform, translation=(0.5, 0, 2))
    scene.propagate()
    assert read_effects(scene.world, {}, FRONT).focus_m == pytest.approx(4.0)
    scene.world.despawn(target)
    assert read_effects(scene.world, {}, FRONT).focus_m == pytest.approx(5.0), "nobody is there: the distance"
    scene.world.despawn(focus)


def test_grain_goes_by_the_worlds_time(stage: Stage) -> None:
    renderer, scene = stage
    film = Lens(vignette=0.0, grain=1.0)
    first = picture(stage, film)
    np.testing.assert_array_equal(first, picture(stage, film))
    clock = scene.world.resource(Clock)
    clock.ticks += 1
    assert (picture(stage, film) != first).mean() > 0.1
    clock.ticks -= 1
    assert renderer.frame_index > 2


def test_shapes_of_apertures() -> None:
    disc, hexagon = aperture_taps(0)[:, :2], aperture_taps(6)[:, :2]
    assert np.linalg.norm(disc, axis=1).max() <= 1.0
    assert np.abs(disc.mean(0)).max() < 0.03, "no shift"
    sides = np.array([(np.sin(a), np.cos(a)) for a in (np.arange(6) + 0.5) * np.pi / 3])
    assert (hexagon @ sides.T).max() <= np.cos(np.pi / 6) + 1e-6, "within its six sides"


def test_white_balance() -> None:
    np.testing.assert_array_equal(white_balance(6500.0, 0.0), np.eye(3))
    warm, cold, magenta = (white_balance(k, t) @ np.ones(3) for k, t in ((9000.0, 0.0), (4000.0, 0.0), (6500.0, 1.0)))
    assert warm[0] > 1 > warm[2] and cold[0] < 1 < cold[2]
    assert magenta[1] < 1 < magenta[0]
    for k in (1700.0, 2222.0, 4000.0, 25000.0):
        assert np.isfinite(white_balance(k, -1.0)).all()


def test_levels_of_small_pictures() -> None:
    assert [level_count(size) for size in ((1, 1), (8, 8), (160, 90), (3840, 2160))] == [1, 1, 4, 7]


def test_motion_without_a_past_is_none(stage: Stage) -> None:
    plain = picture(stage)
    assert np.abs(picture(stage, MotionBlur()).astype(int) - plain).max() <= 1


def test_smooth_slopes_have_no_steps(stage: Stage) -> None:
    """The wall's brightness lies between two steps of eight bits: it is met on the mean, not cut to one."""
    grading = ColorGrading(gain=(0.7, 0.7, 0.7))
    light = picture(stage, grading, encoding="srgb", tonemap="linear", exposure_ev=1.5)[:10, :20, :3].astype(float)
    assert len(np.unique(light)) >= 2
    assert np.ptp(light) <= 3
