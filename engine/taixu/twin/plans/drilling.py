"""Plans drilled: carried out in a copy of the world that reaches no device, and judged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Hierarchy, WorldTransforms, propagate_transforms
from taixu.twin.commands import Ledger
from taixu.twin.controls import value_doubt
from taixu.twin.measures import Measures
from taixu.twin.plans.following import PlanRun, whole_values
from taixu.twin.plans.plan import Act, Message, Plan
from taixu.twin.plans.scoring import PlanScore, score_plan
from taixu.twin.rehearsal import put_value
from taixu.twin.rules import RuleEngine
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.scope import TableScope, classes_of

__all__ = ["Drill", "DrillHands", "drill_plan", "matching"]

_MOST_STEPS = 200_000
LONGEST_SECS = 86_400.0


class DrillHands:
    """In a drill devices obey at once, and nobody outside hears anything."""

    def act(self, world: World, act: Act, *, now_ns: int) -> tuple[int, str]:
        ledger = world.resource(Ledger)
        control = ledger.controls.get(act.control)
        if control is None:
            return 0, f"there is no control {act.control!r}"
        doubt = value_doubt(control, act.value)
        if doubt:
            return 0, doubt
        told, locked = 0, ""
        for handle in matching(world, act.of).tolist():
            if not world.has(handle, control.target.cls):
                continue
            why = ledger.locked(world, control, handle)
            if why:
                locked = why
                continue
            put_value(world, handle, control.target, act.value)
            told += 1
        return told, locked

    def tell(self, world: World, message: Message, *, now_ns: int) -> int:
        return len(matching(world, message.whom))


def matching(world: World, condition: Expression) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Handles of all of whom a condition holds.

    Raises
    ------
    TaixuError
        When it cannot be asked.
    """
    senses = world.resource(RuleEngine).senses
    found = [np.zeros(0, np.uint64)]
    for table in world.query(*classes_of(condition, world.resource(Components))):
        found.append(table.entities[condition.holds(TableScope(senses, world, table, condition.text))])
    return np.concatenate(found)


class Drill:
    """A plan that is carried out in a world step by step, and judged; without a plan, what rules and measures say there.

    Parameters
    ----------
    now_ns
        When it begins.
    """

    def __init__(self, plan: Plan | None, *, now_ns: int) -> None:
        self.run = None if plan is None else PlanRun(plan, now_ns, now_ns, is_drill=True)
        self.alarms = 0
        """Rules that were broken since it began."""
        self._has_begun = False

    def step(self, world: World, *, now_ns: int) -> None:
        """Look at the world as it stands, and take the plan on."""
        if world.has_resource(WorldTransforms) and world.has_resource(Hierarchy):
            propagate_transforms(world)  # rules ask where things are
        rules, measures = world.resource(RuleEngine), world.resource(Measures)
        begun, _ = rules.step(world, now_ns=now_ns)
        self.alarms += len(begun) if self._has_begun else 0  # what was so before is not the plan's
        self._has_begun = True
        measures.step(world, now_ns=now_ns, ground=rules.senses.ground, at_once=True)
        rules.senses.measured = measures.values()
        if self.run is not None:
            self.run.step(world, whole_values(measures.values()), DrillHands(), now_ns=now_ns)

    def score(self) -> PlanScore | None:
        """What came of the plan so far; None where there is none."""
        return None if self.run is None else score_plan(self.run, alarms=self.alarms)


def drill_plan(
    world: World, plan: Plan, *, now_ns: int, secs: float = 3600.0, step_secs: float = 1.0,
    advance: Callable[[World, float], None] | None = None, still_wanted: Callable[[], bool] = lambda: True,
) -> tuple[PlanRun, PlanScore]:  # fmt: skip
    """Carry a plan out in a world, which is changed by it: a fork.

    Parameters
    ----------
    secs
        How long it may take in the world's time; it ends sooner when all is done and all goals are reached.
    advance
        Takes the world on by some seconds: its simulators, its physics. Without it nothing moves but what the plan does.

    Raises
    ------
    TaixuError
        When it would be too many steps, or something cannot be asked.
    """
    if not step_secs > 0 or not 0 < secs <= LONGEST_SECS or secs / step_secs > _MOST_STEPS:
        raise TaixuError(f"a drill has at most {LONGEST_SECS:g} seconds and {_MOST_STEPS:,} steps")
    drill = Drill(plan, now_ns=now_ns)
    assert drill.run is not None
    for number in range(round(secs / step_secs) + 1):
        if number and advance is not None:
            advance(world, step_secs)
        drill.step(world, now_ns=now_ns + round(number * step_secs * 1e9))
        if drill.run.ended_ns or not still_wanted():
            break
    return drill.run, score_plan(drill.run, alarms=drill.alarms)
