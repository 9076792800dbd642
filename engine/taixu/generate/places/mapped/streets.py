"""Ways of a map as roads: classes by their tags, pieces of one street joined."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from taixu.assets.geodata import Way
from taixu.assets.geodata.features import metres
from taixu.generate.places.roads import Road
from taixu.generate.places.roads.layout import Row
from taixu.generate.places.roads.network import MOST_POINTS

__all__ = ["road_kind", "roads_of", "thinned"]

_FLAT_M = 0.01

_KINDS = {
    "motorway": "highway", "trunk": "highway", "motorway_link": "highway", "trunk_link": "highway", "primary": "street",
    "secondary": "street", "tertiary": "street", "primary_link": "street", "secondary_link": "street", "tertiary_link": "street",
    "unclassified": "street", "residential": "street", "living_street": "village", "road": "street", "pedestrian": "village",
    "service": "service", "busway": "service", "track": "track", "footway": "footway", "cycleway": "footway", "path": "path",
    "bridleway": "path", "steps": "footway",
}  # fmt: skip
_LOOSE = ("unpaved", "gravel", "fine_gravel", "compacted", "pebblestone")
_EARTH = ("ground", "dirt", "earth", "grass", "mud", "sand")
_STONES = ("cobblestone", "sett", "unhewn_cobblestone", "paving_stones")


def road_kind(tags: Mapping[str, Any]) -> str:
    """The class of `places.roads` that a road's tags come nearest to."""
    kind = _KINDS.get(str(tags.get("highway", "")), "street")
    lanes, wide = metres(tags.get("lanes")), metres(tags.get("width"))
    if kind == "street" and ((not math.isnan(lanes) and lanes >= 4) or (not math.isnan(wide) and wide >= 12)):
        return "avenue"
    surface = str(tags.get("surface", ""))
    if kind in ("street", "service", "track", "footway") and surface in _EARTH:
        return "path" if kind == "footway" else "track"
    if kind == "service" and surface in _LOOSE:
        return "lane"
    if kind == "street" and surface in _STONES:
        return "village"
    if kind == "service" and (surface in _STONES or tags.get("service") == "alley"):
        return "alley"
    return kind


def roads_of(ways: Iterable[Way]) -> list[Road]:
    """Roads of ways: those of one class and name that run on into each other are one."""
    import shapely

    groups: dict[tuple[str, str], list[Any]] = {}
    for way in ways:
        if way.kind == "road" and len(way.points) > 1:
            key = (road_kind(way.attributes), str(way.attributes.get("name", "")))
            groups.setdefault(key, []).append(shapely.LineString(way.points))
    found = []
    for (kind, name), lines in groups.items():
        for number, line in enumerate(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))):
            points = np.asarray(line.simplify(0.05).coords)
            for start in range(0, len(points) - 1, MOST_POINTS - 1):
                found.append(Road(points[start : start + MOST_POINTS], kind, False, name or f"{kind} {number + 1}"))
    return found


def thinned(row: Row) -> Row:
    """A road without the points that lie within a centimetre of a straight line: towns of straight streets are a third as large.

    Douglas and Peucker, "Algorithms for the Reduction of the Number of Points", 1973. Bridges stay as they are.
    """
    if row.is_bridge.any() or len(row.points) < 3:
        return row
    points = np.column_stack([row.points, row.heights])
    kept = np.zeros(len(points), bool)
    kept[[0, -1]] = True
    parts = [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        run, inner = points[last] - points[first], points[first + 1 : last] - points[first]
        if not len(inner):
            continue
        share = np.clip(inner @ run / max(float(run @ run), 1e-12), 0.0, 1.0)
        off = np.linalg.norm(inner - share[:, None] * run, axis=1)
        farthest = int(off.argmax())
        if off[farthest] > _FLAT_M:
            middle = first + 1 + farthest
            kept[middle] = True
            parts += [(first, middle), (middle, last)]
    named = {name: getattr(row, name)[kept] for name in ("points", "left", "along", "heights", "is_bridge")}
    return replace(row, **named)
