"""Measures of a living world: how many, how often, for how long, how near, and who went where; by entity, by zone and whole.

A world's settings say them as text (``twin.measures``). `formula` reads expressions with aggregates (``mean(motor.temperature)``);
`crossings` sees who enters and leaves what; `beats` counts such events in time (takt, throughput); `lineage` remembers each part's
way and what it was joined with; `measure` is what was declared, `engine` evaluates all of it a few times a second within a budget.
"""

from __future__ import annotations

from taixu.twin.measures.engine import Measured, Measures
from taixu.twin.measures.lineage import Lineage
from taixu.twin.measures.measure import Measure, read_budget, read_measures

__all__ = ["Lineage", "Measure", "Measured", "Measures", "read_budget", "read_measures"]
