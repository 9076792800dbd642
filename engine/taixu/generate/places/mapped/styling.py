"""Which style of `places.buildings` suits a building of a map, and how that style is fitted to its height, colours and roof."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from taixu.assets.geodata.features import metres
from taixu.generate.places.buildings.plans import chance
from taixu.generate.places.buildings.style import RoofFacts, Style, read_style
from taixu.generate.places.mapped.heights import Height

__all__ = ["fitted", "roof_of", "style_for"]

_BIG_HALLS = ("industrial", "warehouse", "hangar", "supermarket", "sports_hall", "sports_centre", "factory", "manufacture")
_SMALL = ("garage", "garages", "shed", "carport", "hut", "roof", "greenhouse", "farm_auxiliary", "barn", "stable", "cowshed")
_FLATS = ("apartments", "dormitory", "hotel", "hospital", "university", "college", "school", "public", "civic")
_OFFICES = ("office", "commercial", "government", "tower")
_ROOFS = {
    "flat": "flat", "gabled": "gable", "gable": "gable", "hipped": "hip", "half-hipped": "hip", "pyramidal": "hip",
    "skillion": "shed", "mansard": "mansard", "gambrel": "gambrel", "round": "curved", "saltbox": "gable", "dome": "hip",
    "onion": "hip",
}  # fmt: skip
_MATERIALS = {
    "brick": "brick", "plaster": "plaster", "stucco": "plaster", "concrete": "concrete", "wood": "boards", "stone": "ashlar",
    "sandstone": "ashlar", "limestone": "ashlar", "glass": "glass_dark", "metal": "metal_sheet",
}  # fmt: skip
_COVERS = {
    "roof_tiles": "tiles", "tiles": "tiles", "slate": "slate", "metal": "metal_sheet", "copper": "zinc#7fa08c", "zinc": "zinc",
    "thatch": "thatch", "wood": "shakes",
}  # fmt: skip
_COLORS = {
    "white": "efeee8", "black": "2b2a29", "grey": "9a9893", "gray": "9a9893", "lightgrey": "c6c4be", "lightgray": "c6c4be",
    "darkgrey": "5d5c5a", "darkgray": "5d5c5a", "red": "9c4a3c", "brown": "7d5a41", "beige": "d8c9a8", "yellow": "d9c27a",
    "orange": "c78a52", "green": "7d9270", "blue": "7c93a8", "pink": "d3a79c", "maroon": "6e3630", "cream": "e7dfc6",
    "tan": "c7ae86", "silver": "c0c0bd",
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})$", re.IGNORECASE)
_FLAT_ABOVE_M2 = 700.0


def style_for(tags: Mapping[str, Any], area_m2: float, height: Height, *, in_row: bool, key: str) -> Style:
    """The style of a use, a size and a height; of several that suit, by chance of its id."""
    use = str(tags.get("building", "")).lower()
    if use in _SMALL or (area_m2 < 45 and height.height_m < 4.2):
        return read_style("barn")
    if use in _BIG_HALLS or (area_m2 > 1200 and height.storeys <= 3 and height.height_m < 14):
        return read_style("warehouse")
    if height.height_m > 40 or (use in _OFFICES and height.storeys > 5):
        return read_style("office_tower")
    if use in _FLATS or use in _OFFICES or area_m2 > 420 or height.storeys > 6:
        return read_style("apartment")
    if "shop" in tags or use in ("retail", "shop") or tags.get("amenity") in ("restaurant", "cafe", "bar", "pub"):
        return read_style("shop_house")
    if use in ("farm", "farmhouse"):
        return read_style("farmhouse")
    if height.storeys >= 4:
        return read_style("haussmann" if in_row and height.storeys > 4 else "apartment" if not in_row else "townhouse")
    if in_row:
        return read_style("townhouse" if chance("row", key) < 0.72 else "shop_house")
    return read_style("villa" if chance("free", key) < 0.75 else "farmhouse")


def roof_of(tags: Mapping[str, Any], style: Style, area_m2: float, half_m: float, rise_m: float) -> tuple[RoofFacts, bool]:
    """Kind and pitch of a roof over a plan of half that width, no higher than `rise_m`; and whether it was guessed."""
    said = _ROOFS.get(str(tags.get("roof:shape", "")).lower(), "")
    kind = said or ("flat" if area_m2 > _FLAT_ABOVE_M2 else style.roof.kind)
    if kind == "flat":
        return RoofFacts("flat"), not said
    pitch = style.roof.pitch_deg if kind == style.roof.kind or style.roof.kind == "flat" else 38.0
    wanted = metres(tags.get("roof:height"))
    if math.isnan(wanted) and not said and rise_m < 0.8:
        return RoofFacts("flat"), True
    most = min(wanted if not math.isnan(wanted) and wanted > 0.3 else 14.0, max(rise_m, 0.4))
    if kind not in ("mansard", "gambrel", "curved"):
        pitch = min(pitch, math.degrees(math.atan2(most, max(half_m, 0.5))))
    return replace(style.roof, kind=kind, pitch_deg=max(pitch, 6.0), most=most, gables="ends",
                   overhang=min(style.roof.overhang, 0.3)), not said  # fmt: skip


def fitted(style: Style, tags: Mapping[str, Any], *, storeys: int, eave_m: float, roof: RoofFacts) -> Style:
    """A style whose storeys fill a height, with the roof, materials and colours that a map names."""
    natural = style.numbers["ground"] + (storeys - 1) * style.numbers["floor"]
    scale = eave_m / natural
    numbers = {**style.numbers, "ground": style.numbers["ground"] * scale, "floor": style.numbers["floor"] * scale, "base": 0.0}
    surfaces = dict(style.surfaces)
    wall = _look(tags.get("building:material"), tags.get("building:colour", tags.get("building:color")), _MATERIALS, "plaster")
    cover = _look(tags.get("roof:material"), tags.get("roof:colour", tags.get("roof:color")), _COVERS, "tiles")
    if wall:
        surfaces["wall"] = (wall,)
    if cover:
        surfaces["covering"] = (cover,)
    elif roof.kind != "flat" and style.roof.kind == "flat":
        surfaces["covering"] = ("tiles", "slate")
    return replace(style, numbers=numbers, surfaces=surfaces, roof=roof)


def _look(material: object, color: object, known: Mapping[str, str], plain: str) -> str:
    base = known.get(str(material).lower(), "")
    tint = _tint(str(color).lower()) if color else ""
    if not base and not tint:
        return ""
    base = base.partition("#")[0] if tint else base
    return f"{base or plain}#{tint}" if tint else base


def _tint(text: str) -> str:
    """Six digits of a colour, coarse, so that a town shares some pictures of walls."""
    match = _HEX.match(text)
    digits = _COLORS.get(text, "") if match is None else match[1] if len(match[1]) == 6 else "".join(2 * each for each in match[1])
    if not digits:
        return ""
    parts = [min(round(int(digits[k : k + 2], 16) / 36.4) * 36, 252) for k in (0, 2, 4)]
    # Walls are never as bright as paint on a screen, nor black.
    return "".join(f"{min(max(part, 36), 236):02x}" for part in parts)
