"""Rules: a condition, how long it must hold, when it is over, and what to say then.

    {"name": "too hot", "when": "motor.temperature > 80", "for": 5, "until": "motor.temperature < 75", "severity": "high",
     "say": "{name} is at {motor.temperature:.0f} °C"}

A world's settings hold a list of them (``twin.rules``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.twin.rules.alarms import SEVERITIES
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.scope import NAMES, read_condition
from taixu.twin.settings_lists import read_listed, read_object

__all__ = ["Rule", "read_rules"]

_MAX_RULES = 1000
_KNOWN = frozenset({"name", "when", "for", "until", "severity", "say"})
_SLOT = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*){0,2})(?::(\.?\d{0,2}[fg]?))?\}")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule.

    Attributes
    ----------
    when
        Raises an alarm ...
    hold_secs
        ... when it has been true for so long.
    until
        Ends it; where there is none, `when` being false does.
    say
        The alarm's text, with ``{name}`` and ``{component.field:.1f}``.
    """

    name: str
    when: Expression
    hold_secs: float
    until: Expression | None
    severity: str
    say: str

    @property
    def names(self) -> frozenset[str]:
        """Bare names that its conditions use."""
        return self.when.names | (self.until.names if self.until is not None else frozenset())

    @property
    def needs_the_living(self) -> str:
        """What its conditions ask for that a recording does not say: ``age``, or what measures say; nothing where they do not."""
        functions = self.when.functions | (self.until.functions if self.until is not None else frozenset())
        return "age" if "age" in self.names else "measure" if "measure" in functions else ""

    def slots(self) -> list[tuple[str, str]]:
        """Names in the text, with their formats."""
        return _SLOT.findall(self.say)

    def text(self, values: Mapping[str, Any]) -> str:
        """The alarm's text."""

        def put(found: re.Match[str]) -> str:
            value = values.get(found[1], "?")
            return format(value, found[2]) if found[2] and isinstance(value, (int, float)) else str(value)

        return _SLOT.sub(put, self.say)[:1000]


def read_rules(raw: Any, components: Components) -> list[Rule]:
    """The rules of a world's settings.

    Raises
    ------
    TaixuError
        With the first that is wrong, and what is.
    """
    return read_listed(
        raw, lambda item: _read_rule(item, components), where="twin.rules", most=_MAX_RULES, name_of=lambda rule: rule.name
    )


def _read_rule(raw: Any, components: Components) -> Rule:
    raw = read_object(raw, _KNOWN, what="a rule")
    name, severity, hold = raw.get("name"), raw.get("severity", "high"), raw.get("for", 0.0)
    say = raw.get("say", "{name}: " + name if isinstance(name, str) else "")
    if not isinstance(name, str) or not 0 < len(name) <= 100:
        raise TaixuError("a rule has a name")
    if severity not in SEVERITIES:
        raise TaixuError(f"severity is one of {', '.join(SEVERITIES)}")
    if isinstance(hold, bool) or not isinstance(hold, (int, float)) or not 0 <= hold <= 1e8:
        raise TaixuError("for takes seconds")
    if not isinstance(say, str) or len(say) > 500:
        raise TaixuError("say takes a text of at most 500 characters")
    until = read_condition(raw["until"], components) if "until" in raw else None
    rule = Rule(name, read_condition(raw.get("when"), components), float(hold), until, severity, say)
    for slot, _ in rule.slots():
        if "." in slot:
            read_condition(f"{slot} == 0", components)
        elif slot not in NAMES:
            raise TaixuError(f"say has {{{slot}}}; there are {', '.join(sorted(NAMES))}, and fields as component.field")
    return rule
