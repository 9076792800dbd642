"""What this user has decided about mods: kept in the user's own folder, where no project that somebody sends can write."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["changing", "private_folder", "read_private", "user_folder", "write_owned", "write_private"]

_MAX_BYTES = 16 << 20
_LOCK = "decisions.lock"


def user_folder() -> Path:
    """Keys, pins and consents lie here: ``TAIXU_CONFIG``, or where the platform keeps such things. It need not exist."""
    from taixu.generate.provenance.identity import identity_folder

    return identity_folder().parent / "mods"


def private_folder() -> Path:
    """The same, made where it lacks, for its owner alone."""
    folder = user_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise TaixuError(f"{folder}: cannot be made: {(error.strerror or str(error)).lower()}; set TAIXU_CONFIG") from error
    return folder


@contextmanager
def changing() -> Iterator[None]:
    """Nobody else of this user changes decisions meanwhile: what is read inside, and written inside, loses nothing.

    It waits for whoever is inside, which takes milliseconds. A disk that knows no locks has none.
    """
    with open(private_folder() / _LOCK, "a+b") as file:
        with suppress(OSError):
            try:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)
            except ImportError:
                import msvcrt

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
        yield  # closing the file gives the lock back


def read_private(name: str) -> dict[str, Any]:
    """A file of decisions; empty where there is none yet.

    Raises
    ------
    TaixuError
        When it is damaged: decisions are never taken as not made.
    """
    file = user_folder() / name
    if not file.exists():
        return {}
    try:
        raw = json.loads(read_bytes(file, max_bytes=_MAX_BYTES))
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise TaixuError(f"{file}: is damaged; mend it, or delete it to be asked everything again")
    return raw


def write_private(name: str, values: dict[str, Any]) -> None:
    """Write a file of decisions, whole or not at all, readable by its owner alone."""
    write_owned(private_folder() / name, json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def write_owned(file: Path, text: str) -> None:
    """Write a file whole or not at all, with mode 0600 from its first byte on, whatever stood there before.

    Raises
    ------
    TaixuError
        When it cannot be written.
    """
    unfinished = ""
    try:
        handle, unfinished = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem}-")  # made with mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, file)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(unfinished)
        if isinstance(error, OSError):
            raise TaixuError(f"{file}: cannot be written: {(error.strerror or str(error)).lower()}") from error
        raise
