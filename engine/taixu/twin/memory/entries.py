"""Entries of a block: the values of one column at some tracks, with the times that they are of.

A track is an entity's number in a recording, given once and never to another. An entry is::

    u16 column, u8 flags, u8 0, u32 size, then size bytes (zstd): rows, times, values

so who looks for some columns skips the others without unpacking them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import compress, decompress
from taixu.twin.memory.codecs import (
    Reader,
    decode_numbers,
    decode_rows,
    decode_steps,
    encode_numbers,
    encode_rows,
    encode_steps,
    quantised,
    restored,
    unzigzag,
    zigzag,
)
from taixu.twin.memory.codecs import planes as write_planes
from taixu.twin.memory.codecs import unplaned as read_planes
from taixu.twin.memory.columns import ColumnInfo
from taixu.twin.memory.room import entry_room, parse_json

__all__ = ["STEPS", "UNSORTED", "WITH_KEY", "Entry", "PackedEntry", "pack_entry", "packed_entries", "unpack_entry"]

_HEAD = struct.Struct("<HBBI")
_ALL_ROWS = 1
WITH_KEY = 2
UNSORTED = 4
STEPS = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """Values of a column.

    Attributes
    ----------
    tracks
        ``[n]``; sorted and each once, but in the history of late readings.
    times_ns
        ``int64[n]``: when it was so.
    values
        ``[n]`` or ``[width, n]``.
    """

    column: ColumnInfo
    tracks: NDArray[np.intp]
    times_ns: NDArray[np.int64]
    values: NDArray[Any]


@dataclass(frozen=True, slots=True)
class PackedEntry:
    """An entry that was not unpacked yet."""

    column: int
    covers_all: bool
    flags: int
    data: memoryview


def pack_entry(entry: Entry, *, total: int, base_ns: int, key: NDArray[Any] | None, is_sorted: bool = True) -> bytes:
    """The bytes of an entry.

    Parameters
    ----------
    total
        Tracks that there are.
    base_ns
        The block's time: what most rows are of.
    key
        The keyframe's values of all its tracks, ``[..., m]``; what came later has none.
    """
    column, tracks = entry.column, entry.tracks
    flags = UNSORTED if not is_sorted else _ALL_ROWS if len(tracks) == total else 0
    if is_sorted:
        parts = [encode_rows(tracks.astype(np.uint32), total)]
    else:
        parts = [struct.pack("<Q", len(tracks)), write_planes(tracks.astype(np.uint64))]
    parts.append(_pack_times(entry.times_ns, base_ns))
    in_steps = _fits_steps(column, entry.values)
    before = None
    if key is not None and is_sorted and not column.is_object and len(tracks) and int(tracks[-1]) < key.shape[-1]:
        before = key if len(tracks) == key.shape[-1] else key[..., tracks]
        if bool(column.error) != in_steps or (in_steps and not _fits_steps(column, before)):
            before = None  # a reader's keyframe of a quantised column has other bits
    if in_steps:
        flags |= STEPS
    if before is not None:
        flags |= WITH_KEY
    parts.append(_pack_values(column, entry.values, before, in_steps=in_steps))
    body = compress(b"".join(parts))
    return _HEAD.pack(column.number, flags, 0, len(body)) + body


def packed_entries(payload: bytes | memoryview) -> Iterator[PackedEntry]:
    """The entries of a block, in order.

    Raises
    ------
    TaixuError
        When the block is damaged.
    """
    view, at = memoryview(payload), 0
    while at < len(view):
        if at + _HEAD.size > len(view):
            raise TaixuError("a block of a recording ends within an entry; it is damaged")
        column, flags, _, size = _HEAD.unpack_from(view, at)
        at += _HEAD.size
        if size > len(view) - at:
            raise TaixuError("a block of a recording ends within an entry; it is damaged")
        yield PackedEntry(column, bool(flags & _ALL_ROWS), flags, view[at : at + size])
        at += size


def unpack_entry(packed: PackedEntry, column: ColumnInfo, *, total: int, base_ns: int, key: NDArray[Any] | None) -> Entry:
    """What `pack_entry` was given, quantised columns within their error.

    Raises
    ------
    TaixuError
        When the entry is damaged.
    """
    is_sorted = not packed.flags & UNSORTED
    reader = Reader(decompress(packed.data, most=entry_room(column, total=total, size=len(packed.data), is_sorted=is_sorted)))
    if not is_sorted:
        count = reader.number()
        tracks = read_planes(reader, count).astype(np.intp)
        if count and int(tracks.max()) >= total:
            raise TaixuError("a block of a recording names rows that there are not; it is damaged")
    else:
        tracks = decode_rows(reader, total)
    times = _unpack_times(reader, len(tracks), base_ns)
    before = None
    if packed.flags & WITH_KEY:
        if key is None or (len(tracks) and int(tracks[-1]) >= key.shape[-1]):
            raise TaixuError("a block of a recording lacks its keyframe; it is damaged")
        before = key if len(tracks) == key.shape[-1] else key[..., tracks]
    return Entry(column, tracks, times, _unpack_values(reader, column, len(tracks), before, in_steps=bool(packed.flags & STEPS)))


def _pack_times(times: NDArray[np.int64], base_ns: int) -> bytes:
    later = times - base_ns
    if not len(later) or not (later != later[0]).any():  # most ticks are of one moment
        return struct.pack("<Bq", 0, int(later[0]) if len(later) else 0)
    return b"\1" + write_planes(zigzag(later))


def _unpack_times(reader: Reader, count: int, base_ns: int) -> NDArray[np.int64]:
    if reader.take(1) == b"\0":
        return np.full(count, base_ns + struct.unpack("<q", reader.take(8))[0], np.int64)
    return unzigzag(read_planes(reader, count), np.dtype(np.int64)) + base_ns


def _fits_steps(column: ColumnInfo, values: NDArray[Any]) -> bool:
    """Whether values of a quantised column survive it: what is too large for such small steps is kept exactly."""
    if not column.error or not values.size:
        return False
    largest = float(np.abs(values).max())  # NaN compares false
    return largest < column.error * 2.0 ** (20 if column.dtype == "f4" else 48)


def _pack_values(column: ColumnInfo, values: NDArray[Any], key: NDArray[Any] | None, *, in_steps: bool) -> bytes:
    if column.is_object:
        return json.dumps(values.tolist(), ensure_ascii=False, separators=(",", ":")).encode()
    if in_steps:
        step = 2 * column.error
        return encode_steps(quantised(values, step), None if key is None else quantised(key, step))
    return encode_numbers(values, key)


def _unpack_values(
    reader: Reader, column: ColumnInfo, count: int, key: NDArray[Any] | None, *, in_steps: bool
) -> NDArray[Any]:
    if column.is_object:
        found = parse_json(reader.rest(), rows=count)
        if not isinstance(found, list) or len(found) != count:
            raise TaixuError("a block of a recording holds too many texts, or too few; it is damaged")
        values = np.empty(count, object)
        values[:] = found
        return values
    shape = column.shape(count)
    if in_steps:
        step = 2 * column.error
        kind = np.dtype(f"i{column.numpy.itemsize}")
        return restored(decode_steps(reader, shape, kind, None if key is None else quantised(key, step)), step, column.numpy)
    return decode_numbers(reader, column.numpy, shape, key)
