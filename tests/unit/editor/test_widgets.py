"""What forms work out before anything is drawn: numbers as typed, angles, colours, names, specs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from documents import Everything
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from taixu.ecs import component_type
from taixu.errors import TaixuError
from taixu.math.quaternion import from_axis_angle, multiply
from taixu.scene import Camera, Material, Model, Transform
from taixu.script.fields import ScriptField
from taixu_editor.widgets.color import hex_text, linear_of, srgb_of
from taixu_editor.widgets.euler import EulerMemory, angles_of, quaternion_of
from taixu_editor.widgets.expression import read_number
from taixu_editor.widgets.number import look_of, number_text
from taixu_editor.widgets.pickers import asset_paths
from taixu_editor.widgets.spec import (
    FieldSpec,
    humanise,
    spec_of_script_field,
    specs_of_component,
    specs_of_dataclass,
    specs_of_schema,
)

ANGLES = st.floats(-179, 179, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5), (" 2*3 ", 6), ("1/4", 0.25), ("-(2+1)", -3), ("1,5", 1.5), ("pi/2", np.pi / 2), ("+=2", 12), ("*=2", 20),
        ("1e3", 1000),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, value: float) -> None:
    assert read_number(text, before=10.0) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["", "two", "1/0", "9" * 400, "__import__('os')", "2**9**9", "[1]", "(" * 150, "1e999", "True", "1;2", "nan", "x" * 5000],
)
def test_what_is_no_number_is_said(text: str) -> None:
    with pytest.raises(TaixuError, match=r"number|divides by zero"):
        read_number(text)


@given(st.floats(-89, 89), ANGLES, ANGLES)
def test_angles_and_rotations_are_each_other(x: float, y: float, z: float) -> None:
    turned = quaternion_of((x, y, z))
    turns = [from_axis_angle(axis, np.radians(angle)) for axis, angle in (([0, 1, 0], y), ([1, 0, 0], x), ([0, 0, 1], z))]
    assert abs(np.dot(turned, multiply(multiply(turns[0], turns[1]), turns[2]))) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(angles_of(turned), (x, y, z), atol=1e-4)


@pytest.mark.parametrize("angles", [(90, 30, 0), (-90, -40, 25), (90, 0, 90)])
def test_straight_up_and_down_are_the_same_rotation_again(angles: tuple[float, ...]) -> None:
    turned = quaternion_of(angles)
    assert abs(np.dot(turned, quaternion_of(angles_of(turned)))) == pytest.approx(1, abs=1e-6)


def test_typed_angles_are_remembered_until_something_else_turned_it() -> None:
    memory = EulerMemory()
    turned = memory.turn("a", (0, 270, 0))
    assert memory.angles("a", turned) == [0, 270, 0]
    assert memory.angles("b", turned)[1] == pytest.approx(-90)
    assert memory.angles("a", [0, 0, 0, 1]) == [0, 0, 0]


@given(st.floats(0, 8))
def test_colours_go_to_the_screen_and_back(value: float) -> None:
    assert linear_of(srgb_of(value)) == pytest.approx(value, abs=1e-9)


def test_a_middle_grey_is_what_it_is() -> None:
    assert hex_text([0.2158605, 1.0, 5.0]) == "#80ffff"


def test_names_are_for_people() -> None:
    assert [humanise(name) for name in ("mass_kg", "base_color", "fov_y_rad", "m", "exposure_ev", "is_open")] == [
        "Mass", "Base color", "Fov y", "M", "Exposure", "Is open",
    ]  # fmt: skip
    assert [number_text(v) for v in (1.0, 0.25, -0.0, 1e-5, 123456.7891)] == ["1", "0.25", "0", "1e-05", "123456.789"]


def test_every_kind_of_field_has_a_spec() -> None:
    specs = {spec.name: spec for spec in specs_of_component(component_type(Everything))}
    assert {name: spec.kind for name, spec in specs.items()} == {
        "f32": "number", "f64": "number", "u8": "integer", "i32": "integer", "i64": "integer", "u32": "integer", "u64": "integer",
        "flag": "bool", "vec2": "vector", "vec3": "vector", "vec4": "vector", "quat": "quaternion", "color": "color",
        "cells": "vector", "target": "entity", "text": "text", "asset": "asset", "data": "data",
    }  # fmt: skip
    assert specs["target"].default == "0" * 16
    assert specs["cells"].is_whole


def test_specs_know_what_a_declaration_says() -> None:
    place = [spec.name for spec in specs_of_component(component_type(Transform))]
    assert place == ["position", "rotation", "scale"]
    material = {spec.name: spec for spec in specs_of_component(component_type(Material))}
    assert (material["base_color"].kind, material["base_color"].width, material["alpha_mode"].kind) == ("color", 4, "choice")
    assert ".png" in material["normal_texture"].endings
    assert ".glb" in specs_of_component(component_type(Model))[0].endings
    look = look_of(specs_of_component(component_type(Camera))[0])
    assert (look.unit, round(look.maximum or 0)) == ("°", 178)


def test_scripts_dataclasses_and_schemas_make_forms_too() -> None:
    script = spec_of_script_field(ScriptField("at", "Vec3", (1.0, 2.0, 3.0), unit="m"))
    assert (script.kind, script.width, script.default) == ("vector", 3, [1.0, 2.0, 3.0])

    @dataclass
    class Options:
        count: int = field(default=3, metadata={"minimum": 1, "doc": "How many."})
        mode: Literal["fast", "fine"] = "fast"
        bond: str = field(default="stack", metadata={"choices": ("stack", "running")})
        size: tuple[float, float] = (1.0, 2.0)
        tags: tuple[str, ...] = ()
        name: str | None = None

    specs = {spec.name: spec for spec in specs_of_dataclass(Options)}
    assert [spec.kind for spec in specs.values()] == ["integer", "choice", "choice", "vector", "list", "text"]
    assert (specs["count"].minimum, specs["count"].doc, specs["mode"].choices) == (1, "How many.", ("fast", "fine"))
    assert (specs["bond"].choices, specs["bond"].default) == (("stack", "running"), "stack")
    color = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
    names = {"type": "array", "items": {"type": "string"}}
    schema = {"properties": {"wall_color": color, "names": names, "seed": {"type": "integer", "minimum": 0}, "any": {}}}
    found = specs_of_schema(schema)
    assert [spec.kind for spec in found] == ["color", "list", "integer", "data"]
    assert found[1].item == FieldSpec("", "text", None)


def test_files_that_fit_are_listed(tmp_path: Path) -> None:
    for name in ("a.png", "b.glb", "deep/c.PNG", ".git/d.png", "a.png.asset.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert asset_paths(tmp_path, (".png",)) == ["a.png", "deep/c.PNG"]
    assert asset_paths(tmp_path) == ["a.png", "b.glb", "deep/c.PNG"]
