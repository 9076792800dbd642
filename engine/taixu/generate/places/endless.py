"""Land without an end: heights, water and climate as functions of place alone, exact however far away.

Rivers need no global pass: they run where a wide noise crosses zero, the land rises from them, and their water lies on a surface so
smooth that it hardly falls. What is higher (hills, mountains) grows with the distance from them, so that valleys join.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields

import numpy as np

from taixu.errors import TaixuError
from taixu.generate.places.biomes import Climate, climate_of
from taixu.generate.places.grids import smoothstep
from taixu.generate.places.noise import Array, billow, fbm, ridged, warp

__all__ = ["LOOKS", "EndlessLand", "EndlessSpec"]

LOOKS: dict[str, dict[str, float]] = {
    "mixed": {},
    "hills": {"mountains": 0.12, "hills_m": 62.0, "sea": 0.15},
    "alps": {"mountains": 0.85, "relief_m": 620.0, "sea": 0.05, "temperature": 8.0},
    "plains": {"mountains": 0.03, "hills_m": 12.0, "sea": 0.1, "moisture": 0.42},
    "desert": {"mountains": 0.2, "hills_m": 38.0, "sea": 0.02, "temperature": 27.0, "moisture": 0.12, "rivers": 0.25},
    "islands": {"mountains": 0.25, "hills_m": 50.0, "sea": 0.68, "temperature": 24.0, "moisture": 0.62},
    "tundra": {"mountains": 0.3, "hills_m": 30.0, "sea": 0.2, "temperature": -3.0, "moisture": 0.4},
}
"""By name, the parameters that differ."""


@dataclass(frozen=True)
class EndlessSpec:
    """What the land shall be like; numbers are bounded, whoever gives them."""

    relief_m: float = field(default=420.0, metadata={"minimum": 0.0, "maximum": 4000.0})
    hills_m: float = field(default=48.0, metadata={"minimum": 0.0, "maximum": 600.0})
    mountains: float = field(default=0.4, metadata={"minimum": 0.0, "maximum": 1.0})
    sea: float = field(default=0.3, metadata={"minimum": 0.0, "maximum": 1.0})
    rivers: float = field(default=1.0, metadata={"minimum": 0.0, "maximum": 2.0})
    roughness: float = field(default=1.0, metadata={"minimum": 0.0, "maximum": 4.0})
    temperature: float = field(default=13.0, metadata={"minimum": -40.0, "maximum": 45.0})
    moisture: float = field(default=0.5, metadata={"minimum": 0.0, "maximum": 1.0})
    variety: float = field(default=1.0, metadata={"minimum": 0.0, "maximum": 2.0})

    def check(self) -> EndlessSpec:
        """Itself, where it can be made.

        Raises
        ------
        TaixuError
            With the field that is wrong.
        """
        for item in fields(self):
            value, low, high = getattr(self, item.name), item.metadata["minimum"], item.metadata["maximum"]
            if not (isinstance(value, (int, float)) and math.isfinite(value) and low <= value <= high):
                raise TaixuError(f"endless land: {item.name} is {str(value)[:40]}; it must be from {low:g} to {high:g}")
        return self


@dataclass(frozen=True)
class EndlessLand:
    """Land at places.

    Attributes
    ----------
    heights
        Metres above the sea.
    water
        The height of the nearest water's surface: the sea's, or the river's that the place would drain to.
    water_m
        How far water is, about.
    climate
    """

    heights: Array
    water: Array
    water_m: Array
    climate: Climate

    @classmethod
    def at(cls, x: Array, z: Array, spec: EndlessSpec, seed: int) -> EndlessLand:
        """The land at points, float64 metres of any shape; each depends on itself alone."""
        seed &= 0x7FFFFFFF
        heights, water, water_m = _shape(np.asarray(x, np.float64), np.asarray(z, np.float64), spec, seed)
        climate = climate_of(
            np.asarray(x, np.float64), np.asarray(z, np.float64), heights, water_m=water_m, seed=seed,
            temperature=spec.temperature, moisture=spec.moisture, variety=spec.variety,
        )  # fmt: skip
        return cls(heights.astype(np.float32), water.astype(np.float32), water_m.astype(np.float32), climate)

    @staticmethod
    def heights_at(x: Array, z: Array, spec: EndlessSpec, seed: int) -> Array:
        """Heights alone, float32: the same as `at` gives."""
        heights, _, _ = _shape(np.asarray(x, np.float64), np.asarray(z, np.float64), spec, seed & 0x7FFFFFFF)
        return heights.astype(np.float32)


def _shape(x: Array, z: Array, spec: EndlessSpec, seed: int) -> tuple[Array, Array, Array]:
    wide = fbm(x / 9000.0, z / 9000.0, seed + 3, octaves=3, gain=0.45)
    # The surface that water lies on: the sea where it is below 0. Half a land of sea is where its middle lies.
    level = 34.0 * (wide + 0.9 * (0.5 - spec.sea) * 1.6)
    wx, wz = warp(x / 2600.0, z / 2600.0, seed + 11, amount=0.16, scale=1.1, octaves=2)
    course = np.abs(fbm(wx, wz, seed + 17, octaves=2, gain=0.35))
    away = course * 2100.0
    rise = smoothstep(0.0, 1.0, (away - 14.0) / 780.0)
    hills = np.clip(fbm(x / 1150.0, z / 1150.0, seed + 23, octaves=4, gain=0.44) * 0.5 + 0.5, 0.0, 1.2)
    folds = billow(x / 520.0, z / 520.0, seed + 29, octaves=3, gain=0.42)
    high = smoothstep(0.42, -0.3, fbm(x / 7000.0, z / 7000.0, seed + 31, octaves=2) - (spec.mountains * 2.0 - 1.0) * 0.75)
    mx, mz = warp(x / 2900.0, z / 2900.0, seed + 37, amount=0.1, scale=1.6, octaves=2)
    peaks = ridged(mx, mz, seed + 41, octaves=6, gain=0.47, sharpness=1.7)
    grain = fbm(x / 120.0, z / 120.0, seed + 47, octaves=5, gain=0.5)
    body = spec.hills_m * (0.75 * hills + 0.25 * folds * (0.4 + hills)) + spec.relief_m * high * np.clip(peaks - 0.12, 0, 1) ** 1.25
    ragged = spec.roughness * grain * (0.25 + 0.035 * spec.hills_m * 0.4 * rise + 7.0 * high * rise * np.clip(peaks, 0, 1))
    heights = level + 2.4 + rise * body + ragged * (0.25 + 0.75 * rise)
    width = 13.0 * spec.rivers
    if width > 0:
        bed = smoothstep(width * 2.0, width * 0.35, away)
        heights = heights - bed * (heights - (level - 2.6))
    # Shores: what lies just about the sea becomes gentler.
    near = np.exp(-np.square(heights / 5.0))
    heights = heights * (1.0 - 0.55 * near)
    water = np.maximum(level - 0.5, 0.0)
    shore = np.where(level < 0.5, np.maximum(heights, 0.0) * 14.0, 1e4)
    water_m = np.minimum(np.maximum(away - width, 0.0), shore) if width > 0 else shore
    return heights, water, water_m
