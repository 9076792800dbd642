"""A clear layer over everything else, `KHR_materials_clearcoat`.

A dielectric of f0 0.04 with a roughness and a normal of its own. What it sends back is taken from what lies below,
emission too. The extension weighs the two by Fresnel at n.v, which is the same for a smooth coat; a rough one would lose
light, so here the weight is the coat's directional albedo (as Kulla and Conty, "Revisiting Physically Based Shading at
Imageworks", 2017, do for layers).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.reflectance.base import SpecularEnergy, specular_energy
from taixu.render.reflectance.ggx import MIN_ALPHA, ggx_distribution, schlick_fresnel, smith_visibility
from taixu.render.reflectance.tables import lookup_energy

__all__ = ["COAT_F0", "coat_energy", "coat_lobe"]

Array = NDArray[np.floating[Any]]
COAT_F0 = 0.04


def coat_energy(n_dot_v: Array, roughness: Array) -> SpecularEnergy:
    """What a whole coat sends back, by perceptual roughness; fields are [..., 1]."""
    return specular_energy(np.full((*np.shape(n_dot_v), 1), COAT_F0), 1.0, lookup_energy(n_dot_v, roughness))


def coat_lobe(normal: Array, v: Array, to_light: Array, roughness: Array) -> Array:
    """The coat's lobe times n.l, [..., 1]; directions are [..., 3], zero where the light is behind the coat."""
    n_dot_l = (normal * to_light).sum(-1)
    n_dot_v = np.clip((normal * v).sum(-1), 1e-3, 1.0)
    alpha = np.maximum(np.square(roughness), MIN_ALPHA)
    h = v + to_light
    h = h / np.linalg.norm(h, axis=-1, keepdims=True)
    lobe = ggx_distribution(np.clip((normal * h).sum(-1), 0.0, 1.0), alpha) * smith_visibility(
        n_dot_v, np.maximum(n_dot_l, 0.0), alpha
    )
    lobe = lobe * schlick_fresnel(COAT_F0, 1.0, np.clip((v * h).sum(-1), 0.0, 1.0)) * np.maximum(n_dot_l, 0.0)
    result: Array = lobe[..., None] * coat_energy(n_dot_v, roughness).compensation
    return result
