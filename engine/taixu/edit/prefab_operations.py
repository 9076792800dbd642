"""Prefabs by hand: made of entities, taken apart, changed by an instance, or an instance made as they say again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from taixu.ecs import indices_of
from taixu.edit.commands import Command, Despawn, Group, Insert, Remove, RevertEntries, SetEntries, SetFields, Spawn
from taixu.edit.document import Document, format_document
from taixu.edit.encode import encode_entity
from taixu.edit.ids import id_text
from taixu.edit.operations import Operation
from taixu.edit.overrides import applied_document
from taixu.edit.prefab import FromPrefab, PrefabInstance, rename_references
from taixu.edit.prefab_world import PREFAB_SUFFIX
from taixu.edit.write_file import WriteFile
from taixu.errors import TaixuError
from taixu.scene import Hierarchy

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["PREFAB_OPERATIONS"]


@dataclass(frozen=True, slots=True)
class RevertParameters:
    """An instance, and what of it: everything, or a child (by path), a component, a field."""

    instance: str
    child: str | None = None
    component: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class InstanceParameters:
    """An instance."""

    instance: str


@dataclass(frozen=True, slots=True)
class UnpackParameters:
    """An instance, and the ids of what it is made of; fresh ones where none are named."""

    instance: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MakeParameters:
    """Of which entity (with all below it), and in which file of the project."""

    entity: str
    path: str


def _revert(session: Session, p: RevertParameters) -> Command:
    _instance(session, p.instance)
    return RevertEntries(p.instance, p.child, p.component, p.field)


def _children(session: Session, text: str) -> dict[int, int]:
    """Handles of what an instance made, by stable id, in their order."""
    world, entity = session.world, _instance(session, text)
    found: dict[int, int] = {}
    for table in world.query(FromPrefab):
        mine = table.entities[table.read(FromPrefab, "instance") == entity]
        found.update(zip(world.stable_ids(mine).tolist(), mine.tolist()))
    return dict(sorted(found.items()))


def _with_ids(session: Session, p: UnpackParameters) -> UnpackParameters:
    return p if p.ids else replace(p, ids=tuple(session.new_id() for _ in _children(session, p.instance)))


def _ids_of(session: Session, p: UnpackParameters) -> list[str]:
    return list(p.ids)


def _unpack(session: Session, p: UnpackParameters) -> Command:
    world, entity = session.world, _instance(session, p.instance)
    children = _children(session, p.instance)
    if len(p.ids) != len(children):
        raise TaixuError(f"Unpacking {len(children)} entities takes as many ids, not {len(p.ids)}.")
    names = {number: int(text, 16) for number, text in zip(children, p.ids)}
    blocks = {id_text(names[number]): encode_entity(world, handle) for number, handle in children.items()}
    blocks = {key: rename_references(session.components, block, names) for key, block in blocks.items()}
    before = world.get(entity, PrefabInstance)
    # Setting the entries first costs nothing, and makes undoing bring the children back. Who hangs below a part, or names
    # one, goes over to what is spawned for it before the part is gone.
    parts: list[Command] = [SetEntries(p.instance, before)]
    if blocks:
        parts += [Spawn(blocks), *_going_over(session, children, names)]
    return Group((*parts, Remove(p.instance, "prefab_instance")))


def _going_over(session: Session, children: dict[int, int], names: dict[int, int]) -> list[Command]:
    """Edits by which entities of the world name others in place of some children."""
    world = session.world
    handles = np.array(list(children.values()), np.uint64)
    texts = dict(zip(handles.tolist(), (id_text(names[number]) for number in children)))
    found: list[Command] = []
    for table in world.tables:
        if table.made or not len(table):
            continue
        for declared in table.components:
            for fld in declared.fields if declared.authored else ():
                if fld.kind.name != "entity":
                    continue
                column = table.read(declared.cls, fld.name)
                for row in np.flatnonzero(np.isin(column, handles)).tolist():
                    guest = id_text(int(world.stable_id(int(table.entities[row]))))
                    found.append(SetFields(guest, declared.name, {fld.name: texts[int(column[row])]}))
    return found


def _apply(session: Session, p: InstanceParameters) -> Command | None:
    source, document = applied_document(session.world, _instance(session, p.instance))
    data = format_document(document).encode()
    if data == session.project.read_asset(source):
        return None
    placed = SetEntries(p.instance, PrefabInstance(source=source))
    return Group((WriteFile(source, data), placed))


def _make(session: Session, p: MakeParameters) -> Command:
    path = p.path if p.path.endswith(PREFAB_SUFFIX) else p.path + PREFAB_SUFFIX
    world, entity, file = session.world, session.entity(p.entity), session.project.file(path)
    if world.place(entity)[0].made:
        raise TaixuError("What a model or a prefab made cannot become a prefab of its own; choose what stands above it.")
    if session.current.root == p.entity:
        raise TaixuError("This is the root of a prefab already; choose what hangs below it.")
    if file.exists():
        raise TaixuError(f"{path} is there already; give the prefab another name.")
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    below = world.living(world.entities_at(hierarchy.descendants_of(indices_of(np.array([entity], np.uint64)))))
    authored = [handle for handle in below.tolist() if not world.place(handle)[0].made]
    blocks = {id_text(world.stable_id(handle)): encode_entity(world, handle) for handle in authored}
    root = {name: fields for name, fields in encode_entity(world, entity).items() if name not in ("transform", "parent", "locked")}
    document = Document("prefab", {p.entity: root, **blocks}, root=p.entity)
    steps: list[Command] = [WriteFile(path, format_document(document).encode())]
    steps += [Despawn(tuple(blocks), with_children=True)] if blocks else []
    if world.has(entity, PrefabInstance):
        # What it had besides its former prefab is given by the new one, and goes with that; what is undone last brings it back.
        steps += [Insert(p.entity, name, fields) for name, fields in root.items() if name != "prefab_instance"]
    else:
        steps.append(Insert(p.entity, "prefab_instance", {"source": path}))
    steps.append(SetEntries(p.entity, PrefabInstance(source=path)))
    return Group(tuple(steps))


def _instance(session: Session, text: str) -> int:
    entity = session.entity(text)
    if not session.world.has(entity, PrefabInstance):
        raise TaixuError(f"entity {text} is no instance of a prefab")
    return entity


PREFAB_OPERATIONS = (
    Operation("prefab.revert", "Revert to prefab", plan=_revert, parameters=RevertParameters,
              doc="Makes an instance, or a child, a component or a field of it, as its prefab says."),
    Operation("prefab.apply", "Apply to prefab", plan=_apply, parameters=InstanceParameters, touches_files=True,
              doc="Writes what is different in an instance into its prefab's file; all instances follow."),
    Operation("prefab.make", "Make prefab", plan=_make, parameters=MakeParameters, touches_files=True,
              doc="Writes an entity with all below it into a file, and places that in its stead."),
    Operation("prefab.unpack", "Unpack prefab", plan=_unpack, parameters=UnpackParameters, settle=_with_ids, gives=_ids_of,
              doc="Makes plain entities of an instance; gives their ids."),
)  # fmt: skip
