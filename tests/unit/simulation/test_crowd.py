"""Thousands who walk, against what is known of people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.errors import TaixuError
from taixu.navigation import MeshSettings, NavigationMesh, Piece
from taixu.navigation.mesh import make_mesh
from taixu.physics import shapes
from taixu.simulation import Simulator
from taixu.simulation.crowd import People
from taixu.simulation.worlds.built_in import add_built_in
from taixu.simulation.worlds.kinds import Prepared, SimulatorKinds, Site
from taixu.simulation.worlds.settings import Settings

SECOND = 10**9
EXIT = np.array([[29.0, 0.0, 0.0]])


def _box(size: tuple[float, float, float], place: tuple[float, float, float]) -> Piece:
    return Piece.of_shape(shapes.box(size), (*place, 0.0, 0.0, 0.0, 1.0))


def _mesh(*pieces: Piece) -> NavigationMesh:
    return make_mesh(list(pieces), MeshSettings(cell_m=0.2, agent_radius_m=0.1))


@pytest.fixture(scope="module")
def rooms() -> NavigationMesh:
    """A room of 20 by 16 m, a wall at x = 10 with doors of 1.4 m at z = -4 and z = 4, and a hall beyond it."""
    walls = [_box((0.4, 3.0, depth), (10.0, 1.5, z)) for depth, z in ((3.3, -6.35), (6.6, 0.0), (3.3, 6.35))]
    return _mesh(_box((40.0, 1.0, 16.0), (10.0, -0.5, 0.0)), *walls)


def _many(count: int, seed: int = 0) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    return np.stack([rng.uniform(-9, 8, count), np.zeros(count), rng.uniform(-7, 7, count)], axis=1)


def _door(mesh: NavigationMesh, z: float) -> np.ndarray[Any, Any]:
    at = mesh.floors.centres(np.arange(len(mesh.floors)))
    return np.flatnonzero((np.abs(at[:, 0] - 10.0) < 0.4) & (np.abs(at[:, 2] - z) < 1.2))


def _run(people: People, secs: int, start: int = 0, **given: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    said: Any = {}
    for second in range(start, start + secs):
        said = people.step(second * SECOND, SECOND, given)
    return said


def test_alone_one_walks_the_shortest_way_at_ones_pace(rooms: NavigationMesh) -> None:
    people = People(rooms.floors, [[0.0, 0.0, 4.0]], [EXIT], pace=1.5)
    assert isinstance(people, Simulator)
    expected = people.way_secs([[0.0, 0.0, 4.0]])[0] / 1.5
    _run(people, 40)
    assert people.arrived_secs[0] == pytest.approx(expected, rel=0.03)
    assert expected * 1.5 == pytest.approx(29.4, rel=0.03)
    people.close()


@pytest.mark.parametrize("density", [1.0, 2.0, 3.0])
def test_speed_over_density_is_weidmanns(density: float) -> None:
    """v = 1.34 (1 - exp(-1.913 (1/d - 1/5.4))) m/s (Weidmann 1993), in the middle of a column that walks."""
    corridor = _mesh(_box((100.0, 1.0, 3.2), (45.0, -0.5, 0.0)))
    rng, count = np.random.default_rng(1), int(density * 120)
    start = np.stack([rng.uniform(0, 40, count), np.zeros(count), rng.uniform(-1.4, 1.4, count)], axis=1)
    people = People(corridor.floors, start, [np.array([[94.0, 0.0, 0.0]])])
    _run(people, 8)
    found = []
    for second in range(8, 14):
        said = people.step(second * SECOND, SECOND, {})
        along = said["place"][:, 0]
        middle = np.abs(along - np.median(along)) < 5.0
        here = middle.sum() / 30.0
        found.append(said["velocity"][middle, 0].mean() / (1.34 * (1 - np.exp(-1.913 * (1 / here - 1 / 5.4)))))
    assert 0.85 < np.mean(found) < 1.15
    people.close()


def test_a_door_lets_through_what_doors_do(rooms: NavigationMesh) -> None:
    """1 to 2.5 people a metre and second (Seyfried et al. 2009: 1.6 to 1.9), and nobody stands in anybody."""
    people = People(rooms.floors, _many(250), [EXIT])
    _run(people, 20)
    before = (people.places[:, 0] < 10.0).sum()
    _run(people, 20, 20)
    flow = (before - (people.places[:, 0] < 10.0).sum()) / 20 / 2.8
    assert 1.0 < flow < 2.5
    flat = people.places[:, [0, 2]]
    away = np.sqrt(((flat[:, None] - flat[None]) ** 2).sum(-1)) + np.eye(len(flat))
    assert away.min() > 0.2  # no more than shoulders overlap
    on = rooms.floors.locate(people.places, 0.5)
    assert (on >= 0).all()
    people.close()


def test_who_is_far_away_changes_nothing() -> None:
    """Squares by which people find one another are counted anew every 281.6 m: who stands in the same one there is no neighbour."""
    lane = _mesh(_box((600.0, 1.0, 6.0), (290.0, -0.5, 0.0)))
    near = _many(40, 3) * (0.3, 0.0, 0.3)
    far = near + np.array([281.6, 0.0, 0.0])
    goal = [np.array([[585.0, 0.0, 0.0]])]
    alone, together = People(lane.floors, near, goal, pace=1.3), People(lane.floors, np.concatenate([near, far]), goal, pace=1.3)
    for second in range(3):
        said, more = (people.step(second * SECOND, SECOND, {}) for people in (alone, together))
    assert np.array_equal(said["velocity"], more["velocity"][:40])
    assert np.ptp(np.hypot(*said["velocity"].T)) > 0.1  # they hold each other up
    alone.close()
    together.close()


def test_a_shut_door_sends_everybody_to_the_other(rooms: NavigationMesh) -> None:
    doors = [_door(rooms, -4.0), _door(rooms, 4.0)]
    open_ways = People(rooms.floors, _many(60), [EXIT], doors=doors)
    shut = People(rooms.floors, _many(60), [EXIT], doors=doors)
    through: dict[str, set[float]] = {"open": set(), "shut": set()}
    for second in range(60):
        for name, people, given in (("open", open_ways, {}), ("shut", shut, {"shut": np.array([0])})):
            said = people.step(second * SECOND, SECOND, given)
            near = np.abs(said["place"][:, 0] - 10.0) < 0.6
            through[name] |= set(np.sign(said["place"][near, 2]).tolist())
    assert through == {"open": {-1.0, 1.0}, "shut": {1.0}}
    assert (shut.arrived_secs >= 0).all() and shut.arrived_secs.max() > open_ways.arrived_secs.max()
    both = shut.step(0, SECOND, {"shut": np.array([0, 1])})
    assert both["counts"].tolist() == [0, 60]
    assert np.isinf(shut.way_secs([[0.0, 0.0, 0.0]])[0])
    open_ways.close()
    shut.close()


def test_stairs_are_climbed_and_slow() -> None:
    steps = [_box((0.4, 0.2 * (number + 1), 2.0), (5.2 + 0.4 * number, 0.1 * (number + 1), 0.0)) for number in range(10)]
    mesh = _mesh(_box((10.0, 1.0, 2.0), (0.0, -0.5, 0.0)), *steps, _box((10.0, 2.0, 2.0), (14.0, 1.0, 0.0)))
    people = People(mesh.floors, [[-3.0, 0.0, 0.0]], [np.array([[17.0, 2.0, 0.0]])], pace=1.0)
    seen = [float(people.step(second * SECOND, SECOND, {})["place"][0, 1]) for second in range(20)]
    assert seen[0] == pytest.approx(0.0, abs=0.05) and seen[-1] == pytest.approx(2.0, abs=0.05)
    assert any(0.5 < height < 1.5 for height in seen)
    _run(people, 20, 20)
    assert people.arrived_secs[0] == pytest.approx(20.0 + 4.0 * (1 / 0.6 - 1), abs=2.0)
    people.close()


def test_a_run_repeats_whatever_threads_and_from_a_checkpoint(rooms: NavigationMesh) -> None:
    straight, parted = (People(rooms.floors, _many(80), [EXIT], seed=3, threads=threads) for threads in (1, 3))
    _run(straight, 12)
    _run(parted, 5)
    again = People(rooms.floors, _many(80), [EXIT])
    again.restore(parted.checkpoint())
    _run(again, 7, 5)
    assert again.state_hash() == straight.state_hash() != parted.state_hash()
    for people in (straight, parted, again):
        people.close()


def test_everybody_leaves_when_told(rooms: NavigationMesh) -> None:
    people = People(rooms.floors, _many(20), [np.array([[-9.0, 0.0, 0.0]]), EXIT])
    _run(people, 3)
    said = people.step(3 * SECOND, SECOND, {"leave": np.array([1])})
    assert (said["group"] == 1).all()
    _run(people, 60, 4)
    assert (people.arrived_secs >= 0).all()
    people.close()


def test_water_slows_them(rooms: NavigationMesh) -> None:
    people = People(rooms.floors, [[0.0, 0.0, 4.0]], [EXIT], pace=1.5)
    _run(people, 80, slow=np.full(len(rooms.floors), 2.0))
    assert people.arrived_secs[0] == pytest.approx(2 * 29.4 / 1.5, rel=0.05)
    people.close()


def test_what_cannot_be_is_one_sentence(rooms: NavigationMesh) -> None:
    for changed, sentence in [
        ({"places": [[np.nan, 0, 0]]}, "not finite"),
        ({"places": [[500.0, 0, 0]]}, "1 of 1 people stand where there is no floor"),
        ({"goals": []}, "1 to 256 goals"),
        ({"goals": [np.array([[500.0, 0, 0]])]}, "goal 0 of the crowd lies where there is no floor"),
        ({"group": 3}, "groups are 0 to 0"),
        ({"pace": 0.0}, "paces above zero"),
        ({"radius": -1.0}, "radius above zero"),
        ({"doors": [np.array([10**9])]}, "floors that are not there"),
    ]:
        made: dict[str, Any] = {"places": [[0.0, 0.0, 0.0]], "goals": [EXIT]} | changed
        with pytest.raises(TaixuError, match=sentence):
            People(rooms.floors, made.pop("places"), made.pop("goals"), **made)
    people = People(rooms.floors, _many(3), [EXIT])
    for given, sentence in [
        ({"shut": np.array([4])}, "doors that are not there"),
        ({"leave": np.array([4])}, "no group"),
        ({"slow": np.array([0.5])}, "one or more for each floor"),
    ]:
        with pytest.raises(TaixuError, match=sentence):
            people.step(0, SECOND, given)
    other = People(rooms.floors, _many(4), [EXIT])
    with pytest.raises(TaixuError, match="another crowd"):
        people.restore(other.checkpoint())
    people.close()
    other.close()


def test_people_of_a_world_stand_where_there_is_a_way_to_their_goals() -> None:
    mesh = _mesh(_box((20.0, 1.0, 10.0), (0.0, -0.5, 0.0)), _box((6.0, 1.0, 10.0), (16.0, -0.5, 0.0)))  # an island beside it
    kinds = SimulatorKinds()
    add_built_in(kinds)
    site = Site(Path(), lambda: mesh.floors, trusted=False)

    def prepared(area: list[float], goal: list[float]) -> Prepared:
        return kinds.kind("people").prepare(Settings({"groups": [{"area": area, "count": 200, "goals": [goal]}]}, Path()), site)

    people = prepared([0, -5, 20, 5], [-8, 0, 0]).make("people")
    assert people.places[:, 0].max() < 10.0
    assert np.isfinite(people.way_secs(people.places)).all()
    people.close()
    with pytest.raises(TaixuError, match="there is no way to the goals from between 14, -5 and 20, 5"):
        prepared([14, -5, 20, 5], [-8, 0, 0])
