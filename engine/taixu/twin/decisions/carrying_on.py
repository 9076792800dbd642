"""Schedules without a solver: jobs put where they fit, in an order; and former schedules carried on when the world has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from taixu.twin.decisions.shop import Placed, Schedule, Shop

__all__ = ["carry_on", "first_fit"]


def first_fit(shop: Shop) -> Schedule:
    """Jobs by their due times, each operation on the machine that has done it soonest. Jobs that find no room are left out."""
    order = sorted(range(len(shop.jobs)), key=lambda job: (shop.jobs[job].due, -shop.jobs[job].weight, job))
    return _placed(shop, [(job, number) for job in order for number in range(len(shop.jobs[job].operations))], {})


def carry_on(shop: Shop, former: Schedule) -> Schedule:
    """A former schedule in a shop that has changed: operations in the order in which they began, on the machines that they were on
    where those still do; whatever has become longer pushes the others on. Jobs are known by their place in the list.
    """
    machines = {(each.job, each.operation): each.machine for each in former.placed}
    begins = {(each.job, each.operation): each.begin for each in former.placed}
    order: list[tuple[int, int, int, int]] = []
    for job, wanted in enumerate(shop.jobs):
        begin = 0
        for number in range(len(wanted.operations)):
            begin = max(begin, begins.get((job, number), shop.horizon))  # none before the one that it follows
            order.append((begin, wanted.due, job, number))
    return _placed(shop, [(job, number) for _, _, job, number in sorted(order)], machines)


def _placed(shop: Shop, order: Sequence[tuple[int, int]], machines: Mapping[tuple[int, int], str]) -> Schedule:
    """Operations (job and number) one after the other, each where it fits soonest; a job that finds no room gives its own back."""
    free = {machine: np.ones(shop.horizon, bool) for machine in shop.idle_kw}
    found: dict[int, list[Placed]] = {job: [] for job in range(len(shop.jobs))}
    left_out: set[int] = set()
    for job, number in order:
        if job in left_out:
            continue
        mine, operation = found[job], shop.jobs[job].operations[number]
        at, former = mine[-1].end if mine else shop.jobs[job].after, machines.get((job, number), "")
        able = [former] if former in operation.steps_on else list(operation.steps_on)
        begin, machine = min(
            ((_first(free[machine], at, operation.steps_on[machine]), machine) for machine in able),
            key=lambda each: (each[0] + operation.steps_on[each[1]] if each[0] >= 0 else shop.horizon + 1, each[1]),
        )
        if begin >= 0:
            mine.append(Placed(job, number, machine, begin, begin + operation.steps_on[machine]))
            free[machine][begin : mine[-1].end] = False
            continue
        left_out.add(job)
        for each in mine:
            free[each.machine][each.begin : each.end] = True
        mine.clear()
    return Schedule(tuple(each for mine in found.values() for each in mine))


def _first(free: np.ndarray[tuple[int], np.dtype[np.bool_]], after: int, steps: int) -> int:
    """The first step from which so many are free; -1 where there is none."""
    if after + steps > len(free):
        return -1
    taken = np.concatenate([[0], np.cumsum(~free[after:])])
    fits = np.flatnonzero(taken[steps:] == taken[: len(taken) - steps])
    return int(after + fits[0]) if len(fits) else -1
