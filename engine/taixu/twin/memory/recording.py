"""Recordings: any moment of a world that was recorded, and what was known when.

Two times: a block's `known` time says when it was written, rows say when they were so. What an operator saw at a moment is all that
was known by then. What was true at it is that and whatever came later about it.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockHead, BlockKind, peek_payload, read_payload, scan_blocks
from taixu.twin.memory.columns import ColumnInfo, Schema
from taixu.twin.memory.entries import Entry, PackedEntry, packed_entries, unpack_entry
from taixu.twin.memory.recorder import MANIFEST, segment_files
from taixu.twin.memory.writer import Arrivals

__all__ = ["Moment", "Recording"]

_MAX_MANIFEST = 16 << 20
_NOTHING = np.iinfo(np.int64).min


@dataclass(slots=True)
class MomentColumn:
    """One column at a moment, by track."""

    info: ColumnInfo
    values: NDArray[Any]
    times_ns: NDArray[np.int64]
    known: NDArray[np.bool_]
    """Which tracks have a value."""


@dataclass(slots=True)
class Moment:
    """A world at a moment.

    Attributes
    ----------
    known_ns, tick
        Of the last tick that it holds.
    stable_ids
        By track, ``uint64[m]``.
    signatures
        By track: which of `names`; -1 for who was not there.
    columns
        By component and field; read-only.
    """

    known_ns: int
    tick: int
    stable_ids: NDArray[np.uint64]
    signatures: NDArray[np.int32]
    names: list[tuple[str, ...]]
    versions: dict[str, int]
    columns: dict[tuple[str, str], MomentColumn] = field(default_factory=dict)

    @property
    def tracks(self) -> NDArray[np.intp]:
        """Tracks of who was there."""
        return np.flatnonzero(self.signatures >= 0)

    def column(self, component: str, name: str) -> tuple[NDArray[np.intp], NDArray[Any], NDArray[np.int64]]:
        """Tracks, values and times of a column, of who was there.

        Raises
        ------
        TaixuError
            When it was not recorded.
        """
        found = self.columns.get((component, name))
        if found is None:
            raise TaixuError(f"the recording has no column {component}.{name}")
        tracks = np.flatnonzero(found.known & (self.signatures[: len(found.known)] >= 0))
        return tracks, found.values[..., tracks], found.times_ns[tracks]


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
        self._last_key: tuple[int, tuple[str, ...] | None, _Folding] | None = None
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

    def events(self, *, since_ns: int = _NOTHING, until_ns: int | None = None) -> Iterator[dict[str, Any]]:
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
                key_state = _Folding(schema, (component,))
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
        state = _Folding(Schema(), components)
        total = len(self._blocks)
        for number, block in enumerate(self._blocks):
            head = block.head
            if head.kind == BlockKind.SCHEMA:
                state.schema = Schema.from_json(json.loads(self._payload(number)))
            elif head.kind == BlockKind.KEY:
                fresh = _Folding(state.schema, components)
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
        state = _Folding(self._schema_before(key), None)
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

    def _opened(self, start: int, components: tuple[str, ...] | None) -> _Folding:
        """A keyframe, which who scrubs asks for again and again."""
        if self._last_key is None or self._last_key[:2] != (start, components):
            state = _Folding(self._schema_before(start), components)
            state.open_key(self._payload(start), self._blocks[start].head)
            self._last_key = (start, components, state)
        return self._last_key[2].copy()

    def _schema_before(self, number: int) -> Schema:
        while self._kinds[number] != BlockKind.SCHEMA:
            number -= 1
            if number < 0:
                raise TaixuError(f"{self.folder}: the recording says nowhere what its columns are; it is damaged")
        return Schema.from_json(json.loads(self._payload(number)))

    def _fold(self, state: _Folding, number: int, ticks: list[int]) -> None:
        head = self._blocks[number].head
        if head.kind == BlockKind.SCHEMA:
            state.schema.extend(Schema.from_json(json.loads(self._payload(number))))
        elif head.kind == BlockKind.TRACKS:
            state.apply_arrivals(Arrivals.unpack(self._payload(number)))
        elif head.kind == BlockKind.TICK:
            ticks.append(number)

    def _correct(self, state: _Folding, moment: Moment, at_ns: int, last: int, known_ns: int) -> None:
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

    def _use_key(self, state: _Folding) -> None:
        if state.key_number != state.open_number and state.key_number >= 0:
            fresh = _Folding(state.schema, state.components)
            fresh.open_key(self._payload(state.key_number), self._blocks[state.key_number].head)
            state.key, state.open_number = fresh.key, state.key_number


class _Folding:
    """Blocks folded into columns."""

    def __init__(self, schema: Schema, components: tuple[str, ...] | None) -> None:
        self.schema = schema
        self.components = components
        self.key: dict[int, NDArray[Any]] = {}
        self.key_number = self.open_number = -1
        self._columns: dict[int, MomentColumn] = {}
        self._ids: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._signatures: NDArray[np.int32] = np.empty(0, np.int32)
        self._names: list[tuple[str, ...]] = []
        self._shared: set[int] = set()

    def open_key(self, payload: bytes, head: BlockHead) -> None:
        """Begin with a keyframe."""
        total, size = struct.unpack_from("<QQ", payload)
        self._reserve(total)
        self.apply_arrivals(Arrivals.unpack(payload[16 : 16 + size]))
        for packed in packed_entries(payload[16 + size :]):
            entry = self._unpack(packed, total, head.known_ns)
            if entry is not None:
                self._put(entry, total)
        self.key = {number: column.values for number, column in self._columns.items()}
        self._shared = set(self._columns)

    def apply_arrivals(self, arrivals: Arrivals) -> None:
        """Note who came and went."""
        top = int(arrivals.tracks.max()) + 1 if len(arrivals.tracks) else 0
        self._reserve(top)
        self._signatures[arrivals.gone[arrivals.gone < len(self._signatures)]] = -1
        self._ids[arrivals.tracks] = arrivals.stable_ids
        self._signatures[arrivals.tracks] = arrivals.signatures
        self._names = arrivals.names

    def apply_ticks(self, ticks: list[tuple[BlockHead, Callable[[], memoryview], Callable[[], None]]]) -> None:
        """Apply ticks: heads, payloads as they lie there, and what checks them.

        Of a column that a tick holds whole nothing older is looked at, and blocks that add nothing are not read.
        """
        wanted: list[tuple[PackedEntry, int, int]] = []
        covered: set[int] = set()
        latest = -1
        for head, peek, check in reversed(ticks):
            data = peek()
            total = struct.unpack_from("<Q", data)[0]
            latest = max(latest, total)
            here = [each for each in packed_entries(data[8:]) if each.column not in covered and self._is_wanted(each.column)]
            if here:
                check()
            for packed in reversed(here):
                wanted.append((packed, total, head.known_ns))
                if packed.covers_all and total == latest:
                    covered.add(packed.column)
        for packed, total, base_ns in reversed(wanted):
            entry = self._unpack(packed, total, base_ns)
            if entry is not None:
                self._put(entry, total)

    def copy(self) -> _Folding:
        """To fold more into; columns are shared until they change."""
        other = _Folding(self.schema.copy(), self.components)
        other.key = self.key
        other._columns = {number: replace(column) for number, column in self._columns.items()}
        other._shared = set(self._columns)
        other._ids, other._signatures, other._names = self._ids.copy(), self._signatures.copy(), self._names
        return other

    def entries(self, payload: bytes, head: BlockHead, *, only: ColumnInfo | None = None) -> Iterator[Entry]:
        """The entries of a tick's or a late block."""
        total = struct.unpack_from("<Q", payload)[0]
        for packed in packed_entries(payload[8:]):
            if only is None or packed.column == only.number:
                entry = self._unpack(packed, total, head.known_ns)
                if entry is not None:
                    yield entry

    def moment(self, head: BlockHead) -> Moment:
        """What was folded."""
        total = len(self._signatures)
        columns = {}
        for column in self._columns.values():
            whole = columns[column.info.component, column.info.field] = _grown_column(column, total)
            for part in (whole.values, whole.times_ns, whole.known):
                part.flags.writeable = False  # who scrubs shares the keyframe's
        return Moment(
            head.known_ns, head.tick, self._ids, self._signatures, self._names, dict(self.schema.versions), columns
        )

    @property
    def ids(self) -> NDArray[np.uint64]:
        """Stable ids by track, of all who ever were there since the keyframe."""
        return self._ids

    def remember(self, ids: NDArray[np.uint64]) -> None:
        """Who went before the keyframe has a name still."""
        self._reserve(len(ids))
        here = self._ids[: len(ids)]
        here[here == 0] = ids[here == 0]

    def track_of(self, stable_id: int) -> int:
        """The track of an entity that is there, or -1."""
        found = np.flatnonzero((self._ids == np.uint64(stable_id)) & (self._signatures >= 0))
        return int(found[0]) if len(found) else -1

    def _is_wanted(self, number: int) -> bool:
        if number >= len(self.schema.columns):
            raise TaixuError("a block of a recording has a column that the recording does not list; it is damaged")
        return self.components is None or self.schema.columns[number].component in self.components

    def _unpack(self, packed: PackedEntry, total: int, base_ns: int) -> Entry | None:
        if not self._is_wanted(packed.column):
            return None
        column = self.schema.columns[packed.column]
        return unpack_entry(packed, column, total=total, base_ns=base_ns, key=self.key.get(packed.column))

    def _put(self, entry: Entry, total: int) -> None:
        column = self._columns.get(entry.column.number)
        if column is None:
            column = MomentColumn(entry.column, entry.column.empty(0), np.empty(0, np.int64), np.empty(0, bool))
        column = self._columns[entry.column.number] = _grown_column(column, total)
        if len(entry.tracks) == len(column.known) == total:
            column.values, column.times_ns, column.known = entry.values, entry.times_ns, np.ones(total, bool)
            self._shared.discard(entry.column.number)
            return
        if entry.column.number in self._shared:
            column.values, column.times_ns, column.known = column.values.copy(), column.times_ns.copy(), column.known.copy()
            self._shared.discard(entry.column.number)
        column.values[..., entry.tracks] = entry.values
        column.times_ns[entry.tracks] = entry.times_ns
        column.known[entry.tracks] = True

    def _reserve(self, total: int) -> None:
        have = len(self._ids)
        if total > 1 << 31:
            raise TaixuError("a recording claims more entities than there can be; it is damaged")
        if total > have:
            self._ids = np.concatenate([self._ids, np.zeros(total - have, np.uint64)])
            self._signatures = np.concatenate([self._signatures, np.full(total - have, -1, np.int32)])


def _grown_column(column: MomentColumn, total: int) -> MomentColumn:
    have = len(column.known)
    if have >= total:
        return column
    values = column.info.empty(total)
    values[..., :have] = column.values
    times = np.full(total, _NOTHING)
    times[:have] = column.times_ns
    known = np.zeros(total, bool)
    known[:have] = column.known
    return MomentColumn(column.info, values, times, known)


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
