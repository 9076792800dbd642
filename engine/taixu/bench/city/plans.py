"""A plan drilled for twenty thousand people in the sample's district; and a schedule that is begun with a former one."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter, process_time, time_ns
from typing import Any

import numpy as np

from taixu.assets.paths import data_path
from taixu.bench.city.simulators import LEAVING
from taixu.bench.measure import Options, result

__all__ = ["drilled", "scheduled"]

_PLAN, _SECS = "every way out", 3600.0
_START_LIMIT_SECS, _JUDGE_LIMIT_SECS = 60.0, 300.0
_SETTLED_SECS = 5.0
_JOBS, _OPERATIONS, _MACHINES, _EFFORT, _RUNS = 24, 4, 8, 0.2, 11
_FORMER, _NEAR, _TIMES = 4.0, 1.05, 10.0


def drilled(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result: the wall time until a drill's first step is taken, and until the evacuation is judged.

    The district has its traffic, rain, water and rules; `simulated_secs` is how long the drill was until all goals were reached, an
    hour at most, and `hour_secs` what an hour would take if nobody ever arrived.
    """
    import taixu as tx
    from taixu.simulation.worlds import Simulation, Simulations
    from taixu.simulation.worlds.runs import step_copy
    from taixu.twin.plans import drill_plan
    from taixu.twin.plans.engine import PlanEngine
    from taixu.twin.plugin import TwinPlugin, configure_twin

    with tx.App.headless(trust=False, plugins=(TwinPlugin(),)) as app:
        app.open(data_path("samples") / "city")
        app.settle()
        world = app.world
        for table in world.query(Simulation).tables():
            settings = table.read(Simulation, "settings").copy()
            for row in np.flatnonzero(table.read(Simulation, "kind") == "people"):
                first, *others = settings[row]["groups"]
                settings[row] = {**settings[row], "groups": [{**first, "count": LEAVING - len(others)}, *others]}
            table.set(Simulation, "settings", settings)
        configure_twin(world)
        while "people" not in world.resource(Simulations).parts:
            app.run(ticks=6)
        steps = app.clock.steps_per_sec
        app.run(ticks=round(_SETTLED_SECS * steps))  # they stand where they stand: a stadium that nobody counted yet is not empty
        firsts: list[float] = []

        def advance(copy: Any, secs: float) -> None:
            step_copy(copy, steps=max(round(secs * steps), 1))
            firsts.append(perf_counter())

        plan = world.resource(PlanEngine).plans[_PLAN]
        began, busy = perf_counter(), process_time()
        copy = world.fork()
        _, score = drill_plan(copy, plan, now_ns=time_ns(), secs=_SECS, advance=advance)
        judged, busy = perf_counter() - began, process_time() - busy
        conductor = copy.resource(Simulations).conductor
        assert conductor is not None
        shares = {name: round(standing.wall_secs, 2) for name, standing in conductor.standings.items()}
        copy.resource(Simulations).close()
    times = np.diff(firsts) * 1e3
    start, simulated = firsts[0] - began, len(firsts)
    hour = judged / simulated * _SECS
    goals = {name: None if secs is None else round(secs) for name, secs, _ in score.goals}
    yield result(
        "city/plan", times, n=LEAVING, start_secs=round(start, 2), start_limit_secs=_START_LIMIT_SECS,
        judged_secs=round(judged, 1), cpu_secs=round(busy, 1),
        judge_limit_secs=_JUDGE_LIMIT_SECS, simulated_secs=simulated, hour_secs=round(hour, 1),
        faster=round(simulated / judged, 1), points=round(score.points, 1), goals=goals, secs_by_simulator=shares,
        ratio=round(min(_START_LIMIT_SECS / start, _JUDGE_LIMIT_SECS / judged), 2),
    )  # fmt: skip


def scheduled(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result: a machine has become slow; how long a search takes to come as far without the former schedule and with it.

    As far is within a twentieth of what the search without it reaches with its whole effort; the former schedule was looked for
    four times as long, as one has time for before a day. `times` is the median over shops of the one time over the other, model
    making and all.
    """
    from taixu.twin.decisions import schedule_shop

    ratios, colds, warms, doubts = [], [], [], 0
    for seed in range(_RUNS):
        former = schedule_shop(_shop(seed), "fastest", effort=_EFFORT * _FORMER, seed=seed).schedule
        changed = _shop(seed, slow=1.1)
        enough = schedule_shop(changed, "fastest", effort=_EFFORT, seed=seed).objective * _NEAR
        cold = schedule_shop(changed, "fastest", effort=_EFFORT, good_enough=enough, seed=seed)
        warm = schedule_shop(changed, "fastest", former=former, effort=_EFFORT, good_enough=enough, seed=seed)
        doubts += len(cold.schedule.doubts(changed)) + len(warm.schedule.doubts(changed))
        colds.append(cold.secs)
        warms.append(warm.secs if warm.objective <= enough else np.inf)
        ratios.append(colds[-1] / warms[-1])
    times = float(np.median(ratios))
    yield result(
        "city/schedule", np.array(warms) * 1e3, n=_JOBS * _OPERATIONS, cold_secs=round(float(np.median(colds)), 2),
        warm_secs=round(float(np.median(warms)), 3), times=round(times, 1), least=round(min(ratios), 1), limit_times=_TIMES,
        ratio=round(times / _TIMES, 2), broken=doubts,
    )  # fmt: skip


def _shop(seed: int, *, slow: float = 1.0) -> Any:
    """Jobs of four operations on two of eight machines each; the first machine may be slower than it was."""
    from taixu.twin.decisions import read_shop

    rng = np.random.default_rng(seed)
    machines = [f"m{number}" for number in range(_MACHINES)]
    jobs = []
    for number in range(_JOBS):
        operations = []
        for _ in range(_OPERATIONS):
            able = rng.choice(_MACHINES, 2, replace=False)
            secs = {machines[each]: float(rng.integers(5, 30)) * 60 for each in able}
            operations.append({"on": {name: value * (slow if name == "m0" else 1.0) for name, value in secs.items()}, "kw": 10})
        jobs.append({"name": f"{number}", "operations": operations})
    return read_shop({"horizon_secs": 16 * 3600.0, "machines": {name: {} for name in machines}, "jobs": jobs})
