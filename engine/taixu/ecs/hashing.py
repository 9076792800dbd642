"""The state hash: equal for two worlds whose authored state is equal, however they came to it.

It goes over authored components by name, their entities by stable id, their fields in order. Handles of other
entities count as stable ids, a negative zero as zero, and every NaN as the same NaN. A resource takes part by having
``state_hash()``; an empty text is no part.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs.component import ComponentType, Field
from taixu.ecs.table import Table

if TYPE_CHECKING:
    from taixu.ecs.world import World

__all__ = ["hash_world"]


def hash_world(world: World) -> str:
    """The state hash of a world: 32 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=16)
    tables = [table for table in world.tables if table.count and not table.made]
    declared = {item.cls: item for table in tables for item in table.components if item.authored}
    for item in sorted(declared.values(), key=lambda found: found.name):
        _hash_component(digest, world, item, tables)
    for cls in sorted(world._resources, key=lambda found: found.__qualname__):
        state = world._resources[cls].state_hash() if hasattr(cls, "state_hash") else ""
        if state:
            digest.update(f"{cls.__qualname__}:{state};".encode())
    return digest.hexdigest()


def _hash_component(digest: hashlib.blake2b, world: World, declared: ComponentType, tables: list[Table]) -> None:
    tables = [table for table in tables if declared.cls in table.types]
    stable = np.concatenate([world.stable_ids(table.entities) for table in tables])
    order = np.argsort(stable, kind="stable")
    digest.update(f"{declared.name}:{declared.version}:{len(stable)};".encode())
    digest.update(stable[order].tobytes())
    for fld in declared.fields:
        column = np.concatenate([_bytes_ready(world, table, declared, fld) for table in tables], axis=-1)
        ordered = column[..., order]
        if fld.kind.is_object:
            digest.update(json.dumps(ordered.tolist(), sort_keys=True, default=str).encode())
        else:
            digest.update(np.ascontiguousarray(ordered).tobytes())


def _bytes_ready(world: World, table: Table, declared: ComponentType, fld: Field) -> NDArray[Any]:
    column = table.read(declared.cls, fld.name)
    if fld.kind.name == "entity":
        return world.stable_ids(column)
    if column.dtype.kind == "f":
        return np.where(np.isnan(column), np.array(np.nan, column.dtype), column + 0)
    return column
