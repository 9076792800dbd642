"""Climate, and what grows in it: temperature and moisture of a place, and Whittaker's table of biomes.

Whittaker, "Communities and Ecosystems", 1975: which plants cover land hangs on its mean temperature and its rain. Shore and bog
come from the ground instead. Everything is a function of place, so that neighbours agree and order matters to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.grids import smoothstep
from taixu.generate.places.noise import Array, fbm

__all__ = ["BIOMES", "Biome", "Climate", "biomes_of", "climate_of", "ground_shares"]

COLDEST, HOTTEST = -20.0, 36.0
"""Degrees Celsius that a mask's 0 and 1 mean."""
_LAPSE = 0.0065
"""Degrees lost with each metre of height (the standard atmosphere's)."""


@dataclass(frozen=True)
class Biome:
    """A biome.

    Attributes
    ----------
    plants
        Kinds by how common they are.
    wood
        How much of it trees cover.
    grass, shrubs
        How densely they stand, 0 to 1.
    """

    name: str
    plants: dict[str, float]
    wood: float = 0.0
    grass: float = 0.0
    shrubs: float = 0.0


BIOMES: tuple[Biome, ...] = (
    Biome("ice", {}),
    Biome("tundra", {"pine": 0.1}, wood=0.02, grass=0.35, shrubs=0.15),
    Biome("taiga", {"spruce": 1.0, "pine": 0.7, "birch": 0.15}, wood=0.75, grass=0.3, shrubs=0.2),
    Biome("steppe", {"oak": 0.3, "birch": 0.2}, wood=0.03, grass=0.8, shrubs=0.08),
    Biome("temperate forest", {"oak": 1.0, "birch": 0.6, "pine": 0.25}, wood=0.7, grass=0.6, shrubs=0.35),
    Biome("temperate rainforest", {"spruce": 0.8, "oak": 0.6, "pine": 0.4}, wood=0.9, grass=0.7, shrubs=0.6),
    Biome("desert", {"dead": 0.5}, wood=0.01, grass=0.03),
    Biome("savanna", {"oak": 0.6, "dead": 0.15}, wood=0.08, grass=0.75, shrubs=0.1),
    Biome("rainforest", {"palm": 1.0, "oak": 0.8}, wood=0.95, grass=0.8, shrubs=0.8),
    Biome("swamp", {"birch": 0.5, "dead": 0.4}, wood=0.3, grass=0.7, shrubs=0.4),
    Biome("beach", {"palm": 1.0}, wood=0.05, grass=0.06),
)
"""In the order of their numbers."""
_NUMBER = {biome.name: number for number, biome in enumerate(BIOMES)}
# Rows: up to these temperatures; columns: up to these shares of moisture.
_TEMPERATURES = (-8.0, 0.0, 8.0, 19.0, 99.0)
_MOISTURES = (0.18, 0.36, 0.62, 9.0)
_TABLE = np.array([
    [_NUMBER[name] for name in row] for row in (
        ("ice", "ice", "ice", "ice"),
        ("tundra", "tundra", "tundra", "tundra"),
        ("steppe", "steppe", "taiga", "taiga"),
        ("desert", "steppe", "temperate forest", "temperate rainforest"),
        ("desert", "savanna", "rainforest", "rainforest"),
    )
], np.uint8)  # fmt: skip


@dataclass(frozen=True)
class Climate:
    """Of places: degrees Celsius, and moisture from 0 to 1."""

    temperature: Array
    moisture: Array


def climate_of(
    x: Array, z: Array, heights: Array, *, water_m: Array, seed: int, temperature: float = 13.0, moisture: float = 0.5,
    variety: float = 1.0,
) -> Climate:
    """The climate of places.

    Parameters
    ----------
    x, z
        Metres; heights above the sea.
    water_m
        How far water is, metres.
    variety
        How much it changes over tens of kilometres: warmer and colder bands, wetter and drier lands.
    """
    v = np.float32(variety)
    bands = fbm(x / 21000.0, z / 13000.0, seed + 811, octaves=2)
    rain = fbm(x / 9000.0, z / 9000.0, seed + 823, octaves=3)
    fine = fbm(x / 420.0, z / 420.0, seed + 829, octaves=3)
    warm = temperature + v * (15.0 * bands + 1.2 * fine) - _LAPSE * np.maximum(heights, 0.0)
    near = np.exp(-np.maximum(water_m, 0.0) / 260.0)
    wet = moisture + v * (0.45 * rain + 0.05 * fine) + 0.22 * near - 0.006 * np.maximum(warm - 22.0, 0.0)
    return Climate(warm.astype(np.float32), np.clip(wet, 0.0, 1.0).astype(np.float32))


def biomes_of(climate: Climate, heights: Array, *, water_m: Array, slope: Array, above_water_m: Array) -> NDArray[np.uint8]:
    """The number of each place's biome in `BIOMES`."""
    row = np.searchsorted(np.array(_TEMPERATURES), climate.temperature.ravel()).clip(0, 4)
    column = np.searchsorted(np.array(_MOISTURES), climate.moisture.ravel()).clip(0, 3)
    found = _TABLE[row, column].reshape(climate.temperature.shape)
    warm = climate.temperature > 2.0
    bog = warm & (climate.moisture > 0.72) & (slope < 0.05) & (above_water_m < 1.2)
    shore = (above_water_m < 1.6) & (heights < 3.0) & (climate.temperature > 6.0)
    found = np.where(bog, np.uint8(_NUMBER["swamp"]), found)
    return np.where(shore, np.uint8(_NUMBER["beach"]), found).astype(np.uint8)


def ground_shares(climate: Climate, heights: Array, slope: Array, *, above_water_m: Array, patches: Array) -> Array:
    """Shares of earth, rock, sand and snow, [..., 4]; grass has what is left. Borders are soft and ragged by `patches`, -1 to 1."""
    rough = np.float32(0.08) * patches
    warm, wet = climate.temperature + np.float32(1.5) * patches, climate.moisture + rough
    snow = smoothstep(-1.0, -5.0, warm) * smoothstep(1.5, 0.9, slope + rough)
    rock = smoothstep(0.62, 0.95, slope + np.float32(0.14) * patches)
    dunes = smoothstep(0.24, 0.12, wet) * smoothstep(6.0, 13.0, warm)
    beach = smoothstep(2.2, 0.9, above_water_m + np.float32(0.8) * patches) * smoothstep(5.0, 2.0, heights)
    banks = smoothstep(0.9, 0.1, above_water_m + np.float32(0.5) * patches)
    sand = np.maximum(np.maximum(dunes, beach), 0.8 * banks)
    bare = smoothstep(0.36, 0.2, wet) * (1 - dunes) * np.float32(0.6) + smoothstep(4.0, -2.0, warm) * np.float32(0.45)
    woods = smoothstep(0.5, 0.75, wet) * smoothstep(-0.1, 0.5, patches) * np.float32(0.55)
    earth = np.clip(np.maximum(bare, woods) + 0.25 * np.clip(patches, 0, 1) + smoothstep(0.35, 0.7, slope) * np.float32(0.5), 0, 1)
    shares = np.zeros((*warm.shape, 4), np.float32)
    shares[..., 3] = snow
    rest = 1 - snow
    shares[..., 1] = rock * rest
    rest = rest - shares[..., 1]
    shares[..., 2] = np.clip(sand, 0, 1) * rest
    rest = rest - shares[..., 2]
    shares[..., 0] = earth * rest
    return np.clip(shares, 0, 1)
