"""Connectors that talk in an asyncio loop, in a thread of their own: they come back when the other side does."""

from __future__ import annotations

import asyncio
import threading
from abc import abstractmethod
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from typing import Any, TypeVar

from taixu.errors import TaixuError
from taixu.twin.connectors.connector import Connector

__all__ = ["Talker"]

T = TypeVar("T")
_SHORTEST_PAUSE_SECS, _LONGEST_PAUSE_SECS = 1.0, 30.0
_CLOSE_SECS = 10.0


class Talker(Connector):
    """A connector whose talk is a coroutine; when it ends, or breaks, it is begun again after a pause."""

    def start(self) -> None:
        """Look whether the settings can work, and begin."""
        self.check()
        self.loop = asyncio.new_event_loop()
        self._talk: asyncio.Task[None] | None = None
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"taixu source {self.link.name}", daemon=True)
        self.link.status.state = "waiting"
        self._thread.start()
        self._begun.wait()

    def close(self) -> None:
        """Stop talking."""
        with suppress(RuntimeError):  # it has ended by itself
            if self._talk is not None:
                self.loop.call_soon_threadsafe(self._talk.cancel)
        self._thread.join(_CLOSE_SECS)
        self.link.status.state = "done"

    @abstractmethod
    def check(self) -> None:
        """Look whether the settings can ever work.

        Raises
        ------
        TaixuError
            When they cannot.
        """

    @abstractmethod
    async def talk(self) -> None:
        """Connect, say so by `came`, and listen until the connection ends. What it raises is told, and it is called again."""

    def came(self, note: str = "") -> None:
        """The other side is there."""
        status = self.link.status
        status.state, status.problem, status.note = "connected", "", note

    def need_there(self) -> None:
        """Raise where the other side is not there: what is sent must not come late."""
        if self.link.status.state != "connected":
            raise TaixuError(f"the other side of {self.link.name!r} is not there")

    def ask(self, talk: Coroutine[Any, Any, T], *, secs: float) -> T:
        """Have a coroutine run in the loop, and wait for what it gives (never in the loop's own thread).

        Raises
        ------
        TaixuError
            When it fails or takes too long.
        """
        asked = asyncio.run_coroutine_threadsafe(talk, self.loop)
        try:
            return asked.result(secs)
        except (TooLate, TimeoutError):
            asked.cancel()
            raise TaixuError(f"{self.link.name!r} does not answer") from None
        except TaixuError:
            raise
        except Exception as error:  # whatever a library says
            raise TaixuError(f"{self.link.name!r}: {_sentence(error)}") from None

    def send_soon(self, talk: Coroutine[Any, Any, None]) -> None:
        """Have something sent without waiting for it; what goes wrong is counted."""

        async def sent() -> None:
            try:
                await talk
            except Exception as error:  # the world's thread has gone on
                self.link.refuse(f"what was to be sent was not: {_sentence(error)}")

        asyncio.run_coroutine_threadsafe(sent(), self.loop)

    def _run(self) -> None:
        async def go() -> None:
            self._talk = asyncio.current_task()
            self._begun.set()
            with suppress(asyncio.CancelledError):
                await self._go_on()

        try:
            self.loop.run_until_complete(go())
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            if left:
                self.loop.run_until_complete(asyncio.wait(left, timeout=1))
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        finally:
            self.loop.close()

    async def _go_on(self) -> None:
        pause, status = _SHORTEST_PAUSE_SECS, self.link.status
        while True:
            try:
                await self.talk()
                problem = "the other side hung up"
            except Exception as error:  # a library's own, or a bug in it: the thread must not end by it
                problem = _sentence(error)
            if status.state == "connected":
                pause = _SHORTEST_PAUSE_SECS
            status.state, status.problem = "waiting", problem
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECS)


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    return text if isinstance(error, TaixuError) else f"{type(error).__name__}: {text}" if text else type(error).__name__
