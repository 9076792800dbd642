"""Particles of each kind, and that they are where their time says: drawn twice, scrubbed back, or thrown without drag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.assets.image import write_image
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


def picture(stage: Stage, particles: Particles, *, time: float = 3.0, encoding: str = "display",
            camera: ViewCamera = BEFORE) -> NDArray[Any]:  # fmt: skip
    renderer, scene, emitter = stage
    scene.world.set(emitter, Particles, **{name: getattr(particles, name) for name in Particles.__dataclass_fields__})
    settings = {"exposure_ev": 0.8, "occlusion": False, "shadow_distance_m": 12.0, "encoding": encoding}
    view = View(camera, SIZE, settings=settings)
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


def sent(**fields: Any) -> Particles:
    """One bright white ball a second, straight up."""
    plain = {"kind": "own", "rate": 1.0, "life_secs": 0.999, "radius_m": 0.0, "speed": 0.0, "spread_rad": 0.0, "size_m": 0.1,
             "size_end_m": 0.1, "glow": 50.0, "color": (1, 1, 1, 1), "color_end": (1, 1, 1, 1), "additive": True}  # fmt: skip
    return Particles(**{**plain, **fields})


def where(stage: Stage, particles: Particles, time: float) -> tuple[float, float]:
    """Where the brightest of it is: metres right and up in the plane of the emitter, and how bright the picture is there."""
    dark = picture(stage, replace(particles, enabled=False), time=time, encoding="linear")
    seen = (picture(stage, particles, time=time, encoding="linear") - dark)[..., 1]
    if seen.max() <= 0.01:
        return float("nan"), float("nan")
    y, x = (float((np.indices(seen.shape)[i] * seen).sum() / seen.sum()) for i in (0, 1))
    per_pixel = 2 * np.tan(0.375) * 5.0 / SIZE[1]
    return (x - SIZE[0] / 2 + 0.5) * per_pixel, 1.5 - 0.2 - (y + 0.5 - SIZE[1] / 2) * per_pixel


@pytest.mark.parametrize("what", ["ground", "picture"])
def test_what_falls_bounces_or_rests_or_ends(stage: Stage, what: str) -> None:
    """Thrown up at 1.5 to 2.5 m/s it is down again after 0.1 to 0.17 s; then it is where the ground lets it be."""
    thrown = sent(speed=2.0, gravity=30.0, collides=what, size_m=0.06, size_end_m=0.06)
    late = (5.2, 5.3, 5.4)
    assert np.isnan(where(stage, replace(thrown, collides="nothing"), 5.4)[1])  # hidden below the floor
    rests = [where(stage, replace(thrown, bounce=0.0), t)[1] for t in late]
    np.testing.assert_allclose(rests, rests[0], atol=0.01)
    assert abs(rests[0]) < 0.12
    assert max(where(stage, replace(thrown, bounce=0.9), t)[1] for t in (*late, 5.22, 5.25, 5.28, 5.34)) > rests[0] + 0.015
    assert np.isnan(where(stage, replace(thrown, dies=True), late[0])[0])
    assert abs(where(stage, thrown, 5.04)[1] - where(stage, replace(thrown, collides="nothing"), 5.04)[1]) < 0.02


def test_friction_stops_what_slides(stage: Stage) -> None:
    sideways = sent(speed=1.5, spread_rad=1.3, gravity=30.0, collides="ground", bounce=0.3, size_m=0.05, size_end_m=0.05)
    free, stopped = ([abs(where(stage, replace(sideways, friction=f, seed=s), 5.45)[0]) for s in range(4)] for f in (0.0, 1.0))
    assert np.nansum(stopped) < 0.6 * np.nansum(free)


def test_bursts_are_all_sent_at_once(stage: Stage) -> None:
    many = Particles(kind="own", burst=200, burst_secs=2.0, life_secs=1.5, speed=3.0, spread_rad=0.6)
    assert emission(many, 3.0).count == 200
    assert emission(many, 3.0).since == pytest.approx(1.0)
    assert emission(many, 3.0).newest == 399
    assert emission(replace(many, burst_secs=0.0), 3.0).count == 0  # the only one is over
    assert emission(replace(many, burst_secs=0.1, burst=100_000), 3.0).count <= MOST_PARTICLES
    dark = picture(stage, replace(many, enabled=False)).astype(int)
    early, late, over = (np.abs(picture(stage, many, time=t) - dark)[..., :3].max(-1) > 6 for t in (4.15, 4.6, 5.8))
    assert 0 < early.sum() < late.sum()
    assert not over.any()


def test_soft_ones_fade_where_they_would_be_cut(stage: Stage) -> None:
    mist = sent(rate=40.0, radius_m=0.5, size_m=0.4, size_end_m=0.4, glow=1.0, gravity=0.0, color=(0.4, 0.4, 0.4, 0.4),
                additive=False)  # fmt: skip
    hard = picture(stage, replace(mist, enabled=True)).astype(int)
    soft = picture(stage, replace(mist, soft_m=0.5)).astype(int)
    assert (np.abs(hard - soft)[..., :3].max(-1) > 4).mean() > 0.004
    barely = picture(stage, replace(mist, soft_m=1e-4)).astype(int)
    assert (np.abs(hard - barely)[..., :3].max(-1) > 8).mean() < 0.01  # cut by its own look at the depth as by the depth test


def test_pictures_of_a_sheet_curves_and_streaks(stage: Stage, tmp_path: Path) -> None:
    sheet = np.zeros((32, 64, 4), np.uint8)
    for number, color in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))):
        x = 16 * number
        sheet[2:30, x + 2 : x + 14] = (*color, 255)
    write_image(tmp_path / "sheet.png", sheet)
    flip = sent(glow=1.0, size_m=0.4, size_end_m=0.4, speed=0.0, gravity=0.0, texture=str(tmp_path / "sheet.png"), columns=4,
                additive=False)  # fmt: skip
    raised = ViewCamera.looking((0, 0.2, 2.0), (0, 0.1, 0), fov_y_rad=0.75)
    colors = []
    for age in (0.12, 0.45):
        dark = picture(stage, replace(flip, enabled=False), time=5 + age, camera=raised).astype(int)
        lit = picture(stage, flip, time=5 + age, camera=raised).astype(int) - dark
        colors.append(lit[np.abs(lit)[..., :3].sum(-1) > 60][:, :3].mean(0))
    assert np.argmax(colors[0]) != np.argmax(colors[1])
    one = replace(flip, pictures_per_sec=8.0)
    assert (picture(stage, one, time=5.1, camera=raised) != picture(stage, one, time=5.4, camera=raised)).any()
    missing = replace(flip, texture=str(tmp_path / "none.png"))
    np.testing.assert_array_equal(picture(stage, missing), picture(stage, replace(missing, enabled=False)))
    grows = sent(middle=0.5, size_middle_m=0.5, gravity=0.0, color_middle=(0.0, 1.0, 0.0, 1.0))
    large, small = (picture(stage, each, time=5.3, encoding="linear").sum() for each in (grows, sent(gravity=0.0)))
    assert large > small
    streak = sent(speed=3.0, shape="spark", size_m=0.05, size_end_m=0.05)
    short, long = (picture(stage, replace(streak, stretch_secs=s), time=5.25, encoding="linear")[..., 1].sum() for s in (0.0, 0.2))
    assert long > short + 1.0


def test_new_looks_together(stage: Stage, tmp_path: Path) -> None:
    """Four emitters' pictures beside each other: bouncing sparks, soft mist, a burst, and streaks that end on the ground."""
    looks = (
        Particles(kind="sparks", collides="ground", bounce=0.6, amount=2.0),
        Particles(kind="smoke", soft_m=0.5, scale=1.4),
        Particles(kind="confetti", burst=200, burst_secs=1.5, collides="picture", bounce=0.1),
        Particles(kind="own", rate=300.0, life_secs=1.0, radius_m=0.9, speed=3.5, spread_rad=0.4, shape="spark", stretch_secs=0.08,
                  glow=2.0, size_m=0.015, size_end_m=0.015, color=(0.3, 0.6, 1.0, 1.0), middle=0.3,
                  color_middle=(1.0, 0.9, 0.3, 1.0), size_middle_m=0.03, collides="ground", dies=True),
    )  # fmt: skip
    pictures = [picture(stage, look, time=4.0) for look in looks]
    off = picture(stage, Particles(enabled=False)).astype(int)
    for seen in pictures:
        assert (np.abs(seen.astype(int) - off)[..., :3].max(-1) > 6).mean() > 0.004
    assert_golden(np.concatenate(pictures, 1), "particles/meeting")


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
        {"soft_m": float("nan")}, {"collides": "ground", "bounce": float("inf"), "ground_m": float("nan")},
        {"middle": float("nan")}, {"collides": "picture", "speed": 1e30}, {"burst": 9, "burst_secs": float("nan")},
        {"stretch_secs": float("inf"), "shape": "spark"},
    ]  # fmt: skip
    for fields in bad:
        assert np.isfinite(picture(stage, Particles(**{"kind": "own", "rate": 50.0, **fields}), encoding="linear")).all(), fields
