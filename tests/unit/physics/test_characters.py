"""Characters walk on floors, steps and slopes, stop at walls, jump, fall and ride."""

from __future__ import annotations

import numpy as np
import pytest
from physics_rigs import ENGINES
from physics_worlds import make_app, place, play

from taixu.app import App
from taixu.physics import Character, Collider, RigidBody
from taixu.scene import Transform


@pytest.fixture(params=ENGINES)
def app(request: pytest.FixtureRequest) -> App:
    made = make_app(request.param)
    yield made
    made.close()


def walker(app: App, at: tuple[float, float, float], **fields: object) -> int:
    return app.world.spawn(Transform(translation=at), Character(**fields))


def ramp(app: App, angle: float, x: float) -> None:
    """A slope that rises along +x from (x, 0)."""
    half = angle / 2
    middle = (x + 5 * np.cos(angle), 5 * np.sin(angle) - 0.5 * np.cos(angle), 0)
    turn = (0.0, 0.0, float(np.sin(half)), float(np.cos(half)))
    app.world.spawn(
        Transform(translation=(middle[0] + 0.5 * np.sin(angle), middle[1], 0), rotation=turn), Collider(size=(10, 1, 6))
    )


def test_stands_and_walks_on_level_ground(app: App) -> None:
    hero = walker(app, (0, 0.4, 0))
    play(app, 40)
    body = app.world.get(hero, Character)
    assert body.grounded and place(app.world, hero)[1] == pytest.approx(0.0, abs=0.03)
    app.world.set(hero, Character, velocity=(2, 0, 1))
    start = np.array(place(app.world, hero))
    play(app, 60)
    assert np.array(place(app.world, hero)) - start == pytest.approx((2, 0, 1), abs=0.05)


def test_a_wall_stops_it_and_it_slides_along(app: App) -> None:
    app.world.spawn(Transform(translation=(3, 1, 0)), Collider(size=(0.4, 4, 20)))
    hero = walker(app, (0, 0.02, 0), velocity=(3, 0, 1))
    play(app, 120)
    x, y, z = place(app.world, hero)
    assert x == pytest.approx(3 - 0.2 - 0.3, abs=0.05)
    assert z == pytest.approx(2.0, abs=0.15) and abs(y) < 0.03


def test_climbs_stairs_but_no_high_step(app: App) -> None:
    for i in range(6):
        app.world.spawn(Transform(translation=(2 + 0.5 * i, 0.1 + 0.1 * i, 0)), Collider(size=(0.5, 0.2 * (i + 1), 4)))
    hero = walker(app, (0, 0.02, 0), velocity=(1.5, 0, 0))
    heights = []
    for _ in range(230):
        play(app, 1)
        heights.append(place(app.world, hero)[1])
    assert max(heights) == pytest.approx(1.2, abs=0.05)
    app.world.spawn(Transform(translation=(0, 0.3, 10)), Collider(size=(4, 0.6, 4)))
    other = walker(app, (-4, 0.02, 10), velocity=(1.5, 0, 0))
    play(app, 180)
    assert place(app.world, other)[0] < -2.2 and place(app.world, other)[1] < 0.1


@pytest.mark.parametrize(("degrees", "climbs"), [(30, True), (40, True), (55, False)])
def test_slopes(app: App, degrees: float, climbs: bool) -> None:
    angle = np.radians(degrees)
    ramp(app, angle, 1.5)
    hero = walker(app, (0, 0.02, 0), velocity=(2, 0, 0))
    play(app, 150)
    x, y, _ = place(app.world, hero)
    if climbs:
        assert y > 1.0 and x > 2.5
    else:
        assert y < 0.35 and x < 2.2


def test_stays_on_the_ground_downhill(app: App) -> None:
    angle = np.radians(25)
    ramp(app, angle, 1.5)
    hero = walker(app, (7, 7 * np.tan(angle), 0))
    play(app, 60)
    app.world.set(hero, Character, velocity=(-2.5, 0, 0))
    grounded = []
    for _ in range(90):
        play(app, 1)
        grounded.append(app.world.get(hero, Character).grounded)
    assert np.mean(grounded) > 0.97


def test_jumps_once_and_lands(app: App) -> None:
    hero = walker(app, (0, 0.1, 0))
    play(app, 20)
    app.world.set(hero, Character, jump_speed=4.0)
    heights = []
    for _ in range(90):
        play(app, 1)
        heights.append(place(app.world, hero)[1])
    assert max(heights) == pytest.approx(16 / (2 * 9.81), abs=0.1)
    assert heights[-1] == pytest.approx(0, abs=0.03)
    assert app.world.get(hero, Character).jump_speed == 0 and max(heights[-30:]) < 0.05


def test_walks_off_an_edge_and_falls(app: App) -> None:
    app.world.spawn(Transform(translation=(0, 1.5, 0)), Collider(size=(4, 3, 4)))
    hero = walker(app, (0, 3.02, 0), velocity=(2, 0, 0))
    play(app, 60)
    assert place(app.world, hero)[1] == pytest.approx(3, abs=0.1)
    play(app, 120)
    assert place(app.world, hero)[1] == pytest.approx(0, abs=0.05)


def test_pushes_what_is_light(app: App) -> None:
    box = app.world.spawn(Transform(translation=(2, 0.25, 0)), RigidBody(mass_kg=5), Collider(size=(0.5, 0.5, 0.5)))
    hero = walker(app, (0, 0.02, 0), velocity=(2, 0, 0), step_m=0.1)
    play(app, 150)
    assert place(app.world, box)[0] > 3
    assert place(app.world, hero)[0] > 1.8


def test_rides_a_platform(app: App) -> None:
    lift = app.world.spawn(Transform(translation=(0, 0.25, 0)), RigidBody(kind="kinematic"), Collider(size=(3, 0.5, 3)))
    hero = walker(app, (0, 0.55, 0))
    play(app, 30)
    for i in range(90):
        app.world.set(lift, Transform, translation=(0.02 * i, 0.25 + 0.01 * i, 0))
        play(app, 1)
    x, y, _ = np.subtract(place(app.world, hero), place(app.world, lift))
    assert (x, y) == pytest.approx((0, 0.25), abs=0.08)


def test_triggers_and_rays_see_characters(app: App) -> None:
    from taixu.app import GameEvents

    hero = walker(app, (-3, 0.02, 0), velocity=(2, 0, 0))
    gate = app.world.spawn(Transform(translation=(0, 1, 0)), Collider(size=(1, 2, 2), is_trigger=True))
    scene = play(app, 90)
    kinds = [b.kind for b in app.world.resource(GameEvents).since(0) if {hero, gate} <= set(b.entities.tolist())]
    assert kinds[0] == "trigger_enter"
    x = place(app.world, hero)[0]
    assert scene.raycast([(x, 9, 0)], [(0, -1, 0)])[0]["entity"] == hero
