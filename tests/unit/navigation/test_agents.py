"""People in a world: they arrive, find another way when a door shuts, follow others, climb ladders."""

from __future__ import annotations

import numpy as np
import pytest
from walking_worlds import make_walking_app, spawn_block, walk

from taixu.app import App, GameEvents
from taixu.navigation import Agent, Navigation, NavigationArea, NavigationLink, Navigator
from taixu.navigation.agents import walk_agents
from taixu.physics import Collider, RigidBody
from taixu.scene import Parent, Transform


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path_factory.getbasetemp() / "navigation-cache"))


@pytest.fixture
def app() -> App:
    """A hall of 24 by 16 m; a wall across it leaves two gaps of a metre, at z 2.5 and at z -2.5."""
    made = make_walking_app()
    spawn_block(made, (24.0, 1.0, 16.0), (0.0, -0.5, 0.0))
    for depth, z in ((5.0, -5.5), (4.0, 0.0), (5.0, 5.5)):
        spawn_block(made, (0.3, 3.0, depth), (0.0, 1.5, z))
    return made


def place(app: App, entity: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.array(app.world.get(entity, Transform).translation)


def state(app: App, entity: int) -> str:
    return app.world.get(entity, Agent).state


def walk_until_done(app: App, entity: int, most: int = 1800) -> int:
    for step in range(most):
        walk(app, 1)
        if not app.world.get(entity, Agent).going:
            return step
    return most


def test_somebody_walks_to_a_goal_and_looks_where_they_go(app: App) -> None:
    walker = app.world.spawn(Transform(translation=(-6.0, 0.0, 4.0)), Agent(goal=(6.0, 0.0, 4.0), going=True, speed=2.0))
    cursor = app.world.resource(GameEvents).cursor
    walk(app, 60)
    assert state(app, walker) == "walking"
    x, y, z, w = app.world.get(walker, Transform).rotation
    assert x == z == 0.0 and 0.5 < 2 * np.arctan2(y, w) < 2.6  # towards +x
    steps = walk_until_done(app, walker)
    assert state(app, walker) == "arrived" and place(app, walker) == pytest.approx((6, 0, 4), abs=0.2)
    assert 300 < steps + 60 < 480  # about 12.7 m at 2 m/s
    assert [batch.kind for batch in app.world.resource(GameEvents).since(cursor)].count("arrived") == 1


def test_people_find_another_way_when_a_door_shuts_and_use_it_again_when_it_opens(app: App) -> None:
    door = spawn_block(app, (0.3, 3.0, 1.2), (0.0, 20.0, 2.5), kind="kinematic")
    walker = app.world.spawn(Transform(translation=(-6.0, 0.0, 5.0)), Agent(goal=(6.0, 0.0, 5.0), going=True))
    walk(app, 150)
    before = place(app, walker)
    assert before[0] > -4.5 and before[2] < 4.5  # on the way to the near gap
    app.world.set(door, Transform, translation=(0.0, 1.5, 2.5))
    walk(app, 120)
    assert place(app, walker)[2] < before[2] - 1.5  # turned round, to the far gap
    app.world.set(door, Transform, translation=(0.0, 20.0, 2.5))
    lowest = place(app, walker)[2]
    walk(app, 150)
    assert place(app, walker)[2] > lowest + 0.3  # and back
    walk_until_done(app, walker)
    assert place(app, walker) == pytest.approx((6, 0, 5), abs=0.2)


def test_who_has_no_way_waits_in_front_of_the_door_until_it_opens(app: App) -> None:
    doors = [spawn_block(app, (0.3, 3.0, 1.2), (0.0, 1.5, z), kind="kinematic") for z in (-2.5, 2.5)]
    walker = app.world.spawn(Transform(translation=(-6.0, 0.0, 2.5)), Agent(goal=(6.0, 0.0, 2.5), going=True))
    walk(app, 420)
    assert state(app, walker) == "blocked" and app.world.get(walker, Agent).going
    assert place(app, walker) == pytest.approx((-0.5, 0.0, 2.5), abs=0.35)
    app.world.despawn(doors[1])
    walk_until_done(app, walker)
    assert state(app, walker) == "arrived"


def test_a_new_goal_counts_at_once_and_stopping_stops(app: App) -> None:
    walker = app.world.spawn(Transform(translation=(-6.0, 0.0, 0.0)), Agent(goal=(-6.0, 0.0, 6.0), going=True))
    walk(app, 60)
    assert place(app, walker)[2] > 0.8
    app.world.set(walker, Agent, goal=(-6.0, 0.0, -6.0))
    walk(app, 120)
    assert place(app, walker)[2] < 0.5
    app.world.set(walker, Agent, going=False)
    walk(app, 2)
    stands = place(app, walker)
    walk(app, 30)
    assert place(app, walker) == pytest.approx(stands, abs=1e-3) and state(app, walker) == "idle"


def test_somebody_follows_somebody(app: App) -> None:
    leader = app.world.spawn(Transform(translation=(-3.0, 0.0, 4.0)), Agent(goal=(8.0, 0.0, -5.0), going=True))
    follower = app.world.spawn(Transform(translation=(-6.0, 0.0, 4.0)), Agent(target=leader, going=True, speed=1.3, near_m=1.0))
    walk(app, 900)
    assert np.linalg.norm(place(app, leader) - place(app, follower)) < 1.6
    app.world.despawn(leader)
    walk(app, 5)


def test_who_is_put_elsewhere_goes_on_from_there(app: App) -> None:
    walker = app.world.spawn(Transform(translation=(-6.0, 0.0, 5.0)), Agent(goal=(6.0, 0.0, 5.0), going=True))
    walk(app, 60)
    app.world.set(walker, Transform, translation=(3.0, 0.0, -5.0))
    walk(app, 3)
    assert place(app, walker)[2] < -4.5
    assert walk_until_done(app, walker) < 700


def test_ladders_are_climbed_and_closed_ones_are_not(app: App) -> None:
    spawn_block(app, (4.0, 0.4, 4.0), (-9.0, 3.8, 0.0))
    ladder = app.world.spawn(Transform(translation=(-6.4, 0.0, 0.0)), NavigationLink(to=(-1.2, 4.0, 0.0), kind="ladder"))
    walker = app.world.spawn(Transform(translation=(-4.0, 0.0, 0.0)), Agent(goal=(-10.0, 4.0, 0.0), going=True))
    heights = []
    for _ in range(700):
        walk(app, 1)
        heights.append(float(place(app, walker)[1]))
    assert state(app, walker) == "arrived" and heights[-1] == pytest.approx(4.0, abs=0.05)
    assert max(np.diff(heights)) < 0.05  # step by step
    app.world.set(ladder, NavigationLink, open=False)
    app.world.set(walker, Agent, goal=(-4.0, 0.0, 0.0), going=True)
    walk(app, 240)
    assert state(app, walker) == "blocked" and place(app, walker)[1] > 3.5


def test_the_mesh_follows_settings_areas_and_colliders(app: App) -> None:
    settings = app.world.spawn(Transform(), Navigation())
    walk(app, 1)
    navigator = app.world.resource(Navigator)
    mesh = navigator.wait(app.world)
    app.world.set(settings, Navigation, agent_radius_m=0.75, cell_m=0.2)
    wide = navigator.wait(app.world)
    assert wide.area_m2 < mesh.area_m2 and not wide.path((-6, 0, 0), (6, 0, 0)).complete  # gaps of a metre are too narrow now
    app.world.set(settings, Navigation, agent_radius_m=0.25, cell_m=0.15)
    app.world.spawn(Transform(translation=(0.0, 0.0, 2.5)), NavigationArea(kind="blocked", size=(2.0, 4.0, 1.4)))
    way = navigator.wait(app.world).path((-6, 0, 5), (6, 0, 5))
    assert way.complete and way.points[:, 2].min() < -1.5
    crate = spawn_block(app, (1.0, 1.0, 1.0), (-6.0, 0.5, 0.0), kind="dynamic")  # what forces move is no wall
    assert navigator.wait(app.world).locate([[-6.0, 0.0, 0.0]])[0] >= 0
    app.world.despawn(crate)


def test_only_touched_tiles_are_made_anew(app: App) -> None:
    app.world.spawn(Transform(), Navigation())
    navigator = app.world.resource(Navigator)
    navigator.wait(app.world)
    before = dict(navigator._tiles)
    spawn_block(app, (1.0, 1.0, 1.0), (-10.0, 0.5, -6.0))
    navigator.wait(app.world)
    changed = [place for place, tile in navigator._tiles.items() if before.get(place) is not tile]
    assert changed == [(-1, -1)]
    version = navigator.version
    walk(app, 30)
    assert navigator.version == version  # nothing moved, nothing is made


def test_bad_transforms_and_parents_are_left_alone(app: App, caplog: pytest.LogCaptureFixture) -> None:
    spawn_block(app, (1.0, 1.0, 1.0), (float("nan"), 0.0, 0.0))
    lost = app.world.spawn(Transform(translation=(float("nan"), 0.0, 0.0)), Agent(goal=(1.0, 0.0, 1.0), going=True))
    nowhere = app.world.spawn(Transform(translation=(-5.0, 0.0, 0.0)), Agent(goal=(float("inf"), 0.0, 0.0), going=True))
    above = app.world.spawn(Transform())
    child = app.world.spawn(Transform(), Parent(above), Agent(goal=(3.0, 0.0, 0.0), going=True))
    far = app.world.spawn(Transform(translation=(500.0, 0.0, 0.0)), Agent(goal=(3.0, 0.0, 0.0), going=True))
    good = app.world.spawn(Transform(translation=(-6.0, 0.0, 0.0)), Agent(goal=(-6.0, 0.0, 4.0), going=True))
    walk(app, 300)
    assert state(app, good) == "arrived" and state(app, lost) == "idle" and state(app, nowhere) == "idle"
    assert place(app, child) == pytest.approx((0, 0, 0)) and place(app, far) == pytest.approx((500, 0, 0))


def test_impossible_settings_are_said_once(app: App, caplog: pytest.LogCaptureFixture) -> None:
    settings = app.world.spawn(Transform(), Navigation(cell_m=-1.0))
    walk(app, 40)
    assert caplog.text.count("cell_m") == 1
    app.world.set(settings, Navigation, cell_m=0.15)
    walk(app, 10)
    assert app.world.resource(Navigator).mesh is not None


def test_runs_repeat_and_go_on_after_a_snapshot(app: App) -> None:
    for i in range(12):
        app.world.spawn(Transform(translation=(-8.0 + 0.7 * i, 0.0, -6.0)), Agent(goal=(8.0 - 0.7 * i, 0.0, 6.0), going=True))
    walk(app, 90)
    kept = app.world.snapshot()
    ends = []
    for _ in range(2):
        app.world.restore(kept)
        walk(app, 200)
        ends.append(np.concatenate([table.read(Transform, "translation").copy() for table in app.world.query(Agent)], axis=1))
    assert np.array_equal(*ends)


def test_a_fork_walks_on_by_itself(app: App) -> None:
    walker = app.world.spawn(Transform(translation=(-6.0, 0.0, 4.0)), Agent(goal=(6.0, 0.0, 4.0), going=True))
    walk(app, 90)
    fork = app.world.fork()
    mesh = fork.resource(Navigator).mesh
    assert mesh is app.world.resource(Navigator).mesh
    before = place(app, walker)
    for _ in range(60):
        walk_agents(fork)
    assert fork.get(walker, Transform).translation[0] > before[0] + 0.8 and place(app, walker) == pytest.approx(before)
    assert fork.resource(Navigator).wait(fork).area_m2 == mesh.area_m2


def test_walkers_with_colliders_are_no_walls(app: App) -> None:
    body = (RigidBody(kind="kinematic"), Collider("capsule", size=(0.5, 1.8, 0.5), offset=(0.0, 0.9, 0.0)))
    walker = app.world.spawn(Transform(translation=(-6.0, 0.0, 4.0)), Agent(goal=(6.0, 0.0, 4.0), going=True), *body)
    head = app.world.spawn(Transform(translation=(0.0, 1.0, 0.0)), Parent(walker), Collider(size=(0.4, 1.9, 0.4)))
    assert walk_until_done(app, walker) < 900 and state(app, walker) == "arrived"
    mesh = app.world.resource(Navigator).wait(app.world)
    assert mesh.locate([place(app, walker)])[0] >= 0 and app.world.alive(head)[0]
