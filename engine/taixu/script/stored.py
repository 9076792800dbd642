"""What a script or a mod keeps between sessions: texts, numbers and lists by key, within a number of bytes.

A sandbox gets this very file, so both tiers refuse in the same sentence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from taixu.script.wire import GameError

__all__ = ["Stored"]

_MOST_KEYS = 1000


class Stored:
    """Values by key.

    Parameters
    ----------
    values
        What was kept: plain data, as it crosses.
    most_bytes
        How much may be kept, counted as JSON with its keys.
    """

    def __init__(self, values: Mapping[str, Any] | None = None, *, most_bytes: int) -> None:
        self.values = dict(values or {})
        self.most_bytes = most_bytes
        self._sizes = {key: _size(key, value) for key, value in self.values.items()}

    @property
    def size(self) -> int:
        """Bytes that are used."""
        return sum(self._sizes.values())

    def put(self, key: str, value: Any) -> None:
        """Keep plain data under a key; None forgets it.

        Raises
        ------
        GameError
            When there is no room for it; what was kept before stays.
        """
        if value is None:
            self.values.pop(key, None)
            self._sizes.pop(key, None)
            return
        size = _size(key, value)
        if self.size - self._sizes.get(key, 0) + size > self.most_bytes:
            raise GameError(f"game.store: {key!r} does not fit; {self.most_bytes} bytes can be kept, {self.size} are used")
        if key not in self.values and len(self.values) >= _MOST_KEYS:
            raise GameError(f"game.store: {_MOST_KEYS} keys are kept already")
        self.values[key], self._sizes[key] = value, size


def _size(key: str, value: Any) -> int:
    return len(key.encode()) + len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))
