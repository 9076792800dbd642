"""What a document says of an entity that this world cannot hold: kept as it was, and written again."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.ecs import Data, World, component, field
from taixu.edit.ids import id_number

__all__ = ["Kept", "put_back", "resolve_references"]


@component("kept", authored=False)
class Kept:
    """Raw parts of an entity's block."""

    components: Data = field(default={}, doc="Components that nobody has declared, or not in this version.")
    fields: Data = field(default={}, doc="Fields that nobody has declared, by component.")
    references: Data = field(default={}, doc="Ids that name nobody yet (a model's nodes come later), by component.")


def put_back(block: dict[str, dict[str, Any]], kept: Kept) -> None:
    """Put what was kept of an entity into its block again."""
    for name, fields in kept.components.items():
        block.setdefault(name, fields)
    for part in (kept.fields, kept.references):
        for name, fields in part.items():
            if name in block:
                block[name] = {**fields, **block[name]}


class _Waiting:
    """When references were last looked for (a resource)."""

    def __init__(self) -> None:
        self.tick = -1

    def fork(self, world: World) -> _Waiting:
        return _Waiting()


def resolve_references(world: World) -> None:
    """Fill in references to entities that have come since: a system that looks only when somebody came."""
    query = world.query(Kept)
    if not len(query):
        return
    if not world.has_resource(_Waiting):
        world.insert_resource(_Waiting())
    state = world.resource(_Waiting)
    changes = world.structure.since(state.tick) if state.tick >= 0 else None
    if changes is not None and not len(changes.spawned) and not len(changes.moved):
        return
    waiting = []
    for table in query:
        references = table.read(Kept, "references")
        waiting += [(int(table.entities[row]), references[row]) for row in np.flatnonzero(references.astype(bool))]
    for entity, references in waiting:
        _resolve(world, entity, references)
    state.tick = world.tick
    world.advance()


def _resolve(world: World, entity: int, references: dict[str, dict[str, str]]) -> None:
    by_name = {cls.__component__.name: cls for cls in world.types_of(entity)}  # type: ignore[attr-defined]
    left: dict[str, dict[str, str]] = {}
    for name, fields in references.items():
        for field_name, text in fields.items():
            target = world.find(id_number(text))
            if target is None:
                left.setdefault(name, {})[field_name] = text
            elif name in by_name and not world.alive(getattr(world.get(entity, by_name[name]), field_name))[0]:
                world.set(entity, by_name[name], **{field_name: target})
    if left != references:
        world.set(entity, Kept, references=left)
