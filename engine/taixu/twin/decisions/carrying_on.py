"""Schedules without a solver: jobs put where they fit, in an order; and former schedules carried on when the world has changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from taixu.twin.decisions.shop import Placed, Schedule, Shop

__all__ = ["carry_on", "first_fit"]


def first_fit(shop: Shop) -> Schedule:
    """Jobs by their due times, each operation on the machine that has done it soonest. Jobs that find no room are left out."""
    order = sorted(range(len(shop.jobs)), key=lambda job: (shop.jobs[job].due, -shop.jobs[job].weight, job))
    return _placed(shop, [(job, {}) for job in order])


def carry_on(shop: Shop, former: Schedule) -> Schedule:
    """A former schedule in a shop that has changed: jobs in the order in which they began, on the machines that they were on where
    those still do; whatever has become longer pushes the others on. Jobs are known by their place in the list.
    """
    machines: dict[int, dict[int, str]] = {}
    begins: dict[int, int] = {}
    for each in former.placed:
        if each.job < len(shop.jobs):
            machines.setdefault(each.job, {})[each.operation] = each.machine
            begins[each.job] = min(begins.get(each.job, each.begin), each.begin)
    order = sorted(range(len(shop.jobs)), key=lambda job: (begins.get(job, shop.horizon), shop.jobs[job].due, job))
    return _placed(shop, [(job, machines.get(job, {})) for job in order])


def _placed(shop: Shop, order: Sequence[tuple[int, dict[int, str]]]) -> Schedule:
    free = {machine: np.ones(shop.horizon, bool) for machine in shop.idle_kw}
    found: list[Placed] = []
    for job, wanted in order:
        at, mine = shop.jobs[job].after, []
        for number, operation in enumerate(shop.jobs[job].operations):
            machines = [wanted[number]] if wanted.get(number) in operation.steps_on else list(operation.steps_on)
            best = min(
                ((_first(free[machine], at, operation.steps_on[machine]), machine) for machine in machines),
                key=lambda each: (each[0] + operation.steps_on[each[1]] if each[0] >= 0 else shop.horizon + 1, each[1]),
            )
            if best[0] < 0:
                break
            mine.append(Placed(job, number, best[1], best[0], best[0] + operation.steps_on[best[1]]))
            at = mine[-1].end
        if len(mine) == len(shop.jobs[job].operations):
            for each in mine:
                free[each.machine][each.begin : each.end] = False
            found += mine
    return Schedule(tuple(found))


def _first(free: np.ndarray[tuple[int], np.dtype[np.bool_]], after: int, steps: int) -> int:
    """The first step from which so many are free; -1 where there is none."""
    if after + steps > len(free):
        return -1
    taken = np.concatenate([[0], np.cumsum(~free[after:])])
    fits = np.flatnonzero(taken[steps:] == taken[: len(taken) - steps])
    return int(after + fits[0]) if len(fits) else -1
