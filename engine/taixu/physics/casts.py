"""Shape casts by conservative advancement, for engines that have none.

The shape moves along its path by no more than the nearest convex pieces ahead allow, until it touches or the path ends
(Mirtich 1996): it may stop up to `TOLERANCE` early, and it never passes through anything, however thin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .protocol import HIT
from .shapes import Shape

__all__ = ["TOLERANCE", "conservative_cast"]

TOLERANCE = 1e-3
"""Metres within which a shape counts as touching."""
MAX_ADVANCES = 64

Closest = Callable[[Shape, NDArray[Any], float, int, int], NDArray[Any]]


def conservative_cast(closest: Closest, shape: Shape, pose: NDArray[Any], motion: NDArray[Any], mask: int, ignore: int) -> Any:
    """The first contact of `shape` moving from `pose` [7] by `motion` [3]: one `HIT` row (body -1 when nothing is met).

    `closest(shape, pose, max_distance, mask, ignore)` gives `CLOSEST` rows, one for each convex piece (triangle, part of a
    compound) within reach. Bodies that the shape already touches are
    hit at distance zero when the motion goes into them, and let go when it goes away from them.
    """
    hit = np.zeros((), HIT)
    hit["body"], hit["distance"] = -1, np.inf
    length = float(np.linalg.norm(motion))
    if length < 1e-12:
        return hit[()]
    direction = motion / length
    travelled = 0.0
    place = pose.copy()
    # Each look goes a bounded way ahead, so that a long cast does not compute distances to a whole city.
    reach = max(2.0, 2 * shape.bounding_radius_m)
    for _ in range(MAX_ADVANCES + int(length / reach)):
        near = closest(shape, place, min(reach, length - travelled) + TOLERANCE, mask, ignore)
        approach = -(near["normal"] @ direction) if len(near) else np.zeros(0)
        near, approach = near[approach > 1e-6], approach[approach > 1e-6]
        gaps = np.maximum(near["distance"], 0.0)
        if len(near) and float(gaps.min()) <= TOLERANCE:
            row = near[int(np.argmin(gaps))]
            hit["body"], hit["distance"] = row["body"], travelled
            hit["point"], hit["normal"] = row["point"], row["normal"]
            return hit[()]
        # A convex piece lies wholly behind the plane through its nearest point: the shape is free up to that plane.
        advance = min(float((gaps / approach).min()), reach) if len(near) else reach
        travelled += max(advance, TOLERANCE / 2)
        if travelled >= length:
            return hit[()]
        place[:3] = pose[:3] + direction * travelled
    return hit[()]
