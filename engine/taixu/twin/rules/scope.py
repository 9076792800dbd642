"""What a condition sees: columns of one table, names, and the functions that it may call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import Table, World, component_type
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.scene import Name
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.rules.expression import Expression, read_expression
from taixu.twin.rules.ground import Ground, table_places
from taixu.twin.rules.histories import History, Portion, Rate, Since, Trend
from taixu.twin.rules.nearness import near_any, nearest_m
from taixu.twin.rules.separation import EXAMPLE as CONFLICT_EXAMPLE
from taixu.twin.rules.separation import conflict_secs

__all__ = [
    "CALCULATIONS", "FUNCTIONS", "NAMES", "REMEMBERING", "MeasuredValues", "Senses", "TableScope", "calculated", "classes_of",
    "read_condition",
]

NAMES = frozenset({"x", "y", "z", "age", "key", "kind", "name"})
"""Place in the world in metres, seconds since the last reading, the device's key and kind, the entity's name."""

CALCULATIONS: Mapping[str, tuple[int, int]] = {"abs": (1, 1), "sqrt": (1, 1), "min": (2, 8), "max": (2, 8)}
"""Functions of numbers alone."""

FUNCTIONS: Mapping[str, tuple[int, int]] = {
    **CALCULATIONS,
    "rate": (2, 2), "trend": (2, 2), "eta": (3, 3), "held": (1, 2), "portion": (2, 2),
    "inside": (1, 1), "dwell": (1, 1), "near": (2, 2), "nearest": (2, 2), "measure": (1, 1),
    "conflict": (4, 4),
}  # fmt: skip
"""``rate(field, seconds)`` is the change a second over that time, ``trend`` the same where single wrong readings do not count,
``eta(field, limit, seconds)`` in how many seconds its trend takes it to a limit; ``held(condition)`` for how many seconds it has
been true, ``held(condition, seconds)`` whether for so long, ``portion(condition, seconds)`` for how much of that time (0 to 1);
``inside("fence")`` whether it is in the area of that name, ``dwell("fence")`` for how many seconds;
``near("condition", metres)`` whether somebody else of whom the condition holds is as near, ``nearest`` how near he is;
``conflict("velocity field", seconds, metres aside, metres above)`` in how many seconds it comes nearer than that to somebody
else who has a velocity, if both go on as they do for those seconds (a number, or a field as text that says them for each);
``measure("name")`` what the world's measure of that name last said: of the whole, of the entity itself, or the most of the zones
that it is in."""

REMEMBERING = frozenset({"rate", "trend", "eta", "held", "portion", "dwell"})
"""Functions that must be asked again and again to know an answer."""

_NO_READING = np.iinfo(np.int64).min
_MAX_SECS = 1e7
_MAX_INNER = 1000
H = TypeVar("H", bound=History)
MeasuredValues = tuple[str, "NDArray[np.uint64] | Sequence[str]", NDArray[np.float64]]
"""By what (whole, zone, entity), of whom, and the values."""
Others = tuple[NDArray[np.float64], NDArray[np.uint64]]


class Senses:
    """What conditions know besides columns: where everybody is, and what was so before. It goes on from step to step.

    Parameters
    ----------
    ground
        Shared with others who look at the same world.
    """

    def __init__(self, ground: Ground | None = None) -> None:
        self.ground = ground if ground is not None else Ground()
        self.now_ns = 0
        self.measured: Mapping[str, MeasuredValues] = {}
        """What measures last said, by name."""
        self.histories: dict[tuple[str, int], History] = {}
        """What conditions remember, by their text and the call in it."""
        self._inner: dict[str, Expression] = {}
        self._others: dict[str, Others] = {}
        self._conflicts: dict[tuple[Any, ...], tuple[NDArray[np.uint64], NDArray[np.float64]]] = {}

    def begin(self, *, now_ns: int) -> None:
        """A step begins; the ground's has begun."""
        self.now_ns = now_ns
        self._others.clear()
        self._conflicts.clear()

    def history(self, key: tuple[str, int], make: Callable[[], H]) -> H:
        """What one call in one condition remembers."""
        found = self.histories.get(key)
        if found is None:
            found = self.histories[key] = make()
        return found  # type: ignore[return-value]

    def forget(self, indices: NDArray[np.intp]) -> None:
        """Entity indices that are another's now."""
        for history in self.histories.values():
            history.forget(indices)

    def others(self, world: World, text: str) -> Others:
        """Of whom a condition holds just now: places ``float64[3, m]`` and handles.

        Raises
        ------
        TaixuError
            When it cannot be asked.
        """
        found = self._others.get(text)
        if found is None:
            places, owners = [np.zeros((3, 0))], [np.zeros(0, np.uint64)]
            condition = self._condition(world, text)
            for table in world.query(*classes_of(condition, world.resource(Components))):
                scope = TableScope(self, world, table, condition.text)
                here = np.flatnonzero(condition.holds(scope))
                places.append(scope.places[:, here])
                owners.append(table.entities[here])
            found = self._others[text] = np.concatenate(places, axis=1), np.concatenate(owners)
        return found

    def conflicts(self, world: World, arguments: tuple[Any, ...]) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
        """Seconds until everybody's next conflict: see `conflict_secs`."""
        plain = tuple(each if isinstance(each, str) else _number(each, CONFLICT_EXAMPLE) for each in arguments)
        if plain not in self._conflicts:
            self._conflicts[plain] = conflict_secs(world, self.ground, plain)
        return self._conflicts[plain]

    def _condition(self, world: World, text: str) -> Expression:
        found = self._inner.get(text)
        if found is None:
            found = read_condition(text, world.resource(Components))
            if found.functions & ({"near", "nearest"} | REMEMBERING):
                raise TaixuError("the condition within near cannot ask near or what was so before")
            if len(self._inner) >= _MAX_INNER:
                self._inner.clear()
            self._inner[text] = found
        return found

    def copy(self) -> Senses:
        """To go on with in a fork: what was so before is known there, too."""
        other = Senses()
        other.now_ns, other.measured = self.now_ns, dict(self.measured)
        other.histories = {key: history.copy() for key, history in self.histories.items()}
        return other


class TableScope:
    """What a condition sees of one table.

    Parameters
    ----------
    text
        The condition's: what it remembers is kept under it.
    rows
        Only these; all where there are none.
    """

    def __init__(self, senses: Senses, world: World, table: Table, text: str, *, rows: NDArray[np.intp] | None = None) -> None:
        self.senses, self.world, self.table, self.text, self.rows = senses, world, table, text, rows
        self.now_ns = senses.now_ns
        self.entities = table.entities if rows is None else table.entities[rows]
        self.count = len(self.entities)
        self._indices: NDArray[np.intp] | None = None
        self._places: NDArray[np.float64] | None = None

    @property
    def indices(self) -> NDArray[np.intp]:
        """Entity indices."""
        if self._indices is None:
            self._indices = indices_of(self.entities)
        return self._indices

    @property
    def places(self) -> NDArray[np.float64]:
        """Positions in the world, ``float64[3, n]``."""
        if self._places is None:
            whole = self.rows is None
            self._places = (
                self.senses.ground.places(self.world, self.table) if whole else table_places(self.world, self.table, rows=self.rows)
            )
        return self._places

    def field(self, component: str, name: str, lane: int) -> NDArray[Any]:
        declared = self.world.resource(Components).find(component)
        if declared is None or declared.cls not in self.table.types:
            raise TaixuError(f"{component}.{name} is no field of what is watched")
        column = self._column(declared.cls, name)
        return column if lane < 0 else column[lane]

    def name(self, name: str) -> NDArray[Any]:
        if name in "xyz":
            return self.places["xyz".index(name)]
        if name == "age":
            times = self.world.resource(Feed).times_ns(self.entities)
            return np.where(times == _NO_READING, np.inf, (self.now_ns - times.astype(np.float64)) * 1e-9)
        cls, fld = (Name, "text") if name == "name" else (Device, name)
        if cls in self.table.types:
            return self._column(cls, fld)
        return np.full(self.count, component_type(cls).by_name[fld].default, object)

    def call(self, name: str, arguments: tuple[Any, ...], node: int) -> NDArray[Any]:
        if name in CALCULATIONS:
            return calculated(name, arguments)
        found: NDArray[Any] = getattr(self, f"_{name}")(arguments, (self.text, node), name)
        return found

    def plain(self, slot: str, rows: NDArray[np.intp]) -> list[Any]:
        """Values of a name or a field at some rows, for texts; "?" where there is none."""
        parts = slot.split(".")
        try:
            if len(parts) == 1:
                return self.name(slot)[rows].tolist()
            return self.field(parts[0], parts[1], "xyzw".index(parts[2]) if len(parts) == 3 else -1)[rows].tolist()
        except TaixuError:
            return ["?"] * len(rows)

    # Functions: arguments, where their memory is kept, their name

    def _rate(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        secs = _secs(arguments[1], "rate(motor.temperature, 10)")
        return self.senses.history(key, Rate).change(self.indices, self._numbers(arguments[0]), self.now_ns, secs)

    def _trend(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        secs = _secs(arguments[1], "trend(bearing.vibration, 3600)")
        return self.senses.history(key, Trend).slope(self.indices, self._numbers(arguments[0]), self.now_ns, secs)

    def _eta(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        secs = _secs(arguments[2], "eta(bearing.vibration, 7.1, 3600)")
        limit, values = _number(arguments[1], "eta(bearing.vibration, 7.1, 3600)"), self._numbers(arguments[0])
        slopes = self.senses.history(key, Trend).slope(self.indices, values, self.now_ns, secs)
        away = limit - values
        return np.where(np.isnan(slopes), np.nan, np.where(away * slopes > 0, away / slopes, np.where(away == 0, 0.0, np.inf)))

    def _held(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        holds = self._truths(arguments[0])
        secs = self.senses.history(key, Since).secs(self.indices, holds, self.now_ns)
        if len(arguments) == 1:
            return secs
        return holds & (secs >= _secs(arguments[1], 'held(motor.state == "fault", 5)', zero=True))

    def _portion(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        secs = _secs(arguments[1], 'portion(motor.state == "running", 3600)')
        return self.senses.history(key, Portion).share(self.indices, self._truths(arguments[0]), self.now_ns, secs)

    def _inside(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[np.bool_]:
        fence = arguments[0] if isinstance(arguments[0], str) else str(arguments[0])
        if self.rows is not None:
            shape = self.senses.ground.fences.get(fence)
            if shape is not None:
                return shape.holds(self.places)
        found = np.zeros(self.count, bool)
        found[self.senses.ground.inside(self.world, self.table, fence)] = True
        return found

    def _dwell(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        inside = self._inside(arguments, key, name)
        return self.senses.history((f"dwell {arguments[0]}", 0), Since).secs(self.indices, inside, self.now_ns)

    def _measure(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        found = np.full(self.count, np.nan)
        known = self.senses.measured.get(str(arguments[0]))
        if known is None:
            if self.senses.measured:  # else nothing has been measured yet
                raise TaixuError(f"there is no measure {str(arguments[0])[:60]!r}")
            return found
        by, of, values = known
        if by == "whole":
            found[:] = values[0]
        elif isinstance(of, np.ndarray):
            order = np.argsort(of)
            at = np.minimum(np.searchsorted(of[order], ids := self.world.stable_ids(self.entities)), max(len(of) - 1, 0))
            here = of[order][at] == ids if len(of) else np.zeros(self.count, bool)
            found[here] = values[order[at[here]]]
        else:
            for zone, value in zip(of, values.tolist()):
                inside = self._inside((zone,), key, name)
                found[inside] = np.fmax(found[inside], value)
        return found

    def _near(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[np.bool_]:
        others, selves, distance = self._compared(arguments, name)
        return near_any(self.places, others, distance_m=distance, selves=selves)

    def _nearest(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        others, selves, distance = self._compared(arguments, name)
        return nearest_m(self.places, others, within_m=distance, selves=selves)

    def _conflict(self, arguments: tuple[Any, ...], key: tuple[str, int], name: str) -> NDArray[Any]:
        handles, secs = self.senses.conflicts(self.world, arguments)
        found = np.full(self.count, np.inf)
        if len(handles):
            at = np.minimum(np.searchsorted(handles, self.entities), len(handles) - 1)
            known = handles[at] == self.entities
            found[known] = secs[at[known]]
        return found

    def _compared(self, arguments: tuple[Any, ...], name: str) -> tuple[NDArray[np.float64], NDArray[np.intp], float]:
        condition, distance = arguments
        if not isinstance(condition, str) or not isinstance(distance, (int, float)) or not 0 < distance <= 1e6:
            raise TaixuError(f"{name} takes a condition as text and metres, as in {name}(\"device.kind == 'person'\", 2)")
        others, owners = self.senses.others(self.world, condition)
        selves = np.full(self.count, -1, np.intp)
        if len(owners):
            order = np.argsort(owners)
            mine = np.minimum(np.searchsorted(owners[order], self.entities), len(owners) - 1)
            same = owners[order][mine] == self.entities
            selves[same] = order[mine[same]]
        return others, selves, float(distance)

    def _column(self, cls: type, name: str) -> NDArray[Any]:
        return self.table.read(cls, name) if self.rows is None else self.table.take(cls, name, self.rows)

    def _numbers(self, value: Any) -> NDArray[np.float64]:
        return np.broadcast_to(np.asarray(value, float), (self.count,))

    def _truths(self, value: Any) -> NDArray[np.bool_]:
        return np.broadcast_to(np.asarray(value).astype(bool), (self.count,))


def calculated(name: str, arguments: tuple[Any, ...]) -> NDArray[Any]:
    """What one of `CALCULATIONS` gives."""
    numbers = [np.asarray(argument, float) for argument in arguments]
    if len(numbers) == 1:
        return np.abs(numbers[0]) if name == "abs" else np.sqrt(numbers[0])
    return (np.minimum if name == "min" else np.maximum).reduce(np.broadcast_arrays(*numbers))


def classes_of(condition: Expression, components: Components, *more: Expression | None) -> list[type]:
    """Components that an entity must have to be asked all of these; devices where none of them names a component."""
    conditions = [condition, *(each for each in more if each is not None)]
    named = sorted({name for each in conditions for name in each.components})
    classes = [declared.cls for name in named if (declared := components.find(name)) is not None]
    if not classes or any({"key", "kind"} & each.names for each in conditions):
        classes.append(Device)
    return list(dict.fromkeys(classes))


def read_condition(text: Any, components: Components, *, names: frozenset[str] = NAMES) -> Expression:
    """A condition whose fields there are.

    Parameters
    ----------
    names
        Bare names that it may use.

    Raises
    ------
    TaixuError
        When something in it is wrong.
    """
    found = read_expression(text, functions=FUNCTIONS, names=names)
    for component, name, lane in sorted(found.fields):
        declared = components.find(component)
        fld = declared.by_name.get(name) if declared is not None else None
        if fld is None or fld.kind.name in ("data", "entity"):
            raise TaixuError(f"{found.text!r}: there is no field {component}.{name}")
        if (lane < 0) != (fld.kind.width == 1) or lane >= fld.kind.width:
            parts = f"say which of its parts: {component}.{name}.x" if lane < 0 else "it has no such part"
            raise TaixuError(f"{found.text!r}: {component}.{name} is of {fld.kind.width} numbers; {parts}")
    return found


def _number(value: Any, example: str) -> float:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TaixuError(f"write numbers there, as in {example}")
    return float(value)


def _secs(value: Any, example: str, *, zero: bool = False) -> float:
    secs = _number(value, example)
    if not (0 < secs <= _MAX_SECS or (zero and secs == 0)):
        raise TaixuError(f"{example.partition('(')[0]} takes seconds above 0, as in {example}")
    return secs
