"""Schedules as plans: what machines are told when, drilled on a copy and followed."""

from __future__ import annotations

from typing import Any

import pytest

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.twin.commands import Ledger
from taixu.twin.controls import read_controls
from taixu.twin.decisions import Schedule, first_fit, read_shop, schedule_plan
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.measures import Measures
from taixu.twin.plans import Plan, drill_plan, read_plans
from taixu.twin.plans.following import PlanRun
from taixu.twin.rules import Alarms, RuleEngine

SECOND = 10**9
MACHINE = declared_component("machine", {"state": {"kind": "text", "choices": ["running", "stopped"]}})
SHOP = read_shop({
    "step_secs": 10, "horizon_secs": 600, "machines": {"press-1": {}, "oven": {}},
    "jobs": [
        {"name": "A", "operations": [{"on": {"press-1": 60}, "kw": 40}, {"on": {"oven": 120}, "kw": 90}]},
        {"name": "B", "operations": [{"on": {"press-1": 60}, "kw": 40}, {"on": {"oven": 60}, "kw": 90}]},
        {"name": "C", "after": 300, "operations": [{"on": {"press-1": 30}, "kw": 40}]},
    ],
})  # fmt: skip


def plant() -> World:
    world, components = World(), Components()
    for cls in (Device, MACHINE):
        components.register(cls)
    for key in ("press-1", "oven"):
        world.spawn(Device(key=key), MACHINE(state="stopped"))
    controls = read_controls(
        [{"name": "machine", "field": "machine.state", "source": "plant", "topic": "{key}/run", "choices": ["running", "stopped"]}],
        components,
    )
    for resource in (components, Feed(), Alarms(), RuleEngine(), Measures([]), Ledger(controls)):
        world.insert_resource(resource)
    return world


def read(world: World, document: dict[str, Any]) -> Plan:
    (plan,) = read_plans([document], world.resource(Components), measures=frozenset(), controls=frozenset({"machine"}))
    return plan


def states(world: World) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in world.query(Device, MACHINE).tables():
        found |= dict(zip(table.read(Device, "key").tolist(), table.read(MACHINE, "state").tolist(), strict=True))
    return found


def test_machines_run_when_the_schedule_says_and_rest_between() -> None:
    document = schedule_plan(SHOP, first_fit(SHOP), name="today", control="machine")
    world = plant()
    plan, seen = read(world, document), dict[int, dict[str, str]]()
    assert plan.earliest_secs() == 330.0

    def watch(copy: World, secs: float) -> None:
        seen[len(seen)] = states(copy)

    run, score = drill_plan(world, plan, now_ns=0, secs=400, advance=watch)
    begun = {step.name: each.begun_ns / SECOND for step, each in zip(plan.steps, run.steps, strict=True) if "over" not in step.name}
    expected = {"1.1 A on press-1": 0, "2.1 B on press-1": 60, "1.2 A on oven": 60, "2.2 B on oven": 180, "3.1 C on press-1": 300}
    assert begun == pytest.approx(expected, abs=2.0)
    assert score.late == ()
    told = {step.name: [act.value for act in step.acts] for step in plan.steps}
    assert told["2.1 B on press-1"] == told["2.2 B on oven"] == [], "it runs already"
    at = {secs: seen[secs] for secs in (30, 100, 150, 310)}
    assert at[30]["press-1"] == at[100]["oven"] == at[310]["press-1"] == "running"
    assert at[150]["press-1"] == "stopped"
    assert states(world) == {"press-1": "stopped", "oven": "stopped"}


def test_what_is_late_is_said_from_when_it_was_to_begin() -> None:
    plan = read(plant(), schedule_plan(SHOP, first_fit(SHOP), name="today", control="machine", late_secs=30))

    class Hands:
        def act(self, world: World, act: Any, *, now_ns: int) -> tuple[int, str]:
            return 1, ""

        def tell(self, world: World, message: Any, *, now_ns: int) -> int:
            return 0

    run, world = PlanRun(plan, 0, 0), plant()
    run.step(world, {}, Hands(), now_ns=0)
    run.step(world, {}, Hands(), now_ns=85 * SECOND)
    assert run.late == []
    events = run.step(world, {}, Hands(), now_ns=91 * SECOND)
    assert [event["of"] for event in events] == ["1.1 A on press-1"] and run.late == ["1.1 A on press-1"]
    run.say_done("1.1 A on press-1", by="ann", now_ns=100 * SECOND)
    run.step(world, {}, Hands(), now_ns=100 * SECOND)  # 40 s late they begin, and were to be done 30 s after 180 and 120
    assert run.late == []
    run.step(world, {}, Hands(), now_ns=151 * SECOND)
    assert run.late == ["2.1 B on press-1"]


def test_what_is_no_schedule_or_too_long_is_refused() -> None:
    with pytest.raises(TaixuError, match="no schedule for the shop"):
        schedule_plan(SHOP, Schedule((*first_fit(SHOP).placed, first_fit(SHOP).placed[0])), name="x", control="machine")
    many = read_shop({
        "step_secs": 10, "horizon_secs": 10_000, "machines": {"m": {}},
        "jobs": [{"name": f"{n}", "operations": [{"on": {"m": 10}}]} for n in range(300)],
    })  # fmt: skip
    with pytest.raises(TaixuError, match="at most 200 steps"):
        schedule_plan(many, first_fit(many), name="x", control="machine")
    name = "a' or 'b"
    jobs = [{"name": "A", "operations": [{"on": {name: 60}}]}]
    quoted = read_shop({"horizon_secs": 600, "machines": {name: {}}, "jobs": jobs})
    with pytest.raises(TaixuError, match="cannot stand in a plan"):
        schedule_plan(quoted, first_fit(quoted), name="x", control="machine")
