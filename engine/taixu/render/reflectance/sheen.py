"""Fibres of cloth, `KHR_materials_sheen`: the Charlie lobe.

Estevez and Kulla, "Production Friendly Microfacet Sheen BRDF", 2017. Where the lobe of the extension would send back
more than it got (smooth cloth at grazing angles), it is scaled to what it got.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MIN_SHEEN_ROUGHNESS", "charlie_distribution", "sheen_albedo", "sheen_visibility"]

Array = NDArray[np.floating[Any]]
MIN_SHEEN_ROUGHNESS = 0.07
"""The smallest perceptual roughness that is drawn: below, the lobe is a hair's breadth along the rim."""

_FITS = ((21.5473, 25.3245), (3.82987, 3.32435), (0.19823, 0.16801), (-1.97760, -1.27393), (-4.32054, -4.85967))


def charlie_distribution(n_dot_h: Array, alpha: Array | float) -> Array:
    """``(2 + 1/alpha) sin(theta)^(1/alpha) / 2 pi``; equation 2 of the paper."""
    inverse = 1.0 / np.asarray(alpha)
    sine_squared = np.maximum(1.0 - np.square(n_dot_h), 0.0)
    result: Array = (2.0 + inverse) * sine_squared ** (0.5 * inverse) / (2.0 * np.pi)
    return result


def sheen_visibility(n_dot_v: Array, n_dot_l: Array, alpha: Array | float) -> Array:
    """G2 / (4 n.l n.v) by the fit of equation 3, at most 1 as in the extension's sample code."""
    v, light = np.maximum(n_dot_v, 1e-6), np.maximum(n_dot_l, 1e-6)
    return np.clip(1.0 / ((1.0 + _shadowing(v, alpha) + _shadowing(light, alpha)) * 4.0 * v * light), 0.0, 1.0)


def _shadowing(cosine: Array, alpha: Array | float) -> Array:
    smooth = np.square(1.0 - np.asarray(alpha))
    a, b, c, d, e = (rough + (fine - rough) * smooth for rough, fine in _FITS)

    def fit(x: Array | float) -> Array:
        result: Array = a / (1.0 + b * x**c) + d * x + e
        return result

    mirrored = 2.0 * fit(0.5) - fit(np.maximum(1.0 - cosine, 1e-6))
    return np.exp(np.where(cosine < 0.5, fit(cosine), mirrored))


def sheen_albedo(n_dot_v: Array, roughness: Array, *, steps: int = 48) -> Array:
    """What white sheen sends towards the eye of even light from everywhere, by quadrature; shapes broadcast.

    This is the lobe as the extension defines it: over 1 where smooth cloth is seen at grazing angles.
    """
    v, alpha = np.asarray(n_dot_v, float)[..., None, None], np.square(np.asarray(roughness, float))[..., None, None]
    t, phi = (np.arange(steps) + 0.5) / steps, (np.arange(steps) + 0.5) / steps * np.pi
    n_dot_l = np.square(t)[:, None]  # denser where the lobe is bright: at grazing angles
    v_dot_l = np.sqrt(1.0 - np.square(v)) * np.sqrt(1.0 - np.square(n_dot_l)) * np.cos(phi) + v * n_dot_l
    n_dot_h = (v + n_dot_l) / np.sqrt(np.maximum(2.0 + 2.0 * v_dot_l, 1e-12))
    lobe = charlie_distribution(n_dot_h, alpha) * sheen_visibility(v, n_dot_l, alpha)
    result: Array = (lobe * n_dot_l * t[:, None]).sum((-1, -2)) * (2.0 / steps) * (2.0 * np.pi / steps)
    return result
