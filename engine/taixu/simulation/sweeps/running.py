"""Runs of a plan, in worker processes; each is written when it is finished, so that a sweep that was killed goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taixu.app.jobs import Job, Jobs
from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.simulation.sweeps.plan import Plan

__all__ = ["Run", "finished_runs", "run_plan"]

_MOST_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run.

    Attributes
    ----------
    case
        Values by ``simulator.setting``.
    measures
        Numbers by name.
    wall_secs
        How long it took.
    state_hash
        Of its world at the end: equal runs have equal ones, wherever they ran.
    """

    case: Mapping[str, Any]
    measures: Mapping[str, float]
    wall_secs: float
    state_hash: str


def finished_runs(plan: Plan, folder: Path) -> dict[str, Run]:
    """Runs of a plan that a folder holds, by key; files that hold something else are as good as not there."""
    found = {}
    for case in plan.cases:
        key = plan.key(case)
        file = folder / "runs" / f"{key}.json"
        if file.is_file():
            try:
                raw = json.loads(read_bytes(file, max_bytes=_MOST_BYTES))
                numbers = {name: float(raw["measures"][name]) for name in plan.measures}
                found[key] = Run(case, numbers, float(raw["wall_secs"]), str(raw["state_hash"]))
            except (ValueError, TypeError, KeyError, TaixuError):
                continue
    return found


def run_plan(
    plan: Plan, folder: Path, *, function: str, arguments: tuple[Any, ...] = (), workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, Run], dict[str, str]]:
    """Run what is not finished yet.

    Parameters
    ----------
    folder
        Where finished runs lie and are put, in ``runs``.
    function
        ``module:function`` that a worker calls with the plan, a case and `arguments`, and that gives measures by name and the
        hash of the world at the end.
    workers
        Processes at a time.
    progress
        Called with how many runs are finished, and how many there are.

    Returns
    -------
    tuple
        Finished runs by key, in the order of the plan; and why others failed, a sentence by key.
    """
    done, failed = finished_runs(plan, folder), dict[str, str]()
    cases = {plan.key(case): case for case in plan.cases}
    total = len(cases)
    if progress is not None:
        progress(len(done), total)

    def keep(key: str, job: Job) -> None:
        if job.error is not None:
            failed[key] = str(job.error)
        else:
            measures, state_hash, wall_secs = job.result
            run = Run(cases[key], measures, wall_secs, state_hash)
            text = json.dumps(
                {"case": run.case, "measures": run.measures, "wall_secs": run.wall_secs, "state_hash": run.state_hash}, indent=1
            )
            write_atomic(folder / "runs" / f"{key}.json", text.encode())
            done[key] = run
        if progress is not None:
            progress(len(done) + len(failed), total)

    with Jobs(workers=workers) as jobs:
        for key, case in cases.items():
            if key not in done:
                jobs.submit(function, (plan, case, *arguments), label=_said(case), then=lambda job, key=key: keep(key, job))  # type: ignore[misc]
        jobs.wait()
    return {key: done[key] for key in cases if key in done}, failed


def _said(case: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {json.dumps(value)[:40]}" for name, value in case.items()) or "the only run"
