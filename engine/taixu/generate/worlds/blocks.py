"""What fills the inside of a city's blocks: courtyards with things to sit on, bicycles, bins, parked cars."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.buildings.plans import chance
from taixu.generate.places.settlements.lots import blocks_of
from taixu.generate.worlds.furnishing import Furnisher

__all__ = ["fill_blocks"]

_COURT = ("bench", "planter", "bicycle_rack", "picnic_table", "bin", "car", "car", "planter")
_A_THING_M2 = 70.0
_CLEAR_M = 1.2


def fill_blocks(on: Furnisher) -> None:
    """Put things into what houses leave free, turned as the houses are."""
    import shapely

    x0, z0, radius = on.site.layout.square
    houses = [shapely.Polygon(lot.corners * (1.0, -1.0)).buffer(_CLEAR_M) for lot in on.site.layout.lots]
    tree = shapely.STRtree(houses)
    for number, block in enumerate(blocks_of(on.site.layer.graph)):
        if block.area < 500 or block.contains(shapely.Point(x0, -z0)):
            continue
        inner = block.buffer(-3.0)
        near = [houses[int(k)] for k in tree.query(inner)]
        free = inner.difference(shapely.union_all(near)) if near else inner
        if free.is_empty:
            continue
        low_x, low_y, high_x, high_y = free.bounds
        for k in range(int(free.area / _A_THING_M2) * 3):
            u, v = (chance(on.seed, number, k, axis) for axis in "uv")
            at = np.array([low_x + (high_x - low_x) * u, low_y + (high_y - low_y) * v])
            if not free.contains(shapely.Point(at)) or np.hypot(at[0] - x0, -at[1] - z0) < radius:
                continue
            kind = _COURT[int(chance(on.seed, number, k, "kind") * len(_COURT))]
            on.put(kind, float(at[0]), float(-at[1]), round(chance(on.seed, number, k, "turn") * 4) * np.pi / 2)
