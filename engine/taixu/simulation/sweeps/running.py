"""Runs of a plan, in worker processes of this machine or on a cluster; each is kept when it is finished."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from taixu.app.jobs import Job, Jobs
from taixu.edit.project import open_project
from taixu.simulation.sweeps.cluster import run_on_cluster
from taixu.simulation.sweeps.plan import Plan
from taixu.simulation.sweeps.runs import Run, finished_runs, keep_run

__all__ = ["run_plan"]


def run_plan(
    plan: Plan, folder: Path, *, function: str, arguments: tuple[Any, ...] = (), workers: int | None = None, cluster: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> tuple[dict[str, Run], dict[str, str]]:
    """Run what is not finished yet.

    Parameters
    ----------
    folder
        Where finished runs lie and are put, in ``runs``.
    function
        ``module:function`` that a worker calls with the plan, a case and `arguments`, and that gives measures by name, the hash
        of the world at the end and the seconds that it took.
    workers
        Runs at a time; two here, as many as it has cores on a cluster.
    cluster
        Address of a Ray cluster that does the work; none by default.
    progress
        Called with how many runs are finished, and how many there are.

    Returns
    -------
    tuple
        Finished runs by key, in the order of the plan; and why others failed, a sentence by key.

    Raises
    ------
    TaixuError
        When the cluster cannot be reached or is lost.
    """
    cases = {plan.key(case): case for case in plan.cases}
    done = finished_runs(plan, folder)
    wanted = {key: case for key, case in cases.items() if key not in done}
    before = len(done)

    def tell(ended: int) -> None:
        if progress is not None:
            progress(before + ended, len(cases))

    tell(0)
    if not wanted:
        failed: dict[str, str] = {}
    elif cluster:
        root = open_project(plan.world)[0].root
        failed = run_on_cluster(
            cluster, plan, folder, root=root, function=function, arguments=arguments, at_once=workers, wanted=wanted, progress=tell
        )
    else:
        failed = _run_here(plan, folder, function, arguments, workers or 2, wanted, tell)
    done = finished_runs(plan, folder)
    return {key: done[key] for key in cases if key in done}, failed


def _run_here(
    plan: Plan, folder: Path, function: str, arguments: tuple[Any, ...], workers: int, wanted: Mapping[str, Mapping[str, Any]],
    tell: Callable[[int], None],
) -> dict[str, str]:
    failed: dict[str, str] = {}
    ended = 0

    def keep(key: str, job: Job) -> None:
        nonlocal ended
        if job.error is not None:
            failed[key] = str(job.error)
        else:
            measures, state_hash, wall_secs = job.result
            keep_run(folder, key, Run(wanted[key], measures, wall_secs, state_hash))
        ended += 1
        tell(ended)

    with Jobs(workers=workers) as jobs:
        for key, case in wanted.items():
            jobs.submit(function, (plan, case, *arguments), label=_said(case), then=lambda job, key=key: keep(key, job))  # type: ignore[misc]
        jobs.wait()
    return failed


def _said(case: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {json.dumps(value)[:40]}" for name, value in case.items()) or "the only run"
