"""Bodies piled into one place are bounded; piles that people build are not."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from taixu.app import App
from taixu.physics import Collider, PhysicsPlugin, PhysicsScene, RigidBody
from taixu.physics.crowding import MOST_IN_ONE_PLACE
from taixu.scene import ScenePlugin, Transform


def play(places: np.ndarray, engine: str) -> App:
    app = App()
    app.add_plugin(ScenePlugin())
    app.add_plugin(PhysicsPlugin(engine))
    app.world.spawn_batch(places.shape[1], {Transform: {"translation": places}, Collider: {}, RigidBody: {}})
    for _ in range(3):
        app.frame(1 / 60)
    return app


@pytest.mark.parametrize("engine", ["pybullet", "rapier"])
def test_a_thousand_in_one_place_are_cut_off(engine: str, caplog: pytest.LogCaptureFixture) -> None:
    if engine == "pybullet":
        pytest.importorskip("pybullet", reason="pybullet has no wheel for this machine")
    with caplog.at_level(logging.WARNING):
        app = play(np.zeros((3, 1000), np.float32), engine)
    assert app.resource(PhysicsScene).awake_count == MOST_IN_ONE_PLACE
    assert f"{1000 - MOST_IN_ONE_PLACE} bodies stand in places" in caplog.text
    app.close()


def test_a_dense_pile_is_none(caplog: pytest.LogCaptureFixture) -> None:
    side = np.arange(10) * 1.001
    places = np.stack(np.meshgrid(side, side, side)).reshape(3, -1).astype(np.float32)
    with caplog.at_level(logging.WARNING):
        app = play(places, "rapier")
    assert app.resource(PhysicsScene).awake_count == 1000
    assert not caplog.records
    app.close()
