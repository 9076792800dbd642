"""Entities to blocks: whole tables at once, defaults left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, Field, Table, World
from taixu.edit.document import VERSION_KEY, Block
from taixu.edit.ids import id_text, id_texts
from taixu.edit.kept import Kept, put_back
from taixu.edit.places import positions_to_json
from taixu.edit.values import is_default, json_from_column
from taixu.errors import TaixuError
from taixu.scene import Name, Parent, Transform

__all__ = ["encode_component", "encode_entities", "encode_entity"]

Rows = NDArray[np.intp]


def encode_entities(world: World, table: Table, rows: Rows, *, assets: set[str] | None = None) -> dict[str, Block]:
    """Blocks of some rows of a table, by stable id.

    Parameters
    ----------
    assets
        Collects the asset paths met.

    Raises
    ------
    TaixuError
        When a value cannot be written (NaN); it names entity and field.
    """
    blocks: list[Block] = [{} for _ in rows]
    for declared in table.components:
        if not declared.authored:
            continue
        for block, fields in zip(blocks, _fields(world, table, rows, declared, assets)):
            block[declared.name] = fields
    ids = id_texts(world.stable_ids(table.entities[rows]))
    if Kept in table.types:
        for block, row in zip(blocks, rows.tolist()):
            put_back(block, table.value(Kept, row))
    return dict(zip(ids, blocks))


def encode_entity(world: World, entity: int) -> Block:
    """The block of one entity."""
    tables, rows = world.locate(entity)
    return next(iter(encode_entities(world, world.table(int(tables[0])), rows.astype(np.intp)).values()))


def encode_component(world: World, entity: int, cls: type) -> dict[str, Any]:
    """The fields of one component of an entity, defaults left out."""
    declared: ComponentType = cls.__component__  # type: ignore[attr-defined]
    tables, rows = world.locate(entity)
    return _fields(world, world.table(int(tables[0])), rows.astype(np.intp), declared, None)[0]


def _fields(
    world: World, table: Table, rows: Rows, declared: ComponentType, assets: set[str] | None
) -> list[dict[str, Any]]:
    version = {} if declared.version == 1 else {VERSION_KEY: declared.version}
    found: list[dict[str, Any]] = [dict(version) for _ in rows]
    for fld in declared.fields:
        column = table.take(declared.cls, fld.name, rows)
        places = np.flatnonzero(~is_default(fld, column))
        if not len(places):
            continue
        values = _values(world, table, rows[places], declared, fld, column[..., places])
        if fld.kind.name == "asset" and assets is not None:
            assets.update(values)
        for place, value in zip(places.tolist(), values):
            found[place][fld.name] = value
        if fld.kind.name == "entity":
            _leave_out_the_dead(found, fld.name)
    if declared.cls is Transform:
        _place_roots(world, table, rows, found)
    return found


def _values(
    world: World, table: Table, rows: Rows, declared: ComponentType, fld: Field, column: NDArray[Any]
) -> list[Any]:
    try:
        return json_from_column(world, fld, column)
    except ValueError as error:
        entity = int(table.entities[rows[error.args[1]]])
        name = world.get(entity, Name).text if world.has(entity, Name) else ""
        where = f"entity {name!r} ({id_text(world.stable_id(entity))}), {declared.name}.{fld.name}"
        raise TaixuError(f"{where}: {error.args[0]}, so it cannot be saved; set it to another value") from error


def _leave_out_the_dead(found: list[dict[str, Any]], name: str) -> None:
    for fields in found:
        if fields.get(name) == "0" * 16:
            del fields[name]


def _place_roots(world: World, table: Table, rows: Rows, found: list[dict[str, Any]]) -> None:
    roots = np.ones(len(rows), bool)
    if Parent in table.types:
        roots = ~world.alive(table.take(Parent, "entity", rows))
    if Kept in table.types:
        roots &= np.array(["parent" not in item for item in table.take(Kept, "references", rows)], bool)
    places = [
        place for place in np.flatnonzero(roots).tolist() if "translation" in found[place] or "cell" in found[place]
    ]
    if not places:
        return
    chosen = rows[places]
    positions = positions_to_json(table.take(Transform, "cell", chosen), table.take(Transform, "translation", chosen))
    for place, position in zip(places, positions):
        if position is not None:
            found[place].pop("cell", None)
            found[place].pop("translation", None)
            found[place]["position"] = position

