"""Plans that are followed live: what calls for one, who has begun it, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.commands import Ledger
from taixu.twin.plans.drilling import matching
from taixu.twin.plans.following import PlanRun, whole_values
from taixu.twin.plans.plan import Act, Message, Plan
from taixu.twin.rules.scope import REMEMBERING, MeasuredValues, Senses, TableScope, classes_of

__all__ = ["LiveHands", "PlanEngine"]

_NEVER = -1
_MOST_TOLD = 1000


class LiveHands:
    """Commands go to the ledger, in the plan's name, with all its interlocks."""

    def __init__(self, plan: str) -> None:
        self._by = f"plan {plan}"

    def act(self, world: World, act: Act, *, now_ns: int) -> tuple[int, str]:
        ledger, told, why = world.resource(Ledger), 0, ""
        handles = matching(world, act.of)
        for entity in world.stable_ids(handles[:_MOST_TOLD]).tolist():
            try:
                sent = ledger.command(world, act.control, entity=entity, value=act.value, by=self._by, now_ns=now_ns)
            except TaixuError as error:
                why = str(error)
                continue
            told += sent.state in ("sent", "waiting")
            why = why if sent.state == "sent" else sent.why
        return told, why if len(handles) <= _MOST_TOLD else f"only the first {_MOST_TOLD:,} of {len(handles):,} are commanded"

    def tell(self, world: World, message: Message, *, now_ns: int) -> int:
        return len(matching(world, message.whom))


class PlanEngine:
    """The plans of a world (a resource): one carrying out of each at a time."""

    def __init__(self, plans: Sequence[Plan] = ()) -> None:
        self.plans = {plan.name: plan for plan in plans}
        self.called_ns: dict[str, int] = {}
        """Plans that something calls for and nobody has begun, and since when."""
        self.runs: dict[str, PlanRun] = {}
        """The last carrying out of each, by the plan's name."""
        self.problems: dict[str, str] = {}
        self.version = 0
        """Goes up with every change."""
        self._since: dict[tuple[str, int], int] = {}
        self._events: list[dict[str, Any]] = []

    def begin(self, plan: str, *, by: str, now_ns: int) -> PlanRun:
        """Somebody begins a plan.

        Raises
        ------
        TaixuError
            When there is none of that name, or it goes on already.
        """
        known = self.plans.get(plan)
        if known is None:
            raise TaixuError(f"there is no plan {plan[:60]!r}; there are {', '.join(sorted(self.plans)) or 'none'}")
        if plan in self.runs and not self.runs[plan].ended_ns:
            raise TaixuError(f"{plan!r} goes on already")
        called = self.called_ns.pop(plan, now_ns)
        run = self.runs[plan] = PlanRun(known, called, now_ns, by)
        event = {"plan": plan, "what": "started", "of": "", "time_ns": now_ns, "text": f"{plan} is started"}
        self._note(event | {"called_ns": called, "by": by})
        return run

    def say_done(self, plan: str, step: str, *, by: str, now_ns: int) -> PlanRun:
        """Somebody has done a step.

        Raises
        ------
        TaixuError
            When the plan or the step does not go on.
        """
        run = self._going_on(plan)
        self._note(run.say_done(step, by=by, now_ns=now_ns))
        return run

    def stop(self, plan: str, *, by: str, now_ns: int) -> PlanRun:
        """Somebody breaks a plan off.

        Raises
        ------
        TaixuError
            When it does not go on.
        """
        run = self._going_on(plan)
        self._note(run.stop(now_ns=now_ns, by=by))
        return run

    def step(self, world: World, senses: Senses, measured: Mapping[str, MeasuredValues], *, now_ns: int) -> list[dict[str, Any]]:
        """Look for what calls for plans, and take those on that go on. Gives what happened, for the recording."""
        numbers = whole_values(measured)
        for plan in self.plans.values():
            run = self.runs.get(plan.name)
            try:
                if run is None or run.ended_ns:
                    self._listen(world, senses, plan, now_ns)
                    run = self.runs.get(plan.name)
                if run is not None and not run.ended_ns:
                    for event in run.step(world, numbers, LiveHands(plan.name), now_ns=now_ns):
                        self._note(event)
                self.problems.pop(plan.name, None)
            except TaixuError as error:
                self.problems[plan.name] = str(error)
        events, self._events = self._events, []
        return events

    def recall(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Go on with what a recording says of plans that were going on (its events of kind ``plan``, in order)."""
        for facts in events:
            plan, what, at = self.plans.get(str(facts.get("plan"))), facts.get("what"), facts.get("time_ns")
            if plan is None or type(at) is not int:
                continue
            if what == "started":
                called = facts.get("called_ns")
                self.runs[plan.name] = PlanRun(plan, called if type(called) is int else at, at, str(facts.get("by", "")))
            elif plan.name in self.runs:
                _recall(self.runs[plan.name], str(what), str(facts.get("of")), at, facts)
        self.version += 1

    def as_list(self) -> list[dict[str, Any]]:
        """Plain JSON: each plan, whether it is called for, and its last carrying out."""
        return [
            {
                "name": name, "steps": len(plan.steps), "called_ns": self.called_ns.get(name, 0),
                "earliest_secs": plan.earliest_secs(), "run": self.runs[name].as_dict() if name in self.runs else None,
            }
            for name, plan in self.plans.items()
        ]  # fmt: skip

    def fork(self, world: World) -> PlanEngine:
        """In a fork, plans go on from where they are."""
        other = PlanEngine(list(self.plans.values()))
        other.called_ns, other._since = dict(self.called_ns), dict(self._since)
        other.runs = {name: run.copy() for name, run in self.runs.items()}
        return other

    def _listen(self, world: World, senses: Senses, plan: Plan, now_ns: int) -> None:
        is_called = False
        for number, trigger in enumerate(plan.triggers):
            holds = False
            for table in world.query(*classes_of(trigger.when, world.resource(Components))):
                holds |= bool(trigger.when.holds(TableScope(senses, world, table, trigger.when.text)).any())
                if holds and not trigger.when.functions & REMEMBERING:
                    break
            before = self._since.get((plan.name, number), _NEVER)
            since = self._since[plan.name, number] = _NEVER if not holds else now_ns if before == _NEVER else before
            if since == _NEVER or now_ns - since < round(trigger.hold_secs * 1e9):
                continue
            is_called = True
            run = self.runs.get(plan.name)
            if run is not None and run.called_ns >= since:
                continue  # it was begun for this very call
            if trigger.begins_itself:
                self.called_ns.setdefault(plan.name, since)
                self.begin(plan.name, by="", now_ns=now_ns)
                return
            if plan.name not in self.called_ns:
                self.called_ns[plan.name] = since
                text = f"{plan.name} is called for"
                self._note({"plan": plan.name, "what": "called for", "of": "", "time_ns": now_ns, "text": text})
        if not is_called and self.called_ns.pop(plan.name, 0):
            self.version += 1

    def _going_on(self, plan: str) -> PlanRun:
        run = self.runs.get(plan)
        if run is None or run.ended_ns:
            raise TaixuError(f"no plan {plan[:60]!r} goes on")
        return run

    def _note(self, event: dict[str, Any]) -> None:
        self.version += 1
        self._events.append(event)


def _recall(run: PlanRun, what: str, of: str, at: int, facts: Mapping[str, Any]) -> None:
    names = [each.name for each in run.plan.steps]
    if what in ("over", "stopped"):
        run.ended_ns = at
    elif what == "goal":
        for number, goal in enumerate(run.plan.goals):
            run.goals_ns[number] = at if goal.name == of else run.goals_ns[number]
    elif of in names:
        step = run.steps[names.index(of)]
        if what == "begun":
            step.state, step.begun_ns = "going on", at
            step.told = facts["told"] if type(facts.get("told")) is int else 0
        elif what == "late":
            step.late_ns = at
        elif what == "done":
            step.state, step.done_ns, step.by = "done", at, str(facts.get("by", ""))
