"""A new folder that stands in its place whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["filled_beside", "refuse_filled"]


@contextmanager
def filled_beside(folder: Path) -> Iterator[Path]:
    """A folder to be filled, beside where it will stand at the end of the block; an exception leaves nothing behind.

    Raises
    ------
    TaixuError
        When something stands there already, or no folder can be made there.
    """
    refuse_filled(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    except OSError as error:
        raise TaixuError(f"{folder}: cannot be made ({error.strerror or error})") from error
    try:
        yield beside
        beside.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        os.rename(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def refuse_filled(folder: Path) -> None:
    """Refuse a place where something stands already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TaixuError(f"{folder}: something stands there already; name a new folder")
