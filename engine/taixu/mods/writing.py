"""Columns that come back from a sandbox: copied first, then checked, then written, and only where something changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Field, World
from taixu.mods.mirror import WorldMirror
from taixu.mods.mirror_column import MirrorColumn, Returned

__all__ = ["differences", "is_rotation", "write_back"]

Handles = NDArray[np.uint64]


def differences(mirror: WorldMirror, column: MirrorColumn, returned: Returned) -> NDArray[np.bool_] | None:
    """Which slots a mod changed since it was sent the column; None where it gave back something else altogether."""
    known, values = column.values[..., : mirror.used], returned.values
    if values.shape != known.shape:
        return None
    if values.ndim == 1:
        return np.asarray(values != known)
    changed: NDArray[np.bool_] | None = None
    for lane in returned.lanes:  # lane by lane, for numpy folds short axes slowly
        other = values[lane] != known[lane]
        changed = other if changed is None else np.logical_or(changed, other, out=changed)
    return np.zeros(mirror.used, bool) if changed is None else changed


def write_back(
    world: World,
    mirror: WorldMirror,
    column: MirrorColumn,
    returned: Returned,
    changed: NDArray[np.bool_] | None,
    may_change: Callable[[Handles], Any],
) -> int:
    """Write what a mod changed in a column.

    Parameters
    ----------
    returned : Returned
        What the sandbox holds now for the slots that are used.
    changed : bool[slots]
        What `differences` found, before what others wrote meanwhile was taken in.
    may_change : callable
        Says of handles which of them the mod may change, bool[n]; None for all.

    Returns
    -------
    int
        How many entities' values were refused: not finite, out of the field's range, not the mod's to change. The column is
        sent anew then, so that the mod sees what is.
    """
    if changed is None:
        column.dirty = True
        return 1
    used = mirror.used
    count = int(np.count_nonzero(changed))
    if not count:
        return 0
    if column.item.kind.name == "quat":
        returned.fill(column.values)  # a rotation is one of all four numbers
    if count == used and _write_all(world, mirror, column, returned, may_change):
        return 0
    returned.fill(column.values)  # before it is looked at as vectors
    slots: Any = slice(0, used) if count == used else np.flatnonzero(changed)
    handles, values = mirror.handles[slots], returned.values[..., slots]
    good, tables, rows = world.locate_living(handles)
    bit = np.uint64(1 << mirror.bits[column.declared.name])
    good = good & ((mirror.masks[slots] & bit) != 0) & _fits(column.item, values)
    allowed = may_change(handles)
    if allowed is not None:
        good &= allowed
    if column.item.kind.name == "entity":
        values = world.find_all(values)
        good &= (values != 0) | (returned.values[slots] == 0)
    kept = int(np.count_nonzero(good))
    if kept == count:
        _write(world, column, tables, rows, values)
        column.values[..., slots] = returned.values[..., slots]
        return 0
    if kept:
        places = np.flatnonzero(good)
        _write(world, column, tables[places], rows[places], values[..., places])
    column.dirty = True  # the mod is told what is
    mirror.correct(column, slots, good, returned.values)
    return count - kept


def _write_all(
    world: World, mirror: WorldMirror, column: MirrorColumn, returned: Returned, may_change: Callable[[Handles], Any]
) -> bool:
    """Write a column that changed everywhere in one go; False where it takes a closer look."""
    if column.item.kind.name == "entity":
        return False
    seats, cls, name = mirror.seats(world), column.declared.cls, column.item.name
    if seats is None or cls not in seats.table.types:
        return False
    values, used = returned.values, mirror.used
    if not _all_fit(column.item, returned) or may_change(mirror.handles[:used]) is not None:
        return False
    if values.ndim == 1 or not isinstance(seats.rows, slice):
        returned.fill(column.values)
        seats.table.set(cls, name, values if seats.order is None else values.take(seats.order), rows=seats.rows)
        column.values[..., :used] = values
        return True
    with seats.table.write(cls, name, rows=seats.rows) as view:
        for lane in returned.lanes:
            if seats.order is None:
                view[lane] = values[lane]
            else:
                values[lane].take(seats.order, out=view[lane], mode="clip")
            column.values[lane, :used] = values[lane]
    return True


def _all_fit(item: Field, returned: Returned) -> bool:
    """Whether a field takes all that was written into it: least and greatest say so of the others."""
    values = returned.values
    if item.kind.name == "quat" and not is_rotation(values).all():
        return False
    if values.dtype.kind == "b":
        return True
    for lane in returned.lanes:
        one = values if values.ndim == 1 else values[lane]
        least, most = np.minimum.reduce(one), np.maximum.reduce(one)
        if values.dtype.kind == "f" and not (np.isfinite(least) and np.isfinite(most)):
            return False
        if (item.minimum is not None and least < item.minimum) or (item.maximum is not None and most > item.maximum):
            return False
    return True


def _write(world: World, column: MirrorColumn, tables: Any, rows: Any, values: Any) -> None:
    """Write values of living entities, table by table, whole runs of rows at once."""
    cls, name = column.declared.cls, column.item.name
    for number in np.unique(tables).tolist() if (tables != tables[0]).any() else [int(tables[0])]:
        table = world.table(number)
        if cls not in table.types:
            continue
        mine = tables == number
        some = rows if mine.all() else rows[mine]
        part = values if mine.all() else values[..., mine]
        first, last = int(some[0]), int(some[-1])
        is_run = last - first + 1 == len(some) and bool((some == np.arange(first, last + 1)).all())
        table.set(cls, name, part, rows=slice(first, last + 1) if is_run else some.astype(np.intp))


def is_rotation(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which columns of four numbers can be made unit quaternions: neither nothing nor without end."""
    x, y, z, w = values
    with np.errstate(invalid="ignore", over="ignore"):
        square = x * x + y * y + z * z + w * w
    good: NDArray[np.bool_] = (square > 1e-12) & (square < 1e12)
    return good


def _fits(item: Field, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which columns of values a field takes."""
    good = np.ones(values.shape[-1], bool)
    if values.dtype.kind == "f":
        finite = np.isfinite(values)
        if not finite.all():
            good &= finite.all(axis=0) if finite.ndim > 1 else finite
    if item.minimum is None and item.maximum is None and item.kind.name != "quat":
        return good
    with np.errstate(invalid="ignore", over="ignore"):
        for inside in (
            None if item.minimum is None else values >= item.minimum,
            None if item.maximum is None else values <= item.maximum,
        ):
            if inside is not None:
                good &= inside.all(axis=0) if inside.ndim > 1 else inside
        if item.kind.name == "quat":
            good &= is_rotation(values)
    return good
