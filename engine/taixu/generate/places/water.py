"""Where water stands and runs: lakes up to where they spill, rivers with beds, the sea."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.grids import blur, coordinates, smoothstep, spread
from taixu.generate.places.noise import Array

__all__ = ["DRY", "Drainage", "dig_lake", "drain", "lakes", "river_beds", "settle_lakes"]

DRY = np.float32(-1e9)
"""The water's height where there is none."""


@dataclass(frozen=True)
class Drainage:
    """How a landscape drains.

    Attributes
    ----------
    filled : float32[n, n]
        Heights with pits filled up to where they spill.
    target : int64[n, n]
        Flat index of the cell that each one's water goes to; its own at outlets.
    order : int64[n * n]
        Cells from outlets upwards.
    area_m2 : float32[n, n]
        Land whose water comes by.
    """

    filled: Array
    target: NDArray[np.int64]
    order: NDArray[np.int64]
    area_m2: Array


def drain(heights: Array, spacing_m: float, *, sea_m: float | None = None) -> Drainage:
    """Flood from the border (and the sea) inwards, lowest first.

    Barnes, Lehman and Mulla, "Priority-Flood", 2014; each cell drains to the one from which it was flooded.
    """
    n = heights.shape[0]
    padded = np.full((n + 2, n + 2), np.inf, np.float64)
    padded[1:-1, 1:-1] = heights
    width = n + 2
    flat = padded.reshape(-1).tolist()
    seen = bytearray(width * width)
    border = np.zeros((n, n), bool)
    border[[0, -1]] = border[:, [0, -1]] = True
    if sea_m is not None:
        border |= heights < sea_m
    outside = np.ones((n + 2, n + 2), bool)
    outside[1:-1, 1:-1] = False
    for i in np.flatnonzero(outside).tolist():
        seen[i] = 1
    full = np.zeros((n + 2, n + 2), bool)
    full[1:-1, 1:-1] = border
    waiting: list[tuple[float, int]] = []
    target = list(range(width * width))
    for i in np.flatnonzero(full).tolist():
        seen[i] = 1
        waiting.append((flat[i], i))
    heapq.heapify(waiting)
    order: list[int] = []
    push, pop = heapq.heappush, heapq.heappop
    # Straight neighbours first: a cell is taken by whoever reaches it first.
    steps = (-width, width, -1, 1, -width - 1, -width + 1, width - 1, width + 1)
    while waiting:
        level, i = pop(waiting)
        order.append(i)
        for step in steps:
            j = i + step
            if not seen[j]:
                seen[j] = 1
                target[j] = i
                if flat[j] < level:
                    flat[j] = level
                push(waiting, (flat[j], j))
    filled = np.array(flat, np.float32).reshape(width, width)[1:-1, 1:-1]
    to = np.array(target, np.int64).reshape(width, width)[1:-1, 1:-1]
    to = (to // width - 1) * n + (to % width - 1)
    sequence = np.array(order, np.int64)
    sequence = (sequence // width - 1) * n + (sequence % width - 1)
    from taixu.generate.places.erosion import accumulate

    area = accumulate(to) * np.float32(spacing_m**2)
    return Drainage(np.ascontiguousarray(filled), to, sequence, area)


def dig_lake(heights: Array, size_m: float, *, radius_m: float, depth_m: float, seed: int) -> Array:
    """Scour a basin where the land is low and not at the edge, so that water will stand there."""
    from taixu.generate.places.noise import fbm

    n = len(heights)
    x, z = coordinates(n, size_m)
    wide = blur(heights, max(2, round(radius_m / size_m * n * 0.5)))
    away = np.hypot(x, z) / (size_m / 2)
    # Low ground near the middle; the higher ground around will hold the water.
    place = np.unravel_index(int(np.argmin(wide + np.where(away < 0.55, 40.0 * away, 1e6))), heights.shape)
    cx, cz = float(x[place]), float(z[place])
    r = np.hypot(x - cx, z - cz) / radius_m
    r = r + np.float32(0.35) * fbm((x - cx) / np.float32(radius_m) * 1.3, (z - cz) / np.float32(radius_m) * 1.3, seed, octaves=4)
    bowl = smoothstep(1.0, 0.1, r)
    level = float(np.quantile(heights[r < 1.0], 0.35)) if (r < 1.0).any() else float(heights[place])
    floor = np.minimum(heights, np.maximum(heights * 0.0 + level, heights - 60.0))  # walls are not undercut
    flat = smoothstep(1.25, 0.75, r)
    return (heights + flat * (floor - heights) * 0.85 - np.float32(depth_m) * bowl).astype(np.float32)


def lakes(heights: Array, drainage: Drainage, *, spacing_m: float, least_m2: float = 4000.0, least_depth_m: float = 1.0) -> Array:
    """The height of still water on land, `DRY` where there is none; small and shallow pools are left out."""
    depth = drainage.filled - heights
    wet = depth > 0.05
    level = np.where(wet, drainage.filled, DRY)
    keep = np.zeros_like(wet)
    # Pools with one spill level are told apart by it: float32 levels are equal within a pool, and hardly ever elsewhere.
    levels, inverse = np.unique(drainage.filled[wet], return_inverse=True)
    if len(levels):
        areas = np.bincount(inverse) * spacing_m**2
        deepest = np.zeros(len(levels), np.float32)
        np.maximum.at(deepest, inverse, depth[wet])
        keep[wet] = ((areas > least_m2) & (deepest > least_depth_m))[inverse]
    return np.where(keep, level, DRY).astype(np.float32)


def settle_lakes(heights: Array, still: Array, *, spacing_m: float) -> tuple[Array, Array]:
    """Lakes with clear shores: islets and inlets of a few cells are drowned or filled, floors lie well under the water."""
    wet = (still > DRY / 2).astype(np.float32)
    if not wet.any():
        return heights, still
    whole = blur(wet, max(1, round(9.0 / spacing_m)))
    inside = whole > 0.5
    level = spread(still, 3 + round(9.0 / spacing_m))
    known = level > DRY / 2
    floor = level - np.float32(7.0) * smoothstep(0.5, 1.0, whole) - np.float32(0.25)
    lowered = np.where(inside & known, np.minimum(heights, floor), heights)
    # What was wet and is no lake now is filled a little above the water.
    raised = np.where((wet > 0) & ~inside, np.maximum(lowered, still + np.float32(0.35)), lowered)
    return raised.astype(np.float32), np.where(inside & known, level, DRY).astype(np.float32)


def river_beds(
    heights: Array, drainage: Drainage, still: Array, *, spacing_m: float, least_m2: float, width_m: float
) -> tuple[Array, Array]:
    """Carve beds where enough water comes by; gives heights and the height of running water (`DRY` elsewhere)."""
    area = drainage.area_m2
    is_river = (area > least_m2) & (still <= DRY / 2)
    if not is_river.any():
        return heights, np.full_like(heights, DRY)
    size = np.where(is_river, np.clip((area / np.float32(least_m2)) ** 0.4, 1.0, 3.5), 0.0).astype(np.float32)
    half = max(1, round(width_m / spacing_m / 2))
    wide = blur(spread(size, half), half)
    bed = smoothstep(0.15, 1.2, wide)
    course = np.where(is_river, np.minimum(drainage.filled, heights), np.inf).astype(np.float32)
    # The surface at a cell beside the course is that of the lowest course nearby.
    for _ in range(half + 3):
        padded = np.pad(course, 1, mode="edge")
        rows = np.minimum(np.minimum(padded[:-2], padded[1:-1]), padded[2:])
        course = np.minimum(course, np.minimum(np.minimum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:]))
    known = np.isfinite(course)
    surface = np.where(known, course, heights) - np.float32(0.35)
    carved = np.where(
        known, np.minimum(heights, heights + bed * (surface - np.float32(0.9) * wide.clip(0.4, 2.0) - heights)), heights
    )
    running = np.where(known & (bed > 0.3) & (carved < surface), surface, DRY)
    return carved.astype(np.float32), running.astype(np.float32)
