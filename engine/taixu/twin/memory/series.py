"""What one value of one entity was over time, as it was told and thinned out for charts.

A recording is looked at interval by interval, from keyframe to keyframe; of each tick only the wanted column is unpacked, and what
was found is kept, so that a chart that follows reads what is new. A range with more ticks than anybody waits for is sampled: some
ticks stand for all, and the answer says how many.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockKind
from taixu.twin.memory.codecs import Reader
from taixu.twin.memory.columns import ColumnInfo, Schema
from taixu.twin.memory.entries import UNSORTED, packed_entries
from taixu.twin.memory.folding import NOTHING_NS
from taixu.twin.memory.packing import Arrivals
from taixu.twin.memory.recording import Recording
from taixu.twin.memory.room import admit_tracks, row_bytes
from taixu.twin.memory.samples import Samples, in_buckets, joined
from taixu.twin.memory.single import values_of_track

__all__ = ["Samples", "SeriesReader", "in_buckets"]

_MAX_TICKS = 40_000
_MAX_BYTES = 2 << 30
_KEPT_BYTES = 64 << 20
_DELAY_NS = 2_000_000_000
_TICK, _SCHEMA = int(BlockKind.TICK), int(BlockKind.SCHEMA)
_WITHOUT_TICKS = (_SCHEMA, int(BlockKind.TRACKS))
_WITH_TICKS = (*_WITHOUT_TICKS, _TICK)


@dataclass(slots=True)
class _Interval:
    """One entity's value from a keyframe to the next."""

    track: int
    key: NDArray[Any] | None = None
    key_total: int = 0
    """Tracks that the keyframe's column has."""
    listed: int = 0
    """Entities that were there or came since."""
    done: int = 0
    """The next block to look at."""
    times: list[NDArray[np.int64]] = field(default_factory=list)
    values: list[NDArray[Any]] = field(default_factory=list)


class SeriesReader:
    """Reads values over time out of one recording (one thread's).

    Parameters
    ----------
    max_ticks, max_bytes
        Of a range that has more of them only some ticks are looked at.
    """

    def __init__(self, recording: Recording, *, max_ticks: int = _MAX_TICKS, max_bytes: int = _MAX_BYTES) -> None:
        self._recording = recording
        self._limits = (max_ticks, max_bytes)
        self._kept: OrderedDict[tuple[int, str, str, int], _Interval] = OrderedDict()
        self._kept_bytes = 0
        self._generation = recording.generation
        self._schemas: OrderedDict[int, Schema] = OrderedDict()

    def samples(
        self, component: str, name: str, *, entity: int, since_ns: int = NOTHING_NS, until_ns: int | None = None,
        still_wanted: Callable[[], bool] = lambda: True,
    ) -> Samples:
        """What was told of a value in a range of time, late and superseded readings in their places, and the last before it.

        Parameters
        ----------
        entity
            Its stable id.
        still_wanted
            Asked now and then; where it says no, an exception ends the work.

        Raises
        ------
        TaixuError
            When the recording is damaged, or nobody wants it any more.
        """
        recording, index = self._recording, self._recording.index
        if recording.generation != self._generation:
            self._kept.clear()
            self._schemas.clear()
            self._kept_bytes, self._generation = 0, recording.generation
        last = len(index) - 1
        if until_ns is not None:  # and what came a little later about it
            last = max(index.until(until_ns + _DELAY_NS) - 1, 0)
        first = max(index.until(since_ns) - 1, 0)
        keys = recording.keys
        begin = max(int(np.searchsorted(keys, first, "right")) - 1, 0)
        end = int(np.searchsorted(keys, last, "right"))
        every = self._stride(int(keys[begin]), last)
        found: list[tuple[NDArray[np.int64], NDArray[Any]]] = []
        for place in range(begin, end):
            stop = int(keys[place + 1]) if place + 1 < len(keys) else len(index)
            found += self._interval(component, name, entity, int(keys[place]), min(stop, last + 1), every, still_wanted)
        found += self._late(component, name, entity, int(keys[begin]), until_ns, still_wanted)
        return joined(found, every).between(since_ns, until_ns if until_ns is not None else np.iinfo(np.int64).max)

    def lane(
        self, component: str, name: str, *, entity: int, lane: str, since_ns: int, until_ns: int,
        still_wanted: Callable[[], bool] = lambda: True,
    ) -> Samples:
        """One part of a vector (x, y, z or w); readings of that part alone that came late are a column of their own."""
        wanted: dict[str, Any] = {"entity": entity, "since_ns": since_ns, "until_ns": until_ns, "still_wanted": still_wanted}
        whole, alone = self.samples(component, name, **wanted), self.samples(component, f"{name}.{lane}", **wanted)
        place = "xyzw".index(lane)
        if whole.values.ndim != 2 or place >= len(whole.values):
            return alone
        parts = [(whole.times_ns, whole.values[place])] + ([(alone.times_ns, alone.values)] if len(alone.times_ns) else [])
        return joined(parts, whole.every)

    def _stride(self, first: int, last: int) -> int:
        index = self._recording.index
        ticks = int(np.count_nonzero(index.kinds(first, last + 1) == BlockKind.TICK))
        size = index.bytes_between(first, last + 1)
        return max(-(-ticks // self._limits[0]), -(-size // self._limits[1]), 1)

    def _interval(
        self, component: str, name: str, entity: int, key: int, stop: int, every: int, still_wanted: Callable[[], bool]
    ) -> list[tuple[NDArray[np.int64], NDArray[Any]]]:
        """What was told from a keyframe until a block; kept, where every tick was looked at."""
        wanted = (key, component, name, entity)
        interval = self._kept.get(wanted) if every == 1 else None
        if interval is None:
            interval = self._opened(component, name, entity, key, stop)
        if interval.done < stop:
            before = len(interval.times)
            self._read_on(interval, component, name, entity, stop, every, still_wanted)
            if every == 1:
                self._keep(wanted, interval, len(interval.times) - before)
        if not interval.times:
            return []
        return [(np.concatenate(interval.times), np.concatenate(interval.values, axis=-1))]

    def _opened(self, component: str, name: str, entity: int, key: int, stop: int) -> _Interval:
        index = self._recording.index
        payload, head = index.payload(key), index.head(key)
        reader = Reader(payload)
        total, size = reader.number(), reader.number()
        standing = Arrivals.unpack(reader.take(size))
        here = np.flatnonzero(standing.stable_ids == np.uint64(entity))
        interval = _Interval(int(standing.tracks[here[-1]]) if len(here) else -1, done=key + 1, listed=len(standing.tracks))
        column = self._schema_of(key).find(component, name)
        for packed in packed_entries(reader.rest()) if column is not None else ():
            if column is None or packed.column != column.number:
                continue
            admit_tracks(total, listed=interval.listed, a_track=row_bytes(column))
            interval.key_total, interval.key = total, column.empty(1)  # zeros for whom it has no value of
            if interval.track >= 0:
                told = values_of_track(packed, column, interval.track, total=total, base_ns=head.known_ns, key=None)
                if told is not None:
                    interval.key = told[1]
                    interval.times.append(told[0])
                    interval.values.append(told[1])
        return interval

    def _read_on(
        self, interval: _Interval, component: str, name: str, entity: int, stop: int, every: int,
        still_wanted: Callable[[], bool],
    ) -> None:
        index = self._recording.index
        schema = self._schema_of(interval.done - 1)
        column = schema.find(component, name)
        kinds = index.kinds(interval.done, stop)
        wanted = _WITH_TICKS if column is not None else _WITHOUT_TICKS
        if column is None and BlockKind.SCHEMA in kinds:
            wanted = _WITH_TICKS  # it may come to be known
        numbers = np.flatnonzero(np.isin(kinds, wanted))
        seen = 0
        for number, kind in zip((interval.done + numbers).tolist(), kinds[numbers].tolist()):
            if kind == _TICK:
                if column is None or interval.track < 0:
                    continue
                seen += 1
                if every > 1 and (seen * 0x9E3779B1 >> 7) % every:  # not in step with anything that beats
                    continue
                if not seen & 255 and not still_wanted():
                    raise TaixuError("nobody waits for this any more")
                self._read(interval, column, number)
            elif kind == _SCHEMA:
                schema = self._schema_of(number)
                column = schema.find(component, name)
            else:
                arrivals = Arrivals.unpack(index.payload(number))
                interval.listed += len(arrivals.tracks)
                here = np.flatnonzero(arrivals.stable_ids == np.uint64(entity))
                if len(here) and int(arrivals.tracks[here[-1]]) != interval.track:
                    interval.track = int(arrivals.tracks[here[-1]])
                    in_key = column is not None and interval.track < interval.key_total
                    interval.key = column.empty(1) if column is not None and in_key else None
        interval.done = stop

    def _read(self, interval: _Interval, column: ColumnInfo, number: int) -> None:
        head, data = self._recording.index.opened(number)
        total = int.from_bytes(data[:8], "little")
        admit_tracks(total, listed=interval.listed, a_track=row_bytes(column))
        for packed in packed_entries(data[8:]):
            if packed.column == column.number:
                told = values_of_track(packed, column, interval.track, total=total, base_ns=head.known_ns, key=interval.key)
                if told is not None:
                    interval.times.append(told[0])
                    interval.values.append(told[1])

    def _late(
        self, component: str, name: str, entity: int, first: int, until: int | None, still_wanted: Callable[[], bool]
    ) -> list[tuple[NDArray[np.int64], NDArray[Any]]]:
        """What came too late about the range, whenever it came; parts of a vector are told apart."""
        index = self._recording.index
        late = first + np.flatnonzero(index.kinds(first, len(index)) == BlockKind.LATE)
        if until is not None and len(late):
            late = late[index.earliest(first, len(index))[late - first] <= until]
        found: list[tuple[NDArray[np.int64], NDArray[Any]]] = []
        keys = self._recording.keys
        tracks: dict[int, int] = {}
        for seen, number in enumerate(late[-self._limits[0] :].tolist()):
            if not seen & 63 and not still_wanted():
                raise TaixuError("nobody waits for this any more")
            column = self._schema_of(number).find(component, name)
            place = max(int(np.searchsorted(keys, number, "right")) - 1, 0)
            if place not in tracks:
                tracks[place] = self._track_in(entity, place)
            track = tracks[place]
            if column is None or track < 0:
                continue
            head, data = index.opened(number)
            for packed in packed_entries(data[8:]):
                if packed.column == column.number and packed.flags & UNSORTED:
                    total = int.from_bytes(data[:8], "little")
                    told = values_of_track(packed, column, track, total=total, base_ns=head.known_ns, key=None)
                    if told is not None:
                        found.append(told)
        return found

    def _track_in(self, entity: int, place: int) -> int:
        """The track of an entity between a keyframe and the next."""
        recording, keys = self._recording, self._recording.keys
        key = int(keys[place])
        stop = int(keys[place + 1]) if place + 1 < len(keys) else len(recording.index)
        reader = Reader(recording.index.payload(key))
        reader.number()
        parts = [Arrivals.unpack(reader.take(reader.number()))]
        brought = recording.index.numbers((BlockKind.TRACKS,), first=key, stop=stop)
        parts += [Arrivals.unpack(recording.index.payload(each)) for each in brought.tolist()]
        for arrivals in reversed(parts):
            here = np.flatnonzero(arrivals.stable_ids == np.uint64(entity))
            if len(here):
                return int(arrivals.tracks[here[-1]])
        return -1

    def _schema_of(self, number: int) -> Schema:
        """The columns that a block goes by."""
        number = self._recording.index.last_before(number, BlockKind.SCHEMA)
        schema = self._schemas.get(number)
        if schema is None:
            schema = self._schemas[number] = self._recording.schema_before(number)
            if len(self._schemas) > 64:
                self._schemas.popitem(last=False)
        return schema

    def _keep(self, wanted: tuple[int, str, str, int], interval: _Interval, new: int) -> None:
        if interval.times:  # joined, so that a long interval is not a thousand arrays
            interval.times, interval.values = [np.concatenate(interval.times)], [np.concatenate(interval.values, axis=-1)]
        if wanted not in self._kept:
            self._kept_bytes += 500
        self._kept[wanted] = interval
        self._kept.move_to_end(wanted)
        self._kept_bytes += new * 40
        while self._kept_bytes > _KEPT_BYTES and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._kept_bytes -= 500 + 40 * sum(len(each) for each in dropped.times)
