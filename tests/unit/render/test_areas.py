"""Areas that shine: the form factor of a rectangle, lobes against the path tracer, and what ends where."""

from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.math import quaternion
from taixu.render import Renderer, View, ViewCamera
from taixu.render.path_tracing.tracer import PathTracer
from taixu.scene import Light, Transform

DOWN = tuple(float(v) for v in quaternion.look_rotation((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)))
ASIDE = tuple(float(v) for v in quaternion.look_rotation((1.0, 0.0, 0.0)))
SIZE = 17


def stage(light: Light, at: tuple[float, float, float], turned: tuple[float, ...], *, roughness: float = 1.0, metallic: float = 0.0,
          ior: float = 1.0, camera: ViewCamera | None = None) -> tuple[SmallWorld, Renderer, View]:  # fmt: skip
    """A white floor at height 0 under one area, seen straight from above, 4 m wide."""
    scene = SmallWorld()
    floor = scene.material(base_color=(1.0, 1.0, 1.0, 1.0), metallic=metallic, roughness=roughness, ior=ior)
    scene.spawn(1, scene.mesh("box", (12, 1, 12), material=floor), translation=(0, -0.5, 0))
    scene.world.spawn(Transform(translation=at, rotation=turned), light)
    scene.propagate()
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(np.zeros((8, 16, 3), np.float32))
    camera = camera or ViewCamera.looking((0, 8, 0), (0, 0, 0), up=(0, 0, -1), height_m=4.0)
    return scene, renderer, View(camera, (SIZE, SIZE), settings={"encoding": "linear", "occlusion": False, "antialiasing": False})


def drawn(light: Light, at: tuple[float, float, float], turned: tuple[float, ...], **more: object) -> np.ndarray:
    scene, renderer, view = stage(light, at, turned, **more)  # type: ignore[arg-type]
    renderer.render(scene.world, [view])
    return renderer.read(view)[..., :3].astype(np.float64)


def irradiance(points: np.ndarray, middle: np.ndarray, across: np.ndarray, up: np.ndarray, *, is_round: bool = False) -> np.ndarray:
    """Of a lamp of 1 nit on floor points [..., 3] that look up, summed over its surface."""
    u = (np.stack(np.meshgrid(*[np.arange(160)] * 2), -1).reshape(-1, 2) + 0.5) / 160 * 2 - 1
    if is_round:
        u = u[np.hypot(*u.T) <= 1]
    places = middle + u[:, :1] * across + u[:, 1:] * up
    normal = np.cross(across, up)
    each = 4 * np.linalg.norm(normal) / 160**2  # the share of one place
    normal = -normal / np.linalg.norm(normal)
    result = np.zeros(points.shape[:-1])
    for index in np.ndindex(result.shape):
        to = places - points[index]
        d2 = np.square(to).sum(1)
        cosines = np.maximum(to[:, 1], 0) * np.maximum(-(to @ normal), 0) / d2
        result[index] = (cosines / d2).sum() * each
    return result


def floor_points() -> np.ndarray:
    at = (np.arange(SIZE) + 0.5) / SIZE * 4 - 2
    z, x = np.meshgrid(at, at, indexing="ij")
    return np.stack([x, np.zeros_like(x), z], -1)


@pytest.mark.parametrize("is_round", [False, True])
def test_form_factor_of_an_area_overhead(is_round: bool) -> None:
    light = Light(kind="area", intensity=12.0, width_m=1.6, height_m=0.8, round=is_round, shadows=False)
    picture = drawn(light, (0.3, 1.0, 0.0), DOWN)
    area = 1.6 * 0.8 * (np.pi / 4 if is_round else 1)
    across, up = np.array((-0.8, 0, 0)), np.array((0, 0, 0.4))
    expected = irradiance(floor_points(), np.array((0.3, 1.0, 0.0)), across, up, is_round=is_round)
    off = np.abs(picture[..., 0] - expected * 12.0 / area / np.pi) / expected.max() / (12.0 / area / np.pi)
    assert off.max() < 0.01
    assert picture[..., 0].max() > 2 * picture[..., 0].min()


def test_what_lies_below_the_horizon_is_cut_off() -> None:
    """A lamp that stands on edge, half of it sunk into the floor."""
    light = Light(kind="area", intensity=3.0, width_m=1.0, height_m=2.0, shadows=False)
    picture = drawn(light, (-1.0, 0.0, 0.0), ASIDE)[..., 0]
    middle, across, up = np.array((-1.0, 0, 0)), np.array((0, 0, 0.5)), np.array((0, 1.0, 0))
    expected = irradiance(floor_points(), middle, across, up) * 3.0 / 2.0 / np.pi
    right = floor_points()[..., 0] > -0.8
    assert np.abs(picture - expected)[right].max() < 0.02 * expected[right].max()
    assert picture[floor_points()[..., 0] < -1.2].max() == 0.0, "it shines to one side"


def test_candela_do_not_depend_on_size_from_afar() -> None:
    pictures = [drawn(Light(kind="area", intensity=50.0, width_m=w, height_m=w, shadows=False), (0, 6.0, 0), DOWN)[8, 8, 0]
                for w in (0.01, 0.5)]  # fmt: skip
    assert pictures == pytest.approx([50.0 / 36.0 / np.pi] * 2, rel=0.02)


@pytest.mark.parametrize(("roughness", "metallic"), [(0.25, 1.0), (0.6, 1.0), (0.5, 0.0)])
def test_mirrors_agree_with_the_path_tracer(roughness: float, metallic: float) -> None:
    camera = ViewCamera.looking((0, 1.2, 3.0), (0, 0, -0.4), fov_y_rad=0.7)
    light = Light(kind="area", intensity=4.0, width_m=1.2, height_m=0.8, shadows=False)
    turned = tuple(float(v) for v in quaternion.look_rotation((0.0, -0.5, 1.0)))
    scene, renderer, view = stage(light, (0, 0.8, -1.6), turned, roughness=roughness, metallic=metallic, ior=1.5, camera=camera)
    renderer.render(scene.world, [view])
    mine = renderer.read(view)[..., 0].astype(np.float64)
    tracer = PathTracer(renderer, scene.world, camera, size=(SIZE, SIZE))
    tracer.advance(samples=64)
    truth = tracer.read().mean[..., 0].astype(np.float64)
    tracer.release()
    mine, truth = mine[9:].mean(1), truth[9:].mean(1)
    assert mine.mean() == pytest.approx(truth.mean(), rel=0.12)
    assert np.abs(mine - truth).max() < 0.15 * truth.max()
