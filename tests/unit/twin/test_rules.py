from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Name, Transform
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.rules import Alarms, Fence, RuleEngine, read_rules
from taixu.twin.rules.fences import FenceShape, points_inside
from taixu.twin.rules.nearness import near_any

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
MOTOR = declared_component("motor", {"temperature": {"kind": "f32"}, "state": {"kind": "text"}, "force": {"kind": "vec3"}})


class Plant:
    """Six machines in a row, ten metres apart, and their rules."""

    def __init__(self, *rules: dict[str, Any]) -> None:
        self.world = World()
        self.components = Components()
        for cls in (Transform, Name, Device, MOTOR, Fence):
            self.components.register(cls)
        names = np.array([f"Press {i}" for i in range(6)], object)
        places = np.zeros((3, 6), np.float32)
        places[0] = np.arange(6) * 10.0
        kinds = np.array(["press", "press", "press", "person", "agv", "agv"], object)
        self.entities = self.world.spawn_batch(
            6, {Transform: {"translation": places}, Name: {"text": names}, Device: {"kind": kinds, "key": names}, MOTOR: {}}
        )
        for resource in (self.components, Alarms(), Feed()):
            self.world.insert_resource(resource)
        self.engine = RuleEngine(read_rules(list(rules), self.components))

    def set(self, name: str, values: Any) -> None:
        self.world.scatter(self.entities, MOTOR, name, np.asarray(values))

    def step(self, secs: float) -> tuple[list[str], list[str]]:
        begun, ended = self.engine.step(self.world, now_ns=NOW + round(secs * SECOND))
        return [alarm.text for alarm in begun], [alarm.text for alarm in ended]


HOT = {"name": "hot", "when": "motor.temperature > 80", "until": "motor.temperature < 75", "severity": "critical"}


def test_an_alarm_begins_and_ends_with_hysteresis() -> None:
    plant = Plant(HOT | {"say": "{name} is at {motor.temperature:.1f} °C"})
    plant.set("temperature", [20, 90.25, 79, 20, 20, 20])
    assert plant.step(0) == (["Press 1 is at 90.2 °C"], [])
    plant.set("temperature", [20, 78, 79, 20, 20, 20])
    assert plant.step(1) == ([], []), "between the limits nothing changes"
    plant.set("temperature", [20, 74, 79, 20, 20, 20])
    assert plant.step(2) == ([], ["Press 1 is at 90.2 °C"])
    (alarm,) = plant.world.resource(Alarms)
    assert (alarm.raised_ns, alarm.cleared_ns, alarm.severity) == (NOW, NOW + 2 * SECOND, "critical")
    assert alarm.is_open, "nobody has seen it"


def test_it_must_hold_for_a_while() -> None:
    plant = Plant({"name": "hot", "when": "motor.temperature > 80", "for": 5})
    plant.set("temperature", [90, 90, 0, 0, 0, 0])
    assert plant.step(0)[0] == []
    assert plant.step(4.9)[0] == []
    plant.set("temperature", [0, 90, 0, 0, 0, 0])
    assert plant.step(4.95)[0] == []
    plant.set("temperature", [90, 90, 0, 0, 0, 0])
    assert plant.step(5) == (["Press 1: hot"], []), "who cooled down in between begins anew"


def test_acknowledging() -> None:
    plant = Plant(HOT)
    plant.set("temperature", [90] * 6)
    plant.step(0)
    alarms = plant.world.resource(Alarms)
    assert len(alarms.open) == 6
    first = alarms.open[0].number
    assert alarms.acknowledge(first, by="eve", now_ns=NOW + 1).acknowledged_by == "eve"
    assert alarms.acknowledge(first, by="adam", now_ns=NOW + 2).acknowledged_by == "eve", "who came first stays"
    plant.set("temperature", [0] * 6)
    plant.step(1)
    assert len(alarms.open) == 5, "over and seen is no longer of interest"
    with pytest.raises(TaixuError, match="no alarm 99"):
        alarms.acknowledge(99, by="eve", now_ns=NOW)


def test_texts_numbers_parts_and_chains() -> None:
    plant = Plant(
        {"name": "a", "when": 'motor.state in ("fault", "停") and device.kind == "press"'},
        {"name": "b", "when": "10 < motor.force.y <= 20 or not motor.force.x == 0"},
        {"name": "c", "when": "max(abs(motor.temperature), 3) ** 2 / 2 >= 50"},
    )
    plant.set("state", np.array(["fault", "停", "ok", "fault", "", ""], object))
    plant.set("force", [[0, 0, 0, 1, 0, 0], [10, 11, 20, 0, 0, 21], [0] * 6])
    plant.set("temperature", [-10, 10, 9, np.nan, 3, np.inf])
    begun = plant.step(0)[0]
    assert [text for text in begun if text.endswith("a")] == ["Press 0: a", "Press 1: a"]
    assert [text for text in begun if text.endswith("b")] == ["Press 1: b", "Press 2: b", "Press 3: b"]
    assert [text for text in begun if text.endswith("c")] == ["Press 0: c", "Press 1: c", "Press 5: c"]


def test_rates() -> None:
    plant = Plant({"name": "heating", "when": "rate(motor.temperature, 10) > 1"})
    found = []
    for second in range(30):
        slope = 0.5 if second < 15 else 2.0
        plant.set("temperature", [slope * second, 20, 20, 20, 20, 20])
        found.append((second, plant.step(second)[0]))
    begun = [second for second, texts in found if texts]
    assert len(begun) == 1 and 15 <= begun[0] <= 22


def test_fences_and_heights() -> None:
    plant = Plant({"name": "in the yard", "when": 'inside("Yard")'}, {"name": "away", "when": 'not inside("Yard") and x < 1000'})
    plant.world.spawn(
        Name("Yard"), Transform((10.0, 0.0, 0.0)), Fence(points=[[-1, -5], [15, -5], [15, 5], [-1, 5]], bottom_m=-1.0, top_m=2.0)
    )
    begun = plant.step(0)[0]
    assert [text for text in begun if "yard" in text] == ["Press 1: in the yard", "Press 2: in the yard"]
    assert len([text for text in begun if "away" in text]) == 4
    plant.world.set(int(plant.entities[1]), Transform, translation=(10.0, 3.0, 0.0))
    assert "Press 1: in the yard" in plant.step(1)[1]
    plant.world.insert(plant.world.query(Fence).entities, Fence(points="round"))
    plant.step(2)
    assert "corners" in plant.engine.problems["Yard"] and "no fence" in plant.engine.problems["away"]


def test_nearness() -> None:
    plant = Plant({"name": "too near", "when": "device.kind == \"agv\" and near(\"device.kind == 'person'\", 12)"})
    assert plant.step(0)[0] == ["Press 4: too near"]
    plant.world.set(int(plant.entities[4]), Transform, translation=(35.0, 20.0, 0.0))
    assert plant.step(1)[1] == ["Press 4: too near"], "height is distance, too"


def test_who_goes_alarms_no_more() -> None:
    plant = Plant(HOT)
    plant.set("temperature", [90] * 6)
    plant.step(0)
    plant.world.despawn(plant.entities[:2])
    assert len(plant.step(1)[1]) == 2
    new = plant.world.spawn(MOTOR(temperature=95.0), Name("new"))
    assert plant.step(2)[0] == ["new: hot"], "whose index was another's begins anew"
    assert new


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("", "a condition is a text"),
        (7, "a condition is a text"),
        ("motor.temperature >", "no condition"),
        ("motor.heat > 1", "no field motor.heat"),
        ("motor.force > 1", "say which of its parts"),
        ("motor.temperature.x > 1", "no such part"),
        ("__import__('os').system('x')", "functions"),
        ("motor.__class__", "no field motor.__class__"),
        ("(lambda: 1)()", "functions"),
        ("[x for x in (1,)]", "not understood"),
        ("x if y else z", "not understood"),
        ("x := 3", "no condition"),
        ("f'{x}'", "not understood"),
        ("x is y", "write =="),
        ("kind in name", "takes a list"),
        ("rate(x)", "takes 2"),
        ("9999999999999999999 > x", "too large"),
        ("not " * 400 + "x > 1", "too long"),
        ("x" + "+x" * 500, "too long"),
        ("(" * 500 + "x" + ")" * 500, "no condition"),
        ("x > 1 and 10 ** 10 ** 10 > 1 and y.z.w.x > 1", "a field is written"),
    ],
)
def test_a_bad_condition_is_one_sentence(when: Any, said: str) -> None:
    with pytest.raises(TaixuError, match=said) as caught:
        Plant({"name": "a", "when": when})
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("rule", "object"),
        ({"name": "", "when": "x > 1"}, "has a name"),
        ({"name": "a", "when": "x > 1", "severity": "bad"}, "severity"),
        ({"name": "a", "when": "x > 1", "for": -1}, "seconds"),
        ({"name": "a", "when": "x > 1", "colour": 1}, "not understood"),
        ({"name": "a", "when": "x > 1", "say": "{motor.heat}"}, "no field motor.heat"),
        ({"name": "a", "when": "x > 1", "say": "{secret}"}, "say has"),
    ],
)
def test_a_bad_rule_is_one_sentence(rule: Any, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        Plant(rule)


@pytest.mark.parametrize("when", ["key > 3", "kind + 1 > 2", "rate(x, y) > 1", "near(x, 3)", "motor.state < motor.temperature"])
def test_what_only_shows_when_it_is_asked_is_a_problem_of_its_rule(when: str) -> None:
    plant = Plant({"name": "odd", "when": when}, HOT)
    plant.set("temperature", [90] * 6)
    assert len(plant.step(0)[0]) == 6, "the other rules go on"
    assert plant.engine.problems["odd"]


def test_huge_powers_take_no_time() -> None:
    plant = Plant({"name": "a", "when": "10.0 ** 10.0 ** 10.0 ** x > 1"})
    plant.step(0)


@given(st.data())
def test_fences_agree_with_the_exact_test(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    corners = rng.uniform(-100, 100, (data.draw(st.integers(3, 12)), 2))
    points = rng.uniform(-120, 120, (3, 500))
    np.testing.assert_array_equal(FenceShape(corners, -1e9, 1e9).holds(points), points_inside(points[[0, 2]].T, corners))


@given(st.integers(0, 1000), st.floats(0.5, 30))
def test_nearness_agrees_with_all_pairs(seed: int, distance: float) -> None:
    rng = np.random.default_rng(seed)
    points, others = rng.uniform(-50, 50, (3, 80)), rng.uniform(-50, 50, (3, 60))
    others[:, :10] = points[:, :10]
    selves = np.full(80, -1)
    selves[:10] = np.arange(10)
    apart = np.linalg.norm(points[:, :, None] - others[:, None], axis=0)
    apart[np.arange(10), np.arange(10)] = np.inf
    np.testing.assert_array_equal(near_any(points, others, distance_m=distance, selves=selves), (apart <= distance).any(axis=1))


def test_who_will_come_too_near_another_is_foreseen() -> None:
    plant = Plant({"name": "conflict", "when": 'conflict("motor.force", 20, 2, 2) < 20', "say": "{name}"})
    # Machines stand ten metres apart; the second drives at the third, and the fourth at those behind it.
    plant.set("force", np.array([[0, 1, 0, 2, 0, 0], [0] * 6, [0] * 6], np.float32))
    begun, _ = plant.step(0)
    assert sorted(begun) == ["Press 1", "Press 2", "Press 3", "Press 4", "Press 5"], "the fourth runs through two"
    plant.set("force", np.zeros((3, 6), np.float32))
    assert sorted(plant.step(1)[1]) == sorted(begun)
    limited = Plant({"name": "conflict", "when": 'conflict("motor.force", "motor.temperature", 2, 2) < 20', "say": "{name}"})
    limited.set("force", np.array([[0, 1, 0, 0, 0, 0], [0] * 6, [0] * 6], np.float32))
    limited.set("temperature", [20, 5, 20, 20, 20, 20])
    assert limited.step(0) == ([], []), "it turns after five seconds"
    limited.set("temperature", [20, 9, 20, 20, 20, 20])
    assert limited.step(1)[0] == ["Press 1", "Press 2"]


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ('conflict("motor.speed", 20, 2, 2)', "none of three numbers"),
        ('conflict("motor.temperature", 20, 2, 2)', "none of three numbers"),
        ('conflict("motor.force", "motor.force", 2, 2)', "none of a number"),
        ('conflict("motor.force", 1e9, 2, 2)', "seconds up to"),
        ('conflict("motor.force", 20, "far", 2)', "minima as numbers"),
        ('conflict("motor.force", 20, 0, 2)', "above zero"),
    ],
)
def test_what_is_wrong_with_a_conflict_is_said(call: str, wrong: str) -> None:
    plant = Plant({"name": "conflict", "when": f"{call} < 20"})
    plant.step(0)
    assert wrong in plant.engine.problems["conflict"]


def test_fences_that_move_are_followed() -> None:
    plant = Plant({"name": "in", "when": "inside('Guard')"})
    square = [[-4.0, -4.0], [4.0, -4.0], [4.0, 4.0], [-4.0, 4.0]]
    guard = plant.world.spawn(Transform(), Name("Guard"), Fence(points=square))
    plant.world.spawn(Transform((0.0, 0.0, 500.0)), Name("Still"), Fence(points=square))
    for second in range(6):  # it stands still for a while, and goes then
        plant.step(second)
    found = []
    for second in range(6, 30):
        plant.world.set(guard, Transform, translation=((second - 6) * 2.5, 0.0, 0.0))
        begun, ended = plant.step(second)
        found += [("in", text[6]) for text in begun] + [("out", text[6]) for text in ended]
    assert found == [("in", "0"), ("out", "0"), *((what, str(i)) for i in range(1, 6) for what in ("in", "out"))][1:]
