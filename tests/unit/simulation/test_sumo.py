"""SUMO's files, and what SUMO itself says of its scenario of Bologna."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.errors import TaixuError
from taixu.simulation.traffic import Traffic
from taixu.simulation.traffic.sumo import read_sumo_demand, read_sumo_network

NET = """<net><edge id="a" from="1" to="2"><lane id="a_0" index="0" speed="10" length="50" shape="0,0 50,0"/></edge>
<edge id="b" from="2" to="3"><lane id="b_0" index="0" speed="10" length="50" shape="50,0 50,50"/></edge>
<connection from="a" to="b" fromLane="0" toLane="0" tl="t" linkIndex="0"/>
<tlLogic id="t" offset="0"><phase duration="30" state="G"/><phase duration="30" state="r"/></tlLogic></net>"""


def _write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_a_small_network_with_lights_and_trips(tmp_path: Path) -> None:
    network = read_sumo_network(_write(tmp_path, "n.net.xml", NET))
    assert [lane.name for lane in network.lanes] == ["a_0", "b_0"]
    assert network.lanes[1].points.tolist() == [[50.0, -0.0], [50.0, -50.0]]  # north is -z
    assert network.signals["t"].states == ("G", "r")
    routes = _write(
        tmp_path, "r.rou.xml",
        '<routes><vType id="van" length="7"/><route id="r" edges="a b"/><vehicle id="1" type="van" depart="3" route="r"/>'
        '<trip id="2" depart="1" from="a" to="b"/><trip id="3" depart="1" from="b" to="a"/></routes>',
    )  # fmt: skip
    demand = read_sumo_demand(network, [routes])
    assert [(trip.name, trip.depart, trip.way, trip.kind.length) for trip in demand.trips] == [
        ("2", 1.0, ("a", "b"), 4.6), ("1", 3.0, ("a", "b"), 7.0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<routes/>", "no network of SUMO"),
        ("<net/>", "between 1 and"),
        ("not xml", "is no XML"),
        ('<!DOCTYPE n [<!ENTITY a "b">]><net/>', "declares entities"),
        (NET.replace('length="50"', 'length="long"'), "which is no number"),
        (NET.replace('length="50"', 'length="nan"'), "not finite"),
        (NET.replace("0,0 50,0", "0;0"), "other things than points"),
        (NET.replace(' index="0"', ""), "has no index"),
        (NET.replace('duration="30" state="r"', 'duration="30" state="rr"'), "phases of one length"),
    ],
)
def test_damaged_networks_are_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TaixuError, match=sentence):
        read_sumo_network(_write(tmp_path, "n.net.xml", text))


def test_bologna_flows_as_sumo_says(content: Path) -> None:
    """Its first ten minutes: SUMO 1.28 with the same files has 537 cars driving then and 925 arrived, 217 s a trip at twenty."""
    folder = content / "sumo" / "bologna-pasubio"
    network = read_sumo_network(folder / "pasubio_buslanes.net.xml", lights=[folder / "pasubio_tls.add.xml"])
    assert (len(network.lanes), len(network.signals)) == (491, 8)
    names = ("pasubio_vtypes.add.xml", "pasubio_bus_stops.add.xml", "pasubio_busses.rou.xml", "pasubio.rou.xml")
    traffic = Traffic(read_sumo_demand(network, [folder / name for name in names]), period_secs=600.0)
    said = traffic.step(0, 600 * 10**9, {})
    driving, waiting, arrived, jumped = said["counts"].tolist()
    assert driving == pytest.approx(537, rel=0.2)
    assert arrived == pytest.approx(925, rel=0.15)
    assert waiting < 5 and jumped < 5
    low, high = np.array([[lane.points.min(0), lane.points.max(0)] for lane in network.lanes]).transpose(1, 0, 2)
    assert (said["place"] >= low[said["lane"]] - 0.1).all() and (said["place"] <= high[said["lane"]] + 0.1).all()


def test_lanes_for_some_classes_are_read(tmp_path: Path) -> None:
    text = NET.replace('<lane id="a_0"', '<lane id="a_0" allow="bus tram submarine"')
    text = text.replace('<lane id="b_0"', '<lane id="b_0" disallow="bus"')
    network = read_sumo_network(_write(tmp_path, "n.net.xml", text))
    assert network.lanes[0].classes == ("bus", "tram")
    assert "bus" not in network.lanes[1].classes
    assert "passenger" in network.lanes[1].classes
    routes = _write(
        tmp_path, "r.rou.xml",
        '<routes><vType id="line" vClass="bus"/><vType id="any" vClass="ignoring"/><trip id="1" depart="0" from="a" to="b"/>'
        '<trip id="2" type="line" depart="0" from="a" to="b"/><trip id="3" type="any" depart="0" from="a" to="b"/></routes>',
    )  # fmt: skip
    assert [trip.name for trip in read_sumo_demand(network, [routes]).trips] == ["3"]
