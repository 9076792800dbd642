"""Pictures with alpha as filters may average them: 8 bits, sRGB, colours multiplied by their alpha as light."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["as_light", "as_srgb", "eight_bits"]


def eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Any decoded picture as [h, w, 4]; grey is spread, and what has no alpha is opaque."""
    found = pixels[..., None] if pixels.ndim == 2 else pixels
    if found.dtype == np.uint16:
        found = found >> 8
    elif found.dtype.kind == "f":
        found = np.rint(np.clip(np.nan_to_num(found), 0, 1) * 255)
    out = np.full((*found.shape[:2], 4), 255, np.uint8)
    count = found.shape[2]
    out[..., :3] = found[..., :1] if count < 3 else found[..., :3]
    if count in (2, 4):
        out[..., 3] = found[..., -1]
    return out


def as_light(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """[h, w, 4] of sRGB with alpha as linear light times alpha, and alpha."""
    values = pixels.astype(np.float32) / np.float32(255)
    srgb = values[..., :3]
    values[..., :3] = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4) * values[..., 3:]
    return values


def as_srgb(light: NDArray[Any]) -> NDArray[np.uint8]:
    """The other way, still multiplied: what an sRGB texture holds."""
    values = np.clip(light, 0, 1)
    linear = values[..., :3]
    values[..., :3] = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    result: NDArray[np.uint8] = np.rint(values * 255).astype(np.uint8)
    return result
