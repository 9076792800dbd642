"""Islands: polygons between which there is a way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["label_islands"]


def label_islands(pairs: NDArray[Any], sizes: NDArray[Any]) -> NDArray[np.int32]:
    """Number the islands of polygons, the largest first.

    Parameters
    ----------
    pairs : int [n, 2]
        Polygons that border on each other.
    sizes : int [polygons]
        Floors of each.
    """
    count = len(sizes)
    label = np.arange(count)
    a, b = pairs[:, 0], pairs[:, 1]
    while len(a):
        low = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        while not np.array_equal(label, label[label]):
            label = label[label]
        if np.array_equal(before, label):
            break
    roots, island = np.unique(label, return_inverse=True)
    floors = np.bincount(island, weights=sizes, minlength=len(roots)) if count else np.zeros(0)
    rank = np.empty(len(roots), np.int32)
    rank[np.lexsort((np.arange(len(roots)), -floors))] = np.arange(len(roots), dtype=np.int32)
    return rank[island].astype(np.int32)
