"""What a schedule is worth: time, output, lateness, energy, cost and peak, to be put beside another's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from taixu.twin.decisions.shop import Schedule, Shop

__all__ = ["Kpis", "kpis_of", "power_of"]


@dataclass(frozen=True, slots=True)
class Kpis:
    """Figures of a schedule.

    Attributes
    ----------
    done, jobs
        Jobs that are finished within the horizon, of how many.
    makespan_secs, cycle_secs
        Until the last is done; of a job on average, from when it could begin to its end.
    late_secs
        Of all jobs together, by their weights.
    energy_kwh, cost, peak_kw, over_kwh
        Used, paid, the most at once, and what was drawn above what was allowed in a shortage.
    busy
        The share of time that machines work, until the last job is done.
    """

    done: int
    jobs: int
    makespan_secs: float
    cycle_secs: float
    late_secs: float
    energy_kwh: float
    cost: float
    peak_kw: float
    over_kwh: float
    busy: float

    def as_dict(self) -> dict[str, float]:
        """Plain JSON."""
        return asdict(self)

    def against(self, before: Kpis) -> dict[str, float]:
        """How much each figure is above what it was before."""
        former = before.as_dict()
        return {name: value - former[name] for name, value in self.as_dict().items()}


def power_of(shop: Shop, schedule: Schedule) -> NDArray[np.float64]:
    """Power by step in kW, ``float64[horizon]``: operations, and machines that wait between two of them."""
    power = np.zeros(shop.horizon)
    for each in schedule.placed:
        power[each.begin : each.end] += shop.jobs[each.job].operations[each.operation].kw
    for machine, order in schedule.by_machine().items():
        for former, latter in pairwise(order):
            power[former.end : latter.begin] += shop.idle_kw.get(machine, 0.0)
    return power


def kpis_of(shop: Shop, schedule: Schedule) -> Kpis:
    """Figures of a schedule."""
    ends: dict[int, int] = {}
    counts: dict[int, int] = {}
    for each in schedule.placed:
        ends[each.job] = max(ends.get(each.job, 0), each.end)
        counts[each.job] = counts.get(each.job, 0) + 1
    done = [job for job, count in counts.items() if count == len(shop.jobs[job].operations)]
    last = max(ends.values(), default=0)
    power, hours = power_of(shop, schedule), shop.step_secs / 3600.0
    over = sum(float(np.maximum(power[each.begin : each.end] - each.kw, 0.0).sum()) for each in shop.shortages) * hours
    late = sum(shop.jobs[job].weight * max(ends[job] - shop.jobs[job].due, 0) for job in done)
    worked = sum(each.end - each.begin for each in schedule.placed)
    cycles = [ends[job] - shop.jobs[job].after for job in done]
    return Kpis(
        len(done), len(shop.jobs), last * shop.step_secs, float(np.mean(cycles)) * shop.step_secs if cycles else 0.0,
        late * shop.step_secs, float(power.sum()) * hours, float(power @ shop.prices) * hours, float(power.max(initial=0.0)), over,
        worked / (last * len(shop.idle_kw)) if last else 0.0,
    )  # fmt: skip
