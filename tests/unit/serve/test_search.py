from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from served import serving
from waiting import until

import taixu as tx
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.twin import Device
from taixu.twin.plugin import begin_recording, configure_twin
from taixu.twin.search.asking import SearchModel

TOKEN, VIEWER = "t" * 20, "v" * 20
MOTOR = declared_component("motor", {"temperature": {"kind": "f32", "unit": "degC"}})
BINDINGS = [{"topic": "pump/{key}", "from": "t", "to": "motor.temperature"}]


def answer(messages: Any) -> str:
    if "feverish" not in messages[-1]["content"]:
        raise TaixuError("nobody answers")
    return '{"words": ["pump"], "where": [{"field": "temperature", "operator": ">", "value": 80, "unit": "degC"}]}'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    def make(app: tx.App) -> Server:
        app.register_component(MOTOR)
        for number in range(3):
            app.scene.spawn(f"Pump {number}", Device(key=str(number), kind="pump"), MOTOR(), position=(30 * number, 0, 0))
        app.scene.spawn("Line 3", position=(1, 0, 0))
        app.resource(WorldSettings).values["twin"] = {"bindings": BINDINGS}
        configure_twin(app.world)
        begin_recording(app, tmp_path_factory.mktemp("search") / "recording")
        app.insert_resource(SearchModel(answer))
        access, _ = Access.of_one(TOKEN)
        access.add({VIEWER: Guest("viewer", Role.VIEW)})
        return Server(app, access, port=0)

    with serving(make) as server:
        for warmth in (90.0, 20.0):
            batch = [{"topic": "pump/1", "time": time.time(), "values": {"t": warmth}}]
            ask(server, "/ingest", json.dumps(batch).encode())
            until(partial(is_so_warm, server, warmth))
        yield server


def ask(server: Server, path: str, data: bytes | None = None, *, token: str = TOKEN, **query: str) -> Any:
    address = server.url.rstrip("/") + path + ("?" + urlencode(query) if query else "")
    try:
        with urlopen(Request(address, data=data, headers={"Authorization": f"Bearer {token}"}), timeout=120) as found:
            return json.loads(found.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())["error"]


def is_so_warm(server: Server, warmth: float) -> bool:
    found = ask(server, "/search", words="pump 1 with temperature > 1")["found"]
    return [each["because"][0]["value"] for each in found] == [warmth]


def names(answered: Any) -> list[str]:
    return [each["name"] for each in answered["found"]]


def test_the_present_and_the_past_are_searched(served: Server) -> None:
    assert names(ask(served, "/search", words="pumps within 40 m of line 3", token=VIEWER)) == ["Pump 0", "Pump 1"]
    assert names(ask(served, "/search", words="pumps over 80 degrees")) == []
    until(lambda: names(ask(served, "/search", words="pumps over 80 degrees in the last 10 minutes")) == ["Pump 1"])
    hot = ask(served, "/search", words="最近10分钟3号线50米内超过80度的泵")["found"][0]
    assert hot["because"][0]["value"] == 90.0 and hot["at"] == [30.0, 0.0, 0.0]
    document = {"words": ["pump"], "near": "line 3", "within_m": 5.0}
    answered = ask(served, "/search", query=json.dumps(document))
    assert names(answered) == ["Pump 0"] and answered["query"] == document


def test_a_model_is_asked_for_who_may_operate(served: Server) -> None:
    until(lambda: ask(served, "/search", words="feverish")["query"]["words"] == ["pump"])
    assert ask(served, "/search", words="feverish", token=VIEWER)[0] == 400
    assert ask(served, "/search", words="unicorns") == (400, "nobody answers")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({}, "ask for"), ({"words": "a" * 301}, "at most 300"), ({"words": "unicorns"}, "not understood"),
        ({"query": "["}, "JSON object"), ({"query": "[" * 2000}, "JSON object"), ({"query": "{}"}, "say what"),
        ({"query": '{"sql": 1}'}, "has no"), ({"query": " " * 5000}, "4,000"), ({"words": "files pump"}, "taixu info"),
        ({"words": "pump", "query": "{}"}, "ask for"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(served: Server, asked: dict[str, str], why: str) -> None:
    status, told = ask(served, "/search", None, token=VIEWER, **asked)
    assert status == 400 and why in told
    assert ask(served, "/openapi.json")["paths"]["/search"]
