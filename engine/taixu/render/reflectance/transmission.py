"""Light that goes through without being scattered inside, `KHR_materials_transmission`; in `transmission.glsl` too.

A thin wall spreads light as a mirror of its roughness would, turned to the side behind. A closed thing bends it
(`volume`), and both of its sides spread it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.reflectance.ggx import MIN_ALPHA, ggx_distribution, schlick_fresnel, smith_visibility

__all__ = ["through_and_back", "transmission_light", "transmission_lobe", "transmission_roughness"]

Array = NDArray[np.floating[Any]]


def transmission_roughness(roughness: Array, ior: Array | float, *, thin: bool) -> Array:
    """Perceptual roughness of a mirror that spreads light as widely as what is let through.

    A rough surface turns rays by (ior - 1) times the slope of a facet, a mirror by twice the slope; closed things have two
    surfaces, whose spreads add as squares.
    """
    if thin:
        return np.asarray(roughness)
    result: Array = roughness * np.sqrt(np.minimum(np.abs(np.asarray(ior) - 1.0) * np.sqrt(0.5), 1.0))
    return result


def transmission_lobe(v: Array, to_light: Array, alpha: Array) -> tuple[Array, Array]:
    """Distribution times visibility times n.l, and v.h, [n], of light from behind; the normal is z."""
    mirrored = to_light * np.array((1.0, 1.0, -1.0))
    h = v + mirrored
    h = h / np.linalg.norm(h, axis=-1, keepdims=True)
    n_dot_l, v_dot_h = np.maximum(mirrored[..., 2], 0.0), np.clip((v * h).sum(-1), 0.0, 1.0)
    n_dot_v = np.clip(v[..., 2], 1e-3, 1.0)
    lobe = ggx_distribution(np.clip(h[..., 2], 0.0, 1.0), alpha) * smith_visibility(n_dot_v, n_dot_l, alpha) * n_dot_l
    return lobe, v_dot_h


def transmission_light(
    v: Array, to_light: Array, *, base_color: Array, f0: Array, f90: Array, roughness: Array, ior: Array, thin: bool
) -> Array:
    """BTDF times n.l of a wholly transmissive dielectric, [n, 3], by directions [n, 3]; the normal is z."""
    alpha = np.maximum(np.square(transmission_roughness(roughness, ior, thin=thin)), MIN_ALPHA)
    lobe, v_dot_h = transmission_lobe(v, to_light, alpha)
    enters = np.maximum(1.0 - schlick_fresnel(f0, f90, v_dot_h[..., None]), 0.0)
    return base_color * enters * lobe[..., None]


def through_and_back(returned: Array, kept: Array) -> tuple[Array, Array]:
    """What of even light goes through a closed thing, and what its far side adds to what it sends back.

    Parameters
    ----------
    returned
        What one side sends back of light that comes to it, from within or without.
    kept
        What is left of light on its way from one side to the other; the first result is before that.
    """
    enters = 1.0 - returned
    leaving = enters / (1.0 - np.square(kept * returned))
    return enters * leaving, np.square(kept) * returned * enters * leaving
