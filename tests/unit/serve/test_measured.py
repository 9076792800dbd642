"""Measures, entities and lineage over the network, and what they look like to Prometheus."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import numpy as np
import pytest
from served import serving
from waiting import until

import taixu as tx
from taixu.ecs import World
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.scene import Name, Transform
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.serve.facts import Facts, prometheus_text
from taixu.serve.finding import Finder
from taixu.twin import Batch, Device
from taixu.twin.arrivals import arrival_id
from taixu.twin.commands import Ledger
from taixu.twin.connectors import Connector, Link
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.plugin import TwinPlugin, configure_twin
from taixu.twin.rules import Fence

TOKEN = "a" * 20
MOTOR = declared_component("motor", {"temperature": {"kind": "f32", "unit": "degC"}})
SETTINGS = {
    "bindings": [
        {"topic": "press/{key}", "from": "temp", "to": "motor.temperature"},
        {"topic": "part/{key}", "from": ["x", "y", "z"], "to": "transform.position"},
    ],
    "arrivals": [{"topic": "part/{key}", "components": {"shape": {"kind": "box"}}, "kind": "part", "gone_after": 60}],
    "rules": [{"name": "hot", "when": "motor.temperature > 80"}],
    "controls": [
        {"name": "limit", "field": "motor.temperature", "source": "plant", "topic": "a/{key}", "minimum": 0, "maximum": 90},
        {"name": "melt", "field": "motor.temperature", "source": "plant", "topic": "a/{key}", "role": "admin"},
    ],
    "measures": [
        {"name": "mean \"temp\"", "unit": "degC", "value": "mean(motor.temperature)"},
        {"name": "double", "value": "motor.temperature * 2", "by": "entity"},
        {"name": "parts", "passages": {}, "where": "device.kind == 'part'"},
    ],
    "measuring": {"per_sec": 50, "share": 1},
}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Server, str]]:
    ids: list[str] = []

    def make(app: tx.App) -> Server:
        app.register_component(MOTOR)
        press = app.scene.spawn("Press 冲床", tx.Shape("box"), Device(key="p7", kind="press"), MOTOR())
        app.scene.spawn("Yard", Fence(points=[[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]]))
        app.resource(WorldSettings).values["twin"] = SETTINGS
        configure_twin(app.world)
        ids.append(f"{app.world.stable_id(press.entity):016x}")
        return Server(app, Access({TOKEN: Guest("eve", Role.OPERATE)}), port=0)

    with serving(make) as server:
        yield server, ids[0]


def ask(server: Server, path: str, data: Any = None) -> tuple[int, Any]:
    request = Request(
        server.url.rstrip("/") + path, data=None if data is None else json.dumps(data).encode(),
        headers={"Authorization": f"Bearer {TOKEN}"},
    )  # fmt: skip
    try:
        with urlopen(request, timeout=120) as answer:
            text, status = answer.read().decode(), answer.status
    except HTTPError as error:
        text, status = error.read().decode(), error.code
    return status, json.loads(text) if text.startswith("{") else text


class Post(Connector):
    """Counts what is sent."""

    kind = "post"
    sent = 0

    def start(self) -> None:
        return

    def close(self) -> None:
        return

    def send(self, topic: str, payload: bytes) -> None:
        self.sent += 1


def measured(server: Server, name: str) -> dict[str, Any]:
    return {each["of"]: each["value"] for listed in ask(server, "/measures")[1]["measures"] if listed["name"] == name
            for each in listed["values"]}  # fmt: skip


def test_measures_and_all_that_is_known_of_a_machine(served: tuple[Server, str]) -> None:
    server, press = served
    ask(server, "/ingest", {"topic": "press/p7", "values": {"temp": 91.5}})
    until(lambda: measured(server, 'mean "temp"') == {"": 91.5})
    status, told = ask(server, f"/entities/{press}")
    assert status == 200
    assert (told["name"], told["device"]) == ("Press 冲床", {"key": "p7", "kind": "press"})
    assert told["fields"]["motor.temperature"]["value"] == 91.5 and told["fields"]["motor.temperature"]["age_secs"] >= 0
    assert told["measures"] == [{"name": "double", "unit": "", "of": press, "value": 183.0}]
    assert [alarm["rule"] for alarm in told["alarms"]] == ["hot"] and told["zones"] == ["Yard"]
    control, melt = told["controls"]
    assert (melt["role"], melt["two_persons"]) == ("admin", False) and ask(server, "/controls")[1]["controls"] == [control, melt]
    assert (control["field"], control["unit"], control["kind"]) == ("motor.temperature", "degC", "number")
    assert (control["minimum"], control["maximum"], control["choices"]) == (0, 90, [])
    assert 'taixu_measure{name="mean \\"temp\\"",unit="degC",by="whole",of=""} 91.5' in ask(server, "/metrics")[1]


def test_who_is_asked_for_and_not_there(served: tuple[Server, str]) -> None:
    server, _ = served
    assert ask(server, "/entities/00000000000000ff")[0] == 404
    assert ask(server, "/entities/xyz")[0] == 404
    assert ask(server, "/entities?limit=0")[0] == 400
    assert ask(server, "/entities?limit=99999999999999999999")[0] == 400
    assert ask(server, "/lineage")[0] == 400
    assert ask(server, "/lineage?zone=Yard&from_ns=x")[0] == 400
    assert ask(server, "/lineage?zone=nowhere") == (200, {"lineage": []})


def test_search_by_name_key_and_kind(served: tuple[Server, str]) -> None:
    server, press = served
    for text in ("冲床", "P7", "press", ""):
        _, told = ask(server, f"/entities?search={quote(text)}")
        assert told["entities"][0] == {"id": press, "name": "Press 冲床", "kind": "press", "at": [0.0, 0.0, 0.0]}, text
    assert ask(server, "/entities?search=nobody") == (200, {"entities": []})
    assert [each["name"] for each in ask(server, "/entities?search=yar")[1]["entities"]] == ["Yard"]


def test_the_way_of_a_part_that_arrived(served: tuple[Server, str]) -> None:
    server, _ = served
    for x in (0.0, 20.0):
        ask(server, "/ingest", {"topic": "part/k1", "values": {"x": x, "y": 0, "z": 0}})
        until(lambda: measured(server, "parts") == {"Yard": 1.0 if x == 0 else 0.0})  # noqa: B023
    ((way,),) = (ask(server, "/lineage?part=k1")[1]["lineage"],)
    assert way["key"] == "k1" and way["part"] == f"{arrival_id('k1'):016x}"
    assert [(each["zone"], each["left_ns"] > each["entered_ns"]) for each in way["passages"]] == [("Yard", True)]
    assert [each["key"] for each in ask(server, f"/lineage?zone=Yard&to_ns={time.time_ns()}")[1]["lineage"]] == ["k1"]
    told = ask(server, f"/entities/{way['part']}")[1]
    assert [each["zone"] for each in told["lineage"][0]["passages"]] == ["Yard"]


def test_a_rehearsal_tells_and_sends_nothing(served: tuple[Server, str]) -> None:
    server, press = served
    ask(server, "/ingest", {"topic": "press/p7", "values": {"temp": 20}})
    until(lambda: measured(server, 'mean "temp"') == {"": 20.0})
    order = {"control": "limit", "entity": press, "value": 85}
    status, told = ask(server, "/commands/rehearse", order | {"seconds": 5})
    assert status == 200 and told["allowed"] and told["simulated_secs"] == 5
    assert told["foresees"] == [{"id": press, "field": "motor.temperature", "value": 85}]
    assert [(alarm["rule"], alarm["entity"]) for alarm in told["alarms"]] == [("hot", press)]
    refused = ask(server, "/commands/rehearse", order | {"value": 100})[1]
    assert not refused["allowed"] and "between 0 and 90" in refused["why"]
    assert ask(server, "/commands")[1]["commands"] == [] and measured(server, 'mean "temp"') == {"": 20.0}
    for wrong in ({"seconds": -1}, {"seconds": 1e99}, {"entity": "f" * 30}, {"entity": 3.5}):
        assert ask(server, "/commands/rehearse", order | wrong)[0] == 400, wrong
    assert ask(server, "/commands/rehearse", order | {"control": "fly"})[0] == 404


def test_a_control_may_want_more_than_an_operator(served: tuple[Server, str]) -> None:
    server, press = served
    for path in ("/commands", "/commands/rehearse"):
        status, told = ask(server, path, {"control": "melt", "entity": press, "value": 1})
        assert status == 403 and "admin" in told["error"]
    assert ask(server, "/commands/99/confirm", {})[0] == 404


def test_an_acknowledgement_begins_the_frame_and_questions_need_none() -> None:
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        app.register_component(MOTOR)
        belt = app.world.spawn(Device(key="p7"), MOTOR())
        control = {"name": "limit", "field": "motor.temperature", "source": "post", "topic": "a/{key}", "acknowledged_on": "ack/+"}
        app.resource(WorldSettings).values["twin"] = {"controls": [control]}
        configure_twin(app.world)
        server = Server(app, Access({TOKEN: Guest("eve", Role.OPERATE)}), port=0)
        inbox, ledger, rest = app.resource(Inbox), app.resource(Ledger), server._rest

        def brought(topic: str, *, until: float) -> float:
            """Seconds of a frame's rest in which a reading comes."""
            letter = Letter(Batch(topic, np.zeros(1, np.uint32), np.zeros(1, np.int64), {"command": np.ones(1)}))
            threading.Timer(0.05, inbox.put, [letter]).start()
            start = time.perf_counter()
            rest(start + until)
            return time.perf_counter() - start

        assert brought("ack/p7", until=0.4) >= 0.39, "nobody waits for it"
        ledger.connect([post := Post(Link("post", inbox, tuple), None)])
        ledger.command(app.world, "limit", entity=app.world.stable_id(belt), value=1, by="eve", now_ns=time.time_ns())
        assert post.sent == 1 and brought("elsewhere", until=0.4) >= 0.39
        assert brought("ack/p7", until=20) < 15
        answers: list[float] = []

        def question() -> None:
            begun = time.perf_counter()
            assert server.errands.ask(lambda world: len(world)).result(30) == len(app.world)
            answers.append(time.perf_counter() - begun)
            server.stop()

        asking = threading.Timer(0.05, question)
        asking.start()
        rest(time.perf_counter() + 20)
        asking.join()
        assert answers[0] < 15
        server.close()


def test_prometheus_hears_of_no_more_than_it_can_bear() -> None:
    values = [{"of": f"{i:016x}", "value": 1.0} for i in range(1000)]
    many = [{"name": f"m{i}", "unit": "", "by": by, "values": values} for i, by in enumerate(["entity"] * 3 + ["zone"] * 5)]
    text = prometheus_text(Facts(measures=tuple(many)), connections=0)
    lines = [line for line in text.splitlines() if line.startswith("taixu_measure{")]
    assert len(lines) == 2000 and sum('by="entity"' in line for line in lines) == 300


def test_finding_follows_the_world() -> None:
    world = World()
    names = np.array([f"Thing {i}" for i in range(1000)], object)
    things = world.spawn_batch(1000, {Name: {"text": names}, Transform: {}, Device: {"key": names}})
    finder = Finder()

    def found(text: str, limit: int = 3) -> list[str]:
        return [each["name"] for each in finder.find(world, text, limit=limit)]

    assert found("thing 77") == ["Thing 77", "Thing 770", "Thing 771"]
    assert found("g 999") == ["Thing 999"]
    world.set(int(things[999]), Name, text="Odd\none")
    assert found("thing 999") == ["Odd\none"], "its key is still found"
    assert found("odd one") == ["Odd\none"]
    world.despawn(things[77:78])
    assert found("thing 77") == ["Thing 770", "Thing 771", "Thing 772"]
    assert len(found("", limit=50)) == 50
