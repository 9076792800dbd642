"""A navigation mesh as it is drawn: storeys, stairs, what stands about, two ways."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from golden import assert_golden
from taixu.math.quaternion import from_euler
from taixu.navigation import Navigation, Navigator, mesh_lines, route_lines
from taixu.physics import Collider
from taixu.render import LineBatch, ViewCamera

PARTS = [
    ((34.0, 1.0, 24.0), (0.0, -0.5, 0.0), 0.0), ((10.0, 0.3, 8.0), (8.0, 2.85, -6.0), 0.0),
    ((0.5, 2.7, 0.5), (3.4, 1.35, -2.4), 0.0), ((0.3, 2.2, 6.0), (-6.0, 1.1, -8.5), 0.0),
    ((0.3, 2.2, 10.0), (-6.0, 1.1, 3.0), 0.0), ((5.0, 3.0, 4.0), (-11.0, 1.5, -6.0), 0.0),
    ((2.4, 1.0, 1.2), (1.0, 0.5, 5.0), 0.5), ((1.6, 0.9, 1.6), (8.0, 0.45, 3.0), 0.7), ((4.0, 0.5, 0.5), (-11.0, 0.25, 5.0), 0.9),
    *(((0.3, 0.25 * (i + 1), 2.0), (-0.45 + 0.3 * i, 0.125 * (i + 1), -6.0), 0.0) for i in range(12)),
]  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tx.App]:
    with tx.App.headless(size=(640, 360)) as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(tmp_path_factory.mktemp("cache")))
        made.drawing.attach(shared_device())
        for size, place, yaw in PARTS:
            color = (0.33, 0.36, 0.27, 1.0) if place[1] < 0 else (0.5, 0.46, 0.4, 1.0)
            looks = (tx.Shape("box", size=size), tx.Material(base_color=color))
            part = made.scene.spawn("Part", *looks, Collider(size=size), position=place)
            part.rotation = from_euler(yaw)
        made.scene.spawn("Sky", tx.Environment(intensity=0.55))
        made.scene.spawn("Sun", tx.Light("directional", intensity=2.2), rotation=(-0.45, 0.25, 0.12, 0.85))
        made.world.spawn(Navigation())
        yield made


def test_a_mesh_and_two_ways(app: tx.App) -> None:
    mesh = app.resource(Navigator).wait(app.world)
    ways = [mesh.path((-14, 0, 1), (7, 3, -7)), mesh.path((-9, 0, 8), (9, 0, -0.5))]
    assert all(way.complete for way in ways)
    lines = app.resource(LineBatch)
    starts, ends, colors = mesh_lines(mesh)
    lines.add(starts, ends, color=colors)
    for way in ways:
        starts, ends, colors = route_lines(way)
        lines.add(starts, ends, color=colors, on_top=True)
    camera = ViewCamera.looking((-4, 15, 19), (0.5, 0, -1.2))
    assert_golden(app.picture(camera=camera, samples=1).pixels, "navigation/mesh")
    assert np.isfinite(starts).all()
