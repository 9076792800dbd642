"""What is known of the past, in the words of the server's answers: for the thread that reads recordings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import Field
from taixu.errors import TaixuError
from taixu.scene import CELL_M
from taixu.serve.values import is_projects, plain_value
from taixu.twin.memory import Moment, Recording
from taixu.twin.memory.chronicle import Chronicle
from taixu.twin.memory.comparing import compare_moments
from taixu.twin.memory.folding import MomentColumn
from taixu.twin.memory.measured import MEASURE_COLUMNS, measured_id, measures_at
from taixu.twin.memory.series import Samples, SeriesReader, in_buckets
from taixu.twin.processes import Cases

__all__ = ["Remembering"]

_MAX_POINTS = 4000
_MAX_LISTED = 200
_MAX_DEPTH = 32
_KEPT_ANSWERS = 128
_UNTOLD = frozenset({"data", "entity"})


class Remembering:
    """A recording that answers questions (one thread's); it follows what is being written.

    Parameters
    ----------
    components
        What fields are called and measured in.
    bound
        Fields of the engine's components that readings or commands are about: ``{"transform.translation"}``.

    Raises
    ------
    TaixuError
        When there is no recording, or nothing in it yet.
    """

    def __init__(self, folder: Path, components: Components, *, bound: frozenset[str] = frozenset()) -> None:
        self.recording = Recording(folder)
        self.chronicle = Chronicle(self.recording)
        self._components, self._bound = components, bound
        self._series = SeriesReader(self.recording)
        self._answers: OrderedDict[tuple[Any, ...], dict[str, Any]] = OrderedDict()

    def refresh(self) -> None:
        """See what was written since."""
        before = self.recording.generation
        self.recording.refresh()
        self.chronicle.refresh()
        if self.recording.generation != before:
            self._answers.clear()

    def summary(self) -> dict[str, Any]:
        """From when to when, and what happened."""
        start_ns, end_ns = self.recording.span_ns
        return {"recording": True, "start_ns": start_ns, "end_ns": end_ns, "marks": self.chronicle.marks()}

    def series(
        self, entity: int, field: str, *, from_ns: int, to_ns: int, points: int, still_wanted: Callable[[], bool]
    ) -> dict[str, Any]:
        """One value over time, in at most so many points: numbers as low, high and mean, texts as they changed.

        Raises
        ------
        TaixuError
            When there is no such field, or the range is none.
        """
        _check_range(from_ns, to_ns, points)
        wanted = (entity, field, from_ns, to_ns, points)
        if wanted in self._answers:
            self._answers.move_to_end(wanted)
            return self._answers[wanted]
        declared, lane = self._field(field)
        component = field.split(".")[0]
        if lane:
            samples = self._series.lane(
                component, declared.name, lane=lane, entity=entity, since_ns=from_ns, until_ns=to_ns, still_wanted=still_wanted
            )
        else:
            samples = self._series.samples(
                component, declared.name, entity=entity, since_ns=from_ns, until_ns=to_ns, still_wanted=still_wanted
            )
        answer: dict[str, Any] = {"entity": f"{entity:016x}", "field": field, "unit": declared.unit, "every": samples.every}
        if declared.kind.is_object:
            answer |= _texts(samples, from_ns, points)
        else:
            answer |= in_buckets(samples, since_ns=from_ns, until_ns=to_ns, points=points)
            answer["before"] = _before(samples, from_ns, declared)
        if to_ns < self.recording.span_ns[1] - 10_000_000_000:  # nothing but what comes very late would change it
            self._answers[wanted] = answer
            if len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def entity(self, entity: int, *, at_ns: int, known_ns: int | None = None) -> dict[str, Any]:
        """What was known of one entity at a time, and its alarms then.

        Raises
        ------
        TaixuError
            When it was not there.
        """
        moment = self.recording.moment(at_ns, known_ns=known_ns)
        found = np.flatnonzero((moment.stable_ids == np.uint64(entity)) & (moment.signatures >= 0))
        if not len(found):
            raise TaixuError("there was no such entity then")
        track = int(found[0])
        fields, newest = self._values(moment, track, at_ns)
        number = f"{entity:016x}"
        name = _one(moment, "name", "text", track)
        alarms = [alarm for alarm in self.chronicle.alarms(at_ns) if alarm.get("entity") == number]
        return {"id": number, "name": name or "", "time_ns": newest, "fields": fields, "alarms": alarms}

    def cases(self, at_ns: int) -> Cases:
        """The cases of processes as they were at a time."""
        cases = Cases()
        cases.recall(self.chronicle.of_kind("case", until_ns=at_ns))
        return cases

    def measures(self, at_ns: int) -> list[dict[str, Any]]:
        """What measures said at a time."""
        return measures_at(self.recording.moment(at_ns, components=MEASURE_COLUMNS))

    def measure_series(
        self, name: str, of: str | int, *, from_ns: int, to_ns: int, points: int, still_wanted: Callable[[], bool]
    ) -> dict[str, Any]:
        """One measure of one entity (its id), zone (its name) or the whole (the empty text) over time.

        Raises
        ------
        TaixuError
            When the range is none.
        """
        _check_range(from_ns, to_ns, points)
        entity = of if isinstance(of, int) else measured_id(of)
        samples = self._series.samples(
            MEASURE_COLUMNS[1], name, entity=entity, since_ns=from_ns, until_ns=to_ns, still_wanted=still_wanted
        )
        before = int(samples.times_ns[0]) <= from_ns if len(samples.times_ns) else False
        return {"measure": name, "of": f"{of:016x}" if isinstance(of, int) else of, "every": samples.every} | in_buckets(
            samples, since_ns=from_ns, until_ns=to_ns, points=points
        ) | {"before": {"time_ns": int(samples.times_ns[0]), "value": _finite(samples.values[0].item())} if before else None}

    def compare(self, a_ns: int, b_ns: int) -> dict[str, Any]:
        """What the later of two moments has other than the earlier."""
        early, late = (self.recording.moment(each) for each in sorted((a_ns, b_ns)))
        found = compare_moments(late, early)
        columns = {
            ".".join(key): {"count": len(ids), "entities": [f"{each:016x}" for each in ids[:_MAX_LISTED].tolist()]}
            for key, ids in found.columns.items()
        }
        listed = {
            name: {"count": len(ids), "entities": [f"{each:016x}" for each in ids[:_MAX_LISTED].tolist()]}
            for name, ids in (("came", found.came), ("went", found.went))
        }
        return {"a_ns": min(a_ns, b_ns), "b_ns": max(a_ns, b_ns), **listed, "changed": columns}

    def _field(self, name: str) -> tuple[Field, str]:
        parts = name.split(".")
        declared = self._components.find(parts[0]) if len(parts) in (2, 3) else None
        field = declared.by_name.get(parts[1]) if declared is not None else None
        lane = parts[2] if len(parts) == 3 else ""
        if field is None or field.kind.name in _UNTOLD or (field.kind.width > 1) != bool(lane):
            raise TaixuError(f"there is no value {name[:80]!r}; write motor.temperature, or motor.force.x of a vector")
        if lane and lane not in "xyzw"[: field.kind.width]:
            raise TaixuError(f"{name[:80]!r} has no part {lane[:8]!r}")
        return field, lane

    def _values(self, moment: Moment, track: int, at_ns: int) -> tuple[dict[str, Any], int]:
        fields: dict[str, Any] = {}
        newest = 0
        for (component, name), column in sorted(moment.columns.items()):
            declared = self._components.find(component)
            field = declared.by_name.get(name) if declared is not None else None
            if field is None or declared is None or component not in moment.names[int(moment.signatures[track])]:
                continue
            told = f"{component}.{name}"
            if field.kind.name in _UNTOLD or not (is_projects(declared.cls) or told in self._bound):
                continue
            if track < len(column.known) and column.known[track]:
                time_ns = self._told_ns(column, track)
                plain = plain_value(field, _one(moment, component, name, track))
                fields[told] = {"value": plain, "unit": field.unit, "age_secs": _age_secs(time_ns, at_ns)}
                newest = max(newest, time_ns or 0)
        place = _place(moment, track)
        if place is not None:
            column = moment.columns["transform", "translation"]
            age = _age_secs(self._told_ns(column, track), at_ns)
            fields["transform.position"] = {"value": [round(each, 4) for each in place], "unit": "m", "age_secs": age}
        return fields, newest

    def _told_ns(self, column: MomentColumn, track: int) -> int | None:
        """When a value's reading was; None where no reading wrote it: then its time is that of a tick."""
        time_ns = int(column.times_ns[track])
        index = self.recording.index
        return None if index.until(time_ns) > index.until(time_ns - 1) else time_ns


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _check_range(from_ns: int, to_ns: int, points: int) -> None:
    if to_ns <= from_ns or not 1 <= points <= _MAX_POINTS:
        raise TaixuError(f"a series goes from one time to a later one, in 1 to {_MAX_POINTS} points")


def _age_secs(time_ns: int | None, at_ns: int) -> float | None:
    return None if time_ns is None else round(max(at_ns - time_ns, 0) / 1e9, 3)


def _one(moment: Moment, component: str, field: str, track: int) -> Any:
    column = moment.columns.get((component, field))
    if column is None or track >= len(column.known) or not column.known[track]:
        return None
    return np.asarray(column.values[..., track]).tolist()


def _place(moment: Moment, track: int) -> list[float] | None:
    """Where an entity was in the world, in metres."""
    offset = _one(moment, "transform", "translation", track)
    if offset is None:
        return None
    place: NDArray[np.float64] = np.asarray(offset, np.float64)
    for _ in range(_MAX_DEPTH):
        parent = _one(moment, "parent", "entity", track)
        if not parent:
            break
        above = np.flatnonzero((moment.stable_ids == np.uint64(parent)) & (moment.signatures >= 0))
        if not len(above):
            break
        track = int(above[0])
        rotation, scale, offset = (_one(moment, "transform", name, track) for name in ("rotation", "scale", "translation"))
        if scale is not None:
            place = place * np.asarray(scale, np.float64)
        if rotation is not None:
            turn: NDArray[np.float64] = np.asarray(rotation, np.float64)
            axis = turn[:3]
            place = place + 2.0 * np.cross(axis, np.cross(axis, place) + float(turn[3]) * place)
        if offset is not None:
            place = place + np.asarray(offset, np.float64)
    cell = _one(moment, "transform", "cell", track)
    whole = place if cell is None else place + np.asarray(cell, np.float64) * CELL_M
    return [float(each) for each in whole]


def _before(samples: Samples, from_ns: int, field: Field) -> dict[str, Any] | None:
    """The last value before a range: what a line begins with."""
    if not len(samples.times_ns) or int(samples.times_ns[0]) > from_ns:
        return None
    return {"time_ns": int(samples.times_ns[0]), "value": plain_value(field, samples.values[0].item())}


def _texts(samples: Samples, from_ns: int, points: int) -> dict[str, Any]:
    """Texts when they changed, the newest so many; the first may be from before the range."""
    values = samples.values.tolist()
    changes = [place for place in range(len(values)) if not place or values[place] != values[place - 1]]
    kept = changes[-points:]
    times = [max(int(samples.times_ns[place]), from_ns) for place in kept]
    return {"times_ns": times, "texts": [str(values[place])[:200] for place in kept], "more": len(changes) > len(kept)}
