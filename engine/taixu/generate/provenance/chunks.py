"""The envelopes that carry records, taken apart and put together: chunks of PNG, segments of JPEG, chunks of RIFF and of GLB.

Each `split_...` checks every length against the file; what is damaged is refused, for a record must not make it worse.
"""

from __future__ import annotations

import struct
import zlib

from taixu.errors import TaixuError

__all__ = ["join_glb", "join_jpeg", "join_png", "join_riff", "split_glb", "split_jpeg", "split_png", "split_riff"]

Chunk = tuple[bytes, bytes]
"""Its name, and its body."""

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST = 100_000


def split_png(data: bytes) -> list[Chunk]:
    """Chunks of a PNG (ISO 15948, 5.3)."""
    found: list[Chunk] = []
    at = len(_PNG)
    while data[:at].startswith(_PNG) and at + 12 <= len(data) and len(found) < _MOST:
        size, name = struct.unpack_from(">I4s", data, at)
        if at + 12 + size > len(data):
            break
        found.append((name, data[at + 8 : at + 8 + size]))
        at += 12 + size
        if name == b"IEND":
            return found
    raise TaixuError("is no PNG, or it is cut off")


def join_png(chunks: list[Chunk]) -> bytes:
    """A PNG of chunks."""
    parts = [_PNG]
    for name, body in chunks:
        parts += [struct.pack(">I", len(body)), name, body, struct.pack(">I", zlib.crc32(body, zlib.crc32(name)))]
    return b"".join(parts)


def split_jpeg(data: bytes) -> list[Chunk]:
    """Segments of a JPEG before the first scan (ITU T.81, B.1.1), named by their markers; the rest is the last one's body."""
    found: list[Chunk] = []
    at = 2
    while data[:2] == b"\xff\xd8" and at + 4 <= len(data) and len(found) < _MOST:
        marker, (size,) = data[at : at + 2], struct.unpack_from(">H", data, at + 2)
        if marker[0] != 0xFF or size < 2 or at + 2 + size > len(data):
            break
        if marker == b"\xff\xda":
            return [*found, (marker, data[at + 2 :])]
        found.append((marker, data[at + 4 : at + 2 + size]))
        at += 2 + size
    raise TaixuError("is no JPEG, or it is cut off")


def join_jpeg(segments: list[Chunk]) -> bytes:
    """A JPEG of segments."""
    parts = [b"\xff\xd8"]
    for marker, body in segments[:-1]:
        parts += [marker, struct.pack(">H", len(body) + 2), body]
    return b"".join([*parts, *segments[-1]])


def split_riff(data: bytes) -> list[Chunk]:
    """Chunks of a WAV."""
    found: list[Chunk] = []
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise TaixuError("is no WAV")
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end and len(found) < _MOST:
        name, size = struct.unpack_from("<4sI", data, at)
        if at + 8 + size > len(data):
            raise TaixuError("is a WAV that is cut off")
        found.append((name, data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def join_riff(chunks: list[Chunk]) -> bytes:
    """A WAV of chunks."""
    parts = [b"WAVE"]
    for name, body in chunks:
        parts += [name, struct.pack("<I", len(body)), body, bytes(len(body) % 2)]
    whole = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def split_glb(data: bytes) -> list[Chunk]:
    """Chunks of a GLB (glTF 2.0, 4.4.3)."""
    found: list[Chunk] = []
    if data[:4] != b"glTF" or len(data) < 20 or int.from_bytes(data[4:8], "little") != 2:
        raise TaixuError("is no GLB of version 2")
    at = 12
    while at + 8 <= len(data) and len(found) < _MOST:
        size, name = struct.unpack_from("<I4s", data, at)
        if at + 8 + size > len(data):
            raise TaixuError("is a GLB that is cut off")
        found.append((name, data[at + 8 : at + 8 + size]))
        at += 8 + size
    if not found or found[0][0] != b"JSON":
        raise TaixuError("is a GLB without JSON")
    return found


def join_glb(chunks: list[Chunk]) -> bytes:
    """A GLB of chunks."""
    parts = []
    for name, body in chunks:
        padded = body + (b" " if name == b"JSON" else b"\0") * (-len(body) % 4)
        parts += [struct.pack("<I4s", len(padded), name), padded]
    whole = b"".join(parts)
    return b"glTF" + struct.pack("<II", 2, 12 + len(whole)) + whole
