"""A small landscape with water and trees, and plants in a row, look as they did."""

from __future__ import annotations

from pathlib import Path

from gpu_device import shared_device

import taixu as tx
from golden import assert_golden
from taixu.generate.places import TerrainSpec
from taixu.generate.places.plants import PlantSpec, plant_model
from taixu.generate.places.terrain_generator import TerrainGenerator
from taixu.generate.places.world_text import quaternion_towards
from taixu.generate.request import Request
from taixu.render import ViewCamera
from taixu.scene import Environment, Light, Material, Shape, Transform, spawn_model


def test_a_small_landscape(tmp_path: Path) -> None:
    spec = TerrainSpec(style="hills", size_m=320.0, spacing_m=2.0, lake=True, texture_px=64, season="autumn")
    made = TerrainGenerator().generate(Request("hills", 3, spec, tmp_path), lambda *_, **__: None)
    with tx.App.headless(size=(240, 135)) as app:
        app.drawing.attach(shared_device())
        app.open(made[0].path)
        assert_golden(app.picture(samples=2).pixels, "places/hills")


def test_plants_in_a_row() -> None:
    with tx.App.headless(size=(240, 135)) as app:
        app.drawing.attach(shared_device())
        world = app.world
        for x, (kind, season) in enumerate((("oak", "summer"), ("birch", "autumn"), ("spruce", "winter"), ("palm", "summer"))):
            model = plant_model(PlantSpec(kind, season=season, texture_px=64, age=0.4), 2)
            spawn_model(world, world.spawn(Transform(translation=(9.0 * x - 13.5, 0, 0))), model)
        spawn_model(world, world.spawn(Transform(translation=(0, 0, 5))), plant_model(PlantSpec("rock", texture_px=64), 2))
        ground = Material(base_color=(0.2, 0.22, 0.1, 1), roughness=0.95)
        world.spawn(Transform(translation=(0, -0.5, 0)), Shape("box", size=(200, 1, 200)), ground)
        turn = quaternion_towards((0.5, -0.6, -0.6))
        world.spawn(Transform(rotation=(turn[0], turn[1], turn[2], turn[3])), Light(intensity=3.0))
        world.spawn(Environment(sun_direction=(-0.5, 0.6, 0.6)))
        camera = ViewCamera.looking((0, 7, 30), (0, 5, 0), fov_y_rad=0.6)
        assert_golden(app.picture(camera=camera, samples=2).pixels, "places/plants")
