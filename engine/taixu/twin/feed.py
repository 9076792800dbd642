"""The feed: batches of readings into columns, in the order in which things happened.

What is older than what a column holds is late: it goes into the history, not into the column. What says the same time again is a
duplicate. What claims to come from the future waits for nobody: it is refused, so that one wrong clock cannot silence the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.ecs.entity import indices_of
from taixu.twin.batch import Batch
from taixu.twin.bindings import Binding, Target
from taixu.twin.columns import ColumnWriter, read_values, sigmas_of, unsound
from taixu.twin.device import Roster
from taixu.twin.fusion import Estimate
from taixu.twin.streams import Rows, Stream, joined_batch

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
    handles, numbers
        Of whom: ``handles[numbers]``.
    values
        ``[n]``, or ``[width, n]``; places in the world as float64 metres.
    is_late
        Which came after newer ones, ``bool[n]``: they are no longer in the column, and belong into the history.
    """

    target: Target
    handles: Handles
    numbers: NDArray[np.intp]
    times_ns: Times
    values: NDArray[Any]
    is_late: NDArray[np.bool_]

    @property
    def entities(self) -> Handles:
        """``uint64[n]``."""
        return self.handles.take(self.numbers)


@dataclass(slots=True)
class _Fed:
    """What is known of a component's readings, by entity index."""

    at_ns: Times = field(default_factory=lambda: np.empty(0, np.int64))
    newest_ns: int = _NEVER
    """Nothing that is held is of a later time: readings that are need not be compared one by one."""

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
        self._streams: dict[tuple[str, str], Stream] = {}
        self._fed: dict[Target, _Fed] = {}
        self._estimates: dict[tuple[type, str, int], Estimate] = {}
        self._writer = ColumnWriter()
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
            fed.newest_ns = min(fed.newest_ns, to_ns)
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
            resolved: dict[str, Rows] = {}
            for binding, key in stream.routes:
                if key not in resolved:
                    resolved[key] = self._resolve(world, roster, stream, batch, key, now_ns)
                found = self._bind(batch, binding, resolved[key], world)
                if found is not None:
                    updates.append(found)
        return updates

    def _joined(self, batches: Iterable[Batch]) -> Iterator[tuple[Stream, Batch]]:
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
                yield stream, joined_batch(before)
                before.clear()
            if renamed:
                stream.rename(batch.keys)
            if len(batch):
                before.append(batch)
        for key, parts in waiting.items():
            if parts:
                yield self._streams[key], joined_batch(parts)

    def _stream(self, batch: Batch) -> Stream:
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
            found = self._streams[key] = Stream(routes)
        return found

    def _resolve(self, world: World, roster: Roster, stream: Stream, batch: Batch, key: str, now_ns: int) -> Rows:
        """Whose the readings are, in the order in which they happened; what cannot be used is counted and left out."""
        places, numbers = stream.resolve(world, roster, key, batch.numbers)
        times, picked = batch.times_ns, None
        table, tables = places.table, None
        usable = None
        if table < 0:
            tables = places.tables.take(numbers)
            known = tables >= 0
            if not known.all():
                usable = known
                self.counts.unknown += len(known) - int(np.count_nonzero(known))
        if int(times.max()) > now_ns + self.ahead_ns:
            ahead = times > now_ns + self.ahead_ns
            self.counts.ahead += int(np.count_nonzero(ahead if usable is None else ahead & usable))
            usable = ~ahead if usable is None else usable & ~ahead
        if usable is not None:
            picked = np.flatnonzero(usable)
            times = times[picked]
        if len(times) > 1 and bool((times[1:] < times[:-1]).any()):
            order = np.argsort(times, kind="stable")
            picked, times = order if picked is None else picked[order], times[order]
        if picked is not None:
            numbers = numbers[picked]
            tables = None if tables is None else tables[picked]
        if tables is not None and len(tables) and bool((tables == tables[0]).all()):
            table, tables = int(tables[0]), None
        where, indices = places.find(numbers)
        return Rows(picked, places.handles, numbers, indices, table, tables, where, times)

    def _bind(self, batch: Batch, binding: Binding, rows: Rows, world: World) -> Updates | None:
        columns = [batch.fields[name] for name in binding.names if name in batch.fields]
        if len(columns) < len(binding.names) or not len(rows):
            return None
        values = read_values(binding, columns, rows.picked)
        if values is None:
            self.counts.unreadable += len(rows)
            return None
        bad = unsound(values)
        if bad is not None:
            self.counts.unreadable += int(np.count_nonzero(bad))
            rows, values = rows.only(~bad), values[..., ~bad]
        return self._write(world, batch, binding, rows, values) if len(rows) else None

    def _write(self, world: World, batch: Batch, binding: Binding, rows: Rows, values: NDArray[Any]) -> Updates | None:
        target = binding.target
        sigmas = sigmas_of(binding, batch, rows.picked)
        fed = self._fed.setdefault(target, _Fed())
        fed.reserve(world.index_capacity)
        before = fed.at_ns.take(rows.indices) if int(rows.times_ns[0]) <= fed.newest_ns else rows.times_ns - 1
        # Fused sources have clocks of their own: what is as old still tells something.
        stale = rows.times_ns < before if sigmas is not None else rows.times_ns <= before
        if stale.any():
            late = rows.times_ns < before
            kept = late | ~stale
            self.counts.duplicate += len(kept) - int(np.count_nonzero(kept))
            self.counts.late += int(np.count_nonzero(late))
            updates = Updates(target, rows.handles, rows.numbers[kept], rows.times_ns[kept], values[..., kept], late[kept])
            rows, values = rows.only(~stale), values[..., ~stale]
            sigmas = sigmas[~stale] if isinstance(sigmas, np.ndarray) else sigmas
        else:
            updates = Updates(target, rows.handles, rows.numbers, rows.times_ns, values, np.zeros(len(rows), bool))
        if len(rows):
            if sigmas is not None:
                values = self._fuse(binding, rows, values, sigmas)
            newest = self._newest(rows.indices)
            if newest is not None:
                rows, values = rows.only(newest), values.compress(newest, axis=-1)
            fed.at_ns[rows.indices] = rows.times_ns
            fed.newest_ns = max(fed.newest_ns, int(rows.times_ns[-1]))
            self.counts.written += len(rows)
            self.by_binding[binding] = self.by_binding.get(binding, 0) + len(rows)
            self._writer.write(world, target, rows, values)
        return updates if len(updates.times_ns) else None

    def _newest(self, indices: NDArray[np.intp]) -> NDArray[np.bool_] | None:
        """Of rows that are sorted by time, which are the last of their entity; None where each is."""
        if len(indices) < 2:
            return None
        if len(self._last) <= (top := int(indices.max())):
            self._last = np.empty(top + 1 + (top >> 1), np.int32)
        numbers = np.arange(len(indices), dtype=np.int32)
        self._last[indices] = numbers
        newest = self._last.take(indices) == numbers
        return None if newest.all() else newest

    def _fuse(self, binding: Binding, rows: Rows, values: NDArray[Any], sigmas: Any) -> NDArray[Any]:
        """Readings one entity after another into the estimate; gives what is believed after all of them."""
        target = binding.target
        table = np.atleast_2d(values)
        estimate = self._estimates.setdefault((target.cls, target.field.name, target.lane), Estimate(len(table)))
        left = np.arange(len(rows))
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
