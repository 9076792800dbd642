from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import pytest

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Transform
from taixu.twin.batch import Batch
from taixu.twin.bindings import TopicPattern, read_bindings
from taixu.twin.device import Device, Roster
from taixu.twin.feed import Feed
from taixu.twin.frames import read_frames
from taixu.twin.wire import decode_json

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
MOTOR = declared_component(
    "motor",
    {
        "temperature": {"kind": "f32", "unit": "degC"}, "rpm": {"kind": "i32"}, "state": {"kind": "text"}, "on": {"kind": "bool"},
        "force": {"kind": "vec3", "unit": "N"},
    },
)  # fmt: skip


class Plant:
    """A world with devices and a feed."""

    def __init__(self, bindings: list[dict[str, Any]], *, devices: int = 3, frames: Any = None, georeference: Any = None) -> None:
        self.world = World()
        components = Components()
        for cls in (Transform, Device, MOTOR):
            components.register(cls)
        keys = np.array([f"m{i}" for i in range(devices)], object)
        self.entities = self.world.spawn_batch(devices, {Transform: {}, MOTOR: {}, Device: {"key": keys}})
        self.world.insert_resource(Roster())
        self.feed = Feed(read_bindings(bindings, components, read_frames(frames or {}, georeference)))

    def say(self, values: dict[str, Any], *, topic: str = "motor", key: str = "", at: int = NOW) -> list[Any]:
        text = [{"topic": topic, "key": key, "time": at // SECOND, "values": values}]
        return self.feed.take(self.world, decode_json(json.dumps(text), now_ns=NOW), now_ns=NOW)

    def send(self, numbers: Any, times: Any, fields: dict[str, Any], *, keys: tuple[str, ...] = ()) -> list[Any]:
        columns = {name: np.asarray(values) for name, values in fields.items()}
        batch = Batch("motor", np.asarray(numbers, np.uint32), np.asarray(times, np.int64) + NOW, columns, keys)
        return self.feed.take(self.world, [batch], now_ns=NOW)

    def value(self, name: str, cls: type = MOTOR) -> list[Any]:
        values: list[Any] = self.world.gather(self.entities, cls, name).T.tolist()
        return values


@pytest.mark.parametrize(
    ("pattern", "topic", "meant"),
    [
        ("a/{key}/b", "a/7/b", (True, "7")),
        ("a/{key}/b", "a/7/c", (False, "")),
        ("a/+/b", "a//b", (True, "")),
        ("a/#", "a", (True, "")),
        ("a/#", "a/b/c", (True, "")),
        ("#", "x/y", (True, "")),
        ("a.c", "abc", (False, "")),
    ],
)
def test_topics_are_matched_as_mqtt_does(pattern: str, topic: str, meant: tuple[bool, str]) -> None:
    assert TopicPattern.read(pattern).match(topic) == meant


@pytest.mark.parametrize("pattern", ["", "a/b+", "#/a", "{key}/{key}", "a/{name}"])
def test_a_topic_that_is_none_is_refused(pattern: str) -> None:
    with pytest.raises(TaixuError):
        TopicPattern.read(pattern)


def test_a_reading_reaches_its_column_in_its_unit() -> None:
    plant = Plant([{"topic": "motor/{key}", "from": "temp", "to": "motor.temperature", "unit": "degF"}])
    plant.say({"temp": 212}, topic="motor/m1")
    assert plant.value("temperature") == pytest.approx([0, 100, 0], abs=1e-4)
    assert plant.feed.counts.written == 1
    assert plant.feed.times_ns(plant.entities)[1] == NOW


def test_old_and_double_readings_do_not_overwrite() -> None:
    plant = Plant([{"topic": "motor", "from": "t", "to": "motor.temperature"}])
    plant.say({"t": 5.0}, key="m0", at=NOW - SECOND)
    late = plant.say({"t": 4.0}, key="m0", at=NOW - 2 * SECOND)
    assert plant.say({"t": 9.0}, key="m0", at=NOW - SECOND) == []
    assert plant.value("temperature")[0] == 5.0
    assert (plant.feed.counts.late, plant.feed.counts.duplicate) == (1, 1)
    assert late[0].is_late.tolist() == [True] and late[0].values.tolist() == [4.0], "the history wants it all the same"


def test_readings_out_of_order_in_one_batch() -> None:
    plant = Plant([{"topic": "motor", "from": "t", "to": "motor.temperature"}])
    (updates,) = plant.send([0, 1, 0, 1], [-10, -30, -20, -5], {"t": [1.0, 2.0, 3.0, 4.0]}, keys=("m0", "m1"))
    assert plant.value("temperature") == [1.0, 4.0, 0.0]
    assert updates.times_ns.tolist() == [NOW - 30, NOW - 20, NOW - 10, NOW - 5], "in the order in which they happened"
    assert plant.feed.counts.written == 2


def test_a_clock_that_runs_ahead_silences_nobody() -> None:
    plant = Plant([{"topic": "motor", "from": "t", "to": "motor.temperature"}])
    plant.say({"t": 9.0}, key="m0", at=NOW + 3600 * SECOND)
    plant.say({"t": 2.0}, key="m0", at=NOW)
    assert plant.value("temperature")[0] == 2.0 and plant.feed.counts.ahead == 1


def test_who_is_unknown_or_unbound_is_counted() -> None:
    plant = Plant([{"topic": "motor", "from": "t", "to": "motor.temperature"}])
    plant.say({"t": 9.0}, key="nobody")
    plant.say({"t": 9.0}, topic="elsewhere", key="m0")
    plant.say({"t": "hot"}, key="m0")
    plant.send([7], [0], {"t": [1.0]}, keys=("m0",))
    counts = plant.feed.counts
    assert (counts.unknown, counts.unbound, counts.unreadable, counts.written) == (2, 1, 1, 0)


def test_texts_labels_numbers_and_parts_of_vectors() -> None:
    plant = Plant(
        [
            {"topic": "motor", "from": "s", "to": "motor.state", "labels": {"0": "idle", "1": "running"}},
            {"topic": "motor", "from": "rpm", "to": "motor.rpm"},
            {"topic": "motor", "from": "on", "to": "motor.on"},
            {"topic": "motor", "from": "fy", "to": "motor.force.y", "unit": "kN"},
        ]
    )
    plant.say({"s": 1, "rpm": 1499.7, "on": True, "fy": 2}, key="m2")
    plant.say({"s": "fault"}, key="m1")
    assert plant.value("state") == ["", "fault", "running"] and plant.value("rpm")[2] == 1500
    assert plant.value("on") == [False, False, True] and plant.value("force")[2] == [0.0, 2000.0, 0.0]


def test_places_go_through_frames_and_cells() -> None:
    frames = {"hall": {"origin_m": [100.0, 0.0, 0.0], "heading_deg": 90.0}, "gps": {"crs": "EPSG:4326"}}
    plant = Plant(
        [
            {"topic": "hall", "from": ["x", "y"], "to": "transform.position", "unit": "mm", "frame": "hall"},
            {"topic": "gps", "from": ["lon", "lat", "h"], "to": "transform.position", "frame": "gps"},
        ],
        frames=frames, georeference={"latitude_deg": 52.0, "longitude_deg": 4.35, "height_m": 10.0},
    )  # fmt: skip
    plant.say({"x": 2000, "y": 1000}, topic="hall", key="m0")
    # The hall is turned to the right: its x (right) goes south, its y (ahead) goes east.
    assert plant.value("translation", Transform)[0] == pytest.approx([101.0, 0.0, 2.0], abs=1e-5)
    plant.say({"lon": 4.36, "lat": 52.01, "h": 20.0}, topic="gps", key="m1")
    place = np.array(plant.value("cell", Transform)[1]) * 1024.0 + plant.value("translation", Transform)[1]
    assert place == pytest.approx([686.629, 9.866, -1112.725], abs=2e-3)


def test_sources_that_disagree_are_weighed() -> None:
    plant = Plant(
        [
            {"topic": "good", "from": "t", "to": "motor.temperature", "sigma": 0.1, "drift": 0.001},
            {"topic": "poor", "from": "t", "to": "motor.temperature", "sigma": 1.0, "drift": 0.001},
        ]
    )
    plant.say({"t": 20.0}, topic="good", key="m0", at=NOW - 3 * SECOND)
    plant.say({"t": 21.0}, topic="poor", key="m0", at=NOW - 2 * SECOND)
    assert plant.value("temperature")[0] == pytest.approx(20.0 + 1 / 101, abs=2e-3), "weights are inverse variances"
    plant.say({"t": 500.0}, topic="poor", key="m0", at=NOW - SECOND)
    assert plant.feed.counts.refused == 1 and plant.value("temperature")[0] < 20.1
    for i in range(5):
        plant.say({"t": 60.0}, topic="good", key="m0", at=NOW + i * SECOND)
    assert plant.value("temperature")[0] == pytest.approx(60.0, abs=0.1), "who insists is believed"


def test_entities_that_come_and_go_while_readings_arrive() -> None:
    plant = Plant([{"topic": "motor", "from": "t", "to": "motor.temperature"}])
    plant.say({"t": 5.0}, key="m1", at=NOW - SECOND)
    plant.world.despawn(plant.entities[1:2])
    plant.say({"t": 6.0}, key="m1", at=NOW)
    assert plant.feed.counts.unknown == 1
    new = plant.world.spawn(Device(key="m1"), MOTOR())
    plant.say({"t": 7.0}, key="m1", at=NOW - 2 * SECOND)
    assert plant.world.get(new, MOTOR).temperature == 7.0, "another entity has a past of its own"  # type: ignore[attr-defined]
    plant.world.set(new, Device, key="renamed")
    plant.say({"t": 8.0}, key="renamed", at=NOW)
    assert plant.world.get(new, MOTOR).temperature == 8.0  # type: ignore[attr-defined]


def test_python_calls_do_not_grow_with_entities() -> None:
    def calls(count: int) -> int:
        plant = Plant([{"topic": "motor", "from": "t", "to": "motor.temperature"}], devices=count)
        keys = tuple(f"m{i}" for i in range(count))
        plant.send(np.arange(count), np.zeros(count), {"t": np.ones(count, np.float32)}, keys=keys)
        batch = Batch("motor", np.arange(count, dtype=np.uint32), np.full(count, NOW + 5), {"t": np.ones(count, np.float32)})
        found = 0

        def count_call(frame: object, event: str, arg: object) -> None:
            nonlocal found
            found += event in ("call", "c_call")

        sys.setprofile(count_call)
        try:
            plant.feed.take(plant.world, [batch], now_ns=NOW + 5)
        finally:
            sys.setprofile(None)
        return found

    assert calls(1000) == calls(20_000)


@pytest.mark.parametrize(
    ("binding", "said"),
    [
        ("motor", "object"),
        ({"topic": "a", "to": "engine.t"}, "no component 'engine'"),
        ({"topic": "a", "to": "motor.heat"}, "no field 'heat'"),
        ({"topic": "a", "to": "motor.force.w"}, "no part 'w'"),
        ({"topic": "a", "to": "motor.force"}, "takes 3"),
        ({"topic": "a", "to": "motor.temperature", "unit": "metre"}, "cannot become"),
        ({"topic": "a", "to": "motor.temperature", "unit": "__import__('os')"}, "cannot become"),
        ({"topic": "a", "to": "motor.temperature", "colour": "red"}, "not understood"),
        ({"topic": "a", "from": ["x", "y"], "to": "transform.position", "frame": "moon"}, "no frame 'moon'"),
        ({"topic": "a/+x", "to": "motor.temperature"}, "whole levels"),
        ({"topic": "a", "to": "motor.temperature", "sigma": -1}, "sigma"),
        ({"topic": "a", "to": "motor.rpm", "sigma": 1}, "with a point"),
    ],
)
def test_a_bad_binding_is_one_sentence(binding: Any, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        Plant([binding])


