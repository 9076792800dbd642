"""Who is seen: an entity is hidden when it, or anything above it, says so."""

from __future__ import annotations

import numpy as np

from taixu.ecs import World, indices_of, row_count
from taixu.scene.components import MeshInstance, Parent, Visibility
from taixu.scene.hierarchy import Hierarchy

__all__ = ["VisibilityState", "update_visibility"]


class VisibilityState:
    """What `update_visibility` remembers (a resource)."""

    def __init__(self) -> None:
        self.tick = 0
        self.anybody_hidden = False

    def fork(self, world: World) -> VisibilityState:
        return VisibilityState()


def update_visibility(world: World) -> None:
    """Bring `MeshInstance.visible` up to date; costs nothing while nobody is hidden."""
    state = world.resource(VisibilityState)
    query = world.query(Visibility)
    since, state.tick = state.tick, world.tick
    world.advance()
    if not len(query) and not state.anybody_hidden:
        return
    kinds = (Visibility, Parent, MeshInstance)
    moved = world.structure.since(since)
    if moved is not None and not moved and not any(
        row_count(table.changed((cls,), since=since)) for cls in kinds for table in world.query(cls).tables()
    ):
        return
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    hidden = np.zeros(world.index_capacity, bool)
    for table in query:
        hidden[indices_of(table.entities)] = ~table.read(Visibility, "visible")
    roots = np.flatnonzero(hidden)
    while len(roots):
        roots = hierarchy.children_of(roots)
        roots = roots[~hidden[roots]]
        hidden[roots] = True
    state.anybody_hidden = bool(hidden.any())
    for table in world.query(MeshInstance):
        wanted = ~hidden[indices_of(table.entities)]
        rows = np.flatnonzero(wanted != table.read(MeshInstance, "visible"))
        if len(rows):
            table.set(MeshInstance, "visible", wanted[rows], rows=rows)
    world.advance()
