"""Systems in stages."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.ecs import Schedule, World, component
from taixu.errors import TaixuError


@component("speck")
class Speck:
    pass


def nothing(world: World) -> None:
    pass


def test_the_order_of_adding_holds_but_for_what_is_said() -> None:
    schedule = Schedule(["a", "b"])
    for name, before, after in (
        ("draw", (), ("cull",)), ("log", (), ()), ("cull", (), ()), ("input", ("draw", "log"), ()),
        ("late", (), "draw"),
    ):
        schedule.add("a", nothing, name=name, before=before, after=after)
    assert schedule.names("a") == ["cull", "input", "draw", "log", "late"]
    assert schedule.names("b") == []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=15))
def test_constraints_hold_or_the_loop_is_named(pairs: list[tuple[int, int]]) -> None:
    schedule = Schedule(["a"])
    for number in range(10):
        schedule.add("a", nothing, name=str(number), before=[str(b) for a, b in pairs if a == number])
    try:
        order = schedule.names("a")
    except TaixuError as error:
        names = str(error).split(": ")[1].split(" -> ")
        edges = {(str(a), str(b)) for a, b in pairs}
        assert names[0] == names[-1]
        assert all(edge in edges for edge in pairwise(names))
        return
    assert all(order.index(str(a)) < order.index(str(b)) for a, b in pairs)


def test_unknown_stages_are_refused_and_unknown_names_are_not() -> None:
    schedule = Schedule(["a"])
    with pytest.raises(TaixuError, match="the stages are a"):
        schedule.add("z", nothing)
    schedule.add("a", nothing, after=("a plugin that is not here",))
    assert schedule.names("a") == ["nothing"]


def test_each_stage_ends_with_deferred_commands_and_a_new_tick() -> None:
    world, schedule = World(), Schedule(["a", "b"])
    seen: list[tuple[int, int]] = []

    def defer(world: World) -> None:
        world.commands.spawn(Speck())
        seen.append((len(world), world.tick))

    def look(world: World) -> None:
        seen.append((len(world), world.tick))

    schedule.add("a", defer)
    schedule.add("a", look)
    schedule.add("b", look)
    schedule.run("a", world)
    schedule.run("b", world)
    (before, tick), (same, same_tick), (after, later) = seen
    assert (before, same, after) == (0, 0, 1)
    assert tick == same_tick < later


def test_systems_can_be_taken_out_and_timed() -> None:
    world, schedule, ran = World(), Schedule(["a"]), []

    def make(name: str) -> Callable[[World], None]:
        return lambda world: ran.append(name)

    first, second = make("first"), make("second")
    schedule.add("a", first, name="first")
    schedule.add("a", second, name="second", before="first")
    timings: dict[str, float] = {}
    schedule.run("a", world, timings=timings)
    assert ran == ["second", "first"]
    assert timings.keys() == {"first", "second"}
    schedule.remove(second)
    schedule.run("a", world)
    assert ran == ["second", "first", "first"]
