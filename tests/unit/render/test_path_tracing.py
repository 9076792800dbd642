from __future__ import annotations

from dataclasses import replace
from math import pi
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from taixu.animation.morphs import MorphWeights
from taixu.assets.material import (
    Anisotropy,
    Clearcoat,
    DiffuseTransmission,
    Iridescence,
    Sheen,
    Transmission,
    Volume,
)
from taixu.assets.model import Primitive
from taixu.errors import TaixuError
from taixu.render import Renderer, ViewCamera
from taixu.render.path_tracing import PathSettings, PathTracer, clean
from taixu.render.path_tracing.sky_shares import sky_shares
from taixu.render.stills import accumulate, render_still
from taixu.scene import Light, Transform
from taixu.scene.library import LibraryMesh, MeshLibrary, add_mesh

WHITE, SIZE = (1.0, 1.0, 1.0, 1.0), (24, 24)
EVEN, DARK = np.ones((32, 64, 3), np.float32), np.zeros((32, 64, 3), np.float32)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(shared_device())


def ball(**material: Any) -> SmallWorld:
    scene = SmallWorld()
    scene.spawn(1, scene.mesh("sphere", (2, 2, 2), material=scene.material(**material)))
    scene.propagate()
    return scene


def trace(
    renderer: Renderer, scene: SmallWorld, *, sky: NDArray[np.float32] = EVEN, samples: int = 32, eye: Any = (0, 0, 4),
    target: Any = (0, 0, 0), size: tuple[int, int] = SIZE, background: str = "transparent", **paths: Any,
) -> NDArray[np.float32]:  # fmt: skip
    renderer.lighting.use_sky(sky)
    tracer = PathTracer(renderer, scene.world, ViewCamera.looking(eye, target), size=size, settings=PathSettings(**paths),
                        view_settings={"background": background})  # fmt: skip
    tracer.advance(samples=samples)
    found = tracer.read().mean
    tracer.release()
    return found


def middle(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean colour of what is wholly covered."""
    covered = pixels[..., 3] > 0.999
    assert covered.sum() > 60
    mean: NDArray[np.float32] = pixels[covered][:, :3].mean(0)
    return mean


DIELECTRIC: dict[str, Any] = {"metallic": 0.0}
GLASS: dict[str, Any] = DIELECTRIC | {"transmission": Transmission(factor=1.0), "volume": Volume(thickness_m=1.0)}
LOSSLESS: dict[str, dict[str, Any]] = {
    "plain": DIELECTRIC | {"roughness": 0.6},
    "smooth": DIELECTRIC | {"roughness": 0.05},
    "metal": {"metallic": 1.0, "roughness": 0.5},
    "brush": {"metallic": 1.0, "roughness": 0.4, "anisotropy": Anisotropy(strength=1.0, rotation_rad=0.5)},
    "coat": DIELECTRIC | {"roughness": 0.6, "clearcoat": Clearcoat(factor=1.0, roughness=0.2)},
    "cloth": DIELECTRIC | {"roughness": 0.6, "sheen": Sheen(color=(1.0, 1.0, 1.0), roughness=0.5)},
    "film on metal": {"metallic": 1.0, "roughness": 0.4, "iridescence": Iridescence(factor=1.0, thickness_max_nm=500.0)},
    "thin wall": DIELECTRIC | {"roughness": 0.1, "transmission": Transmission(factor=1.0)},
    "glass": GLASS | {"roughness": 0.05},
    "frosted glass": GLASS | {"roughness": 0.4},
    "prism": GLASS | {"roughness": 0.05, "dispersion": 5.0},
    "paper": DIELECTRIC | {"roughness": 0.8, "diffuse_transmission": DiffuseTransmission(factor=0.6)},
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_in_an_even_white_sky_what_loses_nothing_cannot_be_seen(renderer: Renderer, name: str) -> None:
    found = middle(trace(renderer, ball(base_color=WHITE, **LOSSLESS[name]), bounces=24, brightest=1e9))
    least = 0.96 if name not in ("thin wall", "frosted glass", "film on metal") else 0.9
    assert (found > least).all(), found
    assert (found < 1.025).all(), found


def test_a_shining_room_brightens_itself_by_all_bounces(renderer: Renderer) -> None:
    """Inside a closed ball that sends e and reflects r of what comes, everything is e / (1 - r) bright."""
    scene = ball(base_color=(0.5, 0.25, 0.0, 1.0), roughness=1.0, metallic=0.0, emissive=(0.5, 0.5, 0.5), double_sided=True)
    found = trace(renderer, scene, sky=DARK, eye=(0, 0, 0.1), target=(0, 0, -1), bounces=24, samples=48)
    assert np.abs(found[..., :3].mean((0, 1)) / (1.0, 0.5 / 0.75, 0.5) - 1.0).max() < 0.02


def floor(scene: SmallWorld, **material: Any) -> None:
    look = {"base_color": (0.5, 0.5, 0.5, 1.0), "roughness": 1.0, "metallic": 0.0} | material
    scene.spawn(1, scene.mesh("box", (40, 0.2, 40), material=scene.material(**look)), translation=(0, -0.1, 0))


def test_a_lamp_lights_by_the_square_of_its_distance_and_its_angle(renderer: Renderer) -> None:
    scene = SmallWorld()
    floor(scene)
    scene.world.spawn(Transform(translation=(0.0, 2.0, 0.0)), Light(kind="point", intensity=8.0))
    scene.propagate()
    found = trace(renderer, scene, sky=DARK, eye=(3, 4, 0), target=(3, 0, 0.001), size=(9, 9), samples=8)[4, 4, :3]
    distance2 = 4.0 + 9.0
    assert found == pytest.approx(0.5 / pi * 8.0 / distance2 * 2.0 / distance2**0.5, rel=0.02)


def test_what_stands_before_a_lamp_shades_and_holes_let_light_through(renderer: Renderer) -> None:
    def lit(**sheet: Any) -> float:
        scene = SmallWorld()
        floor(scene)
        scene.spawn(1, scene.mesh("box", (2, 0.02, 2), material=scene.material(metallic=0.0, **sheet)), translation=(0, 1, 0))
        scene.world.spawn(Transform(translation=(0.0, 3.0, 0.0)), Light(kind="point", intensity=9.0))
        scene.propagate()
        found = trace(renderer, scene, sky=DARK, eye=(2, 0.8, 0), target=(0, 0, 0), size=(33, 33), samples=16, bounces=1)
        return float(found[16, 16, 1])

    bare = 0.5 / pi
    assert lit() < 0.02 * bare
    assert lit(base_color=(1, 1, 1, 0.2), alpha_mode="MASK") == pytest.approx(bare, rel=0.05)
    # A box has two sides.
    assert lit(base_color=(1, 1, 1, 0.3), alpha_mode="BLEND") == pytest.approx(bare * 0.7**2, rel=0.1)


@pytest.mark.parametrize("name", ["plain", "metal", "brush", "coat", "film on metal"])
def test_lamps_light_a_surface_as_the_rasteriser_has_it(renderer: Renderer, name: str) -> None:
    scene = ball(base_color=(0.8, 0.5, 0.3, 1.0), **LOSSLESS[name])
    scene.world.spawn(Transform(rotation=(-0.35, 0.3, 0.1, 0.88)), Light(kind="directional", intensity=3.0, shadows=False))
    scene.propagate()
    walked = trace(renderer, scene, sky=DARK, samples=24, bounces=1, brightest=1e9)
    drawn = accumulate(
        renderer, scene.world, ViewCamera.looking((0, 0, 4), (0, 0, 0)), size=SIZE, samples=8, encoding="linear",
        settings={"background": "transparent", "shadows": False, "occlusion": False},
    )  # fmt: skip
    both = (walked[..., 3] > 0.999) & (drawn[..., 3] > 0.999)
    assert both.sum() > 60
    lit, seen = walked[both][:, :3], drawn[both][:, :3]
    assert seen.max() > 0.2
    assert lit.mean(0) == pytest.approx(seen.mean(0), rel=0.05)
    assert np.abs(lit - seen).mean() < 0.07 * seen.mean()


def test_a_shining_square_lights_by_its_form_factor_and_hardly_with_noise(renderer: Renderer) -> None:
    """A small square lamp of radiance e, h above the floor: e albedo / pi times its solid angle and two cosines."""
    scene = SmallWorld()
    floor(scene)
    lamp = scene.material(base_color=(0, 0, 0, 1), emissive=(20.0, 10.0, 5.0), metallic=0.0)
    scene.spawn(1, scene.mesh("box", (0.2, 0.001, 0.2), material=lamp), translation=(0, 1, 0))
    scene.propagate()
    found = trace(renderer, scene, sky=DARK, eye=(1, 0.5, 0), target=(1, 0, 0.001), size=(9, 9), samples=16)[3:6, 3:6, :3]
    exact = 0.5 / pi * np.array([20.0, 10.0, 5.0]) * 0.04 * 0.25  # distance squared 2, both cosines 1 / sqrt 2
    assert found.mean((0, 1)) == pytest.approx(exact, rel=0.06)
    assert found[..., 0].std() < 0.3 * exact[0]
    bright = trace(renderer, scene, sky=DARK, eye=(0, 0.5, 0), target=(0, 1, 0.001), size=(9, 9), samples=4)[4, 4, :3]
    assert bright == pytest.approx((20.0, 10.0, 5.0), rel=0.02)


def test_a_small_sun_in_the_sky_is_found(renderer: Renderer) -> None:
    """One bright texel gives nearly all light; samples by chance alone would hardly ever meet it."""
    sky = DARK.copy()
    sky[4, 20] = 4000.0
    scene = SmallWorld()
    floor(scene)
    scene.propagate()
    found = trace(renderer, scene, sky=sky, eye=(0, 4, 0), target=(0, 0, 0.001), size=(9, 9), samples=16)
    polar = (4 + 0.5) / 32 * pi
    texel = np.sin(polar) * (pi / 32) ** 2
    assert found[..., 0].mean() == pytest.approx(0.5 / pi * 4000.0 * texel * np.cos(polar), rel=0.05)
    assert found[..., 0].std() < 0.3 * found[..., 0].mean()


def test_the_same_samples_give_the_same_picture_and_steps_are_samples(renderer: Renderer) -> None:
    renderer.lighting.use_sky(EVEN)
    scene = ball(base_color=(0.7, 0.4, 0.2, 1.0), roughness=0.3)
    camera = ViewCamera.looking((0, 0, 4), (0, 0, 0))

    def halves(*, seed: int = 0, steps: bool = False) -> NDArray[np.float32]:
        tracer = PathTracer(renderer, scene.world, camera, size=(300, 10), settings=PathSettings(seed=seed))
        if steps:  # two tiles
            assert [tracer.step() for _ in range(4)] == [False, True, False, True]
        else:
            assert tracer.advance(samples=2) == 2
        return tracer.read().halves

    first = halves()
    assert np.array_equal(first, halves())
    assert np.array_equal(first, halves(steps=True))
    assert not np.array_equal(first, halves(seed=1))
    assert not np.array_equal(first[0], first[1])


def test_noise_is_taken_out_and_edges_stay(renderer: Renderer) -> None:
    scene = SmallWorld()
    floor(scene)
    red = scene.material(base_color=(0.9, 0.1, 0.1, 1.0), roughness=1.0, metallic=0.0)
    scene.spawn(1, scene.mesh("box", material=red), translation=(0, 0.5, 0))
    scene.propagate()
    sky = EVEN.copy()
    sky[6:9, 10:14] = 30.0
    renderer.lighting.use_sky(sky)
    tracer = PathTracer(renderer, scene.world, ViewCamera.looking((2, 2, 3), (0, 0.3, 0)), size=(64, 48))
    tracer.advance(samples=4)
    few = tracer.read()
    tracer.advance(samples=92)
    many = tracer.read().mean
    tracer.release()
    rough = np.abs(few.mean - many)[..., :3].mean()
    assert np.abs(clean(few) - many)[..., :3].mean() < 0.6 * rough


def test_who_is_deformed_is_met_where_they_are_and_shines_as_they_stand(renderer: Renderer) -> None:
    """A square that lies far to the left is moved before the camera, and turned there, by a target."""
    scene = SmallWorld()
    scene.world.insert_resource(MorphWeights())
    lying = np.array([[-9, 0, 0], [-8, 0, 0], [-8, 0, 1], [-9, 0, 1]], np.float32)
    standing = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
    down, forward = np.tile(np.array([0, -1, 0], np.float32), (4, 1)), np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    square = Primitive(
        {"POSITION": lying, "NORMAL": down}, np.array([0, 1, 2, 0, 2, 3], np.uint32),
        targets=[{"POSITION": standing - lying, "NORMAL": forward - down}],
    )  # fmt: skip
    look = scene.material(base_color=WHITE, metallic=0.0, roughness=1.0)
    entity = int(scene.spawn(1, scene.world.resource(MeshLibrary).put("square", LibraryMesh((square,), (look,))))[0])
    scene.world.resource(MorphWeights).add(scene.world, entity, np.ones(1, np.float32))
    scene.world.spawn(Transform(), Light(kind="directional", intensity=pi))  # along -Z
    scene.propagate()
    found = trace(renderer, scene, sky=DARK, eye=(0, 0, 5), samples=4)
    assert found[12, 12, 3] == 1.0
    assert found[12, 12, :3] == pytest.approx(1.0, abs=0.06)


def test_stills_of_many_samples_follow_paths_unless_they_are_told_not_to(renderer: Renderer) -> None:
    """Two mirrors that face each other: frames see the sky in what is seen in a mirror, paths see the mirror again."""
    renderer.lighting.use_sky(EVEN)
    scene = SmallWorld()
    mirror = scene.material(base_color=(0.5, 0.5, 0.5, 1.0), metallic=1.0, roughness=0.05)
    for x in (-1, 1):
        scene.spawn(1, scene.mesh("box", (0.1, 60, 60), material=mirror), translation=(x, 0, 0))
    scene.propagate()
    camera = ViewCamera.looking((0.5, 0, 0), (-1, 0.05, 0))

    def still(samples: int, **settings: Any) -> float:
        picture = render_still(renderer, scene.world, camera, size=(8, 8), samples=samples, encoding="linear", settings=settings)
        return float(picture.pixels[..., :3].mean())

    walked = still(64)
    assert walked < 0.05
    assert still(2, reference=True) == pytest.approx(walked, abs=0.05)
    assert still(64, reference=False) > walked + 0.08
    assert still(64, traced=False) > walked + 0.08


def test_what_is_empty_broken_or_flat_is_no_trouble(renderer: Renderer) -> None:
    nothing = SmallWorld()
    nothing.propagate()
    assert (trace(renderer, nothing, samples=1) == 0.0).all()
    assert trace(renderer, nothing, samples=1, background="sky")[..., :3] == pytest.approx(1.0, abs=1e-3)
    scene = SmallWorld()
    bad = np.array([[0, 0, 0], [np.nan, 1, 0], [1, np.inf, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]], np.float32)
    broken = add_mesh(scene.world.resource(MeshLibrary), "broken", {"POSITION": bad}, material=0)
    scene.spawn(1, broken)
    box = scene.mesh(material=scene.material(base_color=WHITE, roughness=1.0, metallic=0.0))
    scene.spawn(3, box, translation=[(0, 0, 0), (np.nan, 0, 0), (0, 0, 0)], scale=[(1, 1, 0), (1, 1, 1), (0, 0, 0)])
    scene.propagate()
    found = trace(renderer, scene, samples=8)
    assert np.isfinite(found).all()
    assert found[12, 12, :3] == pytest.approx(1.0, abs=0.1)


def test_a_world_that_does_not_fit_is_refused_in_a_sentence(renderer: Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = ball()
    device = renderer.device
    monkeypatch.setattr(device, "capabilities", replace(device.capabilities, max_storage_bytes=4800))
    with pytest.raises(TaixuError, match=r"holds 100 triangles on this device and this world has [\d,]+; show fewer"):
        trace(renderer, scene)


def test_shares_of_a_sky_are_those_of_its_light() -> None:
    random = np.random.default_rng(2)
    sky = random.random((16, 32, 3)) ** 8
    shares, (columns, rows) = sky_shares(sky)
    assert (columns, rows) == (32, 16)
    by_row, within = np.diff(shares[:17]), np.diff(shares[17:].reshape(16, 33))
    bright = sky @ (0.2126, 0.7152, 0.0722)
    bright = 0.75 * bright + 0.125 * (np.roll(bright, 1, 1) + np.roll(bright, -1, 1))  # as it is seen between texels
    beside = np.pad(bright, ((1, 1), (0, 0)), mode="edge")
    light = (0.75 * bright + 0.125 * (beside[:-2] + beside[2:])) * np.sin((np.arange(16) + 0.5) * pi / 16)[:, None]
    assert np.abs(by_row[:, None] * within - light / light.sum()).max() < 2e-3 * light.max() / light.sum()
    assert sky_shares(np.full((8, 16, 3), np.nan))[1] == (0, 0)
    assert sky_shares(np.ones((2048, 4096, 3), np.float16))[1] == (1024, 512)
