"""The inside of closed things, `KHR_materials_volume`, `KHR_materials_ior` and `KHR_materials_dispersion`.

``shaders/surface/layers/volume.glsl`` and ``dispersion.glsl`` compute the same. Of a thing only its near side is known.
Its far side is taken as parallel to that, or, where the thickness is like the diameter of the circle in which the surface
curves, as going on in that circle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["dispersed_iors", "passage_through", "refract", "volume_transmittance"]

Array = NDArray[np.floating[Any]]


def refract(towards: Array, n: Array, eta: Array) -> Array:
    """Direction [n, 3] of a ray behind a surface; zero where it is reflected wholly. Snell's law, as GLSL's function."""
    cosine = (n * towards).sum(-1, keepdims=True)
    k = 1.0 - np.square(eta) * (1.0 - np.square(cosine))
    bent = eta * towards - (eta * cosine + np.sqrt(np.maximum(k, 0.0))) * n
    return np.where(k < 0.0, 0.0, bent)


def passage_through(n: Array, v: Array, *, ior: Array, thickness: Array, curvature: Array) -> tuple[Array, Array, Array]:
    """In which direction a ray leaves [n, 3], where from [n, 3] as seen from where it enters, and how far that is [n].

    Parameters
    ----------
    n, v
        Unit vectors [n, 3]: the surface's normal, and towards the camera.
    ior, thickness, curvature
        [n]; metres and 1 / metre.
    """
    eta = 1.0 / np.maximum(ior, 1.0)[..., None]
    d = refract(-v, n, eta)
    c = np.maximum(-(n * d).sum(-1), 1e-3)
    x = np.clip((0.5 * curvature * thickness - 0.25) / 0.5, 0.0, 1.0)
    ball = x * x * (3.0 - 2.0 * x)
    path = thickness * ((1.0 - ball) * np.minimum(1.0 / c, 4.0) + ball * c)
    ahead = (1.0 - ball)[..., None] * -n + ball[..., None] * (n + 2.0 * c[..., None] * d)
    ahead = ahead / np.linalg.norm(ahead, axis=-1, keepdims=True)
    out = refract(d, -ahead, 1.0 / eta)
    length = np.linalg.norm(out, axis=-1, keepdims=True)
    return np.where(length > 0.5, out / np.maximum(length, 1e-9), d), d * path[..., None], path


def volume_transmittance(color: Array, distance_m: Array, path: Array) -> Array:
    """What is left of light [n, 3] after `path` metres [n]; Beer and Lambert. A distance of 0 absorbs nothing."""
    share = path / np.where(distance_m > 0.0, distance_m, 1.0)
    result: Array = np.exp(np.log(np.maximum(color, 1e-6)) * share[..., None])
    return np.where((distance_m > 0.0)[..., None], result, 1.0)


def dispersed_iors(ior: Array, dispersion: Array) -> Array:
    """Indices of red, green and blue, [n, 3]; `dispersion` is 20 / Abbe number."""
    half = (ior - 1.0) * 0.025 * dispersion
    return np.maximum(np.stack([ior - half, ior, ior + half], -1), 1.0)
