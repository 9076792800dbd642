"""Processes and plans over the network: cases that people open and move, as they were before, and what holds them up; plans
that are drilled, begun and followed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from served import serving
from waiting import until

import taixu as tx
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.twin import Device
from taixu.twin.plugin import begin_recording, configure_twin

OPERATOR, VIEWER = "a" * 20, "b" * 20
MACHINE = declared_component("machine", {"state": {"kind": "text"}})
SETTINGS = {"processes": [{
    "name": "repair", "when": "machine.state == 'fault'", "open": "operate",
    "states": {
        "reported": {"within": 0, "severity": "low", "next": [{"to": "at work", "by": "operate"}]},
        "at work": {"next": [{"to": "done", "by": "operate"}]},
        "done": {},
    },
}], "measures": [{"name": "faults", "value": "count(machine.state == 'fault')"}],
    "controls": [{"name": "reset", "field": "machine.state", "source": "plant", "topic": "reset/{key}"}],
    "plans": [
        {"name": name, "triggers": [{"when": "machine.state == 'fault'"}], "roles": {"fitter": 1},
         "steps": [
             {"name": "walk", "role": "fitter", "takes": secs},
             {"name": "reset", "after": ["walk"], "do": [{"control": "reset", "of": "machine.state == 'fault'", "value": "ok"}]},
         ],
         "goals": [{"name": "runs", "measure": "faults", "below": 1, "within": 20}]}
        for name, secs in (("slow", 30), ("quick", 5))
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[str], Path]]:
    ids: list[str] = []
    folder = tmp_path_factory.mktemp("cases") / "recording"

    def make(app: tx.App) -> Server:
        app.register_component(MACHINE)
        for name, state in (("Press", "fault"), ("Lathe", "")):
            machine = app.scene.spawn(name, tx.Shape("box"), Device(key=name), MACHINE(state=state))
            ids.append(f"{app.world.stable_id(machine.entity):016x}")
        app.resource(WorldSettings).values["twin"] = SETTINGS
        configure_twin(app.world)
        begin_recording(app, folder)
        return Server(app, Access({OPERATOR: Guest("Ann", Role.OPERATE), VIEWER: Guest("Bob", Role.VIEW)}), port=0)

    with serving(make) as server:
        yield server, ids, folder


def ask(server: Server, path: str, data: Any = None, *, token: str = OPERATOR) -> tuple[int, Any]:
    body = data if isinstance(data, bytes | None) else json.dumps(data).encode()
    request = Request(server.url.rstrip("/") + path, data=body, headers={"Authorization": f"Bearer {token}"})
    try:
        with urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_cases_are_opened_moved_and_remembered(served: tuple[Server, list[str], Path]) -> None:
    server, (press, lathe), _ = served
    (declared,) = ask(server, "/processes")[1]["processes"]
    assert [state["name"] for state in declared["states"]] == ["reported", "at work", "done"]
    until(lambda: ask(server, "/cases")[1]["open"] == 1)
    (first,) = ask(server, "/cases")[1]["cases"]
    assert (first["entity"], first["state"]) == (press, "reported")
    until(lambda: any(alarm["rule"] == "repair: reported" for alarm in ask(server, "/alarms")[1]["alarms"]))

    status, opened = ask(server, "/cases", {"process": "repair", "entity": lathe})
    assert status == 200 and opened["visits"][0][2] == "Ann"
    until(lambda: ask(server, "/cases")[1]["open"] == 2)
    before_ns = time.time_ns()
    status, moved = ask(server, f"/cases/{opened['number']}/move", {"to": "at work"})
    assert (status, moved["state"]) == (200, "at work")
    ask(server, f"/cases/{opened['number']}/move", {"to": "done"})
    until(lambda: [case["number"] for case in ask(server, "/cases")[1]["cases"]] == [first["number"]])
    assert ask(server, f"/cases/{opened['number']}")[1]["outcome"] == "done"

    until(lambda: any(case["outcomes"] == {"done": 1} for case in ask(server, "/processes/report")[1]["processes"]))
    (report,) = ask(server, "/processes/report")[1]["processes"]
    assert report["bottleneck"] == "reported" and [way["states"] for way in report["ways"]] == [["reported", "at work", "done"]]
    then = ask(server, f"/cases?at_ns={before_ns}")[1]["cases"]
    assert {case["entity"]: case["state"] for case in then} == {press: "reported", lathe: "reported"}


def test_who_may_not_and_what_is_none_is_refused(served: tuple[Server, list[str], Path]) -> None:
    server, (press, lathe), _ = served
    number = ask(server, "/cases")[1]["cases"][0]["number"]
    for path, data, token, status, said in (
        ("/cases", {"process": "repair", "entity": lathe}, VIEWER, 403, "needs the role operate"),
        (f"/cases/{number}/move", {"to": "at work"}, VIEWER, 403, "needs the role operate"),
        (f"/cases/{number}/move", {"to": "done"}, OPERATOR, 409, "nobody brings a case from 'reported' to 'done'"),
        ("/cases/9999999999999999999999/move", {"to": "done"}, OPERATOR, 409, "there is no open case"),
        ("/cases", {"process": "x", "entity": press}, OPERATOR, 409, "there is no process"),
        ("/cases", {"process": "repair", "entity": "zz"}, OPERATOR, 400, "a case is opened by"),
        ("/cases", b"[" * 5000, OPERATOR, 400, "a case is opened by"),
        (f"/cases/{number}/move", b"{}", OPERATOR, 400, "a case is moved by"),
    ):
        answer = ask(server, path, data, token=token)
        assert answer[0] == status and said in answer[1]["error"], path
    assert ask(server, "/cases/77777")[0] == 404
    assert ask(server, "/cases?at_ns=soon")[0] == 400 and ask(server, "/processes/report?from_ns=x")[0] == 400


def test_plans_are_drilled_begun_and_followed(served: tuple[Server, list[str], Path]) -> None:
    server, _, _ = served
    until(lambda: all(plan["called_ns"] for plan in ask(server, "/plans")[1]["plans"]))
    status, drilled = ask(server, "/plans/drill", {"seconds": 60, "step_seconds": 1})
    quick, slow = drilled["scores"]
    assert status == 200 and (quick["plan"], slow["plan"]) == ("quick", "slow")
    # What was done is measured a step later.
    assert quick["points"] == 100 and quick["goals"][0]["secs"] == pytest.approx(6)
    assert slow["points"] == pytest.approx(45) and slow["goals"][0]["secs"] == pytest.approx(31)
    assert ask(server, "/plans")[1]["plans"][0]["run"] is None, "the world knows nothing of drills"

    assert ask(server, "/plans/quick/begin", {})[0] == 200
    until(lambda: ask(server, "/plans")[1]["plans"][1]["run"]["steps"][0]["state"] == "going on")
    assert ask(server, "/plans/quick/done", {"step": "walk"})[0] == 200
    until(lambda: ask(server, "/plans")[1]["plans"][1]["run"]["steps"][1]["state"] == "done")
    reset = ask(server, "/plans")[1]["plans"][1]["run"]["steps"][1]
    assert "source" in reset["doubt"], "nothing is connected, and it is said"
    for path, data, token, status, said in (
        ("/plans/nothing/begin", {}, OPERATOR, 409, "there is no plan"),
        ("/plans/slow/done", {"step": "walk"}, OPERATOR, 409, "no plan 'slow' goes on"),
        ("/plans/slow/begin", {}, VIEWER, 403, ""),
        ("/plans/drill", {"plans": ["nothing"]}, OPERATOR, 404, "there is no plan"),
        ("/plans/drill", {"seconds": 1e12}, OPERATOR, 400, "seconds"),
        ("/plans/drill", [], OPERATOR, 400, "plans are drilled by"),
    ):
        answer = ask(server, path, data, token=token)
        assert answer[0] == status and said in answer[1]["error"], path
