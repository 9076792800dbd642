"""One entity's value out of an entry, without making columns of the others'.

Entries are packed whole, so they are unpacked whole; but of the byte planes only the few bytes of one place are looked at.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import decompress
from taixu.twin.memory.codecs import WIDTHS, Reader, quantised, restored, unplaned
from taixu.twin.memory.columns import ColumnInfo
from taixu.twin.memory.entries import STEPS, UNSORTED, WITH_KEY, PackedEntry, unpack_entry
from taixu.twin.memory.room import entry_room, parse_json

__all__ = ["values_of_track"]

Found = tuple[NDArray[np.int64], NDArray[Any]]


def values_of_track(
    packed: PackedEntry, column: ColumnInfo, track: int, *, total: int, base_ns: int, key: NDArray[Any] | None
) -> Found | None:
    """What an entry says of one track: times ``int64[n]`` and values ``[n]`` or ``[width, n]``; None where it says nothing.

    Parameters
    ----------
    key
        The keyframe's value of this track, ``[1]`` or ``[width, 1]``; None where it has none.

    Raises
    ------
    TaixuError
        When the entry is damaged.
    """
    if packed.flags & UNSORTED:  # late readings, several of one track among them
        entry = unpack_entry(packed, column, total=total, base_ns=base_ns, key=None)
        here = np.flatnonzero(entry.tracks == track)
        return (entry.times_ns[here], entry.values[..., here]) if len(here) else None
    reader = Reader(decompress(packed.data, most=entry_room(column, total=total, size=len(packed.data), is_sorted=True)))
    place, count = _place(reader, track, total)
    if place < 0:
        return None
    if reader.take(1) == b"\0":
        time_ns = base_ns + int(struct.unpack("<q", reader.take(8))[0])
    else:
        time_ns = base_ns + _signed(_plane_numbers(reader, count, [place])[0], 64)
    if abs(time_ns) >= 1 << 63:
        raise TaixuError("a block of a recording speaks of a time that there is not; it is damaged")
    return np.array([time_ns]), _values(reader, packed, column, place, count, key)


def _place(reader: Reader, track: int, total: int) -> tuple[int, int]:
    """Where among the rows a track is, -1 where it is not; and how many rows there are."""
    count, form = reader.number(), reader.take(1)[0]
    if count > total or form > 2 or (form == 0 and count != total):
        raise TaixuError("a block of a recording names rows that there are not; it is damaged")
    if form == 0:
        return (track if track < total else -1), count
    if form == 1:
        mask = np.frombuffer(reader.take((total + 7) // 8), np.uint8)
        if track >= total or not mask[track >> 3] >> (7 - (track & 7)) & 1:
            return -1, count
        place = int(np.count_nonzero(np.unpackbits(mask[: (track >> 3) + 1], count=track)))
        return (place if place < count else -1), count
    rows = np.cumsum(unplaned(reader, count).astype(np.int64) + 1) - 1
    place = int(np.searchsorted(rows, track))
    return (place if place < count and rows[place] == track else -1), count


def _values(
    reader: Reader, packed: PackedEntry, column: ColumnInfo, place: int, count: int, key: NDArray[Any] | None
) -> NDArray[Any]:
    if column.is_object:
        told = parse_json(reader.rest(), rows=count)
        if not isinstance(told, list) or len(told) != count:
            raise TaixuError("a block of a recording holds too many texts, or too few; it is damaged")
        texts = np.empty(1, object)
        texts[0] = told[place]
        return texts
    if packed.flags & WITH_KEY and key is None:
        raise TaixuError("a block of a recording lacks its keyframe; it is damaged")
    bits = 8 * column.numpy.itemsize
    places = [lane * count + place for lane in range(column.width)]
    whole = np.array(_plane_numbers(reader, column.width * count, places), np.uint64).reshape(column.shape(1))
    if packed.flags & STEPS:
        steps = np.array([_signed(each, bits) for each in whole.reshape(-1).tolist()], f"i{bits // 8}").reshape(whole.shape)
        step = 2 * column.error
        if packed.flags & WITH_KEY and key is not None:
            steps += quantised(key, step)
        return restored(steps, step, column.numpy)
    exact: NDArray[Any] = whole.astype(f"<u{bits // 8}")
    if packed.flags & WITH_KEY and key is not None:
        exact ^= np.ascontiguousarray(key).view(exact.dtype)
    return exact.view(column.numpy)


def _plane_numbers(reader: Reader, count: int, places: list[int]) -> list[int]:
    """Some of the numbers that `planes` wrote."""
    width = reader.take(1)[0]
    if width not in WIDTHS:
        raise TaixuError("a block of a recording has numbers of no known width; it is damaged")
    laid = reader.take(count * width)
    return [int.from_bytes(laid[place :: count][:width], "little") for place in places]


def _signed(code: int, bits: int) -> int:
    """What `zigzag` was given."""
    code &= (1 << bits) - 1
    return (code >> 1) ^ -(code & 1)
