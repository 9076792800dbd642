"""`Node`, the friendly view of one entity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.app import App, Stage
from taixu.ecs import indices_of
from taixu.errors import TaixuError
from taixu.math.quaternion import from_axis_angle
from taixu.scene import CELL_M, Light, Name, Node, Parent, ScenePlugin, Transform, WorldTransforms


def make_app() -> App:
    return App().add_plugin(ScenePlugin())


def make_node(app: App, **fields: object) -> Node:
    return Node(app.world, app.world.spawn(Transform(**fields)))  # type: ignore[arg-type]


def test_identity_and_components() -> None:
    app = make_app()
    node = make_node(app)
    assert node == Node(app.world, node.entity)
    assert len({node, Node(app.world, node.entity)}) == 1
    assert node.name == ""
    node.name = "Lamp"
    assert node[Name].text == "Lamp"
    assert Light not in node
    assert node.get(Light) is None
    node.set(Light(kind="spot", intensity=5)).change(Light, intensity=7)
    assert (node[Light].kind, node[Light].intensity) == ("spot", 7)
    node.set(Light())
    assert node[Light].kind == "directional"
    assert Light not in node.remove(Light)
    assert app.world.find(node.stable_id) == node.entity
    node.despawn()
    assert not node.alive
    assert "dead" in repr(node)


def test_positions_are_metres_in_float64() -> None:
    app = make_app()
    node = make_node(app)
    node.position = (6_400_000.25, 12.5, -512.0)
    assert node.position.tolist() == [6_400_000.25, 12.5, -512.0]
    assert node[Transform].cell[0] == round(6_400_000 / CELL_M)
    child = make_node(app).attach(node, keep_place=False)
    child.position = (1, 2, 3)
    assert child.position.tolist() == [1, 2, 3]
    assert child.world_position.tolist() == [6_400_001.25, 14.5, -509.0]


@pytest.mark.parametrize("bad", [(1, 2), (1, 2, float("nan")), 5, (1, 2, 3, 4)])
def test_what_is_no_place_is_refused(bad: object) -> None:
    node = make_node(make_app())
    with pytest.raises(TaixuError, match="3 finite numbers"):
        node.position = bad  # type: ignore[assignment]


angles = st.floats(-3, 3)
places = st.tuples(*[st.floats(-100, 100)] * 3)


@given(places, angles, places, angles, st.floats(0.5, 2))
def test_attaching_keeps_the_place(first: tuple, turn: float, second: tuple, other: float, size: float) -> None:
    app = make_app()
    parent, child = make_node(app), make_node(app)
    parent.position, parent.rotation, parent.scale = first, from_axis_angle((0, 1, 0), turn), size
    child.position, child.rotation = second, from_axis_angle((1, 0, 1), other)
    before = child.world_matrix
    child.attach(parent)
    np.testing.assert_allclose(child.world_matrix, before, atol=2e-3)
    app.run_stage(Stage.PROPAGATE)
    found = app.resource(WorldTransforms).matrix(int(indices_of(child.entity)))
    np.testing.assert_allclose(found, before, atol=2e-3)
    child.attach(None)
    assert child.parent is None
    np.testing.assert_allclose(child.world_matrix, before, atol=2e-3)


def test_families() -> None:
    app = make_app()
    root, first, second, leaf = (make_node(app) for _ in range(4))
    for child, parent in ((first, root), (second, root), (leaf, first)):
        child.attach(parent)
    assert sorted(node.entity for node in root.children) == sorted([first.entity, second.entity])
    assert {node.entity for node in root.walk()} == {root.entity, first.entity, second.entity, leaf.entity}
    for below in (root, leaf):
        with pytest.raises(TaixuError, match="below itself"):
            root.attach(below)
    first.despawn()
    assert not leaf.alive
    assert root.alive
    assert [node.entity for node in root.children] == [second.entity]


def test_a_loop_made_by_hand_hangs_nobody() -> None:
    app = make_app()
    world = app.world
    first, second, leaf = (make_node(app, translation=(float(n), 0, 0)) for n in (1, 2, 4))
    world.insert(first.entity, Parent(second.entity))
    world.insert(second.entity, Parent(first.entity))
    world.insert(leaf.entity, Parent(first.entity))
    app.run_stage(Stage.PROPAGATE)
    state = app.resource(WorldTransforms)
    for node, x in ((first, 1), (second, 2), (leaf, 5)):
        assert node.world_position[0] == x
        assert state.matrix(int(indices_of(node.entity)))[0, 3] == x
    make_node(app).attach(first)
    first.attach(None)
    assert second.world_position[0] == 3


@given(places, places)
def test_looking_at(place: tuple, target: tuple) -> None:
    app = make_app()
    node = make_node(app)
    node.position = place
    away = np.array(target) - node.position
    if np.linalg.norm(away) < 1e-3 or np.linalg.norm(np.cross(away, (0, 1, 0))) < 1e-3:
        return
    node.look_at(target)
    forward = -node.world_matrix[:3, 2]
    np.testing.assert_allclose(forward, away / np.linalg.norm(away), atol=1e-4)


def test_nowhere_to_look() -> None:
    node = make_node(make_app())
    with pytest.raises(TaixuError, match="look_at"):
        node.look_at((0, 0, 0))
