"""Wave function collapse: cells are decided where least is left open, and what cannot stand beside them is struck out.

Gumin, "Wave Function Collapse", 2016; the striking out is arc consistency (Mackworth, 1977).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.dungeons.tiles import STEPS

__all__ = ["collapse"]


def collapse(
    shape: tuple[int, int, int], weights: NDArray[Any], fits: NDArray[Any], sockets: NDArray[Any], random: np.random.Generator,
    fixed: Mapping[tuple[int, int, int], NDArray[Any]],
) -> NDArray[np.int64] | None:
    """A tile for every cell, int64[shape]; None where it came to a cell that nothing fits.

    Parameters
    ----------
    shape
        Cells along x, levels, cells along z.
    fits
        bool[6, n, n] by side, tile, neighbour.
    sockets
        int[n, 6]; towards the outside a tile must be closed (0).
    fixed
        Tiles that a cell may have, bool[n], by cell.
    """
    count = len(weights)
    possible = np.ones((*shape, count), bool)
    for axis, first, last in ((0, 2, 0), (1, 5, 4), (2, 1, 3)):
        edge = [slice(None)] * 3
        edge[axis] = slice(0, 1)
        possible[tuple(edge)] &= sockets[:, first] == 0
        edge[axis] = slice(shape[axis] - 1, shape[axis])
        possible[tuple(edge)] &= sockets[:, last] == 0
    for cell, allowed in fixed.items():
        possible[cell] &= allowed
    noise = random.uniform(0, 1e-3, shape)
    if not _strike_out(possible, fits, [(x, y, z) for x in range(shape[0]) for y in range(shape[1]) for z in range(shape[2])]):
        return None
    logs = weights * np.log(weights)
    while True:
        left = possible.sum(-1)
        if (left == 1).all():
            result: NDArray[np.int64] = possible.argmax(-1)
            return result
        total = np.maximum(possible @ weights, 1e-12)
        entropy = np.log(total) - (possible @ logs) / total + noise
        entropy[left == 1] = np.inf
        flat = int(np.argmin(entropy))
        cell = (flat // (shape[1] * shape[2]), flat // shape[2] % shape[1], flat % shape[2])
        chances = np.where(possible[cell], weights, 0)
        chosen = int(np.searchsorted(np.cumsum(chances), random.uniform(0, float(chances.sum())), side="right"))
        possible[cell] = False
        possible[cell][min(chosen, count - 1)] = True
        if not _strike_out(possible, fits, [cell]):
            return None


def _strike_out(possible: NDArray[Any], fits: NDArray[Any], changed: list[tuple[int, int, int]]) -> bool:
    """Take away what nothing supports, until all is supported; False where a cell has nothing left."""
    shape = possible.shape
    waiting, queued = list(changed), set(changed)
    while waiting:
        cell = waiting.pop()
        queued.discard(cell)
        here = possible[cell]
        if not here.any():
            return False
        for side, (dx, dy, dz) in enumerate(STEPS):
            x, y, z = cell[0] + dx, cell[1] + dy, cell[2] + dz
            if not (0 <= x < shape[0] and 0 <= y < shape[1] and 0 <= z < shape[2]):
                continue
            other = possible[x, y, z]
            kept = other & fits[side][here].any(0)
            if (kept != other).any():
                if not kept.any():
                    return False
                possible[x, y, z] = kept
                if (x, y, z) not in queued:
                    waiting.append((x, y, z))
                    queued.add((x, y, z))
    return True


