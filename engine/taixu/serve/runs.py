"""Runs of rows: each of some length, given again to who wants as many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Runs", "spread"]


class Runs:
    """Hands out runs of rows."""

    def __init__(self) -> None:
        self.used = 0
        self._free: dict[int, list[int]] = {}

    def take(self, count: int) -> int:
        """Where a run of so many rows begins."""
        free = self._free.get(count)
        if free:
            return free.pop()
        self.used += count
        return self.used - count

    def give_back(self, first: int, count: int) -> None:
        """Let a run go."""
        if count:
            self._free.setdefault(count, []).append(first)


def spread(firsts: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """All rows of runs, one run after another."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(firsts - (ends - counts), counts) + np.arange(total)
