"""A forest from afar: as it looked, and near to what its full meshes look like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from golden import assert_golden
from taixu.assets.gltf import write_gltf
from taixu.generate.places.plants import PlantSpec, plant_model
from taixu.render import ViewCamera
from taixu.render.counting import count_drawn
from taixu.scene import Environment, Material, Scatter, Shape, Transform
from taixu.scene.scatter.files import write_places


def test_a_far_forest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(7)
    x, z = random.uniform(-34, 34, 46), random.uniform(-26, 20, 46)
    rows = np.stack([x, 0 * x, z, random.uniform(0, 6, 46), random.uniform(0.7, 1.2, 46)], 1).astype(np.float32)
    for number, kind in enumerate(("oak", "spruce")):
        write_gltf(plant_model(PlantSpec(kind, texture_px=64, age=0.3), 2), tmp_path / f"{kind}.glb")
        write_places(tmp_path / f"{kind}.npy", rows[number::2])
    with tx.App.headless(size=(200, 90)) as app:
        app.drawing.attach(shared_device())
        world = app.world
        spread = [
            world.spawn(Transform(), Scatter(source=f"{kind}.npy", model=f"{kind}.glb", fine_m=40.0, coarse_m=80.0))
            for kind in ("oak", "spruce")
        ]
        world.spawn(Transform(translation=(0, -0.5, 0)), Shape("box", size=(400, 1, 400)), Material(base_color=(0.2, 0.22, 0.1, 1)))
        world.spawn(Environment(sun_direction=(-0.7, 0.5, 0.3)))
        camera = ViewCamera.looking((10, 22, 88), (0, 3, 0), fov_y_rad=0.36)
        app.settle()
        drawing, pictures, counts = app.drawing, [], []
        for coarse_m in (80.0, 4000.0):
            for entity in spread:  # the second time nothing is far
                world.set(entity, Scatter, fine_m=coarse_m / 2, coarse_m=coarse_m)
            app.settle()
            for _ in range(2):
                view = drawing.frame(world, camera=camera)
            pictures.append(drawing.read(view)[..., :3].copy())
            counts.append(count_drawn(view))
        assert counts[0].cards > 80 and counts[1].cards == 0
        assert counts[0].triangles < 0.02 * counts[1].triangles
        far, full = (picture.astype(np.float64) for picture in pictures)
        assert np.abs(far.mean((0, 1)) - full.mean((0, 1))).max() < 6.0, "as bright and as green"
        small = [p[:90, :200].reshape(18, 5, 40, 5, 3).mean((1, 3)) for p in (far, full)]
        assert np.abs(small[0] - small[1]).mean() < 7.0, "in the same places"
        assert_golden(pictures[0], "places/far_forest")
