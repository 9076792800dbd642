"""From a source's columns to the world's: units, frames, labels, and what a column can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World
from taixu.ecs.changes import row_count
from taixu.scene import Transform, split_position
from taixu.twin.batch import Batch
from taixu.twin.bindings import Binding, Target
from taixu.twin.streams import Rows

__all__ = ["ColumnWriter", "read_values", "sigmas_of", "unsound"]

_MOST = 1e15
"""What no value of a plant is beyond."""


def read_values(binding: Binding, columns: Sequence[NDArray[Any]], picked: NDArray[np.intp] | None) -> NDArray[Any] | None:
    """What the target is to hold, ``[n]`` or ``[width, n]``; None where the source's type cannot become it."""
    target = binding.target
    if picked is not None:
        columns = [column[picked] for column in columns]
    if target.field.kind.is_object:
        return _texts(columns[0], binding.labels)
    if any(column.dtype == object for column in columns):
        return None
    scale, offset = binding.conversion
    is_same = scale == 1.0 and offset == 0.0
    if len(columns) == 1 and not target.is_position:
        column = columns[0]
        if is_same and column.dtype.kind == "f" and target.field.kind.dtype[0] == "f":
            return column
        return column.astype(np.float64) * scale + offset
    scaled = np.stack(columns, dtype=np.float64)
    if not is_same:
        scaled *= scale
        scaled += offset
    if target.is_position:
        assert binding.frame is not None
        if len(scaled) == 2:
            scaled = np.concatenate([scaled, np.zeros((1, scaled.shape[1]))])
        return binding.frame.to_world(scaled)
    if target.field.kind.name == "quat" and target.lane < 0:
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = scaled / np.linalg.norm(scaled, axis=0)
    return scaled


def unsound(values: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Which values are none that a column could hold, ``bool[n]``; None where all can."""
    if values.dtype == object or (float(values.min()) >= -_MOST and float(values.max()) <= _MOST):  # NaN fails both
        return None
    bad = ~(np.abs(values) <= _MOST)
    return bad.any(axis=0) if bad.ndim == 2 else bad


def sigmas_of(binding: Binding, batch: Batch, picked: NDArray[np.intp] | None) -> NDArray[np.float64] | float | None:
    """How uncertain readings are; None where the binding takes them as they are."""
    if binding.sigma_name:
        column = batch.fields.get(binding.sigma_name)
        if column is not None and column.dtype != object:
            column = column if picked is None else column[picked]
            return np.maximum(column.astype(float) * abs(binding.conversion[0]), 1e-9)
        return None
    return binding.sigma or None


def _texts(column: NDArray[Any], labels: Mapping[str, str] | None) -> NDArray[Any]:
    """Texts as they are; numbers and their likes in words where there are labels."""
    found = np.empty(len(column), object)
    texts = [value if isinstance(value, str) else f"{value:g}" for value in column.tolist()]
    found[:] = [labels.get(text, text) for text in texts] if labels else texts
    return found


class ColumnWriter:
    """Writes into a world's tables, and remembers which of them lie in the middle cell altogether: there places need no cells."""

    def __init__(self) -> None:
        self._flat: dict[int, tuple[int, bool]] = {}
        """Of tables: when we last looked, and whether all cells were zero."""

    def write(self, world: World, target: Target, places: Rows, values: NDArray[Any]) -> None:
        """Write values into the rows of readings; entities that lack the component are left alone."""
        if places.table >= 0:
            self._write_rows(world, world.table(places.table), target, places.rows, values)
            return
        tables = places.tables
        assert tables is not None
        for number in np.unique(tables).tolist():
            here = np.flatnonzero(tables == number)
            self._write_rows(world, world.table(number), target, places.rows[here], values[..., here])

    def _write_rows(self, world: World, table: Table, target: Target, rows: NDArray[np.intp], values: NDArray[Any]) -> None:
        name = target.field.name
        if target.cls not in table.types:
            return
        if target.is_position:
            cells, offsets = split_position(values)
            table.set(Transform, "translation", offsets, rows=rows)
            if (cells.any() or not self._is_flat(world, table)) and (cells != table.take(Transform, "cell", rows)).any():
                table.set(Transform, "cell", cells, rows=rows)
        elif target.lane >= 0:
            whole = table.take(target.cls, name, rows)
            whole[target.lane] = values
            table.set(target.cls, name, whole, rows=rows)
        else:
            table.set(target.cls, name, _fitting(target, values), rows=rows)

    def _is_flat(self, world: World, table: Table) -> bool:
        seen, is_flat = self._flat.get(table.id, (-1, True))
        changed = table.changed((Transform,), since=seen, fields=("cell",)) if seen >= 0 else slice(0, table.count)
        if is_flat and row_count(changed):
            is_flat = not table.take(Transform, "cell", changed).any()
        self._flat[table.id] = (world.tick, is_flat)  # once uneven it stays so: whoever drives about would be asked every frame
        world.advance()
        return is_flat


def _fitting(target: Target, values: NDArray[Any]) -> NDArray[Any]:
    """Numbers as the column's type holds them: whole ones rounded, and none beyond what it can hold."""
    kind = target.field.kind
    if kind.is_object or kind.dtype[0] == "f":
        return values
    if kind.name == "bool":
        return values != 0
    limits = np.iinfo(kind.dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(kind.dtype)
