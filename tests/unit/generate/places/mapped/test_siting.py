"""Maps come together in one world's metres; what is nowhere, or somewhere else, is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("pyproj")
pytest.importorskip("shapely")

from taixu.assets.geodata import Area, MapData, Spot, Way
from taixu.errors import TaixuError
from taixu.generate.places.mapped import MapSpec
from taixu.generate.places.mapped.siting import site_of

_RING = np.array([[11.0, 48.0], [11.0002, 48.0], [11.0002, 48.0001], [11.0, 48.0001]])


def _map(*areas: Area, crs: str = "EPSG:4326") -> MapData:
    return MapData(crs=crs, areas=list(areas) or [Area(f"a{k}", "building", (_RING + k * 1e-3,)) for k in range(5)])


def test_the_middle_is_the_origin_and_leads_back() -> None:
    data = _map()
    site = site_of([("x", data)], MapSpec())
    assert site.frame is not None
    local = site.features.areas[3].rings[0]
    world = np.column_stack([local[:, 0], np.zeros(len(local)), -local[:, 1]])
    np.testing.assert_allclose(site.frame.to_geographic(world)[:, :2], data.areas[3].rings[0], atol=1e-8)
    assert site.reach_m < 400
    georeference = site.settings()["twin"]["georeference"]
    assert georeference["latitude_deg"] == site.frame.latitude_deg


def test_an_origin_that_is_said() -> None:
    site = site_of([("x", _map())], MapSpec(origin="48.001, 11.001"))
    assert site.frame is not None and (site.frame.latitude_deg, site.frame.longitude_deg) == (48.001, 11.001)
    for wrong in ("here", "1,2,3", "95,11", "48"):
        with pytest.raises(TaixuError, match="origin is"):
            site_of([("x", _map())], MapSpec(origin=wrong))
    with pytest.raises(TaixuError, match="no feature lies near the origin|nothing"):
        site_of([("x", MapData(crs="EPSG:4326"))], MapSpec(origin="10,10"))


def test_metres_where_degrees_should_be() -> None:
    metres = _map(*(Area(f"a{k}", "building", (_RING * 1e4 + k,)) for k in range(3)))
    with pytest.raises(TaixuError, match="no place in EPSG:4326; say which system they are in"):
        site_of([("x", metres)], MapSpec())


def test_a_map_of_a_region_is_cut_at_the_place() -> None:
    points = np.array([[11.0, 48.0, np.nan], [11.001, 48.001, np.nan], [12.0, 48.0, np.nan]])
    line = Way("7", "line", np.array([[10.98, 48.001], [11.03, 48.001]]))
    feed = MapData(crs="EPSG:4326", follows=True, ways=[line, Way("8", "line", points[1:2, :2] + [[1.0, 1.0], [1.1, 1.0]])],
        spots=[Spot(f"s{k}", "stop", point) for k, point in enumerate(points)])  # fmt: skip
    alone, both = site_of([("x", _map())], MapSpec()), site_of([("f", feed), ("x", _map())], MapSpec())
    assert both.reach_m == alone.reach_m and both.frame == alone.frame
    assert [each.id for each in both.features.spots] == ["s0", "s1"] and [each.id for each in both.features.ways] == ["7"]
    assert float(np.abs(both.features.ways[0].points).max()) <= both.reach_m + 1e-6
    assert any("2 stops and lines of f lie beyond" in each.message for each in both.features.findings)


def test_what_lies_elsewhere_is_left_out_and_told() -> None:
    data = _map()
    data.areas.append(Area("far", "building", (_RING + 3.0,)))
    data.spots.append(Spot("nowhere", "tree", np.array([np.nan, 48.0, 0.0])))
    site = site_of([("x", data)], MapSpec())
    assert len(site.features.areas) == 5 and not site.features.spots
    told = {each.where: each.message for each in site.features.findings}
    assert "is it in another coordinate system" in told["far"]
    assert "no place in the file's coordinate system" in told["nowhere"]


def test_files_without_a_system_are_metres_of_their_own() -> None:
    ring = np.array([[90000.0, 435000.0], [90010.0, 435000.0], [90010.0, 435008.0]])
    site = site_of([("x", _map(Area("a", "building", (ring,)), crs=""))], MapSpec())
    assert site.frame is None
    np.testing.assert_allclose(site.features.areas[0].rings[0] + site.offset[:2], ring)
    assert site.settings()["map"]["origin"] == [90000.0, 435000.0, 0.0]
    assert "names no coordinate system" in site.features.findings[0].message
    with pytest.raises(TaixuError, match="y names no coordinate system, and the other files do"):
        site_of([("x", _map()), ("y", _map(Area("a", "building", (ring,)), crs=""))], MapSpec())
    degrees = site_of([("x", _map()), ("y", _map(crs=""))], MapSpec())
    assert degrees.frame is not None and "read as longitude and latitude" in degrees.features.findings[0].message
    told = site_of([("x", _map(Area("a", "building", (ring,)), crs=""))], MapSpec(crs="EPSG:28992"))
    assert told.frame is not None and abs(told.frame.latitude_deg - 51.9) < 0.1


def test_two_systems_meet() -> None:
    from pyproj import Transformer

    east, north = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True).transform(_RING[:, 0], _RING[:, 1])
    utm = Area("b", "building", (np.stack([east, north], 1),))
    site = site_of([("x", _map(Area("a", "building", (_RING,)))), ("y", _map(utm, crs="EPSG:25832"))], MapSpec())
    first, second = (each.rings[0] for each in site.features.areas)
    np.testing.assert_allclose(first, second, atol=1e-3)


def test_roads_end_a_little_beyond_the_bounds() -> None:
    data = replace(_map(), bounds=(10.999, 47.999, 11.005, 48.005), ways=[
        Way("w", "road", np.array([[11.0, 48.002], [11.1, 48.002]]))])  # fmt: skip
    (way,) = site_of([("x", data)], MapSpec()).features.ways
    assert 200 < float(np.ptp(way.points[:, 0])) < 500
