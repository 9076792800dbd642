"""One run of a sweep: a world opened, changed, run and measured; called in worker processes."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

from taixu.errors import TaixuError
from taixu.simulation.sweeps import Plan, measured
from taixu.simulation.worlds import Simulation, Simulations

__all__ = ["run_case"]


def run_case(plan: Plan, case: Mapping[str, Any], trust: bool | None = None) -> tuple[dict[str, float], str, float]:
    """Run a case of a plan.

    Returns
    -------
    tuple
        Measures by name, the hash of the world at the end, and the seconds that it took.

    Raises
    ------
    TaixuError
        When the world cannot be opened, names no such simulator, or one of them is left out or set aside.
    """
    from taixu.defaults.app import App

    began = perf_counter()
    with App.headless(trust=trust) as app:
        app.open(plan.world)
        for setting, value in case.items():
            _change(app, setting, value)
        app.run(seconds=plan.seconds)
        runs = app.resource(Simulations)
        if runs.conductor is None:
            raise TaixuError(f"{plan.world}: nothing is simulated in this world")
        for name, standing in runs.conductor.standings.items():
            if not standing.runs:
                raise TaixuError(f"the simulator {name} was set aside: {standing.reason}")
        if runs.troubles:
            raise TaixuError(runs.troubles[0])
        found = {name: measured(runs.conductor.column(each.column), each) for name, each in plan.measures.items()}
        return found, app.world.state_hash(), perf_counter() - began


def _change(app: Any, setting: str, value: Any) -> None:
    name, _, key = setting.partition(".")
    for table in app.world.query(Simulation):
        for row in range(table.count):
            said = table.value(Simulation, row)
            if (said.name or said.kind) == name:
                app.world.set(int(table.entities[row]), Simulation, settings=dict(said.settings) | {key: value})
                return
    raise TaixuError(f"there is no simulator {name!r:.60} in this world whose {key[:60]} could be varied")
