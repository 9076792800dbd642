"""Villages and cities: houses on dry ground, on no road and on no other house; a moved road makes its own blocks again alone."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from taixu.errors import TaixuError

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("shapely") is None or importlib.util.find_spec("mapbox_earcut") is None,
    reason="shapely and mapbox-earcut (extra models) are not installed",
)


def _ground(size_m: float = 400.0) -> Any:
    from taixu.generate.places.settlements import Ground

    return Ground(
        lambda east, north: 2.0 + 4 * np.sin(np.atleast_1d(east) / 70) + 0.02 * np.atleast_1d(north),
        lambda east, north: np.where(np.atleast_1d(north) < -120, 6.0, -1e9),
        size_m,
    )


@pytest.mark.parametrize("culture", ["fishing", "chinese", "town"])
def test_villages_stand_on_dry_ground_and_on_nothing_else(culture: str) -> None:
    import shapely

    from taixu.generate.places.settlements import VillageSpec, plan_village

    made = plan_village(_ground(), VillageSpec(culture=culture, houses=20), 4)
    again = plan_village(_ground(), VillageSpec(culture=culture, houses=20), 4)
    assert len(made.houses) >= 12
    assert [shapely.to_wkb(house.footprint) for house in made.houses] == [shapely.to_wkb(house.footprint) for house in again.houses]
    shapes = [house.footprint for house in made.houses]
    for number, house in enumerate(made.houses):
        assert not shapely.intersects(made.layer.corridor, house.footprint.buffer(-0.05))
        assert all(shape.intersection(house.footprint).area < 0.1 for shape in shapes[:number])
        points = np.asarray(house.footprint.exterior.coords)
        assert (points[:, 1] > -121).all()
        ground = _ground().height_at(points[:, 0], points[:, 1])
        assert house.floor_m - house.base_m < house.pad_m  # walls reach into the ground that is levelled for them
        assert abs(house.pad_m - float(ground.mean())) < 4.0
    nodes, edges = made.street_graph()
    assert len(edges) >= 2 and np.isfinite(nodes).all() and made.spawns


def test_cities_have_blocks_of_houses_that_do_not_meet() -> None:
    import shapely

    from taixu.generate.places.settlements import CitySpec, plan_city

    for layout in ("grid", "radial", "organic"):
        made = plan_city(_ground(600.0), CitySpec(layout=layout, district_m=220.0), 3)
        shapes = [house.footprint for house in made.houses]
        assert len(shapes) > 25
        tree = shapely.STRtree(shapes)
        a, b = tree.query(shapes, predicate="overlaps")
        assert all(shapes[i].intersection(shapes[j]).area < 0.3 for i, j in zip(a, b, strict=True))
        edges = made.layer.graph.edges
        strips = shapely.union_all([shapely.LineString(edge.points).buffer(edge.kind.wide_m / 2) for edge in edges])
        assert all(shape.intersection(strips).area < 0.05 for shape in shapes)


def test_lots_without_area_are_dropped() -> None:
    import shapely

    from taixu.generate.places.settlements.lots import lots_of_block

    assert lots_of_block(shapely.Polygon([(0, 0), (60, 0), (60, 0.4), (0, 0.4)]), wide=(6, 9), deep=(12, 15), seed=1) == []
    lots = lots_of_block(shapely.box(0, 0, 90, 60), wide=(7, 9), deep=(14, 18), seed=1)
    assert len(lots) > 12
    assert all(lot.shape.area > 50 and lot.shape.distance(shapely.box(0, 0, 90, 60).exterior) < 0.2 for lot in lots)
    assert len({lot.key for lot in lots}) == len(lots)


def test_a_moved_road_makes_only_its_own_again() -> None:
    from taixu.generate.places.roads import Road, make_graph
    from taixu.generate.places.settlements import CityMaker, CitySpec, Ground
    from taixu.generate.places.settlements.layouts import street_plan

    flat = Ground(lambda east, north: np.zeros(np.shape(np.atleast_1d(east))), lambda east,
        north: np.full(np.shape(np.atleast_1d(east)), -1e9), 900.0)
    spec = CitySpec(layout="grid", district_m=260.0)
    edges = make_graph(street_plan("grid", size_m=260.0, block_m=spec.block_m, seed=2)).edges
    roads = [Road(edge.points[[0, -1]], edge.kind.name, False, str(number)) for number, edge in enumerate(edges)]
    maker = CityMaker(flat, spec, 2)
    first = maker.plan(roads)
    before = maker.cells(first.houses)
    all_made = dict(maker.made)
    at = min(range(len(roads)), key=lambda k: float(np.hypot(*(np.mean(roads[k].points, 0) + 60.0))))
    ends = np.asarray(roads[at].points)
    moved = [*roads]
    moved[at] = replace(roads[at], points=np.stack([ends[0], ends.mean(0) + 4.0, ends[1]]), is_curved=True)
    after = maker.cells(maker.plan(moved).houses)
    assert 0 < maker.made["blocks"] <= 2
    assert maker.made["roads"] < all_made["roads"] / 3
    assert 0 < maker.made["houses"] < all_made["houses"] / 2
    same = [cell for cell in before if cell in after and after[cell] is before[cell]]
    assert len(same) >= len(before) / 2
    # Made from nothing it is the same.
    fresh = CityMaker(flat, spec, 2)
    assert {cell: found.key for cell, found in fresh.cells(fresh.plan(moved).houses).items()} == {cell: found.key for cell,
        found in after.items()}
    # Moved back, nothing is made.
    maker.cells(maker.plan(roads).houses)
    assert not maker.made


def test_bad_parameters_and_words() -> None:
    from taixu.generate.places.settlements import CitySpec, VillageSpec
    from taixu.generate.places.settlements.words import city_of_words, village_of_words

    with pytest.raises(TaixuError, match="houses"):
        VillageSpec(houses=0).check()
    with pytest.raises(TaixuError, match="layout"):
        CitySpec(layout="spiral").check()
    assert village_of_words("a small fishing village, evening") == {"culture": "fishing", "time": "evening", "houses": 18}
    assert village_of_words("江南水乡的黄昏")["culture"] == "chinese"
    assert city_of_words("a modern city on a grid at noon") == {"character": "modern", "layout": "grid", "time": "noon"}
    with pytest.raises(TaixuError):
        village_of_words("a bowl of soup")
