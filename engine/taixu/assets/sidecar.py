"""Sidecars: ``NAME.asset.toml`` beside ``NAME`` says where an asset came from and how it is read.

People edit them, so what is read and written again keeps comments, order and unknown keys to the letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["Provenance", "Sidecar", "read_sidecar", "sidecar_path", "write_sidecar"]

_MAX_BYTES = 1 << 20
_VERSION = 1


@dataclass
class Provenance:
    """How a generated asset was made; empty where it was not generated.

    Attributes
    ----------
    generator, version, kind
        What made it, in which version of itself, and what it makes.
    model, model_hash, model_licence
        With which weights, under which licence.
    prompt
        From which words.
    seed
        The same seed makes the same asset.
    settings, overrides
        Further inputs of the generator: all, and those of them that a person set, which stay when it is made anew.
    parents, parent_contents
        Paths or content hashes of what it was made from; what each path held then.
    role, result
        Which of several files it is, and what all of them have in common.
    source_type
        IPTC's digital source type.
    content, body
        Hashes of what it holds, without record and signature: before it was marked, and as it stands.
    mark
        What its watermark says, in hexadecimal digits.
    created
        When, as ISO 8601 with zone.
    """

    generator: str = ""
    model: str = ""
    model_licence: str = ""
    prompt: str = ""
    seed: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    created: str = ""
    version: str = ""
    kind: str = ""
    model_hash: str = ""
    role: str = ""
    result: str = ""
    source_type: str = ""
    content: str = ""
    body: str = ""
    mark: str = ""
    overrides: dict[str, Any] = field(default_factory=dict)
    parent_contents: dict[str, str] = field(default_factory=dict)


@dataclass
class Sidecar:
    """What stands in a sidecar.

    Attributes
    ----------
    source
        Where the file came from: a URL, or the path of what it was exported from.
    importer
        ``module:function`` that reads it; empty takes the one of its suffix.
    settings
        Of the importer.
    content_hash
        Of the file, by `taixu.assets.content_hash`.
    licence, author
        Licence as an SPDX expression.
    """

    source: str = ""
    importer: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    content_hash: str = ""
    licence: str = ""
    author: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    document: tomlkit.TOMLDocument = field(default_factory=tomlkit.document, repr=False, compare=False)
    """The text as it was read; unknown keys live here."""


_TEXTS = ("source", "importer", "content_hash", "licence", "author")
_PROVENANCE_TEXTS = (
    "generator", "version", "kind", "model", "model_hash", "model_licence", "prompt", "created", "source_type", "role", "result",
    "content", "body", "mark",
)  # fmt: skip
_PROVENANCE_TABLES = ("settings", "overrides", "parent_contents")


def sidecar_path(path: str | Path) -> Path:
    """Where the sidecar of a file stands."""
    return Path(f"{path}.asset.toml")


def read_sidecar(path: str | Path) -> Sidecar | None:
    """Read the sidecar of an asset (or ``*.asset.toml`` itself); None where there is none.

    Raises
    ------
    TaixuError
        When it is no TOML, or a value has the wrong type.
    """
    file = Path(path) if str(path).endswith(".asset.toml") else sidecar_path(path)
    if not file.exists():
        return None
    data = read_bytes(file, max_bytes=_MAX_BYTES)
    try:
        document = tomlkit.parse(data.decode())
        values = document.unwrap()
    except UnicodeDecodeError as error:
        raise TaixuError(f"{file}: is not UTF-8 at byte {error.start}") from error
    except (TOMLKitError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split()) or "it is nested too deeply"
        raise TaixuError(f"{file}: is no TOML: {reason}") from error
    version = values.get("version", _VERSION)
    if not isinstance(version, int) or version > _VERSION:
        raise TaixuError(f"{file}: has version {version!r}, and this Taixu reads up to {_VERSION}; update Taixu")
    sidecar = Sidecar(document=document)
    for name in _TEXTS:
        setattr(sidecar, name, _take(values, name, str, "", file))
    sidecar.settings = _take(values, "settings", dict, {}, file)
    made = _take(values, "provenance", dict, {}, file)
    provenance = sidecar.provenance
    for name in _PROVENANCE_TEXTS:
        setattr(provenance, name, _take(made, name, str, "", file, "provenance."))
    provenance.seed = _take(made, "seed", int, None, file, "provenance.")
    for name in _PROVENANCE_TABLES:
        setattr(provenance, name, _take(made, name, dict, {}, file, "provenance."))
    provenance.parents = _take(made, "parents", list, [], file, "provenance.")
    if not all(isinstance(parent, str) for parent in provenance.parents):
        raise TaixuError(f"{file}: provenance.parents is not a list of texts")
    if not all(isinstance(content, str) for content in provenance.parent_contents.values()):
        raise TaixuError(f"{file}: provenance.parent_contents holds what is no text")
    return sidecar


def write_sidecar(path: str | Path, sidecar: Sidecar) -> Path:
    """Write the sidecar of an asset atomically; gives its path. Only values that differ are touched."""
    file = Path(path) if str(path).endswith(".asset.toml") else sidecar_path(path)
    document = sidecar.document
    if "version" not in document:
        document["version"] = _VERSION
    for name in _TEXTS:
        _put(document, name, getattr(sidecar, name))
    _put(document, "settings", sidecar.settings)
    provenance = sidecar.provenance
    made = {name: getattr(provenance, name) for name in (*_PROVENANCE_TEXTS, "seed", "parents", *_PROVENANCE_TABLES)}
    if "provenance" not in document and any(value not in ("", None, [], {}) for value in made.values()):
        document["provenance"] = tomlkit.table()
    if "provenance" in document:
        for name, value in made.items():
            _put(document["provenance"], name, value)
    write_atomic(file, tomlkit.dumps(document), follow=False)
    return file


def _take(values: dict[str, Any], name: str, kind: type, default: Any, file: Path, where: str = "") -> Any:
    value = values.get(name, default)
    if value is not default and (not isinstance(value, kind) or isinstance(value, bool)):
        wanted = {str: "a text", dict: "a table", int: "a whole number", list: "a list"}[kind]
        raise TaixuError(f"{file}: {where}{name} is not {wanted}")
    return value


def _put(table: Any, name: str, value: Any) -> None:
    """Set a value where it differs; what is empty is left out."""
    present = table[name].unwrap() if name in table and hasattr(table[name], "unwrap") else table.get(name)
    if value in ("", None, [], {}):
        if present not in ("", None, [], {}):
            del table[name]
    elif present != value:
        table[name] = value
