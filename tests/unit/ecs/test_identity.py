"""Handles and stable ids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.ecs import NOBODY, World, component, indices_of
from taixu.ecs.entity import EntityIndex, StableIds
from taixu.errors import TaixuError


@component("thing")
class Thing:
    pass


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3000)), max_size=60))
def test_stable_ids_against_a_dictionary(steps: list[tuple[bool, int]]) -> None:
    """Single and many at once, past the size at which the sorted copy goes stale."""
    world = World()
    model: dict[int, int] = {}
    for is_spawn, number in steps:
        if is_spawn:
            ids = np.setdiff1d(np.arange(number, number + 1 + number % 40, dtype=np.uint64), np.array(list(model)))
            handles = world.spawn_batch(len(ids), {Thing: {}}, stable_ids=ids.astype(np.uint64))
            model.update(zip(ids.tolist(), handles.tolist()))
        elif model:
            stable = sorted(model)[number % len(model)]
            world.despawn(model.pop(stable))
            assert world.find(stable) is None
        for stable, handle in list(model.items())[::7]:
            assert world.find(stable) == handle
    asked = np.arange(1, 3050, dtype=np.uint64)
    assert set(asked[world._ids.taken(asked, world._index)].tolist()) == {n for n in model if n < 3050}


def test_a_batch_larger_than_what_is_remembered() -> None:
    index, ids = EntityIndex(), StableIds()
    places = index.allocate(5000)
    numbers = np.arange(10_000, 15_000, dtype=np.uint64)
    index.tables[places], index.stable[places] = 0, numbers
    ids.added(numbers, places)
    assert ids.find(12_345, index) == places[2345]
    assert ids.find(9, index) == NOBODY


def test_a_dead_handle_names_nobody_and_its_slot_is_used_again() -> None:
    world = World()
    first = world.spawn(Thing)
    world.despawn(first)
    second = world.spawn(Thing)
    assert indices_of(first) == indices_of(second)
    assert first != second
    assert world.alive([first, second]).tolist() == [False, True]
    assert world.stable_ids([first, second]).tolist() == [0, world.stable_id(second)]
    for touch in (world.despawn, world.types_of, lambda e: world.insert(e, Thing), lambda e: world.remove(e, Thing)):
        with pytest.raises(TaixuError, match="no longer alive"):
            touch(first)


def test_the_same_seed_gives_the_same_ids() -> None:
    worlds = [World(seed=3), World(seed=3), World(seed=4)]
    ids = [world.stable_ids(world.spawn_batch(50, {Thing: {}})).tolist() for world in worlds]
    assert ids[0] == ids[1]
    assert not set(ids[0]) & set(ids[2])


def test_drawn_ids_avoid_those_that_a_document_gave() -> None:
    drawn = World(seed=1)
    ids = drawn.stable_ids(drawn.spawn_batch(30, {Thing: {}}))
    loaded = World(seed=1)
    loaded.spawn_batch(30, {Thing: {}}, stable_ids=ids)
    one, many = loaded.spawn(Thing), loaded.spawn_batch(100, {Thing: {}})
    new = loaded.stable_ids(np.append(many, np.uint64(one))).tolist()
    assert len(set(new) | set(ids.tolist())) == 131


@pytest.mark.parametrize("ids", [[0], [5, 5], [1, 2, 3], [7]])
def test_ids_that_are_taken_or_none_are_refused(ids: list[int]) -> None:
    world = World()
    world.spawn(Thing, stable_id=7)
    count = 2 if len(ids) > 1 else 1
    with pytest.raises(TaixuError, match="stable id"):
        world.spawn_batch(count, {Thing: {}}, stable_ids=np.array(ids, np.uint64))
    assert len(world) == 1


def test_restoring_gives_no_handle_out_twice() -> None:
    world = World()
    kept = world.spawn(Thing)
    snapshot = world.snapshot()
    late = world.spawn_batch(5, {Thing: {}}).tolist()
    world.despawn(kept)
    reused = world.spawn(Thing)
    world.restore(snapshot)
    assert world.alive(kept)[0]
    assert not world.alive([*late, reused]).any()
    world.despawn(kept)
    new = set(world.spawn_batch(20, {Thing: {}}).tolist())
    assert not new & {*late, reused, kept}
