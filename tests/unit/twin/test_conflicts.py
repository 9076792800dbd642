"""Conflicts of flights, beside a slow model that looks at every pair ten times a second."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.errors import TaixuError
from taixu.twin.conflicts import Plans, find_conflicts, predict_conflicts

MINIMA = {"horizontal_m": 50.0, "vertical_m": 15.0}


def plans_of(*flights: list[tuple[float, float, float, float]]) -> Plans:
    """Flights as lists of (time, x, y, z)."""
    rows = np.array([way for flight in flights for way in flight], float)
    return Plans(np.cumsum([0, *map(len, flights)]), rows[:, 0], rows[:, 1:].T.copy())


def random_plans(seed: int, count: int, side_m: float = 1200.0) -> Plans:
    chance = np.random.default_rng(seed)
    flights = []
    for _ in range(count):
        times = np.cumsum(chance.uniform(0.5, 40.0, chance.integers(2, 6))) + chance.uniform(0, 60)
        places = chance.uniform(0, side_m, (len(times), 3)) * [1, 0.05, 1]
        flights.append([(t, *place) for t, place in zip(times, places, strict=True)])
    return plans_of(*flights)


def where(plans: Plans, flight: int, times: np.ndarray) -> np.ndarray:
    """Places at times; nowhere (NaN) before and after."""
    rows = slice(plans.starts[flight], plans.starts[flight + 1])
    return np.stack([np.interp(times, plans.times_secs[rows], each, left=np.nan, right=np.nan) for each in plans.places[:, rows]])


def test_two_that_cross_meet_in_the_middle() -> None:
    found = find_conflicts(plans_of([(0, -500, 60, 0), (100, 500, 60, 0)], [(0, 0, 70, -500), (100, 0, 70, 500)]), **MINIMA)
    assert len(found) == 1
    assert (found.first[0], found.second[0]) == (0, 1)
    assert found.nearest_secs[0] == pytest.approx(50)
    assert found.apart_m[0] == pytest.approx(0, abs=1e-6)
    assert found.above_m[0] == pytest.approx(10)
    # They close at 10 * sqrt(2) m/s: nearer than 50 m for 2 * 50 / 14.14 seconds.
    assert found.ends_secs[0] - found.begins_secs[0] == pytest.approx(100 / np.hypot(10, 10))


def test_height_and_time_keep_apart() -> None:
    crossing = [(0.0, -500.0, 60.0, 0.0), (100.0, 500.0, 60.0, 0.0)]
    assert not len(find_conflicts(plans_of(crossing, [(0, 0, 80, -500), (100, 0, 80, 500)]), **MINIMA)), "20 m above"
    assert not len(find_conflicts(plans_of(crossing, [(60, 0, 60, -500), (160, 0, 60, 500)]), **MINIMA)), "a minute later"
    assert not len(find_conflicts(plans_of(crossing), **MINIMA)), "nobody meets himself"
    assert not len(find_conflicts(plans_of(crossing, [(50, 0, 60, 0)]), **MINIMA)), "one waypoint is no time"


def test_those_that_fly_together_are_one_conflict() -> None:
    way = [(0.0, 0.0, 60.0, 0.0), (50.0, 500.0, 60.0, 0.0), (90.0, 500.0, 60.0, 400.0)]
    found = find_conflicts(plans_of(way, [(t, x + 20, y, z) for t, x, y, z in way]), **MINIMA)
    assert len(found) == 1
    assert (found.begins_secs[0], found.ends_secs[0]) == (0, 90)
    assert found.apart_m[0] == pytest.approx(20)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_a_slow_model_finds_the_same(seed: int) -> None:
    plans = random_plans(seed, 12)
    found = find_conflicts(plans, **MINIMA)
    times = np.arange(0, plans.times_secs.max() + 0.1, 0.1)
    places = [where(plans, flight, times) for flight in range(12)]
    for a in range(12):
        for b in range(a + 1, 12):
            apart = np.hypot(*(places[a] - places[b])[[0, 2]])
            above = np.abs(places[a] - places[b])[1]
            mine = (found.first == a) & (found.second == b)
            inside = np.zeros(len(times), bool)
            near_edge = np.zeros(len(times), bool)
            for begin, end in zip(found.begins_secs[mine], found.ends_secs[mine], strict=True):
                inside |= (times >= begin) & (times <= end)
                near_edge |= (np.abs(times - begin) < 1e-3) | (np.abs(times - end) < 1e-3)
            slow = (apart < MINIMA["horizontal_m"]) & (above < MINIMA["vertical_m"])
            assert (slow == inside)[~near_edge].all(), (a, b)
            if mine.any() and slow.any():
                assert found.apart_m[mine].min() <= apart[slow].min() + 1e-6


def test_what_goes_on_as_it_does_is_foreseen() -> None:
    found = predict_conflicts(
        [[0, 600, 0], [50, 50, 50], [0, 0, 900]], [[10, -10, 0], [0, 0, 0], [0, 0, 0]], ahead_secs=60, **MINIMA
    )
    assert list(zip(found.first, found.second, strict=True)) == [(0, 1)]
    assert found.begins_secs[0] == pytest.approx((600 - 50) / 20)
    turning = predict_conflicts(
        [[0, 600, 0], [50, 50, 50], [0, 0, 900]], [[10, -10, 0], [0, 0, 0], [0, 0, 0]], ahead_secs=[60, 20, 0], **MINIMA
    )
    assert not len(turning), "one of them turns before"
    lost = predict_conflicts([[np.nan, 0, 1], [0, 0, 0], [0, 0, 0]], np.zeros((3, 3)), ahead_secs=60, **MINIMA)
    assert list(zip(lost.first, lost.second, strict=True)) == [(1, 2)], "who is nowhere meets nobody"
    assert not len(predict_conflicts(np.zeros((3, 0)), np.zeros((3, 0)), ahead_secs=60, **MINIMA))


def test_what_is_wrong_with_plans_is_said() -> None:
    with pytest.raises(TaixuError, match="times rise"):
        plans_of([(5, 0, 0, 0), (5, 1, 0, 0)])
    with pytest.raises(TaixuError, match="finite"):
        plans_of([(0, np.nan, 0, 0), (5, 1, 0, 0)])
    with pytest.raises(TaixuError, match="fit each other"):
        Plans(np.array([0, 2]), np.zeros(3), np.zeros((3, 3)))
    with pytest.raises(TaixuError, match="above zero"):
        find_conflicts(plans_of([(0, 0, 0, 0), (1, 0, 0, 0)]), horizontal_m=0, vertical_m=1)
    with pytest.raises(TaixuError, match="too many or too long"):
        find_conflicts(plans_of(*([[(0.0, 0.0, 0.0, 0.0), (1e5, 1e7, 0.0, 0.0)]] * 300)), horizontal_m=1, vertical_m=1)
