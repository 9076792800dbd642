"""Islands: polygons between which there is a way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Passages", "label_islands"]


class Passages:
    """Which islands can be reached from which, where ways lead over links that do not lead back.

    Parameters
    ----------
    pairs : int [n, 2]
        Islands that such links lead from and to.
    """

    def __init__(self, pairs: NDArray[Any]) -> None:
        leads: dict[int, set[int]] = {}
        for a, b in pairs.tolist():
            if a != b:
                leads.setdefault(a, set()).add(b)
        self._reach: dict[int, NDArray[np.int64]] = {}
        for start in leads:
            found, stack = {start}, [start]
            while stack:
                new = leads.get(stack.pop(), set()) - found
                found |= new
                stack.extend(new)
            self._reach[start] = np.array(sorted(found))

    def leads(self, islands: NDArray[Any], to: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether there is a way from islands [n] to others [n]."""
        found: NDArray[np.bool_] = islands == to
        for start, reached in self._reach.items():
            mine = islands == start
            found = np.where(mine, np.isin(to, reached), found)
        return found


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
