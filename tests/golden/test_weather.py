"""Rain and snow fall in front of things, never below a roof; plants bend in the wind; all of it stands where the clock says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray

import taixu as tx
from golden import assert_golden
from taixu.assets.gltf import write_gltf
from taixu.generate.places.plants import PlantSpec, plant_model
from taixu.generate.places.world_text import world_text
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
        weather = world.spawn(Weather())
        app.settle()  # each test may be the first
        yield app, weather


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


def test_plants_bend_in_the_wind_and_stand_on_their_roots(tmp_path: Path) -> None:
    places = {"birch": [(-2.0, 0.0, 0.0, 0.3, 1.0)], "grass": [(0.3 * k - 4.0, 0.0, 1.5, k, 1.5) for k in range(28)]}
    for kind, rows in places.items():
        write_gltf(plant_model(PlantSpec(kind, texture_px=32, age=0.3), 2), tmp_path / f"{kind}.glb")
        np.save(tmp_path / f"{kind}.npy", np.array(rows, np.float32))
    sown = {kind: {"transform": {}, "scatter": {"source": f"{kind}.npy", "model": f"{kind}.glb", "sways": True}} for kind in places}
    (tmp_path / "place.world.json").write_text(world_text(sown))
    with tx.App.headless(size=_SIZE) as app:
        app.drawing.attach(shared_device())
        app.open(tmp_path / "place.world.json")
        world, renderer = app.world, app.drawing.renderer
        world.spawn(Transform(translation=(0, -0.5, 0)), Shape("box", size=(60, 1, 60)), Material(base_color=(0.2, 0.2, 0.1, 1)))
        world.spawn(Transform(rotation=(-0.5, 0.2, 0.0, 0.84)), Light(intensity=2.0))
        world.spawn(Environment(sun_direction=(-0.5, 0.6, 0.6)))
        weather = world.spawn(Weather())
        app.settle()
        camera = ViewCamera.looking((0, 2.0, 9), (0, 2.0, 0), fov_y_rad=0.7)

        def seen(wind: float, secs: float, quality: str = "full") -> NDArray[np.int32]:
            world.set(weather, Weather, wind=(wind, 0.0, 0.0))
            return _drawn(renderer, app, camera, quality, 1, secs)

        assert np.array_equal(seen(0.0, 0.0), seen(0.0, 3.0))  # no wind: the clock moves nothing
        for quality in ("full", "fast"):
            still, first, again, later = (seen(*each, quality) for each in ((0.0, 0.0), (9.0, 1.0), (9.0, 1.0), (9.0, 1.6)))
            assert np.array_equal(first, again)
            assert ((first != still).any(-1)).mean() > 0.01 and ((first != later).any(-1)).mean() > 0.01
        world.set(weather, Weather, wind=(9.0, 0.0, 0.0))
        assert_golden(app.picture(camera=camera, samples=2).pixels, "weather/wind")
