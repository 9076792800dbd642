"""A server of OPC UA in a thread, with the nodes that a test asks for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from brokers import free_port
from waiting import HANG_SECS

__all__ = ["OpcServer"]


class OpcServer:
    """Runs until it is closed.

    Parameters
    ----------
    build
        Adds nodes to ``server``, given that and the number of a namespace.
    port
        Where it listens; 0 finds one.
    """

    def __init__(self, build: Callable[[Any, int], Awaitable[None]], *, port: int = 0) -> None:
        self.port = port or free_port()
        self.url = f"opc.tcp://127.0.0.1:{self.port}"
        self.loop = asyncio.new_event_loop()
        self._build = build
        self._ready, self._end = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._wrong: BaseException | None = None
        self._thread.start()
        assert self._ready.wait(HANG_SECS)
        if self._wrong is not None:
            raise self._wrong

    def run(self, talk: Coroutine[Any, Any, Any]) -> Any:
        """Have something done in the server's loop."""
        return asyncio.run_coroutine_threadsafe(talk, self.loop).result(HANG_SECS)

    def say(self, node: Any, value: Any, **more: Any) -> None:
        """Write a value to a node."""
        import asyncua

        given = value if isinstance(value, asyncua.ua.Variant) else asyncua.ua.Variant(value)
        self.run(node.write_value(asyncua.ua.DataValue(given, **more)))

    def close(self) -> None:
        """End it."""
        self.loop.call_soon_threadsafe(self._end.set)
        self._thread.join(HANG_SECS)

    def _run(self) -> None:
        try:
            self.loop.run_until_complete(self._serve())
        except BaseException as error:  # raised by who waits
            self._wrong = error
            self._ready.set()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.loop.run_until_complete(asyncio.wait(left, timeout=1) if left else asyncio.sleep(0))
        self.loop.close()

    async def _serve(self) -> None:
        import asyncua

        server = asyncua.Server()
        await server.init()
        server.set_endpoint(self.url)
        await self._build(server, await server.register_namespace("plant"))
        async with server:
            self._ready.set()
            await self._end.wait()
