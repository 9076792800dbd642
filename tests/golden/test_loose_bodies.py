"""Crates that came to rest on a beach, and others that the water lifted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gpu_device import shared_device

import taixu as tx
from golden import assert_golden
from taixu.edit import Project
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import Environment, propagate_transforms
from taixu.simulation.worlds import Simulation, Simulations

SIZE = (192, 108)


def test_crates_float_beside_a_beach(tmp_path: Path) -> None:
    slope = np.linspace(-1.5, 1.5, 31)
    middles = [[3.0 * i + 2.0, 2.5, 3.0 * j + 2.0] for i in range(9) for j in range(4)]
    crates = [{"at": middles, "size": [1.3, 1.0, 1.3], "mass": 600}]
    heights = np.tile(slope, (15, 1)).tolist()
    told = {"surface": {"of": ["crates.place", "water.depth"], "by": "water_around"}}
    np.save(tmp_path / "beach.npy", np.array(heights))
    with tx.App.headless() as app:
        world = app.world
        app.insert_resource(Project(tmp_path))
        world.spawn(Simulation("water", settings={"heights": heights, "cell": 1.0, "level": 0.0}))
        settings = {"bodies": crates, "ground": "beach.npy", "ground_corner": [0.5, 0.5]}
        world.spawn(Simulation("bodies", name="crates", settings=settings, told=told))
        beach = tx.Transform(translation=(15.0, -0.5, 7.5), rotation=(0.0, 0.0, float(np.sin(0.05)), float(np.cos(0.05))))
        world.spawn(beach, tx.Shape("box", size=(31.0, 1.0, 15.0)), tx.Material(base_color=(0.4, 0.3, 0.17, 1.0)))
        world.spawn(Environment(sun_direction=(0.4, 0.6, 0.5)))
        app.run(seconds=8)
        assert app.resource(Simulations).troubles == []
        propagate_transforms(world)
        renderer = Renderer(shared_device())
        view = View(ViewCamera.looking((14, 9, 28), (14, -1, 7), fov_y_rad=0.7), SIZE)
        renderer.render(world, [view])
        pixels = renderer.read(view)
        view.release()
        renderer.release()
    assert_golden(pixels, "core/loose_bodies")
