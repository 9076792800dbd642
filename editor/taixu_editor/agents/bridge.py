"""From a server's threads to the one thread that owns world and device."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future
from time import perf_counter
from typing import Any

from taixu.errors import TaixuError

__all__ = ["Bridge", "answer"]

_MOST_WAITING = 64
_ENDED = "this world lets nobody in any more"

Act = Callable[["Future[Any]"], None]


class Bridge:
    """Calls that wait for the owner's thread, which takes them up between frames.

    Parameters
    ----------
    most_waiting
        So many calls wait at a time; more are refused.
    wake
        Told from the server's thread that a call waits, where the owner rests until something comes.
    """

    def __init__(self, *, most_waiting: int = _MOST_WAITING, wake: Callable[[], None] = lambda: None) -> None:
        self._wake = wake
        self._waiting: queue.SimpleQueue[tuple[Act, Future[Any]]] = queue.SimpleQueue()
        self._most = most_waiting
        self._is_closed = False

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return self._waiting.qsize()

    def submit(self, act: Act) -> Future[Any]:
        """Have a function called in the owner's thread with the promise that is given back; it keeps it now or later.

        Raises
        ------
        TaixuError
            When too many wait already, or it is closed.
        """
        if self._is_closed:
            raise TaixuError(_ENDED)
        if self.waiting >= self._most:
            raise TaixuError(f"{self._most} requests wait already; wait for their answers, then try again")
        promise: Future[Any] = Future()
        self._waiting.put((act, promise))
        self._wake()
        return promise

    def serve(self, *, wait_secs: float = 0.0, spend_secs: float = float("inf")) -> int:
        """Call what waits, in the owner's thread; gives how many.

        Parameters
        ----------
        wait_secs
            For the first, at most.
        spend_secs
            After so long no other is begun.
        """
        done, started = 0, perf_counter()
        while not done or perf_counter() - started < spend_secs:
            try:
                act, promise = self._waiting.get(timeout=wait_secs) if wait_secs and not done else self._waiting.get_nowait()
            except queue.Empty:
                break
            if not promise.cancelled():
                act(promise)
                done += 1
        return done

    def close(self) -> None:
        """Take up nothing any more; whoever waits hears so."""
        self._is_closed = True
        while True:
            try:
                _, promise = self._waiting.get_nowait()
            except queue.Empty:
                return
            _refuse(promise, TaixuError(_ENDED))


def answer(promise: Future[Any], function: Callable[[], Any]) -> None:
    """Keep a promise with what a function gives or raises; not at all where nobody waits any more."""
    if promise.done() or not promise.set_running_or_notify_cancel():
        return
    try:
        promise.set_result(function())
    except BaseException as error:  # whoever waits hears of it
        promise.set_exception(error)


def _refuse(promise: Future[Any], error: Exception) -> None:
    def refused() -> None:
        raise error

    answer(promise, refused)
