"""Recordings: any moment of a world that was recorded, and what was known when.

Two times: a block's `known` time says when it was written, rows say when they were so. What an operator saw at a moment is all that
was known by then. What was true at it is that and whatever came later about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockKind
from taixu.twin.memory.columns import Schema
from taixu.twin.memory.correcting import TrackFinder, take_better
from taixu.twin.memory.entries import Entry
from taixu.twin.memory.folding import NOTHING_NS, Folding, Moment
from taixu.twin.memory.index import MANIFEST, BlockIndex
from taixu.twin.memory.packing import Arrivals
from taixu.twin.memory.room import json_bytes, parse_json

__all__ = ["Moment", "Recording"]

_MAX_MANIFEST = 16 << 20


class Recording:
    """A recording that is read: one that is finished, or one that is still being written.

    Raises
    ------
    TaixuError
        When there is none, or it cannot be read.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.about = _read_manifest(self.folder)
        self.index = BlockIndex(self.folder)
        self.generation = 0
        """Goes up when what was read before may be elsewhere now: older segments were thinned."""
        self._last_key: tuple[int, tuple[str, ...] | None, Folding] | None = None
        self.refresh()

    def refresh(self) -> None:
        """See what was written since.

        Raises
        ------
        TaixuError
            When there is nothing.
        """
        if self.index.refresh():
            self.generation += 1
            self._last_key = None
        if not len(self.index):
            raise TaixuError(f"{self.folder} holds a recording of nothing: no tick was written")
        if not len(self.keys):
            raise TaixuError(f"{self.folder} holds a recording without a keyframe; it is damaged")

    def close(self) -> None:
        """Let go of the files."""
        self.index.close()
        self._last_key = None

    @property
    def keys(self) -> NDArray[np.intp]:
        """Numbers of keyframes among the blocks."""
        return self.index.keys

    @property
    def span_ns(self) -> tuple[int, int]:
        """When the first and the last tick were written."""
        return self.index.span_ns

    @property
    def ticks(self) -> NDArray[np.int64]:
        """Known times of all ticks, ``int64[n]``."""
        found: NDArray[np.int64] = self.index.known()[self.index.kinds(0, len(self.index)) == BlockKind.TICK]
        return found

    @property
    def tick_count(self) -> int:
        """How many ticks there are."""
        return len(self.index.numbers((BlockKind.TICK,)))

    @property
    def rows(self) -> int:
        """Values written in ticks."""
        return self.index.rows

    def moment(self, at_ns: int, *, components: tuple[str, ...] | None = None, known_ns: int | None = None) -> Moment:
        """The world at a time.

        Parameters
        ----------
        at_ns
            Everything that was written by then counts: what an operator saw.
        components
            Only columns of these.
        known_ns
            If given: what was true at `at_ns`, by all that was known by this later time.

        Raises
        ------
        TaixuError
            When the recording begins later, or is damaged there.
        """
        start, last = self.interval(at_ns)
        state = self._opened(start, components)
        ticks: list[int] = []
        for number in range(start + 1, last + 1):
            self.fold(state, number, ticks)
        state.apply_ticks([self.index.unread(number) for number in ticks])
        moment = state.moment(self.index.head(last))
        if known_ns is not None:
            self._correct(state, moment, at_ns, last, known_ns)
        return moment

    def interval(self, at_ns: int) -> tuple[int, int]:
        """The last block that was written by a time, and the keyframe that it goes by: keyframe, block.

        Raises
        ------
        TaixuError
            When the recording begins later.
        """
        last = self.index.until(at_ns) - 1
        if last < 0:
            raise TaixuError(f"the recording begins later: at {self.span_ns[0] / 1e9:.3f}")
        start = int(self.keys[max(int(np.searchsorted(self.keys, last, "right")) - 1, 0)])
        return start, max(last, start)

    def events(self, *, since_ns: int = NOTHING_NS, until_ns: int | None = None) -> Iterator[dict[str, Any]]:
        """What was noted, in order, with ``known_ns`` and ``tick``."""
        for events, _ in self.events_with_size(since_ns=since_ns, until_ns=until_ns):
            yield from events

    def events_with_size(
        self, *, since_ns: int = NOTHING_NS, until_ns: int | None = None
    ) -> Iterator[tuple[list[dict[str, Any]], int]]:
        """What was noted in each tick in which anything was, and about how many bytes that takes."""
        first = self.index.until(since_ns)
        last = len(self.index) if until_ns is None else self.index.until(until_ns)
        for number in self.index.numbers((BlockKind.EVENTS,), first=first, stop=last).tolist():
            head = self.index.head(number)
            found, size = self.events_of(number)
            if found:
                yield [{"known_ns": head.known_ns, "tick": head.tick, **event} for event in found], size

    def events_of(self, number: int) -> tuple[list[dict[str, Any]], int]:
        """What a block of events says, and about how many bytes that takes."""
        payload = self.index.payload(number)
        return _read_events(payload), json_bytes(payload)

    def history(self, component: str, name: str, *, stable_id: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """All values of one column of one entity, by the time that they are of: times ``int64[n]``, values ``[..., n]``.

        Late and superseded readings are there, too.
        """
        from taixu.twin.memory.series import SeriesReader

        samples = SeriesReader(self, max_ticks=1 << 62, max_bytes=1 << 62).samples(component, name, entity=stable_id)
        return samples.times_ns, samples.values

    def walk(
        self, components: tuple[str, ...] | None = None
    ) -> Iterator[tuple[int, int, int, bool, NDArray[np.uint64], Entry | None]]:
        """All values in the order in which they were written.

        Yields blocks done, blocks in all, the known time, whether these values were late, stable ids by track, and an entry; after
        each block once more, without an entry.
        """
        state = Folding(Schema(), components)
        total = len(self.index)
        for number in range(total):
            head = self.index.head(number)
            if head.kind == BlockKind.SCHEMA:
                state.schema = self.schema(number)
            elif head.kind == BlockKind.KEY:
                fresh = Folding(state.schema, components)
                fresh.open_key(self.index.payload(number), head)
                fresh.remember(state.ids)
                state = fresh
            elif head.kind == BlockKind.TRACKS:
                state.apply_arrivals(Arrivals.unpack(self.index.payload(number)))
            elif head.kind in (BlockKind.TICK, BlockKind.LATE):
                for entry in state.entries(self.index.payload(number), head):
                    yield number, total, head.known_ns, head.kind == BlockKind.LATE, state.ids, entry
            yield number + 1, total, head.known_ns, False, state.ids, None

    def steps(self, *, after_ns: int) -> Iterator[tuple[int, Arrivals | None, list[Entry]]]:
        """Ticks in order: when each was known, who came and went with it, and its values."""
        begin = self.index.until(after_ns)
        key = int(self.keys[max(int(np.searchsorted(self.keys, begin, "right")) - 1, 0)])
        state = Folding(self.schema_before(key), None)
        state.open_key(self.index.payload(key), self.index.head(key))
        arrivals: Arrivals | None = None
        for number in range(key + 1, len(self.index)):
            head = self.index.head(number)
            if head.kind == BlockKind.SCHEMA:
                state.schema = self.schema(number)
            elif head.kind == BlockKind.KEY:
                state.open_key(self.index.payload(number), head)
            elif head.kind == BlockKind.TRACKS and number >= begin:
                arrivals = Arrivals.unpack(self.index.payload(number))
            elif head.kind == BlockKind.TICK and number >= begin:
                yield head.known_ns, arrivals, list(state.entries(self.index.payload(number), head))
                arrivals = None

    # Reading

    def _opened(self, start: int, components: tuple[str, ...] | None) -> Folding:
        """A keyframe, which who scrubs asks for again and again."""
        if self._last_key is None or self._last_key[:2] != (start, components):
            state = Folding(self.schema_before(start), components)
            state.open_key(self.index.payload(start), self.index.head(start))
            self._last_key = (start, components, state)
        return self._last_key[2].copy()

    def schema_before(self, number: int) -> Schema:
        """The columns that a block goes by."""
        found = self.index.last_before(number, BlockKind.SCHEMA)
        if found < 0:
            raise TaixuError(f"{self.folder}: the recording says nowhere what its columns are; it is damaged")
        return self.schema(found)

    def schema(self, number: int) -> Schema:
        """What a block of a schema says."""
        return Schema.from_json(parse_json(self.index.payload(number)))

    def fold(self, state: Folding, number: int, ticks: list[int]) -> None:
        """Take a block into a state; ticks are only noted, so that all are applied at once."""
        kind = self.index.kind(number)
        if kind == BlockKind.SCHEMA:
            state.schema.extend(self.schema(number))
        elif kind == BlockKind.TRACKS:
            state.apply_arrivals(Arrivals.unpack(self.index.payload(number)))
        elif kind == BlockKind.TICK:
            ticks.append(number)

    def _correct(self, state: Folding, moment: Moment, at_ns: int, last: int, known_ns: int) -> None:
        """Bring in what was written later about this moment. What was late before it is older than what stands there."""
        until = self.index.until(known_ns)
        kinds, earliest = self.index.kinds(last + 1, until), self.index.earliest(last + 1, until)
        about = np.isin(kinds, (BlockKind.TICK, BlockKind.LATE)) & (earliest <= at_ns)
        if not about.any():
            return
        finder = TrackFinder(moment)
        opened, folded = -1, 0
        for number in (last + 1 + np.flatnonzero(about)).tolist():
            key = int(self.keys[int(np.searchsorted(self.keys, number)) - 1])
            if key != opened:
                state = self._opened(key, state.components)
                opened, folded = key, key + 1
            for each in self.index.numbers((BlockKind.SCHEMA, BlockKind.TRACKS), first=folded, stop=number).tolist():
                self.fold(state, each, [])  # who came meanwhile
            folded = number
            for entry in state.entries(self.index.payload(number), self.index.head(number)):
                take_better(moment, entry, finder.tracks(state.ids, entry.tracks), at_ns)


def _read_events(payload: bytes) -> list[dict[str, Any]]:
    found = parse_json(payload)
    if not isinstance(found, list) or not all(isinstance(event, dict) for event in found):
        raise TaixuError("a recording's list of events is damaged")
    return found


def _read_manifest(folder: Path) -> dict[str, Any]:
    file = folder / MANIFEST
    if not file.is_file():
        raise TaixuError(f"{folder} is no recording: it has no {MANIFEST}")
    if file.stat().st_size > _MAX_MANIFEST:
        raise TaixuError(f"{file} is too large for what it should be")
    try:
        found = parse_json(file.read_bytes())
    except (TaixuError, OSError):
        found = None
    if not isinstance(found, dict) or found.get("format") != "taixu.recording":
        raise TaixuError(f"{file} is no recording's manifest")
    if found.get("version") != 1:
        raise TaixuError(f"{file} is of version {found.get('version')!r:.20}, which this Taixu does not read")
    return found
