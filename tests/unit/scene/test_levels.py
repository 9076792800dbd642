"""Levels of detail: how models say them, and which one stands where the eyes are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.app import App, Stage
from taixu.assets.gltf import read_gltf, write_gltf
from taixu.assets.levels import Levels, levels_of, link_levels
from taixu.assets.model import Mesh, ModelData, Node, Primitive, Scene, Skin
from taixu.ecs import World
from taixu.scene import CELL_M, Details, Eye, FromModel, MeshInstance, MeshLibrary, Model, ScenePlugin, Transform
from taixu.scene.shapes import shape_mesh


def sphere(rings: int) -> Mesh:
    """A mesh of a metre, finer with more rings: corners do not matter here, their number does."""
    arrays = shape_mesh("sphere", (1.0, 1.0, 1.0))
    have = {name: arrays[name] for name in ("POSITION", "NORMAL", "TEXCOORD_0")}
    indices = arrays["indices"].reshape(-1, 3)
    return Mesh(f"{rings}", [Primitive(have, indices[:: max(1, len(indices) // rings)].reshape(-1).astype(np.uint32))])


def linked(*counts: int, coverage: tuple[float, ...] = ()) -> ModelData:
    model = ModelData(scenes=[Scene(nodes=list(range(len(counts))))], scene=0)
    for count in counts:
        model.nodes.append(Node(name=f"form {count}", mesh=len(model.meshes)))
        model.meshes.append(sphere(count))
    link_levels(model, 0, list(range(1, len(counts))), coverage=coverage)
    return model


@pytest.fixture
def shown(tmp_path: Path) -> tuple[App, World, int]:
    """A world in which a model with three levels stands at the origin."""
    write_gltf(linked(400, 80, 12), tmp_path / "thing.glb")
    app = App()
    ScenePlugin().build(app)
    world = app.world
    entity = world.spawn(Transform(), Model(source=str(tmp_path / "thing.glb")))
    app.run_stage(Stage.PROPAGATE)
    return app, world, entity


def made(world: World, cls: type, field: str) -> NDArray[Any]:
    """A column of all that models made."""
    return np.concatenate([table.read(cls, field) for table in world.query(MeshInstance, FromModel).tables()])


def forms(world: World) -> list[int]:
    """The level of each mesh that stands there."""
    numbers = next(iter(world.resource(MeshLibrary).levels.values())).numbers
    return [numbers.index(each) for each in made(world, MeshInstance, "mesh").tolist()]


def look(world: World, *distances: float, pixels_per_rad: float = 1000.0, at: float = 0.0) -> list[int]:
    world.resource(Details).follow(world, [Eye(np.array([at, 0.0, each]), pixels_per_rad) for each in distances])
    return forms(world)


def test_one_thing_stands_there_and_gets_coarser_away_from_eyes(shown: tuple[App, World, int]) -> None:
    _, world, _ = shown
    assert len(world.query(FromModel)) == 1, "coarser forms are no entities"
    assert look(world, 2.0) == [0] and look(world, 120.0) == [1] and look(world, 3000.0) == [2]
    assert look(world, 3000.0, pixels_per_rad=100_000.0) == [0], "a telescope sees what is far"
    assert look(world, 3000.0, 2.0) == [0], "the nearest eye decides"


def test_nothing_flickers_between_two_levels(shown: tuple[App, World, int]) -> None:
    _, world, _ = shown
    distances = np.linspace(2.0, 200.0, 400)
    away = [look(world, each)[0] for each in distances]
    back = [look(world, each)[0] for each in distances[::-1]][::-1]
    assert away == sorted(away) and back == sorted(back)
    assert away.index(1) > back.index(1), "it is left later than it is taken"
    edge = distances[away.index(1)]
    assert len({look(world, edge - 0.5 * (number % 2))[0] for number in range(20)}) == 1


def test_shares_of_the_screen_come_before_triangles(tmp_path: Path) -> None:
    write_gltf(linked(400, 80, coverage=(0.25, 0.0)), tmp_path / "thing.glb")
    app = App()
    ScenePlugin().build(app)
    app.world.spawn(Transform(), Model(source=str(tmp_path / "thing.glb")))
    app.run_stage(Stage.PROPAGATE)
    assert look(app.world, 2.5) == [0], "600 pixels and more"
    assert look(app.world, 5.0) == [1], "half of the screen's height is left behind"


def test_far_from_the_origin_and_scaled_it_is_the_same(shown: tuple[App, World, int]) -> None:
    app, world, entity = shown
    near = [look(world, each)[0] for each in (2.0, 25.0, 120.0, 3000.0)]
    world.insert(entity, Transform(cell=(40, 0, 0), scale=(3.0, 3.0, 3.0)))
    app.run_stage(Stage.PROPAGATE)
    assert [look(world, 3.0 * each, at=40.0 * CELL_M)[0] for each in (2.0, 25.0, 120.0, 3000.0)] == near


def test_who_must_not_depend_on_eyes_sees_the_finest(shown: tuple[App, World, int]) -> None:
    _, world, _ = shown
    library = world.resource(MeshLibrary)
    first = next(iter(library.levels))
    assert look(world, 3000.0) == [2]
    assert library.finest(made(world, MeshInstance, "mesh")).tolist() == [first]


def test_what_comes_and_goes_is_followed(shown: tuple[App, World, int], tmp_path: Path) -> None:
    app, world, entity = shown
    model = Model(source=str(tmp_path / "thing.glb"))
    others = [world.spawn(Transform(translation=(0.0, 0.0, -60.0 * each)), model) for each in (1, 2, 3)]
    app.run_stage(Stage.PROPAGATE)
    look(world, 2.0)
    by_place = dict(zip(made(world, FromModel, "owner").tolist(), forms(world), strict=True))
    assert by_place[entity] == 0 and by_place[others[2]] == 1
    world.despawn(entity)
    app.run_stage(Stage.PROPAGATE)
    assert len(look(world, -182.0)) == 3
    by_place = dict(zip(made(world, FromModel, "owner").tolist(), forms(world), strict=True))
    assert by_place[others[2]] == 0 and by_place[others[0]] == 1


def test_one_coarse_form_stands_for_several_meshes(tmp_path: Path) -> None:
    """As avatars have it: body, hair and clothes near by, one mesh of a crowd from afar; all have one skin."""
    model = ModelData(scenes=[Scene(nodes=[0])], scene=0, meshes=[sphere(200), sphere(150), sphere(12)])
    model.nodes = [Node(name="looks", children=[1, 2]), Node(parent=0, mesh=0, skin=0), Node(parent=0, mesh=1, skin=0)]
    model.nodes += [Node(mesh=2, skin=0), Node(name="bone")]
    model.skins = [Skin(joints=[4], inverse_bind_matrices=np.eye(4, dtype=np.float32)[None])]
    for mesh in model.meshes:
        for part in mesh.primitives:
            count = part.vertex_count
            part.attributes |= {"JOINTS_0": np.zeros((count, 4), np.uint16), "WEIGHTS_0": np.eye(4, dtype=np.float32)[[0] * count]}
    link_levels(model, 0, [3])
    assert levels_of(model)[0].members(model) == [1, 2]
    write_gltf(model, tmp_path / "person.glb")
    app = App()
    ScenePlugin().build(app)
    app.world.spawn(Transform(), Model(source=str(tmp_path / "person.glb")))
    app.run_stage(Stage.PROPAGATE)
    library = app.world.resource(MeshLibrary)

    def triangles(distance: float) -> list[int]:
        app.world.resource(Details).follow(app.world, [Eye(np.array([0.0, 0.0, distance]), 1000.0)])
        meshes = sorted(made(app.world, MeshInstance, "mesh").tolist())
        return [sum(len(each.triangles()) for each in library[number].primitives) for number in meshes]

    near = triangles(2.0)
    assert len(near) == 2 and min(near) >= 150
    assert sorted(triangles(500.0)) == [0, len(model.meshes[2].primitives[0].triangles())]
    assert triangles(2.0) == near


def test_levels_live_through_a_file_and_stay_out_of_the_scene(tmp_path: Path) -> None:
    write_gltf(linked(400, 80, 12, coverage=(0.3, 0.1, 0.0)), tmp_path / "a.glb")
    again = read_gltf(tmp_path / "a.glb")
    assert levels_of(again) == {0: Levels((0, 1, 2), (0.3, 0.1, 0.0), 0)}
    assert list(again.roots()) == [0] and "MSFT_lod" in again.extensions_used


def test_siblings_called_lod_are_levels() -> None:
    names = ("Rock_LOD0", "Rock_LOD1", "Rock_LOD2", "Tree lod0", "Tree lod1", "lodge", "Rock_LOD")
    model = ModelData(scenes=[Scene(nodes=list(range(len(names))))], scene=0, meshes=[sphere(9)])
    model.nodes = [Node(name=name, mesh=0) for name in names]
    assert levels_of(model) == {0: Levels((0, 1, 2), carrier=0), 3: Levels((3, 4), carrier=3)}
    model.nodes[1].translation = np.float32([1.0, 0.0, 0.0])
    assert levels_of(model) == {3: Levels((3, 4), carrier=3)}, "what stands apart is no form of the other"


@pytest.mark.parametrize(
    "said", [{"ids": "all"}, {"ids": [99, -1, "x", None, True and 3]}, {"ids": []}, [1], None, {"ids": [0]}, {}]
)
def test_what_a_file_says_wrongly_shows_the_finest(said: object) -> None:
    model = ModelData(scenes=[Scene(nodes=[0])], scene=0, meshes=[sphere(9)], nodes=[Node(mesh=0), Node(), Node()])
    model.nodes[0].extensions = {"MSFT_lod": said}
    assert levels_of(model) == {}


@pytest.mark.parametrize("coverage", [[0.1], [0.1, 0.5], [float("nan"), 0.1], ["a", "b"], [2.0, 1.0], "all"])
def test_shares_that_cannot_be_meant_are_left_out(coverage: object) -> None:
    model = linked(400, 80)
    model.nodes[0].extras = {"MSFT_screencoverage": coverage}
    assert levels_of(model) == {0: Levels((0, 1), carrier=0)}
