"""Buildings: whole in every style, closed as blocks, rooms that can be reached, rules that are read or refused."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from taixu.errors import TaixuError

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("shapely") is None or importlib.util.find_spec("mapbox_earcut") is None,
    reason="shapely and mapbox-earcut (extra models) are not installed",
)

STYLES = [
    "apartment", "barn", "beach_hut", "chalet", "chinese_courtyard", "church", "desert_house", "farmhouse", "fisher_cottage",
    "half_timbered", "haussmann", "japanese_house", "jiangnan_house", "lighthouse", "log_cabin", "office_tower", "shop_house",
    "townhouse", "villa", "warehouse", "windmill",
]  # fmt: skip


def _made(name: str, seed: int = 5, **given: Any) -> Any:
    from taixu.generate.places.buildings import clean_footprint, make_building, read_style

    style = read_style(name)
    w, d = sum(style.width) / 2, sum(style.depth) / 2
    given.setdefault("storeys", min(style.storeys[0], 5))
    return make_building(style, clean_footprint([(0, 0), (w, 0), (w, d), (0, d)]), seed, **given)


def closed(triangles: np.ndarray) -> bool:
    """Whether every edge is met as often one way as the other."""
    points = np.rint(triangles * 2000).astype(np.int64)
    _, number = np.unique(points.reshape(-1, 3), axis=0, return_inverse=True)
    faces = number.reshape(-1, 3)
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    way = np.sort(edges, axis=1)
    sign = np.where(edges[:, 0] < edges[:, 1], 1, -1)
    _, which = np.unique(way, axis=0, return_inverse=True)
    return bool((np.bincount(which.ravel(), sign) == 0).all())


def test_there_are_the_styles_that_are_tested() -> None:
    from taixu.generate.places.buildings import style_names

    assert list(style_names()) == STYLES


@pytest.mark.parametrize("name", STYLES)
def test_every_style_is_whole_in_all_levels(name: str) -> None:
    from taixu.generate.places.buildings import Palette, building_model

    made = _made(name)
    counts = [soup.triangle_count for soup in made.levels]
    assert counts[0] > counts[1] >= counts[2] * 0.5
    assert 8 <= counts[2] <= 400
    assert made.doors and all(door.wide_m >= 0.6 and door.high_m >= 1.9 for door in made.doors)
    for soup in (*made.levels, made.collider):
        for positions, normals, uvs, triangles in soup.arrays().values():
            assert np.isfinite(positions).all() and np.isfinite(uvs).all()
            assert triangles.max() < len(positions)
            assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)
    model = building_model(made, Palette(0))
    assert [node.name for node in model.nodes] == ["lod0", "lod1", "lod2"]
    assert [node.visible for node in model.nodes] == [True, False, False]


def test_styles_differ_in_geometry() -> None:
    counts = {name: (_made(name, inside=False, levels=(0,)).levels[0].triangle_count) for name in STYLES}
    assert len(set(counts.values())) == len(counts)


@pytest.mark.parametrize("name", ["fisher_cottage", "half_timbered", "haussmann", "barn", "japanese_house", "lighthouse", "church"])
def test_blocks_are_closed(name: str) -> None:
    from taixu.generate.places.buildings import clean_footprint, read_style
    from taixu.generate.places.buildings.masses import masses_of
    from taixu.generate.places.buildings.shells import shell_surface

    style = read_style(name)
    plans = [[(0, 0), (12, 0), (12, 9), (0, 9)]]
    if name not in ("lighthouse", "church"):
        plans += [[(0, 0), (14, 1), (13, 9), (6, 8), (5, 15), (-1, 14)], [(0, 0), (9, -3), (15, 5), (7, 11)]]
    for plan in plans:
        for mass in masses_of(style, clean_footprint(plan), np.array([0.0, -1.0]), 2):
            assert closed(np.concatenate(shell_surface(mass, 1.0))), (name, plan)


def test_the_same_again() -> None:
    from taixu.generate.places.buildings import Palette, building_model

    one, two = (building_model(_made("townhouse", 9), Palette(0)) for _ in range(2))
    for a, b in zip(one.meshes, two.meshes, strict=True):
        for x, y in zip(a.primitives, b.primitives, strict=True):
            assert all(x.attributes[key].tobytes() == y.attributes[key].tobytes() for key in x.attributes)
    other = _made("townhouse", 10)
    assert other.levels[0].triangle_count != _made("townhouse", 9).levels[0].triangle_count


def test_rooms_are_joined_by_doors_and_lie_inside() -> None:
    import shapely

    from taixu.generate.places.buildings.rooms import make_plan

    for number, shape in enumerate((shapely.box(0, 0, 14, 9), shapely.Polygon([(0, 0), (16, 0), (15, 7), (7, 8), (7, 16),
        (0, 15)]))):
        for seed in range(6):
            keep = [shapely.box(5, 4, 7, 7)]
            plan = make_plan(shape, room_m2=14.0, keep=keep, seed=(number, seed))
            assert sum(room.area for room in plan.rooms) == pytest.approx(shape.area, rel=1e-6)
            reached, more = {0}, True
            while more:
                found = {b for a, b in (*plan.joined, *((y, x) for x, y in plan.joined)) if a in reached}
                more = not found <= reached
                reached |= found
            assert reached == set(range(len(plan.rooms)))
            for wall in plan.partitions:
                assert all(high - low >= 0.9 for low, high in wall.gaps)
                assert shapely.LineString([wall.start, wall.end]).distance(keep[0]) > 0.05


def test_a_door_can_be_walked_through_and_stairs_lead_up() -> None:
    """A ray through each outer door meets no wall, and the collider has surfaces at each floor."""
    from taixu.generate.places.buildings.model import bare

    made = _made("farmhouse", storeys=2)
    points, _, _, triangles = next(iter(bare(made.collider).arrays().values()))
    a, b, c = (points[triangles[:, k]] for k in range(3))
    for door in made.doors:
        if not door.is_outer:
            continue
        at = door.position + door.along * door.wide_m * 0.5 + np.array([0.0, 1.2, 0.0]) + door.out * 0.3
        assert not _hits(at, -door.out, 0.9, a, b, c)
    ups = {round(float(room.floor_m), 2) for room in made.rooms}
    assert len(ups) == 2
    heights = set(np.round(points[:, 1], 2).tolist())
    assert ups <= heights


def _hits(origin: Any, direction: Any, reach: float, a: Any, b: Any, c: Any) -> bool:
    """Moeller and Trumbore, "Fast, minimum storage ray-triangle intersection", 1997."""
    e, f = b - a, c - a
    p = np.cross(direction, f)
    det = (e * p).sum(1)
    seen = np.abs(det) > 1e-9
    a, e, f, p, det = a[seen], e[seen], f[seen], p[seen], det[seen]
    t0 = origin - a
    u = (t0 * p).sum(1) / det
    q = np.cross(t0, e)
    v = (q @ direction) / det
    t = (f * q).sum(1) / det
    return bool(((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0) & (t < reach)).any())


def test_windows_before_a_neighbour_are_not_made() -> None:
    import shapely

    alone = _made("townhouse", inside=False, levels=(0,))
    x1, y1 = alone.footprint.bounds[2:]
    beside = _made("townhouse", inside=False, levels=(0,), neighbours=[(shapely.box(x1, 0, x1 + 6, y1), 40.0)])
    assert beside.levels[0].triangle_count < alone.levels[0].triangle_count


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([(0, 0), (1, 0)], "three corners"),
        ([(0, 0), (4, 0), (8, 0)], "encloses"),
        ([(0, 0), (9, 0), (float("nan"), 4)], "none"),
        ([(0, 0), (9000, 0), (9000, 9000), (0, 9000)], "wider"),
    ],
)
def test_footprints_that_cannot_be_built_on(points: Any, said: str) -> None:
    from taixu.generate.places.buildings import clean_footprint

    with pytest.raises(TaixuError, match=said):
        clean_footprint(points)


def test_a_footprint_that_crosses_itself_is_mended() -> None:
    from taixu.generate.places.buildings import clean_footprint

    shape = clean_footprint([(0, 0), (10, 0), (10, 8), (9, -1), (0, 8)])
    assert shape.is_valid and shape.exterior.is_ccw and shape.area > 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Front = split q { ~1: wall }", "x or y"),
        ("Front = split x { ~1: Nobody }", "no rule"),
        ("Front = split x { ~1: wall", "the end"),
        ("Front = frobnicate", "nothing is called"),
        ("Front = repeat x 2: Front", "without end"),
        ("Front = window(kind=plain, sill=wood) + split x { 5 }", "':'"),
        ("storeys: 5 2\nFront = wall", "1 to 90"),
        ("roof: bubble\nFront = wall", "begins with"),
        ("colour: red\nFront = wall", "nothing is called"),
        ("Front = " + "(" * 60 + "wall" + ")" * 60, "deep"),
    ],
)
def test_styles_that_are_wrong(text: str, said: str) -> None:
    from taixu.generate.places.buildings import clean_footprint, make_building, parse_style

    with pytest.raises(TaixuError, match=said):
        make_building(parse_style(text, name="mine"), clean_footprint([(0, 0), (9, 0), (9, 7), (0, 7)]), 1, inside=False)


def test_words_mean_buildings() -> None:
    from taixu.generate.places.buildings.generator import parameters_of_words

    assert parameters_of_words("a half-timbered house of three storeys") == {"style": "half_timbered", "storeys": 3}
    assert parameters_of_words("中式四合院")["style"] == "chinese_courtyard"
    assert parameters_of_words("an L-shaped farm house")["shape"] == "L"
    with pytest.raises(TaixuError):
        parameters_of_words("a purple submarine")


def test_doors_open_inwards() -> None:
    from taixu.generate.places.buildings.doors import door_leaf, door_rotation

    for door in _made("church").doors:
        for angle in (0.0, 1.2):
            _, y, _, w = door_rotation(door, angle)
            turn = 2 * np.arctan2(y, w)
            end = np.array([np.cos(turn), 0.0, -np.sin(turn)])
            assert float(end @ door.along) == pytest.approx(np.cos(angle), abs=1e-6)
            assert float(end @ door.out) <= -np.sin(angle) + 1e-6
        assert door_leaf(door).triangle_count > 12


def test_a_building_is_generated_as_a_folder(tmp_path: Any) -> None:
    from taixu.assets.gltf import read_gltf
    from taixu.generate.places.buildings import BuildingSpec
    from taixu.generate.places.buildings.generator import BuildingGenerator
    from taixu.generate.request import Request

    spec = BuildingSpec(style="desert_house", shape="court", storeys=1, texture_px=32)
    made = BuildingGenerator().generate(Request("", 3, spec, tmp_path), lambda fraction, text="", preview=None: None)
    assert made[0].path.name == "building.world.json" and made[0].said["rooms"] >= 1
    model = read_gltf(tmp_path / "building.gltf")
    assert [node.name for node in model.nodes] == ["lod0", "lod1", "lod2"]
    assert {each.path.name for each in made} == {file.name for file in tmp_path.iterdir()}
