"""From a spec and a seed to land: heights, water, what lies on the ground, and what may grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from taixu.generate.places.erosion import carve, slide
from taixu.generate.places.grids import blur, coordinates, gradient, resample, sample, smoothstep
from taixu.generate.places.noise import Array, fbm
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.styles import STYLES, Style, shore, strata
from taixu.generate.places.water import DRY, dig_lake, drain, lakes, river_beds, settle_lakes

__all__ = ["Landscape", "make_landscape"]

_COARSE, _MIDDLE, _FINE = 257, 513, 1025
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Landscape:
    """Land.

    Attributes
    ----------
    heights : float32[n, n]
        Metres; rows along z, columns along x, the square around the origin.
    water : float32[m, m]
        Height of the water's surface, `DRY` where there is none; a coarser grid over the same square.
    flow : float32[m, m]
        Square metres of land whose water comes by.
    weights : float32[n, n, 4]
        Shares of the second to fifth layer of the ground (the first has what is left).
    openness : float32[n, n]
        How much of the sky the ground sees, 0 to 1.
    sea_m
        The sea's height; None where there is none.
    """

    spec: TerrainSpec
    style: Style
    seed: int
    heights: Array
    water: Array
    flow: Array
    weights: Array
    openness: Array
    sea_m: float | None

    @property
    def spacing_m(self) -> float:
        """Between two heights."""
        return self.spec.size_m / (len(self.heights) - 1)

    def height_at(self, x: Array, z: Array) -> Array:
        """Heights of the triangles that are drawn (each square is cut from its corner of least x and greatest z to the
        opposite one), at points in metres.
        """
        from taixu.scene.terrain import height_on_triangles

        return height_on_triangles(self.heights, self.spec.size_m, x, z)

    def water_at(self, x: Array, z: Array) -> Array:
        """The water's surface at points, `DRY` where there is none."""
        m = len(self.water)
        u = np.rint((x / self.spec.size_m + 0.5) * (m - 1)).astype(np.int64).clip(0, m - 1)
        v = np.rint((z / self.spec.size_m + 0.5) * (m - 1)).astype(np.int64).clip(0, m - 1)
        return self.water[v, u]


def make_landscape(spec: TerrainSpec, seed: int, progress: Progress | None = None) -> Landscape:
    """Make land; the same spec and seed give the same bytes.

    Raises
    ------
    TaixuError
        Where the spec cannot be made.
    """
    say: Progress = progress or (lambda fraction, text: None)
    spec = spec.check()
    style = STYLES[spec.style]
    lattice = seed & 0x7FFFFFFF
    relief = spec.relief_m or style.relief_m * min(1.0, (spec.size_m / 2048.0) ** 0.7)
    count = spec.points
    coarse, middle = min(_COARSE, count), min(_MIDDLE, count)
    x, z = coordinates(coarse, spec.size_m)
    raw = style.make(x / 1000 * np.float32(_fit(spec)), z / 1000 * np.float32(_fit(spec)), lattice)
    sea_m = None if raw.sea is None else raw.sea * relief
    if spec.sea >= 0:
        sea_m = spec.sea * relief
    heights = (raw.base * np.float32(relief)).astype(np.float32)
    uplift = (raw.uplift * np.float32(relief / 75.0)).astype(np.float32)
    rounds = round(style.rounds * min(spec.erosion, 3.0))
    if rounds and style.cut > 0:
        heights += np.float32(0.006 * relief) * fbm(x / 45, z / 45, lattice + 77, octaves=4)
        under = heights < sea_m if sea_m is not None else None
        heights = carve(
            heights, spacing_m=spec.size_m / (coarse - 1), steps=rounds, strength=style.cut, exponent=style.exponent,
            uplift=uplift if float(uplift.max()) > 0 else None, talus=style.talus, seed=lattice, fixed=under,
            progress=lambda done: say(0.02 + 0.2 * done, "rivers cut"),
        )  # fmt: skip
    if spec.style == "canyon":
        heights = strata(heights, x / 1000, z / 1000, relief_m=relief, seed=lattice)
    heights = resample(heights, middle)
    x, z = coordinates(middle, spec.size_m)
    if rounds and style.cut > 0 and middle > coarse:
        heights += np.float32(0.0022 * relief) * fbm(x / 22, z / 22, lattice + 78, octaves=3)
        heights = carve(
            heights, spacing_m=spec.size_m / (middle - 1), steps=max(6, rounds // 8), strength=style.cut * 0.5,
            exponent=style.exponent, uplift=resample(uplift, middle) * np.float32(0.35), talus=style.talus, seed=lattice + 1,
            fixed=heights < sea_m if sea_m is not None else None, progress=lambda done: say(0.22 + 0.15 * done, "brooks cut"),
        )  # fmt: skip
    heights = _unstraightened(heights, spec.size_m, lattice)
    if sea_m is not None:
        heights = shore(heights, sea_m, width_m=0.02 * relief + 2.0)
    if spec.lake:
        radius = spec.lake_radius_m or spec.size_m * 0.11
        heights = dig_lake(
            heights, spec.size_m, radius_m=radius, depth_m=max(6.0, 0.035 * relief + 0.02 * radius), seed=lattice + 5
        )
    say(0.4, "water runs")
    spacing = spec.size_m / (middle - 1)
    drainage = drain(heights, spacing, sea_m=sea_m)
    still = np.full_like(heights, DRY)
    if spec.lake:
        still = lakes(heights, drainage, spacing_m=spacing, least_m2=0.002 * spec.size_m**2)
        heights, still = settle_lakes(heights, still, spacing_m=spacing)
    running = np.full_like(heights, DRY)
    if spec.river:
        heights, running = river_beds(
            heights, drainage, still, spacing_m=spacing, least_m2=0.018 * spec.size_m**2, width_m=max(7.0, 0.004 * spec.size_m)
        )  # fmt: skip
    water = np.maximum(still, running)
    if sea_m is not None:
        water = np.maximum(water, np.where(heights < sea_m + 1.0, np.float32(sea_m), DRY))
    say(0.5, "details")
    fine = _detailed(heights, spec, style, relief, water, lattice)
    say(0.68, "what lies on the ground")
    land = Landscape(
        spec, style, seed, fine, water.astype(np.float32), drainage.area_m2, np.zeros((0, 0, 4), np.float32),
        np.zeros((0, 0), np.float32), sea_m,
    )  # fmt: skip
    weights, openness = cover(land, relief)
    return replace(land, weights=weights, openness=openness)


def _fit(spec: TerrainSpec) -> float:
    """Small squares show land of a kilometre at least, so that there is something on them."""
    return max(1.0, 1000.0 / spec.size_m)


def _unstraightened(heights: Array, size_m: float, seed: int) -> Array:
    """Valleys that follow the grid's axes, bent by a little noise."""
    n = len(heights)
    x, z = coordinates(n, size_m)
    amount = np.float32(0.011 * size_m)
    s = np.float32(9.0 / size_m)
    dx, dz = fbm(x * s, z * s, seed + 301, octaves=3), fbm(x * s, z * s, seed + 302, octaves=3)
    edge = smoothstep(1.0, 0.86, np.maximum(np.abs(x), np.abs(z)) * np.float32(2 / size_m))
    per_cell = np.float32((n - 1) / size_m)
    u = (x + amount * dx * edge) * per_cell + np.float32((n - 1) / 2)
    v = (z + amount * dz * edge) * per_cell + np.float32((n - 1) / 2)
    return blur(sample(heights, u, v), 1) * np.float32(0.35) + sample(heights, u, v) * np.float32(0.65)


def _detailed(heights: Array, spec: TerrainSpec, style: Style, relief: float, water: Array, seed: int) -> Array:
    """The full grid: what is smaller than brooks, rougher on steep ground, none under water."""
    count, detail = spec.points, style.detail_m * spec.roughness
    middle = min(_FINE, count)
    fine = resample(heights, middle)
    x, z = coordinates(middle, spec.size_m)
    dx, dz = gradient(fine, spec.size_m / (middle - 1))
    steep = np.hypot(dx, dz)
    dry = resample((water <= DRY / 2).astype(np.float32), middle).clip(0, 1)
    rough = (0.18 + smoothstep(0.25, 1.1, steep)) * (0.1 + 0.9 * dry)
    fine = fine + np.float32(detail) * rough * fbm(x / 17, z / 17, seed + 401, octaves=4, gain=0.55)
    if style.rounds:
        fine = slide(fine, spacing_m=spec.size_m / (middle - 1), talus=style.talus * 1.35, steps=4)
    fine = resample(fine, count)
    if count > middle:
        x, z = coordinates(count, spec.size_m)
        fine = fine + np.float32(0.11 * detail) * resample(rough, count) * fbm(x / 3.1, z / 3.1, seed + 402, octaves=2)
    return np.ascontiguousarray(fine, np.float32)


def cover(land: Landscape, relief: float) -> tuple[Array, Array]:
    """Weights of the second to fifth layer of the ground, and how open it lies."""
    spec, style = land.spec, land.style
    n, spacing, seed = len(land.heights), land.spacing_m, land.seed & 0x7FFFFFFF
    heights = land.heights
    dx, dz = gradient(heights, spacing)
    steep = np.hypot(dx, dz)
    half = min(_FINE, n)
    coarse = resample(heights, half)
    wide = resample(blur(coarse, max(1, half // 90)), n)
    hollow = (wide - heights) / np.float32(max(0.02 * relief, 1.0))  # above 0 in hollows
    x, z = coordinates(half, spec.size_m)
    patches = resample(fbm(x / 55, z / 55, seed + 501, octaves=5, gain=0.6), n)
    low, high = style.cover.cliff
    rock = smoothstep(low, high, steep + np.float32(0.16) * patches)
    earth = smoothstep(0.35, 1.05, patches + 0.55 * np.clip(hollow, -1, 1) + np.float32(0.9) * (steep - np.float32(0.35)))
    flow = resample(np.log10(land.flow), n)
    least = np.log10(0.004 * spec.size_m**2 + 1)
    sandy = smoothstep(least, least + 0.7, flow) * smoothstep(0.5, 0.2, steep) * (0.75 if spec.river else 0.2)
    water = _near_water(land, n)
    sandy = np.maximum(
        sandy, smoothstep(*((2.6, 0.9) if land.sea_m is not None else (1.1, 0.25)), water + np.float32(0.7) * patches)
    )
    if spec.style in ("alps", "fjord", "volcanic"):  # rubble below walls
        sandy = np.maximum(sandy, smoothstep(0.48, 0.62, steep) * smoothstep(low + 0.25, low, steep) * (0.5 + 0.5 * patches))
    top = np.zeros_like(heights)
    start, full = style.cover.snow_from, style.cover.snow_to
    if spec.snow >= 0:
        start = 1.02 - spec.snow
        full = start + 0.12
    elif spec.season == "winter" and style.temperature < 20 and spec.style != "volcanic":
        start, full = -1.0, -0.9
    if start < 1.5:
        bottom = float(np.quantile(coarse, 0.02)) if land.sea_m is None else land.sea_m
        span = max(float(np.quantile(coarse, 0.998)) - bottom, 1.0)
        share = (heights - np.float32(bottom)) / np.float32(span) + np.float32(0.07) * patches + 0.05 * np.clip(hollow, -1, 1)
        lies = smoothstep(1.75, 1.1, steep + np.float32(0.1) * patches)
        top = smoothstep(start, full, share) * lies
        top = np.where(water < -0.05, 0.0, top)
    weights = np.zeros((n, n, 4), np.float32)
    rest = 1 - top
    weights[..., 3] = top
    weights[..., 1] = rock * rest * (1 - 0.85 * sandy * (steep < low))
    rest = rest - weights[..., 1]
    weights[..., 2] = np.clip(sandy, 0, 1) * rest
    rest = rest - weights[..., 2]
    weights[..., 0] = np.clip(earth, 0, 1) * rest
    # Hollows see less of the sky, on two scales.
    near = blur(heights, 3)
    open_sky = 1 - 0.5 * np.clip((near - heights) / np.float32(2.5 * spacing + 0.5), 0, 1) - 0.35 * np.clip(hollow * 0.6, 0, 1)
    return np.clip(weights, 0, 1), np.clip(open_sky, 0.25, 1).astype(np.float32)


def _near_water(land: Landscape, n: int) -> Array:
    """Metres above the nearest water, as far as any is near; 50 elsewhere."""
    from taixu.generate.places.grids import spread

    if not (land.water > DRY / 2).any():
        return np.full((n, n), 50.0, np.float32)
    level = spread(land.water, 6)
    height = resample(land.heights, len(level)) if len(level) != n else land.heights
    above = np.where(level > DRY / 2, height - level, 50.0).astype(np.float32)
    return resample(np.clip(above, -20, 50), n)
