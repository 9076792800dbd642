"""GeoJSON: kinds by tags, by heights and by names; broken features are findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.assets.geodata import MapData, read_map

_RING = [[11.0, 48.0], [11.001, 48.0], [11.001, 48.001], [11.0, 48.0]]


def _feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": 7, "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def _read(tmp_path: Path, *features: Any, name: str = "x.geojson", **more: Any) -> MapData:
    file = tmp_path / name
    file.write_text(json.dumps({"type": "FeatureCollection", "features": list(features), **more}))
    return read_map(file)


def test_areas_lines_and_points(tmp_path: Path) -> None:
    found = _read(
        tmp_path, _feature("Polygon", [_RING], height=9.5), _feature("MultiPolygon", [[_RING], [_RING]], landuse="grass"),
        _feature("LineString", _RING[:2], highway="primary"), _feature("Point", [11.0, 48.0, 5.0], natural="tree"),
        _feature("Polygon", [_RING], note="a border"),
    )  # fmt: skip
    assert [(each.id, each.kind) for each in found.areas] == [("7", "building"), ("7#1", "grass"), ("7#2", "grass"), ("7", "other")]
    assert [each.kind for each in found.ways] == ["road"]
    assert found.spots[0].kind == "tree"
    np.testing.assert_array_equal(found.spots[0].point, (11.0, 48.0, 5.0))
    assert not found.findings


def test_a_file_of_buildings_needs_no_heights(tmp_path: Path) -> None:
    assert _read(tmp_path, _feature("Polygon", [_RING]), name="Buildings.geojson").areas[0].kind == "building"


def test_the_older_crs_is_read(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    assert _read(tmp_path, _feature("Polygon", [_RING]), crs=crs).crs == "EPSG:25832"


@pytest.mark.parametrize("broken", [
    _feature("Polygon", [_RING[:2]]), _feature("Polygon", [[["a", 1]] * 4]), _feature("LineString", [[1, 2]]),
    _feature("Point", [None, 1]), _feature("Polygon", 7), _feature("Circle", [1, 2]), 7, {"type": "Feature", "geometry": None},
    _feature("LineString", [[1e300, 0], [0, 0]]), _feature("Polygon", [[[float("nan"), 1.0]] * 4]),
])  # fmt: skip
def test_features_that_are_broken_are_told_and_the_rest_goes_on(tmp_path: Path, broken: Any) -> None:
    found = _read(tmp_path, broken, _feature("Polygon", [_RING], height=3))
    assert len(found) == 1
    assert len(found.findings) == 1
    assert "left out" in found.findings[0].message


def test_very_many_findings_are_counted(tmp_path: Path) -> None:
    found = _read(tmp_path, *[7] * 500)
    assert len(found.findings) <= 201
    assert found.findings[-1].message == "300 more features have something wrong with them"


def test_attributes_are_tidied(tmp_path: Path) -> None:
    said = {"name": "a\nb" + "x" * 999, "deep": {"a": 1}, "list": [1], "n": 3, "t": True, "big": 10**30, "": ""}
    kept = _read(tmp_path, _feature("Polygon", [_RING], **said)).areas[0].attributes
    assert set(kept) == {"name", "n", "t", "big"}
    assert len(kept["name"]) < 301 and "\n" not in kept["name"] and kept["big"] == str(10**30)


def test_countries(content: Path) -> None:
    found = read_map(content / "geojson/countries.geojson")
    assert len(found.areas) > 150
    assert {each.kind for each in found.areas} == {"other"}
