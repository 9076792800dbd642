"""Light that surfaces send each other, by probes: beside the path tracer, through walls, after things that move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.assets.model import Specular
from taixu.render import Renderer, View, ViewCamera, render_still
from taixu.scene import Environment, Light, LightProbes, MeshInstance, Transform

WHITE, RED, GREEN = (0.73, 0.73, 0.73), (0.63, 0.06, 0.05), (0.14, 0.45, 0.09)
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
THICK = 0.2
INTO = ViewCamera.looking((0, 2, 8.5), (0, 2, 0), fov_y_rad=0.7)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer(shared_device())
    yield made
    made.release()


def boxes(scene: SmallWorld, *parts: tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]) -> list[int]:
    made = []
    for size, at, color in parts:
        material = scene.material(base_color=(*color, 1.0), metallic=0.0, roughness=1.0)
        made.append(int(scene.spawn(1, scene.mesh("box", size, material=material), translation=at)[0]))  # type: ignore[arg-type]
    return made


def room(scene: SmallWorld, *, front: bool = False, window: bool = False) -> None:
    """4 m along each edge, about (0, 2, 0), red on the left and green on the right."""
    t, wide = THICK, 4 + 2 * THICK
    boxes(scene, ((wide, t, wide), (0, -t / 2, 0), WHITE), ((wide, t, wide), (0, 4 + t / 2, 0), WHITE),
          ((wide, 4, t), (0, 2, -2 - t / 2), WHITE), ((t, 4, 4), (-2 - t / 2, 2, 0), RED))  # fmt: skip
    if front:
        boxes(scene, ((wide, 4, t), (0, 2, 2 + t / 2), WHITE))
    right = 2 + t / 2
    if window:  # 1.2 m by 1.2 m
        boxes(scene, ((t, 1.4, 4), (right, 0.7, 0), GREEN), ((t, 1.4, 4), (right, 3.3, 0), GREEN),
              ((t, 1.2, 1.4), (right, 2, -1.3), GREEN), ((t, 1.2, 1.4), (right, 2, 1.3), GREEN))  # fmt: skip
    else:
        boxes(scene, ((t, 4, 4), (right, 2, 0), GREEN))


def still(renderer: Renderer, scene: SmallWorld, camera: ViewCamera = INTO, *, size: tuple[int, int] = (160, 160),
          encoding: str = "srgb", samples: int = 2, **settings: Any) -> NDArray[Any]:  # fmt: skip
    return render_still(renderer, scene.world, camera, size=size, samples=samples, encoding=encoding, settings=settings).pixels


def light(pixels: NDArray[Any], rows: tuple[float, float], columns: tuple[float, float]) -> NDArray[np.float64]:
    """Mean colour of a part of a picture, given in shares of its size."""
    height, width = pixels.shape[:2]
    part = pixels[int(rows[0] * height) : int(rows[1] * height), int(columns[0] * width) : int(columns[1] * width), :3]
    mean: NDArray[np.float64] = part.astype(np.float64).mean((0, 1))
    return mean


PARTS = {
    "back": ((0.25, 0.4), (0.35, 0.65)), "left": ((0.35, 0.65), (0.14, 0.22)), "right": ((0.35, 0.65), (0.78, 0.86)),
    "floor": ((0.80, 0.85), (0.3, 0.6)),
}  # fmt: skip


def test_a_room_with_one_lamp_is_as_the_path_tracer_has_it(renderer: Renderer) -> None:
    scene = SmallWorld()
    room(scene)
    boxes(scene, ((1.1, 2.3, 1.1), (-0.7, 1.15, -0.7), WHITE), ((1.1, 1.1, 1.1), (0.7, 0.55, 0.6), WHITE))
    scene.world.spawn(Environment(intensity=0.0))
    scene.world.spawn(Transform(translation=(0, 3.5, 0)), Light(kind="point", intensity=8.0))
    scene.propagate()
    without = still(renderer, scene)
    scene.world.spawn(LightProbes(most_probes=400, rays=64))
    scene.propagate()
    np.testing.assert_array_equal(without, still(renderer, scene, probes=False))
    assert_golden(still(renderer, scene), "indirect/room", share=0.005)
    lit, dark = (still(renderer, scene, encoding="linear", probes=on) for on in (True, False))
    traced = still(renderer, scene, encoding="linear", samples=16, size=(96, 96), reference=True)
    for name, part in PARTS.items():
        found, expected = light(lit, *part) @ LUMINANCE, light(traced, *part) @ LUMINANCE
        assert found == pytest.approx(expected, rel=0.2 if name == "floor" else 0.15), name
        assert light(dark, *part) @ LUMINANCE < 0.75 * expected, name
    floor = (0.9, 0.93)
    near_red, near_green = light(lit, floor, (0.15, 0.25)), light(lit, floor, (0.75, 0.85))
    assert near_red[0] / near_red[1] > 1.08 * near_green[0] / near_green[1], "walls colour the floor beside them"


def radiosity(albedo: float, n: int = 10) -> NDArray[np.float64]:
    """Radiance that patches of a closed cube send, [6, n, n], whose ceiling (1) shines with 1; 0 is the floor, 4 a wall.

    Lambert's law between the patches' middles, each row of form factors brought to one.
    """
    middles = (np.arange(n) + 0.5) / n
    u, v = (grid.ravel() for grid in np.meshgrid(middles, middles, indexing="ij"))
    places, normals = [], []
    for axis, side in ((1, 0), (1, 1), (0, 0), (0, 1), (2, 0), (2, 1)):
        at, normal = np.zeros((n * n, 3)), np.zeros((n * n, 3))
        across = [i for i in range(3) if i != axis]
        at[:, across[0]], at[:, across[1]], at[:, axis], normal[:, axis] = u, v, side, 1 - 2 * side
        places.append(at)
        normals.append(normal)
    p, q = np.concatenate(places), np.concatenate(normals)
    way = p[None] - p[:, None]
    far2 = np.square(way).sum(-1)
    np.fill_diagonal(far2, 1.0)
    factors = np.maximum(np.einsum("ijk,ik->ij", way, q), 0) * np.maximum(-np.einsum("ijk,jk->ij", way, q), 0) / far2**2
    factors /= factors.sum(1, keepdims=True)
    shines = np.repeat(np.arange(6) == 1, n * n).astype(float)
    return np.linalg.solve(np.eye(6 * n * n) - albedo * factors, shines).reshape(6, n, n)


def test_a_closed_box_is_as_radiosity_has_it(renderer: Renderer) -> None:
    scene, albedo, t = SmallWorld(), 0.7, THICK
    wide = 4 + 2 * t
    for size, at, glow in (((wide, t, wide), (0, -t / 2, 0), 0.0), ((wide, t, wide), (0, 4 + t / 2, 0), 1.0),
                           ((wide, 4, t), (0, 2, -2 - t / 2), 0.0), ((wide, 4, t), (0, 2, 2 + t / 2), 0.0),
                           ((t, 4, 4), (-2 - t / 2, 2, 0), 0.0), ((t, 4, 4), (2 + t / 2, 2, 0), 0.0)):  # fmt: skip
        material = scene.material(base_color=(albedo, albedo, albedo, 1.0), metallic=0.0, roughness=1.0,
                                  emissive=(glow, glow, glow), specular=Specular(factor=0.0))  # fmt: skip
        scene.spawn(1, scene.mesh("box", size, material=material), translation=at)  # type: ignore[arg-type]
    scene.world.spawn(Environment(intensity=0.0))
    scene.world.spawn(LightProbes(spacing_m=1.0, rays=96))
    scene.propagate()
    expected = radiosity(albedo)
    fov = 2 * np.arctan(2 / 3.99)
    for side, eye, target, up in ((0, (0, 3.99, 0), (0, 0, 0), (0, 0, -1)), (4, (0, 2, 1.99), (0, 2, -2), (0, 1, 0))):
        camera = ViewCamera.looking(eye, target, fov_y_rad=fov, near_m=0.02, up=up)
        found = still(renderer, scene, camera, size=(24, 24), samples=1, encoding="linear", occlusion=False)[..., 0]
        assert found.mean() == pytest.approx(expected[side].mean(), rel=0.07)
        assert found[10:14, 10:14].mean() == pytest.approx(expected[side][4:6, 4:6].mean(), rel=0.07)


def test_a_room_lit_by_what_its_window_lets_in(renderer: Renderer) -> None:
    scene = SmallWorld()
    room(scene, window=True)
    boxes(scene, ((30, 0.2, 30), (0, -0.3, 0), (0.4, 0.4, 0.4)))
    scene.world.spawn(Environment(sun_direction=(0.8, 0.55, 0.1), turbidity=2.5))
    scene.world.spawn(LightProbes(most_probes=250, rays=64))
    scene.propagate()
    settings: dict[str, Any] = {"exposure_ev": 0.0, "shadow_distance_m": 30.0}
    assert_golden(still(renderer, scene, **settings), "indirect/window", share=0.005)


def test_no_light_goes_through_walls(renderer: Renderer) -> None:
    scene = SmallWorld()
    room(scene, front=True)
    boxes(scene, ((30, 0.2, 30), (0, -0.3, 0), (0.5, 0.5, 0.5)))
    scene.world.spawn(Environment(sun_direction=(0.5, 0.7, 0.4)))
    scene.world.spawn(LightProbes(most_probes=150, rays=48))
    scene.propagate()
    inside = ViewCamera.looking((1.7, 2.2, 1.7), (-2, 1.8, -2), fov_y_rad=1.3, near_m=0.02)
    outside = ViewCamera.looking((6, 3, 9), (0, 1.5, 0), fov_y_rad=0.7)
    settings: dict[str, Any] = {"size": (48, 48), "encoding": "linear", "shadow_distance_m": 30.0}
    yard, dark = (still(renderer, scene, camera, **settings)[..., :3] @ LUMINANCE for camera in (outside, inside))
    leaking = still(renderer, scene, inside, probes=False, **settings)[..., :3] @ LUMINANCE
    assert np.quantile(dark, 0.99) < 0.01 * yard.mean()
    assert dark.mean() < 0.002 * yard.mean()
    assert leaking.mean() > 10 * dark.mean(), "the sky alone knows of no walls"


def test_light_follows_what_moves(renderer: Renderer) -> None:
    scene = SmallWorld()
    boxes(scene, ((6, 0.2, 6), (0, -0.1, 0), WHITE), ((6, 4, 0.2), (0, 2, -1.6), WHITE))
    (red,) = boxes(scene, ((1, 2, 1), (-2.2, 1, -0.9), (0.8, 0.04, 0.04)))
    scene.world.spawn(Environment(sun_direction=(0.2, 0.5, 0.8), turbidity=2.5))
    scene.world.spawn(LightProbes(most_probes=250, rays=48, rays_per_frame=1 << 20))
    scene.propagate()
    camera = ViewCamera.looking((0, 2, 7), (0, 1.2, 0), fov_y_rad=0.6)
    view = View(camera, (64, 40), settings={"encoding": "linear"})

    def redness(place: float) -> float:
        """Of the wall beside a place where the box may stand."""
        pixels = renderer.read(view)[..., :3].astype(np.float64)
        height, width = pixels.shape[:2]
        x = int(width * (0.5 + place))
        seen = pixels[int(0.4 * height) : int(0.6 * height), x - 1 : x + 2].mean((0, 1))
        return float(seen[0] / seen[1])

    def frames(count: int) -> None:
        for _ in range(count):
            renderer.render(scene.world, [view])

    frames(16)
    here, there = -0.15, 0.15
    before = redness(there)
    assert redness(here) > before + 0.05
    scene.world.set(red, Transform, translation=(2.2, 1, -0.9))
    scene.propagate()
    frames(10)
    assert redness(here) < before + 0.05
    assert redness(there) > before + 0.05
    frames(26)
    field = renderer.feature("indirect").field_of(scene.world)  # type: ignore[attr-defined]
    assert field.is_settled
    looked = field.updates
    frames(2)
    assert field.updates == looked, "nobody looks around where nothing changes"
    view.release()


def test_nonsense_gives_a_picture(renderer: Renderer) -> None:
    scene = SmallWorld()
    (box,) = boxes(scene, ((1, 1, 1), (0, 0.5, 0), WHITE))
    nowhere = boxes(scene, ((1, 1, 1), (0, 0.5, 0), RED))[0]
    probes = int(scene.world.spawn(LightProbes(most_probes=64, rays=16)))
    scene.world.set(nowhere, Transform, translation=(np.inf, 0, 0))
    for fields in ({"size_m": (np.nan, 2, 2)}, {"size_m": (1e9, 1e9, 1e9)}, {"spacing_m": np.inf}, {"spacing_m": 1e-9},
                   {"strength": np.nan}, {"most_probes": -5}, {"rays": 10**6}):  # fmt: skip
        scene.world.set(probes, LightProbes, **{"size_m": (0, 0, 0), "spacing_m": 0, "strength": 1, "most_probes": 64,
                                                "rays": 16} | fields)  # fmt: skip
        scene.propagate()
        assert np.isfinite(still(renderer, scene, size=(16, 16), samples=1, encoding="linear")).all(), fields
    scene.world.remove(box, MeshInstance)
    scene.world.remove(nowhere, MeshInstance)
    scene.propagate()
    assert np.isfinite(still(renderer, scene, size=(16, 16), samples=1, encoding="linear")).all()
