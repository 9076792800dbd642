"""Drags without a window: what is below stretched parents, several things at once, steps, corners, typed numbers."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("imgui_bundle")

import taixu_editor.view.dragging
from taixu.math.quaternion import from_axis_angle, to_matrix
from taixu.scene import MeshInstance, Node
from taixu.scene.library import MeshLibrary, add_mesh
from taixu_editor.host import Host
from taixu_editor.view import OrbitCamera, Screen
from taixu_editor.view.dragging import Dragging, topmost
from taixu_editor.view.snap import stepped
from taixu_editor.view.typed import Typed
from taixu_editor.view.vertices import Corners, world_corners

A, B, C = (f"{number:016x}" for number in (0xA1, 0xB1, 0xC1))
UP = np.array([0.0, 1.0, 0.0])


@pytest.fixture(params=[1, 32], ids=["by columns", "one by one"])
def host(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(taixu_editor.view.dragging, "_MANY", request.param)
    made = Host()
    made.session.new()
    yield made
    made.close()


def spawn(host: Host, id: str, parent: str = "", **transform: Any) -> Node:
    components = {"transform": transform, "shape": {}} | ({"parent": {"entity": parent}} if parent else {})
    host.do("entity.spawn", id=id, components=components)
    host.session.current.app.settle()
    return Node(host.session.world, host.session.entity(id))


def dragging(host: Host, *nodes: Node, key: object = 1) -> Dragging:
    def do(operation: str, *, merge: object = None, **parameters: Any) -> Any:
        found = host.operations.do(host.session, operation, parameters, merge=merge)
        host.session.current.app.settle()
        return found

    window: Any = SimpleNamespace(do=do, host=host)
    return Dragging(window, host.session.world, [node.entity for node in nodes], key)


def quarter(axis: np.ndarray = UP) -> np.ndarray:
    return np.asarray(to_matrix(from_axis_angle(axis, np.pi / 2)), float)


def test_below_a_stretched_and_turned_parent_a_move_is_exact_and_four_quarter_turns_are_none(host: Host) -> None:
    turned = [float(v) for v in from_axis_angle((0.3, 1, 0.2), 0.8)]
    spawn(host, A, position=[1, 2, 3], rotation=turned, scale=[3, 1, 0.5])
    child = spawn(host, B, parent=A, position=[1, 0.5, 0], rotation=[float(v) for v in from_axis_angle((1, 0, 0), 0.4)])
    place, rotation = child.world_position, child.rotation
    dragging(host, child).set(delta=np.array([0.5, -1, 2]), pivot=place, basis=np.eye(3))
    np.testing.assert_allclose(child.world_position, np.add(place, (0.5, -1, 2)), atol=1e-5)
    np.testing.assert_array_equal(child.rotation, rotation)
    for number in range(4):
        pivot = child.world_position
        dragging(host, child, key=10 + number).set(turn=quarter(), pivot=pivot, basis=np.eye(3))
        np.testing.assert_allclose(child.world_position, pivot, atol=1e-5)
    assert abs(abs(float(child.rotation @ rotation)) - 1) < 1e-6
    np.testing.assert_allclose(child.scale, 1, atol=1e-6)


def test_a_turn_below_a_mirrored_parent_turns_the_way_the_hand_does(host: Host) -> None:
    spawn(host, A, scale=[-1, 1, 1])
    child = spawn(host, B, parent=A)
    before = child.world_matrix[:3, :3]
    dragging(host, child).set(turn=quarter(), pivot=np.zeros(3), basis=np.eye(3))
    np.testing.assert_allclose(child.world_matrix[:3, :3], quarter() @ before, atol=1e-6)


def test_several_turn_and_grow_around_their_middle_as_one_step(host: Host) -> None:
    one, other = spawn(host, A, position=[2, 0, 0]), spawn(host, B, position=[4, 0, 0], scale=[1, 2, 1])
    steps, before = len(host.session.history.steps[0]), host.session.world.state_hash()
    drag = dragging(host, one, other)
    for angle in (0.3, 0.9, np.pi / 2):
        turn = np.asarray(to_matrix(from_axis_angle(UP, angle)), float)
        drag.set(turn=turn, pivot=np.array([3.0, 0, 0]), basis=np.eye(3))
    np.testing.assert_allclose((one.world_position, other.world_position), ((3, 0, 1), (3, 0, -1)), atol=1e-6)
    assert len(host.session.history.steps[0]) == steps + 1
    drag = dragging(host, one, other, key=2)
    drag.set(grown=np.array([2.0, 2.0, 2.0]), pivot=np.array([3.0, 0, 0]), basis=np.eye(3))
    np.testing.assert_allclose((one.world_position, other.world_position), ((3, 0, 2), (3, 0, -2)), atol=1e-6)
    np.testing.assert_allclose((one.scale, other.scale), ((2, 2, 2), (2, 4, 2)), atol=1e-6)
    host.session.undo()
    host.session.undo()
    assert host.session.world.state_hash() == before


def test_scaling_along_an_axis_of_the_world_takes_the_own_axis_that_is_nearest(host: Host) -> None:
    node = spawn(host, A, rotation=[float(v) for v in from_axis_angle(UP, np.pi / 2)])
    dragging(host, node).set(grown=np.array([3.0, 1.0, 1.0]), pivot=np.zeros(3), basis=np.eye(3))
    np.testing.assert_allclose(node.scale, (1, 1, 3), atol=1e-6)


def test_children_of_what_is_dragged_go_with_it_once(host: Host) -> None:
    parent = spawn(host, A, position=[1, 0, 0])
    child, grandchild = spawn(host, B, parent=A, position=[1, 0, 0]), spawn(host, C, parent=B)
    assert topmost(host.session.world, [grandchild.entity, parent.entity, child.entity]) == [parent.entity]
    dragging(host, grandchild, parent, child).set(delta=np.array([0.0, 3, 0]), pivot=np.zeros(3), basis=np.eye(3))
    np.testing.assert_allclose(grandchild.world_position, (2, 3, 0), atol=1e-6)


def test_a_drag_that_is_given_up_never_was(host: Host) -> None:
    node = spawn(host, A)
    before, steps = host.session.world.state_hash(), len(host.session.history.steps[0])
    drag = dragging(host, node)
    drag.set(delta=np.array([1.0, 0, 0]), pivot=np.zeros(3), basis=np.eye(3))
    assert node.position[0] == 1
    drag.cancel()
    done, undone = host.session.history.steps
    assert host.session.world.state_hash() == before and (len(done), len(undone)) == (steps, 0)


def test_steps_end_on_the_grid_and_leave_axes_alone_that_do_not_move() -> None:
    free = (True, True, True)
    moved = stepped(np.array([0.9, 0, 0.2]), np.array([0.13, 0.4, 0.0]), basis=np.eye(3), axes=free, step=0.5, to_grid=True)
    np.testing.assert_allclose(np.add(moved, (0.13, 0.4, 0.0)), (1.0, 0.4, 0.0))
    relative = stepped(np.array([0.9, 0, 0.2]), np.array([0.13, 0.4, 0.0]), basis=np.eye(3), axes=free, step=0.5, to_grid=False)
    np.testing.assert_allclose(relative, (1.0, 0, 0))
    one = stepped(np.array([0.9, 0.4, 0]), np.zeros(3), basis=np.eye(3), axes=(True, False, False), step=0.5, to_grid=True)
    np.testing.assert_allclose(one, (1.0, 0.4, 0))


def test_numbers_are_typed_by_axis() -> None:
    typed = Typed()
    for sign in "1.5.":
        typed.put(sign)
    assert typed.values(3) == [1.5, 0.0, 0.0] and typed.shown(0) == "1.5|"
    typed.is_negative[0] = True
    typed.take_back()
    assert typed.values(1) == [-1.0]
    for _ in range(5):
        typed.take_back()
    assert typed.is_empty and typed.values(2, 7.0) == [-7.0, 7.0]


def test_corners_near_the_pointer_are_found_and_a_million_of_them_only_once(host: Host) -> None:
    node = spawn(host, A, position=[5, 0, 0], scale=[2, 2, 2])
    world = host.session.world
    corners = world_corners(world, [node.entity])
    np.testing.assert_allclose((corners.min(0), corners.max(0)), ((4, -1, -1), (6, 1, 1)), atol=1e-6)
    screen = Screen(OrbitCamera(pivot=np.array([5.0, 0, 0]), turn_rad=0.3, height_rad=0.4, distance_m=8.0), (10, 20), (800, 600))
    found = Corners()
    goal, _ = screen.project(np.array([[6.0, 1.0, 1.0]]))
    points, places, away = found.near(world, [node.entity], screen, goal[0] + 3, 20.0)
    np.testing.assert_allclose(points[0], (6, 1, 1), atol=1e-6)
    assert np.linalg.norm(places[0] - goal[0]) < 0.01 and away[0] > 0
    many = np.random.default_rng(1).normal(size=(1_000_000, 3)).astype(np.float32)
    number = add_mesh(world.resource(MeshLibrary), "many", {"POSITION": many})
    world.insert(node.entity, MeshInstance(mesh=number))
    kept = len(found._kept)
    spent = []
    for step in range(4):
        start = time.process_time()
        assert len(found.near(world, [node.entity], screen, goal[0] + step, 20.0)[0]) > 1000
        spent.append(time.process_time() - start)
    assert len(found._kept) == kept + 1, "projected once, compared after that"
    assert min(spent) < 0.1


def test_places_project_to_where_their_rays_go_and_back() -> None:
    for is_parallel in (False, True):
        camera = OrbitCamera(pivot=np.array([3.0, 1, -2]), turn_rad=0.7, height_rad=0.2, distance_m=6.0, is_parallel=is_parallel)
        screen = Screen(camera, (30.0, 50.0), (640.0, 480.0))
        point = np.array([3.4, 1.8, -1.2])
        places, away = screen.project(point[None])
        origin, direction = screen.ray(places[0])
        assert np.linalg.norm(np.cross(point - origin, direction)) < 1e-4 and away[0] > 0


def test_what_is_dropped_lands_on_what_is_seen_where_nothing_collides(host: Host) -> None:
    spawn(host, A, position=[0, 1, 0], rotation=[float(v) for v in from_axis_angle((0, 0, 1), np.pi / 4)])
    node = spawn(host, B, position=[0.0, 7, 0])
    host.do("entity.drop", entities=[B])
    host.session.current.app.settle()
    assert node.position[1] == pytest.approx(1 + np.sqrt(0.5) + 0.5, abs=1e-4), "on the edge of the tilted box"
    host.do("transform.set", transforms={B: {"position": [9.0, 7, 0]}})
    host.session.current.app.settle()
    host.do("entity.drop", entities=[B])
    assert node.position[1] == pytest.approx(0.5, abs=1e-4), "beside it is the ground"
