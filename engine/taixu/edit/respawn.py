"""Deletions of very many entities: they are kept as columns, and come back as columns.

A block a entity is what documents hold and small deletions keep; a hundred thousand of them take a minute to write and to read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World
from taixu.edit.decode import connect
from taixu.edit.ids import id_text
from taixu.edit.kept import Kept
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.edit.commands import Command
    from taixu.edit.session import Session

__all__ = ["WORTH_IT", "Part", "Respawn", "can_keep", "keep_rows"]

WORTH_IT = 256
"""Entities from which on columns are quicker than blocks."""


@dataclass(frozen=True, slots=True)
class Part:
    """Entities that had the same components.

    Attributes
    ----------
    ids : uint64[n]
        Stable ids.
    columns
        Fields by component's name; references to others are stable ids.
    references
        Which fields those are.
    """

    ids: NDArray[np.uint64]
    columns: Mapping[str, Mapping[str, NDArray[Any]]]
    references: frozenset[tuple[str, str]]


def can_keep(table: Table) -> bool:
    """Whether rows of a table are all in its columns: what nobody understood is kept beside them."""
    return Kept not in table.types


def keep_rows(world: World, table: Table, rows: NDArray[np.intp]) -> Part:
    """The authored fields of rows, as they are now."""
    columns: dict[str, dict[str, NDArray[Any]]] = {}
    references = set()
    for declared in table.components:
        if not declared.authored:
            continue
        fields = columns[declared.name] = {}
        for each in declared.fields:
            column = np.array(table.take(declared.cls, each.name, rows))
            if each.kind.name == "entity":
                references.add((declared.name, each.name))
                column = world.stable_ids(column)
            fields[each.name] = column
    return Part(world.stable_ids(table.entities[rows]), columns, frozenset(references))


@dataclass(frozen=True, slots=True)
class Respawn:
    """Bring entities back; `gone` makes the command that takes them away again, from their ids."""

    parts: tuple[Part, ...]
    gone: Callable[[tuple[str, ...]], Command]

    def apply(self, session: Session) -> Command:
        """Spawn them all, then set what they refer to.

        Raises
        ------
        TaixuError
            When somebody has one of their ids; then nothing was spawned.
        """
        world = session.world
        ids = np.concatenate([part.ids for part in self.parts])
        taken = world.find_all(ids)
        if taken.any():
            number = int(ids[np.flatnonzero(taken)[0]])
            raise TaixuError(f"an entity with the id {id_text(number)} is in the world already")
        spawned = []
        for part in self.parts:
            filled: dict[type, dict[str, Any]] = {}
            for name, fields in part.columns.items():
                declared = session.components.find(name)
                if declared is None:
                    continue
                # A script may have declared it anew meanwhile: what it has still is given back.
                filled[declared.cls] = {
                    key: column for key, column in fields.items()
                    if key in declared.by_name and (name, key) not in part.references
                }  # fmt: skip
            spawned.append(world.spawn_batch(len(part.ids), filled, stable_ids=part.ids))
        for part, handles in zip(self.parts, spawned):
            for name, key in part.references:
                declared = session.components.find(name)
                if declared is not None and key in declared.by_name:
                    connect(world, handles, declared.cls, key, part.columns[name][key])
        return self.gone(tuple(map(id_text, ids.tolist())))
