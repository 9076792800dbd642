"""What a building shall be."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from taixu.errors import TaixuError
from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.buildings.style import Style, style_names

__all__ = ["SHAPES", "BuildingSpec", "footprint_of"]

SHAPES = ("rectangle", "L", "T", "U", "court", "skewed")


@dataclass(frozen=True)
class BuildingSpec:
    """Parameters of a building; 0 leaves a number to the style."""

    style: str = field(default="fisher_cottage", metadata={"doc": "How it is built: a style's name, or a file *.style."})
    shape: str = field(default="rectangle", metadata={"doc": "Its plan.", "choices": SHAPES})
    width_m: float = field(default=0.0, metadata={"doc": "Along the front.", "unit": "m", "minimum": 0.0, "maximum": 200.0})
    depth_m: float = field(default=0.0, metadata={"doc": "Away from the front.", "unit": "m", "minimum": 0.0, "maximum": 200.0})
    storeys: int = field(default=0, metadata={"doc": "How many.", "minimum": 0, "maximum": 90})
    inside: bool = field(default=True, metadata={"doc": "Rooms, stairs and furniture."})
    texture_px: int = field(
        default=256, metadata={"doc": "Edge of pictures of walls.", "unit": "px", "minimum": 32, "maximum": 1024}
    )

    def check(self) -> BuildingSpec:
        """Itself, where it can be made.

        Raises
        ------
        TaixuError
            With the field that is wrong, and what it may be.
        """
        for item in fields(self):
            value, facts = getattr(self, item.name), item.metadata
            if "choices" in facts and value not in facts["choices"]:
                raise TaixuError(f"building: {item.name} is {str(value)[:40]!r}; it must be one of {', '.join(facts['choices'])}")
            if "minimum" in facts and not (
                isinstance(value, (int, float)) and math.isfinite(value) and facts["minimum"] <= value <= facts["maximum"]
            ):
                raise TaixuError(f"building: {item.name} is {value}; it must be from {facts['minimum']:g} to {facts['maximum']:g}")
        if self.style not in style_names() and not self.style.endswith(".style"):
            raise TaixuError(
                f"building: style is {self.style[:40]!r}; it must be one of {', '.join(style_names())}, or a file *.style"
            )
        return self


def footprint_of(spec: BuildingSpec, style: Style, seed: int) -> Array:
    """The outline [n, 2] and, of a court, the hole that a spec means, its front at y = 0."""
    w = spec.width_m or style.width[0] + (style.width[1] - style.width[0]) * chance(seed, "width")
    d = spec.depth_m or style.depth[0] + (style.depth[1] - style.depth[0]) * chance(seed, "depth")
    wing = min(0.45 * w, max(4.0, 0.6 * d))
    outlines: dict[str, Any] = {
        "rectangle": [(0, 0), (w, 0), (w, d), (0, d)],
        "L": [(0, 0), (w, 0), (w, d), (wing, d), (wing, 1.7 * d), (0, 1.7 * d)],
        "T": [(0, 0), (w, 0), (w, d), ((w + wing) / 2, d), ((w + wing) / 2, 1.7 * d), ((w - wing) / 2, 1.7 * d),
            ((w - wing) / 2, d), (0, d)],
        "U": [(0, 0), (w, 0), (w, 1.8 * d), (w - 0.32 * w, 1.8 * d), (w - 0.32 * w, 0.8 * d), (0.32 * w, 0.8 * d),
            (0.32 * w, 1.8 * d), (0, 1.8 * d)],
        "court": [(0, 0), (max(w, 2.6 * d), 0), (max(w, 2.6 * d), 2.6 * d), (0, 2.6 * d)],
        "skewed": [(0, 0), (w, 0.12 * d), (w * 0.93, d), (0.1 * w, 1.08 * d)],
    }  # fmt: skip
    return np.asarray(outlines[spec.shape], np.float64)
