"""Recordings: any moment of a world that was recorded, and what was known when.

Two times: a block's `known` time says when it was written, rows say when they were so. What an operator saw at a moment is all that
was known by then. What was true at it is that and whatever came later about it.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockHead, BlockKind, peek_payload, read_payload, scan_blocks
from taixu.twin.memory.columns import Schema
from taixu.twin.memory.entries import Entry
from taixu.twin.memory.folding import NOTHING_NS, Folding, Moment
from taixu.twin.memory.recorder import MANIFEST, segment_files
from taixu.twin.memory.writer import Arrivals

__all__ = ["Moment", "Recording"]

_MAX_MANIFEST = 16 << 20


@dataclass(frozen=True, slots=True)
class _Block:
    segment: int
    head: BlockHead


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
        self._maps: list[Any] = []
        self._blocks: list[_Block] = []
        self._keys: list[int] = []
        self._last_key: tuple[int, tuple[str, ...] | None, Folding] | None = None
        self.refresh()

    def refresh(self) -> None:
        """See what was written since."""
        self.close()
        for number, path in enumerate(segment_files(self.folder)):
            heads = scan_blocks(path, check=False)
            with path.open("rb") as file:
                self._maps.append(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if heads else b"")
            self._blocks += [_Block(number, head) for head in heads]
        while self._blocks and not self._is_whole(self._blocks[-1]):  # where a kill struck
            self._blocks.pop()
        if not self._blocks:
            raise TaixuError(f"{self.folder} holds a recording of nothing: no tick was written")
        self._known = np.array([block.head.known_ns for block in self._blocks])
        self._kinds = np.array([block.head.kind for block in self._blocks])
        self._earliest = np.array([block.head.earliest_ns for block in self._blocks])
        self._keys = np.flatnonzero(self._kinds == BlockKind.KEY).tolist()
        if not self._keys:
            raise TaixuError(f"{self.folder} holds a recording without a keyframe; it is damaged")

    def close(self) -> None:
        """Let go of the files."""
        for each in self._maps:
            if each:
                each.close()
        self._maps, self._blocks, self._last_key = [], [], None
        self._checked: set[int] = set()

    @property
    def span_ns(self) -> tuple[int, int]:
        """When the first and the last tick were written."""
        return int(self._known[0]), int(self._known[-1])

    @property
    def ticks(self) -> NDArray[np.int64]:
        """Known times of all ticks, ``int64[n]``."""
        return self._known[self._kinds == BlockKind.TICK]

    @property
    def rows(self) -> int:
        """Values written in ticks."""
        wanted = (BlockKind.TICK, BlockKind.LATE)
        return sum(block.head.rows for block in self._blocks if block.head.kind in wanted)

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
        last = int(np.searchsorted(self._known, at_ns, "right")) - 1
        if last < 0:
            raise TaixuError(f"the recording begins later: at {self.span_ns[0] / 1e9:.3f}")
        start = self._keys[max(int(np.searchsorted(self._keys, last, "right")) - 1, 0)]
        last = max(last, start)
        state = self._opened(start, components)
        ticks: list[int] = []
        for number in range(start + 1, last + 1):
            self._fold(state, number, ticks)
        state.apply_ticks(
            [(self._blocks[number].head, partial(self._peek, number), partial(self._check, number)) for number in ticks]
        )
        moment = state.moment(self._blocks[last].head)
        if known_ns is not None:
            self._correct(state, moment, at_ns, last, known_ns)
        return moment

    def events(self, *, since_ns: int = NOTHING_NS, until_ns: int | None = None) -> Iterator[dict[str, Any]]:
        """What was noted, in order, with ``known_ns`` and ``tick``."""
        for number in np.flatnonzero(self._kinds == BlockKind.EVENTS).tolist():
            head = self._blocks[number].head
            if head.known_ns > since_ns and (until_ns is None or head.known_ns <= until_ns):
                for event in json.loads(self._payload(number)):
                    yield {"known_ns": head.known_ns, "tick": head.tick, **event}

    def history(self, component: str, name: str, *, stable_id: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """All values of one column of one entity, by the time that they are of: times ``int64[n]``, values ``[..., n]``.

        Late and superseded readings are there, too.
        """
        found: list[tuple[NDArray[np.int64], NDArray[Any]]] = []
        track, schema, key_state = -1, Schema(), None
        for number, block in enumerate(self._blocks):
            kind = block.head.kind
            if kind == BlockKind.SCHEMA:
                schema = Schema.from_json(json.loads(self._payload(number)))
            elif kind == BlockKind.KEY:
                key_state = Folding(schema, (component,))
                key_state.open_key(self._payload(number), block.head)
                if track < 0:
                    track = key_state.track_of(stable_id)
            elif kind == BlockKind.TRACKS and track < 0:
                arrivals = Arrivals.unpack(self._payload(number))
                here = np.flatnonzero(arrivals.stable_ids == np.uint64(stable_id))
                track = int(arrivals.tracks[here[0]]) if len(here) else -1
            elif kind in (BlockKind.TICK, BlockKind.LATE) and track >= 0 and key_state is not None:
                column = schema.find(component, name)
                for entry in key_state.entries(self._payload(number), block.head, only=column):
                    here = np.flatnonzero(entry.tracks == track)
                    if len(here):
                        found.append((entry.times_ns[here], entry.values[..., here]))
        if not found:
            return np.empty(0, np.int64), np.empty(0)
        times = np.concatenate([each[0] for each in found])
        order = np.argsort(times, kind="stable")
        return times[order], np.concatenate([each[1] for each in found], axis=-1)[..., order]

    def walk(
        self, components: tuple[str, ...] | None = None
    ) -> Iterator[tuple[int, int, int, bool, NDArray[np.uint64], Entry | None]]:
        """All values in the order in which they were written.

        Yields blocks done, blocks in all, the known time, whether these values were late, stable ids by track, and an entry; after
        each block once more, without an entry.
        """
        state = Folding(Schema(), components)
        total = len(self._blocks)
        for number, block in enumerate(self._blocks):
            head = block.head
            if head.kind == BlockKind.SCHEMA:
                state.schema = Schema.from_json(json.loads(self._payload(number)))
            elif head.kind == BlockKind.KEY:
                fresh = Folding(state.schema, components)
                fresh.open_key(self._payload(number), head)
                fresh.remember(state.ids)
                state = fresh
            elif head.kind == BlockKind.TRACKS:
                state.apply_arrivals(Arrivals.unpack(self._payload(number)))
            elif head.kind in (BlockKind.TICK, BlockKind.LATE):
                for entry in state.entries(self._payload(number), head):
                    yield number, total, head.known_ns, head.kind == BlockKind.LATE, state.ids, entry
            yield number + 1, total, head.known_ns, False, state.ids, None

    def steps(self, *, after_ns: int) -> Iterator[tuple[int, Arrivals | None, list[Entry]]]:
        """Ticks in order: when each was known, who came and went with it, and its values."""
        begin = int(np.searchsorted(self._known, after_ns, "right"))
        key = self._keys[max(int(np.searchsorted(self._keys, begin, "right")) - 1, 0)]
        state = Folding(self._schema_before(key), None)
        state.open_key(self._payload(key), self._blocks[key].head)
        arrivals: Arrivals | None = None
        for number in range(key + 1, len(self._blocks)):
            head = self._blocks[number].head
            if head.kind == BlockKind.SCHEMA:
                state.schema = Schema.from_json(json.loads(self._payload(number)))
            elif head.kind == BlockKind.KEY:
                state.open_key(self._payload(number), head)
            elif head.kind == BlockKind.TRACKS and number >= begin:
                arrivals = Arrivals.unpack(self._payload(number))
            elif head.kind == BlockKind.TICK and number >= begin:
                yield head.known_ns, arrivals, list(state.entries(self._payload(number), head))
                arrivals = None

    # Reading

    def _payload(self, number: int) -> bytes:
        block = self._blocks[number]
        return read_payload(self._maps[block.segment], block.head)

    def _peek(self, number: int) -> memoryview:
        block = self._blocks[number]
        return peek_payload(self._maps[block.segment], block.head)

    def _check(self, number: int) -> None:
        """See once that a block is whole."""
        if number not in self._checked:
            self._payload(number)
            self._checked.add(number)

    def _is_whole(self, block: _Block) -> bool:
        try:
            read_payload(self._maps[block.segment], block.head)
        except TaixuError:
            return False
        return True

    def _opened(self, start: int, components: tuple[str, ...] | None) -> Folding:
        """A keyframe, which who scrubs asks for again and again."""
        if self._last_key is None or self._last_key[:2] != (start, components):
            state = Folding(self._schema_before(start), components)
            state.open_key(self._payload(start), self._blocks[start].head)
            self._last_key = (start, components, state)
        return self._last_key[2].copy()

    def _schema_before(self, number: int) -> Schema:
        while self._kinds[number] != BlockKind.SCHEMA:
            number -= 1
            if number < 0:
                raise TaixuError(f"{self.folder}: the recording says nowhere what its columns are; it is damaged")
        return Schema.from_json(json.loads(self._payload(number)))

    def _fold(self, state: Folding, number: int, ticks: list[int]) -> None:
        head = self._blocks[number].head
        if head.kind == BlockKind.SCHEMA:
            state.schema.extend(Schema.from_json(json.loads(self._payload(number))))
        elif head.kind == BlockKind.TRACKS:
            state.apply_arrivals(Arrivals.unpack(self._payload(number)))
        elif head.kind == BlockKind.TICK:
            ticks.append(number)

    def _correct(self, state: Folding, moment: Moment, at_ns: int, last: int, known_ns: int) -> None:
        """Bring in what was written later about this moment, or late before it."""
        until = int(np.searchsorted(self._known, known_ns, "right"))
        about = np.isin(self._kinds[:until], (BlockKind.TICK, BlockKind.LATE, BlockKind.SCHEMA, BlockKind.KEY))
        for number in np.flatnonzero(about).tolist():
            head = self._blocks[number].head
            if head.kind == BlockKind.SCHEMA:
                state.schema = Schema.from_json(json.loads(self._payload(number)))
            elif head.kind == BlockKind.KEY:
                state.key_number = number
            elif head.earliest_ns <= at_ns and (head.kind == BlockKind.LATE or number > last):
                self._use_key(state)
                for entry in state.entries(self._payload(number), head):
                    _take_better(moment, entry, at_ns)

    def _use_key(self, state: Folding) -> None:
        if state.key_number != state.open_number and state.key_number >= 0:
            fresh = Folding(state.schema, state.components)
            fresh.open_key(self._payload(state.key_number), self._blocks[state.key_number].head)
            state.key, state.open_number = fresh.key, state.key_number


def _take_better(moment: Moment, entry: Entry, at_ns: int) -> None:
    column = moment.columns.get((entry.column.component, entry.column.field))
    if column is None:
        return
    if not column.values.flags.writeable:
        column.values, column.times_ns = column.values.copy(), column.times_ns.copy()
    usable = np.flatnonzero((entry.times_ns <= at_ns) & (entry.tracks < len(column.known)))
    usable = usable[np.argsort(entry.times_ns[usable], kind="stable")]  # of those that repeat the newest is written last
    tracks, times = entry.tracks[usable], entry.times_ns[usable]
    better = column.known[tracks] & (times > column.times_ns[tracks])
    column.values[..., tracks[better]] = entry.values[..., usable[better]]
    column.times_ns[tracks[better]] = times[better]


def _read_manifest(folder: Path) -> dict[str, Any]:
    file = folder / MANIFEST
    if not file.is_file():
        raise TaixuError(f"{folder} is no recording: it has no {MANIFEST}")
    if file.stat().st_size > _MAX_MANIFEST:
        raise TaixuError(f"{file} is too large for what it should be")
    try:
        found = json.loads(file.read_text())
    except (ValueError, RecursionError, OSError):
        found = None
    if not isinstance(found, dict) or found.get("format") != "taixu.recording":
        raise TaixuError(f"{file} is no recording's manifest")
    if found.get("version") != 1:
        raise TaixuError(f"{file} is of version {found.get('version')!r:.20}, which this Taixu does not read")
    return found
