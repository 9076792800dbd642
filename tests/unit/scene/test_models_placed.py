"""Models in a world: nodes as entities, shared meshes, variants, files that change, fail and go."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.app import App
from taixu.assets.model import Camera, Instances, Light, Material, Mesh, ModelData, Node, Primitive
from taixu.errors import TaixuError
from taixu.scene import Camera as CameraComponent
from taixu.scene import (
    FromModel,
    MeshInstance,
    MeshLibrary,
    Model,
    Name,
    Parent,
    ScenePlugin,
    Transform,
    Visibility,
    WorldTransforms,
)
from taixu.scene import Light as LightComponent
from taixu.scene import Node as View
from taixu.scene.models import ModelState


def triangle(material: int | None = None, **more: object) -> Primitive:
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    return Primitive({"POSITION": points}, None, material=material, **more)  # type: ignore[arg-type]


def tree() -> ModelData:
    """Root, a child with a mesh two metres up, a lamp and a camera, and a node outside the scene."""
    from taixu.assets.model import Scene

    nodes = [
        Node("root", children=[1, 2, 3]), Node("leaf", parent=0, mesh=0, translation=np.array([0, 2, 0], np.float32)),
        Node("lamp", parent=0, light=0, visible=False), Node("eye", parent=0, camera=0), Node("elsewhere", mesh=0),
    ]
    return ModelData(
        nodes=nodes, meshes=[Mesh(primitives=[triangle(0, variants={0: 1})])], materials=[Material("a"), Material("b")],
        lights=[Light(kind="spot", intensity=7.0, range_m=float("inf"))], cameras=[Camera(yfov_rad=0.5)],
        scenes=[Scene(nodes=[0])], scene=0, variants=["blue"],
    )


class Store:
    """Models by source, with revisions that a test can raise; sources in `slow` are still on their way."""

    def __init__(self, **models: ModelData) -> None:
        self.models = models
        self.revisions = dict.fromkeys(models, 0)
        self.slow: set[str] = set()
        self.version = 0

    def model(self, source: str) -> tuple[ModelData, int] | None:
        if source in self.slow:
            return None
        if source not in self.models:
            raise TaixuError(f"{source}: there is no such file")
        return self.models[source], self.revisions[source]

    def wait(self) -> None:
        self.slow.clear()
        self.version += 1


@pytest.fixture
def app() -> App:
    made = App()
    made.add_plugin(ScenePlugin())
    return made


def use(app: App, **models: ModelData) -> Store:
    store = Store(**models)
    app.insert_resource(ModelState(store))
    return store


def nodes_of(app: App) -> dict[str, View]:
    nodes = [View(app.world, entity) for entity in app.world.query(FromModel, Name).entities.tolist()]
    return {node.name: node for node in nodes}


def test_nodes_become_entities_below_their_owner(app: App) -> None:
    use(app, tree=tree())
    owner = app.world.spawn(Transform(translation=(1, 0, 0)), Model("tree"))
    app.frame(1 / 60)
    nodes = nodes_of(app)
    assert set(nodes) == {"root", "leaf", "lamp", "eye"}
    assert nodes["root"].parent == View(app.world, owner)
    assert nodes["leaf"].world_position == pytest.approx([1, 2, 0])
    assert nodes["lamp"][LightComponent].kind == "spot"
    assert nodes["lamp"][LightComponent].range_m == 0.0
    assert not nodes["lamp"][Visibility].visible
    assert nodes["eye"][CameraComponent].fov_y_rad == pytest.approx(0.5)
    matrix = app.resource(WorldTransforms).matrix(nodes["leaf"].entity & 0xFFFFFFFF)
    assert matrix[:3, 3] == pytest.approx([1, 2, 0])


def test_two_of_a_model_share_meshes_and_differ_in_ids(app: App) -> None:
    use(app, tree=tree())
    owners = [app.world.spawn(Transform(), Model("tree")) for _ in range(2)]
    app.frame(1 / 60)
    world = app.world
    shown = world.query(MeshInstance, FromModel).entities
    assert len(shown) == 2
    assert len(set(world.gather(shown, MeshInstance, "mesh").tolist())) == 1
    assert len(set(world.stable_ids(world.query(FromModel).entities).tolist())) == 8
    assert world.stable_ids(np.array(owners, np.uint64)).all()


def test_stable_ids_of_nodes_depend_on_the_owner_alone() -> None:
    found = []
    for extra in (0, 5):
        app = App()
        app.add_plugin(ScenePlugin())
        use(app, tree=tree())
        for _ in range(extra):
            app.world.spawn(Transform())
        app.world.spawn(Transform(), Model("tree"), stable_id=77)
        app.frame(1 / 60)
        found.append({name: node.stable_id for name, node in nodes_of(app).items()})
    assert found[0] == found[1]


def test_variant_and_source_may_change(app: App) -> None:
    use(app, tree=tree(), other=ModelData(nodes=[Node("other")]))
    owner = app.world.spawn(Transform(), Model("tree"))
    app.frame(1 / 60)
    library = app.resource(MeshLibrary)
    plain = library[nodes_of(app)["leaf"][MeshInstance].mesh]
    app.world.set(owner, Model, variant="blue")
    app.frame(1 / 60)
    blue = library[nodes_of(app)["leaf"][MeshInstance].mesh]
    assert plain.materials != blue.materials
    assert plain.primitives == blue.primitives
    app.world.set(owner, Model, source="other")
    app.frame(1 / 60)
    assert set(nodes_of(app)) == {"other"}


def test_nodes_go_with_their_owner_and_with_the_component(app: App) -> None:
    use(app, tree=tree())
    first, second = (app.world.spawn(Transform(), Model("tree")) for _ in range(2))
    app.frame(1 / 60)
    app.world.despawn(first)
    app.world.remove(second, Model)
    app.frame(1 / 60)
    assert len(app.world.query(FromModel)) == 0
    assert len(app.world) == 1


def test_an_edited_file_replaces_what_stands(app: App) -> None:
    store = use(app, tree=tree())
    app.world.spawn(Transform(), Model("tree"))
    app.frame(1 / 60)
    store.models["tree"] = ModelData(nodes=[Node("new root", mesh=0)], meshes=[Mesh(primitives=[triangle()])])
    store.revisions["tree"] += 1
    store.version += 1
    app.frame(1 / 60)
    assert set(nodes_of(app)) == {"new root"}


def test_a_model_on_its_way_appears_when_it_comes(app: App) -> None:
    store = use(app, tree=tree())
    store.slow.add("tree")
    app.world.spawn(Transform(), Model("tree"))
    app.frame(1 / 60)
    assert not nodes_of(app)
    assert app.resource(ModelState).waiting
    store.wait()
    app.frame(1 / 60)
    assert len(nodes_of(app)) == 4
    assert not app.resource(ModelState).waiting


def test_a_model_that_cannot_be_read_is_said_once(app: App, caplog: pytest.LogCaptureFixture) -> None:
    store = use(app)
    app.world.spawn(Transform(), Model("missing.glb"))
    for _ in range(3):
        store.version += 1
        app.frame(1 / 60)
    assert [record.getMessage() for record in caplog.records] == ["missing.glb: there is no such file"]
    assert not app.resource(ModelState).waiting


def test_many_models_that_cannot_be_read_fill_neither_log_nor_memory(app: App, caplog: pytest.LogCaptureFixture) -> None:
    store = use(app)
    for number in range(300):
        entity = app.world.spawn(Transform(), Model(f"missing{number}.glb"))
        app.frame(1 / 60)
        app.world.despawn(entity)
    last = app.world.spawn(Transform(), Model("missing299.glb"))
    store.version += 1
    app.frame(1 / 60)
    state = app.resource(ModelState)
    assert len(caplog.records) == 51
    assert caplog.records[-1].getMessage() == "more than 50 models cannot be had; no more of them are told"
    assert len(state.failures) <= 256
    assert app.world.alive(last)[0]
    assert not state.waiting


def test_instances_stand_below_their_node(app: App) -> None:
    places = np.array([[1, 0, 0], [0, 0, 3]], np.float32)
    copies = Instances(places, np.array([[0, 0, 0, 1]] * 2, np.float32), np.ones((2, 3), np.float32))
    use(app, many=ModelData(nodes=[Node("grid", mesh=0, instances=copies)], meshes=[Mesh(primitives=[triangle()])]))
    app.world.spawn(Transform(translation=(0, 5, 0)), Model("many"))
    app.frame(1 / 60)
    shown = app.world.query(MeshInstance).entities
    found = {tuple(View(app.world, entity).world_position.tolist()) for entity in shown.tolist()}
    assert found == {(1, 5, 0), (0, 5, 3)}
    assert not app.world.has(nodes_of(app)["grid"].entity, MeshInstance)


def test_a_restored_world_gets_its_nodes_anew(app: App) -> None:
    use(app, tree=tree())
    app.world.spawn(Transform(), Model("tree"))
    app.frame(1 / 60)
    kept, before = app.world.snapshot(), app.world.state_hash()
    app.world.despawn(app.world.query(Model).entities)
    app.frame(1 / 60)
    app.world.restore(kept)
    app.frame(1 / 60)
    assert len(nodes_of(app)) == 4
    assert len(app.world.query(Parent)) == 4
    assert app.world.state_hash() == before
