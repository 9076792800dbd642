"""Straight walks over floors, cell by cell, everybody at once: who meets a wall stops there, or slides along it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.floor_grid import FloorGrid
from taixu.navigation.grid import EAST, NORTH, SOUTH, WEST

__all__ = ["cast_rays", "slide", "walk"]

Array = NDArray[Any]
_SHORT = 1e-4
"""How far before a wall a walk ends, in cells."""
_MOST_CELLS = 100_000
_HAIRS = np.array([[x, 0.0, z] for x, z in ((2e-4, 0.0), (-2e-4, 0.0), (0.0, 2e-4), (0.0, -2e-4))])
"""Shifts by which rays along borders are tried again, m."""


def walk(
    grid: FloorGrid, floors: Array, starts: Array, ends: Array
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int8]]:
    """Walk from starts [n, 2] (x, z) on floors [n] straight towards ends [n, 2].

    Returns
    -------
    floors, places, walls
        Where each comes to, int32 [n] and float64 [n, 2], and what stopped it, int8 [n]: a direction, or -1 for nothing.
    """
    cell = grid.cell_m
    origin, motion = starts / cell, (ends - starts) / cell
    floor = np.asarray(floors, np.int32).copy()
    column, row = grid.column[floor].astype(np.int64), grid.row[floor].astype(np.int64)
    forward = motion > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = np.where(motion != 0, 1.0 / np.abs(motion), np.inf)
        line = np.stack([column, row], axis=1) + forward
        due = np.where(motion != 0, (line - origin) / motion, np.inf)
    due = np.maximum(due, 0.0)
    share, walls = np.ones(len(floor)), np.full(len(floor), -1, np.int8)
    going = np.flatnonzero(due.min(axis=1, initial=np.inf) < 1.0) if len(floor) else np.zeros(0, np.int64)
    for _ in range(_MOST_CELLS):
        if not len(going):
            break
        axis = np.argmin(due[going], axis=1)
        moment = due[going, axis]
        direction = np.where(axis == 0, np.where(forward[going, 0], EAST, WEST), np.where(forward[going, 1], SOUTH, NORTH))
        there = grid.links[direction, floor[going]]
        stopped = there < 0
        who = going[stopped]
        share[who] = moment[stopped]
        walls[who] = direction[stopped]
        going, axis, there = going[~stopped], axis[~stopped], there[~stopped]
        floor[going] = there
        due[going, axis] += pace[going, axis]
        going = going[due[going].min(axis=1) < 1.0] if len(going) else going
    length = np.maximum(np.abs(motion).max(axis=1, initial=0.0), 1e-12)
    stop = np.where(walls >= 0, np.maximum(share - _SHORT / length, 0.0), 1.0)
    places = (origin + motion * stop[:, None]) * cell
    # Rounding may put a place a hair outside of its cell.
    low = np.stack([grid.column[floor], grid.row[floor]], axis=1).astype(np.float64)
    return floor, np.clip(places, (low + 1e-6) * cell, (low + 1 - 1e-6) * cell), walls


def slide(grid: FloorGrid, floors: Array, starts: Array, ends: Array) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """As `walk`, but who meets a wall goes on along it with what is left of the way."""
    floor, place, walls = walk(grid, floors, starts, ends)
    met = np.flatnonzero(walls >= 0)
    if len(met):
        rest = ends[met] - place[met]
        rest[np.arange(len(met)), np.where(walls[met] <= EAST, 0, 1)] = 0.0
        floor[met], place[met], _ = walk(grid, floor[met], place[met], place[met] + rest)
    return floor, place


def cast_rays(grid: FloorGrid, starts: Array, ends: Array) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Who can walk straight from starts [n, 3] to ends [n, 3], and where each comes to."""
    arrived, places = _cast(grid, starts, ends)
    for shift in _HAIRS:  # along the border of two cells either may be meant
        left = np.flatnonzero(~arrived)
        if not len(left):
            break
        again, there = _cast(grid, starts[left] + shift, ends[left] + shift)
        arrived[left[again]] = True
        places[left[again]] = there[again] - shift
    return arrived, places


def _cast(grid: FloorGrid, starts: Array, ends: Array) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    floors = grid.locate(starts, 1.0)
    arrived, places = np.zeros(len(starts), bool), np.array(starts, np.float64)
    on = np.flatnonzero(floors >= 0)
    if len(on):
        last, place, walls = walk(grid, floors[on], starts[on][:, [0, 2]], ends[on][:, [0, 2]])
        flat = np.stack([place[:, 0], np.zeros(len(on)), place[:, 1]], axis=1)
        flat[:, 1] = grid.heights(last, flat)
        places[on] = flat
        arrived[on] = (walls < 0) & (np.abs(flat[:, 1] - ends[on][:, 1]) < 1.0)
    return arrived, places
