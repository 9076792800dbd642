"""Packages as zips that are the same bytes wherever and whenever they are made.

Nothing is compressed: what `deflate` gives depends on the library, sources are small, and assets are compressed already. Files are
sorted, dated 1980-01-01, and readable by every unzip.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

__all__ = ["zip_bytes"]

_DATE = (0 << 9 | 1 << 5 | 1) << 16  # 1980-01-01 00:00, as MS-DOS keeps it: date in the upper half
_VERSION_NEEDED = 20
_MADE_BY = 3 << 8 | 20  # Unix, so that permissions are read
_MODE = 0o100644 << 16


def zip_bytes(contents: Mapping[str, bytes]) -> bytes:
    """A zip of files by name (ASCII), as PKWARE's APPNOTE.TXT 6.3 lays it out (4.3.7, 4.3.12, 4.3.16)."""
    parts: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for name in sorted(contents, key=str.encode):
        data, spelt = contents[name], name.encode("ascii")
        facts = struct.pack(
            "<HHHIIIIHH", _VERSION_NEEDED, 0, 0, _DATE, zlib.crc32(data), len(data), len(data), len(spelt), 0
        )  # fmt: skip
        header = b"PK\x03\x04" + facts + spelt
        directory.append(b"PK\x01\x02" + struct.pack("<H", _MADE_BY) + facts + struct.pack("<HHHII", 0, 0, 0, _MODE, at) + spelt)
        parts += [header, data]
        at += len(header) + len(data)
    whole = b"".join(directory)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(directory), len(directory), len(whole), at, 0)
    return b"".join([*parts, whole, end])
