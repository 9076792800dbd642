from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import taixu as tx
from taixu.app import Components
from taixu.ecs import World
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Name, Transform
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.memory import Recording
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin
from taixu.twin.processes import Case, Cases, ProcessEngine, Visit, mine_cases, read_processes
from taixu.twin.processes.engine import Changes
from taixu.twin.processes.resuming import cases_of
from taixu.twin.rules import Alarms, Fence, RuleEngine

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
PRESS = declared_component("press", {"state": {"kind": "text"}, "heat": {"kind": "f32"}})

REPAIR: dict[str, Any] = {
    "name": "repair", "when": "press.state == 'fault'", "open": "operate",
    "states": {
        "reported": {
            "within": 300, "severity": "critical", "say": "nobody has come to {name}",
            "next": [
                {"to": "at work", "when": "near(\"device.kind == 'worker'\", 2)", "for": 5}, {"to": "escalated", "after": 600},
            ],
        },
        "escalated": {"next": [{"to": "at work", "by": "operate"}, {"to": "given up", "by": "admin"}]},
        "at work": {"next": [{"to": "reported", "when": "press.heat > 90"}, {"to": "done", "when": "press.state == 'running'"}]},
        "done": {},
        "given up": {},
    },
}  # fmt: skip


class Hall:
    """Three presses ten metres apart, and a worker far away."""

    def __init__(self, *processes: dict[str, Any]) -> None:
        self.world, self.components = World(), Components()
        for cls in (Transform, Name, Device, PRESS, Fence):
            self.components.register(cls)
        places = np.zeros((3, 3), np.float32)
        places[0] = np.arange(3) * 10.0
        names = np.array([f"Press {i}" for i in range(3)], object)
        self.presses = self.world.spawn_batch(
            3, {Transform: {"translation": places}, Name: {"text": names}, Device: {"kind": np.full(3, "press", object)}, PRESS: {}}
        )
        self.worker = self.world.spawn(Transform(translation=(0, 0, 500)), Name("Ann"), Device(kind="worker"))
        self.cases, self.alarms = Cases(), Alarms()
        for resource in (self.components, self.cases, self.alarms, Feed()):
            self.world.insert_resource(resource)
        self.rules = RuleEngine()
        self.engine = ProcessEngine(read_processes(list(processes or (REPAIR,)), self.components))

    def set(self, name: str, *values: Any) -> None:
        self.world.scatter(self.presses, PRESS, name, np.array(values, object if name == "state" else np.float32))

    def bring_worker(self, x: float) -> None:
        self.world.set(self.worker, Transform, translation=(x, 0, 1))

    def step(self, secs: float) -> list[str]:
        return [event["text"] for event in self.changes(secs).events]

    def changes(self, secs: float) -> Changes:
        now = NOW + round(secs * SECOND)
        self.rules.step(self.world, now_ns=now)
        return self.engine.step(self.world, self.rules.senses, now_ns=now)


def test_a_case_begins_moves_and_ends_by_itself() -> None:
    hall = Hall()
    assert hall.step(0) == []
    hall.set("state", "running", "fault", "running")
    assert hall.step(1) == ["repair 1: reported"]
    assert hall.step(2) == [], "one case an entity"
    hall.bring_worker(10)
    assert hall.step(10) == [], "he may only be passing"
    assert hall.step(15) == ["repair 1: reported → at work"]
    assert hall.step(16) == []
    hall.set("state", "running", "running", "running")
    assert hall.step(60) == ["repair 1: done"]
    (case,) = hall.cases
    way = [(visit.state, (visit.entered_ns - NOW) // SECOND) for visit in case.visits]
    assert way == [("reported", 1), ("at work", 15), ("done", 60)]
    assert (case.closed_ns, case.outcome, hall.cases.open) == (NOW + 60 * SECOND, "done", [])


def test_what_is_over_begins_again_when_it_becomes_true_again() -> None:
    hall = Hall({"name": "hot", "when": "press.heat > 80", "states": {"seen": {"next": [{"to": "over", "after": 5}]}, "over": {}}})
    hall.set("heat", 95, 0, 0)
    assert hall.step(0) == ["hot 1: seen"]
    assert hall.step(5) == ["hot 1: over"]
    assert hall.step(6) == [], "it is hot still, and somebody has dealt with it"
    hall.set("heat", 20, 0, 0)
    assert hall.step(7) == []
    hall.set("heat", 95, 0, 0)
    assert hall.step(8) == ["hot 2: seen"]


def test_what_takes_too_long_is_late_and_alarms_until_it_moves() -> None:
    hall = Hall()
    hall.set("state", "fault", "running", "running")
    hall.step(0)
    changes = hall.changes(300)
    assert [event["text"] for event in changes.events] == ["repair 1: reported (late)"]
    assert [(alarm.text, alarm.severity) for alarm in changes.begun] == [("nobody has come to Press 0", "critical")]
    assert len(hall.changes(301).events) == 0
    changes = hall.changes(600)
    assert [event["text"] for event in changes.events] == ["repair 1: reported → escalated"]
    assert [alarm.text for alarm in changes.ended] == ["nobody has come to Press 0"] and hall.alarms.active == []
    assert hall.cases.open[0].visits[0].is_late and not hall.cases.open[0].late_ns


def test_people_open_and_move_cases_where_they_may() -> None:
    hall = Hall()
    entity = hall.world.stable_id(int(hall.presses[2]))
    for process, role, said in (
        ("repair", "view", "opening a case of 'repair' needs the role operate"),
        ("holiday", "admin", "there is no process 'holiday'"),
    ):  # fmt: skip
        with pytest.raises(TaixuError, match=said):
            hall.engine.open_case(hall.world, process, entity, by="Ann", role=role, now_ns=NOW)
    with pytest.raises(TaixuError, match="there is no entity"):
        hall.engine.open_case(hall.world, "repair", 12345, by="Ann", role="operate", now_ns=NOW)
    case = hall.engine.open_case(hall.world, "repair", entity, by="Ann", role="operate", now_ns=NOW)
    again = hall.engine.open_case(hall.world, "repair", entity, by="Bob", role="operate", now_ns=NOW + 1)
    assert again == case and case.visits == (Visit("reported", NOW, "Ann"),)
    assert hall.step(600) == ["repair 1: reported", "repair 1: reported → escalated"], "what people do is told with the next step"
    for number, to, role, said in (
        (case.number, "done", "admin", "nobody brings a case from 'escalated' to 'done'"),
        (case.number, "given up", "operate", "bringing it to 'given up' needs the role admin"),
        (77, "done", "admin", "there is no open case 77"),
    ):
        with pytest.raises(TaixuError, match=said):
            hall.engine.move_case(hall.world, number, to, by="Ann", role=role, now_ns=NOW)
    moved = hall.engine.move_case(hall.world, case.number, "given up", by="Eve", role="admin", now_ns=NOW + 700 * SECOND)
    assert moved.outcome == "given up" and moved.visits[-1].by == "Eve"
    assert hall.step(701) == ["repair 1: given up"]


def test_a_case_whose_entity_goes_is_closed() -> None:
    hall = Hall()
    hall.set("state", "fault", "fault", "running")
    assert len(hall.step(0)) == 2
    hall.changes(400)
    hall.world.despawn([hall.presses[0]])
    changes = hall.changes(401)
    assert [event["text"] for event in changes.events] == ["repair 1: gone"]
    assert [alarm.text for alarm in hall.alarms.active] == ["nobody has come to Press 1"]
    assert [case.number for case in hall.cases.open] == [2]
    another = hall.world.spawn(Transform(), Name("New"), Device(kind="press"), PRESS(state="fault"))
    assert hall.step(402) == ["repair 3: reported"], "who has its index is another"
    assert hall.cases.of("repair", hall.world.stable_id(another)) is not None


def test_cases_go_on_after_a_restart_from_what_was_recorded() -> None:
    hall = Hall()
    hall.set("state", "fault", "fault", "fault")
    events = hall.changes(0).events
    hall.bring_worker(10)
    for secs in (1, 6, 400):
        events += hall.changes(secs).events
    later = Hall()
    ids = hall.world.stable_ids(hall.presses)
    later.world.despawn(later.presses)
    later.cases.recall([*events, {"number": "x"}, {"number": 9, "process": 3}])
    assert sorted(later.cases, key=lambda case: case.number) == sorted(hall.cases, key=lambda case: case.number)
    later.engine.adopt(later.world, now_ns=NOW)
    assert later.step(401) == [], "whose entities have not come yet is not gone"
    there = {Transform: {}, Name: {"text": np.full(3, "P", object)}, Device: {}, PRESS: {"state": np.full(3, "running", object)}}
    later.world.spawn_batch(3, there, stable_ids=ids)
    assert later.step(402) == ["repair 2: done"]
    assert later.step(600) == ["repair 1: reported → escalated", "repair 3: reported → escalated"]


def test_cases_of_what_is_declared_no_more_are_closed() -> None:
    hall = Hall()
    hall.set("state", "fault", "running", "running")
    hall.step(0)
    other = ProcessEngine()
    other.adopt(hall.world, now_ns=NOW + SECOND)
    assert [event["text"] for event in other.step(hall.world, hall.rules.senses, now_ns=NOW + SECOND).events] == ["repair 1: gone"]


def test_a_fork_goes_its_own_way() -> None:
    hall = Hall()
    hall.world.insert_resource(hall.engine)
    hall.set("state", "fault", "running", "running")
    hall.step(0)
    fork = hall.world.fork()
    engine, rules = fork.resource(ProcessEngine), RuleEngine()
    rules.step(fork, now_ns=NOW + 600 * SECOND)
    said = [event["text"] for event in engine.step(fork, rules.senses, now_ns=NOW + 600 * SECOND).events]
    assert said == ["repair 1: reported → escalated"]
    assert [case.state for case in hall.cases.open] == ["reported"]


def test_what_remembers_is_asked_before_there_is_a_case() -> None:
    states = {"waiting": {"next": [{"to": "over", "when": "held(press.heat > 50, 10)"}]}, "over": {}}
    hall = Hall({"name": "soak", "when": "press.state == 'soaking'", "states": states})
    hall.set("heat", 60, 60, 0)
    hall.step(0)
    hall.set("state", "soaking", "", "soaking")
    assert hall.step(12) == ["soak 1: waiting", "soak 2: waiting"]
    assert hall.step(13) == ["soak 1: over"], "it has been hot for thirteen seconds, not for one"


def test_only_so_many_change_in_a_step_and_none_is_lost() -> None:
    states = {"new": {"next": [{"to": "out", "after": 1}]}, "out": {}}
    hall = Hall({"name": "order", "when": "device.kind == 'part'", "states": states})
    hall.world.spawn_batch(2500, {Transform: {}, Device: {"kind": np.full(2500, "part", object)}})
    assert [len(hall.step(0.01 * step)) for step in range(4)] == [1000, 1000, 500, 0]
    assert [len(hall.step(2 + 0.01 * step)) for step in range(4)] == [1000, 1000, 500, 0]
    assert len(hall.cases.open) == 0 and len(hall.cases) == 2500


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"states": {"a": {}}}, "states takes an object of 2 to 60"),
        ({"states": {"a": {}, "b": {}}}, "nothing leads out of 'a', where cases begin"),
        ({"states": {"a": {"next": [{"to": "b", "after": 1}]}, "b": {}, "c": {}}}, "nothing leads to 'c'"),
        ({"states": {"a": {"next": [{"to": "x", "after": 1}]}, "b": {}}}, "'a': to names another state, not 'x'"),
        ({"states": {"a": {"next": [{"to": "b", "after": 1, "by": "view"}]}, "b": {}}}, "has one of when, after and by"),
        ({"states": {"a": {"next": [{"to": "b", "after": 1, "for": 2}]}, "b": {}}}, "for goes with when"),
        ({"states": {"a": {"next": [{"to": "b", "by": "king"}]}, "b": {}}}, "by is one of view, operate, admin"),
        ({"states": {"a": {"next": [{"to": "b", "after": -1}]}, "b": {}}}, "after takes seconds"),
        ({"states": {"a": {"next": [{"to": "b", "after": 1}]}, "b": {"within": 5}}}, "'b': nothing leads out of it"),
        ({"when": "press.colour == 1"}, "there is no field press.colour"),
        ({"wen": "x > 1"}, "'wen' is not understood"),
        ({"name": ""}, "a process has a name"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, Any], said: str) -> None:
    hall = Hall()
    with pytest.raises(TaixuError, match="twin.processes") as error:
        read_processes([REPAIR | change], hall.components)
    assert said in str(error.value)
    with pytest.raises(TaixuError, match="nothing begins a case"):
        read_processes([{"name": "idle", "states": REPAIR["states"]}], hall.components)


def case(number: int, opened: float, *visits: tuple[str, float], closed: float = 0.0, outcome: str = "") -> Case:
    seen = tuple(Visit(name, NOW + round((opened + secs) * SECOND)) for name, secs in visits)
    end = NOW + round((opened + closed) * SECOND) if closed else 0
    return Case(number, "repair", number, seen, NOW + round(opened * SECOND), 0, end, outcome)


def test_the_bottleneck_is_where_the_time_of_all_cases_goes() -> None:
    cases = [
        case(1, 0, ("reported", 0), ("at work", 10), ("done", 70), closed=70, outcome="done"),
        case(2, 20, ("reported", 0), ("at work", 10), ("reported", 20), ("at work", 30), ("done", 90), closed=90, outcome="done"),
        case(3, 60, ("reported", 0), ("at work", 20)),
    ]
    (report,) = mine_cases(cases, now_ns=NOW + 110 * SECOND)
    assert (report.opened, report.closed, report.open, report.outcomes) == (3, 2, 1, {"done": 2})
    assert (report.bottleneck, report.mean_secs, report.median_secs) == ("at work", 80.0, 80.0)
    work, reported = report.states
    # At work: 60, 10 and 60 seconds, and 30 so far; reported: 10, 10, 10 and 20.
    assert (work.visits, work.total_secs, work.queue) == pytest.approx((4, 160, 160 / 110))
    assert (reported.visits, reported.total_secs, reported.mean_secs) == pytest.approx((4, 50, 12.5))
    assert report.moves["reported", "at work"] == 4 and report.moves["at work", "reported"] == 1
    assert report.again == pytest.approx(1 / 3)
    assert report.ways[0][1] == 1 and report.as_dict()["states"][0]["name"] == "at work"


def test_only_the_time_looked_at_counts() -> None:
    cases = [case(1, 0, ("reported", 0), ("at work", 10)), case(2, 0, ("reported", 0), ("done", 5), closed=5, outcome="done")]
    (report,) = mine_cases(cases, since_ns=NOW + 50 * SECOND, now_ns=NOW + 60 * SECOND)
    (state,) = report.states
    assert (state.name, round(state.total_secs, 6), round(state.queue, 6)) == ("at work", 10, 1)
    assert (report.opened, report.closed, report.open) == (0, 0, 1)
    assert mine_cases([], now_ns=NOW) == []


def test_a_twin_that_starts_again_goes_on_with_its_cases(tmp_path: Path) -> None:
    states = {"on": {"within": 5, "next": [{"to": "off", "when": "press.heat < 10"}]}, "off": {}}
    settings = {"processes": [{"name": "hot", "when": "press.heat > 80", "states": states}]}
    clock = [NOW]
    seen: list[list[tuple[int, str, bool]]] = []
    for start, heats in enumerate(((95, 95), (95, 95), (95, 0))):
        with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: clock[0]),)) as app:
            app.register_component(PRESS)
            press = app.scene.spawn("Press", Device(key="p"), PRESS(heat=heats[0]))
            app.world.despawn([app.world.spawn()])
            app.resource(WorldSettings).values["twin"] = settings
            configure_twin(app.world)
            begin_recording(app, tmp_path / "r")
            for heat in heats:
                app.world.set(press.entity, PRESS, heat=heat)
                clock[0] += 4 * SECOND
                app.run(ticks=1)
            seen.append([(each.number, each.state, bool(each.late_ns)) for each in app.resource(Cases)])
        assert (tmp_path / ("r" if start == 0 else f"r.{start + 1}")).is_dir()
    assert seen == [[(1, "on", False)], [(1, "on", True)], [(1, "off", False)]]
    (ended,) = cases_of(Recording(tmp_path / "r.3"))
    assert [visit.state for visit in ended.visits] == ["on", "off"] and ended.visits[0].is_late
    assert ended.closed_ns - ended.opened_ns == 20 * SECOND
