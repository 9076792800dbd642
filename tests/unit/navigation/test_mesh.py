"""Meshes of colliders: what is walked on, what is not, several storeys, all shapes."""

from __future__ import annotations

import numpy as np
import pytest
from walking_worlds import block, house, off_the_mesh, staircase

from taixu.errors import TaixuError
from taixu.navigation import Area, Link, MeshSettings, NavigationMesh, Piece, make_mesh
from taixu.physics import shapes

FLOOR = block((12.0, 1.0, 12.0), (0.0, -0.5, 0.0))
UPRIGHT = (0.0, 0.0, 0.0, 1.0)


@pytest.fixture(scope="module")
def storeys() -> NavigationMesh:
    return make_mesh(house())


def test_a_floor_is_walked_on_up_to_the_radius_from_its_edge() -> None:
    mesh = make_mesh([FLOOR])
    assert mesh.locate([[5.5, 0.0, 0.0], [5.95, 0.0, 0.0], [6.4, 0.0, 0.0]]).clip(-1, 0).tolist() == [0, -1, -1]
    assert mesh.area_m2 == pytest.approx(11.5**2, rel=0.05)
    assert mesh.heights([[1.0, 0.2, 1.0]])[0] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    "shape",
    [shapes.box((2, 3, 2)), shapes.sphere(1.2), shapes.capsule(1.0, 2.0), shapes.cylinder(1.0, 3.0),
     shapes.hull([(x, y, z) for x in (-1, 1) for y in (-1.5, 1.5) for z in (-1, 1)])],
    ids=["box", "sphere", "capsule", "cylinder", "hull"],
)  # fmt: skip
def test_nobody_walks_through_or_inside_solids(shape: shapes.Shape) -> None:
    mesh = make_mesh([FLOOR, Piece.of_shape(shape, (0.0, 1.0, 0.0, *UPRIGHT))])
    inside = mesh.locate([[0.0, 0.0, 0.0], [0.3, 0.0, 0.3], [0.7, 0.0, 0.0]], reach_m=0.3)
    assert inside.tolist() == [-1, -1, -1]
    arrived, place = mesh.raycast([-4.0, 0.0, 0.05], [4.0, 0.0, 0.05])
    assert not arrived[0] and place[0, 0] == pytest.approx(-1.3, abs=0.25)
    way = mesh.path((-4.0, 0.0, 0.0), (4.0, 0.0, 0.0))
    assert way.complete and way.length_m > 8.2 and off_the_mesh(mesh, way.points) == []


def test_a_surface_of_triangles_that_looks_up_is_walked_on_and_one_that_looks_down_is_not() -> None:
    points = [(-5, 0, -5), (5, 0, -5), (5, 0, 5), (-5, 0, 5)]
    assert make_mesh([Piece.of_triangles(points, [(0, 2, 1), (0, 3, 2)])]).area_m2 == pytest.approx(9.5**2, rel=0.06)
    assert make_mesh([Piece.of_triangles(points, [(0, 1, 2), (0, 2, 3)])]).area_m2 == 0.0


@pytest.mark.parametrize(("angle", "walked"), [(0.5, True), (0.75, True), (0.9, False), (1.3, False)])
def test_slopes_are_climbed_up_to_the_steepest(angle: float, walked: bool) -> None:
    ramp = Piece.of_shape(shapes.box((4, 0.4, 8)), (0.0, 0.0, 0.0, np.sin(-angle / 2), 0.0, 0.0, np.cos(angle / 2)))
    mesh = make_mesh([ramp])
    ends = np.array([[0.0, y, z] for sign in (-1, 1) for y, z in [(sign * 3 * np.sin(angle), sign * 3 * np.cos(angle))]])
    floors = mesh.nearest_floors(ends + np.array([0.0, 0.2, 0.0]), reach_m=1.0)
    assert bool((floors >= 0).all()) is walked
    if walked:
        way = mesh.path(*ends)
        assert way.complete and way.length_m == pytest.approx(6.0, abs=0.7)


@pytest.mark.parametrize(("rise", "climbed"), [(0.2, True), (0.38, True), (0.6, False)])
def test_steps_are_climbed_up_to_the_highest(rise: float, climbed: bool) -> None:
    mesh = make_mesh([FLOOR, block((12.0, rise, 6.0), (0.0, rise / 2, 3.0))])
    assert mesh.path((0.0, 0.0, -3.0), (0.0, rise, 3.0)).complete is climbed


def test_what_hangs_low_closes_the_way_below(storeys: NavigationMesh) -> None:
    low, high = (make_mesh([FLOOR, block((12.0, 0.2, 2.0), (0.0, y, 0.0))]) for y in (1.5, 2.2))
    assert not low.path((0.0, 0.0, -4.0), (0.0, 0.0, 4.0)).complete
    assert high.path((0.0, 0.0, -4.0), (0.0, 0.0, 4.0)).complete


def test_storeys_lie_one_over_the_other(storeys: NavigationMesh) -> None:
    below, above = storeys.locate([[-5.0, 0.0, 7.0], [-5.0, 3.0, 7.0]])
    assert below >= 0 and above >= 0 and below != above
    way = storeys.path((-5.0, 0.0, 7.0), (-5.0, 3.0, 7.0))
    assert way.complete and way.length_m > 25.0 and off_the_mesh(storeys, way.points) == []
    heights = storeys.heights([[6.0, 1.6, 1.95], [6.0, 2.9, 3.45]])
    assert heights == pytest.approx([1.6, 2.9], abs=0.26)


def test_a_heightfield_is_ground_and_nobody_is_below_it() -> None:
    z, x = np.meshgrid(np.linspace(-20, 20, 41), np.linspace(-20, 20, 41), indexing="ij")
    heights = (1.5 * np.sin(x / 5) * np.cos(z / 6)).astype(np.float32)
    cellar = block((6.0, 0.2, 6.0), (0.0, -1.0, 0.0))
    mesh = make_mesh([Piece.of_shape(shapes.heightfield(heights, (1.0, 1.0)), (0, 0, 0, *UPRIGHT)), cellar])
    places = np.array([[3.3, 0, 4.4], [-7.7, 0, 2.1], [12.2, 0, -9.0]])
    wanted = 1.5 * np.sin(places[:, 0] / 5) * np.cos(places[:, 2] / 6)
    assert mesh.heights(places + np.array([0, 0.1, 0])) == pytest.approx(wanted, abs=0.08)
    assert mesh.locate([[0.0, -0.9, 0.0]], reach_m=0.4)[0] == -1
    way = mesh.path((-15, 0, -15), (15, 0, 15))
    assert way.complete and off_the_mesh(mesh, way.points) == []


def test_tiles_meet_without_a_seam() -> None:
    floor = block((60.0, 1.0, 60.0), (0.0, -0.5, 0.0))
    mesh = make_mesh([floor])
    assert mesh.polygon_count >= 16 and set(mesh.islands.tolist()) == {0}
    ends = np.random.default_rng(4).uniform(-29, 29, (20, 2, 2))
    for start, end in ends:
        way = mesh.path((start[0], 0, start[1]), (end[0], 0, end[1]))
        straight = float(np.linalg.norm(start - end))
        assert way.complete and way.length_m < 1.06 * straight + 0.3


def test_dear_ground_is_gone_round_and_closed_ground_is_not_entered() -> None:
    pond = lambda kind, cost: Area(kind, cost, (0.0, 0.0, 0.0, *UPRIGHT), (6.0, 4.0, 4.0))  # noqa: E731
    ways = [make_mesh([FLOOR], areas=[pond(kind, cost)]).path((0, 0, -5), (0, 0, 5)) for kind, cost in
            (("grass", 1.0), ("water", 20.0), ("blocked", 1.0))]  # fmt: skip
    assert ways[0].length_m == pytest.approx(10.0, abs=0.05)
    assert all(way.complete and way.length_m > 11.0 for way in ways[1:])


def test_links_lead_over_gaps_and_only_the_way_that_they_go() -> None:
    far = block((6.0, 1.0, 6.0), (14.0, 2.5, 0.0))
    link = Link((5.0, 0.0, 0.0), (11.6, 3.0, 0.0), two_way=False, kind="ladder")
    mesh = make_mesh([FLOOR, far], links=[link])
    up, down = mesh.path((-3, 0, 2), (15, 3, 1)), mesh.path((15, 3, 1), (-3, 0, 2))
    assert up.complete and up.links == (0,) and up.points[-1] == pytest.approx((15, 3, 1), abs=0.05)
    assert not down.complete
    assert make_mesh([FLOOR, far], links=[Link(link.start, link.end)]).path((15, 3, 1), (-3, 0, 2)).complete


def test_where_there_is_no_way_the_nearest_place_is_told_as_such() -> None:
    mesh = make_mesh([FLOOR, block((0.4, 3.0, 12.0), (0.0, 1.5, 0.0))])
    way = mesh.path((-4, 0, 1), (4, 0, 1))
    assert not way.complete and way.points[-1][0] == pytest.approx(-0.5, abs=0.2)
    assert len(mesh.path((0.0, 90.0, 0.0), (1.0, 0.0, 1.0)).points) == 0


def test_random_places_can_reach_each_other_and_are_the_same_again(storeys: NavigationMesh) -> None:
    places = storeys.random_points(40, seed=3)
    assert (storeys.locate(places) >= 0).all() and np.ptp(places[:, 1]) > 2.5
    assert np.array_equal(places, storeys.random_points(40, seed=3))
    assert all(storeys.path(places[0], place).complete for place in places[1:8])


def test_the_nearest_place_is_near_and_none_is_said() -> None:
    mesh = make_mesh([FLOOR])
    found = mesh.nearest([[8.0, 0.0, 0.0], [0.0, 0.5, 0.0], [30.0, 0.0, 0.0]])
    assert found[0] == pytest.approx((5.75, 0.0, 0.0), abs=0.16) and found[1] == pytest.approx((0, 0, 0), abs=1e-4)
    assert np.isnan(found[2]).all()


@pytest.mark.parametrize("size", [0.0, 1e-9])
def test_degenerate_pieces_do_no_harm(size: float) -> None:
    flat = Piece.of_triangles([(0, 0, 0), (0, 0, 0), (1, 1, 1), (2, 2, 2)], [(0, 1, 2), (0, 2, 3)])
    pieces = [FLOOR, Piece.of_shape(shapes.box((size, size, size)), (0, 2, 0, *UPRIGHT)), flat,
              Piece.of_shape(shapes.hull([(0, 0, 0)] * 4), (0, 0, 0, *UPRIGHT)), Piece.of_triangles([], [])]  # fmt: skip
    assert make_mesh(pieces).area_m2 > 100.0
    assert make_mesh([]).area_m2 == 0.0 and len(make_mesh([]).path((0, 0, 0), (1, 0, 1)).points) == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Piece.of_shape(shapes.box((1, 1, 1)), (np.nan, 0, 0, *UPRIGHT)), "lies nowhere"),
        (lambda: Piece.of_triangles([(0, 0, np.inf)], [(0, 0, 0)]), "not finite"),
        (lambda: Piece.of_triangles([(0, 0, 0)], [(0, 1, 2)]), "points that it was not given"),
        (lambda: MeshSettings(cell_m=0.0), "cell_m"),
        (lambda: MeshSettings(agent_radius_m=float("nan")), "agent_radius_m"),
        (lambda: MeshSettings(low=(0, 0, float("inf"))), "low and high"),
        (lambda: make_mesh([FLOOR]).path((0, 0, np.nan), (1, 0, 0)), "not finite"),
        (lambda: make_mesh([FLOOR]).nearest("here"), "no places"),
        (lambda: make_mesh([]).random_points(3), "nobody can stand"),
        (lambda: make_mesh([FLOOR]).random_points(3, near=(99, 0, 0)), "not near"),
    ],
)
def test_impossible_things_are_refused_in_a_sentence(wrong: object, words: str) -> None:
    with pytest.raises(TaixuError, match=words) as error:
        wrong()  # type: ignore[operator]
    assert "\n" not in str(error.value)


def test_a_huge_world_is_cut_to_what_there_is_room_for(caplog: pytest.LogCaptureFixture) -> None:
    plain = Piece.of_triangles([(-1e5, 0, -1e5), (1e5, 0, -1e5), (1e5, 0, 1e5), (-1e5, 0, 1e5)], [(0, 2, 1), (0, 3, 2)])
    settings = MeshSettings(cell_m=5.0, agent_radius_m=1.0, low=(0, 0, 0), high=(900, 9, 900))
    mesh = make_mesh([plain, block((1.0, 1.0, 1.0), (500.0, 0.5, 500.0))], settings)
    assert mesh.locate([[490.0, 0.0, 480.0]])[0] >= 0 and mesh.area_m2 < 1e6
    from taixu.navigation.limits import fit_bounds

    low, high = fit_bounds([plain, block((1.0, 1.0, 1.0), (500.0, 0.5, 500.0))], MeshSettings(), None)
    assert (high - low)[0] < 500.0 and low[0] < 500.0 < high[0] and "has room for" in caplog.text


def test_a_box_of_bounds_holds_the_mesh_from_all_sides() -> None:
    mesh = make_mesh(house(), MeshSettings(low=(-4.0, -1.0, -4.0), high=(4.0, 2.0, 9.0)))
    assert mesh.locate([[0.0, 3.0, 7.0], [-5.0, 0.0, 0.0], [0.0, 0.0, 9.5]]).tolist() == [-1, -1, -1]
    assert mesh.locate([[0.0, 0.0, 0.0], [0.0, 0.0, 7.0]]).min() >= 0


def test_stairs_of_many_steps_are_one_way() -> None:
    mesh = make_mesh([FLOOR, *staircase((0.0, 0.0, -3.0), steps=16, rise_m=0.17, depth_m=0.28)])
    way = mesh.path((0.0, 0.0, -5.0), (0.0, 16 * 0.17, 16 * 0.28 - 3.14))
    assert way.complete and off_the_mesh(mesh, way.points) == []
