"""Copies of very many entities as columns."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World, indices_of
from taixu.edit.ids import child_ids
from taixu.edit.respawn import Part, can_keep, keep_rows
from taixu.scene import Hierarchy

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["copied_parts"]

Ids = NDArray[np.uint64]


def copied_parts(session: Session, roots: Ids, copies: Ids) -> tuple[Part, ...] | None:
    """What copies of entities (handles, none below another) with all below them are made of.

    None where blocks have to say it: of entities that hold what nobody here knows.

    Parameters
    ----------
    copies : uint64[n]
        Stable ids for the copies of `roots`; what lies below gets ids that follow from those.
    """
    world = session.world
    handles, owners = _families(world, roots)
    before = world.stable_ids(handles)
    after = copies[owners]
    is_below = np.arange(len(handles)) >= len(roots)
    after[is_below] = child_ids(after[is_below], before[is_below])
    tables, rows = world.locate(handles)
    order = np.argsort(before)
    known, names = before[order], after[order]
    parts = []
    for number in np.unique(tables).tolist():
        table = world.table(number)
        if table.made:
            continue
        if not can_keep(table):
            return None
        chosen = tables == number
        parts.append(_renamed(keep_rows(world, table, rows[chosen].astype(np.intp)), table, after[chosen], known, names))
    return tuple(parts)


def _families(world: World, roots: Ids) -> tuple[Ids, NDArray[np.intp]]:
    """Entities with all below them, and of each the place of the one above it among `roots`."""
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    owner_of = np.zeros(world.index_capacity, np.intp)
    level = indices_of(roots)
    owner_of[level] = np.arange(len(roots))
    found = []
    while len(level):
        found.append(level)
        level = hierarchy.children_of(level)
        owner_of[level] = owner_of[hierarchy.parents_of(level)]
    indices = np.concatenate(found)
    return world.entities_at(indices), owner_of[indices]


def _renamed(part: Part, table: Table, ids: Ids, known: Ids, names: Ids) -> Part:
    """The same values for others; references among the copies stay among them, and nobody shares data with anybody."""
    columns: dict[str, dict[str, NDArray[Any]]] = {}
    kinds = {(declared.name, each.name): each.kind.name for declared in table.components for each in declared.fields}
    for component, fields in part.columns.items():
        columns[component] = {}
        for name, column in fields.items():
            if (component, name) in part.references:
                places = np.minimum(np.searchsorted(known, column), len(known) - 1)
                column = np.where(known[places] == column, names[places], column)
            elif kinds[component, name] == "data":
                own = np.empty(len(column), object)
                for row, value in enumerate(column):
                    own[row] = deepcopy(value)
                column = own
            columns[component][name] = column
    return replace(part, ids=ids, columns=columns)
