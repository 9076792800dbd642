"""Small worlds with simulators, for tests."""

from __future__ import annotations

from pathlib import Path

from taixu.app import App
from taixu.edit import Project
from taixu.scene import ScenePlugin, Transform
from taixu.simulation.worlds import Simulation, SimulationPlugin

__all__ = ["NET", "ROUTES", "small_city"]

NET = """<net><edge id="a" from="1" to="2"><lane id="a_0" index="0" speed="10" length="100" shape="0,0 100,0"/></edge>
<edge id="b" from="2" to="3"><lane id="b_0" index="0" speed="10" length="100" shape="100,0 200,0"/></edge>
<connection from="a" to="b" fromLane="0" toLane="0"/></net>"""
ROUTES = """<routes><route id="r" edges="a b"/><vehicle id="1" depart="0" route="r"/><vehicle id="2" depart="2" route="r"/>
<vehicle id="3" depart="4" route="r"/></routes>"""


def small_city(folder: Path, *, rain: float = 0.0) -> App:
    """A street of 200 m from x = 1000 on, three cars, and water over it: an app with ten fixed steps a second."""
    (folder / "town.net.xml").write_text(NET)
    (folder / "town.rou.xml").write_text(ROUTES)
    app = App()
    app.clock.steps_per_sec, app.clock.max_steps = 10, None
    app.add_plugin(ScenePlugin())
    app.add_plugin(SimulationPlugin())
    app.insert_resource(Project(folder))
    world = app.world
    world.spawn(Simulation("weather", settings={"secs": [0.0], "rain": [rain], "period_secs": 1.0}))
    water = {"heights": [[0.0] * 20] * 4, "cell": 10.0}
    world.spawn(Simulation("water", settings=water, told={"rain": "weather.rain"}), Transform((1000.0, 0.0, -20.0)))
    roads = {"network": "town.net.xml", "demand": "town.rou.xml"}
    told = {"pace": {"of": "water.depth", "by": "flooded_roads"}}
    world.spawn(Simulation("traffic", name="cars", settings=roads, told=told), Transform((1000.0, 0.5, 0.0)))
    return app
