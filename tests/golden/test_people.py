"""People who walk, run, sit, wave, talk and climb look as they did: feet, knees and hands in one picture."""

from __future__ import annotations

from gpu_device import shared_device
from stick_figure import stick_figure
from textured_card import turn_between

import taixu as tx
from golden import assert_golden
from taixu.animation.motion import Face, Gaze, Motion
from taixu.render import ViewCamera
from taixu.scene import Transform
from taixu.scene.instantiate import spawn_model


def test_what_people_do() -> None:
    with tx.App.headless(size=(400, 150)) as app:
        app.drawing.attach(shared_device())
        scene, model = app.scene, stick_figure()
        gray = tx.Material(base_color=(0.3, 0.3, 0.3, 1))
        scene.spawn("floor", tx.Shape("box", size=(12, 0.2, 12)), gray, position=(0, -0.1, 0))
        sun = scene.spawn("sun", tx.Light(intensity=3.0), position=(0, 3, 0))
        sun.rotation = turn_between((0, 0, -1), (-0.4, -0.7, -0.5))
        doings = (
            Motion(measured=False, speed=1.4, seed=1), Motion(measured=False, speed=3.2, mood="happy", seed=2),
            Motion(act="sit", seed=3), Motion(act="wave", mood="happy", seed=4), Motion(act="talk", seed=5),
            Motion(mood="sad", seed=6),
        )
        for place, doing in enumerate(doings):
            standing = Transform(translation=(0.9 * (place - 2.5), 0.0, 0.0), rotation=(0.0, 0.38, 0.0, 0.925))
            owner = app.world.spawn(standing, doing, Face(expression="happy"), Gaze(point=(0.0, 1.5, 6.0), weight=0.5))
            spawn_model(app.world, owner, model, key="figure")
        app.run(seconds=1.5)
        camera = ViewCamera.looking((0.0, 1.15, 6.0), (0, 0.85, 0), fov_y_rad=0.42)
        assert_golden(app.picture(camera=camera, samples=4).pixels, "people/doings")
