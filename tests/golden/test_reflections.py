"""What mirrors show of things nearby: reflection probes and rays through the picture, beside the path tracer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.assets.material import Clearcoat, Transmission, Volume
from taixu.render import Renderer, View, ViewCamera, render_still
from taixu.scene import Environment, Light, ReflectionProbe, ScreenReflections, Transform

SIZE = (160, 96)
INTO = ViewCamera.looking((0.2, 1.7, 2.6), (0, 1.0, -1.5), fov_y_rad=1.0, near_m=0.02)
WHITE = (0.23, 0.22, 0.2)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer(shared_device())
    yield made
    made.release()


def box(scene: SmallWorld, size: tuple[float, ...], at: tuple[float, ...], color: tuple[float, ...] = WHITE, **more: Any) -> int:
    look = {"metallic": 0.0, "roughness": 0.9} | more
    material = scene.material(base_color=(*color, 1.0), **look)
    return int(scene.spawn(1, scene.mesh("box", size, material=material), translation=at)[0])  # type: ignore[arg-type]


def mirror_room(scene: SmallWorld) -> None:
    """6 m by 6 m and 3 m high, with a floor that mirrors like polished metal and two lamps; so dark that little light bounces."""
    box(scene, (6.4, 0.2, 6.4), (0, -0.1, 0), (0.9, 0.9, 0.9), metallic=1.0, roughness=0.0)
    box(scene, (6.4, 0.2, 6.4), (0, 3.1, 0))
    box(scene, (6.4, 3, 0.2), (0, 1.5, -3.1), (0.08, 0.13, 0.23))
    box(scene, (6.4, 3, 0.2), (0, 1.5, 3.1))
    box(scene, (0.2, 3, 6), (-3.1, 1.5, 0), (0.2, 0.03, 0.03))
    box(scene, (0.2, 3, 6), (3.1, 1.5, 0), (0.07, 0.17, 0.05))
    box(scene, (1, 1.4, 1), (-1, 0.7, -1.4), (0.27, 0.23, 0.1))
    box(scene, (0.7, 0.7, 0.7), (1.1, 0.35, -0.6))
    scene.world.spawn(Environment(intensity=0.02))
    for at in ((-1.2, 2.6, 0.5), (1.5, 2.6, -1.0)):
        scene.world.spawn(Transform(translation=at), Light(kind="point", intensity=12.0))
    scene.propagate()


def add_probe(scene: SmallWorld, at: tuple[float, float, float] = (0, 1.5, 0), **fields: Any) -> int:
    made = int(scene.world.spawn(Transform(translation=at), ReflectionProbe(**{"resolution": 64, **fields})))
    scene.propagate()
    return made


def still(renderer: Renderer, scene: SmallWorld, camera: ViewCamera = INTO, *, size: tuple[int, int] = SIZE, samples: int = 1,
          encoding: str = "linear", **settings: Any) -> NDArray[Any]:  # fmt: skip
    return render_still(renderer, scene.world, camera, size=size, samples=samples, encoding=encoding, settings=settings).pixels


def likeness(a: NDArray[Any], b: NDArray[Any]) -> float:
    """PSNR in decibels, as shown."""
    shown = [np.clip(pixels[..., :3].astype(np.float64), 0.0, 1.0) ** (1 / 2.2) for pixels in (a, b)]
    return float(-10 * np.log10(np.square(shown[0] - shown[1]).mean()))


def test_each_step_comes_nearer_to_the_path_tracer(renderer: Renderer) -> None:
    scene = SmallWorld()
    mirror_room(scene)
    plain = still(renderer, scene)
    add_probe(scene, size_m=(6, 3, 6))
    probes = still(renderer, scene)
    scene.world.spawn(ScreenReflections())
    scene.propagate()
    both = still(renderer, scene)
    np.testing.assert_array_equal(plain, still(renderer, scene, reflections=False))
    assert_golden(still(renderer, scene, encoding="srgb", screen_reflections=False), "reflections/probe", share=0.005)
    assert_golden(still(renderer, scene, encoding="srgb"), "reflections/room", share=0.005)
    traced = still(renderer, scene, samples=24, size=(80, 48), reference=True)
    floor = slice(28, None)  # rows in which there is nothing but the floor and boxes

    def near(pixels: NDArray[Any]) -> float:
        small = pixels.reshape(48, 2, 80, 2, -1).mean((1, 3))
        return likeness(small[floor], traced[floor])

    found = [near(pixels) for pixels in (plain, probes, both)]
    assert found[1] > found[0] + 1.5, found
    assert found[2] > found[1] + 1.5, found


def test_rays_through_the_picture_alone(renderer: Renderer) -> None:
    scene = SmallWorld()
    box(scene, (8, 0.2, 8), (0, -0.1, 0), (0.08, 0.09, 0.1), roughness=0.12)
    box(scene, (1, 1, 1), (-1.3, 0.5, 0), (0.8, 0.15, 0.1))
    box(scene, (0.6, 1.6, 0.6), (0.4, 0.8, -0.6), (0.1, 0.3, 0.8))
    box(scene, (0.8, 0.8, 0.8), (1.6, 0.4, 0.6), (1.0, 1.0, 1.0), metallic=1.0, roughness=0.3)
    scene.world.spawn(Environment(sun_direction=(0.5, 0.6, 0.5)))
    scene.propagate()
    camera = ViewCamera.looking((0.5, 1.4, 4.6), (0, 0.5, 0), fov_y_rad=0.7)
    without = still(renderer, scene, camera, encoding="srgb")
    asked = int(scene.world.spawn(ScreenReflections()))
    scene.propagate()
    full = still(renderer, scene, camera, encoding="srgb")
    assert_golden(full, "reflections/screen", share=0.005)
    assert (np.abs(full.astype(int) - without).max(-1) > 12).mean() > 0.03, "it is to be seen"
    scene.world.set(asked, ScreenReflections, half_size=True)
    half = still(renderer, scene, camera, encoding="srgb")
    assert 0 < np.abs(half.astype(int) - full).mean() < 2.0
    view = View(camera, SIZE, samples=4)
    renderer.render(scene.world, [view])
    many = renderer.read(view)
    view.release()
    assert np.abs(many.astype(int) - full).mean() < 3.0, "edges aside, many samples show the same"
    scene.world.set(asked, ScreenReflections, enabled=False)
    np.testing.assert_array_equal(without, still(renderer, scene, camera, encoding="srgb"))


def test_water_mirrors_what_stands_on_its_shore(renderer: Renderer) -> None:
    """Blended surfaces follow rays, too: beside a mirror of metal they show the same things at the same places."""
    scene = SmallWorld()
    box(scene, (1.2, 2.2, 0.6), (-1.3, 1.1, -2.4), (0.6, 0.08, 0.05))
    box(scene, (0.5, 1.2, 0.5), (1.0, 0.6, -1.6), (0.05, 0.25, 0.5))
    box(scene, (9.0, 0.5, 0.4), (0, 0.25, -3.4), (0.12, 0.3, 0.06))
    plate = scene.mesh(
        "box", (9.0, 0.02, 6.4), material=scene.material(
            base_color=(0.01, 0.03, 0.04, 0.8), alpha_mode="BLEND", metallic=0.0, roughness=0.05, ior=2.2, double_sided=False
        )
    )  # fmt: skip
    scene.spawn(1, plate, translation=(0.0, 0.0, 0.0))
    box(scene, (9.0, 0.1, 6.4), (0, -0.4, 0), (0.2, 0.17, 0.1))
    scene.world.spawn(Environment(intensity=1.0))
    scene.propagate()
    without = still(renderer, scene, encoding="srgb")
    asked = int(scene.world.spawn(ScreenReflections(distance_m=30.0)))
    scene.propagate()
    mirrored = still(renderer, scene, encoding="srgb")
    assert_golden(mirrored, "reflections/water", share=0.005)
    assert likeness(still(renderer, scene), still(renderer, scene, samples=4)) > 25.0, "with smooth edges it is the same lake"
    lower = np.abs(mirrored[..., :3].astype(int) - without[..., :3].astype(int)).max(2)[52:] > 12
    assert 0.1 < lower.mean() < 0.7, "things are seen in the water, and sky between them"
    assert (mirrored[:40] == without[:40]).all(), "what is not mirrored stays as it was"
    np.testing.assert_array_equal(still(renderer, scene, encoding="srgb", transparency="weighted", screen_reflections=False),
                                  still(renderer, scene, encoding="srgb", transparency="weighted"))  # fmt: skip
    scene.world.set(asked, ScreenReflections, enabled=False)
    np.testing.assert_array_equal(still(renderer, scene, encoding="srgb"), without)


def test_even_light_comes_back_as_it_is(renderer: Renderer) -> None:
    """A furnace: sky and things of the same radiance, in which mirrors are not to be seen, whatever they find out about it."""
    scene = SmallWorld()
    for roughness, x in ((0.0, -1.2), (0.3, 0.0), (0.8, 1.2)):
        material = scene.material(base_color=(1.0, 1.0, 1.0, 1.0), metallic=1.0, roughness=roughness)
        scene.spawn(1, scene.mesh("sphere", (1.0, 1.0, 1.0), material=material), translation=(x, 0.5, 0))
    box(scene, (6, 3, 0.2), (0, 1, -1.2), (0.0, 0.0, 0.0), emissive=(1.0, 1.0, 1.0), roughness=1.0)
    add_probe(scene, (0, 0.6, 0.9), size_m=(5, 3, 4), resolution=32)
    scene.world.spawn(ScreenReflections(most_roughness=1.0))
    scene.propagate()
    camera = ViewCamera.looking((0, 1, 4), (0, 0.5, 0), fov_y_rad=0.6)
    renderer.lighting.use_sky(np.ones((16, 32, 3), np.float32))
    try:
        pixels = still(renderer, scene, camera, size=(96, 48), occlusion=False, shadows=False)[..., :3]
    finally:
        renderer.lighting.use_sky(None)
    # Black things send back a few hundredths by their coat of varnish, which everything here sees.
    assert np.abs(pixels - 1.0).max() < 0.08
    assert abs(pixels.mean() - 1.0) < 0.03


def test_pictures_are_taken_again_where_something_moved(renderer: Renderer) -> None:
    scene = SmallWorld()
    box(scene, (4, 0.2, 4), (0, -0.1, 0), (0.9, 0.9, 0.9), metallic=1.0, roughness=0.05)
    red = box(scene, (1, 1.6, 0.3), (-1, 0.8, -1.8), (0.0, 0.0, 0.0), emissive=(3.0, 0.0, 0.0))
    probe = add_probe(scene, (0, 0.5, 0), size_m=(4, 2, 4), resolution=32)
    camera = ViewCamera.looking((0, 0.8, 2.4), (0, 0, 0.2), fov_y_rad=0.6)
    view = View(camera, (48, 32), settings={"encoding": "linear", "shadows": False})

    def redness() -> NDArray[np.float64]:
        """Of the floor, by columns."""
        renderer.render(scene.world, [view])
        pixels = renderer.read(view)[14:28, :, :3].astype(np.float64)
        found: NDArray[np.float64] = (pixels[..., 0] - pixels[..., 1]).mean(0)
        return found

    before = redness()
    assert before[:24].mean() > before[24:].mean() + 0.05
    np.testing.assert_array_equal(before, redness())
    scene.world.set(red, Transform, translation=(1, 0.8, -1.8))
    scene.propagate()
    seen = [redness() for _ in range(8)]
    assert np.array_equal(seen[2], seen[0]), "one face a frame, and all at once when they are done"
    assert seen[-1][24:].mean() > seen[-1][:24].mean() + 0.05
    for step in range(14):  # what never rests is followed, too
        scene.world.set(red, Transform, translation=(-1, 0.8, -1.8 + 0.01 * step))
        scene.propagate()
        latest = redness()
    assert latest[:24].mean() > latest[24:].mean() + 0.05
    scene.world.set(red, Transform, translation=(1, 0.8, -1.8))
    scene.propagate()
    for _ in range(16):
        redness()
    scene.world.set(probe, ReflectionProbe, follows=False)
    scene.world.set(red, Transform, translation=(-1, 0.8, -1.8))
    scene.propagate()
    assert all(found[24:].mean() > found[:24].mean() for found in [redness() for _ in range(8)]), "it was told not to follow"
    view.release()


def test_the_smaller_box_lies_over_the_larger(renderer: Renderer) -> None:
    scene = SmallWorld()
    box(scene, (8, 0.2, 8), (0, -0.1, 0), (1.0, 1.0, 1.0), metallic=1.0, roughness=0.1)
    for at, glow in (((0, 0.8, -6), (2.0, 0.0, 0.0)), ((20, 0.8, 0), (0.0, 2.0, 0.0))):
        box(scene, (8, 8, 0.1) if at[0] == 0 else (0.1, 8, 8), at, (0, 0, 0), emissive=glow)
    add_probe(scene, (0, 2, -4), size_m=(8, 4, 16), resolution=16, box_projection=False, follows=False)
    add_probe(scene, (19, 0.5, 0), size_m=(38, 1, 1), resolution=16, box_projection=False, follows=False)
    camera = ViewCamera.looking((0, 1.2, 3), (0, 0, 0), fov_y_rad=0.8)
    pixels = still(renderer, scene, camera, size=(48, 32), shadows=False, occlusion=False)
    assert np.isfinite(pixels).all()
    inner, outer = pixels[15:17, 30:40, :3].mean((0, 1)), pixels[29:, 30:40, :3].mean((0, 1))
    assert outer[0] > 3 * inner[0], "red is seen by the large one only"


def test_glass_and_coats_mirror_the_room(renderer: Renderer) -> None:
    scene = SmallWorld()
    box(scene, (4, 3, 0.2), (0, 1, 2.0), (0.0, 0.0, 0.0), emissive=(3.0, 0.0, 0.0))  # behind the camera
    looks: list[dict[str, Any]] = [
        {"transmission": Transmission(factor=1.0), "volume": Volume(thickness_m=0.5)},
        {"alpha_mode": "BLEND", "base_color": (0.0, 0.0, 0.0, 0.3)},
        {"base_color": (0.0, 0.0, 0.0, 1.0), "roughness": 1.0, "clearcoat": Clearcoat(factor=1.0)},
    ]
    for x, look in zip((-0.7, 0.0, 0.7), looks, strict=True):
        material = scene.material(**{"base_color": (1.0, 1.0, 1.0, 1.0), "metallic": 0.0, "roughness": 0.0} | look)
        scene.spawn(1, scene.mesh("box", (0.5, 0.5, 0.1), material=material), translation=(x, 0.5, 0))
    add_probe(scene, (0, 0.6, 1), size_m=(4, 3, 2), resolution=32)
    camera = ViewCamera.looking((0, 0.5, 1.4), (0, 0.5, 0), fov_y_rad=0.9)
    on, off = (still(renderer, scene, camera, size=(60, 32), shadows=False, reflections=r)[..., :3] for r in (True, False))
    for columns in (slice(10, 18), slice(26, 34), slice(42, 50)):
        more = (on - off)[14:18, columns].mean((0, 1))
        assert more[0] > 0.02, columns
        assert more[0] > more[1] + 0.02, "what is mirrored is red"


def test_nonsense_gives_a_picture(renderer: Renderer) -> None:
    scene = SmallWorld()
    box(scene, (3, 0.2, 3), (0, -0.1, 0), (0.9, 0.9, 0.9), metallic=1.0, roughness=0.1)
    box(scene, (0.5, 0.5, 0.5), (0, 0.25, 0))
    probe, asked = add_probe(scene, resolution=16), int(scene.world.spawn(ScreenReflections()))
    good = ReflectionProbe(resolution=16)
    for fields in ({"size_m": (np.nan, 1, 1)}, {"size_m": (1e30, 0, -1)}, {"blend_m": np.nan}, {"blend_m": -1.0},
                   {"intensity": np.inf}, {"intensity": np.nan}, {"resolution": -7}):  # fmt: skip
        scene.world.set(probe, ReflectionProbe, **{
            "size_m": good.size_m, "blend_m": good.blend_m, "intensity": good.intensity, "resolution": 16} | fields)  # fmt: skip
        scene.propagate()
        assert np.isfinite(still(renderer, scene, size=(24, 16))).all(), fields
    for fields in ({"distance_m": np.nan}, {"distance_m": 1e30}, {"thickness_m": np.inf}, {"thickness_m": -1.0},
                   {"strength": np.nan}, {"most_roughness": np.inf}):  # fmt: skip
        scene.world.set(asked, ScreenReflections, **{
            "distance_m": 50.0, "thickness_m": 0.3, "strength": 1.0, "most_roughness": 0.5} | fields)  # fmt: skip
        assert np.isfinite(still(renderer, scene, size=(24, 16))).all(), fields
    scene.world.set(probe, Transform, translation=(np.inf, 0, 0))
    scene.propagate()
    assert np.isfinite(still(renderer, scene, size=(24, 16))).all()
