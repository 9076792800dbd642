"""Where to stand in a settlement: at eye height on a street, where houses are near and the street goes on."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import Array
from taixu.generate.places.settlements.plan import Settlement

__all__ = ["street_view"]


def street_view(made: Settlement, spec: Any) -> tuple[Array, Array]:
    """An eye and what it looks at, in metres of the world."""
    del spec
    houses = np.array([house.middle for house in made.houses]) if made.houses else np.zeros((0, 2))
    best, found = -1.0, (np.array([0.0, 30.0, 60.0]), np.zeros(3))
    for row in made.layer.layout.rows:
        total = float(row.along[-1])
        for at in np.arange(2.0, total - 4.0, 5.0):
            for way in (1.0, -1.0):
                p = np.array([np.interp(at, row.along, row.points[:, k]) for k in (0, 1)])
                q = np.array([np.interp(np.clip(at + 14 * way, 0, total), row.along, row.points[:, k]) for k in (0, 1)])
                d = q - p
                length = float(np.hypot(*d))
                if length < 6 or not len(houses):
                    continue
                d = d / length
                s, c = (houses - p) @ d, np.abs((houses - p) @ np.array([-d[1], d[0]]))
                seen = ((s > 3) & (s < 70) & (c < 6 + 0.5 * s)).sum()
                close = ((s > 6) & (s < 30) & (c < 16)).sum()
                score = float(seen) + 1.6 * float(close) + 0.02 * min(total - at if way > 0 else at, 60)
                if score > best:
                    best = score
                    y, far = (
                        float(np.interp(at, row.along, row.heights)),
                        float(np.interp(np.clip(at + 14 * way, 0, total), row.along, row.heights)),
                    )
                    found = (np.array([p[0], y + 1.75, -p[1]]), np.array([q[0], far + 2.1, -q[1]]))
    return found
