"""Paths of assets: relative to the project, with forward slashes, and never out of it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from taixu.errors import TaixuError

__all__ = ["asset_file", "path_doubt"]


def path_doubt(path: str) -> str:
    """Why a text is no path of an asset; empty where it is one (the empty path names nothing, and is fine)."""
    if not path:
        return ""
    if "\0" in path or "\\" in path or ":" in path.split("/")[0]:
        return f"{path!r:.80} is no path in the project: write folders and names with forward slashes"
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        return f"{path!r:.80} leads out of the project; copy the file into its assets/ folder"
    return ""


def asset_file(root: Path, path: str) -> Path:
    """The file of an asset path.

    Raises
    ------
    TaixuError
        When the path leads out of the project, through links too.
    """
    doubt = path_doubt(path)
    if doubt:
        raise TaixuError(doubt)
    file = root / path
    if not file.resolve().is_relative_to(root.resolve()):
        raise TaixuError(f"{path!r:.80} leads out of the project through a link; copy the file into it")
    return file
