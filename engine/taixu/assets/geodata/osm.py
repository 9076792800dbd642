"""OpenStreetMap: XML (https://wiki.openstreetmap.org/wiki/OSM_XML) and what Overpass answers as JSON.

Nodes, ways and relations of type multipolygon become spots, lines and areas of the kinds that `tags` knows. Nodes that ways name
and the file lacks (the map goes on where an extract ends) are left out of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.geodata.features import MOST_FEATURES, Area, MapData, Points, Spot, Way, tidy_attributes
from taixu.assets.geodata.json_file import MOST_BYTES
from taixu.assets.geodata.tags import kind_of_area, kind_of_spot, kind_of_way
from taixu.assets.paths import read_bytes
from taixu.assets.safe_xml import parse_xml
from taixu.errors import TaixuError

__all__ = ["decode_overpass", "is_overpass", "read_osm"]

_ODBL = "ODbL-1.0"


@dataclass
class _Map:
    """Elements by id; ways as lists of node ids."""

    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, dict[str, Any]] = field(default_factory=dict)
    ways: dict[int, list[int]] = field(default_factory=dict)
    way_tags: dict[int, dict[str, Any]] = field(default_factory=dict)
    relations: list[tuple[int, list[tuple[str, int, str]], dict[str, Any]]] = field(default_factory=list)
    broken: int = 0


def read_osm(path: Path) -> MapData:
    """A ``*.osm``.

    Raises
    ------
    TaixuError
        When it is none.
    """
    root = parse_xml(read_bytes(path, max_bytes=MOST_BYTES), name=path.name)
    if root.tag != "osm":
        raise TaixuError(f"{path.name}: it is no OpenStreetMap file; its first element is <{root.tag[:40]}>")
    found = _Map()
    said = MapData(crs="EPSG:4326", licence=_ODBL, attribution="© OpenStreetMap contributors")
    for each in root:
        if each.tag == "bounds":
            said.bounds = _bounds([each.get(key) for key in ("minlon", "minlat", "maxlon", "maxlat")])
            continue
        if each.tag not in ("node", "way", "relation") or each.get("action") == "delete" or each.get("visible") == "false":
            continue
        key = _whole(each.get("id"))
        tags = {tag.get("k", ""): tag.get("v", "") for tag in each if tag.tag == "tag"}
        if key is None:
            found.broken += 1
        elif each.tag == "node":
            _add_node(found, key, each.get("lon"), each.get("lat"), tags)
        elif each.tag == "way":
            refs = [_whole(ref.get("ref")) for ref in each if ref.tag == "nd"]
            _add_way(found, key, [ref for ref in refs if ref is not None], tags)
        else:
            members = [(m.get("type", ""), _whole(m.get("ref")) or 0, m.get("role", "")) for m in each if m.tag == "member"]
            found.relations.append((key, members, tags))
    _interpret(said, found, path.name)
    return said


def is_overpass(found: Mapping[str, Any]) -> bool:
    """Whether a JSON object is Overpass's answer."""
    return isinstance(found.get("elements"), list)


def decode_overpass(raw: Mapping[str, Any]) -> MapData:
    """Overpass's JSON, with nodes (``out body; >; out skel``) or with geometry in ways and relations (``out geom``)."""
    found = _Map()
    said = MapData(crs="EPSG:4326", licence=_ODBL, attribution="© OpenStreetMap contributors")
    made = -1  # ids of nodes that only stand in the geometry of ways
    for each in raw["elements"]:
        if not isinstance(each, Mapping) or type(each.get("id")) is not int:
            found.broken += 1
            continue
        tags = each.get("tags")
        tags = {str(k): v for k, v in tags.items()} if isinstance(tags, Mapping) else {}
        key, what = each["id"], each.get("type")
        if what == "node":
            _add_node(found, key, each.get("lon"), each.get("lat"), tags)
        elif what == "way":
            refs, shape = each.get("nodes"), each.get("geometry")
            refs = [ref for ref in refs if type(ref) is int] if isinstance(refs, list) else []
            if isinstance(shape, list):
                if len(refs) != len(shape):
                    refs = list(range(made, made - len(shape), -1))
                    made -= len(shape)
                    if len(shape) > 2 and shape[0] == shape[-1]:
                        refs[-1] = refs[0]
                for ref, at in zip(refs, shape):
                    if isinstance(at, Mapping):
                        _add_node(found, ref, at.get("lon"), at.get("lat"), {})
            _add_way(found, key, refs, tags)
        elif what == "relation":
            members = each.get("members")
            rows = [m for m in members if isinstance(m, Mapping)] if isinstance(members, list) else []
            for m in rows:  # `out geom` puts the lines of members here
                ref, shape = m.get("ref"), m.get("geometry")
                if m.get("type") == "way" and type(ref) is int and ref not in found.ways and isinstance(shape, list):
                    refs = list(range(made, made - len(shape), -1))
                    made -= len(shape)
                    for name, at in zip(refs, shape):
                        if isinstance(at, Mapping):
                            _add_node(found, name, at.get("lon"), at.get("lat"), {})
                    _add_way(found, ref, refs, {})
            found.relations.append((key, [(str(m.get("type")), m["ref"] if type(m.get("ref")) is int else 0, str(m.get("role", "")))
                                          for m in rows], tags))  # fmt: skip
    _interpret(said, found, "")
    return said


def _add_node(found: _Map, key: int, lon: Any, lat: Any, tags: dict[str, Any]) -> None:
    x, y = _degrees(lon, 180.0), _degrees(lat, 90.0)
    if x is None or y is None:
        found.broken += 1
        return
    found.nodes[key] = (x, y)
    if tags:
        found.node_tags[key] = tags


def _add_way(found: _Map, key: int, refs: list[int], tags: dict[str, Any]) -> None:
    found.ways[key] = refs
    found.way_tags[key] = tags


def _interpret(said: MapData, found: _Map, name: str) -> None:
    if len(found.node_tags) + len(found.ways) + len(found.relations) > MOST_FEATURES:
        raise TaixuError(f"{name}: it has more than {MOST_FEATURES:,} ways and tagged points; cut out a smaller part")
    if found.broken:
        said.doubt("", f"{found.broken:,} elements have no id or no place on the earth and were left out")
    for key, tags in found.node_tags.items():
        kind = kind_of_spot(tags)
        if kind:
            said.spots.append(Spot(f"node/{key}", kind, np.array([*found.nodes[key], np.nan]), tidy_attributes(tags)))
    in_areas = _relations(said, found)
    for key, refs in found.ways.items():
        tags = found.way_tags[key]
        if key in in_areas or not tags:
            continue
        where = f"way/{key}"
        is_closed = len(refs) > 3 and refs[0] == refs[-1]
        area, line = kind_of_area(tags) if is_closed else "", kind_of_way(tags)
        if not area and not line:
            continue
        points = _line(found, refs)
        if area and len(points) > 3:
            said.areas.append(Area(where, area, (points[:-1],), tidy_attributes(tags)))
        elif line and len(points) > 1:
            said.ways.append(Way(where, line, points, tidy_attributes(tags)))
        elif area or line:
            said.doubt(where, "most of its points are not in the file, and it was left out")


def _relations(said: MapData, found: _Map) -> set[int]:
    """Areas of several lines; gives the ways whose tags they repeat."""
    used: set[int] = set()
    for key, members, tags in found.relations:
        if tags.get("type") not in ("multipolygon", "boundary") or tags.get("type") == "boundary":
            continue
        kind = kind_of_area(tags)
        if not kind:
            continue
        outer = _chained(found, (ref for what, ref, role in members if what == "way" and role != "inner"))
        inner = _chained(found, (ref for what, ref, role in members if what == "way" and role == "inner"))
        if not outer:
            said.doubt(f"relation/{key}", "its outline is not closed in the file, and it was left out")
            continue
        used |= {ref for what, ref, role in members if what == "way" and role != "inner" and kind_of_area(
            found.way_tags.get(ref, {})) == kind}  # fmt: skip
        for number, ring in enumerate(outer):
            name = f"relation/{key}" + (f"#{number + 1}" if len(outer) > 1 else "")
            holes = [hole for hole in inner if _has(ring, hole[0])]
            said.areas.append(Area(name, kind, (ring, *holes), tidy_attributes(tags)))
    return used


def _chained(found: _Map, ways: Iterable[int]) -> list[Points]:
    """Closed rings of ways that begin where others end."""
    open_ones = [list(found.ways[way]) for way in ways if len(found.ways.get(way, ())) > 1]
    ends: dict[tuple[float, float], list[int]] = {}
    lines = [_line(found, refs) for refs in open_ones]
    lines = [line for line in lines if len(line) > 1]
    for number, line in enumerate(lines):
        for end in (line[0], line[-1]):
            ends.setdefault((float(end[0]), float(end[1])), []).append(number)
    taken = [False] * len(lines)
    rings: list[Points] = []
    for first, line in enumerate(lines):
        if taken[first]:
            continue
        taken[first] = True
        chain = [line]
        while not np.array_equal(chain[0][0], chain[-1][-1]):
            at = chain[-1][-1]
            following = next((k for k in ends[(float(at[0]), float(at[1]))] if not taken[k]), None)
            if following is None:
                break
            taken[following] = True
            other = lines[following]
            chain.append(other if np.array_equal(other[0], at) else other[::-1])
        ring = np.concatenate([chain[0], *(part[1:] for part in chain[1:])])
        if len(ring) > 3 and np.array_equal(ring[0], ring[-1]):
            rings.append(ring[:-1])
    return rings


def _has(ring: Points, point: Points) -> bool:
    """Whether a point lies in a ring (crossings to the right are odd)."""
    a, b = ring, np.roll(ring, -1, 0)
    crosses = (a[:, 1] > point[1]) != (b[:, 1] > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        x = a[:, 0] + (point[1] - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    return bool((crosses & (x > point[0])).sum() % 2)


def _line(found: _Map, refs: list[int]) -> Points:
    rows = [found.nodes[ref] for ref in refs if ref in found.nodes]
    return np.array(rows, np.float64).reshape(-1, 2)


def _degrees(value: Any, most: float) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and abs(number) <= most else None


def _whole(value: str | None) -> int | None:
    try:
        return int(value) if value is not None and len(value) < 20 else None
    except ValueError:
        return None


def _bounds(raw: list[Any]) -> tuple[float, float, float, float] | None:
    west, south, east, north = (_degrees(value, most) for value, most in zip(raw, (180.0, 90.0, 180.0, 90.0)))
    if west is None or south is None or east is None or north is None or west >= east or south >= north:
        return None
    return west, south, east, north
