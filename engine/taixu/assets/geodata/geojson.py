"""GeoJSON (RFC 7946): areas, lines and points with properties; the older ``crs`` member is read, too.

What a feature is comes from tags as OpenStreetMap has them, where it has some; otherwise an area with a height or storeys is a
building, and so are all areas of a file that has no such tags and whose areas are small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from taixu.assets.geodata.features import MOST_FEATURES, Area, MapData, Points, Spot, Way, tidy_attributes
from taixu.assets.geodata.tags import kind_of_area, kind_of_spot, kind_of_way
from taixu.errors import TaixuError

__all__ = ["decode_geojson", "is_geojson"]

_TYPES = ("FeatureCollection", "Feature", "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
          "GeometryCollection")  # fmt: skip
_BUILDING = re.compile(r"building|footprint|gebäude|gebaeude|pand\b|bâtiment|batiment|建筑", re.IGNORECASE)
_HEIGHT = ("height", "measuredHeight", "height_m", "levels", "storeys", "floors", "num_floors", "building:levels", "建筑高度")
_EPSG = re.compile(r"EPSG:{1,2}(\d{3,6})$|OGC:[\d.]*:CRS84$", re.IGNORECASE)


def is_geojson(found: Mapping[str, Any]) -> bool:
    """Whether a JSON object is GeoJSON."""
    return found.get("type") in _TYPES


def decode_geojson(raw: Mapping[str, Any], *, name: str) -> MapData:
    """What a GeoJSON object says.

    Raises
    ------
    TaixuError
        When it holds more than can be read.
    """
    features = raw.get("features") if raw.get("type") == "FeatureCollection" else [raw]
    if not isinstance(features, list) or len(features) > MOST_FEATURES:
        raise TaixuError(f"{name}: features is no list of up to {MOST_FEATURES:,}")
    said = MapData(crs=_crs_of(raw))
    is_of_buildings = bool(_BUILDING.search(name)) or bool(_BUILDING.search(str(raw.get("name", ""))[:200]))
    for number, feature in enumerate(features):
        where = f"features/{number}"
        if not isinstance(feature, Mapping):
            said.doubt(where, "it is no object and was left out")
            continue
        properties = feature.get("properties") if feature.get("type") == "Feature" else {}
        tags = properties if isinstance(properties, Mapping) else {}
        key = feature.get("id", tags.get("id", tags.get("@id", where)))
        key = str(key)[:80] if isinstance(key, (str, int)) else where
        geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
        parts = list(_parts(geometry))
        if not parts:
            said.doubt(key, "it has no geometry that can be read and was left out")
        for at, (what, rows) in enumerate(parts):
            _add(said, key if len(parts) == 1 else f"{key}#{at + 1}", what, rows, tags, is_of_buildings=is_of_buildings)
    return said


def _add(said: MapData, key: str, what: str, rows: Any, tags: Mapping[str, Any], *, is_of_buildings: bool) -> None:
    attributes = tidy_attributes(tags)
    if what == "Point":
        point = _points([rows])
        if point is None:
            said.doubt(key, "its coordinates are no numbers, and it was left out")
            return
        at = point[0]
        said.spots.append(Spot(key, kind_of_spot(tags) or _said_kind(tags) or "other",
            np.array([at[0], at[1], at[2] if len(at) > 2 else np.nan]), attributes))  # fmt: skip
    elif what == "LineString":
        points = _points(rows)
        if points is None or len(points) < 2:
            said.doubt(key, "its line has fewer than two points that are numbers, and it was left out")
            return
        said.ways.append(Way(key, kind_of_way(tags) or _said_kind(tags) or "road", points[:, :2], attributes))
    else:
        rings = [_points(ring) for ring in rows] if isinstance(rows, list) else []
        outer = rings[0] if rings else None
        if outer is None or len(outer) < 4:
            said.doubt(key, "its outline has fewer than three corners that are numbers, and it was left out")
            return
        holes = [ring[:-1, :2] for ring in rings[1:] if ring is not None and len(ring) > 3]
        if len(holes) < len(rings) - 1:
            said.doubt(key, "a hole in it has fewer than three corners that are numbers, and was left out")
        kind = kind_of_area(tags) or _said_kind(tags)
        if not kind:
            is_high = any(name in tags for name in _HEIGHT)
            kind = "building" if is_high or is_of_buildings else "other"
        said.areas.append(Area(key, kind, (outer[:-1, :2], *holes), attributes))


def _said_kind(tags: Mapping[str, Any]) -> str:
    """What a property called kind, type or class says, where that is one of ours."""
    from taixu.assets.geodata.features import KINDS

    for name in ("kind", "type", "class", "layer"):
        value = str(tags.get(name, ""))[:40].lower().rstrip("s")
        if value in KINDS:
            return value
        if _BUILDING.search(value):
            return "building"
    return ""


def _parts(geometry: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Points, lines and polygons of a geometry."""
    if not isinstance(geometry, Mapping) or depth > 4:
        return
    what, rows = geometry.get("type"), geometry.get("coordinates")
    if what in ("Point", "LineString", "Polygon"):
        yield what, rows
    elif what in ("MultiPoint", "MultiLineString", "MultiPolygon") and isinstance(rows, list):
        for row in rows:
            yield what[5:], row
    elif what == "GeometryCollection":
        members = geometry.get("geometries")
        for each in members if isinstance(members, list) else []:
            yield from _parts(each, depth + 1)


def _points(raw: Any) -> Points | None:
    """Rows of two or three finite numbers; None where they are not."""
    if not isinstance(raw, list) or not raw:
        return None
    if not all(isinstance(row, list) and len(row) >= 2 for row in raw):
        return None
    try:
        wide = min(min(len(row) for row in raw), 3)
        found = np.array([row[:wide] for row in raw], np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if np.isfinite(found).all() and float(np.abs(found).max()) < 1e9 else None


def _crs_of(raw: Mapping[str, Any]) -> str:
    """The system that a file names, or WGS 84, as the standard has it."""
    crs = raw.get("crs")
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    text = properties.get("name") if isinstance(properties, Mapping) else None
    match = _EPSG.search(text[:200]) if isinstance(text, str) else None
    return f"EPSG:{match[1]}" if match and match[1] else "EPSG:4326"


