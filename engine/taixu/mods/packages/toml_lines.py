"""In which line of a TOML file a key stands: `tomllib` gives values without places, and errors name places."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from taixu.errors import TaixuError

__all__ = ["read_toml", "toml_lines"]

_HEADER = re.compile(r"\s*\[\[?\s*([^\]\[#]+?)\s*\]\]?\s*(?:#.*)?\Z")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_MAX_DEPTH = 8


def read_toml(data: bytes, *, file: str, max_bytes: int = 1 << 16) -> tuple[dict[str, Any], dict[str, int]]:
    """Read TOML from a stranger, with the line of each key by its path (parts joined with dots).

    Raises
    ------
    TaixuError
        When it is none, or larger or deeper than such a file has reason to be.
    """
    if len(data) > max_bytes:
        raise TaixuError(f"{file}: {len(data):,} bytes are too many; it may have {max_bytes:,}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TaixuError(f"{file}: byte {error.start} is no UTF-8; save it as UTF-8") from None
    # Deep brackets and long keys with dots cost the reader much more than their letters.
    if max((line.count("[") + line.count("{") + line.count(".") for line in text.splitlines()), default=0) > 400:
        raise TaixuError(f"{file}: one of its lines nests or lists too much; break it up")
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise TaixuError(f"{file}: this is no TOML: {error}") from None
    if _is_deeper(raw, _MAX_DEPTH):
        raise TaixuError(f"{file}: nests deeper than {_MAX_DEPTH} levels")
    return raw, toml_lines(text)


def toml_lines(text: str) -> dict[str, int]:
    """Lines, from 1, of all keys and headers. For messages alone: a line of a long text may pass for a key."""
    lines: dict[str, int] = {}
    above: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        key = None if header else _KEY.match(line)
        if header:
            above = _parts(header.group(1))
            path = above
        elif key:
            path = above + _parts(key.group(1))
        else:
            continue
        for depth in range(1, len(path) + 1):
            lines.setdefault(".".join(path[:depth]), number)
    return lines


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(text))


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    if levels == 0:
        return True
    return any(_is_deeper(item, levels - 1) for item in (value.values() if isinstance(value, dict) else value))
