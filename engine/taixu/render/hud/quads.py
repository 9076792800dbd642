"""Boxes and letters as rows of one buffer, and the picture of all letters that there were.

Rectangles are pixels from the upper left corner; colours are encoded for the screen (sRGB), with straight alpha.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.hud.fonts import FINE, Fonts

__all__ = ["ATLAS_PX", "QUADS", "Color", "GlyphAtlas", "boxes"]

QUADS = np.dtype([
    ("rect", "<f4", 4), ("texels", "<f4", 4), ("shape", "<f4", 4), ("fill", "u1", 4), ("edge", "u1", 4),
])  # fmt: skip
"""``shape`` is radius, width of the edge, softness (all in pixels), and 1 for a letter."""
ATLAS_PX = 1024
Color = tuple[float, float, float, float]


def boxes(
    x: float, y: float, width: float, height: float, *, fill: Color, radius: float = 0.0, edge: Color | None = None,
    edge_px: float = 1.0, soft_px: float = 0.0,
) -> NDArray[Any]:
    """A rounded box, one row; with softness its border fades out over so many pixels."""
    row = np.zeros(1, QUADS)
    row["rect"] = (x, y, width, height)
    row["shape"] = (min(radius, width / 2, height / 2), edge_px if edge else 0.0, soft_px, 0.0)
    row["fill"] = _bytes(fill)
    row["edge"] = _bytes(edge or fill)
    return row


def _bytes(color: Color) -> NDArray[np.uint8]:
    return np.rint(np.clip(color, 0.0, 1.0) * np.float64(255)).astype(np.uint8)


class GlyphAtlas:
    """Letters side by side in one picture.

    Attributes
    ----------
    pixels : uint8[ATLAS_PX, ATLAS_PX]
    version : int
        Goes up when letters come.
    generation : int
        Goes up when it was full and begins anew: rows made before show nothing that makes sense.
    """

    def __init__(self, fonts: Fonts | None = None) -> None:
        self.fonts = fonts or Fonts()
        self.pixels = np.zeros((ATLAS_PX, ATLAS_PX), np.uint8)
        self.version = self.generation = 0
        self._glyphs: dict[tuple[int, str, float, int], tuple[int, int, int, int, int, int]] = {}
        self._x = self._y = self._row = 0
        self._advances: dict[tuple[int, str, float], float] = {}

    def advance(self, font: int, letter: str, size_px: float) -> float:
        """How far the pen moves."""
        key = (font, letter, size_px)
        found = self._advances.get(key)
        if found is None:
            found = self._advances[key] = self.fonts.advance(font, letter, size_px)
        return found

    def glyph(self, font: int, letter: str, size_px: float, phase: int) -> tuple[int, int, int, int, int, int]:
        """Where it lies (x, y, width, height), and where it stands from the pen (right, up); all zero where it is empty."""
        key = (font, letter, size_px, phase % FINE)
        found = self._glyphs.get(key)
        if found is None:
            coverage, right, up = self.fonts.raster(*key)
            found = self._glyphs[key] = self._place(coverage, right, up)
        return found

    def _place(self, coverage: NDArray[np.uint8], right: int, up: int) -> tuple[int, int, int, int, int, int]:
        height, width = coverage.shape
        if height == 0 or width == 0 or height >= ATLAS_PX // 2 or width >= ATLAS_PX // 2:
            return 0, 0, 0, 0, 0, 0
        if self._x + width + 1 > ATLAS_PX:
            self._x, self._y, self._row = 0, self._y + self._row + 1, 0
        if self._y + height + 1 > ATLAS_PX:
            self._glyphs.clear()
            self.pixels[:] = 0
            self.generation += 1
            self._x = self._y = self._row = 0
        x, y = self._x, self._y
        self.pixels[y : y + height, x : x + width] = coverage
        self._x, self._row = x + width + 1, max(self._row, height)
        self.version += 1
        return x, y, width, height, right, up
