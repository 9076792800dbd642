"""World transforms against a recursion over 4x4 matrices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.app import App, Stage
from taixu.ecs import World, indices_of
from taixu.math.affine import matrix_from_trs
from taixu.math.quaternion import from_axis_angle
from taixu.scene import CELL_M, Hierarchy, Parent, ScenePlugin, Transform, WorldTransforms, despawn_tree, split_position


def make_app() -> App:
    return App().add_plugin(ScenePlugin())


def propagate(app: App) -> WorldTransforms:
    app.run_stage(Stage.PROPAGATE)
    return app.resource(WorldTransforms)


def above(world: World, entity: int) -> int:
    """The parent's handle, or 0; a parent that is dead or hangs below the entity in a loop counts as none."""
    if not world.has(entity, Parent):
        return 0
    parent = world.get(entity, Parent).entity
    here, seen = parent, set()
    while here and world.alive(here)[0] and here not in seen:
        if here == entity:
            return 0
        seen.add(here)
        here = world.get(here, Parent).entity if world.has(here, Parent) else 0
    return parent if parent and world.alive(parent)[0] else 0


def oracle(world: World, entity: int) -> np.ndarray:
    """World-from-local, the slow way."""
    found = world.get(entity, Transform) if world.has(entity, Transform) else Transform()
    parent = above(world, entity)
    local = matrix_from_trs(found.translation, found.rotation, found.scale)
    if parent:
        return oracle(world, parent) @ local
    local[:3, 3] += np.array(found.cell) * CELL_M
    return local


def assert_right(app: App) -> None:
    state = propagate(app)
    for table in app.world.query(Transform):
        for entity in table.entities.tolist():
            wanted = oracle(app.world, entity)
            found = state.matrix(int(indices_of(entity)))
            scale = max(1.0, float(np.abs(wanted[:3, :3]).max()))
            np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-4 * scale, err_msg=hex(entity))


@st.composite
def poses(draw: st.DrawFn) -> Transform:
    number = st.floats(-50, 50, width=32)
    axis = draw(st.sampled_from([(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]))
    turn = from_axis_angle(axis, draw(st.floats(-3.0, 3.0)))
    factor = st.floats(0.5, 2.0, width=32)
    return Transform(
        translation=(draw(number), draw(number), draw(number)),
        rotation=tuple(turn.tolist()),
        scale=(draw(factor), draw(factor), draw(factor)),
        cell=draw(st.sampled_from([(0, 0, 0), (0, 0, 0), (3, -1, 0)])),
    )


OPERATIONS = ("move", "attach", "detach", "despawn", "despawn_tree", "spawn", "strip", "dress")


@settings(max_examples=60)
@given(st.data())
def test_random_trees_agree_with_the_recursion(data: st.DataObject) -> None:
    """Moving, reparenting (loops included), losing and gaining transforms, one or several a frame."""
    app = make_app()
    world = app.world
    entities = [world.spawn(data.draw(poses())) for _ in range(5)]
    for _ in range(data.draw(st.integers(1, 5))):
        for _ in range(data.draw(st.integers(1, 4))):
            entities = [entity for entity in entities if world.alive(entity)[0]]
            if not entities:
                entities.append(world.spawn(data.draw(poses())))
            entity, other = data.draw(st.sampled_from(entities)), data.draw(st.sampled_from(entities))
            match data.draw(st.sampled_from(OPERATIONS)):
                case "move" | "dress":
                    world.insert(entity, data.draw(poses()))
                case "attach":
                    world.insert(entity, Parent(other))
                case "detach":
                    world.remove(entity, Parent)
                case "despawn":
                    world.despawn(entity)
                case "despawn_tree":
                    despawn_tree(world, entity)
                case "strip":
                    world.remove(entity, Transform)
                case "spawn":
                    parts = [data.draw(poses())] if data.draw(st.booleans()) else []
                    entities.append(world.spawn(*parts, *([Parent(other)] if data.draw(st.booleans()) else [])))
        assert_right(app)


def test_a_loop_of_parents_becomes_roots_and_keeps_what_hangs_below() -> None:
    app = make_app()
    world = app.world
    first, second, third = (world.spawn(Transform(translation=(1, 0, 0))) for _ in range(3))
    leaf = world.spawn(Transform(translation=(0, 1, 0)), Parent(first))
    world.insert(first, Parent(second))
    world.insert(second, Parent(third))
    world.insert(third, Parent(first))
    state = propagate(app)
    places = [state.matrix(int(indices_of(entity)))[:3, 3].tolist() for entity in (first, second, third, leaf)]
    assert places == [[1, 0, 0], [1, 0, 0], [1, 0, 0], [1, 1, 0]]


@pytest.mark.parametrize("how", ["detach", "despawn", "attach elsewhere"])
def test_an_opened_loop_is_a_chain_again(how: str) -> None:
    app = make_app()
    world = app.world
    first, second, third = (world.spawn(Transform(translation=(1, 0, 0))) for _ in range(3))
    for child, parent in ((first, second), (second, third), (third, first)):
        world.insert(child, Parent(parent))
    assert_right(app)
    match how:
        case "detach":
            world.remove(third, Parent)
        case "despawn":
            world.despawn(third)
        case _:
            world.insert(third, Parent(world.spawn(Transform(translation=(0, 5, 0)))))
    assert above(world, first) == second
    assert_right(app)


def test_an_entity_that_is_its_own_parent_is_a_root() -> None:
    app = make_app()
    entity = app.world.spawn(Transform(translation=(2, 0, 0)))
    app.world.insert(entity, Parent(entity))
    assert_right(app)


def test_an_orphan_stays_a_root_that_moves() -> None:
    app = make_app()
    world = app.world
    parent = world.spawn(Transform(translation=(10, 0, 0)))
    child = world.spawn(Transform(translation=(1, 0, 0)), Parent(parent))
    assert_right(app)
    world.despawn(parent)
    assert_right(app)
    world.set(child, Transform, translation=(5, 0, 0))
    assert_right(app)


def test_a_child_of_nobody_with_a_place() -> None:
    app = make_app()
    app.world.spawn(Transform(translation=(1, 2, 3)), Parent())
    assert_right(app)


def test_a_parent_without_a_transform_adds_nothing_even_where_its_index_was_used_before() -> None:
    app = make_app()
    world = app.world
    former = world.spawn(Transform(translation=(5, 0, 0)))
    propagate(app)
    world.despawn(former)
    parent = world.spawn()
    assert indices_of(parent) == indices_of(former)
    world.spawn(Transform(translation=(1, 0, 0)), Parent(parent))
    assert_right(app)


def test_only_what_changed_is_propagated() -> None:
    app = make_app()
    world = app.world
    roots = world.spawn_batch(100, {Transform: {}})
    children = world.spawn_batch(100, {Transform: {}, Parent: {"entity": roots}})
    state = propagate(app)
    tick = world.tick
    world.advance()
    world.set(int(roots[7]), Transform, translation=(1, 0, 0))
    world.set(int(children[9]), Transform, translation=(1, 0, 0))
    propagate(app)
    changed = set(np.arange(len(state.matrices))[state.changed(tick)].tolist())
    assert changed == set(indices_of(np.array([roots[7], children[7], children[9]])).tolist())


def test_nothing_changed_is_nothing_done() -> None:
    app = make_app()
    app.world.spawn_batch(10, {Transform: {}})
    state = propagate(app)
    tick = app.world.tick
    app.world.advance()
    propagate(app)
    assert len(np.arange(len(state.matrices))[state.changed(tick)]) == 0


def test_millimetres_at_6400_km() -> None:
    """A float64 position, a millimetre's step, and a child that moves along: exact to a tenth of a millimetre."""
    app = make_app()
    world = app.world
    place = np.array([6_400_000.0, -3_200_000.125, 12.5])
    cell, offset = split_position(place)
    root = world.spawn(Transform(cell=cell, translation=offset))
    child = world.spawn(Transform(translation=(0.5, 0, 0)), Parent(root))
    propagate(app)
    for step in range(1, 20):
        wanted = place + np.array([0.001 * step, 0, 0])
        cell, offset = split_position(wanted)
        world.set(root, Transform, cell=cell, translation=offset)
        state = propagate(app)
        assert state.matrix(int(indices_of(root)))[:3, 3] == pytest.approx(wanted, abs=1e-4, rel=0)
        beside = wanted + np.array([0.5, 0, 0])
        assert state.matrix(int(indices_of(child)))[:3, 3] == pytest.approx(beside, abs=1e-4, rel=0)


@given(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3))
def test_positions_split_into_cells_and_come_together(position: list[float]) -> None:
    place = np.array(position)
    cell, offset = split_position(place)
    assert np.abs(offset).max() <= CELL_M / 2
    np.testing.assert_allclose(cell * CELL_M + offset.astype(float), place, atol=4e-5, rtol=0)


def test_shown_poses_last_for_one_propagation() -> None:
    app = make_app()
    entity = app.world.spawn(Transform(translation=(1, 0, 0)))
    state = propagate(app)
    index = int(indices_of(entity))
    state.show(np.array([entity], np.uint64), np.array([[3.0], [0], [0]]), np.array([[0.0], [0], [0], [1]]))
    assert propagate(app).matrix(index)[0, 3] == 3
    assert app.world.get(entity, Transform).translation == (1, 0, 0)
    assert propagate(app).matrix(index)[0, 3] == 1


def test_depths_and_families() -> None:
    app = make_app()
    world = app.world
    chain = [world.spawn(Transform())]
    for _ in range(5):
        chain.append(world.spawn(Transform(), Parent(chain[-1])))
    hierarchy = app.resource(Hierarchy)
    hierarchy.update(world)
    indices = indices_of(chain)
    assert hierarchy.depths[indices].tolist() == [0, 1, 2, 3, 4, 5]
    assert hierarchy.descendants_of(indices[:1]).tolist() == indices[1:].tolist()
    despawn_tree(world, chain[2])
    assert world.alive(chain).tolist() == [True, True, False, False, False, False]


def test_what_lies_beyond_the_end_of_the_world_stays_at_its_end() -> None:
    with np.errstate(all="raise"):
        cell, offset = split_position(np.array([1e300, -1e20, 2.0]))
    assert cell.tolist() == [2**30, -(2**30), 0]
    assert offset.tolist() == [0, 0, 2]
