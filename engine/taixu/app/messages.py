"""Messages between Taixu and its worker processes: pickles with a length before them, arrays beside them.

A frame is, little-endian: ``u32`` count of buffers, ``u64`` bytes of pickle, ``u64`` bytes of each buffer, then the
pickle and the buffers one after the other. Large arrays travel as buffers outside the pickle (protocol 5), so that each
side copies them once, through the pipe. Frames are trusted: both ends are Taixu.
"""

from __future__ import annotations

import pickle
import struct
from typing import Any, BinaryIO

__all__ = ["pack_message", "read_message", "write_message"]

_HEADER = struct.Struct("<IQ")


def pack_message(message: Any) -> list[memoryview]:
    """The parts of a frame, to be written in order.

    Raises
    ------
    pickle.PicklingError, TypeError, AttributeError
        When something in the message cannot be pickled; nothing was sent then.
    """
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    sizes = [view.nbytes for view in views]
    header = _HEADER.pack(len(views), len(body)) + struct.pack(f"<{len(sizes)}Q", *sizes)
    return [memoryview(header), memoryview(body), *views]


def write_message(stream: BinaryIO, parts: list[memoryview]) -> None:
    """Write a packed frame whole."""
    for part in parts:
        stream.write(part)
    stream.flush()


def read_message(stream: BinaryIO) -> Any:
    """Wait for a frame and unpack it; its arrays are writable.

    Raises
    ------
    EOFError
        When the other side has gone.
    """
    count, size = _HEADER.unpack(_read_exactly(stream, _HEADER.size))
    sizes = struct.unpack(f"<{count}Q", _read_exactly(stream, 8 * count))
    body = _read_exactly(stream, size)
    buffers = [_read_exactly(stream, n) for n in sizes]
    return pickle.loads(body, buffers=buffers)


def _read_exactly(stream: BinaryIO, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    done = 0
    while done < size:
        count = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError("the other side has gone")
        done += count
    return data
