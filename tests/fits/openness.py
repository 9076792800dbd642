"""The share of a GGX lobe inside a cone: ``shaders/common/openness.glsl``."""

from __future__ import annotations

import numpy as np
from fitting import Array, solve

from taixu.render.reflectance import ggx_distribution, smith_visibility

__all__ = ["COMMITTED", "START", "exact_openness", "openness", "refit_openness"]

COMMITTED = np.array([0.771, 0.898, 0.163, 0.945, -0.131, 1.823])
"""What the shader has."""
START = np.array([0.6, 0.5, 0.1, 0.1, 0.5, 0.5])


def openness(parameters: Array, n_dot_v: Array, opened: Array, roughness: Array) -> Array:
    """The model; `START` has as many parameters."""
    p, alpha = parameters, roughness**2
    middle = n_dot_v + (p[0] - n_dot_v) * (p[1] * alpha + p[2] * roughness)
    softness = np.maximum(p[3] * roughness + p[4], 0.01)
    x = np.clip((middle - np.sqrt(1 - opened)) / softness * 0.5 + 0.5, 0, 1)
    sharp = x * x * (3 - 2 * x)
    result: Array = sharp + (opened - sharp) * np.minimum(p[5] * alpha, 1.0)
    return result


def exact_openness(n_dot_v: float, opened: Array, roughness: float, *, edge: int = 160) -> Array:
    """The integral over the hemisphere, for each cone that leaves `opened` of the light to a diffuse surface."""
    cosine, around = np.meshgrid((np.arange(edge) + 0.5) / edge, (np.arange(edge) + 0.5) / edge * np.pi, indexing="ij")
    sine = np.sqrt(1 - cosine**2)
    side = np.sqrt(1 - n_dot_v**2)
    half = 2 + 2 * (sine * np.cos(around) * side + cosine * n_dot_v)
    n_dot_h = np.minimum((cosine + n_dot_v) / np.sqrt(np.maximum(half, 1e-9)), 1)
    alpha = roughness**2
    lobe = ggx_distribution(n_dot_h, alpha) * smith_visibility(np.full_like(cosine, n_dot_v), cosine, alpha) * cosine
    return np.array([lobe[cosine > np.sqrt(1 - o)].sum() / lobe.sum() for o in opened])


def refit_openness(*, angles: int = 7, roughnesses: int = 10) -> tuple[Array, float, float]:
    """Parameters, and the root mean square error that they and the shader's leave."""
    opened = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
    cosines, rough = np.linspace(0.05, 1, angles), np.linspace(0.15, 1, roughnesses)
    exact = np.array([[exact_openness(c, opened, r) for c in cosines] for r in rough])
    r, c, o = np.meshgrid(rough, cosines, opened, indexing="ij")
    found, error = solve(lambda p: (openness(p, c, o, r) - exact).ravel(), START, steps=40)
    return found, error, float(np.sqrt(np.square(openness(COMMITTED, c, o, r) - exact).mean()))
