"""Who touches whom, triggers, layers, bullets, sleep, kinematic bodies; on every engine."""

from __future__ import annotations

import numpy as np
import pytest
from physics_rigs import ENGINES, add_bodies, add_floor, make_engine, pose, run, state_hash

from taixu.physics import shapes
from taixu.physics.batch import BodyBatch, BodyFlags, BodyKind
from taixu.physics.events import EventKind

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_contact_begins_stays_and_ends(engine: str) -> None:
    backend = make_engine(engine)
    floor = add_floor(backend)
    ball = int(add_bodies(backend, [pose(0, 1.5, 0)], shapes.sphere(0.5), events=True, mass_kg=2.0)[0])
    events = [row for rows in run(backend, 60, lambda: backend.events().copy()) for row in rows]
    kinds = [int(row["kind"]) for row in events]
    assert kinds[0] == EventKind.BEGIN and kinds.count(EventKind.BEGIN) == 1 and EventKind.STAY in kinds
    first = events[0]
    assert {int(first["a"]), int(first["b"])} == {floor, ball} and first["a"] < first["b"]
    assert abs(first["normal"][1]) == pytest.approx(1.0, abs=0.01)
    assert first["normal"][1] * (1 if first["a"] == ball else -1) > 0, "from b towards a"
    assert first["point"][1] == pytest.approx(0.0, abs=0.1)
    assert max(row["impulse"] for row in events) > 2.0
    backend.set_poses([ball], [pose(0, 5, 0)])
    backend.step()
    assert [int(row["kind"]) for row in backend.events()] == [EventKind.END]
    backend.step()
    assert not len(backend.events())


def test_only_bodies_that_ask_are_reported(engine: str) -> None:
    backend = make_engine(engine)
    add_floor(backend)
    add_bodies(backend, [pose(0, 0.5, 0)], shapes.box(1.0))
    assert not any(len(rows) for rows in run(backend, 10, backend.events))


def test_trigger_tells_who_comes_and_goes(engine: str) -> None:
    backend = make_engine(engine)
    gate = int(
        add_bodies(backend, [pose(0, 0, 0)], shapes.box((2.0, 1.0, 2.0)), trigger=True, kinds=BodyKind.STATIC, mass_kg=np.nan)[0]
    )
    ball = int(add_bodies(backend, [pose(0, 2.0, 0)], shapes.sphere(0.3), flags=BodyFlags.NONE)[0])
    log = [
        (int(row["kind"]), bool(row["trigger"]), int(row["a"]), int(row["b"]))
        for _ in range(90)
        for row in (backend.step(), backend.events())[1]
    ]
    begin, end = (EventKind.BEGIN, True, gate, ball), (EventKind.END, True, gate, ball)
    assert log[0] == begin and log[-1] == end
    assert log.count(begin) == log.count(end) == 1
    assert backend.poses()[0, ball, 1] < -3, "it fell through"


def test_trigger_sees_kinematic_bodies(engine: str) -> None:
    backend = make_engine(engine)
    add_bodies(backend, [pose(0, 0, 0)], shapes.sphere(1.0), trigger=True, kinds=BodyKind.STATIC, mass_kg=np.nan)
    walker = add_bodies(backend, [pose(5, 0, 0)], shapes.capsule(0.3, 1.0), kinds=BodyKind.KINEMATIC, mass_kg=np.nan)
    seen = []
    for i in range(60):
        backend.set_kinematic(walker, [pose(5 - 0.1 * (i + 1), 0, 0)])
        backend.step()
        seen.append(len(backend.events()))
    assert sum(seen) > 5 and not any(seen[:20])


def test_layers_and_masks(engine: str) -> None:
    backend = make_engine(engine)
    add_floor(backend)
    ghost, solid = (
        int(add_bodies(backend, [pose(x, 1, 0)], shapes.box(1.0), layer=layer, mask=mask)[0])
        for x, layer, mask in ((0, 2, 2), (3, 2, 3))
    )
    run(backend, 120)
    heights = backend.poses()[0, :, 1]
    assert heights[ghost] < -5, "the floor is in a layer that it does not collide with"
    assert heights[solid] == pytest.approx(0.5, abs=0.05)
    ray = {"origins": [(3, 5, 0)], "directions": [(0, -1, 0)]}
    assert backend.raycast(**ray, mask=2)["body"][0] == solid
    assert backend.raycast(**ray, mask=4)["body"][0] == -1


def test_bullet_stops_at_a_thin_wall(engine: str) -> None:
    backend = make_engine(engine, gravity=(0.0, 0.0, 0.0))
    wall = BodyBatch(poses=[pose(5, 0, 0)], kinds=BodyKind.STATIC, shapes=(shapes.box((0.05, 10, 10)),))
    backend.create(wall)
    bullets = add_bodies(
        backend,
        [pose(0, y, 0.1) for y in (-2, 0, 2)],
        shapes.sphere(0.1),
        flags=BodyFlags.CCD,
        velocities=[[speed, 0, 0, 0, 0, 0] for speed in (90, 150, 300)],
    )
    farthest = np.max(run(backend, 30, lambda: backend.poses()[0, bullets, 0].max()))
    assert farthest < 5.0


def test_pile_falls_asleep_and_is_woken(engine: str) -> None:
    backend = make_engine(engine)
    add_floor(backend)
    places = [pose(1.2 * (i % 5), 0.5 + 1.02 * (i // 25), 1.2 * (i // 5 % 5)) for i in range(75)]
    boxes = add_bodies(backend, places, shapes.box(1.0))
    assert len(backend.awake()) == 75
    run(backend, 400)
    assert len(backend.awake()) == 0
    still = backend.poses()[0, boxes].copy()
    run(backend, 60)
    assert np.array_equal(still, backend.poses()[0, boxes]), "asleep means unmoved, bit for bit"
    ball = add_bodies(backend, [pose(-6, 1.2, 2.4)], shapes.sphere(0.6), mass_kg=40.0, velocities=[[25, 0, 0, 0, 0, 0]])
    run(backend, 30)
    assert len(backend.awake()) > 5
    assert np.abs(backend.poses()[0, boxes, :3] - still[:, :3]).max() > 0.3
    assert backend.poses()[0, ball[0], 0] < 8


def test_removing_a_support_wakes_what_lay_on_it(engine: str) -> None:
    backend = make_engine(engine)
    add_floor(backend)
    low, high = add_bodies(backend, [pose(0, 0.5, 0), pose(0, 1.5, 0)], shapes.box(1.0))
    run(backend, 200)
    assert len(backend.awake()) == 0
    backend.remove([low])
    run(backend, 60)
    assert backend.poses()[0, high, 1] == pytest.approx(0.5, abs=0.05)


def test_kinematic_platform_carries(engine: str) -> None:
    backend = make_engine(engine)
    platform = add_bodies(backend, [pose(0, 0, 0)], shapes.box((4, 0.5, 4)), kinds=BodyKind.KINEMATIC, mass_kg=np.nan, friction=1.0)
    crate = add_bodies(backend, [pose(0, 0.76, 0)], shapes.box(1.0), friction=1.0)
    run(backend, 60)
    for i in range(120):
        speed = min(i, 30) / 30 * 0.02
        backend.set_kinematic(platform, backend.poses()[0, platform] + np.array([speed, 0.01, 0, 0, 0, 0, 0]))
        backend.step()
    poses = backend.poses()[0]
    assert poses[platform[0], 0] == pytest.approx(2.1, abs=0.02)
    assert poses[crate[0], :2] - poses[platform[0], :2] == pytest.approx((0, 0.75), abs=0.1)


@pytest.mark.parametrize(
    ("shape", "rest"),
    [
        (shapes.box((1, 0.6, 1)), 0.3),
        (shapes.sphere(0.4), 0.4),
        (shapes.cylinder(0.5, 0.8), 0.4),
        (shapes.hull(np.array(np.meshgrid([-0.5, 0.5], [-0.25, 0.25], [-0.5, 0.5])).reshape(3, -1).T), 0.25),
    ],
    ids=["box", "sphere", "cylinder", "hull"],
)
@pytest.mark.parametrize("ground", ["box", "mesh", "heightfield"])
def test_shapes_rest_on_grounds(engine: str, shape: shapes.Shape, rest: float, ground: str) -> None:
    backend = make_engine(engine)
    if ground == "box":
        add_floor(backend)
    else:
        flat = shapes.heightfield(np.zeros((12, 9)), (1.0, 1.0))
        made = flat if ground == "heightfield" else shapes.mesh(*flat.surface())
        backend.create(BodyBatch(poses=[pose(0, 0, 0)], kinds=BodyKind.STATIC, shapes=(made,)))
    body = add_bodies(backend, [pose(0.3, rest + 0.4, 0.2)], shape)[0]
    run(backend, 180)
    assert backend.poses()[0, body, 1] == pytest.approx(rest, abs=0.05)


def test_heightfield_slopes_along_the_right_axes(engine: str) -> None:
    """Rows run along z, columns along x."""
    backend = make_engine(engine)
    z, x = np.mgrid[0:5, 0:7]
    backend.create(BodyBatch(poses=[pose(0, 0, 0)], kinds=0, shapes=(shapes.heightfield(0.5 * x + 0.1 * z, (2.0, 3.0)),)))
    spots = np.array([(-4.3, 20, -3.1), (2.7, 20, 4.4)])
    hits = backend.raycast(spots, [(0, -1, 0)] * 2)
    expected = 0.25 * (spots[:, 0] + 6) + 0.1 / 3 * (spots[:, 2] + 6)
    assert hits["point"][:, 1] == pytest.approx(expected, abs=1e-3)


def test_gravity_scale_damping_and_locked_rotation(engine: str) -> None:
    backend = make_engine(engine)
    light = add_bodies(backend, [pose(0, 10, 0)], shapes.sphere(0.5), gravity_scales=0.0)[0]
    slow = add_bodies(
        backend, [pose(5, 10, 0)], shapes.sphere(0.5), gravity_scales=0.0, linear_dampings=1.0, velocities=[[0, 0, 2, 0, 0, 0]]
    )[0]
    upright = add_bodies(backend, [pose(10, 10, 0)], shapes.box((0.5, 2, 0.5)), flags=BodyFlags.LOCK_ROTATION)[0]
    for _ in range(60):
        backend.apply([upright], [[0, 0, 0, 0, 0, 50]])
        backend.step()
    poses, velocities = backend.poses()[0], backend.velocities()[0]
    assert poses[light, 1] == pytest.approx(10, abs=1e-4)
    assert velocities[slow, 2] == pytest.approx(2 * np.exp(-1), rel=0.03)
    assert poses[upright, 3:] == pytest.approx((0, 0, 0, 1), abs=1e-6)


def test_repeats_are_equal_bit_for_bit(engine: str) -> None:
    def play() -> str:
        backend = make_engine(engine)
        add_floor(backend)
        rng = np.random.default_rng(3)
        places = np.tile(pose(0, 0, 0), (60, 1))
        places[:, :3] = rng.uniform((-2, 1, -2), (2, 12, 2), (60, 3))
        boxes = add_bodies(backend, places, shapes.box(0.7))
        balls = add_bodies(backend, places + np.array([5, 0, 0, 0, 0, 0, 0]), shapes.sphere(0.4), restitution=0.3)
        run(backend, 60)
        backend.remove(boxes[10:20])
        backend.apply(balls[:5], np.tile((0, 300, 0, 0, 0, 0), (5, 1)))
        run(backend, 60)
        return state_hash(backend, np.concatenate([boxes[:10], boxes[20:], balls]))

    assert play() == play()


def test_snapshot_goes_back(engine: str) -> None:
    backend = make_engine(engine)
    add_floor(backend)
    boxes = add_bodies(backend, [pose(0.3 * i, 0.6 + 1.1 * i, 0) for i in range(8)], shapes.box(1.0))
    run(backend, 40)
    kept = backend.snapshot()
    before = backend.poses()[0, boxes].copy()
    run(backend, 40)
    first = state_hash(backend, boxes)
    backend.restore(kept)
    assert backend.poses()[0, boxes] == pytest.approx(before, abs=1e-9)
    run(backend, 40)
    if backend.caps.resumable:
        assert state_hash(backend, boxes) == first


def test_ids_are_the_smallest_free_ones(engine: str) -> None:
    backend = make_engine(engine)
    ids = add_bodies(backend, [pose(2 * i, 0, 0) for i in range(5)], shapes.sphere(0.5))
    assert ids.tolist() == [0, 1, 2, 3, 4]
    backend.remove([3, 1])
    assert add_bodies(backend, [pose(0, 5, 0)] * 3, shapes.sphere(0.5)).tolist() == [1, 3, 5]
    assert backend.poses().shape[0] == 1 and backend.poses().shape[2] == 7
