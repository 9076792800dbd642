"""What lies around houses: gardens with fences, parks, squares with a well and stalls."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import chance
from taixu.generate.places.buildings.soup import Soup, level_frame
from taixu.generate.places.settlements import furniture
from taixu.generate.places.settlements.plan import Ground, House

__all__ = ["lay_garden", "lay_park", "lay_square"]


def lay_garden(streets: Soup, house: House, ground: Ground) -> None:
    """A fence, a wall or a hedge around a house's lot, with a gap at the gate, where its style has one."""
    lot = house.lot
    if lot is None or house.style.numbers["fence"] <= 0 or lot.shape.distance(house.footprint) > 0.5:
        return
    if chance(house.seed, "fence") > house.style.numbers["fence"]:
        return
    ring = np.asarray(lot.shape.buffer(-0.35, join_style="mitre").exterior.coords)
    d = np.array([-lot.front[1], lot.front[0]])
    line: list[np.ndarray] = []
    kind = ("picket", "hedge", "wall")[int(chance(house.seed, "fence kind") * 3)]
    runs: list[list[np.ndarray]] = []
    for a, b in pairwise(ring):
        is_front = (
            abs(float((b - a) @ d)) > 0.7 * float(np.hypot(*(b - a))) and abs(float(((a + b) / 2 - lot.gate) @ lot.front)) < 1.2
        )
        if is_front:
            e = (b - a) / np.hypot(*(b - a))
            at = float((lot.gate - a) @ e)
            runs.append([*line, a, a + e * max(at - 0.9, 0.0)])
            line = [a + e * min(at + 0.9, float(np.hypot(*(b - a)))), b]
        else:
            line = [*line, a, b] if not line else [*line, b]
    runs.append(line)
    for run in runs:
        if len(run) < 2:
            continue
        points = _dense(np.array(run))
        heights = ground.height_at(points[:, 0], points[:, 1])
        if kind == "hedge":
            furniture.hedge(streets, points, heights, house.seed)
        else:
            furniture.fence(streets, points, heights, kind)


def lay_park(streets: Soup, park: Any, ground: Ground) -> None:
    """A hedge around, with gaps at its corners, and benches that look inwards."""
    inner = park.buffer(-1.2)
    if inner.is_empty or inner.geom_type != "Polygon":
        return
    line = inner.exterior
    middle = np.array(inner.representative_point().coords[0])
    step = max(line.length / max(round(line.length / 40), 3), 12.0)
    at = 0.0
    while at + step <= line.length + 0.1:
        points = np.array([line.interpolate(at + 2.5 + (step - 5.0) * t).coords[0] for t in np.linspace(0, 1, 9)])
        furniture.hedge(streets, points, ground.height_at(points[:, 0], points[:, 1]), 3)
        seat = points[4] + (middle - points[4]) / max(float(np.hypot(*(middle - points[4]))), 1e-9) * 1.6
        turn = math.atan2(*(middle - seat)[::-1])
        furniture.place(
            streets,
            furniture.bench(),
            float(seat[0]),
            float(ground.height_at(*seat[:, None])[0]),
            float(-seat[1]),
            turn + math.pi / 2,
        )
        at += step


def lay_square(streets: Soup, solid: Soup, shape: Any, level: float) -> None:
    """Paving with a well, stalls and benches."""
    for soup in (streets, solid):
        soup.prism(("cobbles", "", "concrete"), shape, level - 0.6, level)
    middle = np.array(shape.centroid.coords[0])
    furniture.place(streets, furniture.well(), float(middle[0]), level, float(-middle[1]), 0.0)
    frame = level_frame(level, at=(float(middle[0]), float(middle[1])))
    solid.box("concrete", frame, (-0.95, -0.95, 0), (0.95, 0.95, 1.0))
    ring = np.asarray(shape.exterior.coords)[:-1]
    colors = ("#a8443a", "#3f6b8a", "#6b7f3a", "#b08a3a")
    for k, corner in enumerate(ring[:4]):
        at = middle + (corner - middle) * 0.58
        turn = math.atan2(*(middle - at)[::-1])
        furniture.place(streets, furniture.stall(colors[k % 4]), float(at[0]), level, float(-at[1]), turn + math.pi / 2)
        edge = (ring[k] + ring[(k + 1) % len(ring)]) / 2
        seat = middle + (edge - middle) * 0.8
        turn = math.atan2(*(middle - seat)[::-1])
        furniture.place(streets, furniture.bench(), float(seat[0]), level, float(-seat[1]), turn + math.pi / 2)


def _dense(points: np.ndarray) -> np.ndarray:
    made = [points[:1]]
    for a, b in pairwise(points):
        length = float(np.hypot(*(b - a)))
        if length < 1e-6:
            continue
        count = max(1, math.ceil(length / 3.0))
        made.append(a + (b - a) * ((np.arange(count) + 1) / count)[:, None])
    return np.concatenate(made)
