"""What is different between two worlds of one origin: which entities, which columns, how much."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, Table, World, component_type
from taixu.scene import CELL_M, MeshInstance, Transform
from taixu.simulation.worlds.components import Ghost

__all__ = ["Difference", "Pair", "find_differences", "pairs_of"]

_HIDDEN = frozenset({MeshInstance, Ghost})
"""What follows from other columns, or from who looks."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One column that is not the same.

    Attributes
    ----------
    component, field
        As documents call them; the field is empty for entities that only one of the worlds has.
    ids
        Stable ids, sorted, ``uint64[n]``.
    amount
        How far each is from the other, ``float64[n]``: metres for places, the length of the difference for numbers, 1 for texts
        and data; of entities that only one world has, 1 where the second has them and -1 where the first has.
    """

    component: str
    field: str
    ids: NDArray[np.uint64]
    amount: NDArray[np.float64]

    def sentence(self) -> str:
        """In words."""
        count = len(self.ids)
        if not self.field:
            came, went = int((self.amount > 0).sum()), int((self.amount < 0).sum())
            return f"{self.component}: {came:,} came, {went:,} went"
        mean, most = self.amount.mean(), self.amount.max()
        return f"{self.component}.{self.field}: {count:,} differ, by {mean:.3g} on average and {most:.3g} at most"


@dataclass(frozen=True, slots=True)
class Pair:
    """Tables of two worlds that hold the same entities in the same order: their columns are compared as they lie there."""

    first: Table
    second: Table
    ids: NDArray[np.uint64]


def pairs_of(first: World, second: World) -> list[Pair]:
    """Tables that are alike: in forks, those into which nobody came and from which nobody went."""
    others = {table.types: table for table in second.tables if table.count}
    found = []
    for table in first.tables:
        other = others.get(table.types)
        if other is None or not table.count or other.count != table.count or Ghost in table.types:
            continue
        if np.array_equal(table.entities, other.entities):
            ids = first.stable_ids(table.entities)
            if np.array_equal(ids, second.stable_ids(other.entities)):
                found.append(Pair(table, other, ids))
    return found


def find_differences(first: World, second: World, *, least: float = 1e-3) -> list[Difference]:
    """What differs by more than `least`, by component and field; places are compared across cells."""
    found: list[Difference] = []
    pairs = pairs_of(first, second)
    for declared in _components(first, second):
        cls = declared.cls
        alike = [pair for pair in pairs if cls in pair.first.types]
        ids, rows = _rows(first, cls, {pair.first.id for pair in alike})
        other_ids, other_rows = _rows(second, cls, {pair.second.id for pair in alike})
        both, here, there = np.intersect1d(ids, other_ids, assume_unique=True, return_indices=True)
        came, went = np.setdiff1d(other_ids, both, assume_unique=True), np.setdiff1d(ids, both, assume_unique=True)
        if len(came) or len(went):
            alone = np.concatenate([came, went])
            order = np.argsort(alone)
            sides = np.concatenate([np.ones(len(came)), -np.ones(len(went))])
            found.append(Difference(declared.name, "", alone[order], sides[order]))
        for name in (fld.name for fld in declared.fields):
            if cls is Transform and name == "cell":
                continue
            parts = [
                (pair.ids, _amount(first, second, declared, name, _table(pair.first, cls), _table(pair.second, cls)))
                for pair in alike
            ]
            if len(both):
                sources = _gathered(first, cls, rows[here]), _gathered(second, cls, other_rows[there])
                parts.append((both, _amount(first, second, declared, name, *sources)))
            wrong = [(who[amount > least], amount[amount > least]) for who, amount in parts]
            who, amounts = (np.concatenate(each) for each in zip(*wrong)) if wrong else (np.empty(0, np.uint64), np.empty(0))
            if len(who):
                order = np.argsort(who)
                found.append(Difference(declared.name, name, who[order], amounts[order]))
    return found


def _components(first: World, second: World) -> list[ComponentType]:
    types = {cls for world in (first, second) for table in world.tables if table.count for cls in table.types}
    return sorted((component_type(cls) for cls in types - _HIDDEN), key=lambda declared: declared.name)


Column = Callable[[str], NDArray[Any]]


def _table(table: Table, cls: type) -> Column:
    return lambda name: table.read(cls, name)


def _gathered(world: World, cls: type, entities: NDArray[np.uint64]) -> Column:
    return lambda name: world.gather(entities, cls, name)


def _rows(world: World, cls: type, paired: Collection[int]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Stable ids of who has a component and lies in no pair of tables, and their handles."""
    tables = [table for table in world.query(cls, without=(Ghost,)).tables() if table.id not in paired]
    entities = np.concatenate([np.empty(0, np.uint64), *(table.entities for table in tables)])
    return world.stable_ids(entities), entities


def _amount(
    first: World, second: World, declared: ComponentType, name: str, here: Column, there: Column
) -> NDArray[np.float64]:
    a, b = here(name), there(name)
    if declared.by_name[name].kind.is_object:
        return np.asarray(a != b, bool).astype(np.float64)
    if declared.by_name[name].kind.name == "entity":
        return (first.stable_ids(a) != second.stable_ids(b)).astype(np.float64)
    is_place = declared.cls is Transform and name == "translation"
    if np.array_equal(a, b) and not (is_place and not np.array_equal(here("cell"), there("cell"))):
        return np.zeros(a.shape[-1])
    wide, other = a.astype(np.float64), b.astype(np.float64)
    if is_place:
        wide, other = wide + here("cell").astype(np.float64) * CELL_M, other + there("cell").astype(np.float64) * CELL_M
    apart = np.abs(wide - other)
    apart = np.where(np.isnan(apart), np.where(np.isnan(wide) & np.isnan(other), 0.0, np.inf), apart)
    return apart if apart.ndim == 1 else np.sqrt((apart**2).sum(axis=0))
