"""The place of a triangle that is nearest to a point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["closest_on_triangles"]

Floats = NDArray[np.float64]


def closest_on_triangles(points: Floats, corners: Floats) -> tuple[Floats, Floats]:
    """Shares of the corners [m, 3] at the nearest place, and the squared distance [m], of points [m, 3] and corners [m, 3, 3].

    The foot of the perpendicular where it lies inside, else the nearest place of the three sides.
    """
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac, ap = b - a, c - a, points - a
    d00, d01, d11 = (np.einsum("mc,mc->m", x, y) for x, y in ((ab, ab), (ab, ac), (ac, ac)))
    d20, d21 = np.einsum("mc,mc->m", ap, ab), np.einsum("mc,mc->m", ap, ac)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-300)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    shares = np.stack([1.0 - v - w, v, w], axis=1)
    inside = (shares >= 0.0).all(1) & (d00 * d11 - d01 * d01 > 0.0)
    best = np.where(inside, _squared(points, corners, shares), np.inf)
    for first, second in ((0, 1), (1, 2), (2, 0)):
        side = corners[:, second] - corners[:, first]
        length = np.maximum(np.einsum("mc,mc->m", side, side), 1e-300)
        along = np.clip(np.einsum("mc,mc->m", points - corners[:, first], side) / length, 0.0, 1.0)
        edge = np.zeros_like(shares)
        edge[:, first], edge[:, second] = 1.0 - along, along
        squared = _squared(points, corners, edge)
        nearer = squared < best
        shares[nearer], best[nearer] = edge[nearer], squared[nearer]
    return shares, best


def _squared(points: Floats, corners: Floats, shares: Floats) -> Floats:
    apart = np.einsum("mk,mkc->mc", shares, corners) - points
    squared: Floats = np.einsum("mc,mc->m", apart, apart)
    return squared
