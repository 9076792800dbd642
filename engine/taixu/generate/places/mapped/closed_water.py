"""Water that nobody walks through: closed boxes over the beds of ponds and canals."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.buildings.plans import parts_of

__all__ = ["closed_water"]

_MOST = 160
"""Boxes: a world's navigation takes 250 areas."""
_WASTE_M2, _LEAST_M2 = 25.0, 1.0
_NEEDLE_M = 0.02
"""Half as wide: what cuts leave of borders that almost lie on one another."""
_WADE_M = 0.2
_BELOW_M = 3.0
"""From the surface to the bottom of a box: under the bed, and no farther, as a tunnel may lie there."""


def closed_water(ponds: Sequence[tuple[Any, float]]) -> dict[str, dict[str, Any]]:
    """Entities whose boxes close the ground under water to those who walk.

    A box is of a turned rectangle around a piece of the water, from a hand below its surface to under its bed; what stands higher
    in the rectangle, banks and bridges, stays open. The piece that wastes most of its rectangle is halved, until there are enough.

    Parameters
    ----------
    ponds
        Shapes of water (x east, y north, metres) with the height of their surface.
    """
    order = count()  # so that polygons are never compared
    pieces: list[tuple[float, int, Any, NDArray[np.float64], float]] = []

    def add(part: Any, level: float) -> None:
        corners = _rectangle(np.asarray(part.convex_hull.exterior.coords))
        across, along = np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[1]))
        heapq.heappush(pieces, (part.area - across * along, next(order), part, corners, level))

    whole = [(part, level) for shape, level in ponds for part in parts_of(shape) if part.area > _LEAST_M2]
    for part, level in sorted(whole, key=lambda each: -each[0].area)[:_MOST]:
        add(part, level)
    cuts = 0
    while pieces and len(pieces) < _MOST and cuts < _MOST and pieces[0][0] < -_WASTE_M2:
        _, _, part, corners, level = heapq.heappop(pieces)
        cuts += 1
        for half in _halves(part, corners):
            add(half, level)
    found = {}
    for number, (_, _, _, corners, level) in enumerate(sorted(pieces, key=lambda each: each[1]), 1):
        middle, run = corners.mean(axis=0), corners[1] - corners[0]
        turn = float(np.arctan2(run[1], run[0])) / 2
        size = [float(np.hypot(*run)), _BELOW_M - _WADE_M, float(np.hypot(*(corners[2] - corners[1])))]
        at = [float(middle[0]), level - (_BELOW_M + _WADE_M) / 2, -float(middle[1])]
        found[f"deep water {number}"] = {
            "name": {"text": "Deep water"},
            "transform": {"position": at, "rotation": [0.0, float(np.sin(turn)), 0.0, float(np.cos(turn))]},
            "navigation_area": {"kind": "blocked", "size": size},
        }
    return found


def _rectangle(hull: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners [4, 2] of the smallest rectangle around a convex ring [n, 2], in its order: one of its edges lies on the ring's."""
    runs = np.diff(hull, axis=0)
    along = runs[np.hypot(*runs.T) > 1e-9]
    along /= np.hypot(*along.T)[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    u, v = along @ hull.T, across @ hull.T
    best = int(np.argmin(np.ptp(u, axis=1) * np.ptp(v, axis=1)))
    low, high = (u[best].min(), v[best].min()), (u[best].max(), v[best].max())
    turned = np.array([low, (high[0], low[1]), high, (low[0], high[1])])
    return np.asarray(turned @ np.stack([along[best], across[best]]), np.float64)


def _halves(part: Any, corners: NDArray[np.float64]) -> list[Any]:
    """Both sides of the line across the middle of its rectangle's longer edges."""
    import shapely

    if np.hypot(*(corners[1] - corners[0])) < np.hypot(*(corners[2] - corners[1])):
        corners = np.roll(corners, -1, axis=0)
    a, b, c, d = corners
    one = shapely.Polygon([a, (a + b) / 2, (c + d) / 2, d])
    halves = [half.buffer(-_NEEDLE_M, join_style="mitre").buffer(_NEEDLE_M, join_style="mitre")
              for half in (part.intersection(one), part.difference(one))]  # fmt: skip
    return [piece for half in halves for piece in parts_of(half) if piece.area > _LEAST_M2]
