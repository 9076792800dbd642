"""Timers and routines, counted in fixed steps so that every run waits alike.

A sandbox gets this very file: of Taixu it imports only what a sandbox gets too.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from math import isfinite
from typing import Any

from taixu.script.wire import GameError

__all__ = ["RayBatch", "Routine", "Timer", "TimerQueue", "Wait", "WaitEvent", "ticks_of"]

Routine = Generator[Any, Any, Any]

_MAX_WAIT_SECS = 1e9
_MOST_TIMERS = 100_000


class Wait:
    """What `game.wait` gives a routine to yield."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class WaitEvent:
    """What `game.wait_event` gives a routine to yield."""

    __slots__ = ("kind", "name")

    def __init__(self, kind: str, name: str = "") -> None:
        self.kind = kind
        self.name = name


class RayBatch:
    """Rays that were asked for together; a routine yields it and goes on with `hits` in the next step.

    Attributes
    ----------
    ready : bool
        Whether the answer has come.
    hits : list
        For each ray what it met first, or None; empty until it is ready.
    """

    __slots__ = ("hits", "ready", "routines")

    def __init__(self) -> None:
        self.ready = False
        self.hits: list[Any] = []
        self.routines: list[Routine] = []

    def answer(self, hits: list[Any]) -> list[Routine]:
        """Take the answer; gives the routines that wait for it."""
        self.ready, self.hits = True, hits
        waiting, self.routines = self.routines, []
        return waiting


class Timer:
    """A call that is due at a fixed step; `cancel` ends it."""

    __slots__ = ("cancelled", "due", "every", "function", "number", "owner")

    def __init__(self, due: int, number: int, function: Callable[[], object], owner: object, every: int = 0) -> None:
        self.due = due
        self.number = number
        self.function = function
        self.owner = owner
        self.every = every
        self.cancelled = False

    def __lt__(self, other: Timer) -> bool:
        return (self.due, self.number) < (other.due, other.number)

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
        if len(self._heap) >= _MOST_TIMERS:
            raise GameError(f"{_MOST_TIMERS} timers wait already; let one do the work of many")
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
    GameError
        If it is no number of seconds.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not isfinite(seconds):
        raise GameError(f"a time to wait is a number of seconds, not {repr(seconds)[:80]}")
    return max(1, round(min(seconds, _MAX_WAIT_SECS) * steps_per_sec))
