"""Bodies without number in one place: each touches each, and pairs grow with the square until memory ends.

A cube between one and two bounding spheres wide holds a few dozen bodies that do not overlap. Hundreds of them are a
mistake of whoever spawned them, and the engine sees only the first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .batch import BodyBatch, BodyKind

__all__ = ["MOST_IN_ONE_PLACE", "uncrowded"]

MOST_IN_ONE_PLACE = 256


def uncrowded(batch: BodyBatch) -> NDArray[np.bool_]:
    """Which bodies of a batch can be made, bool [n]: all but the dynamic ones beyond the most in one place."""
    radii = np.zeros(batch.n)
    if len(batch.shapes):
        shapes = np.array([shape.bounding_radius_m for shape in batch.shapes])
        np.maximum.at(radii, batch.colliders["body"], shapes[batch.colliders["shape"]])
    rows = np.flatnonzero((np.asarray(batch.kinds) == BodyKind.DYNAMIC) & np.isfinite(batch.poses).all(axis=1))
    keep = np.ones(batch.n, bool)
    if len(rows) <= MOST_IN_ONE_PLACE:
        return keep
    levels = np.ceil(np.log2(np.clip(2 * radii[rows], 1e-3, 1e6)))
    cells = np.floor(np.asarray(batch.poses)[rows, :3] / np.exp2(levels)[:, None])
    keep[rows] = _rank(np.column_stack([levels, cells])) < MOST_IN_ONE_PLACE
    return keep


def _rank(keys: NDArray[Any]) -> NDArray[np.intp]:
    """How many equal rows stand before each."""
    _, group = np.unique(keys, axis=0, return_inverse=True)
    group = group.reshape(-1)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(group.max() + 1))
    ranks = np.empty(len(group), np.intp)
    ranks[order] = np.arange(len(group)) - starts[group[order]]
    return ranks
