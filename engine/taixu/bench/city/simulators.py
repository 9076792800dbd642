"""Water, traffic and crowds, each alone beside what is known of it or beside SUMO; all together; and branches of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import Options, result, time_calls

__all__ = ["beside", "bologna", "branches", "dam_break", "district", "leaving", "run_steps", "square", "streets", "told"]

_BOLOGNA_SECS = 1200
LEAVING = 20_000
_LEAVING_LIMIT_SECS = 300.0
_FORKED, _FORK_LIMIT_MS = 100_000, 200.0
_BESIDE, _STEP_MS = 20_000, 1e3 / 30
_DAM_LIMIT, _MASS_LIMIT = 0.02, 1e-6


def run_steps(advance: Callable[[int], object], steps: Iterable[int]) -> NDArray[np.float64]:
    """Milliseconds of each step, of one simulated second unless said otherwise."""
    times = []
    for step in steps:
        began = perf_counter()
        advance(step)
        times.append((perf_counter() - began) * 1e3)
    return np.array(times)


def told(name: str, times: NDArray[np.float64], *, n: int, step_secs: float = 1.0, **more: Any) -> dict[str, Any]:
    """A result of a part, with how many times faster than the clock its steps were."""
    wall = float(times.sum()) / 1e3
    simulated = len(times) * step_secs
    about = {"simulated_secs": simulated, "wall_secs": round(wall, 2), "faster": round(simulated / wall, 1)}
    return result(f"city/{name}", times, n=n, **about, **more)


def dam_break(options: Options) -> Iterator[dict[str, Any]]:
    """Ritter's (1892) solution ten seconds after a dam broke over dry ground, as a share of all water."""
    from taixu.simulation.water import Water

    depth = np.zeros((4, 1000))
    depth[:, :500] = 2.0
    water = Water(np.zeros(depth.shape), cell=1.0, depth=depth, manning=0.0, period_secs=1.0)
    water.step(0, 10**9, {})  # compiles
    times = run_steps(lambda second: water.step(second * 10**9, 10**9, {}), range(1, 20))
    said = water.said()
    x, c0, t = np.arange(1000) + 0.5 - 500, np.sqrt(9.80665 * 2.0), 20.0
    exact = np.where(x < -c0 * t, 2.0, np.where(x > 2 * c0 * t, 0.0, (2 * c0 - x / t) ** 2 / (9 * 9.80665)))
    off = float(np.abs(said["depth"][0] - exact).sum() / exact.sum())
    yield told("dam-break", times, n=depth.size, off=round(off, 4), limit=_DAM_LIMIT, mass_error=water.volumes.error)


def bologna(options: Options) -> Iterator[dict[str, Any]]:
    """SUMO's scenario of Bologna by our traffic and by SUMO, where the content and libsumo are."""
    folder = Path(os.environ.get("TAIXU_CONTENT", "")) / "sumo" / "bologna-pasubio"
    if not folder.is_dir():
        yield {"name": "city/traffic", "skipped": "SUMO's scenario of Bologna is not there; TAIXU_CONTENT names the folder"}
        return
    from taixu.simulation.traffic import Traffic
    from taixu.simulation.traffic.sumo import read_sumo_demand, read_sumo_network

    network = read_sumo_network(folder / "pasubio_buslanes.net.xml", lights=[folder / "pasubio_tls.add.xml"])
    names = ("pasubio_vtypes.add.xml", "pasubio_bus_stops.add.xml", "pasubio_busses.rou.xml", "pasubio.rou.xml")
    demand = read_sumo_demand(network, [folder / name for name in names])
    Traffic(demand).step(0, 10**9, {})  # compiles
    traffic = Traffic(demand, period_secs=1.0)
    times = run_steps(lambda second: traffic.step(second * 10**9, 10**9, {}), range(_BOLOGNA_SECS))
    driving, _, arrived, jumped = traffic.said()["counts"].tolist()
    peer = _sumo(folder)
    more = {"driving": driving, "arrived": arrived, "jumped": jumped, "sumo": peer}
    if "arrived" in peer:
        more |= {"arrived_to_sumo": round(arrived / peer["arrived"], 3)}
        more |= {"times_sumo": round(peer["wall_secs"] / (times.sum() / 1e3), 2)}
    yield told("traffic", times, n=driving, **more)


def _sumo(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "taixu.bench.peers.sumo", str(folder.resolve()), str(_BOLOGNA_SECS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        return {"skipped": f"SUMO ended with status {done.returncode}"}


def leaving(options: Options) -> Iterator[dict[str, Any]]:
    """Twenty thousand people who leave a square of 160 m by eight gates of 4 m, until the last is out."""
    from taixu.simulation.crowd import People

    places, floors = square(LEAVING)
    gates = [np.array([[x, 0.0, z]]) for x in (-99.0, 99.0) for z in (-60.0, -20.0, 20.0, 60.0)]
    people = People(floors, places, [np.concatenate(gates)], period_secs=5.0)
    people.step(0, 10**8, {})  # compiles
    remaining = takewhile(lambda second: bool((people.arrived_secs < 0).any()), range(0, 3600, 5))
    times = run_steps(lambda second: people.step(second * 10**9, 5 * 10**9, {}), remaining)
    left = int((people.arrived_secs >= 0).sum())
    people.close()
    limit = {"limit_secs": _LEAVING_LIMIT_SECS, "ratio": round(_LEAVING_LIMIT_SECS / (times.sum() / 1e3), 2)}
    yield told("evacuation", times, n=LEAVING, step_secs=5.0, out=left, **limit)


def square(count: int) -> tuple[NDArray[np.float64], Any]:
    """A square of 160 m with gates of 4 m: where so many people stand, and its floors."""
    from taixu.navigation import MeshSettings, Piece
    from taixu.navigation.mesh import make_mesh
    from taixu.physics import shapes

    def box(size: tuple[float, float, float], place: tuple[float, float, float]) -> Piece:
        return Piece.of_shape(shapes.box(size), (*place, 0.0, 0.0, 0.0, 1.0))

    pieces = [box((200.0, 1.0, 164.0), (0.0, -0.5, 0.0))]
    for x in (-80.0, 80.0):
        pieces += [box((1.0, 3.0, 36.0), (x, 1.5, z)) for z in (-40.0, 0.0, 40.0)]
        pieces += [box((1.0, 3.0, 20.0), (x, 1.5, z)) for z in (-72.0, 72.0)]
    mesh = make_mesh(pieces, MeshSettings(cell_m=0.25, agent_radius_m=0.1))
    rng = np.random.default_rng(4)
    return np.stack([rng.uniform(-78, 78, count), np.zeros(count), rng.uniform(-78, 78, count)], axis=1), mesh.floors


def district(options: Options) -> Iterator[dict[str, Any]]:
    """Water over all ground, cars in a grid of streets and people in a square, under one clock; all of it in one process."""
    from taixu.simulation import Conductor, Link, Simulator
    from taixu.simulation.couplings import FloodedRoads, Raster
    from taixu.simulation.crowd import People
    from taixu.simulation.traffic import Traffic
    from taixu.simulation.water import Water
    from taixu.simulation.weather import Weather

    side = round(options.n**0.5)
    rng = np.random.default_rng(5)
    ground = np.cumsum(rng.normal(0, 0.02, (side, side)), axis=0) + np.linspace(0, 10, side)
    demand = streets(30, 2000.0, 12_000)
    raster = Raster(0.0, 0.0, 2000.0 / side, side, side)
    places, floors = square(LEAVING)
    gates = np.array([[x, 0.0, z] for x in (-99.0, 99.0) for z in (-60.0, -20.0, 20.0, 60.0)])
    simulators: list[Simulator] = [
        Weather([0.0], {"rain": [40.0]}), Water(ground, cell=raster.cell, period_secs=1.0, open_sides=("west",)),
        Traffic(demand, period_secs=0.5), People(floors, places, [gates]),
    ]  # fmt: skip
    links = [Link("water.rain", ("weather.rain",)), Link("traffic.pace", ("water.depth",), FloodedRoads(demand.network, raster))]
    conductor = Conductor(simulators, links)
    conductor.advance(10**9)  # compiles
    times = run_steps(lambda second: conductor.advance((1 + second) * 10**9), range(1, options.frames + 1))
    counts, volumes = conductor.column("traffic.counts"), conductor.column("water.volumes")
    assert counts is not None
    assert volumes is not None
    stored, at_start, rained, drained, left = volumes.tolist()
    shares = {name: round(standing.wall_secs, 2) for name, standing in conductor.standings.items()}
    reasons = [standing.reason for standing in conductor.standings.values() if standing.reason]
    conductor.close()
    number = side * side + int(counts[0]) + LEAVING
    yield told(
        "district", times, n=number, cells=side * side, cars=int(counts[0]), people=LEAVING,
        secs_by_simulator=shares,
        mass_error=abs(stored - (at_start + rained - drained - left)) / max(at_start + rained, 1e-9), mass_limit=_MASS_LIMIT,
        ratio=round(options.frames / (times.sum() / 1e3), 2), set_aside=reasons,
    )  # fmt: skip


def branches(options: Options) -> Iterator[dict[str, Any]]:
    """Forks of a world of a hundred thousand entities with two thousand drones, and one that runs ten minutes ahead beside it."""
    from taixu.app import App
    from taixu.scene import MeshInstance, Name, ScenePlugin, Transform
    from taixu.simulation.worlds import Branches, Simulation, SimulationPlugin

    rng = np.random.default_rng(7)
    with App() as app:
        app.clock.max_steps = None
        app.add_plugin(ScenePlugin())
        app.add_plugin(SimulationPlugin())
        places = rng.uniform(-500, 500, (3, _FORKED)).astype(np.float32)
        names = np.array([f"thing {number}" for number in range(_FORKED)], object)
        app.world.spawn_batch(_FORKED, {Transform: {"translation": places}, MeshInstance: {}, Name: {"text": names}})
        ways = [{"points": rng.uniform(0, 1000, (5, 3)).round(1).tolist()} for _ in range(2000)]
        app.world.spawn(Simulation("drones", settings={"ways": ways, "loops": 1}))
        app.frame(1.0)
        times = run_steps(lambda _: app.world.fork(), range(7))
        branch = app.resource(Branches).begin("ahead", seconds=600.0, share=1.0)
        branch.wait(60.0)
        done = {"branch_secs": round(branch.wall_secs, 2), "branch_progress": round(branch.progress, 2)}
        found = app.resource(Branches).differences("ahead")
        moved = next(len(each.ids) for each in found if each.field == "translation")
        entities, faster = len(app.world), round(branch.faster, 1)
    median = float(np.median(times))
    limit = {"limit_ms": _FORK_LIMIT_MS, "ratio": round(_FORK_LIMIT_MS / median, 2)}
    yield result("city/branches", times, n=entities, **limit, faster=faster, differ=moved, **done)


def beside(options: Options) -> Iterator[dict[str, Any]]:
    """Frames of a world whose present goes on while two branches of it run ahead, beside frames of the present alone."""
    from taixu.app import App
    from taixu.scene import MeshInstance, ScenePlugin, Transform
    from taixu.simulation.worlds import Branches, Simulation, SimulationPlugin

    rng = np.random.default_rng(8)
    with App() as app:
        app.clock.steps_per_sec, app.clock.max_steps = 30, None
        app.add_plugin(ScenePlugin())
        app.add_plugin(SimulationPlugin())
        places = rng.uniform(-500, 500, (3, _BESIDE)).astype(np.float32)
        app.world.spawn_batch(_BESIDE, {Transform: {"translation": places}, MeshInstance: {}})
        ways = [{"points": rng.uniform(0, 1000, (5, 3)).round(1).tolist()} for _ in range(2000)]
        app.world.spawn(Simulation("drones", settings={"ways": ways, "loops": 1}))
        ground: dict[str, Any] = {"heights": np.zeros((200, 200)).tolist(), "cell": 5.0, "depth": 0.3}
        app.world.spawn(Simulation("water", settings=ground))
        app.frame(1.0)

        def frames() -> NDArray[np.float64]:
            return time_calls(lambda _: app.frame(1 / 30), 150, before=lambda _: sleep(1 / 30))

        alone = frames()
        running = app.resource(Branches)
        began = perf_counter()
        for name in ("one", "two"):
            running.begin(name, seconds=86_400.0)
        begin_ms = (perf_counter() - began) * 500.0
        beside = frames()
        entities, faster = len(app.world), [round(branch.faster, 1) for branch in running]
    p95, p95_alone = (round(float(np.percentile(times, 95)), 2) for times in (beside, alone))
    limit = {"p95_alone_ms": p95_alone, "limit_ms": round(_STEP_MS, 1), "ratio": round(_STEP_MS / p95, 2)}
    yield result("city/beside-branches", beside, n=entities, begin_ms=round(begin_ms, 1), faster=faster, **limit)


def streets(blocks: int, size: float, cars: int) -> Any:
    """A grid of one-way streets that alternate, and cars that drive along them and turn once."""
    from taixu.simulation.traffic import Connection, Demand, Lane, RoadNetwork, Trip

    step = size / blocks
    lanes, links, ways = [], [], {}

    def name(axis: str, line: int, number: int) -> str:
        return f"{axis}{line}.{number}"

    for axis in "xz":
        for line in range(blocks + 1):
            turned = line % 2 == 1
            for number in range(blocks):
                ends = np.array([number * step, (number + 1) * step])[:: -1 if turned else 1]
                across = np.full(2, line * step)
                points = np.stack([ends, across] if axis == "x" else [across, ends], axis=1)
                edge = name(axis, line, number)
                lanes += [Lane(f"{edge}/{lane}", edge, points, step, 13.9) for lane in range(2)]
                ways[axis, tuple(points[0].round(3))] = edge
    at_end = {lane.edge: tuple(lane.points[1].round(3)) for lane in lanes}
    for edge, end in at_end.items():
        for axis in "xz":
            onto = ways.get((axis, end))
            if onto:
                links += [Connection(f"{edge}/{lane}", f"{onto}/{lane}") for lane in range(2)]
    network = RoadNetwork(lanes, links)
    rng = np.random.default_rng(6)
    trips: list[Trip] = []
    while len(trips) < cars:
        edge = network.edges[int(rng.integers(len(network.edges)))]
        way, axis = [edge], edge[0]
        for number in range(30):
            axis = ("z" if axis == "x" else "x") if number == 12 else axis
            onto = ways.get((axis, at_end[way[-1]]))
            if onto is None:
                break
            way.append(onto)
        trips.append(Trip(0.0, tuple(way)))
    return Demand(network, trips)
