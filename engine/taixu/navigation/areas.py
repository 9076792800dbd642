"""Areas: boxes in which the ground is of another kind, dearer to cross or closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.physics.poses import conjugate, rotate

__all__ = ["BLOCKED", "MOST_AREAS", "Area", "paint"]

BLOCKED = "blocked"
MOST_AREAS = 250


@dataclass(frozen=True, slots=True)
class Area:
    """A box (pose in the world, full size) that makes the floors in it a kind of ground.

    Attributes
    ----------
    cost : float
        How many metres of usual ground a metre here is worth.
    """

    kind: str
    cost: float
    pose: tuple[float, ...]
    size_m: tuple[float, float, float]


def paint(areas: Sequence[Area], places: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The number of the area (from 1; later ones lie over earlier ones) at places [3, n], and where it is open."""
    kinds, open_ = np.zeros(places.shape[1], np.uint8), np.ones(places.shape[1], bool)
    if not places.size:
        return kinds, open_
    low, high = places.min(axis=1), places.max(axis=1)
    for number, area in enumerate(areas[:MOST_AREAS], start=1):
        pose, reach = np.asarray(area.pose), float(np.linalg.norm(area.size_m)) / 2 + 1e-3
        if (pose[:3] + reach < low).any() or (pose[:3] - reach > high).any():
            continue  # a city's waters are many, and a tile is small
        local = places.T - pose[:3]
        turned = rotate(np.broadcast_to(conjugate(pose[3:]), (len(local), 4)), local)
        inside = (np.abs(turned) <= np.asarray(area.size_m) / 2 + 1e-6).all(axis=1)
        kinds[inside] = number
        open_[inside] = area.kind != BLOCKED
    return kinds, open_
