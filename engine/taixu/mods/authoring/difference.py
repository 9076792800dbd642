"""What would change in a mod's folder, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["difference", "read_files"]

_MOST_BYTES = 1 << 20


def read_files(folder: Path, names: Mapping[str, str]) -> dict[str, str]:
    """The texts that are in a folder already, of those names; nothing for those that lack."""
    found = {}
    for name in names:
        file = folder / name
        try:
            if file.is_file() and file.stat().st_size <= _MOST_BYTES:
                found[name] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TaixuError(f"{file}: cannot be read, and will not be replaced: {error}") from error
    return found


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Lines of a unified difference, file by file; nothing where all is equal."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            was = f"a/{name}" if name in before else "/dev/null"
            lines += unified_diff(old.splitlines(), new.splitlines(), was, f"b/{name}", lineterm="", n=3)
    return lines
