"""Who uses what: paths of assets in the project's worlds and prefabs, found and replaced.

Documents are text, and a path stands in them as a whole string: so replacing one keeps every other byte as it is.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from taixu_editor.assets.index import scan_assets

__all__ = ["DOCUMENTS", "documents_of", "find_uses", "moved_path", "replace_in_data", "replace_in_text"]

DOCUMENTS = (".world.json", ".prefab.json")
_MOST_BYTES = 256 << 20
_STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"')


def documents_of(root: Path) -> list[str]:
    """Paths of a project's worlds and prefabs."""
    return [asset.path for asset in scan_assets(root).assets if asset.path.endswith(DOCUMENTS)]


def find_uses(root: str | os.PathLike[str], paths: Iterable[str]) -> dict[str, list[str]]:
    """Worlds, prefabs and text models that name some assets (or anything below them, for folders), by asset."""
    wanted = tuple(paths)
    found: dict[str, list[str]] = {path: [] for path in wanted}
    base = Path(root)
    for asset in scan_assets(base).assets:
        if not asset.path.endswith((*DOCUMENTS, ".gltf")) or asset.size > _MOST_BYTES:
            continue
        try:
            data = (base / asset.path).read_bytes()
        except OSError:
            continue
        for path in wanted:
            if asset.path != path and names_path(data, path, beside=asset.folder if asset.path.endswith(".gltf") else None):
                found[path].append(asset.path)
    return found


def names_path(data: bytes, path: str, *, beside: str | None = None) -> bool:
    """Whether a document's text names a path, or one below it. glTF names files from its own folder (`beside`)."""
    if beside is not None:
        relative = os.path.relpath(path, beside or ".").replace(os.sep, "/")
        return b'"' + relative.encode() + b'"' in data
    return _quoted(path) in data or _quoted(path)[:-1] + b"/" in data


def _quoted(path: str) -> bytes:
    return json.dumps(path, ensure_ascii=False).encode()


def moved_path(path: str, old: str, new: str) -> str:
    """A path after `old` (a file or a folder) became `new`."""
    if path == old:
        return new
    return new + path[len(old) :] if path.startswith(old + "/") else path


def replace_in_text(data: bytes, old: str, new: str) -> bytes:
    """A document's text with another path in every string that is the old one, or lies below it."""

    def replace(match: re.Match[bytes]) -> bytes:
        try:
            text = json.loads(match.group(0))
        except ValueError:
            return match.group(0)
        moved = moved_path(text, old, new)
        return match.group(0) if moved == text else _quoted(moved)

    return _STRING.sub(replace, data) if names_path(data, old) else data


def replace_in_data(value: Any, old: str, new: str) -> Any:
    """The same in lists, tables and texts; gives the very same object where nothing changes."""
    if isinstance(value, str):
        return moved_path(value, old, new)
    if isinstance(value, Mapping):
        changed = {key: replace_in_data(each, old, new) for key, each in value.items()}
        return changed if any(changed[key] is not value[key] for key in value) else value
    if isinstance(value, (list, tuple)):
        items = [replace_in_data(each, old, new) for each in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
