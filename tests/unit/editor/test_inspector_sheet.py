"""The inspector's sheet: what several entities share, where they differ, and when it is read again."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from taixu.app import App
from taixu.ecs import F32, EntityRef, Text, component, field
from taixu.edit import DocumentPlugin, Operations, Project, Session
from taixu.edit.entity_operations import ENTITY_OPERATIONS
from taixu.scene import FromModel, Name, ScenePlugin, Shape, Transform
from taixu_editor.panels.inspector_sheet import Sheet

A, B, C = (f"{number:016x}" for number in (0xA, 0xB, 0xC))


@component("gadget")
class Gadget:
    """What a plugin of somebody else brought."""

    power: F32 = field(default=1.0, unit="W", minimum=0.0)
    label: Text = field(default="")
    target: EntityRef = field(default=0)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    def make_app() -> App:
        app = App().add_plugin(ScenePlugin()).add_plugin(DocumentPlugin())
        app.register_component(Gadget)
        return app

    found = Session(Project(tmp_path), make_app)
    found.new()
    do(found, "entity.spawn", id=A, name="A", components={"gadget": {"label": "x"}, "transform": {"position": [1e6 + 0.25, 2, 3]}})
    do(found, "entity.spawn", id=B, name="B", components={"gadget": {"label": "y", "target": A}, "shape": {}})
    do(found, "entity.spawn", id=C, name="C", components={"parent": {"entity": A}, "transform": {"translation": [0.1, 2, 3]}})
    return found


def do(session: Session, operation: str, **parameters: object) -> None:
    operations = Operations()
    operations.add(*ENTITY_OPERATIONS)
    operations.do(session, operation, parameters)


def values(sheet: Sheet, name: str) -> dict[str, object]:
    found = sheet.component(name)
    assert found is not None
    return {each.spec.name: each.value for each in found.fields}


def test_one_entity_with_a_component_that_nobody_here_knows(session: Session) -> None:
    session.select([B])
    sheet = Sheet()
    assert sheet.update(session)
    assert [each.name for each in sheet.components] == ["transform", "shape", "gadget"]
    assert values(sheet, "gadget") == {"power": 1, "label": "y", "target": A}
    assert not sheet.update(session)


def test_places_far_away_and_of_children_are_as_they_were_typed(session: Session) -> None:
    sheet = Sheet()
    session.select([A])
    sheet.update(session)
    assert values(sheet, "transform")["position"] == [1e6 + 0.25, 2, 3]
    session.select([C])
    assert sheet.update(session)
    assert values(sheet, "transform")["position"] == [0.1, 2, 3]


def test_many_share_components_and_say_where_they_differ(session: Session) -> None:
    session.select([A, B])
    sheet = Sheet()
    sheet.update(session)
    assert [each.name for each in sheet.components] == ["transform", "gadget"]
    assert sheet.partial == ["shape"]
    gadget = sheet.component("gadget")
    assert gadget is not None
    assert {each.spec.name: each.mixed for each in gadget.fields} == {"power": False, "label": True, "target": True}
    transform = sheet.component("transform")
    assert transform is not None
    assert transform.fields[0].mixed == [True, True, True]
    assert transform.fields[2].mixed == [False, False, False]


def test_it_follows_the_world_and_nothing_more(session: Session) -> None:
    session.select([B])
    sheet = Sheet()
    sheet.update(session)
    version, world = sheet.version, session.world
    world.advance()
    assert not sheet.update(session)
    assert sheet.version == version
    do(session, "component.set", component="gadget", fields={"power": 5}, entities=[B])
    assert not sheet.update(session), "the same entities, other values"
    assert values(sheet, "gadget")["power"] == 5
    world.set(session.entity(B), Gadget, power=7.0)
    sheet.update(session)
    assert values(sheet, "gadget")["power"] == 7
    do(session, "component.remove", component="shape", entities=[B])
    sheet.update(session)
    assert sheet.component("shape") is None
    do(session, "entity.delete", entities=[B])
    sheet.update(session)
    assert sheet.components == []


def test_what_is_not_finite_is_shown_and_what_a_model_made_is_marked(session: Session) -> None:
    world = session.world
    world.set(session.entity(B), Gadget, power=math.nan)
    node = world.spawn(Transform(), Name("node"), Shape(), FromModel(session.entity(A), 0))
    session.select([B])
    sheet = Sheet()
    sheet.update(session)
    assert values(sheet, "gadget")["power"] == 1
    assert not sheet.is_made
    session.select([f"{world.stable_id(node):016x}"])
    sheet.update(session)
    assert sheet.is_made
