from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.render.bvh import LEAF_SIZE, LEAF_STEP, BoxTree, build_pairs, build_trees


def boxes(count: int, *, seed: int = 1) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    centers = random.random((count, 3), np.float32) ** 3
    sizes = random.random((count, 3), np.float32) * 0.06
    return centers - sizes, centers + sizes


def walk(tree: BoxTree, origin: NDArray[np.float64], direction: NDArray[np.float64]) -> list[int]:
    """Items of all leaves whose boxes a ray meets, by the skips that shaders follow."""
    found: list[int] = []
    node = 0
    while node < len(tree.skips):
        a, b = (tree.lows[node] - origin) / direction, (tree.highs[node] - origin) / direction
        if max(np.minimum(a, b).max(), 0.0) <= np.maximum(a, b).min():
            count = int(tree.counts[node])
            if count == 0:
                node += 1
                continue
            first = int(tree.firsts[node])
            found += tree.order[first : first + count].tolist()
        node = int(tree.skips[node])
    return found


@pytest.mark.parametrize("count", [1, 2, LEAF_SIZE, LEAF_SIZE + 1, 300, 4000])
def test_every_item_lies_in_one_leaf_and_in_its_box(count: int) -> None:
    lows, highs = boxes(count)
    tree = build_trees(lows, highs)[0]
    assert sorted(tree.order.tolist()) == list(range(count))
    assert tree.counts.sum() == count
    assert tree.counts.max() <= LEAF_SIZE
    for node in np.flatnonzero(tree.counts):
        items = tree.order[tree.firsts[node] : tree.firsts[node] + tree.counts[node]]
        assert np.array_equal(lows[items].min(0), tree.lows[node])
        assert np.array_equal(highs[items].max(0), tree.highs[node])
    assert (tree.skips > np.arange(len(tree.skips))).all()
    assert tree.skips.max() == len(tree.skips)


def test_a_ray_finds_every_box_that_it_meets() -> None:
    lows, highs = boxes(500)
    trees = build_trees(lows, highs)
    random = np.random.default_rng(7)
    met = 0
    for _ in range(50):
        origin, direction = random.random(3), random.normal(size=3)
        a, b = (lows - origin) / direction, (highs - origin) / direction
        tree = trees[int((direction < 0) @ (1, 2, 4))]
        wanted = set(np.flatnonzero(np.maximum(np.minimum(a, b).max(1), 0) <= np.maximum(a, b).min(1)).tolist())
        assert wanted <= set(walk(tree, origin, direction))
        met += len(wanted)
    assert met > 20


def test_items_in_one_place_are_halved() -> None:
    tree = build_trees(np.zeros((100, 3), np.float32), np.ones((100, 3), np.float32))[0]
    assert tree.counts.max() <= LEAF_SIZE
    assert len(tree.skips) < 100


@pytest.mark.parametrize("octant", [0, 7])
def test_near_boxes_come_first(octant: int) -> None:
    """Along a ray through a row of boxes, leaves come in the order in which they are met."""
    places = np.arange(64, dtype=np.float32)[:, None] * np.ones(3, np.float32)
    tree = build_trees(places, places + np.float32(0.5))[octant]
    signs = np.where([octant & 1, octant & 2, octant & 4], -1.0, 1.0)
    start = -1.0 if signs[0] > 0 else 65.0
    met = walk(tree, np.full(3, start), signs)
    leaves = [m // 4 for m in met]
    assert len(met) == 64
    assert (np.diff(np.array(leaves) * signs[0]) >= 0).all()


def test_the_tree_is_worth_its_nodes() -> None:
    """A ray through a crowd looks at a small part of it."""
    lows, highs = boxes(4000)
    tree = build_trees(lows, highs)[0]
    seen = [len(walk(tree, np.array([-1.0, y, 0.3]), np.array([1.0, 0.01, 0.02]))) for y in np.linspace(0.05, 0.9, 20)]
    assert np.mean(seen) < 120


@pytest.mark.parametrize(("count", "leaf_size"), [(1, LEAF_SIZE), (LEAF_SIZE + 1, LEAF_SIZE), (2, 1), (700, LEAF_SIZE), (90, 1)])
def test_pairs_hold_every_item_once_in_boxes_that_hold_it(count: int, leaf_size: int) -> None:
    lows, highs = boxes(count)
    tree = build_pairs(lows, highs, leaf_size=leaf_size)
    found: list[int] = []
    waiting, most = [(0, side) for side in range(2)], 0
    while waiting:
        most = max(most, len(waiting))
        node, side = waiting.pop()
        ref = int(tree.refs[node, side])
        if ref >= 0:
            for below in range(2):
                if np.isfinite(tree.lows[ref, below]).all():
                    assert (tree.lows[ref, below] >= tree.lows[node, side]).all()
                    assert (tree.highs[ref, below] <= tree.highs[node, side]).all()
            waiting += [(ref, 0), (ref, 1)]
            continue
        first, size = divmod(~ref, LEAF_STEP)
        items = tree.order[first : first + size]
        assert size <= leaf_size
        assert (lows[items] >= tree.lows[node, side]).all()
        assert (highs[items] <= tree.highs[node, side]).all()
        found += items.tolist()
    assert sorted(found) == list(range(count))
    assert most <= tree.depth + 1
