"""Fields of a component for many entities at once: columns go in and out, so thousands follow a drag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import ComponentType, component_type
from taixu.edit.commands import Command, Group, SetFields
from taixu.edit.decode import Batch, decode_blocks
from taixu.edit.document import Block
from taixu.edit.findings import Findings
from taixu.edit.ids import id_numbers, id_text
from taixu.edit.kept import Kept
from taixu.edit.migrations import Migrations
from taixu.edit.set_columns import SetColumns, handles_of_ids, take_columns
from taixu.errors import TaixuError
from taixu.scene import Parent, Transform

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["SetMany", "set_fields"]

_PLACE = frozenset({"position", "translation", "cell"})


def set_fields(session: Session, component: str, values: Mapping[str, Mapping[str, Any]]) -> Command | None:
    """The command that sets fields by entity: one for all where all set the same ones, and one each where not."""
    if not values:
        return None
    names = {frozenset(fields) for fields in values.values()}
    declared = session.components.find(component)
    has_references = declared is not None and any(fld.kind.name == "entity" for fld in declared.fields)
    if len(values) > 1 and len(names) == 1 and not has_references:
        return SetMany(component, values)
    each = [SetFields(text, component, fields) for text, fields in values.items()]
    return each[0] if len(each) == 1 else Group(tuple(each))


@dataclass(frozen=True, slots=True)
class SetMany:
    """Set the same fields, to other values, of a component that has no references; values by entity."""

    component: str
    values: Mapping[str, Mapping[str, Any]]

    def apply(self, session: Session) -> Command:
        """Set them; undone by setting what they were."""
        world, cls = session.world, session.component(self.component)
        ids = id_numbers(list(self.values))
        handles = handles_of_ids(session, ids)
        for number in np.unique(world.locate(handles)[0]).tolist():
            if cls not in world.table(number).types:
                lacking = next(text for text, entity in zip(self.values, handles.tolist()) if not world.has(entity, cls))
                raise TaixuError(f"entity {lacking} has no {self.component}; insert it first")
        columns = self._columns(session, cls, handles)
        before = take_columns(world, handles, cls, self._stored(cls))
        for entities, name, column in columns:
            world.scatter(entities, cls, name, column)
        return SetColumns(self.component, ids, before)

    def _stored(self, cls: type) -> list[str]:
        """The fields that change, as the world holds them."""
        names = set(next(iter(self.values.values())))
        if cls is Transform and names & _PLACE:
            names = names - _PLACE | {"cell", "translation"}
        return sorted(names)

    def _columns(self, session: Session, cls: type, handles: Any) -> list[tuple[Any, str, Any]]:
        """Checked columns with the entities that they are of; nothing is written yet."""
        world, declared = session.world, component_type(cls)
        if self._is_one(declared):
            return self._one_column(session, declared, handles)
        blocks: dict[str, Block] = {text: {declared.name: dict(fields)} for text, fields in self.values.items()}
        if cls is Transform:
            parents = world.gather(handles, Parent, "entity")
            living = world.alive(parents)
            for text, parent, is_child in zip(self.values, world.stable_ids(parents).tolist(), living.tolist(), strict=True):
                if is_child:
                    blocks[text]["parent"] = {"entity": id_text(parent)}
        batches = _decoded(session, declared, blocks)
        known = dict(zip((int(text, 16) for text in self.values), handles.tolist(), strict=True))
        found = []
        for batch in batches:
            entities = np.array([known[number] for number in batch.ids.tolist()], np.uint64)
            found += [(entities, name, column) for name, column in batch.columns[cls].items()]
        return found

    def _is_one(self, declared: ComponentType) -> bool:
        """Whether everybody is to have the same plain values."""
        values = iter(self.values.values())
        first = next(values)
        if declared.cls is Transform and first.keys() & _PLACE:
            return False
        return all(each is first for each in values) and all(
            name in declared.by_name and declared.by_name[name].kind.name != "data" for name in first
        )

    def _one_column(self, session: Session, declared: ComponentType, handles: Any) -> list[tuple[Any, str, Any]]:
        text, fields = next(iter(self.values.items()))
        (batch,) = _decoded(session, declared, {text: {declared.name: dict(fields)}})
        return [(handles, name, column[..., 0]) for name, column in batch.columns[declared.cls].items() if name in fields]


def _decoded(session: Session, declared: ComponentType, blocks: dict[str, Block]) -> list[Batch]:
    """Checked columns of blocks.

    Raises
    ------
    TaixuError
        When a field is not known, or a value does not fit.
    """
    findings = Findings()
    batches = decode_blocks(blocks, session.components, migrations=Migrations(), findings=findings)
    findings.refuse()
    for batch in batches:
        if Kept in batch.columns:
            unknown = [name for names in batch.columns[Kept]["fields"][0].values() for name in names]
            raise TaixuError(f"{declared.name} has no field {', '.join(unknown)}; it has {', '.join(declared.by_name)}")
    return batches
