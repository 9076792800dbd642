from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gpu_device import shared_device

import taixu as tx
from taixu.render import Renderer
from taixu.serve.pictures.stillness import Stillness
from taixu.twin import Device


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(shared_device())


def world_of_things() -> tx.App:
    app = tx.App.headless()
    app.scene.spawn("Box", tx.Shape("box"), tx.Material(base_color=(1, 0, 0, 1)), Device(key="7"))
    app.scene.spawn("Sun", tx.Light("directional"))
    app.settle()
    return app


def settled(app: tx.App, renderer: Renderer) -> Stillness:
    stillness = Stillness()
    assert stillness.has_changed(app.world, renderer), "what was never looked at is new"
    for _ in range(5):
        app.frame(1 / 60)
        stillness.has_changed(app.world, renderer)
    return stillness


def test_a_world_that_only_runs_is_still(renderer: Renderer) -> None:
    app = world_of_things()
    stillness = settled(app, renderer)
    for _ in range(20):
        app.frame(1 / 60)
        assert not stillness.has_changed(app.world, renderer)


def move(app: Any) -> None:
    app.scene.find("Box").position = (1, 0, 0)


def paint(app: Any) -> None:
    app.world.set(app.scene.find("Box").entity, tx.Material, base_color=(0, 1, 0, 1))


def dim(app: Any) -> None:
    app.world.set(app.scene.find("Sun").entity, tx.Light, intensity=0.5)


def add(app: Any) -> None:
    app.scene.spawn("Other", tx.Shape("sphere"))


def take_away(app: Any) -> None:
    app.world.despawn(app.scene.find("Box").entity)


@pytest.mark.parametrize("act", [move, paint, dim, add, take_away])
def test_what_can_be_seen_is_noticed_once(renderer: Renderer, act: Callable[[Any], None]) -> None:
    app = world_of_things()
    stillness = settled(app, renderer)
    act(app)
    app.frame(1 / 60)
    assert stillness.has_changed(app.world, renderer)
    for _ in range(3):
        app.frame(1 / 60)
        stillness.has_changed(app.world, renderer)
    assert not stillness.has_changed(app.world, renderer)


def test_what_cannot_be_seen_is_not(renderer: Renderer) -> None:
    app = world_of_things()
    stillness = settled(app, renderer)
    app.world.set(app.scene.find("Box").entity, Device, kind="agv")
    app.frame(1 / 60)
    assert not stillness.has_changed(app.world, renderer)
