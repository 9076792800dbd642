"""Segments of blocks: files that are only ever appended to, and that are whole up to wherever a kill struck.

A block is a head of 48 bytes and a payload::

    0   4  b"TXL1"
    4   u16  kind
    6   u16  flags: 1 = the payload is zstd's
    8   u32  bytes of the payload as it lies here
    12  u32  CRC-32 of the head's other 44 bytes and the payload
    16  i64  known: when this was written, nanoseconds since 1970
    24  i64  tick of the world
    32  i64  the earliest time that anything in it is about
    40  u64  rows in it

Readers hop from head to head; what does not check is where the file ends.
"""

from __future__ import annotations

import os
import struct
import threading
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError
from taixu.twin.memory.room import packed_room

__all__ = [
    "HEAD_BYTES", "HEAD_DTYPE", "BlockHead", "BlockKind", "SegmentFile", "compress", "decompress", "end_of_blocks", "hop_heads",
    "pack_block", "peek_payload", "read_head", "read_payload", "scan_blocks",
]  # fmt: skip

MAGIC = b"TXL1"
_HEAD = struct.Struct("<4sHHIIqqqQ")
_FRONT = struct.Struct("<4sHHI")
HEAD_BYTES = _HEAD.size
HEAD_DTYPE = np.dtype([
    ("magic", "S4"), ("kind", "<u2"), ("flags", "<u2"), ("size", "<u4"), ("check", "<u4"), ("known", "<i8"), ("tick", "<i8"),
    ("earliest", "<i8"), ("rows", "<u8"),
])  # fmt: skip
"""A head, as numpy sees it."""
_HEADS_AT_ONCE = 8192
_PIECE = 1 << 20
_MAX_PAYLOAD = 1 << 30
_MAX_ROWS = 1 << 48
_COMPRESSED = 1
_ready = threading.local()
"""What unpacks, one a thread: making one costs more than a small entry."""


class BlockKind(IntEnum):
    """What a block holds."""

    SCHEMA = 1
    """JSON: columns by number."""
    TRACKS = 2
    """Entities that have come or gone, and what they were made of."""
    KEY = 3
    """All recorded columns as they stand."""
    TICK = 4
    """What changed since the last tick."""
    LATE = 5
    """Readings that came after newer ones."""
    EVENTS = 6
    """JSON: alarms, commands, notes."""
    THINNED = 7
    """JSON: first in a segment of which not all is left, how often a value is."""


@dataclass(frozen=True, slots=True)
class BlockHead:
    """Where a block lies and what it is about."""

    offset: int
    kind: int
    size: int
    known_ns: int
    tick: int
    earliest_ns: int
    rows: int
    is_compressed: bool

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.offset + _HEAD.size + self.size


def compress(data: bytes) -> bytes:
    """By zstd, fast."""
    packed: bytes = _zstd().ZstdCompressor(level=1, write_checksum=False).compress(data)
    return packed


def decompress(data: bytes | memoryview, *, most: int) -> bytes:
    """What was compressed.

    Parameters
    ----------
    most
        Bytes that it may become.

    Raises
    ------
    TaixuError
        When it is damaged, or becomes too large.
    """
    zstd = _zstd()
    decompressor = getattr(_ready, "decompressor", None)
    if decompressor is None:
        decompressor = _ready.decompressor = zstd.ZstdDecompressor()
    try:
        size = zstd.frame_content_size(bytes(data[:32]))
        if not 0 <= size <= most:
            raise TaixuError("a block of a recording claims to be larger than it can be; it is damaged")
        plain: bytes = decompressor.decompress(data, max_output_size=size)
        return plain
    except zstd.ZstdError:
        raise TaixuError("a block of a recording cannot be unpacked; it is damaged") from None


def _zstd() -> Any:
    try:
        import zstandard
    except ImportError:
        raise MachineError('recordings need zstandard; pip install "taixu[twin]" brings it') from None
    return zstandard


def pack_block(kind: int, payload: bytes, *, known_ns: int, tick: int, earliest_ns: int, rows: int) -> bytes:
    """A block's bytes; payloads of entries are packed already, others shrink here."""
    is_packed = kind in (BlockKind.KEY, BlockKind.TICK, BlockKind.LATE) or len(payload) < 64
    body = payload if is_packed else compress(payload)
    head = _HEAD.pack(MAGIC, kind, 0 if is_packed else _COMPRESSED, len(body), 0, known_ns, tick, earliest_ns, rows)
    check = crc32(body, crc32(head[16:], crc32(head[:12])))
    return head[:12] + struct.pack("<I", check) + head[16:] + body


class SegmentFile:
    """A segment that is being written. What stood behind the last whole block is cut off."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self.size = end_of_blocks(path)
        os.ftruncate(self._file, self.size)

    def write(self, data: bytes) -> None:
        """Append blocks; they outlive this process from now on.

        Raises
        ------
        TaixuError
            When they cannot be written whole. What was written of them is left where it is, for readers may look at it through
            memory, which must not end before they do; who tries again writes the same bytes over it.
        """
        written = 0
        try:
            while written < len(data):
                written += os.pwrite(self._file, data[written:], self.size + written)
        except OSError as error:
            raise TaixuError(f"{self.path}: cannot be written ({error.strerror}); make room, recording goes on then") from error
        self.size += len(data)

    def sync(self) -> None:
        """Wait until the disk has it, for those who fear for the power rather than the process."""
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def scan_blocks(path: Path, *, check: bool = True) -> Iterator[BlockHead]:
    """The heads of a segment's whole blocks, in order.

    Parameters
    ----------
    check
        Read payloads, too, and end at the first that is damaged.
    """
    with path.open("rb") as file:
        total = os.fstat(file.fileno()).st_size
        at = 0
        while at + _HEAD.size <= total:
            file.seek(at)
            data = file.read(_HEAD.size)
            head = read_head(data, 0)
            if head is None or at + head.end > total or (check and not _is_whole(file, data, head.size)):
                break
            yield replace(head, offset=at)
            at += head.end


def _is_whole(file: BinaryIO, head: bytes, size: int) -> bool:
    """Whether what follows in a file is the payload that a head speaks of; read in pieces, as it may be any size."""
    found = crc32(head[16:], crc32(head[:12]))
    while size > 0:
        piece = file.read(min(size, _PIECE))
        if not piece:
            return False
        found, size = crc32(piece, found), size - len(piece)
    return found == int(struct.unpack_from("<I", head, 12)[0])


def end_of_blocks(path: Path) -> int:
    """Where a segment's last whole block ends."""
    return max((head.end for head in scan_blocks(path)), default=0)


def hop_heads(view: Any, at: int) -> Iterator[tuple[NDArray[np.int64], NDArray[Any]]]:
    """From head to head of a segment that is mapped into memory, as far as they are some: where they lie, and heads as rows of
    `HEAD_DTYPE`, some thousands at once."""
    total, whole = len(view), np.frombuffer(view, np.uint8)
    while True:
        places = array("q")
        while at + HEAD_BYTES <= total and len(places) < _HEADS_AT_ONCE:
            magic, _, _, size = _FRONT.unpack_from(view, at)
            if magic != MAGIC or size > _MAX_PAYLOAD or at + HEAD_BYTES + size > total:
                break
            places.append(at)
            at += HEAD_BYTES + size
        if not places:
            return
        offsets = np.array(places, np.int64)
        heads = whole[offsets[:, None] + np.arange(HEAD_BYTES)].view(HEAD_DTYPE)[:, 0]
        wrong = np.flatnonzero(heads["rows"] > _MAX_ROWS)
        if len(wrong):
            yield offsets[: wrong[0]], heads[: wrong[0]]
            return
        yield offsets, heads


def read_head(view: Any, at: int) -> BlockHead | None:
    """The head at a place of a segment that is mapped into memory; None where there is none."""
    magic, kind, flags, size, _, known_ns, tick, earliest_ns, rows = _HEAD.unpack_from(view, at)
    if magic != MAGIC or size > _MAX_PAYLOAD or rows > _MAX_ROWS:
        return None
    return BlockHead(at, kind, size, known_ns, tick, earliest_ns, rows, bool(flags & _COMPRESSED))


def peek_payload(view: Any, head: BlockHead) -> memoryview:
    """The payload of a block as it lies there, unchecked: for who only looks whether there is anything for him in it."""
    return memoryview(view)[head.end - head.size : head.end]


def read_payload(view: Any, head: BlockHead) -> bytes:
    """The payload of a block of a segment that is mapped into memory (or any buffer).

    Raises
    ------
    TaixuError
        When it is damaged.
    """
    start = head.offset
    whole = memoryview(view)[start : head.end]
    checksum = struct.unpack_from("<I", whole, 12)[0]
    body = whole[_HEAD.size :]
    if len(body) < head.size or crc32(body, crc32(whole[16 : _HEAD.size], crc32(whole[:12]))) != checksum:
        raise TaixuError(f"a recording is damaged {start:,} bytes into a segment")
    return decompress(body, most=packed_room(len(body))) if head.is_compressed else bytes(body)
