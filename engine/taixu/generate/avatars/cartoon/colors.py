"""Colours of cartoons: sRGB text to numbers and back, lighter, darker, and the shade that goes with a colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["INK", "darker", "lighter", "mixed", "rgb", "shade_of"]

INK = "#2b2024"
"""What lines are drawn with."""


def rgb(text: str) -> NDArray[np.float64]:
    """``#rrggbb`` as sRGB from 0 to 1."""
    return np.array([int(text[at : at + 2], 16) / 255.0 for at in (1, 3, 5)])


def _text(color: NDArray[np.float64]) -> str:
    r, g, b = np.rint(np.clip(color, 0.0, 1.0) * 255).astype(int).tolist()
    return f"#{r:02x}{g:02x}{b:02x}"


def mixed(first: str, second: str, amount: float) -> str:
    """Between two colours; 1 is the second."""
    return _text(rgb(first) * (1.0 - amount) + rgb(second) * amount)


def lighter(color: str, amount: float = 0.5) -> str:
    """Toward a warm white."""
    return mixed(color, "#fff6e8", amount)


def darker(color: str, amount: float = 0.3) -> str:
    """Toward a dark of its own hue."""
    own = rgb(color)
    return _text(own * (1.0 - amount) + own**2 * 0.35 * amount)


def shade_of(color: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a colour (sRGB, [..., 3]) is where no light falls: darker, cooler, richer, never grey."""
    grey = color.mean(-1, keepdims=True)
    rich = grey + (color - grey) * 1.15
    return np.asarray(np.clip(rich * (0.80, 0.74, 0.82) + np.array((0.0, 0.0, 0.012)), 0.0, 1.0))
