"""Joints: limits, motors, chains, loops, ropes and springs, on every engine."""

from __future__ import annotations

import numpy as np
import pytest
from physics_rigs import ENGINES, add_bodies, add_floor, join, make_engine, pose, run, state_hash

from taixu.physics import shapes
from taixu.physics.base import BackendBase
from taixu.physics.batch import WORLD_BODY, BodyBatch, BodyFlags, BodyKind, JointKind, MotorMode
from taixu.physics.poses import compose

pytestmark = pytest.mark.parametrize("engine", ENGINES)
SIDE = (0.0, 0.0, 1.0)


def rod(backend: BackendBase, x: float = 0.5, y: float = 5.0, z: float = 0.0) -> int:
    """A rod of one metre along x, that never sleeps."""
    return int(add_bodies(backend, [pose(x, y, z)], shapes.box((1.0, 0.1, 0.1)), flags=BodyFlags.NONE)[0])


def test_hinge_stops_at_its_limits(engine: str) -> None:
    backend = make_engine(engine)
    body = rod(backend)
    joint = join(backend, JointKind.HINGE, WORLD_BODY, body, (0, 5, 0), SIDE, limits=(-0.5, 0.3))
    angles = np.array(run(backend, 240, lambda: backend.joint_positions([joint])[0]))
    assert angles.min() > -0.56 and angles.max() < 0.36
    assert angles[-60:] == pytest.approx(np.full(60, -0.5), abs=0.06)


def test_hinge_motor_holds_a_speed(engine: str) -> None:
    backend = make_engine(engine, gravity=(0.0, 0.0, 0.0))
    body = rod(backend)
    modes = {"motor_modes": MotorMode.VELOCITY, "motor_targets": 2.0, "motor_forces": 100.0}
    joint = join(backend, JointKind.HINGE, WORLD_BODY, body, (0, 5, 0), SIDE, **modes)
    run(backend, 30)
    assert backend.velocities()[0, body, 5] == pytest.approx(2.0, rel=0.02)
    backend.set_motors([joint], MotorMode.VELOCITY, -1.0, 100.0)
    run(backend, 30)
    assert backend.velocities()[0, body, 5] == pytest.approx(-1.0, rel=0.02)


def test_hinge_motor_finds_a_position(engine: str) -> None:
    backend = make_engine(engine, gravity=(0.0, 0.0, 0.0))
    body = rod(backend)
    motor = {
        "motor_modes": MotorMode.POSITION,
        "motor_targets": 0.7,
        "motor_forces": 1000.0,
        "stiffnesses": 400.0,
        "dampings": 40.0,
    }
    joint = join(backend, JointKind.HINGE, WORLD_BODY, body, (0, 5, 0), SIDE, **motor)
    run(backend, 120)
    assert backend.joint_positions([joint])[0] == pytest.approx(0.7, abs=0.02)


def test_hinge_between_two_bodies_in_either_order(engine: str) -> None:
    """The angle is that of b against a, whichever of them the engine hangs from the other."""
    for heavy in (0, 1):
        backend = make_engine(engine, gravity=(0.0, 0.0, 0.0))
        a, b = rod(backend, -0.5), rod(backend, 0.5)
        if heavy == 1:
            a, b = b, a
        motor = {"motor_modes": MotorMode.VELOCITY, "motor_targets": 1.0, "motor_forces": 50.0}
        join(backend, JointKind.HINGE, a, b, (0, 5, 0), SIDE, **motor)
        run(backend, 20)
        velocities = backend.velocities()[0]
        assert velocities[b, 5] - velocities[a, 5] == pytest.approx(1.0, rel=0.05)


def test_slider_moves_along_its_axis_only(engine: str) -> None:
    backend = make_engine(engine)
    body = add_bodies(backend, [pose(0, 5, 0)], shapes.box(1.0), flags=BodyFlags.NONE)[0]
    joint = join(backend, JointKind.SLIDER, WORLD_BODY, int(body), (0, 5, 0), (0, 1, 0), limits=(-2.0, 2.0))
    backend.apply([body], [[500, 0, 0, 0, 0, 500]])
    run(backend, 240)
    after = backend.poses()[0, body]
    assert after[[0, 2]] == pytest.approx((0, 0), abs=0.03)
    assert after[1] == pytest.approx(3.0, abs=0.06)
    assert backend.joint_positions([joint])[0] == pytest.approx(-2.0, abs=0.06)


def test_fixed_bodies_move_as_one(engine: str) -> None:
    backend = make_engine(engine)
    add_floor(backend)
    a, b = add_bodies(backend, [pose(0, 3, 0), pose(1.2, 3.4, 0)], shapes.box(0.8))
    join(backend, JointKind.FIXED, int(a), int(b), (0.6, 3.2, 0))
    backend.set_velocities([a, b], [[2, 0, 1, 0, 0, 0]] * 2)
    run(backend, 180)
    poses = backend.poses()[0]
    assert np.linalg.norm(poses[a, :3] - poses[b, :3]) == pytest.approx(np.hypot(1.2, 0.4), abs=0.05)


def test_chain_of_balls_holds_together(engine: str) -> None:
    backend = make_engine(engine)
    links = add_bodies(
        backend, [pose(0.25 + 0.5 * i, 5, 0) for i in range(8)], shapes.box((0.4, 0.1, 0.1)), flags=BodyFlags.NONE
    ).tolist()
    for i, (a, b) in enumerate(zip([WORLD_BODY, *links], links, strict=False)):
        join(backend, JointKind.BALL, a, b, (0.5 * i, 5, 0))

    def widest() -> float:
        poses = backend.poses()[0]
        right = compose(poses[links[:-1]], np.array(pose(0.25, 0, 0)))[:, :3]
        left = compose(poses[links[1:]], np.array(pose(-0.25, 0, 0)))[:, :3]
        return float(np.linalg.norm(right - left, axis=1).max())

    gaps, heights = [], []
    for _ in range(600):
        backend.step()
        gaps.append(widest())
        heights.append(backend.poses()[0, links, 1].mean())
    assert max(gaps) < 0.03
    assert min(heights) < 3.6 and max(heights) < 5.0, "it swings down, and no higher than it began"


def test_closed_loop(engine: str) -> None:
    """A square of four hinged rods is sheared by its motor but stays closed."""
    backend = make_engine(engine, gravity=(0.0, 0.0, 0.0))
    places = [pose(0.5, 0, 0), pose(1, 0.5, 0), pose(0.5, 1, 0), pose(0, 0.5, 0)]
    rods = [int(add_bodies(backend, [place], shapes.box((0.6, 0.6, 0.1)), mask=0)[0]) for place in places]
    corners = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
    motor = {"motor_modes": MotorMode.VELOCITY, "motor_targets": 0.5, "motor_forces": 20.0}
    for i in range(4):
        join(backend, JointKind.HINGE, rods[i - 1], rods[i], corners[i], SIDE, **(motor if i == 1 else {}))

    def gap() -> float:
        poses, worst = backend.poses()[0], 0.0
        for i, corner in enumerate(corners):
            ends = [compose(poses[rods[k]], [*(np.array(corner) - places[k][:3]), 0, 0, 0, 1])[:3] for k in (i - 1, i)]
            worst = max(worst, float(np.linalg.norm(ends[0] - ends[1])))
        return worst

    gaps = run(backend, 60, gap)
    assert max(gaps) < 0.05
    turn = backend.poses()[0, rods[1], 5] - backend.poses()[0, rods[0], 5]
    assert abs(turn) > 0.1, "the motor has sheared it"


def test_rope_lets_closer_but_not_farther(engine: str) -> None:
    backend = make_engine(engine)
    ball = int(add_bodies(backend, [pose(0, 5, 0)], shapes.sphere(0.2), flags=BodyFlags.NONE)[0])
    joint = join(backend, JointKind.ROPE, WORLD_BODY, ball, (0, 5, 0), limits=(0.0, 2.0))
    lengths = np.array(run(backend, 300, lambda: backend.joint_positions([joint])[0]))
    assert lengths[10] < 0.5 and lengths.max() < 2.15
    assert lengths[-1] == pytest.approx(2.0, abs=0.08)


def test_distance_holds(engine: str) -> None:
    backend = make_engine(engine)
    ball = int(add_bodies(backend, [pose(2, 5, 0)], shapes.sphere(0.2), flags=BodyFlags.NONE)[0])
    joint = join(backend, JointKind.DISTANCE, WORLD_BODY, ball, (0, 5, 0), limits=(0.0, 2.0))
    # The joint's frame in the ball is at the anchor: measure from the ball's centre instead.
    backend.remove_joints([joint])
    from taixu.physics.batch import JointBatch

    joint = int(
        backend.create_joints(
            JointBatch(kinds=[JointKind.DISTANCE], bodies_a=-1, bodies_b=ball, frames_a=[pose(0, 5, 0)], limits=(0.0, 2.0))
        )[0]
    )
    lengths = np.array(run(backend, 240, lambda: backend.joint_positions([joint])[0]))
    assert np.abs(lengths - 2.0).max() < 0.12
    assert backend.poses()[0, ball, 1] < 5.0


def test_spring_swings_about_its_rest(engine: str) -> None:
    """A weight on a spring hangs m g / k below the spring's length."""
    from taixu.physics.batch import JointBatch

    backend = make_engine(engine)
    ball = int(add_bodies(backend, [pose(0, 4, 0)], shapes.sphere(0.2), mass_kg=2.0, flags=BodyFlags.NONE)[0])
    joint = backend.create_joints(
        JointBatch(
            kinds=[JointKind.SPRING],
            bodies_a=-1,
            bodies_b=ball,
            frames_a=[pose(0, 5, 0)],
            limits=(0.0, 1.0),
            stiffnesses=80.0,
            dampings=8.0,
        )
    )
    run(backend, 600)
    assert backend.joint_positions(joint)[0] == pytest.approx(1.0 + 2.0 * 9.81 / 80.0, abs=0.03)


def test_joint_to_a_kinematic_body(engine: str) -> None:
    """A pendulum hangs from a trolley that is moved: it follows, and it lags behind."""
    backend = make_engine(engine)
    trolley = int(backend.create(BodyBatch(poses=[pose(0, 5, 0)], kinds=BodyKind.KINEMATIC, shapes=(shapes.box(0.4),)))[0])
    bob = int(add_bodies(backend, [pose(0, 4, 0)], shapes.sphere(0.1), flags=BodyFlags.NONE)[0])
    join(backend, JointKind.BALL, trolley, bob, (0, 5, 0))
    run(backend, 10)
    lag = []
    for i in range(120):
        backend.set_kinematic([trolley], [pose(0.02 * (i + 1), 5, 0)])
        backend.step()
        poses = backend.poses()[0]
        lag.append(poses[trolley, 0] - poses[bob, 0])
        assert np.linalg.norm(poses[bob, :3] - poses[trolley, :3]) == pytest.approx(1.0, abs=0.1)
    assert max(lag) > 0.05
    assert backend.poses()[0, bob, 0] > 1.5


def test_removing_a_body_frees_the_other(engine: str) -> None:
    backend = make_engine(engine)
    a, b = rod(backend, 0.5), rod(backend, 1.5)
    join(backend, JointKind.HINGE, WORLD_BODY, a, (0, 5, 0), SIDE)
    join(backend, JointKind.HINGE, a, b, (1, 5, 0), SIDE)
    run(backend, 5)
    backend.remove([a])
    run(backend, 60)
    assert backend.poses()[0, b, 1] < 1.0, "it falls"


def test_joints_made_in_mid_run_are_repeatable(engine: str) -> None:
    def play() -> str:
        backend = make_engine(engine)
        add_floor(backend)
        boxes = add_bodies(backend, [pose(1.1 * i, 1.0, 0) for i in range(6)], shapes.box(1.0))
        run(backend, 20)
        joint = join(backend, JointKind.BALL, int(boxes[0]), int(boxes[1]), backend.poses()[0, boxes[0], :3])
        run(backend, 20)
        backend.remove_joints([joint])
        run(backend, 20)
        return state_hash(backend, boxes)

    assert play() == play()
