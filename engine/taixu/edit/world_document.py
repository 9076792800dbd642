"""Worlds to documents and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import Field, Table, World, component_type
from taixu.edit.columns import ColumnGroup, group_of
from taixu.edit.decode import Batch, decode_blocks, spawn_batches
from taixu.edit.document import VERSION_KEY, Block, Document
from taixu.edit.encode import encode_entities
from taixu.edit.findings import Findings
from taixu.edit.ids import id_texts
from taixu.edit.instancing import InstanceState, instantiate
from taixu.edit.kept import Kept, resolve_references
from taixu.edit.loops import looping_parents, note_loops
from taixu.edit.migrations import Migrations
from taixu.edit.overrides import record_overrides
from taixu.edit.prefab import OWN_COMPONENTS, PrefabInstance, PrefabLibrary, PrefabRoot
from taixu.edit.settings import WorldSettings
from taixu.edit.values import json_from_column, value_doubts
from taixu.scene import Parent

__all__ = ["COLUMNS_ABOVE", "WorldParts", "blocks_of", "document_of", "fill_world"]

COLUMNS_ABOVE = 4096
"""So many entities with the same components, and they go into a column file."""

HashAsset = Callable[[str], "str | None"]
ResolveAsset = Callable[[str, str], "str | None"]


@dataclass(slots=True)
class WorldParts:
    """A world as it is written: the text's document, and what goes into the column file beside it."""

    document: Document
    groups: list[ColumnGroup] = field(default_factory=list)


def document_of(
    world: World, *, hash_asset: HashAsset | None = None, columns_above: int = COLUMNS_ABOVE
) -> WorldParts:
    """The document of a world. What is different in prefab instances is recorded in the world first.

    Parameters
    ----------
    hash_asset
        Gives the SHA-256 of an asset by its path, or None where there is no file; hashes known before are kept.
    columns_above
        Entities with the same components go into columns when there are more than this.

    Raises
    ------
    TaixuError
        When a value cannot be saved; it names entity and field.
    """
    record_overrides(world)
    parts = WorldParts(Document("world"))
    blocks: dict[str, Block] = {}
    assets: set[str] = set()
    for table in world.tables:
        if not table.count or table.made:
            continue
        if table.count > columns_above and not table.types & {Kept, PrefabInstance}:
            parts.groups.append(group_of(world, table))
            assets.update(_asset_values(parts.groups[-1]))
            continue
        blocks.update(_encoded(world, table, np.arange(table.count), assets))
    parts.groups.sort(key=lambda group: int(group.ids[0]))
    document = parts.document
    document.entities = {key: blocks[key] for key in sorted(blocks)}
    if world.has_resource(WorldSettings):
        settings = world.resource(WorldSettings)
        document.settings, document.other = dict(settings.values), dict(settings.other)
        if settings.asset_hashes:
            assets.update(_texts_in(document.entities))
        known = settings.asset_hashes
    else:
        known = {}
    for path in sorted(assets - {""}):
        found = (hash_asset(path) if hash_asset is not None else None) or known.get(path)
        if found is not None:
            document.assets[path] = found
    return parts


def blocks_of(world: World, entities: NDArray[np.uint64]) -> dict[str, Block]:
    """What a document would say of some entities, sorted by id; those that systems made stand in none."""
    found: dict[str, Block] = {}
    tables, rows = world.locate(entities)
    for number in np.unique(tables).tolist():
        table = world.table(number)
        if not table.made:
            found.update(_encoded(world, table, rows[tables == number].astype(np.intp), None))
    return {key: found[key] for key in sorted(found)}


def _encoded(world: World, table: Table, rows: NDArray[np.intp], assets: set[str] | None) -> dict[str, Block]:
    encoded = encode_entities(world, table, rows, assets=assets)
    if PrefabRoot in table.types:
        for names, block in zip(table.take(PrefabRoot, "names", rows), encoded.values()):
            _leave_out_shared(names, block)
    return encoded


def fill_world(
    world: World, parts: WorldParts, components: Components, *, migrations: Migrations | None = None,
    resolve_asset: ResolveAsset | None = None, findings: Findings | None = None,
) -> Findings:
    """Spawn what a document says, with prefabs in place where the world has a `PrefabLibrary`.

    An empty world takes the document's settings; one with entities adds them to its own.

    Parameters
    ----------
    resolve_asset
        Gives the present path of an asset by its path and SHA-256, or None where it is nowhere.

    Returns
    -------
    Findings
        Doubts: what was kept although nobody knows it, values out of range, assets that were moved.

    Raises
    ------
    TaixuError
        When something is wrong; then the world is as it was.
    """
    findings = findings or Findings()
    migrations = migrations or Migrations()
    document = parts.document
    moved = _moved_assets(document, resolve_asset, findings)
    batches = decode_blocks(document.entities, components, migrations=migrations, findings=findings)
    for group in parts.groups:
        batches += _batches_of(group, components, migrations, findings)
    _refuse_doubles(batches, findings)
    findings.refuse()
    for batch in batches:
        _rename_assets(batch, moved)
    note_loops(_looping_parents(batches), findings)
    was_filled = len(world) > 0
    spawn_batches(world, batches)
    if not world.has_resource(WorldSettings):
        world.insert_resource(WorldSettings())
    settings = world.resource(WorldSettings)
    if not was_filled:  # what another world said that stood here before is no longer true
        settings.load_state(WorldSettings().save_state())
    settings.values.update(document.settings)
    settings.other.update(document.other)
    settings.asset_hashes.update({moved.get(path, path): known for path, known in document.assets.items()})
    if world.has_resource(PrefabLibrary):
        for source, problem in instantiate(world, world.query(PrefabInstance).entities).items():
            findings.warning("", f"the prefab {source!r} cannot be placed: {problem}")
            if world.has_resource(InstanceState):  # which would say it again
                world.resource(InstanceState).problems[source] = problem
    resolve_references(world)
    return findings


def _looping_parents(batches: list[Batch]) -> dict[str, str]:
    with_parent = [batch for batch in batches if "entity" in batch.columns.get(Parent, {})]
    if not with_parent:
        return {}
    ids = np.concatenate([batch.ids for batch in with_parent])
    parents = np.concatenate([batch.columns[Parent]["entity"] for batch in with_parent])
    return looping_parents(ids, parents.astype(np.uint64))


def _leave_out_shared(names: list[str], block: Block) -> None:
    """Components that an instance has from its prefab's root are the prefab's to say."""
    for name in names:
        if name not in OWN_COMPONENTS:
            block.pop(name, None)


def _asset_values(group: ColumnGroup) -> Iterator[str]:
    for part in group.components.values():
        for kind, values in part.fields.values():
            if kind.name == "asset":
                yield from values


def _texts_in(value: Any) -> Iterator[str]:
    """All texts in a value: any may be a path that data, or an unknown component, refers to."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)


def _moved_assets(document: Document, resolve: ResolveAsset | None, findings: Findings) -> dict[str, str]:
    moved: dict[str, str] = {}
    for path, known in document.assets.items() if resolve is not None else ():
        found = resolve(path, known) if resolve is not None else None
        if found is None:
            findings.warning(f"assets.{path:.80}", "is nowhere in the project; put the file back, or choose another")
        elif found != path:
            findings.add("info", f"assets.{path:.80}", f"was moved to {found}; save the world to remember that")
            moved[path] = found
    return moved


def _rename_assets(batch: Batch, moved: dict[str, str]) -> None:
    if not moved:
        return
    for cls, fields in batch.columns.items():
        for name, values in fields.items():
            if component_type(cls).by_name[name].kind.name == "asset":
                values[:] = [moved.get(path, path) for path in values]


def _refuse_doubles(batches: list[Batch], findings: Findings) -> None:
    ids = np.concatenate([batch.ids for batch in batches]) if batches else np.empty(0, np.uint64)
    unique, counts = np.unique(ids, return_counts=True)
    for text in id_texts(unique[counts > 1])[:10]:
        findings.error(f"entities.{text}", "stands in the column file too; keep one of them")


def _batches_of(
    group: ColumnGroup, components: Components, migrations: Migrations, findings: Findings
) -> list[Batch]:
    """Arrays as they are where this world knows them so; else entity by entity, as blocks."""
    batch = Batch(group.ids, {})
    for name, part in group.components.items():
        declared = components.find(name)
        same = declared is not None and declared.authored and declared.version == part.version
        if declared is None or not same or any(
            key not in declared.by_name or declared.by_name[key].kind != kind for key, (kind, _) in part.fields.items()
        ):
            blocks = _blocks_of(group)
            return decode_blocks(blocks, components, migrations=migrations, findings=findings)
        batch.columns[declared.cls] = {key: values for key, (_, values) in part.fields.items()}
        for key, (kind, values) in part.fields.items():
            if kind.name == "entity":
                batch.references.append((declared.cls, key))
            for row, message in value_doubts(declared.by_name[key], values)[:10]:
                findings.warning(f"entities.{id_texts(group.ids[row : row + 1])[0]}.{name}.{key}", message)
    return [batch]


def _blocks_of(group: ColumnGroup) -> dict[str, Block]:
    keys = id_texts(group.ids)
    blocks: dict[str, Block] = {key: {} for key in keys}
    scratch = World()
    for name, part in group.components.items():
        for key in keys:
            blocks[key][name] = {} if part.version == 1 else {VERSION_KEY: part.version}
        for field_name, (kind, values) in part.fields.items():
            if kind.name == "entity":
                rows: list[Any] = list(id_texts(values))
            else:
                rows = json_from_column(scratch, Field(field_name, kind, None), values)
            for key, value in zip(keys, rows):
                blocks[key][name][field_name] = value
    return blocks
