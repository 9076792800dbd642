"""A chunk of endless ground as arrays: its ground, its water, and what stands on it, all counted from its own corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.generate.modifiers.blocks import Block, Cell
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.evaluation import Counts, Evaluation
from taixu.generate.modifiers.layers import Places, Thing
from taixu.generate.modifiers.stacks import Stack

__all__ = ["TEXTURE_PERIOD_M", "ChunkData", "chunk_of", "make_chunks"]

Array = NDArray[np.float32]
TEXTURE_PERIOD_M = 1680.0
"""Coordinates of pictures are counted from here on anew: a whole number of the ground's pictures, and exact to 0.1 mm."""
_DRY = -5e3


@dataclass(frozen=True, eq=False)
class ChunkData:
    """A chunk.

    Attributes
    ----------
    heights : float32[n + 1, n + 1]
    ground, water
        Meshes around the chunk's corner of least x and z; None where there is no water.
    places
        x and z from the corner, y the height itself.
    things
        With the id of the step that made them; in the stack's frame.
    """

    cell: Cell
    heights: Array
    low_m: float
    high_m: float
    ground: Primitive
    water: Primitive | None
    places: list[Places] = field(default_factory=list)
    things: list[tuple[int, Thing]] = field(default_factory=list)


def make_chunks(stack: Stack, cells: Sequence[Cell], folder: str) -> tuple[list[ChunkData], Counts]:
    """Make chunks (in a worker process)."""
    evaluation = Evaluation(stack, LayerCache(Path(folder) if folder else None, memory_bytes=128 << 20))
    return [chunk_of(evaluation, cell) for cell in cells], evaluation.counts


def chunk_of(evaluation: Evaluation, cell: Cell) -> ChunkData:
    """The chunk of a cell."""
    block = evaluation.stack.block_of(cell)
    padded = evaluation.grid("heights", block, margin=1)
    heights = np.ascontiguousarray(padded[1:-1, 1:-1])
    weights = evaluation.grid("weights", block)
    climate = [evaluation.grid(f"mask.{name}", block) for name in ("temperature", "moisture")]
    low, high = float(heights.min()), float(heights.max())
    ground = _ground(block, padded, heights, weights, climate)
    water = _water(block, heights, evaluation.grid("water", block)) if "water" in evaluation.refs(cell) else None
    places: list[Places] = []
    for _, item in evaluation.standing("places", cell):
        x, z = item.rows[:, 0].astype(np.float64) - block.x0, item.rows[:, 2].astype(np.float64) - block.z0
        rows = item.rows.copy()
        rows[:, 0], rows[:, 2] = x, z
        rows[:, 1] += _height_at(heights, block.spacing_m, x, z)
        places.append(Places(item.kind, rows, item.numbers, item.fields))
    things = [(evaluation.stack.steps[number].id, thing) for number, thing in evaluation.standing("things", cell)]
    return ChunkData(cell, heights, low, high, ground, water, places, things)


def _height_at(heights: Array, spacing_m: float, x: NDArray[np.float64], z: NDArray[np.float64]) -> Array:
    from taixu.scene.terrain import height_on_triangles

    edge = (heights.shape[1] - 1) * spacing_m
    return height_on_triangles(heights, edge, x - edge / 2, z - edge / 2)


def _ground(block: Block, padded: Array, heights: Array, weights: Array, climate: list[Array]) -> Primitive:
    n, spacing = heights.shape[0], np.float32(block.spacing_m)
    dx = (padded[1:-1, 2:] - padded[1:-1, :-2]) / (2 * spacing)
    dz = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / (2 * spacing)
    normals = np.stack([-dx, np.ones_like(dx), -dz], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    line = np.arange(n, dtype=np.float64) * block.spacing_m
    u = (line + block.x0 % TEXTURE_PERIOD_M).astype(np.float32)
    v = (line + block.z0 % TEXTURE_PERIOD_M).astype(np.float32)
    positions = np.empty((n, n, 3), np.float32)
    positions[..., 0], positions[..., 1], positions[..., 2] = line[None, :], heights, line[:, None]
    over = np.empty((n, n, 2), np.float32)
    over[..., 0], over[..., 1] = u[None, :], v[:, None]
    # A second coordinate below -1 says that this is a chunk: temperature, and moisture below that.
    sky = np.stack([climate[0], -1.0 - climate[1]], -1).astype(np.float32)
    from taixu.scene.terrain.tiles import skirted_grid

    rim, indices = skirted_grid(n)
    pick = np.concatenate([np.arange(n * n), rim])
    points = positions.reshape(-1, 3)
    # As deep as a neighbour of half or twice the fineness can be off.
    skirt = np.float32(0.6 * block.spacing_m) + np.float32(0.35) * np.float32(np.abs(np.diff(heights, axis=0)).max(initial=0.0))
    hung = points[rim] - np.array([0.0, skirt, 0.0], np.float32)
    return Primitive(
        {
            "POSITION": np.concatenate([points, hung]), "NORMAL": normals.reshape(-1, 3).astype(np.float32)[pick],
            "TEXCOORD_0": over.reshape(-1, 2)[pick], "TEXCOORD_1": sky.reshape(-1, 2)[pick],
            "COLOR_0": weights.reshape(-1, 4)[pick].astype(np.float32),
        },
        indices,
    )  # fmt: skip


def _water(block: Block, heights: Array, level: Array) -> Primitive | None:
    wet = (level > _DRY) & (level > heights - 0.05)
    squares = wet[:-1, :-1] | wet[:-1, 1:] | wet[1:, :-1] | wet[1:, 1:]
    known = level > _DRY
    squares &= known[:-1, :-1] & known[:-1, 1:] & known[1:, :-1] & known[1:, 1:]
    if not squares.any():
        return None
    n = len(heights)
    j, i = np.nonzero(squares)
    corner = j * n + i
    quads = np.stack([corner, corner + n, corner + 1, corner + 1, corner + n, corner + n + 1], 1)
    used, indices = np.unique(quads, return_inverse=True)
    line = np.arange(n, dtype=np.float32) * np.float32(block.spacing_m)
    x, z, y = line[used % n], line[used // n], level.ravel()[used]
    depth = y - heights.ravel()[used]
    count = len(used)
    at = np.stack([x + block.x0, z + block.z0], 1)  # waves never repeat, and are long: what is lost far away is not seen
    return Primitive(
        {
            "POSITION": np.stack([x, y, z], 1).astype(np.float32),
            "NORMAL": np.tile(np.array([0, 1, 0], np.float32), (count, 1)),
            "TEXCOORD_0": at.astype(np.float32), "TEXCOORD_1": np.stack([depth, np.zeros(count)], 1).astype(np.float32),
        },
        indices.reshape(-1).astype(np.uint32),
    )  # fmt: skip
