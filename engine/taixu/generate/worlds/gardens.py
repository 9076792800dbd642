"""Gardens: fences, low walls and hedges around houses whose style has them, open before the door."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from taixu.generate.places.buildings.model import bare, model_of
from taixu.generate.places.buildings.plans import chance, parts_of
from taixu.generate.places.buildings.soup import Soup
from taixu.generate.places.buildings.style import read_style
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.settlements.furniture import fence, hedge
from taixu.generate.worlds.furnishing import Furnisher
from taixu.generate.worlds.houses import StandingHouse, write_shared
from taixu.generate.worlds.layouts import meet, rectangle

__all__ = ["put_gardens"]

_BESIDE_M, _BEHIND_M, _GATE_M = 2.6, 5.5, 3.0
_PIECE_M = 2.4


def put_gardens(on: Furnisher) -> None:
    """Fence what belongs to houses, where nothing else stands."""
    import shapely

    shown = Soup()
    houses = [_shape(house.ground_plan).buffer(1.0) for house in on.site.houses]
    free = shapely.union_all([on.site.layer.corridor.buffer(0.5), *houses])
    taken: list[Any] = []
    for house, lot in zip(on.site.houses, on.site.layout.lots, strict=False):
        if chance(house.seed, round(house.x), "garden") >= read_style(house.style).numbers["fence"]:
            continue
        front = 4.0
        middle_v = (front - _BEHIND_M) / 2
        s, c = np.sin(lot.turn), np.cos(lot.turn)
        box = rectangle(lot.x + middle_v * float(s), lot.z + middle_v * float(c), lot.wide + 2 * _BESIDE_M,
            lot.deep + front + _BEHIND_M, lot.turn)
        own = _shape(house.ground_plan).buffer(1.2)
        shape = _shape(box).difference(shapely.union_all([free.difference(own), *taken]))
        shape = max(parts_of(shape), key=lambda part: part.intersection(own).area, default=None)
        if shape is None or shape.area < 1.2 * own.area or not shape.covers(_shape(house.ground_plan)):
            continue
        taken.append(shape.buffer(0.5))
        _enclose(on, house, shape.simplify(0.2), shown)
    if shown.triangle_count:
        model = write_shared(on.stage, "gardens", model_of([shown], on.palette, name="gardens"))
        solid = on.stage.write("gardens_collider", model_of([bare(shown)], Palette(0), name="gardens"))
        on.stage.add("gardens", {"transform": {}, "model": {"source": model}, "collider": {"shape": "mesh", "source": solid}})


def _shape(corners: Any) -> Any:
    import shapely

    return shapely.Polygon(np.asarray(corners) * (1.0, -1.0))


def _enclose(on: Furnisher, house: StandingHouse, shape: Any, shown: Soup) -> None:
    """Pieces along the border of a garden, none before the door or where something stands."""
    kind = ("picket", "hedge", "wall")[int(chance(house.seed, round(house.x), "fence") * 3)]
    ahead = np.array([np.sin(house.turn), -np.cos(house.turn)])
    door = np.array([house.x, -house.z])
    runs: list[list[Any]] = [[]]
    for a, b in pairwise(np.asarray(shape.exterior.coords)):
        count = max(1, round(float(np.hypot(*(b - a))) / _PIECE_M))
        for k in range(count):
            p, q = a + (b - a) * k / count, a + (b - a) * (k + 1) / count
            away = (p + q) / 2 - door
            across = abs(float(away @ np.array([-ahead[1], ahead[0]])))
            is_gate = float(away @ ahead) > 0 and across < (_GATE_M + float(np.hypot(*(q - p)))) / 2
            if is_gate or not _has_room(on, p, q):
                runs.append([])
                continue
            runs[-1] = [*(runs[-1] or [p]), q]
    for run in runs:
        if len(run) < 3:  # a lone piece closes nothing in
            continue
        points = np.array(run)
        heights = on.site.level_at(points[:, 0], -points[:, 1])
        if kind == "hedge":
            hedge(shown, points, heights, house.seed)
        else:
            fence(shown, points, heights, kind)
        on.taken += [_plan(p, q) for p, q in pairwise(points)]


def _plan(p: Any, q: Any) -> Any:
    d = q - p
    middle = (p + q) / 2
    return rectangle(float(middle[0]), float(-middle[1]), float(np.hypot(*d)), 0.3, float(np.arctan2(d[1], d[0])))


def _has_room(on: Furnisher, p: Any, q: Any) -> bool:
    plan, ends = _plan(p, q), np.stack([p, q])
    heights = on.site.level_at(ends[:, 0], -ends[:, 1])
    if float(np.ptp(heights)) > 0.9 or any(on.is_wet(float(end[0]), float(-end[1])) for end in ends):
        return False
    return not any(np.hypot(*(other.mean(0) - plan.mean(0))) < 20 and meet(plan, other) for other in on.taken)
