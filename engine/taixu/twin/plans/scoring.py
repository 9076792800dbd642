"""What a plan that was drilled or followed is worth, and several of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from taixu.twin.plans.following import PlanRun

__all__ = ["PlanScore", "best_first", "score_plan"]

_LATE_COSTS, _ALARM_COSTS = 2.0, 1.0
_MOST_COSTS = 30.0


@dataclass(frozen=True, slots=True)
class PlanScore:
    """How a plan went.

    Attributes
    ----------
    points
        0 to 100: goals by their weights, whole within their time and less the longer they took, nothing after twice as long; less
        two for every step that was late and one for every alarm, at most 30.
    start_secs
        From the call to the first step.
    done_secs
        From the beginning until all steps were done; None where some were not.
    goals
        Name, seconds from the beginning (None where it was not reached), seconds allowed.
    reached
        How many heard what was said or were commanded.
    alarms
        Rules that were broken meanwhile.
    """

    plan: str
    points: float
    start_secs: float
    done_secs: float | None
    goals: tuple[tuple[str, float | None, float], ...]
    reached: int
    late: tuple[str, ...]
    alarms: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        goals = [{"name": name, "secs": secs, "within_secs": within} for name, secs, within in self.goals]
        return {
            "plan": self.plan, "points": round(self.points, 2), "start_secs": self.start_secs, "done_secs": self.done_secs,
            "goals": goals, "reached": self.reached, "late": list(self.late), "alarms": self.alarms,
        }  # fmt: skip


def score_plan(run: PlanRun, *, alarms: int) -> PlanScore:
    """Judge a run.

    Parameters
    ----------
    alarms
        How many began meanwhile.
    """

    def since(time_ns: int, from_ns: int) -> float | None:
        return (time_ns - from_ns) * 1e-9 if time_ns else None

    begun = [each.begun_ns for each in run.steps if each.begun_ns]
    done = [each.done_ns for each in run.steps]
    goals = tuple(
        (goal.name, since(reached, run.started_ns), goal.within_secs) for goal, reached in zip(run.plan.goals, run.goals_ns)
    )
    worth = [
        0.0 if secs is None else 1.0 if secs <= within else max(2.0 - secs / within, 0.0) if within else 0.0
        for _, secs, within in goals
    ]
    weights = [goal.weight for goal in run.plan.goals]
    kept = sum(one * weight for one, weight in zip(worth, weights)) / sum(weights) if weights else float(all(done))
    late = tuple(each.name for each, step in zip(run.plan.steps, run.steps) if step.late_ns)
    cost = min(_LATE_COSTS * len(late) + _ALARM_COSTS * alarms, _MOST_COSTS)
    return PlanScore(
        run.plan.name, max(100.0 * kept - cost, 0.0), (min(begun, default=run.started_ns) - run.called_ns) * 1e-9,
        since(max(done), run.started_ns) if all(done) else None, goals, sum(each.told for each in run.steps), late, alarms,
    )  # fmt: skip


def best_first(scores: Sequence[PlanScore]) -> list[PlanScore]:
    """Plans side by side: the most points first; of equals, the one that was done sooner."""
    return sorted(scores, key=lambda each: (-each.points, each.done_secs is None, each.done_secs or 0.0, each.plan))
