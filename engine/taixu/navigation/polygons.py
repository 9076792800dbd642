"""Convex polygons over the floors of a tile.

Floors of a row that follow each other are a run; runs of neighbouring rows that have nobody else between them are a region,
which is therefore bounded by two chains, one on each side, that go up the rows: it has no holes and never lies over itself.
Chains are straightened inwards, at most a cell, and a region is cut where a chain turns out of the convex. So every
polygon lies on the floors that it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.grid import EAST, SOUTH, WEST, Indices

__all__ = ["Polygons", "make_polygons"]

_SLACK = 1.0
"""How far chains are straightened, in cells."""
_EVEN = 1e-9


@dataclass(frozen=True, slots=True)
class Polygons:
    """Convex polygons, in cells of the tile.

    Attributes
    ----------
    of_floor : int32 [floors]
        The polygon that each floor is part of.
    starts : int32 [n + 1]
        Where each polygon's corners begin.
    corners : float32 [m, 2]
        x and z, counter-clockwise seen from above (x to the right, z down: as a map is drawn).
    sides : float32 [n, 4]
        Least and greatest x at the first row line, and at the last.
    """

    of_floor: NDArray[np.int32]
    starts: NDArray[np.int32]
    corners: NDArray[np.float32]
    sides: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Runs:
    of_floor: NDArray[np.int64]
    row: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    """First column, and the one after the last."""
    stiff_low: NDArray[np.bool_]
    stiff_high: NDArray[np.bool_]
    """Whether one can walk on beyond the end: chains keep still there."""


def make_polygons(cell: NDArray[np.int64], links: Indices, kinds: NDArray[Any], outer: NDArray[np.bool_], columns: int) -> Polygons:
    """Polygons over floors.

    Parameters
    ----------
    cell : int64 [n]
        Cells of the floors, in order.
    links : int32 [4, n]
        Their neighbours in the tile.
    kinds : [n]
        What lies on them: no polygon has two kinds.
    outer : bool [n]
        Whether somebody can walk out of the tile from here.
    columns : int
        Cells along a row.
    """
    if not len(cell):
        return Polygons(np.zeros(0, np.int32), np.zeros(1, np.int32), np.zeros((0, 2), np.float32), np.zeros((0, 4), np.float32))
    runs = _find_runs(cell, links, kinds, outer, columns)
    after = _successors(runs, links, kinds)
    return _cut(runs, after)


def _find_runs(
    cell: NDArray[np.int64], links: Indices, kinds: NDArray[Any], outer: NDArray[np.bool_], columns: int
) -> _Runs:
    west, east = links[WEST], links[EAST]
    same = (west >= 0) & (kinds[np.maximum(west, 0)] == kinds)
    root = np.where(same, west, np.arange(len(cell)))
    for _ in range(int(columns).bit_length()):
        root = root[root]
    first, run = np.unique(root, return_inverse=True)
    low = (cell % columns)[first]
    length = np.bincount(run, minlength=len(first))
    last = np.zeros(len(first), np.int64)
    ends = ~((east >= 0) & (kinds[np.maximum(east, 0)] == kinds))
    last[run[ends]] = np.flatnonzero(ends)
    stiff_low = (west[first] >= 0) | outer[first]
    stiff_high = (east[last] >= 0) | outer[last]
    return _Runs(run, (cell // columns)[first], low, low + length, stiff_low, stiff_high)


def _successors(runs: _Runs, links: Indices, kinds: NDArray[Any]) -> NDArray[np.int64]:
    """The run of the next row that continues each; -1 where a region ends."""
    count = len(runs.row)
    after = np.full(count, -1, np.int64)
    below = links[SOUTH]
    step = (below >= 0) & (kinds[np.maximum(below, 0)] == kinds)
    pairs = runs.of_floor[step] * count + runs.of_floor[below[step]]
    met, touching = np.unique(pairs, return_counts=True)
    upper, lower = met // count, met % count
    # Neighbours of another kind, too, are neighbours: a chain must not run across the way to them.
    every = links[SOUTH] >= 0
    all_met = np.unique(runs.of_floor[every] * count + runs.of_floor[below[every]])
    downs, ups = np.bincount(all_met // count, minlength=count), np.bincount(all_met % count, minlength=count)
    overlap = np.minimum(runs.high[upper], runs.high[lower]) - np.maximum(runs.low[upper], runs.low[lower])
    joined = (downs[upper] == 1) & (ups[lower] == 1) & (touching == overlap)
    after[upper[joined]] = lower[joined]
    return after


def _cut(runs: _Runs, after: NDArray[np.int64]) -> Polygons:
    count = len(runs.row)
    begins = np.ones(count, bool)
    begins[after[after >= 0]] = False
    polygon_of = np.zeros(count, np.int32)
    corners: list[tuple[float, float]] = []
    starts = [0]
    sides: list[tuple[float, float, float, float]] = []
    follow, low, high, row = after.tolist(), runs.low.tolist(), runs.high.tolist(), runs.row.tolist()
    stiff_low, stiff_high = runs.stiff_low.tolist(), runs.stiff_high.tolist()
    for begin in np.flatnonzero(begins).tolist():
        members = [begin]
        while (next_run := follow[members[-1]]) >= 0:
            members.append(next_run)
        lows, highs = [low[m] for m in members], [high[m] for m in members]
        n = len(members)
        left = [lows[0], *(max(a, b) for a, b in pairwise(lows)), lows[-1]]
        right = [highs[0], *(min(a, b) for a, b in pairwise(highs)), highs[-1]]
        room = [min(_SLACK, 0.45 * (b - a)) for a, b in zip(left, right)]
        soft_left = [*room]
        soft_right = [*room]
        for i, m in enumerate(members):
            if stiff_low[m]:
                soft_left[i] = soft_left[i + 1] = 0.0
            if stiff_high[m]:
                soft_right[i] = soft_right[i + 1] = 0.0
        kept_left = _straighten(left, soft_left)
        kept_right = _straighten([-value for value in right], soft_right)
        cuts = _concave(left, kept_left, 1.0) | _concave(right, kept_right, -1.0)
        edges = sorted({0, n, *cuts})
        first_row = row[begin]
        for top, bottom in pairwise(edges):
            number = len(sides)
            for m in members[top:bottom]:
                polygon_of[m] = number
            l0, l1 = _at(left, kept_left, top), _at(left, kept_left, bottom)
            r0, r1 = _at(right, kept_right, top), _at(right, kept_right, bottom)
            sides.append((l0, r0, l1, r1))
            ring = [(l0, top), *((left[k], k) for k in kept_left if top < k < bottom), (l1, bottom)]
            ring += [(r1, bottom), *((right[k], k) for k in reversed(kept_right) if top < k < bottom), (r0, top)]
            corners.extend((x, first_row + z) for x, z in ring)
            starts.append(len(corners))
    return Polygons(
        polygon_of[runs.of_floor], np.array(starts, np.int32), np.array(corners, np.float32).reshape(-1, 2),
        np.array(sides, np.float32).reshape(-1, 4),
    )  # fmt: skip


def _straighten(x: list[int], slack: list[float]) -> list[int]:
    """Which points of a chain to keep, so that straight lines between them are at least x, and hardly more."""
    last = len(x) - 1
    if all(value == x[0] for value in x):
        return [0, last]
    kept, begin = [0], 0
    while begin < last:
        start, low, high, best = x[begin], -1e30, 1e30, begin + 1
        for i in range(begin + 1, last + 1):
            slope = (x[i] - start) / (i - begin)
            if low <= slope + _EVEN and slope <= high + _EVEN:
                best = i
            low, high = max(low, slope), min(high, slope + slack[i] / (i - begin))
            if low > high + _EVEN:
                break
        kept.append(best)
        begin = best
    return kept


def _concave(x: list[int], kept: list[int], side: float) -> set[int]:
    """Where a chain turns into what it bounds."""
    found = set()
    for a, b, c in zip(kept, kept[1:], kept[2:]):
        before, behind = (x[b] - x[a]) / (b - a), (x[c] - x[b]) / (c - b)
        if side * (behind - before) < -_EVEN:
            found.add(b)
    return found


def _at(x: list[int], kept: list[int], line: int) -> float:
    """Where a straightened chain is at a row line."""
    for a, b in pairwise(kept):
        if a <= line <= b:
            return x[a] + (x[b] - x[a]) * (line - a) / (b - a)
    return float(x[line])
