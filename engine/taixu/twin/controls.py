"""Controls: what can be asked of devices, by whom, within which limits, and what is expected to come of it.

A world's settings hold a list of them (``twin.controls``)::

    {"name": "speed", "field": "conveyor.speed", "source": "plant", "topic": "line/{key}/set",
     "acknowledged_on": "line/{key}/ack", "minimum": 0, "maximum": 2, "tolerance": 0.01, "timeout": 5,
     "only_if": ["not near(\\"device.kind == 'person'\\", 1)"], "role": "admin", "two_persons": true,
     "foresee": {"conveyor.current": "4 * value"}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.twin.bindings import Target, TopicPattern, target_of
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.scope import CALCULATIONS, NAMES, read_condition
from taixu.twin.settings_lists import read_listed, read_object

__all__ = ["Control", "read_controls", "value_doubt"]

FORESEEN_NAMES = NAMES | {"value", "t"}
_MAX_CONTROLS = 1000
_MAX_FORESEEN = 20
_KNOWN = frozenset({
    "name", "field", "source", "topic", "acknowledged_on", "minimum", "maximum", "choices", "tolerance", "timeout", "only_if",
    "role", "two_persons", "foresee",
})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """Something that can be commanded.

    Attributes
    ----------
    target
        The field in which it is seen that a command was obeyed.
    only_if
        Interlocks: conditions that must hold of the entity at the moment of the command.
    timeout_secs
        After it a command that was not observed has failed.
    role
        Who may ask for it, "operate" or "admin".
    two_persons
        Whether it waits until somebody else has confirmed it.
    foresees
        What else is expected to come of it: targets, and expressions of ``value``, of ``t`` (seconds since) and of the fields as
        they were. Rehearsals go by them.
    """

    name: str
    target: Target
    source: str
    topic: str
    acknowledged_on: TopicPattern | None
    minimum: float
    maximum: float
    choices: tuple[str, ...]
    tolerance: float
    timeout_secs: float
    only_if: tuple[Expression, ...]
    role: str = "operate"
    two_persons: bool = False
    foresees: tuple[tuple[Target, Expression], ...] = ()


def read_controls(raw: Any, components: Components) -> list[Control]:
    """The controls of a world's settings.

    Raises
    ------
    TaixuError
        With the first that is wrong, and what is.
    """
    return read_listed(
        raw, lambda item: _read_control(item, components), where="twin.controls", most=_MAX_CONTROLS,
        name_of=lambda control: control.name,
    )  # fmt: skip


def _read_control(raw: Any, components: Components) -> Control:
    raw = read_object(raw, _KNOWN, what="a control")
    for key in ("name", "field", "source", "topic"):
        if not isinstance(raw.get(key), str) or not 0 < len(raw[key]) <= 400:
            raise TaixuError(f"a control says its {key} as a text")
    target = target_of(raw["field"], components)
    if target.is_position or target.width != 1:
        raise TaixuError(f"{raw['field']} is of several numbers; name one of its parts")
    if any(mark in raw["topic"] for mark in "+#"):
        raise TaixuError("a command goes to one topic: + and # are for listening")
    numbers = {}
    for key, usual in (("minimum", -1e15), ("maximum", 1e15), ("tolerance", 1e-6), ("timeout", 10.0)):
        value = raw.get(key, usual)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= 1e15:
            raise TaixuError(f"{key} takes a number")
        numbers[key] = float(value)
    if not 0 < numbers["timeout"] <= 86400 or numbers["tolerance"] < 0 or numbers["minimum"] > numbers["maximum"]:
        raise TaixuError("timeout is above 0 and at most a day, tolerance not below 0, minimum not above maximum")
    role, two_persons = raw.get("role", "operate"), raw.get("two_persons", False)
    if role not in ("operate", "admin") or not isinstance(two_persons, bool):
        raise TaixuError('role is "operate" or "admin", two_persons true or false')
    choices, locks, answers = raw.get("choices", []), raw.get("only_if", []), raw.get("acknowledged_on")
    if not isinstance(choices, list) or not all(isinstance(each, str) for each in choices):
        raise TaixuError("choices takes a list of texts")
    if not isinstance(locks, list) or len(locks) > 20:
        raise TaixuError("only_if takes a list of at most 20 conditions")
    return Control(
        raw["name"], target, raw["source"], raw["topic"],
        TopicPattern.read(answers) if isinstance(answers, str) else None,
        numbers["minimum"], numbers["maximum"], tuple(choices), numbers["tolerance"], numbers["timeout"],
        tuple(read_condition(each, components) for each in locks), role, two_persons,
        _read_foreseen(raw.get("foresee", {}), components),
    )  # fmt: skip


def _read_foreseen(raw: Any, components: Components) -> tuple[tuple[Target, Expression], ...]:
    if not isinstance(raw, Mapping) or len(raw) > _MAX_FORESEEN:
        raise TaixuError('foresee takes an object such as {"belt.current": "value * 4"}')
    found = []
    for text, said in raw.items():
        target = target_of(str(text), components)
        if target.is_position or target.width != 1 or target.field.kind.is_object:
            raise TaixuError(f"foresee: {text} must be one number; name one of its parts")
        expression = read_condition(said, components, names=FORESEEN_NAMES)
        if expression.functions - CALCULATIONS.keys():
            raise TaixuError(f"foresee: {text} can be calculated with {', '.join(sorted(CALCULATIONS))}, and no other functions")
        found.append((target, expression))
    return tuple(found)


def value_doubt(control: Control, value: Any) -> str:
    """Why a value cannot be asked for; nothing where it can."""
    kind = control.target.field.kind
    if kind.name == "text":
        allowed = control.choices or control.target.field.choices
        if not isinstance(value, str) or len(value) > 1000:
            return "the value must be a text"
        return "" if not allowed or value in allowed else f"the value must be one of {', '.join(allowed)}"
    if kind.name == "bool":
        return "" if isinstance(value, bool) else "the value must be true or false"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return "the value must be a number"
    if not control.minimum <= value <= control.maximum:
        return f"the value must lie between {control.minimum:g} and {control.maximum:g}"
    return ""
