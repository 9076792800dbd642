"""The JSON Schema, and what checks find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documents import Everything, document, make_app, prefab, save, worlds
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from taixu.ecs import World, component_type
from taixu.edit import Finding, check_world, component_schema, document_schema, read_world
from taixu.edit.loops import looping_parents
from taixu.scene import Light

A, B, C = "00000000000000aa", "00000000000000bb", "00000000000000cc"


def check(tmp_path: Path, text: str, **options: Any) -> list[Finding]:
    path = tmp_path / "worlds" / "a.world.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return check_world(path, make_app().components, **options)


@pytest.mark.parametrize("kind", ["world", "prefab"])
def test_the_schema_is_one(kind: Any) -> None:
    schema = document_schema(make_app().components, kind=kind)
    Draft202012Validator.check_schema(schema)
    json.dumps(schema, allow_nan=False)
    described = schema["$defs"]["light"]["properties"]
    assert described["range_m"]["description"].startswith("Where its light ends, 0 is never; of directional ones,")
    assert described["range_m"]["description"].endswith("0 is 80 m. (m)")
    assert described["kind"]["enum"] == ["directional", "point", "spot", "area"]
    assert described["intensity"] == {
        "type": "number", "minimum": 0.0, "maximum": pytest.approx(3.4e38, rel=0.01), "default": 1.0,
        "description": "Lux for directional lights, candela for the others; of areas, straight ahead, however large they are.",
    }
    assert "mesh_instance" not in schema["$defs"]


def test_bounds_leave_room_for_float32() -> None:
    """pi/2 in a float32 is written 1.5707964, a hair above pi/2."""
    world = make_app().world
    world.spawn(Light(outer_angle_rad=1.5707963267948966))
    fields = next(iter(json.loads(save(world))["entities"].values()))["light"]
    assert fields == {"outer_angle_rad": 1.5707964}
    Draft202012Validator(component_schema(component_type(Light))).validate(fields)


VALIDATOR = Draft202012Validator(document_schema(make_app().components))


@settings(max_examples=40)
@given(worlds())
def test_what_is_saved_is_valid(world: World) -> None:
    """Whatever is in a world; a value that was out of range stays so, and is said."""
    ranged = {"minimum", "maximum", "enum"}
    assert not [error for error in VALIDATOR.iter_errors(json.loads(save(world))) if error.validator not in ranged]


def test_a_good_world_has_no_findings(tmp_path: Path) -> None:
    world = make_app().world
    world.spawn(Everything(text="x"), Light())
    assert check(tmp_path, save(world)) == []


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "type": ({A: {"name": {"text": 5}}}, f"entities.{A}.name.text", "takes text, not 5"),
    "choice": ({A: {"light": {"kind": "laser"}}}, f"entities.{A}.light.kind", '"directional", "point", "spot"'),
    "minimum": ({A: {"light": {"intensity": -1}}}, f"entities.{A}.light.intensity", "is -1; the least is 0"),
    "maximum": ({A: {"light": {"outer_angle_rad": 2}}}, f"entities.{A}.light.outer_angle_rad", "the most is 1.57"),
    "vector": ({A: {"transform": {"scale": [1, "a", 1]}}}, f"entities.{A}.transform.scale.1", "takes a number"),
    "length": ({A: {"transform": {"rotation": [1, 0]}}}, f"entities.{A}.transform.rotation", "has 2 numbers; it takes 4"),
    "reference": ({A: {"parent": {"entity": "x"}}}, f"entities.{A}.parent.entity", "sixteen hexadecimal digits"),
    "out of the project": (
        {A: {"model": {"source": "../../secret.glb"}}}, f"entities.{A}.model.source", "leads out of the project",
    ),
    "absolute": ({A: {"model": {"source": "/etc/passwd"}}}, f"entities.{A}.model.source", "leads out of the project"),
    "address": ({A: {"model": {"source": "http://x/y.glb"}}}, f"entities.{A}.model.source", "is no path in the project"),
    "drive": ({A: {"model": {"source": "C:\\x.glb"}}}, f"entities.{A}.model.source", "forward slashes"),
}


@pytest.mark.parametrize("name", BAD)
def test_errors_are_sentences_with_a_place(name: str, tmp_path: Path) -> None:
    entities, where, message = BAD[name]
    (found,) = [item for item in check(tmp_path, document(entities)) if item.severity == "error"]
    assert found.where == where
    assert message in found.message


def test_doubts(tmp_path: Path) -> None:
    entities = {
        A: {"hologram": {}, "name": {"size": 3}, "parent": {"entity": C}, "everything": {"$version": 7}},
        B: {"model": {"source": "assets/lost.glb"}},
    }
    found = {item.where.split(".", 2)[2]: item for item in check(tmp_path, document(entities), root=tmp_path)}
    assert found.keys() == {"hologram", "name.size", "parent.entity", "everything", "model.source"}
    assert {item.severity for item in found.values()} == {"warning"}


def test_prefabs_are_looked_into(tmp_path: Path) -> None:
    (tmp_path / "a.prefab.json").write_bytes(prefab(A, {A: {}, B: {"prefab_instance": {"source": "b.prefab.json"}}}))
    (tmp_path / "b.prefab.json").write_bytes(prefab(A, {A: {}, B: {"prefab_instance": {"source": "a.prefab.json"}}}))
    (found,) = check(tmp_path, document({C: {"prefab_instance": {"source": "a.prefab.json"}}}), root=tmp_path)
    assert found.where == f"entities.{C}.prefab_instance.source"
    assert "a.prefab.json -> b.prefab.json -> a.prefab.json" in found.message
    assert check_world(tmp_path / "a.prefab.json", make_app().components) == []


def test_a_link_out_of_the_project_is_no_way_out(tmp_path: Path) -> None:
    from taixu.edit.paths import asset_file
    from taixu.errors import TaixuError

    root = tmp_path / "project"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    with pytest.raises(TaixuError, match="through a link"):
        asset_file(root, "out/secret.txt")


def test_a_document_that_is_wrong_everywhere_is_not_listed_to_its_end(tmp_path: Path) -> None:
    entities = {f"{number:016x}": {"name": {"text": number}} for number in range(1, 3000)}
    assert len(check(tmp_path, document(entities))) == 200


@pytest.mark.parametrize(
    ("above", "named"), [({A: A}, f"{A} -> {A}"), ({A: B, B: C, C: B}, f"{B} -> {C} -> {B}")], ids=["itself", "two"]
)
def test_a_circle_of_parents_is_a_warning_that_opening_says_too(above: dict[str, str], named: str, tmp_path: Path) -> None:
    text = document({key: {"parent": {"entity": above[key]}} if key in above else {} for key in (A, B, C)})
    (found,) = check(tmp_path, text)
    assert found.severity == "warning"
    assert f"hangs below itself ({named})" in found.message
    app = make_app()
    (tmp_path / "a.world.json").write_text(text)
    (said,) = read_world(tmp_path / "a.world.json", app.world, app.components)
    assert said == found
    assert len(app.world) == 3


def test_looping_parents_are_found_in_columns() -> None:
    rng = np.random.default_rng(1)
    ids = rng.permutation(np.arange(1, 100_001, dtype=np.uint64))
    parents = np.where(ids % 7 == 0, 0, ids - 1).astype(np.uint64)
    assert looping_parents(ids, parents) == {}
    parents[np.flatnonzero(ids == 50)] = 52
    found = looping_parents(ids, parents)
    assert {int(key, 16) for key in found} == {50, 51, 52, 53, 54, 55}
    assert looping_parents(ids[:0], parents[:0]) == {}


def test_names_of_what_ships_are_no_missing_files(tmp_path: Path) -> None:
    from taixu.navigation import NavigationPlugin

    app = make_app()
    app.add_plugin(NavigationPlugin())
    path = tmp_path / "worlds" / "a.world.json"
    path.parent.mkdir()
    said = {}
    for tree in ("stroll", "talk", "stole", "trees/own.behavior.json", "../stroll"):
        path.write_text(document({A: {"transform": {}, "behavior": {"tree": tree}}}))
        said[tree] = [str(item) for item in check_world(path, app.components, root=tmp_path)]
    assert said["stroll"] == said["talk"] == []
    assert all(len(said[tree]) == 1 for tree in ("stole", "trees/own.behavior.json", "../stroll")), said
