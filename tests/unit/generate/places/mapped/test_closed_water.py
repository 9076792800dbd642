"""Nobody walks through water: boxes over ponds, and the way round one."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("shapely")

import shapely

from taixu.generate.places.mapped.closed_water import closed_water
from taixu.navigation import MeshSettings, Piece
from taixu.navigation.areas import MOST_AREAS, Area, paint
from taixu.navigation.mesh import make_mesh
from taixu.physics import shapes


def _areas(ponds: list[tuple[object, float]]) -> list[Area]:
    found = []
    for entity in closed_water(ponds).values():
        at, box = entity["transform"], entity["navigation_area"]
        found.append(Area(box["kind"], 1.0, (*at["position"], *at["rotation"]), tuple(box["size"])))
    return found


def _is_open(areas: list[Area], points: np.ndarray, height: float) -> np.ndarray:
    return paint(areas, np.stack([points[:, 0], np.full(len(points), height), -points[:, 1]]))[1]


def test_beds_are_closed_and_banks_and_bridges_are_open() -> None:
    bent = shapely.LineString([(-60, -40), (-10, 0), (0, 40), (50, 55)]).buffer(5, cap_style="flat")
    lake = shapely.Point(30, -30).buffer(18)
    areas = _areas([(bent, 2.0), (lake, 1.0)])
    points = np.random.default_rng(5).uniform(-70, 70, (4000, 2))
    in_bent, in_lake = shapely.contains(bent, shapely.points(points)), shapely.contains(lake, shapely.points(points))
    bed = _is_open(areas, points, 0.4)  # under both: 1.6 m below the canal, 0.6 m below the lake
    assert not bed[in_bent].any() and not bed[in_lake].any()
    assert bed[~in_bent & ~in_lake].mean() > 0.9, "boxes are not much larger than the water"
    assert _is_open(areas, points, 2.4).all(), "banks and decks of bridges"
    assert _is_open(areas, points, -2.5).all(), "tunnels"


def test_many_waters_take_no_more_areas_than_there_are() -> None:
    ponds = [(shapely.Point(x * 30, y * 30).buffer(4 + (x + y) % 5), 0.0) for x in range(20) for y in range(20)]
    areas = _areas(ponds)
    assert 100 <= len(areas) < MOST_AREAS
    sizes = sorted(area.size_m[0] for area in areas)
    assert sizes[0] > 13.0, "the largest come first"


def test_people_go_round_a_pond() -> None:
    pond = shapely.box(-3, -8, 3, 8)
    flat = Piece.of_shape(shapes.box((40.0, 1.0, 30.0)), (0.0, -1.5, 0.0, 0.0, 0.0, 0.0, 1.0))  # the bed, and all beside it
    settings = MeshSettings(cell_m=0.25)
    ends = np.array([[-8.0, -1.0, 0.0], [8.0, -1.0, 0.0]])
    straight = make_mesh([flat], settings).path(ends[0], ends[1])
    round_it = make_mesh([flat], settings, areas=_areas([(pond, 0.0)])).path(ends[0], ends[1])
    assert straight.complete and round_it.complete
    along = np.concatenate([np.linspace(a, b, 20) for a, b in zip(round_it.points[:-1], round_it.points[1:], strict=True)])
    assert not shapely.contains(pond, shapely.points(along[:, 0], -along[:, 2])).any()
    assert round_it.length_m > straight.length_m + 2.0
