"""The feed: batches of readings into columns, in the order in which things happened.

What is older than what a column holds is late: it goes into the history, not into the column. What says the same time again is a
duplicate. What claims to come from the future waits for nobody: it is refused, so that one wrong clock cannot silence the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World
from taixu.ecs.entity import indices_of
from taixu.scene import Transform, split_position
from taixu.twin.batch import Batch
from taixu.twin.bindings import Binding, Target
from taixu.twin.device import Roster
from taixu.twin.fusion import Estimate

__all__ = ["Counts", "Feed", "Updates"]

Handles = NDArray[np.uint64]
Times = NDArray[np.int64]
_NEVER = np.iinfo(np.int64).min
_MAX_STREAMS = 1 << 20


@dataclass(slots=True)
class Counts:
    """What became of readings, since the start."""

    readings: int = 0
    written: int = 0
    late: int = 0
    duplicate: int = 0
    ahead: int = 0
    refused: int = 0
    """Values that fusion did not believe."""
    unreadable: int = 0
    """Values that do not fit their column, or lie nowhere."""
    unbound: int = 0
    """Readings of topics that no binding wants."""
    unknown: int = 0
    """Readings of things that no entity stands for."""

    def as_dict(self) -> dict[str, int]:
        """Counts by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class Updates:
    """What one binding brought at once, in the column's unit: row i says what the target of ``entities[i]`` was at ``times_ns[i]``.

    Attributes
    ----------
    values
        ``[n]``, or ``[width, n]``; places in the world as float64 metres.
    is_late
        Which came after newer ones, ``bool[n]``: they are no longer in the column, and belong into the history.
    """

    target: Target
    entities: Handles
    times_ns: Times
    values: NDArray[Any]
    is_late: NDArray[np.bool_]


class _Stream:
    """One topic of one source: what its numbers are called, and who that is."""

    def __init__(self, routes: list[tuple[Binding, str]]) -> None:
        self.routes = routes
        self.keys: tuple[str, ...] = ()
        self._handles: dict[str, Handles] = {}
        self._version = -1

    def handles(self, roster: Roster, key: str) -> Handles:
        """Entities by number, where readings that name nothing are of `key`."""
        if self._version != roster.version:
            self._handles.clear()
            self._version = roster.version
        found = self._handles.get(key)
        if found is None:
            found = self._handles[key] = roster.find(name or key for name in self.keys or ("",))
        return found

    def rename(self, keys: tuple[str, ...]) -> None:
        if keys != self.keys:
            self.keys = keys
            self._handles.clear()


@dataclass(frozen=True, slots=True)
class _Rows:
    """Readings that can be used, sorted by time: where in the batch they stand, and where what they are of lives."""

    picked: NDArray[np.intp]
    entities: Handles
    indices: NDArray[np.intp]
    tables: NDArray[np.int32]
    rows: NDArray[np.int32]
    times_ns: Times

    def where(self, kept: NDArray[np.bool_]) -> _Rows:
        return _Rows(*(getattr(self, each.name)[kept] for each in fields(self)))


@dataclass(slots=True)
class _Fed:
    """What is known of a component's readings, by entity index."""

    at_ns: Times = field(default_factory=lambda: np.empty(0, np.int64))

    def reserve(self, count: int) -> None:
        if count > len(self.at_ns):
            grown = np.full(max(count, len(self.at_ns) * 3 // 2), _NEVER)
            grown[: len(self.at_ns)] = self.at_ns
            self.at_ns = grown


class Feed:
    """Writes readings into a world (a resource).

    Parameters
    ----------
    bindings
        What goes where.
    ahead_ns
        How far in the future a reading may lie.
    """

    def __init__(self, bindings: Sequence[Binding] = (), *, ahead_ns: int = 5_000_000_000) -> None:
        self.bindings = list(bindings)
        self.ahead_ns = ahead_ns
        self.counts = Counts()
        self.by_binding: dict[Binding, int] = {}
        """Values written."""
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._fed: dict[Target, _Fed] = {}
        self._estimates: dict[tuple[type, str, int], Estimate] = {}
        self._last: NDArray[np.int32] = np.empty(0, np.int32)
        self._seen = -1

    def times_ns(self, entities: Handles, cls: type | None = None, *, name: str = "") -> Times:
        """When the newest reading of entities (of a component, of one of its fields) was, ``int64[n]``; the least int64 where
        there was none.
        """
        indices = indices_of(entities)
        found = np.full(len(indices), _NEVER)
        for target, fed in self._fed.items():
            if (cls is None or target.cls is cls) and name in ("", target.field.name):
                here = indices < len(fed.at_ns)
                found[here] = np.maximum(found[here], fed.at_ns[indices[here]])
        return found

    def set_back(self, to_ns: int) -> None:
        """The clock was set back: what columns hold from a time that has not been yet keeps no reading out of them any more."""
        for fed in self._fed.values():
            np.minimum(fed.at_ns, to_ns, out=fed.at_ns)
        for estimate in self._estimates.values():
            estimate.set_back(to_ns)

    def take(self, world: World, batches: Iterable[Batch], *, now_ns: int) -> list[Updates]:
        """Write what batches say.

        Parameters
        ----------
        now_ns
            Time by this machine's clock.

        Returns
        -------
        list
            What was understood, late readings included, for the history.
        """
        roster = world.resource(Roster)
        roster.refresh(world)
        self._forget_reborn(world)
        updates: list[Updates] = []
        for stream, batch in self._joined(batches):
            resolved: dict[str, _Rows] = {}
            for binding, key in stream.routes:
                if key not in resolved:
                    resolved[key] = self._resolve(world, roster, stream, batch, key, now_ns)
                found = self._bind(batch, binding, resolved[key], world)
                if found is not None:
                    updates.append(found)
        return updates

    def _joined(self, batches: Iterable[Batch]) -> Iterator[tuple[_Stream, Batch]]:
        """Batches that one stream sent one after another as one, as long as they look alike."""
        waiting: dict[tuple[str, str], list[Batch]] = {}
        for batch in batches:
            self.counts.readings += len(batch)
            stream = self._stream(batch)
            if not stream.routes:
                self.counts.unbound += len(batch)
                continue
            key = (batch.source, batch.topic)
            before = waiting.setdefault(key, [])
            renamed = bool(batch.keys) and batch.keys != stream.keys
            if before and (renamed or batch.fields.keys() != before[-1].fields.keys()):
                yield stream, _concatenated(before)
                before.clear()
            if renamed:
                stream.rename(batch.keys)
            if len(batch):
                before.append(batch)
        for key, parts in waiting.items():
            if parts:
                yield self._streams[key], _concatenated(parts)

    def _stream(self, batch: Batch) -> _Stream:
        key = (batch.source, batch.topic)
        found = self._streams.get(key)
        if found is None:
            if len(self._streams) >= _MAX_STREAMS:  # a flood of topics must not fill the memory
                self._streams.clear()
            routes = []
            for binding in self.bindings:
                if binding.source in ("", batch.source):
                    meant, in_topic = binding.pattern.match(batch.topic)
                    if meant:
                        routes.append((binding, in_topic or binding.entity))
            found = self._streams[key] = _Stream(routes)
        return found

    def _resolve(self, world: World, roster: Roster, stream: _Stream, batch: Batch, key: str, now_ns: int) -> _Rows:
        """Whose the readings are, in the order in which they happened; what cannot be used is counted and left out."""
        handles = stream.handles(roster, key)
        numbers = batch.numbers
        if len(numbers) and int(numbers.max()) >= len(handles):
            entities = np.where(numbers < len(handles), handles[np.minimum(numbers, len(handles) - 1)], np.uint64(0))
        else:
            entities = handles[numbers]
        known, tables, rows = world.locate_living(entities)
        ahead = batch.times_ns > now_ns + self.ahead_ns
        usable = known & ~ahead
        self.counts.unknown += int(len(known) - np.count_nonzero(known))
        self.counts.ahead += int(np.count_nonzero(known & ahead))
        picked = np.flatnonzero(usable)
        times = batch.times_ns[picked]
        if len(times) > 1 and bool((times[1:] < times[:-1]).any()):
            order = np.argsort(times, kind="stable")
            picked, times = picked[order], times[order]
        if len(picked) < len(known) or not np.array_equal(picked[:1], [0]) or bool((picked[1:] < picked[:-1]).any()):
            entities, tables, rows = entities[picked], tables[picked], rows[picked]
        return _Rows(picked, entities, indices_of(entities), tables, rows, times)

    def _bind(self, batch: Batch, binding: Binding, rows: _Rows, world: World) -> Updates | None:
        columns = [batch.fields[name] for name in binding.names if name in batch.fields]
        if len(columns) < len(binding.names) or not len(rows.picked):
            return None
        values = _values(binding, columns, rows.picked)
        if values is None:
            self.counts.unreadable += len(rows.picked)
            return None
        bad = _bad(values)
        if bad.any():
            self.counts.unreadable += int(np.count_nonzero(bad))
            rows, values = rows.where(~bad), values[..., ~bad]
        return self._write(world, batch, binding, rows, values) if len(rows.picked) else None

    def _write(self, world: World, batch: Batch, binding: Binding, rows: _Rows, values: NDArray[Any]) -> Updates | None:
        target = binding.target
        sigmas = _sigmas(binding, batch, rows.picked)
        fed = self._fed.setdefault(target, _Fed())
        fed.reserve(world.index_capacity)
        before = fed.at_ns[rows.indices]
        # Fused sources have clocks of their own: what is as old still tells something.
        same = np.zeros(len(before), bool) if sigmas is not None else rows.times_ns == before
        late = rows.times_ns < before
        updates = Updates(target, rows.entities, rows.times_ns, values, late)
        if same.any() or late.any():
            self.counts.duplicate += int(np.count_nonzero(same))
            self.counts.late += int(np.count_nonzero(late))
            fresh, kept = ~(same | late), ~same
            updates = Updates(target, rows.entities[kept], rows.times_ns[kept], values[..., kept], late[kept])
            rows, values = rows.where(fresh), values[..., fresh]
            sigmas = sigmas[fresh] if isinstance(sigmas, np.ndarray) else sigmas
        if len(rows.picked):
            fed.at_ns[rows.indices] = rows.times_ns  # sorted: of those that repeat the newest stays
            if sigmas is not None:
                values = self._fuse(binding, rows, values, sigmas)
            newest = self._newest(rows.indices)
            if newest is not None:
                rows, values = rows.where(newest), values[..., newest]
            self.counts.written += len(rows.picked)
            self.by_binding[binding] = self.by_binding.get(binding, 0) + len(rows.picked)
            _write_target(world, target, rows, values)
        return updates if len(updates.times_ns) else None

    def _newest(self, indices: NDArray[np.intp]) -> NDArray[np.bool_] | None:
        """Of rows that are sorted by time, which are the last of their entity; None where each is."""
        if len(indices) < 2:
            return None
        if len(self._last) <= (top := int(indices.max())):
            self._last = np.empty(top + 1 + (top >> 1), np.int32)
        numbers = np.arange(len(indices), dtype=np.int32)
        self._last[indices] = numbers
        newest = self._last[indices] == numbers
        return None if newest.all() else newest

    def _fuse(self, binding: Binding, rows: _Rows, values: NDArray[Any], sigmas: Any) -> NDArray[Any]:
        """Readings one entity after another into the estimate; gives what is believed after all of them."""
        target = binding.target
        table = np.atleast_2d(values)
        estimate = self._estimates.setdefault((target.cls, target.field.name, target.lane), Estimate(len(table)))
        left = np.arange(len(rows.picked))
        while len(left):  # one round for each reading that an entity has in this batch
            first = left[np.unique(rows.indices[left], return_index=True)[1]]
            believed = estimate.update(
                rows.indices[first], table[:, first], rows.times_ns[first],
                sigmas=sigmas[first] if isinstance(sigmas, np.ndarray) else sigmas, drift=binding.drift,
            )  # fmt: skip
            self.counts.refused += int(np.count_nonzero(~believed))
            left = np.setdiff1d(left, first, assume_unique=True)
        fused = estimate.means[:, rows.indices]
        return fused if values.ndim == 2 else fused[0]

    def _forget_reborn(self, world: World) -> None:
        """Indices of entities that went are others' now: what was known of them is not."""
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        gone = np.arange(world.index_capacity) if structure is None else indices_of(structure.despawned)
        if len(gone):
            for fed in self._fed.values():
                fed.at_ns[gone[gone < len(fed.at_ns)]] = _NEVER
            for estimate in self._estimates.values():
                estimate.forget(gone)
        self._seen = world.tick
        world.advance()

    def fork(self, world: World) -> Feed:
        """A fork of the world is fed by nobody."""
        return Feed(self.bindings, ahead_ns=self.ahead_ns)


def _concatenated(batches: Sequence[Batch]) -> Batch:
    first = batches[0]
    if len(batches) == 1:
        return first
    return Batch(
        first.topic,
        np.concatenate([each.numbers for each in batches]),
        np.concatenate([each.times_ns for each in batches]),
        {name: np.concatenate([each.fields[name] for each in batches]) for name in first.fields},
        source=first.source,
    )


def _values(binding: Binding, columns: Sequence[NDArray[Any]], picked: NDArray[np.intp]) -> NDArray[Any] | None:
    """What the target is to hold, or None where the source's type cannot become it."""
    target = binding.target
    if target.field.kind.is_object:
        return _texts(columns[0][picked], binding.labels)
    if any(column.dtype == object for column in columns):
        return None
    scale, offset = binding.conversion
    scaled = np.stack([column[picked].astype(np.float64) * scale + offset for column in columns])
    if target.is_position:
        assert binding.frame is not None
        if len(scaled) == 2:
            scaled = np.concatenate([scaled, np.zeros((1, len(picked)))])
        return binding.frame.to_world(scaled)
    if target.field.kind.name == "quat" and target.lane < 0:
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = scaled / np.linalg.norm(scaled, axis=0)
    return scaled if len(scaled) > 1 else scaled[0]


def _texts(column: NDArray[Any], labels: Mapping[str, str] | None) -> NDArray[Any]:
    """Texts as they are; numbers and their likes in words where there are labels."""
    found = np.empty(len(column), object)
    texts = [value if isinstance(value, str) else f"{value:g}" for value in column.tolist()]
    found[:] = [labels.get(text, text) for text in texts] if labels else texts
    return found


def _bad(values: NDArray[Any]) -> NDArray[np.bool_]:
    if values.dtype == object:
        return np.zeros(values.shape[-1], bool)
    bad = ~np.isfinite(values) | (np.abs(values) > 1e15)
    return bad.any(axis=0) if bad.ndim == 2 else bad


def _sigmas(binding: Binding, batch: Batch, picked: NDArray[np.intp]) -> NDArray[np.float64] | float | None:
    if binding.sigma_name:
        column = batch.fields.get(binding.sigma_name)
        if column is not None and column.dtype != object:
            return np.maximum(column[picked].astype(float) * abs(binding.conversion[0]), 1e-9)
        return None
    return binding.sigma or None


def _write_target(world: World, target: Target, places: _Rows, values: NDArray[Any]) -> None:
    tables = places.tables
    first = int(tables[0])
    if bool((tables == first).all()):
        _write_rows(world.table(first), target, places.rows.astype(np.intp), values)
        return
    for number in np.unique(tables).tolist():
        here = tables == number
        _write_rows(world.table(number), target, places.rows[here].astype(np.intp), values[..., here])


def _write_rows(table: Table, target: Target, rows: NDArray[np.intp], values: NDArray[Any]) -> None:
    name = target.field.name
    if target.cls not in table.types:
        return
    if target.is_position:
        cells, offsets = split_position(values)
        table.set(Transform, "translation", offsets, rows=rows)
        if (cells != table.take(Transform, "cell", rows)).any():
            table.set(Transform, "cell", cells, rows=rows)
    elif target.lane >= 0:
        whole = table.take(target.cls, name, rows)
        whole[target.lane] = values
        table.set(target.cls, name, whole, rows=rows)
    else:
        table.set(target.cls, name, _fitting(target, values), rows=rows)


def _fitting(target: Target, values: NDArray[Any]) -> NDArray[Any]:
    """Numbers as the column's type holds them: whole ones rounded, and none beyond what it can hold."""
    kind = target.field.kind
    if kind.is_object or kind.dtype[0] == "f":
        return values
    if kind.name == "bool":
        return values != 0
    limits = np.iinfo(kind.dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(kind.dtype)
