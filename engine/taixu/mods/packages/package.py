"""A package: a mod's files, read from a folder or a zip and checked, and its identity."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.mods.packages.files import MANIFEST, MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, check_contents, content_hash
from taixu.mods.packages.manifest import Manifest, read_manifest
from taixu.mods.packages.zip_reader import MAX_ZIP_BYTES, unzip_bytes
from taixu.mods.packages.zip_writer import zip_bytes

__all__ = ["Package", "is_mod", "parse_package", "read_folder", "read_package"]

_LEFT_OUT = frozenset(("__pycache__", "out", "typings", "node_modules"))


@dataclass(frozen=True)
class Package:
    """A mod, whole and checked.

    Attributes
    ----------
    contents
        Bytes by name; sources, assets and the manifest.
    place
        Where it was read from, for messages.
    """

    manifest: Manifest
    contents: Mapping[str, bytes]
    place: str

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def sources(self) -> dict[str, str]:
        """Texts of the Python sources by name: all that runs."""
        return {name: data.decode() for name, data in self.contents.items() if name.endswith(".py")}

    @cached_property
    def hash(self) -> str:
        """SHA-256 over names and contents; see `content_hash`."""
        return content_hash(self.contents)

    def zip_bytes(self) -> bytes:
        """The package as it is given to others; the same bytes on every machine."""
        return zip_bytes(self.contents)


def is_mod(path: Path) -> bool:
    """Whether a path is a mod's folder, its manifest, or a zip."""
    return path.name == MANIFEST or path.suffix.lower() == ".zip" or (path / MANIFEST).is_file()


def read_package(path: Path) -> Package:
    """Read a mod's folder (or the manifest in it) or its zip.

    Raises
    ------
    TaixuError
        When it is none, or one that no package may be.
    """
    if path.name == MANIFEST:
        path = path.parent
    if path.is_dir():
        return _package(read_folder(path), str(path), inside=True)
    return parse_package(read_bytes(path, max_bytes=MAX_ZIP_BYTES), place=str(path))


def parse_package(data: bytes, *, place: str) -> Package:
    """Read a package from the bytes of a zip.

    Raises
    ------
    TaixuError
        As `read_package`.
    """
    return _package(unzip_bytes(data, file=place), place, inside=False)


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files below a folder that belong into a package; hidden ones, caches and outputs are left out.

    Raises
    ------
    TaixuError
        For links and devices, and for what is too large.
    """
    found: dict[str, bytes] = {}
    total = 0
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _LEFT_OUT)
        for name in sorted(names) + [name for name in folders if os.path.islink(os.path.join(above, name))]:
            file = Path(above, name)
            inside = file.relative_to(folder).as_posix()
            if name.startswith(".") or name.endswith((".pyc", ".pyo", ".asset.toml", ".minisig")):
                continue
            facts = file.lstat()
            if not stat.S_ISREG(facts.st_mode):
                raise TaixuError(f"{file}: is a link or a device; packages hold files alone")
            total += facts.st_size
            if total > MAX_TOTAL_BYTES or len(found) >= MAX_FILES:
                raise TaixuError(f"{folder}: holds more than a package may: {MAX_FILES:,} files, {MAX_TOTAL_BYTES >> 20} MB")
            found[inside] = read_bytes(file, max_bytes=MAX_FILE_BYTES)
    return found


def _package(contents: dict[str, bytes], place: str, *, inside: bool) -> Package:
    file = f"{place}/{MANIFEST}" if inside else f"{place}: {MANIFEST}"
    if MANIFEST not in contents:
        raise TaixuError(f"{place}: has no {MANIFEST}; `taixu mod new` makes a mod")
    manifest = read_manifest(contents[MANIFEST], file=file)
    try:
        check_contents(contents)
    except TaixuError as error:
        raise TaixuError(f"{place}: {error}") from None
    if manifest.entry not in contents:
        raise TaixuError(f"{file}: entry: there is no {manifest.entry} in it")
    return Package(manifest, contents, place)
