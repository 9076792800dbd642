"""Crowds: nobody walks into anybody, nobody leaves the mesh, everybody arrives, runs repeat."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from walking_worlds import block, house, off_the_mesh

from taixu.navigation import Crowd, NavigationMesh, make_mesh
from taixu.navigation.avoidance import find_pairs
from taixu.navigation.crowd import ARRIVED, BLOCKED


def deepest_overlap(crowd: Crowd) -> float:
    """How far any two stand in each other, as a part of both radii."""
    pairs = find_pairs(crowd.places, 1.5)
    away = np.linalg.norm((crowd.places[pairs.a] - crowd.places[pairs.b])[:, [0, 2]], axis=1)
    both = crowd.radii[pairs.a] + crowd.radii[pairs.b]
    return float(((both - away) / both).max(initial=0.0))


def make_crowd(places: np.ndarray, goals: np.ndarray) -> Crowd:  # type: ignore[type-arg]
    crowd = Crowd()
    crowd.rearrange(np.full(len(places), -1))
    crowd.places[:] = places
    crowd.going[:] = True
    crowd.set_goals(np.arange(len(places)), goals)
    return crowd


def random_place(seed: int) -> NavigationMesh:
    """A yard with boxes that stand about, some on others."""
    chance = np.random.default_rng(seed)
    pieces = [block((24.0, 1.0, 24.0), (0.0, -0.5, 0.0))]
    for _ in range(12):
        x, z, yaw = *chance.uniform(-11, 11, 2), chance.uniform(0, 3)
        height = chance.choice([0.3, 1.0, 2.5])
        pieces.append(block((chance.uniform(0.3, 5), height, chance.uniform(0.3, 3)), (x, height / 2, z), yaw=yaw))
    return make_mesh(pieces)


@pytest.fixture(scope="module")
def yard() -> NavigationMesh:
    return random_place(5)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_every_way_stays_on_the_mesh_and_is_not_much_longer_than_it_must_be(seed: int) -> None:
    mesh = random_place(seed)
    places = mesh.random_points(24, seed=seed)
    for start, goal in zip(places[::2], places[1::2]):
        there, back = mesh.path(start, goal), mesh.path(goal, start)
        assert there.complete and back.complete
        assert off_the_mesh(mesh, there.points) == []
        assert there.points[0] == pytest.approx(start, abs=0.01) and there.points[-1] == pytest.approx(goal, abs=0.01)
        straight = float(np.linalg.norm(goal - start))
        assert straight - 0.05 <= there.length_m
        assert there.length_m < 1.3 * back.length_m + 1.0 and back.length_m < 1.3 * there.length_m + 1.0
        if mesh.raycast(start, goal)[0][0]:
            assert there.length_m < 1.12 * straight + 0.5


def test_people_cross_a_yard_without_touching_or_leaving_it(yard: NavigationMesh) -> None:
    crowd = make_crowd(yard.random_points(40, seed=1), yard.random_points(40, seed=2))
    for _ in range(60):
        crowd.step(yard, 1 / 60)
    worst = 0.0
    for step in range(1200):
        crowd.step(yard, 1 / 60)
        if step % 4 == 0:
            worst = max(worst, deepest_overlap(crowd))
        if not crowd.going.any():
            break
    assert worst < 0.3
    on = yard.floors.locate(crowd.places, 0.5)
    assert (on >= 0).all()
    assert np.abs(yard.floors.heights(on, crowd.places) - crowd.places[:, 1]).max() < 0.05
    assert (crowd.states == ARRIVED).mean() > 0.9


def test_two_who_meet_in_the_open_pass_each_other() -> None:
    mesh = make_mesh([block((16.0, 1.0, 8.0), (0.0, -0.5, 0.0))])
    ends = np.array([[-6.0, 0.0, 0.0], [6.0, 0.0, 0.02]])
    crowd = make_crowd(ends, ends[::-1])
    nearest = 9.0
    for _ in range(800):
        crowd.step(mesh, 1 / 60)
        nearest = min(nearest, float(np.linalg.norm(crowd.places[0] - crowd.places[1])))
    assert (crowd.states == ARRIVED).all() and nearest > 0.4


def test_a_crowd_with_one_goal_stands_around_it(yard: NavigationMesh) -> None:
    places = yard.random_points(18, seed=3)
    crowd = make_crowd(places, np.tile(yard.random_points(1, seed=9), (18, 1)))
    for _ in range(1500):
        crowd.step(yard, 1 / 60)
        if not crowd.going.any():
            break
    assert (crowd.states == ARRIVED).mean() > 0.85 and deepest_overlap(crowd) < 0.25
    assert len(crowd.fields._wanted) == 0 and (crowd.fields.polygons >= 0).sum() == 1  # they share their way


def test_stairs_are_climbed_at_the_right_height() -> None:
    mesh = make_mesh(house())
    crowd = make_crowd(np.array([[6.0, 0.0, -3.0]]), np.array([[-5.0, 3.0, 8.0]]))
    heights = []
    for _ in range(1500):
        crowd.step(mesh, 1 / 60)
        heights.append(crowd.places[0, 1])
    assert crowd.states[0] == ARRIVED and heights[-1] == pytest.approx(3.0, abs=0.02)
    assert np.abs(np.diff(heights)).max() < 0.08 and np.ptp(heights) > 2.9


def test_equal_crowds_go_equal_ways(yard: NavigationMesh) -> None:
    runs = []
    for _ in range(2):
        crowd = make_crowd(yard.random_points(40, seed=1), yard.random_points(40, seed=2))
        for _ in range(150):
            crowd.step(yard, 1 / 60)
        runs.append((crowd.places.copy(), crowd.yaws.copy()))
    assert np.array_equal(runs[0][0], runs[1][0]) and np.array_equal(runs[0][1], runs[1][1])


def test_where_many_goals_do_not_fit_all_still_arrive(yard: NavigationMesh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taixu.navigation.goals._MOST_STATES", 0)  # eight fields
    crowd = make_crowd(yard.random_points(14, seed=1), yard.random_points(14, seed=2))
    for _ in range(2400):
        crowd.step(yard, 1 / 60)
        if not crowd.going.any():
            break
    assert len(crowd.fields.polygons) == 8 and (crowd.states == ARRIVED).all()


def test_nobody_comes_to_harm_on_no_mesh_at_all() -> None:
    mesh = make_mesh([])
    crowd = make_crowd(np.zeros((3, 3)), np.ones((3, 3)))
    for _ in range(5):
        crowd.step(mesh, 1 / 60)
    assert (crowd.places == 0.0).all() and not (crowd.states == BLOCKED).any()


def test_people_turn_smoothly(yard: NavigationMesh) -> None:
    crowd = make_crowd(yard.random_points(30, seed=6), yard.random_points(30, seed=7))
    before = None
    for _ in range(240):
        crowd.step(yard, 1 / 60)
        if before is not None:
            turned = np.abs((crowd.yaws - before + np.pi) % (2 * np.pi) - np.pi)
            assert turned.max() < 0.12
        before = crowd.yaws.copy()
