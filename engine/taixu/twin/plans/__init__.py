"""Plans of a twin: documents of who does what after what, drilled on a copy of the world, judged, compared, and followed live.

`plan` reads them, `following` carries one out step by step, `drilling` does so in a fork, `scoring` says what came of it.
"""

from __future__ import annotations

from taixu.twin.plans.drilling import drill_plan
from taixu.twin.plans.following import PlanRun
from taixu.twin.plans.plan import Plan, read_plans
from taixu.twin.plans.scoring import PlanScore, best_first

__all__ = ["Plan", "PlanRun", "PlanScore", "best_first", "drill_plan", "read_plans"]
