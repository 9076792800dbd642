"""Cartoon people look as they did: bodies, drawn faces, moods, MToon, in one picture."""

from __future__ import annotations

from gpu_device import shared_device
from textured_card import turn_between

import taixu as tx
from golden import assert_golden
from taixu.animation.motion import Face, Motion
from taixu.generate.avatars.cartoon import CARTOONS, make_cartoon, read_cartoon
from taixu.render import ViewCamera
from taixu.scene import Transform
from taixu.scene.instantiate import spawn_model

_SHOWN = (("girl", "happy", ""), ("fox", "angry", "wave"), ("knight", "", ""), ("penguin", "sad", ""),
          ("robot", "surprised", "sit"),
          ("wizard", "relaxed", ""))  # fmt: skip


def test_cartoon_people() -> None:
    with tx.App.headless(size=(420, 170)) as app:
        app.drawing.attach(shared_device())
        scene = app.scene
        scene.spawn("floor", tx.Shape("box", size=(12, 0.2, 12)), tx.Material(base_color=(0.4, 0.42, 0.4, 1)),
                    position=(0, -0.1, 0))
        sun = scene.spawn("sun", tx.Light(intensity=2.6), position=(0, 3, 0))
        sun.rotation = turn_between((0, 0, -1), (-0.35, -0.75, -0.55))
        for place, (name, mood, act) in enumerate(_SHOWN):
            standing = Transform(translation=(0.82 * (place - 2.5), 0.0, 0.0), rotation=(0.0, 0.1 * (2.5 - place), 0.0, 0.99))
            owner = app.world.spawn(standing, Motion(act=act, seed=place + 1), Face(expression=mood, blink=False))
            spawn_model(app.world, owner, make_cartoon(read_cartoon(dict(CARTOONS[name]))), key=name)
        app.run(seconds=0.8)
        camera = ViewCamera.looking((0.0, 0.95, 5.6), (0, 0.72, 0), fov_y_rad=0.36)
        assert_golden(app.picture(camera=camera, samples=4).pixels, "cartoons/six")
