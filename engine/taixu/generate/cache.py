"""Results by key in the user's cache folder: a folder each, there whole or not at all, the least used dropped first."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.assets.content_hash import content_hash, hash_bytes
from taixu.assets.paths import cache_folder, read_bytes
from taixu.assets.sidecar import Provenance
from taixu.errors import TaixuError

__all__ = ["MOST_BYTES", "CachedFile", "fetch_result", "results_folder", "store_result", "sweep", "work_folder"]

MOST_BYTES = 4 << 30
"""How much is kept unless the environment's ``TAIXU_RESULTS_MB`` says otherwise."""

_LIST = "made.json"
_FORMAT = 2
_MOST_FILES = 256
_MOST_LIST_BYTES = 16 << 20
_TRIES = 4


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
    """The files under a key, each checked against its hash.

    Nothing where one lacks or is damaged, and nothing that somebody else may have put there: what is found here is taken for what a
    generator of ours has made.
    """
    folder = results_folder() / key
    try:
        if not _is_ours(folder):
            return ()
        data = read_bytes(folder / _LIST, max_bytes=_MOST_LIST_BYTES)
        about: dict[str, Any] = json.loads(data)
        listed = json.loads(about["files"])
        if about["format"] != _FORMAT or about["hash"] != hash_bytes(about["files"].encode()) or not 0 < len(listed) <= _MOST_FILES:
            return ()
        found = tuple(CachedFile(folder / each["name"], Provenance(**each["provenance"])) for each in listed)
        if any(each.path.name != every["name"] or each.path.is_symlink() for each, every in zip(found, listed)):
            return ()
        if [content_hash(each.path) for each in found] != [each["hash"] for each in listed]:
            return ()
        os.utime(folder / _LIST)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, TaixuError):
        return ()
    return found


def _is_ours(folder: Path) -> bool:
    """Whether a folder is one of this user's, that nobody else can write into."""
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode):
        return False
    return os.name != "posix" or (facts.st_uid in (os.geteuid(), 0) and not facts.st_mode & stat.S_IWOTH)


def store_result(key: str, folder: Path, files: Sequence[CachedFile]) -> tuple[CachedFile, ...]:
    """Make a finished folder the result of a key; gives the files where they are kept.

    Raises
    ------
    TaixuError
        When the folder cannot be written.
    """
    listed = json.dumps(
        [{"name": each.path.name, "hash": content_hash(each.path), "provenance": asdict(each.provenance)} for each in files],
        ensure_ascii=False,
    )  # fmt: skip
    about = {"format": _FORMAT, "hash": hash_bytes(listed.encode()), "files": listed}
    write_atomic(folder / _LIST, json.dumps(about, ensure_ascii=False, indent=1))
    kept = results_folder() / key
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for attempt in range(_TRIES):
            same = fetch_result(key)
            if same:  # made by somebody else at the same time, who may be reading it
                return same
            if kept.is_symlink() or kept.exists():  # damaged: out of the way first, so that nobody finds it half removed
                _remove(kept)
            try:
                os.replace(folder, kept)
                break
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or attempt == _TRIES - 1:
                    raise
    except OSError as error:
        raise TaixuError(f"{kept}: cannot be written ({error.strerror or error}); make room there") from error
    _evict(keep=key)
    return tuple(CachedFile(kept / each.path.name, each.provenance) for each in files)


def _remove(folder: Path) -> None:
    """Take a result away, at once for whoever looks for it."""
    if folder.is_symlink():
        folder.unlink(missing_ok=True)
        return
    aside = work_folder() / f"{os.getpid()}-{secrets.token_hex(6)}"
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        os.replace(folder, aside)
    except FileNotFoundError:  # somebody else was first
        return
    shutil.rmtree(aside, ignore_errors=True)


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
                with suppress(OSError):
                    _remove(each)
                left -= size


def _used(folder: Path) -> float:
    try:
        return (folder / _LIST).stat().st_mtime
    except OSError:
        return 0.0


def _size(folder: str | Path) -> int:
    with suppress(NotADirectoryError), os.scandir(folder) as found:
        return sum(_size(each.path) if each.is_dir(follow_symlinks=False) else each.stat().st_size for each in found)
    return 0


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
