"""Plans for emergencies and events, as text in a world's settings: what begins them, who does what after what, and the goals.

    {"name": "clear the hall",
     "triggers": [{"when": "sensor.smoke > 3", "for": 5}],
     "roles": {"warden": 4}, "resources": {"bus": 2},
     "steps": [
       {"name": "open", "do": [{"control": "gate", "of": "device.kind == 'gate'", "value": "open"}]},
       {"name": "announce", "role": "warden", "takes": 20, "tell": {"whom": "device.kind == 'visitor'", "say": "please leave"}},
       {"name": "clear", "after": ["open", "announce"], "role": "warden", "people": 3, "within": 600,
        "until": {"measure": "inside", "below": 1}},
       {"name": "drive", "after": ["announce"], "needs": {"bus": 2}, "takes": 300}],
     "goals": [{"name": "hall empty", "measure": "inside", "below": 1, "within": 600, "weight": 2}]}

A step begins when all that it comes after are done, its people and resources are free, and ``at`` seconds of the plan are over.
It is done when its measure says so, when its people say so (in a drill: after the seconds that it takes), or at once where it has
neither.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.scope import read_condition
from taixu.twin.settings_lists import read_listed, read_name, read_object, read_secs

__all__ = ["Act", "Goal", "Message", "Plan", "PlanStep", "Reading", "Trigger", "read_act", "read_plans"]

_MAX_PLANS, _MAX_STEPS, _MAX_LISTED = 50, 200, 50
_MAX_COUNT = 1_000_000
_OF_PLAN = frozenset({"name", "triggers", "roles", "resources", "steps", "goals"})
_OF_STEP = frozenset({"name", "at", "after", "role", "people", "needs", "takes", "within", "until", "do", "tell"})


@dataclass(frozen=True, slots=True, eq=False)
class Trigger:
    """What calls for the plan: a condition that holds of any entity for so long. Somebody begins it then, or it begins itself."""

    when: Expression
    hold_secs: float
    begins_itself: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A measure of the whole that is to come below or above a number."""

    measure: str
    limit: float
    is_below: bool

    def is_reached(self, value: float) -> bool:
        """Whether a value is on the right side; NaN is not."""
        return value < self.limit if self.is_below else value > self.limit


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """A command to every entity of whom a condition holds."""

    control: str
    of: Expression
    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """What is said to every entity of whom a condition holds."""

    whom: Expression
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class PlanStep:
    """One step.

    Attributes
    ----------
    after
        Numbers of the steps that must be done before.
    role, people
        Who does it, and how many of them; nobody where the role is empty.
    needs
        Resources that it holds while it goes on.
    takes_secs
        How long it takes in a drill; None where nobody has to say that it is done.
    within_secs
        After it, it is late; infinite where nothing is said. It counts from its beginning, or from `at_secs` where that is said.
    until
        The measure that says that it is done.
    at_secs
        From the plan's beginning: it does not begin before; None where nothing is said.
    """

    name: str
    after: tuple[int, ...]
    role: str
    people: int
    needs: Mapping[str, int]
    takes_secs: float | None
    within_secs: float
    until: Reading | None
    acts: tuple[Act, ...]
    message: Message | None
    at_secs: float | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be reached within some seconds of the plan's beginning, and how much it counts."""

    name: str
    reading: Reading
    within_secs: float
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One plan.

    Attributes
    ----------
    roles, resources
        How many there are of each.
    """

    name: str
    triggers: tuple[Trigger, ...]
    roles: Mapping[str, int]
    resources: Mapping[str, int]
    steps: tuple[PlanStep, ...]
    goals: tuple[Goal, ...]

    def earliest_secs(self) -> float:
        """The soonest that all steps can be done, if measures say so at once and nobody is waited for: the critical path."""
        ends: list[float] = []
        for step in self.steps:
            ends.append(max((ends[each] for each in step.after), default=0.0))
            ends[-1] = max(ends[-1], step.at_secs or 0.0) + (step.takes_secs or 0.0)
        return max(ends, default=0.0)


def read_plans(raw: Any, components: Components, *, measures: frozenset[str], controls: frozenset[str]) -> list[Plan]:
    """The plans of a world's settings (``twin.plans``).

    Parameters
    ----------
    measures, controls
        Names of those that there are.

    Raises
    ------
    TaixuError
        With the first that is wrong or contradicts itself, and how.
    """
    return read_listed(
        raw, lambda item: _read_plan(item, components, measures, controls), where="twin.plans", most=_MAX_PLANS,
        name_of=lambda plan: plan.name,
    )  # fmt: skip


def _read_plan(raw: Any, components: Components, measures: frozenset[str], controls: frozenset[str]) -> Plan:
    raw = read_object(raw, _OF_PLAN, what="a plan")
    name = read_name(raw.get("name"), what="a plan")
    roles, resources = _counts(raw.get("roles", {}), "roles"), _counts(raw.get("resources", {}), "resources")
    triggers = tuple(_read_trigger(each, components) for each in _listed(raw.get("triggers", []), "triggers"))
    listed = raw.get("steps")
    if not isinstance(listed, list) or not 0 < len(listed) <= _MAX_STEPS:
        raise TaixuError(f"steps takes a list of 1 to {_MAX_STEPS}")
    names = [read_name(each.get("name") if isinstance(each, Mapping) else None, what="a step") for each in listed]
    if len(set(names)) < len(names):
        raise TaixuError(f"two steps are called {next(each for each in names if names.count(each) > 1)!r}")
    steps: list[PlanStep] = []
    for place in _in_order(listed, names):
        try:
            step = _read_step(listed[place], components, [each.name for each in steps], measures, controls)
            _check_possible(step, roles, resources)
            steps.append(step)
        except TaixuError as error:
            raise TaixuError(f"{names[place]!r}: {error}") from None
    goals = tuple(_read_goal(each, measures) for each in _listed(raw.get("goals", []), "goals"))
    return Plan(name, triggers, roles, resources, tuple(steps), goals)


def _in_order(listed: list[Any], names: list[str]) -> list[int]:
    """Steps so that each stands behind those that it comes after."""
    wanted = []
    for raw, name in zip(listed, names):
        after = raw.get("after", [])
        if not isinstance(after, list) or not all(isinstance(each, str) for each in after):
            raise TaixuError(f"{name!r}: after takes a list of steps")
        for each in after:
            if each not in names:
                raise TaixuError(f"{name!r} comes after {each[:60]!r}, which there is not")
        wanted.append({names.index(each) for each in after})
    order: list[int] = []
    while len(order) < len(names):
        free = [place for place in range(len(names)) if place not in order and wanted[place] <= set(order)]
        if not free:
            around = [names[place] for place in range(len(names)) if place not in order]
            raise TaixuError(f"{around[0]!r} can never begin: {', '.join(around[:5])} wait for each other")
        order += free
    return order


def _read_step(
    raw: Any, components: Components, before: list[str], measures: frozenset[str], controls: frozenset[str]
) -> PlanStep:
    raw = read_object(raw, _OF_STEP, what="a step")
    role, people = raw.get("role", ""), raw.get("people", 1)
    if not isinstance(role, str) or type(people) is not int or not 0 < people <= _MAX_COUNT:
        raise TaixuError("role takes a name, people a whole number above 0")
    if "takes" in raw and "until" in raw:
        raise TaixuError("it has either takes or until: one of them says when it is done")
    acts = tuple(read_act(each, components, controls) for each in _listed(raw.get("do", []), "do"))
    tell = read_object(raw["tell"], frozenset({"whom", "say"}), what="tell") if "tell" in raw else None
    message = None
    if tell is not None:
        if not isinstance(tell.get("say"), str) or len(tell["say"]) > 500:
            raise TaixuError("tell.say takes a text of at most 500 characters")
        message = Message(read_condition(tell.get("whom"), components), tell["say"])
    return PlanStep(
        raw["name"], tuple(before.index(each) for each in raw.get("after", [])), role, people,
        _counts(raw.get("needs", {}), "needs"),
        read_secs(raw["takes"], what="takes") if "takes" in raw else None,
        read_secs(raw["within"], what="within") if "within" in raw else math.inf,
        _read_reading(raw["until"], measures) if "until" in raw else None, acts, message,
        read_secs(raw["at"], what="at") if "at" in raw else None,
    )  # fmt: skip


def _check_possible(step: PlanStep, roles: Mapping[str, int], resources: Mapping[str, int]) -> None:
    """A plan that contradicts itself is none."""
    if step.role and step.people > roles.get(step.role, 0):
        raise TaixuError(f"it wants {step.people} of {step.role!r}, and there are {roles.get(step.role, 0)}")
    for name, count in step.needs.items():
        if count > resources.get(name, 0):
            raise TaixuError(f"it wants {count} of {name!r}, and there are {resources.get(name, 0)}")
    if step.takes_secs is not None and step.takes_secs > step.within_secs:
        raise TaixuError(f"it takes {step.takes_secs:g} s and is to be done within {step.within_secs:g}")


def _read_trigger(raw: Any, components: Components) -> Trigger:
    raw = read_object(raw, frozenset({"when", "for", "begins"}), what="a trigger")
    begins = raw.get("begins", "asked")
    if begins not in ("asked", "itself"):
        raise TaixuError('begins is "asked" (somebody begins the plan) or "itself"')
    return Trigger(read_condition(raw.get("when"), components), read_secs(raw.get("for", 0.0), what="for"), begins == "itself")


def read_act(raw: Any, components: Components, controls: frozenset[str]) -> Act:
    """A command as text: ``{"control": "gate", "of": "device.kind == 'gate'", "value": "open"}``.

    Raises
    ------
    TaixuError
        When it is wrong.
    """
    raw = read_object(raw, frozenset({"control", "of", "value"}), what="what is done")
    if raw.get("control") not in controls:
        raise TaixuError(f"there is no control {str(raw.get('control'))[:60]!r}; there are {', '.join(sorted(controls)) or 'none'}")
    if not isinstance(raw.get("value"), str | int | float | bool):
        raise TaixuError("value takes a number, a text, true or false")
    return Act(raw["control"], read_condition(raw.get("of"), components), raw["value"])


def _read_goal(raw: Any, measures: frozenset[str]) -> Goal:
    raw = read_object(raw, frozenset({"name", "measure", "below", "above", "within", "weight"}), what="a goal")
    reading = _read_reading({each: raw[each] for each in ("measure", "below", "above") if each in raw}, measures)
    weight = _number(raw.get("weight", 1.0), "weight")
    if not 0 < weight <= 1000:
        raise TaixuError("weight is above 0 and at most 1000")
    return Goal(read_name(raw.get("name"), what="a goal"), reading, read_secs(raw.get("within"), what="within"), weight)


def _read_reading(raw: Any, measures: frozenset[str]) -> Reading:
    raw = read_object(raw, frozenset({"measure", "below", "above"}), what="a reading")
    if raw.get("measure") not in measures:
        raise TaixuError(f"there is no measure {str(raw.get('measure'))[:60]!r} of the whole")
    if ("below" in raw) == ("above" in raw):
        raise TaixuError("a measure is to come below or above a number: say one of the two")
    is_below = "below" in raw
    return Reading(raw["measure"], _number(raw["below" if is_below else "above"], "below and above"), is_below)


def _counts(raw: Any, what: str) -> dict[str, int]:
    if not isinstance(raw, Mapping) or len(raw) > _MAX_LISTED:
        raise TaixuError(f"{what} takes an object of at most {_MAX_LISTED} names and numbers")
    for name, count in raw.items():
        if not isinstance(name, str) or not name or type(count) is not int or not 0 < count <= _MAX_COUNT:
            raise TaixuError(f"{what}: {str(name)[:60]!r} takes a whole number above 0")
    return dict(raw)


def _listed(raw: Any, what: str) -> list[Any]:
    if not isinstance(raw, list) or len(raw) > _MAX_LISTED:
        raise TaixuError(f"{what} takes a list of at most {_MAX_LISTED}")
    return raw


def _number(raw: Any, what: str) -> float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not abs(raw) <= 1e15:
        raise TaixuError(f"{what} takes a number")
    return float(raw)
