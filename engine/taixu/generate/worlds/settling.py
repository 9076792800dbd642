"""Streets of a plan as roads on the ground, and houses on their lots beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from taixu.generate.places.buildings.style import read_style
from taixu.generate.places.landscapes import Landscape
from taixu.generate.places.roads import Road, RoadLayer, make_roads
from taixu.generate.places.settlements.plan import Ground
from taixu.generate.worlds.houses import StandingHouse, house_plan
from taixu.generate.worlds.layouts import Lot, Street

__all__ = ["height_of_road", "house_on", "roads_of"]

_MOST_DOWN_M, _MOST_UP_M = 1.2, 1.6
"""How far a house's ground may lie under and over its street."""


def roads_of(land: Landscape, streets: Sequence[Street]) -> RoadLayer:
    """Roads along streets: cut and filled, joined where they meet, over water as bridges."""
    ground = Ground.of_landscape(land)
    roads = [Road(street.line * (1.0, -1.0), street.kind, False, str(number)) for number, street in enumerate(streets)]
    return make_roads(roads, ground.height_at, ground.water_at)


def house_on(lot: Lot, land: Landscape, layer: RoadLayer) -> StandingHouse:
    """The house of a lot: its ground as high as the street before it allows, its floor a plinth over that."""
    style = read_style(lot.style)
    plan = house_plan(lot.style, lot.seed, lot.wide, lot.deep)
    spots = np.concatenate([lot.corners, [[lot.x, lot.z]]])
    mean = float(np.mean(land.height_at(spots[:, 0].astype(np.float32), spots[:, 1].astype(np.float32))))
    gate = np.array([lot.x + np.sin(lot.turn) * lot.deep / 2, lot.z + np.cos(lot.turn) * lot.deep / 2])
    street = height_of_road(layer, gate, mean)
    pad = float(np.clip(mean, street - _MOST_DOWN_M, street + _MOST_UP_M))
    base = style.numbers["base"]
    # A metre of wall below: where pads of neighbours meet the ground falls by less than that.
    return StandingHouse(lot.style, lot.seed, plan, lot.x, lot.z, lot.turn, pad + base, base + 1.2, pad_m=pad)


def height_of_road(layer: RoadLayer, spot: Any, otherwise: float, *, within_m: float = 22.0) -> float:
    """The height of the road nearest to a place x, z; where there is none, something else."""
    best, found = within_m, otherwise
    for row in layer.layout.rows:
        away = np.hypot(row.points[:, 0] - spot[0], row.points[:, 1] + spot[1])
        k = int(np.argmin(away))
        if float(away[k]) < best:
            best, found = float(away[k]), float(row.heights[k])
    return found
