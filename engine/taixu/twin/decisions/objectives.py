"""What a goal makes small, of a schedule that stands: in the same whole numbers as the solver counts it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from taixu.twin.decisions.shop import Schedule, Shop

__all__ = ["CENTS", "KW", "Goal", "costs_until", "objective_of"]

Goal = Literal["fastest", "cheapest energy", "peak shifting", "demand response", "no lost output"]
CENTS = 10_000
"""Costs are whole numbers to the solver: so many for a unit of money."""
KW = 10
"""So many for a kilowatt."""


def costs_until(shop: Shop) -> NDArray[np.float64]:
    """What a kilowatt costs that is drawn from the beginning until each step, ``float64[horizon + 1]``."""
    return np.concatenate([[0.0], np.cumsum(shop.prices)]) * shop.step_secs / 3600.0 * CENTS


def objective_of(shop: Shop, goal: Goal, schedule: Schedule) -> float:
    """What is made small; infinite where jobs are missing and the goal does not allow it."""
    ends: dict[int, int] = {}
    for each in schedule.placed:
        ends[each.job] = max(ends.get(each.job, 0), each.end)
    if goal == "no lost output":
        worth = sum(job.weight for job in shop.jobs) * shop.horizon + 1
        lost = sum(job.weight for number, job in enumerate(shop.jobs) if number not in ends)
        late = sum(shop.jobs[job].weight * max(end - shop.jobs[job].due, 0) for job, end in ends.items())
        return lost * worth + late
    if len(ends) < len(shop.jobs):
        return np.inf
    if goal == "cheapest energy":
        until = costs_until(shop)
        return sum(round(shop.jobs[each.job].operations[each.operation].kw * (until[each.end] - until[each.begin]))
                   for each in schedule.placed)  # fmt: skip
    if goal == "fastest":
        return max(ends.values())
    power = np.zeros(shop.horizon, np.int64)
    for each in schedule.placed:
        power[each.begin : each.end] += round(shop.jobs[each.job].operations[each.operation].kw * KW)
    if goal == "peak shifting":
        return int(power.max(initial=0))
    over = [power[each.begin : each.end].max(initial=0) - round(each.kw * KW) for each in shop.shortages]
    return int(max(0, *over, 0)) * (shop.horizon + 1) + max(ends.values())
