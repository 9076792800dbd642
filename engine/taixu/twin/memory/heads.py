"""The heads of one segment's blocks as columns, and the file beside the segment that keeps them.

Nobody has to hop through a finished segment to know where its blocks lie: whoever writes it writes that down, too, in a file that
is mapped into memory. It is a convenience and is believed only as far as the segment bears it out: its length, a few heads at
their places, checksums of the columns. Where it is missing or wrong it is made again from the segment::

    0   4  b"TXI1"
    4   u32  CRC-32 of the rest of the head, and of the keyframes' numbers
    8   u64  bytes of the segment
    16  u64  where its last finished block ends
    24  u64  blocks
    32  u64  keyframes
    40  u64  values in ticks
    48  i64  known time of the first block
    56  i64  known time of the last block
    64  u32  CRC-32 of a few heads of the segment
    68  u32  CRC-32 of the columns
    72  u32 of each keyframe: its number, and zeros up to a multiple of 8
        then columns: i64 offset, i64 known, i64 earliest, u8 kind
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu.twin.memory.blocks import HEAD_BYTES, BlockKind, hop_heads, read_head

__all__ = ["INDEX_SUFFIX", "HeadColumns", "IndexFile", "index_path", "write_index"]

INDEX_SUFFIX = ".taixuindex"
"""Of files that say where a segment's blocks lie."""
_MAGIC = b"TXI1"
_HEAD = struct.Struct("<4sIQQQQQqqII")
_ROW_BYTES = 25
_LOOKED_AT = 4
_WITH_VALUES = (BlockKind.TICK, BlockKind.LATE)
_LARGEST_KIND = 255


def index_path(segment: Path) -> Path:
    """The file that says where a segment's blocks lie."""
    return segment.with_suffix(INDEX_SUFFIX)


class HeadColumns:
    """Heads of a segment's blocks as columns, which grow.

    Attributes
    ----------
    offsets, known, earliest, kinds
        By block: where it lies, when it was written (never going back), the earliest time that it is about, and what it is.
    rows
        Values in ticks, all together.
    """

    def __init__(self) -> None:
        self.offsets: NDArray[np.int64] = np.empty(0, np.int64)
        self.known: NDArray[np.int64] = np.empty(0, np.int64)
        self.earliest: NDArray[np.int64] = np.empty(0, np.int64)
        self.kinds: NDArray[np.uint8] = np.empty(0, np.uint8)
        self.rows = 0
        self._room: list[NDArray[Any]] = [self.offsets, self.known, self.earliest, self.kinds]

    def __len__(self) -> int:
        return len(self.offsets)

    def hop(self, view: Any, at: int, *, base: int = 0) -> int:
        """Take in the heads that lie in memory from a place on; gives where they end.

        Parameters
        ----------
        base
            Where in the segment that memory begins.
        """
        for offsets, heads in hop_heads(view, at):
            self._append(offsets + base, heads)
            at = int(offsets[-1]) + HEAD_BYTES + int(heads["size"][-1]) if len(offsets) else at
        return at

    def drop_last(self, rows: int) -> int:
        """Forget the last block, in which there were so many values; gives where it began."""
        at = int(self.offsets[-1])
        self.rows -= rows if int(self.kinds[-1]) in _WITH_VALUES else 0
        self._expose(len(self) - 1)
        return at

    @property
    def keys(self) -> NDArray[np.intp]:
        """Numbers of keyframes."""
        return np.flatnonzero(self.kinds == BlockKind.KEY)

    def _append(self, offsets: NDArray[np.int64], heads: NDArray[Any]) -> None:
        have, total = len(self), len(self) + len(offsets)
        if total > len(self._room[0]):
            grown = max(total, have * 3 // 2, 256)
            for place, column in enumerate(self._room):
                self._room[place] = np.zeros(grown, column.dtype)
                self._room[place][:have] = column[:have]
        kinds = np.minimum(heads["kind"], _LARGEST_KIND)
        for column, values in zip(self._room, (offsets, heads["known"], heads["earliest"], kinds)):
            column[have:total] = values
        known = self._room[1][max(have - 1, 0) : total]
        np.maximum.accumulate(known, out=known)  # whatever a clock did: what is written later is known later
        self.rows += int(heads["rows"][np.isin(kinds, _WITH_VALUES)].astype(object).sum())
        self._expose(total)

    def _expose(self, count: int) -> None:
        self.offsets, self.known, self.earliest, self.kinds = (column[:count] for column in self._room)

    def save(self, segment: Path, *, end: int, size: int, view: Any) -> None:
        """Write them down beside their segment, of which all is there. Where that cannot be, readers hop."""
        if not len(self):
            return
        columns = [np.ascontiguousarray(each).tobytes() for each in (self.offsets, self.known, self.earliest, self.kinds)]
        keys = _padded(self.keys)
        check = 0
        for column in columns:
            check = crc32(column, check)
        head = _HEAD.pack(
            _MAGIC, 0, size, end, len(self), len(self.keys), self.rows, int(self.known[0]), int(self.known[-1]),
            _looked_at(view, self.offsets), check,
        )  # fmt: skip
        head = head[:4] + struct.pack("<I", crc32(keys, crc32(head[8:]))) + head[8:]
        with suppress(TaixuError):
            write_atomic(index_path(segment), b"".join([head, keys, *columns]))


@dataclass(frozen=True, slots=True)
class IndexFile:
    """What the file beside a segment says; its columns stay there until somebody asks.

    Attributes
    ----------
    end
        Where the segment's last finished block ends.
    span_ns
        Known times of the first and the last block.
    check
        A checksum of the columns.
    """

    segment: Path
    count: int
    end: int
    rows: int
    span_ns: tuple[int, int]
    keys: NDArray[np.intp]
    check: int

    @classmethod
    def open(cls, segment: Path, *, size: int, view: Any) -> IndexFile | None:
        """The file beside a segment, if it is there and the segment bears it out.

        Parameters
        ----------
        size, view
            Of the segment: its length, and its bytes.
        """
        data = _mapped(segment)
        if data is None or len(data) < _HEAD.size:
            return None
        magic, check, said, end, count, keys, rows, first, last, looked_at, columns = _HEAD.unpack_from(data)
        at = _columns_at(keys)
        if magic != _MAGIC or said != size or not 0 < end <= size or not count or len(data) != at + _ROW_BYTES * count:
            return None
        if crc32(data[_HEAD.size : at], crc32(data[8 : _HEAD.size])) != check or first > last:
            return None
        numbers = np.frombuffer(data, "<u4", keys, _HEAD.size).astype(np.intp)
        if keys and (int(numbers[-1]) >= count or bool((np.diff(numbers) <= 0).any())):
            return None
        if _looked_at(view, np.frombuffer(data, "<i8", count, at)) != looked_at:
            return None
        return cls(segment, count, end, rows, (first, last), numbers, columns)

    def columns(self) -> HeadColumns | None:
        """All of it, as it lies in the file; None where that is damaged, or is not what it was."""
        data, at = _mapped(self.segment), _columns_at(len(self.keys))
        if data is None or len(data) != at + _ROW_BYTES * self.count or crc32(memoryview(data)[at:]) != self.check:
            return None
        found = HeadColumns()
        found.offsets, found.known, found.earliest = (
            np.frombuffer(data, "<i8", self.count, at + 8 * place * self.count) for place in range(3)
        )
        found.kinds = np.frombuffer(data, np.uint8, self.count, at + 24 * self.count)
        found.rows = self.rows
        right = int(found.offsets[0]) >= 0 and int(np.diff(found.offsets, append=self.end).min()) >= HEAD_BYTES
        span_ns = int(found.known[0]), int(found.known[-1])
        right = right and span_ns == self.span_ns and bool((np.diff(found.known) >= 0).all())
        return found if right and np.array_equal(found.keys, self.keys) else None


def write_index(segment: Path, columns: HeadColumns | None = None) -> None:
    """Write the file beside a finished segment, with the heads that whoever wrote it has seen, or by hopping through it."""
    with suppress(OSError, ValueError), segment.open("rb") as file:
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if columns is None:
            columns = HeadColumns()
            columns.hop(view, 0)
        last = read_head(view, int(columns.offsets[-1])) if len(columns) else None
        columns.save(segment, end=last.end if last is not None else 0, size=len(view), view=view)


def _mapped(segment: Path) -> Any:
    try:
        with index_path(segment).open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # there is none, or nothing in it
        return None


def _columns_at(keys: int) -> int:
    return _HEAD.size + 4 * (keys + keys % 2)


def _padded(keys: NDArray[np.intp]) -> bytes:
    return keys.astype("<u4").tobytes() + bytes(4 * (len(keys) % 2))


def _looked_at(view: Any, offsets: Sequence[int] | NDArray[np.int64]) -> int:
    """A checksum of a few heads at their places: each holds the checksum of its payload."""
    found = 0
    for number in np.unique(np.linspace(0, len(offsets) - 1, _LOOKED_AT).astype(int)).tolist():
        at = int(offsets[number])
        if not 0 <= at <= len(view) - HEAD_BYTES:
            return -1
        found = crc32(view[at : at + HEAD_BYTES], found)
    return found
