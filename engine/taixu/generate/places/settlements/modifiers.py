"""Villages and districts of cities as modifiers: parameters, or roads that hands draw, become streets, lots and houses."""

from __future__ import annotations

from typing import Any

from taixu.ecs import F32, I32, Bool, Data, Text, component, field
from taixu.generate.modifiers.kinds import ModifierKind
from taixu.generate.places.settlements.cultures import CULTURES, ZONES

__all__ = ["KINDS", "City", "Village", "city_words", "settlement_bounds", "village_words"]

_ROADS = "Its roads, as those of a road network; none lets it lay its own."
_LAYOUTS = ("grid", "radial", "organic")


@component("village")
class Village:
    """A village around the entity: ways, a market place, houses with rooms, gardens."""

    culture: Text = field(default="farming", choices=tuple(CULTURES), doc="Who lives there: styles of houses, roads, square.")
    houses: I32 = field(default=16, minimum=1, maximum=400, doc="How many, where the ground has room.")
    ways: I32 = field(default=4, minimum=1, maximum=8, doc="Roads that lead out of it.")
    radius_m: F32 = field(default=0.0, unit="m", minimum=0.0, maximum=1500.0, doc="0 goes by the houses.")
    gardens: F32 = field(default=0.6, minimum=0.0, maximum=2.0, doc="How much ground houses have around them.")
    inside: Bool = field(default=True, doc="Houses have rooms.")
    roads: Data = field(default=[], doc=_ROADS)


@component("city")
class City:
    """A district of a city around the entity: streets, blocks, houses with façades, parks."""

    character: Text = field(default="european", choices=tuple(ZONES), doc="What is built, from the middle outwards.")
    layout: Text = field(default="organic", choices=_LAYOUTS, doc="How streets run.")
    district_m: F32 = field(default=480.0, unit="m", minimum=200.0, maximum=4000.0, doc="Edge of the district.")
    block_m: F32 = field(default=88.0, unit="m", minimum=40.0, maximum=300.0, doc="Between streets.")
    parks: F32 = field(default=0.06, minimum=0.0, maximum=1.0, doc="Share of blocks that are green.")
    inside: Bool = field(default=False, doc="Houses have windows that are set in, and rooms: for small districts.")
    roads: Data = field(default=[], doc=_ROADS)


def settlement_bounds(parameters: Any, frame: Any) -> Any:
    """Where it changes something."""
    from taixu.generate.places.settlements.layers import bounds_of

    return bounds_of(parameters, frame)


def village_words(prompt: str) -> dict[str, Any]:
    """Parameters that words name."""
    from taixu.generate.places.settlements.words import village_of_words

    return village_of_words(prompt)


def city_words(prompt: str) -> dict[str, Any]:
    """Parameters that words name."""
    from taixu.generate.places.settlements.words import city_of_words

    return city_of_words(prompt)


_HOME = "taixu.generate.places.settlements"
KINDS: tuple[ModifierKind, ...] = tuple(
    ModifierKind(
        cls, f"{_HOME}.layers:make_settlement_layers", reads=("heights",), writes=("heights", "mask.road", "mask.lot", "things"),
        bounds=f"{_HOME}.modifiers:settlement_bounds", plan=f"{_HOME}.planning:plan_{plan}", version=2, reach_m=64.0, most_level=0,
        words=f"{_HOME}.modifiers:{name}_words",
    )
    for cls, name, plan in ((Village, "village", "village_of"), (City, "city", "city"))
)  # fmt: skip
"""What this package brings."""
