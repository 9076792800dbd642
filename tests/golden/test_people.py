"""People who walk, run, sit, wave, talk and climb look as they did: feet, knees and hands in one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gpu_device import shared_device
from stick_figure import stick_figure
from textured_card import turn_between

import taixu as tx
from golden import assert_golden
from taixu.animation.motion import Face, Gaze, Motion
from taixu.assets.gltf import read_gltf
from taixu.assets.humanoid import ColorBind, Expression, TextureBind
from taixu.assets.image import encode_png
from taixu.assets.model import Image, Texture, TextureRef
from taixu.generate.avatars import make_avatar, read_spec
from taixu.render import ViewCamera
from taixu.scene import Transform
from taixu.scene.instantiate import spawn_model

PEOPLE = Path(__file__).parents[2] / "samples" / "village" / "assets"


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


def test_what_expressions_do_to_colours_and_textures() -> None:
    """Four of one model: as it is, half and wholly red in the face, and with stripes that have slid and grown."""
    model = stick_figure(hair=False)
    assert model.avatar is not None
    stripes = np.zeros((8, 8, 3), np.uint8) + np.array((230, 200, 170), np.uint8)
    stripes[:, :4] = (40, 90, 160)
    model.images, model.textures = [Image(data=encode_png(stripes), mime="image/png")], [Texture(image=0)]
    for mesh in model.meshes:
        corners = mesh.primitives[0].attributes["POSITION"]
        mesh.primitives[0].attributes["TEXCOORD_0"] = np.ascontiguousarray(corners[:, :2] * 8)
    model.materials[0].base_color, model.materials[0].base_color_texture = (1.0, 1.0, 1.0, 1.0), TextureRef(0)
    model.avatar.expressions["blush"] = Expression(colors=[ColorBind(0, "color", (1.0, 0.1, 0.1, 1.0))])
    model.avatar.expressions["slide"] = Expression(textures=[TextureBind(0, (0.5, 1.0), (0.25, 0.0))])
    with tx.App.headless(size=(240, 100)) as app:
        app.drawing.attach(shared_device())
        sun = app.scene.spawn("sun", tx.Light(intensity=3.0), position=(0, 3, 0))
        sun.rotation = turn_between((0, 0, -1), (-0.4, -0.5, -0.7))
        for place, (expression, weight) in enumerate((("", 1.0), ("blush", 0.5), ("blush", 1.0), ("slide", 1.0))):
            face = Face(expression=expression, weight=weight, blink=False, fade_secs=0.0)
            owner = app.world.spawn(Transform(translation=(0.4 * (place - 1.5), 0.0, 0.0)), face, Motion(seed=1))
            spawn_model(app.world, owner, model, key="figure")
        app.run(seconds=0.2)
        camera = ViewCamera.looking((0.0, 1.5, 2.4), (0, 1.45, 0), fov_y_rad=0.3)
        assert_golden(app.picture(camera=camera, samples=4).pixels, "people/colours")


def test_people_who_hold_things_and_sit_in_skirts() -> None:
    """An umbrella over who walks, a bag beside who stands, a fishing rod; a short skirt on the thighs of who sits."""
    dressed = ({"held": "umbrella", "outfit": "coat", "masculinity": 0.1, "hair": "bob"},
               {"held": "bag", "outfit": "blouse and skirt", "masculinity": 0.0, "hair": "bob"},
               {"held": "fishing rod", "outfit": "sweater", "masculinity": 0.9})  # fmt: skip
    doings = (Motion(measured=False, speed=1.3, seed=1), Motion(act="sit", seed=2), Motion(seed=3))
    with tx.App.headless(size=(330, 220)) as app:
        app.drawing.attach(shared_device())
        gray = tx.Material(base_color=(0.3, 0.3, 0.3, 1))
        app.scene.spawn("floor", tx.Shape("box", size=(12, 0.2, 12)), gray, position=(0, -0.1, 0))
        sun = app.scene.spawn("sun", tx.Light(intensity=3.0), position=(0, 3, 0))
        sun.rotation = turn_between((0, 0, -1), (-0.4, -0.7, -0.5))
        for place, (choices, doing) in enumerate(zip(dressed, doings, strict=True)):
            standing = Transform(translation=(1.1 * (place - 1.0), 0.0, 0.0), rotation=(0.0, 0.30, 0.0, 0.954))
            spawn_model(app.world, app.world.spawn(standing, doing), make_avatar(read_spec(choices)), key=f"holder {place}")
        app.run(seconds=1.2)
        camera = ViewCamera.looking((-0.5, 1.4, 5.6), (0.15, 1.05, 0), fov_y_rad=0.44)
        assert_golden(app.picture(camera=camera, samples=2).pixels, "people/held")


def test_a_crowd_that_shares_its_meshes() -> None:
    """Twelve people of two models in one draw a mesh, each bent, lit and throwing shadows as their own joints stand."""
    with tx.App.headless(size=(320, 150)) as app:
        app.drawing.attach(shared_device())
        scene = app.scene
        gray = tx.Material(base_color=(0.3, 0.3, 0.3, 1))
        scene.spawn("floor", tx.Shape("box", size=(14, 0.2, 14)), gray, position=(0, -0.1, 0))
        sun = scene.spawn("sun", tx.Light(intensity=3.0), position=(0, 3, 0))
        sun.rotation = turn_between((0, 0, -1), (-0.4, -0.7, -0.5))
        models = [read_gltf(PEOPLE / f"person_{number}.glb") for number in (3, 5)]
        for place in range(12):
            at = Transform(translation=(0.85 * (place % 6 - 2.5), 0.0, -1.4 * (place // 6)), rotation=(0.0, 0.38, 0.0, 0.925))
            doing = Motion(measured=False, speed=0.4 * (place % 5), seed=place + 1, act="wave" if place == 8 else "")
            owner = app.world.spawn(at, doing)
            spawn_model(app.world, owner, models[place % 2], key=("crowd", place % 2))
        app.run(seconds=1.0)
        camera = ViewCamera.looking((0.6, 2.3, 6.2), (0, 0.75, -0.6), fov_y_rad=0.4)
        assert_golden(app.picture(camera=camera, samples=2).pixels, "people/crowd")
