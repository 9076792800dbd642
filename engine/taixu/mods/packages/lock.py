"""``mods.lock``: exactly which mods a project has, so that two checkouts play the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.mods.packages.files import name_doubt
from taixu.mods.packages.identity import id_doubt
from taixu.mods.packages.minisign import parse_public_key
from taixu.mods.packages.toml_lines import read_toml
from taixu.mods.packages.version import Version, parse_version

__all__ = ["LOCK_FILE", "LockedMod", "read_lock", "write_lock"]

LOCK_FILE = "mods.lock"
_MAX_BYTES = 1 << 20
_HEAD = "# Written by `taixu mod`: which mods this project has. Keep it in version control; do not edit it.\nschema = 1\n"
_TEXTS = ("id", "version", "content", "key", "source", "file")


@dataclass(frozen=True, slots=True)
class LockedMod:
    """One installed mod.

    Attributes
    ----------
    content
        Hash over its files; see `content_hash`.
    key
        The public key that signed it, as text; empty where nobody did.
    source
        Where it came from: ``index PLACE``, or ``file``.
    file
        Its package, in the folder of mods.
    direct
        Whether somebody asked for it, rather than another mod.
    enabled
        Whether it runs in worlds that do not say otherwise.
    """

    id: str
    version: Version
    content: str
    key: str
    source: str
    file: str
    direct: bool = True
    enabled: bool = True


def read_lock(mods_folder: Path) -> dict[str, LockedMod]:
    """The installed mods by id; none where there is no lock file.

    Raises
    ------
    TaixuError
        When it is damaged.
    """
    file = mods_folder / LOCK_FILE
    if not file.exists():
        return {}
    raw, lines = read_toml(read_bytes(file, max_bytes=_MAX_BYTES), file=str(file), max_bytes=_MAX_BYTES)
    mods = raw.get("mod", [])
    if raw.get("schema") != 1 or not isinstance(mods, list):
        raise TaixuError(f"{file}: line {lines.get('schema', 1)}: schema: takes 1; this file is damaged, or of a newer Taixu")
    found = {}
    for number, each in enumerate(mods, 1):
        try:
            mod = _locked(each)
        except TaixuError as error:
            raise TaixuError(f"{file}: the {number}. mod: {error}; restore the file, or install anew") from None
        if mod.id in found:
            raise TaixuError(f"{file}: names {mod.id} twice; keep one of them")
        found[mod.id] = mod
    return found


def write_lock(mods_folder: Path, mods: Mapping[str, LockedMod]) -> None:
    """Write the lock file; the same mods give the same bytes."""
    import tomlkit

    document = tomlkit.document()
    items = tomlkit.aot()
    for _, mod in sorted(mods.items()):
        table = tomlkit.table()
        for name in _TEXTS:
            table[name] = str(getattr(mod, name))
        table["direct"], table["enabled"] = mod.direct, mod.enabled
        items.append(table)
    document["mod"] = items
    write_atomic(mods_folder / LOCK_FILE, f"{_HEAD}\n{tomlkit.dumps(document)}" if mods else _HEAD)


def _locked(raw: Any) -> LockedMod:
    names = {*_TEXTS, "direct", "enabled"}
    if not isinstance(raw, dict) or set(raw) != names or not all(isinstance(raw[name], str) for name in _TEXTS):
        raise TaixuError(f"takes {', '.join(_TEXTS)}, direct and enabled")
    doubt = id_doubt(raw["id"]) or name_doubt(raw["file"])
    if not doubt and (len(raw["content"]) != 64 or set(raw["content"]) - set("0123456789abcdef")):
        doubt = "content: takes a SHA-256"
    if not doubt and not (isinstance(raw["direct"], bool) and isinstance(raw["enabled"], bool)):
        doubt = "direct and enabled take true or false"
    if doubt or "/" in raw["file"] or not raw["file"].endswith(".zip"):
        raise TaixuError(doubt or f"{raw['file']!r} is no zip in this folder")
    if raw["key"]:
        parse_public_key(raw["key"], file="key")
    return LockedMod(**{**raw, "version": parse_version(raw["version"])})
