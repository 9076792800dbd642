"""Lobes that are round about an axis, as environments are filtered by them: reflections of ever rougher surfaces seen
along their normal, cloth, and the cosine of diffuse surfaces.

Each is a weight by angle from the axis. Surfaces that are seen askew have lobes of other shapes; shaders put those
together from these (``shaders/common/environment.glsl``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .harmonics import zonal_gains
from .reflectance.sheen import charlie_distribution, sheen_visibility

__all__ = ["Lobe", "charlie_lobe", "cosine_lobe", "ggx_lobe", "lobe_gains"]

Array = NDArray[np.floating[Any]]
Lobe = Callable[[Array], Array]
"""Weight by the cosine of the angle from the axis; its scale does not matter."""
_NODES = 8192


def ggx_lobe(alpha: float) -> Lobe:
    """GGX with height-correlated Smith masking, seen along the normal: D G2 n.l / (4 n.l n.v)."""
    a2 = alpha * alpha

    def weigh(cosine: Array) -> Array:
        x = np.maximum(cosine, 0.0)
        bump = np.square(0.5 * (1.0 + x) * (a2 - 1.0) + 1.0)  # n.h squared is (1 + n.l) / 2
        masking = x + np.sqrt(x * x * (1.0 - a2) + a2)
        return np.where(cosine > 0, x / (bump * masking), 0.0)

    return weigh


def charlie_lobe(alpha: float, *, n_dot_v: float = 0.7) -> Lobe:
    """The lobe of cloth, Charlie's distribution and its visibility, seen askew and averaged around the normal."""
    azimuth = (np.arange(32) + 0.5) * (np.pi / 32)

    def weigh(cosine: Array) -> Array:
        x = np.maximum(cosine, 0.0)[:, None]
        v_dot_l = x * n_dot_v + np.sqrt((1.0 - x * x) * (1.0 - n_dot_v**2)) * np.cos(azimuth)
        n_dot_h = np.minimum((x + n_dot_v) / np.sqrt(np.maximum(2.0 + 2.0 * v_dot_l, 1e-9)), 1.0)
        bright = charlie_distribution(n_dot_h, alpha).mean(1, keepdims=True)
        lobe = bright * sheen_visibility(np.full_like(x, n_dot_v), x, alpha) * x
        return np.where(cosine > 0, lobe[:, 0], 0.0)

    return weigh


def cosine_lobe(cosine: Array) -> Array:
    """What a diffuse surface gathers."""
    result: Array = np.maximum(cosine, 0.0)
    return result


def lobe_gains(lobes: list[Lobe], degree: int, *, taper: bool = True) -> list[Array]:
    """`zonal_gains` of lobes up to a degree.

    `taper` lets the last third of the degrees fade, so that a lobe that is narrower than the degrees can say widens a
    little where it would ring.
    """
    angle = (np.arange(_NODES) + 0.5) * (np.pi / _NODES)
    cosine, step = np.cos(angle), np.sin(angle)
    gains = zonal_gains(cosine, np.stack([lobe(cosine) for lobe in lobes]) * step, degree)
    if taper:
        over = np.clip((np.arange(degree + 1) / degree - 2 / 3) * 3, 0.0, 1.0)
        gains = gains * (0.5 + 0.5 * np.cos(np.pi * over))
    return list(gains)
