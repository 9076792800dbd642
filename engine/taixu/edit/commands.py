"""Edits as data: frozen commands that name entities by stable id and give their own inverse.

Values stand in them as in documents (ids as sixteen hexadecimal digits, lists, shortest numbers), so a command can be
written to a file, sent, and done again elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from taixu.ecs import World, component_type, indices_of
from taixu.edit.copies import copied_parts
from taixu.edit.decode import connect, decode_blocks, spawn_batches
from taixu.edit.document import Block
from taixu.edit.encode import encode_component, encode_entities, encode_entity
from taixu.edit.findings import Findings
from taixu.edit.ids import child_id, id_number, id_numbers, id_text, id_texts
from taixu.edit.instancing import instantiate
from taixu.edit.kept import Kept
from taixu.edit.migrations import Migrations
from taixu.edit.overrides import revert_overrides
from taixu.edit.prefab import FromPrefab, PrefabInstance, rename_references
from taixu.edit.respawn import WORTH_IT, Part, Respawn, can_keep, keep_rows
from taixu.errors import TaixuError
from taixu.math.integers import are_distinct, distinct
from taixu.scene import Hierarchy, Name, Node, Parent, Transform

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = [
    "Command", "Despawn", "Duplicate", "Group", "Insert", "Remove", "Rename", "Reparent", "RevertEntries", "Select", "SetEntries",
    "SetFields", "Spawn",
]


class Command(Protocol):
    """Something that can be done to a session and undone."""

    def apply(self, session: Session) -> Command:
        """Do it and give the command that undoes it. One that raises has changed nothing."""


@dataclass(frozen=True, slots=True)
class Spawn:
    """Make entities from blocks, by id."""

    blocks: Mapping[str, Block]

    def apply(self, session: Session) -> Command:
        """Spawn them; undone by despawning, after which who waited for them waits again."""
        findings = Findings()
        batches = decode_blocks(self.blocks, session.components, migrations=Migrations(), findings=findings)
        findings.refuse()
        waiting = _waiting_for(session.world, self.blocks)
        spawn_batches(session.world, batches)
        gone = Despawn(tuple(self.blocks), with_children=False)
        return Group((gone, *waiting)) if waiting else gone


@dataclass(frozen=True, slots=True)
class Despawn:
    """Remove entities, with all below them."""

    entities: Sequence[str]
    with_children: bool = True

    def apply(self, session: Session) -> Command:
        """Despawn them; undone by spawning them again and setting what referred to them."""
        world = session.world
        handles = world.find_all(id_numbers(self.entities))
        if not handles.all():
            session.entity(self.entities[int(np.flatnonzero(handles == 0)[0])])
        handles = distinct(handles)
        if self.with_children:
            handles = _with_descendants(world, handles)
        parts: list[Part] = []
        blocks: dict[str, Block] = {}
        tables, rows = world.locate(handles)
        are_many = len(handles) >= WORTH_IT
        for number in np.unique(tables).tolist():
            table, chosen = world.table(number), rows[tables == number].astype(np.intp)
            if table.made:
                continue
            if are_many and can_keep(table):
                parts.append(keep_rows(world, table, chosen))
            else:
                blocks |= encode_entities(world, table, chosen)
        references = _references_to(world, handles)
        entries = _entries_around(world, handles)
        world.despawn(handles)
        return Group((*_respawned(parts), *((Spawn(blocks),) if blocks or not parts else ()), *entries, *references))


def _respawned(parts: list[Part]) -> tuple[Command, ...]:
    return (Respawn(tuple(parts), lambda ids: Despawn(ids, with_children=False)),) if parts else ()


@dataclass(frozen=True, slots=True)
class SetFields:
    """Set fields of a component."""

    entity: str
    component: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, session: Session) -> Command:
        """Set them; undone by setting what they were."""
        world, entity = session.world, session.entity(self.entity)
        cls = session.component(self.component)
        if not world.has(entity, cls):
            raise TaixuError(f"entity {self.entity} has no {self.component}; insert it first")
        before = _values(world, entity, cls, self.fields)
        _write(session, entity, cls, self.fields)
        return SetFields(self.entity, self.component, before)


@dataclass(frozen=True, slots=True)
class Insert:
    """Add a component to an entity, or replace it."""

    entity: str
    component: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, session: Session) -> Command:
        """Add it; undone by removing it, or by putting the former one back."""
        world, entity = session.world, session.entity(self.entity)
        cls = session.component(self.component)
        undo: Command = Remove(self.entity, self.component)
        if world.has(entity, cls):
            undo = Insert(self.entity, self.component, encode_component(world, entity, cls))
        _write(session, entity, cls, self.fields, is_whole=True)
        return undo


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a component away."""

    entity: str
    component: str

    def apply(self, session: Session) -> Command:
        """Remove it; undone by inserting it."""
        world, entity = session.world, session.entity(self.entity)
        cls = session.component(self.component)
        if not world.has(entity, cls):
            raise TaixuError(f"entity {self.entity} has no {self.component}")
        if cls is Parent:
            _refuse_leaving(session, entity, "")
        undo = Insert(self.entity, self.component, encode_component(world, entity, cls))
        world.remove(entity, cls)
        return undo


@dataclass(frozen=True, slots=True)
class Reparent:
    """Hang an entity below another (or nowhere: an empty id); by default it stays where it is in the world."""

    entity: str
    parent: str
    keep_place: bool = True

    def apply(self, session: Session) -> Command:
        """Attach it; undone exactly: parent and transform as they were."""
        world = session.world
        node = Node(world, session.entity(self.entity))
        above = Node(world, session.entity(self.parent)) if self.parent else None
        _refuse_leaving(session, node.entity, self.parent)
        undo: list[Command] = []
        before = node.parent
        if Transform in node:
            found = node[Transform]
            undo.append(_RestoreTransform(self.entity, found))
        parent = "" if before is None else id_text(before.stable_id)
        node.attach(above, keep_place=self.keep_place and Transform in node)
        return Group((Reparent(self.entity, parent, keep_place=False), *undo))


@dataclass(frozen=True, slots=True)
class _RestoreTransform:
    """Put a transform back bit for bit, whatever the parent."""

    entity: str
    transform: Transform

    def apply(self, session: Session) -> Command:
        """Set it; undone the same way."""
        entity = session.entity(self.entity)
        before = session.world.get(entity, Transform)
        session.world.insert(entity, self.transform)
        return _RestoreTransform(self.entity, before)


@dataclass(frozen=True, slots=True)
class SetEntries:
    """Make a prefab's instance again with other entries."""

    instance: str
    entries: PrefabInstance

    def apply(self, session: Session) -> Command:
        """Set them; undone the same way."""
        entity = session.entity(self.instance)
        before = session.world.get(entity, PrefabInstance)
        session.world.insert(entity, self.entries)
        instantiate(session.world, np.array([entity], np.uint64))
        return SetEntries(self.instance, before)


@dataclass(frozen=True, slots=True)
class RevertEntries:
    """Make an instance, or a child, a component or a field of it, as its prefab says."""

    instance: str
    child: str | None = None
    component: str | None = None
    field: str | None = None

    def apply(self, session: Session) -> Command:
        """Drop entries; undone by those that there were."""
        entity = session.entity(self.instance)
        before = session.world.get(entity, PrefabInstance)
        revert_overrides(session.world, entity, child=self.child, component=self.component, field=self.field)
        return SetEntries(self.instance, before)


@dataclass(frozen=True, slots=True)
class Rename:
    """Call an entity something else."""

    entity: str
    name: str

    def apply(self, session: Session) -> Command:
        """Set its name; undone by the former one, or by none."""
        if not session.world.has(session.entity(self.entity), Name):
            return Insert(self.entity, "name", {"text": self.name}).apply(session)
        return SetFields(self.entity, "name", {"text": self.name}).apply(session)


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Copy entities with all below them; references among the copies stay among them.

    `copies` gives the new ids of the entities named; what lies below them gets ids that follow from those.
    """

    entities: Sequence[str]
    copies: Sequence[str]

    def apply(self, session: Session) -> Command:
        """Spawn the copies; undone by despawning them."""
        world = session.world
        if len(self.entities) != len(self.copies):
            raise TaixuError("every entity to be copied takes one new id")
        roots = world.find_all(id_numbers(self.entities))
        if len(roots) >= WORTH_IT and roots.all() and are_distinct(roots) and not _are_nested(world, roots):
            parts = copied_parts(session, roots, id_numbers(self.copies))
            if parts is not None:
                return _respawned(list(parts))[0].apply(session)
        names: dict[int, int] = {}
        blocks: dict[str, Block] = {}
        for text, copy in zip(self.entities, self.copies):
            family = _with_descendants(world, np.array([session.entity(text)], np.uint64))
            for handle in family.tolist():
                if world.table(int(world.locate(handle)[0][0])).made:
                    continue
                number = world.stable_id(handle)
                names[number] = id_number(copy) if id_text(number) == text else child_id(id_number(copy), (number,))
                blocks[id_text(names[number])] = encode_entity(world, handle)
        blocks = {key: rename_references(session.components, block, names) for key, block in blocks.items()}
        return Spawn(blocks).apply(session)


@dataclass(frozen=True, slots=True)
class Select:
    """Select entities; the last is the active one. It changes no world, and is undone like what does."""

    entities: Sequence[str]

    def apply(self, session: Session) -> Command:
        """Select them; undone by what was selected before. Some may come only later in the same step."""
        before = session.current.selection
        session.current.selection = tuple(self.entities)
        return Select(before)


@dataclass(frozen=True, slots=True)
class WithSelection:
    """A command that may take away what is selected: undone, it is selected again."""

    command: Command

    def apply(self, session: Session) -> Command:
        """Do it; undone like the command itself."""
        before = session.current.selection
        inverse = self.command.apply(session)
        return Group((inverse, Select(before))) if session.drop_dead() else inverse


@dataclass(frozen=True, slots=True)
class Group:
    """Several commands as one: all or none."""

    commands: Sequence[Command]

    def apply(self, session: Session) -> Command:
        """Do them in order; undone backwards. When one raises, those before it are undone."""
        undo: list[Command] = []
        try:
            for command in self.commands:
                undo.append(command.apply(session))
        except BaseException:
            for command in reversed(undo):
                command.apply(session)
            raise
        return Group(tuple(reversed(undo)))


def _values(world: World, entity: int, cls: type, fields: Mapping[str, Any]) -> dict[str, Any]:
    """What fields hold now, defaults included, in the form of documents; as raw cell and translation for places."""
    declared = component_type(cls)
    encoded = encode_component(world, entity, cls)
    if cls is Transform and {"position", "translation", "cell"} & fields.keys():
        found = world.get(entity, Transform)
        place = {"cell": list(found.cell), "translation": list(found.translation)}
        rest = _values(world, entity, cls, {key: None for key in fields if key not in ("position", *place)})
        return {**rest, **place}
    before: dict[str, Any] = {}
    for name in fields:
        if name not in declared.by_name:
            raise TaixuError(f"{declared.name} has no field {name!r}; it has {', '.join(declared.by_name)}")
        fld = declared.by_name[name]
        default = list(fld.default) if isinstance(fld.default, tuple) else fld.default
        before[name] = encoded.get(name, id_text(0) if fld.kind.name == "entity" else default)
    return before


def _write(session: Session, entity: int, cls: type, fields: Mapping[str, Any], *, is_whole: bool = False) -> None:
    """Check fields in the form of documents, and write them."""
    world, declared = session.world, component_type(cls)
    if cls is Parent:
        _refuse_leaving(session, entity, str(fields.get("entity", "")))
    key = id_text(world.stable_id(entity))
    block: Block = {declared.name: dict(fields)}
    if cls is Transform and _has_parent(world, entity):
        block["parent"] = {"entity": id_text(world.stable_id(world.get(entity, Parent).entity))}
    findings = Findings()
    batch = decode_blocks({key: block}, session.components, migrations=Migrations(), findings=findings)[0]
    findings.refuse()
    if Kept in batch.columns:
        kept = batch.columns[Kept]
        unknown = [*kept["components"][0], *(name for names in kept["fields"][0].values() for name in names)]
        raise TaixuError(f"{declared.name} has no field {', '.join(unknown)}; it has {', '.join(declared.by_name)}")
    columns = batch.columns[cls]
    values = {name: column[..., 0] for name, column in columns.items() if (cls, name) not in batch.references}
    if is_whole:
        values = {fld.name: values.get(fld.name, fld.default) for fld in declared.fields}
        world.insert(entity, {cls: values})
    else:
        world.set(entity, cls, **values)
    for owner, name in batch.references:
        if owner is cls:
            connect(world, np.array([entity], np.uint64), cls, name, columns[name])


def _refuse_leaving(session: Session, entity: int, parent: str) -> None:
    """What a prefab or a model made hangs below somebody: a prefab cannot say otherwise of its parts."""
    world = session.world
    if world.place(entity)[0].made and not session.living((parent or id_text(0),)):
        text = id_text(world.stable_id(entity))
        raise TaixuError(f"entity {text} is a part of a prefab or a model, and stays below it; unpack the prefab first")


def _has_parent(world: World, entity: int) -> bool:
    return world.has(entity, Parent) and bool(world.alive(world.get(entity, Parent).entity)[0])


def _with_descendants(world: World, handles: Any) -> Any:
    hierarchy = world.resource(Hierarchy) if world.has_resource(Hierarchy) else Hierarchy()
    hierarchy.update(world)
    indices = indices_of(handles)
    below = hierarchy.descendants_of(indices)
    return world.living(world.entities_at(distinct(np.concatenate([indices, below]))))


def _are_nested(world: World, handles: Any) -> bool:
    """Whether one of the entities lies below another."""
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    indices = indices_of(handles)
    return bool(np.isin(indices, hierarchy.descendants_of(indices)).any())


def _entries_around(world: World, handles: Any) -> list[Command]:
    """Commands that bring back prefab children whose instance stays, by the entries that it has now."""
    owners: set[int] = set()
    for table in world.query(FromPrefab):
        owners.update(table.read(FromPrefab, "instance")[np.isin(table.entities, handles)].tolist())
    staying = sorted(owners - set(handles.tolist()))
    return [
        SetEntries(id_text(world.stable_id(owner)), world.get(owner, PrefabInstance)) for owner in staying
    ]


def _waiting_for(world: World, ids: Iterable[str]) -> list[Command]:
    """Commands that make those wait again who refer to entities that are not here yet."""
    wanted = frozenset(ids)
    return [
        SetFields(id_text(world.stable_id(entity)), component, {name: target})
        for table in world.query(Kept)
        for entity, references in zip(table.entities.tolist(), table.read(Kept, "references").tolist())
        for component, fields in references.items()
        for name, target in fields.items()
        if target in wanted
    ]


def _references_to(world: World, handles: Any) -> list[Command]:
    """Commands that set again what refers to some entities from outside of them."""
    found: list[Command] = []
    for table in world.tables:
        if not table.count or table.made:
            continue
        for declared in table.components:
            for fld in declared.fields if declared.authored else ():
                if fld.kind.name != "entity":
                    continue
                column = table.read(declared.cls, fld.name)
                rows = np.flatnonzero(np.isin(column, handles) & ~np.isin(table.entities, handles))
                owners = id_texts(world.stable_ids(table.entities[rows]))
                targets = id_texts(world.stable_ids(column[rows]))
                found += [
                    SetFields(owner, declared.name, {fld.name: target}) for owner, target in zip(owners, targets)
                ]
    return found
