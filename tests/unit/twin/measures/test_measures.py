from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from measured_line import MOTOR, NOW, SECOND, Line

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.scene import Transform
from taixu.twin import Batch
from taixu.twin.device import Device
from taixu.twin.measures import Measures, read_measures
from taixu.twin.rules import Alarms, RuleEngine, read_rules


@pytest.mark.parametrize(
    ("value", "more", "whole"),
    [
        ("count(device.kind == 'part')", {}, 2),
        ("count()", {"where": "device.kind == 'press'"}, 2),
        ("sum(motor.temperature)", {}, 150),
        ("mean(motor.temperature)", {"where": "device.kind == 'press'"}, 5),
        ("mean(motor.temperature, device.kind == 'press')", {}, 5),
        ("min(motor.temperature) + max(motor.temperature)", {}, 50),
        ("min(motor.temperature, device.kind == 'part')", {}, 40),
        ("share(motor.temperature >= 20)", {}, 4 / 6),
        ("max(count(x > 100), 3) * sqrt(4)", {}, 6),
        ("mean(motor.temperature)", {"where": "device.kind == 'ghost'"}, None),
        ("count() / count(device.kind == 'ghost')", {}, None),
    ],
)
def test_aggregates_of_the_whole(value: str, more: dict[str, Any], whole: float | None) -> None:
    line = Line({"name": "m", "value": value} | more)
    line.set("temperature", np.arange(6) * 10.0)
    assert line.step(0)[""] == (whole if whole is None else pytest.approx(whole))


def test_what_is_no_number_does_not_count() -> None:
    line = Line({"name": "m", "value": "mean(motor.temperature)"})
    line.set("temperature", [np.nan, 10, 20, np.nan, np.nan, np.nan])
    assert line.step(0) == {"": 15}


def test_by_zone_and_by_entity() -> None:
    line = Line(
        {"name": "people", "value": "count()", "by": "zone"},
        {"name": "hot", "unit": "degC", "value": "max(motor.temperature)", "by": "zone", "zones": ["B"]},
        {"name": "each", "value": "motor.temperature * 2", "by": "entity", "where": "device.kind == 'press'"},
    )
    line.set("temperature", np.arange(6) * 10.0)
    assert line.step(0, "people") == {"A": 1, "B": 1, "C": 1}
    assert line.step(0, "hot") == {"B": 20}
    assert line.step(0, "each") == {line.id(0): 0, line.id(1): 20}
    assert line.measures.of_entity(int(line.id(1), 16)) == [{"name": "each", "unit": "", "of": line.id(1), "value": 20}]


def test_an_area_alone_asks_for_nothing_but_what_the_value_names() -> None:
    """People and cars of simulators are no devices: where they are must not leave them out."""
    line = Line(
        {"name": "hot", "value": "count(motor.temperature > 0)", "where": "inside('A')"},
        {"name": "devices", "value": "count()", "where": "inside('A')"},
        {"name": "each", "value": "motor.temperature", "by": "entity", "where": "inside('A')"},
    )
    line.set("temperature", [10.0, 0, 0, 0, 0, 0])
    stranger = line.world.spawn(Transform((1.0, 0.0, 0.0)), MOTOR(temperature=20.0))
    assert line.step(0, "hot") == {"": 2}
    assert line.step(0, "devices") == {"": 1}
    assert line.step(0, "each") == {line.id(0): 10, f"{line.world.stable_id(stranger):016x}": 20}


def test_separation_is_the_nearest_person_of_each_vehicle_and_of_all() -> None:
    nearest = "nearest(\"device.kind == 'person'\", 100)"
    line = Line(
        {"name": "m", "unit": "m", "value": nearest, "by": "entity", "where": "device.kind == 'agv'"},
        {"name": "least", "unit": "m", "value": f"min({nearest}, device.kind == 'agv')"},
    )
    assert line.step(0) == {line.id(3): pytest.approx(10)}
    line.put(2, 28.5)
    assert line.step(1, "least") == {"": pytest.approx(1.5)}


def test_dwell_and_portion_and_health() -> None:
    line = Line(
        {"name": "dwell", "value": "dwell('A')", "by": "entity", "where": "device.key == 'T0'"},
        {"name": "running", "value": "mean(portion(motor.state == 'running', 100))", "where": "device.kind == 'press'"},
        {"name": "trend", "value": "trend(motor.temperature, 50)", "by": "entity", "where": "device.key == 'T1'"},
        {"name": "eta", "value": "eta(motor.temperature, 80, 50)", "by": "entity", "where": "device.key == 'T1'"},
    )
    rng = np.random.default_rng(0)
    for second in range(61):
        wild = 500.0 if second in (20, 40) else rng.normal(0, 0.05)
        line.set("temperature", [0, 20 + 0.5 * second + wild, 0, 0, 0, 0])
        running = second < 30
        line.set("state", np.array(["running", "running" if running else "fault", "", "", "", ""], object))
        line.put(0, 0.0 if second != 40 else 11.0)
        line.step(second, "dwell")
    assert line.step(60.5, "dwell") == {line.id(0): pytest.approx(19.5)}, "who left begins anew"
    assert line.step(60.5, "running")[""] == pytest.approx(0.75, abs=0.02)
    assert line.step(60.5, "trend")[line.id(1)] == pytest.approx(0.5, abs=0.05), "two wild readings bend nothing"
    assert line.step(60.5, "eta")[line.id(1)] == pytest.approx(60, rel=0.15)


def test_takt_of_who_enters_a_zone() -> None:
    takt = {"enters": "C", "over": 100, "target": 8}
    line = Line(*(
        {"name": shown, "takt": takt | {"show": shown}, "where": "device.kind == 'part'"}
        for shown in ("mean", "last", "deviation", "per_hour", "count")
    ))  # fmt: skip
    line.put(4, 30)
    assert line.step(0, "mean") == {"": None}
    for second in (10, 20, 32):
        line.put(4, 40)
        line.step(second, "mean")
        line.put(4, 30)
        line.step(second + 2, "mean")
    assert line.step(36, "count") == {"": 3}
    assert line.step(36, "mean") == {"": pytest.approx(11)}
    assert line.step(36, "last") == {"": pytest.approx(12)}
    assert line.step(36, "deviation") == {"": pytest.approx(3)}
    assert line.step(36, "per_hour") == {"": pytest.approx(3 * 3600 / 36)}
    assert line.texts("mean")[""] == "12.0/8 s"
    assert line.step(60, "last") == {"": pytest.approx(28)}, "a line that stands still shows it"
    assert line.texts("last")[""].endswith("late")
    assert line.step(115, "count") == {"": 2}, "the first one is too long ago"


def test_takt_of_a_condition_by_entity_and_who_was_there_at_first_is_no_event() -> None:
    line = Line({"name": "m", "takt": {"when": "motor.state == 'closed'"}, "by": "entity", "where": "device.kind == 'press'"})
    line.set("state", np.array(["closed", "open", "", "", "", ""], object))
    assert line.step(0) == {}
    for second in range(1, 13):
        line.set("state", np.array(["closed", "closed" if second % 3 == 0 else "open", "closed", "", "", ""], object))
        found = line.step(second)
    assert found == {line.id(1): pytest.approx(3)}, "neither who stays closed nor who is no press"


def test_what_trembles_on_an_edge_crosses_it_once() -> None:
    sure = {"enters": "C", "settle": 2, "show": "count"}
    hasty = {"enters": "C", "show": "count"}
    where = "device.kind == 'part'"
    line = Line({"name": "sure", "takt": sure, "where": where}, {"name": "hasty", "takt": hasty, "where": where})
    line.put(4, 30)
    line.put(5, 60)
    for step in range(100):
        line.put(4, 35 + (0.1 if step % 2 else -0.1) if step < 80 else 36)
        line.step(step * 0.1, "sure")
    assert line.step(20, "sure") == {"": 1}
    assert line.step(20, "hasty")[""] > 30


def test_whereabouts_and_the_way_of_a_part() -> None:
    passages = {"settle": 0, "joined_on": "station/{key}/joined"}
    line = Line(
        {"name": "m", "passages": passages, "where": "device.kind == 'part'"},
        {"name": "by part", "passages": {}, "by": "entity", "where": "device.kind == 'part'"},
    )
    line.put(5, 60)
    assert line.step(0) == {"A": 0, "B": 0, "C": 1}
    assert line.texts() == {"A": "", "B": "", "C": "T4"}
    for second, x in ((5, 0), (10, 20), (12, 30), (20, 40)):
        line.put(5, x)
        line.step(second)
    assert line.step(21) == {"A": 0, "B": 0, "C": 2}
    assert line.step(21, "by part") == {line.id(4): 21, line.id(5): 1}
    assert line.texts("by part") == {line.id(4): "C", line.id(5): "C"}
    (_, lineage), _ = line.measures.lineages()
    part = int(line.id(5), 16)
    way = [(each.zone, *((at and (at - NOW) // SECOND) for at in (each.entered_ns, each.left_ns))) for each in lineage.way(part)]
    assert way == [("A", 5, 10), ("B", 10, 12), ("C", 20, 0)]
    assert [each.part for each in lineage.who_passed("B", from_ns=NOW + 11 * SECOND, to_ns=NOW + 30 * SECOND)] == [part]
    assert lineage.who_passed("B", from_ns=NOW + 13 * SECOND, to_ns=NOW + 30 * SECOND) == []
    assert lineage.who_passed("nowhere", from_ns=0, to_ns=NOW) == []
    line.world.despawn(line.things[5:])
    line.step(30)
    assert lineage.way(part)[-1].left_ns == NOW + 30 * SECOND, "who is gone has left"
    assert lineage.key_of(part) == "T5"


def test_what_was_joined_with_what() -> None:
    line = Line({"name": "m", "passages": {"joined_on": "station/{key}/joined"}})
    line.step(0)

    def join(topic: str, **fields: list[str]) -> list[Any]:
        count = len(next(iter(fields.values())))
        columns = {name: np.array(values, object) for name, values in fields.items()}
        return line.measures.hear([Batch(topic, np.zeros(count, np.uint32), np.full(count, NOW), columns)])

    assert [each.part for each in join("station/S1/joined", part=["bolt", "nut"], into=["wheel", "wheel"])] == ["bolt", "nut"]
    join("station/car/joined", part=["wheel"])
    join("elsewhere", part=["x"], into=["car"])
    ((_, lineage),) = line.measures.lineages()
    assert lineage.ancestors("car") == ["wheel", "bolt", "nut"]
    assert [each.into for each in lineage.joined("bolt")] == ["wheel"]
    join("station/S1/joined", part=["car"], into=["bolt"])
    assert lineage.ancestors("car") == ["wheel", "bolt", "nut"], "a circle ends"


def test_a_field_says_what_a_part_is_in() -> None:
    line = Line({"name": "m", "passages": {"joined_by": "motor.state"}})
    line.set("state", np.array(["", "", "", "", "T3", ""], object))
    line.step(0)
    ((_, lineage),) = line.measures.lineages()
    assert lineage.ancestors("T3") == ["T4"]
    line.set("state", np.array(["", "", "", "", "T3", "T4"], object))
    line.step(1)
    line.set("state", np.array(["T0", "", "", "", "", "T4"], object))
    line.step(2)
    assert lineage.ancestors("T3") == ["T4", "T5"] and len(lineage.joined("T4")) == 2
    line.set("state", np.array(["", "", "", "", "T1", ""], object))
    line.step(3)
    been = [(each.into, (each.time_ns - NOW) // SECOND) for each in lineage.joined("T4") if each.part == "T4"]
    assert been == [("T3", 0), ("T1", 3)]


def test_rules_know_what_measures_say() -> None:
    line = Line(
        {"name": "mean", "value": "mean(motor.temperature)"},
        {"name": "own", "value": "motor.temperature", "by": "entity"},
        {"name": "there", "value": "count()", "by": "zone", "zones": ["A", "B"]},
    )
    rules = [
        {"name": "above", "when": "measure('own') > measure('mean')"},
        {"name": "crowded", "when": "device.kind == 'agv' and measure('there') >= 2"},
        {"name": "lost", "when": "measure('nobody') > 1"},
    ]
    engine = RuleEngine(read_rules(rules, line.components))
    line.world.insert_resource(Alarms())
    line.set("temperature", [0, 0, 0, 0, 10, 20])
    assert engine.step(line.world, now_ns=NOW) == ([], []) and engine.problems == {}, "nothing has been measured yet"
    line.put(3, 22)
    line.step(0, "mean")
    engine.senses.measured = line.measures.values()
    begun, _ = engine.step(line.world, now_ns=NOW + SECOND)
    assert [alarm.text for alarm in begun] == ["T4: above", "T5: above", "T3: crowded"]
    assert list(engine.problems) == ["lost"]


def test_measures_keep_to_their_budget() -> None:
    line = Line({"name": "m", "value": "count()"})
    line.measures.per_sec, line.measures.share = 2, 1.0
    assert line.measures.step(line.world, now_ns=NOW)
    assert not line.measures.step(line.world, now_ns=NOW + SECOND // 100)
    assert line.measures.step(line.world, now_ns=NOW + 59 * SECOND)
    line.measures.share = 1e-9  # whatever it cost, it is too much for less than a second
    assert line.measures.step(line.world, now_ns=NOW + 118 * SECOND)
    assert not line.measures.step(line.world, now_ns=NOW + 119 * SECOND)


def test_one_that_cannot_be_taken_stops_no_other() -> None:
    line = Line({"name": "a", "value": "count()", "by": "zone", "zones": ["nowhere"]}, {"name": "m", "value": "count()"})
    line.measures.step(line.world, now_ns=NOW)
    assert "nowhere" in line.measures.problems["a"]
    assert [each["name"] for each in line.measures.as_list()] == ["m"]


def test_a_fork_goes_on_and_changes_nothing_here() -> None:
    line = Line({"name": "m", "takt": {"enters": "C", "show": "count"}, "where": "device.kind == 'part'"})
    line.put(4, 30)
    line.step(0)
    line.put(4, 40)
    line.step(1)
    line.world.insert_resource(line.measures)
    fork = line.world.fork()
    other = fork.resource(Measures)
    fork.set(int(line.things[4]), Transform, translation=(30.0, 0.0, 0.0))
    other.step(fork, now_ns=NOW + 2 * SECOND, at_once=True)
    fork.set(int(line.things[4]), Transform, translation=(40.0, 0.0, 0.0))
    other.step(fork, now_ns=NOW + 3 * SECOND, at_once=True)
    assert other.results["m"].as_dict()["values"] == [{"of": "", "value": 2}]
    assert line.step(4) == {"": 1}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"value": "count()"}, "name"),
        ({"name": "m"}, "one of value, takt, passages"),
        ({"name": "m", "value": "motor.temperature"}, "mean"),
        ({"name": "m", "value": "mean(motor.temperature) + motor.temperature"}, "outside of"),
        ({"name": "m", "value": "mean(motor.colour)"}, "no field motor.colour"),
        ({"name": "m", "value": "mean()"}, "mean takes"),
        ({"name": "m", "value": "__import__('os')", "by": "entity"}, "functions"),
        ({"name": "m", "value": "().__class__"}, "mean"),
        ({"name": "m", "value": "count(" * 50}, "cannot be read"),
        ({"name": "m", "value": "count()", "by": "moon"}, "by is one of"),
        ({"name": "m", "value": "count()", "zones": "A"}, "zones takes"),
        ({"name": "m", "takt": {"enters": "A", "when": "x > 1"}}, "one of them"),
        ({"name": "m", "takt": {"enters": "A", "show": "all"}}, "show is one of"),
        ({"name": "m", "takt": {"enters": "A", "over": 0}}, "over takes"),
        ({"name": "m", "passages": {}, "by": "whole"}, "by zone or by entity"),
        ({"name": "m", "passages": {"joined_on": 3}}, "joined_on"),
        ({"name": "m", "passages": {"joined_by": "motor.temperature"}}, "texts"),
    ],
)
def test_what_is_wrong_is_said(raw: dict[str, Any], message: str) -> None:
    components = Components()
    for cls in (Transform, Device, MOTOR):
        components.register(cls)
    with pytest.raises(TaixuError, match=r"twin.measures\[0\]: .*" + message):
        read_measures([raw], components)
