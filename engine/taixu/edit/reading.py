"""Documents are read whole, and only up to a size."""

from __future__ import annotations

from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["read_file"]


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
        raise TaixuError(f"{path} is larger than the {limit >> 20} MB that are read of {what}; split it into several")
    return data
