"""The GGX microfacet lobe: distribution, masking, Schlick's Fresnel; ``shaders/common/brdf.glsl`` in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MIN_ALPHA", "ggx_distribution", "reflectance_from_ior", "schlick_fresnel", "smith_visibility"]

Array = NDArray[np.floating[Any]]
MIN_ALPHA = 2.0e-3
"""The smallest alpha that shaders draw: below, GGX peaks leave the range of float16 targets."""


def ggx_distribution(n_dot_h: Array, alpha: Array | float) -> Array:
    """GGX normal distribution; Walter et al. 2007, equation 33."""
    a2 = np.square(alpha)
    result: Array = a2 / (np.pi * np.square(np.square(n_dot_h) * (a2 - 1.0) + 1.0))
    return result


def smith_visibility(n_dot_v: Array, n_dot_l: Array, alpha: Array | float) -> Array:
    """G2 / (4 n.l n.v), height-correlated; Heitz 2014, equation 99."""
    a2 = np.square(alpha)
    v = n_dot_l * np.sqrt(n_dot_v * n_dot_v * (1.0 - a2) + a2)
    light = n_dot_v * np.sqrt(n_dot_l * n_dot_l * (1.0 - a2) + a2)
    return 0.5 / np.maximum(v + light, 1e-9)


def schlick_fresnel(f0: Array | float, f90: Array | float, v_dot_h: Array) -> Array:
    """``f0 + (f90 - f0) (1 - v.h)^5``; Schlick 1994. Shapes broadcast."""
    result: Array = f0 + (f90 - np.asarray(f0)) * np.clip(1.0 - v_dot_h, 0.0, 1.0) ** 5
    return result


def reflectance_from_ior(ior: Array) -> Array:
    """What a clear surface in air sends back of light that falls on it straight; 1 for 0, which means infinite."""
    return np.where(ior > 0.0, np.square((ior - 1.0) / (ior + 1.0)), 1.0)
