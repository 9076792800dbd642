"""From a server's threads to the one thread that owns world and device."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["Bridge"]

T = TypeVar("T")


class Bridge:
    """Calls that wait for the owner's thread, which takes them up between frames."""

    def __init__(self, *, timeout_secs: float = 60.0) -> None:
        self._waiting: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self._timeout_secs = timeout_secs

    def call(self, function: Callable[[], T]) -> T:
        """Have a function called by the owner's thread, and wait for what it gives.

        Raises
        ------
        TimeoutError
            When the owner does not take it up in time; it is not called then.
        """
        promise: Future[T] = Future()
        self._waiting.put((function, promise))
        try:
            return promise.result(timeout=self._timeout_secs)
        except TimeoutError:
            promise.cancel()
            raise

    def serve(self, *, wait_secs: float = 0.0) -> int:
        """Call what waits, in the owner's thread; gives how many. `wait_secs`: for the first, at most."""
        done = 0
        while True:
            try:
                function, promise = self._waiting.get(timeout=wait_secs) if wait_secs and not done else self._waiting.get_nowait()
            except queue.Empty:
                return done
            if promise.set_running_or_notify_cancel():
                try:
                    promise.set_result(function())
                except BaseException as error:  # whoever waits hears of it
                    promise.set_exception(error)
                done += 1
