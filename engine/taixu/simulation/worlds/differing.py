"""What is different between two worlds of one origin: which entities, which columns, how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, World, component_type
from taixu.scene import CELL_M, MeshInstance, Transform
from taixu.simulation.worlds.components import Ghost

__all__ = ["Difference", "find_differences"]

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


def find_differences(first: World, second: World, *, least: float = 1e-3) -> list[Difference]:
    """What differs by more than `least`, by component and field; places are compared across cells."""
    found: list[Difference] = []
    for declared in _components(first, second):
        ids, rows = _rows(first, declared.cls)
        other_ids, other_rows = _rows(second, declared.cls)
        both, here, there = np.intersect1d(ids, other_ids, assume_unique=True, return_indices=True)
        came, went = np.setdiff1d(other_ids, both, assume_unique=True), np.setdiff1d(ids, both, assume_unique=True)
        if len(came) or len(went):
            alone = np.concatenate([came, went])
            order = np.argsort(alone)
            sides = np.concatenate([np.ones(len(came)), -np.ones(len(went))])
            found.append(Difference(declared.name, "", alone[order], sides[order]))
        if not len(both):
            continue
        for name in (fld.name for fld in declared.fields):
            if declared.cls is Transform and name == "cell":
                continue
            amount = _amount(first, second, declared, name, rows[here], other_rows[there])
            wrong = amount > least
            if wrong.any():
                found.append(Difference(declared.name, name, both[wrong], amount[wrong]))
    return found


def _components(first: World, second: World) -> list[ComponentType]:
    types = {cls for world in (first, second) for table in world.tables if table.count for cls in table.types}
    return sorted((component_type(cls) for cls in types - _HIDDEN), key=lambda declared: declared.name)


def _rows(world: World, cls: type) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Stable ids of who has a component, and their handles."""
    entities = world.query(cls, without=(Ghost,)).entities
    return world.stable_ids(entities), entities


def _amount(
    first: World, second: World, declared: ComponentType, name: str, here: NDArray[np.uint64], there: NDArray[np.uint64]
) -> NDArray[np.float64]:
    a, b = (_values(world, declared, name, rows) for world, rows in ((first, here), (second, there)))
    if declared.by_name[name].kind.is_object:
        return np.fromiter((float(x != y) for x, y in zip(a.tolist(), b.tolist(), strict=True)), np.float64, len(a))
    if declared.by_name[name].kind.name == "entity":
        return (first.stable_ids(a) != second.stable_ids(b)).astype(np.float64)
    if declared.cls is Transform and name == "translation":
        cells = [_values(world, declared, "cell", rows) for world, rows in ((first, here), (second, there))]
        a, b = a + cells[0] * CELL_M, b + cells[1] * CELL_M
    apart = np.abs(a.astype(np.float64) - b.astype(np.float64))
    apart = np.where(np.isnan(apart), np.where(np.isnan(a) & np.isnan(b), 0.0, np.inf), apart)
    return apart if apart.ndim == 1 else np.sqrt((apart**2).sum(axis=0))


def _values(world: World, declared: ComponentType, name: str, entities: NDArray[np.uint64]) -> NDArray[Any]:
    values: NDArray[Any] = world.gather(entities, declared.cls, name)
    return values.astype(np.float64) if values.dtype.kind in "iu" and name == "cell" else values
