"""Rain and snow fall in front of things, never below a roof, and stand where the clock says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray

import taixu as tx
from golden import assert_golden
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import Environment, Light, Material, Shape, Transform
from taixu.scene.components import Weather

_SIZE = (240, 135)
_CAMERA = ViewCamera.looking((0, 1.7, 9), (1, 1.6, 0), fov_y_rad=0.9)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[tx.App, int]]:
    """Ground, a ball, and a roof on posts; the entity with the weather."""
    with tx.App.headless(size=_SIZE) as app:
        app.drawing.attach(shared_device())
        world = app.world
        for at, size, color in (
            ((0, -0.5, 0), (200, 1, 200), (0.2, 0.22, 0.15, 1)), ((3, 3.1, 0), (5, 0.2, 5), (0.4, 0.1, 0.1, 1)),
            ((0.8, 1.5, -2), (0.3, 3, 0.3), (0.4, 0.3, 0.1, 1)), ((5.2, 1.5, -2), (0.3, 3, 0.3), (0.4, 0.3, 0.1, 1)),
        ):  # fmt: skip
            world.spawn(Transform(translation=at), Shape("box", size=size), Material(base_color=color))
        world.spawn(Transform(translation=(-2, 1, -4)), Shape("sphere", size=(2, 2, 2)), Material(base_color=(0.02, 0.03, 0.1, 1)))
        world.spawn(Transform(rotation=(-0.5, 0.2, 0.0, 0.84)), Light(intensity=2.0))
        world.spawn(Environment(turbidity=8.0, sun_direction=(-0.5, 0.6, 0.6)))
        yield app, world.spawn(Weather())


@pytest.mark.parametrize(("name", "weather"), [("rain", (12.0, 0.0, (3.0, 0.0, 1.0))), ("snow", (0.0, 1.5, (1.0, 0.0, 0.0)))])
def test_what_falls(stage: tuple[tx.App, int], name: str, weather: tuple[float, float, tuple[float, float, float]]) -> None:
    app, entity = stage
    rain, snow, wind = weather
    app.world.set(entity, Weather, rain=rain, snow=snow, wind=wind)
    assert_golden(app.picture(camera=_CAMERA, samples=2).pixels, f"weather/{name}")


@pytest.mark.parametrize(("quality", "samples"), [("full", 1), ("full", 4), ("fast", 1)])
def test_no_drop_falls_below_a_roof_and_the_clock_alone_moves_them(stage: tuple[tx.App, int], quality: str, samples: int) -> None:
    app, entity = stage
    renderer = app.drawing.renderer

    def seen(camera: ViewCamera, snow: float, secs: float = 0.0) -> NDArray[np.int32]:
        app.world.set(entity, Weather, rain=0.0, snow=snow, wind=(0.0, 0.0, 0.0))
        return _drawn(renderer, app, camera, quality, samples, secs)

    under = ViewCamera.looking((3.0, 1.2, 1.0), (3.0, 0.0, -0.4), fov_y_rad=0.5)  # the ground below the roof
    assert np.array_equal(seen(under, 4.0), seen(under, 0.0))
    dry, first, again, later = (seen(_CAMERA, snow, secs) for snow, secs in ((0.0, 0.0), (4.0, 0.0), (4.0, 0.0), (4.0, 0.5)))
    assert np.array_equal(first, again)
    assert (np.abs(first - dry).max(-1) > 4).mean() > 0.005
    assert not np.array_equal(first, later)


def _drawn(renderer: Renderer, app: tx.App, camera: ViewCamera, quality: str, samples: int, secs: float) -> NDArray[np.int32]:
    view = View(camera, _SIZE, quality=quality, samples=samples)
    renderer.render(app.world, [view], time_secs=secs)
    found = renderer.read(view).astype(np.int32)[..., :3]
    view.release()
    return found
