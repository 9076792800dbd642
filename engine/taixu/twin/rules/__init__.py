"""Rules over a living world: conditions as text, evaluated over columns, and alarms for what has begun and ended.

`expression` reads conditions, `rule` says when they alarm, `engine` evaluates all of them once a step, `alarms` are what an
operator sees; `fences` and `nearness` answer what conditions ask about space.
"""

from __future__ import annotations

from taixu.twin.rules.alarms import Alarm, Alarms
from taixu.twin.rules.engine import RuleEngine
from taixu.twin.rules.fences import Fence
from taixu.twin.rules.rule import Rule, read_rules

__all__ = ["Alarm", "Alarms", "Fence", "Rule", "RuleEngine", "read_rules"]
