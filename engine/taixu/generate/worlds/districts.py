"""Parts of a city: streets, blocks and lots of `places.settlements`, with a square in the middle."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.generate.places.landscapes import Landscape
from taixu.generate.places.roads import RoadLayer
from taixu.generate.places.settlements.city import plan_city
from taixu.generate.places.settlements.lots import blocks_of
from taixu.generate.places.settlements.plan import Ground, House
from taixu.generate.places.settlements.spec import CitySpec
from taixu.generate.worlds.houses import StandingHouse
from taixu.generate.worlds.layouts import Layout, Lot, Street

__all__ = ["plan_district"]

_FULL_M = 38.0
"""Houses as near to the square as this have windows that are set in, and doors; those farther away are drawn as blocks."""
_BLOCK_M = 62.0


def plan_district(land: Landscape, character: str, count: int, seed: int) -> tuple[Layout, RoadLayer, list[StandingHouse],
    list[House]]:
    """Streets and houses of a district around the origin; gives those near its square, and those far from it.

    Parameters
    ----------
    character
        One of `places.settlements.ZONES`.
    count
        About how many blocks of houses: it decides how wide the district is.
    """
    wide = float(np.clip(46.0 * np.sqrt(max(count, 4)), 200.0, land.spec.size_m * 0.72))
    spec = CitySpec(character, "grid", district_m=round(wide), block_m=_BLOCK_M, parks=0.0)
    made = plan_city(Ground.of_landscape(land), spec, seed & 0x7FFFFFFF)
    blocks = [block for block in blocks_of(made.layer.graph) if block.area > 700]
    layout = Layout()
    open_block: Any = None
    if blocks:
        open_block = min(blocks, key=lambda block: (round(float(np.hypot(*block.centroid.coords[0])), 1), block.wkb))
        middle = np.array(open_block.centroid.coords[0])
        layout.square = (float(middle[0]), float(-middle[1]), float(open_block.exterior.distance(open_block.centroid)) - 1.0)
    layout.streets = [Street(edge.points * (1.0, -1.0), edge.kind.name) for edge in made.layer.graph.edges]
    houses, far = [], []
    for house in made.houses:
        if open_block is not None and open_block.intersects(house.footprint):
            continue
        lot = _lot(house)
        layout.lots.append(lot)
        if np.hypot(lot.x - layout.square[0], lot.z - layout.square[1]) < _FULL_M + layout.square[2]:
            houses.append(_standing(house))
        else:
            far.append(house)
    return layout, made.layer, houses, far


def _lot(house: House) -> Lot:
    """The box of a house's plan."""
    d = np.array([-house.front[1], house.front[0]])
    points = np.asarray(house.footprint.exterior.coords)
    u, v = points @ d, points @ house.front
    middle = d * (u.min() + u.max()) / 2 + house.front * (v.min() + v.max()) / 2
    turn = float(np.arctan2(house.front[0], -house.front[1]))
    return Lot(float(middle[0]), float(-middle[1]), turn, house.style.name, house.seed, float(np.ptp(u)), float(np.ptp(v)))


def _standing(house: House) -> StandingHouse:
    import shapely

    at = house.middle
    plan = shapely.transform(house.footprint, lambda points: points - at)
    beside = tuple((shapely.transform(shape, lambda points: points - at), high) for shape, high in house.neighbours)
    front = (float(house.front[0]), float(house.front[1]))
    return StandingHouse(house.style.name, house.seed, plan, float(at[0]), float(-at[1]), 0.0, house.floor_m, house.base_m,
        house.pad_m, house.storeys, front, beside)  # fmt: skip
