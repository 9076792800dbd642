from __future__ import annotations

import asyncio
import json
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import numpy as np
import pytest
from served import serving
from waiting import until

import taixu as tx
from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.serve import Access, Server, read_tokens
from taixu.serve.access import Guest, Role
from taixu.twin import Batch, Device, encode_batch
from taixu.twin.memory import Recording
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin

ADMIN, VIEWER, DEVICE = "a" * 20, "v" * 20, "d" * 20
RULE = {"name": "too far", "when": "transform.translation.x > 100", "severity": "critical"}
BINDING = {"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position"}


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A world that is served from a thread that stands for the program's main one."""
    folder = tmp_path_factory.mktemp("serve") / "recording"
    def make(app: tx.App) -> Server:
        app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        app.resource(WorldSettings).values["twin"] = {"bindings": [BINDING], "rules": [RULE]}
        configure_twin(app.world)
        begin_recording(app, folder)
        roles = {ADMIN: Guest("admin", Role.ADMIN), VIEWER: Guest("eve", Role.VIEW), DEVICE: Guest("plc", Role.OPERATE)}
        return Server(app, Access(roles), port=0)

    with serving(make) as server:
        yield server, folder


def ask(
    server: Server, path: str, *, token: str = "", data: bytes | None = None, method: str | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    sent = headers | ({"Authorization": f"Bearer {token}"} if token else {})
    request = Request(server.url.rstrip("/") + path, data=data, headers=sent, method=method)
    try:
        with build_opener(NoRedirect).open(request, timeout=120) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


def reading(x: float) -> bytes:
    return json.dumps({"topic": "agv/7", "time": time.time(), "values": {"x": x, "y": 0}}).encode()


def test_who_shows_no_token_sees_nothing(served: tuple[Server, Path]) -> None:
    server, _ = served
    for path in ("/", "/metrics", "/state", "/openapi.json"):
        assert ask(server, path)[0] == 401
    assert ask(server, "/state", token="b" * 20)[0] == 401
    assert ask(server, "/ingest", data=reading(1))[0] == 401
    assert ask(server, "/healthz")[0] == 200, "who watches over machines needs none"


def test_roles(served: tuple[Server, Path]) -> None:
    server, _ = served
    assert ask(server, "/state", token=VIEWER)[0] == 200
    assert ask(server, "/ingest", token=VIEWER, data=reading(1))[0] == 403
    assert ask(server, "/ingest", token=DEVICE, data=reading(1))[0] == 200
    assert ask(server, "/stop", token=DEVICE, data=b"")[0] == 403


def test_a_pages_token_goes_into_a_cookie_at_once(served: tuple[Server, Path]) -> None:
    server, _ = served
    status, headers, _ = ask(server, f"/?token={VIEWER}")
    assert status == 303 and headers["Location"] == "/"
    assert "HttpOnly" in headers["Set-Cookie"] and "SameSite=Strict" in headers["Set-Cookie"]
    assert ask(server, "/", Cookie=headers["Set-Cookie"].split(";")[0])[0] == 200
    assert f"_{server.service.port}=" in headers["Set-Cookie"], "servers of one machine share what browsers keep"
    stale = headers["Set-Cookie"].split("=")[0] + "=" + "z" * 20
    assert ask(server, f"/?token={VIEWER}", Cookie=stale)[0] == 303, "a cookie of a server before shuts nobody out"


def test_pages_of_other_origins_are_kept_out(served: tuple[Server, Path]) -> None:
    server, _ = served
    assert ask(server, "/state", token=ADMIN, Origin="https://evil.example")[0] == 403
    assert ask(server, "/state", token=ADMIN, Origin=server.url.rstrip("/"))[0] == 200


def test_readings_by_http_are_kept_when_it_says_so(served: tuple[Server, Path]) -> None:
    server, folder = served
    status, _, text = ask(server, "/ingest", token=DEVICE, data=reading(4.5))
    assert (status, json.loads(text)) == (200, {"kept": 1})
    recording = Recording(folder)
    assert recording.moment(time.time_ns()).column("transform", "translation")[1][0].tolist() == [4.5]
    batch = Batch("agv/7", np.zeros(1, np.uint32), np.array([time.time_ns()]), {"x": np.array([5.5]), "y": np.zeros(1)})
    assert ask(server, "/ingest", token=DEVICE, data=encode_batch(batch))[0] == 200
    assert Recording(folder).moment(time.time_ns()).column("transform", "translation")[1][0].tolist() == [5.5]


@pytest.mark.parametrize("data", [b"{", b"TXB1" + bytes(100), b"[1, [2]]", b"\xff\xfe"])
def test_what_is_no_reading_is_one_sentence(served: tuple[Server, Path], data: bytes) -> None:
    status, _, text = ask(served[0], "/ingest", token=DEVICE, data=data)
    assert status == 400 and json.loads(text)["error"]


def test_a_stream_of_readings_is_acknowledged(served: tuple[Server, Path]) -> None:
    server, _ = served

    async def talk() -> list[dict[str, Any]]:
        import aiohttp

        said: list[dict[str, Any]] = []
        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {DEVICE}"})
        async with session, session.ws_connect(server.url + "ingest") as socket:
            await socket.send_str("{")
            for i in range(50):
                fields = {"x": np.full(10, 1.0 * i), "y": np.zeros(10)}
                batch = Batch("agv/7", np.zeros(10, np.uint32), time.time_ns() + np.arange(10), fields)
                await socket.send_bytes(encode_batch(batch))
            while not said or said[-1].get("kept", 0) < 500:
                said.append(json.loads((await socket.receive(timeout=120)).data))
        return said

    said = asyncio.run(talk())
    assert "no JSON" in said[0]["error"], "a bad message is told, and the stream goes on"
    assert [each["kept"] for each in said[1:]] == sorted({each["kept"] for each in said[1:]})


def test_an_alarm_is_seen_and_acknowledged(served: tuple[Server, Path]) -> None:
    server, folder = served
    assert ask(server, "/ingest", token=DEVICE, data=reading(150))[0] == 200

    def alarms() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(ask(server, "/alarms", token=VIEWER)[2])["alarms"]
        return found

    (alarm,) = until(alarms)
    assert alarm["text"] == "Cart: too far" and alarm["severity"] == "critical" and alarm["cleared_ns"] == 0
    path = f"/alarms/{alarm['number']}/acknowledge"
    assert ask(server, path, token=VIEWER, data=b"")[0] == 403
    assert ask(server, "/alarms/9999/acknowledge", token=DEVICE, data=b"")[0] == 404
    assert ask(server, path, token=DEVICE, data=b"")[0] == 200
    assert ask(server, "/ingest", token=DEVICE, data=reading(0))[0] == 200
    until(lambda: not alarms(), what="it is over and was seen")
    assert ask(server, "/ingest", token=DEVICE, data=reading(1))[0] == 200
    kinds = [event["kind"] for event in Recording(folder).events()]
    assert kinds == ["alarm", "alarm_acknowledged", "alarm_over"]


def test_a_viewer_sees_things_move(served: tuple[Server, Path]) -> None:
    server, _ = served

    async def watch() -> None:
        import aiohttp

        session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {VIEWER}"})
        async with session, session.ws_connect(server.url + "watch") as socket:
            await socket.send_str("[]")
            assert "objects of JSON" in (await socket.receive_json(timeout=120))["error"]
            await socket.send_json({"look": {"at": [0, 0, 0], "reach": 1000}})
            looks = (await socket.receive_json(timeout=120))["looks"]
            assert [len(look["mesh"]) for look in looks.values()] == [16]
            shown = 0
            for x in (7.0, 8.0):
                await asyncio.to_thread(ask, server, "/ingest", token=DEVICE, data=reading(x))
                found = None
                while found != x:
                    message = await socket.receive(timeout=120)
                    if message.type is aiohttp.WSMsgType.BINARY:
                        _, _, count, _, *origin = struct.unpack_from("<4sIII3d", message.data)
                        assert count == 1
                        found = round(struct.unpack_from("<f", message.data, 48)[0] + origin[0], 3)
                        shown += 1
                        await socket.send_json({"shown": shown})
            await socket.send_json({"tell": 0})
            while True:
                message = await socket.receive(timeout=120)
                if message.type is aiohttp.WSMsgType.TEXT and "thing" in message.data:
                    assert len(json.loads(message.data)["thing"]["id"]) == 16
                    break

    asyncio.run(watch())


def test_the_linter_answers(served: tuple[Server, Path]) -> None:
    status, _, text = ask(served[0], "/bindings", token=VIEWER)
    assert status == 200 and all(set(each) == {"severity", "where", "message"} for each in json.loads(text)["findings"])


def test_metrics_and_description(served: tuple[Server, Path]) -> None:
    server, _ = served
    text = ask(server, "/metrics", token=VIEWER)[2]
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert int(figures["taixu_entities"]) == 1 and 'taixu_readings_total{outcome="written"}' in figures
    assert text.count("# TYPE taixu_readings_total ") == 1
    described = json.loads(ask(server, "/openapi.json", token=VIEWER)[2])
    assert set(described["paths"]) >= {"/healthz", "/metrics", "/ingest", "/state"}
    headers = ask(server, "/state", token=VIEWER)[1]
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/../taixu.toml", "/%2e%2e/%2e%2e/etc/passwd", "/static/../../x"])
def test_paths_lead_nowhere(served: tuple[Server, Path], path: str) -> None:
    assert ask(served[0], path, token=ADMIN)[0] == 404


def test_wrong_tokens_are_slowed_down(served: tuple[Server, Path]) -> None:
    server, _ = served
    found = {ask(server, "/state", token=f"wrong-token-number-{i}")[0] for i in range(40)}
    assert found == {401, 429}
    assert ask(server, "/state", token=ADMIN)[0] == 200, "who has the right one is not locked out"


def test_an_address_that_is_taken_is_one_sentence(served: tuple[Server, Path]) -> None:
    server, _ = served
    with tx.App.headless(plugins=(TwinPlugin(),)) as app, pytest.raises(TaixuError, match="--port"):
        Server(app, Access.of_one()[0], port=server.service.port)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "cannot be read"),
        ("a = 1", "no tables"),
        ('[tokens.a]\ntoken = "short"\nrole = "view"', "at least 16"),
        ('[tokens.a]\ntoken = "aaaaaaaaaaaaaaaaaaaa"\nrole = "god"', "takes token"),
        ("".join(f'[tokens.{name}]\ntoken = "aaaaaaaaaaaaaaaaaaaa"\nrole = "view"\n' for name in "ab"), "another"),
    ],
)
def test_a_bad_file_of_tokens_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "tokens.toml").write_text(text)
    with pytest.raises(TaixuError, match=said):
        read_tokens(tmp_path / "tokens.toml")


def test_a_world_slower_than_the_clock_falls_behind_and_goes_on_answering(caplog: pytest.LogCaptureFixture) -> None:
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        configure_twin(app.world)
        server = Server(app, Access({ADMIN: Guest("admin", Role.ADMIN)}), port=0)
        assert server._in_time(1 / 60) == 1 / 60
        frames = [server._in_time(10.0), *(server._in_time(0.0) for _ in range(20))]
        assert max(frames) <= 0.25, "no frame makes the next one longer"
        assert sum(frames) + app.clock.dropped_secs == pytest.approx(10.0)
        assert 0 < frames[5] <= 0.25, "a short delay is made up for"
        assert [record.message for record in caplog.records] == [
            "The world cannot keep up with the clock on this machine: it is 8 s behind."
        ]
        server.close()
