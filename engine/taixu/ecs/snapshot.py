"""Snapshots: a copy of a world's entities, to go back to (Stop, undo of a rehearsal) or to fork from.

Copies hold the used rows only. Restoring never rewinds the tick: everything counts as changed, and consumers of the
structure log resynchronise. A resource takes part by having ``save_state()`` and ``load_state(state)``, and is
carried into forks by ``fork(world) -> resource``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs.entity import EntityIndex

if TYPE_CHECKING:
    from taixu.ecs.world import World

__all__ = ["Snapshot", "restore_snapshot", "take_snapshot"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What `World.snapshot` gives. Opaque, immutable, usable any number of times and in other worlds."""

    tables: tuple[tuple[frozenset[type], NDArray[np.uint64], dict[tuple[type, str], NDArray[Any]]], ...]
    index: EntityIndex
    ids_made: int
    ids_given: bool
    resources: dict[type, Any]
    forks: tuple[Any, ...]


def take_snapshot(world: World, *, only: Collection[type] | None = None) -> Snapshot:
    """Copy a world's entities and the resources that can be copied; of resources only some, where `only` says which."""
    tables = tuple(
        (
            table.types,
            table.entities.copy(),
            {key: column.data[..., : table.count].copy() for key, column in table._columns.items()},
        )
        for table in world._tables
    )
    wanted = {cls: item for cls, item in world._resources.items() if only is None or cls in only}
    states = {cls: item.save_state() for cls, item in wanted.items() if hasattr(item, "save_state")}
    forks = tuple(item for item in wanted.values() if hasattr(item, "fork"))
    return Snapshot(tables, world._index.copy(), world._ids_made, world._ids_given, states, forks)


def restore_snapshot(world: World, snapshot: Snapshot) -> None:
    """Put a world's entities back; in another world (a fork) make its resources too."""
    world._check_unlocked()
    world.advance()
    world._index = snapshot.index.resumed(world._index)
    world._ids.reset()
    world._ids_made, world._ids_given = snapshot.ids_made, snapshot.ids_given
    for table in world._tables:
        table.count = 0
    for types, entities, columns in snapshot.tables:
        table = world._table(types)
        rows = table._append(entities)
        for (cls, name), values in columns.items():
            table._columns[cls, name].data[..., rows] = values
        indices = (entities & np.uint64(0xFFFFFFFF)).astype(np.intp)
        world._index.tables[indices] = table.id
    for table in world._tables:
        table._stamp_all()
    world.structure.forget(world.tick)
    for item in snapshot.forks:
        if type(item) not in world._resources:
            world.insert_resource(item.fork(world))
    for cls, state in snapshot.resources.items():
        if cls in world._resources:
            world._resources[cls].load_state(state)
    world.advance()
