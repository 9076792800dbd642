"""Tables of energy that shaders look up.

The first (the DFG term of the split-sum approximation) says how much of the light that falls from everywhere a rough
surface of reflectance f0 sends to the eye in one bounce: ``f0 * scale + f90 * bias``. The rest bounces again; how that
is given back is in ``shaders/common/brdf.glsl``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.reflectance.ggx import smith_visibility
from taixu.render.reflectance.sheen import MIN_SHEEN_ROUGHNESS, sheen_albedo

__all__ = ["DFG_SIZE", "dfg_table", "energy_table", "lookup_energy"]

Array = NDArray[np.floating[Any]]
DFG_SIZE = 64
"""Columns (cosine of the view angle) and rows (perceptual roughness) of the table that ships to the GPU."""


def dfg_table(size: int = DFG_SIZE, *, samples: int = 2048) -> NDArray[np.float32]:
    """Scale and bias of single-bounce albedo by view cosine and perceptual roughness.

    Importance-sampled by D(h) n.h over a Hammersley set; Karis, "Real Shading in Unreal Engine 4", 2013.

    Returns
    -------
    numpy.ndarray
        float32 [size, size, 2]; row i is roughness (i + 1/2) / size, column j is n.v (j + 1/2) / size.
    """
    centre = (np.arange(size) + 0.5) / size
    n_dot_v = centre[None, :, None]
    i = np.arange(samples, dtype=np.uint32)
    u1, u2 = (i + 0.5) / samples, _radical_inverse(i) + 0.5 / samples
    cos_phi = np.cos(2 * np.pi * u1)
    table = np.empty((size, size, 2), np.float32)
    for row in range(size):  # one roughness at a time: the whole would be a quarter of a gigabyte
        alpha = max(centre[row] ** 2, 2e-3)
        c2 = (1.0 - u2) / (1.0 + (alpha * alpha - 1.0) * u2)
        n_dot_h, sin_h = np.sqrt(c2), np.sqrt(1.0 - c2)
        v_dot_h = np.sqrt(1.0 - n_dot_v[0] ** 2) * sin_h * cos_phi + n_dot_v[0] * n_dot_h
        n_dot_l = 2.0 * v_dot_h * n_dot_h - n_dot_v[0]
        weight = np.where(
            (n_dot_l > 0) & (v_dot_h > 0),
            4.0 * smith_visibility(n_dot_v[0], np.maximum(n_dot_l, 1e-6), alpha) * n_dot_l * v_dot_h / n_dot_h,
            0.0,
        )
        fresnel = np.clip(1.0 - v_dot_h, 0.0, 1.0) ** 5
        table[row, :, 0] = (weight * (1.0 - fresnel)).mean(-1)
        table[row, :, 1] = (weight * fresnel).mean(-1)
    table[..., 0] = np.minimum(table[..., 0], 1.0 - table[..., 1])  # sampling noise at grazing angles
    return table


@cache
def energy_table() -> NDArray[np.float32]:
    """What shaders look up: scale and bias of GGX, directional albedo of white sheen, and nothing: [DFG_SIZE, DFG_SIZE, 4].

    Rows are perceptual roughness, columns the cosine of the view; `sheen_albedo` may be over 1.
    """
    centre = (np.arange(DFG_SIZE) + 0.5) / DFG_SIZE
    table = np.zeros((DFG_SIZE, DFG_SIZE, 4), np.float32)
    table[..., :2] = dfg_table()
    for row, roughness in enumerate(np.maximum(centre, MIN_SHEEN_ROUGHNESS)):
        table[row, :, 2] = sheen_albedo(centre, roughness)
    return table


def lookup_energy(n_dot_v: Array, roughness: Array) -> Array:
    """`energy_table` between its texels as a GPU reads it, [..., 4]; shapes broadcast."""
    table = energy_table().astype(float)
    x, y = (np.clip(np.asarray(at) * DFG_SIZE - 0.5, 0.0, DFG_SIZE - 1.0) for at in np.broadcast_arrays(n_dot_v, roughness))
    left, top = (np.minimum(at.astype(int), DFG_SIZE - 2) for at in (x, y))
    fx, fy = (x - left)[..., None], (y - top)[..., None]
    above = table[top, left] * (1.0 - fx) + table[top, left + 1] * fx
    below = table[top + 1, left] * (1.0 - fx) + table[top + 1, left + 1] * fx
    result: Array = above * (1.0 - fy) + below * fy
    return result


def _radical_inverse(i: NDArray[np.uint32]) -> NDArray[np.float64]:
    bits = ((i >> 16) | (i << 16)).astype(np.uint32)
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        bits = (((bits >> shift) & mask) | ((bits & mask) << shift)).astype(np.uint32)
    return bits * np.float64(2.3283064365386963e-10)
