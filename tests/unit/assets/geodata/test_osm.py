"""OpenStreetMap: XML and Overpass's JSON say the same; relations with holes; what is broken is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.assets.geodata import MapData, read_map
from taixu.errors import TaixuError

_NODES = {1: (11.0, 48.0), 2: (11.001, 48.0), 3: (11.001, 48.001), 4: (11.0, 48.001), 5: (11.0004, 48.0004), 6: (11.0006, 48.0004),
          7: (11.0005, 48.0006), 8: (11.002, 48.002)}  # fmt: skip
_WAYS: dict[int, tuple[list[int], dict[str, str]]] = {
    10: ([1, 2, 3], {}),
    11: ([1, 4, 3], {}),
    12: ([5, 6, 7, 5], {}),
    13: ([1, 2, 8], {"highway": "residential", "name": "Hauptstraße", "lanes": "2"}),
    14: ([5, 6, 7, 5], {"building": "yes", "height": "12 m"}),
    15: ([1, 2, 99], {"landuse": "grass"}),
    16: ([1, 99], {"highway": "service"}),
}
_RELATION = (20, [("way", 10, "outer"), ("way", 11, "outer"), ("way", 12, "inner")], {"type": "multipolygon", "landuse": "forest"})


def _xml(extra: str = "") -> str:
    rows = [f'<node id="{key}" lon="{lon}" lat="{lat}"/>' for key, (lon, lat) in _NODES.items() if key != 8]
    rows.append('<node id="8" lon="11.002" lat="48.002"><tag k="natural" v="tree"/></node>')
    for key, (refs, tags) in _WAYS.items():
        body = "".join(f'<nd ref="{ref}"/>' for ref in refs) + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        rows.append(f'<way id="{key}">{body}</way>')
    key, members, tags = _RELATION
    body = "".join(f'<member type="{t}" ref="{r}" role="{role}"/>' for t, r, role in members)
    rows.append(f'<relation id="{key}">{body}' + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items()) + "</relation>")
    return f'<osm version="0.6"><bounds minlat="48" minlon="11" maxlat="48.002" maxlon="11.002"/>{"".join(rows)}{extra}</osm>'


def _overpass(*, is_geom: bool) -> dict[str, Any]:
    key, members, tags = _RELATION

    def shape(refs: list[int]) -> list[dict[str, float] | None]:
        return [{"lon": _NODES[ref][0], "lat": _NODES[ref][1]} if ref in _NODES else None for ref in refs]

    plain = {} if is_geom else {each: at for each, at in _NODES.items() if each != 8}
    nodes: list[dict[str, Any]] = [{"type": "node", "id": each, "lon": lon, "lat": lat} for each, (lon, lat) in plain.items()]
    nodes.append({"type": "node", "id": 8, "lon": 11.002, "lat": 48.002, "tags": {"natural": "tree"}})
    ways = [
        {"type": "way", "id": each, "tags": said} | ({"geometry": shape(refs)} if is_geom else {"nodes": refs})
        for each, (refs, said) in _WAYS.items() if said or not is_geom
    ]  # fmt: skip
    rows = [{"type": t, "ref": r, "role": role} | ({"geometry": shape(_WAYS[r][0])} if is_geom else {}) for t, r, role in members]
    return {"elements": [*nodes, *ways, {"type": "relation", "id": key, "members": rows, "tags": tags}]}


def _told(found: MapData) -> dict[str, Any]:
    return {
        "areas": {each.id: (each.kind, [sorted(map(tuple, ring.tolist())) for ring in each.rings]) for each in found.areas},
        "ways": {each.id: (each.kind, each.points.tolist(), dict(each.attributes)) for each in found.ways},
        "spots": {each.id: (each.kind, each.point[:2].tolist()) for each in found.spots},
        "doubted": {each.where for each in found.findings},
    }


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reading(text: str, name: str) -> MapData:
        (tmp_path / name).write_text(text)
        return read_map(tmp_path / name)

    return reading


def test_xml_has_buildings_roads_trees_and_areas_with_holes(read: Any) -> None:
    found = read(_xml(), "x.osm")
    told = _told(found)
    assert found.crs == "EPSG:4326" and found.bounds == (11.0, 48.0, 11.002, 48.002) and found.licence == "ODbL-1.0"
    assert {key: kind for key, (kind, _) in told["areas"].items()} == {"relation/20": "forest", "way/14": "building"}
    outer, hole = told["areas"]["relation/20"][1]
    assert outer == sorted(_NODES[key] for key in (1, 2, 3, 4)) and hole == sorted(_NODES[key] for key in (5, 6, 7))
    assert told["ways"] == {"way/13": ("road", [list(_NODES[key]) for key in (1, 2, 8)], {"highway": "residential",
                                       "name": "Hauptstraße", "lanes": "2"})}  # fmt: skip
    assert told["spots"] == {"node/8": ("tree", [11.002, 48.002])}
    assert told["doubted"] == {"way/16"}


@pytest.mark.parametrize("is_geom", [False, True])
def test_overpass_says_the_same(read: Any, is_geom: bool) -> None:
    assert _told(read(json.dumps(_overpass(is_geom=is_geom)), "x.json")) == _told(read(_xml(), "x.osm"))


@pytest.mark.parametrize("extra", [
    '<node id="a" lon="1" lat="2"/>', '<node id="30" lon="nan" lat="2"/>', '<node id="30" lon="1" lat="95"/>', '<node id="30"/>',
])  # fmt: skip
def test_nodes_that_are_nowhere_are_told(read: Any, extra: str) -> None:
    found = read(_xml(extra), "x.osm")
    assert len(found.areas) == 2
    assert any("1 elements have no id or no place" in each.message for each in found.findings)


@pytest.mark.parametrize(("name", "text", "match"), [
    ("x.osm", "<gpx/>", "no OpenStreetMap file"), ("x.osm", "<osm", "no XML"),
    ("x.osm", '<!DOCTYPE o [<!ENTITY a "b">]><osm/>', "declares entities"),
    ("x.json", '{"a": 1}', "neither CityJSON nor GeoJSON"), ("x.json", "[1]", "no JSON object"),
    ("x.json", "[" * 100_000, "too deeply|no JSON"), ("x.tiff", "x", "no map"),
])  # fmt: skip
def test_what_is_no_map_says_so(read: Any, name: str, text: str, match: str) -> None:
    with pytest.raises(TaixuError, match=match):
        read(text, name)


def test_a_block_in_bavaria(content: Path) -> None:
    found = read_map(content / "osm/bavaria_block.osm")
    kinds = [each.kind for each in found.areas]
    assert kinds.count("building") == 32
    assert len(found.ways) == 14
    assert all(np.isfinite(each.points).all() for each in found.ways)
