"""Terrain: tiles that cover the ground once, are as fine as eyes need, and are the surface that things stand on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.app import App, Stage
from taixu.assets.image import encode_png
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Details, Eye, FromModel, MeshInstance, MeshLibrary, ScenePlugin, Terrain, Transform
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.terrain import HeightField, TerrainState, TileTree, height_on_triangles, read_heights, tile_mesh


def _field(points: int = 200, size: float = 400.0) -> HeightField:
    z, x = np.meshgrid(np.linspace(0, 9, points), np.linspace(0, 9, points), indexing="ij")
    rough = np.random.default_rng(1).normal(0, 0.15, (points, points))
    return HeightField((8 * np.sin(x) * np.cos(z * 0.7) + rough).astype(np.float32), (size, size))


def _eye(x: float, y: float, z: float) -> Eye:
    return Eye(np.array([x, y, z]), 800.0)


@pytest.mark.parametrize("eyes", [[_eye(0, 20, 0)], [_eye(-190, 5, 150), _eye(190, 30, -190)], [_eye(0, 1e5, 0)]])
def test_tiles_cover_the_ground_once(eyes: list[Eye]) -> None:
    tree = TileTree(_field())
    covered = np.zeros((4, 4), int)  # of the finest tiles
    for level, i, j in tree.select(eyes, error_px=2.0):
        covered[j << level : (j + 1) << level, i << level : (i + 1) << level] += 1
    assert (covered == 1).all()


def test_near_eyes_see_finer_tiles() -> None:
    tree = TileTree(_field())
    near = dict.fromkeys(level for level, *_ in tree.select([_eye(0, 10, 0)], error_px=2.0))
    far = [level for level, *_ in tree.select([_eye(0, 1e6, 0)], error_px=2.0)]
    assert min(near) == 0
    assert far == [tree.levels - 1]
    assert len(tree.select([_eye(0, 10, 0)], error_px=1e-6, most=5)) <= 5


def test_the_finest_tiles_are_the_surface_that_is_asked() -> None:
    field = _field()
    mesh = tile_mesh(field, (0, 1, 2), skirt_m=3.0)
    points, triangles = mesh.attributes["POSITION"], mesh.triangles()[: 64 * 64 * 2]
    middle = points[triangles].mean(1)
    inside = (np.abs(middle[:, 0]) < 199.9) & (np.abs(middle[:, 2]) < 199.9)
    asked = height_on_triangles(field.heights, field.size, middle[:, 0], middle[:, 2])
    assert np.allclose(asked[inside], middle[inside, 1], atol=1e-3)
    up = np.cross(points[triangles[:, 1]] - points[triangles[:, 0]], points[triangles[:, 2]] - points[triangles[:, 0]])[:, 1]
    assert (up[inside] > 0).all()
    assert np.allclose(np.linalg.norm(mesh.attributes["NORMAL"], axis=1), 1, atol=1e-4)


def test_borders_of_unequal_tiles_hide_behind_skirts() -> None:
    tree = TileTree(_field())
    for tile in [(0, 1, 1), (1, 0, 1)]:
        mesh = tile_mesh(tree.field, tile, skirt_m=tree.skirt_m(tile))
        rim = mesh.attributes["POSITION"][65 * 65 :]
        coarse = tree.field.heights[:: 1 << (tile[0] + 1), :: 1 << (tile[0] + 1)]
        wrong = np.abs(
            height_on_triangles(coarse, tree.field.size, rim[:, 0], rim[:, 2]) - (rim[:, 1] + tree.skirt_m(tile))
        )  # fmt: skip
        inside = (np.abs(rim[:, 0]) < 190) & (np.abs(rim[:, 2]) < 190)
        assert wrong[inside].max() <= tree.skirt_m(tile) + 0.5


def test_heights_come_from_pictures_and_arrays(tmp_path: Path) -> None:
    field = _field(33)
    low, high = float(field.heights.min()), float(field.heights.max())
    pixels = np.rint((field.heights - low) / (high - low) * 65535).astype(np.uint16)
    (tmp_path / "h.png").write_bytes(encode_png(pixels[..., None]))
    np.save(tmp_path / "h.npy", field.heights)
    for name in ("h.png", "h.npy"):
        found = read_heights(tmp_path / name, size=(400.0, 400.0), low_m=low, high_m=high)
        assert np.allclose(found.heights, field.heights, atol=1e-3)


def test_bad_heights_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "nan.npy", np.full((4, 4), np.nan, np.float32))
    np.save(tmp_path / "line.npy", np.zeros(4, np.float32))
    np.save(tmp_path / "text.npy", np.array([["a", "b"], ["c", "d"]]))
    np.save(tmp_path / "object.npy", np.array([[{}, {}], [{}, {}]]), allow_pickle=True)
    (tmp_path / "cut.npy").write_bytes((tmp_path / "nan.npy").read_bytes()[:90])
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999), }"
    (tmp_path / "huge.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00" + header.ljust(117) + b"\n")
    for name in ("nan", "line", "text", "object", "cut", "huge", "missing"):
        with pytest.raises(TaixuError):
            read_heights(tmp_path / f"{name}.npy", size=(1.0, 1.0), low_m=0.0, high_m=1.0)


def _world(tmp_path: Path) -> tuple[App, World, int]:
    np.save(tmp_path / "h.npy", _field().heights)
    app = App()
    app.add_plugin(ScenePlugin())
    app.world.resource(ShapeState).resolve = lambda path: tmp_path / path
    entity = app.world.spawn(Transform(), Terrain(source="h.npy", size=(400.0, 400.0)))
    for stage in (Stage.APPLY, Stage.PROPAGATE):
        app.run_stage(stage)
    return app, app.world, entity


def test_tiles_follow_eyes_and_their_terrain(tmp_path: Path) -> None:
    app, world, entity = _world(tmp_path)
    coarse = len(world.query(MeshInstance))
    assert coarse >= 1
    world.resource(Details).follow(world, [_eye(0, 8, 0)])
    assert len(world.query(MeshInstance)) > coarse
    meshes = np.concatenate([table.read(MeshInstance, "mesh") for table in world.query(MeshInstance)])
    assert all(world.resource(MeshLibrary)[int(number)].primitives for number in meshes)
    before = world.tick
    world.resource(Details).follow(world, [_eye(0, 8, 0)])
    assert world.tick == before  # nobody moved: nothing happened
    world.remove(np.array([entity], np.uint64), Terrain)
    app.run_stage(Stage.APPLY)
    assert len(world.query(MeshInstance)) == 0
    assert not world.resource(TerrainState).grounds


def test_tiles_are_made_and_survive_a_restored_world(tmp_path: Path) -> None:
    app, world, entity = _world(tmp_path)
    saved, digest = world.snapshot(), world.state_hash()
    world.resource(Details).follow(world, [_eye(0, 8, 0)])
    assert world.state_hash() == digest
    world.restore(saved)
    for stage in (Stage.APPLY, Stage.PROPAGATE):
        app.run_stage(stage)
    owners = np.concatenate([table.read(FromModel, "owner") for table in world.query(FromModel)])
    assert (owners == entity).all()
    known = world.resource(TerrainState).grounds[entity].tiles
    assert len(owners) == len(known)


def test_a_file_that_is_missing_is_said_once(tmp_path: Path) -> None:
    app = App()
    app.add_plugin(ScenePlugin())
    app.world.resource(ShapeState).resolve = lambda path: tmp_path / path
    app.world.spawn(Transform(), Terrain(source="none.npy"))
    app.run_stage(Stage.APPLY)
    assert "none.npy" in next(iter(app.world.resource(TerrainState).failures))
    assert len(app.world.query(MeshInstance)) == 0


def test_a_tree_that_was_changed_is_as_one_made_anew() -> None:
    field = _field()
    tree = TileTree(field)
    heights = field.heights.copy()
    heights[40:60, 100:130] += 7.0
    changed = HeightField(heights, field.size)
    sx, sz = field.spacing
    area = (100 * sx - field.size[0] / 2, 40 * sz - field.size[1] / 2, 129 * sx - field.size[0] / 2, 59 * sz - field.size[1] / 2)
    lost = tree.change(changed, [area])
    fresh = TileTree(changed)
    for mine, other in ((tree.errors, fresh.errors), (tree.lows, fresh.lows), (tree.highs, fresh.highs)):
        for one, two in zip(mine, other, strict=True):
            assert np.array_equal(one, two)
    for level, i, j in ((0, 1, 0), (1, 0, 0)):
        old, new = (tile_mesh(one, (level, i, j), skirt_m=1.0).attributes["POSITION"] for one in (field, changed))
        assert np.array_equal(old, new) or (level, i, j) in lost
