from __future__ import annotations

from pathlib import Path

import pytest

import taixu as tx
from taixu.app import Components
from taixu.ecs import component_type
from taixu.edit import read_project
from taixu.edit.declared import declared_component, declared_components
from taixu.errors import TaixuError
from taixu.scene import Transform

MOTOR = {
    "temperature": {"kind": "f32", "unit": "degC", "default": 20.0, "minimum": -50, "doc": "Of the winding."},
    "state": {"kind": "text", "choices": ["idle", "running"]},
    "axis": {"kind": "vec3", "default": [0.0, 1.0, 0.0]},
    "alarmed": {"kind": "bool"},
}
MANIFEST = """
[project]
name = "Plant"
first_world = "worlds/main.world.json"

[components.motor]
temperature = { kind = "f32", unit = "degC", default = 20.0 }
"""


def test_a_declaration_is_a_component_like_any_other() -> None:
    motor = declared_component("motor", MOTOR)
    declared = component_type(motor)
    assert declared.name == "motor" and declared.authored
    assert [each.name for each in declared.fields] == ["alarmed", "axis", "state", "temperature"]
    assert declared.by_name["temperature"].unit == "degC" and declared.by_name["temperature"].minimum == -50
    assert motor().state == "idle" and motor().axis == (0.0, 1.0, 0.0)  # type: ignore[attr-defined]
    assert declared_component("motor", dict(reversed(MOTOR.items()))) is motor, "equal declarations are one class"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"Motor": {"t": {"kind": "f32"}}}, "lower_case"),
        ({"motor": {}}, "1 to 64"),
        ({"motor": {"class": {"kind": "f32"}}}, "word of Python"),
        ({"motor": {"t": {"kind": "f128"}}}, "must have a kind"),
        ({"motor": {"t": {"kind": "f32", "default": "hot"}}}, "default does not fit"),
        ({"motor": {"t": {"kind": "vec3", "default": [1.0, 2.0]}}}, "default does not fit"),
        ({"motor": {"t": {"kind": "f32", "colour": 1}}}, "not understood"),
        ({"motor": {"t": {"kind": "text", "choices": [1]}}}, "texts in quotes"),
        ([], "at most"),
    ],
)
def test_what_is_wrong_is_one_sentence(raw: object, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        declared_components(raw)


def test_a_projects_components_replace_those_of_the_one_before() -> None:
    known = Components()
    known.register(Transform)
    known.declare(declared_components({"motor": MOTOR}))
    assert known.find("motor") is not None
    known.declare(declared_components({"pump": {"flow": {"kind": "f32"}}}))
    assert known.find("motor") is None and known.find("pump") is not None and known.find("transform") is not None
    with pytest.raises(TaixuError, match="already"):
        known.declare(declared_components({"transform": {"flow": {"kind": "f32"}}}))
    assert known.find("pump") is not None


def test_worlds_of_a_project_hold_its_components(tmp_path: Path) -> None:
    (tmp_path / "worlds").mkdir()
    (tmp_path / "taixu.toml").write_text(MANIFEST)
    project = read_project(tmp_path)
    motor = project.components[0]
    with tx.App.headless() as app:
        app.components.declare(project.components)
        app.scene.spawn("Press", motor(temperature=71.5))
        app.save(tmp_path / "worlds/main.world.json")
    with tx.App.headless() as app:
        world = app.open(tmp_path)
        press = world.find("Press")
        assert press is not None
        assert world.columns.get(press.entity, motor).temperature == 71.5
        again = app.components.find("motor")
        assert again is not None and again.cls is motor
