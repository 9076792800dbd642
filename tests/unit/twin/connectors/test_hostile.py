"""Others that mean harm, or are broken: each is refused or survived, counted, and told in one line, and what is good comes."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from readings import Heard
from stranger import stranger
from waiting import until

from taixu.twin.connectors import open_sources
from taixu.twin.connectors.connector import MAX_JSON_BYTES, Link
from taixu.twin.inbox import Inbox

pytest.importorskip("aiohttp")
GOOD = b'[{"topic": "a", "values": {"value": 1}}]'


def answering(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> Callable[[socket.socket], None]:
    def answer(line: socket.socket) -> None:
        line.recv(65536)
        said = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close", *headers]
        line.sendall("\r\n".join([*said, "", ""]).encode() + body)
        line.recv(1)

    return answer


def dripping(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    ended = threading.Event()
    while not ended.wait(0.05):
        line.sendall(b" ")


BOMB = gzip.compress(bytes(256 << 20), 9)
HOSTILE: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "garbage": (lambda line: line.sendall(b"\0\xff" * 5000), "Error"),
    "endless heads": (lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500_000), "Error"),
    "a giant": (answering(b"x", length=1 << 40), "too large"),
    "a bomb": (answering(BOMB, "Content-Encoding: gzip"), ""),
    "a drip": (dripping, "Timeout"),
    "a wrong token": (answering(b"no", status="401 Unauthorized"), "401"),
    "cut off": (answering(b"[", length=100), "Error"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_http_goes_on_after(name: str) -> None:
    answer, said = HOSTILE[name]
    heard = Heard()
    with stranger(answer, answering(GOOD)) as address:
        settings = {"kind": "http", "url": f"http://{address}/", "every_secs": 0.1, "timeout_secs": 3.0}
        (source,) = open_sources({"poll": settings}, heard.inbox, lambda name: ())
        try:
            until(lambda: said in source.link.status.problem and (source.link.status.problem or name == "a bomb"))
            until(lambda: 1 in heard.values())
        finally:
            source.close()


def test_a_websocket_with_a_giant_and_with_rubbish() -> None:
    from base64 import b64encode
    from hashlib import sha1

    def frames(*sent: bytes) -> Callable[[socket.socket], None]:
        def answer(line: socket.socket) -> None:
            head = line.recv(65536).decode("latin1").split("\r\n")
            key = next(each.split(": ")[1] for each in head if each.lower().startswith("sec-websocket-key"))
            accept = b64encode(sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
            said = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
            said.append(f"Sec-WebSocket-Accept: {accept}")
            line.sendall("\r\n".join([*said, "", ""]).encode())
            for each in sent:
                line.sendall(each)
            line.recv(1)

        return answer

    text = lambda data: b"\x81\x7e" + len(data).to_bytes(2, "big") + data  # noqa: E731
    giant = b"\x82\x7f" + (1 << 40).to_bytes(8, "big") + bytes(1 << 16)
    heard = Heard()
    with stranger(frames(giant), frames(b"\xff\xff\xff"), frames(text(b"{nonsense"), text(b"[" * 60_000), text(GOOD))) as address:
        (source,) = open_sources({"live": {"kind": "websocket", "url": f"ws://{address}/"}}, heard.inbox, lambda name: ())
        try:
            until(lambda: 1 in heard.values())
            status = source.link.status
            assert status.bad_messages >= 3 and status.state == "connected"
        finally:
            source.close()


def test_a_server_of_nats_that_announces_gigabytes() -> None:
    pytest.importorskip("nats")

    def answer(line: socket.socket) -> None:
        line.sendall(b'INFO {"server_id":"x","version":"2.10.0","max_payload":1048576,"proto":1,"headers":true}\r\n')
        heard, new = b"", b"?"
        while new and not (b"SUB " in heard and heard.count(b"PING") >= 2):
            new = line.recv(4096)
            heard += new
            line.sendall(b"PONG\r\n" * new.count(b"PING"))
        line.sendall(b"MSG a 1 4000000000\r\n")
        while True:
            line.sendall(bytes(1 << 16))

    with stranger(answer) as address:
        (source,) = open_sources({"plant": {"kind": "nats", "url": f"nats://{address}"}}, Heard().inbox, lambda name: ("a",))
        try:
            until(lambda: "announces a message of 4,000,000,000" in source.link.status.last_problem)
            until(lambda: source.link.status.state == "waiting")
        finally:
            source.close()


def test_one_line_a_minute_says_what_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    link = Link("plant", Inbox(), tuple)
    for payload in (
        b"{nonsense", b"[" * 100_000, b"\xff\xfe\x00", b"TXB1", b"TXB1" + bytes(20), b"[{}" + b",{}" * (MAX_JSON_BYTES // 3) + b"]",
        b'{"v": 1e999}', b'{"v": ' + b"9" * 5000 + b"}", json.dumps({"v": [1, 2]}).encode(), b'{"topic": 7, "v": 1}',
        json.dumps({f"f{number}": 1 for number in range(300)}).encode(), b'{"time": "yesterday", "v": 1}',
    ):  # fmt: skip
        assert link.read("a", payload) == []
    assert link.status.bad_messages == 12
    (said,) = [each.getMessage() for each in caplog.records]
    assert said == "The source plant: a message of 'a' is no JSON (1 refused so far)."


def test_a_file_that_a_library_stumbles_over_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.twin.connectors import table

    def broken(*arguments: Any, **options: Any) -> Any:
        raise OverflowError("so deep")

    monkeypatch.setattr(table, "read_table", broken)
    (tmp_path / "a.csv").write_text("time,x\n1,2\n")
    settings = {"kind": "table", "path": str(tmp_path / "a.csv")}
    (source,) = open_sources({"file": settings}, Heard().inbox, lambda name: ())
    until(lambda: source.link.status.state == "failed")
    assert source.link.status.problem.endswith("it cannot be read: OverflowError so deep")
    source.close()
