"""Poses into columns: the one part of physics that touches every moving body in every step, so it is all arrays.

As long as the same bodies move and no entity comes or goes, where they live in the world's tables is known from the
last step. Velocities are the displacement over the step: exact for what integrates positions from velocities,
and free of charge with engines that read velocities one body at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World, indices_of
from taixu.scene import CELL_M, Transform

from .bodies import BodyMirror
from .components import RigidBody
from .placement import into_parents, world_from_parents

__all__ = ["MovingRows", "write_back"]

Handles = NDArray[np.uint64]
_NO_IDS = np.empty(0, np.int64)


@dataclass(frozen=True)
class MovingRows:
    """Moving bodies, and the table rows of their entities."""

    asked: NDArray[np.int64] | None
    """The awake ids that this was made for; None where it is of this once only."""
    ids: NDArray[np.int64]
    entities: Handles
    indices: Any
    places: tuple[tuple[Table, Any, Any], ...]
    """Tables, with their rows and which of the bodies those are (slices where they run on)."""
    nested: NDArray[np.bool_] | None
    """Which have parents; None where none has."""
    cells: NDArray[np.int32]
    is_home: bool
    """All are roots in the cell that the engine counts from: poses go into columns as they are."""

    @property
    def at(self) -> Any:
        """The ids, as a slice where they run on."""
        return _as_slice(self.ids)

    @classmethod
    def none(cls) -> MovingRows:
        return cls(_NO_IDS, _NO_IDS, np.empty(0, np.uint64), _NO_IDS, (), None, np.empty((0, 3), np.int32), True)

    @classmethod
    def of(cls, world: World, mirror: BodyMirror, ids: NDArray[np.int64], asked: NDArray[Any] | None = None) -> MovingRows:
        """The rows of these bodies, whose entities are alive."""
        entities = mirror.entity_of[ids]
        tables, rows = world.locate(entities)
        places = []
        for table in np.unique(tables):
            which = np.flatnonzero(tables == table)
            places.append((world.table(int(table)), _as_slice(rows[which]), _as_slice(which)))
        indices = indices_of(entities)
        nested = mirror.nested[ids] if mirror.nested[ids].any() else None
        cells = mirror.cells_of(indices)
        is_home = nested is None and bool((cells == mirror.origin).all())
        return cls(asked, ids, entities, _as_slice(indices), tuple(places), nested, cells, is_home)


def write_back(
    world: World,
    mirror: BodyMirror,
    rows: MovingRows,
    before: NDArray[np.float64],
    now: NDArray[np.float64],
    dt: float,
    pushed: Handles,
) -> bool:
    """Write poses [n, 7] and velocities of moving bodies; those whose velocity somebody `pushed` keep that one.

    Returns whether a body has changed its cell, so that `rows` no longer hold.
    """
    values = np.empty((13, len(now)), np.float32)
    after, old = np.ascontiguousarray(now.T), np.ascontiguousarray(before.T)
    values[:7] = after
    values[7:10] = (after[:3] - old[:3]) * (1 / dt)
    values[10:] = _spin(old[3:], after[3:], dt)
    moved_on = False
    if not rows.is_home or float(np.abs(values[:3]).max()) > CELL_M:
        values[:7], moved_on = _in_columns(world, mirror, rows, now)
    calm = None if not len(pushed) else ~np.isin(rows.entities, pushed)
    for table, at, which in rows.places:
        part = values[:, which]
        table.set(Transform, "translation", part[:3], rows=at)
        table.set(Transform, "rotation", part[3:7], rows=at)
        if calm is not None:
            part, at = part[:, calm[which]], _rows(at)[calm[which]]
        table.set(RigidBody, "linear_velocity", part[7:10], rows=at)
        table.set(RigidBody, "angular_velocity", part[10:], rows=at)
    if calm is None:
        mirror.wrote(rows.indices, values)
    else:
        mirror.wrote(rows.indices, values[:7])
        mirror.wrote(_rows(rows.indices)[calm], values[:, calm])
    if rows.nested is not None:
        mirror.wrote_nested(world, rows.ids[rows.nested], rows.entities[rows.nested])
    return moved_on


def _in_columns(
    world: World, mirror: BodyMirror, rows: MovingRows, now: NDArray[Any]
) -> tuple[NDArray[np.float64], bool]:
    """Translations and rotations [7, n] as the columns want them, within parents and cells; whether a cell changed."""
    local, cells = now.copy(), rows.cells
    roots = np.ones(len(now), bool)
    if rows.nested is not None:
        roots = ~rows.nested
        _, parents, scales = world_from_parents(world, rows.entities[rows.nested], mirror.origin)
        local[rows.nested] = into_parents(now[rows.nested], parents, scales)
    local[roots, :3] -= (cells[roots] - mirror.origin) * CELL_M
    far = roots & (np.abs(local[:, :3]) > CELL_M).any(axis=1)
    if far.any():
        steps = np.rint(local[far, :3] / CELL_M)
        local[far, :3] -= steps * CELL_M
        new = (cells[far] + steps).astype(np.int32).T
        world.scatter(rows.entities[far], Transform, "cell", new)
        mirror.wrote_cells(_rows(rows.indices)[far], new)
    return local.T, bool(far.any())


def _spin(before: NDArray[Any], after: NDArray[Any], dt: float) -> NDArray[np.float64]:
    """Angular velocities [3, n] that turn unit quaternions [4, n] into others within `dt`; as `poses.spin`, by columns."""
    ax, ay, az, aw = after
    bx, by, bz, bw = before
    d = np.empty((3, len(ax)))
    d[0] = ax * bw - aw * bx - ay * bz + az * by
    d[1] = ay * bw - aw * by - az * bx + ax * bz
    d[2] = az * bw - aw * bz - ax * by + ay * bx
    cosine = ax * bx + ay * by + az * bz + aw * bw
    sine2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
    if float(sine2.max()) < 1e-4 and float(cosine.min()) > 0:
        # asin(s) / s to seventh order: better than 1e-12 here.
        scale = 1 + sine2 * (1 / 6 + sine2 * (3 / 40))
    else:
        sine = np.sqrt(sine2)
        angle = np.arctan2(sine, np.abs(cosine))
        scale = np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 1.0) * np.where(cosine < 0, -1.0, 1.0)
    return d * (scale * (2 / dt))


def _as_slice(rows: NDArray[Any]) -> Any:
    if len(rows) and int(rows[-1]) - int(rows[0]) == len(rows) - 1 and bool((np.diff(rows) == 1).all()):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows.astype(np.intp)


def _rows(rows: Any) -> NDArray[np.intp]:
    return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
