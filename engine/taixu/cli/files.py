"""Files that commands write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taixu.errors import UsageError

__all__ = ["finished_file", "need_suffix"]


@contextmanager
def finished_file(path: Path) -> Iterator[Path]:
    """Give a name to write to; the file takes its place under `path` only when the block ends well.

    The folder is made where it lacks. An error, Ctrl-C and SIGTERM leave what stood there before.
    """
    from taixu.assets.atomic import atomic_path

    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it")
    with atomic_path(path) as unfinished:
        yield unfinished


def need_suffix(path: Path, suffixes: tuple[str, ...], *, option: str) -> str:
    """The lower-case suffix of an output file, which must be one of those that can be written.

    Raises
    ------
    UsageError
        When it is another.
    """
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        known = ", ".join(suffixes[:-1]) + (" or " if len(suffixes) > 1 else "") + suffixes[-1]
        raise UsageError(f"{option}: {path} ends in {suffix or 'nothing'}, but what can be written is {known}")
    return suffix
