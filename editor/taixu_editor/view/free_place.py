"""A place of the ground for something new: on the grid, and beside what is there already."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.scene import CELL_M, Transform, WorldTransforms

__all__ = ["free_place"]

_GRID_M = 0.25
_STEP_M = 1.5
_NEAR_M = 1.2
_HIGH_M = 1.5
_SIDES = 4


def free_place(world: World, point: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first place on which nothing stands: the point itself, then to its sides, then nearer and farther.

    What is low enough to stand on (a floor) takes no place; things are where their origins are, so that a hundred
    thousand of them are looked through at once.

    Parameters
    ----------
    point : float64[3]
        Where it is wanted, metres of the world.
    right : float64[3]
        The camera's right hand.
    """
    rounded = np.array([*np.round(point[[0, 2]] / _GRID_M) * _GRID_M, point[1]])[[0, 2, 1]]
    taken = _origins_near(world, rounded)
    if not len(taken):
        return rounded
    # A side of the world that is most to the camera's right: rows along an axis are what people line up by.
    axis = 0 if abs(right[0]) >= abs(right[2]) else 2
    along, across = np.zeros(3), np.zeros(3)
    along[axis] = np.sign(right[axis]) or 1.0
    across[2 - axis] = 1.0
    steps = sorted(((i, j) for i in range(-_SIDES, _SIDES + 1) for j in range(-_SIDES, _SIDES + 1)), key=_order)
    for i, j in steps:
        place = rounded + along * (i * _STEP_M) + across * (j * _STEP_M)
        apart = np.abs(taken - place)[:, [0, 2]].max(1)
        if (apart >= _NEAR_M).all():
            return np.asarray(place)
    return rounded


def _order(step: tuple[int, int]) -> tuple[int, int, int, int]:
    """Near ones first; of those a row before other rows, and the right before the left."""
    i, j = step
    return (max(abs(i), abs(j)), abs(j), -i, -j)


def _origins_near(world: World, place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Origins of what stands around a place at about its height, ``float64[n, 3]``."""
    if not world.has_resource(WorldTransforms):
        return np.zeros((0, 3))
    places, found = world.resource(WorldTransforms), [np.zeros((0, 3))]
    reach = np.array([_SIDES * _STEP_M + _NEAR_M, _HIGH_M, _SIDES * _STEP_M + _NEAR_M])
    for table in world.query(Transform):
        rows = indices_of(table.entities)
        rows = rows[rows < len(places.matrices)]
        origins = places.matrices[rows][:, [3, 7, 11]].astype(np.float64) + places.cells[rows] * CELL_M
        away = origins - place
        is_near = (np.abs(away) < reach).all(1) & (away[:, 1] > -0.05)
        found.append(origins[is_near])
    return np.concatenate(found)
