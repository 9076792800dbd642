"""A tree of boxes round triangles, laid out so that rays walk it without a stack, or by pairs with one.

All nodes of a level are split at once, by numpy, so that a hundred thousand triangles take a fraction of a second. Where
to split follows the surface area heuristic on sixteen bins (Wald, "On fast Construction of SAH-based Bounding Volume
Hierarchies", 2007). Nodes lie in depth-first order: after a box that is missed a ray goes on at the node's `skip`. There is an
order for each octant of directions, so that rays come to near boxes first. Pairs hold both boxes of a node at once, so that
a ray chooses the nearer one itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAF_STEP", "BoxPairs", "BoxTree", "build_pairs", "build_trees"]

LEAF_SIZE = 4
_BINS = 16
_MOST_LEVELS = 64

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class BoxTree:
    """Nodes in depth-first order; the first is the root.

    Attributes
    ----------
    lows, highs : float32[n, 3]
        Corners of the boxes.
    skips : int[n]
        The node after all that lie under this one; `n` where there is none.
    firsts, counts : int[n]
        Which of `order` lie in a leaf; counts are 0 for inner nodes.
    order : int[m]
        Triangles as leaves name them.
    """

    lows: Floats
    highs: Floats
    skips: Ints
    firsts: Ints
    counts: Ints
    order: Ints


@dataclass(frozen=True)
class BoxPairs:
    """Nodes of two boxes each; the first is the root. A tree of one leaf has an empty second box (its low corner is endless).

    Attributes
    ----------
    lows, highs : float32[n, 2, 3]
        Corners of the boxes.
    refs : int64[n, 2]
        What lies in a box: a node where it is 0 or more; else ~(first * `LEAF_STEP` + count) of `order`.
    order : int[m]
        Triangles as leaves name them.
    depth
        Nodes that wait at most, while a ray walks.
    """

    lows: Floats
    highs: Floats
    refs: NDArray[np.int64]
    order: Ints
    depth: int


LEAF_STEP = 256


@dataclass
class _Level:
    """Nodes of one depth: ranges of `order`, boxes, the axis along which they are cut, and the number of the first child
    in the next level (-1: a leaf).
    """

    starts: Ints
    ends: Ints
    lows: Floats
    highs: Floats
    axes: Ints
    children: Ints


def build_trees(lows: Floats, highs: Floats) -> list[BoxTree]:
    """The tree of boxes [m, 3] each (m is 1 at least), for each octant: bit k says that rays go down along axis k."""
    levels, order = _levels(lows, highs, LEAF_SIZE)
    return [_arrange(levels, order, octant) for octant in range(8)]


def build_pairs(lows: Floats, highs: Floats, *, leaf_size: int = LEAF_SIZE) -> BoxPairs:
    """The tree of boxes [m, 3] each (m is 1 at least), by pairs."""
    levels, order = _levels(lows, highs, leaf_size)
    firsts = np.cumsum([0, *((level.children >= 0).sum() for level in levels)])
    count = max(int(firsts[-1]), 1)
    pair_lows, pair_highs = np.full((count, 2, 3), np.inf, np.float32), np.full((count, 2, 3), np.inf, np.float32)
    refs = np.full((count, 2), -1, np.int64)
    if firsts[-1] == 0:  # one leaf
        pair_lows[0, 0], pair_highs[0, 0], refs[0, 0] = levels[0].lows[0], levels[0].highs[0], ~len(order)
    for level, below, first, after in zip(levels[:-1], levels[1:], firsts[:-2], firsts[1:-1], strict=True):
        split = np.flatnonzero(level.children >= 0)
        inner = below.children >= 0
        names = np.where(inner, after + np.cumsum(inner) - 1, ~(below.starts * LEAF_STEP + below.ends - below.starts))
        for side in range(2):
            child = level.children[split] + side
            where = first + np.arange(len(split))
            pair_lows[where, side], pair_highs[where, side] = below.lows[child], below.highs[child]
            refs[where, side] = names[child]
    return BoxPairs(pair_lows, pair_highs, refs, order, len(levels))


def _levels(lows: Floats, highs: Floats, leaf_size: int) -> tuple[list[_Level], Ints]:
    """Nodes by depth, and the order that their ranges speak of."""
    order = np.arange(len(lows))
    centers = (lows + highs) * np.float32(0.5)
    starts, ends = np.zeros(1, np.intp), np.array([len(order)], np.intp)
    levels: list[_Level] = []
    while len(starts):
        most = leaf_size if len(levels) < _MOST_LEVELS else len(order)
        level, order, starts, ends = _split(lows, highs, centers, order, starts, ends, most)
        levels.append(level)
    return levels, order


def _split(
    lows: Floats, highs: Floats, centers: Floats, order: Ints, starts: Ints, ends: Ints, leaf_size: int
) -> tuple[_Level, Ints, Ints, Ints]:
    """Boxes of a level's nodes, and the ranges of the next one's."""
    counts = ends - starts
    where = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    cuts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    items = order[where]
    low, high = np.minimum.reduceat(lows[items], cuts), np.maximum.reduceat(highs[items], cuts)
    axes, children = np.zeros(len(starts), np.intp), np.full(len(starts), -1, np.intp)
    wide = counts > leaf_size
    level = _Level(starts, ends, low, high, axes, children)
    if not wide.any():
        return level, order, np.zeros(0, np.intp), np.zeros(0, np.intp)
    children[wide] = np.arange(wide.sum()) * 2
    # Only what is split goes on: `node` numbers those nodes from 0.
    inside = np.repeat(wide, counts)
    items, where, counts = items[inside], where[inside], counts[wide]
    cuts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    node = np.repeat(np.arange(len(counts)), counts)
    first, end = np.minimum.reduceat(centers[items], cuts), np.maximum.reduceat(centers[items], cuts)
    axis = (end - first).argmax(1)
    axes[wide] = axis
    nodes = np.arange(len(counts))
    origin, extent = first[nodes, axis], (end - first)[nodes, axis]
    at = (centers[items, axis[node]] - origin[node]) * (_BINS / np.maximum(extent, 1e-30))[node]
    bins = np.clip(at.astype(np.intp), 0, _BINS - 1)
    left = bins < _best_cut(lows[items], highs[items], node, bins, len(counts))[node]
    share = np.bincount(node, left, len(counts)).astype(np.intp)
    flat = (share == 0) | (share == counts)
    if flat.any():  # all in one place: halves will do
        halves = np.arange(len(items)) - cuts[node] < (counts // 2)[node]
        left = (left & ~flat[node]) | (halves & flat[node])
        share = np.bincount(node, left, len(counts)).astype(np.intp)
    sorted_items = items[np.lexsort((~left, node))]
    order = order.copy()
    order[where] = sorted_items
    middle = starts[wide] + share
    return level, order, np.stack([starts[wide], middle], 1).reshape(-1), np.stack([middle, ends[wide]], 1).reshape(-1)


def _best_cut(lows: Floats, highs: Floats, node: Ints, bins: Ints, count: int) -> Ints:
    """By node the bin before which to cut: the least sum of area times number on both sides."""
    slot = node * _BINS + bins
    by_slot = np.argsort(slot, kind="stable")
    used, cuts = np.unique(slot[by_slot], return_index=True)
    low = np.full((count * _BINS, 3), np.inf, np.float32)
    high = np.full((count * _BINS, 3), -np.inf, np.float32)
    low[used], high[used] = np.minimum.reduceat(lows[by_slot], cuts), np.maximum.reduceat(highs[by_slot], cuts)
    numbers = np.bincount(slot, minlength=count * _BINS).reshape(count, _BINS)
    lowest, highest = low.reshape(count, _BINS, 3), high.reshape(count, _BINS, 3)
    before = _areas(np.minimum.accumulate(lowest, 1), np.maximum.accumulate(highest, 1)) * np.cumsum(numbers, 1)
    after = _areas(np.minimum.accumulate(lowest[:, ::-1], 1), np.maximum.accumulate(highest[:, ::-1], 1))[:, ::-1]
    after = after * np.cumsum(numbers[:, ::-1], 1)[:, ::-1]
    best: Ints = (before[:, :-1] + after[:, 1:]).argmin(1) + 1
    return best


def _areas(low: Floats, high: Floats) -> Floats:
    edges = np.maximum(high - low, 0.0)
    areas: Floats = edges[..., 0] * edges[..., 1] + edges[..., 1] * edges[..., 2] + edges[..., 2] * edges[..., 0]
    return np.where(np.isfinite(areas), areas, 0.0)


def _arrange(levels: list[_Level], order: Ints, octant: int) -> BoxTree:
    """Levels in depth-first order, the child first that rays of the octant come to first."""
    sizes: list[Ints] = [np.ones(0, np.intp)] * len(levels)
    for depth in range(len(levels) - 1, -1, -1):
        children = levels[depth].children
        size = np.ones(len(children), np.intp)
        split = children >= 0
        if split.any():
            below = sizes[depth + 1]
            size[split] += below[children[split]] + below[children[split] + 1]
        sizes[depth] = size
    count = int(sizes[0][0])
    lows, highs = np.empty((count, 3), np.float32), np.empty((count, 3), np.float32)
    skips, firsts, counts = (np.zeros(count, np.intp) for _ in range(3))
    places = np.zeros(1, np.intp)
    for depth, level in enumerate(levels):
        lows[places], highs[places], skips[places] = level.lows, level.highs, places + sizes[depth]
        leaf = level.children < 0
        firsts[places], counts[places] = level.starts, np.where(leaf, level.ends - level.starts, 0)
        inner = places[~leaf]
        child = level.children[~leaf]
        following = np.empty(len(child) * 2, np.intp)
        if len(child):
            turned = (octant >> level.axes[~leaf]) & 1
            first = child + turned
            following[first] = inner + 1
            following[child + 1 - turned] = inner + 1 + sizes[depth + 1][first]
        places = following
    return BoxTree(lows, highs, skips, firsts, counts, order)
