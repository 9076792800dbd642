"""Commands rehearsed: what would come of one, tried on a copy of the world that reaches no device.

In the copy the device obeys at once, what its control foresees comes true, and rules watch for some simulated seconds; so do they
in a second copy in which nothing was commanded. Alarms of the first that the second does not know would be the command's. Nothing
else goes on there: no physics, no readings. A copy is made by the world's thread and belongs to whoever asked for it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World, component_type
from taixu.ecs.snapshot import restore_snapshot, take_snapshot
from taixu.errors import TaixuError
from taixu.scene import Hierarchy, WorldTransforms, propagate_transforms
from taixu.twin.bindings import Target
from taixu.twin.commands import Ledger
from taixu.twin.controls import Control, value_doubt
from taixu.twin.device import Roster
from taixu.twin.feed import Feed
from taixu.twin.rules import Alarm, Alarms, RuleEngine
from taixu.twin.rules.scope import Senses, TableScope, calculated

__all__ = ["LONGEST_SECS", "Rehearsal", "Rehearsed", "check_size", "prepare_rehearsal", "put_value"]

LONGEST_SECS = 3600.0
_STEP_SECS = 0.5
_MOST_STEPS = 240
_MAX_BYTES = 256 << 20
_MOST_ALARMS = 200
_RESOURCES = frozenset({Components, Alarms, RuleEngine, Feed, Roster, Hierarchy, WorldTransforms})


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would come of a command.

    Attributes
    ----------
    allowed, why
        Whether it would be sent, and why not.
    foresees
        Values that would change: ``{id, field, value}``.
    alarms, ends
        Those that would begin, and those that would be over, because of it.
    simulated_secs
        How far it was looked ahead; less than asked for where time ran out.
    """

    allowed: bool
    why: str = ""
    foresees: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    ends: list[Alarm] = field(default_factory=list)
    simulated_secs: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "allowed": self.allowed, "why": self.why, "foresees": self.foresees, "simulated_secs": self.simulated_secs,
            "alarms": [alarm.as_dict() for alarm in self.alarms], "ends": [alarm.as_dict() for alarm in self.ends],
        }  # fmt: skip


@dataclass(slots=True)
class Rehearsal:
    """A rehearsal that is ready to run, in any thread: it has a world of its own."""

    world: World
    control: Control
    entity: int
    value: Any
    now_ns: int
    refusal: str

    def run(self, *, seconds: float = 30.0, budget_secs: float = 2.0) -> Rehearsed:
        """Look ahead.

        Parameters
        ----------
        seconds
            How far, in the copy's time.
        budget_secs
            How long it may take.

        Raises
        ------
        TaixuError
            When something that the control foresees cannot be calculated.
        """
        if self.refusal:
            return Rehearsed(False, self.refusal)
        began_at = time.perf_counter()
        seconds = min(max(seconds, 0.0), LONGEST_SECS)
        as_is = _copied(self.world)
        before = _Before(self.world, self.entity, self.control)
        with_it: tuple[dict[Any, Alarm], dict[Any, Alarm]] = ({}, {})
        without: tuple[dict[Any, Alarm], dict[Any, Alarm]] = ({}, {})
        told: dict[str, dict[str, Any]] = {}
        simulated, steps = 0.0, 0
        while True:
            for target, value in self._effects(before, simulated):
                told[_text(target)] = {"id": f"{self.entity:016x}", "field": _text(target), "value": _plain(value)}
                put_value(self.world, before.handle, target, value)
            now_ns = self.now_ns + round(simulated * 1e9)
            for world, (began, ended) in ((self.world, with_it), (as_is, without)):
                _watch(world, now_ns, began, ended)
            steps += 1
            spent = time.perf_counter() - began_at
            if simulated >= seconds or spent >= budget_secs:
                break
            affordable = max((budget_secs - spent) / (spent / steps), 1.0)  # steps grow longer where time is short
            simulated = min(simulated + max(_STEP_SECS, seconds / _MOST_STEPS, (seconds - simulated) / affordable), seconds)
        alarms = [alarm for key, alarm in with_it[0].items() if key not in without[0]]
        ends = [alarm for key, alarm in with_it[1].items() if key not in without[1] and key not in with_it[0]]
        return Rehearsed(True, "", list(told.values()), alarms[:_MOST_ALARMS], ends[:_MOST_ALARMS], simulated)

    def _effects(self, before: _Before, secs: float) -> list[tuple[Target, Any]]:
        found = [(self.control.target, self.value)]
        scope = before.scope(self.value, secs)
        return found + [(target, float(expression.evaluate(scope)[0])) for target, expression in self.control.foresees]


def prepare_rehearsal(world: World, control: str, *, entity: int, value: Any, now_ns: int) -> Rehearsal:
    """Check a command as the ledger would, and copy the world for it (the world's thread); the world stays as it is.

    Raises
    ------
    TaixuError
        When there is no such control or entity, or the world is too large to be copied for this.
    """
    known, handle = world.resource(Ledger).control_of(world, control, entity=entity)
    refusal = value_doubt(known, value) or world.resource(Ledger).locked(world, known, handle)
    if not refusal:
        check_size(world)
    return Rehearsal(World() if refusal else _copied(world), known, entity, value, now_ns, refusal)


def check_size(world: World, *, copies: int = 1) -> None:
    """Whether there is room for so many copies of a world.

    Raises
    ------
    TaixuError
        When it is too large.
    """
    columns = ((table, part.cls, fld.name) for table in world.tables for part in table.components for fld in part.fields)
    size = sum(table.read(cls, name).nbytes for table, cls, name in columns) * copies
    if size > _MAX_BYTES:
        raise TaixuError(f"the world is too large to rehearse in: its columns take {size >> 20:,} of {_MAX_BYTES >> 20} MB")


def _copied(world: World) -> World:
    """Entities, and of the resources those that rules look at."""
    other = World(seed=world.seed)
    other.tick = world.tick
    restore_snapshot(other, take_snapshot(world, only=_RESOURCES))
    return other


def _watch(world: World, now_ns: int, began: dict[Any, Alarm], ended: dict[Any, Alarm]) -> None:
    if world.has_resource(WorldTransforms) and world.has_resource(Hierarchy):
        propagate_transforms(world)
    begun, over = world.resource(RuleEngine).step(world, now_ns=now_ns)
    for found, alarms in ((began, begun), (ended, over)):
        for alarm in alarms:
            found.setdefault((alarm.rule, alarm.entity), alarm)


class _Before:
    """One entity as it was before the command: what is foreseen goes by that."""

    def __init__(self, world: World, entity: int, control: Control) -> None:
        handle = world.find(entity)
        assert handle is not None
        self.handle: int = handle
        table, row = world.place(handle)
        scope = TableScope(Senses(), world, table, "", rows=np.array([row]))
        fields = {each for _, expression in control.foresees for each in expression.fields}
        names = {each for _, expression in control.foresees for each in expression.names} - {"value", "t"}
        self._fields: dict[tuple[str, str, int], NDArray[Any]] = {each: scope.field(*each).copy() for each in fields}
        self._names: dict[str, NDArray[Any]] = {name: scope.name(name).copy() for name in names}

    def scope(self, value: Any, secs: float) -> _ForeseenScope:
        """What an expression sees some seconds after it."""
        return _ForeseenScope(self._fields, self._names | {"value": np.array([value]), "t": np.array([secs])})


class _ForeseenScope:
    def __init__(self, fields: Mapping[tuple[str, str, int], NDArray[Any]], names: Mapping[str, NDArray[Any]]) -> None:
        self.count = 1
        self._fields, self._names = fields, names

    def field(self, component: str, name: str, lane: int) -> NDArray[Any]:
        return self._fields[component, name, lane]

    def name(self, name: str) -> NDArray[Any]:
        return self._names[name]

    def call(self, name: str, arguments: tuple[Any, ...], node: int) -> NDArray[Any]:
        return calculated(name, arguments)


def put_value(world: World, handle: int, target: Target, value: Any) -> None:
    """Set one field, or a part of one, of one entity."""
    entities = np.array([handle], np.uint64)
    if target.lane >= 0:
        whole = world.gather(entities, target.cls, target.field.name)
        whole[target.lane] = value
        value = whole
    elif isinstance(value, str):
        value = np.array([value], object)
    else:
        value = np.array([value]).astype(target.field.kind.dtype)
    world.scatter(entities, target.cls, target.field.name, value)


def _text(target: Target) -> str:
    lane = "" if target.lane < 0 else "." + "xyzw"[target.lane]
    return f"{component_type(target.cls).name}.{target.field.name}{lane}"


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.7g}") if np.isfinite(value) else None
    return value
