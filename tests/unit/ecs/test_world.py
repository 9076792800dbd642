"""What a world refuses, what it copies, and what it costs."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from taixu.ecs import F32, AssetPath, Data, EntityRef, Text, Vec3, World, component, field
from taixu.errors import TaixuError
from taixu.scene import MeshInstance, Transform, WorldTransforms


@component("spot")
class Spot:
    at: Vec3 = field(default=(0.0, 0.0, 0.0))
    weight: F32 = field(default=1.0)
    label: Text = field(default="")
    facts: Data = field(default={})
    target: EntityRef = field(default=0)
    picture: AssetPath = field(default="")


@component("flag")
class Flag:
    pass


@component("derived_thing", authored=False)
class Derived:
    value: F32 = field(default=0.0)


@component("made_thing", authored=False, made=True)
class MadeThing:
    pass


class Counter:
    """A resource that takes part in snapshots and forks."""

    def __init__(self, count: int = 0) -> None:
        self.count = count

    def save_state(self) -> int:
        return self.count

    def load_state(self, state: int) -> None:
        self.count = state

    def fork(self, world: World) -> Counter:
        return Counter(-1)


@pytest.mark.parametrize(
    "bad",
    [
        {"at": (1.0, 2.0)}, {"at": np.zeros((3, 7))}, {"weight": "heavy"}, {"weight": [1.0, 2.0, 3.0]},
        {"label": 5}, {"nothing": 1}, {"label": np.array(["a", "b", "c"], object)},
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(bad: dict[str, object]) -> None:
    world = World()
    entities = world.spawn_batch(2, {Flag: {}})
    tick, before = world.tick, world.state_hash()
    world.advance()
    with pytest.raises(TaixuError):
        world.spawn_batch(2, {Spot: bad})
    with pytest.raises(TaixuError):
        world.insert(entities, {Spot: bad})
    assert len(world) == 2
    assert not world.has(int(entities[0]), Spot)
    assert world.state_hash() == before
    assert not world.structure.since(tick)


def test_components_are_met_once_and_by_one_name() -> None:
    @component("flag")
    class Other:
        pass

    world = World()
    with pytest.raises(TaixuError, match="only once"):
        world.spawn(Flag, Flag())
    with pytest.raises(TaixuError, match="one name"):
        world.spawn(Flag, Other)
    with pytest.raises(TypeError, match="no component"):
        world.spawn(Counter)
    with pytest.raises(TaixuError, match="twice"):
        entity = world.spawn(Flag)
        world.insert([entity, entity], Spot)


def test_many_columns_in_the_order_of_the_handles() -> None:
    world = World()
    plain = world.spawn_batch(3, {Spot: {"weight": [1, 2, 3]}})
    flagged = world.spawn_batch(3, {Spot: {"weight": [4, 5, 6]}, Flag: {}})
    mixed = np.array([flagged[2], plain[0], flagged[0], plain[2]])
    assert world.gather(mixed, Spot, "weight").tolist() == [6, 1, 4, 3]
    world.scatter(mixed, Spot, "at", np.arange(12.0).reshape(3, 4))
    assert world.get(int(plain[0]), Spot).at == (1, 5, 9)
    world.insert(mixed, {Spot: {"weight": [60, 10, 40, 30]}, Flag: {}})
    assert world.gather(np.concatenate([plain, flagged]), Spot, "weight").tolist() == [10, 2, 30, 40, 5, 60]
    assert world.get(int(plain[2]), Spot).at == (3, 7, 11)


def test_one_value_for_many_entities_in_several_tables() -> None:
    world = World()
    entities = [world.spawn(Spot), world.spawn(Spot, Flag), world.spawn(), world.spawn()]
    world.insert(entities, {Spot: {"at": (1, 2, 3), "label": "all", "facts": [1, 2]}})
    world.scatter(entities, Spot, "at", (4, 5, 6))
    for entity in entities:
        found = world.get(entity, Spot)
        assert (found.at, found.label, found.facts) == ((4, 5, 6), "all", [1, 2])


def test_objects_are_let_go_with_their_rows() -> None:
    world = World()
    entities = world.spawn_batch(4, {Spot: {"label": "x"}})
    world.despawn(entities[1:3])
    (table,) = world.query(Spot)
    assert table._columns[Spot, "label"].data[2:4].tolist() == [None, None]


def test_the_hash_sees_authored_state_and_nothing_else() -> None:
    world = World()
    first, second = world.spawn(Spot()), world.spawn(Spot())
    before = world.state_hash()
    world.insert(first, Derived(value=3))
    world.spawn(MadeThing, Spot)
    assert world.state_hash() == before
    world.set(first, Spot, weight=-0.0)
    zero = world.state_hash()
    world.set(first, Spot, weight=0.0)
    assert world.state_hash() == zero != before
    world.set(first, Spot, target=second)
    assert world.state_hash() != zero


def test_a_dead_target_counts_as_nobody() -> None:
    world = World()
    other = world.spawn(Flag)
    entity = world.spawn(Spot(target=other))
    world.despawn(other)
    hashed = world.state_hash()
    world.set(entity, Spot, target=0)
    assert world.state_hash() == hashed


def test_snapshots_outlive_what_comes_after() -> None:
    world = World()
    world.insert_resource(Counter(3))
    entity = world.spawn(Spot(label="first", facts={"a": 1}))
    snapshot, hashed = world.snapshot(), world.state_hash()
    for _ in range(2):
        world.set(entity, Spot, label="later")
        world.spawn(Flag)
        world.resource(Counter).count = 9
        world.restore(snapshot)
        assert world.state_hash() == hashed
        assert world.resource(Counter).count == 3
        assert world.get(entity, Spot).label == "first"


def test_two_worlds_in_one_process_and_forks_share_nothing() -> None:
    world, other = World(), World()
    world.insert_resource(Counter(1))
    entity = world.spawn(Spot(weight=1))
    twin = other.spawn(Spot(weight=2))
    fork = world.fork()
    fork.set(entity, Spot, weight=5)
    assert [w.get(e, Spot).weight for w, e in ((world, entity), (other, twin), (fork, entity))] == [1, 2, 5]
    assert fork.resource(Counter) is not world.resource(Counter)
    assert fork.resource(Counter).count == 1
    assert not other.has_resource(Counter)
    with pytest.raises(TaixuError, match="no Counter"):
        other.resource(Counter)
    assert fork.stable_id(fork.spawn(Flag)) == world.stable_id(world.spawn(Flag))


def test_consumers_of_the_structure_log_learn_that_they_are_too_late() -> None:
    world = World()
    for _ in range(20_000):
        world.despawn(world.spawn(Flag))
        world.advance()
    assert world.structure.since(0) is None
    late = world.structure.since(world.tick - 10)
    assert late is not None
    assert len(late.spawned) == len(late.despawned) == 9


def test_deferred_commands_run_in_order_and_pass_over_the_dead() -> None:
    world = World()
    entities = world.spawn_batch(3, {Spot: {}})
    seen: list[int] = []
    for table in world.query(Spot):
        world.commands.spawn(Flag(), stable_id=77)
        world.commands.spawn_batch(2, {Flag: {}})
        world.commands.despawn(entities[:2])
        world.commands.insert(entities, Flag())
        world.commands.remove(entities, Spot)
        world.commands.call(lambda: seen.append(len(world)))
        world.commands.call(lambda: world.commands.call(lambda: seen.append(-1)))
        assert len(table) == 3
    assert len(world) == 3
    world.flush()
    assert len(world) == 4
    assert seen == [4, -1]
    assert world.find(77) is not None
    assert world.types_of(int(entities[2])) == (Flag,)


def test_structure_is_locked_inside_queries_even_after_an_error() -> None:
    world = World()
    world.spawn(Spot)
    with pytest.raises(TaixuError, match=r"world\.commands"):
        for _ in world.query(Spot):
            world.spawn(Spot)
    world.spawn(Spot)
    query = iter(world.query(Spot))
    next(query)
    with pytest.raises(TaixuError, match="inside a query"):
        world.restore(world.snapshot())
    query.close()
    assert len(world.query(Spot)) == 2


def test_queries_know_tables_that_come_later() -> None:
    world = World()
    query = world.query(Spot, without=(Flag,))
    assert len(query) == 0
    world.spawn(Spot, Flag)
    entity = world.spawn(Spot)
    assert query.entities.tolist() == [entity]
    assert world.query(Spot, without=(Flag,)) is query


def test_a_million_entities_take_at_most_200_bytes_each() -> None:
    count = 1_000_000
    tracemalloc.start()
    world = World()
    transforms = WorldTransforms()
    world.spawn_batch(count, {Transform: {}, MeshInstance: {}})
    transforms._reserve(world.index_capacity)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(world) == count
    assert used / count <= 200


def test_a_million_entities_are_no_python_objects() -> None:
    """Spawning, moving and hashing ten times as many takes as many calls."""
    import gc
    import sys

    def calls(count: int) -> int:
        seen = 0

        def profile(frame: object, event: str, argument: object) -> None:
            nonlocal seen
            seen += event in ("call", "c_call")

        world = World()
        gc.collect()
        gc.disable()  # what others left behind is not called in between
        sys.setprofile(profile)
        try:
            entities = world.spawn_batch(count, {Spot: {}})
            world.scatter(entities[::3], Spot, "weight", 2.0)
            world.insert(entities[::2], Flag())
            world.gather(entities, Spot, "at")
            world.despawn(entities[::5])
        finally:
            sys.setprofile(None)
            gc.enable()
        return seen

    assert calls(100_000) <= calls(1_000) + 10
