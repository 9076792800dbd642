"""Cars against what is known of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small_roads import cross_roads, detour, straight

from taixu.errors import TaixuError
from taixu.simulation import Simulator
from taixu.simulation.packing import pack, unpack
from taixu.simulation.traffic import CAR, Demand, Kind, RoadNetwork, Router, Traffic, Trip

SECOND = 10**9


def _run(traffic: Traffic, secs: int, start: int = 0, **given: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    said: Any = {}
    for second in range(start, start + secs):
        said = traffic.step(second * SECOND, SECOND, given)
        cars = traffic.cars
        order = np.lexsort((cars.along, cars.lane))
        gaps = (cars.along[order][1:] - cars.length[order][1:] - cars.along[order][:-1])[np.diff(cars.lane[order]) == 0]
        assert (gaps > -0.5).all(), "cars stand in one another"
        assert (cars.speed >= 0).all()
    return said


def _trips(way: tuple[str, ...], count: int, every: float = 2.0, **more: Any) -> list[Trip]:
    return [Trip(number * every, way, **more) for number in range(count)]


def test_a_free_car_drives_as_fast_as_it_may() -> None:
    traffic = Traffic(Demand(straight(), [Trip(0.0, ("a", "b"))]))
    assert isinstance(traffic, Simulator)
    said = _run(traffic, 30)
    assert said["speed"][0] == pytest.approx(14.0, rel=0.01)
    assert said["place"][0, 1] == 0.0 and 300 < said["place"][0, 0] < 430
    assert said["heading"][0] == 0.0
    said = _run(traffic, 40, 30)
    assert said["counts"].tolist() == [0, 0, 1, 0]
    assert 45 < traffic.arrived_secs[0] < 60


def test_cars_in_a_row_keep_the_distance_of_the_model() -> None:
    """In equilibrium flow = v / (length + gap + headway * v), the model's fundamental diagram."""
    slow = Kind(fastest=8.0)
    traffic = Traffic(Demand(straight(3000.0), [Trip(0.0, ("a",), slow), *_trips(("a",), 40, 1.0)]))
    said = _run(traffic, 300)
    order = np.argsort(said["along"])[::-1]
    spacing = -np.diff(said["along"][order])[:20]
    assert np.allclose(said["speed"][order][:20], 8.0, atol=0.3)
    assert np.allclose(spacing, CAR.length + CAR.gap + CAR.headway * 8.0, rtol=0.03)


def test_they_heed_lights() -> None:
    traffic = Traffic(Demand(cross_roads(signals=True), [*_trips(("w", "e"), 20), *_trips(("s", "n"), 20)]))
    for second in range(120):
        before = traffic.cars
        crossing = {name: set(before.number[before.lane == traffic.network.lane_numbers[name]].tolist()) for name in (":we", ":sn")}
        traffic.step(second * SECOND, SECOND, {})
        phase = second % 26
        for name, red in ((":we", phase >= 15), (":sn", phase < 13)):
            now = set(traffic.cars.number[traffic.cars.lane == traffic.network.lane_numbers[name]].tolist())
            assert not red or now <= crossing[name], f"somebody came onto {name} at red"
    assert (traffic.arrived_secs >= 0).sum() > 20


def test_the_side_street_gives_way() -> None:
    network = cross_roads()
    busy = Traffic(Demand(network, [*_trips(("w", "e"), 60, 2.0), Trip(0.0, ("s", "n"), name="side")]))
    alone = Traffic(Demand(network, [Trip(0.0, ("s", "n"))]))
    _run(busy, 240)
    _run(alone, 60)
    side = next(number for number, trip in enumerate(busy.demand.trips) if trip.name == "side")
    assert busy.arrived_secs[side] > alone.arrived_secs[0] + 20
    mains = np.delete(busy.arrived_secs - busy.entered_secs, side)
    assert mains.max() < mains.min() + 8  # the main street was not held up


def test_nobody_drives_where_people_cross() -> None:
    network = cross_roads()
    traffic = Traffic(Demand(network, _trips(("w", "e"), 5)))
    held = np.zeros(len(network.lanes), bool)
    held[network.lane_numbers[":we"]] = True
    said = _run(traffic, 60, held=held)
    assert said["counts"][2] == 0 and (said["speed"] < 0.1).all()
    said = _run(traffic, 60, 60, held=~held & False)
    assert said["counts"][2] == 5


def test_who_is_on_a_wrong_lane_changes_in_time() -> None:
    for onward in ((0,), (2,)):  # towards the kerb, and away from it
        traffic = Traffic(Demand(straight(400.0, lanes=3, onward=onward), _trips(("a", "b"), 30, 3.0)))
        _run(traffic, 240)
        assert (traffic.arrived_secs >= 0).all() and traffic.jumped == 0


def test_faster_ones_overtake() -> None:
    trips = [Trip(0.0, ("a",), Kind(fastest=5.0)), Trip(4.0, ("a",), name="fast")]
    single, double = (Traffic(Demand(straight(800.0, lanes=lanes), trips)) for lanes in (1, 2))
    _run(single, 200)
    _run(double, 200)
    assert double.arrived_secs[1] < double.arrived_secs[0]
    assert single.arrived_secs[1] > single.arrived_secs[0]


def test_a_bus_stops_and_goes_on() -> None:
    traffic = Traffic(Demand(straight(), [Trip(0.0, ("a", "b"), Kind(length=12.0), stops=(("a0", 200.0, 20.0),))]))
    stood = 0
    for second in range(100):
        said = traffic.step(second * SECOND, SECOND, {})
        stood += bool(len(said["along"]) and said["speed"][0] < 0.05 and abs(said["along"][0] - 200.0) < 2.5)
    assert 18 <= stood <= 26
    assert traffic.arrived_secs[0] > 0


def test_a_closed_bridge_leads_everybody_around() -> None:
    network = detour()
    traffic = Traffic(Demand(network, _trips(("in", "bridge", "out"), 10, 3.0)))
    _run(traffic, 12)
    pace = np.ones(len(network.lanes))
    pace[network.lane_numbers["bridge0"]] = 0.0
    seen: set[int] = set()
    for second in range(12, 150):
        said = traffic.step(second * SECOND, SECOND, {"pace": pace})
        seen |= set(said["lane"].tolist())
    assert network.lane_numbers["bridge0"] not in seen
    assert network.lane_numbers["long0"] in seen
    assert (traffic.arrived_secs >= 0).all()


def test_flooded_streets_are_slow() -> None:
    arrivals = []
    for share in (1.0, 0.3):
        traffic = Traffic(Demand(straight(), [Trip(0.0, ("a", "b"))]))
        _run(traffic, 200, pace=np.full(2, share))
        arrivals.append(traffic.arrived_secs[0])
    assert arrivals[1] > 2.5 * arrivals[0]


def test_who_stands_for_ever_jumps() -> None:
    network = detour()
    traffic = Traffic(Demand(network, _trips(("in", "bridge", "out"), 2)), jump_secs=20.0)
    held = np.zeros(len(network.lanes), bool)
    held[network.lane_numbers["bridge0"]] = True
    said = _run(traffic, 120, held=held)
    assert said["counts"].tolist() == [0, 0, 2, 2]


def test_nobody_is_lost_and_a_run_repeats_from_a_checkpoint() -> None:
    demand = Demand(cross_roads(signals=True), [*_trips(("w", "e"), 60, 1.0), *_trips(("s", "n"), 60, 1.5)])
    straight_through, parted = Traffic(demand), Traffic(demand)
    _run(straight_through, 90)
    _run(parted, 40)
    again = Traffic(demand)
    again.restore(parted.checkpoint())
    said = _run(again, 50, 40)
    assert again.state_hash() == straight_through.state_hash() != parted.state_hash()
    driving, waiting, arrived, _ = said["counts"].tolist()
    assert driving + waiting + arrived == (demand.depart <= 89.5).sum()


def test_the_shortest_way_in_time() -> None:
    network = detour()
    numbers = network.edge_numbers
    secs = np.ones(len(network.edges))
    assert Router(network, secs).way(numbers["in"], numbers["out"]) == [numbers[name] for name in ("in", "bridge", "out")]
    secs[numbers["bridge"]] = 10.0
    assert Router(network, secs).way(numbers["in"], numbers["out"]) == [numbers[name] for name in ("in", "long", "back", "out")]
    assert Router(network, secs).way(numbers["out"], numbers["in"]) is None
    assert Router(network, secs).way(numbers["in"], numbers["in"]) == [numbers["in"]]


def test_bad_roads_and_trips_are_one_sentence() -> None:
    network = detour()
    lane, links = network.lanes[0], network.connections
    for lanes, sentence in [
        ([], "between 1 and"),
        ([lane, lane], "share a name"),
        ([type(lane)("x", "x", lane.points * np.nan, 1.0, 1.0)], "all of them finite"),
        ([type(lane)("x", "x", lane.points, 0.0, 1.0)], "above zero"),
        ([type(lane)(edge, edge[0], lane.points, 1.0, 1.0) for edge in ("x1", "y1", "x2")], "do not lie together"),
    ]:
        with pytest.raises(TaixuError, match=sentence):
            RoadNetwork(lanes, [])
    with pytest.raises(TaixuError, match="a lane that is not there"):
        RoadNetwork([lane], links)
    for trip, sentence in [
        (Trip(0.0, ()), "drives nowhere"),
        (Trip(0.0, ("nope",)), "no street"),
        (Trip(0.0, ("in", "out")), "cannot turn from in into out"),
        (Trip(float("nan"), ("in",)), "at no time"),
        (Trip(0.0, ("in",), stops=(("nope", 0.0, 1.0),)), "cannot stop"),
    ]:
        with pytest.raises(TaixuError, match=sentence):
            Demand(network, [trip])
    with pytest.raises(TaixuError, match="wants accel above zero"):
        Kind(accel=0.0)
    traffic = Traffic(Demand(network, []))
    with pytest.raises(TaixuError, match="pace wants one number for each"):
        traffic.step(0, SECOND, {"pace": np.ones(3)})
    with pytest.raises(TaixuError, match="no state of traffic"):
        traffic.restore(pack({}, {}))
    with pytest.raises(TaixuError, match="other traffic"):
        traffic.restore(Traffic(Demand(straight(), [])).checkpoint())
    with pytest.raises(TaixuError, match="not finite"):
        traffic.step(0, SECOND, {"pace": np.full(len(network.lanes), np.nan)})
    lit = Traffic(Demand(cross_roads(signals=True), []))
    with pytest.raises(TaixuError, match="lights wants one number for each of 2 links"):
        lit.step(0, SECOND, {"lights": np.zeros(1, np.int8)})
    arrays, facts = unpack(lit.checkpoint())
    with pytest.raises(TaixuError, match="other traffic"):  # what kernels would read beyond its end
        lit.restore(pack(arrays | {"lights": np.zeros(1, np.int8)}, facts))


def test_a_bus_lane_is_for_buses() -> None:
    plain = straight(lanes=2, onward=(0, 1))
    lanes = [replace(lane, classes=("bus",)) if lane.name == "a0" else lane for lane in plain.lanes]
    network = RoadNetwork(lanes, plain.connections)
    bus = Kind(length=12.0, fastest=11.0, category="bus")
    trips = [trip for number in range(12) for trip in (Trip(number * 3.0, ("a", "b")), Trip(number * 3.0 + 1.5, ("a", "b"), bus))]
    traffic = Traffic(Demand(network, trips))
    seen = set()
    for second in range(90):
        traffic.step(second * SECOND, SECOND, {})
        cars = traffic.cars
        seen |= set(zip(cars.lane.tolist(), (cars.length > 10).tolist(), strict=True))
    assert (network.lane_numbers["a0"], True) in seen
    assert (network.lane_numbers["a0"], False) not in seen
    assert (traffic.arrived_secs >= 0).sum() > 10
    with pytest.raises(TaixuError, match="no class of vehicles called 'tank'"):
        Demand(network, [Trip(0.0, ("a",), Kind(category="tank"))])


def test_ways_that_were_found_are_shared_and_forgotten() -> None:
    network = detour()
    traffic = Traffic(Demand(network, _trips(("in", "bridge", "out"), 60)))
    shut, opened = np.ones(len(network.lanes)), np.ones(len(network.lanes))
    shut[network.lane_numbers["bridge0"]] = 0.0
    lengths = []
    for second in range(240):
        traffic.step(second * SECOND, SECOND, {"pace": shut if second // 20 % 2 else opened})
        lengths.append(len(unpack(traffic.checkpoint())[0]["ways"]))
    assert (traffic.arrived_secs >= 0).all()
    own = len(traffic.demand.ways)
    assert max(lengths) > own
    assert max(lengths) <= own + 40 * 4  # those on the road, not all that ever were led around
