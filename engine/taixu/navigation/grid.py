"""Floors side by side: who is next to whom, what lies near walls, runs of floors along rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.settings import MeshSettings
from taixu.navigation.spans import Floors, Window

__all__ = ["EAST", "NORTH", "SOUTH", "WEST", "connect", "keep_away", "neighbours_of", "select"]

WEST, EAST, NORTH, SOUTH = 0, 1, 2, 3
"""Directions: -x, +x, -z, +z."""
_STEPS = ((-1, 0), (1, 0), (0, -1), (0, 1))
Indices = NDArray[np.int32]


def neighbours_of(
    cell: NDArray[Any], y: NDArray[Any], ceiling: NDArray[Any], others: Floors, settings: MeshSettings
) -> Indices:
    """For floors that would stand in given cells [n] (-1: nowhere): which of the others is one step away, int32 [n]; else -1."""
    found = np.full(len(cell), -1, np.int32)
    if not len(others.cell) or not len(cell):
        return found
    base = min(float(others.y.min()), float(y.min())) - 1.0
    range_m = max(float(others.y.max()), float(y.max())) - base + 2.0
    keys = others.cell * range_m + (others.y - base)
    place = np.searchsorted(keys, cell * range_m + (y - base))
    best = np.full(len(cell), settings.step_m + 1e-9)
    for candidate in (place - 1, place):
        number = np.clip(candidate, 0, len(keys) - 1)
        rise = np.abs(others.y[number] - y)
        room = np.minimum(others.ceiling[number], ceiling) - np.maximum(others.y[number], y)
        fits = (others.cell[number] == cell) & (rise <= best) & (room >= settings.agent_height_m)
        found[fits] = number[fits]
        best = np.where(fits, rise, best)
    return found


def connect(floors: Floors, window: Window, settings: MeshSettings) -> Indices:
    """Neighbours of floors within a window, int32 [4, n] by direction; -1 where there is none."""
    column, row = floors.cell % window.columns, floors.cell // window.columns
    links = np.full((4, len(floors.cell)), -1, np.int32)
    for direction, (dx, dz) in enumerate(_STEPS):
        x, z = column + dx, row + dz
        inside = (x >= 0) & (x < window.columns) & (z >= 0) & (z < window.rows)
        cell = np.where(inside, z * window.columns + x, -1)
        links[direction] = neighbours_of(cell, floors.y, floors.ceiling, floors, settings)
    # One that sees another is seen by it: where two floors of a cell could be meant, neither is.
    for direction, back in ((WEST, EAST), (EAST, WEST), (NORTH, SOUTH), (SOUTH, NORTH)):
        there = links[direction]
        mutual = (there >= 0) & (links[back][np.maximum(there, 0)] == np.arange(len(there)))
        links[direction] = np.where(mutual, there, -1)
    return links


def keep_away(links: Indices, radius_cells: float) -> NDArray[np.bool_]:
    """Which floors [n] are at least so far from where none is.

    Distances are counted along the floors themselves, straight and across (chamfer), from the middle of the first cell
    that is missing: walls fill half of theirs on the average.
    """
    count = links.shape[1]
    across = []
    for first, second in ((WEST, NORTH), (EAST, NORTH), (WEST, SOUTH), (EAST, SOUTH)):
        one = np.where(links[first] >= 0, links[second][np.maximum(links[first], 0)], -1)
        other = np.where(links[second] >= 0, links[first][np.maximum(links[second], 0)], -1)
        across.append(np.where(one >= 0, one, other))
    far = np.full(count, np.inf)
    for diagonal in across:
        far[diagonal < 0] = np.sqrt(2.0)
    far[(links < 0).any(axis=0)] = 1.0
    near = [(there, 1.0) for there in links] + [(there, np.sqrt(2.0)) for there in across]
    for _ in range(int(radius_cells) + 1):
        spread = far.copy()
        for there, step in near:
            spread = np.minimum(spread, np.where(there >= 0, far[np.maximum(there, 0)] + step, np.inf))
        far = spread
    return far >= radius_cells


def select(floors: Floors, links: Indices, keep: NDArray[np.bool_]) -> tuple[Floors, Indices]:
    """Some of the floors, and their neighbours among themselves."""
    number = np.full(len(keep) + 1, -1, np.int32)
    number[:-1][keep] = np.arange(int(keep.sum()), dtype=np.int32)
    return Floors(floors.cell[keep], floors.y[keep], floors.ceiling[keep]), number[links[:, keep]]
