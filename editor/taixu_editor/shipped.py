"""What came with Taixu: an installed one is not written into."""

from __future__ import annotations

from pathlib import Path

from taixu.assets.paths import data_path
from taixu.errors import TaixuError

__all__ = ["is_installed", "refuse_installed"]


def is_installed(path: Path) -> bool:
    """Whether a file lies in an installed Taixu; in a checkout samples are their authors' own."""
    try:
        shipped = [data_path("samples"), data_path("assets")]
    except TaixuError:
        return False
    return any(folder.parent.name == "_data" and path.resolve().is_relative_to(folder.resolve()) for folder in shipped)


def refuse_installed(path: Path) -> None:
    """Refuse to write into an installed Taixu.

    Raises
    ------
    TaixuError
        When the file lies there.
    """
    if is_installed(path):
        raise TaixuError(f"{path.name} came with Taixu and stays as it is; save it under another name in a folder of yours")
