"""Direct light, each feature alone: areas, soft edges of a lamp and of the sun, contact shadows, and a hundred lamps by night."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from golden import assert_golden
from taixu.math import quaternion
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import Light, Transform

SIZE = (160, 90)
EYE = ViewCamera.looking((0.5, 2.4, 5.0), (0, 0.5, 0), fov_y_rad=0.7)


def turned(direction: tuple[float, float, float]) -> tuple[float, ...]:
    return tuple(float(v) for v in quaternion.look_rotation(direction, (0.0, 0.0, 1.0)))


def stage() -> SmallWorld:
    scene = SmallWorld()
    plain = scene.material(base_color=(0.8, 0.8, 0.8, 1.0), metallic=0.0, roughness=0.4)
    brass = scene.material(base_color=(0.9, 0.7, 0.4, 1.0), metallic=1.0, roughness=0.35)
    scene.spawn(1, scene.mesh("box", (40, 1, 40), material=plain), translation=(0, -0.5, 0))
    scene.spawn(1, scene.mesh("box", (0.15, 3, 0.15), material=plain), translation=(-1.2, 1.5, 0))
    scene.spawn(1, scene.mesh("box", (1, 0.1, 1), material=plain), translation=(1.2, 1.2, 0))
    scene.spawn(1, scene.mesh("sphere", (0.8, 0.8, 0.8), material=brass), translation=(0, 0.4, 0.6))
    for i in range(24):
        high = 0.03 + 0.02 * (i % 4)
        place = (0.3 * (i % 8) - 1, high / 2, 1.2 + 0.3 * (i // 8))
        scene.spawn(1, scene.mesh("box", (high,) * 3, material=plain), translation=place)
    return scene


def area(scene: SmallWorld, **more: Any) -> None:
    light = Light(kind="area", intensity=30.0, width_m=1.6, height_m=0.5, color=(1.0, 0.85, 0.6), **more)
    scene.world.spawn(Transform(translation=(1.5, 2.2, -1.5), rotation=turned((-0.5, -0.8, 0.6))), light)


def disk(scene: SmallWorld) -> None:
    area(scene, round=True)


def wide_spot(scene: SmallWorld) -> None:
    light = Light(kind="spot", intensity=60.0, inner_angle_rad=0.6, outer_angle_rad=0.8, width_m=0.4)
    scene.world.spawn(Transform(translation=(3, 4, 2), rotation=turned((-0.6, -0.8, -0.4))), light)


def sun(scene: SmallWorld) -> None:
    scene.world.spawn(Transform(rotation=turned((-0.8, -0.5, -0.3))), Light(kind="directional", intensity=2.5))


def many(scene: SmallWorld) -> None:
    rng, n = np.random.default_rng(5), 100
    places = rng.uniform((-6, 0.3, -9), (6, 0.8, 3), (n, 3)).T.astype(np.float32)
    light = {"kind": np.full(n, "point", object), "intensity": np.full(n, 1.2, np.float32), "range_m": np.full(n, 2.5, np.float32)}
    colors = rng.uniform(0.3, 1.0, (n, 3)).T.astype(np.float32)
    scene.world.spawn_batch(n, {Transform: {"translation": places}, Light: {**light, "color": colors}})


def picture(lit: Callable[[SmallWorld], None] | None, **settings: Any) -> NDArray[np.uint8]:
    scene = stage()
    if lit is not None:
        lit(scene)
    scene.propagate()
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(np.full((8, 16, 3), 0.03, np.float32))
    view = View(EYE, SIZE, settings=settings)
    renderer.render(scene.world, [view])
    pixels = renderer.read(view)
    renderer.release()
    return pixels


@pytest.mark.parametrize(
    ("name", "lit", "on", "off"),
    [
        ("area", area, {}, None),
        ("disk", disk, {}, None),
        ("soft-spot", wide_spot, {}, {"soft_shadows": False}),
        ("soft-sun", sun, {"soft_shadows": True}, {"soft_shadows": False}),
        ("contact", sun, {"contact_shadows": True, "shadow_texels": 256}, {"contact_shadows": False, "shadow_texels": 256}),
        ("hundred-lamps", many, {"shadow_tiles": 96}, {"shadows": False}),
    ],
)
def test_direct_light(name: str, lit: Callable[[SmallWorld], None], on: dict[str, Any], off: dict[str, Any] | None) -> None:
    shown = picture(lit, **on)
    assert_golden(shown, f"lamps/{name}")
    without = picture(None) if off is None else picture(lit, **off)
    differs = (np.abs(shown[..., :3].astype(int) - without[..., :3]).max(-1) > 8).mean()
    assert differs > (0.3 if off is None else 0.002)


def test_numbers_that_mean_nothing_give_pictures() -> None:
    def hostile(scene: SmallWorld) -> None:
        for wide, high, strong in ((np.nan, np.inf, 1.0), (1e30, 1e-30, 1e30), (0.0, 0.0, np.inf), (-1.0, np.nan, 5.0)):
            scene.world.spawn(Transform(translation=(0, 2, 0), rotation=turned((0, -1.0, 0))),
                              Light(kind="area", intensity=strong, width_m=wide, height_m=high))  # fmt: skip

    assert np.isfinite(picture(hostile, encoding="linear")[..., :3]).all()
