"""Colours of values: ramps between a few colours that grow lighter, or change, as evenly as eyes see it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.building import linear_from_srgb

__all__ = ["ramp", "ramp_hex"]

_RAMPS: dict[str, tuple[int, ...]] = {
    "heat": (0x1B1147, 0x6B1D81, 0xB73779, 0xEE5F4B, 0xFCA43A, 0xFCF2A0),
    "water": (0xD9F0F7, 0x8CCBE8, 0x3F97D0, 0x1B5FAE, 0x142F77),
    "alarm": (0x2E9E5B, 0x9CCB3B, 0xF5D547, 0xF08A2C, 0xD62728),
    "spectrum": (0x30307F, 0x2F78C4, 0x2BB79C, 0x8ED04B, 0xF2C83B, 0xEC6A2C, 0xA81A22),
}


def ramp(name: str, shares: NDArray[np.float64]) -> NDArray[np.float32]:
    """Linear Rec.709 colours of shares in [0, 1], ``[..., 3]``."""
    anchors = np.array([[(each >> shift) & 255 for shift in (16, 8, 0)] for each in _RAMPS[name]]) / 255.0
    at = np.clip(shares, 0.0, 1.0) * (len(anchors) - 1)
    first = np.minimum(at.astype(np.intp), len(anchors) - 2)
    part = (at - first)[..., None]
    shown = anchors[first] * (1 - part) + anchors[first + 1] * part  # between neighbours of a ramp: in sRGB, where eyes are even
    return linear_from_srgb(shown)


def ramp_hex(name: str) -> list[str]:
    """A ramp's colours as pages write them."""
    return [f"#{each:06x}" for each in _RAMPS[name]]
