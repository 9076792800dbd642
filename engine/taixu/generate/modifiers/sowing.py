"""Modifiers that sow: equal things by rules of slope, height and masks, and woods within outlines."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.curves import Array, distance_to, inside, placed, points_of
from taixu.generate.modifiers.kinds import Inputs
from taixu.generate.modifiers.layers import Layers, Places
from taixu.generate.places.noise import fbm, lattice_hash

__all__ = ["candidates", "groves", "make_scatter", "make_wood", "masked", "off_masks", "rows_of", "steepness", "wood_bounds"]

_MOST_PLANTS = 64
_MOST_NAMES = 16


def candidates(block: Block, spacing_m: float, *, seed: int) -> tuple[Array, Array, NDArray[np.uint32], NDArray[np.uint32]]:
    """Points of a block, no two of the whole ground nearer than `spacing_m`: x, z, chance, and numbers that are unique in it.

    A candidate a lattice cell of the whole ground; of two that are too near, the one with the lower hash goes, so that a place
    depends on its surroundings alone.
    """
    edge = spacing_m * 1.02
    box = block.bounds
    first = np.floor(np.array([box.x0, box.z0]) / edge).astype(np.int64) - 2
    last = np.floor(np.array([box.x1, box.z1]) / edge).astype(np.int64) + 2
    if (last - first + 1).prod() > 4_000_000:
        raise TaixuError(f"places {spacing_m:g} m from each other are too many for a block of {block.edge_m:g} m")
    iz, ix = np.meshgrid(np.arange(first[1], last[1] + 1), np.arange(first[0], last[0] + 1), indexing="ij")
    h = lattice_hash(ix.astype(np.int32), iz.astype(np.int32), seed)
    jitter = lattice_hash(ix.astype(np.int32), iz.astype(np.int32), seed + 0x5BD1)
    x = (ix + (jitter & np.uint32(0xFFFF)) / 65536.0) * edge
    z = (iz + (jitter >> np.uint32(16)) / 65536.0) * edge
    keep = np.ones((x.shape[0] - 2, x.shape[1] - 2), bool)
    middle = (slice(1, -1), slice(1, -1))
    for dz in (-1, 0, 1):
        for dx in (-1, 0, 1):
            if dx or dz:
                other = (slice(1 + dz, x.shape[0] - 1 + dz), slice(1 + dx, x.shape[1] - 1 + dx))
                gap = (x[other] - x[middle]) ** 2 + (z[other] - z[middle]) ** 2
                keep &= (gap >= spacing_m**2) | (h[middle] > h[other])
    x, z, h, ix, iz = x[middle][keep], z[middle][keep], h[middle][keep], ix[middle][keep], iz[middle][keep]
    mine = block.holds(x, z)
    numbers = ((ix[mine] & 0xFFFF) << 16 | (iz[mine] & 0xFFFF)).astype(np.uint32)
    return x[mine], z[mine], h[mine], numbers


def make_scatter(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Places of one kind."""
    own = inputs.parameters
    spacing = float(own.spacing_m)
    if not 0.25 <= spacing <= 64.0:
        raise TaixuError(f"scatter_rule: spacing_m is {spacing:g}; it must be from 0.25 to 64")
    lattice = seed & 0x7FFFFFFF
    x, z, h, numbers = candidates(block, spacing, seed=lattice)
    chance = (h & np.uint32(0xFFFF)).astype(np.float64) / 65536
    liked = np.full(len(x), float(own.share))
    heights, steep = steepness(inputs, block, x, z)
    low, high = (float(value) for value in own.slope)
    liked *= (steep >= low) & (steep <= high)
    low, high = (float(value) for value in own.height_m)
    liked *= (heights >= low) & (heights <= high)
    if own.mask:
        liked *= masked(inputs, block, f"mask.{str(own.mask)[:64]}", x, z)
    liked *= off_masks(inputs, block, str(own.keep_off), x, z)
    if own.cluster_m > 0 and own.cluster < 1:
        liked *= groves(x, z, float(own.cluster_m), float(own.cluster), lattice)
    keep = chance < liked
    fields = {name: _plain(getattr(own, name)) for name in ("model", "fine_m", "coarse_m", "reach_m", "cast_shadow")}
    rows = rows_of(x[keep], z[keep], h[keep], steep[keep], scale=own.scale, sink_m=float(own.sink_m))
    return {"places": [Places(_kind(str(own.model)), rows, numbers[keep], fields)]}


def wood_bounds(parameters: Any, frame: NDArray[np.float64]) -> Bounds | None:
    """Around its outline."""
    return Bounds.of(placed(points_of(parameters.outline, 2, what="wood", least=3), frame))


def make_wood(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Several kinds within an outline, each place one of them."""
    own = inputs.parameters
    outline = placed(points_of(own.outline, 2, what="wood", least=3), inputs.frame)
    plants = own.plants
    if not isinstance(plants, (list, tuple)) or len(plants) > _MOST_PLANTS or not all(isinstance(one, dict) for one in plants):
        raise TaixuError(f"wood: plants are a list of at most {_MOST_PLANTS} of model, share and scale")
    if not 0.5 <= float(own.spacing_m) <= 64.0:
        raise TaixuError(f"wood: spacing_m is {own.spacing_m:g}; it must be from 0.5 to 64")
    x, z, h, numbers = candidates(block, float(own.spacing_m), seed=seed & 0x7FFFFFFF)
    chance = (h & np.uint32(0xFFFF)).astype(np.float64) / 65536
    liked = inside(outline, x, z).astype(np.float64)
    edge = float(own.edge_m)
    if edge > 0 and liked.any():
        away, _ = distance_to(np.concatenate([outline, outline[:1]]), x, z, within_m=edge)
        liked *= np.clip(np.where(np.isfinite(away), away, edge) / edge * 0.9 + 0.1, 0, 1)
    _, steep = steepness(inputs, block, x, z)
    liked *= steep <= float(own.slope)
    liked *= off_masks(inputs, block, str(own.keep_off), x, z)
    keep = chance < liked
    shares = np.array([_number(one, "share", 1.0, 0.0, 1e6) for one in plants], np.float64)
    if not keep.any() or not shares.sum():
        return {"places": []}
    which = np.searchsorted(np.cumsum(shares) / shares.sum(), ((h >> np.uint32(16)).astype(np.float64) + 0.5) / 65536)
    found = []
    for number, plant in enumerate(plants):
        mine = keep & (which == number)
        scale = _number(plant, "scale", 1.0, 0.01, 100.0)
        rows = rows_of(x[mine], z[mine], h[mine], steep[mine], scale=(0.7 * scale, 1.25 * scale), sink_m=0.06)
        model = str(plant.get("model", ""))
        fields = {"model": model, "reach_m": float(own.reach_m)}
        found.append(Places(f"{_kind(model)} {number}", rows, numbers[mine], fields))
    return {"places": found}


def groves(x: Array, z: Array, size_m: float, cover: float, seed: int) -> Array:
    """How much places lie in groves of a size that cover a share of the land, 0 to 1."""
    noise = fbm((x / size_m).astype(np.float32), (z / size_m).astype(np.float32), seed + 701, octaves=4, gain=0.55)
    edge = (0.5 - cover) * 1.15  # about the noise's quantile
    t = np.clip((noise.astype(np.float64) - edge + 0.12) / 0.24, 0, 1)
    result: Array = 0.03 + 0.97 * t * t * (3 - 2 * t)
    return result


def steepness(inputs: Inputs, block: Block, x: Array, z: Array) -> tuple[Array, Array]:
    """Heights and slopes of the drawn triangles."""
    reach = min(max(block.spacing_m, 0.4), 2.0)
    heights = inputs.height_at(x, z).astype(np.float64)
    dx = (inputs.height_at(x + reach, z).astype(np.float64) - inputs.height_at(x - reach, z)) / (2 * reach)
    dz = (inputs.height_at(x, z + reach).astype(np.float64) - inputs.height_at(x, z - reach)) / (2 * reach)
    return heights, np.hypot(dx, dz)


def masked(inputs: Inputs, block: Block, name: str, x: Array, z: Array) -> Array:
    """A grid's values between its points."""
    values = inputs.grid(name).astype(np.float64)
    u, v = (x - block.x0) / block.spacing_m, (z - block.z0) / block.spacing_m
    i = np.minimum(u.astype(np.int64), values.shape[1] - 2)
    j = np.minimum(v.astype(np.int64), values.shape[0] - 2)
    fu, fv = u - i, v - j
    top = values[j, i] * (1 - fu) + values[j, i + 1] * fu
    below = values[j + 1, i] * (1 - fu) + values[j + 1, i + 1] * fu
    result: Array = top * (1 - fv) + below * fv
    return result


def off_masks(inputs: Inputs, block: Block, names: str, x: Array, z: Array) -> Array:
    """How free places are of masks, 0 to 1."""
    free = np.ones(len(x))
    for name in dict.fromkeys(names.split()[:_MOST_NAMES]):
        free *= np.clip(1.0 - 2.0 * masked(inputs, block, f"mask.{name[:64]}", x, z), 0, 1)
    return free


def rows_of(x: Array, z: Array, h: NDArray[np.uint32], steep: Array, *, scale: Any, sink_m: float) -> NDArray[np.float32]:
    """Places as `Places` has them; turn and size hang on the hash."""
    mixed = lattice_hash(h.view(np.int32), np.zeros(len(h), np.int32), 5)
    t = (mixed & np.uint32(0xFFFF)).astype(np.float64) / 65536
    turn = (mixed >> np.uint32(16)).astype(np.float64) / 65536 * (2 * np.pi)
    low, high = sorted(float(np.clip(value, 0.01, 100.0)) for value in scale)
    size = low + (high - low) * t
    # On a slope the lower side of a foot would hang in the air.
    y = -(sink_m * size) * (1 + 1.6 * np.minimum(steep, 1.2))
    return np.stack([x, y, z, turn, size], 1).astype(np.float32)


def _kind(model: str) -> str:
    return model.rpartition("/")[2].rpartition(".")[0] or model or "places"


def _number(data: Any, name: str, default: float, low: float, high: float) -> float:
    value = data.get(name, default)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
        raise TaixuError(f"wood: {name} of a plant is {str(value)[:40]}; it must be from {low:g} to {high:g}")
    return float(value)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, bool)) else float(value)
