"""The rows of a hierarchy: a world's tree laid out flat, as far as it is open, and made anew only when it changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.edit.ids import id_text
from taixu.scene import Hierarchy, Name, Parent
from taixu_editor.panels.natural_order import natural_key, natural_keys, order_of

__all__ = ["HierarchyRows"]

Indices = NDArray[np.intp]
_NONE: Indices = np.empty(0, np.intp)
_SHARE = 0.1
"""Of the time, at most, that goes into rows of a world that changes all the time."""
_DEEPEST = 512


class HierarchyRows:
    """The tree of a world as rows.

    Attributes
    ----------
    entities : uint64[n]
        Handles, in the order in which they are shown.
    depths : int16[n]
    has_children, is_made : bool[n]
        Whether something hangs below; whether systems made it (a model's nodes, a prefab's children).
    expanded
        Stable ids of those that are open; `open` and `close` change them.
    version
        Goes up when the rows become others.
    """

    def __init__(self) -> None:
        self.expanded: set[int] = set()
        self.search = ""
        self.version = 0
        self._opened = 0  # goes up when others are open
        self._before: _Order | None = None  # maybe of another world: a played copy has the same names
        self.found = 0
        """How many entities the search found."""
        self._reset()

    def _reset(self) -> None:
        self.entities: NDArray[np.uint64] = np.empty(0, np.uint64)
        self.depths: NDArray[np.int16] = np.empty(0, np.int16)
        self.has_children: NDArray[np.bool_] = np.empty(0, bool)
        self.is_made: NDArray[np.bool_] = np.empty(0, bool)
        self._row_of: NDArray[np.int32] = np.empty(0, np.int32)
        self._world: World | None = None
        self._tick = -1
        self._shown: Any = None
        self._tree: _Tree | None = None
        self._spent = 0.0
        self._made_at = 0.0
        self._in_a_row = 0

    def open(self, ids: Iterable[int]) -> None:
        """Open entities by stable id."""
        self.expanded.update(ids)
        self._opened += 1

    def close(self, ids: Iterable[int]) -> None:
        """Close entities by stable id."""
        self.expanded.difference_update(ids)
        self._opened += 1

    def update(self, world: World) -> None:
        """Follow the world, what is open and what is searched for; cheap while nothing changed."""
        if world is not self._world:
            self._reset()
            self._world = world
        changed = self._tree is None or self._has_changed(world)
        if not changed and (self.search, self._opened) == self._shown:
            return
        # What changes all the time (a played world that spawns) is not followed more closely than it is worth.
        started = perf_counter()
        if changed and self._in_a_row > 3 and started - self._made_at < self._spent / _SHARE:
            return
        self._in_a_row = self._in_a_row + 1 if started - self._made_at < 1.0 else 0
        if changed:
            self._tree = _Tree(world, self._before)
            if self._before is None or not self._tree.is_remnant_of(self._before):
                self._before = self._tree.order
            self._tick = world.tick
            world.advance()
        self._lay_out(world)
        self._shown = (self.search, self._opened)
        self.version += 1
        self._made_at = perf_counter()
        self._spent = self._made_at - started if changed else self._spent

    def row_of(self, entity: int) -> int:
        """The row of an entity; -1 where it is not shown."""
        index = entity & 0xFFFFFFFF
        row = int(self._row_of[index]) if index < len(self._row_of) else -1
        return row if row >= 0 and int(self.entities[row]) == entity else -1

    def reveal(self, world: World, entity: int) -> None:
        """Open all above an entity."""
        hierarchy = world.resource(Hierarchy)
        hierarchy.update(world)
        index, seen = entity & 0xFFFFFFFF, set[int]()
        while index < len(hierarchy.parents) and (index := int(hierarchy.parents[index])) and index not in seen:
            seen.add(index)
            self.open([world.stable_id(int(world.entities_at(np.array([index]))[0]))])

    def open_below(self, world: World, entities: NDArray[np.uint64], *, opened: bool = True) -> None:
        """Open, or close, entities and all below them."""
        hierarchy = world.resource(Hierarchy)
        hierarchy.update(world)
        below = hierarchy.descendants_of(indices_of(entities))
        ids = world.stable_ids(np.concatenate([entities, world.entities_at(below)])).tolist()
        (self.open if opened else self.close)(ids)

    def _has_changed(self, world: World) -> bool:
        structure = world.structure.since(self._tick)
        if structure is None or structure:
            return True
        for table in world.tables:
            if table.touched <= self._tick or not table.count:
                continue
            kinds = [kind for kind in (Name, Parent) if kind in table.types]
            rows = table.changed(kinds, since=self._tick) if kinds else slice(0, 0)
            if rows.stop > rows.start if isinstance(rows, slice) else len(rows):
                return True
        return False

    def _lay_out(self, world: World) -> None:
        assert self._tree is not None
        tree = self._tree
        found, self.found = (None, 0) if not self.search else tree.find(self.search)
        is_open = tree.indices_of_ids(self.expanded) if found is None else found
        indices, depths = tree.flatten(is_open, found)
        self.entities = world.entities_at(indices)
        self.depths, self.is_made = depths, tree.is_made[indices]
        self.has_children = tree.has_children[indices] if found is None else tree.has_found_below(indices, found)
        self._row_of = np.full(world.index_capacity, -1, np.int32)
        self._row_of[indices] = np.arange(len(indices), dtype=np.int32)


@dataclass(frozen=True, slots=True)
class _Order:
    """What the next tree can take over, by entity index: of a played copy, or of what was brought back, by stable id."""

    stable: NDArray[np.uint64]
    names: NDArray[Any]
    keys: NDArray[Any]
    ranks: NDArray[np.intp]
    """Places among the roots; -1 for others."""

    def places_of(self, stable: NDArray[np.uint64]) -> Indices:
        """By each index of another tree the index here of who has its id; 0 for those who are new (and for nobody)."""
        places = np.zeros(len(stable), np.intp)
        count = min(len(stable), len(self.stable))
        same = stable[:count] == self.stable[:count]
        places[:count][same] = np.flatnonzero(same)
        others = np.flatnonzero(places == 0)
        others = others[stable[others] != 0]
        if len(others):
            by_id = np.argsort(self.stable)
            found = by_id[np.minimum(np.searchsorted(self.stable[by_id], stable[others]), len(by_id) - 1)]
            places[others] = np.where(self.stable[found] == stable[others], found, 0)
        return places


class _Tree:
    """Names, families and their order at one tick, by entity index."""

    def __init__(self, world: World, before: _Order | None) -> None:
        capacity = world.index_capacity
        self._world = world
        self.hierarchy = world.resource(Hierarchy)
        self.hierarchy.update(world)
        self.is_made = np.zeros(capacity, bool)
        self.is_living = np.zeros(capacity, bool)
        self.names: NDArray[Any] = np.full(capacity, "", object)
        self._stable = np.zeros(capacity, np.uint64)
        self._kinds: list[tuple[str, Indices]] = []
        for table in world.tables:
            if not table.count:
                continue
            indices = indices_of(table.entities)
            self.is_living[indices], self.is_made[indices] = True, table.made
            self._stable[indices] = world.stable_ids(table.entities)
            if Name in table.types:
                self.names[indices] = table.read(Name, "text")
            self._kinds.append((" ".join(declared.name for declared in table.components), indices))
        parents = self.hierarchy.parents[:capacity]
        self.has_children = np.zeros(capacity, bool)
        self.has_children[parents[parents > 0]] = True
        roots = np.flatnonzero(self.is_living & (parents == 0) & ~self.is_made)
        self.keys, known = self._keyed(before)
        self.roots = self._sorted_roots(roots, known)
        self._families: dict[int, Indices] = {}

    def children_of(self, index: int) -> Indices:
        """In the order of their names."""
        found = self._families.get(index)
        if found is None:
            found = self._families[index] = self._sorted(self.hierarchy.children_of(np.array([index])))
        return found

    def flatten(self, is_open: NDArray[np.bool_], only: NDArray[np.bool_] | None) -> tuple[Indices, NDArray[np.int16]]:
        """Indices and depths of the rows; `only` those marked, where it is given."""
        parts: list[Indices] = [_NONE]
        depths: list[NDArray[np.int16]] = [np.empty(0, np.int16)]
        waiting = [self._open(self.roots, 0, is_open, only)]
        while waiting:
            family, ends, depth = waiting.pop()
            end = int(ends[0]) if len(ends) else len(family)
            parts.append(family[:end])
            depths.append(np.full(end, depth, np.int16))
            if not len(ends):
                continue
            waiting.append((family[end:], ends[1:] - end, depth))
            waiting.append(self._open(self.children_of(int(family[end - 1])), depth + 1, is_open, only))
        return np.concatenate(parts), np.concatenate(depths)

    def _open(
        self, family: Indices, depth: int, is_open: NDArray[np.bool_], only: NDArray[np.bool_] | None
    ) -> tuple[Indices, Indices, int]:
        """A family with the places behind those of it that are open."""
        if only is not None:
            family = family[only[family]]
        opened = is_open[family] & self.has_children[family] if depth < _DEEPEST else np.zeros(len(family), bool)
        return family, np.flatnonzero(opened) + 1, depth

    def find(self, text: str) -> tuple[NDArray[np.bool_], int]:
        """Those whose name, component or id holds all words of a text, with all above them; and how many they are."""
        words = text.casefold().split()
        hits = self.is_living.copy()
        names: dict[str, bool] = {}
        for word in words:
            found = np.zeros(len(hits), bool)
            for kinds, indices in self._kinds:
                if word in kinds:
                    found[indices] = True
            rest = np.flatnonzero(hits & ~found)
            names.clear()
            found[rest] = [_holds(names, name, word) for name in self.names[rest].tolist()]
            if len(word) >= 4 and all(c in "0123456789abcdef" for c in word):
                rest = np.flatnonzero(hits & ~found)
                found[rest] = [word in id_text(number) for number in self._stable[rest].tolist()]
            hits &= found
        count = int(hits.sum())
        level = np.flatnonzero(hits)
        while len(level):
            level = np.unique(self.hierarchy.parents_of(level))
            level = level[level > 0]
            level = level[~hits[level]]
            hits[level] = True
        return hits, count

    def has_found_below(self, indices: Indices, found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which have a child among those found."""
        above = np.zeros(len(found), bool)
        above[self.hierarchy.parents_of(np.flatnonzero(found))] = True
        return np.asarray(above[indices])

    def indices_of_ids(self, ids: set[int]) -> NDArray[np.bool_]:
        """Which indices have one of the stable ids."""
        marked = np.zeros(len(self.names), bool)
        for number in ids:
            entity = self._world.find(number)
            if entity is not None and entity & 0xFFFFFFFF < len(marked):
                marked[entity & 0xFFFFFFFF] = True
        return marked

    def _keyed(self, before: _Order | None) -> tuple[NDArray[Any], Indices]:
        """What the names are sorted by, and where each stood among the roots (-1: nowhere, or by another name)."""
        keys: NDArray[Any] = np.full(len(self.names), natural_key(""), object)
        known = np.full(len(self.names), -1, np.intp)
        wanted = self.is_living.copy()
        if before is not None:
            places = before.places_of(self._stable)
            same = (places > 0) & (self.names == before.names[places])
            keys[same], known[same] = before.keys[places[same]], before.ranks[places[same]]
            wanted &= ~same
        rows = np.flatnonzero(wanted)
        keys[rows] = natural_keys(self.names[rows].tolist())
        return keys, known

    def _sorted_roots(self, roots: Indices, known: Indices) -> Indices:
        """Roots in order. Those who were there before have theirs already; what is nearly sorted is sorted soon."""
        ranks = known[roots]
        is_new = ranks < 0
        order = np.argsort(np.where(is_new, len(known), ranks), kind="stable")
        roots = roots[order]
        return self._sorted(roots) if is_new.any() else roots

    def _sorted(self, indices: Indices) -> Indices:
        """By name, those of one name by stable id."""
        if len(indices) < 2:
            return indices
        return indices[order_of(self.keys[indices], self._stable[indices])]

    def is_remnant_of(self, before: _Order) -> bool:
        """Whether most of those who were there are gone: they may come back, and then stand as they did."""
        return int(self.is_living.sum()) * 4 < int((before.stable != 0).sum())

    @property
    def order(self) -> _Order:
        """What the next tree can take over."""
        ranks = np.full(len(self.names), -1, np.intp)
        ranks[self.roots] = np.arange(len(self.roots))
        return _Order(self._stable, self.names, self.keys, ranks)


def _holds(known: dict[str, bool], name: str, word: str) -> bool:
    found = known.get(name)
    if found is None:
        found = known[name] = word in name.casefold()
    return found
