"""A tileset's tiles come as eyes near, in the background or before a picture; within a budget; and go with their entity."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pyproj")

from tests.support.waiting import until

from taixu.app import App, Jobs, Stage
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import ModelData, Node
from taixu.assets.paths import safe_join
from taixu.ecs import World
from taixu.scene import ScenePlugin
from taixu.scene.components import FromModel, MeshInstance, Transform
from taixu.scene.details import Details, Eye
from taixu.scene.library import MeshLibrary
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.tilesets import Tileset, TilesetState, show_tilesets


def _write(folder: Path, *, triangles: int = 4) -> None:
    rng = np.random.default_rng(3)
    part = Primitive({"POSITION": rng.random((3 * triangles, 3)).astype(np.float32)})
    (folder / "a.glb").write_bytes(glb_bytes(ModelData(nodes=[Node(mesh=0)], meshes=[Mesh("m", [part])])))

    def tile(x: float, half: float, error: float, *children: object) -> dict[str, object]:
        made: dict[str, object] = {"boundingVolume": {"box": [x, 0, 0, half, 0, 0, 0, 8, 0, 0, 0, 8]}, "geometricError": error,
                                   "refine": "REPLACE", "content": {"uri": "a.glb"}}  # fmt: skip
        return made | ({"children": list(children)} if children else {})

    root = tile(0, 400, 20, *(tile(100.0 * k - 350, 50, 0) for k in range(8)))
    document = {"asset": {"version": "1.1"}, "geometricError": 99, "root": root}
    (folder / "tileset.json").write_text(json.dumps(document))


def _eye(x: float = 0.0, up: float = 10.0) -> list[Eye]:
    return [Eye(np.array([x, up, 0.0]), 900.0)]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    _write(tmp_path)
    app = App()
    app.add_plugin(ScenePlugin())
    app.insert_resource(ShapeState(lambda name: safe_join(tmp_path, name)))
    with Jobs() as jobs:
        app.insert_resource(jobs)
        yield app


def _frame(app: App) -> None:
    app.world.resource(Jobs).poll()
    for stage in (Stage.APPLY, Stage.PROPAGATE):
        app.run_stage(stage)


def _add(app: App) -> tuple[World, int]:
    entity = app.world.spawn(Transform(), Tileset(source="tileset.json"))
    app.world.resource(TilesetState).eyes = _eye(up=1e6)
    with app.world.resource(Details).waiting():
        _frame(app)
    return app.world, entity


def _tiles(world: World) -> int:
    return sum(len(table.entities) for table in world.query(FromModel).tables())


def test_pictures_wait_for_what_they_show(app: App) -> None:
    world, entity = _add(app)
    with world.resource(Details).waiting():
        show_tilesets(world, _eye(up=1e5))
        assert _tiles(world) == 1
        show_tilesets(world, _eye())
    assert _tiles(world) == 8
    stream = world.resource(TilesetState).stream(entity)
    assert stream is not None
    assert stream.shown == list(range(1, 9))
    world.despawn(np.array([entity], np.uint64))
    _frame(app)
    assert _tiles(world) == 0


def test_tiles_come_from_threads_and_nothing_waits_for_them(app: App) -> None:
    world, _ = _add(app)
    state = world.resource(TilesetState)

    def arrived() -> bool:
        _frame(app)
        show_tilesets(world, _eye())
        return _tiles(world) == 8 and not state.is_waiting

    until(arrived)
    assert all(each.read(MeshInstance, "mesh").all() for each in world.query(MeshInstance).tables())
    world.resource(Jobs).wait()


def test_what_does_not_fit_is_coarser_and_is_forgotten(app: App, tmp_path: Path) -> None:
    _write(tmp_path, triangles=500)  # some 40 KB a tile
    world, entity = _add(app)
    stream = world.resource(TilesetState).stream(entity)
    assert stream is not None
    stream.budget = 150_000
    library = world.resource(MeshLibrary)
    with world.resource(Details).waiting():
        for x in (-350.0, -150.0, 50.0, 250.0, 0.0):
            show_tilesets(world, _eye(x))
    assert stream.coarser > 1.0
    assert stream.used < 2 * stream.budget
    assert _tiles(world) == 1  # the root, for all do not fit
    full = sum(bool(library[number].primitives) for number in range(1, len(library)))
    assert full <= len(stream.loaded)


@pytest.mark.parametrize(
    ("name", "sentence"), [("none.json", "no such file"), ("../x.json", "leads out"), ("a.glb", "UTF-8")]
)
def test_broken_tilesets_are_told_once(app: App, name: str, sentence: str, caplog: pytest.LogCaptureFixture) -> None:
    world = app.world
    with caplog.at_level(logging.WARNING):
        world.spawn(Transform(), Tileset(source=name))
        with world.resource(Details).waiting():
            for _ in range(3):
                _frame(app)
                show_tilesets(world, _eye())
    told = [each for each in caplog.messages if sentence in each]
    assert len(told) == 1
    assert _tiles(world) == 0
