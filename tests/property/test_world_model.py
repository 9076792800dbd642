"""The world against a plain dictionary that does the same, under any sequence of operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from taixu.ecs import (
    F32,
    I32,
    Data,
    EntityRef,
    Text,
    Vec3,
    World,
    component,
    component_type,
    field,
    row_count,
)
from taixu.errors import TaixuError


@component("place")
class Place:
    at: Vec3 = field(default=(0.0, 0.0, 0.0))
    weight: F32 = field(default=1.0)


@component("label")
class Label:
    text: Text = field(default="")
    facts: Data = field(default={})


@component("bond")
class Bond:
    other: EntityRef = field(default=0)
    count: I32 = field(default=-1)


@component("mark")
class Mark:
    pass


KINDS = (Place, Label, Bond, Mark)
floats = st.floats(-1e6, 1e6, width=32)
values = {
    (Place, "at"): st.tuples(floats, floats, floats),
    (Place, "weight"): floats,
    (Label, "text"): st.text(max_size=3),
    (Label, "facts"): st.sampled_from([{}, {"a": 1}, [1, 2]]),
    (Bond, "count"): st.integers(-(2**31), 2**31 - 1),
}
kinds = st.sets(st.sampled_from(KINDS))
Fields = dict[str, Any]


@st.composite
def instances(draw: st.DrawFn) -> dict[type, Fields]:
    """Some components with some of their fields."""
    return {
        cls: {
            name: draw(strategy) for (owner, name), strategy in values.items() if owner is cls and draw(st.booleans())
        }
        for cls in sorted(draw(kinds), key=lambda cls: cls.__name__)
    }


def defaults(cls: type) -> Fields:
    return {fld.name: fld.default for fld in component_type(cls).fields}


class WorldMachine(RuleBasedStateMachine):
    """Each entity is a dictionary of components; a consumer that keeps up knows exactly what changed."""

    entities = Bundle("entities")
    snapshots = Bundle("snapshots")

    def __init__(self) -> None:
        super().__init__()
        self.world = World(seed=7)
        self.model: dict[int, dict[type, Fields]] = {}
        self.ids: dict[int, int] = {}
        self.dead: set[int] = set()
        self.touched: set[tuple[int, type]] = set()
        """What a consumer at `self.tick` has to hear of."""
        self.moved: set[int] = set()
        self.come: set[int] = set()
        self.gone: set[int] = set()
        self.forgotten = False
        self.tick = 0
        self.lagging_tick = 0
        self.lagging: set[tuple[int, type]] = set()

    # Operations

    @initialize(target=entities)
    def first(self) -> int:
        return self._spawned(self.world.spawn(Place()), {Place: {}})

    @rule(target=entities, parts=instances())
    def spawn(self, parts: dict[type, Fields]) -> int:
        return self._spawned(self.world.spawn(*(cls(**fields) for cls, fields in parts.items())), parts)

    @rule(target=entities, parts=instances(), count=st.integers(1, 5))
    def spawn_batch(self, parts: dict[type, Fields], count: int) -> int:
        handles = self.world.spawn_batch(count, parts)
        assert len(set(handles.tolist())) == count
        return [self._spawned(handle, parts) for handle in handles.tolist()][-1]

    @rule(entity=consumes(entities))
    def despawn(self, entity: int) -> None:
        if entity not in self.model:
            return
        self.world.despawn(entity)
        del self.model[entity]
        self.dead.add(entity)
        self.gone.add(entity)
        assert self.world.find(self.ids.pop(entity)) is None

    @rule(entity=entities, parts=instances())
    def insert(self, entity: int, parts: dict[type, Fields]) -> None:
        if entity not in self.model:
            return
        self.world.insert(entity, *(cls(**fields) for cls, fields in parts.items()))
        if parts.keys() - self.model[entity].keys():
            self.moved.add(entity)
        for cls, fields in parts.items():
            self.model[entity][cls] = {**defaults(cls), **fields}
            if defaults(cls):
                self._touch(entity, cls)

    @rule(entity=entities, gone=kinds)
    def remove(self, entity: int, gone: set[type]) -> None:
        if entity not in self.model:
            return
        self.world.remove(entity, *gone)
        if gone & self.model[entity].keys():
            self.moved.add(entity)
        for cls in gone:
            self.model[entity].pop(cls, None)

    @rule(entity=entities, data=st.data())
    def set_fields(self, entity: int, data: st.DataObject) -> None:
        if entity not in self.model or not (has := [cls for cls, _ in values if cls in self.model[entity]]):
            return
        cls = data.draw(st.sampled_from(has))
        name = data.draw(st.sampled_from([name for owner, name in values if owner is cls]))
        value = data.draw(values[cls, name])
        self.world.set(entity, cls, **{name: value})
        self.model[entity][cls][name] = value
        self._touch(entity, cls)

    @rule(entity=entities, other=entities)
    def refer(self, entity: int, other: int) -> None:
        if entity in self.model and Bond in self.model[entity] and other in self.model:
            self.world.set(entity, Bond, other=other)
            self.model[entity][Bond]["other"] = other
            self._touch(entity, Bond)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def scatter_and_gather(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.model)), unique=True, min_size=1))
        numbers = np.arange(len(chosen), dtype=np.float32)
        self.world.scatter(chosen, Place, "weight", numbers)
        for entity, number in zip(chosen, numbers.tolist()):
            if Place in self.model[entity]:
                self.model[entity][Place]["weight"] = number
                self._touch(entity, Place)
        wanted = [self.model[entity].get(Place, defaults(Place))["weight"] for entity in chosen]
        assert self.world.gather(chosen, Place, "weight").tolist() == wanted
        found = self.world.gather(chosen, Place, "at")
        assert found.shape == (3, len(chosen))
        assert found.T.tolist() == [list(self.model[e].get(Place, defaults(Place))["at"]) for e in chosen]

    @rule(step=st.integers(-3, 3))
    def write_columns(self, step: int) -> None:
        for table in self.world.query(Bond, without=(Mark,)):
            with table.write(Bond, "count") as counts:
                counts[...] = step
            for entity in table.entities.tolist():
                self.model[entity][Bond]["count"] = step
                self._touch(entity, Bond)

    @rule()
    def defer(self) -> None:
        """Deferred changes wait for the flush, in order, and pass over the dead."""
        world = self.world
        before = len(world)
        for table in world.query(Mark):
            world.commands.remove(table.entities, Mark)
            world.commands.insert(table.entities, Label(text="was marked"))
            break
        else:
            return
        changed = table.entities.tolist()
        assert len(world) == before
        assert all(world.has(entity, Mark) for entity in changed)
        world.flush()
        for entity in changed:
            del self.model[entity][Mark]
            self.model[entity][Label] = {**defaults(Label), "text": "was marked"}
            self.moved.add(entity)
            self._touch(entity, Label)

    @rule()
    def follow(self) -> None:
        """A consumer that keeps up learns exactly what changed; one that lags learns at least that."""
        world, model = self.world, self.model
        for cls in KINDS:
            found = self._changed(cls, self.tick)
            wanted = {entity for entity, owner in self.touched if owner is cls and cls in model.get(entity, {})}
            arrived = {entity for entity in self.come | self.moved if cls in model.get(entity, {})}
            assert wanted | arrived <= found
            if not self.forgotten and not self.gone and not self.moved:
                assert found <= wanted | arrived
        changes = world.structure.since(self.tick)
        if self.forgotten:
            assert changes is None
        else:
            assert changes is not None
            assert set(changes.spawned.tolist()) == self.come
            assert set(changes.despawned.tolist()) == self.gone
            assert set(changes.moved.tolist()) == self.moved
        self.lagging |= self.touched
        self.touched, self.moved, self.come, self.gone, self.forgotten = set(), set(), set(), set(), False
        self.tick = world.tick
        assert world.advance() > self.tick

    @rule()
    def follow_late(self) -> None:
        for cls in KINDS:
            wanted = {
                entity for entity, owner in self.lagging | self.touched
                if owner is cls and cls in self.model.get(entity, {})
            }
            assert wanted <= self._changed(cls, self.lagging_tick)
        self.lagging_tick, self.lagging = self.tick, set()

    @rule(target=snapshots)
    def snapshot(self) -> Any:
        model = {entity: {cls: dict(f) for cls, f in parts.items()} for entity, parts in self.model.items()}
        return self.world.snapshot(), model, dict(self.ids), self.world.state_hash()

    @rule(taken=snapshots)
    def restore(self, taken: Any) -> None:
        tick = self.world.tick
        snapshot, model, ids, state_hash = taken
        self.world.restore(snapshot)
        assert self.world.tick > tick
        assert self.world.state_hash() == state_hash
        self.dead |= self.model.keys() - model.keys()
        self.dead -= model.keys()
        self.model = {entity: {cls: dict(f) for cls, f in parts.items()} for entity, parts in model.items()}
        self.ids = dict(ids)
        self.touched = {(entity, cls) for entity, parts in self.model.items() for cls in parts if defaults(cls)}
        self.come, self.gone, self.moved, self.forgotten = set(), set(), set(), True

    @rule()
    def fork(self) -> None:
        fork = self.world.fork()
        assert fork.state_hash() == self.world.state_hash()
        assert {entity for table in fork.tables for entity in table.entities.tolist()} == set(self.model)
        entity = fork.spawn(Place())
        if entity in self.model or len(fork) != len(self.world) + 1:
            raise AssertionError("a fork is a world of its own")

    @rule()
    def stale(self) -> None:
        for entity in sorted(self.dead)[:20]:
            assert not self.world.alive(entity)[0]
            for touch in (self.world.despawn, lambda e: self.world.get(e, Place), self.world.types_of):
                try:
                    touch(entity)
                except TaixuError:
                    continue
                raise AssertionError("a dead handle was taken")

    @rule()
    def guard(self) -> None:
        for table in self.world.query(Place):
            for change, arguments in (
                (self.world.spawn, (Place(),)),
                (self.world.despawn, (table.entities,)),
                (self.world.insert, (table.entities, Mark)),
                (self.world.remove, (table.entities, Place)),
            ):
                try:
                    change(*arguments)
                except TaixuError:
                    continue
                raise AssertionError("the structure changed inside a query")

    # What always holds

    @invariant()
    def same(self) -> None:
        world = self.world
        assert len(world) == len(self.model)
        found = {}
        for table in world.query():
            for row, entity in enumerate(table.entities.tolist()):
                found[entity] = {
                    cls: {fld.name: getattr(table.value(cls, row), fld.name) for fld in component_type(cls).fields}
                    for cls in table.types
                }
        assert found == self.model
        for entity, stable_id in list(self.ids.items())[:10]:
            assert world.find(stable_id) == entity
            assert world.stable_id(entity) == stable_id

    @invariant()
    def history_does_not_matter(self) -> None:
        """A world made at once, in another order, has the same hash."""
        twin = World()
        made = {}
        for entity in sorted(self.model, key=lambda entity: self.ids[entity] * 7919 % 104729):
            parts = self.model[entity]
            plain = {cls: {k: v for k, v in fields.items() if k != "other"} for cls, fields in parts.items()}
            made[entity] = twin.spawn(
                *(cls(**fields) for cls, fields in plain.items()), stable_id=self.ids[entity]
            )
        for entity, parts in self.model.items():
            other = parts.get(Bond, {}).get("other", 0)
            if other in made:
                twin.set(made[entity], Bond, other=made[other])
        assert twin.state_hash() == self.world.state_hash()

    # Helpers

    def _spawned(self, handle: int, parts: dict[type, Fields]) -> int:
        assert handle not in self.model
        assert handle not in self.dead, "an old handle names a new entity"
        self.model[handle] = {cls: {**defaults(cls), **fields} for cls, fields in parts.items()}
        self.ids[handle] = self.world.stable_id(handle)
        self.come.add(handle)
        return handle

    def _touch(self, entity: int, cls: type) -> None:
        self.touched.add((entity, cls))

    def _changed(self, cls: type, since: int) -> set[int]:
        found: set[int] = set()
        for table in self.world.query(cls):
            rows = table.changed((cls,), since=since)
            entities = table.entities[rows]
            assert len(entities) == row_count(rows)
            found.update(entities.tolist())
        return found


WorldMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestWorld = WorldMachine.TestCase
