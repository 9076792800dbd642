"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["read_file", "write_file"]


def write_file(path: Path, data: bytes) -> None:
    """Write a file so that, whatever happens, either the old or the new content stands under its name.

    The folder is made where it lacks.

    Raises
    ------
    TaixuError
        When it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".unfinished", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, mode)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or error
        raise TaixuError(f"{path} cannot be written ({reason}); what stood there is untouched") from error


def read_file(path: Path, *, limit: int, what: str) -> bytes:
    """Read a file of at most `limit` bytes.

    Raises
    ------
    TaixuError
        When it lacks, is larger or cannot be read.
    """
    try:
        if not path.is_file():
            raise TaixuError(f"{path} is no file; name {what}")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise TaixuError(f"{path} cannot be read ({error.strerror or error})") from error
    if len(data) > limit:
        raise TaixuError(f"{path} is larger than {limit >> 20} MB, too large for {what}")
    return data


def _umask() -> int:
    # The only way to ask for it is to set it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a loss of power, where the system lets folders be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
