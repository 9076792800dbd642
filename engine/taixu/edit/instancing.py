"""Prefab instances become entities: all instances of a prefab at once, a spawn for each child of the prefab."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, World, component_type
from taixu.edit.decode import Batch, connect, decode_blocks
from taixu.edit.document import Block
from taixu.edit.findings import Findings
from taixu.edit.ids import child_ids, id_text
from taixu.edit.prefab import (
    OWN_COMPONENTS,
    ChildPath,
    Entries,
    FromPrefab,
    PrefabInstance,
    PrefabLibrary,
    PrefabRoot,
    apply_entries,
    entries_of,
    path_text,
)
from taixu.errors import TaixuError
from taixu.scene import Name, Transform

__all__ = ["InstanceState", "entries_at", "instantiate", "is_stale", "made_of", "make_prefabs", "spawn_prefab"]

_LOG = logging.getLogger("taixu.edit")

Handles = NDArray[np.uint64]


@dataclass(slots=True)
class InstanceState:
    """What `make_prefabs` remembers (a resource)."""

    tick: int = -1
    problems: dict[str, str] = field(default_factory=dict)
    """Why a prefab could not be placed, by its path."""

    def fork(self, world: World) -> InstanceState:
        # A fork is made with its instances in place.
        return InstanceState(tick=world.tick)


def make_prefabs(world: World) -> None:
    """Make new and changed instances, and those whose prefab changed; drop the children of those that went (a system).

    A prefab that cannot be read is said once, and its instances stay empty.
    """
    library, state = world.resource(PrefabLibrary), world.resource(InstanceState)
    since = state.tick
    reloaded = library.take_changed()
    structure = world.structure.since(since) if since >= 0 else None
    found: list[Handles] = []
    for table in world.query(PrefabInstance):
        rows = table.changed((PrefabInstance,), since=since)
        handles = np.array([x for x in table.entities[rows].tolist() if is_stale(world, x)], np.uint64)
        if reloaded:
            sources = table.read(PrefabInstance, "source")
            again = np.flatnonzero([source in reloaded for source in sources])
            handles = np.union1d(handles, table.entities[again])
        if len(handles):
            found.append(handles)
    if structure is None or len(structure.despawned) or len(structure.moved):
        _drop_orphans(world)
    if found:
        for source, problem in instantiate(world, np.concatenate(found)).items():
            if state.problems.get(source) != problem:
                _LOG.warning("prefab %s: %s", source, problem)
            state.problems[source] = problem
    # Up to here everything was seen, or written by this system itself.
    state.tick = world.tick
    world.advance()


def is_stale(world: World, instance: int) -> bool:
    """Whether an instance was not made yet, or its source or entries are others than those it was made of."""
    return not world.has(instance, PrefabRoot) or world.get(instance, PrefabRoot).made != made_of(world, instance)


def made_of(world: World, instance: int) -> list[Any]:
    """Source and entries of an instance, as `PrefabRoot` remembers them."""
    found = world.get(instance, PrefabInstance)
    return [found.source, found.overrides, found.added, found.removed]


def spawn_prefab(world: World, source: str, *, stable_id: int | None = None) -> int:
    """Place a prefab in the world and give the instance's handle.

    Raises
    ------
    TaixuError
        When the prefab cannot be read.
    """
    world.resource(PrefabLibrary).expand(source)
    entity = world.spawn(Transform(), PrefabInstance(source=source), stable_id=stable_id)
    instantiate(world, np.array([entity], np.uint64))
    return entity


def instantiate(world: World, instances: Handles) -> dict[str, str]:
    """Make the children of instances, or bring those that stand up to date, keeping their handles.

    Returns
    -------
    dict
        Sources that could not be read, each with the reason.
    """
    library = world.resource(PrefabLibrary)
    problems: dict[str, str] = {}
    for source, entries, handles in _alike(world, instances):
        try:
            try:
                expanded = library.expand(source)
            except TaixuError as error:
                problems[source] = str(error)
                latest = library.latest(source)
                if latest is None:
                    continue
                expanded = latest
            blocks = apply_entries(expanded.blocks, entries) if entries else expanded.blocks
            findings = Findings(source)
            templates = {path: _template(library, block, path, findings) for path, block in blocks.items()}
            findings.refuse()
        except TaixuError as error:
            problems[source] = str(error)
            continue
        _place(world, handles, templates, {expanded.ids[path]: path for path in blocks})
    return problems


def _alike(world: World, instances: Handles) -> Iterable[tuple[str, Entries, Handles]]:
    """Instances that can be made at once: those of one source without entries; the others one by one."""
    together: dict[str, list[int]] = {}
    for entity in instances.tolist():
        found = world.get(entity, PrefabInstance)
        if found.overrides or found.added or found.removed:
            yield found.source, entries_at(world, entity), np.array([entity], np.uint64)
        elif found.source:
            together.setdefault(found.source, []).append(entity)
    for source, entities in together.items():
        yield source, Entries([], [], []), np.array(entities, np.uint64)


def entries_at(world: World, entity: int) -> Entries:
    """The entries of an instance, in form checked."""
    found = world.get(entity, PrefabInstance)
    return entries_of({"overrides": found.overrides, "added": found.added, "removed": found.removed})


def _template(library: PrefabLibrary, block: Block, path: ChildPath, findings: Findings) -> Batch:
    """One entity's components as columns of one row."""
    if not path:
        block = {name: fields for name, fields in block.items() if name not in OWN_COMPONENTS or name == "name"}
    key = id_text(path[-1] if path else 1)
    return decode_blocks({key: block}, library.components, migrations=library.migrations, findings=findings)[0]


def _place(world: World, instances: Handles, templates: dict[ChildPath, Batch], locals_: dict[int, ChildPath]) -> None:
    stable = world.stable_ids(instances)
    handles: dict[ChildPath, Handles] = {}
    standing = _children(world, instances)
    for path, template in templates.items():
        columns = _columns(template)
        if not path:
            handles[path] = instances
            _fill_root(world, instances, columns)
            continue
        ids = stable
        for number in path:
            ids = child_ids(ids, number)
        marked = {**columns, FromPrefab: {"instance": instances, "path": path_text(path)}}
        handles[path] = _spawn_or_update(world, ids, marked)
    for path, template in templates.items():
        for cls, name in template.references:
            target = int(template.columns[cls][name][0])
            if locals_.get(target) in handles:
                world.scatter(handles[path], cls, name, handles[locals_[target]])
            else:  # somebody outside of the prefab
                connect(world, handles[path], cls, name, np.full(len(instances), target, np.uint64))
    made = np.concatenate([entities for path, entities in handles.items() if path] or [np.empty(0, np.uint64)])
    world.despawn(np.setdiff1d(standing, made))


def _columns(template: Batch) -> dict[type, dict[str, Any]]:
    """Each field as one value for all."""
    return {
        cls: {
            name: values[..., 0] for name, values in fields.items() if (cls, name) not in template.references
        }
        for cls, fields in template.columns.items()
    }


def _children(world: World, instances: Handles) -> Handles:
    found = [
        table.entities[np.isin(table.read(FromPrefab, "instance"), instances)] for table in world.query(FromPrefab)
    ]
    return np.concatenate(found) if found else np.empty(0, np.uint64)


def _spawn_or_update(world: World, ids: Handles, columns: dict[type, dict[str, Any]]) -> Handles:
    known = [world.find(number) for number in ids.tolist()]
    handles = np.array([handle or 0 for handle in known], np.uint64)
    new = handles == 0
    if new.any():
        fresh = {cls: {name: _rows(cls, name, value, new) for name, value in fields.items()}
                 for cls, fields in columns.items()}
        handles[new] = world.spawn_batch(int(new.sum()), fresh, stable_ids=ids[new])
    if not new.all():
        there = ~new
        for handle in handles[there].tolist():
            gone = [cls for cls in world.types_of(handle) if _comes_from_prefab(cls) and cls not in columns]
            if gone:
                world.remove(handle, *gone)
        again = {cls: {name: _rows(cls, name, value, there) for name, value in _whole(cls, fields).items()}
                 for cls, fields in columns.items()}
        world.insert(handles[there], again)
    return handles


def _comes_from_prefab(cls: type) -> bool:
    return component_type(cls).authored


def _whole(cls: type, fields: dict[str, Any]) -> dict[str, Any]:
    """All fields of a component, so that what an entity had before does not stay; references are connected later."""
    declared: ComponentType = component_type(cls)
    return {fld.name: fields.get(fld.name, fld.default) for fld in declared.fields if fld.kind.name != "entity"} | {
        name: value for name, value in fields.items() if declared.by_name[name].kind.name == "entity"
    }


def _rows(cls: type, name: str, value: Any, chosen: NDArray[np.bool_]) -> Any:
    """A value for all, or those rows of a column that were chosen."""
    is_column = component_type(cls).by_name[name].kind.width == 1 and isinstance(value, np.ndarray) and value.ndim == 1
    return value[chosen] if is_column else value


def _fill_root(world: World, instances: Handles, columns: dict[type, dict[str, Any]]) -> None:
    """Give instances the root's components; those that they had of their own at first stay as they were."""
    for entity in instances.tolist():
        before = list(world.get(entity, PrefabRoot).names) if world.has(entity, PrefabRoot) else None
        has = {component_type(cls).name: cls for cls in world.types_of(entity)}
        wanted = {component_type(cls).name: cls for cls in columns}
        gone = [has[name] for name in before or () if name in has and name not in wanted]
        if gone:
            world.remove(entity, *gone)
        for name, cls in wanted.items():
            if name not in has or (before is not None and name in before and cls is not Name):
                world.insert(entity, {cls: _whole(cls, columns[cls])})
        names = [name for name in sorted(wanted) if name not in OWN_COMPONENTS]
        world.insert(entity, PrefabRoot(names=names, made=made_of(world, entity)))


def _drop_orphans(world: World) -> None:
    """Despawn children whose instance is no more, or is none any more; forget what such a one was made of."""
    for entity in world.query(PrefabRoot, without=(PrefabInstance,)).entities.tolist():
        world.remove(entity, PrefabRoot)
    gone: list[Handles] = []
    for table in world.query(FromPrefab):
        owners = table.read(FromPrefab, "instance")
        living = world.alive(owners)
        fine = np.zeros(len(owners), bool)
        tables, _ = world.locate(owners[living])
        fine[living] = [PrefabInstance in world.table(number).types for number in tables.tolist()]
        if not fine.all():
            gone.append(table.entities[~fine])
    for handles in gone:
        world.despawn(handles)
