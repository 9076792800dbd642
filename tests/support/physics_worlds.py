"""Apps with physics for tests, without a window or a script."""

from __future__ import annotations

import pytest
from physics_rigs import MODULES

from taixu.app import App
from taixu.ecs import World
from taixu.physics import Collider, PhysicsPlugin, PhysicsScene, native
from taixu.scene import ScenePlugin, Transform

FLOOR = (Transform(translation=(0, -1, 0)), Collider(size=(100, 2, 100)))


def make_app(engine: str, *, worker: bool = False, floor: bool = True) -> App:
    """An app with scene and physics; skips where the engine is not installed."""
    if engine != "auto" and not native.available(MODULES[engine]):
        pytest.skip(f"{engine} is not installed here")
    app = App()
    app.add_plugin(ScenePlugin())
    app.add_plugin(PhysicsPlugin(engine, worker=worker))
    if floor:
        app.world.spawn(*FLOOR)
    return app


def play(app: App, ticks: int) -> PhysicsScene:
    """Run fixed steps; the world's physics."""
    for _ in range(ticks):
        app.frame(1 / 60)
    return app.world.resource(PhysicsScene)


def place(world: World, entity: int) -> tuple[float, float, float]:
    """An entity's translation."""
    return world.get(entity, Transform).translation
