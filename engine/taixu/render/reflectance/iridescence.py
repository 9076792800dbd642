"""A thin film over a surface, `KHR_materials_iridescence`.

Belcour and Barla, "A Practical Extension to Microfacet Theory for the Modeling of Varying Iridescence", 2017, with the
simplifications of the extension: Schlick's Fresnel at both interfaces, three bounces within the film, no polarisation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.reflectance.ggx import schlick_fresnel

__all__ = ["f0_from_reflectance", "film_reflectance", "mean_cosine"]

Array = NDArray[np.floating[Any]]

REC709_FROM_XYZ = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
# Gaussians fitted to the Fourier transforms of the CIE 1931 colour matching functions.
_VALUES = np.array([5.4856e-13, 4.4201e-13, 5.2481e-13])
_POSITIONS = np.array([1.6810e06, 1.7953e06, 2.2084e06])
_VARIANCES = np.array([4.3278e09, 9.3046e09, 6.6121e09])
_RED = (9.7470e-14, 2.2399e06, 4.5282e09)  # the second hump of x


def film_reflectance(
    f0: Array, cosine: Array, *, film_ior: Array | float, thickness_nm: Array | float, outside_ior: float = 1.0
) -> Array:
    """What a film over a surface sends back of light at an angle, in [0, 1].

    Parameters
    ----------
    f0
        Reflectance of the bare surface at normal incidence in air, [..., 3].
    cosine
        Of the angle to the microfacet's normal, [...].

    Returns
    -------
    numpy.ndarray
        [..., 3]; linear Rec.709. Colours outside the gamut are cut off.
    """
    cosine, thickness = np.asarray(cosine, float)[..., None], np.asarray(thickness_nm, float)[..., None]
    fades = np.clip(thickness / 0.03, 0.0, 1.0)
    inside_ior = outside_ior + (np.asarray(film_ior, float)[..., None] - outside_ior) * fades**2 * (3.0 - 2.0 * fades)
    cosine2_squared = 1.0 - np.square(outside_ior / inside_ior) * (1.0 - np.square(cosine))
    is_total = cosine2_squared < 0.0
    cosine2 = np.sqrt(np.maximum(cosine2_squared, 0.0))
    r12 = schlick_fresnel(np.square((inside_ior - outside_ior) / (inside_ior + outside_ior)), 1.0, cosine)
    t121 = 1.0 - r12
    root = np.sqrt(np.clip(f0, 0.0, 0.9999))
    base_ior = (1.0 + root) / (1.0 - root)
    r23 = schlick_fresnel(np.square((base_ior - inside_ior) / (base_ior + inside_ior)), 1.0, cosine2)
    shift = np.where(inside_ior < outside_ior, 0.0, np.pi) + np.where(base_ior < inside_ior, np.pi, 0.0)
    path = 2.0 * inside_ior * thickness * cosine2
    r123 = np.minimum(r12 * r23, 0.9999)
    rs = np.square(t121) * r23 / (1.0 - r123)
    total, step = r12 + rs, rs - t121
    for m in (1, 2):
        step = step * np.sqrt(r123)
        total = total + step * 2.0 * _sensitivity(m * path, m * shift)
    return np.where(is_total, 1.0, np.clip(total, 0.0, 1.0))


def _sensitivity(path_nm: Array, shift: Array) -> Array:
    """What the eye makes of interference at a path difference, in Rec.709."""
    phase = 2.0 * np.pi * path_nm * 1e-9
    xyz = _VALUES * np.sqrt(2.0 * np.pi * _VARIANCES) * np.cos(_POSITIONS * phase + shift) * np.exp(-np.square(phase) * _VARIANCES)
    value, position, variance = _RED
    xyz[..., 0] += (
        value
        * np.sqrt(2.0 * np.pi * variance)
        * np.cos(position * phase + shift)[..., 0]
        * np.exp(-variance * np.square(phase))[..., 0]
    )
    result: Array = (xyz / 1.0685e-7) @ REC709_FROM_XYZ.T
    return result


def f0_from_reflectance(reflectance: Array, cosine: Array) -> Array:
    """The f0 by which Schlick's Fresnel (f90 = 1) has this reflectance at this angle: [..., 3] by [...].

    Below 0 where the reflectance is less than any bare surface's.
    """
    x5 = np.minimum(np.clip(1.0 - cosine, 0.0, 1.0) ** 5, 0.9999)[..., None]
    return (reflectance - x5) / (1.0 - x5)


def mean_cosine(n_dot_v: Array, dfg: Array) -> Array:
    """The angle at which a lobe's facets are seen on the whole, [...], by its row of the energy table [..., 2 or more].

    It is where Schlick's weight has its mean over the lobe, which is n.v of a mirror and steeper where rough surfaces
    are seen at grazing angles; never flatter than n.v.
    """
    scale, bias = dfg[..., 0], dfg[..., 1]
    return np.maximum(n_dot_v, 1.0 - np.clip(bias / np.maximum(scale + bias, 1e-6), 0.0, 1.0) ** 0.2)
