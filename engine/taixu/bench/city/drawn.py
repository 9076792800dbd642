"""A million entities simulated and a hundred thousand drawn: water, cars and people of a world, in pictures off screen."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench.city.simulators import LEAVING, square, streets
from taixu.bench.measure import Options, result

__all__ = ["drawn"]

_CARS, _THINGS, _SIZE_M, _SECS = 12_000, 70_000, 2000.0, 10
_A_SEC = 10
"""Fixed steps of the world's clock."""


def drawn(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result: simulated seconds of the whole world, each with a picture; `faster` without the pictures.

    `seen` counts the meshes of the world that a camera above all of it sees.
    """
    from taixu.app import App
    from taixu.gpu import create_device
    from taixu.render import Renderer, View, ViewCamera
    from taixu.scene import MeshInstance, Transform
    from taixu.scene.library import MeshLibrary, add_mesh
    from taixu.scene.plugin import ScenePlugin
    from taixu.scene.shapes import shape_mesh
    from taixu.simulation.worlds import Simulated, Simulation, SimulationPlugin, Simulations

    rng = np.random.default_rng(9)
    with App() as app:
        app.clock.steps_per_sec, app.clock.max_steps = _A_SEC, None
        app.add_plugin(ScenePlugin())
        app.add_plugin(SimulationPlugin())
        cells = _add_kinds(app, options.n)
        world = app.world
        mesh = add_mesh(world.resource(MeshLibrary), "house", shape_mesh("box", (4.0, 12.0, 4.0)))
        places = np.stack([rng.uniform(0, _SIZE_M, _THINGS), np.full(_THINGS, 6.0), rng.uniform(0, _SIZE_M, _THINGS)])
        world.spawn_batch(_THINGS, {Transform: {"translation": places.astype(np.float32)}, MeshInstance: {"mesh": mesh}})
        told = {"rain": "weather.rain"}
        world.spawn(Simulation("weather", settings={"secs": [0], "rain": [40]}))
        world.spawn(Simulation("bench water", name="water", told=told), Transform((0.0, -2.0, 0.0)))
        pace = {"pace": {"of": "water.depth", "by": "flooded_roads"}}
        world.spawn(Simulation("bench traffic", name="traffic", told=pace))
        world.spawn(Simulation("bench people", name="people"))
        app.frame(1.0)  # compiles
        device = create_device()
        renderer = Renderer(device)
        camera = ViewCamera.looking((_SIZE_M / 2, 900.0, _SIZE_M * 1.1), (_SIZE_M / 2, 0.0, _SIZE_M / 2), far_m=6000.0)
        view = View(camera, options.size, quality="fast")
        renderer.render(world, [view])
        simulated, pictures = [], []
        for _ in range(min(options.frames, _SECS)):
            began = perf_counter()
            app.frame(1.0)
            between = perf_counter()
            renderer.render(world, [view])
            assert renderer.read(view).std() > 1, "there is something to see"
            pictures.append(perf_counter() - between)
            simulated.append(between - began)
        conductor = world.resource(Simulations).conductor
        assert conductor is not None
        reasons = [standing.reason for standing in conductor.standings.values() if standing.reason]
        shares = {name: round(standing.wall_secs, 2) for name, standing in conductor.standings.items()}
        moving, meshes = len(world.query(Simulated)), len(world.query(MeshInstance))
        view.release()
        renderer.release()
    times = np.array(simulated) * 1e3
    both = times + np.array(pictures) * 1e3
    yield result(
        "city/drawn", times, n=cells + moving, drawn=meshes, size=f"{options.size[0]}x{options.size[1]}",
        draw_ms=round(float(np.median(pictures)) * 1e3, 1), faster=round(len(times) / (times.sum() / 1e3), 2),
        faster_drawn=round(len(times) / (both.sum() / 1e3), 2), secs_by_simulator=shares, gpu=device.capabilities.name,
        ratio=round(len(times) / (both.sum() / 1e3), 2), set_aside=reasons,
    )  # fmt: skip


def _add_kinds(app: Any, count: int) -> int:
    """Kinds of simulators that are made here rather than of files; gives the cells of water."""
    from taixu.simulation.crowd import People
    from taixu.simulation.traffic import Traffic
    from taixu.simulation.water import Water
    from taixu.simulation.worlds import SimulatorKinds
    from taixu.simulation.worlds.kinds import Prepared, SimulatorKind

    kinds = app.resource(SimulatorKinds)
    side = round(count**0.5)
    cell = _SIZE_M / side
    ground = np.cumsum(np.random.default_rng(5).normal(0, 0.02, (side, side)), axis=0) + np.linspace(0, 10, side)
    demand = streets(30, _SIZE_M, _CARS)
    places, floors = square(LEAVING)
    gates = np.array([[x, 0.0, z] for x in (-99.0, 99.0) for z in (-60.0, -20.0, 20.0, 60.0)])
    middle = {"network": demand.network}

    def water(settings: Any, site: Any) -> Prepared:
        return Prepared(lambda name: Water(ground, cell=cell, name=name), {"bed": ground, "cell": cell})

    def traffic(settings: Any, site: Any) -> Prepared:
        return Prepared(lambda name: Traffic(demand, name=name), middle)

    def people(settings: Any, site: Any) -> Prepared:
        return Prepared(lambda name: People(floors, places, [gates], name=name))

    kinds.add("bench water", SimulatorKind(water))
    for name, prepare, like in (("bench traffic", traffic, "traffic"), ("bench people", people, "people")):
        kinds.add(name, SimulatorKind(prepare, kinds.kind(like).poses, kinds.kind(like).look))
    return side * side
