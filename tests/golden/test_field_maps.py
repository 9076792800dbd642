"""Each way to show a field, and that it is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray

from golden import assert_golden
from taixu.app import App
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import Environment, ScenePlugin, Transform, propagate_transforms
from taixu.simulation.field_maps import FieldMap, FieldMapPlugin, FieldMaps
from taixu.simulation.field_maps.plugin import show_field_maps
from taixu.simulation.worlds import Simulated

SIZE = (128, 72)
ABOVE = ViewCamera.looking((14, 20, 26), (0, 0, 1), fov_y_rad=0.8)
WAYS: dict[str, dict[str, Any]] = {
    "heat": {"kind": "density", "reach_m": 5.0, "opacity": 0.9},
    "contours": {"kind": "noise", "strength": 90.0, "reach_m": 60.0, "levels": 10.0, "colors": "spectrum", "cell_m": 1.2},
    "slice": {"kind": "plume", "reach_m": 40.0, "wind_from_rad": -1.57, "opacity": 1.0},
    "volume": {"kind": "plume", "reach_m": 40.0, "wind_from_rad": -1.57, "levels": 12.0, "colors": "alarm"},
    "streamlines": {"kind": "flow", "reach_m": 8.0, "levels": 5.0, "colors": "water"},
}


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Renderer, App]]:
    """Eight that go round a square, none of whom is drawn."""
    app, renderer = App(), Renderer(shared_device())
    for plugin in (ScenePlugin(), FieldMapPlugin()):
        app.add_plugin(plugin)
    app.register_component(Simulated)
    app.world.spawn(Environment(sun_direction=(0.4, 0.6, 0.5)))
    for number in range(8):
        turn = number * np.pi / 4
        along = (0.0, float(-np.sin((turn + np.pi / 2) / 2)), 0.0, float(np.cos((turn + np.pi / 2) / 2)))
        place = Transform(translation=(float(6 * np.cos(turn)), 3.0, float(6 * np.sin(turn))), rotation=along)
        app.world.spawn(place, Simulated(number=number, speed=1.0 + number / 4))
    yield renderer, app
    renderer.release()


def picture(stage: tuple[Renderer, App], **said: Any) -> NDArray[np.uint8]:
    renderer, app = stage
    entity = int(app.world.spawn(Transform(), FieldMap(size=(24.0, 10.0, 24.0), **{"cell_m": 0.5, **said})))
    for _ in range(2):
        show_field_maps(app.world)
        propagate_transforms(app.world)
    assert not app.world.resource(FieldMaps).troubles
    view = View(ABOVE, SIZE)
    renderer.render(app.world, [view])
    pixels: NDArray[np.uint8] = renderer.read(view)
    view.release()
    app.world.despawn(entity)
    show_field_maps(app.world)
    return pixels


def test_each_way_to_show_a_field(stage: tuple[Renderer, App]) -> None:
    off = picture(stage, enabled=False).astype(int)
    pictures = []
    for show, said in WAYS.items():
        pictures.append(picture(stage, show=show, **said))
        changed = np.abs(pictures[-1].astype(int) - off)[..., :3].max(axis=-1) > 12
        assert 0.01 < changed.mean() < 0.9, show
    assert_golden(np.concatenate(pictures), "fields/ways")
