"""What a server survives: who is slow, who sends too much, who comes too often, who has no business here."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from served import serving
from waiting import HANG_SECS, until

import taixu as tx
from taixu.edit import WorldSettings
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.twin import Device
from taixu.twin.plugin import begin_recording, configure_twin

pytest.importorskip("aiohttp")
ADMIN, VIEWER = "a" * 20, "v" * 20


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A world that is served with little patience."""
    def make(app: tx.App) -> Server:
        app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        app.resource(WorldSettings).values["twin"] = {
            "bindings": [{"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position"}]
        }
        configure_twin(app.world)
        roles = {ADMIN: Guest("admin", Role.ADMIN), VIEWER: Guest("eve", Role.VIEW)}
        server = Server(app, Access(roles), port=0)
        server.guard.head_secs = 1.0
        return server

    with serving(make) as server:
        yield server


def say(server: Server, *parts: bytes, pause_secs: float = 0.0, secs: float = 120.0) -> bytes:
    """What comes back for bytes before the server hangs up, or an answer is whole."""
    with socket.create_connection(("127.0.0.1", server.service.port), timeout=secs) as line:
        heard = b""
        try:
            for part in parts:
                line.sendall(part)
                time.sleep(pause_secs)
            while piece := line.recv(1 << 16):
                heard += piece
                if b"\r\n\r\n" in heard and b"keep-alive" not in heard and len(parts) == 1:
                    break
        except (ConnectionError, TimeoutError):
            return heard
        return heard


def head(path: str = "/state", *, method: str = "GET", token: str = ADMIN, **more: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def refused(server: Server, why: str) -> int:
    metrics = say(server, head("/metrics", Connection="close"))
    line = next((line for line in metrics.decode().splitlines() if f'taixu_refused_total{{why="{why}"}}' in line), "")
    assert int(line.rpartition(" ")[2] or 0) == server.guard.refused[why]
    return server.guard.refused[why]


def lives(server: Server) -> None:
    assert status(say(server, head(Connection="close"))) == 200


def test_who_is_slow_to_say_what_he_wants_is_hung_up_on(server: Server) -> None:
    answer = say(server, *(bytes((each,)) for each in b"GET / HTTP/1.1\r\nX: 1234567890"), pause_secs=0.1)
    assert status(answer) in (0, 408)
    assert status(say(server, b"")) == 408, "nothing at all is slow, too"
    assert refused(server, "slow_head") == 2
    lives(server)


def test_many_slow_ones_do_not_keep_others_out(server: Server) -> None:
    lines = [socket.create_connection(("127.0.0.1", server.service.port), timeout=10) for _ in range(200)]
    try:
        for line in lines:
            line.sendall(b"GET / HTTP/1.1\r\n")
        lives(server)
        until(lambda: server.guard.open <= 1)
    finally:
        for line in lines:
            line.close()
    assert refused(server, "slow_head") >= 200


def test_slow_heads_of_later_requests_and_slow_bodies(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taixu.serve.door._BODY_SECS", 0.5)
    answer = say(server, head("/ingest", method="POST", Content_Length="100", Connection="close") + b"{", secs=10)
    assert status(answer) == 408 and refused(server, "slow_body") == 1
    sent = head("/ingest", method="POST", token="nobody" * 4, Content_Length="100", Connection="close") + b"{"
    nobody = say(server, sent, secs=10)
    assert status(nobody) == 401, "who has no token is not even listened to"


def test_too_many_connections_of_one_address(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.guard, "most_of_one", 5)
    lines = [socket.create_connection(("127.0.0.1", server.service.port), timeout=10) for _ in range(9)]
    try:
        until(lambda: server.guard.refused["too_many_connections"] == 4)
        assert status(lines[8].recv(1000)) == 503
    finally:
        for line in lines:
            line.close()
    until(lambda: server.guard.open == 0)
    lives(server)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: a\r\n" % i for i in range(20000)) + b"\r\n",
        b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        bytes(range(256)) * 8 + b"\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(server: Server, sent: bytes) -> None:
    assert 400 <= status(say(server, sent)) < 500
    assert refused(server, "no_request") > 0
    lives(server)


def test_bodies_that_are_too_large(server: Server) -> None:
    assert status(say(server, head("/ingest", method="POST", Content_Length=str(1 << 40)))) == 413
    assert status(say(server, head("/commands", method="POST", Content_Length=str(2 << 20)))) == 413
    assert refused(server, "large_body") == 2
    lives(server)


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/viewer/../../../../etc/passwd", "/viewer/%2e%2e/%2e%2e/pyproject.toml", "/project/../taixu.toml",
        "/project/%2e%2e%2ftaixu.toml", "/project//etc/passwd", "/project/..%5c..%5ctaixu.toml", "/viewer/%00",
        "/project/%c0%ae%c0%ae/x",
        "/viewer/....//....//etc/passwd", "/project/" + "a/" * 3000,
    ],
)  # fmt: skip
def test_paths_that_lead_elsewhere(server: Server, path: str) -> None:
    answer = say(server, head(path, Connection="close"))
    assert 400 <= status(answer) < 500 and b"root:" not in answer and b"[project]" not in answer
    lives(server)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Origin": "https://evil.example"}, 403), ({"Origin": "null"}, 403), ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}, 403),
        ({"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}, 200), ({"Sec_Fetch_Site": "same-origin"}, 200),
    ],
)  # fmt: skip
def test_pages_of_others(server: Server, headers: dict[str, str], expected: int) -> None:
    before = refused(server, "foreign_page")
    assert status(say(server, head(Connection="close", **headers))) == expected
    assert refused(server, "foreign_page") - before == (expected == 403)


def test_wrong_tokens_are_counted_and_slowed_down(server: Server) -> None:
    answers = [status(say(server, head(token="guess" * 4 + str(i), Connection="close"))) for i in range(40)]
    assert set(answers) == {401, 429} and answers[-1] == 429 and refused(server, "no_token") >= 40
    lives(server)
    assert status(say(server, head("/stop", method="POST", token=VIEWER, Connection="close"))) == 403
    assert refused(server, "role") == 1


@pytest.mark.parametrize("path", ["ingest", "watch", "live"])
def test_frames_that_no_viewer_sends(server: Server, path: str) -> None:
    """Oversized, damaged and senseless frames end a WebSocket or are answered in a sentence, and end nothing else."""

    async def talk(data: str | bytes) -> None:
        import aiohttp

        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {ADMIN}"})
        async with session, session.ws_connect(server.url + path, max_msg_size=0) as line:
            try:
                await (line.send_str(data) if isinstance(data, str) else line.send_bytes(data))
                await line.send_str("{")
            except ConnectionError:  # hung up on in the midst of it
                return
            with pytest.raises(TimeoutError):
                while True:
                    message = await asyncio.wait_for(line.receive(), 0.2)
                    if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR):
                        raise TimeoutError

    hostile: list[str | bytes] = [
        "[" * 4000, '{"look": {"at": [1e999, NaN, "x"], "reach": -1}}', '{"follow": "everything", "eye": 7}', "\x00",
        json.dumps({"at": 10**30, "speed": "fast", "tell": -5, "shown": 1 << 80, "look": [1]}), "x" * (5 << 20),
        b"TXB1" + b"\xff" * 60, b"\xff" * 4000,
    ]  # fmt: skip
    for data in hostile:
        asyncio.run(talk(data))
    lives(server)


def test_a_damaged_websocket_frame_is_hung_up_on(server: Server) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "A" * 22 + "=="}
    for frame in (b"\x81\xff" + b"\xff" * 8 + bytes(4), b"\xf1\x85" + bytes(9), b"\x81\x05hello", b"\x88\xfe" + bytes(200)):
        answer = say(server, head("/watch", **upgrade), frame, pause_secs=0.1, secs=2)
        assert status(answer) == 101
    lives(server)


def test_readings_that_are_none_are_counted(server: Server) -> None:
    before = refused(server, "bad_reading")
    data = b'{"values": {"x": [[[]]]}}'
    assert status(say(server, head("/ingest", method="POST", Content_Length=str(len(data)), Connection="close") + data)) == 400
    assert refused(server, "bad_reading") == before + 1


def test_browsing_what_is_not_there(server: Server) -> None:
    assert status(say(server, head("/sources/plant/browse?node=i%3D85", Connection="close"))) == 404
    found: Any = json.loads(say(server, head("/sources", Connection="close")).partition(b"\r\n\r\n")[2])
    assert found == {"sources": {}}


@pytest.mark.skipif(sys.platform == "win32", reason="limits of processes are POSIX")
def test_a_full_disk_is_told_waited_for_and_forgotten(tmp_path: Path) -> None:
    """No file may grow for a while, as when a disk is full: nothing is acknowledged, and nothing is lost."""
    import resource

    from taixu.twin.memory import Recording

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    def make(app: tx.App) -> Server:
        app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        app.resource(WorldSettings).values["twin"] = {
            "bindings": [{"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position"}]
        }
        configure_twin(app.world)
        begin_recording(app, tmp_path / "recording")
        return Server(app, Access({ADMIN: Guest("admin", Role.ADMIN)}), port=0)

    def bring(server: Server, x: float) -> int:
        data = json.dumps({"topic": "agv/7", "time": time.time(), "values": {"x": x, "y": 0}}).encode()
        sent = head("/ingest", method="POST", Content_Length=str(len(data)), Connection="close")
        return status(say(server, sent + data))

    def health(server: Server) -> tuple[int, bool]:
        answer = say(server, head("/healthz", Connection="close"))
        return status(answer), json.loads(answer.partition(b"\r\n\r\n")[2])["recording_stalled"]

    try:
        with serving(make) as server:
            assert bring(server, 1) == 200 and health(server) == (200, False)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
            with ThreadPoolExecutor(1) as pool:
                waiting = pool.submit(bring, server, 2)
                until(lambda: health(server) == (503, True))
                metrics = say(server, head("/metrics", Connection="close"))
                assert b"taixu_recording_stalled 1" in metrics
                assert not waiting.done(), "what is not kept is not acknowledged"
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
                assert waiting.result(HANG_SECS) == 200
            until(lambda: health(server) == (200, False))
            assert bring(server, 3) == 200
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    recording = Recording(tmp_path / "recording")
    assert recording.moment(time.time_ns()).column("transform", "translation")[1][0].tolist() == [3.0]
