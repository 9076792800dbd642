"""Where files may lie: inside a project's folder, inside the package, in the user's cache."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from taixu.errors import MachineError, TaixuError

__all__ = [
    "DataFolder", "cache_folder", "data_path", "find_sample", "read_bytes", "recorded_reads", "safe_join", "safe_uri",
]

DataFolder = Literal["shaders", "assets", "samples", "docs"]

_reads: ContextVar[list[Path] | None] = ContextVar("taixu_reads", default=None)
_DRIVE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def data_path(name: DataFolder) -> Path:
    """The folder of what ships with Taixu, in a checkout and in an installed wheel.

    A wheel carries the folders as ``taixu/_data/NAME``; in a checkout they stand at its root.

    Raises
    ------
    MachineError
        When this installation lacks it.
    """
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent.parent
    for folder in (package / "_data" / name, checkout / name):
        if folder.is_dir() and (folder.parent.name == "_data" or (checkout / "pyproject.toml").is_file()):
            return folder
    raise MachineError(f"this installation of Taixu lacks its folder {name!r}; install taixu again")


def find_sample(path: Path) -> Path:
    """`path`, or what ships with Taixu under it: ``samples/playground`` is there in every working directory.

    What stands in the working directory under this name comes first.
    """
    if path.is_absolute() or path.parts[:1] != ("samples",) or ".." in path.parts or path.exists():
        return path
    try:
        shipped = data_path("samples").joinpath(*path.parts[1:])
    except MachineError:
        return path
    return shipped if shipped.exists() else path


def cache_folder() -> Path:
    """The user's cache folder for Taixu: ``TAIXU_CACHE``, or where the platform keeps such things."""
    named = os.environ.get("TAIXU_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "taixu" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "taixu"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "taixu"


def safe_join(root: str | os.PathLike[str], relative: str, *, base: str | os.PathLike[str] | None = None) -> Path:
    """The path that `relative` means, never outside of `root`, symbolic links included.

    Parameters
    ----------
    root
        The folder that may not be left.
    relative
        A path as files spell it, with ``/`` (or ``\\``) between parts; not percent-encoded.
    base
        The folder that it is relative to; `root` by default.

    Returns
    -------
    Path
        Resolved; it need not exist.

    Raises
    ------
    TaixuError
        When it is absolute, climbs out, or goes through a link that leads out.
    """
    text = relative.replace("\\", "/")
    if "\0" in text or len(text) > 4096:
        raise TaixuError(f"{text[:60]!r} is no path of a file")
    if text.startswith("/") or (text[1:2] == ":" and text[0] in _DRIVE):
        raise TaixuError(f"{relative!r} is an absolute path; only paths inside {Path(root).name!r} are read")
    inside = Path(root).resolve()
    try:
        found = Path(inside if base is None else base, text).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle
        raise TaixuError(f"{relative!r} cannot be followed: {error}") from error
    if found != inside and inside not in found.parents:
        raise TaixuError(f"{relative!r} leads out of the folder {str(inside)!r}; only what lies inside is read")
    return found


def safe_uri(root: str | os.PathLike[str], uri: str, *, base: str | os.PathLike[str] | None = None) -> Path:
    """The file that a relative URI (as in glTF) means, under the rules of `safe_join`.

    Raises
    ------
    TaixuError
        When it has a scheme (``http:``, ``file:``) or leads out.
    """
    scheme = uri.partition(":")[0]
    if ":" in uri and "/" not in scheme:
        raise TaixuError(f"{uri[:60]!r} is not a file beside; nothing is fetched from elsewhere")
    return safe_join(root, unquote(uri.partition("?")[0].partition("#")[0]), base=base)


@contextmanager
def recorded_reads() -> Iterator[list[Path]]:
    """Collect the files that `read_bytes` is asked for in the block: what an import depends on, there or missing."""
    files: list[Path] = []
    token = _reads.set(files)
    try:
        yield files
    finally:
        _reads.reset(token)


def read_bytes(path: str | os.PathLike[str], *, max_bytes: int = 1 << 30) -> bytes:
    """A file's bytes, if it is a plain file of at most `max_bytes`.

    Raises
    ------
    TaixuError
        When it is missing, no plain file (a pipe or a device would never end), too large or cannot be read.
    """
    file = Path(path)
    reads = _reads.get()
    if reads is not None:
        reads.append(file)
    try:
        if not file.exists():
            raise TaixuError(f"{file}: there is no such file")
        if not file.is_file():
            raise TaixuError(f"{file}: is not a plain file")
        size = file.stat().st_size
        if size > max_bytes:
            raise TaixuError(f"{file}: has {size:,} bytes, and at most {max_bytes:,} are read")
        with file.open("rb") as stream:
            return stream.read(max_bytes)
    except (OSError, ValueError) as error:
        raise TaixuError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
