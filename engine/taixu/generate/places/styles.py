"""Styles of land: what a landscape is before water works on it, and how water then works.

A style is a function of coordinates in kilometres and a seed. It says where land lies at first, where it rises while rivers
cut, and how hard it is; `landscapes` does the rest, the same way for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from taixu.generate.places.grids import blur, smoothstep
from taixu.generate.places.noise import Array, billow, fbm, ridged, warp, worley

__all__ = ["STYLES", "TREES", "Cover", "Raw", "Style"]


@dataclass(frozen=True)
class Raw:
    """Land before erosion; heights in units of the style's relief.

    Attributes
    ----------
    base, uplift
        Where it lies, and how fast it rises, 0 to 1.
    hardness
        Divides what rivers cut; None is 1 everywhere.
    sea
        Height of the sea; None where there is none.
    """

    base: Array
    uplift: Array
    hardness: Array | None = None
    sea: float | None = None


@dataclass(frozen=True)
class Cover:
    """What lies on the ground, as layers of materials: on what is level, in between, on cliffs, where water or rubble lies, on top.

    Attributes
    ----------
    layers
        Names of five layers (`taixu.generate.places.layers`).
    snow_from, snow_to
        Heights, as shares of the relief, between which the last layer comes; above 1 there is none.
    cliff
        Slopes (rise over run) between which rock shows.
    """

    layers: tuple[str, str, str, str, str]
    snow_from: float = 2.0
    snow_to: float = 2.1
    cliff: tuple[float, float] = (0.75, 1.1)


@dataclass(frozen=True)
class Style:
    """A style.

    Attributes
    ----------
    relief_m
        From the lowest to the highest ground, about.
    cut, talus, exponent, rounds
        How erosion goes: strength of rivers, the steepest slope, the power of drained area, steps.
    detail_m
        Roughness of what is smaller than rivers.
    plants
        Kinds by how common they are; empty is bare.
    temperature, moisture
        Of the lowest ground, degrees Celsius and 0 to 1.
    """

    make: Callable[[Array, Array, int], Raw]
    relief_m: float
    cover: Cover
    cut: float = 2.0
    talus: float = 1.1
    exponent: float = 0.45
    rounds: int = 90
    detail_m: float = 1.5
    plants: dict[str, float] = field(default_factory=dict)
    temperature: float = 12.0
    moisture: float = 0.55
    words: str = ""


def _alps(x: Array, z: Array, seed: int) -> Raw:
    wx, wz = warp(x, z, seed, amount=0.25, scale=1.3)
    ridges = ridged(wx * 0.62, wz * 0.62, seed, octaves=3, gain=0.4, sharpness=1.4)
    wide = fbm(x * 0.5, z * 0.5, seed + 5, octaves=2)
    lift = np.clip((ridges + 0.22 * wide - 0.2) / 0.75, 0, 1.3) ** np.float32(1.5)
    return Raw(0.1 * lift + 0.03 * fbm(x * 8, z * 8, seed + 6, octaves=4), 0.02 + 0.98 * lift)


def _hills(x: Array, z: Array, seed: int) -> Raw:
    wx, wz = warp(x, z, seed, amount=0.12, scale=1.7)
    round_tops = fbm(wx * 1.6, wz * 1.6, seed, octaves=3, gain=0.42) * 0.5 + 0.5
    folds = billow(wx * 3.2, wz * 3.2, seed + 3, octaves=2)
    lift = np.clip(0.8 * round_tops + 0.2 * folds, 0, 1)
    return Raw(lift + 0.008 * fbm(x * 12, z * 12, seed + 6, octaves=3), 0.15 * lift)


def _dunes(x: Array, z: Array, seed: int) -> Raw:
    """Crests across the wind, gentle before and steep behind, that join and part."""
    wx, wz = warp(x, z, seed, amount=0.10, scale=2.2, octaves=2)
    height = np.zeros_like(x)
    for k, (waves, weight, angle) in enumerate(((3.1, 0.62, 0.25), (8.3, 0.3, -0.15))):
        c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        along = (wx * c + wz * s) * waves
        phase = along + 1.1 * fbm(wx * waves * 0.42, wz * waves * 0.42, seed + 11 * k, octaves=2)
        t = phase - np.floor(phase)
        profile = np.where(t < 0.7, smoothstep(0.0, 1.0, t / 0.7), 1 - smoothstep(0.0, 1.0, (t - 0.7) / 0.3))
        strong = smoothstep(-0.5, 0.6, fbm(wx * waves * 0.3, wz * waves * 0.3, seed + 40 + k, octaves=2))
        height += np.float32(weight) * profile * (0.25 + 0.75 * strong)
    wide = fbm(x * 0.6, z * 0.6, seed + 3, octaves=2) * 0.25
    return Raw((height + wide).astype(np.float32), np.zeros_like(x))


def _islands(x: Array, z: Array, seed: int) -> Raw:
    wx, wz = warp(x, z, seed, amount=0.22, scale=1.5)
    d1, _, number = worley(wx * 1.15 + 0.5, wz * 1.15 + 0.5, seed)
    tall = 0.45 + 0.55 * (number >> np.uint32(8) & np.uint32(255)).astype(np.float32) / 255
    mound = smoothstep(0.58, 0.05, d1) * tall
    edge = smoothstep(1.0, 0.72, np.maximum(np.abs(x), np.abs(z)) / max(float(np.abs(x).max()), 1e-6))
    mound = mound * edge + 0.05 * fbm(x * 5, z * 5, seed + 6, octaves=4) * edge
    return Raw(0.62 * mound - 0.06, np.clip(mound, 0, 1) * smoothstep(0.08, 0.4, mound), sea=0.06)


def _canyon(x: Array, z: Array, seed: int) -> Raw:
    """A plateau of hard and soft layers that a river and its side valleys cut through."""
    wx, wz = warp(x, z, seed, amount=0.3, scale=0.9)
    river = np.abs(wx + 0.25 * np.sin(wz * 2.2).astype(np.float32))
    side = ridged(wx * 1.4, wz * 1.4, seed + 4, octaves=3)
    depth = smoothstep(0.42, 0.04, river + 0.22 * (1 - side) - 0.1)
    gullies = smoothstep(0.62, 0.86, side) * smoothstep(0.9, 0.15, river) * 0.75
    top = 0.92 + 0.05 * fbm(x * 1.5, z * 1.5, seed + 8, octaves=4)
    return Raw((top - 0.88 * np.maximum(depth, gullies)).astype(np.float32), np.zeros_like(x))


def _coast(x: Array, z: Array, seed: int) -> Raw:
    wx, wz = warp(x, z, seed, amount=0.28, scale=1.2)
    half = max(float(np.abs(x).max()), 1e-6)
    inland = wz / half * 0.6 + 0.5 * fbm(wx * 0.9, wz * 0.9, seed, octaves=4) + 0.1
    land = smoothstep(-0.06, 0.05, inland)
    cliffs = smoothstep(-0.2, 0.5, fbm(wx * 1.3, wz * 1.3, seed + 17, octaves=2))
    rise = smoothstep(0.0, 0.75, inland) * (0.6 + 0.4 * fbm(wx * 1.7, wz * 1.7, seed + 5, octaves=4))
    beach = smoothstep(-0.12, 0.22, inland) * 0.16
    base = 0.02 + land * cliffs * 0.20 + beach + 0.55 * rise + 0.012 * fbm(x * 9, z * 9, seed + 6, octaves=3)
    base -= smoothstep(0.02, -0.5, inland) * 0.35
    return Raw(base.astype(np.float32), np.clip(rise, 0, 1) * 0.5 * land, sea=0.12)


def _volcano(x: Array, z: Array, seed: int) -> Raw:
    wx, wz = warp(x, z, seed, amount=0.08, scale=2.0)
    half = max(float(np.abs(x).max()), 1e-6)
    r = np.hypot(wx, wz) / half
    cone = np.exp(-np.float32(3.1) * r) * 1.25
    rim = np.float32(0.14) + 0.012 * fbm(x * 5, z * 5, seed + 9, octaves=2)
    crater = smoothstep(0.02, 0.0, r - rim)
    at_rim = np.exp(-np.float32(3.1) * rim) * 1.25
    base = np.where(r < rim, at_rim - (at_rim * 0.42) * smoothstep(0.0, 1.0, (rim - r) / rim * 1.35) * crater, cone)
    base = base + 0.04 * fbm(x * 4, z * 4, seed + 6, octaves=5)
    return Raw(base.astype(np.float32), (np.clip(cone, 0, 1) * 0.12 * (1 - crater)).astype(np.float32), sea=None)


def _plains(x: Array, z: Array, seed: int) -> Raw:
    wx, wz = warp(x, z, seed, amount=0.2, scale=0.8)
    wide = fbm(wx * 0.8, wz * 0.8, seed, octaves=4, gain=0.42) * 0.5 + 0.5
    return Raw(np.clip(wide, 0, 1), 0.05 * np.clip(wide, 0, 1))


def _fjord(x: Array, z: Array, seed: int) -> Raw:
    """Troughs with round floors, drowned by the sea."""
    wx, wz = warp(x, z, seed, amount=0.35, scale=0.8)
    trough = np.abs(wx * 0.9 + 0.28 * fbm(wz * 1.2, wx * 0.6, seed + 2, octaves=2))
    arm = np.abs(wz * 0.8 - 0.25 + 0.3 * fbm(wx * 1.1, wz * 1.1, seed + 9, octaves=2)) + smoothstep(0.2, -0.2, wx) * 0.6
    wall = smoothstep(0.06, 0.42, np.minimum(trough, arm))
    ridges = ridged(wx * 1.1, wz * 1.1, seed, octaves=4)
    lift = wall * (0.45 + 0.75 * ridges)
    floor = smoothstep(0.17, 0.05, np.minimum(trough, arm))
    base = 0.5 * lift - 0.16 * floor + 0.08 + 0.02 * fbm(x * 8, z * 8, seed + 6, octaves=4)
    return Raw(base.astype(np.float32), lift * 0.9 * smoothstep(0.05, 0.3, wall), sea=0.1)


def strata(heights: Array, x: Array, z: Array, *, relief_m: float, seed: int, steps: float = 9.0, share: float = 0.8) -> Array:
    """Terraces: hard layers stand as steps, soft ones are slopes between them."""
    tilt = fbm(x * 0.7, z * 0.7, seed + 21, octaves=3) * 0.04
    t = (heights / np.float32(relief_m) + tilt) * np.float32(steps)
    base = np.floor(t)
    f = t - base
    # Most of a layer's height is a wall; widths differ from layer to layer.
    edge = 0.55 + 0.3 * np.sin(base * 12.9898).astype(np.float32)
    stepped = base + smoothstep(0.0, 1.0, np.clip((f - edge * 0.6) / (1 - edge * 0.6) * 1.6, 0, 1)) * 0.86 + f * 0.14
    flat = (stepped / np.float32(steps) - tilt) * np.float32(relief_m)
    return (heights + np.float32(share) * (flat - heights)).astype(np.float32)


def shore(heights: Array, sea_m: float, *, width_m: float) -> Array:
    """Beaches: what lies just about the sea becomes gentler."""
    d = heights - np.float32(sea_m)
    near = np.exp(-np.square(d / np.float32(width_m)))
    soft = blur(d, 4)
    return (np.float32(sea_m) + d * (1 - 0.6 * near) + 0.15 * near * (soft - d)).astype(np.float32)


_CONIFERS = {"pine": 1.0, "spruce": 1.2, "birch": 0.25}
_MIXED = {"oak": 1.0, "birch": 0.6, "pine": 0.4}

TREES: dict[str, tuple[dict[str, float], str]] = {
    "mixed": (_MIXED, "混交"),
    "conifers": (_CONIFERS, "conifer conifers coniferous evergreen evergreens taiga 针叶 常青"),
    "pine": ({"pine": 1.0}, "pine pines pinewood pinewoods 松"),
    "spruce": ({"spruce": 1.0}, "spruce spruces fir firs 杉"),
    "oak": ({"oak": 1.0}, "oak oaks oakwood oakwoods beech beeches chestnut chestnuts broadleaf deciduous leafy 橡 栎 阔叶"),
    "birch": ({"birch": 1.0}, "birch birches birchwood aspen aspens 桦"),
    "palm": ({"palm": 1.0}, "palm palms coconut coconuts 棕榈 椰"),
}
"""Woods that stand in the place of a style's own: kinds of plants with their shares, and what calls for them."""

STYLES: dict[str, Style] = {
    "alps": Style(_alps, 520.0, Cover(("meadow", "earth", "cliff", "scree", "snow"), 0.5, 0.72, (0.85, 1.2)), cut=2.8, talus=1.05,
                  rounds=110,
                  plants=_CONIFERS, temperature=9.0, detail_m=4.5,
                  words="alps alpine mountain mountains peak peaks mountainous 高山 雪山 山脉 山峰 群山 阿尔卑斯 山"),
    "hills": Style(_hills, 95.0, Cover(("grass", "earth", "cliff", "gravel", "snow"), cliff=(0.8, 1.2)), cut=0.5, talus=0.7,
                   rounds=50, plants=_MIXED, detail_m=0.5,
                   words="hills hill rolling countryside meadow meadows pasture 丘陵 山丘 草地 田野 乡村"),
    "desert": Style(_dunes, 60.0, Cover(("sand", "sand", "sandstone", "sand", "snow"), cliff=(0.9, 1.3)), cut=0.0, talus=0.65,
                    rounds=0, plants={}, temperature=32.0, moisture=0.05, detail_m=0.1,
                    words="desert dune dunes sahara sand sandy 沙漠 沙丘 大漠"),
    "islands": Style(_islands, 190.0, Cover(("grass", "earth", "cliff", "sand", "snow")), cut=1.2, talus=1.0, rounds=60,
                     plants={"palm": 1.0, "oak": 0.3}, temperature=25.0, moisture=0.7, detail_m=1.0,
                     words="island islands archipelago tropical atoll 岛 群岛 海岛 热带"),
    "canyon": Style(_canyon, 230.0, Cover(("sand", "earth", "sandstone", "gravel", "snow"), cliff=(0.55, 0.9)), cut=0.5, talus=1.9,
                    rounds=30, plants={"dead": 0.3}, temperature=26.0, moisture=0.12, detail_m=0.9,
                    words="canyon canyons gorge mesa badlands ravine 峡谷 大峡谷 山谷 戈壁"),
    "coast": Style(_coast, 130.0, Cover(("grass", "earth", "cliff", "sand", "snow"), cliff=(0.7, 1.05)), cut=0.9, talus=1.3,
                   rounds=60, plants=_MIXED, moisture=0.6, detail_m=0.9,
                   words="coast coastal coastline shore seaside beach bay cliff cliffs 海岸 海边 海滩 沙滩 海湾 悬崖"),
    "volcanic": Style(_volcano, 480.0, Cover(("meadow", "ash", "lava", "ash", "snow"), cliff=(0.55, 0.85)), cut=1.4, talus=0.95,
                      rounds=70, plants={"pine": 0.5, "dead": 0.5}, temperature=16.0, moisture=0.4, detail_m=1.8,
                      words="volcano volcanic crater caldera lava 火山 火山口 熔岩"),
    "plains": Style(_plains, 28.0, Cover(("grass", "earth", "cliff", "gravel", "snow")), cut=0.4, talus=0.5, rounds=40,
                    plants={"oak": 0.4, "birch": 0.2}, detail_m=0.25,
                    words="plain plains prairie steppe grassland savanna flat 平原 草原 大草原"),
    "fjord": Style(_fjord, 520.0, Cover(("meadow", "earth", "cliff", "scree", "snow"), 0.6, 0.82), cut=1.5, talus=1.5, rounds=80,
                   plants=_CONIFERS, temperature=7.0, moisture=0.7, detail_m=2.0, words="fjord fjords norway norwegian 峡湾 挪威"),
}  # fmt: skip
"""By name."""
