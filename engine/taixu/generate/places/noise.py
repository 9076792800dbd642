"""Noise over points of the ground: gradient noise, and what is stacked of it.

Everything is a function of place and seed alone, so that neighbours fit and a seed gives the same bytes again. `period` makes a
picture that repeats: lattice points are counted modulo it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "billow", "fbm", "gradient_noise", "lattice_hash", "ridged", "warp", "worley"]

Array = NDArray[Any]
"""float32, unless a docstring says otherwise; what numpy's scalars make of that is cast at the end."""

_ANGLES = np.arange(256) * (2 * np.pi / 256)
_GRADIENTS = (np.stack([np.cos(_ANGLES), np.sin(_ANGLES)]) * 1.41421356).astype(np.float32)
_TURN = (np.float32(0.7986355), np.float32(0.6018150))
"""Each octave is turned by 37 degrees, so that lattices never line up."""
_ROWS = 256


def lattice_hash(ix: NDArray[Any], iz: NDArray[Any], seed: int) -> NDArray[np.uint32]:
    """A number of 32 bits for each lattice point."""
    with np.errstate(over="ignore"):
        h = ix.astype(np.uint32) * np.uint32(0x9E3779B1) + iz.astype(np.uint32) * np.uint32(0x85EBCA77)
        h ^= np.uint32((seed * 0x27D4EB2F + 0x165667B1) & 0xFFFFFFFF)
        h = (h ^ (h >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
        h = (h ^ (h >> np.uint32(12))) * np.uint32(0x297A2D39)
        return h ^ (h >> np.uint32(15))


def gradient_noise(x: Array, z: Array, seed: int, *, period: int = 0) -> Array:
    """Perlin's noise at points counted in lattice cells, about -1 to 1. `x` and `z` have one shape.

    Perlin, "Improving Noise", 2002; gradients are 256 directions.
    """
    if x.ndim == 2 and x.shape[0] > _ROWS:  # parts that fit into the cache
        parts = [gradient_noise(x[i : i + _ROWS], z[i : i + _ROWS], seed, period=period) for i in range(0, len(x), _ROWS)]
        return np.concatenate(parts)
    x0, z0 = np.floor(x), np.floor(z)
    # Points far away come as float64: what is left of a lattice cell is as exact there as here.
    fx, fz = (x - x0).astype(np.float32, copy=False), (z - z0).astype(np.float32, copy=False)
    wide: Any = np.int32 if x.dtype == np.float32 else np.int64
    ix, iz = x0.astype(wide), z0.astype(wide)
    u = fx * fx * fx * (fx * (fx * np.float32(6) - np.float32(15)) + np.float32(10))
    v = fz * fz * fz * (fz * (fz * np.float32(6) - np.float32(15)) + np.float32(10))

    def corner(dx: int, dz: int) -> Array:
        cx, cz = ix + wide(dx), iz + wide(dz)
        if period:
            cx, cz = cx % period, cz % period
        which = lattice_hash(cx, cz, seed) >> np.uint32(24)
        value: Array = _GRADIENTS[0][which] * (fx - np.float32(dx)) + _GRADIENTS[1][which] * (fz - np.float32(dz))
        return value

    a, b = corner(0, 0), corner(1, 0)
    a += u * (b - a)
    c, d = corner(0, 1), corner(1, 1)
    c += u * (d - c)
    result: Array = a + v * (c - a)
    return result


def fbm(
    x: Array, z: Array, seed: int, *, octaves: int = 6, gain: float = 0.5, lacunarity: float = 2.0, period: int = 0
) -> Array:
    """Octaves of noise, each finer and weaker; about -1 to 1."""
    total, weight, reach = np.zeros_like(x), 1.0, 0.0
    for octave in range(octaves):
        total += np.float32(weight) * gradient_noise(x, z, seed + 101 * octave, period=period)
        reach += weight
        weight *= gain
        x, z = _next(x, z, lacunarity, turned=not period)
        period = round(period * lacunarity)
    total *= np.float32(1.6 / max(reach, 1e-6) ** 0.75)
    return total


def ridged(x: Array, z: Array, seed: int, *, octaves: int = 6, gain: float = 0.5, sharpness: float = 2.0, period: int = 0) -> Array:
    """Ridges, 0 to about 1: detail stands on ridges only, valleys are smooth.

    Musgrave in Ebert et al., "Texturing and Modeling", chapter 16.
    """
    total, carried, weight, reach = np.zeros_like(x), np.ones_like(x), 1.0, 0.0
    for octave in range(octaves):
        ridge = (np.float32(1.0) - np.abs(gradient_noise(x, z, seed + 101 * octave, period=period))) ** np.float32(sharpness)
        ridge *= carried
        total += np.float32(weight) * ridge
        carried = np.clip(ridge * np.float32(1.6), 0.0, 1.0)
        reach += weight
        weight *= gain
        x, z = _next(x, z, 2.0, turned=not period)
        period *= 2
    total /= np.float32(reach)
    return total


def billow(x: Array, z: Array, seed: int, *, octaves: int = 5, gain: float = 0.5, period: int = 0) -> Array:
    """Round tops and narrow folds, 0 to about 1."""
    total, weight, reach = np.zeros_like(x), 1.0, 0.0
    for octave in range(octaves):
        total += np.float32(weight) * np.abs(gradient_noise(x, z, seed + 101 * octave, period=period))
        reach += weight
        weight *= gain
        x, z = _next(x, z, 2.0, turned=not period)
        period *= 2
    total *= np.float32(1.4 / reach)
    return total


def warp(x: Array, z: Array, seed: int, *, amount: float, octaves: int = 3, scale: float = 1.0) -> tuple[Array, Array]:
    """Points moved by noise, so that what is laid out by them bends."""
    s = np.float32(scale)
    dx = fbm(x * s, z * s, seed + 7001, octaves=octaves)
    dz = fbm(x * s + np.float32(31.7), z * s - np.float32(17.3), seed + 9001, octaves=octaves)
    return x + np.float32(amount) * dx, z + np.float32(amount) * dz


def worley(x: Array, z: Array, seed: int, *, period: int = 0) -> tuple[Array, Array, NDArray[np.uint32]]:
    """Distances to the nearest and second nearest scattered point, and the nearest's number; one point a lattice cell."""
    x0, z0 = np.floor(x), np.floor(z)
    ix, iz = x0.astype(np.int32), z0.astype(np.int32)
    nearest = np.full(x.shape, 9.0, np.float32)
    second = nearest.copy()
    number = np.zeros(x.shape, np.uint32)
    for dz in (-1, 0, 1):
        for dx in (-1, 0, 1):
            cx, cz = ix + dx, iz + dz
            h = lattice_hash(cx % period, cz % period, seed) if period else lattice_hash(cx, cz, seed)
            px = (x0 + dx) + (h & np.uint32(0xFFFF)).astype(np.float32) / np.float32(65536)
            pz = (z0 + dz) + (h >> np.uint32(16)).astype(np.float32) / np.float32(65536)
            d = (px - x) ** 2 + (pz - z) ** 2
            closer = d < nearest
            second = np.where(closer, nearest, np.minimum(second, d))
            number = np.where(closer, h, number)
            nearest = np.where(closer, d, nearest)
    return np.sqrt(nearest), np.sqrt(second), number


def _next(x: Array, z: Array, lacunarity: float, *, turned: bool) -> tuple[Array, Array]:
    scale = np.float32(lacunarity)
    if not turned:  # a turned lattice would not repeat
        return x * scale, z * scale
    c, s = _TURN
    return (x * c - z * s) * scale + np.float32(13.7), (x * s + z * c) * scale - np.float32(5.3)
