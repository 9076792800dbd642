"""Splats are seen as the projected Gaussians that they are, in whatever order they lie in their file, behind what is nearer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld
from small_splats import ring, write_ply

from golden import assert_golden
from taixu.assets.splats import SplatCloud
from taixu.assets.splats.cloud import turned_over
from taixu.render import Renderer, View, ViewCamera
from taixu.render.splats import SplatFeature
from taixu.render.splats.rows import far_first
from taixu.scene import Environment, Fog, Transform
from taixu.scene.splats import Splats

SIZE = (160, 90)
EYE = ViewCamera.looking((0.6, 1.0, 2.4), (0, 0, 0), fov_y_rad=0.8)
HALF_TURN = (1.0, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    found = Renderer(shared_device())
    yield found
    found.release()


def picture(renderer: Renderer, *clouds: tuple[Transform, Splats], camera: ViewCamera = EYE, box: bool = False,
            linear: bool = True, samples: int = 1, more: Sequence[object] = (), **settings: Any) -> NDArray[Any]:  # fmt: skip
    """The linear picture, or the one that is shown."""
    scene = SmallWorld()
    if box:
        grey = scene.material(base_color=(0.4, 0.4, 0.4, 1.0), metallic=0.0, roughness=0.9)
        scene.spawn(1, scene.mesh("box", (0.7, 0.7, 0.7), material=grey), translation=(0.3, 0.0, 0.3))
    scene.world.spawn(Environment(sun_direction=(0.5, 0.6, 0.3), turbidity=3.0))
    for place, splats in clouds:
        scene.world.spawn(place, splats)
    for component in more:
        scene.world.spawn(component)
    scene.propagate()
    settings |= {"occlusion": False, **({"encoding": "linear"} if linear else {})}
    view = View(camera, SIZE, samples=samples, settings=settings)
    renderer.render(scene.world, [view])
    pixels = np.asarray(renderer.read(view))[..., :3]
    view.release()
    assert np.isfinite(pixels).all()
    return pixels.astype(np.float32) if linear else pixels


def _written(folder: Path, cloud: SplatCloud) -> str:
    """A file that is read as that cloud."""
    return str(write_ply(folder / "cloud.ply", turned_over(cloud)))


def _rows(cloud: SplatCloud, rows: Any) -> SplatCloud:
    return SplatCloud(*(getattr(cloud, name)[rows] for name in ("positions", "scales", "rotations", "opacities", "harmonics")))


def test_a_ring_about_a_box(renderer: Renderer, tmp_path: Path) -> None:
    source = _written(tmp_path, ring())
    with_ring = picture(renderer, (Transform(), Splats(source=source)), box=True)
    without = picture(renderer, box=True)
    assert_golden(picture(renderer, (Transform(), Splats(source=source)), box=True, linear=False), "splats/ring")
    changed = np.abs(with_ring - without).max(2) > 0.02
    assert 0.1 < changed.mean() < 0.6
    off = (Transform(), Splats(source=source, enabled=False))
    assert np.array_equal(picture(renderer, off, box=True), without)
    assert np.array_equal(picture(renderer, (Transform(), Splats(source=source)), box=True, splats=False), without)


def test_order_in_the_file_says_nothing(renderer: Renderer, tmp_path: Path) -> None:
    cloud = ring(200)
    first = picture(renderer, (Transform(), Splats(source=_written(tmp_path, cloud))))
    shuffled = _rows(cloud, np.random.Generator(np.random.PCG64(1)).permutation(200))
    (tmp_path / "other").mkdir()
    second = picture(renderer, (Transform(), Splats(source=_written(tmp_path / "other", shuffled))))
    assert np.abs(first - second).max() < 0.02
    halves = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        halves.append((Transform(), Splats(source=_written(tmp_path / str(number), _rows(cloud, np.arange(number, 200, 2))))))
    assert np.abs(first - picture(renderer, *halves)).max() < 0.02  # clouds that go through each other


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_turning_the_file_is_turning_the_entity(renderer: Renderer, tmp_path: Path, degree: int) -> None:
    cloud = ring(150, degree=degree)
    (tmp_path / "turned").mkdir()
    turned = (Transform(), Splats(source=_written(tmp_path / "turned", turned_over(cloud))))
    entity = (Transform(rotation=HALF_TURN), Splats(source=_written(tmp_path, cloud)))
    assert np.abs(picture(renderer, turned) - picture(renderer, entity)).max() < 0.02


def test_one_splat_is_its_projected_gaussian(renderer: Renderer, tmp_path: Path) -> None:
    size, away = 0.12, 3.0
    place, turn, color = np.zeros((1, 3), np.float32), np.array([[0, 0, 0, 1]], np.float32), np.full((1, 1, 3), 0.6, np.float32)
    one = SplatCloud(place, np.full((1, 3), size, np.float32), turn, np.array([0.9], np.float32), color)
    camera = ViewCamera.looking((0, 0, away), (0, 0, 0), fov_y_rad=0.8)
    shown = (Transform(), Splats(source=_written(tmp_path, one)))
    black, white = (picture(renderer, (shown[0], Splats(source=shown[1].source, brightness=b)), camera=camera) for b in (0.0, 1.0))
    empty = picture(renderer, camera=camera)
    focal = SIZE[1] / 2 / np.tan(0.4)
    sigma2 = (focal * size / away) ** 2 + 0.3
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    share = 0.9 * np.exp(-0.5 * ((x + 0.5 - SIZE[0] / 2) ** 2 + (y + 0.5 - SIZE[1] / 2) ** 2) / sigma2)
    seen = share > 0.02
    np.testing.assert_allclose((black / np.maximum(empty, 1e-3)).mean(2)[seen], 1 - share[seen], atol=0.03)
    srgb = 0.5 + 0.28209479 * 0.6
    light = (white - black)[44:46, 79:81].mean() / share[44:46, 79:81].mean()
    assert light == pytest.approx(((srgb + 0.055) / 1.055) ** 2.4, rel=0.03)


def test_a_capture_of_others(renderer: Renderer, content: Path) -> None:
    robot = (Transform(), Splats(source=str(content / "splat" / "playbot_lod4.ply")))
    eye = ViewCamera.looking((0.9, 0.8, 1.5), (0, 0.5, 0), fov_y_rad=0.8)
    assert_golden(picture(renderer, robot, camera=eye, linear=False), "splats/robot")


def test_absurd_numbers_and_files_show_nothing_worse(renderer: Renderer, tmp_path: Path) -> None:
    source = _written(tmp_path, ring(20))
    plain = picture(renderer)
    (tmp_path / "none.ply").write_bytes(b"ply?")
    for name in ("none.ply", "missing.spz"):
        assert np.array_equal(picture(renderer, (Transform(), Splats(source=str(tmp_path / name)))), plain)
    for strange in (Splats(source=source, opacity=float("nan"), brightness=float("inf")), Splats(source=source, brightness=1e30)):
        picture(renderer, (Transform(), strange))
    inside = ViewCamera.looking((1.0, 0.0, 0.0), (0, 0, 0), fov_y_rad=0.8)
    picture(renderer, (Transform(scale=(1e-9, 1, 1)), Splats(source=source)), camera=inside)
    picture(renderer, (Transform(scale=(0, 0, 0)), Splats(source=source)), camera=inside)


@pytest.mark.parametrize("is_parallel", [False, True])
def test_fog_lies_before_them_as_before_a_box(renderer: Renderer, tmp_path: Path, is_parallel: bool) -> None:
    source = _written(tmp_path, ring(300))

    def seen(away: float, *more: object, cloud: bool = True) -> NDArray[Any]:
        scale = away / 2.5
        sight = {"height_m": 2.0 * scale} if is_parallel else {"fov_y_rad": 0.8}
        eye = ViewCamera.looking((0, 0.4 * away, away), (0, 0, 0), **sight)
        clouds = [(Transform(scale=(scale, scale, scale)), Splats(source=source))] if cloud else []
        return picture(renderer, *clouds, more=more, camera=eye)

    fog = Fog(density=0.05, falloff_m=1e5)
    near, far = seen(2.5), seen(50.0)
    assert np.abs(near - far).max() < 0.02, "without fog they look alike"
    weight = [float(np.abs(seen(away, fog) - seen(away, fog, cloud=False)).sum()) for away in (2.5, 50.0)]
    assert weight[1] < 0.2 * weight[0], "fog hides them, the more the farther"
    if not is_parallel:
        assert_golden(picture(renderer, (Transform(), Splats(source=source)), more=(Fog(density=0.4, falloff_m=1e5),), box=True,
                              linear=False), "splats/fog")  # fmt: skip


@pytest.mark.parametrize("samples", [1, 4])
def test_a_click_finds_the_cloud_that_is_seen(renderer: Renderer, tmp_path: Path, samples: int) -> None:
    place, turn, color = np.zeros((1, 3), np.float32), np.array([[0, 0, 0, 1]], np.float32), np.full((1, 1, 3), 0.6, np.float32)
    one = SplatCloud(place, np.full((1, 3), 0.15, np.float32), turn, np.array([0.95], np.float32), color)
    scene = SmallWorld()
    (box,) = scene.spawn(1, scene.mesh("box", (0.5, 0.5, 0.5)), translation=(1.0, 0.0, 0.0)).tolist()
    source = _written(tmp_path, one)
    places = (-1.0, 0.0, 0.0), (1.0, 0.0, -2.0)
    near, hidden = (scene.world.spawn(Transform(translation=place), Splats(source=source)) for place in places)
    scene.propagate()
    view = View(ViewCamera.looking((0, 0, 5), (0, 0, 0), fov_y_rad=0.8), SIZE, samples=samples, outputs=frozenset({"id"}))
    renderer.render(scene.world, [view])
    y, per_m = SIZE[1] // 2, SIZE[1] / 2 / np.tan(0.4) / 5
    assert renderer.pick(view, round(SIZE[0] / 2 - per_m), y) == near
    assert renderer.pick(view, round(SIZE[0] / 2 + per_m), y) == box != hidden
    assert renderer.pick(view, SIZE[0] // 2, y) is None
    view.release()


def test_a_parallel_sight(renderer: Renderer, tmp_path: Path) -> None:
    shown = (Transform(), Splats(source=_written(tmp_path, ring(100))))
    flat = ViewCamera.looking((0.6, 1.0, 2.4), (0, 0, 0), height_m=2.5)
    assert np.abs(picture(renderer, shown, camera=flat) - picture(renderer, camera=flat)).max() > 0.1


def test_several_samples_a_pixel(renderer: Renderer, tmp_path: Path) -> None:
    shown = (Transform(), Splats(source=_written(tmp_path, ring(100))))
    once, often = picture(renderer, shown, box=True), picture(renderer, shown, box=True, samples=4)
    assert np.abs(once - often).mean() < 0.02
    assert np.abs(often - picture(renderer, box=True, samples=4)).max() > 0.1


def test_what_is_gone_holds_no_memory(renderer: Renderer, tmp_path: Path) -> None:
    picture(renderer, (Transform(), Splats(source=_written(tmp_path, ring(20)))))
    feature = renderer.feature("splats")
    assert isinstance(feature, SplatFeature) and feature.size_bytes > 0
    picture(renderer)
    assert feature.size_bytes == 0


def test_the_farthest_comes_first() -> None:
    random = np.random.Generator(np.random.PCG64(2))
    depths = random.uniform(-1, 5, 5000).astype(np.float32)
    order = far_first(depths, 0.05)
    assert len(order) == int((depths > 0.05).sum()) and (np.diff(depths[order]) < 2e-4).all()
    assert not len(far_first(np.zeros(3, np.float32), 0.05))
    assert far_first(np.full(3, 2.0, np.float32), 0.05).tolist() == [0, 1, 2]
