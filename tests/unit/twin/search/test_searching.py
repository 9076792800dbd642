from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Name, Parent, Transform
from taixu.twin.device import Device
from taixu.twin.memory import Recorder, Recording
from taixu.twin.rules.fences import Fence
from taixu.twin.search import find
from taixu.twin.search.log import LogIndex
from taixu.twin.search.looking import vocabulary_of
from taixu.twin.search.query import read_query
from taixu.twin.search.reading import read_words
from taixu.twin.search.searching import search_world
from taixu.twin.search.things import Things

MOTOR = declared_component(
    "motor", {"temperature": {"kind": "f32", "unit": "degC"}, "state": {"kind": "text", "choices": ["on", "fault"]}}
)
MINUTE = 60 * 10**9
MORNING = int(datetime(2026, 5, 2, 9, 0, tzinfo=UTC).timestamp()) * 10**9
EVENING = MORNING - 15 * 60 * MINUTE
"""Six o'clock, when the night begins."""


class Plant:
    """Ten pumps along a line of 100 m spacing from x = 10, each a degree hotter than the one before; a recording of a night."""

    def __init__(self, folder: Path) -> None:
        self.world, components = World(), Components()
        for cls in (Transform, Name, Device, Parent, Fence, MOTOR):
            components.register(cls)
        self.world.insert_resource(components)
        spawn = self.world.spawn
        square = [[-5, -5], [5, -5], [5, 5], [-5, 5]]
        self.line = spawn(Transform(), Name("Line 3"), Fence(points=square))
        self.arm = spawn(Transform(translation=(405.0, 0, 0)), Name("Arm"), Parent(self.line))
        self.pumps = [
            spawn(
                Transform(translation=(10.0 + 100 * i, 0, 0)), Name(f"Pump {i}"), Device(key=f"p-{i}", kind="pump"),
                MOTOR(temperature=70.0 + i),
            )
            for i in range(10)
        ]  # fmt: skip
        spawn(Transform(translation=(12.0, 0, 0)), Name("电机7"), Device(kind="motor"), MOTOR(temperature=20.0, state="fault"))
        recorder = Recorder(folder)
        for tick in range(0, 16 * 60, 10):  # from five on: pump 0 has a hot hour, pump 4 is hot until ten past six
            hot = np.array([95.0 if 300 <= tick < 360 else 30.0, 90.0 if tick < 70 else 30.0], np.float32)
            self.world.scatter(np.array([self.pumps[0], self.pumps[4]], np.uint64), MOTOR, "temperature", hot)
            recorder.writer.wait()
            recorder.record(self.world, now_ns=EVENING + (tick - 60) * MINUTE)
        recorder.close()
        both = np.array([self.pumps[0], self.pumps[4]], np.uint64)
        self.world.scatter(both, MOTOR, "temperature", np.array([70, 74], np.float32))
        self.things, self.log = Things(), LogIndex(Recording(folder))

    def find(self, text: str) -> list[Any]:
        query = read_words(text, vocabulary_of(self.world, self.things), now_ns=MORNING, zone=UTC)
        return search_world(self.world, query, things=self.things, log=self.log)

    def names(self, text: str) -> list[str]:
        return [each.name for each in self.find(text)]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    found = Plant(tmp_path_factory.mktemp("search") / "recording")
    yield found
    found.things.close()
    found.log.close()


def test_a_night_is_searched_by_place_and_value(plant: Plant) -> None:
    hot = plant.find("every pump over 80 degrees within 50 m of line 3 last night")
    assert [each.name for each in hot] == ["Pump 0", "Pump 4"]
    assert [each.because[0].value for each in hot] == [95.0, 90.0]
    assert EVENING + 240 * MINUTE <= (hot[0].because[0].at_ns or 0) < EVENING + 300 * MINUTE
    assert hot[0].distance_m == pytest.approx(5.0)  # from the area's edge
    assert hot[1].distance_m == pytest.approx(5.0)  # from what hangs below the line
    assert plant.names("昨晚3号线50米内超过80度的所有泵") == ["Pump 0", "Pump 4"]
    assert plant.names("every pump over 80 degrees within 6 m of arm last night") == ["Pump 4"]


def test_what_was_so_when_a_span_began_counts(plant: Plant) -> None:
    assert plant.names("pumps over 80 degrees between 18:05 and 18:08") == ["Pump 4"]
    assert plant.find("pumps over 80 degrees between 18:05 and 18:08")[0].because[0].at_ns == EVENING + 5 * MINUTE
    assert plant.names("pumps over 80 degrees between 18:20 and 18:50") == []


def test_the_present_is_searched_in_any_unit(plant: Plant) -> None:
    assert plant.names("pumps over 77 degrees") == ["Pump 9", "Pump 8"]
    assert plant.names("pumps hotter than 170.5 °F") == ["Pump 9", "Pump 8", "Pump 7"]
    assert plant.names("温度在72到74度之间的泵") == ["Pump 4", "Pump 3", "Pump 2"]
    assert plant.names("temperature below 72 degrees lowest first") == ["电机7", "Pump 0", "Pump 1"]
    assert plant.names("故障的电机") == plant.names("motors whose state is fault") == ["电机7"]
    assert plant.names("pump 7") == plant.names("7号泵") == plant.names("p-7") == ["Pump 7"]
    assert len(plant.names("all motors")) == 11  # what has a motor is one
    assert plant.names("motor 7") == plant.names("电机7") == ["电机7"]


def test_relations_and_areas(plant: Plant) -> None:
    assert plant.names("parts of line 3") == ["Arm"]
    assert plant.names("what contains arm") == ["Line 3"]
    assert plant.names("connected to arm") == ["Line 3"]
    assert plant.names("inside line 3") == ["Arm"]
    lamp = plant.world.spawn(Transform(translation=(0, 0, 3)), Name("Line 3: red lamp"))
    assert plant.names("red lamp near line 3") == ["Line 3: red lamp"]  # whose whole name it is, is meant
    plant.world.despawn([lamp])
    assert plant.names("first 2 pumps near line 3") == ["Pump 0", "Pump 4"]


def test_names_that_change_and_things_that_come_are_found(plant: Plant) -> None:
    coming = plant.world.spawn(Transform(), Name("Walrus"))
    assert plant.names("walrus") == ["Walrus"]
    plant.world.scatter(np.array([coming], np.uint64), Name, "text", np.array(["Seal"], object))
    assert plant.names("seal") == ["Seal"]
    with pytest.raises(TaixuError, match="walrus"):
        plant.names("walrus")
    plant.world.despawn([coming])
    with pytest.raises(TaixuError, match="seal"):
        plant.names("seal")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pumps within 50 m of line 4", "called 'line 4'"),
        ("pumps over 80 bar", "measured in bar"),
        ("pumps inside pump 3", "no area"),
        ("pumps' or 1=1 --", "not understood"),
    ],
)
def test_what_cannot_be_found_is_told(plant: Plant, text: str, why: str) -> None:
    with pytest.raises(TaixuError, match=why):
        plant.names(text)


def test_statements_in_names_and_values_are_texts(plant: Plant) -> None:
    evil = "'); drop table things; --"
    where = [{"field": "state", "operator": "==", "value": evil}]
    query = read_query({"words": ["pump"], "where": where, "since_ns": EVENING, "until_ns": MORNING})
    assert search_world(plant.world, query, things=plant.things, log=plant.log) == []
    with pytest.raises(TaixuError, match="called"):
        search_world(plant.world, read_query({"near": evil, "within_m": 5.0}), things=plant.things)
    assert plant.names("pump 7") == ["Pump 7"]


def test_names_may_hold_anything(plant: Plant) -> None:
    named = ["a\nb zebra", "okapi | gnu", "emu\x1e\x1fibis", "", "\x85kiwi\u2028"]
    coming = [plant.world.spawn(Name(each), Device(key=f"odd-{number}")) for number, each in enumerate(named)]
    for number, word in enumerate(["zebra", "gnu", "ibis", "odd-3", "kiwi"]):
        assert [int(each.id, 16) for each in plant.find(word)] == [plant.world.stable_id(coming[number])]
    plant.world.despawn(coming)


def test_a_time_that_holds_too_much_is_refused(plant: Plant) -> None:
    few = LogIndex(Recording(plant.log.recording.folder), most_rows=20)
    query = read_query({"where": [{"field": "temperature", "operator": ">", "value": 80}], "since_ns": 0, "until_ns": 1 << 62})
    with pytest.raises(TaixuError, match="more than 20 values"):
        search_world(plant.world, query, things=plant.things, log=few)
    few.close()
    assert [each.name for each in search_world(plant.world, query, things=plant.things, log=plant.log)] == ["Pump 0", "Pump 4"]
    with pytest.raises(TaixuError, match="nothing is recorded"):
        search_world(plant.world, query)


def test_words_are_enough(plant: Plant, tmp_path: Path) -> None:
    text = "every pump over 80 degrees last night"
    query, found = find(plant.world, text, now_ns=MORNING, zone=UTC, recording=plant.log.recording)
    assert query.is_past and [each.name for each in found] == ["Pump 0", "Pump 4"]
    assert find(plant.world, "files", now_ns=MORNING, project=tmp_path)[1] == []
    with pytest.raises(TaixuError, match="no project"):
        find(plant.world, "files", now_ns=MORNING)


def test_who_was_there_is_found_by_time_alone(plant: Plant) -> None:
    query = {"words": ["pump"], "since_ns": EVENING, "until_ns": MORNING}
    assert len(search_world(plant.world, read_query(query), things=plant.things, log=plant.log)) == 10
    long_ago = {"words": ["pump"], "since_ns": 5, "until_ns": 6}
    assert search_world(plant.world, read_query(long_ago), things=plant.things, log=plant.log) == []
