"""Villages: a few ways that meet, a market place with a church, houses along the ways, the nearest first."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.buildings.style import Style, read_style
from taixu.generate.places.roads import Road, RoadLayer, make_roads
from taixu.generate.places.settlements.cultures import CULTURES
from taixu.generate.places.settlements.growth import find_site, grow_roads
from taixu.generate.places.settlements.lots import Lot, lots_along
from taixu.generate.places.settlements.plan import Ground, House, Settlement
from taixu.generate.places.settlements.spec import VillageSpec

__all__ = ["footprint_in", "plan_village", "radius_of", "roads_of_village"]


def plan_village(
    ground: Ground, spec: VillageSpec, seed: int, *, middle: Array | None = None, layer: RoadLayer | None = None
) -> Settlement:
    """Where everything of a village stands.

    Parameters
    ----------
    middle, layer
        Where it lies, and its roads; looked for and grown by default.

    Raises
    ------
    TaixuError
        Where the ground has no place for it.
    """
    spec = spec.check()
    culture = CULTURES[spec.culture]
    radius = min(radius_of(spec), ground.reach_m * 0.8)
    if middle is None:
        middle = find_site(ground, radius_m=radius, by_water=culture.by_water, seed=seed)
    if layer is None:
        layer = make_roads(roads_of_village(ground, spec, seed, middle), ground.height_at, ground.water_at)
    made = Settlement(middle, layer)
    taken: list[Any] = []
    for landmark in culture.landmarks:
        name, _, far = landmark.partition("@")
        style = read_style(name)
        lot = _one_lot(made, ground, style, taken, middle, radius, seed, name, float(far or 0.1))
        if lot is not None:
            taken.append(lot.shape)
            made.lots.append(lot)
            house = house_on(lot, style, ground, seed, name)
            if house is not None:
                made.houses.append(house)
    square = _square(made, ground, taken, middle, seed, culture.square_m)
    if square is not None:
        made.squares.append(square)
        taken.append(square[0])
    styles = [read_style(name) for name, _ in culture.houses]
    weights = [weight for _, weight in culture.houses]

    def style_of(key: str) -> Style:
        at = chance(seed, "style", key) * sum(weights)
        for style, weight in zip(styles, weights, strict=True):
            if at < weight:
                return style
            at -= weight
        return styles[-1]

    def size(key: str) -> tuple[float, float]:
        style = style_of(key)
        wide = style.width[0] + (style.width[1] - style.width[0]) * chance(seed, "wide", key)
        if style.numbers["party"]:
            return wide + 0.3, style.depth[1] + 8.0
        return wide + 2.5 + 4.0 * spec.gardens * chance(seed, "gap", key), style.depth[1] + style.numbers[
            "setback"
        ] + 3.0 + 9.0 * spec.gardens

    def allowed(shape: Any) -> bool:
        return ground.is_dry(shape, above_m=0.8) and ground.fall_of(shape) < 0.3 * math.sqrt(shape.area) + 0.5

    lots = lots_along(
        layer.graph, wanted=spec.houses, middle=middle, size=size, allowed=allowed, taken=taken, most_away_m=radius * 1.8
    )
    for number, lot in enumerate(lots, 1):
        house = house_on(lot, style_of(lot.key), ground, seed, f"house {number}")
        made.lots.append(lot)
        if house is not None:
            made.houses.append(house)
    _spawn(made)
    return made


def radius_of(spec: VillageSpec) -> float:
    """How far its houses reach, about, metres."""
    return spec.radius_m or 26.0 * math.sqrt(spec.houses) * 0.75


def roads_of_village(ground: Ground, spec: VillageSpec, seed: int, middle: Array) -> list[Road]:
    """Ways that grow from its middle."""
    culture, radius = CULTURES[spec.culture], min(radius_of(spec), ground.reach_m * 0.8)
    roads, _ = grow_roads(ground, middle, radius_m=radius, arms=spec.ways, lanes=max(2, spec.houses // 9), seed=seed,
                          main=culture.main, side=culture.side, out=culture.out)  # fmt: skip
    return roads


def _one_lot(
    made: Settlement, ground: Ground, style: Style, taken: list[Any], middle: Array, radius: float, seed: int, name: str, far: float
) -> Lot | None:  # fmt: skip
    wide, deep = style.width[1] + 6.0, style.depth[1] + style.numbers["setback"] + 5.0

    def allowed(shape: Any) -> bool:
        return ground.is_dry(shape, above_m=0.8) and ground.fall_of(shape) < 0.35 * math.sqrt(shape.area)

    turn = chance(seed, "landmark", name) * 2 * math.pi
    at = middle + far * radius * np.array([math.cos(turn), math.sin(turn)])
    found = lots_along(made.layer.graph, wanted=1, middle=at, size=lambda key: (wide, deep), allowed=allowed, taken=taken,
                       most_away_m=radius * 1.6)  # fmt: skip
    return found[0] if found else None


def _square(
    made: Settlement, ground: Ground, taken: list[Any], middle: Array, seed: int, size_m: float
) -> tuple[Any, float] | None:
    """A market place beside the main way."""
    if size_m <= 0:
        return None
    found = lots_along(made.layer.graph, wanted=1, middle=middle, size=lambda key: (size_m * 1.25, size_m), step_m=2.0, taken=taken,
                       allowed=lambda shape: ground.is_dry(shape) and ground.fall_of(shape) < 4.0, most_away_m=200.0)  # fmt: skip
    if not found:
        return None
    return found[0].shape, road_height(made, found[0].gate) + 0.02


def road_height(made: Settlement, point: Array) -> float:
    """The height of the nearest point of a road."""
    best, found = math.inf, 0.0
    for row in made.layer.layout.rows:
        away = np.hypot(*(row.points - point).T)
        k = int(np.argmin(away))
        if float(away[k]) < best:
            best, found = float(away[k]), float(row.heights[k])
    return found


def footprint_in(lot: Lot, style: Style, seed: int, *, wide: float = 0.0) -> Any:
    """A footprint on a lot: a box, or an L or a T of two, at the style's distance from the road; None where none fits."""
    import shapely

    along = np.array([-lot.front[1], lot.front[0]])
    into = -lot.front
    key = lot.key
    reach = np.asarray(lot.shape.exterior.coords)
    room = float(np.ptp(reach @ along))
    depth_room = float(np.ptp(reach @ into))
    w = wide or min(style.width[0] + (style.width[1] - style.width[0]) * chance(seed, "wide", key), room - 1.2)
    d = min(style.depth[0] + (style.depth[1] - style.depth[0]) * chance(seed, "deep", key), depth_room - 1.5)
    if w < 4.0 or d < 4.0:
        return None
    setback = min(style.numbers["setback"] * (0.7 + 0.6 * chance(seed, "back", key)), max(depth_room - d - 1.0, 0.0))
    middle = lot.gate + into * (setback + d / 2)

    def box(u0: float, u1: float, v0: float, v1: float) -> Any:
        return shapely.Polygon([middle + along * u + into * v for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))])

    shape = box(-w / 2, w / 2, -d / 2, d / 2)
    kind = chance(seed, "form", key)
    if len(style.parts) == 1 and not style.numbers["party"] and kind < 0.38 and depth_room > d + setback + 4.0 and w > 7:
        side = -1.0 if kind < 0.19 else 1.0
        a, b = sorted((side * w / 2, side * (w / 2 - min(d * 0.8, w * 0.48))))
        shape = shape.union(box(a, b, 0.0, d / 2 + 3.4), grid_size=1e-3)
    if not lot.shape.buffer(0.3).covers(shape):
        shape = max((part for part in ([shape.intersection(lot.shape.buffer(-0.5))])), key=lambda part: part.area)
    return shape if shape.geom_type == "Polygon" and shape.area > 18 else None


def house_on(lot: Lot, style: Style, ground: Ground, seed: int, name: str, *, made_floor: float | None = None) -> House | None:
    """A house of a style on a lot: its floor over the highest ground that it covers."""
    from taixu.errors import TaixuError
    from taixu.generate.places.buildings.plans import clean_footprint

    shape = footprint_in(lot, style, seed)
    if shape is None:
        return None
    try:
        clean = clean_footprint(np.asarray(shape.exterior.coords)[:-1])
    except TaixuError:
        return None
    points = np.asarray(clean.exterior.coords)
    heights = ground.height_at(points[:, 0], points[:, 1])
    gate = float(ground.height_at(*lot.gate[:, None])[0])
    pad = float(np.clip(heights.mean(), gate - 1.2, gate + 1.6)) if made_floor is None else made_floor
    base = style.numbers["base"]
    number = int(chance(seed, "house", lot.key) * 2**31)
    low, high = style.storeys
    storeys = low + min(int(chance(number, "storeys") * (high - low + 1)), high - low)
    return House(name, style, clean, lot.front, storeys, number, pad + base, base + 0.8, lot, pad_m=pad)


def _spawn(made: Settlement) -> None:
    """Places on pavements and squares, every twelve metres or so."""
    for row in made.layer.layout.rows:
        kind = made.layer.graph.edges[row.edge].kind
        away = kind.wide_m / 2 + (kind.pave_m / 2 if kind.pave_m else -0.6)
        for at in np.arange(6.0, float(row.along[-1]) - 3.0, 12.0):
            for side in (1.0, -1.0):
                p = [float(np.interp(at, row.along, row.points[:, k])) for k in (0, 1)]
                n = [float(np.interp(at, row.along, row.left[:, k])) for k in (0, 1)]
                y = float(np.interp(at, row.along, row.heights)) + (0.12 if kind.pave_m else 0.0)
                made.spawns.append((p[0] + n[0] * side * away, y, -(p[1] + n[1] * side * away)))
