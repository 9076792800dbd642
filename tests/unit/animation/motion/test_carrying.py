"""Who holds something carries it, standing, walking and sitting; acts that want the arm get it, and give it back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from stick_figure import stick_figure

from taixu.animation import AnimationPlugin
from taixu.animation.motion import Motion, People
from taixu.animation.motion.figure import BONE, joint_places
from taixu.app import App
from taixu.assets.model import ModelData, Node
from taixu.scene import Transform
from taixu.scene.instantiate import spawn_model
from taixu.scene.plugin import ScenePlugin

FRAME = 1.0 / 60.0


def _holding(how: str) -> ModelData:
    model = stick_figure()
    assert model.avatar is not None
    hand = model.avatar.humanoid["rightHand"]
    model.nodes.append(Node("rightGrip", parent=hand, extras={"carry": {"how": how, "hand": "fist"}}))
    model.nodes[hand].children.append(len(model.nodes) - 1)
    return model


@pytest.fixture
def app() -> Iterator[App]:
    found = App()
    found.add_plugin(ScenePlugin())
    found.add_plugin(AnimationPlugin())
    yield found
    found.close()


def _hands(app: App, count: int) -> np.ndarray:
    """From the shoulder to the right hand, as parts of the arm: [3, n], in the order of the crowd."""
    people = app.world.resource(People)
    assert people._bodies is not None
    bodies = people._bodies
    places = joint_places(people.pose.turns, bodies.hips + people.pose.hips * bodies.legs, bodies.offsets)
    arm = sum(np.linalg.norm(bodies.offsets[BONE[bone]], axis=0) for bone in ("rightLowerArm", "rightHand"))
    assert places.shape[2] == count
    return np.asarray((places[BONE["rightHand"]] - places[BONE["rightUpperArm"]]) / arm)


def test_arms_hold_up_or_hang_whatever_the_legs_do(app: App) -> None:
    owners = {}
    for how in ("raised", "hanging"):
        model = _holding(how)
        for number, motion in enumerate((Motion(), Motion(measured=False, speed=1.4), Motion(act="sit"), Motion(act="talk"))):
            owner = app.world.spawn(Transform(translation=(float(number), 0.0, 0.0)), motion)
            spawn_model(app.world, owner, model, key=how)
            owners[owner] = how
    for _ in range(45):
        app.frame(FRAME)
    hands = _hands(app, len(owners))
    for row, handle in enumerate(app.world.resource(People).crowd.handles.tolist()):
        if owners[handle] == "raised":
            assert hands[2, row] > 0.4 and -0.6 < hands[1, row] < -0.4
        else:
            assert hands[1, row] < -0.9 and abs(hands[2, row]) < 0.25


def test_a_wave_takes_the_arm_and_gives_it_back(app: App) -> None:
    owner = app.world.spawn(Transform(), Motion(act="wave"))
    spawn_model(app.world, owner, _holding("hanging"), key="hanging")
    for _ in range(60):
        app.frame(FRAME)
    assert _hands(app, 1)[1, 0] > 0.0
    app.world.set(owner, Motion, act="")
    app.frame(FRAME)
    assert _hands(app, 1)[1, 0] > -0.9, "not at once"
    for _ in range(60):
        app.frame(FRAME)
    assert _hands(app, 1)[1, 0] < -0.9
