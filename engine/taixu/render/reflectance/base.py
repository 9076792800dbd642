"""The metallic-roughness core of a surface and the energy of its mirror lobe; ``shaders/common/brdf.glsl`` in numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SpecularEnergy", "mix_energies", "specular_energy"]

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class SpecularEnergy:
    """What of even light a rough mirror sends back.

    Attributes
    ----------
    single, multiple : numpy.ndarray
        In one bounce, and in all further ones, which are taken as spread evenly.
    compensation : numpy.ndarray
        By how much the lobe of one bounce grows to carry both.
    """

    single: Array
    multiple: Array
    compensation: Array

    @property
    def total(self) -> Array:
        """In all bounces; at most 1."""
        return self.single + self.multiple


def specular_energy(f0: Array, f90: Array | float, dfg: Array) -> SpecularEnergy:
    """Energy by reflectances [..., c] and a row of the table [..., 2 or more].

    Fdez-Aguera, "A Multiple-Scattering Microfacet Model for Real-Time Image-based Lighting", JCGT 8(1), 2019.
    """
    scale, bias = dfg[..., :1], dfg[..., 1:2]
    single = f0 * scale + f90 * bias
    average = np.maximum(f0 + (f90 - f0) / 21.0, 0.0)  # films have less than 0
    lost = 1.0 - (scale + bias)
    multiple = single * average * lost / (1.0 - average * lost)
    return _whole(single, multiple)


def mix_energies(a: SpecularEnergy, b: SpecularEnergy, share: Array) -> SpecularEnergy:
    """Of a surface that is `b` for a share and `a` for the rest, side by side."""
    return _whole(a.single + (b.single - a.single) * share, a.multiple + (b.multiple - a.multiple) * share)


def _whole(single: Array, multiple: Array) -> SpecularEnergy:
    return SpecularEnergy(single, multiple, 1.0 + multiple / np.maximum(single, 1e-4))
