"""CityJSON: the finest level, semantics, parts, transforms; broken objects are findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.assets.geodata import read_map
from taixu.errors import TaixuError

_CUBE = [[0, 0, 0], [10000, 0, 0], [10000, 8000, 0], [0, 8000, 0], [0, 0, 6000], [10000, 0, 6000], [10000, 8000, 6000],
         [0, 8000, 6000]]  # fmt: skip
_SHELL = [[[0, 3, 2, 1]], [[4, 5, 6, 7]], [[0, 1, 5, 4]], [[1, 2, 6, 5]], [[2, 3, 7, 6]], [[3, 0, 4, 7]]]


def _city(**objects: Any) -> dict[str, Any]:
    return {
        "type": "CityJSON", "version": "2.0", "CityObjects": objects, "vertices": _CUBE,
        "transform": {"scale": [0.001, 0.001, 0.001], "translate": [85000.0, 447000.0, -0.5]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
    }  # fmt: skip


def _house(**more: Any) -> dict[str, Any]:
    names = ("GroundSurface", "RoofSurface", "WallSurface")
    semantics = {"surfaces": [{"type": name} for name in names], "values": [[0, 1, 2, 2, 2, 2]]}
    fine = {"type": "Solid", "lod": "2.2", "boundaries": [_SHELL], "semantics": semantics}
    coarse = {"type": "MultiSurface", "lod": "0", "boundaries": [[[0, 1, 2, 3]]]}
    return {"type": "Building", "attributes": {"storeys": 2, "list": [1]}, "geometry": [coarse, fine], **more}


def _read(tmp_path: Path, city: Any, name: str = "x.city.json") -> Any:
    file = tmp_path / name
    file.write_text(city if isinstance(city, str) else json.dumps(city))
    return read_map(file)


def test_the_finest_level_is_read_with_what_its_surfaces_are(tmp_path: Path) -> None:
    found = _read(tmp_path, _city(one=_house()))
    solid = found.solids[0]
    assert found.crs == "EPSG:7415"
    assert (solid.lod, solid.kind, solid.id) == (2.2, "building", "one")
    assert solid.surfaces == ("ground", "roof", "wall", "wall", "wall", "wall")
    np.testing.assert_allclose(solid.points.min(0), (85000.0, 447000.0, -0.5))
    np.testing.assert_allclose(solid.points.max(0), (85010.0, 447008.0, 5.5))
    assert solid.attributes == {"type": "Building", "storeys": 2}


def test_parts_belong_to_their_building(tmp_path: Path) -> None:
    parent = {"type": "Building", "attributes": {"year": 1901}, "children": ["part"]}
    part = _house(type="BuildingPart", parents=["whole"])
    found = _read(tmp_path, _city(whole=parent, part=part))
    assert [each.id for each in found.solids] == ["whole"]
    assert found.solids[0].attributes["year"] == 1901
    assert len(found.solids[0].polygons) == 6


def test_lines_of_features_read_as_one_file(tmp_path: Path) -> None:
    whole = _city(one=_house())
    first = {**whole, "CityObjects": {}, "vertices": []}
    feature = {"type": "CityJSONFeature", "id": "one", "CityObjects": whole["CityObjects"], "vertices": _CUBE}
    text = "\n".join(json.dumps(each) for each in (first, feature, {**feature, "CityObjects": {"two": _house()}}))
    found = _read(tmp_path, text, "x.city.jsonl")
    assert [each.id for each in found.solids] == ["one", "two"]
    np.testing.assert_allclose(found.solids[1].points.max(0), (85010.0, 447008.0, 5.5))


@pytest.mark.parametrize(
    "boundaries", [[[[[0, 1, 99]]]], [[[[0, 1]]]], [[[["a", 1, 2]]]], [[[[0, -1, 2]]]], 7, [[[None]]], [[[[True, 1, 2]]]]]
)
def test_surfaces_without_vertices_are_left_out_and_told(tmp_path: Path, boundaries: Any) -> None:
    bad = {"type": "Building", "geometry": [{"type": "Solid", "lod": "2", "boundaries": boundaries}]}
    found = _read(tmp_path, _city(bad=bad, good=_house()))
    assert [each.id for each in found.solids] == ["good"]
    assert {each.where for each in found.findings} == {"bad"}


@pytest.mark.parametrize("change", [
    {"vertices": [[0, 0]]}, {"vertices": "x"}, {"vertices": [[0, 0, "a"]]}, {"transform": {"scale": [1, 1]}}, {"CityObjects": []},
    {"transform": {"scale": [1, 1, None], "translate": [0, 0, 0]}},
])  # fmt: skip
def test_files_that_are_broken_say_where(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(TaixuError, match=r"x\.city\.json: (vertices|transform|CityObjects)"):
        _read(tmp_path, _city(one=_house()) | change)


def test_numbers_that_are_none_break_one_thing_only(tmp_path: Path) -> None:
    city = _city(one=_house())
    city["vertices"] = [*_CUBE, [None, 0, 0]]
    city["CityObjects"]["two"] = {"type": "Building", "geometry": [{"type": "MultiSurface", "lod": 2, "boundaries": [[[0, 1, 8]]]}]}
    found = _read(tmp_path, json.dumps(city).replace("null", "NaN"))
    assert [each.id for each in found.solids] == ["one"]
    assert "two" in {each.where for each in found.findings}


def test_delft_and_rotterdam(content: Path) -> None:
    delft = read_map(content / "cityjson/delft.city.json")
    houses = [each for each in delft.solids if each.kind == "building"]
    assert len(houses) == 160 and delft.crs == "EPSG:7415" and not delft.findings
    rotterdam = read_map(content / "cityjson/rotterdam_subset.city.json")
    assert {each.lod for each in rotterdam.solids} == {2.0}
    assert {"wall", "roof", "ground"} == {name for each in rotterdam.solids for name in each.surfaces}
