"""Fast senders are read in gulps, slow ones at once, and whom aiohttp does not want to read is left alone."""

from __future__ import annotations

import asyncio
from typing import Any

from taixu.serve import guard
from taixu.serve.guard import Guard, gather


class Line(asyncio.Transport):
    """A transport that writes down when it is read."""

    def __init__(self, protocol: Any) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self._protocol = protocol
        self.reading = True
        self.pauses = 0

    def get_protocol(self) -> Any:
        return self._protocol

    def is_reading(self) -> bool:
        return self.reading

    def pause_reading(self) -> None:
        self.reading = False
        self.pauses += 1

    def resume_reading(self) -> None:
        self.reading = True


class Inner(asyncio.Protocol):
    """What is behind the guard."""

    def __init__(self) -> None:
        self.heard = b""

    def data_received(self, data: bytes) -> None:
        self.heard += data


def connected() -> tuple[Any, Line, Inner]:
    inner = Inner()
    protocol: Any = Guard().guarded(lambda: inner)()
    line = Line(protocol)
    protocol.connection_made(line)
    protocol.data_received(b"GET / HTTP/1.1\r\n\r\n")
    return protocol, line, inner


async def resumed(line: Line) -> None:
    async with asyncio.timeout(60):
        while not line.reading:
            await asyncio.sleep(0.001)


def test_what_comes_fast_is_gathered_and_nothing_is_lost(monkeypatch: Any) -> None:
    monkeypatch.setattr(guard, "_GATHER_SECS", 0.5)  # so that two reads in a row count as fast on any machine

    async def talk() -> None:
        protocol, line, inner = connected()
        protocol.data_received(b"a")
        protocol.data_received(b"b")
        assert line.pauses == 0, "who did not ask for it waits for nothing"
        gather(line)
        protocol.data_received(b"c")
        protocol.data_received(b"d")
        assert not line.reading and line.pauses == 1
        await resumed(line)
        protocol.data_received(b"e" * (1 << 18))
        assert line.reading, "where much has come there is more"
        assert inner.heard.endswith(b"abcd" + b"e" * (1 << 18))
        protocol.connection_lost(None)

    asyncio.run(talk())


def test_a_reading_that_aiohttp_has_paused_is_not_resumed(monkeypatch: Any) -> None:
    monkeypatch.setattr(guard, "_GATHER_SECS", 0.02)

    async def talk() -> None:
        protocol, line, _ = connected()
        gather(line)
        line.pause_reading()  # as aiohttp does when it has enough
        protocol.data_received(b"c")
        protocol.data_received(b"d")
        await asyncio.sleep(0.1)
        assert not line.reading and line.pauses == 1
        protocol.connection_lost(None)

    asyncio.run(talk())
