"""JSON of map files: large, and from strangers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["MOST_BYTES", "read_json"]

MOST_BYTES = 512 << 20
_MOST_VALUES = 60_000_000
"""Python needs some 60 bytes for each."""


def read_json(path: Path) -> dict[str, Any]:
    """The object that a file holds; NaN and infinity are read as None, as numbers that are none.

    Raises
    ------
    TaixuError
        When it is no JSON object, or larger than can be read.
    """
    data = read_bytes(path, max_bytes=MOST_BYTES)
    if data.count(b",") + data.count(b"[") + data.count(b"{") > _MOST_VALUES:
        raise TaixuError(f"{path.name}: it holds more than {_MOST_VALUES:,} values; split it into tiles")
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=lambda word: None)
    except UnicodeDecodeError as error:
        raise TaixuError(f"{path.name}: byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise TaixuError(f"{path.name}: line {error.lineno}, column {error.colno}: it is no JSON ({error.msg.lower()})") from None
    except RecursionError:
        raise TaixuError(f"{path.name}: its values nest too deeply") from None
    except ValueError as error:  # a whole number of more digits than Python reads
        raise TaixuError(f"{path.name}: it holds a number that cannot be read ({str(error)[:60]})") from None
    if not isinstance(found, dict):
        raise TaixuError(f"{path.name}: it holds no JSON object")
    return found
