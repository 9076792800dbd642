"""From a map to a world that opens: an entity a building with what the map says, land, streets, water, trees, and what is wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_feed import write_feed

pytest.importorskip("pyproj")
pytest.importorskip("shapely")
pytest.importorskip("mapbox_earcut")

from taixu.assets.geodata import LocalFrame
from taixu.defaults import App
from taixu.errors import TaixuError
from taixu.generate.places.mapped.generator import MappedCityGenerator
from taixu.generate.places.mapped.land import filled, make_land
from taixu.generate.places.mapped.spec import MapSpec
from taixu.generate.registry import Generators
from taixu.generate.request import Request
from taixu.twin.map_feature import MapFeature
from taixu.twin.search import find

_LON, _LAT = 11.0, 48.0
_ADDRESS = {"addr:street": "Long Street", "addr:housenumber": "1"}


def _ring(x: float, y: float, wide: float, deep: float) -> list[list[float]]:
    corners = ((x, y), (x + wide, y), (x + wide, y + deep), (x, y + deep), (x, y))
    return [[_LON + east / 74_600, _LAT + north / 111_190] for east, north in corners]


def _feature(key: str, ring: list[list[float]], **tags: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": key, "properties": tags, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@dataclass
class _Place:
    folder: Path
    world: dict[str, Any]
    said: dict[str, Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> _Place:
    folder = tmp_path_factory.mktemp("place")
    road = {"type": "Feature", "id": "road", "properties": {"highway": "residential", "name": "Long Street"},
            "geometry": {"type": "LineString", "coordinates": [_ring(-80, -10, 0, 0)[0], _ring(80, -10, 0, 0)[0]]}}  # fmt: skip
    tree = {"type": "Feature", "id": "tree", "properties": {"natural": "tree", "height": "8"},
            "geometry": {"type": "Point", "coordinates": _ring(0, 40, 0, 0)[0]}}  # fmt: skip
    bow = _ring(60, 5, 10, 8)
    bow[1], bow[2] = bow[2], bow[1]
    features = [
        _feature("one", _ring(-20, 0, 10, 9), building="house", height="7", **_ADDRESS),
        _feature("two", _ring(0, 0, 12, 9), building="yes"), _feature("bow", bow, building="yes", height="6"),
        _feature("flat", _ring(100, 0, 1, 1), building="yes"), _feature("pond", _ring(-60, 30, 25, 20), natural="water"),
        _feature("wood", _ring(20, 30, 40, 40), natural="wood"), road, tree,
        {"type": "Feature", "id": "nan", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[["a", 0]] * 4]}},
    ]  # fmt: skip
    source, out = folder / "town.geojson", folder / "made"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    out.mkdir()
    feed = write_feed(folder / "lines.gtfs")
    request = Request("", 3, MapSpec(texture_px=32, full_m=0.0), out, parents=(feed, source))
    made = MappedCityGenerator().generate(request, lambda *_, **__: None)
    assert {each.path for each in made} == set(out.iterdir())
    return _Place(out, json.loads(made[0].path.read_text()), dict(made[0].said))


def _features(place: _Place) -> dict[str, Any]:
    return {each["map_feature"]["key"]: each for each in place.world["entities"].values() if "map_feature" in each}


def test_a_building_is_an_entity_with_what_the_map_says(place: _Place) -> None:
    found = _features(place)
    assert set(found) == {"one", "two", "bow", "A", "r1", "r2"}
    one = found["one"]
    assert one["name"]["text"] == "Long Street 1"
    assert one["map_feature"]["height_m"] == 7 and one["map_feature"]["attributes"]["building"] == "house"
    assert "height" not in one["map_feature"]["guessed"] and "height" in found["two"]["map_feature"]["guessed"]


def test_places_lead_back_to_the_earth(place: _Place) -> None:
    said = place.world["settings"]["twin"]["georeference"]
    frame = LocalFrame(said["latitude_deg"], said["longitude_deg"], said["height_m"])
    at = np.array(_features(place)["one"]["transform"]["position"])[None]
    lon, lat, _ = frame.to_geographic(at)[0]
    expected = np.mean(_ring(-20, 0, 10, 9)[:4], axis=0)
    assert abs(lon - expected[0]) * 74_600 < 0.02 and abs(lat - expected[1]) * 111_190 < 0.02


def test_what_is_wrong_and_guessed_is_recorded(place: _Place) -> None:
    said = place.said
    told = " | ".join(said["problems"])
    assert "bow: its outline crosses" in told and "flat: it encloses" in told and "nan: its outline has fewer" in told
    assert said["buildings"] == 3 and said["roads"] == 1 and said["trees_named"] == 1 and said["trees_sown"] > 5
    assert said["guessed"]["height"] == 1 and said["manual_steps"] == 0


def test_the_world_opens_with_land_streets_water_and_trees(place: _Place) -> None:
    app = App.headless(size=(64, 64))
    world = app.open(place.folder / "place.world.json")
    app.run(ticks=2)
    assert len(world.query(MapFeature)) == 6
    (table,) = world.query(MapFeature).tables()
    assert 7.0 in table.read(MapFeature, "height_m").tolist()  # searched as a column
    kinds = {name for each in place.world["entities"].values() for name in each}
    assert {"terrain", "water_surface", "scatter", "model", "collider", "camera", "environment"} <= kinds
    models = [each["model"]["source"] for each in place.world["entities"].values() if "model" in each]
    assert any(name.startswith("buildings_") for name in models) and any(name.startswith("streets_") for name in models)


def test_stops_and_lines_of_a_feed_are_found(place: _Place) -> None:
    stop, line = _features(place)["A"], _features(place)["r1"]
    assert (stop["name"]["text"], stop["map_feature"]["kind"]) == ("Market", "stop") and line["map_feature"]["kind"] == "bus line"
    assert stop["map_feature"]["attributes"]["lines"] == "7 Market - Harbour, Night line"
    assert abs(stop["transform"]["position"][0] - 60.0) < 40 and place.said["stops"] == 1
    with App.headless(size=(64, 64)) as app:
        app.open(place.folder / "place.world.json")
        app.run(ticks=1)
        lines = {"7 Market - Harbour", "Night line"}
        for words, names in (("stops within 200 m of Long Street 1", {"Market"}), ("bus lines", lines)):
            assert {each.name for each in find(app.world, words, now_ns=0)[1]} == names
    scattered = [each["scatter"]["model"] for each in place.world["entities"].values() if "scatter" in each]
    assert scattered.count("stop_sign.gltf") == 1


def test_maps_as_parents_choose_this_generator() -> None:
    known = Generators(plugins=False)
    assert known.find("city", parents=[Path("x.city.json")]).name == "map-city"
    assert known.find("city", parents=[Path("x.osm"), Path("y.geojson")]).name == "map-city"
    assert known.find("city").name == "city"


def test_nothing_to_build_is_a_sentence(tmp_path: Path) -> None:
    source = tmp_path / "x.geojson"
    source.write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(TaixuError, match="nothing in it that can be built"):
        MappedCityGenerator().generate(Request("", 3, MapSpec(), tmp_path, parents=(source,)), lambda *_, **__: None)


def test_unknown_ground_is_led_through_what_is_known() -> None:
    east, north = np.meshgrid(np.arange(65.0), np.arange(65.0))
    plane = 0.3 * east - 0.2 * north + 5.0
    known = np.zeros_like(plane)
    known[::9, ::7] = 1.0
    found = filled(np.where(known > 0, plane, 0.0), known)
    assert np.array_equal(found[known > 0], plane[known > 0])
    assert float(np.abs(found - plane)[8:-8, 8:-8].max()) < 2.0


def test_heights_of_a_model_shape_the_land(place: _Place) -> None:
    from taixu.assets.geodata import MapData

    def slope(east: Any, north: Any) -> Any:
        return np.where(np.asarray(east) > 30.0, np.nan, 10.0 + 0.1 * np.asarray(east))

    land = make_land(MapData(), 100.0, slope)
    ground = land.ground()
    assert float(ground.height_at([-50.0], [0.0])[0]) == pytest.approx(5.0, abs=0.05)
    assert np.isfinite(land.heights).all()


def test_straight_roads_are_drawn_with_few_points_and_bent_ones_keep_theirs() -> None:
    import numpy as np

    from taixu.generate.places.mapped.streets import thinned
    from taixu.generate.places.roads.layout import Row

    x = np.arange(0.0, 101.0, 4.0)
    points = np.column_stack([x, np.where(x > 48.0, (x - 48.0) ** 2 / 200.0, 0.0)])
    left, flat = np.tile([0.0, 1.0], (len(x), 1)), np.zeros(len(x))
    row = Row(0, points, left, x, np.where(x > 20.0, 0.0, (20.0 - x) / 50.0), flat.astype(bool))
    less = thinned(row)
    kept = np.flatnonzero(np.isin(x, less.along))
    assert less.along[[0, -1]].tolist() == [0.0, 100.0]
    assert 20.0 in less.along
    assert len(less.along) < 20 and len(less.left) == len(less.heights) == len(less.along)
    assert not any(4.0 <= along <= 16.0 for along in less.along), "what is straight, though it falls, needs no points"
    for column in (points[:, 1], row.heights):
        assert np.abs(np.interp(x, less.along, column[kept]) - column).max() <= 0.0101
    bridge = Row(0, points, left, x, row.heights, x > 60)
    assert thinned(bridge) is bridge
