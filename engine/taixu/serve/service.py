"""The network's thread: an asyncio loop with an HTTP server in it, apart from the world's thread."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from taixu.errors import MachineError, TaixuError
from taixu.serve.guard import Guard

__all__ = ["Service", "tls_context"]

_STOP_SECS = 5.0
_HANDSHAKE_SECS = 10.0


class Service:
    """Serves an aiohttp application from a thread of its own.

    Parameters
    ----------
    make
        Makes the application, in that thread.
    guard
        Watches over its connections.

    Raises
    ------
    TaixuError
        When the address cannot be listened on.
    MachineError
        When the extra is missing.
    """

    def __init__(
        self, make: Callable[[], Any], *, host: str, port: int, tls: ssl.SSLContext | None = None, guard: Guard | None = None
    ) -> None:
        if find_spec("aiohttp") is None:
            raise MachineError('taixu serve needs aiohttp; pip install "taixu[twin]" brings it')
        self.host = host
        self.port = port
        self.loop = asyncio.new_event_loop()
        self._make, self._tls, self._guard = make, tls, guard or Guard()
        self._started = threading.Event()
        self._problem: BaseException | None = None
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="taixu serve", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._problem is not None:
            raise self._problem

    @property
    def url(self) -> str:
        """Where it is."""
        scheme = "http" if self._tls is None else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}/"

    def call_soon(self, function: Callable[..., object], *arguments: object) -> None:
        """Run a function in the network's thread; after the end nothing happens."""
        try:
            self.loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:  # the loop has closed
            return

    def close(self) -> None:
        """Say goodbye to everybody, and end."""
        if self._thread.is_alive():
            self.call_soon(self._stop.set)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._serve())
        finally:
            self._started.set()
            self.loop.close()

    def _requests_log(self) -> logging.Logger:
        """Where aiohttp tells of what went wrong; what was no request of HTTP is counted: who sends that may send much of it."""
        from aiohttp.http_exceptions import HttpProcessingError

        def is_worth_telling(record: logging.LogRecord) -> bool:
            error = record.exc_info[1] if record.exc_info else None
            if isinstance(error, HttpProcessingError):
                self._guard.refuse("no_request")
                return False
            return True

        log = logging.Logger("taixu.serve.requests")
        log.parent = logging.getLogger("taixu.serve")
        log.addFilter(is_worth_telling)
        return log

    async def _serve(self) -> None:
        from aiohttp import web

        runner = web.AppRunner(
            self._make(), access_log=None, shutdown_timeout=_STOP_SECS, keepalive_timeout=30, handler_cancellation=True,
            logger=self._requests_log(),
        )  # fmt: skip
        await runner.setup()
        assert runner.server is not None
        try:
            listening = await self.loop.create_server(
                self._guard.guarded(runner.server), self.host, self.port, ssl=self._tls, backlog=128,
                ssl_handshake_timeout=_HANDSHAKE_SECS if self._tls else None,
            )  # fmt: skip
        except OSError as error:
            self._problem = TaixuError(
                f"{self.host}:{self.port} cannot be listened on ({error.strerror or error}); choose another with --port"
            )
            await runner.cleanup()
            return
        self.port = listening.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        listening.close()
        await runner.cleanup()


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """What `Service` needs for TLS.

    Raises
    ------
    TaixuError
        When the files are no certificate and its key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise TaixuError(f"{certificate} and {key} are no certificate and its key: {error}") from None
    return context
