"""WebSockets and HTTP that we call, against a server in this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from readings import Heard
from waiting import until

from taixu.errors import TaixuError
from taixu.twin import Batch, encode_batch
from taixu.twin.connectors import open_sources
from taixu.twin.connectors.outside import is_allowed, outside_url, session

web = pytest.importorskip("aiohttp.web")


class Outside:
    """A small server that counts, and says what it is told to say."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.said: list[str] = []
        self.answer = b'[{"topic": "a", "values": {"value": 1}}]'
        self.headers: dict[str, str] = {"ETag": '"1"'}
        self.status = 200
        self.sockets: list[Any] = []
        self.loop = asyncio.new_event_loop()
        self._ready, self._end = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self.loop.run_until_complete, args=(self._serve(),), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    async def _serve(self) -> None:
        async def poll(request: Any) -> Any:
            self.asked.append(dict(request.headers))
            if "ETag" in self.headers and request.headers.get("If-None-Match") == self.headers["ETag"]:
                return web.Response(status=304)
            return web.Response(body=self.answer, status=self.status, headers=self.headers)

        async def stream(request: Any) -> Any:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            self.asked.append(dict(request.headers))
            self.sockets.append(socket)
            async for message in socket:
                self.said.append(message.data)
            return socket

        application = web.Application()
        application.add_routes([web.get("/poll", poll), web.get("/stream", stream)])
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"127.0.0.1:{runner.addresses[0][1]}"
        self._ready.set()
        await self._end.wait()
        for socket in self.sockets:
            await socket.close()
        await runner.cleanup()

    def push(self, data: str | bytes) -> None:
        socket = self.sockets[-1]
        sent = socket.send_str(data) if isinstance(data, str) else socket.send_bytes(data)
        asyncio.run_coroutine_threadsafe(sent, self.loop).result(10)

    def hang_up(self) -> None:
        asyncio.run_coroutine_threadsafe(self.sockets[-1].close(), self.loop).result(10)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    yield server
    server.close()


def test_http_is_polled_and_read_only_when_it_changed(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANT_TOKEN", "s3cret")
    heard = Heard()
    settings = {"kind": "http", "url": f"http://{outside.address}/poll", "every_secs": 0.1, "token_variable": "PLANT_TOKEN"}
    (source,) = open_sources({"plant": settings}, heard.inbox, lambda name: ())
    try:
        until(lambda: len(outside.asked) > 3)
        assert heard.values() == [1], "what did not change is not read again"
        assert outside.asked[0]["Authorization"] == "Bearer s3cret" and source.link.status.state == "connected"
        outside.answer, outside.headers = b'{"topic": "a", "pose": {"x": 2, "y": null}}', {"ETag": '"2"'}
        until(lambda: heard.values("pose.x") == [2])
        outside.answer, outside.headers = b"<html>", {"ETag": '"3"'}
        until(lambda: source.link.status.bad_messages == 1)
        with pytest.raises(TaixuError, match="nothing can be sent"):
            source.send("a", b"1")
    finally:
        source.close()


@pytest.mark.parametrize(
    ("status", "headers", "answer", "said"),
    [
        (302, {"Location": "http://169.254.169.254/secrets"}, b"", "elsewhere"),
        (500, {}, b"{}", "answers 500"),
        (200, {}, bytes((16 << 20) + 1), "too large"),
    ],
)
def test_http_that_answers_otherwise(outside: Outside, status: int, headers: dict[str, str], answer: bytes, said: str) -> None:
    outside.status, outside.headers, outside.answer = status, headers, answer
    settings = {"kind": "http", "url": f"http://{outside.address}/poll", "every_secs": 0.1}
    (source,) = open_sources({"plant": settings}, Heard().inbox, lambda name: ())
    until(lambda: said in source.link.status.problem)
    assert source.link.status.state == "waiting"
    source.close()


def test_a_websocket_brings_json_and_records_and_is_called_again(outside: Outside) -> None:
    heard = Heard()
    settings = {"kind": "websocket", "url": f"ws://{outside.address}/stream", "topic": "a", "hello": ['{"subscribe": "all"}']}
    (source,) = open_sources({"plant": settings}, heard.inbox, lambda name: ())
    try:
        until(lambda: outside.said == ['{"subscribe": "all"}'])
        until(lambda: source.link.status.state == "connected")
        outside.push("5")
        outside.push(encode_batch(Batch("b", np.zeros(2, np.uint32), np.arange(2), {"value": np.array([6.0, 7.0])})))
        outside.push("{")
        until(lambda: heard.values() == [5, 6.0, 7.0] and source.link.status.bad_messages == 1)
        source.send("belt/1/set", b'{"command": 7, "value": 1.5}')
        until(lambda: outside.said[-1] == '{"topic": "belt/1/set", "command": 7, "value": 1.5}')
        outside.hang_up()
        until(lambda: len(outside.sockets) == 2 and source.link.status.state == "connected")
        outside.push("8")
        until(lambda: heard.values() == [5, 6.0, 7.0, 8])
    finally:
        source.close()


def test_nobody_there_is_waited_for() -> None:
    (source,) = open_sources({"plant": {"kind": "websocket", "url": "ws://127.0.0.1:9/"}}, Heard().inbox, lambda name: ())
    until(lambda: source.link.status.problem)
    with pytest.raises(TaixuError, match="not there"):
        source.send("a", b"{}")
    source.close()


@pytest.mark.parametrize(
    "url", ["", "ftp://x/", "http://", "http://[::1", "http://user:secret@x/", "http://169.254.169.254/", "http://[fe80::1]/"]
)
def test_addresses_that_are_not_called(url: str) -> None:
    with pytest.raises(TaixuError):
        outside_url(url, ("http", "https"))
    with pytest.raises(TaixuError, match=r"twin.sources.plant"):
        open_sources({"plant": {"kind": "http", "url": url}}, Heard().inbox, lambda name: ())


def test_names_that_stand_for_link_local_addresses_are_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    from aiohttp.resolver import ThreadedResolver

    assert not is_allowed("::ffff:169.254.169.254") and not is_allowed("fe80::1%eth0") and is_allowed("10.0.0.1")

    async def resolve(self: Any, host: str, *more: Any, **options: Any) -> list[dict[str, Any]]:
        return [{"hostname": host, "host": "169.254.169.254", "port": 80, "family": 2, "proto": 0, "flags": 0}]

    monkeypatch.setattr(ThreadedResolver, "resolve", resolve)

    async def call() -> None:
        async with session("") as http, http.get("http://metadata.example/"):
            pass

    with pytest.raises(OSError) as refused:
        asyncio.run(call())
    assert "sources do not call" in str(refused.value.__cause__)
