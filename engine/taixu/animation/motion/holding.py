"""`Holding`: bones of people who are far away are kept relative to what their hips hang on (`taixu.scene.bases`).

Only bones with nothing on them are: where a hat, a lamp or anything else of somebody's hangs below the hips, or a mesh of the model
itself, all of that person's bones stay in the world.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.ecs import World, indices_of, row_count
from taixu.scene import FromModel, Name, Parent, Transform, WorldTransforms
from taixu.scene.hierarchy import Hierarchy

__all__ = ["Holding", "is_free"]

_PLAIN = {Transform, Parent, Name, FromModel}
_Indices = NDArray[np.intp]


class Holding:
    """Whose bones may be held, and who holds them."""

    def __init__(self) -> None:
        self._owners: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._hips: _Indices = np.zeros(0, np.intp)
        self._may: NDArray[np.bool_] = np.zeros(0, bool)
        self._can: NDArray[np.bool_] = np.zeros(0, bool)
        self._members: _Indices = np.zeros(0, np.intp)
        self._whose: _Indices = np.zeros(0, np.intp)
        self._seen = -1

    def meet(self, owners: NDArray[np.uint64], hips: NDArray[np.uint64], *, may: NDArray[np.bool_]) -> None:
        """Be told who there is: owners and their hips [n], and whether bones may be held at all."""
        self._owners, self._hips, self._may, self._seen = owners, indices_of(hips), may, -1

    def hold(self, world: World, wanted: NDArray[np.bool_]) -> None:
        """Hold the bones of these people [n] where that can be done, and let go of all others'."""
        places = world.resource(WorldTransforms)
        if not (wanted.any() or places.bases) or not len(self._hips) or int(self._hips.max()) >= len(places.bases.of):
            return
        self._look(world)
        now, wanted = places.bases.of[self._hips] > 0, wanted & self._can
        for who, does in ((now & ~wanted, False), (wanted & ~now, True)):
            if not who.any():
                continue
            chosen = np.flatnonzero(who[self._whose])
            members = world.entities_at(self._members[chosen])
            if does:
                places.bases.hold(members, world.resource(Hierarchy).parents[self._hips][self._whose[chosen]])
            else:
                places.bases.release(members)

    def _look(self, world: World) -> None:
        """Find out whose bones are bare, where anything hangs elsewhere, or somebody is something else, since the last look."""
        hierarchy = world.resource(Hierarchy)
        hierarchy.update(world)
        since, self._seen = self._seen, world.tick
        world.advance()
        structure = world.structure.since(since) if since >= 0 else None
        quiet = since >= 0 and not row_count(hierarchy.changes.since(since, len(hierarchy.parents)))
        if structure is not None and quiet and not len(structure.moved):
            return
        whose = np.full(len(hierarchy.parents), -1, np.intp)
        level = self._hips[hierarchy.parents[self._hips] > 0]
        whose[self._hips] = np.arange(len(self._hips))
        found = [level]
        while len(level):
            level = hierarchy.children_of(level)
            whose[level] = whose[hierarchy.parents[level]]
            found.append(level)
        self._members = np.concatenate(found)
        self._whose = whose[self._members]
        self._can = self._may & (hierarchy.parents[self._hips] > 0)
        plain = np.array([set(table.types) <= _PLAIN and FromModel in table.types for table in world.tables] + [False])
        is_plain = plain[world._index.tables[self._members]]
        own = np.zeros(len(self._members), bool)
        if is_plain.any():
            handles = world.entities_at(self._members[is_plain])
            own[is_plain] = world.gather(handles, FromModel, "owner") == self._owners[self._whose[is_plain]]
        self._can[self._whose[~own]] = False


def is_free(model: ModelData) -> bool:
    """Whether nothing of a model asks where its bones are in the world, as nodes do that aim at others."""
    return model.avatar is not None and all(each.kind != "aim" for each in model.avatar.constraints)
