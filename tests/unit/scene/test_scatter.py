"""Scattered things: squares by distance, merged far away, grounded on what is drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.app import App, Stage
from taixu.assets.gltf import write_gltf
from taixu.assets.model import Mesh, ModelData, Node, Primitive
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Details, Eye, MeshInstance, MeshLibrary, Scatter, ScenePlugin, Terrain, Transform
from taixu.scene.models import ModelState, ReadingStore
from taixu.scene.scatter import ScatterState, read_places, write_places
from taixu.scene.scatter.squares import HIDDEN, Squares, merged
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.shapes import shape_mesh
from taixu.scene.terrain import HeightField, TerrainState, height_on_triangles

_COUNT = 5000


def _places(count: int = _COUNT, size: float = 400.0) -> np.ndarray:  # type: ignore[type-arg]
    random = np.random.default_rng(3)
    x, z = random.uniform(-size / 2, size / 2, (2, count))
    return np.stack([x, np.zeros(count), z, random.uniform(0, 6, count), random.uniform(0.5, 2, count)], 1).astype(np.float32)


def _eye(x: float = 0.0, y: float = 2.0, z: float = 0.0) -> Eye:
    return Eye(np.array([x, y, z]), 900.0)


def _model(path: Path, shapes: tuple[str, ...] = ("sphere", "box", "plane")) -> None:
    model = ModelData()
    for level, shape in enumerate(shapes):
        arrays = shape_mesh(shape, (1.0, 1.0, 1.0))
        have = {name: arrays[name] for name in ("POSITION", "NORMAL", "TEXCOORD_0")}
        model.meshes.append(Mesh(shape, [Primitive(have, arrays["indices"])]))
        model.nodes.append(Node(name=f"lod{level}", mesh=level, visible=level == 0))
    write_gltf(model, path)


def test_squares_hold_every_place_once() -> None:
    places = _places()
    squares = Squares.sort(places, 30.0)
    assert squares.starts[-1] == _COUNT
    assert np.array_equal(np.sort(squares.places[:, 0]), np.sort(places[:, 0]))
    for square in range(0, len(squares.lows), 17):
        rows = squares.rows(square)
        assert (rows[:, :3] >= squares.lows[square] - 1e-4).all()
        assert np.ptp(rows[:, 0]) <= 30.001
    levels = squares.levels([_eye()], (20.0, 60.0, 120.0))
    assert set(levels.tolist()) == {0, 1, 2, HIDDEN}
    assert len(Squares.sort(places[:0], 30.0).levels([_eye()], (1.0,))) == 0


def test_merged_forms_stand_where_single_ones_would() -> None:
    arrays = shape_mesh("box", (1.0, 2.0, 0.5))
    form = Primitive({name: arrays[name] for name in ("POSITION", "NORMAL", "TEXCOORD_0")}, arrays["indices"])
    row = np.array([[3.0, 1.0, -2.0, 0.7, 1.5]], np.float32)
    made = merged(form, row, np.array([1.0, 0.0, 0.0]))
    c, s = np.cos(0.7), np.sin(0.7)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    assert np.allclose(made.attributes["POSITION"], form.attributes["POSITION"] @ turn.T * 1.5 + (2, 1, -2), atol=1e-4)
    assert np.allclose(made.attributes["NORMAL"], form.attributes["NORMAL"] @ turn.T, atol=1e-5)


def test_files_of_places_are_checked(tmp_path: Path) -> None:
    write_places(tmp_path / "good.npy", _places(10))
    assert np.array_equal(read_places(tmp_path / "good.npy"), _places(10))
    broken = {"nan": np.full((2, 5), np.nan, np.float32), "wide": np.zeros((2, 6), np.float32), "int": np.zeros((2, 5), int)}
    for name, bad in broken.items():
        np.save(tmp_path / f"{name}.npy", bad)
        with pytest.raises(TaixuError):
            read_places(tmp_path / f"{name}.npy")
    (tmp_path / "text.npy").write_text("places")
    with pytest.raises(TaixuError):
        read_places(tmp_path / "text.npy")


def _world(
    folder: Path, shapes: tuple[str, ...] = ("sphere", "box", "plane"), reach_m: float = 150.0
) -> tuple[App, World, int]:
    from taixu.assets.gltf import read_gltf

    _model(folder / "thing.glb", shapes)
    write_places(folder / "places.npy", _places())
    z, x = np.meshgrid(np.linspace(0, 6, 65), np.linspace(0, 6, 65), indexing="ij")
    np.save(folder / "h.npy", (10 * np.sin(x) * np.cos(z)).astype(np.float32))
    app = App()
    app.add_plugin(ScenePlugin())
    world = app.world
    world.resource(ShapeState).resolve = lambda path: folder / path
    world.insert_resource(ModelState(ReadingStore(lambda source: read_gltf(folder / source))))
    ground = world.spawn(Transform(), Terrain(source="h.npy", size=(400.0, 400.0)))
    look = Scatter(source="places.npy", model="thing.glb", ground=ground, fine_m=25.0, coarse_m=70.0, reach_m=reach_m)
    world.spawn(Transform(), look)
    for stage in (Stage.APPLY, Stage.PROPAGATE):
        app.run_stage(stage)
    return app, world, ground


def test_things_stand_on_the_ground_that_is_drawn(tmp_path: Path) -> None:
    app, world, ground = _world(tmp_path)
    world.resource(Details).follow(world, [_eye()])
    heights = np.load(tmp_path / "h.npy")
    spread = next(iter(world.resource(ScatterState).spreads.values()))
    places = spread.squares.places
    assert np.allclose(places[:, 1], height_on_triangles(heights, 400.0, places[:, 0], places[:, 2]), atol=1e-4)
    # Those that stand singly are entities, with the places' own transforms.
    single = [some for square, some in spread.entities.items() if spread.shown[square] == 0]
    assert single
    world.set(ground, Terrain, size=(500.0, 500.0))  # other ground: they stand on that one
    for stage in (Stage.APPLY, Stage.PROPAGATE):
        app.run_stage(stage)
    places = next(iter(world.resource(ScatterState).spreads.values())).squares.places
    assert np.allclose(places[:, 1], height_on_triangles(heights, 500.0, places[:, 0], places[:, 2]), atol=1e-4)


def test_squares_change_with_distance_and_nothing_is_authored(tmp_path: Path) -> None:
    _, world, _ = _world(tmp_path)
    digest = world.state_hash()
    follow = world.resource(Details).follow
    follow(world, [_eye()])
    near = len(world.query(MeshInstance))
    spread = next(iter(world.resource(ScatterState).spreads.values()))
    assert {0, 2} <= set(spread.shown.tolist()), "alone, with a level each; merged"
    assert near < _COUNT / 2
    far = [square for square in spread.entities if spread.shown[square] == 2]
    assert all(len(spread.entities[square]) == 1 for square in far)
    follow(world, [_eye(10_000.0)])
    assert not spread.entities
    follow(world, [_eye()])
    assert len(world.query(MeshInstance)) == near
    assert world.state_hash() == digest


def test_what_has_one_form_of_many_triangles_stands_alone_in_far_blocks_too(tmp_path: Path) -> None:
    _, world, _ = _world(tmp_path, ("sphere",), 2000.0)
    world.resource(Details).follow(world, [_eye(-500.0)])
    spread = next(iter(world.resource(ScatterState).spreads.values()))
    shown = sum(len(spread.squares.rows(unit)) for unit in spread.entities)
    assert any(unit >= len(spread.squares.lows) for unit in spread.entities), "a block stands for its squares"
    assert sum(map(len, spread.entities.values())) == shown > 100


def test_blocks_stand_for_squares_that_are_far_from_every_eye() -> None:
    squares = Squares.sort(_places(20_000, 2000.0), 64.0)
    wanted = np.full(len(squares.lows), 2, np.uint8)
    for eyes in ([_eye()], [_eye(), _eye(700.0)]):
        found = squares.gathered(wanted, 2, eyes=eyes, beyond_m=160.0)
        units = np.flatnonzero(found == 2)
        first, last = squares.spans(units)
        assert (last - first).sum() == len(wanted), "each place once"
        blocks = units[units >= len(squares.lows)]
        assert 0 < len(blocks) < len(squares.blocks) - 1
        for block in blocks.tolist():
            rows = squares.rows(block)[:, :3]
            assert all(np.linalg.norm(rows - eye.position, axis=1).min() >= 160.0 for eye in eyes)
    assert (squares.gathered(wanted, 2) == 2).sum() == len(squares.blocks) - 1, "everything where nobody looks"


def test_what_ends_with_its_last_form_has_no_impostor_and_small_squares(tmp_path: Path) -> None:
    _, far, _ = _world(tmp_path)
    _, near, _ = _world(tmp_path, reach_m=70.0)
    for world in (far, near):
        world.resource(Details).follow(world, [_eye()])
    of_far, of_near = (next(iter(world.resource(ScatterState).spreads.values())) for world in (far, near))
    assert of_far.form is not None and of_near.form is None
    assert set(of_near.shown.tolist()) == {0, 1, HIDDEN}, "alone, then merged, then nothing"
    edges = [float(np.ptp(of_near.squares.rows(square)[:, 0])) for square in range(len(of_near.squares.lows))]
    assert 10.0 < max(edges) <= 20.001


def test_they_go_with_their_entity(tmp_path: Path) -> None:
    app, world, _ = _world(tmp_path)
    world.resource(Details).follow(world, [_eye()])
    meshes = list(next(iter(world.resource(ScatterState).spreads.values())).meshes.values())
    world.despawn(world.query(Scatter).entities.copy())
    app.run_stage(Stage.APPLY)
    assert not world.resource(ScatterState).spreads
    assert all(not world.resource(MeshLibrary)[number].primitives for number in meshes)


def test_a_change_of_the_ground_here_moves_only_what_stands_here(tmp_path: Path) -> None:
    app, world, ground = _world(tmp_path)
    follow = world.resource(Details).follow
    follow(world, [_eye()])
    terrains = world.resource(TerrainState)
    field = terrains.field(ground)
    assert field is not None
    terrains.give(world, ground, HeightField(field.heights, field.size))
    for stage in (Stage.APPLY, Stage.PROPAGATE):
        app.run_stage(stage)
    follow(world, [_eye()])
    spread = next(iter(world.resource(ScatterState).spreads.values()))
    before, far = spread.squares.places.copy(), {square: some for square, some in spread.entities.items() if square > 25}
    heights = field.heights.copy()
    middle = slice(len(heights) // 2 - 4, len(heights) // 2 + 5)
    heights[middle, middle] += 3.0
    reach = 7 * max(field.spacing)
    terrains.give(world, ground, HeightField(heights, field.size), areas=[(-reach, -reach, reach, reach)])
    app.run_stage(Stage.APPLY)
    follow(world, [_eye()])
    after = next(iter(world.resource(ScatterState).spreads.values()))
    assert after is spread
    places = spread.squares.places
    assert np.allclose(places[:, 1], height_on_triangles(heights, 400.0, places[:, 0], places[:, 2]), atol=1e-4)
    moved = before[:, 1] != places[:, 1]
    assert 10 < moved.sum() < 400 and (np.abs(before[moved][:, [0, 2]]) <= reach).all()
    standing = {square: some for square, some in spread.entities.items() if square in far}
    assert any(np.array_equal(standing[square], far[square]) for square in standing)
