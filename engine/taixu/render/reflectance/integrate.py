"""Integrals over the hemisphere: how much of even light a surface sends back.

Midpoint quadrature on two grids at once, weighted against each other by the balance heuristic (Veach 1997): light
directions spread evenly by cosine, and mirror images of the eye in half vectors as dense as the GGX lobe.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.reflectance.ggx import ggx_distribution

__all__ = ["directional_albedo", "view_direction"]

Array = NDArray[np.floating[Any]]


def view_direction(n_dot_v: float, azimuth_rad: float = 0.0) -> NDArray[np.float64]:
    """The unit vector at that angle to the normal, turned from the tangent by `azimuth_rad`."""
    s = np.sqrt(1.0 - n_dot_v * n_dot_v)
    return np.array([s * np.cos(azimuth_rad), s * np.sin(azimuth_rad), n_dot_v])


def directional_albedo(reflect: Callable[[Array, Array], Array], v: Array, *, alpha: float = 1.0, steps: int = 128) -> Array:
    """The integral of ``reflect(v, l)`` over all light directions above the surface.

    Parameters
    ----------
    reflect
        BRDF times n.l by directions [n, 3], as `LayeredSurface.reflect`.
    v
        Unit vector to the eye, [3], in the tangent frame.
    alpha
        Width of the narrowest lobe; the grid of half vectors is as dense.
    steps
        Rows and columns of each grid.
    """
    even = (np.arange(steps) + 0.5) / steps
    u, turn = (x.ravel() for x in np.meshgrid(even, even * 2.0 * np.pi))
    spread = _polar(np.sqrt(1.0 - u), turn)
    half = _polar(np.sqrt((1.0 - u) / (1.0 + (alpha * alpha - 1.0) * u)), turn)
    mirrored = 2.0 * (half @ v)[:, None] * half - v
    directions = np.concatenate([spread, mirrored])
    directions = directions[directions[:, 2] > 1e-6]
    h = directions + v
    h /= np.linalg.norm(h, axis=1, keepdims=True)
    density = directions[:, 2] / np.pi + ggx_distribution(h[:, 2], alpha) * h[:, 2] / np.maximum(4.0 * (h @ v), 1e-9)
    values = reflect(np.broadcast_to(v, directions.shape), directions)
    result: Array = (values / density[:, None]).sum(0) / (steps * steps)
    return result


def _polar(cosine: Array, turn: Array) -> Array:
    sine = np.sqrt(1.0 - np.square(cosine))
    return np.stack([sine * np.cos(turn), sine * np.sin(turn), cosine], -1)
