"""Files that are there whole or not at all: written beside, then renamed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["atomic_path", "write_atomic"]


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give the path of a temporary file in the same folder, which becomes `path` when the block ends well.

    The temporary file keeps the suffix, for writers that look at it. When the block raises (Ctrl-C too) it is
    removed, and what stood at `path` stays. Folders above are made.

    Raises
    ------
    TaixuError
        When the folder cannot be written.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=f".part{target.suffix}")
        os.close(handle)
    except OSError as error:
        raise TaixuError(f"{target}: cannot be written: {error.strerror}") from error
    temporary = Path(name)
    try:
        yield temporary
        _set_usual_mode(temporary)
        try:
            os.replace(temporary, target)
        except OSError as error:
            raise TaixuError(f"{target}: cannot be written: {error.strerror}") from error
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def write_atomic(path: str | os.PathLike[str], data: bytes | bytearray | memoryview | str) -> None:
    """Write bytes, or text as UTF-8, whole or not at all.

    Raises
    ------
    TaixuError
        When the file cannot be written.
    """
    with atomic_path(path) as temporary:
        try:
            with temporary.open("wb") as stream:
                stream.write(data.encode() if isinstance(data, str) else data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise TaixuError(f"{path}: cannot be written: {error.strerror}") from error


def _set_usual_mode(path: Path) -> None:
    """Temporary files are private; the finished one is as readable as the user's other files."""
    if os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
