"""A picture of a world that has not run yet: people stand as they begin, with their arms down."""

from __future__ import annotations

from typing import Any

import pytest
from stick_figure import stick_figure

import taixu as tx
from taixu.animation.motion import Motion
from taixu.scene import Transform, WorldTransforms
from taixu.scene.instantiate import spawn_model


@pytest.mark.parametrize("components", [(Motion(seed=1),), ()])
def test_people_stand_before_the_first_step(components: tuple[Any, ...]) -> None:
    with tx.App.headless(size=(64, 64)) as app:
        shown = spawn_model(app.world, app.world.spawn(Transform(), *components), stick_figure(), key="figure")
        app.settle()
        avatar = shown.model.avatar
        assert avatar is not None
        hand, shoulder = (
            app.world.resource(WorldTransforms).matrix(int(shown.entities[avatar.humanoid[bone]]) & 0xFFFFFFFF)[:3, 3]
            for bone in ("leftHand", "leftUpperArm")
        )
        is_down = hand[1] < shoulder[1] - 0.2
        assert is_down == bool(components), "who has no motion stands as the file has it"
        assert app.clock.ticks == 0
