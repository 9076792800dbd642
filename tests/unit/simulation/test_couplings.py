"""Where simulators meet."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from small_roads import cross_roads, detour

from taixu.errors import TaixuError
from taixu.navigation import MeshSettings, Piece
from taixu.navigation.mesh import make_mesh
from taixu.physics import shapes
from taixu.simulation import Conductor, Link
from taixu.simulation.couplings import CrossedRoads, FloodedFloors, FloodedRoads, Raster
from taixu.simulation.crowd import People
from taixu.simulation.traffic import Demand, Traffic, Trip
from taixu.simulation.water import Water
from taixu.simulation.weather import Weather

SECOND = 10**9


def test_water_in_a_street_slows_its_cars_and_shuts_it() -> None:
    network = detour()
    raster = Raster(0.0, -10.0, 10.0, 30, 70)
    roads, depth = FloodedRoads(network, raster), np.zeros((30, 70), np.float32)
    assert (roads(depth) == 1.0).all()
    depth[1, 35] = 0.1  # in the bridge's second cell
    pace = roads(depth)
    assert pace[network.lane_numbers["bridge0"]] == pytest.approx((9.0 - 55.29 + 86.9448) / 86.9448)
    assert (np.delete(pace, network.lane_numbers["bridge0"]) == 1.0).all()
    depth[1, 35] = 0.5
    assert roads(depth)[network.lane_numbers["bridge0"]] == 0.0
    with pytest.raises(TaixuError, match="30 x 70"):
        roads(np.zeros((3, 3)))


def test_rain_over_a_low_bridge_leads_cars_around() -> None:
    """All together, under one clock: water gathers in the dip, and who comes later takes the long way."""
    network = detour()
    raster = Raster(0.0, -10.0, 10.0, 3, 70)
    ground = np.broadcast_to(np.abs(np.arange(70) * 10.0 - 350.0) * 0.01, (3, 70))
    traffic = Traffic(Demand(network, [Trip(5.0 * number, ("in", "bridge", "out")) for number in range(60)]))
    weather = Weather([0.0, 60.0, 120.0, 130.0], {"rain": [0.0, 2000.0, 2000.0, 0.0]})
    links = [
        Link("water.rain", ("weather.rain",)), Link("traffic.pace", ("water.depth",), FloodedRoads(network, raster))
    ]  # fmt: skip
    conductor = Conductor([weather, Water(ground, cell=10.0, period_secs=5.0), traffic], links)
    conductor.advance(600 * SECOND)
    assert not [standing.reason for standing in conductor.standings.values() if standing.reason]
    depth = conductor.column("water.depth")
    assert depth is not None and depth[1, 35] > 0.5
    assert (traffic.arrived_secs >= 0).all()
    took = traffic.arrived_secs - traffic.entered_secs
    assert took[-1] > took[0] + 10  # the long way
    conductor.close()


def test_people_on_a_crossing_stop_cars_until_they_are_over() -> None:
    network = cross_roads()
    mesh = make_mesh(
        [Piece.of_shape(shapes.box((4.0, 1.0, 30.0)), (0.0, -0.5, 0.0, 0.0, 0.0, 0.0, 1.0))],
        MeshSettings(cell_m=0.2, agent_radius_m=0.1),
    )  # fmt: skip
    start = np.stack([np.zeros(20), np.zeros(20), np.linspace(-14.0, -8.0, 20)], axis=1)
    people = People(mesh.floors, start, [np.array([[0.0, 0.0, 14.0]])])
    traffic = Traffic(Demand(network, [Trip(0.0, ("w", "e"))]))
    links = [Link("traffic.held", ("people.place",), CrossedRoads(network, [":we"]))]
    alone, with_people = Traffic(traffic.demand), Conductor([people, traffic], links)
    with_people.advance(60 * SECOND)
    for second in range(60):
        alone.step(second * SECOND, SECOND, {})
    assert traffic.arrived_secs[0] > alone.arrived_secs[0] + 2.0
    with pytest.raises(TaixuError, match="no such lane"):
        CrossedRoads(network, ["nowhere"])
    with_people.close()


def test_whoever_is_within_reach_of_a_lane_holds_it_and_nobody_else() -> None:
    network = cross_roads()
    names = list(network.lane_numbers)
    crossed, rng = CrossedRoads(network, names), np.random.default_rng(3)
    for _ in range(50):
        person = np.zeros((1, 3))
        person[0, [0, 2]] = rng.uniform(-30.0, 30.0, 2)
        apart = [_apart(person[0, [0, 2]], lane.points) for lane in network.lanes]
        assert crossed(person).tolist() == [distance < 2.0 for distance in apart]


def _apart(place: NDArray[np.float64], line: NDArray[np.float64]) -> float:
    runs = np.diff(line, axis=0)
    share = np.clip(((place - line[:-1]) * runs).sum(axis=1) / np.maximum((runs**2).sum(axis=1), 1e-12), 0.0, 1.0)
    return float(np.hypot(*(place - line[:-1] - share[:, None] * runs).T).min())


def test_people_wade_and_who_is_high_stays_dry() -> None:
    mesh = make_mesh(
        [Piece.of_shape(shapes.box((10.0, 1.0, 4.0)), (0.0, y, 0.0, 0.0, 0.0, 0.0, 1.0)) for y in (-0.5, 3.5)],
        MeshSettings(cell_m=0.5, agent_radius_m=0.1),
    )  # fmt: skip
    raster = Raster(-5.0, -2.0, 1.0, 4, 10)
    slow = FloodedFloors(mesh.floors, raster, np.zeros((4, 10)))(np.full((4, 10), 0.5))
    high = mesh.floors.y > 2.0
    assert high.any() and (slow[high] == 1.0).all() and (slow[~high] == 2.0).all()


def test_weather_is_as_its_table_says() -> None:
    weather = Weather([0.0, 10.0, 20.0], {"rain": [0.0, 36.0, 0.0], "wind_x": [1.0, 1.0, 3.0]})
    said = weather.step(0, 5 * SECOND, {})
    assert (float(said["rain"]), float(said["wind_x"])) == (pytest.approx(18e-3 / 3600), 1.0)
    again = Weather([0.0, 10.0, 20.0], {"rain": [0.0, 36.0, 0.0]})
    again.restore(weather.checkpoint())
    assert again.state_hash() == weather.state_hash()
    assert float(weather.step(95 * SECOND, 5 * SECOND, {})["wind_x"]) == 3.0
    for secs, rain, sentence in [
        ([1.0, 1.0], [0, 0], "rise"), ([], [], "rise"), ([0.0], [-1.0], "below zero"), ([0.0], [1, 2], "for each of 1")
    ]:  # fmt: skip
        with pytest.raises(TaixuError, match=sentence):
            Weather(secs, {"rain": rain})
