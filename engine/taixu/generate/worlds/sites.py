"""Land for a world: a landscape, a site on it, levelled for streets and houses; canals are dug."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.grids import blur, coordinates, resample, smoothstep
from taixu.generate.places.landscapes import Landscape, make_landscape
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.water import DRY
from taixu.generate.worlds.kinds import KINDS
from taixu.generate.worlds.layouts import Layout, distance_to_line, lay_out
from taixu.generate.worlds.spec import WorldSpec

__all__ = ["Site", "make_site"]

Array = NDArray[Any]
_RADIUS = {"quay": 62.0, "grid": 92.0, "walled": 78.0, "farm": 95.0, "canal": 82.0, "scattered": 56.0, "beach": 42.0, "oasis": 58.0}


@dataclass(frozen=True)
class Site:
    """A settled place.

    Attributes
    ----------
    land
        Levelled; heights are those that stand at the end.
    layout
        In metres of the land's frame.
    middle
        Of the settlement.
    shore
        Unit, towards the water.
    levels
        Height of each lot's floor.
    occupied : bool[n, n]
        Where nothing may grow, on the grid of the heights.
    calm : float32[n, n]
        How far a place belongs to the settlement, 0 to 1.
    """

    land: Landscape
    layout: Layout
    middle: tuple[float, float]
    shore: tuple[float, float]
    levels: list[float]
    occupied: Array
    calm: Array


def make_site(spec: WorldSpec, seed: int, progress: Callable[[float, str], None]) -> Site:
    """Make land with a settlement's ground on it.

    Raises
    ------
    TaixuError
        Where the land cannot be made.
    """
    kind = KINDS[spec.kind]
    style = spec.land or kind.land
    times = {"sunset": "evening", "afternoon": "morning", "night": "dusk"}
    wanted: dict[str, Any] = {
        "style": style, "size_m": spec.size_m, "spacing_m": 1.0, "season": spec.season, "time": times.get(spec.time, spec.time),
        "texture_px": max(spec.texture_px, 64), **kind.terrain,
    }  # fmt: skip
    if style == "alps" and "relief_m" not in wanted:
        wanted["relief_m"] = 150.0
    wanted["size_m"] = max(wanted["size_m"], spec.size_m)
    land = make_landscape(TerrainSpec(**wanted), seed, progress)
    count = kind.count if spec.houses < 0 else spec.houses
    radius = _RADIUS.get(kind.layout, 74.0)
    x, z, shore = _find_place(land, kind.layout, radius, seed)
    land, calm = _levelled(land, x, z, radius, shore, kind.layout)

    def fits(corners: Array) -> bool:
        px, pz = corners[:, 0] + x, corners[:, 1] + z
        if max(float(np.abs(px).max()), float(np.abs(pz).max())) > land.spec.size_m / 2 - 14:
            return False
        ground = land.height_at(px, pz)
        wet = land.water_at(px, pz)
        return float((ground - wet).min()) > 0.75 and float(ground.max() - ground.min()) < 3.2

    layout = _moved(lay_out(kind, spec.kind, count, shore, seed, fits), x, z)
    land = _with_streets(land, layout)
    if len(layout.canal):
        land = _with_canal(land, layout)
    land, levels = _with_lots(land, layout)
    return Site(land, layout, (x, z), shore, levels, _occupied(land, layout), calm)


def _find_place(land: Landscape, layout: str, radius: float, seed: int) -> tuple[float, float, tuple[float, float]]:
    """Where ground is gentle, dry, and as near to the water as the layout wants; and the way to the water."""
    n = 129
    h = resample(land.heights, n)
    size = land.spec.size_m
    px, pz = coordinates(n, size)
    wet = land.water_at(px, pz) > h
    step = size / (n - 1)
    cells = max(2, int(radius / step))
    mean = blur(h, cells // 2)
    rough = np.sqrt(np.maximum(blur(h * h, cells // 2) - mean * mean, 0))
    score = -rough / 4.0 - 1.2 * np.hypot(px, pz) / size
    shares = blur(wet.astype(np.float32), cells // 2)
    near_water = layout in ("quay", "beach", "oasis")
    if near_water and wet.any():
        wanted = {"quay": 0.3, "beach": 0.42, "oasis": 0.22}[layout]
        score -= 9.0 * np.abs(shares - wanted)
        # The middle itself lies dry, a street's width above the water.
        score -= 50.0 * (blur(wet.astype(np.float32), max(1, int(9 / step))) > 0.04)
    else:
        score -= 14.0 * shares
    edge = np.maximum(np.abs(px), np.abs(pz)) > size / 2 - radius * (0.75 if near_water else 1.0) - 12
    score = np.where(edge | wet, -1e6, score)
    if layout == "quay" and land.sea_m is not None:
        score -= 0.35 * np.clip(np.abs(h - land.sea_m) - 6, 0, 60)
    k = int(np.argmax(score))
    i, j = k // n, k % n
    x, z = float(px[i, j]), float(pz[i, j])
    d = np.hypot(px - x, pz - z)
    close = wet & (d < radius * 1.6)
    if close.any():
        weight = close / np.maximum(d, 4.0) ** 2
        to = np.array([float(((px - x) * weight).sum()), float(((pz - z) * weight).sum())])
    else:
        angle = float(np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, 7])).uniform(0, 2 * np.pi))
        to = np.array([np.cos(angle), np.sin(angle)])
    to = to / max(float(np.hypot(*to)), 1e-6)
    if layout in ("quay", "beach"):  # come down to the shore: the street runs so many metres from the water
        want = 11.0 if layout == "quay" else 22.0
        for _ in range(60):
            t = np.arange(0, 60, 1.0)
            sx, sz = x + to[0] * t, z + to[1] * t
            dry = land.height_at(sx.astype(np.float32), sz.astype(np.float32)) > land.water_at(sx, sz) + 0.2
            first = int(np.argmin(dry)) if not dry.all() else 60
            if abs(first - want) < 1.5:
                break
            x, z = x + float(to[0]) * np.sign(first - want), z + float(to[1]) * np.sign(first - want)
    return x, z, (float(to[0]), float(to[1]))


def _levelled(land: Landscape, x: float, z: float, radius: float, shore: tuple[float, float], layout: str) -> tuple[Landscape,
    Array]:
    """Ground that is a gentle slope about the settlement and itself outside."""
    n, size = len(land.heights), land.spec.size_m
    px, pz = coordinates(n, size)
    d = np.hypot(px - x, pz - z)
    calm = smoothstep(radius * 1.45, radius * 0.8, d)
    wet = land.water_at(px, pz)
    dry = land.heights > wet
    inside = (d < radius) & dry
    a = np.stack([np.ones(int(inside.sum())), px[inside] - x, pz[inside] - z], 1)
    fitted, *_ = np.linalg.lstsq(a, land.heights[inside].astype(np.float64), rcond=None)
    middle, sx, sz = (float(value) for value in fitted)
    slope = float(np.hypot(sx, sz))
    most = {"quay": 0.075, "street": 0.06, "scattered": 0.06, "beach": 0.05}.get(layout, 0.02)
    if slope > most:
        sx, sz = sx * most / slope, sz * most / slope
    water = float(np.where(wet > DRY / 2, wet, -1e9)[d < radius * 1.5].max(initial=-1e9))
    if layout in ("quay", "beach", "oasis") and water > -1e8:
        # A plane that rises away from the water, one step above it at the shore.
        sx, sz = -shore[0] * most, -shore[1] * most
        middle = water + (1.5 if layout == "quay" else 1.1 if layout == "beach" else 1.6)
    plane = middle + sx * (px - x) + sz * (pz - z)
    if water > -1e8:
        plane = np.maximum(plane, water + (1.15 if layout in ("quay", "beach") else 1.3))
    rolling = plane + (blur(land.heights, 10) - blur(land.heights, 40)) * 0.25
    share = calm * (0.96 if layout not in ("farm", "scattered") else 0.85)
    if layout in ("quay", "beach", "oasis"):
        above = (land.heights - np.where(wet > DRY / 2, wet, land.heights - 9))
        keep = smoothstep(-0.6, 0.7, above) if layout == "quay" else smoothstep(0.0, 1.6, above)
        share = share * keep
    heights = (land.heights * (1 - share) + rolling * share).astype(np.float32)
    weights = land.weights * (1 - 0.92 * (calm * (land.heights > wet + 0.4)))[..., None]
    if layout in ("beach", "oasis"):
        weights = land.weights
    return replace(land, heights=heights, weights=weights.astype(np.float32)), calm


def _moved(layout: Layout, x: float, z: float) -> Layout:
    at = np.array([x, z])
    return Layout(
        [replace(street, line=street.line + at) for street in layout.streets],
        [replace(lot, x=lot.x + x, z=lot.z + z) for lot in layout.lots],
        (layout.square[0] + x, layout.square[1] + z, layout.square[2]), layout.canal + at if len(layout.canal) else layout.canal,
        layout.wall_m,
    )


def _with_streets(land: Landscape, layout: Layout) -> Landscape:
    """Ground along streets made even across; trodden where nothing else lies on it."""
    heights, weights = land.heights.copy(), land.weights.copy()
    n, size = len(heights), land.spec.size_m
    smooth = blur(heights, 7)
    for street in layout.streets:
        rows, columns, d = _near(street.line, street.wide / 2 + 9.0, n, size)
        share = smoothstep(street.wide / 2 + 7.0, street.wide / 2 + 1.0, d)
        wet = land.water[np.minimum(rows * len(land.water) // n, len(land.water) - 1),
            np.minimum(columns * len(land.water) // n, len(land.water) - 1)]
        share = share * (heights[rows, columns] > wet + 0.3)
        heights[rows, columns] += (share * (smooth[rows, columns] - heights[rows, columns])).astype(np.float32)
        worn = smoothstep(street.wide / 2 + 1.4, street.wide / 2 - 0.2, d)
        weights[rows, columns, 0] = np.maximum(weights[rows, columns, 0], worn)
        weights[rows, columns, 1:] *= (1 - worn)[:, None]
    x, z, radius = layout.square
    px, pz = coordinates(n, size)
    worn = smoothstep(radius + 2.0, radius - 1.5, np.hypot(px - x, pz - z)) * (land.heights > land.water_at(px, pz) + 0.3)
    weights[..., 0] = np.maximum(weights[..., 0], worn * 0.9)
    return replace(land, heights=heights, weights=np.clip(weights, 0, 1).astype(np.float32))


def _near(line: Array, reach: float, n: int, size: float) -> tuple[Array, Array, Array]:
    """Rows, columns and distances of grid points near a line."""
    step = size / (n - 1)
    low = np.floor((line.min(0) - reach + size / 2) / step).astype(int).clip(0, n - 1)
    high = np.ceil((line.max(0) + reach + size / 2) / step).astype(int).clip(0, n - 1)
    rows, columns = (g.ravel() for g in np.meshgrid(np.arange(low[1], high[1] + 1), np.arange(low[0], high[0] + 1), indexing="ij"))
    points = np.stack([columns * step - size / 2, rows * step - size / 2], 1)
    few = line[:: max(1, len(line) // 40)] if len(line) > 60 else line
    d = np.concatenate([distance_to_line(part, few) for part in np.array_split(points, max(1, len(points) // 20000))])
    near = d < reach
    return rows[near], columns[near], d[near].astype(np.float32)


def _with_canal(land: Landscape, layout: Layout) -> Landscape:
    heights, water, weights = land.heights.copy(), land.water.copy(), land.weights.copy()
    n, size = len(heights), land.spec.size_m
    rows, columns, d = _near(layout.canal, 14.0, n, size)
    along = heights[rows, columns]
    level = float(np.quantile(along, 0.1)) - 1.1
    high = level + 1.1
    bank = smoothstep(13.0, 7.0, d)
    heights[rows, columns] = along + (high - along) * bank
    bed = smoothstep(5.4, 4.4, d)
    heights[rows, columns] = heights[rows, columns] * (1 - bed) + (level - 1.6) * bed
    m = len(water)
    wr, wc, _ = _near(layout.canal, 6.2, m, size)
    water[wr, wc] = np.float32(level)
    weights[rows, columns, 2] = np.maximum(weights[rows, columns, 2], bed)
    return replace(land, heights=heights.astype(np.float32), water=water, weights=weights)


def _with_lots(land: Landscape, layout: Layout) -> tuple[Landscape, list[float]]:
    """A level pad under each house, even with the ground at its front."""
    heights = land.heights.copy()
    n, size = len(heights), land.spec.size_m
    levels = []
    for lot in layout.lots:
        c, s = np.cos(lot.turn), np.sin(lot.turn)
        front = np.array([lot.x + s * (lot.deep / 2 + 0.8), lot.z + c * (lot.deep / 2 + 0.8)])
        level = float(land.height_at(front[:1].astype(np.float32), front[1:].astype(np.float32))[0])
        level = max(level, float(land.height_at(np.array([lot.x], np.float32), np.array([lot.z], np.float32))[0]) - 0.7)
        line = np.array([[lot.x - 1e-3, lot.z], [lot.x + 1e-3, lot.z]])
        rows, columns, _ = _near(line, float(np.hypot(lot.wide, lot.deep)) / 2 + 5.0, n, size)
        step = size / (n - 1)
        dx, dz = columns * step - size / 2 - lot.x, rows * step - size / 2 - lot.z
        u, v = np.abs(dx * c - dz * s) - lot.wide / 2, np.abs(dx * s + dz * c) - lot.deep / 2
        away = np.hypot(np.maximum(u, 0), np.maximum(v, 0))
        share = smoothstep(4.2, 1.2, away.astype(np.float32))
        heights[rows, columns] += (share * (np.float32(level) - heights[rows, columns])).astype(np.float32)
        levels.append(level)
    land = replace(land, heights=heights)
    # Pads of neighbours meet: a floor lies no lower than the ground about the house.
    found = []
    for lot, level in zip(layout.lots, levels, strict=True):
        spots = np.concatenate([lot.corners, (lot.corners + np.roll(lot.corners, -1, 0)) / 2])
        ground = land.height_at(spots[:, 0].astype(np.float32), spots[:, 1].astype(np.float32))
        found.append(max(level, float(np.max(ground))) + 0.12)
    return land, found


def _occupied(land: Landscape, layout: Layout) -> Array:
    n, size = len(land.heights), land.spec.size_m
    taken = np.zeros((n, n), bool)
    for street in layout.streets:
        rows, columns, _ = _near(street.line, street.wide / 2 + (2.6 if street.paved else 0.7), n, size)
        taken[rows, columns] = True
    if len(layout.canal):
        rows, columns, _ = _near(layout.canal, 6.6, n, size)
        taken[rows, columns] = True
    step = size / (n - 1)
    for lot in layout.lots:
        line = np.array([[lot.x - 1e-3, lot.z], [lot.x + 1e-3, lot.z]])
        rows, columns, _ = _near(line, float(np.hypot(lot.wide, lot.deep)) / 2 + 3.0, n, size)
        c, s = np.cos(lot.turn), np.sin(lot.turn)
        dx, dz = columns * step - size / 2 - lot.x, rows * step - size / 2 - lot.z
        over = (np.abs(dx * c - dz * s) < lot.wide / 2 + 1.0) & (np.abs(dx * s + dz * c) < lot.deep / 2 + 1.6)
        taken[rows[over], columns[over]] = True
    px, pz = coordinates(n, size)
    taken |= np.hypot(px - layout.square[0], pz - layout.square[1]) < layout.square[2] + 0.5
    if layout.wall_m:
        x0, z0 = layout.square[:2]
        taken |= np.abs(np.hypot(px - x0, pz - z0) - layout.wall_m) < 3.0
    return taken
