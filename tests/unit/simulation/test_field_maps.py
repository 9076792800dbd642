"""Fields over places: laws that their values keep, and what is shown of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_worlds import small_city

from taixu.app import App
from taixu.ecs import World
from taixu.scene import MeshInstance, MeshLibrary, ScenePlugin, Shape, Transform
from taixu.simulation.field_maps import (
    FieldMap,
    FieldMapPlugin,
    FieldMaps,
    FieldShown,
    Lattice,
    Things,
    density,
    flow,
    measured,
    noise,
    plume,
)
from taixu.simulation.field_maps.drawing import Paint, contours, layers, streamlines, upright
from taixu.simulation.field_maps.plugin import show_field_maps
from taixu.simulation.worlds import SimulationPlugin, Simulations

SIZE = (80.0, 20.0, 60.0)


def _things(x: list[float], z: list[float], y: float = 0.0, strength: float = 1.0, **more: object) -> Things:
    return Things(np.array([x, [y] * len(x), z]), np.full(len(x), strength), **more)  # type: ignore[arg-type]


def _at(lattice: Lattice, values: np.ndarray, x: float, z: float) -> float:
    column, row = int((x + lattice.size[0] / 2) / lattice.cell[0]), int((z + lattice.size[2] / 2) / lattice.cell[1])
    return float(values[row, column])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(-12, 12)), min_size=1, max_size=30), st.floats(0.5, 9.0))
def test_a_density_holds_as_many_as_there_are(places: list[tuple[float, float]], reach: float) -> None:
    lattice = Lattice.over(SIZE, 1.0)
    found = density(lattice, _things([x for x, _ in places], [z for _, z in places]), reach=reach)
    assert found.min() >= 0.0
    assert found.sum() * lattice.cell[0] * lattice.cell[1] == pytest.approx(len(places), rel=0.01)


def test_who_stands_outside_counts_as_far_as_he_reaches() -> None:
    lattice = Lattice.over(SIZE, 1.0)
    near = density(lattice, _things([43.0], [0.0]), reach=10.0)
    assert near[0, 30, -1] > 0.0
    assert density(lattice, _things([143.0], [0.0]), reach=10.0).max() == 0.0


def test_a_source_is_as_loud_as_the_formula_says_and_two_are_three_decibels_more() -> None:
    lattice = Lattice.over(SIZE, 1.0, (1.5,))
    one = noise(lattice, _things([0.5], [0.5], y=1.5, strength=100.0), reach=100.0)[0]
    for x in (5.5, 12.5, 30.5):
        assert _at(lattice, one, x, 0.5) == pytest.approx(100.0 - 10 * np.log10(2 * np.pi * (x - 0.5) ** 2), abs=0.05)
    two = noise(lattice, _things([0.5, 0.5], [0.5, 0.5], y=1.5, strength=100.0), reach=100.0)[0]
    assert np.allclose(two - one, 10 * np.log10(2), atol=1e-6)


def test_a_plume_carries_away_what_its_source_gives() -> None:
    """What crosses an upright plane downwind in a second is what was given in it, whichever plane."""
    lattice = Lattice.over((400.0, 200.0, 400.0), 2.0, tuple(np.arange(0.5, 200.0, 1.0)[:: 4].tolist()))
    found = plume(lattice, _things([-150.0], [0.0], y=30.0, strength=5.0), wind_mps=4.0, wind_from_rad=-np.pi / 2, reach=250.0)
    for x in (-50.0, 20.0, 80.0):
        column = int((x + 200.0) / 2.0)
        carried = found[:, :, column].sum() * 2.0 * 4.0 * 4.0 / 1e6  # over z and y, times the wind
        assert carried == pytest.approx(5.0, rel=0.03), x
    assert found[:, :, : int((-160.0 + 200.0) / 2.0)].max() < 1e-6 * found.max(), "nothing goes against the wind"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(-39, 39), st.floats(-29, 29), st.floats(-50, 50)), min_size=1, max_size=12))
def test_between_sensors_nothing_is_above_or_below_what_they_say(sensors: list[tuple[float, float, float]]) -> None:
    x, z, said = (np.array(each) for each in zip(*sensors, strict=True))
    lattice = Lattice.over(SIZE, 4.0)
    found = measured(lattice, Things(np.stack([x, np.zeros(len(x)), z]), said), reach=30.0)
    known = found[np.isfinite(found)]
    assert known.min() >= said.min() - 1e-9
    assert known.max() <= said.max() + 1e-9


def test_at_a_sensor_is_what_it_says_and_where_none_is_near_nobody_knows() -> None:
    lattice = Lattice.over(SIZE, 1.0)
    found = measured(lattice, Things(np.array([[0.5, 10.5], [0, 0], [0.5, 0.5]]), np.array([20.0, 30.0])), reach=15.0)[0]
    assert _at(lattice, found, 0.5, 0.5) == pytest.approx(20.0, abs=1e-6)
    assert _at(lattice, found, 10.5, 0.5) == pytest.approx(30.0, abs=1e-6)
    assert np.isnan(_at(lattice, found, -30.5, 20.5))


def test_a_crowd_that_walks_one_way_flows_that_way() -> None:
    lattice = Lattice.over(SIZE, 1.0)
    x, z = (each.ravel().tolist() for each in np.meshgrid(np.arange(-30, 31, 3.0), np.arange(-20, 21, 3.0)))
    crowd = _things(x, z, velocities=np.tile([[1.2], [-0.5]], (1, len(x))))
    found = flow(lattice, crowd, reach=6.0)
    assert _at(lattice, found[0], 0.0, 0.0) == pytest.approx(1.2, abs=1e-3)
    assert _at(lattice, found[1], 0.0, 0.0) == pytest.approx(-0.5, abs=1e-3)
    lines = streamlines(lattice, found, Paint(0.0, 1.3, "heat", 1.0, fades=True), across=8)
    assert lines.vertex_count > 100


def test_contours_lie_where_the_value_is() -> None:
    lattice = Lattice.over((40.0, 1.0, 40.0), 0.5)
    x, z = np.meshgrid(lattice.x, lattice.z)
    lines = contours(lattice, np.hypot(x, z), Paint(0.0, 20.0, "heat", 1.0, fades=False), levels=1)
    away = np.hypot(lines.attributes["POSITION"][:, 0], lines.attributes["POSITION"][:, 2])
    assert np.abs(away - 10.0).max() < 0.2


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["nan", "inf", "huge", "none", "one"]), st.sampled_from(["density", "noise", "plume", "measured"]))
def test_whatever_things_say_colours_are_colours(say: str, kind: str) -> None:
    strengths = {"nan": [np.nan, 1.0], "inf": [np.inf, 1.0], "huge": [1e300, -1e300], "none": [], "one": [0.0]}[say]
    known = [each for each in strengths if np.isfinite(each)]
    things = Things(np.zeros((3, len(known))), np.clip(np.array(known), -200.0, 1e9))
    lattice = Lattice.over(SIZE, 8.0, (0.0, 5.0))
    if kind == "density":
        values = np.repeat(density(Lattice.over(SIZE, 8.0), things, reach=5.0), 2, axis=0)
    elif kind == "noise":
        values = noise(lattice, things, reach=50.0)
    elif kind == "plume":
        values = plume(lattice, things, wind_mps=2.0, wind_from_rad=1.0, reach=50.0)
    else:
        values = measured(lattice, things, reach=50.0)
    for primitive in (layers(lattice, values, Paint(0.0, 1.0, "alarm", 0.5, fades=True)),
                      upright(lattice, values, Paint(0.0, 1.0, "water", 0.5, fades=False))):  # fmt: skip
        colors = primitive.attributes["COLOR_0"]
        assert np.isfinite(colors).all()
        assert colors.min() >= 0.0
        assert colors.max() <= 1.0
        assert np.isfinite(primitive.attributes["POSITION"]).all()


@pytest.fixture
def world() -> World:
    app = App()
    for plugin in (ScenePlugin(), SimulationPlugin(), FieldMapPlugin()):
        app.add_plugin(plugin)
    return app.world


def _shown(world: World) -> list[int]:
    return [int(mesh) for table in world.query(FieldShown, MeshInstance) for mesh in table.read(MeshInstance, "mesh")]


def _map(world: World, **said: object) -> int:
    return int(world.spawn(Transform(), FieldMap(of="shape", size=(40.0, 10.0, 40.0), **said)))  # type: ignore[arg-type]


def test_a_map_is_seen_follows_its_settings_and_goes_with_its_entity(world: World) -> None:
    world.spawn(Transform(translation=(3.0, 1.0, 2.0)), Shape())
    entity = _map(world, reach_m=5.0)
    show_field_maps(world)
    (mesh,) = _shown(world)
    assert world.resource(MeshLibrary)[mesh].primitives[0].vertex_count > 10
    legend = world.resource(FieldMaps).legends[entity]
    assert (legend.kind, legend.unit, legend.low) == ("density", "1/m²", 0.0)
    assert legend.high > 0.0
    world.set(entity, FieldMap, high=7.0)
    show_field_maps(world)
    assert world.resource(FieldMaps).legends[entity].high == 7.0
    world.set(entity, FieldMap, enabled=False)
    show_field_maps(world)
    assert not _shown(world)
    world.set(entity, FieldMap, enabled=True)
    show_field_maps(world)
    world.despawn(entity)
    show_field_maps(world)
    assert not _shown(world)
    assert not world.resource(FieldMaps).legends


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"of": "nothing_of_that_name"}, "nothing_of_that_name"),
        ({"of": "shape.kind"}, "no field 'kind' that is one number"),
        ({"kind": "simulated", "of": "water.depth"}, "no simulator that says a grid"),
        ({"show": "streamlines"}, "kind takes flow"),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_sentence(world: World, said: dict[str, str], sentence: str) -> None:
    entity = int(world.spawn(Transform(), FieldMap(**said)))  # type: ignore[arg-type]
    show_field_maps(world)
    assert sentence in world.resource(FieldMaps).troubles[entity]
    assert not _shown(world)


def test_water_and_cars_that_are_simulated_are_fields(tmp_path: Path) -> None:
    app = small_city(tmp_path, rain=3000.0)
    app.add_plugin(FieldMapPlugin())
    world = app.world
    place = Transform((1100.0, 0.0, 0.0))
    depth = int(world.spawn(place, FieldMap(kind="simulated", of="water.depth", size=(200.0, 5.0, 40.0), cell_m=5.0)))
    moving = int(world.spawn(place, FieldMap(kind="flow", of="cars", show="streamlines", size=(200.0, 5.0, 40.0), cell_m=2.0)))
    for _ in range(120):
        app.frame(0.1)
    maps = world.resource(FieldMaps)
    assert not maps.troubles
    said = world.resource(Simulations).conductor
    assert said is not None
    assert maps.legends[depth].high == pytest.approx(float(said.said("water")["depth"].max()), rel=0.2)
    assert 1.0 < maps.legends[moving].high <= 10.5, "cars drive at most at the limit of 10 m/s"
    assert len(_shown(world)) == 2
