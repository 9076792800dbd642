"""World and prefab documents as plain data: sections, and a block of components for each entity.

The text is made to be merged in git::

    {
      "format": "taixu.world",
      "version": 1,
      "entities": {
        "00c0ffee00c0ffee": {
          "name": {
            "text": "Crate"
          },
          "transform": {
            "position": [0, 4, 0]
          }
        }
      }
    }

Entities stand in the order of their ids, which are random, so two people's new entities seldom touch; every field has
a line, defaults are left out, and numbers are the shortest that read back the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from taixu.edit.findings import DocumentError, Finding, Findings
from taixu.edit.ids import ID_PATTERN
from taixu.edit.json_text import format_json, parse_json
from taixu.edit.migrations import Migrations
from taixu.errors import TaixuError

__all__ = ["DOCUMENT_VERSION", "VERSION_KEY", "Block", "Document", "Kind", "format_document", "parse_document"]

Kind = Literal["world", "prefab"]
Block = dict[str, dict[str, Any]]
"""One entity: fields by component."""

DOCUMENT_VERSION = 1
VERSION_KEY = "$version"
"""Stands among a component's fields where its version is not 1."""
ASSET_HASH = re.compile(r"[0-9a-f]{64}\Z")

_ID = re.compile(ID_PATTERN)
_FIRST = ("format", "version", "root", "settings", "assets", "columns", "entities")
_SECTIONS = ("settings", "assets", "columns", "entities")


@dataclass(slots=True)
class Document:
    """A world or a prefab as its file says it."""

    kind: Kind = "world"
    entities: dict[str, Block] = field(default_factory=dict)
    """Blocks by stable id (sixteen hexadecimal digits)."""
    settings: dict[str, Any] = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)
    """SHA-256 by path."""
    columns: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the column files beside it, by name; see `taixu.edit.columns`."""
    root: str = ""
    """Of a prefab: the entity that its instances stand for."""
    other: dict[str, Any] = field(default_factory=dict)
    """Sections that this version does not know."""


def parse_document(
    data: bytes | str, *, file: str = "", kind: Kind | None = None, migrations: Migrations | None = None,
    findings: Findings | None = None,
) -> Document:
    """Read the text of a document, migrated to this version of the format.

    Fields are not looked at here: see `taixu.edit.decode`.

    Parameters
    ----------
    kind
        What is wanted; any by default.
    findings
        Collects what is wrong inside entities instead of refusing the document for it.

    Raises
    ------
    DocumentError
        When it is no document of that kind, in one sentence.
    """
    raw = parse_json(data.encode() if isinstance(data, str) else data, file=file)
    if not isinstance(raw, dict) or raw.get("format") not in ("taixu.world", "taixu.prefab"):
        raise _error(file, "format", 'this is no world and no prefab: those begin with "format": "taixu.world"')
    found: Kind = "world" if raw["format"] == "taixu.world" else "prefab"
    if kind is not None and found != kind:
        raise _error(file, "format", f"this is a {found} where a {kind} is wanted")
    raw = _migrated(raw, found, file, migrations or Migrations())
    document = Document(found)
    for section in _SECTIONS:
        part = raw.get(section, {})
        if not isinstance(part, dict):
            raise _error(file, section, "takes an object in braces")
        setattr(document, section, part)
    document.other = {key: raw[key] for key in raw if key not in _FIRST}
    collected = Findings(file) if findings is None else findings
    _check_blocks(document.entities, collected)
    _check_hashes(document, collected)
    if found == "prefab":
        document.root = raw.get("root", "")
        if not isinstance(document.root, str) or document.root not in document.entities:
            collected.error("root", "names no entity of this prefab; give the id of one of them")
    if findings is None:
        collected.refuse()
    return document


def format_document(document: Document) -> str:
    """The text of a document; ends in a line break.

    Raises
    ------
    ValueError
        For NaN and what JSON cannot hold.
    """
    value: dict[str, Any] = {"format": f"taixu.{document.kind}", "version": DOCUMENT_VERSION, **document.other}
    if document.kind == "prefab":
        value["root"] = document.root
    for section in _SECTIONS:
        part = getattr(document, section)
        if part or section == "entities":
            value[section] = part
    return format_json(value, first=_FIRST)


def _migrated(raw: dict[str, Any], kind: Kind, file: str, migrations: Migrations) -> dict[str, Any]:
    version = raw.get("version")
    if type(version) is not int or version < 0:
        raise _error(file, "version", f"takes a whole number such as {DOCUMENT_VERSION}")
    if version > DOCUMENT_VERSION:
        message = f"version {version} is newer than this Taixu, which reads up to {DOCUMENT_VERSION}; update Taixu"
        raise _error(file, "version", message)
    try:
        return migrations.document(kind, raw, version=version, to=DOCUMENT_VERSION)
    except TaixuError as error:
        raise _error(file, "version", str(error)) from error


def _check_blocks(entities: dict[str, Any], findings: Findings) -> None:
    bad = []
    for key, block in entities.items():
        if not _ID.match(key) or key == "0" * 16:
            findings.error(f"entities.{key:.40}", "is no entity id: sixteen hexadecimal digits, not all zero")
        elif not isinstance(block, dict):
            findings.error(f"entities.{key}", "takes components in braces")
        else:
            wrong = [name for name, fields in block.items() if not isinstance(fields, dict)]
            for name in wrong:
                findings.error(f"entities.{key}.{name:.60}", "takes fields in braces")
            if not wrong:
                continue
        bad.append(key)
    for key in bad:
        del entities[key]


def _check_hashes(document: Document, findings: Findings) -> None:
    for section in ("assets", "columns"):
        part = getattr(document, section)
        for key in list(part):
            if not isinstance(part[key], str) or not ASSET_HASH.match(part[key]):
                findings.error(f"{section}.{key:.80}", "takes a SHA-256: 64 hexadecimal digits")
                del part[key]


def _error(file: str, where: str, message: str) -> DocumentError:
    return DocumentError(file, Finding("error", where, message))
