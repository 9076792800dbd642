"""Timers and routines, counted in fixed steps so that every run waits alike."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from taixu.errors import TaixuError

__all__ = ["Routine", "Timer", "TimerQueue", "Wait", "WaitEvent", "ticks_of"]

Routine = Generator[Any, Any, Any]

_MAX_WAIT_SECS = 1e9


@dataclass(frozen=True, slots=True)
class Wait:
    """What `game.wait` gives a routine to yield."""

    seconds: float


@dataclass(frozen=True, slots=True)
class WaitEvent:
    """What `game.wait_event` gives a routine to yield."""

    kind: str
    name: str = ""


@dataclass(order=True, slots=True)
class Timer:
    """A call that is due at a fixed step; `cancel` ends it."""

    due: int
    number: int
    function: Callable[[], object] = field(compare=False)
    owner: object = field(compare=False)
    every: int = field(default=0, compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Never call again."""
        self.cancelled = True


class TimerQueue:
    """All timers of a world in the order in which they are due, then in which they were made."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._made = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, due: int, function: Callable[[], object], *, owner: object, every: int = 0) -> Timer:
        """Call a function at a step, and then every so many."""
        self._made += 1
        timer = Timer(due, self._made, function, owner, every)
        heapq.heappush(self._heap, timer)
        return timer

    def take_due(self, tick: int) -> list[Timer]:
        """Take out the timers that are due at a step; `repeat` puts one back."""
        due = []
        while self._heap and self._heap[0].due <= tick:
            timer = heapq.heappop(self._heap)
            if not timer.cancelled:
                due.append(timer)
        return due

    def repeat(self, timer: Timer) -> None:
        """Queue a repeating timer again (after its call, which may have cancelled it)."""
        if timer.every and not timer.cancelled:
            timer.due += timer.every
            heapq.heappush(self._heap, timer)

    def drop(self, owner: object) -> None:
        """Forget all timers of an owner."""
        kept = [timer for timer in self._heap if timer.owner is not owner]
        if len(kept) != len(self._heap):
            heapq.heapify(kept)
            self._heap = kept


def ticks_of(seconds: Any, steps_per_sec: int) -> int:
    """Seconds as fixed steps, at least one.

    Raises
    ------
    TaixuError
        If it is no number of seconds.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not isfinite(seconds):
        raise TaixuError(f"a time to wait is a number of seconds, not {seconds!r:.80}")
    return max(1, round(min(seconds, _MAX_WAIT_SECS) * steps_per_sec))
