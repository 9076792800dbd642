"""Decals lie on what is in their boxes and nowhere else, are lit as the surface is, and are found by clusters as by all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.assets.image import write_image
from taixu.math import quaternion
from taixu.render import Renderer, View, ViewCamera
from taixu.render.decals import DecalFeature
from taixu.render.path_tracing import trace_still
from taixu.scene import Decal, Environment, Light, Transform

SIZE = (160, 90)
ABOVE = ViewCamera.looking((0, 3.2, 3.4), (0, 0.1, 0), fov_y_rad=0.8)
DOWN = tuple(float(v) for v in quaternion.look_rotation((0.0, -1.0, 0.0), up=(0.0, 0.0, -1.0)))
Stage = tuple[Renderer, SmallWorld, str, str]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("decals")
    y, x = np.mgrid[-1:1:64j, -1:1:64j]
    mark = np.zeros((64, 64, 4), np.uint8)
    mark[..., :3] = np.where((x > 0)[..., None], (220, 30, 20), (240, 220, 40))
    mark[..., 3] = np.where(np.hypot(x, y) < 0.95, 255, 0)
    mark[:8, 28:36] = (20, 40, 220, 255)  # its upper end
    bumps = np.full((64, 64, 3), 255, np.uint8)
    bumps[..., 0], bumps[..., 1] = 128 + 90 * np.sin(x * 9), 128 + 90 * np.sin(y * 9)
    write_image(folder / "mark.png", mark)
    write_image(folder / "bumps.png", bumps)
    renderer, scene = Renderer(shared_device()), SmallWorld()
    floor = scene.material(base_color=(0.45, 0.45, 0.43, 1.0), metallic=0.0, roughness=0.9)
    scene.spawn(1, scene.mesh("box", (30, 0.2, 30), material=floor), translation=(0, -0.1, 0))
    scene.spawn(1, scene.mesh("box", (0.9, 0.5, 0.9), material=floor), translation=(0.9, 0.25, 0.2), layers=2)
    scene.spawn(1, scene.mesh("sphere", (0.9, 0.9, 0.9), material=floor), translation=(-1.0, 0.3, 0.0))
    scene.world.spawn(Environment(sun_direction=(0.5, 0.6, -0.3), turbidity=3.0))
    turned = quaternion.look_rotation((-0.5, -0.6, 0.3)).tolist()
    scene.world.spawn(Transform(rotation=turned), Light(kind="directional", intensity=3.0))
    yield renderer, scene, str(folder / "mark.png"), str(folder / "bumps.png")
    renderer.release()


def picture(stage: Stage, decals: list[tuple[Any, Decal]], *, camera: ViewCamera = ABOVE, **settings: Any) -> NDArray[Any]:
    """The linear picture with decals at these places."""
    renderer, scene, *_ = stage
    made = [int(scene.world.spawn(place, decal)) for place, decal in decals]
    scene.propagate()
    view = View(camera, SIZE, settings={"encoding": "linear", "occlusion": False, "shadow_distance_m": 12.0, **settings})
    renderer.render(scene.world, [view])
    pixels = renderer.read(view).astype(np.float32)
    view.release()
    for entity in made:
        scene.world.despawn(entity)
    return pixels


def down(x: float, z: float, y: float = 0.0) -> Transform:
    return Transform(translation=(x, y, z), rotation=DOWN)


def shown(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    return np.rint(np.clip(pixels[..., :3] * 0.9, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


def test_on_floor_box_and_ball(stage: Stage) -> None:
    _, _, mark, bumps = stage
    decals = [
        (down(0, 0), Decal(size=(1.6, 1.6, 0.6), texture=mark, roughness=0.4)),
        (down(0.9, 0.2, 0.4), Decal(size=(0.7, 0.7, 1.0), color=(0.1, 0.3, 0.8), opacity=0.7)),
        (down(-1.0, 0, 0.4), Decal(size=(0.8, 0.8, 1.2), texture=mark, most_angle_rad=1.2)),
        (down(0, 1.3), Decal(size=(1.2, 0.8, 0.4), color_share=0.0, normal_texture=bumps, roughness=0.3)),
        (down(0.2, -1.3), Decal(size=(0.8, 0.5, 0.4), color=(1.0, 0.5, 0.1), glow=2.0)),
        (down(0.5, -1.3), Decal(size=(0.5, 0.5, 0.4), color=(0.02, 0.02, 0.02), order=1)),
    ]
    off, on = picture(stage, []), picture(stage, decals)
    assert (np.abs(on - off)[..., :3].max(-1) > 0.05).mean() > 0.1
    assert_golden(shown(on), "decals/marks")


def test_outside_of_the_box_nothing_changes(stage: Stage) -> None:
    off = picture(stage, [])
    on = picture(stage, [(down(0, 0), Decal(size=(0.8, 0.6, 0.3), color=(1.0, 0.0, 0.0)))])
    changed = np.argwhere(np.abs(on - off).max(-1) > 0)
    assert len(changed) > 50
    corners = np.array([(x, 0.0, z, 1.0) for x in (-0.4, 0.4) for z in (-0.3, 0.3)])
    clip = corners @ (ABOVE.clip_from_view(SIZE[0] / SIZE[1]) @ np.linalg.inv(ABOVE.world_from_camera)).T
    screen = (clip[:, :2] / clip[:, 3:] * (0.5, -0.5) + 0.5) * SIZE
    low, high = screen.min(0), screen.max(0)
    assert (changed[:, ::-1] + 1 >= low).all()
    assert (changed[:, ::-1] <= high).all()


@pytest.mark.parametrize("decal", [
    Decal(opacity=0.0), Decal(enabled=False), Decal(size=(1.0, 0.0, 1.0)), Decal(layers=4), Decal(texture="no/such.png"),
    Decal(color_share=0.0, surface_share=0.0), Decal(opacity=float("nan")), Decal(size=(float("nan"), 1.0, 1.0)),
])  # fmt: skip
def test_what_throws_nothing(stage: Stage, decal: Decal) -> None:
    np.testing.assert_array_equal(picture(stage, [(down(0, 0), decal)]), picture(stage, []))


def test_angles_layers_and_hostile_numbers(stage: Stage) -> None:
    off = picture(stage, [])
    backwards = Transform(rotation=quaternion.look_rotation((0, 1, 0), up=(0, 0, 1)).tolist())
    np.testing.assert_array_equal(picture(stage, [(backwards, Decal())]), off)
    only_box = picture(stage, [(down(0.9, 0.2, 0.3), Decal(size=(3.0, 3.0, 2.0), layers=2, color=(1, 0, 0)))])
    changed = np.argwhere(np.abs(only_box - off).max(-1) > 0.02)
    assert 50 < len(changed) < 3000
    for fields in ({"glow": 1e30}, {"roughness": float("nan")}, {"color": (float("inf"), -1.0, 2.0)}, {"size": (1e30, 1e30, 1e30)},
                   {"most_angle_rad": float("nan")}, {"depth_fade": -5.0}):  # fmt: skip
        assert np.isfinite(picture(stage, [(down(0, 0), Decal(**fields))])).all(), fields


def test_upper_ones_cover_lower_ones(stage: Stage) -> None:
    red, blue = Decal(color=(1.0, 0.0, 0.0), order=1), Decal(color=(0.0, 0.0, 1.0))
    pair, alone = picture(stage, [(down(0, 0), red), (down(0, 0), blue)]), picture(stage, [(down(0, 0), red)])
    differs = np.abs(pair - alone).max(-1) > 2e-3
    assert differs.mean() < 0.02  # where its rim and its fading ends let the lower one through
    assert (alone - picture(stage, []))[differs].any()


def test_shadow_falls_on_a_decal(stage: Stage) -> None:
    """The ratio of light with the decal and without it is that of colours, in sun and in shadow."""
    decal = Decal(size=(8.0, 8.0, 0.05), color=(0.9, 0.9, 0.86), roughness=0.9, depth_fade=0.0)
    off, on = picture(stage, []), picture(stage, [(down(0, 0), decal)])
    changed = np.abs(on - off)[..., 0] > 1e-3
    ratio = on[changed][:, 0] / off[changed][:, 0]
    assert np.percentile(off[changed][:, 0], 95) > 2.0 * np.percentile(off[changed][:, 0], 2)  # some of it is in shadow
    assert np.percentile(ratio, 5) > 1.6
    assert np.percentile(ratio, 95) < 2.2


def test_thousands_are_found_by_clusters(stage: Stage) -> None:
    """Each pixel of the floor has the colour of the small decal that lies there, of 3,600."""
    renderer = stage[0]
    rng = np.random.default_rng(3)
    colors = rng.uniform(0, 1, (60, 60, 3))
    decals = [
        (down(-3 + 0.1 * i + 0.05, -3 + 0.1 * j + 0.05), Decal(size=(0.1, 0.1, 0.02), color=tuple(colors[i, j]), depth_fade=0.0))
        for i in range(60) for j in range(60)
    ]  # fmt: skip
    from_above = ViewCamera.looking((0, 6.0, 0), (0, 0, 0), up=(0, 0, -1), fov_y_rad=0.2)
    seen = picture(stage, decals, camera=from_above, shown="colors")
    feature = renderer.feature("decals")
    assert isinstance(feature, DecalFeature)
    assert 100 < feature.count < 3600  # the rest is out of sight
    half = np.tan(0.1) * 6.0
    checked = 0
    for y in range(4, SIZE[1], 5):
        for x in range(4, SIZE[0], 5):
            at = np.array([(x + 0.5) / SIZE[1] - SIZE[0] / SIZE[1] / 2, (y + 0.5) / SIZE[1] - 0.5]) * 2 * half
            i, j = np.floor((at + 3) / 0.1).astype(int)
            middle = (at + 3) / 0.1 - (i, j)
            if (np.abs(middle - 0.5) < 0.2).all() and np.hypot(at[0] + 1.0, at[1]) > 0.6 and np.abs(at - (0.9, 0.2)).max() > 0.6:
                np.testing.assert_allclose(seen[y, x, :3], colors[i, j], atol=0.02)
                checked += 1
    assert checked > 20


def test_paths_of_light_show_them_too(stage: Stage) -> None:
    renderer, scene, mark, _ = stage
    entity = int(scene.world.spawn(down(0, 0.2), Decal(size=(1.6, 1.6, 0.6), texture=mark)))
    scene.propagate()
    traced = trace_still(renderer, scene.world, ABOVE, size=SIZE, samples=6)
    scene.world.despawn(entity)
    scene.propagate()
    plain = trace_still(renderer, scene.world, ABOVE, size=SIZE, samples=6)
    drawn = picture(stage, [(down(0, 0.2), Decal(size=(1.6, 1.6, 0.6), texture=mark))]) - picture(stage, [])
    red = drawn[..., 0] - drawn[..., 2] > 0.1
    assert red.mean() > 0.03
    difference = traced - plain
    assert np.median((difference[..., 0] - difference[..., 2])[red]) > 0.1
    far = np.abs(drawn).max(-1) == 0
    assert np.median(np.abs(difference[far])) < 0.05
