"""What OpenStreetMap's tags mean (https://wiki.openstreetmap.org/wiki/Map_features); GeoJSON of maps often carries the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["kind_of_area", "kind_of_spot", "kind_of_way"]

_LAND = {
    "grass": "grass", "meadow": "grass", "village_green": "grass", "recreation_ground": "grass", "cemetery": "grass",
    "allotments": "grass", "greenfield": "grass", "forest": "forest", "orchard": "forest", "vineyard": "farm",
    "farmland": "farm", "farm": "farm", "farmyard": "earth", "quarry": "earth", "brownfield": "earth", "construction": "earth",
    "landfill": "earth", "basin": "water", "reservoir": "water", "railway": "earth", "residential": "grass",
}  # fmt: skip
_NATURAL = {
    "water": "water", "wood": "forest", "scrub": "forest", "grassland": "grass", "heath": "grass", "fell": "grass",
    "wetland": "grass", "sand": "sand", "beach": "sand", "shingle": "sand", "bare_rock": "earth", "scree": "earth", "mud": "earth",
}  # fmt: skip
_LEISURE = {"park": "grass", "garden": "grass", "pitch": "grass", "golf_course": "grass", "dog_park": "grass",
            "playground": "sand", "swimming_pool": "water", "common": "grass", "nature_reserve": ""}  # fmt: skip
_SPOTS = {
    "street_lamp": "lamp", "bench": "furniture", "waste_basket": "furniture", "bollard": "furniture", "post_box": "furniture",
    "fountain": "furniture", "bicycle_parking": "furniture", "drinking_water": "furniture", "recycling": "furniture",
}  # fmt: skip
_UNSEEN = ("proposed", "construction", "razed", "corridor", "elevator", "platform")
_BESIDE = ("sidewalk", "crossing")
"""Parts of a road that its own line stands for."""
_BARRIERS = ("wall", "city_wall", "retaining_wall", "fence", "hedge", "guard_rail")


def kind_of_area(tags: Mapping[str, Any]) -> str:
    """What a closed line with these tags is; empty where it is no area that is drawn."""
    if tags.get("building", "no") != "no":
        return "" if tags.get("location") == "underground" else "building"
    if tags.get("waterway") in ("riverbank", "dock"):
        return "water"
    if tags.get("area") == "yes" and ("highway" in tags or "railway" in tags):
        return "paved"
    if tags.get("amenity") in ("parking", "marketplace") or tags.get("place") == "square":
        return "paved"
    for key, known in (("natural", _NATURAL), ("leisure", _LEISURE), ("landuse", _LAND)):
        found = known.get(str(tags.get(key)))
        if found:
            return found
    return ""


def kind_of_way(tags: Mapping[str, Any]) -> str:
    """What a line with these tags is; empty where it is none that is drawn."""
    if "highway" in tags and tags.get("area") != "yes":
        is_seen = tags.get("tunnel", "no") == "no" and tags["highway"] not in _UNSEEN and tags.get("footway") not in _BESIDE
        return "road" if is_seen else ""
    if tags.get("railway") in ("rail", "tram", "light_rail", "narrow_gauge", "subway"):
        return "" if tags.get("tunnel", "no") != "no" or tags["railway"] == "subway" else "rail"
    if tags.get("waterway") in ("river", "stream", "canal", "drain", "ditch"):
        return "" if tags.get("tunnel", "no") != "no" else "water"
    if tags.get("natural") == "tree_row":
        return "tree"
    if tags.get("barrier") in _BARRIERS:
        return "barrier"
    return ""


def kind_of_spot(tags: Mapping[str, Any]) -> str:
    """What a point with these tags is; empty where it is none that is drawn."""
    if tags.get("natural") == "tree":
        return "tree"
    for key in ("highway", "amenity", "barrier", "man_made"):
        found = _SPOTS.get(str(tags.get(key)))
        if found:
            return found
    return ""
