"""The world: entities in archetype tables, and one tick that stamps every change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from taixu.ecs.commands import Commands
from taixu.ecs.component import ComponentType, Field, component_type
from taixu.ecs.entity import NOBODY, EntityIndex, StableIds, handles_of, indices_of, mix64
from taixu.ecs.query import Query
from taixu.ecs.structure import StructureLog
from taixu.ecs.table import Table
from taixu.errors import TaixuError
from taixu.math.integers import are_distinct, distinct

__all__ = ["Components", "Entities", "World"]

T = TypeVar("T")
Array = NDArray[Any]
Handles = NDArray[np.uint64]
Entities: TypeAlias = "int | Sequence[int] | Handles"
Components: TypeAlias = Mapping[type, Mapping[str, Any]]
"""Columns by component and field, for many entities at once; fields left out take their default."""


class World:
    """Entities as columns. One thread owns it.

    Parameters
    ----------
    seed
        Makes the stable ids of what is spawned without one: the same seed and the same calls give the same world.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.tick = 1
        """The change tick (int64) that writes are stamped with; it only goes up."""
        self.structure = StructureLog()
        self.commands = Commands(self)
        self._index = EntityIndex()
        self._ids = StableIds()
        self._ids_made = 0
        self._ids_given = False  # whether ids came from elsewhere: only then can a drawn one be taken
        self._tables: list[Table] = []
        self._by_types: dict[frozenset[type], Table] = {}
        self._queries: dict[tuple[tuple[type, ...], tuple[type, ...]], Query] = {}
        self._resources: dict[type, Any] = {}
        self._iterating = 0

    # Time

    def advance(self) -> int:
        """Start the next tick and return it. Whoever read the changes calls this, so that later writes count as new."""
        self.tick += 1
        return self.tick

    def flush(self) -> None:
        """Apply the deferred commands."""
        if len(self.commands):
            self.commands.apply()

    # Entities

    def spawn(self, *components: Any, stable_id: int | None = None) -> int:
        """Make one entity with these components (instances, or classes for all defaults) and return its handle."""
        columns = {type(item) if not isinstance(item, type) else item: _fields(item) for item in components}
        if len(columns) != len(components):
            raise TaixuError("an entity has each component only once")
        ids = None if stable_id is None else np.array([stable_id], np.uint64)
        return int(self.spawn_batch(1, columns, stable_ids=ids)[0])

    def spawn_batch(self, count: int, components: Components, *, stable_ids: Handles | None = None) -> Handles:
        """Make many entities with the same components.

        Parameters
        ----------
        count
            How many.
        components
            For each component its fields: one value for all, or columns ``[count]`` and ``[width, count]``.
        stable_ids
            ``uint64[count]``, non-zero, nobody else's; drawn from the world's seed where absent.

        Returns
        -------
        uint64[count]
            The handles.

        Raises
        ------
        TaixuError
            When a value does not fit its field, or an id is taken; then nothing was spawned.
        """
        self._check_unlocked()
        table = self._table(frozenset(components))
        filled = []
        for declared in table.components:
            given = components[declared.cls]
            declared.check_names(given)
            for fld in declared.fields:
                filled.append((declared.cls, fld, fld.column(given.get(fld.name, fld.default), count)))
        ids = self._draw_ids(count) if stable_ids is None else self._given_ids(stable_ids, count)
        indices = self._index.allocate(count)
        entities = handles_of(indices, self._index.generations[indices])
        rows = table._append(entities)
        for cls, fld, values in filled:
            table._columns[cls, fld.name].data[..., rows] = values
        self._index.tables[indices] = table.id
        self._index.rows[indices] = np.arange(rows.start, rows.stop, dtype=np.int32)
        self._index.stable[indices] = ids
        self._ids.added(ids, indices)
        self.structure.note(self.tick, "spawned", entities)
        return entities

    def despawn(self, entities: Entities) -> None:
        """Remove entities. Who refers to them keeps a dead handle, which `alive` tells."""
        self._check_unlocked()
        handles = distinct(self._checked(entities))
        if not len(handles):
            return
        for table, _, rows in self._by_table(handles):
            self._drop(table, rows)
        self._index.free(indices_of(handles))
        self.structure.note(self.tick, "despawned", handles)

    def alive(self, entities: Entities) -> NDArray[np.bool_]:
        """Which handles still name an entity, ``bool[n]``."""
        return self._index.alive(_handles(entities))

    def living(self, entities: Entities) -> Handles:
        """Those of the handles that still name an entity."""
        handles = _handles(entities)
        return handles[self._index.alive(handles)]

    def __len__(self) -> int:
        return sum(table.count for table in self._tables)

    # Components

    def insert(self, entities: Entities, *components: Any) -> None:
        """Add components to entities, or replace them: instances, classes, or one mapping ``{Component: columns}``."""
        self._check_unlocked()
        handles = self._checked(entities)
        if len(handles) > 1 and not are_distinct(handles):
            raise TaixuError("an entity was named twice in one insertion")
        given: dict[type, Mapping[str, Any]] = {}
        for item in components:
            given.update(item if isinstance(item, Mapping) else {_class_of(item): _fields(item)})
        # Everything is checked before anything moves.
        columns = [
            (cls, fld, fld.column(fields[fld.name], len(handles)))
            for cls, fields in given.items() for fld in _checked_fields(cls, fields) if fld.name in fields
        ]
        added = frozenset(given)
        moved: list[Handles] = []
        for table, places, rows in list(self._by_table(handles)):
            if added <= table.types:
                target, new_rows = table, rows
            else:
                moved.append(handles[places])
                target, new_rows = self._move(table, rows, table.types | added)
            for cls, fld, values in columns:
                if values.ndim and values.shape[-1] == len(handles):
                    values = values[..., places]
                target.set(cls, fld.name, values, rows=new_rows)
        if moved:
            self.structure.note(self.tick, "moved", np.concatenate(moved))

    def remove(self, entities: Entities, *types: type) -> None:
        """Take components away; entities that lack them are left alone."""
        self._check_unlocked()
        handles = distinct(self._checked(entities))
        gone = frozenset(types)
        moved = []
        for table, places, rows in list(self._by_table(handles)):
            if table.types & gone:
                self._move(table, rows, table.types - gone)
                moved.append(handles[places])
        if moved:
            self.structure.note(self.tick, "moved", np.concatenate(moved))

    def has(self, entity: int, cls: type) -> bool:
        """Whether a living entity has a component."""
        return bool(self.alive(entity)[0]) and cls in self._place(entity)[0].types

    def get(self, entity: int, cls: type[T]) -> T:
        """A component of an entity, as an instance."""
        table, row = self._place(entity)
        if cls not in table.types:
            raise TaixuError(f"the entity has no {cls.__name__}")
        found: T = table.value(cls, row)
        return found

    def set(self, entity: int, cls: type, /, **fields: Any) -> None:
        """Write fields of a component that the entity has."""
        table, row = self._place(entity)
        if cls not in table.types:
            raise TaixuError(f"the entity has no {cls.__name__}")
        rows = slice(row, row + 1)
        for name, value in fields.items():
            component_type(cls).check_names({name: value})
            table.set(cls, name, value, rows=rows)

    def types_of(self, entity: int) -> tuple[type, ...]:
        """The component classes of an entity, by name."""
        return tuple(declared.cls for declared in self._place(entity)[0].components)

    def query(self, *types: type, without: Iterable[type] = ()) -> Query:
        """The tables whose entities have all of `types` and none of `without`."""
        key = (types, without if isinstance(without, tuple) else tuple(without))
        found = self._queries.get(key)
        if found is None:
            found = self._queries[key] = Query(self, frozenset(types), frozenset(key[1]))
        return found

    # Columns across tables

    def gather(self, entities: Entities, cls: type, name: str) -> Array:
        """A field of any entities, in their order: ``[n]`` or ``[width, n]``; entities without it get the default."""
        return self.gather_columns(self._checked(entities), cls, (name,))[0]

    def gather_columns(self, entities: Handles, cls: type, names: Sequence[str]) -> list[Array]:
        """Several fields at once, of entities that the caller knows to be alive."""
        parts = [(table, places, rows) for table, places, rows in self._by_table(entities) if cls in table.types]
        if len(parts) == 1 and len(parts[0][1]) == len(entities):
            return [parts[0][0].take(cls, name, parts[0][2]) for name in names]
        columns = []
        for name in names:
            fld = component_type(cls).by_name[name]
            column = fld.empty(len(entities))
            column[...] = fld.column(fld.default, len(entities))
            for table, places, rows in parts:
                column[..., places] = table.take(cls, name, rows)
            columns.append(column)
        return columns

    def scatter(self, entities: Entities, cls: type, name: str, values: Any) -> None:
        """Write a field of any entities, one value or a column in their order; entities without it are left alone."""
        handles = self._checked(entities)
        column = component_type(cls).by_name[name].column(values, len(handles))
        for table, places, rows in self._by_table(handles):
            if cls in table.types:
                spread = bool(column.ndim) and column.shape[-1] == len(handles)
                table.set(cls, name, column[..., places] if spread else column, rows=rows)

    def locate(self, entities: Entities) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Table ids and rows of living entities."""
        indices = indices_of(self._checked(entities))
        return self._index.tables[indices], self._index.rows[indices]

    def locate_living(self, entities: Handles) -> tuple[NDArray[np.bool_], NDArray[np.int32], NDArray[np.int32]]:
        """Which handles name an entity, and table ids and rows of those that do (of the others: anything)."""
        return self._index.locate(entities)

    def place(self, entity: int) -> tuple[Table, int]:
        """The table and the row of one living entity, until the next structural change."""
        return self._place(entity)

    def table(self, table_id: int) -> Table:
        """A table by its id."""
        return self._tables[table_id]

    @property
    def tables(self) -> Sequence[Table]:
        """All tables in the order in which they were made."""
        return self._tables

    @property
    def index_capacity(self) -> int:
        """An upper bound of all entity indices: arrays indexed by entity have this length."""
        return self._index.capacity

    def entities_at(self, indices: NDArray[np.intp]) -> Handles:
        """The present handles of entity indices."""
        return handles_of(indices, self._index.generations[indices])

    # Identity

    def stable_id(self, entity: int) -> int:
        """The id that documents know the entity by."""
        return int(self.stable_ids(entity)[0])

    def stable_ids(self, entities: Entities) -> Handles:
        """Stable ids of entities; 0 for the dead and for nobody."""
        handles = _handles(entities)
        ids = np.zeros(len(handles), np.uint64)
        living = self._index.alive(handles)
        ids[living] = self._index.stable[indices_of(handles[living])]
        return ids

    def find(self, stable_id: int) -> int | None:
        """The entity with a stable id."""
        index = self._ids.find(stable_id, self._index)
        return None if index == NOBODY else index | int(self._index.generations[index]) << 32

    def find_all(self, stable_ids: Handles) -> Handles:
        """The entities with stable ids, one for each; 0 where nobody has it."""
        indices = self._ids.find_all(np.asarray(stable_ids, np.uint64), self._index)
        found = np.zeros(len(indices), np.uint64)
        known = indices != NOBODY
        found[known] = self.entities_at(indices[known])
        return found

    # Resources

    def insert_resource(self, resource: Any) -> None:
        """Put a singleton into the world, one for each type."""
        self._resources[type(resource)] = resource

    def resource(self, cls: type[T]) -> T:
        """The singleton of a type."""
        try:
            found: T = self._resources[cls]
        except KeyError:
            raise TaixuError(f"this world has no {cls.__name__}: a plugin is missing") from None
        return found

    def has_resource(self, cls: type) -> bool:
        """Whether there is a singleton of a type."""
        return cls in self._resources

    # Copies and hashes (in modules of their own)

    def snapshot(self) -> Any:
        """A copy of all entities and of the resources that can be copied; see `taixu.ecs.snapshot`."""
        from taixu.ecs.snapshot import take_snapshot

        return take_snapshot(self)

    def restore(self, snapshot: Any) -> None:
        """Go back to a snapshot. The tick goes on: everything counts as changed now."""
        from taixu.ecs.snapshot import restore_snapshot

        restore_snapshot(self, snapshot)

    def fork(self) -> World:
        """An independent copy of this world."""
        other = type(self)(seed=self.seed)
        other.tick = self.tick
        other.restore(self.snapshot())
        return other

    def state_hash(self) -> str:
        """A hash over all authored fields in the order of stable ids; see `taixu.ecs.hashing`."""
        from taixu.ecs.hashing import hash_world

        return hash_world(self)

    # Inside

    def _table(self, types: frozenset[type]) -> Table:
        table = self._by_types.get(types)
        if table is None:
            components = sorted((component_type(cls) for cls in types), key=lambda declared: declared.name)
            names = [declared.name for declared in components]
            if len(set(names)) != len(names):
                raise TaixuError(f"two components of one name in one entity: {', '.join(names)}")
            table = Table(self, len(self._tables), tuple(components))
            self._tables.append(table)
            self._by_types[types] = table
        return table

    def _draw_ids(self, count: int) -> Handles:
        ids = self._next_ids(count)
        while self._ids_given and (taken := self._ids.taken(ids, self._index)).any():
            ids[taken] = self._next_ids(int(taken.sum()))
        return ids

    def _given_ids(self, stable_ids: Any, count: int) -> Handles:
        ids = np.asarray(stable_ids, np.uint64)
        if ids.shape != (count,) or not ids.all():
            raise TaixuError(f"stable ids are {count} numbers other than 0, not {stable_ids!r:.80}")
        if (count > 1 and not are_distinct(ids)) or self._ids.taken(ids, self._index).any():
            raise TaixuError("a stable id was given to two entities")
        self._ids_given = True
        return ids

    def _next_ids(self, count: int) -> Handles:
        numbers = np.arange(self._ids_made + 1, self._ids_made + 1 + count, dtype=np.uint64)
        self._ids_made += count
        ids = mix64(numbers ^ mix64(np.array([self.seed & 0xFFFFFFFFFFFFFFFF], np.uint64)))
        ids[ids == 0] = 1
        return ids

    def _checked(self, entities: Entities) -> Handles:
        handles = _handles(entities)
        if not self._index.alive(handles).all():
            raise TaixuError("an entity that is no longer alive was named")
        return handles

    def _place(self, entity: int) -> tuple[Table, int]:
        index = self._index
        slot = entity & 0xFFFFFFFF
        if slot >= index.used or index.tables[slot] < 0 or int(index.generations[slot]) != entity >> 32:
            raise TaixuError("an entity that is no longer alive was named")
        return self._tables[index.tables[slot]], int(index.rows[slot])

    def _by_table(self, handles: Handles) -> Iterable[tuple[Table, NDArray[np.intp], NDArray[np.intp]]]:
        """Handles grouped by table: ``(table, places in handles, rows)``."""
        if not len(handles):
            return
        indices = indices_of(handles)
        tables, rows = self._index.tables[indices], self._index.rows[indices].astype(np.intp)
        first = tables[0]
        if (tables == first).all():
            yield self._tables[first], np.arange(len(handles)), rows
            return
        for table_id in np.unique(tables):
            places = np.flatnonzero(tables == table_id)
            yield self._tables[table_id], places, rows[places]

    def _move(self, source: Table, rows: NDArray[np.intp], types: frozenset[type]) -> tuple[Table, NDArray[np.intp]]:
        target = self._table(types)
        entities = source._entities[rows].copy()
        new = target._append(entities)
        target._copy(new, source, rows)
        for declared in target.components:
            if declared.cls not in source.types:
                for fld in declared.fields:
                    target._fill(new, declared.cls, fld.name, fld.default)
        self._drop(source, rows)
        indices = indices_of(entities)
        new_rows = np.arange(new.start, new.stop)
        self._index.tables[indices] = target.id
        self._index.rows[indices] = new_rows
        return target, new_rows

    def _drop(self, table: Table, rows: NDArray[np.intp]) -> None:
        moved, holes = table._remove(rows)
        self._index.rows[indices_of(moved)] = holes

    def _check_unlocked(self) -> None:
        if self._iterating:
            raise TaixuError("entities cannot come, go or change components inside a query: use world.commands")


def _handles(entities: Entities) -> Handles:
    if isinstance(entities, np.ndarray):
        return entities if entities.dtype == np.uint64 else entities.astype(np.uint64)
    if isinstance(entities, (int, np.integer)):
        return np.array([entities], np.uint64)
    return np.array(entities, np.uint64)


def _checked_fields(cls: type, given: Mapping[str, Any]) -> tuple[Field, ...]:
    declared = component_type(cls)
    declared.check_names(given)
    return declared.fields


def _class_of(item: Any) -> type:
    return item if isinstance(item, type) else type(item)


def _fields(item: Any) -> Mapping[str, Any]:
    """Fields of a component instance (a class stands for all defaults)."""
    declared: ComponentType = component_type(_class_of(item))
    if isinstance(item, type):
        return {}
    return {fld.name: getattr(item, fld.name) for fld in declared.fields}
