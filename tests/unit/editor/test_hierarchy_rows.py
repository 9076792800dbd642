"""The rows of the hierarchy follow the world, and what is open and searched for."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from taixu.app import App
from taixu.ecs import World
from taixu.scene import FromModel, Light, Name, Node, Parent, ScenePlugin, Transform
from taixu_editor.panels.hierarchy_rows import HierarchyRows
from taixu_editor.panels.natural_order import natural_key, natural_keys, order_of


@pytest.fixture
def world() -> World:
    return App().add_plugin(ScenePlugin()).world


def spawn(world: World, name: str, parent: int = 0, *more: object) -> int:
    return world.spawn(Transform(), Name(name), *([Parent(parent)] if parent else []), *more)


def names(world: World, rows: HierarchyRows) -> list[str]:
    rows.update(world)
    return [" " * int(depth) + Node(world, entity).name for entity, depth in zip(rows.entities.tolist(), rows.depths, strict=True)]


def test_names_are_sorted_as_people_do() -> None:
    assert sorted(["b10", "B2", "a", "", "b002x"], key=natural_key) == ["a", "B2", "b002x", "b10", ""]


def test_keys_of_many_names_are_those_of_each() -> None:
    chance = np.random.default_rng(3)
    letters = [*"aB 09,1x", "石", "ß", "٣"]
    names = ["".join(chance.choice(letters, chance.integers(0, 9))) for _ in range(500)]
    for more in ([], ["two\nlines 3"], ["1234567890123456"], ["000000000000000042"]):
        assert natural_keys([*names, *more]) == list(map(natural_key, [*names, *more]))
    assert natural_keys([]) == []
    assert natural_keys(["", ""]) == [natural_key("")] * 2


def test_those_of_one_name_stand_by_id() -> None:
    keys = np.array(["b", "a", "b", "a", "c"], object)
    assert order_of(keys, np.array([5, 9, 2, 1, 7], np.uint64)).tolist() == [3, 1, 2, 0, 4]


def test_rows_open_and_close(world: World) -> None:
    rows = HierarchyRows()
    house = spawn(world, "House")
    spawn(world, "Door", house)
    wall = spawn(world, "Wall", house)
    spawn(world, "Brick 2", wall)
    spawn(world, "Brick 10", wall)
    spawn(world, "Apple")
    assert names(world, rows) == ["Apple", "House"]
    assert rows.has_children.tolist() == [False, True]
    rows.open([world.stable_id(house), world.stable_id(wall)])
    assert names(world, rows) == ["Apple", "House", " Door", " Wall", "  Brick 2", "  Brick 10"]
    assert rows.row_of(wall) == 3
    rows.close([world.stable_id(house)])
    assert names(world, rows) == ["Apple", "House"]
    assert rows.row_of(wall) == -1
    rows.reveal(world, wall)
    assert " Wall" in names(world, rows)
    rows.open_below(world, np.array([house], np.uint64), opened=False)
    assert names(world, rows) == ["Apple", "House"]


def test_rows_follow_names_parents_comings_and_goings_and_nothing_else(world: World) -> None:
    rows = HierarchyRows()
    a, b = spawn(world, "A"), spawn(world, "B")
    assert names(world, rows) == ["A", "B"]
    version = rows.version
    world.set(a, Transform, scale=(2, 2, 2))
    assert names(world, rows) == ["A", "B"]
    assert rows.version == version, "moving makes no new rows"
    world.set(a, Name, text="Z")
    assert names(world, rows) == ["B", "Z"]
    world.insert(a, Parent(b))
    rows.open([world.stable_id(b)])
    assert names(world, rows) == ["B", " Z"]
    rows._in_a_row = 0
    world.despawn(b)
    assert names(world, rows) == ["Z"]
    other = World()
    assert len(rows.entities) == 1
    rows.update(App(other).add_plugin(ScenePlugin()).world)
    assert len(rows.entities) == 0


def test_what_systems_made_is_seen_below_its_owner_only(world: World) -> None:
    rows = HierarchyRows()
    model = spawn(world, "Model")
    spawn(world, "node", model, FromModel(model, 0))
    spawn(world, "loose", 0, FromModel(model, 1))
    assert names(world, rows) == ["Model"]
    rows.open([world.stable_id(model)])
    assert names(world, rows) == ["Model", " node"]
    assert rows.is_made.tolist() == [False, True]


def test_a_search_finds_names_components_and_ids_and_keeps_those_above(world: World) -> None:
    rows = HierarchyRows()
    street = spawn(world, "Street")
    lamp = spawn(world, "Lamp", street, Light())
    spawn(world, "Bench", street)
    for text in ("lam", "LAMP", "light", "lamp light", f"{world.stable_id(lamp):016x}"):
        rows.search = text
        assert names(world, rows) == ["Street", " Lamp"], text
        assert rows.found == 1
    rows.search = "lamp bench"
    assert names(world, rows) == []


def test_a_loop_of_parents_and_a_deep_chain_end(world: World) -> None:
    rows = HierarchyRows()
    a = spawn(world, "A")
    b = spawn(world, "B", a)
    world.insert(a, Parent(b))
    rows.open(world.stable_ids([a, b]).tolist())
    assert len(names(world, rows)) == 2
    last = 0
    for number in range(700):
        last = spawn(world, f"n{number}", last)
        rows.open([world.stable_id(last)])
    rows._in_a_row = 0
    assert len(names(world, rows)) > 500
