"""A plan that is carried out: which steps go on, what was done, what is late, and which goals are reached."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import numpy as np

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.plans.plan import Act, Message, Plan, PlanStep

__all__ = ["Hands", "PlanRun", "StepRun", "whole_values"]

StepState = Literal["waiting", "going on", "done"]


class Hands(Protocol):
    """What a plan does in the world: really, or in a copy of it."""

    def act(self, world: World, act: Act, *, now_ns: int) -> tuple[int, str]:
        """Command; gives how many devices were told, and why others were not."""

    def tell(self, world: World, message: Message, *, now_ns: int) -> int:
        """Say something; gives how many heard it."""


@dataclass(slots=True)
class StepRun:
    """How far a step has come.

    Attributes
    ----------
    begun_ns, done_ns, late_ns
        When; 0 where it has not happened.
    by
        Who said that it is done; nobody where it was seen.
    told, doubt
        How many were commanded or heard what was said, and why others were not.
    """

    state: StepState = "waiting"
    begun_ns: int = 0
    done_ns: int = 0
    late_ns: int = 0
    by: str = ""
    told: int = 0
    doubt: str = ""


@dataclass(slots=True)
class PlanRun:
    """One carrying out of a plan.

    Parameters
    ----------
    called_ns, started_ns
        When it was called for, and when it began.
    is_drill
        Whether steps that take seconds are done by themselves after them.
    """

    plan: Plan
    called_ns: int
    started_ns: int
    by: str = ""
    is_drill: bool = False
    steps: list[StepRun] = field(default_factory=list)
    goals_ns: list[int] = field(default_factory=list)
    """When each goal was reached; 0 where it is not."""
    ended_ns: int = 0

    def __post_init__(self) -> None:
        self.steps = self.steps or [StepRun() for _ in self.plan.steps]
        self.goals_ns = self.goals_ns or [0] * len(self.plan.goals)

    def step(self, world: World, measured: Mapping[str, float], hands: Hands, *, now_ns: int) -> list[dict[str, Any]]:
        """Go on: end what is done, begin what can begin. Gives what happened, as a recording keeps it.

        Parameters
        ----------
        measured
            What measures of the whole say.
        """
        if self.ended_ns:
            return []
        events: list[dict[str, Any]] = []
        while True:  # what is done at once lets others begin at once
            changed = self._end(measured, now_ns, events)
            changed += self._begin(world, hands, now_ns, events)
            if not changed:
                break
        for number, goal in enumerate(self.plan.goals):
            if not self.goals_ns[number] and goal.reading.is_reached(measured.get(goal.reading.measure, math.nan)):
                self.goals_ns[number] = now_ns
                events.append(self._event("goal", goal.name, now_ns))
        if all(each.state == "done" for each in self.steps) and (not self.is_drill or all(self.goals_ns)):
            self.ended_ns = now_ns
            events.append(self._event("over", "", now_ns))
        return events

    def say_done(self, step: str, *, by: str, now_ns: int) -> dict[str, Any]:
        """Somebody has done a step.

        Raises
        ------
        TaixuError
            When there is no such step, it does not go on, or a measure says when it is done.
        """
        for each, run in zip(self.plan.steps, self.steps):
            if each.name == step:
                if run.state != "going on":
                    raise TaixuError(f"{step!r} is {run.state}, not going on")
                if each.until is not None:
                    raise TaixuError(f"{step!r} is done when {each.until.measure!r} says so")
                run.state, run.done_ns, run.by = "done", now_ns, by
                return self._event("done", step, now_ns, by=by)
        raise TaixuError(f"the plan has no step {step[:60]!r}")

    def stop(self, *, now_ns: int, by: str) -> dict[str, Any]:
        """Somebody breaks it off."""
        self.ended_ns = now_ns
        return self._event("stopped", "", now_ns, by=by)

    @property
    def late(self) -> list[str]:
        """Steps that go on for longer than they may."""
        return [each.name for each, run in zip(self.plan.steps, self.steps) if run.late_ns and run.state == "going on"]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        steps = [
            {
                "name": each.name, "role": each.role, "after": [self.plan.steps[before].name for before in each.after],
                "state": run.state, "begun_ns": run.begun_ns, "done_ns": run.done_ns, "late_ns": run.late_ns, "by": run.by,
                "told": run.told, "doubt": run.doubt, "waits_for_people": run.state == "going on" and each.until is None,
            }
            for each, run in zip(self.plan.steps, self.steps)
        ]  # fmt: skip
        goals = [
            {"name": goal.name, "within_secs": goal.within_secs, "reached_ns": reached}
            for goal, reached in zip(self.plan.goals, self.goals_ns)
        ]
        return {
            "plan": self.plan.name, "called_ns": self.called_ns, "started_ns": self.started_ns, "ended_ns": self.ended_ns,
            "by": self.by, "is_drill": self.is_drill, "steps": steps, "goals": goals,
        }  # fmt: skip

    def as_events(self) -> list[dict[str, Any]]:
        """All that has happened so far, as `step` told it."""
        started = self._event("started", "", self.started_ns, called_ns=self.called_ns, by=self.by)
        events = [started]
        for each, run in zip(self.plan.steps, self.steps):
            if run.begun_ns:
                events.append(self._event("begun", each.name, run.begun_ns, told=run.told, doubt=run.doubt))
            if run.late_ns:
                events.append(self._event("late", each.name, run.late_ns))
            if run.done_ns:
                events.append(self._event("done", each.name, run.done_ns, by=run.by))
        events += [self._event("goal", goal.name, at) for goal, at in zip(self.plan.goals, self.goals_ns) if at]
        return sorted(events, key=lambda event: int(event["time_ns"]))

    def copy(self) -> PlanRun:
        """To go on with in a fork."""
        return replace(self, steps=[replace(each) for each in self.steps], goals_ns=list(self.goals_ns))

    def _end(self, measured: Mapping[str, float], now_ns: int, events: list[dict[str, Any]]) -> int:
        ended = 0
        for each, run in zip(self.plan.steps, self.steps):
            if run.state != "going on":
                continue
            secs = (now_ns - run.begun_ns) * 1e-9
            if each.until is not None:
                is_done = each.until.is_reached(measured.get(each.until.measure, math.nan))
            else:
                is_done = each.takes_secs is None or (self.is_drill and secs >= each.takes_secs)
            if is_done:
                run.state, run.done_ns = "done", now_ns
                events.append(self._event("done", each.name, now_ns))
                ended += 1
            elif not run.late_ns and self._secs(now_ns) - self._due_secs(each, run) >= each.within_secs:
                run.late_ns = now_ns
                events.append(self._event("late", each.name, now_ns))
        return ended

    def _begin(self, world: World, hands: Hands, now_ns: int, events: list[dict[str, Any]]) -> int:
        begun = 0
        for each, run in zip(self.plan.steps, self.steps):
            if run.state != "waiting" or any(self.steps[before].state != "done" for before in each.after):
                continue
            if each.at_secs is not None and self._secs(now_ns) < each.at_secs:
                continue
            roles, resources = self._free()
            if each.role and roles[each.role] < each.people:
                continue
            if any(resources[name] < count for name, count in each.needs.items()):
                continue
            run.state, run.begun_ns = "going on", now_ns
            doubts = []
            for act in each.acts:
                count, doubt = hands.act(world, act, now_ns=now_ns)
                run.told += count
                doubts += [doubt] if doubt else []
            if each.message is not None:
                run.told += hands.tell(world, each.message, now_ns=now_ns)
            run.doubt = "; ".join(doubts)[:500]
            events.append(self._event("begun", each.name, now_ns, told=run.told, doubt=run.doubt))
            begun += 1
        return begun

    def _secs(self, now_ns: int) -> float:
        """Since the plan began."""
        return (now_ns - self.started_ns) * 1e-9

    def _due_secs(self, step: PlanStep, run: StepRun) -> float:
        """When a step that goes on was to begin, seconds of the plan."""
        return self._secs(run.begun_ns) if step.at_secs is None else step.at_secs

    def _free(self) -> tuple[dict[str, int], dict[str, int]]:
        roles, resources = dict(self.plan.roles), dict(self.plan.resources)
        for each, run in zip(self.plan.steps, self.steps):
            if run.state == "going on":
                if each.role:
                    roles[each.role] -= each.people
                for name, count in each.needs.items():
                    resources[name] -= count
        return roles, resources

    def _event(self, what: str, of: str, now_ns: int, **facts: Any) -> dict[str, Any]:
        text = f"{self.plan.name}: {of} {what}" if of else f"{self.plan.name} is {what}"
        return {"plan": self.plan.name, "what": what, "of": of, "time_ns": now_ns, "text": text, **facts}


def whole_values(measures: Mapping[str, tuple[str, Any, Any]]) -> dict[str, float]:
    """Of what measures last said, the numbers of the whole."""
    return {name: float(np.asarray(values)[0]) for name, (by, _, values) in measures.items() if by == "whole" and len(values)}
