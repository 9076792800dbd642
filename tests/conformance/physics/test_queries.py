"""Rays, shape casts and nearest points, on every engine."""

from __future__ import annotations

import numpy as np
import pytest
from physics_rigs import ENGINES, add_bodies, add_floor, make_engine, pose

from taixu.physics import shapes
from taixu.physics.base import BackendBase
from taixu.physics.batch import BodyKind

pytestmark = pytest.mark.parametrize("engine", ENGINES)
STATIC = {"kinds": BodyKind.STATIC, "mass_kg": float("nan")}


def scene(engine: str) -> tuple[BackendBase, list[int]]:
    backend = make_engine(engine)
    bodies = [
        int(add_bodies(backend, [pose(*at)], shape, **STATIC)[0])
        for at, shape in (
            ((0, 0, 0), shapes.sphere(1.0)),
            ((5, 0, 0), shapes.box(2.0)),
            ((10, 0, 0), shapes.capsule(0.5, 2.0)),
            ((15, 0, 0), shapes.cylinder(1.0, 2.0)),
        )
    ]
    backend.step()
    return backend, bodies


def test_rays_in_a_batch(engine: str) -> None:
    backend, bodies = scene(engine)
    hits = backend.raycast([(5.0 * i, 10, 0) for i in range(5)], [(0, -2, 0)] * 5, max_distance=50)
    assert hits["body"].tolist() == [*bodies, -1]
    assert hits["distance"][:4] == pytest.approx([9, 9, 8.5, 9], abs=0.02)
    assert hits["normal"][:4] == pytest.approx(np.tile((0, 1, 0), (4, 1)), abs=0.02)
    assert np.isinf(hits["distance"][4])
    assert backend.raycast([(0, 10, 0)], [(0, -1, 0)], max_distance=8)["body"][0] == -1


def test_a_ray_passes_through_what_it_ignores(engine: str) -> None:
    backend, bodies = scene(engine)
    hit = backend.raycast([(-10, 0, 0)], [(1, 0, 0)], ignore=bodies[0])[0]
    assert hit["body"] == bodies[1] and hit["distance"] == pytest.approx(14, abs=0.02)


@pytest.mark.parametrize("probe", [shapes.sphere(0.5), shapes.box(1.0), shapes.capsule(0.5, 1.0)], ids=["sphere", "box", "capsule"])
def test_shape_casts(engine: str, probe: shapes.Shape) -> None:
    backend, bodies = scene(engine)
    half = float(probe.bounds[1, 1])
    for x, body, top in ((5.0, bodies[1], 1.0), (15.0, bodies[3], 1.0)):
        hit = backend.shapecast(probe, pose(x, 10, 0), (0, -20, 0))
        assert hit["body"] == body
        assert hit["distance"] == pytest.approx(10 - top - half, abs=0.02)
        assert hit["normal"][1] == pytest.approx(1.0, abs=0.02)
    assert backend.shapecast(probe, pose(5, 10, 0), (0, -5, 0))["body"] == -1
    assert backend.shapecast(probe, pose(5, 10, 0), (0, 20, 0))["body"] == -1


def test_shape_casts_agree_with_rays(engine: str) -> None:
    """A thin sphere goes as far as a ray, whether its cast is the engine's own or built above the protocol."""
    backend, _ = scene(engine)
    rng = np.random.default_rng(7)
    probe = shapes.sphere(0.005)
    met = 0
    for _ in range(40):
        start = rng.uniform((-3, 3, -1), (18, 6, 1))
        motion = rng.uniform((0, -1, -1), (15, 1, 1)) - start
        motion *= 1.5
        ray = backend.raycast([start], [motion], max_distance=float(np.linalg.norm(motion)))[0]
        cast = backend.shapecast(probe, pose(*start), motion)
        if ray["body"] >= 0:
            met += 1
            assert cast["body"] == ray["body"]
            assert cast["distance"] == pytest.approx(ray["distance"], abs=0.05)
    assert met > 15


def test_a_cast_that_starts_in_touch_can_leave_and_slide(engine: str) -> None:
    backend = make_engine(engine)
    add_floor(backend)
    backend.step()
    ball = shapes.sphere(0.5)
    assert backend.shapecast(ball, pose(0, 0.5005, 0), (0, 1, 0))["body"] == -1
    assert backend.shapecast(ball, pose(0, 0.5005, 0), (0, -1, 0))["distance"] == pytest.approx(0, abs=0.01)


def test_nearest_points(engine: str) -> None:
    backend, bodies = scene(engine)
    near = backend.closest(shapes.sphere(0.5), pose(2.5, 0, 0), max_distance=1.5)
    assert sorted(set(near["body"].tolist())) == bodies[:2]
    for row in near:
        assert row["distance"] == pytest.approx(1.0, abs=0.03)
    assert not len(backend.closest(shapes.sphere(0.2), pose(2.5, 5, 0), max_distance=0.5))
