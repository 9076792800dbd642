"""Land cover of GeoTIFFs: classes become areas where a place is; heights stay heights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pyproj")

from taixu.assets.geodata import Area, LocalFrame, MapData
from taixu.assets.geodata import land_cover as module
from taixu.assets.geodata.land_cover import COVERS, LAND_COVER, is_land_cover, read_land_cover
from taixu.errors import TaixuError
from taixu.generate.places.mapped import MapSpec
from taixu.generate.places.mapped.land import landscape_of, make_land
from taixu.generate.places.mapped.siting import Site, _add_cover, make_site
from taixu.generate.places.mapped.standing import plant_trees

rasterio = pytest.importorskip("rasterio")
shapely = pytest.importorskip("shapely")

_WEST, _NORTH = 500_000.0, 5_316_000.0


def _write(path: Path, classes: Any, *, crs: str | None = "EPSG:25832") -> Path:
    data = np.asarray(classes)
    place = rasterio.transform.from_origin(_WEST, _NORTH, 10.0, 10.0)
    with rasterio.open(path, "w", driver="GTiff", height=data.shape[0], width=data.shape[1], count=1, dtype=data.dtype, crs=crs,
                       transform=place) as out:  # fmt: skip
        out.write(data, 1)
    return path


def _half(low: int, high: int) -> Any:
    classes = np.full((40, 40), low, np.uint8)
    classes[:, 20:] = high
    return classes


def _around(west: float, south: float, east: float, north: float) -> Callable[[str], Any]:
    return lambda system: np.array([[_WEST + west, _NORTH - 400 + south], [_WEST + east, _NORTH - 400 + north]])


def test_classes_are_areas_of_the_part_that_is_asked_for(tmp_path: Path) -> None:
    classes = _half(10, 40)
    classes[5, 5] = 80  # a speck
    file = _write(tmp_path / "cover.tif", classes)
    system, areas = read_land_cover(file, _around(100, 100, 300, 300))
    assert system == "EPSG:25832" and sorted(area.kind for area in areas) == ["farm", "forest"]
    boxes = {area.kind: shapely.Polygon(area.rings[0]).bounds for area in areas}
    assert boxes["forest"] == pytest.approx((_WEST + 100, _NORTH - 300, _WEST + 200, _NORTH - 100), abs=10)
    assert boxes["farm"] == pytest.approx((_WEST + 200, _NORTH - 300, _WEST + 300, _NORTH - 100), abs=10)
    assert all(area.attributes["source"] == LAND_COVER for area in areas)


def test_schemes_are_known_by_their_classes(tmp_path: Path) -> None:
    values = {"worldcover": (10, 95), "esri": (2, 5), "nlcd": (41, 82), "corine": (23, 40)}
    for scheme, (low, high) in values.items():
        file = _write(tmp_path / f"{scheme}.tif", _half(low, high))
        assert is_land_cover(file)
        kinds = {area.kind for area in read_land_cover(file, _around(0, 0, 400, 400))[1]}
        assert kinds == {COVERS[scheme][low], COVERS[scheme][high]}
    file = _write(tmp_path / "few.tif", _half(1, 2))
    assert {area.kind for area in read_land_cover(file, _around(0, 0, 400, 400), scheme="esri")[1]} == {"water", "forest"}
    assert {area.kind for area in read_land_cover(file, _around(0, 0, 400, 400), scheme="nlcd")[1]} == set()


def test_heights_are_no_classes(tmp_path: Path) -> None:
    rows = np.mgrid[0:40, 0:40][0]
    assert not is_land_cover(_write(tmp_path / "f.tif", rows.astype(np.float32)))
    assert not is_land_cover(_write(tmp_path / "i.tif", (10 * (rows % 3) + 10).astype(np.int16)))
    assert not is_land_cover(_write(tmp_path / "b.tif", (rows + 200).astype(np.uint8)))


def test_what_is_wrong_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = _write(tmp_path / "good.tif", _half(10, 40))
    with pytest.raises(TaixuError, match="does not lie at the place"):
        read_land_cover(good, _around(5000, 0, 6000, 400))
    with pytest.raises(TaixuError, match="does not say where"):
        read_land_cover(_write(tmp_path / "nowhere.tif", _half(10, 40), crs=None), _around(0, 0, 400, 400))
    with pytest.raises(TaixuError, match="no land cover that is known"):
        read_land_cover(_write(tmp_path / "odd.tif", _half(101, 177)), _around(0, 0, 400, 400))
    for data in (b"II*\0" + b"\xff" * 64, good.read_bytes()[:300], good.read_bytes()[:-900]):
        (tmp_path / "bad.tif").write_bytes(data)
        with pytest.raises(TaixuError, match=r"^bad\.tif: "):
            read_land_cover(tmp_path / "bad.tif", _around(0, 0, 400, 400))
    noise = np.random.Generator(np.random.PCG64(1)).choice(np.array([10, 30, 40], np.uint8), (120, 120))
    monkeypatch.setattr(module, "_MOST_AREAS", 7)
    assert len(read_land_cover(_write(tmp_path / "noise.tif", noise), _around(-800, -800, 800, 800))[1]) == 7


def test_a_place_takes_ground_and_trees_of_it(tmp_path: Path) -> None:
    frame = LocalFrame.around(np.array([[_WEST + 200, _NORTH - 200]]), "EPSG:25832")
    lon, lat = frame.longitude_deg, frame.latitude_deg
    ring = [[lon + x / 74_600, lat + y / 111_190] for x, y in ((-60, -60), (60, -60), (60, 60), (-60, 60), (-60, -60))]
    (tmp_path / "m.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "lawn", "properties": {"natural": "sand"}, '
        f'"geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}]}}')  # fmt: skip
    cover = _write(tmp_path / "cover.tif", _half(10, 40))
    site = make_site([tmp_path / "m.geojson", cover], MapSpec(origin=f"{lat},{lon}"))
    assert [each.kind for each in site.features.areas][-1] == "sand" and len(site.features.areas) >= 3
    assert site.sources[-1]["file"] == "cover.tif" and not site.elevations
    land = make_land(site.features, site.reach_m)
    shares = landscape_of(land, site.features, [], np.zeros_like(land.heights), season="summer", time="noon", seed=1, texture_px=64)
    east = np.abs(land.east[None] - 5) < 3
    middle = np.abs(land.east[:, None]) < 3
    sand = shares.weights[..., 2][middle & east]
    assert (sand > 0.8).all()  # what the map names lies over the land cover
    west = (np.abs(land.east[None] + 70) < 3) & (np.abs(land.east[:, None]) < 20)
    assert (shares.weights[..., 3][west] > 0.5).all()  # the floor of a wood
    _, entities, sown = plant_trees(tmp_path, site.features, land, MapSpec(texture_px=32), 1, np.zeros(land.heights.shape, bool))
    assert sown > 5 and entities
    places = np.load(next(tmp_path.glob("tree_*_places.npy")))
    assert (np.abs(places[:, [0, 2]]).max(1) > 55).all() and (places[:, 0] < 10).all()


def test_places_without_a_place_on_earth_leave_it_out(tmp_path: Path) -> None:
    site = Site(None, (0.0, 0.0, 0.0), MapData(areas=[Area("a", "grass", (np.zeros((3, 2)),))]))
    _add_cover(site, _write(tmp_path / "cover.tif", _half(10, 40)), MapSpec())
    assert len(site.features.areas) == 1 and "do not say where on the earth" in str(site.features.findings[0])
