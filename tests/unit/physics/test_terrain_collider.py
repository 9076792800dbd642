"""A terrain's collider is the surface that is drawn: balls roll down it, rays meet it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from physics_rigs import ENGINES
from physics_worlds import make_app, play

from taixu.physics import Collider, PhysicsScene, RigidBody
from taixu.physics import shapes as shapes
from taixu.physics.pybullet_shapes import _thinned
from taixu.scene import Terrain, Transform
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.terrain import height_on_triangles

_SIZE = 64.0


def _heights() -> np.ndarray:  # type: ignore[type-arg]
    z, x = np.meshgrid(np.linspace(-32, 32, 65), np.linspace(-32, 32, 65), indexing="ij")
    rough = np.random.default_rng(1).normal(0, 0.2, x.shape)
    return (0.25 * x + 1.5 * np.sin(x / 7) * np.cos(z / 9) + rough).astype(np.float32)


@pytest.mark.parametrize("engine", ENGINES)
def test_rays_and_balls_meet_the_drawn_surface(engine: str, tmp_path: Path) -> None:
    heights = _heights()
    np.save(tmp_path / "h.npy", heights)
    app = make_app(engine, floor=False)
    world = app.world
    world.resource(ShapeState).resolve = lambda path: tmp_path / path
    world.spawn(Transform(), Terrain(source="h.npy", size=(_SIZE, _SIZE)), Collider("heightfield"))
    ball = world.spawn(Transform(translation=(10, 7, 3)), RigidBody(), Collider("sphere", size=(0.6, 0.6, 0.6), friction=0.6))
    places = np.random.default_rng(2).uniform(-30, 30, (200, 2))
    play(app, 1)
    scene = world.resource(PhysicsScene)
    hit = scene.raycast([(x, 60.0, z) for x, z in places], [(0.0, -1.0, 0.0)] * len(places), ignore=ball)
    ground = height_on_triangles(heights, _SIZE, places[:, 0], places[:, 1])
    assert np.abs(60.0 - hit["distance"] - ground).max() < 5e-3
    play(app, 240)
    x, y, z = world.get(ball, Transform).translation
    assert x < 8.0  # downhill
    dz, dx = np.mgrid[-0.6:0.6:25j, -0.6:0.6:25j]
    around = height_on_triangles(heights, _SIZE, x + dx, z + dz)
    assert 0.25 < np.sqrt(dx**2 + dz**2 + (around - y) ** 2).min() < 1.0  # neither in the ground nor gone from it


def test_bullet_gets_a_thinner_one_of_a_large_terrain() -> None:
    z, x = np.meshgrid(np.linspace(0, 6, 700), np.linspace(0, 6, 700), indexing="ij")
    heights = (5 * np.sin(x) * np.cos(z)).astype(np.float32)
    found = _thinned(shapes.heightfield(heights, (1.0, 1.0)))
    assert found.heights_m.shape == (255, 255)
    assert np.allclose(found.bounds, shapes.heightfield(heights, (1.0, 1.0)).bounds, atol=0.02)
    small = shapes.heightfield(heights[:50, :50], (1.0, 1.0))
    assert _thinned(small) is small
