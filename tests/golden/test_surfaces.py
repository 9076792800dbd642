"""Surfaces beside the standard one look as they did: those of a plugin, and MToon."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gpu_device import shared_device
from hologram_plugin import Grille, Hologram, HologramPlugin
from render_world import SmallWorld
from textured_card import textured_model, turn_between

import taixu as tx
from golden import assert_golden
from taixu.assets.model import Material, TextureRef
from taixu.assets.toon import Toon
from taixu.cli.staging import open_thing
from taixu.render import Renderer, ViewCamera, render_still
from taixu.scene import Environment, Light, MeshInstance, Transform
from taixu.scene.library import LibraryMaterial, MaterialLibrary


def test_surfaces_of_the_example_plugin() -> None:
    with tx.App.headless(size=(240, 135)) as app:
        app.drawing.attach(shared_device())
        app.add_plugin(HologramPlugin())
        scene = app.scene
        gray, orange = tx.Material(base_color=(0.3, 0.3, 0.3, 1)), tx.Material(base_color=(0.9, 0.5, 0.1, 1))
        scene.spawn("floor", tx.Shape("box", size=(12, 0.2, 12)), gray, position=(0, -0.1, 0))
        scene.spawn("ghost", tx.Shape("sphere", size=(1.6, 1.6, 1.6)), Hologram(), position=(-1.1, 0.9, 0))
        scene.spawn("box", tx.Shape("box", size=(0.5, 0.5, 0.5)), orange, position=(-1.1, 0.25, -1.5))
        scene.spawn("lamp", tx.Shape("cylinder", size=(1.4, 1.6, 1.4)), Grille(), position=(1.1, 0.8, 0))
        sun = scene.spawn("sun", tx.Light(intensity=3.0), position=(0, 3, 0))
        sun.rotation = turn_between((0, 0, -1), (-0.4, -0.7, -0.5))
        app.run(seconds=0.2)
        camera = ViewCamera.looking((0.4, 1.9, 4.2), (0, 0.7, 0))
        assert_golden(app.picture(camera=camera, samples=4).pixels, "surfaces/plugin")


def test_toon_shading_rim_matcap_and_outlines() -> None:
    y, x = np.mgrid[:64, :64] / 31.5 - 1.0
    ball = (np.clip(1.5 - 2 * np.hypot(x + 0.35, y + 0.35), 0, 1)[..., None] * (255, 240, 200)).astype(np.uint8)
    skin = {"shade_color": (0.5, 0.15, 0.2), "gi_equalization": 1.0}
    line = {"outline_color": (0.15, 0.02, 0.05), "outline_lighting_mix": 0.0}
    looks = (
        Toon(**skin),
        Toon(**skin, shading_toony=0.2, shading_shift=-0.3),
        Toon(**skin, rim_color=(0.2, 0.6, 1.0), rim_fresnel_power=3.0, rim_lighting_mix=0.5),
        Toon(**skin, matcap_texture=TextureRef(0)),
        Toon(**skin, **line, outline_mode="world", outline_width=0.03),
        Toon(**skin, **line, outline_mode="screen", outline_width=0.012),
    )
    scene = SmallWorld()
    for i, toon in enumerate(looks):
        look = Material(base_color=(0.9, 0.6, 0.5, 1.0), toon=toon)
        number = scene.world.resource(MaterialLibrary).put(i, LibraryMaterial(look, textured_model([ball], look)))
        place = (1.2 * (i % 3 - 1), 0.6 - 1.2 * (i // 3), 0.0)
        scene.world.spawn(Transform(translation=place), MeshInstance(mesh=scene.mesh("torus", (1.0, 0.4, 1.0), material=number)))
    for table in scene.world.query(MeshInstance):
        with table.write(Transform, "rotation") as rotations:
            rotations[:] = np.array(turn_between((0, 1, 0), (0.2, 0.6, 1.0)))[:, None]
    scene.world.spawn(Environment(intensity=0.4))
    scene.world.spawn(Transform(rotation=turn_between((0, 0, -1), (-0.5, -0.6, -0.6))), Light(intensity=2.5))
    scene.propagate()
    camera = ViewCamera.looking((0, 0, 6), (0, 0, 0), height_m=2.6)
    settings = {"background": (0.8, 0.8, 0.8)}
    picture = render_still(Renderer(shared_device()), scene.world, camera, size=(240, 160), samples=4, settings=settings)
    assert_golden(picture.pixels, "surfaces/mtoon")


def test_toon_textures_move_as_their_arrows_say(content: Path) -> None:
    with tx.App.headless(size=(120, 160)) as app:
        app.drawing.attach(shared_device())
        open_thing(app, content / "vrm" / "VRMC_materials_mtoon_UV_Animation_Test.vrm", animated=True)
        app.run(seconds=0.25)
        app.settle()
        assert_golden(app.picture(samples=2).pixels, "surfaces/mtoon_moving")
