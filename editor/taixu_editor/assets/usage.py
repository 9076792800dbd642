"""Who uses what: which files of a project name which others."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from taixu.edit.paths import path_doubt
from taixu_editor.assets.index import scan_assets
from taixu_editor.assets.references import BESIDE, NAMING, names_beside
from taixu_editor.assets.script_imports import imported_scripts

__all__ = ["DOCUMENTS", "documents_of", "find_along", "find_links", "find_needs", "find_uses", "moved_path", "naming_files"]

DOCUMENTS = (".world.json", ".prefab.json")
_MOST_BYTES = 256 << 20
_ANY_STRING = re.compile(rb'"([^"\\\n]{1,400})"|\'([^\'\\\n]{1,400})\'')


def documents_of(root: Path) -> list[str]:
    """Paths of a project's worlds and prefabs."""
    return [asset.path for asset in scan_assets(root).assets if asset.path.endswith(DOCUMENTS)]


def naming_files(root: Path) -> list[str]:
    """Paths of a project's files that name others."""
    found = [asset.path for asset in scan_assets(root).assets]
    sidecars = [path for path in map(_sidecar, found) if (root / path).is_file()]
    return [*(path for path in found if path.endswith(NAMING)), *sidecars]


def find_uses(root: str | os.PathLike[str], paths: Iterable[str]) -> dict[str, list[str]]:
    """Worlds, prefabs, models and scripts that name some assets (or anything below them, for folders), by asset."""
    wanted = tuple(paths)
    found: dict[str, list[str]] = {path: [] for path in wanted}
    base = Path(root)
    for asset in scan_assets(base).assets:
        if not asset.path.endswith(NAMING) or asset.size > _MOST_BYTES:
            continue
        try:
            data = (base / asset.path).read_bytes()
        except OSError:
            continue
        beside = names_beside(asset.path, data) if asset.path.endswith(BESIDE) else None
        for path in wanted:
            if asset.path != path and (names_path(data, path, beside=beside) or _imports(asset.path, data, path)):
                found[path].append(asset.path)
    return found


def find_needs(root: str | os.PathLike[str], path: str) -> list[str]:
    """Files of the project that one file names, those that are not there too."""
    base = Path(root)
    if not path.endswith(NAMING):
        return []
    try:
        if (base / path).stat().st_size > _MOST_BYTES:
            return []
        data = (base / path).read_bytes()
    except OSError:
        return []
    if path.endswith(BESIDE):
        return names_beside(path, data)
    texts = {text.decode("utf-8", "replace") for pair in _ANY_STRING.findall(data) for text in pair if b"/" in text}
    texts |= set(imported_scripts(data)) if path.endswith(".py") else set()
    return sorted(text for text in texts if text != path and not path_doubt(text) and (base / text).is_file())


def find_links(root: str | os.PathLike[str], path: str) -> tuple[list[str], list[str]]:
    """Who names a file, and which files it names."""
    return find_uses(root, [path])[path], find_needs(root, path)


def find_along(root: str | os.PathLike[str], path: str, to: str) -> list[tuple[str, str]]:
    """What moves with a model into another folder, old and new path: the files that it names, and those that these name."""
    old_folder, new_folder = posixpath.dirname(path), posixpath.dirname(to)
    if not path.endswith(BESIDE) or old_folder == new_folder:
        return []
    base, waiting, found = Path(root), [path], dict[str, str]()
    while waiting:
        for name in find_needs(base, waiting.pop()):
            inside = posixpath.relpath(name, old_folder or ".")
            if name not in found and name != path and not inside.startswith("../") and (base / name).is_file():
                found[name] = posixpath.join(new_folder, inside)
                waiting.append(name)
    return sorted(found.items())


def names_path(data: bytes, path: str, *, beside: list[str] | None = None) -> bool:
    """Whether a text names a path, or one below it; `beside` are the files that a model names."""
    if beside is not None:
        return any(name == path or name.startswith(path + "/") for name in beside)
    plain = path.encode()
    return any(mark + plain + end in data for mark in (b'"', b"'") for end in (mark, b"/"))


def _imports(script: str, data: bytes, path: str) -> bool:
    """Whether a script imports one at a path, or below it."""
    is_possible = script.endswith(".py") and path.startswith("scripts") and b"import" in data
    return is_possible and any(name == path or name.startswith(path + "/") for name in imported_scripts(data))


def moved_path(path: str, old: str, new: str) -> str:
    """A path after `old` (a file or a folder) became `new`."""
    if path == old:
        return new
    return new + path[len(old) :] if path.startswith(old + "/") else path


def _sidecar(path: str) -> str:
    return f"{path}.asset.toml"
