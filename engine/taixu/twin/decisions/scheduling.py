"""Schedules by OR-Tools' CP-SAT (extra `city`): five goals, and a former schedule to begin with.

A flexible job shop: each operation is an interval on one of its machines, intervals on a machine do not overlap, those of a job
follow each other. Work is counted by the solver in its own deterministic units, and one thread does it, so the same shop gives the
same schedule.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from taixu.errors import TaixuError
from taixu.twin.decisions.carrying_on import carry_on, first_fit
from taixu.twin.decisions.kpis import Kpis, kpis_of
from taixu.twin.decisions.objectives import KW, Goal, costs_until, objective_of
from taixu.twin.decisions.shop import Placed, Schedule, Shop

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

__all__ = ["Goal", "Scheduled", "schedule_shop"]

_MOST_OPERATIONS = 5000


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What came of it.

    Attributes
    ----------
    schedule, kpis
        The best that was found, and its figures.
    objective
        What was made small, in the solver's whole numbers: schedules of one shop and goal are compared by it.
    is_best
        Whether the solver has shown that there is none better.
    found_secs, secs
        When the schedule was found, and how long it was looked for (wall time).
    """

    schedule: Schedule
    kpis: Kpis
    objective: float
    is_best: bool
    found_secs: float
    secs: float


def schedule_shop(
    shop: Shop, goal: Goal, *, former: Schedule | None = None, effort: float = 2.0, most_secs: float = 300.0,
    good_enough: float | None = None, seed: int = 1,
) -> Scheduled:  # fmt: skip
    """Look for the best schedule.

    Parameters
    ----------
    goal
        "fastest": the last job ends soonest. "cheapest energy": by the prices, jobs done by the horizon. "peak shifting": the least
        power at once. "demand response": no more than is allowed in shortages, then soonest. "no lost output": as many jobs as can
        be done by the horizon, by their weights, then least late.
    former
        A schedule to begin with: carried on where the shop has changed since, else as it is.
    effort
        In the solver's deterministic units: the same effort gives the same schedule. One takes from one second to tens of them.
    most_secs
        Of wall time; where this ends the search, another run may find another schedule.
    good_enough
        An objective at which it may stop; where the schedule that it begins with is as good, nothing is looked for.

    Raises
    ------
    TaixuError
        When OR-Tools is not installed, the shop is too large, or there is no schedule in which all jobs are done.
    """
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise TaixuError('schedules want OR-Tools: pip install "taixu[city]"') from None
    if goal not in get_args(Goal):
        raise TaixuError(f"there is no goal {str(goal)[:40]!r}; there are {', '.join(get_args(Goal))}")
    if sum(len(job.operations) for job in shop.jobs) > _MOST_OPERATIONS:
        raise TaixuError(f"a shop of more than {_MOST_OPERATIONS:,} operations is scheduled in parts")
    start = time.perf_counter()
    hint = first_fit(shop) if former is None else former if not former.doubts(shop) else carry_on(shop, former)
    if good_enough is not None and (objective := objective_of(shop, goal, hint)) <= good_enough:
        taken = time.perf_counter() - start
        return Scheduled(hint, kpis_of(shop, hint), objective, False, taken, taken)
    model = _Model(cp_model, shop, may_leave_out=goal == "no lost output")
    model.aim(goal)
    if former is not None or goal == "no lost output":
        model.hint(hint)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, seed
    solver.parameters.max_deterministic_time, solver.parameters.max_time_in_seconds = effort, most_secs
    heard = _heard(cp_model, start, good_enough)
    status = solver.solve(model.model, heard)
    assert status != cp_model.MODEL_INVALID, model.model.validate()
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        if status == cp_model.INFEASIBLE:
            raise TaixuError("there is no schedule in which all jobs are done by the horizon")
        figures = kpis_of(shop, hint)
        if former is None or (figures.done < len(shop.jobs) and goal != "no lost output"):
            raise TaixuError("no schedule was found with this effort")
        taken = time.perf_counter() - start
        return Scheduled(hint, figures, objective_of(shop, goal, hint), False, 0.0, taken)  # what it began with is one
    schedule = model.read(solver)
    return Scheduled(
        schedule, kpis_of(shop, schedule), solver.objective_value, status == cp_model.OPTIMAL, heard.found_secs,
        time.perf_counter() - start,
    )  # fmt: skip


class _Model:
    """The shop in the solver's words."""

    def __init__(self, cp: Any, shop: Shop, *, may_leave_out: bool) -> None:
        self.shop, self.model, self.may_leave_out = shop, cp.CpModel(), may_leave_out
        self.done: list[Any] = []
        self.begins: dict[tuple[int, int], Any] = {}
        self.ends: dict[tuple[int, int], Any] = {}
        self.chosen: dict[tuple[int, int], dict[str, tuple[Any, Any]]] = {}
        on: dict[str, list[Any]] = {machine: [] for machine in shop.idle_kw}
        for number, job in enumerate(shop.jobs):
            done = self.model.new_bool_var("") if may_leave_out else self.model.new_constant(1)
            self.done.append(done)
            for place, operation in enumerate(job.operations):
                key = (number, place)
                self.begins[key] = self.model.new_int_var(job.after, shop.horizon, "")
                self.ends[key] = self.model.new_int_var(job.after, shop.horizon, "")
                self.chosen[key] = {}
                for machine, steps in operation.steps_on.items():
                    here = self.model.new_bool_var("")
                    interval = self.model.new_optional_interval_var(self.begins[key], steps, self.ends[key], here, "")
                    self.chosen[key][machine] = (here, interval)
                    on[machine].append(interval)
                self.model.add(sum(here for here, _ in self.chosen[key].values()) == done)
                if place:
                    self.model.add(self.begins[key] >= self.ends[number, place - 1])
        for intervals in on.values():
            self.model.add_no_overlap(intervals)

    def aim(self, goal: Goal) -> None:
        """Say what is to be made small."""
        model, shop = self.model, self.shop
        last = model.new_int_var(0, shop.horizon, "")
        for number, job in enumerate(shop.jobs):
            model.add(last >= self.ends[number, len(job.operations) - 1])
        if goal == "fastest":
            model.minimize(last)
        elif goal == "cheapest energy":
            model.minimize(sum(self._costs()))
        elif goal == "peak shifting":
            total = sum(round(operation.kw * KW) for job in shop.jobs for operation in job.operations)
            peak = model.new_int_var(0, max(total, 1), "")
            model.add_cumulative(*self._powers(), peak)
            model.minimize(peak)
        elif goal == "demand response":
            model.minimize(self._excess() * (shop.horizon + 1) + last)
        else:
            late = []
            for number, job in enumerate(shop.jobs):
                if job.due < shop.horizon:
                    each = model.new_int_var(0, shop.horizon, "")
                    model.add(each >= self.ends[number, len(job.operations) - 1] - job.due).only_enforce_if(self.done[number])
                    late.append(job.weight * each)
            worth = sum(job.weight for job in shop.jobs) * shop.horizon + 1
            model.minimize(sum(job.weight * (1 - done) for job, done in zip(shop.jobs, self.done)) * worth + sum(late))

    def hint(self, schedule: Schedule) -> None:
        """Begin with a schedule that can be."""
        placed = {(each.job, each.operation): each for each in schedule.placed}
        for number, done in enumerate(self.done if self.may_leave_out else ()):
            self.model.add_hint(done, int((number, 0) in placed))
        for key, machines in self.chosen.items():
            each = placed.get(key)
            for machine, (here, _) in machines.items():
                self.model.add_hint(here, int(each is not None and each.machine == machine))
            if each is not None:
                self.model.add_hint(self.begins[key], each.begin)
                self.model.add_hint(self.ends[key], each.end)

    def read(self, solver: cp_model.CpSolver) -> Schedule:
        """What the solver has found."""
        found = []
        for (job, operation), machines in self.chosen.items():
            for machine, (here, _) in machines.items():
                if solver.boolean_value(here):
                    begin = int(solver.value(self.begins[job, operation]))
                    steps = self.shop.jobs[job].operations[operation].steps_on[machine]
                    found.append(Placed(job, operation, machine, begin, begin + steps))
        return Schedule(tuple(found))

    def _costs(self) -> list[Any]:
        """What each operation's energy costs, looked up by when it begins."""
        shop, found = self.shop, []
        whole = costs_until(shop)
        for (job, operation), machines in self.chosen.items():
            kw = shop.jobs[job].operations[operation].kw
            for machine, (here, _) in machines.items():
                steps = shop.jobs[job].operations[operation].steps_on[machine]
                table = [round(kw * (whole[min(at + steps, shop.horizon)] - whole[at])) for at in range(shop.horizon + 1)]
                if kw == 0 or not any(table):
                    continue
                cost = self.model.new_int_var(min(0, *table), max(0, *table), "")
                looked = self.model.new_int_var(min(table), max(table), "")
                self.model.add_element(self.begins[job, operation], table, looked)
                self.model.add(cost == looked).only_enforce_if(here)
                self.model.add(cost == 0).only_enforce_if(here.negated())
                found.append(cost)
        return found or [self.model.new_constant(0)]

    def _powers(self) -> tuple[list[Any], list[int]]:
        intervals, demands = [], []
        for (job, operation), machines in self.chosen.items():
            kw = round(self.shop.jobs[job].operations[operation].kw * KW)
            for _, interval in machines.values() if kw else ():
                intervals.append(interval)
                demands.append(kw)
        return intervals, demands

    def _excess(self) -> Any:
        """The most that is drawn in shortages above what is allowed: the rest is drawn by something that is always there."""
        intervals, demands = self._powers()
        most = max(sum(demands), 1)
        excess = self.model.new_int_var(0, most, "")
        for each in self.shop.shortages:
            begin, end = min(each.begin, self.shop.horizon), min(each.end, self.shop.horizon)
            taken = most - min(round(each.kw * KW), most)
            if end > begin and taken:
                intervals.append(self.model.new_fixed_size_interval_var(begin, end - begin, ""))
                demands.append(taken)
        self.model.add_cumulative(intervals, demands, most + excess)
        return excess


def _heard(cp: Any, start: float, good_enough: float | None) -> Any:
    """Listens for solutions: when the last came, and whether that is enough."""

    class Heard(cp.CpSolverSolutionCallback):  # type: ignore[misc]
        found_secs = 0.0

        def on_solution_callback(self) -> None:
            self.found_secs = time.perf_counter() - start
            if good_enough is not None and self.objective_value <= good_enough:
                self.stop_search()

    return Heard()
