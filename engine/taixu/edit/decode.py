"""Blocks to entities: checked and turned into columns first, spawned all at once, references last.

Nothing is spawned before everything was understood, so a document that is refused leaves the world as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import ComponentType, Field, World, component_type
from taixu.edit.document import VERSION_KEY, Block
from taixu.edit.findings import Findings
from taixu.edit.ids import id_numbers, id_text
from taixu.edit.kept import Kept
from taixu.edit.migrations import Migrations
from taixu.edit.places import position_doubt, split_json_position
from taixu.edit.values import column_from_json, value_doubts
from taixu.errors import TaixuError
from taixu.scene import Transform

__all__ = ["Batch", "connect", "decode_blocks", "keep_reference", "spawn_batches"]

Handles = NDArray[np.uint64]


@dataclass(slots=True)
class Batch:
    """Entities with the same components, ready to be spawned."""

    ids: Handles
    columns: dict[type, dict[str, NDArray[Any]]]
    """By component and field, ``[n]`` or ``[width, n]``; references to entities are still stable ids."""
    references: list[tuple[type, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Understood:
    """One block, sorted into what is known here and what is not."""

    known: dict[type, dict[str, Any]] = field(default_factory=dict)
    components: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)


def decode_blocks(
    blocks: Mapping[str, Block], components: Components, *, migrations: Migrations, findings: Findings
) -> list[Batch]:
    """Turn blocks into batches; what does not fit goes to `findings`, as an error or as a doubt."""
    groups: dict[frozenset[type], dict[str, _Understood]] = {}
    doubts: dict[tuple[str, str], list[str]] = {}
    for key in sorted(blocks):
        understood = _understand(key, blocks[key], components, migrations, findings, doubts)
        kinds = frozenset(understood.known)
        if understood.components or understood.fields:
            kinds |= {Kept}
        groups.setdefault(kinds, {})[key] = understood
    for (name, what), keys in doubts.items():  # once for all that have it: a thousand lines would say no more
        others = f" (and {len(keys) - 1:,} more)" if len(keys) > 1 else ""
        findings.warning(f"entities.{keys[0]}.{name}{others}", what)
    return [_batch(kinds, group, findings) for kinds, group in groups.items()]


def spawn_batches(world: World, batches: Iterable[Batch]) -> Handles:
    """Spawn batches and connect them; references to nobody are kept until somebody comes.

    Raises
    ------
    TaixuError
        When a stable id is taken; then nothing was spawned.
    """
    batches = list(batches)
    ids = np.concatenate([batch.ids for batch in batches]) if batches else np.empty(0, np.uint64)
    taken = np.flatnonzero(world.find_all(ids))
    if len(taken):
        raise TaixuError(f"an entity with the id {id_text(int(ids[taken[0]]))} is in the world already")
    spawned = []
    for batch in batches:
        columns = {
            cls: {name: values for name, values in fields.items() if (cls, name) not in batch.references}
            for cls, fields in batch.columns.items()
        }
        spawned.append(world.spawn_batch(len(batch.ids), columns, stable_ids=batch.ids))
    handles = np.concatenate(spawned) if spawned else np.empty(0, np.uint64)
    for batch, entities in zip(batches, spawned):
        for cls, name in batch.references:
            connect(world, entities, cls, name, batch.columns[cls][name])
    return handles


def connect(world: World, entities: Handles, cls: type, name: str, targets: NDArray[np.uint64]) -> None:
    """Write references, given as stable ids, into a field; those to nobody are kept until somebody comes."""
    handles = world.find_all(targets)
    world.scatter(entities, cls, name, handles)
    for place in np.flatnonzero((handles == 0) & (targets != 0)).tolist():
        keep_reference(world, int(entities[place]), cls, name, int(targets[place]))


def keep_reference(world: World, entity: int, cls: type, name: str, target: int) -> None:
    """Remember a reference to somebody who is not here (yet)."""
    if not world.has(entity, Kept):
        world.insert(entity, Kept)
    known = world.get(entity, Kept).references
    component = component_type(cls).name
    world.set(
        entity, Kept, references={**known, component: {**known.get(component, {}), name: id_text(target)}}
    )


def _understand(
    key: str, block: Block, components: Components, migrations: Migrations, findings: Findings,
    doubts: dict[tuple[str, str], list[str]],
) -> _Understood:  # fmt: skip
    understood = _Understood()
    for name, raw in block.items():
        where = f"entities.{key}.{name}"
        declared = components.find(name)
        version = raw.get(VERSION_KEY, 1)
        if type(version) is not int or version < 1:
            findings.error(f"{where}.{VERSION_KEY}", "takes a whole number from 1 on")
            continue
        if declared is None or not declared.authored:
            what = "is not known here; it is kept as it is" if declared is None else "is derived, and read by nobody"
            doubts.setdefault((name, what), []).append(key)
            understood.components[name] = raw
            continue
        if version > declared.version:
            newer = f"has version {version}, newer than {declared.version}; it is kept as it is, and does nothing here"
            doubts.setdefault((name, newer), []).append(key)
            understood.components[name] = raw
            continue
        fields = {field_name: value for field_name, value in raw.items() if field_name != VERSION_KEY}
        if version < declared.version:
            try:
                fields = migrations.fields(name, fields, version=version, to=declared.version)
            except TaixuError as error:
                findings.error(where, str(error))
                continue
        if declared.cls is Transform and "position" in fields:
            fields = _place(fields, "parent" in block and bool(block["parent"].get("entity")), where, findings)
        unknown = {field_name: value for field_name, value in fields.items() if field_name not in declared.by_name}
        for field_name in unknown:
            findings.warning(f"{where}.{field_name:.60}", "is no field of this component; it is kept as it is")
        if unknown:
            understood.fields[name] = unknown
        understood.known[declared.cls] = fields
    return understood


def _place(fields: dict[str, Any], is_child: bool, where: str, findings: Findings) -> dict[str, Any]:
    """Cell and translation instead of a position."""
    rest = {name: value for name, value in fields.items() if name != "position"}
    if "translation" in rest or "cell" in rest:
        findings.error(f"{where}.position", "stands beside translation or cell; keep the position alone")
        return rest
    doubt = position_doubt(fields["position"])
    if doubt:
        findings.error(f"{where}.position", doubt)
        return rest
    return {**rest, **({"translation": fields["position"]} if is_child else split_json_position(fields["position"]))}


def _batch(kinds: frozenset[type], group: Mapping[str, _Understood], findings: Findings) -> Batch:
    keys = list(group)
    batch = Batch(id_numbers(keys), {})
    for declared in sorted((component_type(cls) for cls in kinds), key=lambda item: item.name):
        if declared.cls is Kept:
            continue
        parts = [understood.known[declared.cls] for understood in group.values()]
        batch.columns[declared.cls] = {
            fld.name: _column(declared, fld, parts, keys, findings) for fld in declared.fields
            if any(fld.name in part for part in parts)
        }
        batch.references += [
            (declared.cls, name) for name in batch.columns[declared.cls] if declared.by_name[name].kind.name == "entity"
        ]
    if Kept in kinds:
        batch.columns[Kept] = {"components": np.empty(len(keys), object), "fields": np.empty(len(keys), object)}
        for name, kept in batch.columns[Kept].items():
            for place, understood in enumerate(group.values()):
                kept[place] = getattr(understood, name)
    return batch


def _column(
    declared: ComponentType, fld: Field, parts: list[dict[str, Any]], keys: list[str], findings: Findings
) -> NDArray[Any]:
    column = fld.empty(len(parts))
    column[...] = fld.column(fld.default, len(parts))
    rows = [row for row, part in enumerate(parts) if fld.name in part]

    def where(row: int) -> str:
        return f"entities.{keys[row]}.{declared.name}.{fld.name}"

    column_from_json(
        fld, column, rows, [parts[row][fld.name] for row in rows],
        lambda place, message: findings.error(where(rows[place]), message),
    )
    for row, message in value_doubts(fld, column):
        findings.warning(where(row), message)
    return column
