"""What a world is like."""

from __future__ import annotations

from dataclasses import dataclass, field

from taixu.errors import TaixuError
from taixu.generate.places.dungeons.spec import STYLES as DUNGEONS
from taixu.generate.places.settlements.cultures import ZONES
from taixu.generate.places.skies.spec import TIMES
from taixu.generate.places.styles import STYLES as LANDS
from taixu.generate.places.styles import TREES
from taixu.generate.worlds.kinds import KINDS

__all__ = ["FALLING", "MISSING", "MISTS", "WEATHERS", "WorldSpec"]

WEATHERS = {
    "clear": ("none", 0.0, 0.12, 2.4), "fair": ("cumulus", 0.35, 0.25, 2.4), "cloudy": ("cumulus", 0.58, 0.3, 2.4),
    "overcast": ("stratus", 0.95, 0.0, 2.8), "rainy": ("stratus", 0.98, 0.0, 4.5), "snowy": ("stratus", 0.97, 0.0, 5.0),
    "stormy": ("storm", 0.85, 0.0, 2.8), "misty": ("stratus", 0.6, 0.0, 9.0),
}  # fmt: skip
"""Clouds, their cover, the veils above, and the haze of the air."""
FALLING = {"rainy": (6.0, 0.0, 2.0), "snowy": (0.0, 1.0, 0.8), "stormy": (25.0, 0.0, 9.0)}
"""Rain and snow in mm/h, and wind in m/s, of those that have some."""
MISTS = {"rainy": (0.0015, 60.0), "snowy": (0.0025, 60.0), "stormy": (0.003, 60.0), "misty": (0.011, 14.0)}
"""How much of the light is lost in a metre at the ground, and in how many metres of height a third of that is left."""
MISSING = {"stormy": "no lightning strikes"}
"""What a weather's words mean that is not made: light and sky are."""
_SEASONS = ("spring", "summer", "autumn", "winter")


@dataclass(frozen=True)
class WorldSpec:
    """A world's parameters."""

    kind: str = field(default="fishing village", metadata={"doc": "What it is.", "choices": tuple(KINDS)})
    land: str = field(default="", metadata={"doc": "Style of the land; empty for the kind's own.", "choices": ("", *LANDS)})
    trees: str = field(default="", metadata={"doc": "What woods are of; empty for the land's own.", "choices": ("", *TREES)})
    season: str = field(default="summer", metadata={"doc": "Season.", "choices": _SEASONS})
    time: str = field(default="afternoon", metadata={"doc": "Time of day.", "choices": tuple(TIMES)})
    weather: str = field(default="fair", metadata={"doc": "Weather.", "choices": tuple(WEATHERS)})
    people: int = field(default=-1, metadata={"doc": "How many walk in it; below 0 the kind says.", "minimum": -1, "maximum": 200})
    faces: int = field(default=5, metadata={"doc": "How many different people there are.", "minimum": 1, "maximum": 40})
    houses: int = field(default=-1, metadata={"doc": "How many; below 0 the kind says.", "minimum": -1, "maximum": 120})
    rocks: float = field(default=1.0, metadata={"doc": "How many large stones, against the usual.", "minimum": 0.0, "maximum": 5.0})
    size_m: float = field(default=448.0, metadata={"doc": "Edge of the land.", "unit": "m", "minimum": 320.0, "maximum": 2048.0})
    character: str = field(default="european", metadata={"doc": "What a city is built of.", "choices": tuple(ZONES)})
    dungeon: str = field(default="crypt", metadata={"doc": "Of what kind a dungeon is.", "choices": tuple(DUNGEONS)})
    flooded: float = field(default=0.0, metadata={"doc": "Water in a dungeon.", "unit": "m", "minimum": 0.0, "maximum": 1.2})
    texture_px: int = field(default=256, metadata={"doc": "Edge of pictures.", "unit": "px", "minimum": 32, "maximum": 1024})
    sky_px: int = field(default=1024, metadata={"doc": "Width of the sky.", "unit": "px", "minimum": 64, "maximum": 4096})

    def check(self) -> WorldSpec:
        """This, looked at.

        Raises
        ------
        TaixuError
            Where it cannot be made.
        """
        for name, known in (("kind", KINDS), ("season", _SEASONS), ("time", TIMES), ("weather", WEATHERS), ("dungeon", DUNGEONS),
            ("character", ZONES)):
            value = getattr(self, name)
            if value not in known:
                raise TaixuError(f"a world's {name} is {str(value)[:40]!r}; there are {', '.join(known)}")
        if self.land and self.land not in LANDS:
            raise TaixuError(f"a world's land is {self.land[:40]!r}; there are {', '.join(LANDS)}")
        if self.trees and self.trees not in TREES:
            raise TaixuError(f"a world's trees are {self.trees[:40]!r}; there are {', '.join(TREES)}")
        if not (320.0 <= self.size_m <= 2048.0) or not -1 <= self.people <= 200 or not -1 <= self.houses <= 120:
            raise TaixuError("a world is 320 to 2,048 m wide, with up to 200 people and 120 houses")
        if not 1 <= self.faces <= 40 or not 32 <= self.texture_px <= 1024 or not 64 <= self.sky_px <= 4096 or self.sky_px % 2:
            raise TaixuError("a world has 1 to 40 faces, pictures of 32 to 1,024 pixels and a sky of 64 to 4,096, an even number")
        if not 0 <= self.flooded <= 1.2 or not 0 <= self.rocks <= 5:
            raise TaixuError("water in a dungeon is at most 1.2 m deep, and stones are at most 5 times the usual")
        return self
