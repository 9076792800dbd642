"""Strangers at the door of the agents' server: each is refused in a sentence, and the world goes on."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from time import monotonic, sleep
from typing import Any

import pytest
from waiting import HANG_SECS, until

pytest.importorskip("mcp", reason='agents are not installed; pip install "taixu[editor]"')
from agent_visit import visit
from mcp import Client

from taixu.errors import TaixuError
from taixu_editor.agents import AgentServer, AgentTools, Bridge, Consent
from taixu_editor.agents.guard import MOST_BYTES
from taixu_editor.host import Host


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    made = Host()
    made.open("samples/gallery")
    yield made
    made.close()


@pytest.fixture
def served(host: Host) -> Iterator[AgentServer]:
    """A server whose owner's thread is another one, which serves it all the time."""
    consent, bridge, is_over = Consent(), Bridge(), threading.Event()
    consent.allow(["all"])
    server = AgentServer(AgentTools(host), bridge, consent)

    def serve() -> None:
        while not is_over.is_set():
            bridge.serve(wait_secs=0.02)

    owner = threading.Thread(target=serve)
    owner.start()
    server.start()
    yield server
    is_over.set()
    owner.join()
    server.close()


def connect(server: AgentServer, timeout: float) -> socket.socket:
    """It listens a moment after it was started."""
    started = monotonic()
    while True:
        try:
            return socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        except ConnectionRefusedError:
            assert monotonic() - started < timeout
            sleep(0.02)


def talk(server: AgentServer, data: bytes, *, timeout: float = 10.0) -> bytes:
    """Send bytes as they are, and read until the server has no more to say."""
    with connect(server, timeout) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):  # refused before it had heard all
            pass
        found = b""
        try:
            while part := connection.recv(65536):
                found += part
        except ConnectionResetError:
            pass
    return found


def request(server: AgentServer, body: bytes = b"{}", **headers: str) -> bytes:
    fields = {
        "Host": f"127.0.0.1:{server.port}", "Authorization": f"Bearer {server.token}", "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream", "Content-Length": str(len(body)), "Connection": "close",
    }  # fmt: skip
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"POST /mcp HTTP/1.1\r\n{lines}\r\n".encode() + body


@pytest.mark.parametrize(
    ("headers", "status", "sentence"),
    [
        ({"Authorization": ""}, 401, "this world asks for its token"),
        ({"Authorization": "Bearer wrong"}, 401, "this world asks for its token"),
        ({"Origin": "https://example.com"}, 403, "web pages are not let in"),
        ({"Origin": "null"}, 403, "web pages are not let in"),
        ({"Host": "evil.example:80"}, 421, "this world is at 127.0.0.1 alone"),
        ({"Content_Length": str(MOST_BYTES + 1)}, 413, "a request holds 1 MiB at the most"),
    ],
    ids=["no token", "wrong token", "a page", "a page of nowhere", "rebound name", "too long"],
)
def test_strangers_are_refused_in_a_sentence(served: AgentServer, headers: dict[str, str], status: int, sentence: str) -> None:
    said = talk(served, request(served, **headers)).decode()
    assert said.startswith(f"HTTP/1.1 {status} ")
    assert said.partition("\r\n\r\n")[2].strip() == sentence


def test_what_is_longer_than_it_says_is_refused(served: AgentServer) -> None:
    """In parts, without a length before them."""
    part = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    head = request(served, b"", Content_Length="", Transfer_Encoding="chunked")
    said = talk(served, head + part * (MOST_BYTES // 0x10000 + 2) + b"0\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 413 ")


GARBAGE = [
    b"\x00\xff\xfe" * 100,
    b"{",
    b"[" * 100_000,
    b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 5}}',
    b'{"jsonrpc": "2.0", "id": 1, "method": "no/such"}',
    json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"a": "x" * 500_000}}).encode(),
]


@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: body[:12].hex())
def test_garbage_is_refused_and_harms_nobody(served: AgentServer, body: bytes) -> None:
    said = talk(served, request(served, body))
    assert said.startswith(b"HTTP/1.1 4") or b'"error"' in said
    assert b"Traceback" not in said


def test_garbage_instead_of_a_request_harms_nobody(served: AgentServer) -> None:
    for data in (b"\x16\x03\x01\x02\x00" * 50, b"GET " + b"/" * 200_000 + b" HTTP/1.1\r\n\r\n", b"\r\n\r\n"):
        assert b"Traceback" not in talk(served, data + b"\r\n\r\n", timeout=2.0) if data.strip() else True
    assert talk(served, request(served, Authorization="")).startswith(b"HTTP/1.1 401 ")


def test_what_is_wrong_with_arguments_is_a_sentence(served: AgentServer) -> None:
    said: list[str] = []

    async def act(client: Client) -> None:
        wrong: list[tuple[str, dict[str, Any]]] = [
            ("apply", {"steps": 5}), ("apply", {}), ("query_world", {"component": "nothing"}), ("query_world", {"limit": "many"}),
            ("query_world", {"ids": ["xyz"]}), ("take_picture", {"eye": [1, 2]}), ("nothing", {}),
            ("rehearse", {"steps": [{"operation": "entity.spawn", "parameters": {"nme": "x"}}]}),
            ("rehearse", {"steps": [{"operation": "transform.set", "parameters": {"transforms": {"xyz": 5}}}]}),
            ("apply", {"steps": [{"operation": "world.save"}]}), ("apply", {"steps": [{}] * 3000}),
            ("apply", {"steps": [{"operation": "prefab.make", "parameters": {"entity": "0" * 16, "path": "x"}}]}),
        ]  # fmt: skip
        for tool, arguments in wrong:
            result = await client.call_tool(tool, arguments)
            assert result.is_error, (tool, arguments)
            said.append(result.content[0].text)

    asyncio.run(visit(served.url, served.token, act))
    for sentence in said:
        assert "\n" not in sentence and len(sentence) < 400, sentence
        assert "validation error" not in sentence and "Error executing" not in sentence and "Traceback" not in sentence


def test_a_thousand_requests_at_once_are_answered_or_refused(served: AgentServer) -> None:
    answered: list[str] = []

    async def act(client: Client) -> None:
        async def one() -> str:
            try:
                result = await client.call_tool("query_world", {"limit": 1})
            except Exception as error:  # whom the server would not even listen to
                return type(error).__name__
            return result.content[0].text if result.is_error else ""

        for _ in range(10):
            answered.extend(await asyncio.gather(*(one() for _ in range(100))))

    asyncio.run(visit(served.url, served.token, act))
    assert len(answered) == 1000
    assert answered.count("") >= 300, set(answered)
    assert all("wait already" in said for said in answered if " " in said), set(answered)


def test_who_waits_hears_when_nobody_is_let_in_any_more(host: Host) -> None:
    bridge = Bridge(most_waiting=2)
    waiting = [bridge.submit(lambda promise: promise.set_result(1)) for _ in range(2)]
    with pytest.raises(TaixuError, match="wait already"):
        bridge.submit(lambda promise: None)
    bridge.close()
    for promise in waiting:
        with pytest.raises(TaixuError, match="lets nobody in"):
            promise.result(timeout=1)
    with pytest.raises(TaixuError, match="lets nobody in"):
        bridge.submit(lambda promise: None)


def test_an_owner_who_rests_is_woken_by_each_call() -> None:
    woken = []
    bridge = Bridge(most_waiting=2, wake=lambda: woken.append(bridge.waiting))
    for _ in range(2):
        bridge.submit(lambda promise: None)
    assert woken == [1, 2]


def test_who_gave_up_is_not_served() -> None:
    bridge, done = Bridge(), []

    def act(promise: Future[Any]) -> None:
        done.append(promise)

    bridge.submit(act).cancel()
    assert bridge.serve() == 0
    assert not done


def test_stopping_ends_it_at_once_for_those_who_wait(host: Host) -> None:
    """Nobody serves here: the request would wait for minutes."""
    consent, bridge = Consent(), Bridge()
    consent.allow(["all"])
    server = AgentServer(AgentTools(host), bridge, consent)
    server.start()
    told: list[str] = []

    async def act(client: Client) -> None:
        try:
            result = await client.call_tool("query_world", {})
            told.append(result.content[0].text if result.is_error else "")
        except Exception as error:  # the line was cut before the answer came through
            told.append(type(error).__name__)

    def run() -> None:
        try:
            asyncio.run(visit(server.url, server.token, act))
        except Exception as error:  # it cannot say good-bye any more
            told.append(type(error).__name__)

    visitor = threading.Thread(target=run)
    visitor.start()
    until(lambda: bridge.waiting)
    server.stop()
    visitor.join(timeout=HANG_SECS)
    assert not visitor.is_alive()
    assert told and told[0], "it heard that it was over"
    with pytest.raises(ConnectionRefusedError):
        server.close()
        socket.create_connection(("127.0.0.1", server.port), timeout=1.0)
