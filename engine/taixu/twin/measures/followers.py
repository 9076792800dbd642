"""Measures that follow entities from step to step: takt, and the passages of parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World
from taixu.ecs.changes import row_count
from taixu.ecs.entity import indices_of
from taixu.scene import Transform
from taixu.twin.batch import Batch
from taixu.twin.bindings import Target
from taixu.twin.device import Device
from taixu.twin.measures.beats import Beats
from taixu.twin.measures.crossings import NOWHERE, Crossed, Crossings
from taixu.twin.measures.lineage import Joined, Lineage
from taixu.twin.measures.measure import Measure, Passages, Takt
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.scope import Senses, TableScope, classes_of

__all__ = ["Follower", "PassageFollower", "TaktFollower", "follower_of"]

Indices = NDArray[np.intp]
Told: TypeAlias = "tuple[NDArray[np.uint64] | Sequence[str], NDArray[np.float64] | Sequence[float], NDArray[Any] | Sequence[str]]"
State: TypeAlias = "tuple[dict[str, Any], dict[str, NDArray[Any]]]"
_NAMED = 5
_TOLD = 1000
_EVENTS_A_STEP = 10_000
_MOST_JOINED = 100_000


class Follower(Protocol):
    """What follows entities."""

    @property
    def lineage(self) -> Lineage | None:
        """What it remembers of parts' ways."""

    @property
    def listens(self) -> bool:
        """Whether readings concern it."""

    def look(self, world: World, senses: Senses, zones: Sequence[str]) -> None:
        """See where everybody is now."""

    def hear(self, batch: Batch) -> list[Joined]:
        """See whether a reading concerns it; gives what was joined."""

    def forget(self, indices: Indices, *, now_ns: int) -> None:
        """Entities that are gone."""

    def told(self, world: World, *, now_ns: int) -> Told:
        """Of whom, values, texts."""

    def copy(self) -> Follower:
        """To go on with in a fork."""

    def state(self, indices: Indices) -> State:
        """What it remembers: plain JSON, and arrays; those of entities in the order of their indices."""

    def restore(
        self, said: Any, arrays: Mapping[str, NDArray[Any]], *, ids: NDArray[np.uint64], here: Indices, indices: Indices
    ) -> None:
        """Remember what `state` gave, of entities with these ids; those of `here` are there, at other indices by now."""


def follower_of(measure: Measure, *, now_ns: int) -> Follower:
    """What follows entities for a measure."""
    if measure.takt is not None:
        return TaktFollower(measure, measure.takt, began_ns=now_ns)
    assert measure.passages is not None
    return PassageFollower(measure, measure.passages)


class TaktFollower:
    """The time between events."""

    lineage: Lineage | None = None
    listens: bool = False

    def __init__(self, measure: Measure, takt: Takt, *, began_ns: int) -> None:
        self._measure, self._takt = measure, takt
        self._crossings = Crossings(settle_secs=takt.settle_secs)
        self._beats: Beats[int | str] = Beats(over_secs=takt.over_secs, began_ns=began_ns)
        self._zones = _ZoneNumbers()
        self._has_begun = False

    def look(self, world: World, senses: Senses, zones: Sequence[str]) -> None:
        self._zones.add(zones)
        for entities, places in self._looked(world, senses, zones):
            crossed = self._crossings.look(
                indices_of(entities), world.stable_ids(entities), places, now_ns=senses.now_ns, at_once=not self._has_begun
            )
            if crossed is not None and self._has_begun:
                self._beat(crossed)
        self._has_begun = True

    def _looked(self, world: World, senses: Senses, zones: Sequence[str]) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int32]]]:
        if self._takt.when is None:
            yield from _zones_of_all(world, senses, zones, self._zones, self._measure.where)
            return
        for entities, holds in _holding(world, senses, self._takt.when, self._measure.where):
            yield entities, np.where(holds, 0, NOWHERE).astype(np.int32)

    def _beat(self, crossed: Crossed) -> None:
        entered = np.flatnonzero(crossed.entered != NOWHERE)[:_EVENTS_A_STEP]
        for row in entered[np.argsort(crossed.times_ns[entered], kind="stable")].tolist():
            group: int | str = ""
            if self._measure.by == "entity":
                group = int(crossed.ids[row])
            elif self._measure.by == "zone":
                group = self._zones.names[int(crossed.entered[row])]
            self._beats.beat(group, int(crossed.times_ns[row]))

    def hear(self, batch: Batch) -> list[Joined]:
        """Readings tell nothing of takt by themselves."""
        return []

    def forget(self, indices: Indices, *, now_ns: int) -> None:
        self._crossings.forget(indices, now_ns=now_ns)

    def told(self, world: World, *, now_ns: int) -> Told:
        of: list[int | str] = list(self._beats)
        if self._measure.by == "whole":
            of = [""]
        elif self._measure.by == "zone":
            of = list(self._measure.zones or self._zones.names)
        else:
            for gone in [each for each in of if isinstance(each, int) and world.find(each) is None]:
                self._beats.forget(gone)
            of = list(self._beats)[-_TOLD:]
        target = self._takt.target_secs
        values = [self._beats.value(each, self._takt.shown, target_secs=target, now_ns=now_ns) for each in of]
        texts = [self._beats.text(each, target_secs=target, now_ns=now_ns) for each in of]
        told = np.array([each for each in of if isinstance(each, int)], np.uint64)
        names = [each for each in of if isinstance(each, str)]
        return (told if self._measure.by == "entity" else names), [np.nan if each is None else each for each in values], texts

    def copy(self) -> TaktFollower:
        other = TaktFollower(self._measure, self._takt, began_ns=self._beats.began_ns)
        other._crossings, other._beats, other._zones = self._crossings.copy(), self._beats.copy(), self._zones.copy()
        other._has_begun = self._has_begun
        return other


    def state(self, indices: Indices) -> State:
        said = {"zones": self._zones.names, "begun": self._has_begun, "beats": self._beats.as_dict()}
        return said, self._crossings.taken(indices)

    def restore(
        self, said: Any, arrays: Mapping[str, NDArray[Any]], *, ids: NDArray[np.uint64], here: Indices, indices: Indices
    ) -> None:
        self._zones.add([str(name) for name in said["zones"]])
        self._has_begun = bool(said["begun"])
        self._beats.restore(said["beats"])
        self._crossings.put(arrays, ids=ids, here=here, indices=indices)


class PassageFollower:
    """Who is in which zone, since when, and who was."""

    def __init__(self, measure: Measure, passages: Passages) -> None:
        self._measure, self._passages = measure, passages
        self.listens = passages.joined_on is not None
        self._crossings = Crossings(settle_secs=passages.settle_secs)
        self._zones = _ZoneNumbers()
        self.lineage = Lineage(self._zones.names)
        self._into: dict[str, str] = {}
        self._seen = -1
        self._has_begun = False

    def look(self, world: World, senses: Senses, zones: Sequence[str]) -> None:
        self._zones.add(zones)
        self.lineage.zones = self._zones.names
        for entities, places in _zones_of_all(world, senses, zones, self._zones, self._measure.where):
            crossed = self._crossings.look(
                indices_of(entities), world.stable_ids(entities), places, now_ns=senses.now_ns, at_once=not self._has_begun
            )
            if crossed is not None:
                keys = world.gather(world.entities_at(crossed.indices), Device, "key").tolist()
                self.lineage.cross(crossed, keys)
        if self._passages.joined_by is not None:
            self._see_joined(world, self._passages.joined_by, senses.now_ns)
        self._has_begun = True

    def _see_joined(self, world: World, target: Target, now_ns: int) -> None:
        """Parts whose field says since the last look that they are in something else."""
        for table in world.query(Device, target.cls):
            rows = table.changed((target.cls,), since=self._seen, fields=(target.field.name,))
            if not row_count(rows):
                continue
            texts, keys = table.take(target.cls, target.field.name, rows), table.take(Device, "key", rows)
            for part, whole in zip(keys.tolist(), texts.tolist()):
                if part and self._into.get(part, "") != whole:
                    self._into[part] = whole
                    if whole and whole != part:
                        self.lineage.join(part, whole, time_ns=now_ns)
        while len(self._into) > _MOST_JOINED:
            self._into.pop(next(iter(self._into)))
        self._seen = world.tick
        world.advance()

    def hear(self, batch: Batch) -> list[Joined]:
        """``{"part": "P7", "into": "B2"}``; where a field is missing, the topic's key says it."""
        pattern = self._passages.joined_on
        assert pattern is not None
        meant, key = pattern.match(batch.topic)
        found: list[Joined] = []
        if not meant:
            return found
        parts, into = batch.fields.get(self._passages.part), batch.fields.get(self._passages.into)
        for row, time_ns in enumerate(batch.times_ns.tolist()):
            part = key if parts is None else _text(parts[row])
            whole = key if into is None else _text(into[row])
            if part and whole and part != whole:
                joined = self.lineage.join(part, whole, time_ns=time_ns)
                found += [joined] if joined is not None else []
        return found

    def forget(self, indices: Indices, *, now_ns: int) -> None:
        crossed = self._crossings.forget(indices, now_ns=now_ns)
        if crossed is not None:
            self.lineage.cross(crossed, ())

    def told(self, world: World, *, now_ns: int) -> Told:
        indices, ids, starts = self._crossings.by_place(len(self._zones.names))
        if self._measure.by == "entity":
            texts = np.repeat(np.array(self._zones.names, object), np.diff(starts))
            return ids, (now_ns - self._crossings.since_ns[indices]).astype(np.float64) * 1e-9, texts
        zones = list(self._measure.zones or self._zones.names)
        counts, said = [], []
        for number in (self._zones.numbers[zone] for zone in zones):
            first, end = int(starts[number]), int(starts[number + 1])
            names = [self.lineage.key_of(part) for part in ids[first : min(end, first + _NAMED)].tolist()]
            counts.append(float(end - first))
            said.append(", ".join(names) + (" …" if end - first > _NAMED else ""))
        return zones, counts, said

    def copy(self) -> PassageFollower:
        other = PassageFollower(self._measure, self._passages)
        other._crossings, other._zones, other.lineage = self._crossings.copy(), self._zones.copy(), self.lineage.copy()
        other._into, other._seen = dict(self._into), -1
        other._has_begun = self._has_begun
        return other


    def state(self, indices: Indices) -> State:
        way, arrays = self.lineage.state()
        said = {"zones": self._zones.names, "begun": self._has_begun, "into": self._into, "lineage": way}
        return said, self._crossings.taken(indices) | {f"lineage.{name}": values for name, values in arrays.items()}

    def restore(
        self, said: Any, arrays: Mapping[str, NDArray[Any]], *, ids: NDArray[np.uint64], here: Indices, indices: Indices
    ) -> None:
        self._zones.add([str(name) for name in said["zones"]])
        self.lineage.zones = self._zones.names
        self._has_begun = bool(said["begun"])
        self._into = {str(part): str(whole) for part, whole in said["into"].items()}
        self._crossings.put(arrays, ids=ids, here=here, indices=indices)
        own = {name.removeprefix("lineage."): values for name, values in arrays.items() if name.startswith("lineage.")}
        self.lineage.restore(said["lineage"], own)


class _ZoneNumbers:
    """Numbers of zones, which stay what they are."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.numbers: dict[str, int] = {}

    def add(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self.numbers:
                self.numbers[name] = len(self.names)
                self.names.append(name)

    def copy(self) -> _ZoneNumbers:
        other = _ZoneNumbers()
        other.add(self.names)
        return other


def _zones_of_all(
    world: World, senses: Senses, zones: Sequence[str], numbers: _ZoneNumbers, where: Expression | None
) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int32]]]:
    """Where everybody is; in the smallest of zones that overlap."""
    fences = senses.ground.fences
    ordered = sorted(zones, key=lambda name: -fences[name].area_m2 if name in fences else 0.0)
    classes = classes_of(where, world.resource(Components)) if where is not None else [Device]
    for table in world.query(*dict.fromkeys([*classes, Transform])):
        places = np.full(table.count, NOWHERE, np.int32)
        for name in ordered:
            places[senses.ground.inside(world, table, name)] = numbers.numbers[name]
        if where is not None:
            places[~where.holds(TableScope(senses, world, table, where.text))] = NOWHERE
        yield table.entities, places


def _holding(
    world: World, senses: Senses, when: Expression, where: Expression | None
) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.bool_]]]:
    for table in world.query(*classes_of(when, world.resource(Components), where)):
        holds = when.holds(TableScope(senses, world, table, when.text))
        if where is not None:
            holds = holds & where.holds(TableScope(senses, world, table, where.text))
        yield table.entities, holds


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else f"{value:g}" if isinstance(value, (int, float)) else str(value)[:200]
