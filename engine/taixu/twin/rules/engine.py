"""The rules' engine: every rule over whole columns, once a step, and alarms for what has begun and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.twin.rules.alarms import Alarm, Alarms
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.rule import Rule
from taixu.twin.rules.scope import REMEMBERING, Senses, TableScope, classes_of

__all__ = ["RuleEngine"]

_NEVER = -1
_MAX_ALARMS_A_STEP = 1000


@dataclass(slots=True)
class _Standing:
    """What is known of one rule, by entity index."""

    since_ns: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Since when its condition holds; -1 where it does not."""
    is_active: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    number: int = 0
    """How many of both are set: while there are none, entities of whom the condition does not hold need no look."""

    def reserve(self, count: int) -> None:
        have = len(self.since_ns)
        if count > have:
            more = max(count - have, have // 2)
            self.since_ns = np.concatenate([self.since_ns, np.full(more, _NEVER)])
            self.is_active = np.concatenate([self.is_active, np.zeros(more, bool)])

    def forget(self, indices: NDArray[np.intp]) -> None:
        here = indices[indices < len(self.since_ns)]
        self.number -= int(np.count_nonzero(self.since_ns[here] != _NEVER) + np.count_nonzero(self.is_active[here]))
        self.since_ns[here], self.is_active[here] = _NEVER, False

    def copy(self) -> _Standing:
        return _Standing(self.since_ns.copy(), self.is_active.copy(), self.number)


class RuleEngine:
    """Watches a world (a resource).

    Parameters
    ----------
    rules
        What is watched.
    locks
        Conditions that `holds_of` will be asked for: what they remember is kept up to date.
    """

    def __init__(self, rules: Sequence[Rule] = (), *, locks: Sequence[Expression] = ()) -> None:
        self.rules = list(rules)
        self.problems: dict[str, str] = {}
        """Rules that could not be evaluated, and why."""
        self.overflowing = 0
        """Alarms that were not raised, as too many would have been at once."""
        self._standing: dict[str, _Standing] = {rule.name: _Standing() for rule in self.rules}
        self.senses = Senses()
        """What conditions know of places and of the past."""
        self._locks = [lock for lock in locks if lock.functions & REMEMBERING]
        self._seen = -1

    def step(self, world: World, *, now_ns: int) -> tuple[list[Alarm], list[Alarm]]:
        """Evaluate all rules. Gives the alarms that began and those that ended."""
        self.senses.ground.begin(world, now_ns=now_ns)
        self.senses.begin(now_ns=now_ns)
        alarms = world.resource(Alarms)
        ended = self._forget_gone(world, alarms, now_ns)
        begun: list[Alarm] = []
        self.problems.update(self.senses.ground.problems)
        for rule in self.rules:
            try:
                self._watch(world, rule, alarms, now_ns, begun, ended)
                self.problems.pop(rule.name, None)
            except TaixuError as error:
                self.problems[rule.name] = str(error)
        for lock in self._locks:
            self._remember(world, lock)
        return begun, ended

    def begin_anew(self) -> None:
        """The clock was set: what was so before is of another time. Conditions hold from now on; alarms that are active stay."""
        for standing in self._standing.values():
            standing.number -= int(np.count_nonzero(standing.since_ns != _NEVER))
            standing.since_ns[:] = _NEVER
        self.senses = Senses(self.senses.ground)

    def holds_of(self, world: World, condition: Expression, entity: int) -> bool:
        """Whether a condition holds of one entity just now.

        Raises
        ------
        TaixuError
            When it cannot be asked of it.
        """
        table, row = world.place(entity)
        scope = TableScope(self.senses, world, table, condition.text, rows=np.array([row]))
        return bool(condition.holds(scope)[0])

    def _remember(self, world: World, condition: Expression) -> None:
        for table in world.query(*classes_of(condition, world.resource(Components))):
            try:
                condition.evaluate(TableScope(self.senses, world, table, condition.text))
            except TaixuError as error:
                self.problems[condition.text] = str(error)

    def _watch(
        self, world: World, rule: Rule, alarms: Alarms, now_ns: int, begun: list[Alarm], ended: list[Alarm]
    ) -> None:
        standing = self._standing[rule.name]
        standing.reserve(world.index_capacity)
        for table in world.query(*classes_of(rule.when, world.resource(Components), rule.until)):
            scope = TableScope(self.senses, world, table, rule.when.text)
            holds = rule.when.holds(scope)
            until = rule.until.holds(TableScope(self.senses, world, table, rule.until.text)) if rule.until is not None else None
            if not standing.number and not holds.any():
                continue  # so it is most of the time
            indices = scope.indices
            since, active = standing.since_ns[indices], standing.is_active[indices]
            before = np.count_nonzero(since != _NEVER)
            since = np.where(holds, np.where(since == _NEVER, now_ns, since), _NEVER)
            standing.since_ns[indices] = since
            standing.number += int(np.count_nonzero(since != _NEVER) - before)
            due = ~active & (since != _NEVER) & (now_ns - since >= round(rule.hold_secs * 1e9))
            over = active & (until if until is not None else ~holds)
            if due.any():
                begun += self._raise(scope, rule, np.flatnonzero(due), standing, alarms, now_ns)
            gone = np.flatnonzero(over)
            standing.is_active[indices[gone]] = False
            standing.number -= len(gone)
            for stable_id in world.stable_ids(table.entities[gone]).tolist():
                alarm = alarms.clear(rule=rule.name, entity=stable_id, now_ns=now_ns)
                ended += [alarm] if alarm is not None else []

    def _raise(
        self, scope: TableScope, rule: Rule, rows: NDArray[np.intp], standing: _Standing, alarms: Alarms, now_ns: int
    ) -> list[Alarm]:
        self.overflowing += max(len(rows) - _MAX_ALARMS_A_STEP, 0)
        rows = rows[:_MAX_ALARMS_A_STEP]
        entities = scope.table.entities[rows]
        standing.is_active[indices_of(entities)] = True
        standing.number += len(entities)
        return [
            alarms.raise_alarm(rule=rule.name, entity=stable_id, severity=rule.severity, text=text, now_ns=now_ns)
            for stable_id, text in zip(scope.world.stable_ids(entities).tolist(), rule.say.of_rows(scope, rows))
        ]

    def _forget_gone(self, world: World, alarms: Alarms, now_ns: int) -> list[Alarm]:
        """Who is gone alarms no more, and his index is another's."""
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        self._seen = world.tick
        world.advance()
        if structure is None:
            gone = np.arange(world.index_capacity)
        elif len(structure.despawned):
            gone = indices_of(structure.despawned)
        else:
            return []
        for standing in self._standing.values():
            standing.forget(gone)
        self.senses.forget(gone)
        active = alarms.active
        handles = world.find_all(np.array([alarm.entity for alarm in active], np.uint64))
        ended = [
            alarms.clear(rule=alarm.rule, entity=alarm.entity, now_ns=now_ns)
            for alarm, handle in zip(active, handles.tolist())
            if not handle
        ]
        return [alarm for alarm in ended if alarm is not None]

    def fork(self, world: World) -> RuleEngine:
        """A fork's rules know what was so before, and since when."""
        other = RuleEngine(self.rules, locks=self._locks)
        other.senses = self.senses.copy()
        other._standing = {name: standing.copy() for name, standing in self._standing.items()}
        other._seen = world.tick  # its entities have the indices that they have here
        return other
