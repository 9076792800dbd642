"""One model at a time on a machine: those who want a turn wait, however many worker processes and programs there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep
from typing import IO

from taixu.assets.paths import cache_folder
from taixu.generate.generator import Progress

__all__ = ["taken_turn"]

_WAIT_SECS = 0.2


@contextmanager
def taken_turn(progress: Progress) -> Iterator[None]:
    """Wait for the machine's turn and hold it. Who dies gives it back; where no lock can be had, nobody waits."""
    path = cache_folder() / "generate" / "turn"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b")
    except OSError:
        yield
        return
    with file:
        while not _lock(file, path):
            progress(0.0, "waiting for another picture")
            sleep(_WAIT_SECS)
        try:
            yield
        finally:
            _unlock(file)


def _lock(file: IO[bytes], path: Path) -> bool:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        with suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            return True
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk that knows no locks
        return True
    return True


def _unlock(file: IO[bytes]) -> None:
    with suppress(OSError):
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_UN)
        except ImportError:
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]
