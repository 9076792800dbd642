"""What kills or poisons an engine never reaches it: every bad value is refused with a sentence, and the world goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from physics_rigs import ENGINES, add_bodies, add_floor, join, make_engine, pose, run

from taixu.errors import TaixuError
from taixu.physics import shapes
from taixu.physics.base import BackendBase
from taixu.physics.batch import BodyBatch, JointBatch, JointKind
from taixu.physics.protocol import Settings

pytestmark = pytest.mark.parametrize("engine", ENGINES)
NAN, INF = float("nan"), float("inf")
BALL = shapes.sphere(0.5)


def bodies(**columns: object) -> BodyBatch:
    return BodyBatch(**{"poses": [pose(0, 9, 0)], "shapes": (BALL,), **columns})  # type: ignore[arg-type]


def with_collider(**values: object) -> BodyBatch:
    rows = BodyBatch.collider_rows(1)
    for name, value in values.items():
        rows[name] = value
    return bodies(colliders=rows)


CASES: dict[str, Callable[[BackendBase], object]] = {
    "NaN pose": lambda b: b.create(bodies(poses=[pose(NAN, 0, 0)])),
    "infinite pose": lambda b: b.create(bodies(poses=[pose(INF, 0, 0)])),
    "far pose": lambda b: b.create(bodies(poses=[pose(1e30, 0, 0)])),
    "zero quaternion": lambda b: b.create(bodies(poses=[pose(0, 0, 0, (0, 0, 0, 0))])),
    "zero mass": lambda b: b.create(bodies(masses_kg=0.0)),
    "negative mass": lambda b: b.create(bodies(masses_kg=-1.0)),
    "infinite mass": lambda b: b.create(bodies(masses_kg=INF)),
    "NaN velocity": lambda b: b.create(bodies(velocities=[[NAN, 0, 0, 0, 0, 0]])),
    "unknown kind": lambda b: b.create(bodies(kinds=7)),
    "negative damping": lambda b: b.create(bodies(linear_dampings=-1.0)),
    "zero size": lambda b: b.create(bodies(shapes=(shapes.box((1, 0, 1)),))),
    "negative radius": lambda b: b.create(bodies(shapes=(shapes.sphere(-1),))),
    "NaN radius": lambda b: b.create(bodies(shapes=(shapes.sphere(NAN),))),
    "negative height": lambda b: b.create(bodies(shapes=(shapes.capsule(1, -1),))),
    "empty hull": lambda b: b.create(bodies(shapes=(shapes.hull(np.zeros((0, 3))),))),
    "one-point hull": lambda b: b.create(bodies(shapes=(shapes.hull(np.zeros((9, 3))),))),
    "NaN hull": lambda b: b.create(bodies(shapes=(shapes.hull(np.full((9, 3), NAN)),))),
    "mesh index out of range": lambda b: b.create(bodies(kinds=0, shapes=(shapes.mesh(np.eye(3), [[0, 1, 9]]),))),
    "negative mesh index": lambda b: b.create(bodies(kinds=0, shapes=(shapes.mesh(np.eye(3), [[0, 1, -1]]),))),
    "empty mesh": lambda b: b.create(bodies(kinds=0, shapes=(shapes.mesh(np.eye(3), np.zeros((0, 3))),))),
    "NaN mesh": lambda b: b.create(bodies(kinds=0, shapes=(shapes.mesh(np.full((3, 3), NAN), [[0, 1, 2]]),))),
    "dynamic mesh": lambda b: b.create(bodies(shapes=(shapes.mesh(np.eye(3), [[0, 1, 2]]),))),
    "flat heightfield": lambda b: b.create(bodies(kinds=0, shapes=(shapes.heightfield(np.zeros((1, 5))),))),
    "NaN heightfield": lambda b: b.create(bodies(kinds=0, shapes=(shapes.heightfield(np.full((3, 3), NAN)),))),
    "collider of no body": lambda b: b.create(with_collider(body=3)),
    "collider of no shape": lambda b: b.create(with_collider(shape=3)),
    "negative friction": lambda b: b.create(with_collider(friction=-1)),
    "NaN restitution": lambda b: b.create(with_collider(restitution=NAN)),
    "restitution above one": lambda b: b.create(with_collider(restitution=2)),
    "NaN collider pose": lambda b: b.create(with_collider(pose=[NAN] * 7)),
    "remove unknown": lambda b: b.remove([99]),
    "remove negative": lambda b: b.remove([-1]),
    "fractional id": lambda b: b.remove([0.5]),
    "force on unknown": lambda b: b.apply([99], [[0] * 6]),
    "force on static": lambda b: b.apply([0], [[1] * 6]),
    "NaN force": lambda b: b.apply([1], [[NAN] * 6]),
    "infinite force": lambda b: b.apply([1], [[INF] * 6]),
    "short force": lambda b: b.apply([1], [[1, 2, 3]]),
    "NaN teleport": lambda b: b.set_poses([1], [[NAN] * 7]),
    "teleport of unknown": lambda b: b.set_poses([77], [pose(0, 0, 0)]),
    "two ids one and a half rows": lambda b: b.set_velocities([1, 2], [[0] * 6] * 3),
    "kinematic target of a dynamic body": lambda b: b.set_kinematic([1], [pose(0, 0, 0)]),
    "NaN gravity": lambda b: b.set_gravity((0, NAN, 0)),
    "negative steps": lambda b: b.step(-1),
    "a billion steps": lambda b: b.step(10**9),
    "half a step": lambda b: b.step(0.5),  # type: ignore[arg-type]
    "NaN ray": lambda b: b.raycast([(NAN, 0, 0)], [(0, 1, 0)]),
    "zero ray": lambda b: b.raycast([(0, 0, 0)], [(0, 0, 0)]),
    "endless ray": lambda b: b.raycast([(0, 0, 0)], [(0, 1, 0)], max_distance=INF),
    "two origins one direction": lambda b: b.raycast([(0, 0, 0)] * 2, [(0, 1, 0)]),
    "cast of nothing": lambda b: b.shapecast(shapes.sphere(0), pose(0, 0, 0), (1, 0, 0)),
    "cast of a mesh": lambda b: b.shapecast(shapes.mesh(np.eye(3), [[0, 1, 2]]), pose(0, 0, 0), (1, 0, 0)),
    "NaN cast": lambda b: b.shapecast(BALL, pose(0, 0, 0), (NAN, 0, 0)),
    "joint with itself": lambda b: b.create_joints(JointBatch(kinds=[JointKind.BALL], bodies_a=1, bodies_b=1)),
    "joint with unknown": lambda b: b.create_joints(JointBatch(kinds=[JointKind.BALL], bodies_a=-1, bodies_b=50)),
    "joint of static bodies": lambda b: b.create_joints(JointBatch(kinds=[JointKind.BALL], bodies_a=-1, bodies_b=0)),
    "joint of no kind": lambda b: b.create_joints(JointBatch(kinds=[99], bodies_a=1, bodies_b=2)),
    "crossed limits": lambda b: b.create_joints(JointBatch(kinds=[JointKind.HINGE], bodies_a=1, bodies_b=2, limits=(1, -1))),
    "NaN frame": lambda b: b.create_joints(JointBatch(kinds=[1], bodies_a=1, bodies_b=2, frames_a=[[NAN] * 7])),
    "endless rope": lambda b: b.create_joints(JointBatch(kinds=[JointKind.ROPE], bodies_a=1, bodies_b=2)),
    "NaN motor": lambda b: b.set_motors([0], 1, NAN, 1),
    "negative motor force": lambda b: b.set_motors([0], 1, 1, -1),
    "unknown joint": lambda b: b.set_motors([9], 1, 1, 1),
    "unknown articulation": lambda b: b.articulation(3),
    "absent URDF": lambda b: b.load_urdf("/nonexistent.urdf", pose(0, 0, 0)),
}


@pytest.fixture
def backend(engine: str) -> BackendBase:
    made = make_engine(engine)
    add_floor(made)
    add_bodies(made, [pose(0, 3, 0), pose(1.2, 3, 0)], BALL)
    join(made, JointKind.HINGE, 1, 2, (0.6, 3, 0))
    return made


@pytest.mark.parametrize("case", CASES)
def test_refused_with_a_sentence(backend: BackendBase, case: str) -> None:
    before = len(backend._bodies.ids)
    with np.errstate(all="ignore"), pytest.raises(TaixuError) as refusal:
        CASES[case](backend)
    message = str(refusal.value)
    assert message.endswith((".", ")")) and "\n" not in message and len(message) < 250
    run(backend, 5)
    assert np.isfinite(backend.poses()[0, :3]).all(), "the world goes on"
    assert len(backend._bodies.ids) == before, "nothing was half made"
    assert len(add_bodies(backend, [pose(5, 5, 5)], BALL)) == 1


@pytest.mark.parametrize("dt", [0.0, -1.0, NAN, INF, 1e9])
def test_bad_steps(engine: str, dt: float) -> None:
    with pytest.raises(TaixuError):
        make_engine(engine, dt=dt)
    assert Settings().dt == 1 / 60


@pytest.mark.parametrize(
    "points",
    [
        np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], float),
        np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]], float),
        np.random.default_rng(0).normal(size=(40, 3)) * 1e-5,
        np.random.default_rng(0).normal(size=(5000, 3)),
    ],
    ids=["flat", "line", "tiny", "many"],
)
def test_poor_hulls_are_made_or_refused(engine: str, points: np.ndarray) -> None:
    backend = make_engine(engine)
    try:
        ids = add_bodies(backend, [pose(0, 5, 0)], shapes.hull(points))
    except TaixuError:
        ids = add_bodies(backend, [pose(0, 5, 0)], BALL)
    run(backend, 30)
    assert np.isfinite(backend.poses()[0, ids]).all()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<robot",
        "not xml",
        "<model/>",
        "<robot name='a'/>",
        "<robot><link name='a'/><link name='a'/></robot>",
        "<robot><link name='a'/><joint name='j' type='fixed'><parent link='a'/><child link='b'/></joint></robot>",
        (
            "<robot><link name='a'/><link name='b'/><joint name='j' type='fixed'><parent link='a'/><child link='b'/></joint>"
            "<joint name='k' type='fixed'><parent link='b'/><child link='a'/></joint></robot>"
        ),
        "<robot><link name='a'><inertial><mass value='nan'/></inertial></link></robot>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><robot><link name='a'/></robot>",
    ],
)
def test_bad_urdfs(engine: str, tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.urdf"
    path.write_text(text)
    backend = make_engine(engine)
    with pytest.raises(TaixuError) as refusal:
        backend.load_urdf(str(path), pose(0, 0, 0))
    assert "bad.urdf" in str(refusal.value) and "\n" not in str(refusal.value)
