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
def atomic_path(path: str | os.PathLike[str], *, follow: bool = True) -> Iterator[Path]:
    """Give the path of a temporary file in the same folder, which becomes `path` when the block ends well.

    A symbolic link stays one: the file that it leads to is replaced, or made. What a project may have planted, and
    nobody named, is written with `follow` off: there a link is replaced itself.

    The temporary file keeps the suffix, for writers that look at it. When the block raises (Ctrl-C too) it is
    removed, and what stood at `path` stays. Folders above are made. The finished file is on the disk when the block is
    left, with the permissions of the one that it replaces.

    Raises
    ------
    TaixuError
        When the folder cannot be written, or no file but a device stands there.
    """
    target = Path(path)
    if follow and target.is_symlink():
        target = Path(os.path.realpath(target))
    if target.exists() and not (target.is_file() or target.is_symlink()):
        raise TaixuError(f"{path}: is a folder or a device, which a file cannot replace; name a file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=f".part{target.suffix}")
        os.close(handle)
    except OSError as error:
        raise _failure(target, error) from error
    temporary = Path(name)
    try:
        yield temporary
        try:
            temporary.chmod(_mode(target))
            os.replace(temporary, target)
            _sync_folder(target.parent)
        except OSError as error:
            raise _failure(target, error) from error
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def write_atomic(
    path: str | os.PathLike[str], data: bytes | bytearray | memoryview | str, *, follow: bool = True
) -> None:
    """Write bytes, or text as UTF-8, whole or not at all; see `atomic_path`.

    Raises
    ------
    TaixuError
        When the file cannot be written.
    """
    with atomic_path(path, follow=follow) as temporary:
        try:
            with temporary.open("wb") as stream:
                stream.write(data.encode() if isinstance(data, str) else data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _failure(Path(path), error) from error


def _failure(path: Path, error: OSError) -> TaixuError:
    return TaixuError(f"{path}: cannot be written ({error.strerror or error}); what stood there is untouched")


def _mode(path: Path) -> int:
    """Temporary files are private; the finished one is as readable as the old one, or as the user's other files."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0o022)  # the only way to ask for it is to set it
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a loss of power, where the system lets folders be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
