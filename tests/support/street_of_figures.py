"""Twelve stick figures on a street, near the eye and far from it in turn."""

from __future__ import annotations

import numpy as np
from stick_figure import stick_figure

from taixu.animation import AnimationPlugin
from taixu.animation.motion import Gaze, Motion
from taixu.animation.motion.people import People
from taixu.app import App, Clock, Stage
from taixu.assets.model import ModelData
from taixu.scene import Details, Eye, Transform
from taixu.scene.instantiate import spawn_model
from taixu.scene.plugin import ScenePlugin

__all__ = ["FAR", "NEAR", "Street"]

NEAR, FAR = 3.0, 60.0


class Street:
    """Twelve people: every second one far from the eye at the origin."""

    def __init__(self, *, thrift: bool, gazes: bool = False, model: ModelData | None = None) -> None:
        self.app = App()
        self.app.add_plugin(ScenePlugin())
        self.app.add_plugin(AnimationPlugin())
        self.people = self.app.resource(People)
        self.people.thrift = thrift
        world, model = self.app.world, model or stick_figure()
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
