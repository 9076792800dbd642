"""What a terrain shall be."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.styles import STYLES, TREES

__all__ = ["MOST_POINTS", "TIMES", "TerrainSpec"]

MOST_POINTS = 4097
"""Along an edge."""
TIMES = ("dawn", "morning", "noon", "evening", "dusk")
SEASONS = ("spring", "summer", "autumn", "winter")
_SHARE = {"minimum": 0.0, "maximum": 1.0}


@dataclass(frozen=True)
class TerrainSpec:
    """Parameters of a terrain; numbers below 0 leave it to the style."""

    style: str = field(default="hills", metadata={"doc": "What kind of land it is.", "choices": tuple(STYLES)})
    size_m: float = field(default=2048.0, metadata={"doc": "Edge of the square.", "unit": "m", "minimum": 64.0, "maximum": 16384.0})
    spacing_m: float = field(
        default=1.0, metadata={"doc": "Between two heights.", "unit": "m", "minimum": 0.25, "maximum": 64.0}
    )
    relief_m: float = field(
        default=0.0, metadata={"doc": "From low to high; 0 is the style's.", "unit": "m", "minimum": 0.0, "maximum": 4000.0}
    )
    erosion: float = field(default=1.0, metadata={"doc": "How much rivers and frost have worked.", "minimum": 0.0, "maximum": 3.0})
    roughness: float = field(default=1.0, metadata={"doc": "Of what is smaller than valleys.", "minimum": 0.0, "maximum": 4.0})
    lake: bool = field(default=False, metadata={"doc": "Dig a lake, and keep pools that fill by themselves."})
    lake_radius_m: float = field(
        default=0.0, metadata={"doc": "0 goes by the size.", "unit": "m", "minimum": 0.0, "maximum": 4000.0}
    )
    river: bool = field(default=False, metadata={"doc": "Rivers with beds and water."})
    sea: float = field(
        default=-1.0, metadata={"doc": "The sea's height as a share of the relief; below 0 as the style has it.", "minimum": -1.0,
                                "maximum": 1.0}
    )  # fmt: skip
    snow: float = field(
        default=-1.0, metadata={"doc": "Share of the relief under snow, from above; below 0 is the style's.", "minimum": -1.0,
                                "maximum": 1.0}
    )  # fmt: skip
    season: str = field(default="summer", metadata={"doc": "Of leaves and grass.", "choices": SEASONS})
    time: str = field(default="morning", metadata={"doc": "Where the sun stands.", "choices": TIMES})
    plants: float = field(default=1.0, metadata={"doc": "How densely things grow; 0 is bare.", "minimum": 0.0, "maximum": 4.0})
    forest: float = field(default=0.5, metadata={"doc": "How much of the land is wood.", **_SHARE})
    trees: str = field(default="", metadata={"doc": "What woods are of; empty for the land's own.", "choices": ("", *TREES)})
    endless: bool = field(
        default=False, metadata={"doc": "Land without an end; size, erosion and lakes do not count then."}
    )
    texture_px: int = field(
        default=512, metadata={"doc": "Edge of the ground's pictures.", "unit": "px", "minimum": 64, "maximum": 2048}
    )

    @property
    def points(self) -> int:
        """Heights along an edge."""
        return round(self.size_m / self.spacing_m) + 1

    def check(self) -> TerrainSpec:
        """Itself, where it can be made.

        Raises
        ------
        TaixuError
            With the field that is wrong, and what it may be.
        """
        for item in fields(self):
            value, facts = getattr(self, item.name), item.metadata
            if "choices" in facts and value not in facts["choices"]:
                raise TaixuError(f"terrain: {item.name} is {str(value)[:40]!r}; it must be one of {', '.join(facts['choices'])}")
            if "minimum" in facts and not (
                isinstance(value, (int, float)) and math.isfinite(value) and facts["minimum"] <= value <= facts["maximum"]
            ):
                raise TaixuError(f"terrain: {item.name} is {value}; it must be from {facts['minimum']:g} to {facts['maximum']:g}")
        if not 17 <= self.points <= MOST_POINTS:
            raise TaixuError(
                f"terrain: {self.size_m:g} m by {self.spacing_m:g} m makes {self.points:,} heights along an edge; "
                f"it must be from 17 to {MOST_POINTS:,}, so change size_m or spacing_m"
            )
        return self

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> TerrainSpec:
        """From plain data.

        Raises
        ------
        TaixuError
            Where a name or a value is none.
        """
        known = {item.name: item for item in fields(cls)}
        if not isinstance(data, dict):
            raise TaixuError("terrain: parameters are an object of names and values")
        for name, value in data.items():
            if name not in known:
                raise TaixuError(f"terrain: there is no parameter {str(name)[:40]!r}; there are {', '.join(known)}")
            default = known[name].default
            right = isinstance(value, bool) if isinstance(default, bool) else isinstance(value, str) if isinstance(default, str) \
                else isinstance(value, (int, float)) and not isinstance(value, bool)  # fmt: skip
            if not right:
                raise TaixuError(f"terrain: {name} is {str(value)[:40]!r}; it must be like {default!r}")
        return cls(**data).check()
