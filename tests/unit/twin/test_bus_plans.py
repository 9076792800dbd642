"""Plans of buses: as few as by trying all, nobody late, and timed on the twin's streets."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from small_roads import two_lights

from taixu.errors import TaixuError
from taixu.simulation.traffic import Demand, Kind, Traffic, Trip
from taixu.twin.decisions import BusPlan, BusTrip, bus_trips, plan_buses

pytest.importorskip("ortools", reason="OR-Tools is not installed")
HERE, THERE, FAR = (0.0, 0.0), (3000.0, 0.0), (0.0, 20_000.0)


def _shuttle(count: int, *, every: float, takes: float) -> list[BusTrip]:
    ways = [(HERE, THERE), (THERE, HERE)]
    return [BusTrip(f"{n}", n * every, n * every + takes, *ways[n % 2]) for n in range(count)]


def test_a_shuttle_needs_as_many_as_are_under_way_at_once() -> None:
    for takes, wanted in ((400.0, 1), (1000.0, 3), (1900.0, 4)):
        trips = _shuttle(12, every=600.0, takes=takes)
        plan = plan_buses(trips, rest_secs=60.0)
        assert len(plan.blocks) == wanted, takes
        assert plan.doubts(trips, rest_secs=60.0) == []
        assert plan.spare_secs >= 0


def test_it_is_as_few_as_by_trying_all() -> None:
    draw = np.random.default_rng(3)
    for _ in range(12):
        places = [tuple(each) for each in draw.uniform(0, 4000, (3, 2)).tolist()]
        trips = []
        for number in range(6):
            begin, (a, b) = float(draw.uniform(0, 4000)), draw.choice(3, 2)
            trips.append(BusTrip(f"{number}", begin, begin + float(draw.uniform(200, 900)), places[a], places[b]))
        plan = plan_buses(trips)
        assert plan.doubts(trips) == []
        fewest = min(
            len(blocks) for blocks in _partitions(list(range(6)))
            if not BusPlan(tuple(map(tuple, blocks)), 0.0, 0.0).doubts(trips)
        )  # fmt: skip
        assert len(plan.blocks) == fewest


def _partitions(items: list[int]) -> itertools.chain[list[list[int]]]:
    """All ways to share trips among buses that take them in the order in which they begin or any other."""

    def shared(left: list[int]) -> itertools.chain[list[list[int]]]:
        if not left:
            return itertools.chain([[]])
        first, *rest = left
        found = []
        for blocks in shared(rest):
            found.append([[first], *blocks])
            for number, block in enumerate(blocks):
                for at in range(len(block) + 1):
                    found.append([*blocks[:number], [*block[:at], first, *block[at:]], *blocks[number + 1 :]])
        return itertools.chain(found)

    return shared(items)


def test_of_equal_plans_the_one_with_the_least_empty_driving() -> None:
    trips = [
        BusTrip("a", 0, 100, HERE, THERE), BusTrip("b", 0, 100, HERE, HERE), BusTrip("c", 900, 1000, THERE, HERE),
        BusTrip("d", 900, 1000, HERE, THERE),
    ]  # fmt: skip
    plan = plan_buses(trips)
    assert sorted(plan.blocks) == [(0, 2), (1, 3)]
    assert plan.empty_secs == 0.0


def test_trips_are_timed_on_the_streets() -> None:
    bus = Kind(category="bus", length=12.0)
    trips = [Trip(depart, ("w", "m", "e"), bus, name=f"line at {depart:g}") for depart in (30.0, 400.0)]
    trips += [Trip(float(depart), ("s1", "n1")) for depart in range(0, 400, 9)]
    traffic = Traffic(Demand(two_lights(), trips))
    state = traffic.state_hash()
    found, others = bus_trips(traffic, now_secs=0.0, horizon_secs=300.0)
    assert traffic.state_hash() == state
    assert [trip.name for trip in found] == ["line at 30"] and others == []
    assert 880 / 14.0 < found[0].end_secs - 30.0 < 200.0
    assert found[0].start == (-300.0, 0.0) and found[0].end == (590.0, 0.0)
    assert bus_trips(traffic, now_secs=0.0, horizon_secs=40.0)[1] == ["line at 30"]  # it is still under way


def test_what_cannot_be_is_said() -> None:
    trips = [BusTrip("a", 0, 100, HERE, THERE), BusTrip("b", 50, 150, FAR, HERE)]
    assert BusPlan(((0, 1),), 0.0, 0.0).doubts(trips)[0].startswith("bus 1 is ")
    assert BusPlan(((0,),), 0.0, 0.0).doubts(trips) == ["not every trip is driven by one bus"]
    assert plan_buses([]).blocks == ()
    for wrong in (BusTrip("x", 100, 0, HERE, HERE), BusTrip("x", 0, float("nan"), HERE, HERE)):
        with pytest.raises(TaixuError, match="the trip x ends before"):
            plan_buses([wrong])
