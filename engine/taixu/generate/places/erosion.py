"""What water and frost make of a raw landscape.

Rivers cut by the stream power law, solved semi-implicitly along steepest descent (Braun and Willett, "A very efficient
O(n) method to solve the stream power equation", 2013; Cordonnier et al., "Large Scale Terrain Generation from Tectonic
Uplift and Fluvial Erosion", 2016). How much water comes by is summed over the forest of flow by doubling pointers: a dozen
`bincount`s in place of a walk from the peaks down. Rubble slides where it is steeper than it can lie (thermal erosion).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.noise import Array

__all__ = ["accumulate", "carve", "receivers", "slide"]

_NEIGHBOURS = ((-1, 0, 1.0), (1, 0, 1.0), (0, -1, 1.0), (0, 1, 1.0), (-1, -1, 1.41421356), (-1, 1, 1.41421356),
               (1, -1, 1.41421356), (1, 1, 1.41421356))  # fmt: skip


def receivers(heights: Array, *, jitter: Array | None = None) -> tuple[NDArray[np.int64], Array, Array]:
    """Where each cell's water goes: the flat index of the steepest neighbour (its own in a pit), that one's height, and how far
    it is in cells. `jitter` [8, n, n] around 1 keeps flow from following the grid.
    """
    rows, columns = heights.shape
    padded = np.pad(heights, 1, mode="constant", constant_values=np.inf)
    best = np.zeros_like(heights)
    target = np.arange(heights.size, dtype=np.int64).reshape(heights.shape)
    own = target.copy()
    low, length = heights.copy(), np.ones_like(heights)
    for k, (dz, dx, distance) in enumerate(_NEIGHBOURS):
        other = padded[1 + dz : 1 + dz + rows, 1 + dx : 1 + dx + columns]
        drop = (heights - other) * np.float32(1.0 / distance)
        if jitter is not None:
            drop = drop * jitter[k]
        better = drop > best
        best = np.where(better, drop, best)
        target = np.where(better, own + (dz * columns + dx), target)
        low = np.where(better, other, low)
        length = np.where(better, np.float32(distance), length)
    return target, low, length


def accumulate(target: NDArray[np.int64], rain: Array | None = None) -> Array:
    """How many cells' water passes each cell, its own included, for a forest of flow.

    Sums of subtrees by doubling pointers: after k rounds a cell holds all that is fewer than 2^k steps above it.
    """
    flat = target.reshape(-1)
    total = np.ones(flat.size) if rain is None else rain.reshape(-1).astype(np.float64)
    pointer = np.where(flat == np.arange(flat.size), flat.size, flat)  # roots point into a drain beyond the end
    pointer = np.append(pointer, flat.size)
    total = np.append(total, 0.0)
    while (pointer[:-1] != flat.size).any():
        passed = np.bincount(pointer[:-1], weights=total[:-1], minlength=flat.size + 1)
        passed[-1] = 0.0
        total = total + passed
        pointer = pointer[pointer]
    return total[:-1].reshape(target.shape).astype(np.float32)


def carve(
    heights: Array, *, spacing_m: float, steps: int, strength: float, uplift: Array | None = None, seed: int = 0,
    hardness: Array | None = None, talus: float = 1.0, exponent: float = 0.45, fixed: NDArray[np.bool_] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Array:
    """Let rivers cut while the land rises.

    Parameters
    ----------
    strength
        How much a river of 10,000 m2 of land cuts in a step, relative to its slope: 0.05 is slow, 0.5 quick.
    uplift
        Metres a step, [n, n].
    hardness
        Divides the strength.
    talus
        The steepest slope that stands, as rise over run.
    exponent
        Of the drained area: the higher, the more do large rivers cut than small ones.
    fixed
        Cells that stay as they are: outlets, the sea.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    heights = heights.astype(np.float32, copy=True)
    cell_area = spacing_m * spacing_m / 10_000.0
    for step in range(steps):
        if step % 8 == 0:
            jitter = random.uniform(0.75, 1.25, (8, *heights.shape)).astype(np.float32)
        target, low, length = receivers(heights, jitter=jitter)
        area = accumulate(target) * np.float32(cell_area)
        cut = np.float32(strength) * area ** np.float32(exponent) / length
        if hardness is not None:
            cut = cut / hardness
        grown = heights if uplift is None else heights + uplift
        pit = target.reshape(-1) == np.arange(heights.size)
        after = (grown + cut * low) / (1 + cut)
        after.reshape(-1)[pit] = _filled(heights, grown)[pit.reshape(heights.shape)]
        if fixed is not None:
            after = np.where(fixed, heights, after)
        heights = slide(after, spacing_m=spacing_m, talus=talus, steps=1)
        if progress is not None:
            progress((step + 1) / steps)
    return heights


def _filled(heights: Array, grown: Array) -> Array:
    """Pits fill with rubble to their lowest neighbour; the border's cells are outlets."""
    padded = np.pad(heights, 1, mode="edge")
    rows, columns = heights.shape
    lowest = np.full_like(heights, np.inf)
    for dz, dx, _ in _NEIGHBOURS:
        np.minimum(lowest, padded[1 + dz : 1 + dz + rows, 1 + dx : 1 + dx + columns], out=lowest)
    result = np.maximum(grown, lowest + np.float32(0.02))
    result[0], result[-1], result[:, 0], result[:, -1] = heights[0], heights[-1], heights[:, 0], heights[:, -1]
    return result


def slide(heights: Array, *, spacing_m: float, talus: float | Array, steps: int, share: float = 0.22) -> Array:
    """Thermal erosion: what is steeper than `talus` (rise over run) moves down, and nothing is lost."""
    limit = np.asarray(talus, np.float32) * np.float32(spacing_m)
    for _ in range(steps):
        for axis in (0, 1):
            first = heights[:-1] if axis == 0 else heights[:, :-1]
            second = heights[1:] if axis == 0 else heights[:, 1:]
            most = limit if limit.ndim == 0 else (limit[:-1] if axis == 0 else limit[:, :-1])
            drop = first - second
            moved = np.float32(share) * (np.maximum(drop - most, 0) + np.minimum(drop + most, 0))
            heights = heights.copy()
            if axis == 0:
                heights[:-1] -= moved
                heights[1:] += moved
            else:
                heights[:, :-1] -= moved
                heights[:, 1:] += moved
    return heights
