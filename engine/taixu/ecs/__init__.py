"""The world as columns: entities in archetype tables, and a tick on every change.

Each set of components has a table; each field of a component is a numpy column of it. A write stamps its rows with
the world's tick, so that everybody who follows the world (renderer, network, recorder, editor, tests) asks one
question, "which rows changed since tick T?", and gets packed rows. There are no objects for entities: a handle is an
integer, and a million entities are a few dozen arrays.
"""

from __future__ import annotations

from taixu.ecs.changes import ChangeLog, Rows, merge_rows, row_count
from taixu.ecs.commands import Commands
from taixu.ecs.component import (
    F32,
    F64,
    I32,
    I64,
    U8,
    U32,
    U64,
    AssetPath,
    Bool,
    Color3,
    ComponentType,
    Data,
    EntityRef,
    Field,
    I32x3,
    Kind,
    Quat,
    Text,
    Vec2,
    Vec3,
    Vec4,
    component,
    component_type,
    field,
)
from taixu.ecs.entity import NOBODY, handles_of, indices_of
from taixu.ecs.query import Query
from taixu.ecs.schedule import Schedule, System
from taixu.ecs.snapshot import Snapshot
from taixu.ecs.structure import StructureChanges, StructureLog
from taixu.ecs.table import Table, Writer
from taixu.ecs.world import World

__all__ = [
    "F32", "F64", "I32", "I64", "NOBODY", "U8", "U32", "U64", "AssetPath", "Bool", "ChangeLog", "Color3", "Commands",
    "ComponentType", "Data", "EntityRef", "Field", "I32x3", "Kind", "Quat", "Query", "Rows", "Schedule", "Snapshot",
    "StructureChanges", "StructureLog", "System", "Table", "Text", "Vec2", "Vec3", "Vec4", "World", "Writer",
    "component", "component_type", "field", "handles_of", "indices_of", "merge_rows", "row_count",
]
