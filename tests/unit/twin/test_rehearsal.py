from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import taixu as tx
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.twin import Device, rehearsal
from taixu.twin.commands import Ledger
from taixu.twin.plugin import TwinPlugin, configure_twin
from taixu.twin.rehearsal import Rehearsed, prepare_rehearsal
from taixu.twin.rules import Alarms

NOW = 1_760_000_000_000_000_000
KINDS = {"speed": "f32", "heat": "f32", "mode": "text", "on": "bool", "pull": "vec3"}
BELT = declared_component("belt", {name: {"kind": kind} for name, kind in KINDS.items()})
SPEED = {
    "name": "speed", "field": "belt.speed", "source": "plant", "topic": "belt/{key}/set", "minimum": 0, "maximum": 3,
    "only_if": ["belt.mode != 'locked'"], "foresee": {"belt.heat": "belt.heat + t * max(value - 1, 0)", "belt.pull.y": "-value"},
}  # fmt: skip
RULES = [
    {"name": "fast", "when": "belt.speed > 2"},
    {"name": "hot", "when": "belt.heat > 50", "for": 5},
    {"name": "slow", "when": "belt.speed < 0.5"},
    {"name": "old", "when": "held(belt.mode == 'old', 10)"},
]
CONTROLS = [SPEED, {"name": "on", "field": "belt.on", "source": "plant", "topic": "o"},
            {"name": "mode", "field": "belt.mode", "source": "plant", "topic": "m"}]  # fmt: skip


class Hall:
    def __init__(self, app: tx.App, clock: list[int]) -> None:
        self.app, self.world, self.clock = app, app.world, clock
        app.register_component(BELT)
        self.belt = app.scene.spawn("Belt", Device(key="b1"), BELT(speed=0.1, heat=20.0)).entity
        self.other = app.scene.spawn("Other", Device(key="b2"), BELT(speed=1.0, mode="old")).entity
        app.resource(WorldSettings).values["twin"] = {"rules": RULES, "controls": CONTROLS}
        configure_twin(app.world)
        app.run(ticks=1)

    def rehearse(self, value: Any, *, control: str = "speed", seconds: float = 30.0) -> Rehearsed:
        stable = self.world.stable_id(self.belt)
        return prepare_rehearsal(self.world, control, entity=stable, value=value, now_ns=self.clock[0]).run(seconds=seconds)


@pytest.fixture
def hall() -> Any:
    clock = [NOW]
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: clock[0]),)) as app:
        yield Hall(app, clock)


def rules(alarms: list[Any]) -> list[str]:
    return [alarm.rule for alarm in alarms]


def test_what_a_command_would_raise_and_end(hall: Hall) -> None:
    assert rules(list(hall.world.resource(Alarms))) == ["slow"]
    found = hall.rehearse(2.5)
    assert found.allowed and found.simulated_secs == 30
    assert rules(found.alarms) == ["fast", "hot"] and rules(found.ends) == ["slow"], "what comes by itself is not the command's"
    foreseen = {each["field"]: each["value"] for each in found.foresees}
    assert foreseen == {"belt.speed": 2.5, "belt.heat": 65.0, "belt.pull.y": -2.5}
    assert (found.alarms[1].raised_ns - NOW) / 1e9 == pytest.approx(25.5, abs=0.6), "after twenty seconds too hot, and for five"
    assert rules(hall.rehearse(2.5, seconds=10).alarms) == ["fast"]
    assert rules(hall.rehearse(1.0).alarms) == []


def test_the_living_world_is_as_it_was(hall: Hall) -> None:
    before, alarms = hall.world.state_hash(), list(hall.world.resource(Alarms))
    told = found = hall.rehearse(2.5)
    assert told.alarms and hall.world.state_hash() == before
    assert list(hall.world.resource(Alarms)) == alarms and not hall.world.resource(Ledger).newest
    hall.app.run(ticks=5)
    assert rules(list(hall.world.resource(Alarms))) == ["slow"] and found.as_dict()["alarms"][0]["rule"] == "fast"


def test_what_the_ledger_would_refuse_is_refused(hall: Hall) -> None:
    assert (hall.rehearse(9).allowed, hall.rehearse(9).why) == (False, "the value must lie between 0 and 3")
    hall.world.set(hall.belt, BELT, mode="locked")
    found = hall.rehearse(1)
    assert not found.allowed and "locked" in found.why and found.alarms == []
    with pytest.raises(TaixuError, match="no control 'fly'"):
        hall.rehearse(1, control="fly")


def test_of_truths_and_texts(hall: Hall) -> None:
    belt = f"{hall.world.stable_id(hall.belt):016x}"
    assert hall.rehearse(True, control="on").foresees == [{"id": belt, "field": "belt.on", "value": True}]
    found = hall.rehearse("old", control="mode")
    assert found.foresees[0]["value"] == "old" and rules(found.alarms) == ["old"], "simulated time passes for what must last"


def test_time_and_memory_are_bounded(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    stable = hall.world.stable_id(hall.belt)
    ready = prepare_rehearsal(hall.world, "speed", entity=stable, value=2.5, now_ns=NOW)
    assert ready.run(seconds=1e9, budget_secs=0.0).simulated_secs == 0
    monkeypatch.setattr(rehearsal, "_MAX_BYTES", 10)
    with pytest.raises(TaixuError, match="too large"):
        hall.rehearse(2.5)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"foresee": {"belt.mode": "value"}}, "one number"),
        ({"foresee": {"belt.pull": "value"}}, "one number"),
        ({"foresee": {"belt.heat": "rate(belt.heat, 5)"}}, "no other functions"),
        ({"foresee": {"belt.heat": "volume"}}, "volume"),
        ({"foresee": ["belt.heat"]}, "foresee takes"),
        ({"role": "king"}, "role is"),
        ({"two_persons": 1}, "two_persons"),
    ],
)
def test_what_is_wrong_in_a_control_is_said(hall: Hall, more: dict[str, Any], message: str) -> None:
    hall.app.resource(WorldSettings).values["twin"] = {"controls": [SPEED | more]}
    with pytest.raises(TaixuError, match=message):
        configure_twin(hall.world)


def test_arrays_are_not_shared_with_the_copy(hall: Hall) -> None:
    ready = prepare_rehearsal(hall.world, "speed", entity=hall.world.stable_id(hall.belt), value=2.5, now_ns=NOW)
    for mine, copied in zip(hall.world.query(BELT), ready.world.query(BELT)):
        assert not np.shares_memory(mine.read(BELT, "speed"), copied.read(BELT, "speed"))
