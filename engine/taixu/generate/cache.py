"""Results by key in the user's cache folder: a folder each, there whole or not at all, the least used dropped first."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.assets.content_hash import content_hash
from taixu.assets.paths import cache_folder
from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError

__all__ = ["MOST_BYTES", "CachedFile", "fetch_result", "results_folder", "store_result", "sweep", "work_folder"]

MOST_BYTES = 4 << 30
"""How much is kept unless the environment's ``TAIXU_RESULTS_MB`` says otherwise."""

_LIST = "made.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class CachedFile:
    """A file of a result, with what is known of how it was made."""

    path: Path
    provenance: Provenance


def results_folder() -> Path:
    """Where results are kept."""
    return cache_folder() / "generate" / "results"


def work_folder() -> Path:
    """Where they are made: folders named after the process that asked."""
    return cache_folder() / "generate" / "work"


def fetch_result(key: str) -> tuple[CachedFile, ...]:
    """The files under a key, each checked against its hash; nothing where one lacks or is damaged."""
    folder = results_folder() / key
    try:
        listed: dict[str, Any] = json.loads((folder / _LIST).read_text("utf-8"))
        found = tuple(CachedFile(folder / each["name"], Provenance(**each["provenance"])) for each in listed["files"])
        hashes = [each["hash"] for each in listed["files"]]
        if listed["format"] != _FORMAT or [content_hash(each.path) for each in found] != hashes:
            return ()
        os.utime(folder / _LIST)
    except (OSError, ValueError, KeyError, TypeError, TaixuError):
        return ()
    return found


def store_result(key: str, folder: Path, files: Sequence[CachedFile]) -> tuple[CachedFile, ...]:
    """Make a finished folder the result of a key; gives the files where they are kept.

    Raises
    ------
    TaixuError
        When the folder cannot be written.
    """
    listed = [{"name": each.path.name, "hash": content_hash(each.path), "provenance": asdict(each.provenance)} for each in files]
    write_atomic(folder / _LIST, json.dumps({"format": _FORMAT, "files": listed}, ensure_ascii=False, indent=1))
    kept = results_folder() / key
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        same = fetch_result(key)
        if same:  # made by somebody else at the same time, who may be reading it
            return same
        if kept.exists():
            shutil.rmtree(kept, ignore_errors=True)
        os.replace(folder, kept)
    except OSError as error:
        raise TaixuError(f"{kept}: cannot be written ({error.strerror or error}); make room there") from error
    _evict(keep=key)
    return tuple(CachedFile(kept / each.path.name, each.provenance) for each in files)


def _evict(*, keep: str) -> None:
    """Drop what was not used for longest while there is too much; what was made just now stays."""
    named = os.environ.get("TAIXU_RESULTS_MB", "")
    most = int(named) << 20 if named.isdecimal() else MOST_BYTES
    with suppress(OSError):
        results = sorted((_used(each), _size(each), each) for each in results_folder().iterdir())
        left = sum(size for _, size, _ in results)
        for _, size, each in results:
            if left <= most:
                return
            if each.name != keep:
                shutil.rmtree(each, ignore_errors=True)
                left -= size


def _used(folder: Path) -> float:
    try:
        return (folder / _LIST).stat().st_mtime
    except OSError:
        return 0.0


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def sweep() -> None:
    """Remove what processes that are gone have left in the work folder."""
    with suppress(OSError):
        for each in work_folder().iterdir():
            owner = each.name.partition("-")[0]
            if not owner.isdigit() or not _runs(int(owner), each):
                shutil.rmtree(each, ignore_errors=True)


def _runs(pid: int, folder: Path) -> bool:
    if os.name != "posix":  # there is no harmless question there: what is a day old counts as left
        return time() - folder.stat().st_mtime < 86400.0
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
