"""Buses that a feed of GTFS sends onto the streets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_feed import LATITUDE, LONGITUDE, feed_tables, write_feed
from small_roads import straight

pytest.importorskip("pyproj")

from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.geodata.gtfs import read_gtfs
from taixu.errors import TaixuError
from taixu.simulation.traffic import Connection, Demand, Kind, Lane, RoadNetwork, Traffic, Trip
from taixu.simulation.traffic.sumo import sumo_places
from taixu.simulation.traffic.timetable import timetable_trips
from taixu.simulation.worlds.built_in import add_built_in
from taixu.simulation.worlds.kinds import SimulatorKinds, Site
from taixu.simulation.worlds.settings import Settings
from taixu.simulation.worlds.timetables import buses_of

_EIGHT = 8 * 3600.0
_DAY = date(2026, 5, 4)


def _place(degrees: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return LocalFrame(LATITUDE, LONGITUDE).to_local(degrees, "EPSG:4326")[:, :2] * (1, -1)


def _town() -> RoadNetwork:
    """A street to the east whose buses halt 4 m south of it, the way back 8 m north of it, and a turn at its end."""
    there = [straight(300.0).lanes[0], replace(straight(300.0).lanes[1])]
    back = Lane("c0", "c", np.array([[500.0, -8.0], [0.0, -8.0]]), 500.0, 14.0)
    return RoadNetwork([*there, back], [Connection("a0", "b0"), Connection("b0", "c0"), Connection("c0", "a0")])


def test_buses_take_their_side_of_the_street_and_leave_by_the_clock(tmp_path: Path) -> None:
    feed = read_gtfs(write_feed(tmp_path / "town.zip"))
    trips = timetable_trips(_town(), feed, _place, day=_DAY, begin_secs=_EIGHT)
    assert len(trips) == 5 and {trip.way for trip in trips} == {("a", "b")}
    first = trips[0]
    assert [lane for lane, _, _ in first.stops] == ["a0", "b0"] and first.leaves == (30.0, 120.0)
    assert first.stops[0][1] == pytest.approx(60.0, abs=0.5) and first.stops[1][1] == pytest.approx(100.0, abs=0.5)
    assert first.kind.category == "bus" and first.depart < 30.0
    traffic = Traffic(Demand(_town(), trips))
    seen = {}
    for step in range(300):
        said = traffic.step(step * 10**9, 10**9, {})
        for number, along, lane in zip(said["number"].tolist(), said["along"].tolist(), said["lane"].tolist()):
            seen[number, step] = (lane, along)
    halted, gone = seen[0, 29], seen[0, 40]
    assert halted[0] == 0 and halted[1] == pytest.approx(60.0, abs=2.0) and gone > (0, 70.0)
    assert seen[0, 115][0] == 1 and seen[0, 115][1] == pytest.approx(100.0, abs=2.0)  # it arrived early, and waits
    assert 120.0 <= traffic.arrived_secs[0] < 160.0


def test_a_day_begins_in_its_middle_and_the_night_has_frequencies(tmp_path: Path) -> None:
    feed = read_gtfs(write_feed(tmp_path / "town.zip"))
    later = timetable_trips(_town(), feed, _place, day=_DAY, begin_secs=_EIGHT + 1300.0)
    assert len(later) == 2 and min(trip.leaves[0] for trip in later) >= 0
    night = timetable_trips(_town(), feed, _place, begin_secs=24.5 * 3600)
    assert [trip.leaves[0] for trip in night] == [0.0, 1800.0, 3600.0]


def test_of_trips_that_leave_the_streets_the_part_on_them_is_driven(tmp_path: Path) -> None:
    tables = feed_tables()
    rows = ["t0,07:00:00,07:00:00,far,0", "t0,08:00:00,08:00:30,A,1", "t0,08:02:00,08:02:00,B,2", "t0,09:02:00,09:02:00,far,3"]
    tables["stop_times.txt"] = "\n".join(["trip_id,arrival_time,departure_time,stop_id,stop_sequence", *rows])
    feed = read_gtfs(write_feed(tmp_path / "town.zip", tables))
    (trip,) = timetable_trips(_town(), feed, _place, day=_DAY, begin_secs=_EIGHT)
    assert trip.leaves == (30.0, 120.0) and trip.way == ("a", "b")
    with pytest.raises(TaixuError, match="none of its 1 buses"):
        timetable_trips(_town(), feed, lambda degrees: _place(degrees) + 5000.0, day=_DAY)


def test_settings_name_a_feed(tmp_path: Path) -> None:
    write_feed(tmp_path / "town.zip")
    net = tmp_path / "n.net.xml"
    system = f"+proj=tmerc +lat_0={LATITUDE} +lon_0={LONGITUDE} +ellps=WGS84"
    net.write_text(f'<net><location netOffset="0,0" projParameter="{system}"/></net>')
    said = {"timetable": "town.zip", "timetable_day": "2026-05-04", "timetable_begins": "08:00"}
    around = {**said, "timetable_origin": [LATITUDE, LONGITUDE]}
    both = [buses_of(Settings(each, tmp_path), _town(), net) for each in (said, around)]
    assert [trip.way for trip in both[0]] == [trip.way for trip in both[1]] and len(both[0]) == 5
    assert sumo_places(net)(np.array([[LONGITUDE, LATITUDE]])) == pytest.approx(np.zeros((1, 2)), abs=1e-6)
    for wrong, sentence in (({"timetable_day": "May"}, "takes a day"), ({"timetable_begins": "8 am"}, "takes a time"),
                            ({"timetable_origin": [99, 0]}, "a latitude"), ({"timetable": "../x"}, r"outside|\.\.")):  # fmt: skip
        with pytest.raises(TaixuError, match=sentence):
            buses_of(Settings(around | wrong, tmp_path), _town(), net)
    for location in ("", '<location netOffset="a" projParameter="+proj=utm"/>', '<location netOffset="0,0"/>'):
        text = f"<net>{location}</net>"
        net.write_text(text)
        with pytest.raises(TaixuError, match="does not say where it lies"):
            sumo_places(net)


def test_traffic_of_a_world_drives_a_feed(tmp_path: Path) -> None:
    write_feed(tmp_path / "town.zip")
    (tmp_path / "n.net.xml").write_text(
        '<net><edge id="a"><lane id="a_0" index="0" speed="14" length="300" shape="0,0 300,0"/></edge>'
        '<edge id="b"><lane id="b_0" index="0" speed="14" length="300" shape="300,0 600,0"/></edge>'
        '<connection from="a" to="b" fromLane="0" toLane="0"/></net>')  # fmt: skip
    kinds = SimulatorKinds()
    add_built_in(kinds)
    said = {"network": "n.net.xml", "timetable": "town.zip", "timetable_day": "2026-05-04", "timetable_begins": "08:00",
            "timetable_origin": [LATITUDE, LONGITUDE]}  # fmt: skip
    site = Site(tmp_path, lambda: pytest.fail("no floors are asked for"))
    traffic = kinds.kind("traffic").prepare(Settings(said, tmp_path), site).make("traffic")
    assert isinstance(traffic, Traffic)
    traffic.step(0, 35 * 10**9, {})
    assert traffic.demand.trips[0].leaves[0] == 30.0 and traffic.entered_secs[0] >= 0


def test_times_of_stops_are_checked() -> None:
    stop = (("a0", 50.0, 5.0),)
    for leaves in ((1.0, 2.0), (np.nan,)):
        with pytest.raises(TaixuError, match="a time for each of its 1 stops"):
            Demand(straight(), [Trip(0.0, ("a", "b"), stops=stop, leaves=leaves)])


def test_buses_have_a_look_of_their_own(tmp_path: Path) -> None:
    trips = timetable_trips(_town(), read_gtfs(write_feed(tmp_path / "town.zip")), _place, day=_DAY, begin_secs=_EIGHT)
    car, anybody = Trip(0.0, ("a", "b")), Trip(0.0, ("c",), Kind(category="ignoring"))
    traffic = Traffic(Demand(_town(), [*trips[:1], car, anybody]))
    said = traffic.step(0, 30 * 10**9, {})
    numbers = [traffic.demand.trips[number].kind.category for number in said["number"].tolist()]
    assert dict(zip(numbers, said["bus"].tolist())) == {"bus": True, "passenger": False, "ignoring": False}
    kinds = SimulatorKinds()
    add_built_in(kinds)
    kind = kinds.kind("traffic")
    assert kind.poses is not None and kind.other_looks == ("bus",)
    poses = kind.poses(said)
    assert poses is not None and poses.look is not None and poses.look.tolist() == said["bus"].astype(int).tolist()
