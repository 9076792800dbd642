"""Wave function collapse: cells are decided where least is left open, and what cannot stand beside them is struck out.

Gumin, "Wave Function Collapse", 2016; the striking out is arc consistency (Mackworth, 1977). What a cell may still be is a
whole number with a bit for each tile: few sets of tiles ever come up, so what each supports is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.dungeons.tiles import STEPS

__all__ = ["collapse"]

Cell = tuple[int, int, int]


def collapse(
    shape: Cell, weights: NDArray[Any], fits: NDArray[Any], sockets: NDArray[Any], random: np.random.Generator,
    fixed: Mapping[Cell, NDArray[Any]],
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
    noise = random.uniform(0, 1e-3, shape).ravel()
    wave = _Wave(shape, [_bits(row) for row in possible.reshape(-1, count)], fits)
    changed = wave.strike_out(range(len(wave.cells)))
    entropies, found = noise.copy(), dict[int, float]()
    logs = weights * np.log(weights)
    while changed is not None:
        for at in changed:
            left = wave.cells[at]
            if left not in found:
                found[left] = _entropy(left, weights, logs)
            entropies[at] = found[left] + noise[at]
        at = int(np.argmin(entropies))
        left = wave.cells[at]
        if not left & (left - 1):  # the least open one is decided: all are
            return np.array([each.bit_length() - 1 for each in wave.cells], np.int64).reshape(shape)
        chances = np.where(_flags(left, count), weights, 0)
        chosen = int(np.searchsorted(np.cumsum(chances), random.uniform(0, float(chances.sum())), side="right"))
        wave.cells[at] = 1 << min(chosen, count - 1)
        changed = wave.strike_out([at])
    return None


class _Wave:
    """What each cell may still be."""

    def __init__(self, shape: Cell, cells: list[int], fits: NDArray[Any]) -> None:
        self.cells = cells
        numbers = np.full(np.array(shape) + 2, -1)
        numbers[1:-1, 1:-1, 1:-1] = np.arange(len(cells)).reshape(shape)
        beside = [np.roll(numbers, (-dx, -dy, -dz), (0, 1, 2))[1:-1, 1:-1, 1:-1].ravel().tolist() for dx, dy, dz in STEPS]
        self._beside = [[(side, at) for side, at in enumerate(each) if at >= 0] for each in zip(*beside, strict=True)]
        self._fits = [[_bits(row) for row in side] for side in fits]
        self._supported: list[dict[int, int]] = [{} for _ in STEPS]

    def strike_out(self, begun: Iterable[int]) -> set[int] | None:
        """Take away what nothing supports, until all is supported: the cells that changed, those begun with among them; None
        where a cell has nothing left.
        """
        cells, waiting = self.cells, list(begun)
        changed, queued = set(waiting), set(waiting)
        while waiting:
            at = waiting.pop()
            queued.discard(at)
            here = cells[at]
            if not here:
                return None
            for side, other in self._beside[at]:
                supported = self._supported[side].get(here)
                if supported is None:
                    supported = self._supported[side][here] = self._support(side, here)
                kept = cells[other] & supported
                if kept != cells[other]:
                    if not kept:
                        return None
                    cells[other] = kept
                    changed.add(other)
                    if other not in queued:
                        waiting.append(other)
                        queued.add(other)
        return changed

    def _support(self, side: int, here: int) -> int:
        """Every tile that one of these may have at that side."""
        result = 0
        for tile, kept in enumerate(self._fits[side]):
            if here >> tile & 1:
                result |= kept
        return result


def _bits(flags: NDArray[Any]) -> int:
    return sum(1 << at for at in np.flatnonzero(flags).tolist())


def _flags(bits: int, count: int) -> NDArray[np.bool_]:
    return np.array([bits >> at & 1 for at in range(count)], bool)


def _entropy(left: int, weights: NDArray[Any], logs: NDArray[Any]) -> float:
    """How open a cell is; infinite where it is decided."""
    if not left & (left - 1):
        return float("inf")
    flags = _flags(left, len(weights))
    total = float(weights[flags].sum())
    return float(np.log(total) - logs[flags].sum() / total)
