"""Transforms of a million entities: scattered changes, all of them flat, all of them in families of depth 5."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from taixu.bench.measure import Options, resident_mb, result, time_calls
from taixu.ecs import World
from taixu.math.affine import take_rows
from taixu.scene import Hierarchy, Parent, Transform, WorldTransforms, propagate_transforms

__all__ = ["defaults", "measure"]

defaults = Options(n=1_000_000, frames=30)

_DEPTH = 5
_SCATTERED = 10_000


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield three results; limits hold for a million entities and scale with their number."""
    share = options.n / 1_000_000
    before_mb = resident_mb()
    world, entities = _flat_world(options.n)
    bytes_each = (resident_mb() - before_mb) * 2**20 / options.n
    random = np.random.default_rng(0)
    scattered = min(_SCATTERED, options.n)
    picks = [np.sort(random.choice(options.n, scattered, replace=False)) for _ in range(8)]
    values = random.normal(size=(3, scattered)).astype(np.float32)
    state = world.resource(WorldTransforms)
    seen = world.tick

    def change_some(index: int) -> None:
        for table in world.query(Transform):
            table.set(Transform, "translation", values, rows=picks[index % 8])

    def follow(index: int) -> None:
        """Propagate, and take out the packed rows as a renderer does."""
        nonlocal seen
        propagate_transforms(world)
        rows = state.changed(seen)
        seen = world.tick
        state.matrices[rows] if isinstance(rows, slice) else take_rows(state.matrices, rows)

    times = time_calls(follow, options.frames, warm=8, before=change_some)
    yield result(
        "transforms/scattered", times, n=options.n, changed=scattered, limit_ms=1.0,
        bytes_each=round(bytes_each),
    )  # fmt: skip

    def change_all(index: int) -> None:
        for table in world.query(Transform):
            with table.write(Transform, "translation") as translations:
                translations += 0.001
        propagate_transforms(world)

    times = time_calls(change_all, options.frames)
    yield result("transforms/flat", times, n=options.n, changed=options.n, limit_ms=35.0 * share)

    _make_families(world, entities)
    propagate_transforms(world)
    times = time_calls(change_all, options.frames)
    yield result("transforms/depth-5", times, n=options.n, changed=options.n, limit_ms=130.0 * share)


def _flat_world(count: int) -> tuple[World, Any]:
    world = World()
    world.insert_resource(Hierarchy())
    world.insert_resource(WorldTransforms())
    places = np.random.default_rng(1).uniform(-100, 100, (3, count)).astype(np.float32)
    entities = world.spawn_batch(count, {Transform: {"translation": places}})
    propagate_transforms(world)
    return world, entities


def _make_families(world: World, entities: Any) -> None:
    """Chains of parent and child, five deep: the k-th fifth of the entities hangs below the one before it."""
    part = len(entities) // _DEPTH
    for level in range(1, _DEPTH):
        children = entities[level * part : (level + 1) * part]
        world.insert(children, {Parent: {"entity": entities[(level - 1) * part : level * part]}})
