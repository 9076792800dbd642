"""Rules: a condition, how long it must hold, when it is over, and what to say then.

    {"name": "too hot", "when": "motor.temperature > 80", "for": 5, "until": "motor.temperature < 75", "severity": "high",
     "say": "{name} is at {motor.temperature:.0f} °C"}

A world's settings hold a list of them (``twin.rules``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.twin.rules.alarms import SEVERITIES
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.saying import Saying, read_saying
from taixu.twin.rules.scope import read_condition
from taixu.twin.settings_lists import read_listed, read_object

__all__ = ["Rule", "read_rules"]

_MAX_RULES = 1000
_KNOWN = frozenset({"name", "when", "for", "until", "severity", "say"})


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
        The alarm's text.
    """

    name: str
    when: Expression
    hold_secs: float
    until: Expression | None
    severity: str
    say: Saying

    @property
    def names(self) -> frozenset[str]:
        """Bare names that its conditions use."""
        return self.when.names | (self.until.names if self.until is not None else frozenset())

    @property
    def needs_the_living(self) -> str:
        """What its conditions ask for that a recording does not say: ``age``, or what measures say; nothing where they do not."""
        functions = self.when.functions | (self.until.functions if self.until is not None else frozenset())
        return "age" if "age" in self.names else "measure" if "measure" in functions else ""


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
    until = read_condition(raw["until"], components) if "until" in raw else None
    return Rule(name, read_condition(raw.get("when"), components), float(hold), until, severity, read_saying(say, components))
