"""The processes' engine: cases begin, move and end by conditions over whole columns, once a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.twin.processes.cases import Case, Cases
from taixu.twin.processes.process import Process, Step
from taixu.twin.processes.rows import NEVER, Rows
from taixu.twin.rules import Alarm, Alarms
from taixu.twin.rules.scope import REMEMBERING, Senses, TableScope, classes_of

__all__ = ["Changes", "NotAllowed", "ProcessEngine"]

_MOST_CHANGES = 1000
_MOST_OPEN = 100_000
_ROLES = ("", "view", "operate", "admin")
_STAYS = -1


class NotAllowed(TaixuError):
    """Somebody has not the role for it."""


@dataclass(slots=True)
class Changes:
    """What a step changed: cases as a recording keeps them, alarms that began, alarms that ended."""

    events: list[dict[str, Any]] = field(default_factory=list)
    begun: list[Alarm] = field(default_factory=list)
    ended: list[Alarm] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.events)


class _Standing:
    """What is known of one process: its open cases, and by entity index who has one and of whom one may begin."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.rows = Rows(max(len(state.steps) for state in process.states))
        self.has_case: NDArray[np.bool_] = np.empty(0, bool)
        self.is_armed: NDArray[np.bool_] = np.empty(0, bool)
        """The condition that begins a case was false since the last one."""

    def reserve(self, count: int) -> None:
        if (more := count - len(self.is_armed)) > 0:
            more = max(more, len(self.is_armed) // 2)
            self.has_case = np.concatenate([self.has_case, np.zeros(more, bool)])
            self.is_armed = np.concatenate([self.is_armed, np.ones(more, bool)])

    def copy(self) -> _Standing:
        other = _Standing(self.process)
        other.rows, other.has_case, other.is_armed = self.rows.copy(), self.has_case.copy(), self.is_armed.copy()
        return other


class ProcessEngine:
    """Moves the cases of a world (a resource). At most 1,000 of them change in a step; the others do in the next."""

    def __init__(self, processes: Sequence[Process] = ()) -> None:
        self.processes = {process.name: process for process in processes}
        self.problems: dict[str, str] = {}
        """Processes that could not be evaluated, and why."""
        self._standing = {process.name: _Standing(process) for process in processes}
        self._changes = Changes()
        self._seen = -1

    # What somebody does

    def open_case(self, world: World, process: str, entity: int, *, by: str, role: str, now_ns: int) -> Case:
        """Somebody opens a case for an entity (its stable id); if it has one, that one.

        Raises
        ------
        TaixuError
            When there is no such process or entity, or he may not.
        """
        standing = self._standing.get(process)
        if standing is None:
            raise TaixuError(f"there is no process {process[:60]!r}")
        _check_role(standing.process.opened_by, role, f"opening a case of {process!r}")
        if world.find(entity) is None:
            raise TaixuError(f"there is no entity {entity:016x}")
        known = world.resource(Cases).of(process, entity)
        if known is not None:
            return known
        if len(standing.rows) >= _MOST_OPEN:
            raise TaixuError(f"{process!r} has {_MOST_OPEN:,} open cases already")
        self._open(world, standing, [entity], now_ns=now_ns, by=by)
        return world.resource(Cases).open_case(process, entity, "", now_ns=now_ns)

    def move_case(self, world: World, number: int, to: str, *, by: str, role: str, now_ns: int) -> Case:
        """Somebody brings a case into another state.

        Raises
        ------
        TaixuError
            When there is no such open case, no such way out of its state for a person, or he may not.
        """
        case = world.resource(Cases).find(number)
        standing = self._standing.get(case.process) if case is not None else None
        at = np.flatnonzero(standing.rows.numbers == number) if standing is not None else np.empty(0, np.intp)
        if case is None or standing is None or not len(at):
            raise TaixuError(f"there is no open case {number}")
        target = standing.process.number_of(to)
        state = standing.process.states[standing.process.number_of(case.state)]
        step = next((each for each in state.steps if each.by and each.target == target), None)
        if step is None:
            raise TaixuError(f"nobody brings a case from {case.state!r} to {to[:60]!r}")
        _check_role(step.by, role, f"bringing it to {to!r}")
        moved = self._move(world, standing, int(at[0]), target, now_ns=now_ns, by=by)
        self._let_go(standing, at)
        return moved

    # What happens by itself

    def step(self, world: World, senses: Senses, *, now_ns: int) -> Changes:
        """Evaluate all processes, after the rules. Gives what changed, what somebody did since the last step among it.

        Parameters
        ----------
        senses
            The rules', which have begun this step.
        """
        self._forget_gone(world)
        for standing in self._standing.values():
            name = standing.process.name
            standing.reserve(world.index_capacity)
            try:
                self._close_gone(world, standing, now_ns)
                self._advance(world, senses, standing, now_ns)
                self._note_late(world, senses, standing, now_ns)
                self._begin(world, senses, standing, now_ns)
                self.problems.pop(name, None)
            except TaixuError as error:
                self.problems[name] = str(error)
        changes, self._changes = self._changes, Changes()
        return changes

    def adopt(self, world: World, *, now_ns: int) -> None:
        """Go on with the open cases of the world's `Cases`. Those of processes or states that are declared no more are closed."""
        cases = world.resource(Cases)
        for case in cases.open:
            standing = self._standing.get(case.process)
            state = standing.process.number_of(case.state) if standing is not None else _STAYS
            if standing is None or state == _STAYS or not standing.process.states[state].steps:
                self._changes.events.append(cases.close_gone(case.number, now_ns=now_ns).as_event(case.state))
            else:
                standing.rows.append([case.number], [case.entity], [state], [case.since_ns], is_late=[bool(case.late_ns)])

    def begin_anew(self, *, now_ns: int) -> None:
        """The clock was set: seconds count from now on."""
        for standing in self._standing.values():
            standing.rows.since_ns[:] = now_ns
            standing.rows.held_ns[:] = NEVER

    def _advance(self, world: World, senses: Senses, standing: _Standing, now_ns: int) -> None:
        rows, process = standing.rows, standing.process
        targets = np.full(len(rows), _STAYS)
        for number, state in enumerate(process.states):
            here = np.flatnonzero(rows.states == number)
            for place, step in enumerate(state.steps):
                due = self._due(world, senses, rows, here, place, step, now_ns)
                targets[here] = np.where((targets[here] == _STAYS) & due, step.target, targets[here])
        moving = np.flatnonzero(targets != _STAYS)[: self._room]
        for row in moving.tolist():
            self._move(world, standing, row, int(targets[row]), now_ns=now_ns)
        self._let_go(standing, moving)

    def _due(
        self, world: World, senses: Senses, rows: Rows, here: NDArray[np.intp], place: int, step: Step, now_ns: int
    ) -> NDArray[np.bool_]:
        """Of which of some rows a way out can be gone now."""
        if step.after_secs is not None:
            return now_ns - rows.since_ns[here] >= round(step.after_secs * 1e9)
        if step.when is None:
            return np.zeros(len(here), bool)
        holds = np.zeros(len(rows), bool)
        classes = classes_of(step.when, world.resource(Components))
        remembers = bool(step.when.functions & REMEMBERING)  # it must be asked again and again, whoever has a case
        whole = (
            {table: step.when.holds(TableScope(senses, world, table, step.when.text)) for table in world.query(*classes)}
            if remembers else {}
        )  # fmt: skip
        for table, mine, at in rows.by_table(world, here):
            if remembers:
                holds[mine] = whole[table][at] if table in whole else False
            elif set(classes) <= set(table.types):
                holds[mine] = step.when.holds(TableScope(senses, world, table, step.when.text, rows=at))
        since = rows.held_ns[here, place]
        since = np.where(holds[here], np.where(since == NEVER, now_ns, since), NEVER)
        rows.held_ns[here, place] = since
        return (since != NEVER) & (now_ns - since >= round(step.hold_secs * 1e9))

    def _note_late(self, world: World, senses: Senses, standing: _Standing, now_ns: int) -> None:
        rows, process, cases, alarms = standing.rows, standing.process, world.resource(Cases), world.resource(Alarms)
        for number, state in enumerate(process.states):
            if state.within_secs == float("inf"):
                continue
            late = (rows.states == number) & ~rows.is_late & (now_ns - rows.since_ns >= round(state.within_secs * 1e9))
            for table, here, at in rows.by_table(world, np.flatnonzero(late)[: self._room]):
                for row, text in zip(here.tolist(), state.say.of_rows(TableScope(senses, world, table, ""), at)):
                    rows.is_late[row] = True
                    case = cases.note_late(int(rows.numbers[row]), now_ns=now_ns)
                    self._changes.events.append(case.as_event(case.state))
                    rule = process.alarm_of(number)
                    alarm = alarms.raise_alarm(rule=rule, entity=case.entity, severity=state.severity, text=text, now_ns=now_ns)
                    self._changes.begun.append(alarm)

    def _begin(self, world: World, senses: Senses, standing: _Standing, now_ns: int) -> None:
        when = standing.process.when
        if when is None:
            return
        for table in world.query(*classes_of(when, world.resource(Components))):
            scope = TableScope(senses, world, table, when.text)
            holds = when.holds(scope)
            if not holds.any() and standing.is_armed.all():
                continue  # so it is most of the time
            indices = scope.indices
            due = np.flatnonzero(holds & standing.is_armed[indices] & ~standing.has_case[indices])
            due = due[: max(min(self._room, _MOST_OPEN - len(standing.rows)), 0)]
            standing.is_armed[indices[~holds]] = True
            self._open(world, standing, world.stable_ids(table.entities[due]).tolist(), now_ns=now_ns)

    # Changes

    @property
    def _room(self) -> int:
        return max(_MOST_CHANGES - len(self._changes), 0)

    def _open(self, world: World, standing: _Standing, entities: Sequence[int], *, now_ns: int, by: str = "") -> None:
        if not entities:
            return
        first = standing.process.states[0].name
        cases = [
            world.resource(Cases).open_case(standing.process.name, each, first, now_ns=now_ns, by=by) for each in entities
        ]
        count = len(cases)
        standing.rows.append([case.number for case in cases], entities, [0] * count, [now_ns] * count)
        standing.rows.locate(world)
        indices = indices_of(standing.rows.handles[-count:])
        standing.reserve(world.index_capacity)
        standing.has_case[indices], standing.is_armed[indices] = True, False
        self._changes.events += [case.as_event("") for case in cases]

    def _move(self, world: World, standing: _Standing, row: int, target: int, *, now_ns: int, by: str = "") -> Case:
        rows, state = standing.rows, standing.process.states[target]
        self._end_alarm(world, standing, row, now_ns)
        was = standing.process.states[int(rows.states[row])].name
        case = world.resource(Cases).move(int(rows.numbers[row]), state.name, now_ns=now_ns, by=by, is_end=not state.steps)
        rows.move(row, target, now_ns=now_ns)
        self._changes.events.append(case.as_event(was))
        return case

    def _let_go(self, standing: _Standing, moved: NDArray[np.intp] | Sequence[int]) -> None:
        """Of cases that were moved, those that are at an end."""
        ended = np.array([row for row in moved if not standing.process.states[int(standing.rows.states[row])].steps], np.intp)
        handles = standing.rows.handles[ended]
        here = indices_of(handles[handles != 0])
        standing.has_case[here], standing.is_armed[here] = False, False
        standing.rows.drop(ended)

    def _close_gone(self, world: World, standing: _Standing, now_ns: int) -> None:
        rows, cases = standing.rows, world.resource(Cases)
        gone = rows.locate(world)
        for row in gone.tolist():
            self._end_alarm(world, standing, row, now_ns)
            case = cases.close_gone(int(rows.numbers[row]), now_ns=now_ns)
            self._changes.events.append(case.as_event(case.state))
        rows.drop(gone)
        standing.has_case[:] = False
        standing.has_case[indices_of(rows.handles[rows.handles != 0])] = True

    def _end_alarm(self, world: World, standing: _Standing, row: int, now_ns: int) -> None:
        rows = standing.rows
        if rows.is_late[row]:
            rule = standing.process.alarm_of(int(rows.states[row]))
            ended = world.resource(Alarms).clear(rule=rule, entity=int(rows.ids[row]), now_ns=now_ns)
            self._changes.ended += [ended] if ended is not None else []

    def _forget_gone(self, world: World) -> None:
        """An index that was another's begins anew."""
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        self._seen = world.tick
        world.advance()
        for standing in self._standing.values():
            if structure is None:
                standing.is_armed[:] = True
            elif len(structure.despawned):
                gone = indices_of(structure.despawned)
                standing.is_armed[gone[gone < len(standing.is_armed)]] = True

    def fork(self, world: World) -> ProcessEngine:
        """A fork's cases go on from where they are."""
        other = ProcessEngine(list(self.processes.values()))
        other._standing = {name: standing.copy() for name, standing in self._standing.items()}
        other._seen = world.tick
        return other


def _check_role(needed: str, role: str, what: str) -> None:
    if not needed or _ROLES.index(role) < _ROLES.index(needed):
        raise NotAllowed(f"{what} needs the role {needed}" if needed else f"{what} is for nobody: it begins by itself")
