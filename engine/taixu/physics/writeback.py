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
from .poses import spin

__all__ = ["MovingRows", "write_back"]

Handles = NDArray[np.uint64]
Taken = NDArray[np.float64]
"""Poses by column, [9, n]: x y z, qx qy qz qx qy qw."""
_NO_IDS = np.empty(0, np.int64)
_TAKEN = np.array((0, 1, 2, 3, 4, 5, 3, 4, 6))
_POSE = np.array((0, 1, 2, 3, 4, 5, 8))
_QUATERNION = np.array((0, 1, 2, 5))
_MOST_TURN = 0.04
"""Up to this change of a quaternion, squared (0.4 rad in a step), four terms are exact to single precision."""


@dataclass(frozen=True)
class MovingRows:
    """Moving bodies, in the order of the table rows of their entities.

    Bodies are made in the order of stable ids, which is none at all in the tables; brought into the order of rows once,
    columns are written as whole runs in every step.
    """

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
    numbers: NDArray[np.intp]
    """Where the numbers of `take` are among those of poses by body id, [9, n]."""

    @classmethod
    def none(cls) -> MovingRows:
        nothing = np.empty(0, np.uint64)
        return cls(_NO_IDS, _NO_IDS, nothing, _NO_IDS, (), None, np.empty((0, 3), np.int32), True, np.empty((9, 0), np.intp))

    @classmethod
    def of(cls, world: World, mirror: BodyMirror, ids: NDArray[np.int64], asked: NDArray[Any] | None = None) -> MovingRows:
        """The rows of these bodies, whose entities are alive."""
        tables, rows = world.locate(mirror.entity_of[ids])
        order = np.lexsort((rows, tables))
        ids, tables, rows = ids[order], tables[order], rows[order]
        entities = mirror.entity_of[ids]
        places = []
        for table in np.unique(tables):
            which = np.flatnonzero(tables == table)
            places.append((world.table(int(table)), _as_slice(rows[which]), _as_slice(which)))
        indices = indices_of(entities)
        nested = mirror.nested[ids] if mirror.nested[ids].any() else None
        cells = mirror.cells_of(indices)
        is_home = nested is None and bool((cells == mirror.origin).all())
        numbers = ids * 7 + _TAKEN[:, None]
        return cls(asked, ids, entities, _as_slice(indices), tuple(places), nested, cells, is_home, numbers)

    def take(self, poses: NDArray[np.float64]) -> Taken:
        """The poses [bodies, 7] of these bodies as columns: x y z, then qx qy qz qx qy qw, so that x y z, y z x and z x y
        of the quaternions are runs.
        """
        return np.take(poses.reshape(-1), self.numbers, mode="clip")


def write_back(
    world: World, mirror: BodyMirror, rows: MovingRows, before: Taken, now: Taken, dt: float, pushed: Handles
) -> bool:
    """Write poses, as of `MovingRows.take`, and velocities of moving bodies; those whose velocity somebody `pushed` keep
    that one.

    Returns whether a body has changed its cell, so that `rows` no longer hold.
    """
    values = np.empty((13, now.shape[1]), np.float32)
    change = np.empty(now.shape, np.float32)
    np.subtract(now, before, out=change, casting="same_kind")
    turns = now[3:].astype(np.float32)
    values[:3], values[3:6], values[6] = now[:3], turns[:3], turns[5]
    np.multiply(change[:3], 1 / dt, out=values[7:10])
    _spin(change[3:], turns, dt, out=values[10:])
    moved_on = False
    if not rows.is_home or float(np.abs(values[:3]).max()) > CELL_M:
        values[:7], moved_on = _in_columns(world, mirror, rows, now[_POSE].T)
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


def _spin(change: NDArray[np.float32], turns: NDArray[np.float32], dt: float, *, out: NDArray[np.float32]) -> None:
    """Angular velocities [3, n] from unit quaternions after a step of `dt`, and how much they changed in it.

    Both are qx qy qz qx qy qw, [6, n]. With a = b + c the rotation from b to a is a b* = 1 + c a*, whose vector part
    c aw - a cw - c x a is as exact in single precision as the change is. Its length is the sine of half the angle,
    e = c c is twice one minus the cosine, and half the angle over its sine is the sum over k of k!^2 / (2k + 1)! e^k.
    """
    np.multiply(change[:3], turns[5], out=out)
    out -= turns[:3] * change[5]
    out -= change[1:4] * turns[2:5]
    out += change[2:5] * turns[1:4]
    e = np.einsum("ij,ij->j", change[2:], change[2:])  # z x y w
    most = float(e.max())
    scale = 1 / 140 * e
    scale += 1 / 30
    scale *= e
    scale += 1 / 6
    scale *= e
    scale += 1
    scale *= 2 / dt
    out *= scale
    if most > _MOST_TURN:
        fast = np.flatnonzero(e > _MOST_TURN)
        after = turns[_QUATERNION][:, fast].T
        out[:, fast] = spin(after - change[_QUATERNION][:, fast].T, after, dt).T


def _as_slice(rows: NDArray[Any]) -> Any:
    if len(rows) and int(rows[-1]) - int(rows[0]) == len(rows) - 1 and bool((np.diff(rows) == 1).all()):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows.astype(np.intp)


def _rows(rows: Any) -> NDArray[np.intp]:
    return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
