"""Bodies move as mechanics says: closed forms, on every engine."""

from __future__ import annotations

import numpy as np
import pytest
from physics_rigs import ENGINES, add_bodies, add_floor, join, make_engine, pose, run

from taixu.physics import shapes
from taixu.physics.batch import WORLD_BODY, BodyFlags, JointKind

pytestmark = pytest.mark.parametrize("engine", ENGINES)
DT = 1 / 60
G = 9.81


@pytest.mark.parametrize("steps", [1, 60, 240])
def test_free_fall(engine: str, steps: int) -> None:
    """Semi-implicit Euler: after n substeps of h the fall is g h^2 n (n + 1) / 2, exactly."""
    backend = make_engine(engine)
    body = add_bodies(backend, [pose(0, 100, 0)], shapes.sphere(0.5))[0]
    backend.step(steps)
    substeps = 1 if engine == "pybullet" else 4
    h, n = DT / substeps, steps * substeps
    expected = 100 - G * h * h * n * (n + 1) / 2
    tolerance = 1e-9 if backend.caps.precision == 8 else 1e-5 * abs(100 - expected) + 1e-5
    assert backend.poses()[0, body, 1] == pytest.approx(expected, abs=tolerance)
    assert backend.velocities()[0, body, 1] == pytest.approx(-G * DT * steps, rel=1e-5)


@pytest.mark.parametrize("kind", [JointKind.HINGE, JointKind.BALL])
def test_pendulum_period(engine: str, kind: JointKind) -> None:
    backend = make_engine(engine)
    amplitude, radius = np.radians(5), 0.05
    bob = add_bodies(backend, [pose(np.sin(amplitude), 5 - np.cos(amplitude), 0)], shapes.sphere(radius), flags=BodyFlags.NONE)[0]
    join(backend, kind, WORLD_BODY, int(bob), (0, 5, 0))
    x = np.array(run(backend, 1200, lambda: backend.poses()[0, bob, 0]))
    crossings = np.flatnonzero((x[:-1] > 0) & (x[1:] <= 0))
    times = crossings + x[crossings] / (x[crossings] - x[crossings + 1])
    period = np.diff(times).mean() * DT
    # A physical pendulum about its pivot, with the first term of the amplitude (Landau and Lifshitz, Mechanics, 11).
    expected = 2 * np.pi * np.sqrt((1 + 0.4 * radius**2) / G) * (1 + amplitude**2 / 16)
    assert period == pytest.approx(expected, rel=1e-3)


def test_momentum(engine: str) -> None:
    """Two balls meet without gravity: the sum of momenta stays."""
    backend = make_engine(engine, gravity=(0.0, 0.0, 0.0))
    velocities = [[3, 0.2, 0, 0, 1, 0], [-2, 0, 0.1, 2, 0, 0]]
    balls = add_bodies(
        backend, [pose(-2, 0, 0), pose(2, 0.3, 0)], shapes.sphere(0.5), mass_kg=2.0, restitution=0.5, velocities=velocities
    )
    before = backend.velocities()[0, balls, :3].sum(axis=0)
    run(backend, 120)
    after = backend.velocities()[0, balls]
    assert np.abs(after[:, :3] - np.array(velocities)[:, :3]).max() > 0.5, "they have met"
    assert after[:, :3].sum(axis=0) == pytest.approx(before, abs=1e-6 if backend.caps.precision == 8 else 2e-6)


def test_slide(engine: str) -> None:
    """On a slope of 30 degrees with a friction of 0.5 a block gains g (sin a - mu cos a)."""
    backend = make_engine(engine)
    slope = np.radians(30)
    turn = (0.0, 0.0, np.sin(-slope / 2), np.cos(-slope / 2))
    add_floor(backend, turn=turn)
    up = np.array([np.sin(slope), np.cos(slope), 0.0])
    block = add_bodies(backend, [pose(*(up * 0.1), turn)], shapes.box((1.0, 0.2, 1.0)), flags=BodyFlags.NONE)[0]
    speeds = run(backend, 180, lambda: np.linalg.norm(backend.velocities()[0, block, :3]))
    gained = (speeds[-1] - speeds[59]) / (120 * DT)
    assert gained == pytest.approx(G * (np.sin(slope) - 0.5 * np.cos(slope)), rel=0.01)


def test_rolling(engine: str) -> None:
    """25 balls pushed with 60 N roll without slipping: a = F / (7/5 m)."""
    backend = make_engine(engine)
    add_floor(backend, friction=0.8)
    places = [pose(3.0 * (i % 5), 0.5, 3.0 * (i // 5)) for i in range(25)]
    balls = add_bodies(backend, places, shapes.sphere(0.5), mass_kg=10.0, friction=0.8, flags=BodyFlags.NONE)
    run(backend, 30)
    start = backend.velocities()[0, balls, 0].copy()
    wrenches = np.tile((60.0, 0, 0, 0, 0, 0), (25, 1))
    for _ in range(60):
        backend.apply(balls, wrenches)
        backend.step()
    gained = backend.velocities()[0, balls, 0] - start
    assert gained == pytest.approx(np.full(25, 60 / (1.4 * 10.0)), rel=0.02)


def test_tower_of_ten_boxes(engine: str) -> None:
    backend = make_engine(engine)
    add_floor(backend)
    boxes = add_bodies(backend, [pose(0, 0.5 + i, 0) for i in range(10)], shapes.box(1.0))
    run(backend, 600)
    heights = backend.poses()[0, boxes, 1]
    assert np.abs(heights - (0.5 + np.arange(10))).max() < 0.05


def test_bounce(engine: str) -> None:
    """A ball and floor of restitution 0.8 give back 0.64 of the height, within what discrete contacts allow."""
    backend = make_engine(engine)
    add_floor(backend, restitution=0.8)
    ball = add_bodies(backend, [pose(0, 2.5, 0)], shapes.sphere(0.5), restitution=0.8, flags=BodyFlags.NONE)[0]
    heights = np.array(run(backend, 120, lambda: backend.poses()[0, ball, 1])) - 0.5
    low = int(np.argmin(heights[:60]))
    assert heights[low:].max() == pytest.approx(0.64 * 2.0, rel=0.15)


@pytest.mark.parametrize(
    ("shape", "inertia_y"),
    [
        (shapes.box((2.0, 1.0, 3.0)), (2.0**2 + 3.0**2) / 12),
        (shapes.sphere(0.7), 0.4 * 0.49),
        (shapes.cylinder(0.5, 2.0), 0.5 * 0.25),
    ],
    ids=["box", "sphere", "cylinder"],
)
def test_torque_turns_by_the_inertia(engine: str, shape: shapes.Shape, inertia_y: float) -> None:
    backend = make_engine(engine, gravity=(0.0, 0.0, 0.0))
    body = add_bodies(backend, [pose(0, 0, 0)], shape, mass_kg=3.0)[0]
    backend.step()  # Bullet takes over the inertia in the first step
    backend.apply([body], [[0, 0, 0, 0, 6.0, 0]])
    backend.step()
    assert backend.velocities()[0, body, 4] == pytest.approx(6.0 * DT / (3.0 * inertia_y), rel=1e-3)


def test_compound_turns_about_its_centre_of_mass(engine: str) -> None:
    """A body of two unequal boxes, pushed off centre: the pose returned is still that of its own frame."""
    from taixu.physics.batch import BodyBatch

    backend = make_engine(engine, gravity=(0.0, 0.0, 0.0))
    rows = BodyBatch.collider_rows(2)
    rows["body"] = 0
    rows["shape"] = [0, 1]
    rows["pose"][0, :3], rows["pose"][1, :3] = (1, 0, 0), (-1, 0, 0)
    body = backend.create(
        BodyBatch(poses=[pose(5, 0, 0)], shapes=(shapes.box(1.0), shapes.box(0.5)), colliders=rows, masses_kg=9.0)
    )[0]
    centre = backend.centres([body])[0]
    assert centre == pytest.approx((7 / 9, 0, 0), abs=1e-9)  # volumes 1 and 1/8
    backend.set_velocities([body], [[0, 0, 0, 0, 0, np.pi]])
    backend.step(60)
    after = backend.poses()[0, body]
    # Half a turn about the centre of mass, which has stayed at 5 + 7/9.
    assert after[:3] == pytest.approx((5 + 14 / 9, 0, 0), abs=0.01)
    assert abs(after[5]) == pytest.approx(1.0, abs=0.01)
