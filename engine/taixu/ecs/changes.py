"""Which rows changed, and when: the one question that renderer, network, recorder and editor all ask.

A log keeps the latest writes exactly, each a ``(tick, rows)``; what falls off its end is folded into one tick per
block of 256 rows. So a write costs one append, nobody ever scans a million rows, and an answer is exact for those
who keep up and a superset (whole blocks) for those who fall behind: it never misses a row.
"""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["NO_ROWS", "ChangeLog", "Rows", "merge_rows", "row_count"]

Rows: TypeAlias = "slice | NDArray[np.intp]"

_BLOCK_SHIFT = 8
_MAX_ENTRIES = 64
_FEW = 64
NO_ROWS: NDArray[np.intp] = np.empty(0, np.intp)


class ChangeLog:
    """The changed rows of one column (or of a whole table), by tick.

    Rows that are marked may repeat; rows that are answered do not, when several writes were merged.
    """

    __slots__ = ("_block_ticks", "_entries", "_horizon", "_indices")

    def __init__(self) -> None:
        self._entries: deque[tuple[int, Rows]] = deque()
        self._indices = 0
        self._horizon = 0
        self._block_ticks: NDArray[np.int64] = np.zeros(0, np.int64)

    @property
    def latest(self) -> int:
        """The tick of the latest write; nothing is newer."""
        return self._entries[-1][0] if self._entries else self._horizon

    def mark(self, rows: Rows, tick: int) -> None:
        """Record that `rows` changed at `tick` (ticks never go down). An array is kept: write into it no more."""
        entries = self._entries
        if isinstance(rows, slice):
            if entries and isinstance(entries[-1][1], slice) and entries[-1] == (tick, rows):
                return
        elif len(rows) == 0 or (entries and entries[-1][1] is rows and entries[-1][0] == tick):
            return
        else:
            self._indices += len(rows)
        entries.append((tick, rows))
        if len(entries) > _MAX_ENTRIES or self._indices > (1 << 20):
            self._evict()

    def mark_all(self, count: int, tick: int) -> None:
        """Record that all of `count` rows changed at `tick`: older writes no longer matter to anybody."""
        self._entries.clear()
        self._indices = 0
        self._entries.append((tick, slice(0, count)))

    def since(self, tick: int, count: int) -> Rows:
        """Rows below `count` that changed after `tick`: a slice, or sorted indices."""
        if tick < self._horizon:
            return merge_rows([self._old(tick, count), *self._recent(tick)], count)
        return merge_rows(self._recent(tick), count)

    def _recent(self, tick: int) -> list[Rows]:
        found: list[Rows] = []
        for entry_tick, rows in reversed(self._entries):
            if entry_tick <= tick:
                break
            found.append(rows)
        return found

    def _old(self, tick: int, count: int) -> NDArray[np.intp]:
        blocks = np.flatnonzero(self._block_ticks > tick)
        rows = (blocks[:, None] << _BLOCK_SHIFT) + np.arange(1 << _BLOCK_SHIFT)
        flat = rows.reshape(-1)
        return flat[flat < count]

    def _evict(self) -> None:
        for _ in range(len(self._entries) // 2):
            tick, rows = self._entries.popleft()
            if isinstance(rows, slice):
                low, high = rows.start >> _BLOCK_SHIFT, ((rows.stop - 1) >> _BLOCK_SHIFT) + 1
                self._reserve(high)
                self._block_ticks[low:high] = tick
            else:
                self._indices -= len(rows)
                blocks = rows >> _BLOCK_SHIFT
                self._reserve(int(blocks.max()) + 1)
                self._block_ticks[blocks] = tick
            self._horizon = tick

    def _reserve(self, blocks: int) -> None:
        if blocks > len(self._block_ticks):
            grown = np.zeros(max(blocks, 2 * len(self._block_ticks)), np.int64)
            grown[: len(self._block_ticks)] = self._block_ticks
            self._block_ticks = grown


def merge_rows(parts: list[Rows], count: int) -> Rows:
    """The union of row sets, cut off at `count`: a slice where one covers all, else indices."""
    unique: list[Rows] = []
    for part in parts:
        if isinstance(part, slice):
            part = slice(part.start, min(part.stop, count))
            if part.start == 0 and part.stop == count:
                return part
            if part.start >= part.stop:
                continue
        elif len(part) == 0:
            continue
        if not any(part is other for other in unique):
            unique.append(part)
    if not unique:
        return NO_ROWS
    if len(unique) == 1:
        only = unique[0]
        if isinstance(only, slice):
            return only
        return only[only < count] if int(only.max()) >= count else only
    if sum(map(row_count, unique)) * _FEW < count:  # a few rows of a large table: nothing is made that is as long as the table
        few = np.unique(np.concatenate([np.arange(part.start, part.stop) if isinstance(part, slice) else part for part in unique]))
        return few[: np.searchsorted(few, count)]
    mask = np.zeros(count, bool)
    for part in unique:
        if not isinstance(part, slice) and int(part.max()) >= count:
            part = part[part < count]
        mask[part] = True
    return np.flatnonzero(mask)


def row_count(rows: Rows) -> int:
    """How many rows a row set names."""
    return rows.stop - rows.start if isinstance(rows, slice) else len(rows)
