"""Fields of a component for many entities at once: columns go in and out, so thousands follow a drag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import World, component_type
from taixu.edit.commands import Command, Group, SetFields
from taixu.edit.decode import decode_blocks
from taixu.edit.document import Block
from taixu.edit.findings import Findings
from taixu.edit.ids import id_text
from taixu.edit.kept import Kept
from taixu.edit.migrations import Migrations
from taixu.edit.values import json_from_column
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
        handles = {text: session.entity(text) for text in self.values}
        everybody = np.array(list(handles.values()), np.uint64)
        for number in np.unique(world.locate(everybody)[0]).tolist():
            if cls not in world.table(number).types:
                lacking = next(text for text, entity in handles.items() if not world.has(entity, cls))
                raise TaixuError(f"entity {lacking} has no {self.component}; insert it first")
        columns = self._columns(session, cls, everybody)
        before = self._before(world, cls, everybody)
        for entities, name, column in columns:
            world.scatter(entities, cls, name, column)
        return before

    def covers(self, other: SetMany) -> bool:
        """Whether it sets all that another one does."""
        same = self.component == other.component and self.values.keys() == other.values.keys()
        return same and all(other.values[text].keys() <= fields.keys() for text, fields in self.values.items())

    def _before(self, world: World, cls: type, handles: Any) -> SetMany:
        names = set(next(iter(self.values.values())))
        if cls is Transform and names & _PLACE:
            names = names - _PLACE | {"cell", "translation"}
        try:
            columns = {
                name: json_from_column(world, component_type(cls).by_name[name], world.gather(handles, cls, name))
                for name in sorted(names)
            }
        except ValueError as error:
            raise TaixuError(f"{self.component}: {error.args[0]}") from None
        rows = zip(*columns.values(), strict=True)
        before = {text: dict(zip(columns, row, strict=True)) for text, row in zip(self.values, rows, strict=True)}
        return SetMany(self.component, before)

    def _columns(self, session: Session, cls: type, handles: Any) -> list[tuple[Any, str, Any]]:
        """Checked columns with the entities that they are of; nothing is written yet."""
        world, declared = session.world, component_type(cls)
        blocks: dict[str, Block] = {text: {declared.name: dict(fields)} for text, fields in self.values.items()}
        if cls is Transform:
            parents = world.gather(handles, Parent, "entity")
            living = world.alive(parents)
            for text, parent, is_child in zip(self.values, world.stable_ids(parents).tolist(), living.tolist(), strict=True):
                if is_child:
                    blocks[text]["parent"] = {"entity": id_text(parent)}
        findings = Findings()
        batches = decode_blocks(blocks, session.components, migrations=Migrations(), findings=findings)
        findings.refuse()
        known = dict(zip((int(text, 16) for text in self.values), handles.tolist(), strict=True))
        found = []
        for batch in batches:
            if Kept in batch.columns:
                unknown = [name for names in batch.columns[Kept]["fields"][0].values() for name in names]
                raise TaixuError(f"{declared.name} has no field {', '.join(unknown)}; it has {', '.join(declared.by_name)}")
            entities = np.array([known[number] for number in batch.ids.tolist()], np.uint64)
            found += [(entities, name, column) for name, column in batch.columns[cls].items()]
        return found
