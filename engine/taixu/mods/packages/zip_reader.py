"""Reads zips from strangers: every byte of the file belongs to one entry, and both of its headers say the same.

Zip readers disagree on files that are not well made: which of two directories counts, which of two names, what lies before and
after. So nothing is guessed here. A file that is not laid out exactly as a plain packer does it is refused, and nothing is
unpacked to a disk: contents are given as bytes by name.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from taixu.errors import TaixuError
from taixu.mods.packages.files import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, name_doubt, names_doubt

__all__ = ["MAX_ZIP_BYTES", "unzip_bytes"]

MAX_ZIP_BYTES = MAX_TOTAL_BYTES + (1 << 20)
_MAX_RATIO = 200
"""Deflate reaches 1,032 on zeros; texts reach 20."""
_END = struct.Struct("<4sHHHHIIH")
_ENTRY = struct.Struct("<4sHHHHIIIIHHHHHII")
_LOCAL = struct.Struct("<4sHHHIIIIHH")
_UTF8 = 0x800
_STORED, _DEFLATED = 0, 8
_MADE_BY_UNIX = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    facts: tuple[int, ...]
    """Version, flags, method, date, CRC, packed size, size, letters of the name, bytes of extras: as both headers have them."""
    at: int


def unzip_bytes(data: bytes, *, file: str) -> dict[str, bytes]:
    """The files of a zip by name.

    Raises
    ------
    TaixuError
        When it is no zip, or none that a plain packer makes; the sentence begins with `file`.
    """
    try:
        return _unzip(memoryview(data))
    except TaixuError as error:
        raise TaixuError(f"{file}: {error}; `taixu mod pack` makes packages") from None


def _unzip(data: memoryview) -> dict[str, bytes]:
    if len(data) > MAX_ZIP_BYTES:
        raise TaixuError(f"{len(data) >> 20} MB are too many for a package")
    entries, directory_at = _directory(data)
    doubt = next(filter(None, (name_doubt(entry.name) for entry in entries)), "")
    if not doubt and len({entry.name for entry in entries}) != len(entries):
        doubt = "names a file twice"
    doubt = doubt or names_doubt(entry.name for entry in entries)
    if doubt:
        raise TaixuError(doubt)
    if sum(entry.facts[6] for entry in entries) > MAX_TOTAL_BYTES:
        raise TaixuError(f"unpacked it has more than {MAX_TOTAL_BYTES >> 20} MB")
    found: dict[str, bytes] = {}
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.at):
        if entry.at != at:
            what = "overlaps another entry" if entry.at < at else "has bytes before it that belong to nothing"
            raise TaixuError(f"{entry.name}: {what}")
        start, at = _extent(data, entry, directory_at)
        found[entry.name] = _contents(data[start:at], entry)
    if at != directory_at:
        raise TaixuError("there are bytes before its directory that belong to nothing")
    return dict(sorted(found.items()))


def _directory(data: memoryview) -> tuple[list[_Entry], int]:
    """The entries of the central directory and where it begins."""
    if len(data) < _END.size or bytes(data[-_END.size :][:4]) != b"PK\x05\x06":
        raise TaixuError("this is no zip, or something stands after its end")
    _, disk, first_disk, here, count, size, at, comment = _END.unpack(data[-_END.size :])
    if disk or first_disk or here != count or comment:
        raise TaixuError("it is in parts, or has a comment")
    if count > MAX_FILES:
        raise TaixuError(f"{count:,} files are too many; a package may have {MAX_FILES:,}")
    if at + size != len(data) - _END.size:
        raise TaixuError("its directory is not where it says")
    entries = []
    place, end = at, at + size
    for _ in range(count):
        if place + _ENTRY.size > end:
            raise TaixuError("its directory is cut off")
        magic, made_by, *facts, comment, disk, _, mode, offset = _ENTRY.unpack_from(data, place)
        spelt = bytes(data[place + _ENTRY.size :][: facts[7]])
        if magic != b"PK\x01\x02" or len(spelt) != facts[7] or comment or disk:
            raise TaixuError("its directory is damaged")
        entries.append(_Entry(_name(spelt), tuple(facts), offset))
        _check_entry(entries[-1], made_by, mode)
        place += _ENTRY.size + len(spelt)
    if place != end:
        raise TaixuError("its directory holds more than entries")
    return entries, at


def _name(spelt: bytes) -> str:
    try:
        return spelt.decode("ascii")
    except UnicodeDecodeError:
        raise TaixuError(f"{spelt[:60]!r}: names in a package are ASCII") from None


def _check_entry(entry: _Entry, made_by: int, mode: int) -> None:
    _, flags, method, _, _, packed, size, _, extras = entry.facts
    name = f"{entry.name!a:.60}"
    if entry.name.endswith("/"):
        raise TaixuError(f"{name} is a folder; packages hold files alone")
    if flags & ~_UTF8:
        raise TaixuError(f"{name}: is {'encrypted' if flags & 1 else 'of an odd layout (flags ' + hex(flags) + ')'}")
    if method not in (_STORED, _DEFLATED):
        raise TaixuError(f"{name}: is packed by an odd method, {method}")
    if extras:
        raise TaixuError(f"{name}: has extra fields")
    kind = mode >> 28 if made_by >> 8 == _MADE_BY_UNIX else 0
    if kind not in (0, 8) or mode & 0x10:  # a plain file, no link, device or folder
        raise TaixuError(f"{name}: is a link, a folder or a device; packages hold files alone")
    if size > MAX_FILE_BYTES:
        raise TaixuError(f"{name}: {size >> 20} MB are too many; a file may have {MAX_FILE_BYTES >> 20} MB")
    if size > max(packed, 1) * _MAX_RATIO or (method == _STORED and size != packed):
        raise TaixuError(f"{name}: {packed:,} bytes that become {size:,} are a bomb")


def _extent(data: memoryview, entry: _Entry, limit: int) -> tuple[int, int]:
    """Where an entry's bytes begin and end, by its local header, which must say what the directory says."""
    if entry.at + _LOCAL.size > limit:
        raise TaixuError(f"{entry.name}: lies where the directory is")
    magic, *facts = _LOCAL.unpack_from(data, entry.at)
    start = entry.at + _LOCAL.size + facts[7]
    if magic != b"PK\x03\x04" or tuple(facts) != entry.facts or bytes(data[entry.at + _LOCAL.size : start]) != entry.name.encode():
        raise TaixuError(f"{entry.name}: its own header says something else than the directory")
    end = start + entry.facts[5]
    if end > limit:
        raise TaixuError(f"{entry.name}: runs into the directory")
    return start, end


def _contents(packed: memoryview, entry: _Entry) -> bytes:
    _, _, method, _, crc, _, size, _, _ = entry.facts
    if method == _STORED:
        data = bytes(packed)
    else:
        reader = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = reader.decompress(packed, size + 1)
        except zlib.error as error:
            raise TaixuError(f"{entry.name}: is damaged: {error}") from None
        if not reader.eof or reader.unused_data or reader.unconsumed_tail:
            raise TaixuError(f"{entry.name}: does not end where it says")
    if len(data) != size or zlib.crc32(data) != crc:
        raise TaixuError(f"{entry.name}: is not what its header says")
    return data
