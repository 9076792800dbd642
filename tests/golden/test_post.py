"""The camera's effects, each alone: a row of boxes and lamps, seen with it and without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.render import Renderer, View, ViewCamera, render_still
from taixu.scene import Environment
from taixu.scene.post import AutoExposure, Bloom, ColorGrading, DepthOfField, Lens, MotionBlur

SIZE = (160, 90)
ALONG = ViewCamera.looking((0.3, 1.6, 7), (0, 1.0, -2), fov_y_rad=0.7)
ASIDE = ViewCamera.looking((0.3, 1.6, 7), (0.4, 1.0, -2), fov_y_rad=0.7)

Stage = tuple[Renderer, SmallWorld]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    floor = scene.material(base_color=(0.35, 0.4, 0.3, 1.0), metallic=0.0, roughness=0.9)
    colors = [scene.material(base_color=color, metallic=0.0, roughness=0.5) for color in ((0.6, 0.1, 0.08, 1), (0.08, 0.2, 0.6, 1))]
    lamp = scene.material(base_color=(0, 0, 0, 1), emissive=(30.0, 24.0, 15.0), metallic=0.0, roughness=1.0)
    scene.spawn(1, scene.mesh("box", (200, 0.2, 200), material=floor), translation=(0, -0.1, 0))
    for n in range(6):
        side = (-1.0, 1.0)[n % 2]
        scene.spawn(1, scene.mesh("box", (1, 2, 1), material=colors[n % 2]), translation=(1.5 * side, 1.0, 3.0 - 3.0 * n))
        ball = scene.mesh("sphere", (0.15, 0.15, 0.15), material=lamp)
        scene.spawn(1, ball, translation=(0.6 * side, 1 + 0.2 * n, 3.0 - 3.0 * n))
    scene.world.spawn(Environment(sun_direction=(-0.3, 0.4, 0.6), exposure_ev=-0.5))
    scene.propagate()
    yield renderer, scene
    renderer.release()


def picture(stage: Stage, *effects: object, **options: Any) -> NDArray[np.uint8]:
    """The picture with these effects in the world, which has none of them afterwards."""
    renderer, scene = stage
    made = [scene.world.spawn(effect) for effect in effects]
    settings = {"shadow_texels": 512, **options.pop("settings", {})}
    try:
        return render_still(renderer, scene.world, ALONG, **{"size": SIZE, "samples": 1, "settings": settings, **options}).pixels
    finally:
        for entity in made:
            scene.world.despawn(entity)


@pytest.fixture(scope="module")
def plain(stage: Stage) -> NDArray[np.uint8]:
    return picture(stage)


def difference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    return float(np.abs(a[..., :3].astype(int) - b[..., :3]).mean())


@pytest.mark.parametrize(
    ("name", "effect", "least"),
    [
        ("auto_exposure", AutoExposure(strength=1.0), 5.0),
        ("bloom", Bloom(intensity=0.25), 3.0),
        ("depth_of_field", DepthOfField(focus_m=6.5, f_stop=1.4, sensor_height_m=0.2, blades=5), 1.5),
        ("vignette", Lens(vignette=1.0), 15.0),
        ("distortion", Lens(vignette=0.0, distortion=0.8, chromatic_aberration=1.0), 3.0),
        ("flare", Lens(vignette=0.0, flare=1.0), 0.2),
        ("grain", Lens(vignette=0.0, grain=1.0), 5.0),
        ("color_grading", ColorGrading(temperature_k=9000.0, contrast=1.3, saturation=1.2, lift=(0.0, 0.0, 0.06)), 6.0),
    ],
)
def test_each_effect_alone(stage: Stage, plain: NDArray[np.uint8], name: str, effect: object, least: float) -> None:
    seen = picture(stage, effect)
    assert_golden(seen, f"post/{name}")
    assert difference(seen, plain) > least
    off = type(effect)(enabled=False)
    np.testing.assert_array_equal(picture(stage, off), plain)
    np.testing.assert_array_equal(picture(stage, effect, settings={"post": "none"}), plain)


def test_motion_blur_needs_time(stage: Stage) -> None:
    renderer, scene = stage

    def moved(delta_secs: float, *effects: object) -> NDArray[np.uint8]:
        made = [scene.world.spawn(effect) for effect in effects]
        view = View(ALONG, SIZE, settings={"shadow_texels": 512})
        renderer.render(scene.world, [view], delta_secs=delta_secs)
        view.camera = ASIDE
        renderer.render(scene.world, [view], delta_secs=delta_secs)
        pixels: NDArray[np.uint8] = renderer.read(view).copy()
        view.release()
        for entity in made:
            scene.world.despawn(entity)
        return pixels

    sharp = moved(1 / 30)
    blurred = moved(1 / 30, MotionBlur())
    assert_golden(blurred, "post/motion_blur")
    assert difference(blurred, sharp) > 1.0
    # Along the motion edges are gone; across it they are as they were.
    steps = [np.abs(np.diff(pixels[..., :3].astype(int), axis=1)).max(-1) for pixels in (sharp, blurred)]
    assert np.percentile(steps[1], 99) < 0.7 * np.percentile(steps[0], 99)
    assert difference(moved(0.0, MotionBlur()), sharp) < 0.1, "a still is sharp"


def test_a_table_of_colours(stage: Stage, plain: NDArray[np.uint8], tmp_path: Path) -> None:
    def table(turn: Any, size: int = 9) -> str:
        points = np.linspace(0, 1, size)
        b, g, r = np.meshgrid(points, points, points, indexing="ij")
        lines = [" ".join(f"{v:.5f}" for v in row) for row in turn(np.stack([r, g, b], -1).reshape(-1, 3))]
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.cube"
        file.write_text(f"LUT_3D_SIZE {size}\n" + "\n".join(lines))
        return str(file)

    same = picture(stage, ColorGrading(lut=table(lambda c: c)))
    assert np.abs(same.astype(int) - plain).max() <= 2, "a table that changes nothing, and the dither"
    teal = picture(stage, ColorGrading(lut=table(lambda c: c @ np.array([[0.8, 0.0, 0.1], [0.2, 0.9, 0.2], [0.0, 0.1, 0.7]]))))
    assert_golden(teal, "post/table")
    assert difference(teal, plain) > 6
    curve = tmp_path / "negative.cube"
    curve.write_text("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    negative = picture(stage, ColorGrading(lut=str(curve)))
    assert np.abs(255 - negative[..., :3].astype(int) - plain[..., :3]).max() <= 2
    half = picture(stage, ColorGrading(lut=str(curve), lut_strength=0.5))
    assert np.abs(half[..., :3].astype(int) - 127).max() <= 2


def test_a_bad_table_leaves_the_picture(stage: Stage, plain: NDArray[np.uint8], tmp_path: Path, caplog: Any) -> None:
    bad = tmp_path / "bad.cube"
    bad.write_text("LUT_3D_SIZE 900\n")
    seen = picture(stage, ColorGrading(lut=str(bad)))
    assert np.abs(seen.astype(int) - plain).max() <= 2
    assert "from 2 to 128" in caplog.text
    picture(stage, ColorGrading(lut=str(tmp_path / "none.cube")))
    assert "none.cube" in caplog.text


def test_the_path_tracers_lens_is_the_same_one() -> None:
    """A lamp before a dark wall, focused on neither: drawn and traced, its edges are as wide."""
    renderer, scene = Renderer(shared_device()), SmallWorld()
    lamp = scene.material(base_color=(0, 0, 0, 1), emissive=(1.0, 1.0, 1.0), metallic=0.0, roughness=1.0)
    scene.spawn(1, scene.mesh("box", (1.5, 1.5, 0.1), material=lamp))
    scene.world.spawn(Environment(intensity=0.0))
    focus = int(scene.world.spawn(DepthOfField(enabled=False)))
    scene.propagate()
    camera = ViewCamera.looking((0, 0, 6), (0, 0, 0), fov_y_rad=0.7)

    def seen(*, traced: bool, **fields: Any) -> NDArray[np.float32]:
        scene.world.set(focus, DepthOfField, **fields)
        settings = {"reference": traced, "background": (0.0, 0.0, 0.0, 1.0)}
        still = render_still(renderer, scene.world, camera, size=(128, 128), samples=8, encoding="linear", settings=settings)
        return still.pixels[..., 0]

    sharp = seen(traced=True, enabled=False)
    for focus_m in (3.0, 20.0):
        asked = {"enabled": True, "focus_m": focus_m, "f_stop": 1.4, "sensor_height_m": 0.4, "blades": 0}
        path, drawn = seen(traced=True, **asked), seen(traced=False, **asked)
        blur = np.abs(path - sharp).mean()
        assert blur > 0.008
        assert np.abs(path - drawn).mean() < 0.55 * blur, focus_m
        assert path.mean() == pytest.approx(drawn.mean(), rel=0.08)
    renderer.release()
