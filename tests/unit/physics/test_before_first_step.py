"""Bodies answer before the first step, and whether anybody asked changes nothing of what follows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from physics_rigs import ENGINES
from physics_worlds import make_app, play

from taixu.app import App, GameServices, Stage
from taixu.ecs import World
from taixu.physics import Character, Collider, Joint, PhysicsScene, RigidBody, shapes
from taixu.scene import CELL_M, Transform

DOWN = (0.0, -1.0, 0.0)
Change = Callable[[World, int], None]


def fill(app: App, *, cell: int = 0) -> int:
    """A pile that falls, a pendulum and a walker; a box of the pile."""
    world = app.world
    count = 30
    places = np.array([np.arange(count) % 5 * 1.1, 0.6 + np.arange(count) // 5 * 1.1, np.zeros(count)])
    cells = np.zeros((3, count), np.int32)
    cells[0] = cell
    boxes = world.spawn_batch(count, {Transform: {"translation": places, "cell": cells}, RigidBody: {}, Collider: {}})
    bob = world.spawn(Transform(translation=(8, 4, 0), cell=(cell, 0, 0)), RigidBody(), Collider("sphere"))
    world.spawn(Transform(translation=(8, 6, 0), cell=(cell, 0, 0)), Joint("ball", b=bob))
    world.spawn(Transform(translation=(-4, 0, 0), cell=(cell, 0, 0)), Character(velocity=(1.5, 0, 0)))
    return int(boxes[3])


@pytest.mark.parametrize("worker", [False, True])
@pytest.mark.parametrize("engine", ENGINES)
def test_bodies_answer(engine: str, worker: bool) -> None:
    app = make_app(engine, worker=worker)
    world, scene = app.world, app.world.resource(PhysicsScene)
    ball = world.spawn(Transform(translation=(3, 5, 0)), RigidBody(), Collider("sphere"))
    hit = scene.raycast([(3, 9, 0), (30, 9, 0), (300, 9, 0)], [DOWN] * 3)
    floor = int(hit["entity"][1])
    assert hit["entity"].tolist() == [ball, floor, 0] and floor != ball
    assert hit["distance"][:2] == pytest.approx([3.5, 9.0], abs=1e-3)
    assert scene.raycast((3, 9, 0), DOWN, ignore=ball)[0]["entity"] == floor
    assert scene.overlaps(shapes.sphere(1.0), (3, 4.2, 0)).tolist() == [ball]
    assert scene.shapecast(shapes.sphere(0.2), (3, 9, 0), (0, -20, 0))["entity"] == ball
    world.set(ball, Transform, translation=(6, 5, 0))
    other = world.spawn(Transform(translation=(3, 7, 0)), Collider())
    hit = scene.raycast([(6, 9, 0), (3, 9, 0)], [DOWN, DOWN])
    assert hit["entity"].tolist() == [ball, other], "what was moved and what came since"
    world.despawn(other)
    assert scene.raycast((3, 9, 0), DOWN)[0]["entity"] == floor
    assert world.get(ball, Transform).translation == (6, 5, 0), "nothing falls before the first step"
    play(app, 30)
    assert scene.raycast((6, 9, 0), DOWN)[0]["distance"] > 3.9, "then it does"
    app.close()


def test_far_from_the_middle() -> None:
    app = make_app("rapier", floor=False)
    box = fill(app, cell=7)
    place = app.world.get(box, Transform).translation
    hit = app.world.resource(PhysicsScene).raycast((7 * CELL_M + place[0], place[1] + 20, 0), DOWN)[0]
    assert hit["point"][0] == pytest.approx(7 * CELL_M + place[0], abs=1e-3) and hit["entity"]
    app.close()


def nothing(world: World, box: int) -> None:
    """What scripts mostly do before the first step."""


def move(world: World, box: int) -> None:
    world.set(box, Transform, translation=(-2, 9, 0))


def push(world: World, box: int) -> None:
    world.set(box, RigidBody, linear_velocity=(0, 5, 1))


def spawn(world: World, box: int) -> None:
    world.spawn(Transform(translation=(2, 12, 0)), RigidBody(), Collider("sphere"))


def despawn(world: World, box: int) -> None:
    world.despawn(box)


def resize(world: World, box: int) -> None:
    world.set(box, Collider, size=(2, 1, 1))


@pytest.mark.parametrize("change", [nothing, move, push, spawn, despawn, resize])
@pytest.mark.parametrize("engine", ENGINES)
def test_asking_changes_nothing(engine: str, change: Change) -> None:
    hashes = []
    for asks in (False, True):
        app = make_app(engine)
        scene = app.world.resource(PhysicsScene)
        if asks:
            assert scene.raycast((0, 50, 0), DOWN)[0]["entity"], "the floor"
        box = fill(app)
        for _ in range(2 if asks else 0):
            assert scene.raycast((0, 50, 0), DOWN)[0]["entity"]
        change(app.world, box)
        play(app, 90)
        hashes.append(app.world.state_hash())
        app.close()
    assert hashes[0] == hashes[1]


def test_a_draft_that_holds_is_kept() -> None:
    app = make_app("rapier")
    fill(app)
    scene = app.world.resource(PhysicsScene)
    scene.raycast((0, 50, 0), DOWN)
    backend = scene.backend
    play(app, 2)
    assert scene.backend is backend is not None
    app.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_what_runs_before_the_bodies_asks_in_the_first_step(engine: str) -> None:
    """As `on_start` of a script does."""
    app = make_app(engine)
    box = fill(app)
    seen: list[object] = []
    ray = app.world.resource(GameServices).require("raycast")
    place = app.world.get(box, Transform).translation
    above = (place[0], 50.0, 0.0)
    app.add_system(Stage.FIXED, lambda world: seen.append(ray(world, above, DOWN)))
    play(app, 3)
    assert all(seen) and len(seen) == 3
    app.close()
