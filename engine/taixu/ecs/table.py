"""Archetype tables: all entities with the same set of components, one numpy column for each field.

Vector columns are component-major, ``[width, capacity]``: numpy works on whole runs of x, then of y. Views handed
out are read-only; a write goes through `Table.write` or `Table.set`, which stamp the rows with the world's tick.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs.changes import NO_ROWS, ChangeLog, Rows, merge_rows
from taixu.ecs.component import ComponentType, Field, component_type

if TYPE_CHECKING:
    from taixu.ecs.world import World

__all__ = ["Column", "Table"]

Array = NDArray[Any]


class Column:
    """One field of one component for all rows of a table."""

    __slots__ = ("data", "field", "log")

    def __init__(self, field: Field) -> None:
        self.field = field
        self.data = field.empty(0)
        self.log = ChangeLog()

    def reserve(self, capacity: int, count: int) -> None:
        grown = self.field.empty(capacity)
        grown[..., :count] = self.data[..., :count]
        self.data = grown

    def put(self, values: Array, rows: Rows) -> None:
        """Write values that fit (`Field.column`). Of rows that repeat the last one stays."""
        if isinstance(rows, slice) or self.data.ndim == 1:
            self.data[..., rows] = values
            return
        for lane, own in zip(self.data, values):  # numpy scatters into one axis three times as fast as into the last of two
            lane[rows] = own


class Table:
    """The rows of one archetype. Rows are dense: removal moves the last rows into the holes."""

    __slots__ = ("_capacity", "_columns", "_entities", "_touched", "_world", "components", "count", "id", "made", "rows", "types")

    def __init__(self, world: World, table_id: int, components: tuple[ComponentType, ...]) -> None:
        self._world = world
        self.id = table_id
        self.components = components
        self.types: frozenset[type] = frozenset(item.cls for item in components)
        self.made = any(item.made for item in components)
        """Whether systems made these entities: they are neither saved nor hashed."""
        self.count = 0
        self._capacity = 0
        self._touched = 0  # when anything here last changed: most questions end at it
        self._entities: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._columns = {(item.cls, fld.name): Column(fld) for item in components for fld in item.fields}
        self.rows = ChangeLog()
        """Rows that came or moved: whatever they hold is new to everybody."""

    def __len__(self) -> int:
        return self.count

    @property
    def touched(self) -> int:
        """The tick at which anything in the table last changed."""
        return self._touched

    @property
    def entities(self) -> NDArray[np.uint64]:
        """Handles of the rows, ``uint64[n]``, read-only."""
        return _frozen(self._entities[: self.count])

    def read(self, cls: type, name: str) -> Array:
        """A read-only view of a column, ``[n]`` or ``[width, n]``; valid until the table's next structural change."""
        return _frozen(self._column(cls, name).data[..., : self.count])

    def take(self, cls: type, name: str, rows: Rows) -> Array:
        """A copy of some rows of a column."""
        data = self._column(cls, name).data
        return data[..., rows].copy() if isinstance(rows, slice) else data.take(rows, axis=-1)

    def write(self, cls: type, *names: str, rows: slice | None = None) -> Writer:
        """Open columns for writing: ``with table.write(Transform, "translation") as translations: ...``.

        One name gives a view, several give a tuple of views, of all rows or of a run; those are stamped when the block ends.
        """
        return Writer(self, [self._column(cls, name) for name in names], slice(0, self.count) if rows is None else rows)

    def set(self, cls: type, name: str, values: Any, *, rows: Rows | None = None) -> None:
        """Write values (one, or a column) into rows (all by default) and stamp them.

        The change log keeps an array of rows: do not write into it afterwards.
        """
        column = self._column(cls, name)
        if rows is None:
            rows = slice(0, self.count)
        length = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
        column.put(column.field.column(values, length), rows)
        self._touched = self._world.tick
        if length == self.count and isinstance(rows, slice):
            column.log.mark_all(length, self._touched)
        else:
            column.log.mark(rows, self._touched)

    def is_changed(self, cls: type, name: str, *, since: int) -> bool:
        """Whether anything of a column changed after tick `since`: quicker than asking which rows."""
        if since >= self._touched:
            return False
        return self.rows.latest > since or self._column(cls, name).log.latest > since

    def changed(self, types: Iterable[type], *, since: int, fields: Iterable[str] | None = None) -> Rows:
        """Rows in which a field of one of the components changed after tick `since`, new and moved rows included.

        `fields` narrows the question to fields of these names.
        """
        if since >= self._touched:
            return NO_ROWS
        wanted = None if fields is None else frozenset(fields)
        parts: list[Rows] = [self.rows.since(since, self.count)]
        for cls in types:
            for fld in component_type(cls).fields:
                if wanted is None or fld.name in wanted:
                    parts.append(self._column(cls, fld.name).log.since(since, self.count))
        return merge_rows(parts, self.count)

    def value(self, cls: type, row: int) -> Any:
        """The component of one row, as an instance."""
        declared = component_type(cls)
        return cls(*(fld.value(self._column(cls, fld.name).data, row) for fld in declared.fields))

    # What follows is the world's business: structural changes.

    def _column(self, cls: type, name: str) -> Column:
        try:
            return self._columns[cls, name]
        except KeyError:
            component_type(cls).check_names({name: None})
            raise KeyError(f"entities of this table have no {cls.__name__}") from None

    def _append(self, entities: NDArray[np.uint64]) -> slice:
        start, count = self.count, self.count + len(entities)
        if count > self._capacity:
            self._reserve(max(count, self._capacity + (self._capacity >> 1), 8))
        self._entities[start:count] = entities
        self.count = count
        rows = slice(start, count)
        self._touched = self._world.tick
        self.rows.mark(rows, self._touched)
        return rows

    def _reserve(self, capacity: int) -> None:
        grown = np.empty(capacity, np.uint64)
        grown[: self.count] = self._entities[: self.count]
        self._entities = grown
        for column in self._columns.values():
            column.reserve(capacity, self.count)
        self._capacity = capacity

    def _fill(self, rows: slice, cls: type, name: str, values: Any) -> None:
        column = self._columns[cls, name]
        column.data[..., rows] = column.field.column(values, rows.stop - rows.start)

    def _copy(self, rows: slice, source: Table, source_rows: NDArray[np.intp]) -> None:
        for key, column in self._columns.items():
            other = source._columns.get(key)
            if other is not None:
                column.data[..., rows] = other.data.take(source_rows, axis=-1)

    def _remove(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
        """Drop rows; the last rows move into the holes. Gives the entities that moved and their new rows."""
        kept = self.count - len(rows)
        gone = np.zeros(self.count, bool) if len(rows) > 1 else None
        if gone is None:
            holes = rows[rows < kept]
            movers = np.arange(kept, self.count)[: len(holes)]
        else:
            gone[rows] = True
            holes = np.flatnonzero(gone[:kept])
            movers = kept + np.flatnonzero(~gone[kept:])
        for column in self._columns.values():
            data = column.data
            data[..., holes] = data[..., movers]
            if column.field.kind.is_object:
                data[kept : self.count] = None
        moved = self._entities[movers]
        self._entities[holes] = moved
        self.count = kept
        self._touched = self._world.tick
        self.rows.mark(holes, self._touched)
        return moved, holes

    def _stamp_all(self) -> None:
        self._touched = self._world.tick
        self.rows.mark_all(self.count, self._touched)


class Writer:
    """The block in which columns may be written; see `Table.write`."""

    __slots__ = ("_columns", "_rows", "_table")

    def __init__(self, table: Table, columns: list[Column], rows: slice) -> None:
        self._table = table
        self._columns = columns
        self._rows = rows

    def __enter__(self) -> Any:
        views = [column.data[..., self._rows] for column in self._columns]
        return views[0] if len(views) == 1 else tuple(views)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A block that raised may have written half of a column: it is stamped all the same.
        table = self._table
        table._touched = table._world.tick
        for column in self._columns:
            if self._rows == slice(0, table.count):
                column.log.mark_all(table.count, table._touched)
            else:
                column.log.mark(self._rows, table._touched)


def _frozen(view: Array) -> Array:
    view.flags.writeable = False
    return view
