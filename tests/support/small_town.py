"""A small town for tests of futures: cars on a street that may be flooded, and a gate that plans open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulated_worlds import NET

import taixu as tx
from taixu.edit import Project, WorldSettings
from taixu.edit.declared import declared_component
from taixu.simulation.worlds import Simulation
from taixu.twin import Device

__all__ = ["TOWN", "build_town"]

_CARS = "".join(f'<vehicle id="{number}" depart="{4 * number}" route="r"/>' for number in range(150))
_ROUTES = f'<routes><route id="r" edges="a b"/>{_CARS}</routes>'
GATE = declared_component("gate", {"state": {"kind": "text", "choices": ["open", "shut"]}})


def _plan(name: str, secs: float) -> dict[str, Any]:
    return {
        "name": name, "roles": {"warden": 1},
        "steps": [
            {"name": "walk", "role": "warden", "takes": secs},
            {"name": "open", "after": ["walk"], "do": [{"control": "gate", "of": "device.kind == 'gate'", "value": "open"}]},
        ],
        "goals": [{"name": "gate open", "measure": "Gates shut", "below": 1, "within": 5}],
    }  # fmt: skip


TOWN: dict[str, Any] = {
    "controls": [{"name": "gate", "field": "gate.state", "source": "town", "topic": "gate/{key}", "choices": ["open", "shut"]}],
    "measures": [
        {"name": "Mean speed", "unit": "m/s", "value": "mean(simulated.speed)", "where": "simulated.number >= 0"},
        {"name": "Gates shut", "value": "count(gate.state == 'shut')"},
    ],
    "scenarios": [{"name": "flood", "set": {"water.depth": 0.5}}],
    "plans": [_plan("by foot", 8.0), _plan("by wire", 1.0)],
}  # fmt: skip


def build_town(app: Any, folder: Path) -> None:
    """Put it into an app whose clock takes ten fixed steps a second."""
    (folder / "town.net.xml").write_text(NET)
    (folder / "town.rou.xml").write_text(_ROUTES)
    app.clock.steps_per_sec = 10
    app.register_component(GATE)
    app.insert_resource(Project(folder))
    world, scene = app.world, app.scene
    scene.spawn("Street", tx.Shape("box", size=(220.0, 0.2, 12.0)), position=(100.0, -0.1, 0.0))
    scene.spawn("Gate", tx.Shape("box", size=(0.6, 4.0, 2.0)), Device(key="g", kind="gate"), GATE(state="shut"),
                position=(130.0, 2.0, -6.0))  # fmt: skip
    scene.spawn("Camera", tx.Camera(), position=(110.0, 30.0, 45.0), rotation=(-0.29, 0.0, 0.0, 0.957))
    water = {"heights": [[0.0] * 22] * 4, "cell": 10.0}
    world.spawn(Simulation("water", settings=water), tx.Transform((-10.0, 0.0, -20.0)))
    told = {"pace": {"of": "water.depth", "by": "flooded_roads"}}
    roads = {"network": "town.net.xml", "demand": "town.rou.xml"}
    world.spawn(Simulation("traffic", name="cars", settings=roads, told=told))
    app.resource(WorldSettings).values["twin"] = TOWN
