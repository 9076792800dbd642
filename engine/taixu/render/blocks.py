"""Blocks: places in a row of slots, taken many of one length at a time.

Blocks that are given back are kept by their length, so that whoever needs the same finds room without anybody moving.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Blocks"]


class Blocks:
    """Who lies where in slots from 0 up to `high`; below `high` all slots are taken, or wait in a pile."""

    def __init__(self) -> None:
        self.high = 0
        self._free: dict[int, list[NDArray[np.int32]]] = {}

    def take(self, length: int, count: int) -> NDArray[np.int32]:
        """First slots of `count` blocks of `length`."""
        found: list[NDArray[np.int32]] = []
        pile = self._free.get(length, [])
        need = count
        while need and pile:
            block = pile.pop()
            if len(block) > need:
                pile.append(block[need:])
                block = block[:need]
            found.append(block)
            need -= len(block)
        if need:
            found.append((self.high + length * np.arange(need)).astype(np.int32))
            self.high += length * need
        return found[0] if len(found) == 1 else np.concatenate([np.zeros(0, np.int32), *found])

    def give_back(self, firsts: NDArray[np.int32], lengths: NDArray[np.integer]) -> None:
        """Take blocks back: where they start, and how long each is."""
        for length in np.unique(lengths).tolist():
            self._free.setdefault(length, []).append(firsts[lengths == length].copy())
