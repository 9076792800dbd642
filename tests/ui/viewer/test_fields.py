"""Field maps in a browser: their colours lie in the picture, and a legend says what these mean."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from browser import TOKEN, Browser, browser
from numpy.typing import NDArray

import taixu as tx
from taixu.scene import Environment, Light, Material, Name, Shape, Transform
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.simulation.field_maps import FieldMap
from taixu.twin.plugin import TwinPlugin, configure_twin

SIZE = (1000, 640)


@pytest.fixture(scope="module")
def square() -> Iterator[Server]:
    """A square with people on it, and how dense they stand."""
    ready, found = threading.Event(), list[Server]()

    def run() -> None:
        with tx.App.headless(plugins=(TwinPlugin(),)) as app:
            world = app.world
            world.spawn(Environment())
            world.spawn(Transform(translation=(0, 20, 0), rotation=(-0.6, 0.0, 0.0, 0.8)), Light())
            world.spawn(Transform(translation=(0, -0.05, 0)), Shape("box", (60, 0.1, 60)), Material(base_color=(0.5, 0.5, 0.5, 1)))
            for number in range(24):
                x, z = (number % 6) * 1.5 - 4, (number // 6) * 1.5 - 3
                world.spawn(Transform(translation=(x, 0.9, z)), Shape("capsule", (0.5, 1.8, 0.5)), Material())
            crowd = FieldMap(of="shape", size=(40.0, 5.0, 40.0), cell_m=0.5, reach_m=4.0, opacity=0.9)
            world.spawn(Transform(), Name("Crowd"), crowd)
            world.spawn(Transform(), FieldMap(of="no_such_thing"))
            configure_twin(world)
            app.frame(0.1)
            app.frame(0.1)
            server = Server(app, Access({TOKEN: Guest("ann", Role.VIEW)}), port=0)
            found.append(server)
            ready.set()
            server.run(seconds=3600)
            server.close()

    thread = threading.Thread(target=run, name="square")
    thread.start()
    assert ready.wait(120)
    yield found[0]
    found[0].stop()
    thread.join(120)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def warm(picture: NDArray[np.uint8]) -> bool:
    """Whether much of a picture is orange or yellow: grey ground and grey people are not."""
    red, blue = picture[..., 0].astype(int), picture[..., 2].astype(int)
    return int((red - blue > 60).sum()) > 1500


def test_colours_lie_in_the_picture_and_the_legend_says_what_they_mean(chromium: Browser, square: Server) -> None:
    page = chromium.open(square.url, size=SIZE, token=TOKEN)
    page.page.get_by_role("tab", name="Measures").click()
    legend = page.page.locator(".legend")
    legend.wait_for()
    assert legend.count() == 1
    assert "Crowd" in legend.inner_text()
    assert "Density" in legend.inner_text()
    assert page.page.locator(".legend-bar").get_attribute("aria-label").startswith("From 0 to 0.")  # type: ignore[union-attr]
    assert "no_such_thing" in page.page.get_by_role("alert").inner_text()
    page.wait("() => window.taixu.figures.value.things >= 26")
    page.until(page.picture, warm, what="warm colours where people stand")
    assert not page.problems
    if folder := os.environ.get("TAIXU_KEEP_PICTURES"):
        page.page.wait_for_timeout(4000)
        page.page.screenshot(path=Path(folder) / "fields.png")
