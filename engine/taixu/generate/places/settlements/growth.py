"""Roads that grow as people walk: along the slope rather than up it, round water, where others have walked before."""

from __future__ import annotations

import heapq
import math
from itertools import pairwise
from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.roads import Road
from taixu.generate.places.settlements.plan import Ground

__all__ = ["Walk", "find_site", "grow_roads"]

_STEPS = [(dx, dy) for dx in (-2, -1, 0, 1, 2) for dy in (-2, -1, 0, 1, 2) if math.gcd(abs(dx), abs(dy)) == 1]


class Walk:
    """Least-cost ways over a square of ground around a middle."""

    def __init__(self, ground: Ground, middle: Array, *, half_m: float, cell_m: float) -> None:
        self.middle, self.cell_m = np.asarray(middle, np.float64), cell_m
        self.n = 2 * int(half_m / cell_m) + 1
        line = (np.arange(self.n) - self.n // 2) * cell_m
        x, y = np.meshgrid(line + self.middle[0], line + self.middle[1])
        self.heights = ground.height_at(x.ravel(), y.ravel()).reshape(x.shape)
        water = ground.water_at(x.ravel(), y.ravel()).reshape(x.shape)
        self.wet = water > self.heights - 0.8
        self.outside = np.maximum(np.abs(x), np.abs(y)) > ground.reach_m - 6
        self.walked = np.zeros_like(self.wet)

    def cell(self, point: Array) -> tuple[int, int]:
        c = np.clip(np.rint((np.asarray(point) - self.middle) / self.cell_m).astype(int) + self.n // 2, 0, self.n - 1)
        return int(c[1]), int(c[0])

    def point(self, cell: tuple[int, int]) -> Array:
        return self.middle + (np.array([cell[1], cell[0]]) - self.n // 2) * self.cell_m

    def way(self, start: Array, end: Array) -> Array | None:
        """Points of the cheapest way; None where there is none."""
        a, b = self.cell(start), self.cell(end)
        best = {a: 0.0}
        before: dict[tuple[int, int], tuple[int, int]] = {}
        queue = [(0.0, a)]
        heights, wet, outside, walked, n = self.heights, self.wet, self.outside, self.walked, self.n
        done: set[tuple[int, int]] = set()
        while queue:
            _, here = heapq.heappop(queue)
            if here == b:
                break
            if here in done:
                continue
            done.add(here)
            r, c = here
            for dr, dc in _STEPS:
                m, k = r + dr, c + dc
                if not (0 <= m < n and 0 <= k < n) or outside[m, k]:
                    continue
                length = math.hypot(dr, dc) * self.cell_m
                slope = abs(float(heights[m, k] - heights[r, c])) / length
                cost = length * (1.0 + (slope / 0.07) ** 2 + (45.0 if wet[m, k] else 0.0))
                if walked[m, k] and walked[r, c]:
                    cost *= 0.35
                found = best[here] + cost
                if found < best.get((m, k), math.inf):
                    best[(m, k)] = found
                    before[(m, k)] = here
                    heapq.heappush(queue, (found + 0.35 * math.hypot(m - b[0], k - b[1]) * self.cell_m, (m, k)))
        if b not in before and a != b:
            return None
        cells = [b]
        while cells[-1] != a:
            cells.append(before[cells[-1]])
        cells.reverse()
        return np.array([self.point(cell) for cell in cells])

    def walk(self, points: Array) -> None:
        """Remember a way: others will rather join it."""
        for a, b in pairwise(points):
            for t in np.linspace(0, 1, 8):
                r, c = self.cell(a + (b - a) * t)
                self.walked[r, c] = True


def find_site(ground: Ground, *, radius_m: float, by_water: float, seed: int, tries: int = 160) -> Array:
    """Where a settlement would lie: level, dry, and as near to water as it likes (1 at the shore, 0 anywhere)."""
    best, found = -1e9, np.zeros(2)
    reach = max(ground.reach_m - radius_m * 1.15, 0.0)
    t = np.linspace(0, 2 * math.pi, 12, endpoint=False)
    ring = np.concatenate([np.stack([np.cos(t), np.sin(t)], 1) * share for share in (0.25, 0.5, 0.75, 1.0)] + [np.zeros((1, 2))])
    for number in range(tries):
        at = np.array([chance(seed, "site", number, k) * 2 - 1 for k in (0, 1)]) * reach if number else np.zeros(2)
        points = at + ring * radius_m
        heights, water = ground.height_at(points[:, 0], points[:, 1]), ground.water_at(points[:, 0], points[:, 1])
        wet = water > heights - 0.3
        if wet[-1] or float(wet[:25].mean()) > 0.3:
            continue
        rough = float(np.abs(heights[~wet] - heights[-1]).mean()) / radius_m
        score = -9.0 * rough - 0.25 * float(np.hypot(*at)) / max(ground.reach_m, 1.0)
        share = float(wet.mean())
        score += by_water * (1.2 * min(share, 0.25) * 4 - max(share - 0.45, 0) * 4) - (1 - by_water) * share * 2
        if score > best:
            best, found = score, at
    return found


def grow_roads(
    ground: Ground, middle: Array, *, radius_m: float, arms: int, lanes: int, seed: int, main: str, side: str, out: str
) -> tuple[list[Road], Walk]:
    """Ways from the middle outwards, and lanes between them."""
    reach = min(radius_m * 1.9, ground.reach_m * 1.3)
    walk = Walk(ground, middle, half_m=reach, cell_m=max(7.0, reach / 44))
    roads: list[Road] = []
    turn = chance(seed, "turn") * 2 * math.pi
    ends: list[tuple[float, Array]] = []
    for k in range(arms):
        angle = turn + 2 * math.pi * (k + 0.5 * (chance(seed, "arm", k) - 0.5)) / arms
        far = _far_end(walk, middle, angle, reach * 0.97)
        if far is None:
            continue
        way = walk.way(middle, far)
        if way is None or _wet_share(walk, way) > 0.22:
            continue
        way[0] = middle
        walk.walk(way)
        ends.append((angle, far))
        roads.append(Road(_smoothed(way), main if len(roads) < 2 else out, name=f"way {k + 1}"))
    for k in range(lanes):
        a, b = (_on_ring(walk, middle, seed, k, which, radius_m) for which in (0, 1))
        if a is None or b is None or np.hypot(*(a - b)) < 0.35 * radius_m:
            continue
        way = walk.way(a, b)
        if way is None or _wet_share(walk, way) > 0.02:
            continue
        walk.walk(way)
        roads.append(Road(_smoothed(way), side, name=f"lane {k + 1}"))
    return roads, walk


def _far_end(walk: Walk, middle: Array, angle: float, reach: float) -> Array | None:
    for share in (1.0, 0.85, 0.7, 0.55, 0.4):
        at = middle + np.array([math.cos(angle), math.sin(angle)]) * reach * share
        r, c = walk.cell(at)
        if not walk.outside[r, c] and not walk.wet[r, c]:
            return at
    return None


def _on_ring(walk: Walk, middle: Array, seed: int, k: int, which: int, radius_m: float) -> Array | None:
    """A dry place on a way that exists, or near one."""
    angle = (chance(seed, "lane", k) + (0.13 + 0.22 * chance(seed, "lane turn", k)) * which) * 2 * math.pi
    far = radius_m * (0.28 + 0.5 * chance(seed, "lane far", k))
    at = middle + np.array([math.cos(angle), math.sin(angle)]) * far
    r, c = walk.cell(at)
    rows, cols = np.nonzero(walk.walked)
    if len(rows):
        away = (rows - r) ** 2 + (cols - c) ** 2
        best = int(np.argmin(away))
        if away[best] * walk.cell_m**2 < (0.25 * radius_m) ** 2:
            return walk.point((int(rows[best]), int(cols[best])))
    return None if walk.wet[r, c] or walk.outside[r, c] else at


def _wet_share(walk: Walk, way: Array) -> float:
    cells = [walk.cell(point) for point in way]
    return float(np.mean([walk.wet[cell] for cell in cells]))


def _smoothed(way: Array) -> Any:
    """Fewer points, and no stairs of the grid: two rounds of Chaikin's corners cut, ends kept."""
    import shapely

    points = np.asarray(shapely.LineString(way).simplify(3.0).coords) if len(way) > 2 else way
    for _ in range(2):
        if len(points) < 3:
            break
        a, b = points[:-1], points[1:]
        cut = np.stack([a * 0.75 + b * 0.25, a * 0.25 + b * 0.75], 1).reshape(-1, 2)
        points = np.concatenate([points[:1], cut[1:-1], points[-1:]])
    return points


