"""Where entities are, in float64 relative to the cell that physics counts from; and the way back into columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.scene import CELL_M, Parent, Transform

from .poses import conjugate, multiply, rotate

__all__ = ["into_parents", "world_from_parents", "world_placements", "zone_keys"]

MAX_DEPTH = 256
ZONE_M = 2.0
Handles = NDArray[np.uint64]
Rows = NDArray[np.float64]


def world_placements(world: World, entities: Handles, origin: NDArray[np.int32]) -> tuple[Rows, Rows]:
    """World poses [n, 7] (relative to cell `origin`) and scales [n, 3] of entities, from their transforms now.

    Scales multiply along the hierarchy; shear from a scaled parent of a turned child is left out, as engines have none.
    """
    position, turn, scale, cells, above = _own(world, entities)
    for _ in range(MAX_DEPTH):
        living = np.flatnonzero(world.alive(above) & (above > 0))
        if not len(living):
            break
        up_position, up_turn, up_scale, up_cells, up_above = _own(world, above[living])
        position[living] = up_position + rotate(up_turn, up_scale * position[living])
        turn[living] = multiply(up_turn, turn[living])
        scale[living] *= up_scale
        cells[living] = up_cells
        above[living] = up_above
        above[np.setdiff1d(np.arange(len(above)), living)] = 0
    position += (cells - origin) * CELL_M
    turn /= np.linalg.norm(turn, axis=1, keepdims=True)
    return np.concatenate([position, turn], axis=1), scale


def world_from_parents(world: World, entities: Handles, origin: NDArray[np.int32]) -> tuple[NDArray[np.bool_], Rows, Rows]:
    """Which entities have a living parent, and the poses and scales of those parents."""
    parents = world.gather(entities, Parent, "entity")
    nested = world.alive(parents) & (parents > 0)
    poses, scales = world_placements(world, parents[nested], origin)
    return nested, poses, scales


def _own(world: World, entities: Handles) -> tuple[Rows, Rows, Rows, NDArray[np.int64], Handles]:
    names = ("translation", "rotation", "scale", "cell")
    position, turn, scale, cells = world.gather_columns(entities, Transform, names)
    turn = turn.T.astype(np.float64)
    lengths = np.linalg.norm(turn, axis=1, keepdims=True)
    turn = np.where(lengths > 1e-6, turn / np.maximum(lengths, 1e-6), (0.0, 0.0, 0.0, 1.0))
    above = world.gather(entities, Parent, "entity")
    return position.T.astype(np.float64), turn, scale.T.astype(np.float64), cells.T.astype(np.int64), above


def into_parents(poses: Rows, parents: Rows, scales: Rows) -> Rows:
    """World poses [n, 7] in the frames of parents with poses [n, 7] and scales [n, 3]."""
    back = conjugate(parents[:, 3:])
    flat = np.where(np.abs(scales) > 1e-9, scales, 1.0)
    return np.concatenate([rotate(back, poses[:, :3] - parents[:, :3]) / flat, multiply(back, poses[:, 3:])], axis=1)


def zone_keys(positions: Rows) -> NDArray[np.int64]:
    """Numbers of the cubic zones of positions [n, 3] along a Z curve (Morton's order): what is near has numbers that are near."""
    zones = np.clip(np.nan_to_num(positions) / ZONE_M, -(2.0**19), 2.0**19).astype(np.int64) + 2**19
    keys = np.zeros(len(positions), np.int64)
    for bit in range(21):
        for axis in range(3):
            keys |= (zones[:, axis] >> bit & 1) << (3 * bit + axis)
    return keys
