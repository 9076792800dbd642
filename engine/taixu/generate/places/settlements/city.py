"""Districts of a city: a street plan, blocks, lots, and on each lot what its zone builds."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.errors import TaixuError
from taixu.generate.places.buildings.plans import Array, chance, clean_footprint, parts_of
from taixu.generate.places.buildings.style import Style, read_style
from taixu.generate.places.settlements.cultures import ZONE_HOUSES, ZONES
from taixu.generate.places.settlements.layouts import street_plan
from taixu.generate.places.settlements.lots import Lot, lots_of_block
from taixu.generate.places.settlements.plan import Ground, House, Settlement
from taixu.generate.places.settlements.spec import CitySpec
from taixu.generate.places.settlements.village import footprint_in

__all__ = ["block_houses", "plan_city", "zone_at"]


def plan_city(ground: Ground, spec: CitySpec, seed: int) -> Settlement:
    """Where everything of a district stands."""
    from taixu.generate.places.settlements.remaking import CityMaker

    spec = spec.check()
    return CityMaker(ground, spec, seed).plan(street_plan(spec.layout, size_m=spec.district_m, block_m=spec.block_m, seed=seed))


def zone_at(point: Array, spec: CitySpec, seed: int) -> str:
    """Which zone a place is in: by its distance from the middle, unevenly."""
    away = float(np.hypot(*point)) / max(spec.district_m / 2, 1.0)
    away += 0.22 * (chance(seed, "zone", int(point[0] // 150), int(point[1] // 150)) - 0.5)
    marks = ZONES[spec.character]
    return next((name for far, name in marks if away < far), marks[-1][1])


def block_houses(
    block: Any, ground: Ground, spec: CitySpec, seed: int, *, origin: Array | None = None
) -> tuple[list[Lot], list[House], bool]:
    """Lots and houses of a block: a function of its outline and the ground below it; `origin` is the district's middle."""
    middle = np.array(block.centroid.coords[0])
    key = f"{middle[0]:.0f}:{middle[1]:.0f}"
    if block.area < 400 or (chance(seed, "park", key) < spec.parks and block.area > 2500):
        return [], [], True
    zone = zone_at(middle if origin is None else middle - origin, spec, seed)
    styles = [(read_style(name), weight) for name, weight in _zone_styles(zone)]
    main = styles[0][0]
    wide = (main.width[0], main.width[1])
    depth = main.depth[1] + main.numbers["setback"] + (6.0 if main.numbers["party"] else 9.0)
    lots = lots_of_block(block, wide=wide, deep=(depth, depth * 1.25), seed=seed)
    houses: list[House] = []
    for lot in lots:
        at = chance(seed, "style", lot.key) * sum(weight for _, weight in styles)
        style = styles[-1][0]
        for each, weight in styles:
            if at < weight:
                style = each
                break
            at -= weight
        house = _house(lot, style, ground, seed, block)
        if house is not None:
            houses.append(house)
    return lots, _with_neighbours(houses), False


def _zone_styles(zone: str) -> tuple[tuple[str, float], ...]:
    """Styles of a zone with weights."""
    return ZONE_HOUSES[zone]


def _house(lot: Lot, style: Style, ground: Ground, seed: int, block: Any) -> House | None:
    import shapely

    if style.numbers["party"]:
        d = np.array([-lot.front[1], lot.front[0]])
        into = -lot.front
        deep = style.depth[0] + (style.depth[1] - style.depth[0]) * chance(seed, "deep", lot.key)
        back = style.numbers["setback"]
        strip = shapely.Polygon(
            [lot.gate + d * s + into * t for s, t in ((-60, back - 3), (60, back - 3), (60, back + deep), (-60, back + deep))]
        )
        inner = block.buffer(-max(back, 0.05), join_style="mitre")
        shape = lot.shape.intersection(strip).intersection(inner)
        shape = max(parts_of(shape), key=lambda part: part.area, default=None)
        if shape is None or shape.area < 24 or shape.length**2 / shape.area > 60:
            return None
    else:
        wide = min(style.width[1], max(style.width[0], _room(lot) - 3.0))
        shape = footprint_in(lot, style, seed, wide=wide)
        if shape is None:
            return None
    try:
        clean = clean_footprint(np.asarray(shape.exterior.coords)[:-1])
    except TaixuError:
        return None
    points = np.asarray(clean.exterior.coords)
    heights = ground.height_at(points[:, 0], points[:, 1])
    water = ground.water_at(points[:, 0], points[:, 1])
    if (water > heights - 0.3).any():
        return None
    base = style.numbers["base"]
    number = int(chance(seed, "house", lot.key) * 2**31)
    low, high = style.storeys
    storeys = low + min(int(chance(number, "storeys") * (high - low + 1)), high - low)
    gate = float(ground.height_at(*lot.gate[:, None])[0])
    pad = float(np.clip(heights.mean(), gate - 1.0, gate + 1.2))
    return House(f"house {lot.key}", style, clean, lot.front, storeys, number, pad + base, base + 1.2, lot, pad_m=pad)


def _room(lot: Lot) -> float:
    d = np.array([-lot.front[1], lot.front[0]])
    return float(np.ptp(np.asarray(lot.shape.exterior.coords) @ d))


def _with_neighbours(houses: list[House]) -> list[House]:
    """Houses of a row know those that they touch."""
    from dataclasses import replace

    import shapely

    made = []
    shapes = [house.footprint for house in houses]
    if not shapes:
        return []
    tree = shapely.STRtree(shapes)
    for number, house in enumerate(houses):
        near = [
            int(k)
            for k in tree.query(house.footprint.buffer(0.3))
            if int(k) != number and shapes[int(k)].distance(house.footprint) < 0.25
        ]
        beside = tuple(
            (shapes[k], houses[k].storeys * houses[k].style.numbers["floor"] + houses[k].floor_m - house.floor_m)
            for k in sorted(near)
        )
        made.append(replace(house, neighbours=beside))
    return made
