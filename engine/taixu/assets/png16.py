"""PNG with 16 bits a channel, which Pillow writes for grey pictures only (PNG specification, third edition)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["encode_png16"]

_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # channels to the colour type of section 11.2.1


def encode_png16(pixels: NDArray[np.uint16], text: Mapping[str, str], *, level: int = 6) -> bytes:
    """Encode a picture, uint16 [h, w, c] with 1 to 4 channels, and its text as ``iTXt`` chunks; `level` is zlib's."""
    height, width, channels = pixels.shape
    rows = pixels.astype(">u2").view(np.uint8).reshape(height, width * channels * 2)
    filtered = np.empty((height, 1 + rows.shape[1]), np.uint8)
    filtered[:, 0] = 2  # "up": each byte less the one above
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    header = struct.pack(">IIBBBBB", width, height, 16, _COLOR_TYPES[channels], 0, 0, 0)
    chunks = [_chunk(b"IHDR", header)]
    for key, value in text.items():
        keyword = key.encode("latin-1", "replace")[:79]
        chunks.append(_chunk(b"iTXt", keyword + b"\0\0\0\0\0" + value.encode()))
    chunks.append(_chunk(b"IDAT", zlib.compress(filtered.data, level)))
    chunks.append(_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
