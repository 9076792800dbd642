"""Making an index: a folder of signed packages becomes one that a web server, or a shared disk, can give to others.

::

    DIR/index.json  DIR/index.json.minisig  DIR/index.pub     made here, signed with the keeper's key
    DIR/keys/alice.pub                                        authors whose packages are taken
    DIR/alice.swarm-1.2.0.zip  DIR/alice.swarm-1.2.0.zip.minisig
    DIR/revoked.toml                                          what is withdrawn, and why
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.mods.packages.identity import look_alikes
from taixu.mods.packages.index_format import INDEX_FILE, MAX_INDEX_BYTES, IndexData, parse_index
from taixu.mods.packages.minisign import MAX_SIGNATURE_BYTES, PublicKey, parse_public_key, parse_signature, verify
from taixu.mods.packages.package import Package, parse_package
from taixu.mods.packages.secret_key import SecretKey, sign
from taixu.mods.packages.toml_lines import read_toml
from taixu.mods.packages.zip_reader import MAX_ZIP_BYTES

__all__ = ["USUAL_DAYS", "MadeIndex", "make_index"]

USUAL_DAYS = 90
"""So long an index counts as its keeper's word."""
_MOST_DAYS = 730


@dataclass(frozen=True, slots=True)
class MadeIndex:
    """What was made, and what its keeper should look at."""

    data: IndexData
    warnings: tuple[str, ...]


def make_index(
    folder: Path, key: SecretKey, *, name: str = "", rebind: frozenset[str] = frozenset(), days: int = USUAL_DAYS
) -> MadeIndex:
    """Read all packages of a folder, verify each, and write the index.

    Parameters
    ----------
    rebind
        Ids that may change to another author's key.
    days
        How long it counts; whoever sees it later is told that newer ones may be held back.

    Raises
    ------
    TaixuError
        When a package is not signed by an author of ``keys/``, or is another under a version that was there already.
    """
    from taixu.edit.json_text import format_json

    if not 1 <= days <= _MOST_DAYS:
        raise TaixuError(f"an index counts for 1 to {_MOST_DAYS} days, not {days}")
    before = _before(folder, key.public)
    authors = {each.number: each for each in _authors(folder)}
    mods: dict[str, Any] = {}
    for file in sorted(folder.glob("*.zip")):
        data = read_bytes(file, max_bytes=MAX_ZIP_BYTES)
        package = parse_package(data, place=str(file))
        author = _author(file, data, authors)
        _check_binding(package, author, before, mods, rebind, file)
        versions = mods.setdefault(package.id, {"key": author.text, "versions": {}})["versions"]
        version = str(package.manifest.version)
        if version in versions:
            raise TaixuError(f"{file}: {package.manifest.label} is in {versions[version]['file']} too; remove one of them")
        versions[version] = _entry(file, data, package)
    raw: dict[str, Any] = {
        "format": "taixu.mods", "version": 1, "name": name or (before.name if before else folder.resolve().name),
        "serial": before.serial + 1 if before else 1,
        "expires": (datetime.now(UTC).date() + timedelta(days=days)).isoformat(), "mods": mods, "revoked": _revoked(folder),
    }  # fmt: skip
    text = format_json(raw, first=("format", "version", "name", "serial", "expires", "mods", "revoked")).encode()
    made = parse_index(text, file=str(folder / INDEX_FILE))
    write_atomic(folder / INDEX_FILE, text)
    write_atomic(folder / f"{INDEX_FILE}.minisig", sign(text, key, comment=f"taixu index {made.serial}").file_text)
    write_atomic(folder / "index.pub", key.public.file_text)
    return MadeIndex(made, tuple(_warnings(made)))


def _before(folder: Path, key: PublicKey) -> IndexData | None:
    file = folder / INDEX_FILE
    if not file.exists():
        return None
    data = read_bytes(file, max_bytes=MAX_INDEX_BYTES)
    signature = parse_signature(read_bytes(folder / f"{INDEX_FILE}.minisig", max_bytes=MAX_SIGNATURE_BYTES), file=f"{file}.minisig")
    verify(data, signature, key, file=str(file))
    return parse_index(data, file=str(file))


def _authors(folder: Path) -> list[PublicKey]:
    files = sorted((folder / "keys").glob("*.pub"))
    if not files:
        raise TaixuError(f"{folder / 'keys'}: holds no author's key; put the NAME.pub of each author there")
    texts = [(file, read_bytes(file, max_bytes=MAX_SIGNATURE_BYTES).decode("utf-8", "replace")) for file in files]
    return [parse_public_key(text, file=str(file)) for file, text in texts]


def _author(file: Path, data: bytes, authors: dict[bytes, PublicKey]) -> PublicKey:
    beside = file.with_name(f"{file.name}.minisig")
    if not beside.is_file():
        raise TaixuError(f"{file}: is not signed; its author runs `taixu mod sign`")
    signature = parse_signature(read_bytes(beside, max_bytes=MAX_SIGNATURE_BYTES), file=str(beside))
    author = authors.get(signature.number)
    if author is None:
        raise TaixuError(f"{file}: is signed by {PublicKey(signature.number, b'').name}, whose key is not in keys/")
    verify(data, signature, author, file=str(file))
    return author


def _check_binding(
    package: Package, author: PublicKey, before: IndexData | None, mods: dict[str, Any], rebind: frozenset[str], file: Path
) -> None:
    """An id stays with its author, and a version with its contents."""
    id = package.id
    if id in mods and mods[id]["key"] != author.text and id not in rebind:
        raise TaixuError(f"{file}: {id} is signed by another author in another package")
    if before is None or id not in before.keys:
        return
    if before.keys[id] != author and id not in rebind:
        raise TaixuError(f"{file}: {id} belongs to {before.keys[id].name}; --rebind {id} gives it to {author.name}")
    entry = before.entries[id].get(package.manifest.version)
    if entry is not None and entry.content != package.hash:
        raise TaixuError(f"{file}: {package.manifest.label} was there with other contents; a version never changes, make a new one")


def _entry(file: Path, data: bytes, package: Package) -> dict[str, Any]:
    manifest = package.manifest
    relations = {
        name: {id: range.text for id, range in getattr(manifest, name).items()} for name in ("depends", "optional", "conflicts")
    }
    return {
        "file": file.name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "content": package.hash,
        "title": manifest.title, "api": manifest.api.text, **{name: table for name, table in relations.items() if table},
    }  # fmt: skip


def _revoked(folder: Path) -> list[Any]:
    """``[[revoked]]`` of ``revoked.toml``, as the index has it; `parse_index` looks at it."""
    file = folder / "revoked.toml"
    if not file.exists():
        return []
    raw, _ = read_toml(read_bytes(file, max_bytes=1 << 20), file=str(file), max_bytes=1 << 20)
    listed = raw.get("revoked", [])
    if set(raw) - {"revoked"} or not isinstance(listed, list):
        raise TaixuError(f"{file}: takes [[revoked]] tables with id (and versions), key or content, and why")
    return listed


def _warnings(index: IndexData) -> list[str]:
    found = []
    for id in sorted(index.keys):
        for other in look_alikes(id, index.keys):
            if id < other and index.keys[id] != index.keys[other]:
                found.append(f"{id} and {other} are easily taken for each other, and belong to two authors")
    return found
