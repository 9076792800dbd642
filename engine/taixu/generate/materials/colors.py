"""Colours as things of the ground have them."""

from __future__ import annotations

import numpy as np

from taixu.generate.materials.family import hex_of, srgb

__all__ = ["earthen"]

_OCHRE_RAD, _RUST_RAD, _PURPLE_RAD = 0.9, 0.66, -0.6
"""Hues in Oklab: of what is most vivid in the ground, of its reds, and where reds end."""

# Oklab: B. Ottosson, A perceptual color space for image processing, 2020.
_LMS_FROM_RGB = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
_LAB_FROM_LMS = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip


def earthen(color: str) -> str:
    """What the ground has of a colour ``#rrggbb``: as light, no more vivid than ochres and slates; reds lean towards rust."""
    lab = _LAB_FROM_LMS @ np.cbrt(_LMS_FROM_RGB @ np.array(srgb(color)))
    chroma, hue = float(np.hypot(lab[1], lab[2])), float(np.arctan2(lab[2], lab[1]))
    most = 0.055 + 0.05 * max(float(np.cos(hue - _OCHRE_RAD)), 0.0)
    if chroma <= most:
        return color
    hue = max(hue, _RUST_RAD) if hue > _PURPLE_RAD else hue
    lab[1:] = most * np.cos(hue), most * np.sin(hue)
    r, g, b = np.linalg.solve(_LMS_FROM_RGB, np.linalg.solve(_LAB_FROM_LMS, lab) ** 3)
    return hex_of((float(r), float(g), float(b)))
