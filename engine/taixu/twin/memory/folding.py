"""Blocks folded into columns: a keyframe, then ticks, until a world stands as it did at a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockHead
from taixu.twin.memory.columns import ColumnInfo, Schema
from taixu.twin.memory.entries import UNSORTED, Entry, PackedEntry, packed_entries, unpack_entry
from taixu.twin.memory.packing import Arrivals
from taixu.twin.memory.room import admit_tracks, late_room, row_bytes

__all__ = ["FROM_PREFAB", "MADE", "MEASURED", "NOTHING_NS", "NOT_WRITTEN", "SIMULATED", "Folding", "Moment", "MomentColumn"]

MADE = "from_model"
"""The component of entities that systems made; of those only places are recorded."""
FROM_PREFAB = "from_prefab"
"""Marks prefabs' children; of those is recorded what was written to them since they were made."""
MEASURED = "measure."
"""Marks who is no entity, but the whole or a zone that measures are of."""
SIMULATED = "simulated"
"""The component of entities that simulators move."""
NOT_WRITTEN = frozenset({MADE, FROM_PREFAB, MEASURED})

NOTHING_NS = np.iinfo(np.int64).min
"""The time of what was never told."""
_MAX_ENTRIES = 1 << 18
"""Of the ticks between two keyframes."""


@dataclass(slots=True)
class MomentColumn:
    """One column at a moment, by track."""

    info: ColumnInfo
    values: NDArray[Any]
    times_ns: NDArray[np.int64]
    known: NDArray[np.bool_]
    """Which tracks have a value."""

    def is_known(self, tracks: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether each of some tracks has a value."""
        if not len(self.known):
            return np.zeros(len(tracks), bool)
        return (tracks < len(self.known)) & self.known[np.minimum(tracks, len(self.known) - 1)]


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
        """Tracks of who was there; links of machines and others that systems made are not among them."""
        return self.tracks_where(lambda names: not NOT_WRITTEN & set(names))

    @property
    def made_tracks(self) -> NDArray[np.intp]:
        """Tracks of machines' links, whose places were recorded."""
        return self.tracks_where(lambda names: MADE in names)

    @property
    def child_tracks(self) -> NDArray[np.intp]:
        """Tracks of prefabs' children that were written to."""
        return self.tracks_where(lambda names: FROM_PREFAB in names)

    def tracks_where(self, is_such: Callable[[tuple[str, ...]], bool]) -> NDArray[np.intp]:
        """Tracks of who was there and has such components."""
        such = np.array([is_such(names) for names in self.names] + [False])  # the last is for -1
        return np.flatnonzero(such[self.signatures])

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
        tracks = self.tracks
        tracks = tracks[tracks < len(found.known)]
        tracks = tracks[found.known[tracks]]
        return tracks, found.values[..., tracks], found.times_ns[tracks]


class Folding:
    """Blocks folded into columns."""

    def __init__(self, schema: Schema, components: tuple[str, ...] | None) -> None:
        self.schema = schema
        self.components = components
        self.key: dict[int, NDArray[Any]] = {}
        self._columns: dict[int, MomentColumn] = {}
        self._ids: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._signatures: NDArray[np.int32] = np.empty(0, np.int32)
        self._names: list[tuple[str, ...]] = []
        self._shared: set[int] = set()
        self._admitted = (0, 0)
        """Tracks and columns for which there is room."""

    def open_key(self, payload: bytes, head: BlockHead) -> None:
        """Begin with a keyframe."""
        size = int.from_bytes(payload[8:16], "little")
        self._signatures[:] = -1  # it says who is there, all of them
        self.apply_arrivals(Arrivals.unpack(payload[16 : 16 + size]))
        total = self._total_of(payload)
        self._reserve(total)
        for packed in packed_entries(payload[16 + size :]):
            entry = self._unpack(packed, total, head.known_ns)
            if entry is not None:
                self._put(entry, total)
        self.key = {number: column.values for number, column in self._columns.items()}
        self._shared = set(self._columns)

    def apply_arrivals(self, arrivals: Arrivals) -> None:
        """Note who came and went."""
        top = int(arrivals.tracks.max()) + 1 if len(arrivals.tracks) else 0
        self._reserve(top, coming=len(arrivals.tracks))
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
            total = self._total_of(data)
            latest = max(latest, total)
            here = [each for each in packed_entries(data[8:]) if each.column not in covered and self._is_wanted(each.column)]
            if here:
                check()
            if len(wanted) + len(here) > _MAX_ENTRIES:
                raise TaixuError("a recording tells more between two keyframes than any does; it is damaged")
            for packed in reversed(here):
                wanted.append((packed, total, head.known_ns))
                if packed.covers_all and total == latest:
                    covered.add(packed.column)
        for packed, total, base_ns in reversed(wanted):
            entry = self._unpack(packed, total, base_ns)
            if entry is not None:
                self._put(entry, total)

    def copy(self) -> Folding:
        """To fold more into; columns are shared until they change."""
        other = Folding(self.schema.copy(), self.components)
        other.key = self.key
        other._columns = {number: replace(column) for number, column in self._columns.items()}
        other._shared = set(self._columns)
        other._ids, other._signatures, other._names = self._ids.copy(), self._signatures.copy(), self._names
        return other

    def entries(self, payload: bytes, head: BlockHead, *, only: ColumnInfo | None = None) -> Iterator[Entry]:
        """The entries of a tick's or a late block."""
        total = self._total_of(payload)
        told: dict[int, int] = {}
        late_bytes = 0
        for packed in packed_entries(payload[8:]):
            entry = self._unpack(packed, total, head.known_ns) if only is None or packed.column == only.number else None
            if entry is None:
                continue
            if packed.flags & UNSORTED:
                late_bytes += len(entry.tracks) * row_bytes(entry.column)
            else:
                told[packed.column] = told.get(packed.column, 0) + len(entry.tracks)
            if told.get(packed.column, 0) > total or late_bytes > late_room(len(payload)):
                raise TaixuError("a block of a recording tells more than there is; it is damaged")
            yield entry

    def moment(self, head: BlockHead) -> Moment:
        """What was folded."""
        total = len(self._signatures)
        columns = {}
        for column in self._columns.values():
            whole = columns[column.info.component, column.info.field] = replace(_grown_column(column, total))
            for part in (whole.values, whole.times_ns, whole.known):
                part.flags.writeable = False  # who scrubs shares the keyframe's
        self._shared = set(self._columns)
        ids, signatures = self._ids.copy(), self._signatures.copy()  # who folds on changes his own
        return Moment(head.known_ns, head.tick, ids, signatures, self._names, dict(self.schema.versions), columns)

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

    def _total_of(self, payload: bytes | memoryview) -> int:
        """How many tracks there are, by a block."""
        if len(payload) < 8:
            raise TaixuError("a block of a recording does not say how many entities there are; it is damaged")
        total = int.from_bytes(payload[:8], "little")
        self._check_room(total)
        return total

    def _reserve(self, total: int, *, coming: int = 0) -> None:
        have = len(self._ids)
        if total > have:
            listed = int(np.count_nonzero(self._ids)) + coming
            admit_tracks(total, listed=listed, a_track=12)
        if total > have:
            self._ids = np.concatenate([self._ids, np.zeros(total - have, np.uint64)])
            self._signatures = np.concatenate([self._signatures, np.full(total - have, -1, np.int32)])

    def _check_room(self, total: int) -> None:
        """A few bytes may claim any number; nobody has memory for it."""
        columns = self.schema.columns
        if total > self._admitted[0] or len(columns) > self._admitted[1]:
            wanted = (each for each in columns if self.components is None or each.component in self.components)
            admit_tracks(total, listed=int(np.count_nonzero(self._ids)), a_track=sum(map(row_bytes, wanted)) + 12)
            self._admitted = (total, len(columns))


def _grown_column(column: MomentColumn, total: int) -> MomentColumn:
    have = len(column.known)
    if have >= total:
        return column
    values = column.info.empty(total)
    values[..., :have] = column.values
    times = np.full(total, NOTHING_NS)
    times[:have] = column.times_ns
    known = np.zeros(total, bool)
    known[:have] = column.known
    return MomentColumn(column.info, values, times, known)
