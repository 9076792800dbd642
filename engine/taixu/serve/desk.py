"""A desk: one thread that does what takes long for the network's thread, in turn, for few at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from taixu.errors import TaixuError

__all__ = ["Desk"]

T = TypeVar("T")
StillWanted = Callable[[], bool]


class Desk:
    """Does work in a thread of its own.

    Parameters
    ----------
    max_waiting
        Who comes when so many wait is sent away.
    limit_secs
        After this nobody waits for a piece of work any more.
    """

    def __init__(self, name: str, *, max_waiting: int = 32, limit_secs: float = 20.0) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"taixu {name}")
        self._max_waiting, self._limit_secs = max_waiting, limit_secs
        self._waiting = 0

    async def ask(self, work: Callable[[StillWanted], T]) -> T:
        """Have something done (the network's thread). It is given a function that says whether anybody still waits for it.

        Raises
        ------
        TaixuError
            What the work raises, or that too many wait.
        """
        if self._waiting >= self._max_waiting:
            raise TaixuError("too many are asking for what was; come again")
        left = threading.Event()
        end = time.monotonic() + self._limit_secs
        self._waiting += 1

        def still_wanted() -> bool:
            return not left.is_set() and time.monotonic() < end

        def carry_out() -> T:
            if not still_wanted():
                raise TaixuError("this took too long; ask for less")
            return work(still_wanted)

        try:
            return await asyncio.wrap_future(self._pool.submit(carry_out))
        finally:
            left.set()  # whoever asked is gone, or has his answer
            self._waiting -= 1

    def run(self, work: Callable[[], object]) -> None:
        """Have something done that nobody waits for (any thread)."""
        self._pool.submit(work)

    def close(self) -> None:
        """End when what is being done is done; the rest is left undone."""
        self._pool.shutdown(wait=True, cancel_futures=True)
