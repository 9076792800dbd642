"""An engine in a process of its own gives the same world, and its death is survived."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest
from physics_rigs import ENGINES, MODULES, add_bodies, add_floor, pose
from physics_worlds import make_app, place, play

from taixu.errors import TaixuError
from taixu.physics import Character, Collider, Joint, RigidBody, native, shapes
from taixu.physics.engines import make_backend
from taixu.physics.protocol import Settings
from taixu.scene import Transform

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def busy_world(engine: str, *, worker: bool) -> list[str]:
    """State hashes of a world in which much happens."""
    app = make_app(engine, worker=worker)
    world = app.world
    boxes = world.spawn_batch(
        40,
        {
            Transform: {"translation": np.array([np.arange(40) % 5 * 1.1, 0.5 + np.arange(40) // 5 * 1.02, np.zeros(40)])},
            RigidBody: {},
            Collider: {"report_contacts": True},
        },
    )
    bob = world.spawn(Transform(translation=(8, 4, 0)), RigidBody(), Collider("sphere"))
    world.spawn(Transform(translation=(8, 6, 0)), Joint("ball", b=bob))
    world.spawn(Transform(translation=(-4, 0, 0)), Character(velocity=(1.5, 0, 0)))
    world.spawn(Transform(translation=(-2, 0.5, 0)), Collider(is_trigger=True))
    hashes = []
    for tick in range(60):
        if tick == 20:
            world.spawn(Transform(translation=(2, 12, 0)), RigidBody(linear_velocity=(0, -15, 0), mass_kg=30), Collider("sphere"))
        if tick == 30:
            world.despawn(boxes[3:9])
        if tick == 40:
            world.set(int(boxes[20]), Transform, translation=(6, 8, 1))
        play(app, 1)
        hashes.append(world.state_hash())
    app.close()
    return hashes


def test_state_hashes_agree(engine: str) -> None:
    assert busy_world(engine, worker=True) == busy_world(engine, worker=False)


def test_a_crash_is_survived(engine: str) -> None:
    app = make_app(engine, worker=True)
    world = app.world
    ball = world.spawn(Transform(translation=(0, 20, 0)), RigidBody(linear_velocity=(1, 0, 0)), Collider("sphere"))
    scene = play(app, 30)
    speed = world.get(ball, RigidBody).linear_velocity[1]
    os.kill(scene.backend.pid, signal.SIGKILL)
    assert scene.raycast([(0, 9, 0)], [(0, -1, 0)])["entity"][0] == 0, "a question is answered all the same"
    play(app, 20)
    assert world.get(ball, RigidBody).linear_velocity[1] < speed - 1, "it goes on falling, as fast as before"
    assert place(world, ball)[0] > 0.5
    app.close()


def test_the_worker_speaks_the_protocol(engine: str) -> None:
    if not native.available(MODULES[engine]):
        pytest.skip(f"{engine} is not installed here")
    near, far = make_backend(engine, Settings()), make_backend(engine, Settings(), worker=True)
    results = []
    for backend in (near, far):
        add_floor(backend)
        balls = add_bodies(backend, [pose(i, 2 + i, 0) for i in range(100)], shapes.sphere(0.4), events=True)
        backend.step(30)
        kept = backend.snapshot()
        backend.step(10)
        backend.apply(balls[:3], np.tile((10.0, 0, 0, 0, 0, 0), (3, 1)))
        backend.set_velocities(balls[3:5], np.ones((2, 6)))
        backend.step()
        results.append(
            (
                backend.poses()[0, balls].copy(),
                backend.velocities()[0, balls].copy(),
                backend.awake().copy(),
                backend.events().copy(),
                backend.raycast([(1, 9, 0)], [(0, -1, 0)]),
                backend.closest(shapes.sphere(1.0), pose(3, 1, 0), max_distance=0.5),
                backend.shapecast(shapes.sphere(0.2), pose(50, 1, 5), (0, 0, -9)),
            )
        )
        backend.restore(kept)
        with pytest.raises(TaixuError):
            backend.remove([5000])
        with pytest.raises(TaixuError):
            backend.load_urdf("/nonexistent.urdf", pose(0, 0, 0))
        backend.close()
    for one, two in zip(*results, strict=True):
        assert np.array_equal(one, two)
