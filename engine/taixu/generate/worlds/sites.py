"""Land for a world: a landscape, a site on it, levelled for streets and houses; canals are dug."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.grids import blur, coordinates, resample, smoothstep
from taixu.generate.places.landscapes import Landscape, make_landscape
from taixu.generate.places.roads import RoadLayer
from taixu.generate.places.roads.surfaces import KERB_M
from taixu.generate.places.settlements.plan import House, pads
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.water import DRY
from taixu.generate.worlds.districts import plan_district
from taixu.generate.worlds.houses import StandingHouse
from taixu.generate.worlds.kinds import KINDS, Kind
from taixu.generate.worlds.layouts import Layout, distance_to_line, lay_out
from taixu.generate.worlds.settling import house_on, roads_of
from taixu.generate.worlds.spec import WorldSpec

__all__ = ["Site", "make_site"]

Array = NDArray[Any]
SUNK_M = 0.16
"""How far the ground lies under a road."""
_WOODED = 0.7
"""How much of the land is wood where words name its trees."""
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
    layer
        Its roads.
    houses
        As they stand; `far` are those of a city that are drawn as blocks.
    road : float32[n, n]
        1 where a road or its pavement lies, on the grid of the heights.
    occupied : bool[n, n]
        Where nothing may grow.
    calm : float32[n, n]
        How far a place belongs to the settlement, 0 to 1.
    """

    land: Landscape
    layout: Layout
    middle: tuple[float, float]
    shore: tuple[float, float]
    layer: RoadLayer
    houses: list[StandingHouse]
    far: list[House]
    road: Array
    occupied: Array
    calm: Array

    def level_at(self, x: Any, z: Any) -> Array:
        """Heights of what one stands on outside, ground or road, at points in metres, float64[k]."""
        px, pz = (np.atleast_1d(np.asarray(value, np.float64)) for value in (x, z))
        ground = np.asarray(self.land.height_at(px.astype(np.float32), pz.astype(np.float32)), np.float64)
        n, size = len(self.road), self.land.spec.size_m
        rows, columns = (np.clip(np.rint((value / size + 0.5) * (n - 1)).astype(int), 0, n - 1) for value in (pz, px))
        lifted = ground + SUNK_M * (self.road[rows, columns] > 0.5)
        spots = np.stack([px, pz], 1)
        for street in self.layout.streets:
            if street.road.pave_m:
                away = distance_to_line(spots, street.line)
                lifted = lifted + KERB_M * ((away > street.road.wide_m / 2) & (away < street.wide / 2))
        return lifted


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
    if spec.trees:
        wanted |= {"trees": spec.trees, "forest": max(wanted.get("forest", 0.0), _WOODED)}
    if style == "alps" and "relief_m" not in wanted:
        wanted["relief_m"] = 150.0
    wanted["size_m"] = max(wanted["size_m"], spec.size_m)
    land = make_landscape(TerrainSpec(**wanted), seed, progress)
    count = kind.count if spec.houses < 0 else spec.houses
    radius = _RADIUS.get(kind.layout, 74.0)
    if kind.layout == "blocks":
        return _district(land, kind, spec.character, count, seed)
    x, z, shore = _find_place(land, kind.layout, radius, seed)
    land, calm = _levelled(land, x, z, radius, shore, kind.layout)

    def fits(corners: Array) -> bool:
        px, pz = corners[:, 0] + x, corners[:, 1] + z
        if max(float(np.abs(px).max()), float(np.abs(pz).max())) > land.spec.size_m / 2 - 14:
            return False
        ground = land.height_at(px, pz)
        wet = land.water_at(px, pz)
        return float((ground - wet).min()) > 0.75 and float(ground.max() - ground.min()) < 3.2

    layout = _on_dry_land(_moved(lay_out(kind, spec.kind, count, shore, seed, fits), x, z), land)
    if len(layout.canal):
        land = _with_banks(land, layout)
    layer = roads_of(land, layout.streets)
    houses = [house_on(lot, land, layer) for lot in layout.lots]
    return _site(kind, land, layout, (x, z), shore, layer, houses, [], calm)


def _district(land: Landscape, kind: Kind, character: str, count: int, seed: int) -> Site:
    """A part of a city around the middle of the land."""
    land, calm = _levelled(land, 0.0, 0.0, 28.0 * float(np.sqrt(count)), (0.0, 1.0), kind.layout)
    layout, layer, houses, far = plan_district(land, character, count, seed)
    return _site(kind, land, layout, layout.square[:2], (0.0, 1.0), layer, houses, far, calm)


def _site(kind: Kind, land: Landscape, layout: Layout, middle: tuple[float, float], shore: tuple[float, float],
    layer: RoadLayer, houses: list[StandingHouse], far: list[House], calm: Array) -> Site:
    """Roads are led through the land, houses get level ground; what is dug is dug last."""
    n = len(land.heights)
    east = (np.arange(n) / (n - 1) - 0.5) * land.spec.size_m
    heights, road = layer.flatten(land.heights, east, -east)
    shapes = [(_polygon(house.ground_plan), house.pad_m) for house in houses]
    heights, covered = pads(heights, road, east, -east, [*shapes, *((house.footprint, house.pad_m) for house in far)])
    weights = land.weights.copy()
    worn = np.clip(covered * 1.2, 0, 1)[..., None]
    weights *= 1 - worn
    weights[..., 0] += worn[..., 0]
    px, pz = coordinates(n, land.spec.size_m)
    x, z, radius = layout.square
    square = smoothstep(radius + 2.0, radius - 1.5, np.hypot(px - x, pz - z)) * (heights > land.water_at(px, pz) + 0.3)
    weights[..., 0] = np.maximum(weights[..., 0], square * (0.0 if kind.is_park else 0.9))
    land = replace(land, heights=heights, weights=np.clip(weights, 0, 1).astype(np.float32))
    if len(layout.canal):
        land = _with_bed(land, layout)
    return Site(land, layout, middle, shore, layer, houses, far, road, _occupied(land, layout, covered, is_park=kind.is_park), calm)


def _polygon(corners: Array) -> Any:
    import shapely

    return shapely.Polygon(corners * (1.0, -1.0))


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
        wanted = {"quay": 0.3, "beach": 0.3, "oasis": 0.22}[layout]
        score -= 9.0 * np.abs(shares - wanted)
        # The middle itself lies dry, a street's width above the water.
        score -= 50.0 * (blur(wet.astype(np.float32), max(1, int(9 / step))) > 0.04)
    else:
        score -= 14.0 * shares
    edge = np.maximum(np.abs(px), np.abs(pz)) > size / 2 - radius * (0.75 if near_water else 1.0) - 12
    score = np.where(edge | wet, -1e6, score)
    if layout == "quay" and land.sea_m is not None:
        score -= 0.35 * np.clip(np.abs(h - land.sea_m) - 6, 0, 60)
    best, found = -1e18, (0.0, 0.0, np.array([0.0, 1.0]))
    for k in np.argsort(-score, axis=None, kind="stable")[: 3000 if near_water else 1 : 50]:
        i, j = int(k) // n, int(k) % n
        x, z = float(px[i, j]), float(pz[i, j])
        to = _towards_water(wet, px, pz, x, z, radius, seed)
        # A spit has water behind it, too: there is no room for houses.
        back = np.array([x, z]) - to * np.linspace(0.15, 0.9, 8)[:, None] * radius
        rows, columns = (np.clip(np.rint((back[:, axis] / size + 0.5) * (n - 1)).astype(int), 0, n - 1) for axis in (1, 0))
        value = float(score[i, j]) - (6.0 * float(wet[rows, columns].mean()) if near_water else 0.0)
        if value > best:
            best, found = value, (x, z, to)
    x, z, to = found
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


def _towards_water(wet: Array, px: Array, pz: Array, x: float, z: float, radius: float, seed: int) -> Array:
    """The way to the water that is near, the nearest counting most; any way where there is none."""
    d = np.hypot(px - x, pz - z)
    close = wet & (d < radius * 1.6)
    if close.any():
        weight = close / np.maximum(d, 4.0) ** 2
        to = np.array([float(((px - x) * weight).sum()), float(((pz - z) * weight).sum())])
    else:
        angle = float(np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, 7])).uniform(0, 2 * np.pi))
        to = np.array([np.cos(angle), np.sin(angle)])
    made: Array = to / max(float(np.hypot(*to)), 1e-6)
    return made


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


def _on_dry_land(layout: Layout, land: Landscape) -> Layout:
    """Streets end where the water begins; what has no dry stretch of some length is none."""
    kept = []
    for street in layout.streets:
        x, z = street.line.T
        ground = land.height_at(x.astype(np.float32), z.astype(np.float32))
        dry = (ground > land.water_at(x, z) + 0.25) & (np.maximum(np.abs(x), np.abs(z)) < land.spec.size_m / 2 - 10)
        runs = np.split(np.arange(len(dry)), np.flatnonzero(np.diff(dry.astype(int))) + 1)
        longest = max((run for run in runs if dry[run[0]]), key=len, default=np.arange(0))
        if len(longest) >= 4:
            kept.append(replace(street, line=street.line[longest]))
    layout.streets = kept or layout.streets[:1]
    return layout


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


def _with_banks(land: Landscape, layout: Layout) -> Landscape:
    """Level ground along a canal, and water in it."""
    heights, water = land.heights.copy(), land.water.copy()
    n, size = len(heights), land.spec.size_m
    rows, columns, d = _near(layout.canal, 36.0, n, size)
    along = heights[rows, columns]
    high = float(np.quantile(along, 0.1))
    heights[rows, columns] = along + (high - along) * smoothstep(35.0, 23.0, d)
    return replace(land, heights=heights.astype(np.float32), water=water)


def _with_bed(land: Landscape, layout: Layout) -> Landscape:
    """A canal's bed between its walls."""
    heights, water, weights = land.heights.copy(), land.water.copy(), land.weights.copy()
    n, size = len(heights), land.spec.size_m
    beside, to, _ = _near(layout.canal, 9.0, n, size)
    level = float(np.median(heights[beside, to])) - 1.1
    rows, columns, d = _near(layout.canal, 7.0, n, size)
    bed = smoothstep(5.4, 4.4, d)
    heights[rows, columns] = heights[rows, columns] * (1 - bed) + (level - 1.6) * bed
    wr, wc, _ = _near(layout.canal, 6.2, len(water), size)
    water[wr, wc] = np.float32(level)
    weights[rows, columns, 2] = np.maximum(weights[rows, columns, 2], bed)
    return replace(land, heights=heights.astype(np.float32), water=water, weights=weights)


def _occupied(land: Landscape, layout: Layout, covered: Array, *, is_park: bool) -> Array:
    """Roads, houses, squares, canals and walls with a step around them."""
    n, size = len(land.heights), land.spec.size_m
    taken = covered > 0.02
    for street in layout.streets:
        rows, columns, _ = _near(street.line, street.wide / 2 + 0.9, n, size)
        taken[rows, columns] = True
    if len(layout.canal):
        rows, columns, _ = _near(layout.canal, 6.6, n, size)
        taken[rows, columns] = True
    px, pz = coordinates(n, size)
    if not is_park:
        taken |= np.hypot(px - layout.square[0], pz - layout.square[1]) < layout.square[2] + 0.5
    if layout.wall_m:
        x0, z0 = layout.square[:2]
        taken |= np.abs(np.hypot(px - x0, pz - z0) - layout.wall_m) < 3.0
    return taken
