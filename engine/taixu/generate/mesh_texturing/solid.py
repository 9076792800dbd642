"""A material as a solid: its square laid on a model along the three axes, blended where the surface leans from one to another.

The higher of two surfaces wins where they are blended, as stones do over sand, so that neither turns into mist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.materials import MaterialMaps
from taixu.generate.mesh_texturing.texels import Texels, sample_bilinear

__all__ = ["SolidMaps", "lay_solid", "solid_noise", "tangent_normals"]

Floats = NDArray[np.float64]
_NOISE_EDGE = 64
_SHIFTS = ((0.0, 0.0), (0.371, 0.0), (0.113, 0.629))
"""Where the square begins on the planes of Z, X and Y: courses of bricks go on round a corner, and nothing mirrors itself."""


@dataclass(slots=True)
class SolidMaps:
    """What a material says of texels: linear colours, [m, 3] and [m]; `normals` stand in the space of the model."""

    base_color: Floats
    normals: Floats
    roughness: Floats
    metallic: Floats
    height: Floats
    occlusion: Floats
    emission: Floats


def lay_solid(maps: MaterialMaps, texels: Texels, *, tile_m: float, sharpness: float, relief: float = 1.0) -> SolidMaps:
    """Read a material at texels, by the three planes that they lean to.

    Parameters
    ----------
    tile_m
        How wide the square is on the model.
    sharpness
        Power of the normal that planes are weighted by.
    relief
        How much of the material's relief there is.
    """
    # X: seen from +X, right is -Z; Y: from above, right is X and up -Z; Z: from the front, right is X.
    side = np.where(texels.normals < 0, -1.0, 1.0)
    x, y, z = texels.positions.T
    zero = np.zeros(len(x))
    planes = (
        (2, side[:, 2] * x, y, np.stack([side[:, 2], zero, zero], 1), np.tile((0.0, 1.0, 0.0), (len(x), 1))),
        (0, -side[:, 0] * z, y, np.stack([zero, zero, -side[:, 0]], 1), np.tile((0.0, 1.0, 0.0), (len(x), 1))),
        (1, x, -side[:, 1] * z, np.tile((1.0, 0.0, 0.0), (len(x), 1)), np.stack([zero, zero, -side[:, 1]], 1)),
    )
    packed = np.concatenate([each if each.ndim == 3 else each[..., None] for each in (
        maps.maps["base_color"], maps.maps["normal"], maps.maps["roughness"], maps.maps["metallic"], maps.maps["height"],
        maps.maps["occlusion"], maps.maps["emission"])], axis=-1)  # fmt: skip
    edge = packed.shape[0]
    leaning = np.abs(texels.normals) ** sharpness
    leaning /= leaning.sum(1, keepdims=True)
    samples, normals, shares = [], [], []
    for (axis, u, v, right, up), (du, dv) in zip(planes, _SHIFTS, strict=True):
        rows = np.flatnonzero(leaning[:, axis] > 0.01)
        found = np.zeros((len(x), packed.shape[2]))
        at_u, at_v = u[rows] / tile_m + du, -v[rows] / tile_m - dv
        found[rows] = sample_bilinear(packed, (at_u - np.floor(at_u)) * edge, (at_v - np.floor(at_v)) * edge, wrap=True)
        normals.append(_leant(texels.normals, axis, side, right, up, found[:, 3:6] * (relief, relief, 1.0)))
        samples.append(found)
        weight = leaning[:, axis]
        shares.append(np.where(weight > 0.01, weight + 0.5 * np.minimum(weight * 4, 1.0) * found[:, 8], -1.0))
    blend = np.stack(shares, axis=1)
    blend = np.maximum(blend - (blend.max(1, keepdims=True) - 0.12), 0.0)
    blend /= blend.sum(1, keepdims=True)
    mixed = sum(blend[:, i, None] * each for i, each in enumerate(samples))
    turned = sum(blend[:, i, None] * each for i, each in enumerate(normals))
    assert isinstance(mixed, np.ndarray)
    assert isinstance(turned, np.ndarray)
    turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
    return SolidMaps(mixed[:, :3], turned, mixed[:, 6], mixed[:, 7], mixed[:, 8], mixed[:, 9], mixed[:, 10:13])


def _leant(normals: Floats, axis: int, side: Floats, right: Floats, up: Floats, bumps: Floats) -> Floats:
    """A plane's bumps upon the surface's own leaning (whiteout blending: Golus, "Normal mapping for a triplanar shader", 2017)."""
    across = bumps[:, 0] + np.einsum("mk,mk->m", normals, right)
    upwards = bumps[:, 1] + np.einsum("mk,mk->m", normals, up)
    out = np.zeros_like(normals)
    out[:, axis] = side[:, axis] * np.abs(bumps[:, 2]) * np.abs(normals[:, axis])
    bent = right * across[:, None] + up * upwards[:, None] + out
    return bent / np.maximum(np.linalg.norm(bent, axis=1, keepdims=True), 1e-9)


def tangent_normals(texels: Texels, normals: Floats) -> Floats:
    """Normals of the model's space as a normal map holds them, [m, 3], unit: what the renderer's frame turns back into them."""
    frame = np.stack([texels.tangents, texels.bitangents, texels.normals], axis=2)
    usable = np.abs(np.linalg.det(frame)) > 1e-6
    frame[~usable] = np.eye(3)
    found: Floats = np.linalg.solve(frame, normals[..., None])[..., 0].astype(np.float64)
    found[~usable] = (0.0, 0.0, 1.0)
    found[:, 2] = np.maximum(found[:, 2], 0.05)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def solid_noise(points: Floats, seed: int, *, octaves: int = 4) -> Floats:
    """Noise in space [m], 0 to 1, a lump a unit and finer ones upon it; it repeats after 64 lumps."""
    table = np.random.Generator(np.random.PCG64(seed & 0xFFFFFFFF)).random(_NOISE_EDGE**3, np.float32)
    total, size = np.zeros(len(points)), 0.0
    for octave in range(octaves):
        at = points * 2.0**octave + 17.3 * octave
        first = np.floor(at)
        part = at - first
        part = part * part * (3 - 2 * part)
        low = first.astype(np.int64) & (_NOISE_EDGE - 1)
        high = low + 1 & (_NOISE_EDGE - 1)
        x = (low[:, 0] * _NOISE_EDGE**2, high[:, 0] * _NOISE_EDGE**2)
        y = (low[:, 1] * _NOISE_EDGE, high[:, 1] * _NOISE_EDGE)
        z = (low[:, 2], high[:, 2])
        along_z = [_between(table[i + j + z[0]], table[i + j + z[1]], part[:, 2]) for i in x for j in y]
        along_y = [_between(along_z[i], along_z[i + 1], part[:, 1]) for i in (0, 2)]
        total += _between(along_y[0], along_y[1], part[:, 0]) * 0.5**octave
        size += 0.5**octave
    return total / size


def _between(a: NDArray[np.floating], b: NDArray[np.floating], share: Floats) -> Floats:
    between: Floats = a + (b - a) * share
    return between
