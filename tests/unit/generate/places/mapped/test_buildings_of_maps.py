"""Heights, styles, outlines and models of buildings on maps: what is said counts, what is guessed is recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("shapely")
pytest.importorskip("mapbox_earcut")

from taixu.assets.geodata import Area, MapData, Solid
from taixu.generate.places.buildings.style import read_style
from taixu.generate.places.mapped.greens import take_trees
from taixu.generate.places.mapped.heights import height_of
from taixu.generate.places.mapped.houses import houses_of
from taixu.generate.places.mapped.shells import dress_solid, faces_of
from taixu.generate.places.mapped.styling import style_for
from taixu.generate.places.settlements import Ground
from taixu.generate.places.settlements.writing import house_levels

_FLAT = Ground(lambda east, north: np.zeros(np.size(east)), lambda east, north: np.full(np.size(east), -1e9), 500)


def _box(x: float, y: float, wide: float, deep: float) -> Any:
    return np.array([[x, y], [x + wide, y], [x + wide, y + deep], [x, y + deep]])


def _areas(**rings: Any) -> MapData:
    made = MapData()
    for key, (ring, tags) in rings.items():
        made.areas.append(Area(key, "building", (np.asarray(ring, float),), tags))
    return made


def _block(high: float = 9.0, *, lod: float = 1.0, split: bool = False) -> Solid:
    low, top = _box(0, 0, 12, 8), _box(0, 0, 12, 8)
    points = np.concatenate([np.column_stack([low, np.zeros(4)]), np.column_stack([top, np.full(4, high)])])
    rings: list[tuple[int, ...]] = [(0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
    if split:
        rings = [part for ring in rings for part in (ring[:3], (ring[0], *ring[2:]))]
    polygons = tuple((np.array(ring),) for ring in rings)
    return Solid("solid", "building", lod, points, polygons, ("",) * len(polygons))


@pytest.mark.parametrize(("tags", "metres", "storeys", "guessed", "is_wrong"), [
    ({"height": "12 m", "building:levels": "4"}, 12.0, 4, (), False), ({"height": 9.6}, 9.6, 3, ("storeys",), False),
    ({"building:levels": "2"}, 6.4, 2, ("height",), False), ({"building": "garage"}, 3.2, 1, ("height", "storeys"), False),
    ({"height": "-3"}, None, None, ("height", "storeys"), True), ({"height": "5000"}, None, None, ("height", "storeys"), True),
    ({"height": "tall"}, None, None, ("height", "storeys"), False),
    ({"building:levels": "999"}, None, None, ("height", "storeys"), True),
])  # fmt: skip
def test_heights(tags: dict[str, Any], metres: float | None, storeys: int | None, guessed: Any, is_wrong: bool) -> None:
    found = height_of(tags, 120.0, "key")
    assert metres is None or found.height_m == pytest.approx(metres)
    assert storeys is None or found.storeys == storeys
    assert found.guessed == guessed
    assert bool(found.problem) == is_wrong
    assert 2.2 <= found.height_m < 30 and found == height_of(tags, 120.0, "key")


def test_houses_are_as_high_as_the_map_says() -> None:
    features = _areas(
        measured=(_box(0, 0, 10, 8), {"height": 9.0}), flat=(_box(40, 0, 10, 8), {"height": 12.0, "roof:shape": "flat"}),
        hall=(_box(80, 0, 50, 40), {"height": 8.0}), tower=(_box(200, 0, 20, 20), {"height": "60"}),
    )  # fmt: skip
    for mapped in houses_of(features, _FLAT, []):
        near, far = house_levels(mapped.house)
        for soup in (near, far):
            top = max(float(points[:, 1].max()) for points, *_ in soup.arrays().values())
            assert top == pytest.approx(mapped.height_m, abs=0.25), mapped.key
        assert far.triangle_count <= near.triangle_count
    assert not features.findings


def test_broken_outlines_are_told_and_the_rest_is_built() -> None:
    features = _areas(
        good=(_box(0, 0, 10, 8), {"height": 6.0}), bow=([[20, 0], [30, 8], [30, 0], [20, 9]], {}), tiny=(_box(50, 0, 1, 1), {}),
        line=([[60, 0], [70, 0], [80, 0]], {}), over=(_box(0.5, 0.5, 9, 7), {}), two=([[90, 0], [91, 0]], {}),
        low=(_box(100, 0, 9, 9), {"height": "0"}), doubled=([*_box(120, 0, 9, 9), [120, 9], [120, 0]], {}),
    )  # fmt: skip
    built = {each.key for each in houses_of(features, _FLAT, [])}
    assert built == {"good", "bow", "low", "doubled"}
    told = {each.where: each.message for each in features.findings}
    assert "crosses or touches itself" in told["bow"]
    assert "encloses" in told["tiny"] and "encloses 0 m2" in told["line"]
    assert "stands where good stands" in told["over"]
    assert "fewer than three corners" in told["two"]
    assert "its height is 0 m" in told["low"]
    assert "doubled" not in told or "crosses or touches" in told["doubled"]


def test_rows_have_blind_walls_and_fronts_look_to_the_road() -> None:
    import shapely

    features = _areas(a=(_box(0, 0, 7, 11), {"height": 9.0}), b=(_box(7, 0, 7, 11), {"height": 9.0}))
    road = shapely.LineString([(-50, -8), (50, -8)])
    first, second = houses_of(features, _FLAT, [road])
    assert first.house.front @ np.array([0.0, -1.0]) == pytest.approx(1.0)
    assert len(first.house.neighbours) == 1 and len(second.house.neighbours) == 1
    assert first.house.style.numbers["party"] == 1.0


def test_a_use_has_its_style() -> None:
    house = height_of({"height": 6.0}, 100, "k")
    assert style_for({"building": "industrial"}, 900, house, in_row=False, key="k").name == "warehouse"
    assert style_for({"building": "yes", "shop": "bakery"}, 90, house, in_row=True, key="k").name == "shop_house"
    assert style_for({}, 20, height_of({"height": 3.0}, 20, "k"), in_row=False, key="k").name == "barn"
    assert style_for({}, 400, height_of({"height": 80.0}, 400, "k"), in_row=False, key="k").name == "office_tower"


def test_blocks_become_houses_of_their_outline_and_height() -> None:
    features = MapData(solids=[_block(split=True)])
    (mapped,) = houses_of(features, _FLAT, [])
    assert mapped.house.footprint.area == pytest.approx(96.0, abs=0.1)
    assert mapped.height_m == pytest.approx(9.0)
    assert (mapped.lod, mapped.guessed) == (1.0, ("storeys", "roof"))


@pytest.mark.parametrize("split", [False, True])
def test_models_keep_their_walls_and_roofs(split: bool) -> None:
    faces, empty = faces_of(_block(lod=2.0, split=split))
    assert empty == 0
    assert sorted(face.kind for face in faces) == ["ground", "roof", "wall", "wall", "wall", "wall"]
    style = read_style("townhouse")
    near, far = dress_solid(faces, style, style.looks(1), ground_m=0.0, storey_m=3.0)
    walls = [name for name in near.materials if name.startswith("facade_townhouse_")]
    assert len(walls) == 2  # ground floor and storeys
    for points, normals, _, triangles in near.arrays().values():
        a, b, c = (points[triangles[:, k]] for k in range(3))
        cross = np.cross(b - a, c - a)
        assert (np.einsum("nk,nk->n", cross, normals[triangles[:, 0]]) > 0).all()  # seen from outside
        outwards = (a + b + c) / 3 - np.array([6.0, 4.5, -4.0])
        assert (np.einsum("nk,nk->n", cross, outwards) > 0).all()
    area = sum(float(np.linalg.norm(np.cross(p[t[:, 1]] - p[t[:, 0]], p[t[:, 2]] - p[t[:, 0]]), axis=1).sum()) / 2
               for p, _, _, t in near.arrays().values())  # fmt: skip
    assert area == pytest.approx(2 * 9 * 20 + 96, rel=1e-3)
    assert far.triangle_count == 10


def test_polygons_that_enclose_nothing_are_counted() -> None:
    block = _block(lod=2.0)
    broken = Solid("s", "building", 2.0, block.points, (*block.polygons, (np.array([0, 1, 0]),)), (*block.surfaces, "wall"))
    faces, empty = faces_of(broken)
    assert len(faces) == 6 and empty == 1


def test_thorns_in_greens_are_trees() -> None:
    x, y = (each.ravel() for each in np.meshgrid(np.arange(0, 30, 3.0), np.arange(0, 30, 3.0)))
    z = np.zeros(100)
    z[[22, 23, 77]] = 9.0, 8.0, 6.0  # two that are one tree's, and another
    polygons = tuple((np.array([k, k + 1, k + 11]),) for k in range(88) if k % 10 != 9)
    green = Solid("green", "grass", 1.0, np.column_stack([x, y, z]), polygons, ("",) * len(polygons))
    features = MapData(solids=[green])
    assert take_trees(features) == 2
    assert [spot.attributes["height"] for spot in features.spots] == [9.0, 6.0]
    assert float(np.ptp(features.solids[0].points[:, 2])) == 0.0
