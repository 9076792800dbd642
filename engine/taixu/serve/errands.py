"""Errands: what the network's thread asks the world's thread to do, once a frame."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from taixu.ecs import World
from taixu.errors import TaixuError

__all__ = ["Errands"]

_MAX_WAITING = 1000


class Errands:
    """A bounded queue of functions of the world.

    Parameters
    ----------
    on_ask
        Called, in whatever thread asks, when something waits.
    """

    def __init__(self, on_ask: Callable[[], None] = lambda: None) -> None:
        self._on_ask = on_ask
        self._waiting: deque[tuple[Callable[[World], Any], Future[Any]]] = deque()
        self._lock = threading.Lock()

    def ask(self, function: Callable[[World], Any]) -> Future[Any]:
        """Have a function called with the world; what it gives or raises comes back.

        Raises
        ------
        TaixuError
            When too much is waiting.
        """
        answer: Future[Any] = Future()
        with self._lock:
            if len(self._waiting) >= _MAX_WAITING:
                raise TaixuError("too much is waiting; come again")
            self._waiting.append((function, answer))
        self._on_ask()
        return answer

    def run(self, world: World) -> None:
        """Do all that waits (the world's thread)."""
        with self._lock:
            waiting = list(self._waiting)
            self._waiting.clear()
        for function, answer in waiting:
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                answer.set_result(function(world))
            except Exception as error:  # whoever asked is told; the others go on
                answer.set_exception(error)
