"""What settlements shall be."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.settlements.cultures import CULTURES, ZONES
from taixu.generate.places.settlements.layouts import LAYOUTS
from taixu.generate.places.spec import SEASONS, TIMES

__all__ = ["CitySpec", "VillageSpec", "checked"]


def checked(spec: Any, what: str) -> Any:
    """A spec whose fields are in their ranges.

    Raises
    ------
    TaixuError
        With the field that is wrong, and what it may be.
    """
    for item in fields(spec):
        value, facts = getattr(spec, item.name), item.metadata
        if "choices" in facts and value not in facts["choices"]:
            raise TaixuError(f"{what}: {item.name} is {str(value)[:40]!r}; it must be one of {', '.join(facts['choices'])}")
        if "minimum" in facts and not (
            isinstance(value, (int, float)) and math.isfinite(value) and facts["minimum"] <= value <= facts["maximum"]
        ):
            raise TaixuError(f"{what}: {item.name} is {value}; it must be from {facts['minimum']:g} to {facts['maximum']:g}")
    return spec


@dataclass(frozen=True)
class VillageSpec:
    """Parameters of a village."""

    culture: str = field(
        default="fishing", metadata={"doc": "Who lives there: styles of houses, roads, square.", "choices": tuple(CULTURES)}
    )
    houses: int = field(default=36, metadata={"doc": "How many houses, where the ground has room.", "minimum": 1, "maximum": 400})
    ways: int = field(default=4, metadata={"doc": "Roads that lead out of it.", "minimum": 1, "maximum": 8})
    radius_m: float = field(default=0.0, metadata={"doc": "0 goes by the houses.", "unit": "m", "minimum": 0.0, "maximum": 1500.0})
    gardens: float = field(
        default=0.6, metadata={"doc": "How much ground houses have around them.", "minimum": 0.0, "maximum": 2.0}
    )
    size_m: float = field(
        default=640.0, metadata={"doc": "Edge of the land around it.", "unit": "m", "minimum": 200.0, "maximum": 4096.0}
    )
    relief: float = field(default=1.0, metadata={"doc": "How hilly the land is.", "minimum": 0.0, "maximum": 3.0})
    season: str = field(default="summer", metadata={"doc": "Of leaves and grass.", "choices": SEASONS})
    time: str = field(default="morning", metadata={"doc": "Where the sun stands.", "choices": TIMES})
    inside: bool = field(default=True, metadata={"doc": "Whether houses have rooms."})
    texture_px: int = field(
        default=256, metadata={"doc": "Edge of pictures of walls.", "unit": "px", "minimum": 32, "maximum": 1024}
    )

    def check(self) -> VillageSpec:
        """Itself, where it can be made.

        Raises
        ------
        TaixuError
            With the field that is wrong, and what it may be.
        """
        made: VillageSpec = checked(self, "village")
        return made


@dataclass(frozen=True)
class CitySpec:
    """Parameters of a district."""

    character: str = field(
        default="european", metadata={"doc": "What is built, from the middle outwards.", "choices": tuple(ZONES)}
    )
    layout: str = field(default="organic", metadata={"doc": "How streets run.", "choices": LAYOUTS})
    district_m: float = field(
        default=640.0, metadata={"doc": "Edge of the district.", "unit": "m", "minimum": 200.0, "maximum": 4000.0}
    )
    block_m: float = field(default=88.0, metadata={"doc": "Between streets.", "unit": "m", "minimum": 40.0, "maximum": 300.0})
    parks: float = field(default=0.06, metadata={"doc": "Share of blocks that are green.", "minimum": 0.0, "maximum": 1.0})
    relief: float = field(default=0.5, metadata={"doc": "How hilly the land is.", "minimum": 0.0, "maximum": 3.0})
    full_m: float = field(
        default=130.0, metadata={"doc": "As far as this from the view, houses have windows that are set in, and rooms.",
            "unit": "m",
                                 "minimum": 0.0, "maximum": 600.0}
    )  # fmt: skip
    season: str = field(default="summer", metadata={"doc": "Of leaves and grass.", "choices": SEASONS})
    time: str = field(default="morning", metadata={"doc": "Where the sun stands.", "choices": TIMES})
    inside: bool = field(default=True, metadata={"doc": "Whether houses near the view have rooms."})
    texture_px: int = field(
        default=256, metadata={"doc": "Edge of pictures of walls.", "unit": "px", "minimum": 32, "maximum": 1024}
    )

    def check(self) -> CitySpec:
        """Itself, where it can be made.

        Raises
        ------
        TaixuError
            With the field that is wrong, and what it may be.
        """
        made: CitySpec = checked(self, "city")
        return made
