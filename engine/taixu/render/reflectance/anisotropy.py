"""Brushed surfaces, `KHR_materials_anisotropy`: GGX with one alpha along the tangent and another across it.

Vectors lie in the frame of the lobe: x along the tangent (the direction in which the highlight is long), z the normal.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["alphas_of", "anisotropic_distribution", "anisotropic_visibility", "isotropic_twin", "turned_into_lobe"]

Array = NDArray[np.floating[Any]]
_ALONG = 0.45
_ENERGY_MARGIN = 0.05


def alphas_of(alpha: Array | float, strength: Array | float) -> tuple[Array, Array]:
    """Alpha along and across the tangent: ``mix(alpha, 1, strength^2)`` and `alpha`."""
    across = np.asarray(alpha, float)
    return across + (1.0 - across) * np.square(strength), across


def turned_into_lobe(directions: Array, rotation_rad: Array | float) -> Array:
    """Directions [..., 3] of the tangent frame in that of a lobe turned anticlockwise by `rotation_rad`."""
    c, s = np.cos(rotation_rad), np.sin(rotation_rad)
    x, y, z = np.moveaxis(directions, -1, 0)
    result: Array = np.stack(np.broadcast_arrays(c * x + s * y, c * y - s * x, z), -1)
    return result


def anisotropic_distribution(h: Array, along: Array | float, across: Array | float) -> Array:
    """GGX by two alphas; Burley 2012, equation 13. `h` is [..., 3]."""
    squares = np.square(h[..., 0] / along) + np.square(h[..., 1] / across) + np.square(h[..., 2])
    result: Array = 1.0 / (np.pi * along * across * np.square(squares))
    return result


def anisotropic_visibility(v: Array, to_light: Array, along: Array | float, across: Array | float) -> Array:
    """G2 / (4 n.l n.v), height-correlated; Heitz 2014, equations 86 and 99. `v` and `to_light` are [..., 3]."""
    seen = to_light[..., 2] * np.sqrt(np.square(along * v[..., 0]) + np.square(across * v[..., 1]) + np.square(v[..., 2]))
    lit = v[..., 2] * np.sqrt(
        np.square(along * to_light[..., 0]) + np.square(across * to_light[..., 1]) + np.square(to_light[..., 2])
    )
    result: Array = 0.5 / np.maximum(seen + lit, 1e-7)
    return result


def isotropic_twin(v: Array, along: Array, across: Array) -> tuple[Array, Array, Array]:
    """Where the tables of round lobes hold the energy of one that is not.

    A surface rough along the tangent only keeps the view's part across it, so its energy is that of the view in the
    plane of tangent and normal. In between, fitted to the integral over alpha in [0.01, 0.9]: the albedo of one bounce
    is 0.02 off (root mean square), and at most 0.015 too low with the margin added.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray, numpy.ndarray)
        Cosine of the view, alpha, and margin to add to the albedo (never over 1).
    """
    narrow = np.square(across / along)
    x, y, z = np.moveaxis(v, -1, 0)
    n_dot_v = z / np.sqrt(np.square(z) + np.square(x) + narrow * np.square(y))
    alpha = np.sqrt(_ALONG * np.square(along) + (1.0 - _ALONG) * np.square(across))
    return n_dot_v, alpha, _ENERGY_MARGIN * (1.0 - narrow) * (1.2 - np.square(z))
