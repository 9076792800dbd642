"""What is different in a prefab's instance: recorded by comparing it with a fresh one, reverted, or given back."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, component_type
from taixu.edit.document import VERSION_KEY, Block, Document
from taixu.edit.encode import encode_entities
from taixu.edit.ids import id_text
from taixu.edit.instancing import entries_at, instantiate, is_stale, made_of
from taixu.edit.prefab import (
    OWN_COMPONENTS,
    ChildPath,
    Entries,
    ExpandedPrefab,
    FromPrefab,
    PrefabInstance,
    PrefabLibrary,
    PrefabRoot,
    path_of,
    path_text,
    rename_references,
)
from taixu.errors import TaixuError
from taixu.math.integers import distinct
from taixu.scene import Transform

__all__ = ["applied_document", "apply_to_prefab", "record_overrides", "revert_overrides", "touched_instances"]

Handles = NDArray[np.uint64]


def record_overrides(world: World, instances: Handles | None = None) -> None:
    """Bring the entries of instances (all by default) in line with how their entities are now.

    Instances that were not made yet, or whose prefab is missing, keep the entries that they have.
    """
    if not world.has_resource(PrefabLibrary):
        return
    made = world.query(PrefabInstance, PrefabRoot).entities
    chosen = made if instances is None else np.intersect1d(made, instances)
    chosen = np.array([entity for entity in chosen.tolist() if not is_stale(world, entity)], np.uint64)
    if not len(chosen):
        return
    actual, fresh = _blocks_of(world, chosen), _fresh_blocks(world, chosen)
    for entity in chosen.tolist():
        if entity not in fresh or entity not in actual:
            continue
        entries = _difference(world, entity, actual[entity], fresh[entity])
        if entries != entries_at(world, entity):
            world.set(entity, PrefabInstance, overrides=entries.overrides, added=entries.added, removed=entries.removed)
            world.set(entity, PrefabRoot, made=made_of(world, entity))
        names = sorted(actual[entity][()])
        if names != world.get(entity, PrefabRoot).names:  # one of them was removed, or put back by hand
            world.set(entity, PrefabRoot, names=names)


def touched_instances(world: World, since: int) -> Handles:
    """Instances of which any entity may have changed after a tick."""
    structure = world.structure.since(since)
    if structure is None or len(structure.despawned):  # a child may be gone, and says no more whose it was
        return world.query(PrefabInstance).entities
    found = [np.empty(0, np.uint64)]
    for kind in (PrefabInstance, FromPrefab):
        for table in world.query(kind):
            rows = table.changed([cls for cls in table.types if component_type(cls).authored], since=since)
            column = table.entities if kind is PrefabInstance else table.read(FromPrefab, "instance")
            found.append(column[rows])
    return distinct(np.concatenate(found))


def revert_overrides(
    world: World, instance: int, *, child: str | None = None, component: str | None = None, field: str | None = None,
) -> None:
    """Make an instance as its prefab says: all of it, or one child (by path), component or field of it."""
    record_overrides(world, np.array([instance], np.uint64))
    found = entries_at(world, instance)

    def stays(item: dict[str, Any]) -> bool:
        wanted = {"child": child, "component": component, "field": field}
        return any(value is not None and item.get(key, "") != value for key, value in wanted.items())

    world.set(
        instance, PrefabInstance, overrides=list(filter(stays, found.overrides)),
        added=list(filter(stays, found.added)), removed=list(filter(stays, found.removed)),
    )
    instantiate(world, np.array([instance], np.uint64))


def applied_document(world: World, instance: int) -> tuple[str, Document]:
    """What an instance's prefab would be with what is different in the instance; nothing but the record of that changes.

    Returns
    -------
    source, document
        The prefab's path and that document.

    Raises
    ------
    TaixuError
        When the prefab cannot be read.
    """
    record_overrides(world, np.array([instance], np.uint64))
    source = world.get(instance, PrefabInstance).source
    entries = entries_at(world, instance)
    document = copy.deepcopy(world.resource(PrefabLibrary).document(source))
    for kind in ("removed", "added", "overrides"):
        for item in getattr(entries, kind):
            _apply(document, kind, copy.deepcopy(item))
    return source, document


def apply_to_prefab(world: World, instance: int) -> tuple[str, Document]:
    """Make what is different in an instance part of its prefab; other instances follow.

    Returns
    -------
    source, document
        The prefab's path and its new document, for the caller to write.

    Raises
    ------
    TaixuError
        When the prefab cannot be read.
    """
    library = world.resource(PrefabLibrary)
    everybody = world.query(PrefabInstance, PrefabRoot).entities
    record_overrides(world)
    source, document = applied_document(world, instance)
    library.put(source, document)
    world.set(instance, PrefabInstance, overrides=[], added=[], removed=[])
    problems = instantiate(world, everybody)
    if source in problems:
        raise TaixuError(problems[source])
    return source, document


def _blocks_of(world: World, instances: Handles) -> dict[int, dict[ChildPath, Block]]:
    """Blocks of the instances' entities, by instance and child path; references within an instance are local ids."""
    library = world.resource(PrefabLibrary)
    found: dict[int, dict[ChildPath, Block]] = {entity: {} for entity in instances.tolist()}
    names: dict[int, dict[int, int]] = {}
    prefabs: dict[int, ExpandedPrefab] = {}
    for entity in instances.tolist():
        try:
            prefabs[entity] = library.expand(world.get(entity, PrefabInstance).source)
        except TaixuError:
            del found[entity]
            continue
        names[entity] = {world.stable_id(entity): prefabs[entity].ids[()]}
    for table in world.query(PrefabInstance, PrefabRoot):
        rows = np.flatnonzero(np.isin(table.entities, np.array(list(found), np.uint64)))
        known = table.take(PrefabRoot, "names", rows)
        for row, shared, block in zip(rows, known, encode_entities(world, table, rows).values()):
            entity = int(table.entities[row])
            common = {*shared, *prefabs[entity].blocks[()]}.difference(OWN_COMPONENTS)
            found[entity][()] = {name: fields for name, fields in block.items() if name in common}
    for table in world.query(FromPrefab):
        owners = table.read(FromPrefab, "instance")
        rows = np.flatnonzero(np.isin(owners, np.array(list(found), np.uint64)))
        paths = table.take(FromPrefab, "path", rows)
        for row, path, (key, block) in zip(rows, paths, encode_entities(world, table, rows).items()):
            owner = int(owners[row])
            found[owner][path_of(path)] = block
            names[owner][int(key, 16)] = prefabs[owner].ids.get(path_of(path), 0)
    return {
        entity: {path: rename_references(library.components, block, names[entity]) for path, block in blocks.items()}
        for entity, blocks in found.items()
    }


def _fresh_blocks(world: World, instances: Handles) -> dict[int, dict[ChildPath, Block]]:
    """The same of instances without entries, made in a world of their own under the same ids."""
    scratch = World()
    scratch.insert_resource(world.resource(PrefabLibrary))
    sources = world.gather(instances, PrefabInstance, "source")
    copies = scratch.spawn_batch(
        len(instances), {Transform: {}, PrefabInstance: {"source": sources}}, stable_ids=world.stable_ids(instances)
    )
    instantiate(scratch, copies)
    made = scratch.query(PrefabInstance, PrefabRoot).entities
    blocks = _blocks_of(scratch, made)
    return {
        entity: blocks[twin] for entity, twin in zip(instances.tolist(), copies.tolist()) if twin in blocks
    }


def _difference(world: World, instance: int, actual: dict[ChildPath, Block], fresh: dict[ChildPath, Block]) -> Entries:
    entries = Entries([], [], [])
    for path in sorted(fresh):
        child = path_text(path)
        if path not in actual:
            entries.removed.append({"child": child})
            continue
        for name in sorted(actual[path].keys() | fresh[path].keys()):
            is_there, was_there = name in actual[path], name in fresh[path]
            if is_there and was_there:
                entries.overrides.extend(
                    {"child": child, "component": name, "field": key, "value": value}
                    for key, value in _changed(world, name, actual[path][name], fresh[path][name])
                )
            elif was_there:
                entries.removed.append({"child": child, "component": name})
            else:
                entries.added.append({"child": child, "component": name, "fields": actual[path][name]})
    return entries


def _changed(world: World, name: str, now: dict[str, Any], before: dict[str, Any]) -> list[tuple[str, Any]]:
    declared = world.resource(PrefabLibrary).components.find(name)
    changed = []
    for key in sorted(now.keys() | before.keys()):
        if now.get(key) != before.get(key) and key != VERSION_KEY:
            default = None if declared is None else declared.by_name[key].default
            if isinstance(default, tuple):
                default = list(default)
            if declared is not None and declared.by_name[key].kind.name == "entity":
                default = id_text(0)
            changed.append((key, now.get(key, default)))
    return changed


def _apply(document: Document, kind: str, item: dict[str, Any]) -> None:
    """Write one entry into the document, or, for a child of a prefab inside it, into that instance's entries."""
    path, name = path_of(item["child"]), item.get("component", "")
    key = id_text(path[0]) if path else document.root
    block = document.entities.get(key)
    rest = path[1:]
    if block is None and "prefab_instance" in document.entities[document.root]:
        block, rest = document.entities[document.root], path  # the root itself places a prefab
    if block is None:
        return
    if rest or ("prefab_instance" in block and name not in block and kind != "added"):
        placed = block.setdefault("prefab_instance", {})
        entry = {**item, "child": path_text(rest)}
        same = {"child", "component", "field"}
        kept = [old for old in placed.get(kind, []) if any(old.get(part) != entry.get(part) for part in same)]
        placed[kind] = [*kept, entry]
    elif kind == "removed" and not name:
        del document.entities[key]
    elif kind == "removed":
        block.pop(name, None)
    elif kind == "added":
        block[name] = item["fields"]
    else:
        block.setdefault(name, {})[item["field"]] = item["value"]
