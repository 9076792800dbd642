"""The rules' engine: every rule over whole columns, once a step, and alarms for what has begun and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import Table, World, component_type
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.scene import CELL_M, Name, Transform, WorldTransforms
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.rules.alarms import Alarm, Alarms
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.fences import Fence, FenceShape, check_points
from taixu.twin.rules.nearness import near_any
from taixu.twin.rules.rule import Rule, read_condition

__all__ = ["RuleEngine"]

_NEVER = -1
_RATE_SLOTS = 4
_MAX_ALARMS_A_STEP = 1000
_KEPT_SHAPES = 1024


@dataclass(slots=True)
class _Standing:
    """What is known of one rule, by entity index."""

    since_ns: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Since when its condition holds; -1 where it does not."""
    is_active: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))

    def reserve(self, count: int) -> None:
        have = len(self.since_ns)
        if count > have:
            more = max(count - have, have // 2)
            self.since_ns = np.concatenate([self.since_ns, np.full(more, _NEVER)])
            self.is_active = np.concatenate([self.is_active, np.zeros(more, bool)])


class RuleEngine:
    """Watches a world (a resource).

    Parameters
    ----------
    rules
        What is watched.
    """

    def __init__(self, rules: Sequence[Rule] = ()) -> None:
        self.rules = list(rules)
        self.problems: dict[str, str] = {}
        """Rules that could not be evaluated, and why."""
        self.overflowing = 0
        """Alarms that were not raised, as too many would have been at once."""
        self._standing: dict[str, _Standing] = {rule.name: _Standing() for rule in self.rules}
        self._memory: dict[tuple[str, int], _Rate] = {}
        self._inner: dict[str, Expression] = {}
        self._shapes: dict[Any, FenceShape] = {}
        self._seen = -1
        self._now_ns = 0

    def step(self, world: World, *, now_ns: int) -> tuple[list[Alarm], list[Alarm]]:
        """Evaluate all rules. Gives the alarms that began and those that ended."""
        self._now_ns = now_ns
        alarms = world.resource(Alarms)
        ended = self._forget_gone(world, alarms, now_ns)
        begun: list[Alarm] = []
        fences = self._fences(world)
        for rule in self.rules:
            try:
                self._watch(world, rule, fences, alarms, now_ns, begun, ended)
                self.problems.pop(rule.name, None)
            except TaixuError as error:
                self.problems[rule.name] = str(error)
        return begun, ended

    def holds_of(self, world: World, condition: Expression, entity: int) -> bool:
        """Whether a condition holds of one entity just now.

        Raises
        ------
        TaixuError
            When it cannot be asked of it.
        """
        table, row = world.place(entity)
        scope = _TableScope(self, world, table, f"once: {condition.text}", self._fences(world), self._now_ns)
        return bool(condition.holds(scope)[row])

    def _watch(
        self, world: World, rule: Rule, fences: dict[str, FenceShape], alarms: Alarms, now_ns: int, begun: list[Alarm],
        ended: list[Alarm],
    ) -> None:  # fmt: skip
        standing = self._standing[rule.name]
        standing.reserve(world.index_capacity)
        components = world.resource(Components)
        needed = rule.when.components | (rule.until.components if rule.until is not None else frozenset())
        classes = [declared.cls for name in sorted(needed) if (declared := components.find(name)) is not None]
        if not classes or {"key", "kind"} & rule.when.names:
            classes.append(Device)
        for table in world.query(*classes):
            scope = _TableScope(self, world, table, rule.name, fences, now_ns)
            holds = rule.when.holds(scope)
            indices = indices_of(table.entities)
            since = standing.since_ns[indices]
            active = standing.is_active[indices]
            since = np.where(holds, np.where(since == _NEVER, now_ns, since), _NEVER)
            standing.since_ns[indices] = since
            due = ~active & (since != _NEVER) & (now_ns - since >= round(rule.hold_secs * 1e9))
            over = active & (rule.until.holds(scope) if rule.until is not None else ~holds)
            if due.any():
                begun += self._raise(scope, rule, np.flatnonzero(due), standing, alarms, now_ns)
            for row in np.flatnonzero(over).tolist():
                standing.is_active[indices[row]] = False
                alarm = alarms.clear(rule=rule.name, entity=world.stable_id(int(table.entities[row])), now_ns=now_ns)
                ended += [alarm] if alarm is not None else []

    def _raise(
        self, scope: _TableScope, rule: Rule, rows: NDArray[np.intp], standing: _Standing, alarms: Alarms, now_ns: int
    ) -> list[Alarm]:
        self.overflowing += max(len(rows) - _MAX_ALARMS_A_STEP, 0)
        rows = rows[:_MAX_ALARMS_A_STEP]
        entities = scope.table.entities[rows]
        standing.is_active[indices_of(entities)] = True
        said = {slot: scope.plain(slot, rows) for slot, _ in rule.slots()}
        found = []
        for place, stable_id in enumerate(scope.world.stable_ids(entities).tolist()):
            text = rule.text({slot: values[place] for slot, values in said.items()})
            found.append(
                alarms.raise_alarm(rule=rule.name, entity=stable_id, severity=rule.severity, text=text, now_ns=now_ns)
            )
        return found

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
            here = gone[gone < len(standing.since_ns)]
            standing.since_ns[here], standing.is_active[here] = _NEVER, False
        for memory in self._memory.values():
            memory.forget(gone)
        ended = [
            alarms.clear(rule=alarm.rule, entity=alarm.entity, now_ns=now_ns)
            for alarm in list(alarms)
            if alarm.is_active and world.find(alarm.entity) is None
        ]
        return [alarm for alarm in ended if alarm is not None]

    def _fences(self, world: World) -> dict[str, FenceShape]:
        """Fences by name, in the world."""
        found: dict[str, FenceShape] = {}
        for table in world.query(Fence):
            places = _places(world, table)
            names = table.read(Name, "text") if Name in table.types else np.full(table.count, "", object)
            for row in range(table.count):
                fence = table.value(Fence, row)
                try:
                    corners = check_points(fence.points, where=f"the fence {names[row]!r}")
                except TaixuError as error:
                    self.problems[str(names[row])] = str(error)
                    continue
                x, y, z = np.nan_to_num(places[:, row])
                found[str(names[row])] = self._shape(corners.tobytes(), (x, z), y + fence.bottom_m, y + fence.top_m)
        return found

    def _shape(self, corners: bytes, place: tuple[float, float], bottom_m: float, top_m: float) -> FenceShape:
        """Fences stand still most of the time: their rasters are kept."""
        key = (corners, place, bottom_m, top_m)
        if key not in self._shapes:
            if len(self._shapes) >= _KEPT_SHAPES:
                self._shapes.clear()
            self._shapes[key] = FenceShape(np.frombuffer(corners).reshape(-1, 2) + place, float(bottom_m), float(top_m))
        return self._shapes[key]

    def fork(self, world: World) -> RuleEngine:
        return RuleEngine(self.rules)


class _Rate:
    """Values some time ago, by entity index: a few snapshots spread over the time that is asked about."""

    def __init__(self) -> None:
        self.values = np.full((_RATE_SLOTS + 1, 0), np.nan)
        self.times_ns = np.zeros((_RATE_SLOTS + 1, 0), np.int64)

    def change(self, indices: NDArray[np.intp], values: NDArray[np.float64], now_ns: int, secs: float) -> NDArray[np.float64]:
        """Change a second since the oldest value within the time; NaN where there is none yet."""
        top = int(indices.max()) + 1 if len(indices) else 0
        if top > self.values.shape[1]:
            more = top + top // 2 - self.values.shape[1]
            self.values = np.concatenate([self.values, np.full((_RATE_SLOTS + 1, more), np.nan)], axis=1)
            self.times_ns = np.concatenate([self.times_ns, np.zeros((_RATE_SLOTS + 1, more), np.int64)], axis=1)
        oldest, at = self.values[-1, indices], self.times_ns[-1, indices]
        for slot in range(_RATE_SLOTS - 1, -1, -1):  # until all slots are filled the oldest there is
            missing = np.isnan(oldest)
            oldest = np.where(missing, self.values[slot, indices], oldest)
            at = np.where(missing, self.times_ns[slot, indices], at)
        rate = (values - oldest) / np.maximum((now_ns - at) * 1e-9, 1e-9)
        newest = self.times_ns[0, indices]
        due = np.isnan(self.values[0, indices]) | (now_ns - newest >= secs * 1e9 / _RATE_SLOTS)
        rows = indices[due]
        self.values[1:, rows], self.times_ns[1:, rows] = self.values[:-1, rows], self.times_ns[:-1, rows]
        self.values[0, rows], self.times_ns[0, rows] = values[due], now_ns
        return np.where(now_ns - at >= secs * 1e9 / 2, rate, np.nan)

    def forget(self, indices: NDArray[np.intp]) -> None:
        self.values[:, indices[indices < self.values.shape[1]]] = np.nan


class _TableScope:
    """What a rule sees of one table."""

    def __init__(
        self, engine: RuleEngine, world: World, table: Table, rule: str, fences: dict[str, FenceShape], now_ns: int
    ) -> None:
        self.engine, self.world, self.table, self.rule, self.fences, self.now_ns = engine, world, table, rule, fences, now_ns
        self.count = table.count
        self._places: NDArray[np.float64] | None = None

    def field(self, component: str, name: str, lane: int) -> NDArray[Any]:
        declared = self.world.resource(Components).find(component)
        if declared is None or declared.cls not in self.table.types:
            raise TaixuError(f"{component}.{name} is no field of what the rule watches")
        column = self.table.read(declared.cls, name)
        return column if lane < 0 else column[lane]

    def name(self, name: str) -> NDArray[Any]:
        if name in "xyz":
            return self.places["xyz".index(name)]
        if name == "age":
            times = self.world.resource(Feed).times_ns(self.table.entities)
            return np.where(times == np.iinfo(np.int64).min, np.inf, (self.now_ns - times.astype(np.float64)) * 1e-9)
        cls, fld = (Name, "text") if name == "name" else (Device, name)
        if cls in self.table.types:
            return self.table.read(cls, fld)
        return np.full(self.count, component_type(cls).by_name[fld].default, object)

    def call(self, name: str, arguments: tuple[Any, ...], node: int) -> NDArray[Any]:
        if name in ("abs", "sqrt", "min", "max"):
            numbers = [np.asarray(argument, float) for argument in arguments]
            if len(numbers) == 1:
                return np.abs(numbers[0]) if name == "abs" else np.sqrt(numbers[0])
            return (np.minimum if name == "min" else np.maximum).reduce(np.broadcast_arrays(*numbers))
        if name == "rate":
            values, secs = np.broadcast_to(np.asarray(arguments[0], float), (self.count,)), arguments[1]
            if not isinstance(secs, (int, float)) or not 0 < secs <= 1e7:
                raise TaixuError("rate takes a field and seconds, as in rate(motor.temperature, 10)")
            memory = self.engine._memory.setdefault((self.rule, node), _Rate())
            return memory.change(indices_of(self.table.entities), values, self.now_ns, float(secs))
        if name == "inside":
            fence = self.fences.get(arguments[0]) if isinstance(arguments[0], str) else None
            if fence is None:
                raise TaixuError(f"there is no fence {str(arguments[0])[:60]!r}; name the entity that has one")
            return fence.holds(self.places)
        return self._near(*arguments)

    def _near(self, condition: Any, distance: Any) -> NDArray[np.bool_]:
        if not isinstance(condition, str) or not isinstance(distance, (int, float)) or not 0 < distance <= 1e6:
            raise TaixuError("near takes a condition as text and metres, as in near(\"device.kind == 'person'\", 2)")
        inner = self.engine._inner.get(condition)
        components = self.world.resource(Components)
        if inner is None:
            inner = self.engine._inner[condition] = read_condition(condition, components)
            if inner.functions & {"near", "rate"}:
                raise TaixuError("near's condition cannot ask near or rate again")
        classes = [declared.cls for name in sorted(inner.components) if (declared := components.find(name)) is not None]
        others, owners = [np.zeros((3, 0))], [np.zeros(0, np.uint64)]
        for table in self.world.query(*(classes or [Device])):
            scope = _TableScope(self.engine, self.world, table, self.rule, self.fences, self.now_ns)
            here = np.flatnonzero(inner.holds(scope))
            others.append(scope.places[:, here])
            owners.append(table.entities[here])
        known = np.concatenate(owners)
        order = np.argsort(known)
        mine = np.searchsorted(known[order], self.table.entities)
        mine = np.minimum(mine, max(len(known) - 1, 0))
        selves = np.full(self.count, -1, np.intp)
        if len(known):
            same = known[order][mine] == self.table.entities
            selves[same] = order[mine[same]]
        return near_any(self.places, np.concatenate(others, axis=1), distance_m=float(distance), selves=selves)

    @property
    def places(self) -> NDArray[np.float64]:
        """Positions in the world, ``float64[3, n]``."""
        if self._places is None:
            self._places = _places(self.world, self.table)
        return self._places

    def plain(self, slot: str, rows: NDArray[np.intp]) -> list[Any]:
        """Values of a name or a field at some rows, for texts; "?" where there is none."""
        parts = slot.split(".")
        try:
            if len(parts) == 1:
                return self.name(slot)[rows].tolist()
            return self.field(parts[0], parts[1], "xyzw".index(parts[2]) if len(parts) == 3 else -1)[rows].tolist()
        except TaixuError:
            return ["?"] * len(rows)


def _places(world: World, table: Table) -> NDArray[np.float64]:
    """Where entities are; NaN for those that are nowhere."""
    if Transform not in table.types:
        return np.full((3, table.count), np.nan)
    indices = indices_of(table.entities)
    if world.has_resource(WorldTransforms):
        transforms = world.resource(WorldTransforms)
        if len(transforms.matrices) > (int(indices.max()) if len(indices) else 0):
            places = transforms.matrices[indices][:, [3, 7, 11]].T.astype(np.float64)
            return places + transforms.cells[indices].T * CELL_M
    return table.read(Transform, "translation").astype(np.float64) + table.read(Transform, "cell") * CELL_M
