from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Name, Transform
from taixu.twin.commands import Ledger
from taixu.twin.connectors import Connector, Link
from taixu.twin.controls import read_controls
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.inbox import Inbox
from taixu.twin.measures import Measures, read_measures
from taixu.twin.plans import Plan, best_first, drill_plan, read_plans
from taixu.twin.plans.engine import PlanEngine
from taixu.twin.rules import Alarms, Fence, RuleEngine, read_rules

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
GATE = declared_component("gate", {"state": {"kind": "text", "choices": ["open", "shut"]}, "smoke": {"kind": "f32"}})
PEOPLE, PACE = 20, 2.0

CLEAR: dict[str, Any] = {
    "name": "clear the hall",
    "triggers": [{"when": "gate.smoke > 3", "for": 5}],
    "roles": {"warden": 2}, "resources": {"horn": 1},
    "steps": [
        {"name": "empty", "after": ["open", "announce"], "until": {"measure": "inside", "below": 1}, "within": 15},
        {"name": "open", "do": [{"control": "gate", "of": "device.kind == 'gate'", "value": "open"}]},
        {"name": "announce", "role": "warden", "people": 2, "needs": {"horn": 1}, "takes": 4,
         "tell": {"whom": "device.kind == 'visitor'", "say": "please leave"}},
        {"name": "count", "role": "warden", "takes": 3},
    ],
    "goals": [{"name": "hall empty", "measure": "inside", "below": 1, "within": 60, "weight": 3}],
}  # fmt: skip


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


def hall(*, people: int = PEOPLE) -> World:
    """Visitors in a fence thirty metres long, and a gate at its end that is shut."""
    world, components = World(), Components()
    for cls in (Transform, Name, Device, GATE, Fence):
        components.register(cls)
    places = np.zeros((3, people), np.float32)
    places[0] = np.linspace(1, 29, people)
    world.spawn_batch(people, {Transform: {"translation": places}, Device: {"kind": np.full(people, "visitor", object)}})
    world.spawn(Transform(translation=(30, 0, 0)), Name("Gate"), Device(key="g", kind="gate"), GATE(state="shut"))
    world.spawn(Name("Hall"), Transform(), Fence(points=[[0.0, -5.0], [30.0, -5.0], [30.0, 5.0], [0.0, 5.0]]))
    measures = read_measures([{"name": "inside", "value": "count(device.kind == 'visitor' and inside('Hall'))"}], components)
    rules = read_rules([{"name": "crush", "when": "device.kind == 'visitor' and x > 28 and inside('Hall')"}], components)
    controls = read_controls(
        [{"name": "gate", "field": "gate.state", "source": "plant", "topic": "gate/{key}", "choices": ["open", "shut"]}], components
    )
    for resource in (components, Alarms(), Feed(), RuleEngine(rules), Measures(measures, share=1.0), Ledger(controls)):
        world.insert_resource(resource)
    return world


def plans(world: World, *raw: dict[str, Any]) -> list[Plan]:
    return read_plans(
        list(raw), world.resource(Components), measures=frozenset({"inside"}), controls=frozenset(world.resource(Ledger).controls)
    )


def walk(world: World, secs: float) -> None:
    """Visitors walk to the gate, and through it where it is open."""
    is_open = next(iter(world.query(GATE).tables())).read(GATE, "state")[0] == "open"
    for table in world.query(Device, Transform, without=(GATE,)).tables():
        places = table.read(Transform, "translation").copy()
        places[0] = np.minimum(places[0] + PACE * secs, 100.0 if is_open else 29.5)
        world.scatter(table.entities, Transform, "translation", places)


def test_a_plan_is_drilled_and_judged() -> None:
    world = hall()
    (plan,) = plans(world, CLEAR)
    assert [step.name for step in plan.steps] == ["open", "announce", "count", "empty"], "each behind what it comes after"
    assert plan.earliest_secs() == 4.0
    run, score = drill_plan(world, plan, now_ns=NOW, secs=120, advance=walk)
    (goal,) = score.goals
    # The hindmost stands at 1 m, and walks 29 m at 2 m/s.
    assert goal[1] == pytest.approx(15.0, abs=1.0) and goal[2] == 60
    assert score.done_secs == pytest.approx(15.0, abs=1.0) and score.reached == PEOPLE + 1 and score.late == ()
    both = zip(plan.steps, run.steps)
    times = {step.name: ((each.begun_ns - NOW) // SECOND, (each.done_ns - NOW) // SECOND) for step, each in both}
    assert times["open"] == (0, 0) and times["announce"] == (0, 4)
    assert times["count"] == (4, 7), "its wardens were busy before"
    assert times["empty"][0] == 4
    assert score.alarms == PEOPLE - 1, "each but the one who stood there came to the gate"
    assert score.points == 100 - (PEOPLE - 1), "a hundred for the goal, and one less for each alarm"


def test_plans_are_compared() -> None:
    (good, late, useless) = plans(
        hall(), CLEAR, CLEAR | {"name": "late", "goals": [CLEAR["goals"][0] | {"within": 10}]},
        CLEAR | {"name": "useless", "steps": [{"name": "announce", "role": "warden", "takes": 4}]},
    )  # fmt: skip
    scores = [drill_plan(hall(), plan, now_ns=NOW, secs=40, advance=walk)[1] for plan in (useless, late, good)]
    assert [score.plan for score in best_first(scores)] == ["clear the hall", "late", "useless"]
    assert scores[0].goals[0][1] is None and scores[0].points == 0.0
    assert 0 < scores[1].points < scores[2].points


def test_a_drill_reaches_no_device_and_leaves_the_world_alone() -> None:
    world = hall()
    post = Post(Link("plant", Inbox(), lambda: ()), {})
    world.resource(Ledger).connect([post])
    (plan,) = plans(world, CLEAR)
    before = world.state_hash()
    drill_plan(world.fork(), plan, now_ns=NOW, secs=30, advance=walk)
    assert world.state_hash() == before and post.sent == 0


def test_a_plan_is_called_for_begun_followed_and_late() -> None:
    world = hall()
    post = Post(Link("plant", Inbox(), lambda: ()), {})
    world.resource(Ledger).connect([post])
    engine = PlanEngine(plans(world, CLEAR))
    gate = next(iter(world.query(GATE).tables())).entities

    def step(secs: float) -> list[str]:
        now = NOW + round(secs * SECOND)
        world.resource(RuleEngine).step(world, now_ns=now)
        world.resource(Measures).step(world, now_ns=now, at_once=True)
        senses, measured = world.resource(RuleEngine).senses, world.resource(Measures).values()
        told.extend(events := engine.step(world, senses, measured, now_ns=now))
        return [event["text"].removeprefix("clear the hall").strip(": ") for event in events]

    told: list[dict[str, Any]] = []
    assert step(0) == []
    world.scatter(gate, GATE, "smoke", np.array([5.0], np.float32))
    assert (step(1), step(5), step(6), step(7)) == ([], [], ["is called for"], [])
    engine.begin("clear the hall", by="Ann", now_ns=NOW + 8 * SECOND)
    with pytest.raises(TaixuError, match="goes on already"):
        engine.begin("clear the hall", by="Bob", now_ns=NOW + 8 * SECOND)
    assert step(9) == ["is started", "open begun", "announce begun", "open done"]
    assert post.sent == 1, "the gate was commanded, really"
    assert step(30) == [], "nobody has said that it is announced"
    with pytest.raises(TaixuError, match="'empty' is waiting, not going on"):
        engine.say_done("clear the hall", "empty", by="Ann", now_ns=NOW)
    engine.say_done("clear the hall", "announce", by="Bob", now_ns=NOW + 31 * SECOND)
    assert step(32) == ["announce done", "count begun", "empty begun"]
    assert step(47) == ["empty late"] and engine.runs["clear the hall"].late == ["empty"]

    # The twin starts again: what was noted is enough to go on with.
    again = PlanEngine(plans(world, CLEAR))
    again.recall(told)
    assert again.as_list() == engine.as_list()
    engine = again
    for table in world.query(Device, without=(GATE,)).tables():
        world.scatter(table.entities, Transform, "translation", np.full((3, table.count), 90, np.float32))
    engine.say_done("clear the hall", "count", by="Eve", now_ns=NOW + 50 * SECOND)
    assert step(51) == ["count done", "empty done", "hall empty goal", "is over"]
    assert step(60) == [], "it was begun for this very call"
    world.scatter(gate, GATE, "smoke", np.array([0.0], np.float32))
    assert step(61) == []
    world.scatter(gate, GATE, "smoke", np.array([5.0], np.float32))
    assert (step(62), step(67)) == ([], ["is called for"])


def test_a_plan_may_begin_itself_and_be_broken_off() -> None:
    world = hall()
    (plan,) = plans(world, CLEAR | {"triggers": [{"when": "gate.state == 'shut'", "begins": "itself"}]})
    engine = PlanEngine([plan])
    rules = world.resource(RuleEngine)
    rules.step(world, now_ns=NOW)
    events = engine.step(world, rules.senses, {}, now_ns=NOW)
    assert [event["what"] for event in events] == ["started", "begun", "begun", "done"]
    assert "plant" in events[1]["doubt"], "there is no such source, and the plan says so"
    engine.stop("clear the hall", by="Ann", now_ns=NOW + 1)
    with pytest.raises(TaixuError, match="no plan 'clear the hall' goes on"):
        engine.stop("clear the hall", by="Ann", now_ns=NOW + 2)
    assert [event["what"] for event in engine.step(world, rules.senses, {}, now_ns=NOW + 3)] == ["stopped"]


def changed(step: int, **facts: Any) -> dict[str, Any]:
    steps = [dict(each) for each in CLEAR["steps"]]
    steps[step] |= facts
    return {"steps": steps}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed(1, after=["empty"]), "can never begin: empty, open wait for each other"),
        (changed(1, after=["nothing"]), "'open' comes after 'nothing', which there is not"),
        (changed(2, people=3), "'announce': it wants 3 of 'warden', and there are 2"),
        (changed(2, needs={"bus": 1}), "'announce': it wants 1 of 'bus', and there are 0"),
        (changed(2, within=2), "'announce': it takes 4 s and is to be done within 2"),
        (changed(2, until={"measure": "inside", "below": 1}), "'announce': it has either takes or until"),
        (changed(0, until={"measure": "noise", "below": 1}), "'empty': there is no measure 'noise'"),
        (changed(0, until={"measure": "inside"}), "say one of the two"),
        (changed(1, do=[{"control": "roof", "of": "x > 1", "value": 1}]), "there is no control 'roof'; there are gate"),
        (changed(1, name="empty"), "two steps are called 'empty'"),
        (changed(1, tell={"whom": "gate.colour == 1", "say": "x"}), "there is no field gate.colour"),
        ({"triggers": [{"when": "x > 1", "begins": "now"}]}, 'begins is "asked"'),
        ({"goals": [{"name": "g", "measure": "inside", "below": 1, "within": -1}]}, "within takes seconds"),
        ({"steps": []}, "steps takes a list of 1 to 200"),
        ({"roles": {"warden": 0}}, "'warden' takes a whole number above 0"),
        ({"wen": 1}, "'wen' is not understood"),
    ],
)
def test_plans_that_contradict_themselves_are_refused(change: dict[str, Any], said: str) -> None:
    world = hall(people=1)
    with pytest.raises(TaixuError, match=r"twin.plans\[0\]") as error:
        plans(world, CLEAR | change)
    assert said in str(error.value)
