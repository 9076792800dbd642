"""Where processes lose their time: how long cases stay in each state, which ways they go, and what holds all of them up.

A state's *queue* is the mean number of cases in it, which is the time that all cases spent there divided by the time looked at
(Little's law, L = λW). The bottleneck is the state with the longest queue: where most of the time of all cases goes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from taixu.twin.processes.cases import Case

__all__ = ["ProcessReport", "StateTimes", "mine_cases"]

_MOST_WAYS = 20
_MOST_STEPS = 30


@dataclass(frozen=True, slots=True)
class StateTimes:
    """How long cases stay in a state.

    Attributes
    ----------
    visits, late
        How often cases came here, and how many of those stayed longer than they may.
    mean_secs, median_secs, p95_secs
        Of visits that are over; NaN where none is.
    total_secs, queue
        Of all visits, those that go on among them; and the mean number of cases that were here.
    """

    name: str
    visits: int
    late: int
    mean_secs: float
    median_secs: float
    p95_secs: float
    total_secs: float
    queue: float


@dataclass(frozen=True, slots=True)
class ProcessReport:
    """What the cases of one process tell.

    Attributes
    ----------
    opened, closed, open
        In the time looked at, and at its end.
    mean_secs, median_secs, p95_secs
        From opening to end, of those that were closed; NaN where none was.
    states
        The longest queue first.
    moves
        How often a case went from a state to another.
    ways
        The commonest ways of closed cases, with their number and mean seconds.
    again
        The share of cases that came into a state more than once: work done twice.
    outcomes
        How closed cases ended.
    bottleneck
        The state with the longest queue; empty where there were no cases.
    """

    process: str
    opened: int
    closed: int
    open: int
    mean_secs: float
    median_secs: float
    p95_secs: float
    states: list[StateTimes]
    moves: dict[tuple[str, str], int]
    ways: list[tuple[tuple[str, ...], int, float]]
    again: float
    outcomes: dict[str, int]
    bottleneck: str

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON; null where there is no number."""
        return {
            "process": self.process, "opened": self.opened, "closed": self.closed, "open": self.open,
            "mean_secs": _plain(self.mean_secs), "median_secs": _plain(self.median_secs), "p95_secs": _plain(self.p95_secs),
            "states": [
                {name: _plain(getattr(state, name)) for name in StateTimes.__dataclass_fields__} for state in self.states
            ],
            "moves": [{"from": source, "to": target, "count": count} for (source, target), count in self.moves.items()],
            "ways": [{"states": list(way), "count": count, "mean_secs": _plain(secs)} for way, count, secs in self.ways],
            "again": _plain(self.again), "outcomes": self.outcomes, "bottleneck": self.bottleneck,
        }  # fmt: skip


@dataclass(slots=True)
class _Counted:
    """What is collected of one process."""

    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    going_on: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    late: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    ways: dict[tuple[str, ...], list[float]] = field(default_factory=lambda: defaultdict(list))
    outcomes: Counter[str] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    opened: int = 0
    again: int = 0
    cases: int = 0
    first_ns: int = 1 << 62


def mine_cases(cases: Iterable[Case], *, now_ns: int, since_ns: int | None = None) -> list[ProcessReport]:
    """What cases tell of their processes, by name.

    Parameters
    ----------
    now_ns, since_ns
        The time looked at; from the first case on where there is no beginning. Of cases that reach out of it only the part within
        counts; those that were over before it, or began after it, do not.
    """
    found: dict[str, _Counted] = defaultdict(_Counted)
    begin_ns = -(1 << 62) if since_ns is None else since_ns
    for case in cases:
        if case.opened_ns > now_ns or (case.closed_ns and case.closed_ns < begin_ns):
            continue
        _count(found[case.process], case, begin_ns, now_ns)
    return [_report(name, found[name], begin_ns, now_ns) for name in sorted(found)]


def _count(counted: _Counted, case: Case, begin_ns: int, now_ns: int) -> None:
    counted.cases += 1
    counted.opened += case.opened_ns >= begin_ns
    counted.first_ns = min(counted.first_ns, case.opened_ns)
    is_over = bool(case.closed_ns) and case.closed_ns <= now_ns
    names = [visit.state for visit in case.visits if visit.entered_ns <= now_ns]
    at_end = is_over and case.outcome == names[-1]  # an end takes no time; of what is gone the last state does
    for place, name in enumerate(names):
        if place + 1 == len(names) and at_end:
            continue
        until_ns = case.visits[place + 1].entered_ns if place + 1 < len(names) else case.closed_ns if is_over else now_ns
        secs = (min(until_ns, now_ns) - max(case.visits[place].entered_ns, begin_ns)) * 1e-9
        if secs >= 0:
            goes_on = place + 1 == len(names) and not is_over
            (counted.going_on if goes_on else counted.spent)[name].append(secs)
            counted.late[name] += case.visits[place].is_late
    counted.moves.update(pairwise(names))
    counted.again += len(set(names)) < len(names)
    if is_over:
        counted.outcomes[case.outcome] += 1
        counted.took.append((case.closed_ns - case.opened_ns) * 1e-9)
        counted.ways[tuple(names[:_MOST_STEPS])].append(counted.took[-1])


def _report(name: str, counted: _Counted, begin_ns: int, now_ns: int) -> ProcessReport:
    span_secs = max((now_ns - max(begin_ns, counted.first_ns)) * 1e-9, 1e-9)
    states = []
    for state in {**counted.spent, **counted.going_on}:
        over, still = np.array(counted.spent.get(state, ())), np.array(counted.going_on.get(state, ()))
        total = float(over.sum() + still.sum())
        states.append(StateTimes(state, len(over) + len(still), counted.late[state], *_three(over), total, total / span_secs))
    states.sort(key=lambda each: (-each.total_secs, each.name))
    ways = sorted(counted.ways.items(), key=lambda each: (-len(each[1]), each[0]))[:_MOST_WAYS]
    return ProcessReport(
        name, counted.opened, len(counted.took), counted.cases - len(counted.took), *_three(np.array(counted.took)), states,
        dict(counted.moves.most_common()), [(way, len(secs), float(np.mean(secs))) for way, secs in ways],
        counted.again / counted.cases, dict(counted.outcomes.most_common()), states[0].name if states else "",
    )  # fmt: skip


def _three(secs: np.ndarray[Any, Any]) -> tuple[float, float, float]:
    if not len(secs):
        return (float("nan"),) * 3
    return float(secs.mean()), float(np.median(secs)), float(np.quantile(secs, 0.95))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.7g}") if np.isfinite(value) else None
    return value
