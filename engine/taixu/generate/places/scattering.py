"""Where things grow and lie: rules of slope, height, ground, water and clusters, with a least distance between two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.grids import coordinates, gradient, resample, sample, smoothstep
from taixu.generate.places.landscapes import Landscape
from taixu.generate.places.noise import Array, fbm, lattice_hash
from taixu.generate.places.styles import TREES
from taixu.generate.places.water import DRY

__all__ = ["Rule", "Sown", "poisson", "rules_of", "sow"]

_FIELD = 513


@dataclass(frozen=True)
class Rule:
    """How a kind is sown.

    Attributes
    ----------
    spacing_m
        The least distance between two.
    share
        Of the places that are left, how many are taken where it likes the ground best.
    ground
        How much it likes each of the five layers, 0 to 1.
    slope
        Rise over run that it bears.
    cluster_m, cluster
        How large its groves are, and how much of the land they cover, 0 to 1; 1 is everywhere.
    shore_m
        Metres above water between which it grows; (0.5, 1e9) keeps out of the water.
    scale
        Least and greatest size.
    sink_m
        How deep it stands in the ground, times its size.
    reach_m, fine_m, coarse_m
        As `Scatter` has them.
    """

    kind: str
    spacing_m: float
    share: float
    ground: tuple[float, float, float, float, float]
    slope: float = 0.75
    cluster_m: float = 160.0
    cluster: float = 1.0
    shore_m: tuple[float, float] = (0.6, 1e9)
    scale: tuple[float, float] = (0.75, 1.3)
    sink_m: float = 0.05
    fine_m: float = 45.0
    coarse_m: float = 130.0
    reach_m: float = 3000.0
    cast_shadow: bool = True


@dataclass(frozen=True)
class Sown:
    """Places of a kind: float32[n, 5], x, y above the ground, z, turn, scale."""

    rule: Rule
    places: NDArray[np.float32]


def rules_of(land: Landscape) -> list[Rule]:
    """What grows on a landscape by its style, season and spec."""
    spec, found = land.spec, []
    wood, dense = 0.15 + 0.75 * spec.forest, spec.plants
    trees = TREES[spec.trees][0] if spec.trees else land.style.plants
    total = max(sum(trees.values()), 1.0)
    for kind, weight in trees.items():
        share = weight / total
        tall = kind in ("pine", "spruce")
        cover = wood if kind != "dead" else 0.25
        found.append(Rule(
            kind, 4.6 if tall else 7.0 if kind == "oak" else 5.0, min(1.0, 0.9 * share * dense),
            (1.0, 0.75, 0.03, 0.02, 0.0 if kind != "dead" else 0.1),
            slope=0.95 if tall else 0.6, cluster_m=210.0, cluster=cover, shore_m=(0.9, 1e9) if kind != "palm" else (0.5, 9.0),
            scale=(0.55, 1.25),
        ))  # fmt: skip
        if kind == "palm":
            found[-1] = Rule("palm", 6.0, min(1.0, 0.55 * dense), (0.6, 0.5, 0.0, 0.9, 0.0), slope=0.5, cluster_m=90.0, cluster=0.6,
                             shore_m=(0.9, 26.0), scale=(0.6, 1.2))
    green = spec.style not in ("desert", "canyon")
    if green:
        found.append(
            Rule(
                "shrub",
                3.0,
                0.2 * dense,
                (0.9, 1.0, 0.05, 0.1, 0.0),
                slope=0.8,
                cluster_m=70.0,
                cluster=0.45,
                reach_m=500.0,
                fine_m=25.0,
                coarse_m=80.0,
                scale=(0.5, 1.3),
            )
        )
        found.append(
            Rule(
                "grass",
                1.05,
                0.95 * dense,
                (1.0, 0.35, 0.03, 0.04, 0.0),
                slope=0.9,
                cluster_m=30.0,
                cluster=0.85,
                fine_m=26.0,
                coarse_m=95.0,
                reach_m=95.0,
                scale=(0.6, 1.35),
                sink_m=0.02,
                cast_shadow=False,
            )
        )
        if spec.season in ("spring", "summer"):
            found.append(
                Rule(
                    "flowers",
                    1.7,
                    0.5 * dense,
                    (1.0, 0.3, 0.0, 0.0, 0.0),
                    slope=0.6,
                    cluster_m=26.0,
                    cluster=0.22,
                    fine_m=24.0,
                    coarse_m=70.0,
                    reach_m=70.0,
                    scale=(0.7, 1.2),
                    sink_m=0.02,
                    cast_shadow=False,
                )
            )
        if (land.water > DRY / 2).any() and land.sea_m is None:
            found.append(
                Rule(
                    "reeds",
                    1.3,
                    0.7 * dense,
                    (0.8, 0.6, 0.1, 0.7, 0.0),
                    slope=0.5,
                    cluster_m=40.0,
                    cluster=0.4,
                    shore_m=(-0.35, 0.5),
                    fine_m=40.0,
                    coarse_m=130.0,
                    reach_m=130.0,
                    scale=(0.7, 1.3),
                    sink_m=0.05,
                    cast_shadow=False,
                )
            )
    else:
        found.append(
            Rule(
                "dry_grass",
                2.4,
                0.3 * dense,
                (0.5, 1.0, 0.05, 0.4, 0.0),
                slope=0.55,
                cluster_m=50.0,
                cluster=0.3,
                fine_m=30.0,
                coarse_m=110.0,
                reach_m=110.0,
                scale=(0.6, 1.2),
                sink_m=0.02,
                cast_shadow=False,
            )
        )
    found.append(
        Rule(
            "rock",
            4.5,
            0.22,
            (0.05, 0.12, 0.5, 0.6 if spec.style != "desert" else 0.02, 0.1),
            slope=1.1,
            cluster_m=60.0,
            cluster=0.5,
            shore_m=(-1.0, 1e9),
            scale=(0.35, 2.4),
            sink_m=0.22,
            fine_m=40.0,
            coarse_m=120.0,
            reach_m=900.0,
        )
    )
    return [rule for rule in found if rule.share > 0 and (spec.plants > 0 or rule.kind == "rock")]


def sow(land: Landscape, rule: Rule, *, seed: int) -> Sown:
    """Places of a kind. They depend on the seed and the land below them alone."""
    x, z, h = poisson(land.spec.size_m, rule.spacing_m, seed=seed)
    chance = (h & np.uint32(0xFFFF)).astype(np.float32) / 65536
    wanted = _liking(land, rule, seed)
    per_cell = np.float32((_FIELD - 1) / land.spec.size_m)
    middle = np.float32((_FIELD - 1) / 2)
    keep = chance < rule.share * sample(wanted, x * per_cell + middle, z * per_cell + middle)
    x, z, h = x[keep], z[keep], h[keep]
    # The slope and water right here, not those of the field.
    size = land.spec.size_m
    reach = max(land.spacing_m, 0.4)
    here = land.height_at(x, z)
    dx = (land.height_at(x + reach, z) - land.height_at(x - reach, z)) / (2 * reach)
    dz = (land.height_at(x, z + reach) - land.height_at(x, z - reach)) / (2 * reach)
    above = here - land.water_at(x, z)
    good = (np.hypot(dx, dz) < rule.slope * 1.15) & (above > rule.shore_m[0]) & (np.maximum(np.abs(x), np.abs(z)) < size / 2 - 1.0)
    x, z, h = x[good], z[good], h[good]
    steep = np.hypot(dx, dz)[good]
    mixed = lattice_hash(h.view(np.int32), np.zeros(len(h), np.int32), seed + 5)
    t = (mixed & np.uint32(0xFFFF)).astype(np.float32) / 65536
    turn = (mixed >> np.uint32(16)).astype(np.float32) / 65536 * np.float32(2 * np.pi)
    low, high = rule.scale
    scale = low + (high - low) * t * (t if rule.kind == "rock" else 1)
    # On a slope the lower side of a foot would hang in the air.
    y = -(rule.sink_m * scale) * (1 + 1.6 * np.minimum(steep, 1.2))
    return Sown(rule, np.stack([x, y, z, turn, scale], 1).astype(np.float32))


def poisson(size_m: float, spacing_m: float, *, seed: int) -> tuple[Array, Array, NDArray[np.uint32]]:
    """Points over a square around the origin, no two nearer than `spacing_m`, and a number of 32 bits for each.

    A candidate a lattice cell; of two that are too near, the one with the lower number goes. So a place depends on its
    surroundings alone, and squares can be made in any order.
    """
    edge = spacing_m * 1.02
    half = int(np.ceil(size_m / 2 / edge)) + 1
    line = np.arange(-half, half, dtype=np.int32)
    iz, ix = np.meshgrid(line, line, indexing="ij")
    h = lattice_hash(ix, iz, seed)
    jitter = lattice_hash(ix, iz, seed + 0x5BD1)
    x = ((ix + (jitter & np.uint32(0xFFFF)) / np.float32(65536)) * edge).astype(np.float32)
    z = ((iz + (jitter >> np.uint32(16)) / np.float32(65536)) * edge).astype(np.float32)
    keep = np.ones(x.shape, bool)
    for dz in (-1, 0, 1):
        for dx in (-1, 0, 1):
            if dx or dz:
                other = np.roll(h, (-dz, -dx), (0, 1))
                gap = (np.roll(x, (-dz, -dx), (0, 1)) - x) ** 2 + (np.roll(z, (-dz, -dx), (0, 1)) - z) ** 2
                keep &= (gap >= np.float32(spacing_m**2)) | (h > other)
    keep &= (np.abs(x) < size_m / 2) & (np.abs(z) < size_m / 2)
    return x[keep], z[keep], h[keep]


def _liking(land: Landscape, rule: Rule, seed: int) -> Array:
    """How much a kind likes each place, 0 to 1, float32[513, 513]."""
    step = max(1, (len(land.heights) - 1) // (_FIELD - 1))
    weights = land.weights[::step, ::step]
    weights = np.stack([resample(weights[..., k], _FIELD) for k in range(4)], -1).clip(0, 1)
    shares = np.concatenate([(1 - weights.sum(-1, keepdims=True)).clip(0, 1), weights], -1)
    liked = (shares @ np.asarray(rule.ground, np.float32)).astype(np.float32)
    heights = resample(land.heights[::step, ::step], _FIELD)
    dx, dz = gradient(heights, land.spec.size_m / (_FIELD - 1))
    liked *= smoothstep(rule.slope, rule.slope * 0.7, np.hypot(dx, dz))
    if rule.cluster < 1:
        x, z = coordinates(_FIELD, land.spec.size_m)
        s = np.float32(1.0 / rule.cluster_m)
        groves = fbm(x * s, z * s, (seed & 0x7FFFFFFF) + 701, octaves=4, gain=0.55)
        edge = float(np.quantile(groves, 1 - rule.cluster))
        liked *= 0.03 + 0.97 * smoothstep(edge - 0.12, edge + 0.12, groves)
    if rule.shore_m[1] < 1e8:
        from taixu.generate.places.grids import spread

        level = resample(land.water, _FIELD) if len(land.water) != _FIELD else land.water
        near = spread(level, 8)
        liked = np.where(
            near > DRY / 2, liked * smoothstep(rule.shore_m[1] + 0.5, rule.shore_m[1] - 0.5, heights - near), 0
        ).astype(np.float32)
    return liked
