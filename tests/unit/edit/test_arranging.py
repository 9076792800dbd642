"""Groups, marks, pasting, resetting and prefabs by hand: each is one step, and undone exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.app import App
from taixu.edit import DocumentPlugin, Operations, Project, Session
from taixu.edit.clipboard import copy_component, copy_entities, read_copied
from taixu.edit.entity_operations import ENTITY_OPERATIONS
from taixu.edit.marks import Locked, hidden_indices, is_locked, locked_indices
from taixu.edit.prefab import FromPrefab, PrefabInstance
from taixu.errors import TaixuError
from taixu.scene import Light, Name, Node, ScenePlugin, Shape, Transform, Visibility

A, B, C = (f"{number:016x}" for number in (0xA, 0xB, 0xC))


class Desk:
    """A session with operations, as an editor has them."""

    def __init__(self, root: Path) -> None:
        self.session = Session(Project(root), lambda: App().add_plugin(ScenePlugin()).add_plugin(DocumentPlugin()))
        self.session.new()
        self.operations = Operations(self)
        self.operations.add(*ENTITY_OPERATIONS)
        self.do("entity.spawn", id=A, name="A", components={"shape": {}, "transform": {"position": [1, 0, 0]}})
        turned = {"position": [0, 0, 4], "rotation": [0, 1, 0, 0]}
        self.do("entity.spawn", id=B, name="B", components={"shape": {"kind": "cone"}, "transform": turned})
        self.do("entity.spawn", id=C, name="C", components={"parent": {"entity": B}, "transform": {"translation": [0, 2, 0]}})

    def do(self, operation: str, **parameters: object) -> object:
        return self.operations.do(self.session, operation, parameters)

    def node(self, text: str) -> Node:
        return Node(self.session.world, self.session.entity(text))

    def there_and_back(self, operation: str, **parameters: object) -> object:
        """Do, undo, redo: the hash is what it was, then what it became."""
        world = self.session.world
        before = world.state_hash()
        result = self.do(operation, **parameters)
        after = world.state_hash()
        assert self.session.undo()
        assert world.state_hash() == before
        assert self.session.redo()
        assert world.state_hash() == after
        assert after != before
        return result


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_group_moves_nothing_and_stands_in_the_middle(desk: Desk) -> None:
    before = [desk.node(x).world_position for x in (A, B, C)]
    desk.session.select([A, B, C])
    desk.there_and_back("entity.group", id=f"{0xD:016x}")
    group = desk.node(f"{0xD:016x}")
    np.testing.assert_allclose([desk.node(x).world_position for x in (A, B, C)], before, atol=1e-5)
    assert [child.name for child in group.children] == ["A", "B"], "C stays below B"
    np.testing.assert_allclose(group.position, [0.5, 0, 2])
    assert desk.session.current.selection == (f"{0xD:016x}",)
    desk.there_and_back("entity.ungroup")
    assert not group.alive
    assert desk.session.current.selection == (A, B)
    np.testing.assert_allclose([desk.node(x).world_position for x in (A, B, C)], before, atol=1e-5)


def test_within_a_turned_parent_a_group_stays_there(desk: Desk) -> None:
    before = desk.node(C).world_position
    desk.there_and_back("entity.group", entities=[C], id=f"{0xD:016x}")
    assert desk.node(f"{0xD:016x}").parent == desk.node(B)
    np.testing.assert_allclose(desk.node(C).world_position, before, atol=1e-5)


def test_what_is_more_than_a_group_stays_when_its_children_are_freed(desk: Desk) -> None:
    desk.there_and_back("entity.ungroup", entities=[B]) if desk.session.select([B]) else None
    desk.session.select([B])
    desk.there_and_back("entity.ungroup")
    assert desk.node(B).alive
    assert desk.node(C).parent is None


def test_showing_and_locking(desk: Desk) -> None:
    desk.there_and_back("entity.hide", entities=[A, B], hidden=True)
    assert not desk.node(A)[Visibility].visible
    hidden = hidden_indices(desk.session.world)
    assert [bool(hidden[desk.node(x).entity & 0xFFFFFFFF]) for x in (A, B, C)] == [True, True, True]
    desk.there_and_back("entity.hide", entities=[A])
    desk.there_and_back("entity.lock", entities=[B])
    world = desk.session.world
    assert [is_locked(world, desk.node(x).entity) for x in (A, B, C)] == [False, True, True]
    locked = locked_indices(world)
    assert [bool(locked[desk.node(x).entity & 0xFFFFFFFF]) for x in (A, B, C)] == [False, True, True]
    world.set(desk.node(B).entity, Locked, below=False)
    assert not is_locked(world, desk.node(C).entity)
    desk.there_and_back("entity.lock", entities=[B], locked=False)


def test_values_for_each_and_defaults_again(desk: Desk) -> None:
    desk.there_and_back("component.set_each", component="shape", values={A: {"bevel_m": 0.1}, B: {"bevel_m": 0.2}})
    assert desk.node(B)[Shape].bevel_m == pytest.approx(0.2)
    desk.there_and_back("component.reset", component="shape", entities=[A, B], fields=["kind"])
    assert desk.node(B)[Shape].kind == "box"
    assert desk.node(B)[Shape].bevel_m == pytest.approx(0.2)
    desk.there_and_back("component.reset", component="shape", entities=[A, B])
    assert desk.node(B)[Shape].bevel_m == 0
    with pytest.raises(TaixuError, match="no field"):
        desk.do("component.reset", component="shape", entities=[A], fields=["colour"])


def test_copies_of_a_family_are_pasted_below_another_or_nowhere(desk: Desk) -> None:
    text = copy_entities(desk.session, [B, C])
    desk.there_and_back("entity.paste_text", text=text, parent=A)
    (made,) = desk.session.current.selection
    assert desk.node(made).parent == desk.node(A)
    np.testing.assert_allclose(desk.node(made).position, [0, 0, 4])
    assert [child.name for child in desk.node(made).children] == ["C"]
    desk.there_and_back("entity.paste_text", text=copy_entities(desk.session, [C]))
    assert desk.node(desk.session.current.selection[0]).parent is None
    for junk in ("", "hello", '{"taixu": [1]}', '{"taixu": "entities", "entities": {"x": 1}}', '{"taixu": ' + "[" * 5000):
        assert read_copied(junk) is None or not read_copied(junk).entities
        with pytest.raises(TaixuError, match="copy"):
            desk.do("entity.paste_text", text=junk)


def test_components_are_pasted_onto_those_that_have_them_and_those_that_have_not(desk: Desk) -> None:
    text = copy_component("light", {"intensity": 7})
    desk.do("component.add", entities=[A], component="light", fields={"kind": "spot"})
    desk.there_and_back("component.paste", text=text, entities=[A, B])
    assert desk.node(A)[Light].kind == "spot"
    assert desk.node(A)[Light].intensity == desk.node(B)[Light].intensity == 7


def test_a_prefab_is_made_of_a_family_and_taken_apart_again(desk: Desk, tmp_path: Path) -> None:
    desk.session.select([B])
    before = desk.session.world.state_hash()
    place = desk.node(C).world_position
    desk.do("prefab.make", entity=B, path="assets/cone")
    assert (tmp_path / "assets/cone.prefab.json").is_file()
    with pytest.raises(TaixuError, match="there already"):
        desk.do("prefab.make", entity=A, path="assets/cone")
    for _ in range(2):
        (child,) = desk.node(B).children
        assert child[FromPrefab].instance == desk.node(B).entity
        assert (child[Name].text, desk.node(B)[Name].text) == ("C", "B")
        np.testing.assert_allclose(child.world_position, place, atol=1e-5)
        desk.session.undo()
        assert desk.session.world.state_hash() == before
        assert PrefabInstance not in desk.node(B)
        desk.session.redo()
    after = desk.session.world.state_hash()
    desk.there_and_back("prefab.unpack", instance=B)
    assert [child.name for child in desk.node(B).children] == ["C"]
    desk.session.undo()
    assert desk.session.world.state_hash() == after
    assert [FromPrefab in child for child in desk.node(B).children] == [True]


def test_a_field_of_a_prefabs_child_is_changed_and_reverted(desk: Desk) -> None:
    desk.do("prefab.make", entity=B, path="cone")
    (child,) = desk.node(B).children
    text = f"{child.stable_id:016x}"
    desk.there_and_back("component.set", entities=[text], component="transform", fields={"translation": [5, 5, 5]})
    assert desk.node(B)[PrefabInstance].overrides
    path = child[FromPrefab].path
    desk.there_and_back("prefab.revert", instance=B, child=path, component="transform", field="translation")
    assert not desk.node(B)[PrefabInstance].overrides
    np.testing.assert_allclose(desk.node(text)[Transform].translation, [0, 2, 0])
    desk.do("component.set", entities=[text], component="transform", fields={"translation": [6, 6, 6]})
    desk.do("prefab.apply", instance=B)
    assert not desk.node(B)[PrefabInstance].overrides
    assert "6" in desk.session.project.file("cone.prefab.json").read_text()


def test_many_are_set_in_one_step_that_is_undone_exactly_and_merged(desk: Desk) -> None:
    for number in range(50):
        place = {"position": [number * 700.1, 0, 0]}
        desk.do("entity.spawn", id=f"{0x100 + number:016x}", components={"shape": {}, "transform": place})
    many = [f"{0x100 + number:016x}" for number in range(50)]
    desk.there_and_back("component.set", component="shape", fields={"bevel_m": 0.5, "kind": "cone"}, entities=many)
    assert {desk.node(text)[Shape].kind for text in many} == {"cone"}
    # A child among roots: a position is a translation there.
    values = {text: {"position": [number * 900.5, 2, 0]} for number, text in enumerate([*many, C])}
    desk.there_and_back("component.set_each", component="transform", values=values)
    np.testing.assert_allclose(desk.node(many[-1]).position, [49 * 900.5, 2, 0])
    np.testing.assert_allclose(desk.node(C)[Transform].translation, [50 * 900.5, 2, 0])
    before, count = desk.session.world.state_hash(), len(desk.session.history._done)
    for size in (0.1, 0.2, 0.3):
        drag = {"component": "shape", "fields": {"bevel_m": size}, "entities": many}
        desk.operations.do(desk.session, "component.set", drag, merge="drag")
    assert len(desk.session.history._done) == count + 1
    desk.session.undo()
    assert desk.session.world.state_hash() == before
    for fields, problem in (({"colour": 1}, "no field colour"), ({"bevel_m": "x"}, "takes numbers"), ({"kind": 3}, "takes text")):
        with pytest.raises(TaixuError, match=problem):
            desk.do("component.set", component="shape", fields=fields, entities=many)
    with pytest.raises(TaixuError, match="insert it first"):
        desk.do("component.set", component="light", fields={"intensity": 1}, entities=many)
    assert desk.session.world.state_hash() == before


def test_what_an_instance_has_besides_survives_a_prefab_made_of_it(desk: Desk) -> None:
    desk.do("prefab.make", entity=B, path="assets/cone")
    desk.do("component.add", entities=[B], component="light", fields={"kind": "spot"})
    desk.there_and_back("prefab.make", entity=B, path="assets/other")
    desk.session.undo()
    assert desk.node(B)[Light].kind == "spot"
