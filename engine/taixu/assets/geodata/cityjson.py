"""CityJSON 1.0 to 2.0 (https://www.cityjson.org/specs/2.0.1/): solids with semantic surfaces, levels of detail, attributes.

Of each object the finest level is read. Parts of a building belong to it: one building is one solid, with its own attributes before
those of its parts. Also CityJSONSeq: a line for the file, then one for each feature.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.features import MOST_FEATURES, MOST_POINTS, MapData, Solid, Spot, tidy_attributes
from taixu.assets.geodata.json_file import MOST_BYTES, read_json
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["is_cityjson", "read_cityjson", "read_cityjson_lines"]

_KINDS = {
    "Building": "building", "BuildingPart": "building", "BuildingInstallation": "building", "BuildingUnit": "building",
    "BuildingRoom": "", "BuildingStorey": "", "BuildingFurniture": "", "BuildingConstructiveElement": "building",
    "Road": "road", "Railway": "rail", "TransportSquare": "paved", "Waterway": "water", "WaterBody": "water",
    "LandUse": "ground", "PlantCover": "grass", "SolitaryVegetationObject": "tree", "TINRelief": "ground",
    "Bridge": "bridge", "BridgePart": "bridge", "CityFurniture": "furniture",
}  # fmt: skip
_SURFACES = {"WallSurface": "wall", "RoofSurface": "roof", "GroundSurface": "ground", "OuterCeilingSurface": "ground",
             "OuterFloorSurface": "roof", "Window": "wall", "Door": "wall"}  # fmt: skip
_DEPTH = {"MultiSurface": 1, "CompositeSurface": 1, "Solid": 2, "MultiSolid": 3, "CompositeSolid": 3}
"""How many lists there are around a surface's rings."""
_EPSG = re.compile(r"(?:crs/|crs:)(EPSG)(?:/|:)[^/:]*(?:/|:)(\d{3,6})$", re.IGNORECASE)


def is_cityjson(found: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a CityJSON file."""
    return found.get("type") == "CityJSON"


def read_cityjson(path: Path) -> MapData:
    """A ``*.city.json``.

    Raises
    ------
    TaixuError
        When it is none; what is wrong in single objects is a finding.
    """
    return decode_cityjson(read_json(path), name=path.name)


def decode_cityjson(found: Mapping[str, Any], *, name: str) -> MapData:
    """What a CityJSON object says."""
    if not is_cityjson(found):
        raise TaixuError(f"{name}: it is no CityJSON; its type is {str(found.get('type'))[:40]!r}")
    said = MapData(crs=_crs_of(found))
    _take(said, found, _transform_of(found.get("transform"), name), name)
    return said


def read_cityjson_lines(path: Path) -> MapData:
    """A ``*.city.jsonl``: the file's own line first, then features.

    Raises
    ------
    TaixuError
        When it is none.
    """
    lines = read_bytes(path, max_bytes=MOST_BYTES).splitlines()
    said, transform = MapData(), (np.ones(3), np.zeros(3))
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            found = json.loads(line, parse_constant=lambda word: None)
        except (ValueError, RecursionError) as error:
            raise TaixuError(f"{where}: it is no JSON ({str(error)[:80]})") from None
        if not isinstance(found, dict) or (number == 1 and not is_cityjson(found)):
            raise TaixuError(f"{where}: a CityJSON object stands here first, then features")
        if number == 1:
            said.crs, transform = _crs_of(found), _transform_of(found.get("transform"), where)
        _take(said, found, transform, where)
    return said


def _crs_of(found: Mapping[str, Any]) -> str:
    metadata = found.get("metadata")
    text = metadata.get("referenceSystem", "") if isinstance(metadata, Mapping) else ""
    match = _EPSG.search(text) if isinstance(text, str) else None
    return f"EPSG:{match[2]}" if match else ""


def _transform_of(raw: Any, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if raw is None:
        return np.ones(3), np.zeros(3)
    parts = []
    for key in ("scale", "translate"):
        value = raw.get(key) if isinstance(raw, Mapping) else None
        if not (isinstance(value, list) and len(value) == 3 and all(_is_number(each) for each in value)):
            raise TaixuError(f"{name}: transform.{key} takes three numbers")
        parts.append(np.array(value, np.float64))
    return parts[0], parts[1]


def _take(said: MapData, found: Mapping[str, Any], transform: tuple[Any, Any], name: str) -> None:
    objects = found.get("CityObjects", {})
    if not isinstance(objects, Mapping):
        raise TaixuError(f"{name}: CityObjects is no object")
    if len(said) + len(objects) > MOST_FEATURES:
        raise TaixuError(f"{name}: it has more than {MOST_FEATURES:,} objects; split it into tiles")
    vertices = _vertices(found.get("vertices", []), name) * transform[0] + transform[1]
    templates = found.get("geometry-templates")
    families: dict[str, list[str]] = {}
    for key, thing in objects.items():
        if isinstance(thing, Mapping):
            families.setdefault(_root_of(str(key), objects), []).append(str(key))
        else:
            said.doubt(str(key), "it is no object and was left out")
    for root, members in families.items():
        _read_object(said, root, [objects[key] for key in members], vertices, templates)


def _vertices(raw: Any, name: str) -> NDArray[np.float64]:
    if not isinstance(raw, list) or len(raw) > MOST_POINTS:
        raise TaixuError(f"{name}: vertices is no list of up to {MOST_POINTS:,} rows")
    if not raw:
        return np.zeros((0, 3))
    try:
        found = np.array(raw, np.float64)
    except (TypeError, ValueError):
        raise TaixuError(f"{name}: vertices holds rows that are not three numbers") from None
    if found.ndim != 2 or found.shape[1] != 3:
        raise TaixuError(f"{name}: vertices holds rows that are not three numbers")
    return found


def _root_of(key: str, objects: Mapping[str, Any]) -> str:
    """The thing that a part is of."""
    for _ in range(8):
        thing = objects[key]
        parents = thing.get("parents") if isinstance(thing, Mapping) else None
        above = parents[0] if isinstance(parents, list) and parents else None
        if not isinstance(above, str) or above not in objects or not isinstance(objects[above], Mapping):
            break
        if objects[above].get("type") == "CityObjectGroup":
            break
        key = above
    return key


def _read_object(said: MapData, root: str, members: list[Mapping[str, Any]], vertices: Any, templates: Any) -> None:
    kind = next((_KINDS.get(str(each.get("type")), "other") for each in members), "other")
    attributes: dict[str, Any] = {}
    levels: dict[float, list[Mapping[str, Any]]] = {}
    for each in members:
        attributes = {**tidy_attributes(each.get("attributes")), **attributes}
        if _KINDS.get(str(each.get("type"))) == "":  # rooms and what stands in them
            continue
        geometry = each.get("geometry", [])
        for one in geometry if isinstance(geometry, list) else []:
            if isinstance(one, Mapping):
                levels.setdefault(_lod(one), []).append(one)
    attributes = {"type": str(members[0].get("type"))[:60], **attributes}
    for lod in sorted(levels, reverse=True):
        points = _points_of(levels[lod], vertices, templates)
        if points is not None and kind in ("tree", "furniture"):
            said.spots.append(Spot(root, kind, points, attributes))
            return
        polygons, surfaces, dropped = [], [], 0
        for one in levels[lod]:
            for rings, surface in _polygons(one):
                good = _rings(rings, vertices)
                if good is None:
                    dropped += 1
                else:
                    polygons.append(good)
                    surfaces.append(surface)
        if dropped:
            said.doubt(root, f"{dropped} of its surfaces have fewer than three vertices that are there, and were left out")
        if polygons:
            said.solids.append(_compact(root, kind, lod, vertices, polygons, surfaces, attributes))
            return
    if kind in ("building", "bridge"):
        said.doubt(root, "it has no surfaces and was left out")


def _compact(
    root: str, kind: str, lod: float, vertices: Any, polygons: list[Any], surfaces: list[str], attributes: dict[str, Any]
) -> Solid:
    used, place = np.unique(np.concatenate([ring for rings in polygons for ring in rings]), return_inverse=True)
    made, at = [], 0
    for rings in polygons:
        own = []
        for ring in rings:
            own.append(place[at : at + len(ring)])
            at += len(ring)
        made.append(tuple(own))
    return Solid(root, kind, lod, vertices[used], tuple(made), tuple(surfaces), attributes)


def _lod(geometry: Mapping[str, Any]) -> float:
    try:
        value = float(str(geometry.get("lod", "0"))[:8])
    except ValueError:
        return 0.0
    return value if math.isfinite(value) and 0 <= value < 10 else 0.0


def _points_of(geometries: list[Mapping[str, Any]], vertices: Any, templates: Any) -> NDArray[np.float64] | None:
    """Where a thing stands that is only a point, or a template put somewhere."""
    for one in geometries:
        if one.get("type") in ("MultiPoint", "GeometryInstance"):
            rows = one.get("boundaries")
            at = rows[0] if isinstance(rows, list) and rows else None
            if isinstance(at, int) and 0 <= at < len(vertices) and np.isfinite(vertices[at]).all():
                return np.asarray(vertices[at], np.float64)
    return None


def _polygons(geometry: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """Rings of each surface, and what it is."""
    depth = _DEPTH.get(str(geometry.get("type")), 0)
    if not depth:
        return
    semantics = geometry.get("semantics")
    names, values = [], None
    if isinstance(semantics, Mapping):
        raw = semantics.get("surfaces")
        names = [_SURFACES.get(str(each.get("type")), "") if isinstance(each, Mapping) else "" for each in raw] if isinstance(
            raw, list) else []  # fmt: skip
        values = semantics.get("values")

    def walk(rows: Any, said: Any, left: int) -> Iterator[tuple[Any, str]]:
        if not isinstance(rows, list):
            return
        for number, row in enumerate(rows):
            mine = said[number] if isinstance(said, list) and number < len(said) else said if isinstance(said, int) else None
            if left > 1:
                yield from walk(row, mine, left - 1)
            else:
                yield row, names[mine] if type(mine) is int and 0 <= mine < len(names) else ""

    yield from walk(geometry.get("boundaries"), values, depth)


def _rings(raw: Any, vertices: Any) -> tuple[NDArray[np.int64], ...] | None:
    if not isinstance(raw, list) or not raw:
        return None
    made = []
    for ring in raw:
        if not isinstance(ring, list) or len(ring) < 3 or not all(type(each) is int for each in ring):
            return None
        if min(ring) < 0 or max(ring) >= len(vertices):
            return None
        rows = np.array(ring, np.int64)
        if not np.isfinite(vertices[rows]).all():
            return None
        made.append(rows)
    return tuple(made)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
