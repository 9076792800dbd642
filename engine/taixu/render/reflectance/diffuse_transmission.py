"""Light that is scattered on its way through, `KHR_materials_diffuse_transmission`: leaves, paper, wax.

``shaders/surface/layers/diffuse_transmission.glsl`` computes the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["leaked_albedo", "leaked_light"]

Array = NDArray[np.floating[Any]]


def leaked_albedo(color: Array, share: Array, entering: Array) -> Array:
    """Albedo towards the side behind, [n, 3], of the light that enters and is not let through clearly [n]."""
    result: Array = color * (entering * share)[..., None]
    return result


def leaked_light(albedo: Array, to_light: Array) -> Array:
    """BTDF times n.l, [n, 3], of light from behind; the normal is z."""
    result: Array = albedo * (np.maximum(-to_light[..., 2], 0.0) / np.pi)[..., None]
    return result
