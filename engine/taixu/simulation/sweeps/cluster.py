"""Runs of a plan on a Ray cluster that exists already, named by its address.

The project's folder travels to the cluster once (Ray keeps it by the hash of what is in it), and a run there opens the same files
as one here: results are equal to the hash. Everything of Ray is in a process of its own, because Ray ends the program that has
lost its cluster. A cluster has no guard at its door: whoever reaches its address runs programs there.
"""

from __future__ import annotations

import importlib
import logging
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from taixu.app.jobs import JobError, Jobs
from taixu.errors import MachineError, TaixuError, UsageError
from taixu.simulation.sweeps.plan import Plan
from taixu.simulation.sweeps.runs import Run, keep_run

__all__ = ["run_on_cluster"]

_ADDRESS = re.compile(r"(?:ray://)?([A-Za-z0-9.\-]{1,253}):(\d{1,5})")
_ANSWER_SECS = 10.0
"""Ray itself waits minutes for a head that is not there."""
_LEFT_BEHIND = [".git", ".taixu", "**/__pycache__", "**/*.taixulog"]
_RETRIES = 2
"""Of a run whose worker or machine died."""


def run_on_cluster(
    address: str, plan: Plan, folder: Path, *, root: Path, function: str, arguments: tuple[Any, ...], at_once: int | None,
    wanted: Mapping[str, Mapping[str, Any]], progress: Callable[[int], None],
) -> dict[str, str]:
    """Run cases on a cluster; each finished one is kept at once.

    Parameters
    ----------
    address
        ``HOST:PORT`` of its head where this machine belongs to it, ``ray://HOST:PORT`` of its client server where it does not.
    root
        The folder that travels; the plan's world lies in it.
    at_once
        Runs at a time; as many as the cluster has cores where nobody says.
    wanted
        Cases by key.
    progress
        Called with how many have ended.

    Returns
    -------
    dict
        Why some failed, a sentence by key.

    Raises
    ------
    UsageError
        When the address is none.
    MachineError
        When Ray is not installed, the cluster cannot be reached or is lost, or is another Python or Taixu than this.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found[2]) > 65535:
        raise UsageError(f"{address[:80]!r} is no address of a cluster; it takes HOST:PORT or ray://HOST:PORT")
    try:
        socket.create_connection((found[1], int(found[2])), _ANSWER_SECS).close()
    except OSError as error:
        raise MachineError(f"there is no cluster at {address} ({error.strerror or error})") from error
    with Jobs(workers=1, memory_mb=None) as jobs:
        job = jobs.submit(
            f"{__name__}:_drive", (address, plan, folder.resolve(), root.resolve(), function, arguments, at_once, dict(wanted)),
            label=f"the cluster at {address}", progress=lambda fraction, text: progress(round(fraction * len(wanted))),
        )  # fmt: skip
        try:
            failed: dict[str, str] = jobs.result(job)
        except JobError as error:
            raise MachineError(f"the cluster at {address} was lost; finished runs are kept, and the same call goes on") from error
    return failed


def _drive(
    address: str, plan: Plan, folder: Path, root: Path, function: str, arguments: tuple[Any, ...], at_once: int | None,
    wanted: Mapping[str, Mapping[str, Any]], progress: Callable[..., None],
) -> dict[str, str]:
    """Hand out the cases, and keep what comes back; called in a process of its own."""
    with open(os.devnull, "w") as nothing:  # Ray speaks to the terminal of whatever it likes
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
    os.environ |= {"RAY_RUNTIME_ENV_IGNORE_GITIGNORE": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError as error:
        raise MachineError('clusters need Ray; pip install "taixu[cluster]" brings it') from error
    try:
        ray.init(
            address=address, log_to_driver=False, logging_level=logging.ERROR,
            runtime_env={"working_dir": str(root), "excludes": _LEFT_BEHIND},
        )  # fmt: skip
    except Exception as error:
        raise MachineError(f"no work can be given to the cluster at {address}: {_line(error)}") from error
    try:
        _must_be_alike(ray, address)
        return _hand_out(ray, replace(plan, world=plan.world.resolve().relative_to(root)), plan, folder, function, arguments,
                         at_once or max(1, int(ray.cluster_resources().get("CPU", 1))), wanted, progress)  # fmt: skip
    finally:
        ray.shutdown()


def _hand_out(
    ray: Any, sent: Plan, plan: Plan, folder: Path, function: str, arguments: tuple[Any, ...], at_once: int,
    wanted: Mapping[str, Mapping[str, Any]], progress: Callable[..., None],
) -> dict[str, str]:  # fmt: skip
    remote = ray.remote(max_retries=_RETRIES, num_cpus=1)(run_there)
    waiting, running, failed, ended = list(wanted.items()), dict[Any, str](), dict[str, str](), 0
    given = ray.put((function, sent, arguments))
    while waiting or running:
        while waiting and len(running) < at_once:
            key, case = waiting.pop(0)
            running[remote.remote(given, case)] = key
        for each in ray.wait(list(running))[0]:
            key = running.pop(each)
            try:
                measures, state_hash, wall_secs = ray.get(each)
                keep_run(folder, key, Run(wanted[key], measures, wall_secs, state_hash))
            except TaixuError as error:  # also what Ray has wrapped: it is of both kinds
                failed[key] = _line(getattr(error, "cause", error))
            except ray.exceptions.RayError as error:
                failed[key] = f"a run on the cluster ended by itself: {_line(getattr(error, 'cause', None) or error)}"
            ended += 1
            progress(ended / len(wanted))
    return failed


def run_there(given: tuple[str, Plan, tuple[Any, ...]], case: Mapping[str, Any]) -> Any:
    """One run, in a worker of the cluster, whose working folder is the project."""
    function, plan, arguments = given
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)(replace(plan, world=Path.cwd() / plan.world), case, *arguments)


def versions() -> tuple[str, str]:
    """Of Python and of Taixu, where this is called."""
    from importlib.metadata import version

    return ".".join(map(str, sys.version_info[:2])), version("taixu")


def _must_be_alike(ray: Any, address: str) -> None:
    here = versions()
    try:
        there = ray.get(ray.remote(versions).remote())
    except ray.exceptions.RayError as error:
        raise MachineError(f"the cluster at {address} runs no Taixu; install taixu=={here[1]} on it ({_line(error)})") from error
    if tuple(there) != here:
        raise MachineError(
            f"the cluster at {address} has Python {there[0]} with Taixu {there[1]}; here they are {here[0]} and {here[1]}"
        )


def _line(error: BaseException) -> str:
    """What an error says, in one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
