"""Simulators as parts of a world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from simulated_worlds import small_city

import taixu as tx
from taixu.app import App, Clock, Stage
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.scene import CELL_M, MeshInstance, MeshLibrary, Transform
from taixu.simulation.worlds import Simulated, Simulation, Simulations, advance_simulations
from taixu.simulation.worlds.surfaces import water_mesh


@pytest.fixture
def app(tmp_path: Path) -> App:
    return small_city(tmp_path)


def _run(app: App, secs: float) -> None:
    app.frame(secs)


def _cars(world: World) -> dict[int, float]:
    """Where cars are along x, by number."""
    found: dict[int, float] = {}
    for table in world.query(Simulated):
        numbers, cells = table.read(Simulated, "number"), table.read(Transform, "cell")[0]
        x = cells * CELL_M + table.read(Transform, "translation")[0].astype(float)
        found |= {int(number): float(at) for number, at in zip(numbers, x, strict=True) if number >= 0}
    return found


def test_cars_become_entities_that_move_between_their_steps(app: App) -> None:
    _run(app, 6.0)
    runs = app.resource(Simulations)
    assert runs.conductor is not None
    assert not runs.troubles
    before = _cars(app.world)
    assert sorted(before) == [0, 1, 2]
    said = runs.conductor.said("cars")
    ages = 6.0 - runs.conductor.said_ns("cars") / 1e9
    wanted = dict(zip(said["number"].tolist(), (said["place"][:, 0] + 1000.0 + said["speed"] * ages).tolist(), strict=True))
    assert before == pytest.approx(wanted, abs=1e-3)
    entities = {int(row) for row in app.world.query(Simulated).entities}
    _run(app, 0.1)
    after = _cars(app.world)
    assert all(0.5 < after[number] - before[number] < 1.5 for number in before)  # about 10 m/s, though they step twice a second
    assert {int(row) for row in app.world.query(Simulated).entities} >= entities
    _run(app, 30.0)
    assert not _cars(app.world)  # they have arrived
    app.close()


def test_water_stops_cars_and_is_seen(tmp_path: Path) -> None:
    dry, wet = small_city(tmp_path), small_city(tmp_path, rain=400_000.0)
    for app in (dry, wet):
        _run(app, 8.0)
    assert max(_cars(wet.world).values(), default=1000.0) < max(_cars(dry.world).values()) - 5.0
    surfaces = [table for table in wet.world.query(Simulated, MeshInstance) if -1 in table.read(Simulated, "number")]
    assert surfaces
    shown = surfaces[0].read(MeshInstance, "mesh")[surfaces[0].read(Simulated, "number") == -1]
    heights = wet.resource(MeshLibrary)[int(shown[0])].primitives[0].attributes["POSITION"][:, 1]
    assert (heights > 0.5).any()
    for app in (dry, wet):
        app.close()


def test_snapshots_forks_and_hashes_hold_simulators(app: App) -> None:
    world = app.world
    _run(app, 3.0)
    snapshot, before = world.snapshot(), world.state_hash()
    fork = world.fork()
    assert fork.state_hash() == before
    _run(app, 3.0)
    later, cars = world.state_hash(), _cars(world)
    assert later != before
    for _ in range(30):
        advance_simulations(fork)
        fork.resource(Clock).end_step()
    assert fork.state_hash() == later
    assert _cars(fork) == cars
    assert fork.resource(Simulations).conductor is not app.resource(Simulations).conductor
    world.restore(snapshot)
    assert world.state_hash() == before
    _run(app, 3.0)
    assert world.state_hash() == later
    assert _cars(world) == cars
    fork.resource(Simulations).close()
    app.close()


def test_a_changed_simulator_begins_anew_and_the_others_go_on(app: App) -> None:
    _run(app, 3.0)
    runs = app.resource(Simulations)
    water = runs.parts["water"].entity
    app.world.set(water, Simulation, settings={"heights": [[0.0] * 20] * 4, "cell": 10.0, "depth": 2.0})
    _run(app, 1.0)
    assert runs.conductor is not None
    assert runs.conductor.standings["cars"].steps == 8
    assert runs.conductor.standings["water"].steps == 1
    depth = runs.conductor.column("water.depth")
    assert depth is not None
    assert depth.mean() == pytest.approx(2.0)
    app.world.despawn(runs.parts["cars"].entity)
    _run(app, 0.1)
    assert not _cars(app.world)
    assert sorted(runs.parts) == ["water", "weather"]
    app.close()


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (Simulation("steam"), "there is no kind of simulator 'steam'"),
        (Simulation("water", name="w", settings={"ground": "../bed.npy"}), "The simulator w is left out"),
        (Simulation("water", name="w", settings={"ground": "none.npy"}), "no such file in the project"),
        (Simulation("water", name="w", settings={"heights": [[0, "x"]]}), "n x n"),
        (Simulation("water", name="w", settings={"heights": [[0.0]], "cell": -1}), "cell takes a number from"),
        (Simulation("water", name="w", settings={"heights": [[0.0]], "sea": 1}), "there is no setting 'sea'"),
        (Simulation("water", name="w", settings=[1]), "settings takes an object"),
        (Simulation("water", settings={"heights": [[0.0]]}), "a name of its own"),
        (Simulation("weather", name="a.b", settings={"secs": [0.0]}), "without dots"),
        (Simulation("people", name="p", settings={}), "nothing here makes a navigation mesh"),
        (Simulation("unit", settings={"file": "town.net.xml"}), "this project is not trusted"),
        (Simulation("drones", settings={"ways": [{"points": []}]}), "points takes n x 3"),
        (Simulation("weather", name="w", settings={"secs": [0.0]}, told={"x": "sea.depth"}), "sea.depth is no column"),
        (Simulation("weather", name="w", settings={"secs": [0.0]}, told={"x": {"of": "water.depth", "by": "?"}}), "no way to meet"),
        (Simulation("weather", name="w", settings={"secs": [0.0]}, told={"x": {"of": "cars.place", "by": "flooded_roads"}}),
         "w has no network"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_and_the_rest_runs(app: App, setting: Simulation, sentence: str) -> None:
    app.world.spawn(setting)
    _run(app, 1.0)
    runs = app.resource(Simulations)
    assert len(runs.troubles) == 1
    assert sentence in runs.troubles[0]
    assert runs.conductor is not None
    assert runs.conductor.standings["cars"].steps == 2
    app.close()


def test_one_that_is_left_out_alone_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with tx.App.headless() as app:
        app.world.spawn(Simulation("water", settings={"heights": [[0.0]], "cell": -1}))
        _run(app, 1.0)
    assert [record.message for record in caplog.records if "left out" in record.message] == [
        "The simulator water is left out: cell takes a number from 0.001 to 10000, not -1"
    ]


@pytest.mark.parametrize("secs", [1.0, 6.0])
def test_people_without_a_floor_are_said_once_there_could_be_one(caplog: pytest.LogCaptureFixture, secs: float) -> None:
    """Ground may come late, with its model; whoever stops before is told at the end."""
    people = {"groups": [{"area": [-1, -1, 1, 1], "count": 2}], "goals": [[[0, 0, 5]]]}
    with tx.App.headless() as app:
        app.world.spawn(Simulation("people", settings=people))
        _run(app, min(secs, 1.0))
        assert app.resource(Simulations).troubles
        assert not [record for record in caplog.records if "left out" in record.message]
        _run(app, secs - 1.0)
        said = [record.message for record in caplog.records if "left out" in record.message]
        assert len(said) == (1 if secs > 5.0 else 0)
    assert len([record for record in caplog.records if "left out" in record.message]) == 1


def test_a_surface_reaches_into_the_ground_at_its_shore() -> None:
    bed = np.tile(np.linspace(-1.0, 1.0, 9), (5, 1))
    depth = np.maximum(0.0 - bed, 0.0).astype(np.float32)
    mesh = water_mesh(bed, depth, None, cell=2.0)
    x, y = mesh.attributes["POSITION"][:, 0], mesh.attributes["POSITION"][:, 1]
    assert y[x < 8.0] == pytest.approx(0.0)  # level
    assert x.max() == pytest.approx(9.0)  # one cell past the shore, where it lies below the ground
    assert (y[x > 8.5] <= 0.0).all()
    corners = mesh.attributes["POSITION"][mesh.indices].reshape(-1, 3, 3)
    assert (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 1] > 0).all()


def test_drones_and_units_run_in_a_world(app: App, tmp_path: Path) -> None:
    from tiny_unit import make_unit

    from taixu.script import ScriptHost

    make_unit(tmp_path).rename(tmp_path / "tank.fmu")
    app.insert_resource(ScriptHost(app.world, trusted=True))
    app.world.spawn(Simulation("drones", settings={"ways": [{"points": [[0, 20, 0], [50, 20, 0]], "speed": 5}], "loops": 1}))
    tank = {"file": "tank.fmu", "starts": [{"variable": "leak", "value": 0.2}], "period_secs": 1.0}
    app.world.spawn(Simulation("unit", name="tank", settings=tank, told={"in_flow": "weather.rain"}))
    _run(app, 4.0)
    runs = app.resource(Simulations)
    assert not runs.troubles
    assert runs.conductor is not None
    assert runs.conductor.standings["tank"].steps == 4
    mine = [table for table in app.world.query(Simulated) if runs.parts["drones"].entity in table.read(Simulated, "owner")]
    row = mine[0].read(Simulated, "owner").tolist().index(runs.parts["drones"].entity)
    assert mine[0].read(Simulated, "speed")[row] == pytest.approx(5.0, abs=0.1)
    app.close()


def test_people_walk_on_the_floors_of_the_world(tmp_path: Path) -> None:
    from taixu.navigation import NavigationPlugin
    from taixu.physics import Collider, PhysicsPlugin
    from taixu.scene import ScenePlugin
    from taixu.simulation.worlds import SimulationPlugin

    app = App()
    app.clock.max_steps = None
    for plugin in (ScenePlugin(), PhysicsPlugin(), NavigationPlugin(), SimulationPlugin()):
        app.add_plugin(plugin)
    app.world.spawn(Transform((0.0, -0.5, 0.0)), Collider("box", size=(20.0, 1.0, 8.0)))
    app.run_stage(Stage.PROPAGATE)
    group = {"count": 5, "area": [-9, -2, -6, 2], "goals": [[8, 0, 0]]}
    app.world.spawn(Simulation("people", settings={"groups": [group]}))
    _run(app, 4.0)
    assert not app.resource(Simulations).troubles
    assert len(_cars(app.world)) == 5
    assert min(_cars(app.world).values()) > -9 + 2.0
    app.close()


def test_a_field_of_the_world_closes_a_street(tmp_path: Path) -> None:
    barrier = declared_component("barrier", {"shut": {"kind": "f32"}})
    app = small_city(tmp_path)
    app.register_component(barrier)
    entity = app.world.spawn(Simulation("fields", name="desk", settings={"shut": "barrier.shut"}), barrier())
    for table in app.world.query(Simulation).tables():
        told = table.read(Simulation, "told").copy()
        closed = {"pace": {"of": ["desk.shut", "water.depth"], "by": "closed_roads", "lanes": ["b"]}}
        told[table.read(Simulation, "kind") == "traffic"] = closed
        table.set(Simulation, "told", told)
    app.frame(1.0)
    app.world.set(entity, barrier, shut=1.0)
    app.frame(20.0)
    runs = app.resource(Simulations)
    assert runs.troubles == [] and runs.conductor is not None
    places = runs.conductor.column("cars.place")
    assert places is not None and len(places) == 3 and (places[:, 0] < 110.0).all(), "nobody drives where it is shut"
    app.world.set(entity, barrier, shut=0.0)
    app.frame(5.0)
    places = runs.conductor.column("cars.place")
    assert places is not None and (places[:, 0] > 120.0).any()
    app.world.set(entity, barrier, shut=float("nan"))
    app.frame(1.0)
    assert runs.conductor.standings["desk"].reason == "barrier.shut is no finite number"
    app.close()
