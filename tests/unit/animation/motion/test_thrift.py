"""Thrift: bones of small people are posed now and then; nothing else depends on who looks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from stick_figure import stick_figure

from taixu.animation import AnimationPlugin
from taixu.animation.motion import Gaze, Motion
from taixu.animation.motion.people import People
from taixu.app import App, Clock, Stage
from taixu.scene import Details, Eye, Transform
from taixu.scene.instantiate import spawn_model
from taixu.scene.plugin import ScenePlugin

NEAR, FAR = 3.0, 60.0


class Street:
    """Twelve people: every second one far from the eye at the origin."""

    def __init__(self, *, thrift: bool, gazes: bool = False) -> None:
        self.app = App()
        self.app.add_plugin(ScenePlugin())
        self.app.add_plugin(AnimationPlugin())
        self.people = self.app.resource(People)
        self.people.thrift = thrift
        world, model = self.app.world, stick_figure()
        for number in range(12):
            at = Transform(translation=(0.2 * number, 0.0, FAR if number % 2 else NEAR))
            doing = Motion(measured=False, speed=1.0 + 0.1 * number, seed=number + 1, act="wave" if number == 1 else "")
            owner = world.spawn(at, doing, *((Gaze(point=(0.0, 1.0, 0.0)),) if gazes else ()))
            spawn_model(world, owner, model, key="figure")

    def run(self, frames: int, *, looks: bool = True) -> list[np.ndarray]:
        found = []
        for _ in range(frames):
            self.app.resource(Clock).begin_frame(1 / 60)
            self.app.run_stage(Stage.UPDATE)
            self.app.run_stage(Stage.PROPAGATE)
            if looks:
                self.app.resource(Details).follow(self.app.world, [Eye(np.zeros(3), 400.0)])
            found.append(self.people.pose.turns.copy())
        return found

    @property
    def far(self) -> np.ndarray:
        return self.people.crowd.places[2] > 10.0


def changes(poses: list[np.ndarray]) -> np.ndarray:
    """How often each person's pose was another than in the frame before, [n]."""
    return sum((np.abs(b - a).max((0, 1)) > 0.0).astype(int) for a, b in pairwise(poses))


def test_small_people_are_posed_now_and_then_and_all_else_goes_on() -> None:
    sparing, lavish = Street(thrift=True), Street(thrift=False)
    shown, exact = sparing.run(41), lavish.run(41)
    far = sparing.far
    assert far.sum() == 6
    posed = changes(shown[8:])
    assert (posed[~far] == 32).all()
    assert (posed[far] == 4).all(), "every eighth frame"
    np.testing.assert_array_equal(shown[-1][:, :, ~far], exact[-1][:, :, ~far])
    for name in ("phases", "clocks", "speeds", "states", "since", "locks", "shifts", "places"):
        np.testing.assert_array_equal(getattr(sparing.people.crowd, name), getattr(lavish.people.crowd, name), err_msg=name)
    behind = np.abs(shown[-1][:, :, far] - exact[-1][:, :, far]).max()
    assert 0.0 < behind < 0.5, "a few frames"


@pytest.mark.parametrize("case", ["nobody looks", "nobody asked"])
def test_everybody_is_posed_otherwise(case: str) -> None:
    street = Street(thrift=case != "nobody asked")
    posed = changes(street.run(12, looks=case != "nobody looks"))
    assert (posed == 11).all()


def test_who_comes_near_or_gazes_is_posed_at_once() -> None:
    street = Street(thrift=True, gazes=True)
    assert (changes(street.run(12)) == 11).all(), "heads that turn are not left half turned"
    walking = Street(thrift=True)
    walking.run(12)
    far = walking.people.crowd.handles[walking.far]
    walking.app.world.scatter(far, Transform, "translation", np.tile(np.float32([[0], [0], [NEAR]]), (1, len(far))))
    walking.run(2)
    assert (changes(walking.run(6)) == 5).all()
    assert not len(walking.people.small)
