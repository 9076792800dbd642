"""Nothing is kept that should go: ten thousand frames, two hundred worlds opened one after the other."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from taixu.bench.measure import resident_mb
from taixu.edit import create_project
from taixu.scene import Transform

FRAMES, RELOADS = 10_000, 200


@pytest.mark.slow
def test_frames_keep_nothing() -> None:
    with tx.App.headless(size=(64, 36)) as app:
        app.drawing.attach(shared_device())
        world = app.scene
        for place in range(20):
            world.spawn(tx.Shape("box"), position=(place, 0, 0))
        moving = world.columns.query(Transform)
        after_warming = 0.0
        for frame in range(FRAMES):
            for table in moving:
                with table.write(Transform, "translation") as places:
                    places[1] = np.sin(frame)
            app.frame(1 / 60)
            if frame % 4 == 0:
                app.drawing.frame(world.columns, settings={"background": "#336699"})
            if frame == FRAMES // 5:
                gc.collect()
                after_warming = resident_mb()
        gc.collect()
        assert resident_mb() - after_warming < 8.0


@pytest.mark.slow
def test_reloaded_worlds_keep_nothing(tmp_path: Path, repository: Path) -> None:
    folder = tmp_path / "toys"
    create_project(folder)
    (folder / "assets" / "robot.glb").write_bytes((repository / "samples/playground/assets/robot.glb").read_bytes())
    with tx.App.headless(size=(64, 36)) as app:
        for place in range(50):
            parts = (tx.Shape("box"), tx.Collider(), tx.RigidBody(mass_kg=1))
            app.scene.spawn(f"box {place}", *parts, position=(place, 2, 0))
        app.scene.spawn("robot", tx.Model("assets/robot.glb"), tx.AnimationPlayer("walk"))
        app.save(folder / "worlds" / "main.world.json")
    with tx.App.headless(size=(64, 36), trust=True) as app:
        app.drawing.attach(shared_device())
        after_warming = 0.0
        for reload in range(RELOADS):
            app.open(folder)
            app.run(ticks=2)
            app.drawing.frame(app.world)
            if reload == RELOADS // 4:
                gc.collect()
                after_warming = resident_mb()
        gc.collect()
        assert len(app.world.query(tx.RigidBody)) == 50
        assert resident_mb() - after_warming < 24.0
