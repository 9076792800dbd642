"""A search in the world's columns: who is called so, is there, hangs there, and has such values now. The world's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import Table, World
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.scene import Hierarchy, Name
from taixu.twin.device import Device
from taixu.twin.map_feature import MapFeature
from taixu.twin.rules.fences import Fence, FenceShape
from taixu.twin.rules.ground import Ground, table_places
from taixu.twin.rules.nearness import nearest_m
from taixu.twin.search.comparing import Vocabulary
from taixu.twin.search.files import Catalogue
from taixu.twin.search.lexicon import words_alike
from taixu.twin.search.query import Condition, SearchQuery
from taixu.twin.search.things import Things
from taixu.twin.search.values import Value, values_for, values_of

__all__ = ["Because", "Limit", "Seen", "look", "vocabulary_of"]

_MOST_NAMED = 20_000
Mask = NDArray[np.bool_]
Limit = tuple[str, float | str]


@dataclass(frozen=True, slots=True)
class Because:
    """Values that brought rows in: a field, its unit, and by row the value (``[n]``) and when it was so, if not now."""

    field: str
    unit: str
    holds: Mask
    values: NDArray[Any]
    times_ns: NDArray[np.int64] | None = None

    def take(self, rows: NDArray[np.intp]) -> Because:
        """Some of the rows, in their order."""
        times = None if self.times_ns is None else self.times_ns[rows]
        return replace(self, holds=self.holds[rows], values=self.values[rows], times_ns=times)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who is left, a row each.

    Attributes
    ----------
    ids
        Stable ids, ``uint64[n]``.
    places
        ``float64[3, n]``; NaN for who is nowhere.
    distances_m
        ``float64[n]``, where somebody had to be near.
    asked
        For each condition that only the recording can answer: the fields that it is about, with limits on one value.
    """

    ids: NDArray[np.uint64]
    names: NDArray[Any]
    kinds: NDArray[Any]
    places: NDArray[np.float64]
    distances_m: NDArray[np.float64] | None
    because: tuple[Because, ...] = ()
    asked: tuple[tuple[tuple[Value, tuple[Limit, ...]], ...], ...] = ()

    def take(self, rows: NDArray[np.intp]) -> Seen:
        """Some of the rows, in their order."""
        because = tuple(each.take(rows) for each in self.because)
        distances = None if self.distances_m is None else self.distances_m[rows]
        return Seen(self.ids[rows], self.names[rows], self.kinds[rows], self.places[:, rows], distances, because, self.asked)


def look(world: World, things: Things, query: SearchQuery) -> Seen:
    """Those of a world's things of whom the query holds; of a query about the past all but its conditions, which are resolved.

    Raises
    ------
    TaixuError
        When nothing is called as the query says, or has such values.
    """
    things.refresh(world)
    tables = [table for table in world.tables if table.count and not table.made]
    handles = np.concatenate([table.entities for table in tables]) if tables else np.empty(0, np.uint64)
    kept = np.zeros(world.index_capacity, bool)
    kept[indices_of(handles)] = True
    for word in query.words:
        marks = _marked(world, things.named(word))
        for table in _with_component(tables, word):
            marks[indices_of(table.entities)] = True
        kept &= marks
    hierarchy = _hierarchy(world)
    for name, find in ((query.under, _below), (query.above, _above), (query.connected, _connected)):
        if name:
            kept &= _marked_indices(world, find(world, hierarchy, _named(things, name)))
    if query.inside:
        kept &= _inside(world, things, hierarchy, query.inside, tables)
    groups = _groups(query.where, values_of(world)) if query.where else []
    held: list[tuple[Value, Mask]] = []
    for group in [] if query.is_past else groups:
        here = [(value, _holds(world, value, limits)) for value, limits in group]
        kept &= np.any([mask for _, mask in here], axis=0)
        held += here
    rows = kept[indices_of(handles)]
    handles = handles[rows]
    places = np.concatenate([table_places(world, table) for table in tables], axis=1)[:, rows] if tables else np.empty((3, 0))
    distances = None
    if query.near:
        handles, places, distances = _near(world, things, hierarchy, query, handles, places)
    because = tuple(_told(world, handles, value, mask) for value, mask in held)
    kinds = world.gather(handles, Device, "kind")
    of_map = world.gather(handles, MapFeature, "kind")
    names, keys = world.gather(handles, Name, "text"), world.gather(handles, Device, "key")
    return Seen(
        world.stable_ids(handles), np.where(names == "", keys, names), np.where(kinds == "", of_map, kinds), places, distances,
        because, tuple(tuple(group) for group in groups) if query.is_past else (),
    )  # fmt: skip


def vocabulary_of(world: World, things: Things, catalogue: Catalogue | None = None) -> Vocabulary:
    """What words may mean in a world, and in its project's files."""
    things.refresh(world)
    tables = [table for table in world.tables if table.count and not table.made]

    def knows(word: str) -> bool:
        return things.knows(word) or any(_with_component(tables, word)) or (catalogue is not None and catalogue.knows(word))

    return Vocabulary(values_of(world), knows)


# Who is meant

def _with_component(tables: Sequence[Table], word: str) -> list[Table]:
    """Tables of things that have a component called so: motors are what has a motor."""
    names = {each.replace(" ", "_") for each in words_alike(word)}
    return [table for table in tables if any(declared.name in names for declared in table.components)]


def _marked(world: World, handles: NDArray[np.uint64]) -> Mask:
    return _marked_indices(world, indices_of(world.living(handles)))


def _marked_indices(world: World, indices: NDArray[np.intp]) -> Mask:
    marks = np.zeros(world.index_capacity, bool)
    marks[indices] = True
    return marks


def _named(things: Things, name: str) -> NDArray[np.intp]:
    found = things.meant(name)
    if not len(found):
        raise TaixuError(f"nothing here is called {name[:60]!r}")
    if len(found) > _MOST_NAMED:
        raise TaixuError(f"{len(found):,} things are called {name[:60]!r}; say more of the one that is meant")
    return indices_of(found)


def _hierarchy(world: World) -> Hierarchy:
    hierarchy = world.resource(Hierarchy) if world.has_resource(Hierarchy) else Hierarchy()
    hierarchy.update(world)
    return hierarchy


def _below(world: World, hierarchy: Hierarchy, named: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.unique(hierarchy.descendants_of(named))


def _above(world: World, hierarchy: Hierarchy, named: NDArray[np.intp]) -> NDArray[np.intp]:
    found = [np.empty(0, np.intp)]
    level = named
    while len(level := hierarchy.parents_of(level[level < len(hierarchy.parents)])):
        level = np.unique(level[level > 0])
        found.append(level)
    return np.unique(np.concatenate(found))


def _connected(world: World, hierarchy: Hierarchy, named: NDArray[np.intp]) -> NDArray[np.intp]:
    """Those who refer to the named by any field, and those to whom they refer."""
    marks = _marked_indices(world, named)
    found = [np.empty(0, np.intp)]
    for table in world.tables:
        for declared in table.components if table.count and not table.made else ():
            for each in declared.fields:
                if each.kind.name == "entity":
                    targets = table.read(declared.cls, each.name)
                    alive = world.alive(targets)
                    there, here = indices_of(targets), indices_of(table.entities)
                    to_them = alive & marks[np.where(alive, there, 0)]
                    found += [here[to_them], there[alive & marks[here]]]
    return np.unique(np.concatenate(found))


# Places

def _fences(world: World, named: NDArray[np.intp]) -> list[FenceShape]:
    """The areas of those of the named that are some."""
    marks = _marked_indices(world, named)
    names: list[str] = []
    for table in world.query(Fence, Name):
        names += table.read(Name, "text")[marks[indices_of(table.entities)]].tolist()
    ground = Ground()
    if names:
        ground.begin(world, now_ns=0)
    return [ground.fences[name] for name in names if name in ground.fences]


def _inside(world: World, things: Things, hierarchy: Hierarchy, name: str, tables: Sequence[Table]) -> Mask:
    named = _named(things, name)
    shapes, below = _fences(world, named), _below(world, hierarchy, named)
    if not shapes and not len(below):
        raise TaixuError(f"{name[:60]!r} is no area, and nothing hangs below it")
    marks = _marked_indices(world, below)
    for table in tables if shapes else ():
        places = table_places(world, table)
        held = np.any([shape.holds(places) for shape in shapes], axis=0)
        marks[indices_of(table.entities[held])] = True
    marks[named] = False
    return marks


def _near(
    world: World, things: Things, hierarchy: Hierarchy, query: SearchQuery, handles: NDArray[np.uint64], places: NDArray[np.float64]
) -> tuple[NDArray[np.uint64], NDArray[np.float64], NDArray[np.float64]]:
    named = _named(things, query.near)
    around = np.concatenate([named, _below(world, hierarchy, named)])
    marks = _marked_indices(world, around)
    points = [table_places(world, table)[:, marks[indices_of(table.entities)]] for table in world.tables if table.count]
    shapes = _fences(world, named)
    others = np.concatenate(points, axis=1)
    others = others[:, np.isfinite(others).all(axis=0)]
    distances = np.full(len(handles), np.inf)
    if others.shape[1]:
        low, high = others.min(axis=1) - query.within_m, others.max(axis=1) + query.within_m
        maybe = np.flatnonzero(((places >= low[:, None]) & (places <= high[:, None])).all(axis=0))
        distances[maybe] = nearest_m(places[:, maybe], others, within_m=query.within_m)
    for shape in shapes:
        distances = np.minimum(distances, _metres_from(shape, places, query.within_m))
    rows = np.flatnonzero((distances <= query.within_m) & ~_marked_indices(world, named)[indices_of(handles)])
    return handles[rows], places[:, rows], distances[rows]


def _metres_from(shape: FenceShape, places: NDArray[np.float64], within_m: float) -> NDArray[np.float64]:
    """Level metres from ``float64[3, n]`` places to an area: 0 inside, infinite beyond reach."""
    found = np.where(shape.holds(places), 0.0, np.inf)
    flat = places[[0, 2]]
    low, high = shape.corners.min(axis=0)[:, None] - within_m, shape.corners.max(axis=0)[:, None] + within_m
    rows = np.flatnonzero(((flat >= low) & (flat <= high)).all(axis=0) & (found > 0))
    points = flat[:, rows]
    least = np.full(len(rows), np.inf)
    for begin, end in zip(shape.corners, np.roll(shape.corners, -1, axis=0)):
        along = (end - begin)[:, None]
        length = max(float((along * along).sum()), 1e-18)
        share = np.clip(((points - begin[:, None]) * along).sum(axis=0) / length, 0.0, 1.0)
        least = np.minimum(least, np.hypot(*(points - begin[:, None] - share * along)))
    found[rows] = least
    return found


# Values

def _groups(where: Sequence[Condition], values: Sequence[Value]) -> list[list[tuple[Value, tuple[Limit, ...]]]]:
    """Conditions on one value are one: of each group one field must keep to all of its limits."""
    spoken: dict[tuple[str, str, bool], list[Condition]] = {}
    for condition in where:
        key = (condition.field, "" if condition.field else condition.unit, isinstance(condition.value, str))
        spoken.setdefault(key, []).append(condition)
    groups = []
    for conditions in spoken.values():
        limits: dict[Value, list[Limit]] = {}
        for condition in conditions:
            for value, number in values_for(condition, values):
                limits.setdefault(value, []).append((condition.operator, number))
        groups.append([(value, tuple(each)) for value, each in limits.items() if len(each) == len(conditions)])
    return groups


def _class_of(world: World, value: Value) -> type:
    declared = world.resource(Components).find(value.component)
    assert declared is not None
    return declared.cls


def _holds(world: World, value: Value, limits: Sequence[Limit]) -> Mask:
    found, cls = np.zeros(world.index_capacity, bool), _class_of(world, value)
    for table in world.query(cls):
        column = table.read(cls, value.name)
        held = np.ones(table.count, bool)
        for operator, limit in limits:
            held &= _COMPARE[operator](column, limit)
        found[indices_of(table.entities[held])] = True
    return found


def _told(world: World, handles: NDArray[np.uint64], value: Value, held: Mask) -> Because:
    values = world.gather(handles, _class_of(world, value), value.name)
    return Because(f"{value.component}.{value.name}", value.unit, held[indices_of(handles)], values)


_COMPARE = {
    ">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip
