"""What a schedule is made of: machines, jobs of operations, what energy costs and when it is short.

    {"step_secs": 60, "horizon_secs": 28800,
     "machines": {"press 1": {"idle_kw": 2}, "press 2": {}, "oven": {}},
     "jobs": [{"name": "A7", "due": 14400, "weight": 2,
               "operations": [{"on": {"press 1": 600, "press 2": 720}, "kw": 40}, {"on": {"oven": 1800}, "kw": 90}]}],
     "prices": [[0, 0.22], [7200, 0.35]], "short": [[3600, 5400, 100]]}
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.settings_lists import read_object

__all__ = ["Job", "Operation", "Placed", "Schedule", "Shop", "Shortage", "read_shop"]

_MAX_JOBS, _MAX_OPERATIONS, _MAX_MACHINES, _MAX_SLOTS = 2000, 50, 200, 20_000
_OF_SHOP = frozenset({"step_secs", "horizon_secs", "machines", "jobs", "prices", "short"})
_OF_JOB = frozenset({"name", "after", "due", "weight", "operations"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to be done: on which machines it can be, how many steps of time it takes there, and its power in kW."""

    steps_on: Mapping[str, int]
    kw: float


@dataclass(frozen=True, slots=True)
class Job:
    """Operations one after the other.

    Attributes
    ----------
    after, due
        Steps of time before which it cannot begin, and by which it should be done (the horizon where nothing is said).
    """

    name: str
    operations: tuple[Operation, ...]
    after: int
    due: int
    weight: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """From step to step no more than so many kW may be drawn."""

    begin: int
    end: int
    kw: float


@dataclass(frozen=True, slots=True)
class Shop:
    """What is to be scheduled.

    Attributes
    ----------
    step_secs, horizon
        Seconds of a step of time, and how many there are.
    idle_kw
        By machine, what it draws from its first operation to its last while it waits.
    prices
        Of a kWh by step, ``float64[horizon]``.
    """

    step_secs: float
    horizon: int
    idle_kw: Mapping[str, float]
    jobs: tuple[Job, ...]
    prices: NDArray[np.float64]
    shortages: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation (number of the job, number in it) on a machine, from step to step."""

    job: int
    operation: int
    machine: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Operations with their machines and times; jobs that found no room are not in it."""

    placed: tuple[Placed, ...]

    def by_machine(self) -> dict[str, list[Placed]]:
        """In the order in which each machine does them."""
        found: dict[str, list[Placed]] = {}
        for each in sorted(self.placed, key=lambda each: (each.begin, each.job, each.operation)):
            found.setdefault(each.machine, []).append(each)
        return found

    def doubts(self, shop: Shop) -> list[str]:
        """What in it cannot be, one sentence each; nothing where all is well."""
        found: list[str] = []
        ends: dict[tuple[int, int], Placed] = {}
        for each in self.placed:
            name = f"operation {each.operation + 1} of {shop.jobs[each.job].name!r}"
            steps = shop.jobs[each.job].operations[each.operation].steps_on.get(each.machine)
            if steps is None:
                found.append(f"{name} cannot be done on {each.machine!r}")
            elif each.end - each.begin != steps:
                found.append(f"{name} takes {steps} steps, not {each.end - each.begin}")
            if each.begin < shop.jobs[each.job].after or each.end > shop.horizon:
                found.append(f"{name} lies outside of its time")
            if (each.job, each.operation) in ends:
                found.append(f"{name} is done twice")
            ends[each.job, each.operation] = each
        for (job, operation), each in ends.items():
            before = ends.get((job, operation - 1))
            if operation and (before is None or before.end > each.begin):
                found.append(f"operation {operation + 1} of {shop.jobs[job].name!r} begins before the one before it ends")
        for machine, order in self.by_machine().items():
            for former, latter in pairwise(order):
                if latter.begin < former.end:
                    found.append(f"{machine!r} does two things at once at step {latter.begin}")
        return found


def read_shop(raw: Any) -> Shop:
    """A shop as text.

    Raises
    ------
    TaixuError
        With the first thing that is wrong in it.
    """
    raw = read_object(raw, _OF_SHOP, what="a shop")
    step = _number(raw.get("step_secs", 60.0), "step_secs", low=1e-3)
    horizon = math.floor(_number(raw.get("horizon_secs"), "horizon_secs", low=step) / step)
    if horizon > _MAX_SLOTS:
        raise TaixuError(f"horizon_secs is at most {_MAX_SLOTS:,} steps")
    machines = raw.get("machines")
    if not isinstance(machines, Mapping) or not 0 < len(machines) <= _MAX_MACHINES:
        raise TaixuError(f"machines takes an object of 1 to {_MAX_MACHINES}")
    idle = {
        str(name): _number(read_object(facts, frozenset({"idle_kw"}), what="a machine").get("idle_kw", 0.0), "idle_kw")
        for name, facts in machines.items()
    }
    jobs = raw.get("jobs")
    if not isinstance(jobs, list) or not 0 < len(jobs) <= _MAX_JOBS:
        raise TaixuError(f"jobs takes a list of 1 to {_MAX_JOBS:,}")
    found = []
    for place, each in enumerate(jobs):
        try:
            found.append(_read_job(each, idle, step, horizon))
        except TaixuError as error:
            raise TaixuError(f"jobs[{place}]: {error}") from None
    prices, short = _prices(raw.get("prices", []), step, horizon), _short(raw.get("short", []), step)
    return Shop(step, horizon, idle, tuple(found), prices, short)


def _read_job(raw: Any, machines: Mapping[str, float], step: float, horizon: int) -> Job:
    raw = read_object(raw, _OF_JOB, what="a job")
    name, weight = raw.get("name"), raw.get("weight", 1)
    if not isinstance(name, str) or not 0 < len(name) <= 100 or type(weight) is not int or not 0 < weight <= 1000:
        raise TaixuError("a job has a name, and a weight that is a whole number of 1 to 1000")
    listed = raw.get("operations")
    if not isinstance(listed, list) or not 0 < len(listed) <= _MAX_OPERATIONS:
        raise TaixuError(f"operations takes a list of 1 to {_MAX_OPERATIONS}")
    operations = []
    for each in listed:
        each = read_object(each, frozenset({"on", "kw"}), what="an operation")
        on = each.get("on")
        if not isinstance(on, Mapping) or not on:
            raise TaixuError("on takes machines and seconds")
        for machine in on:
            if machine not in machines:
                raise TaixuError(f"there is no machine {str(machine)[:60]!r}")
        steps = {str(machine): math.ceil(_number(secs, "on", low=1e-3) / step) for machine, secs in on.items()}
        operations.append(Operation(steps, _number(each.get("kw", 0.0), "kw")))
    after = math.ceil(_number(raw.get("after", 0.0), "after") / step)
    due = math.floor(_number(raw["due"], "due") / step) if "due" in raw else horizon
    shortest = sum(min(each.steps_on.values()) for each in operations)
    if after + shortest > horizon:
        raise TaixuError(f"{name!r} takes {shortest * step:g} s and finds no room before the horizon")
    return Job(name, tuple(operations), after, due, weight)


def _prices(raw: Any, step: float, horizon: int) -> NDArray[np.float64]:
    if not isinstance(raw, list) or len(raw) > _MAX_SLOTS or not all(isinstance(each, list) and len(each) == 2 for each in raw):
        raise TaixuError("prices takes pairs of a second and the price of a kWh from then on")
    found = np.zeros(horizon)
    for secs, price in sorted((_number(secs, "prices"), _number(price, "prices", low=-1e3)) for secs, price in raw):
        found[min(math.floor(secs / step), horizon) :] = price
    return found


def _short(raw: Any, step: float) -> tuple[Shortage, ...]:
    if not isinstance(raw, list) or len(raw) > 100 or not all(isinstance(each, list) and len(each) == 3 for each in raw):
        raise TaixuError("short takes lists of a second, a later one, and kW")
    found = []
    for each in raw:
        begin, end, kw = (_number(value, "short") for value in each)
        if end <= begin:
            raise TaixuError("what is short is so from a second to a later one")
        found.append(Shortage(math.floor(begin / step), math.ceil(end / step), kw))
    return tuple(found)


def _number(raw: Any, what: str, *, low: float = 0.0) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not low <= raw <= 1e9:
        raise TaixuError(f"{what} takes a number that is not below {low:g}")
    return float(raw)
