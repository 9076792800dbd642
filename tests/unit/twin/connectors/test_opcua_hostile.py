"""Servers of OPC UA that mean harm, or are broken: refused, counted, told in a sentence, and left."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from opc_server import OpcServer
from readings import Heard
from stranger import stranger
from waiting import until

from taixu.errors import TaixuError
from taixu.twin.connectors import opcua as module
from taixu.twin.connectors import open_sources
from taixu.twin.connectors.opcua_guard import MAX_MESSAGE_BYTES

asyncua = pytest.importorskip("asyncua")
NODES = {"press/4": {"temp": "ns=2;s=Temp"}}


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers everybody's hello in its own way."""

    def heard(line: socket.socket) -> None:
        line.recv(4096)
        answer(line)

    with stranger(heard) as address:
        yield f"opc.tcp://{address}"


def opened(url: str, heard: Heard, **more: Any) -> Any:
    settings = {"kind": "opcua", "url": url, "nodes": NODES, "every_ms": 20, **more}
    (source,) = open_sources({"plant": settings}, heard.inbox, lambda name: ())
    return source


def rubbish(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 50)
    line.recv(1)


def endless_chunk(line: socket.socket) -> None:
    line.sendall(b"ACKF" + struct.pack("<I", 0xFFFFFFFF))
    for _ in range(100_000):
        line.sendall(bytes(1 << 16))


def cut_off(line: socket.socket) -> None:
    line.sendall(b"ACKF" + struct.pack("<I5I", 28, 0, 65535, 65535, 0, 0)[:11])


@pytest.mark.parametrize("answer", [rubbish, endless_chunk, cut_off])
def test_what_is_no_server_is_left(answer: Callable[[socket.socket], None]) -> None:
    heard = Heard()
    with server(answer) as url:
        source = opened(url, heard)
        until(lambda: source.link.status.state == "waiting" and source.link.status.problem)
        if answer is endless_chunk:
            until(lambda: "larger than agreed" in source.link.status.last_problem)
        with pytest.raises(TaixuError, match="not there"):
            source.browse("")
        source.close()
        assert source.link.status.state == "done" and not heard.take()


def test_one_that_never_answers_holds_nobody_up() -> None:
    with server(lambda line: [line.recv(1)].clear()) as url:
        source = opened(url, Heard())
        source.close()
        assert source.link.status.state == "done"


def test_giant_messages_and_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Plant:
        async def build(self, server: Any, number: int) -> None:
            folder = server.nodes.objects
            self.temp = await folder.add_variable(f"ns={number};s=Temp", "Temp", 20.0)

    caplog.set_level(logging.INFO)
    plant, heard = Plant(), Heard()
    server = OpcServer(plant.build)
    source = opened(server.url, heard)
    try:
        until(lambda: heard.values("temp") == [20.0])
        server.say(plant.temp, asyncua.ua.Variant([0.0] * (MAX_MESSAGE_BYTES // 8 + 1000)))
        until(lambda: "more than 4 MiB" in source.link.status.last_problem)
        server.say(plant.temp, asyncua.ua.Variant([0.0] * 20_000))
        until(lambda: "more than 256 values" in source.link.status.last_problem)
        server.say(plant.temp, 30.0)
        until(lambda: heard.values("temp")[-1] == 30.0)
    finally:
        source.close()
        server.close()
    said = [each for each in caplog.records if each.name.startswith("taixu") or each.name.startswith("asyncua.c")]
    assert len(said) == 1 and "\n" not in said[0].getMessage() and said[0].exc_info is None


def test_an_array_of_two_billion_nothings() -> None:
    from asyncua.common.utils import Buffer
    from asyncua.ua.ua_binary import variant_from_binary

    with server(cut_off) as url:
        source = opened(url, Heard())
        until(lambda: source.link.status.problem)
        source.close()
    with pytest.raises(TaixuError, match="nothings"):
        variant_from_binary(Buffer(b"\x80" + struct.pack("<i", 2**31 - 1)))
    assert variant_from_binary(Buffer(b"\x80" + struct.pack("<i", 3))).Value == [None] * 3


def test_a_flood_is_thinned_to_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    class Node:
        def __init__(self, name: str) -> None:
            self.nodeid = self
            self._name = name

        def to_string(self) -> str:
            return self._name

    import asyncio

    async def flood() -> list[tuple[str, Any, Any]]:
        news = module._News(refused.append)
        for value in range(module._MAX_WAITING):
            news.datachange_notification(Node(f"i={value % 3}"), value, None)
        return news.take()

    refused: list[str] = []
    left = asyncio.run(flood())
    last = module._MAX_WAITING
    assert {node: value for node, value, _ in left} == {f"i={value % 3}": value for value in range(last - 3, last)}
    assert len(refused) == 1 and "left out for newer ones" in refused[0]
