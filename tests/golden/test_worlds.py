"""Skies, props, rocks, houses and a dungeon look as they did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gpu_device import shared_device

import taixu as tx
from golden import assert_golden
from taixu.generate.places.buildings import clean_footprint, make_building, read_style
from taixu.generate.places.buildings.lights import light_windows
from taixu.generate.places.buildings.model import building_model
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.dungeons import DungeonSpec
from taixu.generate.places.dungeons.generator import DungeonGenerator
from taixu.generate.places.props import PropSpec, prop_model
from taixu.generate.places.rocks import RockSpec, rock_model
from taixu.generate.places.skies import SkySpec, make_sky
from taixu.generate.places.world_text import quaternion_towards
from taixu.generate.request import Request
from taixu.render import ViewCamera
from taixu.scene import Environment, Light, Material, Shape, Transform, spawn_model


def test_skies() -> None:
    rows = []
    for specs in ((("noon", "cumulus", 0.35), ("sunset", "cumulus", 0.5)), (("night", "none", 0.0), ("evening", "storm", 0.86))):
        skies = [make_sky(SkySpec(time, clouds=clouds, cover=cover, width_px=128), 3) for time, clouds, cover in specs]
        shown = [sky.image * 2.0**sky.exposure_ev for sky in skies]
        rows.append(np.concatenate([(np.clip(each / (1 + 0.35 * each), 0, 1) ** (1 / 2.2)) for each in shown], 1))
    assert_golden(np.rint(np.concatenate(rows) * 255).astype(np.uint8), "places/skies")


def test_props_a_rock_and_houses() -> None:
    with tx.App.headless(size=(320, 180)) as app:
        app.drawing.attach(shared_device())
        world = app.world
        for x, kind in enumerate(("barrel", "well", "lamp_post", "market_stall", "rowboat", "bench", "bicycle")):
            model, _ = prop_model(PropSpec(kind, texture_px=32), 1)
            spawn_model(world, world.spawn(Transform(translation=(2.6 * x - 7.8, 0, 2))), model)
        spawn_model(world, world.spawn(Transform(translation=(9.5, 0, -1))), rock_model(RockSpec("boulder", texture_px=32), 2))
        palette = Palette(32)
        for x, style in enumerate(("log_cabin", "chalet", "jiangnan_house")):
            facts = read_style(style)
            plan = clean_footprint([(-4.0, -3.5), (4.0, -3.5), (4.0, 3.5), (-4.0, 3.5)])
            house = make_building(facts, plan, 3, storeys=facts.storeys[0], inside=False)
            house.levels[0] = light_windows(house.levels[0], 3) if x == 1 else house.levels[0]
            place = Transform(translation=(11.0 * x - 11.0, facts.numbers["base"], -7))
            spawn_model(world, world.spawn(place), building_model(house, palette, seed=3))
        ground = Material(base_color=(0.2, 0.22, 0.12, 1), roughness=0.95)
        world.spawn(Transform(translation=(0, -0.5, 0)), Shape("box", size=(200, 1, 200)), ground)
        turn = quaternion_towards((0.5, -0.6, -0.6))
        world.spawn(Transform(rotation=(turn[0], turn[1], turn[2], turn[3])), Light(intensity=3.0))
        world.spawn(Environment(sun_direction=(-0.5, 0.6, 0.6)))
        camera = ViewCamera.looking((0, 7, 20), (0, 2, -3), fov_y_rad=0.7)
        assert_golden(app.picture(camera=camera, samples=2).pixels, "places/props")


def test_a_crypt(tmp_path: Path) -> None:
    spec = DungeonSpec("crypt", 5, 5, 1, flooded=0.3, texture_px=32)
    made = DungeonGenerator().generate(Request("crypt", 2, spec, tmp_path), lambda *_, **__: None)
    with tx.App.headless(size=(240, 135)) as app:
        app.drawing.attach(shared_device())
        app.open(made[0].path)
        assert_golden(app.picture(samples=2).pixels, "places/crypt")
