"""SUMO itself behind the contract, in processes of its own, on its scenario of Bologna."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from taixu.app import App
from taixu.edit import Project
from taixu.scene import ScenePlugin
from taixu.simulation import Conductor, Remote
from taixu.simulation.traffic.sumo import read_sumo_network
from taixu.simulation.worlds import Simulated, Simulation, SimulationPlugin, Simulations

FOLDER = Path(os.environ.get("TAIXU_CONTENT", "")) / "sumo" / "bologna-pasubio"
SECOND = 10**9

pytestmark = [
    pytest.mark.skipif(find_spec("libsumo") is None, reason="libsumo is not installed"),
    pytest.mark.skipif(not FOLDER.is_dir(), reason="SUMO's scenario of Bologna is not there; TAIXU_CONTENT names the folder"),
]


def _begin() -> Conductor:
    files = [str(FOLDER / name) for name in ("pasubio_busses.rou.xml", "pasubio.rou.xml")]
    more = [str(FOLDER / name) for name in ("pasubio_vtypes.add.xml", "pasubio_bus_stops.add.xml", "pasubio_tls.add.xml")]
    return Conductor([Remote("taixu.simulation.sumo:Sumo", str(FOLDER / "pasubio_buslanes.net.xml"), files, more)])


def test_it_goes_on_from_a_checkpoint_and_cars_are_on_streets() -> None:
    straight, again = _begin(), _begin()
    straight.advance(20 * SECOND)
    again.restore(straight.checkpoint())
    for each in (straight, again):
        each.advance(60 * SECOND)
        assert each.standings["sumo"].runs
    places = [each.column("sumo.place") for each in (straight, again)]
    assert places[0] is not None
    assert places[1] is not None
    assert np.allclose(places[0], places[1], rtol=0.0, atol=1e-6)
    assert len(places[0]) > 20
    network = read_sumo_network(FOLDER / "pasubio_buslanes.net.xml")
    points = np.concatenate([lane.points for lane in network.lanes])
    low, high = points.min(axis=0) - 5, points.max(axis=0) + 5
    assert ((places[0] > low) & (places[0] < high)).all()
    for each in (straight, again):
        each.close()


def test_a_world_shows_its_cars() -> None:
    app = App()
    app.clock.steps_per_sec, app.clock.max_steps = 10, None
    app.add_plugin(ScenePlugin())
    app.add_plugin(SimulationPlugin())
    app.insert_resource(Project(FOLDER))
    more = ["pasubio_vtypes.add.xml", "pasubio_bus_stops.add.xml", "pasubio_tls.add.xml"]
    files = {"network": "pasubio_buslanes.net.xml", "demand": "pasubio.rou.xml", "additional": more}
    app.world.spawn(Simulation("sumo", settings=files))
    app.frame(10.0)
    runs = app.resource(Simulations)
    assert not runs.troubles
    assert runs.conductor is not None
    assert len(app.world.query(Simulated)) == len(runs.conductor.said("sumo")["number"]) > 5
    app.close()
