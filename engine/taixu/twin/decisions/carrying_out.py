"""A schedule as a plan: drilled on a copy of the twin before anybody accepts it, and followed live with its commands."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from taixu.errors import TaixuError
from taixu.twin.decisions.shop import Placed, Schedule, Shop

__all__ = ["schedule_plan"]

_MOST_STEPS = 200
_KEY = re.compile(r"[\w .:/-]{1,100}")


def schedule_plan(
    shop: Shop, schedule: Schedule, *, name: str, control: str, of: str = "device.key == '{machine}'", run: Any = "running",
    rest: Any = "stopped", late_secs: float = 300.0,
) -> dict[str, Any]:
    """A document for ``twin.plans``.

    A step an operation: not before its time, after the one before it of its job and on its machine; in a drill it takes as long
    as it is scheduled for, live somebody says that it is done. A machine is told to run when it begins after a rest, and to rest
    where nothing follows at once.

    Parameters
    ----------
    name
        Of the plan.
    control, of, run, rest
        Which control is told, of whom (``{machine}`` stands for the shop's name of it), and what.
    late_secs
        By so much an operation may end after its time before it is late.

    Raises
    ------
    TaixuError
        When the schedule cannot be, is too long for a plan, or a machine's name has quotes in it.
    """
    if doubts := schedule.doubts(shop):
        raise TaixuError(f"this is no schedule for the shop: {doubts[0]}")
    before: dict[Placed, list[Placed]] = {each: [] for each in schedule.placed}
    begins, ends = set(schedule.placed), set(schedule.placed)  # where a machine comes out of a rest, and goes to one
    for machine, order in schedule.by_machine().items():
        if not _KEY.fullmatch(machine):
            raise TaixuError(f"the machine {machine[:60]!r} cannot stand in a plan: letters, digits and - . : / only")
        for former, latter in pairwise(order):
            before[latter].append(former)
            if former.end == latter.begin:
                begins.discard(latter)
                ends.discard(former)
    placed = {(each.job, each.operation): each for each in schedule.placed}
    steps = []
    for each in sorted(schedule.placed, key=lambda each: (each.begin, each.job, each.operation)):
        earlier = placed.get((each.job, each.operation - 1))
        after = [_called(shop, one) for one in (*([earlier] if earlier else []), *before[each])]
        takes, whom = (each.end - each.begin) * shop.step_secs, of.replace("{machine}", each.machine)
        step: dict[str, Any] = {
            "name": _called(shop, each), "at": each.begin * shop.step_secs, "after": list(dict.fromkeys(after)), "takes": takes,
            "within": takes + late_secs,
        }  # fmt: skip
        if each in begins:
            step["do"] = [{"control": control, "of": whom, "value": run}]
        steps.append(step)
        if each in ends:
            resting = {"control": control, "of": whom, "value": rest}
            over = f"{each.job + 1}.{each.operation + 1} over on {each.machine}"[:60]
            steps.append({"name": over, "after": [step["name"]], "do": [resting]})
    if len(steps) > _MOST_STEPS:
        raise TaixuError(f"a plan has at most {_MOST_STEPS} steps, and this schedule takes {len(steps)}: plan a shorter time")
    return {"name": name, "steps": steps, "goals": []}


def _called(shop: Shop, each: Placed) -> str:
    return f"{each.job + 1}.{each.operation + 1} {shop.jobs[each.job].name[:24]} on {each.machine}"[:60]
