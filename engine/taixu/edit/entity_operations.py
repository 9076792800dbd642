"""Edits of entities, as operations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import compress
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from taixu.edit.clipboard import CLIPBOARD_OPERATIONS
from taixu.edit.commands import Command, Despawn, Duplicate, Group, Rename, Select, Spawn
from taixu.edit.component_columns import have, insert_all, remove_all
from taixu.edit.copy_names import fresh_names
from taixu.edit.decode import decode_blocks
from taixu.edit.field_operations import FIELD_OPERATIONS
from taixu.edit.findings import Findings
from taixu.edit.grouping import GROUP_OPERATIONS, topmost
from taixu.edit.ids import id_numbers
from taixu.edit.many_places import MANY_PLACES_OPERATIONS
from taixu.edit.marks import MARK_OPERATIONS
from taixu.edit.migrations import Migrations
from taixu.edit.operations import Operation
from taixu.edit.parameters import EntitiesParameters
from taixu.edit.prefab_operations import PREFAB_OPERATIONS
from taixu.edit.reparent_many import reparent_all
from taixu.edit.selection_operations import SELECTION_OPERATIONS
from taixu.edit.set_columns import SetColumns, handles_of_ids
from taixu.edit.set_many import set_fields
from taixu.edit.settle import with_selected
from taixu.errors import TaixuError
from taixu.scene import Name

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["ENTITY_OPERATIONS"]


@dataclass(frozen=True, slots=True)
class SpawnParameters:
    """What to make."""

    components: dict[str, dict[str, Any]] = field(default_factory=dict, metadata={"doc": "fields by component, as in world files"})
    name: str = ""
    id: str = field(default="", metadata={"doc": "stable id; a fresh one where it is empty"})


@dataclass(frozen=True, slots=True)
class DuplicateParameters:
    """Which entities, and the ids of their copies; fresh ones where none are named."""

    entities: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldParameters:
    """Fields of a component, for one entity or several."""

    component: str
    fields: dict[str, Any]
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentParameters:
    """A component, for one entity or several."""

    component: str
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenameParameters:
    """A name."""

    name: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class ParentParameters:
    """Whom to hang them below; nobody where it is empty."""

    parent: str
    entities: tuple[str, ...] = ()
    keep_place: bool = True


@dataclass(frozen=True, slots=True)
class SelectionParameters:
    """What to select, and how it meets what is selected."""

    entities: tuple[str, ...]
    how: Literal["replace", "add", "toggle", "remove"] = "replace"


@dataclass(frozen=True, slots=True)
class TransformParameters:
    """Fields of transforms by entity: position (metres, from the parent), rotation (quaternion), scale."""

    transforms: dict[str, dict[str, Any]]


def _chosen(session: Session, entities: tuple[str, ...]) -> tuple[str, ...]:
    return entities or session.current.selection


def _with_id(session: Session, p: SpawnParameters) -> SpawnParameters:
    return p if p.id else replace(p, id=session.new_id())


def _with_copies(session: Session, p: DuplicateParameters) -> DuplicateParameters:
    if p.copies:
        return p
    entities = topmost(session, p.entities or session.current.selection)
    return replace(p, entities=entities, copies=session.new_ids(len(entities)))


def _with_entity(session: Session, p: RenameParameters) -> RenameParameters:
    chosen = _chosen(session, (p.entity,) if p.entity else ())
    return replace(p, entity=chosen[-1] if chosen else "")


def _spawn(session: Session, p: SpawnParameters) -> Command:
    components = dict(p.components)
    if p.name:
        components.setdefault("name", {"text": p.name})
    components.setdefault("transform", {})
    # Files keep what nobody knows, for another version may; who makes something now has mistyped it.
    doubts = Findings()
    decode_blocks({p.id: components}, session.components, migrations=Migrations(), findings=doubts)
    if doubts.items:
        raise TaixuError(str(doubts.items[0]).replace("; it is kept as it is", ""))
    return Group((Spawn({p.id: components}), Select((p.id,))))


def _delete(session: Session, p: EntitiesParameters) -> Command | None:
    return Despawn(p.entities) if p.entities else None


def _id_of(session: Session, p: SpawnParameters) -> str:
    return p.id


def _copies_of(session: Session, p: DuplicateParameters) -> list[str]:
    return list(p.copies)


def _duplicate(session: Session, p: DuplicateParameters) -> Command | None:
    if not p.entities:
        return None
    return Group((Duplicate(p.entities, p.copies), *_new_names(session, p), Select(p.copies)))


def _new_names(session: Session, p: DuplicateParameters) -> list[Command]:
    """Copies of ``Box`` are called ``Box 2`` and so on."""
    world = session.world
    handles = handles_of_ids(session, id_numbers(p.entities))
    tables = world.locate(handles)[0]
    is_own = have(world, handles, Name) & ~np.array([table.made for table in world.tables], bool)[tables]
    before = world.gather(handles, Name, "text")[is_own]
    copies = list(compress(p.copies, is_own.tolist()))
    names = np.empty(len(copies), object)
    names[:] = fresh_names(world, before.tolist(), are_copies=True)
    is_other = names != before
    if not is_other.any():
        return []
    return [SetColumns("name", id_numbers(list(compress(copies, is_other.tolist()))), {"text": names[is_other]})]


def _select(session: Session, p: SelectionParameters) -> Command | None:
    before = session.current.selection
    named = tuple(dict.fromkeys(p.entities))
    id_numbers(named)  # refuses what is no id at all
    if p.how != "replace":
        among, former = set(named), set(before)
        kept = tuple(each for each in before if each not in among)
        fresh = {"add": named, "remove": (), "toggle": tuple(each for each in named if each not in former)}
        named = kept + fresh[p.how]
    return Select(named) if named != before else None


def _set(session: Session, p: FieldParameters) -> Command | None:
    return set_fields(session, p.component, dict.fromkeys(p.entities, p.fields))


def _place(session: Session, p: TransformParameters) -> Command | None:
    return set_fields(session, "transform", p.transforms)


def _insert(session: Session, p: FieldParameters) -> Command | None:
    return insert_all(session, p.entities, p.component, p.fields)


def _remove(session: Session, p: ComponentParameters) -> Command | None:
    return remove_all(session, p.entities, p.component)


def _rename(session: Session, p: RenameParameters) -> Command | None:
    return Rename(p.entity, p.name) if p.entity else None


def _reparent(session: Session, p: ParentParameters) -> Command | None:
    return reparent_all(session, p.entities, p.parent, keep_place=p.keep_place)



ENTITY_OPERATIONS = (
    Operation("entity.spawn", "Add", plan=_spawn, parameters=SpawnParameters, settle=_with_id, gives=_id_of,
              doc="Makes an entity, selected; gives its id."),
    Operation("entity.delete", "Delete", plan=_delete, parameters=EntitiesParameters, settle=with_selected, shortcut="Delete",
              doc="Takes entities away, with all below them."),
    Operation(
        "entity.duplicate", "Duplicate", plan=_duplicate, parameters=DuplicateParameters, settle=_with_copies, shortcut="Ctrl+D",
        gives=_copies_of, doc="Copies entities with all below them; gives the ids of the copies.",
    ),
    Operation("entity.rename", "Rename", plan=_rename, parameters=RenameParameters, settle=_with_entity, shortcut="F2",
              doc="Names an entity."),
    Operation("entity.reparent", "Move below", plan=_reparent, parameters=ParentParameters, settle=with_selected,
              doc="Hangs entities below another, or below none; they stay where they are unless keep_place is false."),
    Operation("transform.set", "Place", plan=_place, parameters=TransformParameters,
              doc="Sets places, turns and sizes, others for each entity."),
    Operation("selection.set", "Select", plan=_select, parameters=SelectionParameters,
              doc="Selects entities; the last is the active one."),
    Operation("component.set", "Change", plan=_set, parameters=FieldParameters, settle=with_selected,
              doc="Sets fields of a component, to the same values for all."),
    Operation("component.add", "Add component", plan=_insert, parameters=FieldParameters, settle=with_selected,
              doc="Adds a component, or replaces it: fields that are left out are at their defaults."),
    Operation("component.remove", "Remove component", plan=_remove, parameters=ComponentParameters, settle=with_selected,
              doc="Takes a component away."),
    *CLIPBOARD_OPERATIONS, *FIELD_OPERATIONS, *GROUP_OPERATIONS, *MANY_PLACES_OPERATIONS, *MARK_OPERATIONS, *PREFAB_OPERATIONS,
    *SELECTION_OPERATIONS,
)  # fmt: skip
"""Edits that every host offers."""
