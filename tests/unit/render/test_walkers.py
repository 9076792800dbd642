"""People who are far away walk in their pictures."""

from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.animation import AnimationPlugin
from taixu.animation.motion import Motion
from taixu.animation.motion.people import People
from taixu.app import App, Clock, Stage
from taixu.generate.avatars.cartoon import CartoonSpec, make_cartoon
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import Environment, Transform
from taixu.scene.instantiate import spawn_model
from taixu.scene.plugin import ScenePlugin

ACROSS, HEIGHT = 96, 48


class Far:
    """Two of the same: one walks to the right, one stands."""

    def __init__(self) -> None:
        self.app = App()
        self.app.add_plugin(ScenePlugin())
        self.app.add_plugin(AnimationPlugin())
        self.people = self.app.resource(People)
        self.people.thrift = True
        world, model = self.app.world, make_cartoon(CartoonSpec())
        turned = (0.0, float(np.sin(np.pi / 4)), 0.0, float(np.cos(np.pi / 4)))
        for x, speed in ((-1.6, 1.2), (1.6, 0.0)):
            place = Transform(translation=(x, 0.0, 0.0), rotation=turned)
            owner = world.spawn(place, Motion(measured=False, speed=speed, seed=3, ground=False))
            spawn_model(world, owner, model, key="cartoon")
        world.spawn(Environment())
        self.renderer = Renderer(shared_device())
        self.view = View(ViewCamera.looking((0, 1.2, 16), (0, 0.9, 0), fov_y_rad=0.3), (ACROSS, HEIGHT), quality="fast")

    def frame(self) -> np.ndarray:
        world = self.app.world
        world.resource(Clock).begin_frame(1 / 30)
        self.app.run_stage(Stage.UPDATE)
        self.app.run_stage(Stage.PROPAGATE)
        self.renderer.render(world, [self.view], delta_secs=1 / 30)
        return self.renderer.read(self.view)[..., :3].astype(np.float64)


@pytest.fixture(scope="module")
def film() -> list[np.ndarray]:
    """Pictures of two thirds of a second, after both are shown by cards."""
    far = Far()
    for _ in range(12):
        far.frame()
        if far.people._cards.who().all():
            break
    assert far.people._cards.who().all()
    assert not far.app.world.resource(People)._due(np.ones(2, np.float32)).any(), "nobody is posed"
    far.frame()
    pictures = [far.frame() for _ in range(20)]
    far.view.release()
    far.renderer.release()
    return pictures


def test_who_walks_moves_arms_and_legs_and_who_stands_does_not(film: list[np.ndarray]) -> None:
    walking, standing = np.array([each[:, : ACROSS // 2] for each in film]), np.array([each[:, ACROSS // 2 :] for each in film])
    assert np.abs(standing - standing[0]).max() < 1.0
    seen = walking.std(axis=0).max(axis=2)
    assert (seen > 6.0).sum() > 12, "many pixels change"
    rows = np.flatnonzero((seen > 6.0).any(axis=1))
    assert rows.max() > np.flatnonzero((np.abs(standing[0] - standing[0, :, :1]).max(axis=2) > 12).any(axis=1)).mean(), "legs do"
    moments = {each.tobytes() for each in walking}
    assert 4 <= len(moments) <= 9, "a moment of the stride after the other"
