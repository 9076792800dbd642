"""Processes: orders, incidents and patrols as state machines that entities go through, as text in a world's settings.

    {"name": "repair", "when": "press.state == 'fault'", "open": "operate",
     "states": {
       "reported": {"within": 300, "severity": "high", "say": "nobody has come to {name}",
                    "next": [{"to": "at work", "when": "near(\\"device.kind == 'worker'\\", 2)", "for": 5},
                             {"to": "escalated", "after": 600}]},
       "escalated": {"next": [{"to": "at work", "by": "operate"}]},
       "at work": {"next": [{"to": "done", "when": "press.state == 'running'", "for": 10}]},
       "done": {}}}

A case begins in the first state: when the condition becomes true of an entity, or when somebody with the role opens one. A state
without ``next`` is an end. What holds a case longer than ``within`` seconds is late, and alarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.twin.rules.alarms import SEVERITIES
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.saying import Saying, read_saying
from taixu.twin.rules.scope import read_condition
from taixu.twin.settings_lists import read_listed, read_name, read_object, read_secs

__all__ = ["Process", "State", "Step", "read_processes"]

_MAX_PROCESSES, _MAX_STATES, _MAX_STEPS = 100, 60, 20
_ROLES = ("view", "operate", "admin")
_OF_PROCESS = frozenset({"name", "when", "open", "states"})
_OF_STATE = frozenset({"within", "severity", "say", "next"})
_OF_STEP = frozenset({"to", "when", "for", "after", "by"})


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A way out of a state. It is gone when `when` has held for `hold_secs`, `after_secs` after the case came into the
    state, or by somebody who has the role `by`: one of the three.

    Attributes
    ----------
    target
        The number of the state that it leads to.
    """

    target: int
    when: Expression | None = None
    hold_secs: float = 0.0
    after_secs: float | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where a case can be.

    Attributes
    ----------
    within_secs
        How long it may be there; infinite where nothing is said.
    severity, say
        Of the alarm when it is there longer.
    steps
        Ways out, the first that can be gone is; none at an end.
    """

    name: str
    within_secs: float
    severity: str
    say: Saying
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Process:
    """One process.

    Attributes
    ----------
    when
        Begins a case for an entity when it becomes true of it.
    opened_by
        The role that may open cases; nobody's where it is empty.
    states
        The first is where cases begin.
    """

    name: str
    when: Expression | None
    opened_by: str
    states: tuple[State, ...]

    def number_of(self, state: str) -> int:
        """A state's number; -1 where there is none of that name."""
        return next((number for number, each in enumerate(self.states) if each.name == state), -1)

    def alarm_of(self, state: int) -> str:
        """What the alarm of a late case is known by."""
        return f"{self.name}: {self.states[state].name}"

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON: states with the ways out, for who draws or offers them."""
        states = [
            {
                "name": state.name, "within": None if state.within_secs == float("inf") else state.within_secs,
                "next": [
                    {
                        "to": self.states[step.target].name, "when": step.when.text if step.when is not None else "",
                        "after": step.after_secs, "by": step.by,
                    }
                    for step in state.steps
                ],
            }
            for state in self.states
        ]  # fmt: skip
        when = self.when.text if self.when is not None else ""
        return {"name": self.name, "when": when, "open": self.opened_by, "states": states}


def read_processes(raw: Any, components: Components) -> list[Process]:
    """The processes of a world's settings (``twin.processes``).

    Raises
    ------
    TaixuError
        With the first that is wrong, and what is.
    """
    return read_listed(
        raw, lambda item: _read_process(item, components), where="twin.processes", most=_MAX_PROCESSES,
        name_of=lambda process: process.name,
    )  # fmt: skip


def _read_process(raw: Any, components: Components) -> Process:
    raw = read_object(raw, _OF_PROCESS, what="a process")
    name = read_name(raw.get("name"), what="a process")
    opened_by = _role(raw["open"], "open") if "open" in raw else ""
    states = raw.get("states")
    if not isinstance(states, Mapping) or not 2 <= len(states) <= _MAX_STATES:
        raise TaixuError(f"states takes an object of 2 to {_MAX_STATES}, the first being where a case begins")
    names = [read_name(each, what="a state") for each in states]
    found = tuple(_read_state(state, states[state], names, components) for state in names)
    if not found[0].steps:
        raise TaixuError(f"nothing leads out of {names[0]!r}, where cases begin")
    if alone := _unreached(found):
        raise TaixuError(f"nothing leads to {names[alone[0]]!r}")
    if "when" not in raw and not opened_by:
        raise TaixuError("nothing begins a case: say when, or open")
    when = read_condition(raw["when"], components) if "when" in raw else None
    return Process(name, when, opened_by, found)


def _read_state(name: str, raw: Any, names: list[str], components: Components) -> State:
    try:
        raw = read_object(raw, _OF_STATE, what="a state")
        severity = raw.get("severity", "high")
        if severity not in SEVERITIES:
            raise TaixuError(f"severity is one of {', '.join(SEVERITIES)}")
        within = read_secs(raw["within"], what="within") if "within" in raw else float("inf")
        steps = raw.get("next", [])
        if not isinstance(steps, list) or len(steps) > _MAX_STEPS:
            raise TaixuError(f"next takes a list of at most {_MAX_STEPS}")
        if not steps and within < float("inf"):
            raise TaixuError("nothing leads out of it, so a case cannot be late there")
        say = read_saying(raw.get("say", "{name} is still " + name), components)
        return State(name, within, severity, say, tuple(_read_step(step, name, names, components) for step in steps))
    except TaixuError as error:
        raise TaixuError(f"{name!r}: {error}") from None


def _read_step(raw: Any, name: str, names: list[str], components: Components) -> Step:
    raw = read_object(raw, _OF_STEP, what="a way out")
    if raw.get("to") not in names or raw["to"] == name:
        raise TaixuError(f"to names another state, not {str(raw.get('to'))[:40]!r}")
    if sum(each in raw for each in ("when", "after", "by")) != 1:
        raise TaixuError(f"the way to {raw['to']!r} has one of when, after and by")
    if "for" in raw and "when" not in raw:
        raise TaixuError("for goes with when")
    return Step(
        names.index(raw["to"]),
        read_condition(raw["when"], components) if "when" in raw else None,
        read_secs(raw.get("for", 0.0), what="for"),
        read_secs(raw["after"], what="after") if "after" in raw else None,
        _role(raw["by"], "by") if "by" in raw else "",
    )


def _unreached(states: tuple[State, ...]) -> list[int]:
    """States that no way leads to from the first."""
    seen, ahead = {0}, [0]
    while ahead:
        for step in states[ahead.pop()].steps:
            if step.target not in seen:
                seen.add(step.target)
                ahead.append(step.target)
    return [number for number in range(len(states)) if number not in seen]


def _role(raw: Any, what: str) -> str:
    if raw not in _ROLES:
        raise TaixuError(f"{what} is one of {', '.join(_ROLES)}")
    return str(raw)
