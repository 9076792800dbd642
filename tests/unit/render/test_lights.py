from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.math import quaternion
from taixu.render import Renderer, View, ViewCamera
from taixu.render.shadows import CASCADES, TILE, cascade_splits, fit_cascade
from taixu.scene import Environment, Light, Transform

DOWN = tuple(float(v) for v in quaternion.look_rotation((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)))


def floor_under(*spawned: tuple[object, ...], blockers: bool = False, size: tuple[int, int] = (33, 33)) -> np.ndarray:
    """Linear radiance of a rough white floor seen straight from above, 4 m wide, under these lights alone."""
    scene = SmallWorld()
    floor = scene.material(base_color=(1.0, 1.0, 1.0, 1.0), metallic=0.0, roughness=1.0, ior=1.0)
    scene.spawn(1, scene.mesh("box", (12, 1, 12), material=floor), translation=(0, -0.5, 0))
    if blockers:
        scene.spawn(1, scene.mesh("box", (0.8, 0.2, 0.8), material=floor), translation=(0, 0.5, 0))
    for components in spawned:
        scene.world.spawn(*components)
    scene.propagate()
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(np.zeros((8, 16, 3), np.float32))
    camera = ViewCamera.looking((0, 8, 0), (0, 0, 0), up=(0, 0, -1), height_m=4.0)
    view = View(camera, size, settings={"encoding": "linear"})
    renderer.render(scene.world, [view])
    return renderer.read(view)[..., :3].astype(np.float64)


def test_candela_of_a_point() -> None:
    """Irradiance below a point of 12 cd at 2 m is 3 lux; a white diffuse floor sends back a pi-th of it."""
    picture = floor_under((Transform(translation=(0, 2, 0)), Light(kind="point", intensity=12.0, shadows=False)))
    assert picture[16, 16] == pytest.approx(3.0 / np.pi, rel=0.01)
    # 1.5 m aside: farther, and falling in at an angle.
    x = 16 + round(1.5 / 4 * 33)
    aside = (x - 16) * 4 / 33
    d2 = 4 + aside**2
    assert picture[16, x] == pytest.approx(12 / d2 * 2 / np.sqrt(d2) / np.pi, rel=0.01)


def test_lux_of_a_sun_and_colour() -> None:
    light = Light(kind="directional", color=(1.0, 0.5, 0.25), intensity=2.0, shadows=False)
    picture = floor_under((Transform(rotation=DOWN), light))
    assert picture[16, 16] == pytest.approx(np.array([2.0, 1.0, 0.5]) / np.pi, rel=0.01)
    assert np.ptp(picture[..., 0]) < 1e-3


def test_range_window() -> None:
    inside = floor_under((Transform(translation=(0, 2, 0)), Light(kind="point", intensity=12.0, range_m=3.0, shadows=False)))
    assert inside[16, 16] == pytest.approx(3.0 / np.pi * (1 - (2 / 3) ** 4), rel=0.02)
    outside = floor_under((Transform(translation=(0, 2, 0)), Light(kind="point", intensity=12.0, range_m=1.9, shadows=False)))
    assert outside.max() == 0


def test_spot_cone() -> None:
    spot = Light(kind="spot", intensity=12.0, inner_angle_rad=0.3, outer_angle_rad=0.5, shadows=False)
    picture = floor_under((Transform(translation=(0, 2, 0), rotation=DOWN), spot))
    assert picture[16, 16] == pytest.approx(3.0 / np.pi, rel=0.01)
    beyond = 2 * np.tan(0.55) / 4 * 33
    assert picture[16, int(16 + beyond) + 1].max() == 0
    between = round(2 * np.tan(0.4) / 4 * 33)
    full = 12 / (4 + (between * 4 / 33) ** 2) / np.pi
    assert 0 < picture[16, 16 + between, 0] < 0.8 * full


@pytest.mark.parametrize("kind", ["directional", "point", "spot"])
def test_shadows_fall_where_they_should(kind: str) -> None:
    light = {"intensity": 30.0, "outer_angle_rad": 1.0, "inner_angle_rad": 0.9}
    place = Transform(translation=(0, 3, 0), rotation=DOWN)
    lit = floor_under((place, Light(kind=kind, shadows=False, **light)), blockers=True)
    shadowed = floor_under((place, Light(kind=kind, shadows=True, **light)), blockers=True)
    ratio = shadowed[..., 0] / np.maximum(lit[..., 0], 1e-6)
    # The blocker itself hides the middle of its shadow from above; from a near light the shadow is wider than it.
    assert ratio[16, 16] == pytest.approx(1.0, abs=0.02), "its top is lit"
    wide = {"directional": 0.4, "point": 0.4 * 3 / 2.5, "spot": 0.4 * 3 / 2.5}[kind]
    columns = (np.arange(33) - 16) * 4 / 33
    far = np.abs(columns) > wide + 0.15
    assert ratio[16, far].min() > 0.97, "no shadow far from the blocker"
    if kind != "directional":
        rim = (np.abs(columns) > 0.4 * 8 / 7.4 + 0.03) & (np.abs(columns) < wide - 0.05)
        if rim.any():
            assert ratio[16, rim].max() < 0.3


def test_sun_shadow_beside_its_blocker() -> None:
    tilted = tuple(float(v) for v in quaternion.look_rotation((1.0, -1.0, 0.0)))
    sun = (Transform(rotation=tilted), Light(kind="directional", intensity=3.0))
    picture = floor_under(sun, blockers=True)[..., 0]
    columns = (np.arange(33) - 16) * 4 / 33
    # The blocker spans -0.4..0.4 between 0.4 and 0.6 m: at 45 degrees its shadow reaches from 0.0 to 1.0.
    dark = (columns > 0.5) & (columns < 0.9)
    bright = (columns > 1.15) | (columns < -0.55)
    assert picture[16, dark].max() < 0.05 * picture[16, bright].min()


def test_a_surface_does_not_shadow_itself() -> None:
    for elevation in (1.2, 0.6, 0.25):
        turned = tuple(float(v) for v in quaternion.look_rotation((np.cos(elevation), -np.sin(elevation), 0.1)))
        sun = (Transform(rotation=turned), Light(kind="directional", intensity=3.0))
        picture = floor_under(sun, size=(65, 65))[..., 0]
        assert picture.min() > 0.98 * picture.max()


def test_the_procedural_sky_brings_its_sun() -> None:
    scene = SmallWorld()
    scene.spawn(1, scene.mesh("box", (12, 1, 12)), translation=(0, -0.5, 0))
    scene.world.spawn(Environment(sun_direction=(0.2, 1.0, 0.1)))
    scene.propagate()
    renderer = Renderer(shared_device())
    renderer.picture(scene.world, camera=ViewCamera.looking((0, 3, 5), (0, 0, 0)), size=(32, 24))
    assert renderer.lighting._lights.directional_count == 1
    bright = renderer.lighting._lights.colors.copy()
    scene.world.set(scene.world.query(Environment).entities[0], Environment, intensity=0.5)
    renderer.picture(scene.world, camera=ViewCamera.looking((0, 3, 5), (0, 0, 0)), size=(32, 24))
    assert renderer.lighting._lights.colors == pytest.approx(bright * 0.5), "the sun belongs to the sky, and dims with it"


def test_cascades_cover_the_view_and_hold_still() -> None:
    splits = cascade_splits(0.1, 80.0)
    assert len(splits) == CASCADES + 1
    assert (np.diff(splits) > 0).all()
    assert splits[0] == pytest.approx(0.1)
    assert splits[-1] == pytest.approx(80.0)
    rng = np.random.default_rng(0)
    box = np.array([[x, y, z] for x in (-1, 1) for y in (-0.6, 0.6) for z in (-4, -1)], float)
    direction = np.array([0.3, -1.0, 0.2])
    first, texel = fit_cascade(box, direction)
    for _ in range(20):
        moved = box + rng.uniform(-5, 5, 3)
        clip, again = fit_cascade(moved, direction)
        assert again == pytest.approx(texel)
        corners = np.concatenate([moved, np.ones((8, 1))], 1) @ clip.T
        assert np.abs(corners[:, :2]).max() <= 1.0
        assert corners[:, 2].min() >= 0
        assert corners[:, 2].max() <= 1
        # A point of the world keeps its place within a texel.
        point = np.array([0.37, 0.2, -2.0, 1.0])
        shift = ((clip - first) @ point)[:2] * TILE / 2
        assert np.allclose(shift, np.round(shift), atol=1e-6)
