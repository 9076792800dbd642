"""Components of very many entities, added and taken away as columns: one entity at a time takes a second for five thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, component_type
from taixu.edit.commands import Command, Group, Insert, Remove
from taixu.edit.decode import decode_blocks
from taixu.edit.findings import Findings
from taixu.edit.ids import id_numbers, id_text
from taixu.edit.kept import Kept
from taixu.edit.migrations import Migrations
from taixu.edit.set_columns import handles_of_ids, take_columns
from taixu.errors import TaixuError
from taixu.scene import Parent, Transform

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["InsertColumns", "RemoveMany", "grouped", "have", "insert_all", "remove_all"]

_MANY = 32
"""Entities from which on columns are quicker."""


def insert_all(session: Session, entities: Sequence[str], component: str, fields: Mapping[str, Any]) -> Command | None:
    """The command that gives all of them a component, with the same fields."""
    cls = session.component(component)
    if len(entities) >= _MANY and _is_plain(cls) and not (cls is Transform and fields):
        values = _checked(session, cls, component, entities[0], fields)
        return InsertColumns(component, id_numbers(list(dict.fromkeys(entities))), values)
    return grouped([Insert(each, component, fields) for each in entities])


def remove_all(session: Session, entities: Sequence[str], component: str) -> Command | None:
    """The command that takes a component from all of them."""
    if len(entities) >= _MANY and _is_plain(session.component(component)):
        return RemoveMany(component, id_numbers(list(dict.fromkeys(entities))))
    return grouped([Remove(each, component) for each in entities])


def have(world: World, handles: NDArray[np.uint64], cls: type) -> NDArray[np.bool_]:
    """Which of the entities have a component, ``bool[n]``."""
    tables = world.locate(handles)[0]
    return np.array([cls in table.types for table in world.tables], bool)[tables]


def grouped(commands: Sequence[Command | None]) -> Command | None:
    """One command for several; None where there is none."""
    found = [command for command in commands if command is not None]
    return None if not found else found[0] if len(found) == 1 else Group(tuple(found))


def _is_plain(cls: type) -> bool:
    """Whether a component's columns say all: references are kept as ids, and parents have conditions of their own."""
    return cls is not Parent and all(each.kind.name != "entity" for each in component_type(cls).fields)


def _checked(session: Session, cls: type, component: str, key: str, fields: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    findings = Findings()
    blocks = {key: {component: dict(fields)}}
    (batch,) = decode_blocks(blocks, session.components, migrations=Migrations(), findings=findings)
    findings.refuse()
    declared = component_type(cls)
    if Kept in batch.columns:
        unknown = [name for names in batch.columns[Kept]["fields"][0].values() for name in names]
        raise TaixuError(f"{component} has no field {', '.join(unknown)}; it has {', '.join(declared.by_name)}")
    return {name: column[..., 0] for name, column in batch.columns[cls].items()}


@dataclass(frozen=True, slots=True)
class InsertColumns:
    """Add a component to many entities, or replace it.

    Attributes
    ----------
    ids : uint64[n]
        Stable ids, each once.
    columns
        Fields, one value for all or ``[n]`` or ``[width, n]``; those left out are at their defaults.
    """

    component: str
    ids: NDArray[np.uint64]
    columns: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def apply(self, session: Session) -> Command:
        """Add it; undone by taking it away, and by giving those back what they had who had it."""
        world, cls = session.world, session.component(self.component)
        handles = handles_of_ids(session, self.ids)
        had = have(world, handles, cls)
        undo: list[Command] = []
        if had.any():
            undo.append(InsertColumns(self.component, self.ids[had], _all_of(world, handles[had], cls)))
        if not had.all():
            undo.append(RemoveMany(self.component, self.ids[~had]))
        declared = component_type(cls)
        values = {each.name: self.columns.get(each.name, each.default) for each in declared.fields}
        world.insert(handles, {cls: values})
        return undo[0] if len(undo) == 1 else Group(tuple(undo))


@dataclass(frozen=True, slots=True)
class RemoveMany:
    """Take a component away from many entities, which all have it."""

    component: str
    ids: NDArray[np.uint64]

    def apply(self, session: Session) -> Command:
        """Remove it; undone by adding what there was."""
        world, cls = session.world, session.component(self.component)
        handles = handles_of_ids(session, self.ids)
        had = have(world, handles, cls)
        if not had.all():
            raise TaixuError(f"entity {id_text(int(self.ids[np.flatnonzero(~had)[0]]))} has no {self.component}")
        undo = InsertColumns(self.component, self.ids, _all_of(world, handles, cls))
        world.remove(handles, cls)
        return undo


def _all_of(world: World, handles: NDArray[np.uint64], cls: type) -> dict[str, NDArray[Any]]:
    return take_columns(world, handles, cls, [each.name for each in component_type(cls).fields])
