"""glTF's whole material of opaque layers: from the bottom metal or dielectric under a film, sheen, clearcoat.

Vectors lie in the tangent frame: x the tangent, y the bitangent, z the shading normal. Every field may be a number for all
points or an array with one entry a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.reflectance.anisotropy import (
    alphas_of,
    anisotropic_distribution,
    anisotropic_visibility,
    isotropic_twin,
    turned_into_lobe,
)
from taixu.render.reflectance.base import SpecularEnergy, mix_energies, specular_energy
from taixu.render.reflectance.clearcoat import coat_energy, coat_lobe
from taixu.render.reflectance.ggx import MIN_ALPHA, reflectance_from_ior, schlick_fresnel
from taixu.render.reflectance.iridescence import f0_from_reflectance, film_reflectance, mean_cosine
from taixu.render.reflectance.sheen import MIN_SHEEN_ROUGHNESS, charlie_distribution, sheen_visibility
from taixu.render.reflectance.tables import lookup_energy

__all__ = ["LayeredSurface"]

Array = NDArray[np.floating[Any]]
Value = Any  # a number, or an array with one entry a point


@dataclass(frozen=True)
class LayeredSurface:
    """What `SurfaceInputs` says in shaders; colours are [3] or [n, 3], the rest numbers or [n]."""

    base_color: Value = (1.0, 1.0, 1.0)
    metallic: Value = 0.0
    roughness: Value = 1.0
    ior: Value = 1.5
    specular: Value = 1.0
    specular_color: Value = (1.0, 1.0, 1.0)
    clearcoat: Value = 0.0
    clearcoat_roughness: Value = 0.0
    clearcoat_normal: Value = (0.0, 0.0, 1.0)
    sheen_color: Value = (0.0, 0.0, 0.0)
    sheen_roughness: Value = 0.0
    iridescence: Value = 0.0
    iridescence_ior: Value = 1.3
    iridescence_thickness_nm: Value = 400.0
    anisotropy: Value = 0.0
    anisotropy_rotation_rad: Value = 0.0

    def reflect(self, v: Array, to_light: Array) -> Array:
        """BRDF times n.l, [n, 3], by unit vectors [n, 3] to the eye and to a light."""
        core, n_dot_l = _Core(self, v), to_light[..., 2]
        half = v + to_light
        half = half / np.linalg.norm(half, axis=-1, keepdims=True)
        lobe = core.fresnel(np.clip((v * half).sum(-1), 0.0, 1.0)) * core.energy.compensation
        lobe = lobe * core.microfacets(half, to_light)[..., None]
        base = (core.diffuse / np.pi + lobe) * np.maximum(n_dot_l, 0.0)[..., None]
        cloth, below_cloth = self._sheen(core.n_dot_v, n_dot_l, half[..., 2])
        coat, below_coat = self._coat(v)
        coat = coat_lobe(_color(self.clearcoat_normal), v, to_light, np.asarray(self.clearcoat_roughness)) * coat
        return (base * below_cloth + cloth) * below_coat + coat

    def albedo(self, v: Array) -> Array:
        """What of even light from everywhere the surface sends to the eye as it is lit by the environment, [n, 3]."""
        core = _Core(self, v)
        sheen_albedo, below_cloth = self._sheen_from_everywhere(core.n_dot_v)
        below_coat = self._coat(v)[1]
        below = (core.diffuse + core.energy.total) * below_cloth + sheen_albedo
        return below * below_coat + (1.0 - below_coat)

    def emission_share(self, v: Array) -> Array:
        """What of the light that the surface emits passes its coat, [n, 1]."""
        return self._coat(v)[1]

    def _coat(self, v: Array) -> tuple[Array, Array]:
        """Weight of the coat, and what passes to below: [n, 1]."""
        weight = np.asarray(self.clearcoat, float)[..., None]
        n_dot_v = np.clip((_color(self.clearcoat_normal) * v).sum(-1), 1e-3, 1.0)
        return weight, 1.0 - weight * coat_energy(n_dot_v, np.asarray(self.clearcoat_roughness)).total

    def _sheen(self, n_dot_v: Array, n_dot_l: Array, n_dot_h: Array) -> tuple[Array, Array]:
        """Light off the fibres and what passes to the base."""
        roughness = np.maximum(self.sheen_roughness, MIN_SHEEN_ROUGHNESS)
        color, alpha, light = _color(self.sheen_color), np.square(roughness), np.maximum(n_dot_l, 0.0)
        lobe = charlie_distribution(np.clip(n_dot_h, 0.0, 1.0), alpha) * sheen_visibility(n_dot_v, light, alpha) * light
        lobe = lobe / np.maximum(lookup_energy(n_dot_v, roughness)[..., 2], 1.0)
        passes = np.minimum(self._sheen_from_everywhere(n_dot_v)[1], self._sheen_from_everywhere(light)[1])
        return color * lobe[..., None], passes

    def _sheen_from_everywhere(self, n_dot_v: Array) -> tuple[Array, Array]:
        """Albedo of the fibres [n, 3], and what they leave to the base [n, 1]."""
        color = _color(self.sheen_color)
        white = np.minimum(lookup_energy(n_dot_v, np.maximum(self.sheen_roughness, MIN_SHEEN_ROUGHNESS))[..., 2:3], 1.0)
        return color * white, 1.0 - color.max(-1, keepdims=True) * white


def _color(value: Value) -> Array:
    return np.asarray(value, float)


class _Core:
    """The base seen from somewhere."""

    def __init__(self, s: LayeredSurface, v: Array) -> None:
        self.surface = s
        self.n_dot_v = np.clip(v[..., 2], 1e-3, 1.0)
        self.metallic = np.clip(np.asarray(s.metallic, float), 0.0, 1.0)[..., None]
        alpha = np.maximum(np.square(s.roughness), MIN_ALPHA)
        self.along, self.across = alphas_of(alpha, s.anisotropy)
        self.v = turned_into_lobe(np.concatenate([v[..., :2], self.n_dot_v[..., None]], -1), s.anisotropy_rotation_rad)
        specular = np.asarray(s.specular, float)[..., None]
        plain = reflectance_from_ior(np.asarray(s.ior, float))[..., None]
        self.f0_dielectric = np.minimum(plain * _color(s.specular_color), 1.0) * specular
        self.f90_dielectric = specular
        cosine, twin, margin = isotropic_twin(self.v, self.along, self.across)
        dfg = lookup_energy(cosine, np.sqrt(twin))[..., :2]
        dfg[..., 0] += np.minimum(margin, 1.0 - dfg.sum(-1))
        self.energy, self.diffuse = self._energy(dfg)

    def _energy(self, dfg: Array) -> tuple[SpecularEnergy, Array]:
        film, base_color = np.asarray(self.surface.iridescence, float)[..., None], _color(self.surface.base_color)
        seen = mean_cosine(self.n_dot_v, dfg)
        f0s = []
        for f0 in (self.f0_dielectric, base_color):
            filmed = f0_from_reflectance(self._film(f0, seen), seen)
            f0s.append(f0 + (filmed - f0) * film)
        f90 = self.f90_dielectric + (1.0 - self.f90_dielectric) * film
        dielectric = specular_energy(f0s[0], f90, dfg)
        entering = (1.0 - self.metallic) * (1.0 - dielectric.total.max(-1, keepdims=True))
        return mix_energies(dielectric, specular_energy(f0s[1], 1.0, dfg), self.metallic), base_color * entering

    def _film(self, f0: Array, cosine: Array) -> Array:
        s = self.surface
        return film_reflectance(f0, cosine, film_ior=s.iridescence_ior, thickness_nm=s.iridescence_thickness_nm)

    def _mix(self, dielectric: Array, metal: Array | float) -> Array:
        return dielectric + (metal - dielectric) * self.metallic

    def fresnel(self, v_dot_h: Array) -> Array:
        """Reflectance of a microfacet, [n, 3]."""
        base_color = _color(self.surface.base_color)
        f0, f90 = self._mix(self.f0_dielectric, base_color), self._mix(self.f90_dielectric, 1.0)
        bare = schlick_fresnel(f0, f90, v_dot_h[..., None])
        filmed = self._mix(self._film(self.f0_dielectric, v_dot_h), self._film(base_color, v_dot_h))
        return bare + (filmed - bare) * np.asarray(self.surface.iridescence, float)[..., None]

    def microfacets(self, half: Array, to_light: Array) -> Array:
        """Distribution times visibility, [n]."""
        half, light = (turned_into_lobe(d, self.surface.anisotropy_rotation_rad) for d in (half, to_light))
        lit = np.where(light[..., 2:] > 0.0, light, 1.0)
        return anisotropic_distribution(half, self.along, self.across) * anisotropic_visibility(
            self.v, lit, self.along, self.across
        )
