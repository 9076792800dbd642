"""Bodies in worlds: spawning, moving, editing, parents, cells, events, interpolation, stopping and going back."""

from __future__ import annotations

import numpy as np
import pytest
from physics_rigs import ENGINES
from physics_worlds import make_app, place, play

from taixu.app import App, GameEvents, GameServices
from taixu.ecs import indices_of
from taixu.errors import TaixuError
from taixu.physics import Character, Collider, Joint, PhysicsScene, RigidBody, scene_events
from taixu.physics.events import EventKind
from taixu.scene import Parent, Transform, WorldTransforms


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest) -> App:
    made = make_app(request.param)
    yield made
    made.close()


def test_what_is_submitted_at_one_tick_is_read_at_the_next(app: App) -> None:
    ball = app.world.spawn(Transform(translation=(0, 5, 0)), RigidBody(), Collider("sphere"))
    play(app, 1)
    assert place(app.world, ball) == (0, 5, 0)
    play(app, 1)
    assert place(app.world, ball)[1] == pytest.approx(5 - 9.81 / 3600, rel=1e-3)
    assert app.world.get(ball, RigidBody).linear_velocity[1] == pytest.approx(-9.81 / 60, rel=0.4)


def test_boxes_come_to_rest_and_sleep(app: App) -> None:
    world = app.world
    boxes = world.spawn_batch(
        12,
        {Transform: {"translation": np.array([np.arange(12) * 1.5, np.full(12, 1.0), np.zeros(12)])}, RigidBody: {}, Collider: {}},
    )
    scene = play(app, 240)
    assert world.gather(boxes, Transform, "translation")[1] == pytest.approx(np.full(12, 0.5), abs=0.02)
    assert scene.awake_count == 0
    tick = world.tick
    play(app, 5)
    for table in world.query(Transform, RigidBody):
        changed = table.changed((Transform, RigidBody), since=tick)
        assert (changed.stop - changed.start if isinstance(changed, slice) else len(changed)) == 0, "asleep writes nothing"


def test_a_spawned_body_does_not_disturb_the_others(app: App) -> None:
    world = app.world
    resting = world.spawn(Transform(translation=(0, 0.5, 0)), RigidBody(), Collider())
    scene = play(app, 200)
    assert scene.awake_count == 0
    body = scene.mirror.body_of[resting & 0xFFFFFFFF]
    bullet = world.spawn(Transform(translation=(20, 5, 0)), RigidBody(), Collider("sphere"))
    play(app, 3)
    world.despawn(bullet)
    play(app, 3)
    assert scene.mirror.body_of[resting & 0xFFFFFFFF] == body
    assert scene.awake_count == 0, "it was not built anew"


def test_a_world_that_its_bodies_have_left_rests_until_others_come(app: App) -> None:
    first = app.world.spawn(Transform(translation=(0, 5, 0)), RigidBody(), Collider())
    play(app, 10)
    app.world.despawn(first)
    play(app, 10)
    scene = app.resource(PhysicsScene)
    assert scene.awake_count == 0 and not len(scene.events)
    scene.apply_force(first, (1.0, 0.0, 0.0))  # at nobody: forgotten
    second = app.world.spawn(Transform(translation=(0, 5, 0)), RigidBody(), Collider())
    play(app, 30)
    assert float(app.world.get(second, Transform).translation[1]) == pytest.approx(5 - 9.81 * 0.5**2 / 2, abs=0.15)
    assert float(app.world.get(second, Transform).translation[0]) == pytest.approx(0.0, abs=1e-3)


def test_writing_a_transform_moves_the_body(app: App) -> None:
    world = app.world
    box = world.spawn(Transform(translation=(0, 0.5, 0)), RigidBody(), Collider())
    play(app, 150)
    world.set(box, Transform, translation=(7, 3, 0))
    play(app, 2)
    assert place(world, box)[0] == pytest.approx(7, abs=0.01)
    play(app, 120)
    assert place(world, box) == pytest.approx((7, 0.5, 0), abs=0.03)


def test_writing_a_velocity_pushes_the_body(app: App) -> None:
    world = app.world
    box = world.spawn(Transform(translation=(0, 10, 0)), RigidBody(gravity_scale=0), Collider())
    play(app, 10)
    world.set(box, RigidBody, linear_velocity=(3, 0, 0))
    play(app, 61)
    assert place(world, box)[0] == pytest.approx(3.0, abs=0.1)
    assert world.get(box, RigidBody).linear_velocity == pytest.approx((3, 0, 0), abs=1e-3)


def test_edited_bodies_are_built_anew_in_motion(app: App) -> None:
    world = app.world
    ball = world.spawn(Transform(translation=(0, 10, 0)), RigidBody(linear_velocity=(2, 0, 0)), Collider("sphere"))
    play(app, 20)
    before = place(world, ball)
    world.set(ball, Collider, size=(2, 2, 2))
    play(app, 2)
    assert world.get(ball, RigidBody).linear_velocity[0] == pytest.approx(2, abs=0.02)
    assert place(world, ball)[1] < before[1]
    play(app, 150)
    assert place(world, ball)[1] == pytest.approx(1.0, abs=0.03)
    world.remove(ball, RigidBody)
    still = place(world, ball)
    play(app, 30)
    assert place(world, ball) == still, "without a body it is part of the world"


def test_kinematic_bodies_follow_their_transform_and_push(app: App) -> None:
    world = app.world
    door = world.spawn(Transform(translation=(-2, 1, 0)), RigidBody(kind="kinematic"), Collider(size=(0.2, 2, 2)))
    box = world.spawn(Transform(translation=(0, 0.5, 0)), RigidBody(), Collider())
    for i in range(120):
        world.set(door, Transform, translation=(-2 + 0.03 * i, 1, 0))
        play(app, 1)
    assert place(world, door)[0] == pytest.approx(1.57, abs=1e-5)
    assert place(world, box)[0] > 1.5


def test_compound_of_children(app: App) -> None:
    """A table: a top with four legs, made of child entities, stands; its parts move with it."""
    world = app.world
    table = world.spawn(Transform(translation=(0, 1.5, 0)), RigidBody(), Collider(size=(2, 0.2, 2)))
    legs = [
        world.spawn(Transform(translation=(x, -0.6, z)), Parent(table), Collider(size=(0.2, 1.0, 0.2)))
        for x in (-0.9, 0.9)
        for z in (-0.9, 0.9)
    ]
    scene = play(app, 200)
    assert place(world, table)[1] == pytest.approx(1.1, abs=0.03)
    assert {int(scene.mirror.owner_of[leg & 0xFFFFFFFF]) for leg in legs} == {table & 0xFFFFFFFF}
    assert [place(world, leg)[1] for leg in legs] == pytest.approx([-0.6] * 4)
    hit = scene.raycast([(0.9, 5, 0.9)], [(0, -1, 0)])[0]
    assert hit["entity"] == table
    world.despawn(legs[:2])
    play(app, 120)
    assert place(world, table)[1] < 1.05 or abs(world.get(table, Transform).rotation[2]) > 0.1, "it tips over"


def test_bodies_below_parents(app: App) -> None:
    world = app.world
    group = world.spawn(Transform(translation=(10, 1, 0), rotation=(0, 0.5**0.5, 0, 0.5**0.5), scale=(2, 2, 2)))
    ball = world.spawn(Transform(translation=(0, 2, 1)), Parent(group), RigidBody(), Collider("sphere"))
    scene = play(app, 2)
    hit = scene.raycast([(11.9, 20, 0)], [(0, -1, 0)])[0]
    assert hit["entity"] == ball and hit["point"][1] == pytest.approx(6.0, abs=0.05), "placed and scaled by its parent"
    play(app, 200)
    world_y = 1 + 2 * place(world, ball)[1]
    assert world_y == pytest.approx(1.0, abs=0.05), "radius 1 on the floor"
    wall = world.spawn(Transform(translation=(0, 0, 0)), Parent(group), Collider(size=(1, 1, 1)))
    play(app, 2)
    world.set(group, Transform, translation=(-20, 1, 0))
    play(app, 3)
    assert scene.raycast([(-20, 20, 0)], [(0, -1, 0)])[0]["entity"] == wall


def test_scale_of_the_transform(app: App) -> None:
    world = app.world
    box = world.spawn(Transform(translation=(0, 3, 0), scale=(1, 3, 1)), RigidBody(), Collider())
    play(app, 180)
    assert place(world, box)[1] == pytest.approx(1.5, abs=0.03)
    world.set(box, Transform, scale=(1, 1, 1))
    play(app, 120)
    assert place(world, box)[1] == pytest.approx(0.5, abs=0.03)


def test_far_from_the_origin(app: App) -> None:
    """6,400 km away bodies fall as they do here: they are counted from their own cell."""
    app.world.despawn(np.concatenate([table.entities for table in app.world.query(Collider)]))
    world, cell = app.world, (6250, 0, -6250)
    world.spawn(Transform(cell=cell, translation=(0, -1, 0)), Collider(size=(100, 2, 100)))
    ball = world.spawn(Transform(cell=cell, translation=(0, 2, 0)), RigidBody(linear_velocity=(0.06, 0, 0)), Collider("sphere"))
    xs = []
    for _ in range(120):
        play(app, 1)
        xs.append(place(world, ball)[0])
    assert world.get(ball, Transform).cell == cell
    assert place(world, ball)[1] == pytest.approx(0.5, abs=0.02)
    steps = np.diff(xs[2:30])
    assert steps == pytest.approx(np.full(len(steps), 0.001), abs=1e-5), "a millimetre a tick, evenly"
    hit = world.resource(PhysicsScene).raycast([(6250 * 1024.0 + 3, 50, -6250 * 1024.0)], [(0, -1, 0)])[0]
    assert hit["point"] == pytest.approx((6250 * 1024.0 + 3, 0, -6250 * 1024.0), abs=0.01)


def test_a_body_that_goes_far_changes_its_cell(app: App) -> None:
    world = app.world
    ball = world.spawn(
        Transform(translation=(0, 50, 0)), RigidBody(linear_velocity=(3000, 0, 0), gravity_scale=0), Collider("sphere")
    )
    play(app, 60)
    after = world.get(ball, Transform)
    assert after.cell[0] >= 1 and abs(after.translation[0]) <= 1024
    assert after.cell[0] * 1024 + after.translation[0] == pytest.approx(3000 * 59 / 60, rel=0.02)


def test_joints_hang_and_swing(app: App) -> None:
    world = app.world
    bob = world.spawn(Transform(translation=(1, 5, 0)), RigidBody(can_sleep=False), Collider("sphere", size=(0.2, 0.2, 0.2)))
    hook = world.spawn(Transform(translation=(0, 5, 0)), Joint("ball", b=bob))
    play(app, 1)
    distances = []
    for _ in range(120):
        play(app, 1)
        distances.append(np.linalg.norm(np.subtract(place(world, bob), (0, 5, 0))))
    assert distances == pytest.approx(np.ones(120), abs=0.02)
    assert place(world, bob)[1] < 5
    world.set(bob, Collider, friction=0.9)
    play(app, 30)
    assert np.linalg.norm(np.subtract(place(world, bob), (0, 5, 0))) == pytest.approx(1, abs=0.02), "kept when built anew"
    world.despawn(hook)
    play(app, 120)
    assert place(world, bob)[1] < 0.2


def test_hinge_with_limits_and_motor(app: App) -> None:
    world = app.world
    plank = world.spawn(Transform(translation=(0, 1, 0)), RigidBody(can_sleep=False), Collider(size=(4, 0.2, 1)))
    axle = world.spawn(Transform(translation=(0, 1, 0)), Joint("hinge", b=plank, axis=(0, 0, 1), limits=(-0.2, 0.2)))
    play(app, 5)
    world.set(axle, Joint, motor="velocity", motor_target=1.0, motor_force=5000.0)
    play(app, 90)
    turn = world.get(plank, Transform).rotation
    assert 2 * np.arctan2(turn[2], turn[3]) == pytest.approx(0.2, abs=0.04)
    world.set(axle, Joint, motor_target=-1.0)
    play(app, 90)
    turn = world.get(plank, Transform).rotation
    assert 2 * np.arctan2(turn[2], turn[3]) == pytest.approx(-0.2, abs=0.04)
    assert place(world, plank) == pytest.approx((0, 1, 0), abs=0.02)


def test_events_reach_scripts(app: App) -> None:
    world = app.world
    events = world.resource(GameEvents)
    ball = world.spawn(Transform(translation=(0, 1, 0)), RigidBody(), Collider("sphere", report_contacts=True))
    gate = world.spawn(Transform(translation=(0, 0.8, 0)), Collider("box", size=(3, 0.2, 3), is_trigger=True))
    floor = next(int(e) for table in world.query(Collider, without=(RigidBody,)) for e in table.entities if int(e) != gate)
    start = events.cursor
    play(app, 60)
    got = {batch.kind: batch for batch in reversed(events.since(start))}
    assert set(got["collision_begin"].entities.tolist()) == {ball, floor}
    assert got["collision_begin"].columns["position"][1, 0] == pytest.approx(0, abs=0.05)
    assert set(got["trigger_enter"].entities.tolist()) == {ball, gate}
    scene = world.resource(PhysicsScene)
    assert any(row["kind"] == EventKind.STAY and int(row["entity"]) in (ball, floor) for row in scene.events)
    start = events.cursor
    world.set(ball, Transform, translation=(5, 5, 0))
    play(app, 4)
    assert {"collision_end", "trigger_leave"} <= {batch.kind for batch in events.since(start)}


def test_services(app: App) -> None:
    world = app.world
    services = world.resource(GameServices)
    box = world.spawn(Transform(translation=(0, 0.5, 0)), RigidBody(mass_kg=2), Collider(friction=0))
    assert services.require("raycast")(world, (0, 9, 0), (0, -1, 0))["entity"] == box, "before the first step"
    play(app, 3)
    hit = services.require("raycast")(world, (0, 9, 0), (0, -1, 0))
    assert hit["entity"] == box and hit["distance"] == pytest.approx(8, abs=0.03)
    assert services.require("raycast")(world, (0, 9, 0), (0, -1, 0), ignore=box)["entity"] != box
    assert services.require("raycast")(world, (0, 9, 0), (0, 1, 0)) is None
    services.require("apply_impulse")(world, box, (4, 0, 0))
    play(app, 3)
    assert services.require("get_velocity")(world, box)[0][0] == pytest.approx(2, rel=0.05)
    services.require("set_velocity")(world, box, linear=(0, 0, 1))
    play(app, 2)
    assert services.require("get_velocity")(world, box)[0][2] == pytest.approx(1, rel=0.05)
    services.require("apply_impulse")(world, box, (0, 0, 2), at=(0.5, 0.5, 0))
    play(app, 3)
    assert services.require("get_velocity")(world, box)[1][1] < -0.5, "an impulse off the centre turns it"
    for bad in ((float("nan"), 0, 0), (1, 2)):
        with pytest.raises(TaixuError):
            services.require("apply_force")(world, box, bad)
    with pytest.raises(TaixuError):
        services.require("apply_force")(world, world.spawn(Transform()), (1, 0, 0))


def test_interpolation_shows_the_moment_between_steps(app: App) -> None:
    world = app.world
    ball = world.spawn(Transform(translation=(0, 9, 0)), RigidBody(linear_velocity=(6, 0, 0), gravity_scale=0), Collider("sphere"))
    play(app, 10)
    index = int(indices_of(np.array([ball], np.uint64))[0])
    now = place(world, ball)[0]
    app.frame(0.5 / 60)
    assert place(world, ball)[0] == now, "the transform itself is that of the step"
    assert world.resource(WorldTransforms).matrices[index].reshape(3, 4)[0, 3] == pytest.approx(now - 0.05, abs=0.002)


def test_snapshot_and_restore(app: App) -> None:
    world = app.world
    ids = world.spawn_batch(
        5,
        {
            Transform: {"translation": np.array([np.zeros(5), 1 + 1.3 * np.arange(5), 0.2 * np.arange(5)])},
            RigidBody: {},
            Collider: {},
        },
    )
    play(app, 40)
    kept = world.snapshot()
    before = world.gather(ids, Transform, "translation").copy()
    play(app, 60)
    first = world.state_hash()
    world.restore(kept)
    assert np.array_equal(world.gather(ids, Transform, "translation"), before)
    play(app, 60)
    after = world.gather(ids, Transform, "translation")
    assert np.isfinite(after).all() and after[1].max() < 8
    if world.resource(PhysicsScene).backend.caps.resumable:
        assert world.state_hash() == first


def test_a_fork_goes_its_own_way(app: App) -> None:
    world = app.world
    ball = world.spawn(Transform(translation=(0, 5, 0)), RigidBody(), Collider("sphere"))
    play(app, 20)
    fork = world.fork()
    scene = fork.resource(PhysicsScene)
    assert scene is not world.resource(PhysicsScene)
    before = place(world, ball)
    for _ in range(30):
        scene.step(fork)
    assert place(world, ball) == before
    assert place(fork, ball)[1] < before[1] - 0.5
    scene.close()


def test_bad_values_in_components_are_said_and_left_out(app: App, caplog: pytest.LogCaptureFixture) -> None:
    world = app.world
    good = world.spawn(Transform(translation=(0, 0.5, 0)), RigidBody(), Collider())
    for bad in (
        Collider(size=(0, 1, 1)),
        Collider("sphere", size=(float("nan"),) * 3),
        Collider("mesh"),
        Collider("hull", data={"points": "x"}),
        Collider("heightfield"),
        Collider(friction=-1),
        Collider("mesh", data={"points": [[0, 0, 0]], "triangles": [[0, 1, 2]]}),
    ):
        world.spawn(Transform(translation=(5, 5, 5)), RigidBody(), bad)
    world.spawn(Transform(), Joint("hinge", axis=(0, 0, 0), b=good))
    world.spawn(Transform(), Joint("ball"))
    with np.errstate(all="ignore"):
        play(app, 30)
    assert place(world, good)[1] == pytest.approx(0.5, abs=0.02)
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) >= 6
    world.set(good, Transform, translation=(float("nan"), 0, 0))
    with np.errstate(all="ignore"):
        play(app, 5)
    assert len(caplog.records) > 6


def test_two_worlds_in_one_process(app: App) -> None:
    engine = app.world.resource(PhysicsScene)._wanted
    other = make_app(engine)
    one, two = (a.world.spawn(Transform(translation=(0, y, 0)), RigidBody(), Collider()) for a, y in ((app, 2.0), (other, 5.0)))
    play(app, 10)
    play(other, 10)
    assert place(app.world, one)[1] < 2 and 4 < place(other.world, two)[1] < 5
    other.close()
    play(app, 120)
    assert place(app.world, one)[1] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("count", [50, 500])
def test_a_steady_frame_costs_no_python_per_body(count: int) -> None:
    """Above the engine's own getters, as many Python calls for 500 moving bodies as for 50."""
    import sys

    app = make_app("rapier", floor=False)
    world = app.world
    world.spawn_batch(
        count,
        {
            Transform: {"translation": np.array([np.arange(count) * 2.0, np.zeros(count), np.zeros(count)])},
            RigidBody: {},
            Collider: {},
        },
    )
    scene = play(app, 5)
    calls = 0

    def count_calls(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        code = frame.f_code  # type: ignore[attr-defined]
        if event == "call" and "rapier" not in code.co_filename:
            calls += 1

    sys.setprofile(count_calls)
    scene.step(world)
    sys.setprofile(None)
    assert scene.awake_count == count
    assert calls < 600
    app.close()


def test_names() -> None:
    assert scene_events.SCENE_EVENT.names == ("kind", "trigger", "entity", "other", "point", "normal", "impulse")
    assert Character().radius_m == 0.3
