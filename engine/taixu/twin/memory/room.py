"""How much memory a recording may ask for: what its entities need, and some.

A few bytes of a file may claim any size, and what is packed well may unpack to anything. So nothing is reserved or unpacked before
its size was compared with what stands in the recording: entities that it really lists, bytes that it really has.
"""

from __future__ import annotations

import json
from typing import Any

from taixu.errors import TaixuError
from taixu.twin.memory.columns import ColumnInfo

__all__ = ["SPARE_BYTES", "admit_tracks", "entry_room", "json_bytes", "late_room", "packed_room", "parse_json", "row_bytes"]

SPARE_BYTES = 128 << 20
"""What is given to any recording without a question."""
_UNPACKED = 64
"""How many times larger than what is packed the rest may become."""
_SPARE_PLAIN = 32 << 20
_LISTED = 4
"""Tracks of who went are there for a while: so many times those of who is there."""
_OF_ROW = 17
"""A row's number and time, and whether it has a value."""
_OF_TEXT = 256
_OF_LIST, _OF_SIGN, _OF_ITEM = 72, 30, 8
"""What Python needs for a list or an object, half a text, one more thing in a list."""


def packed_room(size: int) -> int:
    """How large so many packed bytes may become where nothing more is known of them."""
    return _SPARE_PLAIN + _UNPACKED * size


def row_bytes(column: ColumnInfo) -> int:
    """What a value takes in memory."""
    return _OF_ROW + column.width * column.numpy.itemsize


def entry_room(column: ColumnInfo, *, total: int, size: int, is_sorted: bool) -> int:
    """How large an entry of so many packed bytes may become, where there are so many tracks."""
    if not is_sorted:
        return packed_room(size)
    if column.is_object:
        return packed_room(size) + _UNPACKED * total
    return 64 + total * (row_bytes(column) + 8)


def late_room(size: int) -> int:
    """What all late values of a block of so many bytes may take."""
    return 2 * SPARE_BYTES + _UNPACKED * size


def admit_tracks(total: int, *, listed: int, a_track: int) -> None:
    """Refuse more tracks than the entities that are listed account for.

    Parameters
    ----------
    a_track
        Bytes that each would take.

    Raises
    ------
    TaixuError
        When there are too many.
    """
    if (total - _LISTED * listed) * a_track > SPARE_BYTES:
        raise TaixuError("a recording claims more entities than it lists; it is damaged")


def json_bytes(data: bytes) -> int:
    """What JSON about takes in memory."""
    lists = data.count(b"[") + data.count(b"{")
    return len(data) + _OF_ITEM * data.count(b",") + _OF_SIGN * data.count(b'"') + _OF_LIST * lists


def parse_json(data: bytes, *, rows: int = 0) -> Any:
    """JSON that does not become much larger than it looks.

    Parameters
    ----------
    rows
        Values that it is expected to hold.

    Raises
    ------
    TaixuError
        When it is none, or would become too large.
    """
    if json_bytes(data) > SPARE_BYTES + _OF_TEXT * rows:
        raise TaixuError("a recording holds a text that becomes larger than any should; it is damaged")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise TaixuError("a recording holds no JSON where it should; it is damaged") from None
