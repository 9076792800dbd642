"""Who is whose child, as arrays by entity index, so that whole levels are walked at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ChangeLog, World, indices_of
from taixu.math.integers import distinct
from taixu.scene.components import Parent

__all__ = ["Hierarchy", "despawn_tree"]

Indices = NDArray[np.intp]
_NONE: Indices = np.empty(0, np.intp)


class Hierarchy:
    """Parents, children and depths by entity index (a resource); `update` follows the world's changes.

    A parent that is dead, missing or the entity's own descendant counts as none: nothing loops and nothing is lost.
    """

    def __init__(self) -> None:
        self.depths: NDArray[np.int16] = np.zeros(0, np.int16)
        """0 for roots."""
        self.parents: NDArray[np.int32] = np.zeros(0, np.int32)
        """Entity index of the parent; 0 for roots."""
        self.levels: list[Indices] = []
        """All children by depth, from 1 on."""
        self.sizes: NDArray[np.int32] = np.zeros(0, np.int32)
        """How many hang below each."""
        self.changes = ChangeLog()
        """Indices whose parent became another, by tick: ``changes.since(tick, len(parents))``."""
        self._starts: NDArray[np.int64] = np.zeros(1, np.int64)
        self._children: Indices = _NONE
        self._looped: Indices = _NONE  # whose parent counts as none only until somebody opens the loop
        self._tick = -1

    @property
    def is_flat(self) -> bool:
        """Whether nobody has a parent."""
        return len(self._children) == 0

    @property
    def child_count(self) -> int:
        """How many have a parent that counts."""
        return len(self._children)

    def update(self, world: World) -> None:
        """Follow what changed since the last call. Anybody may call this at any time."""
        capacity = world.index_capacity
        if self._changed(world):
            children, parents = self._edges(world)
            before = self.parents
            self.parents = np.zeros(capacity, np.int32)
            self.parents[children] = parents
            self._number(children, parents)
            self._looped = children[self.parents[children] == 0]
            same = min(len(before), capacity)
            changed = np.flatnonzero(self.parents[:same] != before[:same])
            self.changes.mark(np.concatenate([changed, same + np.flatnonzero(self.parents[same:])]), world.tick)
        elif len(self.parents) < capacity:
            self._grow(capacity)
        # What is written from now on counts as new.
        self._tick = world.tick
        world.advance()

    def children_of(self, indices: Indices) -> Indices:
        """The children of all of these, in no particular order."""
        if self.is_flat or not len(indices):
            return _NONE
        starts, ends = self._starts[indices], self._starts[indices + 1]
        counts = ends - starts
        total = int(counts.sum())
        if not total:
            return _NONE
        # Positions start..end of every family, laid one after the other.
        offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        return self._children[offsets + np.arange(total)]

    def descendants_of(self, indices: Indices) -> Indices:
        """All below these (without themselves), each once if none of `indices` lies below another."""
        found = []
        level = self.children_of(indices)
        while len(level):
            found.append(level)
            level = self.children_of(level)
        return np.concatenate(found) if found else _NONE

    def parents_of(self, indices: Indices) -> Indices:
        """The parents' indices; 0 for roots."""
        return self.parents[indices].astype(np.intp)

    def _changed(self, world: World) -> bool:
        if self._tick < 0:
            return True
        structure = world.structure.since(self._tick)
        if structure is None:
            return True
        tables = [table for table in world.query(Parent).tables() if table.touched > self._tick]
        if not tables and not structure:
            return False
        for table in tables:
            rows = table.changed((Parent,), since=self._tick)
            if rows.stop > rows.start if isinstance(rows, slice) else len(rows):
                return True
        if len(structure.despawned) and (len(self._looped) or not self.is_flat):
            return True
        moved = indices_of(structure.moved)
        if len(self._looped) and np.isin(moved, self._looped).any():
            return True
        return bool(len(moved)) and bool((self.parents[moved[moved < len(self.parents)]] > 0).any())

    def _edges(self, world: World) -> tuple[Indices, Indices]:
        children, parents = [], []
        for table in world.query(Parent):
            targets = table.read(Parent, "entity")
            living = world.alive(targets)
            children.append(indices_of(table.entities)[living])
            parents.append(indices_of(targets)[living])
        if not children:
            return _NONE, _NONE
        return np.concatenate(children), np.concatenate(parents)

    def _number(self, children: Indices, parents: Indices) -> None:
        """Families by parent, then depths level by level; loops are never reached, so their members become roots."""
        capacity = len(self.parents)
        self._link(children, capacity)
        self.depths = np.zeros(capacity, np.int16)
        reached = np.zeros(capacity, bool)
        level = distinct(parents[self.parents[parents] == 0]) if len(parents) else _NONE
        self.levels = []
        while len(level):
            reached[level] = True
            self.depths[level] = len(self.levels)
            level = np.sort(self.children_of(level))
            self.levels.append(level)
        lost = children[~reached[children]]
        if len(lost):
            self._open_loops(lost)
            children = children[self.parents[children] > 0]
            self._number(children, self.parents_of(children))
            return
        self.sizes = np.zeros(capacity, np.int32)
        for level in reversed(self.levels):
            np.add.at(self.sizes, self.parents[level], self.sizes[level] + 1)

    def _open_loops(self, lost: Indices) -> None:
        """Make roots of those who hang below themselves; who hangs below them stays there."""
        # Going up as many steps as there are entities, by doubling, ends on a loop from wherever one starts.
        ups = self.parents.astype(np.intp)
        for _ in range(len(lost).bit_length()):
            ups[lost] = ups[ups[lost]]
        self.parents[ups[lost]] = 0

    def _link(self, children: Indices, capacity: int) -> None:
        parents = self.parents[children]
        self._children = children[np.argsort(parents, kind="stable")]
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(parents, minlength=capacity))])

    def _grow(self, capacity: int) -> None:
        for name in ("parents", "depths", "sizes"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros(capacity - len(old), old.dtype)]))
        last = self._starts[-1]
        self._starts = np.concatenate([self._starts, np.full(capacity + 1 - len(self._starts), last)])

    def fork(self, world: World) -> Hierarchy:
        return Hierarchy()


def despawn_tree(world: World, entities: int | NDArray[np.uint64]) -> None:
    """Despawn entities with all that hangs below them."""
    hierarchy = world.resource(Hierarchy) if world.has_resource(Hierarchy) else Hierarchy()
    hierarchy.update(world)
    indices = indices_of(world.living(entities))
    below = hierarchy.descendants_of(indices)
    world.despawn(world.living(world.entities_at(distinct(np.concatenate([indices, below])))))
