"""Street plans of towns and cities: grid, radial, organic. A road is one line from end to end; avenues first."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.roads import Road

__all__ = ["LAYOUTS", "street_plan"]

LAYOUTS = ("grid", "radial", "organic")


def street_plan(layout: str, *, size_m: float, block_m: float, seed: int) -> list[Road]:
    """Roads of a district around the origin of the plan."""
    if layout == "radial":
        return _radial(size_m, block_m, seed)
    return _grid(size_m, block_m, seed, bend=0.0 if layout == "grid" else 1.0)


def _spacing(total: float, wanted: float, seed: int, what: str) -> Array:
    """Places along a line, `wanted` apart and a little uneven, by the place alone."""
    count = max(2, round(total / wanted))
    line = (np.arange(count + 1) / count - 0.5) * total
    shift = np.array([(chance(seed, what, k) - 0.5) * 0.26 * wanted if 0 < k < count else 0.0 for k in range(count + 1)])
    found: Array = line + shift
    return found


def _bent(points: Array, seed: int, amount: float) -> Array:
    """Points moved by slow waves, each by its place alone, so that crossing roads move together."""
    if amount <= 0:
        return points
    made = points.copy()
    for k in range(3):
        scale = (0.0045, 0.009, 0.017)[k]
        reach = amount * (34.0, 15.0, 6.0)[k]
        a, b = chance(seed, "wave", k, 0) * 6.28, chance(seed, "wave", k, 1) * 6.28
        made[:, 0] += reach * np.sin(points[:, 1] * scale + a) * np.cos(points[:, 0] * scale * 0.7 + b)
        made[:, 1] += reach * np.sin(points[:, 0] * scale + b) * np.cos(points[:, 1] * scale * 0.7 + a)
    return made


def _grid(size_m: float, block_m: float, seed: int, *, bend: float) -> list[Road]:
    roads = []
    east, north = _spacing(size_m, block_m * 1.35, seed, "east"), _spacing(size_m, block_m, seed, "north")
    avenue_e, avenue_n = max(2, round(360 / (block_m * 1.35))), max(2, round(360 / block_m))
    half = size_m / 2
    step = np.linspace(-half, half, max(9, int(size_m / 24)))
    for axis, marks, each in ((0, east, avenue_e), (1, north, avenue_n)):
        for k, mark in enumerate(marks):
            is_avenue = k % each == each // 2
            line = np.stack([np.full_like(step, mark), step] if axis == 0 else [step, np.full_like(step, mark)], 1)
            line = _bent(line, seed, bend)
            name = f"{'avenue' if is_avenue else 'street'} {'NE'[axis]}{k}"
            if is_avenue or not bend:
                roads.append(Road(line if bend else line[[0, -1]], "avenue" if is_avenue else "street", bool(bend), name))
                continue
            # Streets of old towns end and begin: some stretches between avenues are missing.
            cuts = np.linspace(0, len(line) - 1, max(2, int(size_m / 360) + 1)).astype(int)
            for m, (low, high) in enumerate(pairwise(cuts)):
                if chance(seed, "gap", name, m) > 0.14:
                    kind = "street" if chance(seed, "kind", name, m) < 0.7 else "village"
                    roads.append(Road(line[low : high + 1], kind, True, f"{name}.{m}"))
    return roads


def _radial(size_m: float, block_m: float, seed: int) -> list[Road]:
    roads = []
    half = size_m / 2
    rings = max(2, int(half / (block_m * 1.05)))
    spokes = 8
    first = block_m * 0.9
    for ring in range(rings):
        radius = first + ring * (half - first) / max(rings - 1, 1)
        count = max(24, int(radius / 5))
        t = np.linspace(0, 2 * math.pi, count + 1)
        points = np.stack([np.cos(t), np.sin(t)], 1) * radius
        points[-1] = points[0]
        middle = ring == rings // 2
        roads.append(Road(points, "avenue" if middle else "street", False, f"ring {ring}"))
        lanes = 0 if ring == rings - 1 else max(1, round(2 * math.pi * radius / spokes / (block_m * 1.5)))
        outer = first + (ring + 1) * (half - first) / max(rings - 1, 1)
        for spoke in range(spokes):
            for lane in range(1, lanes):
                angle = 2 * math.pi * (spoke + lane / lanes + 0.08 * (chance(seed, "lane", ring, spoke, lane) - 0.5)) / spokes
                d = np.array([math.cos(angle), math.sin(angle)])
                roads.append(Road(np.stack([d * radius, d * outer]), "street", False, f"lane {ring}.{spoke}.{lane}"))
    for spoke in range(spokes):
        angle = 2 * math.pi * spoke / spokes
        d = np.array([math.cos(angle), math.sin(angle)])
        roads.append(Road(np.stack([d * 2.0, d * half]), "avenue", False, f"spoke {spoke}"))
    return roads
