"""Futures over the network: tried beside one another, judged, shown, and one chosen, with who and why in the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from served import serving
from small_town import build_town
from waiting import until

import taixu as tx
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.twin.commands import Ledger
from taixu.twin.connectors import Connector, Link
from taixu.twin.inbox import Inbox
from taixu.twin.memory import Recording
from taixu.twin.plugin import begin_recording, configure_twin

OPERATOR, VIEWER = "a" * 20, "b" * 20


class Town(Connector):
    """Hears what is commanded."""

    kind = "town"

    def start(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    def close(self) -> None:
        return

    def send(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, json.loads(payload)["value"]))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Town, Path]]:
    towns: list[Town] = []
    folder = tmp_path_factory.mktemp("futures") / "recording"

    def make(app: tx.App) -> Server:
        build_town(app, tmp_path_factory.mktemp("town"))
        configure_twin(app.world)
        begin_recording(app, folder)
        towns.append(Town(Link("town", app.resource(Inbox), tuple), None))
        towns[0].start()
        app.resource(Ledger).connect(towns)
        app.frame(0.5)  # compiled loops are loaded before anybody waits for them
        return Server(app, Access({OPERATOR: Guest("ann", Role.OPERATE), VIEWER: Guest("eve", Role.VIEW)}), port=0)

    with serving(make) as server:
        yield server, towns[0], folder


def ask(server: Server, path: str, data: Any = None, *, token: str = OPERATOR) -> tuple[int, Any]:
    body = None if data is None else json.dumps(data).encode()
    request = Request(server.url.rstrip("/") + quote(path, safe="/?=&"), data=body, headers={"Authorization": f"Bearer {token}"})
    try:
        with urlopen(request, timeout=120) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        return error.code, json.loads(error.read())


def begin(server: Server, name: str, **more: Any) -> None:
    status, told = ask(server, "/branches", {"name": name, "seconds": 12} | more)
    assert status == 200, told
    assert (told["name"], told["by"]) == (name, "ann")


def known(server: Server) -> dict[str, Any]:
    return {each["name"]: each for each in ask(server, "/branches")[1]["branches"]}


def finished(server: Server, *names: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def are_over() -> bool:
        found.update(known(server))
        return not any(found[name]["running"] for name in names)

    until(are_over)
    return found


def kpi(facts: dict[str, Any], name: str) -> float:
    return next(float(each["value"]) for each in facts["kpis"] if each["name"] == name)


def test_scenarios_are_tried_told_apart_shown_and_one_becomes_the_present(served: tuple[Server, Town, Path]) -> None:
    server, _, folder = served
    begin(server, "as it is")
    begin(server, "flooded", scenario="flood")
    found = finished(server, "as it is", "flooded")
    assert [found[name]["reason"] for name in ("as it is", "flooded")] == ["", ""]
    assert found["flooded"]["progress"] == 1 and found["flooded"]["scenario"] == "flood"
    assert kpi(found["flooded"], "Mean speed") < kpi(found["as it is"], "Mean speed")
    status, told = ask(server, "/branches/flooded/differences?with=as it is")
    texts = {(each["component"], each["field"]): each for each in told["differences"]}
    assert status == 200 and texts["transform", "translation"]["entities"]
    assert texts["simulation", "settings"]["count"] == 1
    assert ask(server, "/branches/flooded/differences")[1]["differences"]

    for name in ("flooded", "as it is"):
        assert ask(server, f"/branches/{name}/show", {"shown": True})[0] == 200
    until(lambda: all(each["color"] for each in known(server).values()))
    assert len({each["color"] for each in known(server).values()}) == 2

    status, told = ask(server, "/branches/flooded/adopt", {"way": "world", "why": "it rains"})
    assert (status, told["chosen"]) == (200, "world")
    until(lambda: ask(server, "/state")[1]["tick"] >= 120)
    for name in ("flooded", "as it is"):
        assert ask(server, f"/branches/{name}/discard", {})[0] == 200
    assert known(server) == {}

    def noted() -> list[tuple[str, str, str]]:
        recording = Recording(folder)
        try:
            events = [each for each in recording.events() if each["kind"] == "branch"]
        finally:
            recording.close()
        return [(each["branch"], each["what"], each.get("why", "")) for each in events]

    until(lambda: ("flooded", "adopted", "it rains") in noted())
    marks = ask(server, "/history")[1]["marks"]
    assert "flooded is adopted by ann: it rains" in [mark["text"] for mark in marks]


def test_plans_are_drilled_in_branches_and_the_better_is_followed(served: tuple[Server, Town, Path]) -> None:
    server, town, _ = served
    for plan in ("by foot", "by wire"):
        begin(server, plan, plan=plan)
    found = finished(server, "by foot", "by wire")
    points = {name: found[name]["score"]["points"] for name in ("by foot", "by wire")}
    assert points["by wire"] == 100 > points["by foot"] > 0
    assert kpi(found["by wire"], "Gates shut") == 0
    assert found["by wire"]["run"]["is_drill"] is True
    assert town.heard == [], "a drill reaches no device"
    assert ask(server, "/branches/by wire/adopt", {"way": "do"}) == (409, {"error": "no commands were tried in 'by wire'"})
    assert ask(server, "/branches/by wire/adopt", {"way": "plan", "why": "it is faster"})[0] == 200
    (run,) = [each["run"] for each in ask(server, "/plans")[1]["plans"] if each["run"]]
    assert (run["plan"], run["by"], run["is_drill"]) == ("by wire", "ann", False)
    for plan in ("by foot", "by wire"):
        ask(server, f"/branches/{plan}/discard", {})


def test_a_decision_is_tried_before_it_is_accepted(served: tuple[Server, Town, Path]) -> None:
    server, town, _ = served
    act = {"control": "gate", "of": "device.kind == 'gate'", "value": "open"}
    begin(server, "open it", do=[act], seconds=2)
    found = finished(server, "open it")
    assert kpi(found["open it"], "Gates shut") == 0
    assert kpi(ask(server, "/branches")[1], "Gates shut") == 1
    heard = len(town.heard)
    assert ask(server, "/branches/open it/adopt", {"way": "do", "why": "better"})[0] == 200
    assert town.heard[heard:] == [("gate/g", "open")]
    until(lambda: [each["value"] for each in ask(server, "/commands")[1]["commands"] if each["by"] == "ann"] == ["open"])
    ask(server, "/branches/open it/discard", {})


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "a branch has a name"),
        ({"name": "x", "seconds": -1}, "seconds takes a number above 0"),
        ({"name": "x", "seconds": 1e9}, "seconds takes a number above 0 and at most 86400"),
        ({"name": "x", "plan": "y"}, "there is no plan 'y'; there are by foot, by wire"),
        ({"name": "x", "scenario": "snow"}, "there is no scenario 'snow'; there are flood"),
        ({"name": "x", "set": {"weather": 1}}, "'weather' is no simulator's setting"),
        ({"name": "x", "set": {"wind.speed": 1}}, "there is no simulator 'wind'; there are cars, water"),
        ({"name": "x", "set": {"water.depth": float("nan")}}, "water.depth takes plain JSON of finite numbers"),
        ({"name": "x", "do": [{"control": "roof", "of": "x > 1", "value": 1}]}, "there is no control 'roof'"),
        ({"name": "x", "wen": 1}, "'wen' is not understood"),
        ([], "a branch is an object"),
        ("x" * 100, "a branch is an object"),
    ],
)
def test_what_cannot_be_tried_is_told_in_a_sentence(served: tuple[Server, Town, Path], wanted: Any, said: str) -> None:
    status, told = ask(served[0], "/branches", wanted)
    assert status == 409 and said in told["error"]
    assert known(served[0]) == {}


def test_a_branch_that_cannot_be_ends_alone_and_is_not_adopted(served: tuple[Server, Town, Path]) -> None:
    server = served[0]
    begin(server, "bad", set={"water.cell": -1})
    facts = finished(server, "bad")["bad"]
    assert "The simulator water is left out" in facts["reason"]
    status, told = ask(server, "/branches/bad/adopt", {"way": "world"})
    assert status == 409 and "did not come to its end" in told["error"]
    assert ask(server, "/branches/bad/discard", {})[0] == 200
    assert ask(server, "/branches/bad/show", {"shown": True})[0] == 409
    assert ask(server, "/branches/bad/adopt", {"way": 1})[0] == 400
    assert ask(server, "/branches/bad/show", {"shown": 1})[0] == 400


def test_who_may_only_look_tries_nothing(served: tuple[Server, Town, Path]) -> None:
    server = served[0]
    assert ask(server, "/branches", token=VIEWER)[0] == 200
    assert ask(server, "/branches", {"name": "x"}, token=VIEWER)[0] == 403
    assert ask(server, "/branches/x/adopt", {"way": "world"}, token=VIEWER)[0] == 403
    assert ask(server, "/branches/x/differences", token=VIEWER)[0] == 403
