"""Colours and measures of what stands over the picture; lengths are for a picture 720 pixels high, and grow with it."""

from __future__ import annotations

from colorsys import hls_to_rgb
from dataclasses import dataclass
from hashlib import blake2b

from taixu.render.hud.quads import Color

__all__ = ["Measures", "mark_color", "shown_color"]

CARD: Color = (0.055, 0.065, 0.085, 0.66)
CARD_EDGE: Color = (1.0, 1.0, 1.0, 0.09)
SHADOW: Color = (0.0, 0.0, 0.0, 0.28)
TEXT: Color = (0.95, 0.96, 0.98, 1.0)
FAINT: Color = (0.72, 0.75, 0.80, 1.0)
BUTTON: Color = (1.0, 1.0, 1.0, 0.11)
BUTTON_OVER: Color = (0.18, 0.75, 0.62, 0.55)
BUTTON_DOWN: Color = (0.12, 0.55, 0.46, 0.85)
BUTTON_EDGE: Color = (1.0, 1.0, 1.0, 0.22)
TRACK: Color = (1.0, 1.0, 1.0, 0.14)
FIELD: Color = (0.0, 0.0, 0.0, 0.42)
FIELD_EDGE: Color = (1.0, 1.0, 1.0, 0.24)
ACCENT: Color = (0.29, 0.82, 0.70, 1.0)
ERROR: Color = (0.96, 0.42, 0.38, 1.0)


@dataclass(frozen=True, slots=True)
class Measures:
    """Lengths in pixels for a picture of a size."""

    unit: float

    @classmethod
    def of(cls, size: tuple[int, int], scale: float = 1.0) -> Measures:
        """For a picture; a narrow one has no taller letters than its width has room for."""
        width, height = size
        return cls(max(0.55, min(height, width * 0.75) / 720 * scale))

    def px(self, length: float) -> float:
        """A length, in whole pixels."""
        return float(max(1, round(length * self.unit))) if length else 0.0

    @property
    def text(self) -> float:
        """Height of text."""
        return max(9.0, 16.0 * self.unit)

    @property
    def small(self) -> float:
        """Height of what is read second."""
        return max(8.0, 11.5 * self.unit)


def mark_color(owner: str) -> Color:
    """The colour of a mod's mark: always the same for the same id."""
    hue = int.from_bytes(blake2b(owner.encode("utf-8", "replace"), digest_size=2).digest()) / 65536
    return (*hls_to_rgb(hue, 0.68, 0.62), 1.0)


def shown_color(linear: tuple[float, float, float], alpha: float = 1.0) -> Color:
    """A linear colour as a screen shows it; brighter ones than it can show are its brightest."""
    r, g, b = (1.055 * max(0.0, min(1.0, value)) ** (1 / 2.4) - 0.055 if value > 0.0031308 else 12.92 * max(0.0, value)
               for value in linear)  # fmt: skip
    return (r, g, b, alpha)
