"""A picture of a world that has not run yet: people stand as they begin, with their arms down."""

from __future__ import annotations

from typing import Any

import pytest
from stick_figure import stick_figure

import taixu as tx
from taixu.animation.components import Morph
from taixu.animation.morphs import MorphWeights
from taixu.animation.motion import Face, Motion
from taixu.animation.motion.figure import BONE
from taixu.animation.motion.people import People
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


def test_nothing_fades_before_the_first_step() -> None:
    """A picture of time 0 shows moods and acts as they will be, and what runs from there goes on with them."""
    with tx.App.headless(size=(64, 64)) as app:
        doing = (Motion(seed=1, act="wave"), Face(expression="happy", blink=0.0, fade_secs=2.0))
        shown = spawn_model(app.world, app.world.spawn(Transform(), *doing), stick_figure(), key="figure")
        app.settle()
        assert app.clock.ticks == 0
        avatar, people = shown.model.avatar, app.resource(People)
        assert avatar is not None
        (bind,) = avatar.expressions["happy"].morphs
        face = int(shown.entities[bind.node])
        weights = app.world.resource(MorphWeights).values
        assert weights[app.world.get(face, Morph).offset + bind.index] == pytest.approx(1.0)
        assert (people.crowd.former < 0).all(), "no state fades out"
        arm = people.pose.turns[BONE["rightUpperArm"], :, 0].copy()
        app.run(seconds=0.5)
        assert weights[app.world.get(face, Morph).offset + bind.index] == pytest.approx(1.0)
        assert abs(float(arm @ people.pose.turns[BONE["rightUpperArm"], :, 0])) > 0.8, "the arm is up already"
