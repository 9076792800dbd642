"""Modifiers of land without an end: its shape and climate, and what grows there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block
from taixu.generate.modifiers.kinds import Inputs
from taixu.generate.modifiers.layers import Layers, Places
from taixu.generate.modifiers.sowing import candidates, groves, masked, off_masks, rows_of, steepness
from taixu.generate.places.biomes import BIOMES, COLDEST, HOTTEST, Climate, biomes_of, ground_shares
from taixu.generate.places.endless import EndlessLand, EndlessSpec
from taixu.generate.places.noise import fbm, lattice_hash

__all__ = ["endless_heights", "make_biome_plants", "make_endless"]

_TREES = ("oak", "birch", "pine", "spruce", "palm", "dead")
_TREE_SPACING_M = 5.0
_SMALL = {"shrub": (3.2, 2), "grass": (1.3, 0), "dry_grass": (1.6, 0), "rock": (9.0, 3)}
"""Metres between two, and the coarsest level that shows them."""
_THINNED = (1.0, 1.0, 1.0, 0.7, 0.4)
"""Of the trees that stand, how many are shown at a level: far woods look as dense with fewer."""


def endless_heights(
    parameters: Any, frame: NDArray[np.float64], seed: int, x: NDArray[np.float64], z: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Heights at points."""
    return EndlessLand.heights_at(x, z, _spec(parameters), seed)


def make_endless(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Heights, water, climate and what lies on the ground."""
    x, z = block.grid()
    land = EndlessLand.at(x, z, _spec(inputs.parameters), seed)
    dz, dx = np.gradient(land.heights, np.float32(block.spacing_m))
    # At borders the slope is one-sided and the neighbour's differs by little; blends are soft enough to hide that.
    slope = np.hypot(dx, dz).astype(np.float32)
    patches = fbm(x / 55.0, z / 55.0, (seed & 0x7FFFFFFF) + 501, octaves=4, gain=0.6).astype(np.float32)
    above = land.heights - land.water + np.clip((land.water_m - 20.0) * 0.1, 0, 50).astype(np.float32)
    return {
        "heights": land.heights,
        "weights": ground_shares(land.climate, land.heights, slope, above_water_m=above, patches=patches),
        "water": np.where(land.water_m < 90.0 + 2 * block.spacing_m, land.water, np.float32(-1e4)),
        "mask.temperature": ((land.climate.temperature - COLDEST) / (HOTTEST - COLDEST)).clip(0, 1),
        "mask.moisture": land.climate.moisture,
    }


def make_biome_plants(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Plants of each place's biome."""
    own = inputs.parameters
    models = own.models
    if not isinstance(models, dict) or len(models) > 64 or not all(isinstance(one, str) for one in models.values()):
        raise TaixuError("biome_plants: models are a file by kind, at most 64")
    density, lattice = float(own.density), seed & 0x7FFFFFFF
    if not 0 <= density <= 4:
        raise TaixuError(f"biome_plants: density is {density:g}; it must be from 0 to 4")
    found: list[Places] = []
    trees = [kind for kind in _TREES if models.get(kind)]
    if trees:
        found += _sown(block, inputs, trees, models, _TREE_SPACING_M, seed=lattice, density=density)
    for kind, (spacing, most_level) in _SMALL.items():
        if models.get(kind) and block.level <= most_level:
            own_seed = lattice + 7919 * (1 + list(_SMALL).index(kind))
            found += _sown(block, inputs, [kind], models, spacing, seed=own_seed, density=density)
    return {"places": found}


def _sown(
    block: Block, inputs: Inputs, kinds: list[str], models: dict[str, str], spacing_m: float, *, seed: int, density: float
) -> list[Places]:
    x, z, h, numbers = candidates(block, spacing_m, seed=seed)
    chance = (h & np.uint32(0xFFFF)).astype(np.float64) / 65536
    tree = kinds[0] in _TREES
    if tree and block.level:
        keep = chance < _THINNED[block.level]  # before anything is looked up; the same ones at every level
        x, z, h, numbers, chance = x[keep], z[keep], h[keep], numbers[keep], chance[keep]
    if not len(x):
        return []
    heights, steep = steepness(inputs, block, x, z)
    water = masked(inputs, block, "water", x, z)
    above = np.where(water < -5e3, 50.0, heights - water)
    temperature = masked(inputs, block, "mask.temperature", x, z) * (HOTTEST - COLDEST) + COLDEST
    moisture = masked(inputs, block, "mask.moisture", x, z)
    # Ragged borders between biomes: each place sees a climate a little off.
    ragged = (lattice_hash(h.view(np.int32), np.zeros(len(h), np.int32), 11) & np.uint32(0xFFFF)).astype(np.float64) / 32768 - 1
    biomes = biomes_of(
        Climate((temperature + 1.6 * ragged).astype(np.float32), (moisture + 0.05 * ragged).astype(np.float32)), heights,
        water_m=above, slope=steep, above_water_m=above,
    )  # fmt: skip
    dry = above > 0.25
    free = off_masks(inputs, block, str(inputs.parameters.keep_off), x, z) * dry
    cover = np.zeros(len(x))
    shares = np.zeros((len(x), len(kinds)))
    for number, biome in enumerate(BIOMES):
        mine = biomes == number
        if not mine.any():
            continue
        if tree:
            weights = np.array([biome.plants.get(kind, 0.0) for kind in kinds])
            cover[mine] = biome.wood if weights.sum() else 0.0
            shares[mine] = weights
        else:
            cover[mine] = _small_cover(kinds[0], biome.name, biome.grass, biome.shrubs)
            shares[mine] = 1.0
    if tree:
        liked = groves(x, z, 190.0, 0.62, seed) * np.minimum(cover * 1.15, 1.0) + 0.04 * (cover > 0)
        free = free * (steep < 0.95)
    else:
        clumps = groves(x, z, 34.0, 0.8, seed) if kinds[0] != "rock" else groves(x, z, 60.0, 0.4, seed)
        liked = cover * clumps
        free = free * (steep < (0.8 if kinds[0] != "rock" else 1.3))
    keep = chance < np.minimum(liked * density, 1.0) * free * (1.0 if not tree else 0.9)
    total = np.cumsum(shares, axis=1)
    pick = (h >> np.uint32(16)).astype(np.float64) / 65536 * total[:, -1]
    which = (pick[:, None] >= total).sum(1)
    places = []
    for number, kind in enumerate(kinds):
        mine = keep & (which == number) & (total[:, -1] > 0)
        if not mine.any():
            continue
        scale = (0.6, 1.25) if tree else (0.35, 2.0) if kind == "rock" else (0.6, 1.3)
        sink = 0.22 if kind == "rock" else 0.06 if tree else 0.02
        rows = rows_of(x[mine], z[mine], h[mine], steep[mine], scale=scale, sink_m=sink)
        places.append(Places(kind, rows, numbers[mine], {"model": models[kind]}))
    return places


def _small_cover(kind: str, biome: str, grass: float, shrubs: float) -> float:
    if kind == "rock":
        return {"tundra": 0.25, "desert": 0.12, "ice": 0.1}.get(biome, 0.05)
    if kind == "shrub":
        return shrubs
    arid = biome in ("steppe", "savanna", "desert")
    return grass if (kind == "dry_grass") == arid else 0.0


def _spec(parameters: Any) -> EndlessSpec:
    return EndlessSpec(
        relief_m=float(parameters.relief_m), hills_m=float(parameters.hills_m), mountains=float(parameters.mountains),
        sea=float(parameters.sea), rivers=float(parameters.rivers), roughness=float(parameters.roughness),
        temperature=float(parameters.temperature), moisture=float(parameters.moisture), variety=float(parameters.variety),
    ).check()  # fmt: skip
