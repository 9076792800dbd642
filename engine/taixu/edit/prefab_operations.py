"""Prefabs by hand: made of entities, taken apart, changed by an instance, or an instance made as they say again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import indices_of
from taixu.edit.commands import Command, Despawn, Group, Insert, Remove, RevertEntries, SetEntries, Spawn
from taixu.edit.document import Document
from taixu.edit.encode import encode_entity
from taixu.edit.ids import id_text
from taixu.edit.operations import Operation
from taixu.edit.prefab import FromPrefab, PrefabInstance, PrefabLibrary, rename_references
from taixu.edit.world_file import save_document
from taixu.errors import TaixuError
from taixu.scene import Hierarchy

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["PREFAB_OPERATIONS"]

_SUFFIX = ".prefab.json"


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


def _unpack(session: Session, p: UnpackParameters) -> Command:
    world, entity = session.world, _instance(session, p.instance)
    children = _children(session, p.instance)
    if len(p.ids) != len(children):
        raise TaixuError(f"Unpacking {len(children)} entities takes as many ids, not {len(p.ids)}.")
    names = {number: int(text, 16) for number, text in zip(children, p.ids)}
    blocks = {id_text(names[number]): encode_entity(world, handle) for number, handle in children.items()}
    blocks = {key: rename_references(session.components, block, names) for key, block in blocks.items()}
    before = world.get(entity, PrefabInstance)
    # Setting the entries first costs nothing, and makes undoing bring the children back.
    parts: list[Command] = [SetEntries(p.instance, before), Remove(p.instance, "prefab_instance")]
    return Group((*parts, Spawn(blocks)) if blocks else tuple(parts))


def _apply(host: Any, p: InstanceParameters) -> str:
    session: Session = host.session
    _instance(session, p.instance)
    return str(session.apply_to_prefab(p.instance))


def _make(host: Any, p: MakeParameters) -> str:
    session: Session = host.session
    path = p.path if p.path.endswith(_SUFFIX) else p.path + _SUFFIX
    world, entity, file = session.world, session.entity(p.entity), session.project.file(path)
    if world.place(entity)[0].made:
        raise TaixuError("What a model or a prefab made cannot become a prefab of its own; choose what stands above it.")
    if file.exists():
        raise TaixuError(f"{path} is there already; give the prefab another name.")
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    below = world.living(world.entities_at(hierarchy.descendants_of(indices_of(np.array([entity], np.uint64)))))
    authored = [handle for handle in below.tolist() if not world.place(handle)[0].made]
    blocks = {id_text(world.stable_id(handle)): encode_entity(world, handle) for handle in authored}
    root = {name: fields for name, fields in encode_entity(world, entity).items() if name not in ("transform", "parent", "locked")}
    file.parent.mkdir(parents=True, exist_ok=True)
    save_document(file, Document("prefab", {p.entity: root, **blocks}, root=p.entity))
    for entry in session.worlds:
        if entry.app.world.has_resource(PrefabLibrary):
            entry.app.world.resource(PrefabLibrary).forget(path)
    placed = PrefabInstance(source=path)
    steps: list[Command] = [Despawn(tuple(blocks), with_children=True)] if blocks else []
    steps += [Insert(p.entity, "prefab_instance", {"source": path}), SetEntries(p.entity, placed)]
    session.do(Group(tuple(steps)), label="Make prefab")
    return path


def _instance(session: Session, text: str) -> int:
    entity = session.entity(text)
    if not session.world.has(entity, PrefabInstance):
        raise TaixuError(f"entity {text} is no instance of a prefab")
    return entity


PREFAB_OPERATIONS = (
    Operation("prefab.revert", "Revert to prefab", plan=_revert, parameters=RevertParameters),
    Operation("prefab.apply", "Apply to prefab", run=_apply, parameters=InstanceParameters,
              doc="Writes what is different in an instance into its prefab's file; all instances follow."),
    Operation("prefab.make", "Make prefab", run=_make, parameters=MakeParameters,
              doc="Writes an entity with all below it into a file, and places that in its stead."),
    Operation("prefab.unpack", "Unpack prefab", plan=_unpack, parameters=UnpackParameters, settle=_with_ids,
              doc="Makes plain entities of an instance."),
)  # fmt: skip
