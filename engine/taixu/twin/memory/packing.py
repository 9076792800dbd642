"""Ticks as blocks: keyframes when they are due, and what changed since.

A packer keeps every column as last written, by track, so that keyframes cost the world nothing, and the columns of the last
keyframe, which later values are written against.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockKind, pack_block
from taixu.twin.memory.columns import ColumnInfo, Schema
from taixu.twin.memory.entries import Entry, pack_entry
from taixu.twin.memory.room import parse_json

__all__ = ["Arrivals", "Packer", "Tick"]

_LATE_AT_ONCE = 1 << 18


@dataclass(slots=True)
class Arrivals:
    """Who came, whose components changed (both say all that they have), and who went."""

    tracks: NDArray[np.uint32]
    stable_ids: NDArray[np.uint64]
    signatures: NDArray[np.uint16]
    gone: NDArray[np.uint32]
    names: list[tuple[str, ...]]
    """What signatures mean: components by name."""

    def pack(self) -> bytes:
        """Bytes of a block."""
        text = json.dumps(self.names).encode()
        head = struct.pack("<III", len(self.tracks), len(self.gone), len(text))
        return head + self.tracks.tobytes() + self.stable_ids.tobytes() + self.signatures.tobytes() + self.gone.tobytes() + text

    @classmethod
    def unpack(cls, data: bytes) -> Arrivals:
        """What `pack` gave.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        try:
            came, gone, size = struct.unpack_from("<III", data)
            at = 12
            parts = []
            for count, kind in ((came, "<u4"), (came, "<u8"), (came, "<u2"), (gone, "<u4")):
                parts.append(np.frombuffer(data, kind, count, at))
                at += parts[-1].nbytes
            names = [tuple(map(str, each)) for each in parse_json(data[at : at + size])]
            if came and int(parts[2].max()) >= len(names):
                raise ValueError("signature")
        except (struct.error, ValueError, TypeError):
            raise TaixuError("a recording's list of entities is damaged") from None
        return cls(parts[0], parts[1], parts[2], parts[3], names)

    def __bool__(self) -> bool:
        return bool(len(self.tracks) or len(self.gone))


@dataclass(slots=True)
class Tick:
    """All that a tick brought."""

    tick: int
    known_ns: int
    total: int
    """Tracks that there are by now."""
    arrivals: Arrivals
    entries: list[Entry] = field(default_factory=list)
    late: list[Entry] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    on_written: list[Callable[[], None]] = field(default_factory=list)
    """What waits for this tick to be kept: acknowledgements."""

    def __bool__(self) -> bool:
        """Whether it brought anything, or anybody waits for it."""
        return bool(self.arrivals or self.entries or self.late or self.events or self.on_written)


class Packer:
    """Turns the ticks of a recording into blocks, in order.

    Parameters
    ----------
    key_rows
        A keyframe comes after so many rows for each track and column (so seeking reads a bounded amount) ...
    key_entries
        ... or so many pieces of columns (what little each of many ticks brings is what a seek takes longest over) ...
    key_secs
        ... or so many seconds, whichever is first.
    """

    def __init__(self, schema: Schema, *, key_rows: float = 8.0, key_entries: int = 1200, key_secs: float = 60.0) -> None:
        self.rows = 0
        """Values packed until now."""
        self._schema = schema
        self._limits = (key_rows, key_entries, int(key_secs * 1e9))
        self._state: dict[int, tuple[NDArray[Any], NDArray[np.int64], NDArray[np.bool_]]] = {}
        self._key: dict[int, NDArray[Any]] = {}
        self._written_columns = 0
        self._rows_since_key = self._entries_since_key = self._key_total = 0
        self._last_key_ns = -(1 << 62)
        self._alive: dict[str, Any] = {"signatures": np.zeros(0, np.int32), "ids": np.zeros(0, np.uint64), "names": []}

    def pack(self, tick: Tick, *, begins_segment: bool) -> bytes:
        """A tick's blocks; a segment begins with a keyframe."""
        if tick.arrivals:
            tick.entries = [entry for entry in map(partial(self._told, tick), tick.entries) if len(entry.tracks)]
        blocks: list[bytes] = self.key_blocks(tick) if begins_segment else []
        if len(self._schema.columns) > self._written_columns:
            blocks.append(self._schema_block(tick))
        if tick.arrivals:
            blocks.append(_block(BlockKind.TRACKS, tick, tick.arrivals.pack()))
        blocks.append(self._entries_block(BlockKind.TICK, tick, tick.entries))
        if tick.late:
            blocks.append(self._entries_block(BlockKind.LATE, tick, tick.late))
        if tick.events:
            text = json.dumps(tick.events, ensure_ascii=False).encode()
            blocks.append(_block(BlockKind.EVENTS, tick, text, rows=len(tick.events)))
        self.take_in(tick)
        if self._is_key_due(tick):
            blocks += self.key_blocks(tick)
        return b"".join(blocks)

    def _told(self, tick: Tick, entry: Entry) -> Entry:
        """An entry without those whose row only moved, because others went: of them nothing was told."""
        if entry.column.number not in self._state:
            return entry
        values, _, known = self._columns_of(entry.column, tick.total)
        same = known[entry.tracks] & (entry.times_ns == tick.known_ns)
        equal = np.asarray(values[..., entry.tracks] == entry.values)
        same &= equal.all(axis=0) if equal.ndim == 2 else equal
        if not same.any():
            return entry
        return Entry(entry.column, entry.tracks[~same], entry.times_ns[~same], entry.values[..., ~same])

    def _schema_block(self, tick: Tick) -> bytes:
        self._written_columns = len(self._schema.columns)
        return _block(BlockKind.SCHEMA, tick, json.dumps(self._schema.to_json()).encode())

    def _entries_block(self, kind: BlockKind, tick: Tick, entries: list[Entry]) -> bytes:
        is_sorted = kind != BlockKind.LATE
        parts = [
            pack_entry(part, total=tick.total, base_ns=tick.known_ns, key=self._key.get(part.column.number), is_sorted=is_sorted)
            for entry in entries
            for part in ([entry] if is_sorted else _in_parts(entry))
        ]
        rows = sum(len(entry.tracks) for entry in entries)
        earliest = min((int(entry.times_ns.min()) for entry in entries if len(entry.tracks)), default=tick.known_ns)
        self.rows += rows
        return _block(kind, tick, struct.pack("<Q", tick.total) + b"".join(parts), rows=rows, earliest_ns=earliest)

    def _is_key_due(self, tick: Tick) -> bool:
        rows, entries, age = self._limits
        return (
            self._rows_since_key > rows * max(tick.total, 1) * max(len(self._state), 1)
            or self._entries_since_key > entries
            or tick.known_ns - self._last_key_ns > age
            or tick.total > 2 * self._key_total + 64  # so many came that little of them is in the last one
        )

    def key_blocks(self, tick: Tick) -> list[bytes]:
        """Everything as it stands; what comes later is written against it."""
        signatures = self._alive["signatures"]
        alive = np.flatnonzero(signatures >= 0).astype(np.uint32)
        standing = Arrivals(
            alive, self._alive["ids"][alive], signatures[alive].astype(np.uint16), np.zeros(0, np.uint32), self._alive["names"]
        ).pack()
        parts = [struct.pack("<QQ", tick.total, len(standing)), standing]
        self._key = {}
        rows = 0
        for number, (values, times, known) in self._state.items():
            column, tracks = self._schema.columns[number], np.flatnonzero(known)
            entry = Entry(column, tracks, times[tracks], values[..., tracks])
            parts.append(pack_entry(entry, total=tick.total, base_ns=tick.known_ns, key=None))
            key = self._key[number] = column.empty(tick.total)  # as a reader's: zeros where nothing is known
            key[..., tracks] = values[..., tracks]
            rows += len(tracks)
        self._last_key_ns, self._key_total = tick.known_ns, len(signatures)
        self._rows_since_key = self._entries_since_key = 0
        return [self._schema_block(tick), _block(BlockKind.KEY, tick, b"".join(parts), rows=rows)]

    def take_in(self, tick: Tick) -> None:
        """Know what a tick brought without packing it."""
        arrivals = tick.arrivals
        if arrivals:
            signatures = _grown(self._alive["signatures"], tick.total, -1)
            ids = _grown(self._alive["ids"], tick.total, 0)
            signatures[arrivals.tracks] = arrivals.signatures
            ids[arrivals.tracks] = arrivals.stable_ids
            signatures[arrivals.gone] = -1
            self._alive = {"signatures": signatures, "ids": ids, "names": list(arrivals.names)}
            for _, _, known in self._state.values():
                known[arrivals.gone[arrivals.gone < len(known)]] = False
        self._entries_since_key += len(tick.entries)
        for entry in tick.entries:
            values, times, known = self._columns_of(entry.column, tick.total)
            values[..., entry.tracks] = entry.values
            times[entry.tracks] = entry.times_ns
            known[entry.tracks] = True
            self._rows_since_key += len(entry.tracks)

    def _columns_of(self, column: ColumnInfo, total: int) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.bool_]]:
        found = self._state.get(column.number)
        if found is None:
            found = (column.empty(0), np.zeros(0, np.int64), np.zeros(0, bool))
        if found[0].shape[-1] < total:
            room = max(total, found[0].shape[-1] * 3 // 2)
            values = column.empty(room)
            values[..., : found[0].shape[-1]] = found[0]
            found = (values, _grown(found[1], room, 0), _grown(found[2], room, False))
        self._state[column.number] = found
        return found


def _block(kind: BlockKind, tick: Tick, payload: bytes, *, rows: int = 0, earliest_ns: int | None = None) -> bytes:
    earliest = tick.known_ns if earliest_ns is None else earliest_ns
    return pack_block(kind, payload, known_ns=tick.known_ns, tick=tick.tick, earliest_ns=earliest, rows=rows)


def _in_parts(entry: Entry) -> Iterator[Entry]:
    """Late values, no more at once than a reader has room for."""
    for start in range(0, len(entry.tracks), _LATE_AT_ONCE):
        here = slice(start, start + _LATE_AT_ONCE)
        yield Entry(entry.column, entry.tracks[here], entry.times_ns[here], entry.values[..., here])


def _grown(array: NDArray[Any], count: int, fill: Any) -> NDArray[Any]:
    if len(array) >= count:
        return array
    grown = np.full(count, fill, array.dtype)
    grown[: len(array)] = array
    return grown
