"""The index of what was told: values of a recording as DuckDB's tables, which follow what is being written. One thread's.

A value's table is made when it is first asked for: from the keyframe before the time in question to the end. Values hold until the
next one comes, so the last before a span counts at its beginning.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory import Recording
from taixu.twin.memory.blocks import BlockKind
from taixu.twin.memory.folding import Folding
from taixu.twin.memory.packing import Arrivals
from taixu.twin.search.base import Base

__all__ = ["LogIndex", "Told"]

_MOST_ROWS = 20_000_000
_AT_ONCE = 1 << 19
_LOAD_SECS = 15.0
_READ = (int(BlockKind.SCHEMA), int(BlockKind.KEY), int(BlockKind.TRACKS), int(BlockKind.TICK), int(BlockKind.LATE))


@dataclass(frozen=True, slots=True)
class Told:
    """What was so in a span of time.

    Attributes
    ----------
    ids
        Stable ids, ``uint64[n]``, sorted.
    values, times_ns
        The value of each that is furthest beyond the limits, and when it was so.
    """

    ids: NDArray[np.uint64]
    values: NDArray[Any]
    times_ns: NDArray[np.int64]


@dataclass(slots=True)
class _Followed:
    """A value's table: the blocks that are in it."""

    table: str
    first: int
    next: int
    state: Folding
    rows: int = 0
    waiting: list[tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[Any]]] = field(default_factory=list)
    waiting_rows: int = 0


class LogIndex:
    """Values of a recording, by time.

    Parameters
    ----------
    most_rows
        A span that holds more values is refused.
    """

    def __init__(self, recording: Recording, *, most_rows: int = _MOST_ROWS) -> None:
        self._recording, self._most_rows = recording, most_rows
        self._base = Base()
        self._followed: dict[tuple[str, str], _Followed] = {}
        self._generation, self._made = recording.generation, 0

    @property
    def recording(self) -> Recording:
        """What is read."""
        return self._recording

    def told(
        self, component: str, name: str, limits: Sequence[tuple[str, float | str]], *, since_ns: int, until_ns: int,
        still_wanted: Callable[[], bool] = lambda: True,
    ) -> Told:
        """Who had a value within limits at some time of a span.

        Parameters
        ----------
        limits
            Operators and numbers (or texts); all hold at once.

        Raises
        ------
        TaixuError
            When it takes too long or holds too much, or the recording is damaged.
        """
        followed = self._load(component, name, since_ns, still_wanted)
        if followed is None:
            return Told(np.empty(0, np.uint64), np.empty(0), np.empty(0, np.int64))
        is_text = isinstance(limits[0][1], str)
        tests = " and ".join(f"value {_SQL[operator]} ?" for operator, _ in limits)
        if not is_text:
            tests = f"not isnan(value) and {tests}"
        furthest = "so_ns" if is_text else "-value" if limits[0][0][0] == "<" else "value"
        ids, values, times = self._base.columns(
            f"""with told as (
                  select id, so_ns, value from {followed.table} where so_ns between ? and ?
                  union all
                  select id, ?::bigint as so_ns, arg_max(value, so_ns) as value from {followed.table} where so_ns < ? group by id)
                select id, arg_max(value, {furthest}), arg_max(so_ns, {furthest}) from told where {tests}
                group by id order by id""",
            [since_ns, until_ns, since_ns, since_ns, *(value for _, value in limits)],
        )
        return Told(ids.astype(np.uint64), values, times.astype(np.int64))

    def present(self, *, since_ns: int, until_ns: int) -> NDArray[np.uint64]:
        """Stable ids of who was there at the beginning or the end of a span, sorted."""
        first, last = self._recording.span_ns
        if until_ns < first:
            return np.empty(0, np.uint64)
        found = []
        for at_ns in {max(since_ns, first), min(until_ns, last)}:
            moment = self._recording.moment(at_ns, components=("name",))
            found.append(moment.stable_ids[moment.tracks])
        return np.unique(np.concatenate(found))

    def close(self) -> None:
        """Let go of the tables; the recording is its owner's."""
        self._base.close()

    def _load(self, component: str, name: str, since_ns: int, still_wanted: Callable[[], bool]) -> _Followed | None:
        recording, key = self._recording, (component, name)
        if recording.generation != self._generation:
            for each in list(self._followed):
                self._drop(each)
            self._generation = recording.generation
        begin = max(recording.index.until(since_ns) - 1, 0)
        first = int(recording.keys[max(int(np.searchsorted(recording.keys, begin, "right")) - 1, 0)])
        followed = self._followed.get(key)
        if followed is not None and followed.first > first:
            self._drop(key)
            followed = None
        if followed is None:
            followed = self._opened(component, name, first)
            if followed is None:
                return None
        try:
            self._read_on(followed, component, name, still_wanted)
        except BaseException:
            self._drop(key)  # half of it would look like all
            raise
        return followed

    def _opened(self, component: str, name: str, first: int) -> _Followed | None:
        recording = self._recording
        last = recording.schema_before(len(recording.index) - 1)
        column = last.find(component, name)
        if column is None or column.width != 1:
            return None
        state = Folding(recording.schema_before(first), (component,))
        head = recording.index.head(first)
        state.open_key(recording.index.payload(first), head)
        self._made += 1
        followed = _Followed(f"told_{self._made}", first, first + 1, state)
        kind = "varchar" if column.is_object else "double"
        self._base.run(f"create table {followed.table} (id ubigint, so_ns bigint, value {kind})")
        self._followed[component, name] = followed
        standing = state.moment(head).columns.get((component, name))
        if standing is not None:
            tracks = np.flatnonzero(standing.known)
            self._add(followed, state.ids[tracks], standing.times_ns[tracks], standing.values[tracks])
        return followed

    def _read_on(self, followed: _Followed, component: str, name: str, still_wanted: Callable[[], bool]) -> None:
        index, end = self._recording.index, time.monotonic() + _LOAD_SECS
        numbers = index.numbers(_READ, first=followed.next, stop=len(index))
        for seen, number in enumerate(numbers.tolist()):
            if not seen & 63 and (not still_wanted() or time.monotonic() > end):
                raise TaixuError("reading the recording takes too long; ask for a shorter time")
            head, state = index.head(number), followed.state
            if head.kind == BlockKind.SCHEMA:
                state.schema = self._recording.schema(number)
            elif head.kind == BlockKind.KEY:
                fresh = Folding(state.schema, (component,))
                fresh.open_key(index.payload(number), head)
                fresh.remember(state.ids)
                followed.state = fresh
            elif head.kind == BlockKind.TRACKS:
                state.apply_arrivals(Arrivals.unpack(index.payload(number)))
            elif (column := state.schema.find(component, name)) is not None:
                for entry in state.entries(index.payload(number), head, only=column):
                    self._add(followed, state.ids[entry.tracks], entry.times_ns, entry.values)
        self._flush(followed)
        followed.next = len(index)

    def _add(self, followed: _Followed, ids: NDArray[np.uint64], times: NDArray[np.int64], values: NDArray[Any]) -> None:
        followed.rows += len(ids)
        if sum(each.rows for each in self._followed.values()) > self._most_rows:
            for other in [key for key, each in self._followed.items() if each is not followed]:
                self._drop(other)  # it can be read again
        if followed.rows > self._most_rows:
            raise TaixuError(f"that time holds more than {self._most_rows:,} values; ask for a shorter one")
        followed.waiting.append((ids.copy(), times, values))
        followed.waiting_rows += len(ids)
        if followed.waiting_rows >= _AT_ONCE:
            self._flush(followed)

    def _flush(self, followed: _Followed) -> None:
        if followed.waiting_rows:
            ids, times, values = (np.concatenate(parts) for parts in zip(*followed.waiting))
            if values.dtype == object:
                texts = [each if isinstance(each, str) else str(each) for each in values.tolist()]
                self._base.insert(followed.table, id=ids, so_ns=times, value=texts)
            else:
                self._base.insert(followed.table, id=ids, so_ns=times, value=values.astype(np.float64))
        followed.waiting, followed.waiting_rows = [], 0

    def _drop(self, key: tuple[str, str]) -> None:
        followed = self._followed.pop(key, None)
        if followed is not None:
            self._base.run(f"drop table {followed.table}")


_SQL = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "==": "=", "!=": "<>"}
"""Operators of conditions; no other text of a question becomes part of a statement."""
