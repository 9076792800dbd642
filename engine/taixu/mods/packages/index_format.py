"""``index.json``: which mods there are, in which versions, by whom, and which are withdrawn. Packages lie beside it.

::

    {"format": "taixu.mods", "version": 1, "name": "Windmill mods", "serial": 7, "expires": "2027-02-20",
     "mods": {"alice.swarm": {"key": "RWS...", "versions": {"1.2.0": {
         "file": "alice.swarm-1.2.0.zip", "size": 5120, "sha256": "...", "content": "...",
         "title": "Swarm", "api": "^1.0", "depends": {"bob.paths": "^1.2"}, "optional": {}, "conflicts": {}}}}},
     "revoked": [{"id": "eve.storm", "versions": "<2", "why": "..."}, {"key": "RWS...", "why": "..."}]}

Beside it lie ``index.json.minisig`` and, for each package, ``FILE.minisig``. `serial` counts up with each change, and `expires`
is the last day on which it speaks for its keeper: so nobody plays back an old one, nor holds back newer ones, unnoticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from taixu.errors import TaixuError
from taixu.mods.packages.files import name_doubt
from taixu.mods.packages.identity import id_doubt
from taixu.mods.packages.manifest_reading import text_doubt
from taixu.mods.packages.minisign import PublicKey, parse_public_key
from taixu.mods.packages.version import Range, Version, parse_range, parse_version
from taixu.mods.packages.zip_reader import MAX_ZIP_BYTES

__all__ = ["INDEX_FILE", "IndexData", "IndexEntry", "Revocation", "parse_index"]

INDEX_FILE = "index.json"
MAX_INDEX_BYTES = 16 << 20
_MOST_MODS = 50_000
_MOST_VERSIONS = 1000


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One version of one mod, with as much of its manifest as choosing versions takes."""

    id: str
    version: Version
    file: str
    size: int
    sha256: str
    content: str
    title: str
    api: Range
    depends: Mapping[str, Range]
    optional: Mapping[str, Range]
    conflicts: Mapping[str, Range]


@dataclass(frozen=True, slots=True)
class Revocation:
    """What the keeper of an index has withdrawn: a key, a package by its hash, or versions of an id."""

    why: str
    id: str = ""
    versions: Range | None = None
    key: str = ""
    content: str = ""

    def meets(self, *, id: str, version: Version, key: str, content: str) -> bool:
        """Whether it is about this package."""
        # A draft is withdrawn with the version that it became.
        in_range = self.versions is None or version in self.versions or Version(*version.core) in self.versions
        by_id = bool(self.id) and self.id == id and in_range
        return by_id or (bool(self.key) and self.key == key) or (bool(self.content) and self.content == content)


@dataclass(frozen=True, slots=True)
class IndexData:
    """An index as read; who signed it is another matter."""

    name: str
    serial: int
    expires: date
    """The last day (UTC) on which it counts as its keeper's word; made anew, it lasts longer."""
    keys: Mapping[str, PublicKey]
    """Whose each id is."""
    entries: Mapping[str, Mapping[Version, IndexEntry]]
    revoked: tuple[Revocation, ...]

    def revocation(self, *, id: str, version: Version, key: str, content: str) -> Revocation | None:
        """Why a package is withdrawn; None where it is not."""
        return next((each for each in self.revoked if each.meets(id=id, version=version, key=key, content=content)), None)


def parse_index(data: bytes, *, file: str) -> IndexData:
    """Read an index, strictly.

    Raises
    ------
    TaixuError
        In one sentence: where, and what is wrong.
    """
    from taixu.edit.json_text import parse_json

    if len(data) > MAX_INDEX_BYTES:
        raise TaixuError(f"{file}: {len(data):,} bytes are too many for an index")
    raw = parse_json(data, file=file)
    try:
        return _index(raw)
    except TaixuError as error:
        raise TaixuError(f"{file}: {error}") from None


def _index(raw: Any) -> IndexData:
    if not isinstance(raw, dict) or raw.get("format") != "taixu.mods":
        raise TaixuError('this is no index of mods; it begins with "format": "taixu.mods"')
    if raw.get("version") != 1:
        raise TaixuError(f"version {raw.get('version')!r:.20} of the format is not known; update Taixu")
    serial, name = raw.get("serial"), raw.get("name", "")
    if type(serial) is not int or not 0 < serial < 1 << 53:
        raise TaixuError("serial: takes a whole number from 1 on, one more with each change")
    _check_text("name", name)
    expires = _date(raw.get("expires"))
    keys, entries = {}, {}
    mods = _table(raw, "mods", _MOST_MODS)
    for id, mod in mods.items():
        doubt = id_doubt(id)
        if doubt:
            raise TaixuError(f"mods: {doubt}")
        where = f"mods.{id}"
        if not isinstance(mod, dict):
            raise TaixuError(f"{where}: takes an object")
        keys[id] = parse_public_key(_text(mod, "key", where), file=where)
        versions = _table(mod, "versions", _MOST_VERSIONS, where)
        entries[id] = {entry.version: entry for entry in (_entry(id, text, facts) for text, facts in versions.items())}
    return IndexData(name, serial, expires, keys, entries, tuple(_revocations(raw.get("revoked", []))))


def _entry(id: str, text: str, facts: Any) -> IndexEntry:
    where = f"mods.{id}.{text:.40}"
    if not isinstance(facts, dict):
        raise TaixuError(f"{where}: takes an object")
    file, size = _text(facts, "file", where), facts.get("size")
    # A file beside the index, or below it: an index leads nobody to another server.
    doubt = name_doubt(file)
    if doubt or not file.endswith(".zip"):
        raise TaixuError(f"{where}.file: {doubt or 'takes the name of a zip'}")
    if type(size) is not int or not 0 < size <= MAX_ZIP_BYTES:
        raise TaixuError(f"{where}.size: takes the bytes of the file, up to {MAX_ZIP_BYTES:,}")
    title = facts.get("title", "")
    _check_text(f"{where}.title", title)
    ranges = {name: _ranges(facts, name, where) for name in ("depends", "optional", "conflicts")}
    return IndexEntry(
        id, parse_version(text), file, size, _hash(facts, "sha256", where), _hash(facts, "content", where), title,
        parse_range(facts.get("api")), **ranges,
    )  # fmt: skip


def _ranges(facts: dict[str, Any], name: str, where: str) -> dict[str, Range]:
    table = _table(facts, name, 64, where, optional=True)
    for id in table:
        doubt = id_doubt(id)
        if doubt:
            raise TaixuError(f"{where}.{name}: {doubt}")
    return {id: parse_range(text) for id, text in sorted(table.items())}


def _revocations(raw: Any) -> list[Revocation]:
    if not isinstance(raw, list) or len(raw) > _MOST_MODS:
        raise TaixuError("revoked: takes a list")
    found = []
    for number, one in enumerate(raw):
        where = f"revoked.{number}"
        known = {"id", "versions", "key", "content", "why"}
        if not isinstance(one, dict) or one.keys() - known or len({"id", "key", "content"} & one.keys()) != 1:
            raise TaixuError(f"{where}: takes id (and versions), key or content, and why")
        _check_text(f"{where}.why", one.get("why", ""))
        if "id" in one and id_doubt(one["id"]):
            raise TaixuError(f"{where}: {id_doubt(one['id'])}")
        key = parse_public_key(_text(one, "key", where), file=where).text if "key" in one else ""
        content = _hash(one, "content", where) if "content" in one else ""
        versions = parse_range(one["versions"]) if "versions" in one else None
        found.append(Revocation(one.get("why", ""), one.get("id", ""), versions, key, content))
    return found


def _date(text: Any) -> date:
    try:
        if not isinstance(text, str) or len(text) != 10:
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise TaixuError("expires: takes a day such as 2027-02-20; its keeper makes the index anew") from None


def _table(raw: dict[str, Any], name: str, most: int, where: str = "", *, optional: bool = False) -> dict[str, Any]:
    table = raw.get(name, {} if optional else None)
    if not isinstance(table, dict) or len(table) > most:
        raise TaixuError(f"{where}.{name}".lstrip(".") + f": takes an object of up to {most:,} lines")
    return table


def _text(raw: dict[str, Any], name: str, where: str) -> str:
    text = raw.get(name)
    if not isinstance(text, str):
        raise TaixuError(f"{where}.{name}: takes text in quotes")
    return text


def _hash(raw: dict[str, Any], name: str, where: str) -> str:
    text = _text(raw, name, where)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise TaixuError(f"{where}.{name}: takes a SHA-256, 64 hexadecimal digits")
    return text


def _check_text(where: str, text: Any) -> None:
    if not isinstance(text, str) or len(text) > 600 or text_doubt(text):
        raise TaixuError(f"{where}: takes a text of up to 600 letters that can be shown")
