"""Who is near whom, for very many: a grid of squares as wide as the distance, so that only neighbours are compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["near_any", "nearest_m"]

_NARROWEST = 64
_OFFSETS = [(dx, dz) for dx in (-1, 0, 1) for dz in (-1, 0, 1)]


def near_any(
    points: NDArray[np.float64], others: NDArray[np.float64], *, distance_m: float, selves: NDArray[np.intp] | None = None
) -> NDArray[np.bool_]:
    """Which points ``float64[3, n]`` have one of the others ``float64[3, m]`` within a distance.

    Parameters
    ----------
    selves
        For each point its own place among the others, or -1: nobody is near himself.
    """
    found = np.zeros(points.shape[1], bool)
    if not points.shape[1] or not others.shape[1]:
        return found
    usable = np.isfinite(others).all(axis=0)
    places = np.flatnonzero(usable)
    squares = _squares(others[:, places], distance_m)
    order = np.argsort(squares, kind="stable")
    squares, places = squares[order], places[order]
    finite = np.flatnonzero(np.isfinite(points).all(axis=0))
    for dx, dz in _OFFSETS:
        rows = finite[~found[finite]]
        wanted = _squares(points[:, rows], distance_m, dx, dz)
        first, end = np.searchsorted(squares, wanted, "left"), np.searchsorted(squares, wanted, "right")
        busy = np.flatnonzero(first < end)
        while len(busy):
            there = places[first[busy]]
            apart = points[:, rows[busy]] - others[:, there]
            near = (apart * apart).sum(axis=0) <= distance_m * distance_m
            if selves is not None:
                near &= selves[rows[busy]] != there
            found[rows[busy[near]]] = True
            first[busy] += 1
            busy = busy[~near & (first[busy] < end[busy])]
    return found


def nearest_m(
    points: NDArray[np.float64], others: NDArray[np.float64], *, within_m: float, selves: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
    """Metres from each point ``float64[3, n]`` to the nearest of the others ``float64[3, m]``; infinite where none is within reach.

    Parameters
    ----------
    selves
        For each point its own place among the others, or -1: nobody is near himself.
    """
    found = np.full(points.shape[1], np.inf)
    places = np.flatnonzero(np.isfinite(others).all(axis=0))
    left = np.flatnonzero(np.isfinite(points).all(axis=0))
    reach = within_m / _NARROWEST
    while len(left) and len(places):
        squares = _squares(others[:, places], reach)
        order = np.argsort(squares, kind="stable")
        squares, sorted_places = squares[order], places[order]
        least = np.full(len(left), np.inf)
        for dx, dz in _OFFSETS:
            wanted = _squares(points[:, left], reach, dx, dz)
            first, end = np.searchsorted(squares, wanted, "left"), np.searchsorted(squares, wanted, "right")
            busy = np.flatnonzero(first < end)
            while len(busy):
                there = sorted_places[first[busy]]
                apart = points[:, left[busy]] - others[:, there]
                squared = (apart * apart).sum(axis=0)
                if selves is not None:
                    squared[selves[left[busy]] == there] = np.inf
                least[busy] = np.minimum(least[busy], squared)
                first[busy] += 1
                busy = busy[first[busy] < end[busy]]
        sure = least <= reach * reach  # beyond it somebody two squares away could be nearer
        found[left[sure]] = np.sqrt(least[sure])
        left = left[~sure]
        if reach >= within_m:
            break
        reach = min(reach * 4, within_m)
    return found


def _squares(points: NDArray[np.float64], size: float, dx: int = 0, dz: int = 0) -> NDArray[np.int64]:
    """A number for each square; squares far apart may share one, which costs a comparison and no more."""
    x = np.floor(points[0] / size).astype(np.int64) + dx
    z = np.floor(points[2] / size).astype(np.int64) + dz
    with np.errstate(over="ignore"):
        return (x * np.int64(0x9E3779B97F4A7C1)) ^ (z * np.int64(0x1B873593CC9E2D51))
