"""Materials of the ground: colours with height in alpha, and normals with roughness, as terrain wants them.

Most are families of part one's generator. Cliffs and scree are made here, of noise that repeats: rock of that size is no
family's, for its strata and cracks go through metres.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.places.noise import Array, fbm, ridged, worley

__all__ = ["LAYERS", "layer_pictures"]

_Maps = tuple[Array, Array, float, float]
"""Linear colour [n, n, 3], height 0 to 1 [n, n], how high 1 is over the square's edge, roughness."""


def layer_pictures(name: str, size: int, *, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Colour and height, uint8[n, n, 4]; normal along x and y (upwards in the picture) and roughness, uint8[n, n, 3].

    Raises
    ------
    TaixuError
        Where there is no layer of this name.
    """
    if name not in LAYERS:
        raise TaixuError(f"there is no ground {name!r}; there are {', '.join(LAYERS)}")
    color, height, relief, rough = LAYERS[name](size, seed & 0xFFFF)
    span = np.percentile(height, (0.5, 99.5))
    height = np.clip((height - span[0]) / max(float(span[1] - span[0]), 1e-6), 0, 1).astype(np.float32)
    up = np.roll(height, 1, 0) - np.roll(height, -1, 0)  # towards the picture's upper edge
    right = np.roll(height, -1, 1) - np.roll(height, 1, 1)
    scale = np.float32(relief * size / 2)
    normal = np.stack([-right * scale, -up * scale, np.ones_like(height)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    first = np.concatenate([_encoded(color), np.rint(height[..., None] * 255).astype(np.uint8)], -1)
    second = np.concatenate([normal[..., :2] * 0.5 + 0.5, np.full((*height.shape, 1), rough, np.float32)], -1)
    return first, np.rint(np.clip(second, 0, 1) * 255).astype(np.uint8)


def _encoded(color: NDArray[np.float32]) -> NDArray[np.uint8]:
    c = np.clip(color, 0.0, 1.0)
    s = np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)
    return np.rint(s * 255).astype(np.uint8)


def _family(
    name: str, *, tint: tuple[float, float, float] = (1, 1, 1), flat: float = 1.0, calm: float = 0.0
) -> Callable[[int, int], _Maps]:
    """A family's maps; `calm` takes contrast out of colours, so that a hillside is no carpet."""

    def make(size: int, seed: int) -> _Maps:
        from taixu.generate.materials.maps import material_maps

        made = material_maps(name, size, seed=seed)
        color = made.maps["base_color"] * np.asarray(tint, np.float32)
        mean = color.mean((0, 1), keepdims=True)
        color = color + (mean - color) * np.float32(calm)
        relief = min(made.relief_m / made.size_m, 0.06) * flat
        return color, made.maps["height"], relief, float(np.clip(made.maps["roughness"].mean(), 0.5, 0.98))

    return make


def _lattice(size: int, cells: int) -> tuple[Array, Array]:
    line = (np.arange(size, dtype=np.float32) + np.float32(0.5)) * np.float32(cells / size)
    z, x = np.meshgrid(line, line, indexing="ij")
    return x, z


def _mixed(low: tuple[float, float, float], high: tuple[float, float, float], t: Array) -> Array:
    t = np.clip(t, 0, 1)[..., None]
    return (np.asarray(low, np.float32) * (1 - t) + np.asarray(high, np.float32) * t).astype(np.float32)


def _rock(
    dark: tuple[float, float, float], pale: tuple[float, float, float], *, strata: float, cracks: float = 1.0
) -> Callable[[int, int], _Maps]:
    """Broken rock: blocks of several sizes, ledges, cracks, lichen."""

    def make(size: int, seed: int) -> _Maps:
        x, z = _lattice(size, 4)
        bend = fbm(x, z, seed + 1, octaves=4, period=4)
        x2, z2 = _lattice(size, 5)
        wobble = np.float32(0.45)
        d1, d2, number = worley(x2 + wobble * bend, z2 * 2 + wobble * np.roll(bend, size // 3, 0) * 2, seed + 2, period=10)
        block = (number & np.uint32(255)).astype(np.float32) / 255
        gap = np.clip((d2 - d1) * 5, 0, 1)
        x3, z3 = _lattice(size, 13)
        e1, e2, small = worley(x3 + bend, z3 + np.roll(bend, size // 2, 1), seed + 3, period=13)
        chips = (small & np.uint32(255)).astype(np.float32) / 255
        fine = fbm(*_lattice(size, 16), seed + 4, octaves=5, gain=0.6, period=16)
        folds = ridged(*_lattice(size, 6), seed + 5, octaves=4, period=6)
        beds = np.sin(z / 4 * np.float32(2 * np.pi) * 9 + bend * 2.2).astype(np.float32) * 0.5 + 0.5
        height = 0.34 * block * gap + 0.16 * chips * np.clip((e2 - e1) * 4, 0, 1) + 0.2 * folds + 0.14 * fine + strata * 0.35 * beds
        height -= cracks * 0.18 * (1 - gap) ** 4
        tone = (
            0.45 + 0.2 * bend + 0.28 * fine + 0.16 * (block - 0.5) + strata * 0.35 * (beds - 0.5) - 0.35 * cracks * (1 - gap) ** 3
        )
        color = _mixed(dark, pale, tone)
        lichen = np.clip(fbm(*_lattice(size, 8), seed + 6, octaves=4, period=8) * 2.2 - 0.9, 0, 1)[..., None] * 0.35 * (1 - strata)
        color = color * (1 - lichen) + np.array([0.24, 0.25, 0.16], np.float32) * lichen
        return color, height.astype(np.float32), 0.07, 0.86

    return make


def _scree(dark: tuple[float, float, float], pale: tuple[float, float, float]) -> Callable[[int, int], _Maps]:
    """Stones of three sizes that lie on one another."""

    def make(size: int, seed: int) -> _Maps:
        height: Array = np.zeros((size, size), np.float32)
        tone: Array = np.full((size, size), 0.4, np.float32)
        for k, (cells, tall) in enumerate(((26, 0.3), (15, 0.55), (8, 1.0))):
            x, z = _lattice(size, cells)
            bend = fbm(*_lattice(size, cells), seed + 20 + k, octaves=3, period=cells) * 0.3
            d1, d2, number = worley(x + bend, z + bend, seed + k, period=cells)
            share = (number >> np.uint32(8) & np.uint32(255)).astype(np.float32) / 255
            stone = np.clip(1 - (d1 / (0.28 + 0.3 * share)) ** 2.2, 0, 1) ** 0.6 * tall * (share > (0.0, 0.2, 0.5)[k])
            stone = stone * np.clip((d2 - d1) * 6, 0, 1)
            over = stone > height
            height = np.where(over, stone, height)
            tone = np.where(over, 0.3 + 0.6 * (number & np.uint32(255)).astype(np.float32) / 255, tone)
        fine = fbm(*_lattice(size, 32), seed + 40, octaves=4, gain=0.6, period=32)
        tone = tone * (0.55 + 0.5 * np.clip(height * 2, 0, 1)) + 0.1 * fine
        return _mixed(dark, pale, tone), height + 0.05 * fine, 0.05, 0.9

    return make


def _turf(
    dark: tuple[float, float, float], pale: tuple[float, float, float], dry: tuple[float, float, float]
) -> Callable[[int, int], _Maps]:
    """Grass as it looks from some way off: tufts, thatch between them, a few dry blades."""

    def make(size: int, seed: int) -> _Maps:
        x, z = _lattice(size, 22)
        bend = fbm(*_lattice(size, 8), seed + 1, octaves=3, period=8)
        d1, _, number = worley(x + bend, z + bend, seed + 2, period=22)
        tuft = np.clip(1 - d1 * 1.15, 0, 1)
        strands = ridged(*_lattice(size, 48), seed + 3, octaves=2, period=48)
        blades = fbm(*_lattice(size, 64), seed + 4, octaves=3, gain=0.7, period=64)
        height = 0.55 * tuft + 0.25 * strands + 0.2 * blades
        tone = 0.12 + 0.55 * height + 0.12 * bend + 0.18 * ((number & np.uint32(255)).astype(np.float32) / 255 - 0.5)
        color = _mixed(dark, pale, tone)
        withered = np.clip(fbm(*_lattice(size, 12), seed + 6, octaves=5, gain=0.65, period=12) * 1.9 - 0.55, 0, 0.8)[..., None]
        return (color * (1 - withered) + np.asarray(dry, np.float32) * withered * (0.5 + height[..., None])), height, 0.035, 0.93

    return make


def _soil(dark: tuple[float, float, float], pale: tuple[float, float, float]) -> Callable[[int, int], _Maps]:
    """Trodden earth with small stones, needles and roots."""

    def make(size: int, seed: int) -> _Maps:
        wide = fbm(*_lattice(size, 5), seed + 1, octaves=6, gain=0.6, period=5)
        x, z = _lattice(size, 28)
        d1, _, number = worley(x, z, seed + 2, period=28)
        pebble = np.clip(1 - (d1 / 0.32) ** 2, 0, 1) * ((number >> np.uint32(8) & np.uint32(255)) > 190)
        litter = ridged(*_lattice(size, 36), seed + 3, octaves=3, sharpness=6.0, period=36)
        height = 0.5 + 0.28 * wide + 0.4 * pebble + 0.16 * litter
        tone = 0.42 + 0.36 * wide + 0.35 * pebble + 0.2 * litter
        return _mixed(dark, pale, tone), height.astype(np.float32), 0.03, 0.94

    return make


def _snow(size: int, seed: int) -> _Maps:
    wide = fbm(*_lattice(size, 4), seed + 1, octaves=5, gain=0.5, period=4)
    fine = fbm(*_lattice(size, 40), seed + 2, octaves=3, gain=0.6, period=40)
    color = _mixed((0.66, 0.72, 0.80), (0.86, 0.88, 0.90), 0.62 + 0.35 * wide + 0.1 * fine)
    return color, 0.6 * wide + 0.12 * fine, 0.02, 0.62


def _sand(dark: tuple[float, float, float], pale: tuple[float, float, float], *, ripples: float) -> Callable[[int, int], _Maps]:
    def make(size: int, seed: int) -> _Maps:
        x, z = _lattice(size, 4)
        bend = fbm(x, z, seed + 1, octaves=4, period=4)
        wave = np.sin(z / 4 * np.float32(2 * np.pi) * 15 + bend * 3.4).astype(np.float32) * 0.5 + 0.5
        wave = wave**1.6 * ripples * np.clip(0.65 + 0.7 * bend, 0.15, 1)
        grains = fbm(*_lattice(size, 96), seed + 2, octaves=2, gain=0.8, period=96)
        wide = fbm(*_lattice(size, 3), seed + 3, octaves=4, period=3)
        return (
            _mixed(dark, pale, 0.5 + 0.2 * wave + 0.22 * wide + 0.16 * grains),
            0.7 * wave + 0.1 * wide + 0.08 * grains,
            0.016,
            0.9,
        )

    return make


LAYERS: dict[str, Callable[[int, int], _Maps]] = {
    "grass": _turf((0.045, 0.062, 0.016), (0.19, 0.25, 0.062), (0.30, 0.26, 0.11)),
    "meadow": _turf((0.048, 0.060, 0.020), (0.20, 0.235, 0.075), (0.30, 0.26, 0.125)),
    "autumn_grass": _turf((0.075, 0.062, 0.022), (0.29, 0.24, 0.085), (0.38, 0.30, 0.13)),
    "earth": _soil((0.045, 0.030, 0.018), (0.20, 0.145, 0.09)),
    "ash": _soil((0.022, 0.020, 0.019), (0.105, 0.095, 0.09)),
    "cliff": _rock((0.065, 0.062, 0.058), (0.33, 0.315, 0.29), strata=0.18),
    "sandstone": _rock((0.20, 0.085, 0.04), (0.55, 0.30, 0.16), strata=0.75, cracks=0.6),
    "lava": _rock((0.012, 0.011, 0.011), (0.095, 0.082, 0.076), strata=0.0),
    "scree": _scree((0.07, 0.066, 0.06), (0.34, 0.32, 0.29)),
    "gravel": _scree((0.10, 0.085, 0.065), (0.42, 0.37, 0.30)),
    "sand": _sand((0.33, 0.23, 0.12), (0.62, 0.47, 0.29), ripples=0.9),
    "snow": _snow,
    "moss": _family("moss", calm=0.4),
    "pavement": _family("cobbles", calm=0.4),
    "mud": _family("mud", calm=0.3),
}
"""Makers by name."""
