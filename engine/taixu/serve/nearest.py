"""Who is above whom: the nearest of some kind, for many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest_above"]


def nearest_above(parents: NDArray[np.int32], start: NDArray[np.int64], wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each index the nearest one at or above it that is wanted; 0 where there is none."""
    found, at = np.zeros(len(start), np.int64), start.copy()
    waiting = np.arange(len(start))
    while len(waiting):
        here = at[waiting]
        hit = wanted[here]
        found[waiting[hit]] = here[hit]
        waiting, here = waiting[~hit], here[~hit]
        at[waiting] = np.where(here < len(parents), parents[np.minimum(here, len(parents) - 1)], 0) if len(parents) else 0
        waiting = waiting[at[waiting] > 0]
    return found
