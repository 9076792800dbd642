"""Mods for tests: manifests, packages, signed zips and indexes, and zips built field by field."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from taixu.mods.packages.index_making import make_index
from taixu.mods.packages.package import Package, parse_package
from taixu.mods.packages.secret_key import SecretKey, make_key, sign
from taixu.mods.packages.zip_writer import zip_bytes

__all__ = ["Entry", "Keeper", "contents", "manifest", "package", "raw_zip", "write_signed"]

SOURCE = b"import game\n\n\ndef on_tick(dt):\n    game.log(dt)\n"


def manifest(id: str = "alice.fish", version: str = "1.0.0", more: str = "", *, top: str = "") -> bytes:
    """A manifest that is good; `top` goes before the tables, `more` after."""
    return (
        f'schema = 1\nid = "{id}"\nversion = "{version}"\napi = "^1.0"\nentry = "main.py"\ntitle = "Fish"\n'
        f'licence = "CC0-1.0"\n{top}\n{more}\n'
    ).encode()


def contents(id: str = "alice.fish", version: str = "1.0.0", more: str = "", **files: bytes) -> dict[str, bytes]:
    """The files of a mod."""
    return {"mod.toml": manifest(id, version, more), "main.py": SOURCE, **files}


def package(id: str = "alice.fish", version: str = "1.0.0", more: str = "") -> Package:
    """A mod as read from a zip."""
    return parse_package(zip_bytes(contents(id, version, more)), place=f"{id}.zip")


def write_signed(folder: Path, key: SecretKey | None, id: str = "alice.fish", version: str = "1.0.0", more: str = "") -> Path:
    """A zip with signature and public key beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    file, data = folder / f"{id}-{version}.zip", zip_bytes(contents(id, version, more))
    file.write_bytes(data)
    if key is not None:
        file.with_name(f"{file.name}.minisig").write_text(sign(data, key, comment="for a test").file_text)
        file.with_name(f"{file.name}.pub").write_text(key.public.file_text)
    return file


@dataclass
class Keeper:
    """Somebody who keeps an index in a folder."""

    folder: Path
    key: SecretKey = field(default_factory=make_key)

    def add(self, author: SecretKey, id: str, version: str = "1.0.0", more: str = "") -> None:
        """Take a package; `publish` makes it visible."""
        write_signed(self.folder, author, id, version, more)
        (self.folder / "keys").mkdir(exist_ok=True)
        (self.folder / "keys" / f"{author.public.name}.pub").write_text(author.public.file_text)

    def publish(self) -> Path:
        """Write the index."""
        make_index(self.folder, self.key)
        return self.folder


@dataclass
class Entry:
    """One entry of a zip; what a header says may be a lie."""

    name: bytes
    data: bytes = b""
    method: int = 0
    packed: bytes | None = None
    flags: int = 0
    size: int | None = None
    crc: int | None = None
    extra: bytes = b""
    comment: bytes = b""
    mode: int = 0o100644
    made_by: int = 3
    local_name: bytes | None = None
    local_size: int | None = None
    at: int | None = None
    """Where the directory says that it begins, in place of where it does."""
    is_listed: bool = True
    disk: int = 0


def raw_zip(entries: list[Entry], *, before: bytes = b"", gap: bytes = b"", after: bytes = b"", comment: bytes = b"",
            count: int | None = None, directory_at: int | None = None) -> bytes:  # fmt: skip
    """A zip with exactly these lies in it."""
    body, directory, listed = bytearray(before), bytearray(), 0
    for entry in entries:
        packed = entry.data if entry.packed is None else entry.packed
        if entry.method == 8 and entry.packed is None:
            deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = deflate.compress(entry.data) + deflate.flush()
        size = len(entry.data) if entry.size is None else entry.size
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        at = len(body)
        local = entry.name if entry.local_name is None else entry.local_name
        local_size = size if entry.local_size is None else entry.local_size
        head = (20, entry.flags, entry.method, 33 << 16, crc, len(packed))
        body += b"PK\x03\x04" + struct.pack("<HHHIIIIHH", *head, local_size, len(local), len(entry.extra))
        body += local + entry.extra + packed
        if entry.is_listed:
            listed += 1
            directory += b"PK\x01\x02" + struct.pack("<H", entry.made_by << 8 | 20)
            directory += struct.pack("<HHHIIIIHH", *head, size, len(entry.name), len(entry.extra))
            place = at if entry.at is None else entry.at
            directory += struct.pack("<HHHII", len(entry.comment), entry.disk, 0, entry.mode << 16, place)
            directory += entry.name + entry.extra + entry.comment
    body += gap
    place = len(body) if directory_at is None else directory_at
    number = listed if count is None else count
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, number, number, len(directory), place, len(comment)) + comment
    return bytes(body + directory + end + after)
