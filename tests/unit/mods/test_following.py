"""The world is followed once for all mods: whatever happens, and whenever a mirror looks, it holds what the world holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mod_worlds import mod_app

from taixu.mods.following import WorldFollower
from taixu.mods.grants import Grants
from taixu.mods.mirror import WorldMirror
from taixu.scene import Light, Name, Parent, Transform

READS = (("transform", "light"), ("light",), ("transform", "name"), ("parent", "transform"))


def _check(world: Any, mirror: WorldMirror) -> None:
    """A mirror holds each entity that it may see, and in its columns what those have."""
    seen = {}
    for table in world.tables:
        if table.types & {declared.cls for declared in mirror._readable.values()}:
            seen |= {int(handle): table for handle in table.entities}
    slots = {int(mirror.handles[slot]): slot for slot in np.flatnonzero(mirror.handles).tolist()}
    assert slots.keys() == seen.keys()
    handles, places = np.array([*slots], np.uint64), np.array([*slots.values()], np.intp)
    assert np.array_equal(mirror.ids[places], world.stable_ids(handles))
    for column in mirror.columns.values():
        cls = column.declared.cls
        have = np.array([cls in seen[handle].types for handle in slots], bool)
        bit = np.uint64(1 << mirror.bits[column.declared.name])
        assert np.array_equal((mirror.masks[places] & bit) != 0, have)
        values, mirrored = world.gather(handles[have], cls, column.item.name), column.values[..., places[have]]
        if column.item.kind.name == "entity":
            values = world.stable_ids(values)
            mirrored = np.where(values == 0, 0, mirrored)  # who it named is gone, and the name stays
        assert np.array_equal(mirrored, values), column.key


def _change(world: Any, rng: np.random.Generator, alive: list[int]) -> None:
    """One of the things that happen in worlds."""
    kind = int(rng.integers(7)) if alive else 0
    one = alive[int(rng.integers(len(alive)))] if alive else 0
    if kind == 0:
        parts: list[Any] = [Transform(translation=tuple(rng.uniform(-9, 9, 3)))]
        parts += [Light()] * int(rng.integers(2)) + [Name("it")] * int(rng.integers(2))
        parts += [Parent(one)] if one and rng.random() < 0.3 else []
        alive += [world.spawn(*parts) for _ in range(int(rng.integers(1, 4)))]
    elif kind == 1:
        world.despawn(alive.pop(alive.index(one)))
    elif kind == 2:
        world.insert(one, Light(intensity=float(rng.uniform(0, 9))))
    elif kind == 3:
        world.remove(one, Light, Name)
    elif kind == 4:
        world.set(one, Transform, translation=tuple(rng.uniform(-9, 9, 3)))
    else:
        for table in world.query(Transform).tables():
            with table.write(Transform, "translation") as places:
                places += 1.0


@pytest.mark.parametrize("seed", range(4))
def test_mirrors_that_look_when_they_like_hold_what_the_world_holds(seed: int) -> None:
    world = mod_app().world
    rng = np.random.default_rng(seed)
    follower = WorldFollower(world)
    mirrors = [WorldMirror(world, Grants.of(read=reads), follower) for reads in READS]
    alive: list[int] = []
    for _ in range(120):
        for _ in range(int(rng.integers(1, 4))):
            _change(world, rng, alive)
            if rng.random() < 0.5:
                world.advance()
        for mirror in mirrors:
            if rng.random() < 0.3:
                mirror.catch_up(list(mirror.columns.values())[:3])
            if rng.random() < 0.3:
                mirror.follow()
                _check(world, mirror)
        if rng.random() < 0.2:
            follower.forget(min(mirror.seen for mirror in mirrors[1:]))  # the first may be left behind: it begins anew
    for mirror in mirrors:
        mirror.follow()
        _check(world, mirror)


def test_a_world_that_was_restored_is_mirrored_anew() -> None:
    world = mod_app().world
    first = world.spawn(Transform())
    kept = world.snapshot()
    follower = WorldFollower(world)
    mirror = WorldMirror(world, Grants.of(read=["transform"]), follower)
    mirror.follow()
    world.spawn_batch(5, {Transform: {}})
    mirror.follow()
    world.restore(kept)
    facts, _ = mirror.follow()
    assert facts["reset"]
    assert mirror.handles[mirror.handles != 0].tolist() == [first]


def test_what_only_its_author_watches_is_not_gathered() -> None:
    world = mod_app().world
    world.spawn_batch(3, {Transform: {}})
    follower = WorldFollower(world)
    mine, other = (WorldMirror(world, Grants.of(read=["transform"], write=["transform"]), follower) for _ in range(2))
    for mirror in (mine, other):
        mirror.follow()
    column = mine.columns["transform.translation"]

    def write() -> None:
        mine.catch_up([column])
        for table in world.query(Transform).tables():
            with table.write(Transform, "translation") as places:
                places += 1.0
        mine.pass_by([column])

    column.dirty = False
    write()
    assert "transform.translation" not in mine.follow()[1], "its own is no news to it"
    assert "transform.translation" in other.follow()[1]
    before = follower.journals["transform.translation"].latest
    del other, mirror
    write()
    assert follower.journals["transform.translation"].latest == before
