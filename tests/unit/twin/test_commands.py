from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Name, Transform
from taixu.twin.batch import Batch
from taixu.twin.commands import Ledger
from taixu.twin.connectors import Connector, Link
from taixu.twin.controls import read_controls
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.inbox import Inbox
from taixu.twin.rules import Alarms, RuleEngine
from taixu.twin.wire import decode_json

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
BELT = declared_component("belt", {"speed": {"kind": "f32"}, "running": {"kind": "bool"}, "mode": {"kind": "text"}})
SPEED = {
    "name": "speed", "field": "belt.speed", "source": "plant", "topic": "belt/{key}/set", "acknowledged_on": "belt/+/ack",
    "minimum": 0, "maximum": 2, "tolerance": 0.05, "timeout": 5, "only_if": ["not near(\"device.kind == 'person'\", 1)"],
}  # fmt: skip
MODE = {"name": "mode", "field": "belt.mode", "source": "plant", "topic": "m", "choices": ["auto", "手动"]}
RUN = {"name": "run", "field": "belt.running", "source": "elsewhere", "topic": "r"}


class Post(Connector):
    """Remembers what was sent."""

    kind = "post"
    broken = False

    def start(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    def close(self) -> None:
        return

    def send(self, topic: str, payload: bytes) -> None:
        if self.broken:
            raise TaixuError("the broker of 'plant' is not there")
        self.sent.append((topic, json.loads(payload)))


class Plant:
    def __init__(self, *controls: dict[str, Any]) -> None:
        self.world = World()
        components = Components()
        for cls in (Transform, Name, Device, BELT):
            components.register(cls)
        self.ledger = Ledger(read_controls(list(controls), components))
        for resource in (components, Alarms(), Feed(), RuleEngine(), self.ledger):
            self.world.insert_resource(resource)
        self.belt = self.world.spawn(Transform(), Device(key="7", kind="belt"), BELT())
        self.person = self.world.spawn(Transform(translation=(10.0, 0.0, 0.0)), Device(key="eve", kind="person"))
        self.post = Post(Link("plant", Inbox(), tuple), None)
        self.post.start()
        self.ledger.connect([self.post])

    def ask(self, value: Any, *, control: str = "speed", at: float = 0) -> Any:
        belt = self.world.stable_id(self.belt)
        return self.ledger.command(self.world, control, entity=belt, value=value, by="eve", now_ns=NOW + round(at * SECOND))

    def answer(self, text: str, *, at: float, topic: str = "belt/7/ack") -> None:
        self.ledger.hear(decode_json(text, now_ns=NOW, topic=topic), now_ns=NOW + round(at * SECOND))

    def step(self, at: float) -> list[str]:
        return [command.state for command in self.ledger.step(self.world, now_ns=NOW + round(at * SECOND))]


def test_from_wanted_to_observed() -> None:
    plant = Plant(SPEED)
    command = plant.ask(1.5)
    assert command.state == "sent" and plant.post.sent == [("belt/7/set", {"command": 1, "value": 1.5})]
    assert plant.world.get(plant.belt, BELT).speed == 0.0, "the device sets the column, not we"  # type: ignore[attr-defined]
    assert plant.step(0.1) == ["sent"]
    plant.answer('{"command": 1}', at=0.2)
    assert plant.step(0.3) == ["acknowledged"]
    plant.world.set(plant.belt, BELT, speed=1.48)
    assert plant.step(0.4) == ["observed"] and plant.step(0.5) == []
    done = plant.ledger.find(1)
    assert done is not None
    assert [(each - NOW) * 10 // SECOND for each in (done.sent_ns, done.acknowledged_ns, done.ended_ns)] == [0, 2, 4]


def test_what_is_never_seen_times_out() -> None:
    plant = Plant(SPEED)
    plant.ask(1.5)
    plant.answer('{"command": 1, "ok": true}', at=1)
    assert plant.step(4.9) == ["sent", "acknowledged"]
    assert plant.step(5.1) == ["timed out"]
    plant.answer('{"command": 1}', at=6)
    assert plant.step(6) == [], "what has ended does not begin again"


def test_a_device_may_say_no() -> None:
    plant = Plant(SPEED)
    plant.ask(1.5)
    plant.answer('{"command": 1, "ok": false, "why": "emergency stop"}', at=1)
    plant.step(1)
    failed = plant.ledger.find(1)
    assert failed is not None and (failed.state, failed.why) == ("failed", "the device says: emergency stop")
    plant.answer('{"command": 1}', at=1, topic="elsewhere")
    plant.answer('{"command": "x"}', at=1)


def test_interlocks() -> None:
    plant = Plant(SPEED)
    plant.world.set(plant.person, Transform, translation=(0.5, 0.0, 0.0))
    command = plant.ask(1.5)
    assert command.state == "refused" and command.why.startswith("locked: not near") and plant.post.sent == []
    plant.world.remove(plant.belt, Transform)
    plant.world.set(plant.person, Transform, translation=(10.0, 0.0, 0.0))
    assert plant.ask(1.5).state == "sent"
    odd = Plant(SPEED | {"only_if": ["inside(\"Nowhere\")"]})
    assert "no fence" in odd.ask(1.5).why, "a lock that cannot be asked is closed"


@pytest.mark.parametrize(
    ("control", "value"),
    [
        ("speed", 3), ("speed", -1), ("speed", "fast"), ("speed", True), ("speed", float("nan")),
        ("mode", "off"), ("mode", 1), ("run", 1),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(control: str, value: Any) -> None:
    plant = Plant(SPEED, MODE, RUN)
    command = plant.ask(value, control=control)
    assert command.state == "refused" and command.why.startswith("the value must") and plant.post.sent == []


def test_who_is_not_there() -> None:
    plant = Plant(SPEED, RUN)
    assert plant.ask(True, control="run").why == "the source 'elsewhere' is not there"
    plant.post.broken = True
    assert plant.ask(1.0).state == "failed"
    with pytest.raises(TaixuError, match="no control 'light'; there are run, speed"):
        plant.ask(1, control="light")
    with pytest.raises(TaixuError, match="is no device"):
        plant.ledger.command(plant.world, "speed", entity=plant.world.stable_id(plant.person), value=1, by="eve", now_ns=NOW)
    plant.post.broken = False
    plant.ask(1.0)
    plant.world.despawn([plant.belt])
    plant.step(1)
    gone = plant.ledger.find(3)
    assert gone is not None and gone.why == "the entity is gone"


def test_acknowledgements_in_records() -> None:
    plant = Plant(SPEED)
    plant.ask(1.5)
    batch = Batch("belt/7/ack", np.zeros(2, np.uint32), np.zeros(2, np.int64), {"command": np.array([1, 99], np.uint32)})
    plant.ledger.hear([batch], now_ns=NOW)
    assert plant.step(0.1) == ["sent", "acknowledged"]


@pytest.mark.parametrize(
    ("control", "said"),
    [
        (7, "object"),
        (SPEED | {"colour": 1}, "not understood"),
        (SPEED | {"topic": "belt/+/set"}, "one topic"),
        (SPEED | {"field": "transform.position"}, "several numbers"),
        (SPEED | {"field": "belt.colour"}, "no field"),
        (SPEED | {"timeout": 0}, "timeout"),
        (SPEED | {"minimum": 3}, "minimum"),
        (SPEED | {"only_if": ["x >"]}, "no condition"),
        (SPEED | {"choices": [1]}, "choices"),
    ],
)
def test_a_bad_control_is_one_sentence(control: Any, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        Plant(control)


def test_two_persons_must_agree() -> None:
    plant = Plant(SPEED | {"two_persons": True})
    asked = plant.ask(1.5)
    assert asked.state == "waiting" and plant.post.sent == []
    with pytest.raises(TaixuError, match="your own"):
        plant.ledger.confirm(plant.world, asked.number, by=asked.by, now_ns=NOW)
    sent = plant.ledger.confirm(plant.world, asked.number, by="adam", now_ns=NOW + SECOND)
    assert (sent.state, sent.confirmed_by, sent.sent_ns) == ("sent", "adam", NOW + SECOND)
    assert [payload["value"] for _, payload in plant.post.sent] == [1.5]
    with pytest.raises(TaixuError, match="waits for nobody"):
        plant.ledger.confirm(plant.world, asked.number, by="adam", now_ns=NOW)
    with pytest.raises(TaixuError, match="no command 99"):
        plant.ledger.confirm(plant.world, 99, by="adam", now_ns=NOW)


def test_nobody_agrees_or_the_interlock_no_longer_holds() -> None:
    plant = Plant(SPEED | {"two_persons": True})
    first, second = plant.ask(1.5), plant.ask(1.0)
    plant.world.spawn(Transform((0.0, 0.0, 0.0)), Device(key="w", kind="person"))
    plant.world.resource(RuleEngine).step(plant.world, now_ns=NOW)
    assert plant.ledger.confirm(plant.world, first.number, by="adam", now_ns=NOW).state == "refused"
    plant.ledger.step(plant.world, now_ns=NOW + 200 * SECOND)
    found = plant.ledger.find(second.number)
    assert found is not None and found.state == "timed out" and "confirmed" in found.why
    assert plant.post.sent == []
