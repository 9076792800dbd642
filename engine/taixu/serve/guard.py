"""The guard before the door: connections that are not requests yet.

How many there may be, and how long each may take to say what it wants; what comes is handed on to aiohttp, which asks neither.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

__all__ = ["Guard", "gather"]

_log = logging.getLogger(__name__)
_END = b"\r\n\r\n"
_GATHER_SECS = 0.004
_MUCH_BYTES = 128 << 10
_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"


class Guard:
    """Watches over connections (the network's thread).

    Parameters
    ----------
    most, most_of_one
        Connections that may be open, and those of one address.
    head_secs, head_bytes
        How long the head of a connection's first request may take, and how long it may be; aiohttp waits for later ones no longer
        than for idle connections.
    """

    def __init__(self, *, most: int = 2048, most_of_one: int = 1024, head_secs: float = 10.0, head_bytes: int = 64 << 10) -> None:
        self.most, self.most_of_one, self.head_secs, self.head_bytes = most, most_of_one, head_secs, head_bytes
        self.refused: Counter[str] = Counter()
        """What was refused, by why; the door counts here, too."""
        self.open = 0
        self._by_address: Counter[str] = Counter()

    def guarded(self, make: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
        """What makes protocols, with a guard before each."""
        return lambda: _Guarded(self, make())

    def refuse(self, why: str) -> None:
        """Count a refusal."""
        self.refused[why] += 1

    def enter(self, address: str) -> bool:
        """Whether one more may come from an address."""
        if self.open >= self.most or self._by_address[address] >= self.most_of_one:
            self.refuse("too_many_connections")
            return False
        self.open += 1
        self._by_address[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One has gone."""
        self.open -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]


def gather(transport: asyncio.BaseTransport | None) -> None:
    """Read much that comes in small pieces at once, a few milliseconds late (a quarter of a frame), on one connection."""
    protocol = transport.get_protocol() if isinstance(transport, asyncio.Transport) else None
    if isinstance(protocol, _Guarded):
        protocol.gather()


class _Guarded(asyncio.Protocol):
    """Hands everything on to a protocol, once the first request's head is on its way."""

    def __init__(self, guard: Guard, inner: asyncio.Protocol) -> None:
        self._guard, self._inner = guard, inner
        self._transport: asyncio.Transport | None = None
        self._address = ""
        self._is_in = False
        self._head_bytes, self._tail = 0, b""
        self._timer: asyncio.TimerHandle | None = None
        self._is_gathering, self._read_at = False, 0.0

    def connection_made(self, transport: Any) -> None:
        peer = transport.get_extra_info("peername")
        self._transport, self._address = transport, str(peer[0]) if isinstance(peer, tuple) and peer else ""
        self._is_in = self._guard.enter(self._address)
        if not self._is_in:
            _log.warning("%s has too many connections", self._address)
            self._hang_up(_BUSY)
            return
        self._timer = asyncio.get_running_loop().call_later(self._guard.head_secs, self._late)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if not self._is_in:
            return
        if self._timer is not None:
            self._head_bytes += len(data)
            if _END in self._tail + data:
                self._timer.cancel()
                self._timer = None
            elif self._head_bytes > self._guard.head_bytes:
                self._guard.refuse("large_head")
                self._hang_up(_LARGE)
                return
            self._tail = data[-3:]
        self._inner.data_received(data)
        if self._is_gathering:
            self._pause_for_more(len(data))

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._is_in else None

    def gather(self) -> None:
        """What comes from now on may wait a moment, so that much that comes in small pieces is read at once."""
        self._is_gathering = True

    def _pause_for_more(self, count: int) -> None:
        """Let the kernel gather what a fast sender sends, as network cards do with their interrupts: to wake for each message costs
        more than the message. Who sends slowly waits for nothing, and a full read says that there is more already.
        """
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        now, before = loop.time(), self._read_at
        self._read_at = now
        # aiohttp that has enough pauses the reading itself, and resumes it: then it is not ours to touch.
        if now - before < 2 * _GATHER_SECS and count < _MUCH_BYTES and self._transport.is_reading():
            self._transport.pause_reading()
            loop.call_later(_GATHER_SECS, self._transport.resume_reading)

    def connection_lost(self, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._is_in:
            self._is_in = False
            self._guard.leave(self._address)
            self._inner.connection_lost(error)

    def pause_writing(self) -> None:
        if self._is_in:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._is_in:
            self._inner.resume_writing()

    def _late(self) -> None:
        self._timer = None
        self._guard.refuse("slow_head")
        _log.warning("%s took too long to say what it wants", self._address)
        self._hang_up(_LATE)

    def _hang_up(self, answer: bytes) -> None:
        assert self._transport is not None
        self._transport.write(answer)
        self._transport.close()
