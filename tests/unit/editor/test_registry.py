"""Every operation there is: its schema, what nonsense does, that rehearsals leave no trace, that a log does all of it again."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from taixu.edit import Operation, Operations, parameter_schema
from taixu.errors import TaixuError
from taixu_editor.headless import run_script, save_log
from taixu_editor.host import Host

DESK = Path(__file__).parents[2] / "ui" / "worlds" / "desk"
CRATE, OTHER, DOOR, TABLE, CART, LAMP = (f"00000000000000{last}" for last in ("c0", "c1", "d0", "b1", "aa", "a0"))
MADE = "0000000000000777"
COPIED = '{"taixu": 1, "components": {"material": {"metallic": 1.0}}}'

EXAMPLES: dict[str, dict[str, Any]] = {
    "edit.batch": {"steps": [{"operation": "entity.rename", "parameters": {"entity": CRATE, "name": "Box"}}]},
    "entity.spawn": {"name": "New", "components": {"shape": {"kind": "sphere"}}, "id": MADE},
    "entity.delete": {"entities": [TABLE, CRATE]},
    "entity.duplicate": {"entities": [CRATE]},
    "entity.rename": {"entity": CRATE, "name": "Box"},
    "entity.reparent": {"entities": [CRATE], "parent": TABLE},
    "transform.set": {"transforms": {CRATE: {"position": [1, 2, 3]}, OTHER: {"position": [3, 2, 1]}}},
    "transform.place": {"entities": [CRATE, OTHER], "position": [1.0, 2.0, 3.0, 3.0, 2.0, 1.0]},
    "selection.set": {"entities": [CRATE, OTHER]},
    "component.set": {"component": "material", "fields": {"metallic": 0.5}, "entities": [CRATE]},
    "component.add": {"component": "rigid_body", "fields": {"mass_kg": 2.0}, "entities": [CRATE]},
    "component.remove": {"component": "material", "entities": [CRATE]},
    "component.set_each": {"component": "material", "values": {CRATE: {"metallic": 0.5}, OTHER: {"metallic": 0.25}}},
    "component.reset": {"component": "transform", "entities": [CRATE]},
    "entity.group": {"entities": [CRATE, OTHER]},
    "entity.ungroup": {"entities": ["00000000000000b0"]},
    "entity.hide": {"entities": [CRATE]},
    "entity.lock": {"entities": [CRATE]},
    "entity.drop": {"entities": [CRATE]},
    "entity.snap_to_grid": {"entities": [CRATE], "step_m": 0.7},
    "entity.add": {"kind": "box", "position": [1, 0, 1]},
    "prefab.revert": {"instance": CART},
    "prefab.unpack": {"instance": CART},
    "prefab.apply": {"instance": CART},
    "prefab.make": {"entity": CRATE, "path": "assets/crate"},
    "asset.place": {"path": "assets/cart.prefab.json", "position": [1, 0, 1]},
    "asset.move": {"path": "scripts/door.py", "to": "scripts/gate.py"},
    "asset.delete": {"paths": ["scripts/door.py"]},
    "animation.key": {"entity": CRATE, "track": "transform.scale", "time_secs": 1.0, "value": [1, 2, 1]},
}
"""Parameters with which an edit does something in the desk's world. Those that are not here need none, or are tried elsewhere."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(trust=False)
    shutil.copytree(DESK, tmp_path / "desk")
    made.open(tmp_path / "desk")
    made.frame(0.0)
    yield made
    made.close()


def registry() -> list[Operation]:
    host = Host()
    try:
        return list(host.operations)
    finally:
        host.close()


def files(folder: Path) -> dict[str, tuple[str, int]]:
    """Content and time of every file."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("operation", registry(), ids=lambda each: each.id)
def test_parameters_are_a_valid_schema(operation: Operation) -> None:
    schema = parameter_schema(operation.parameters)
    Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) <= set(schema["properties"])
    assert operation.title and operation.title[0].isupper()


@pytest.mark.parametrize("operation", registry(), ids=lambda each: each.id)
def test_a_rehearsal_leaves_world_and_files_as_they_were(operation: Operation, host: Host, tmp_path: Path) -> None:
    host.do("selection.set", entities=[DOOR])
    before, stored = host.session.world.state_hash(), files(tmp_path)
    log, steps, chosen = len(host.operations.log), host.session.history.steps, host.session.current.selection
    try:
        host.operations.rehearse(host.session, [(operation.id, EXAMPLES.get(operation.id, {}))])
        is_refused = False
    except TaixuError as error:
        assert "\n" not in str(error)
        is_refused = True
    if operation.id in EXAMPLES:
        assert is_refused == operation.touches_files, "an example is one that works"
    assert is_refused or operation.is_edit
    assert host.session.world.state_hash() == before
    assert files(tmp_path) == stored
    assert (len(host.operations.log), host.session.history.steps, host.session.current.selection) == (log, steps, chosen)


NONSENSE = [
    {}, {"entities": ["zz"]}, {"entities": ["00000000000000ff"]}, {"component": "no such", "fields": {}, "entities": [CRATE]},
    {"component": "material", "fields": {"base_color": "red"}, "entities": [CRATE]},
    {"component": "transform", "fields": {"scale": [1, 2]}, "entities": [CRATE]},
    {"component": "parent", "fields": {"entity": CRATE}, "entities": [CRATE]},
    {"transforms": {CRATE: {"position": "here"}}}, {"transforms": {"zz": {}}}, {"transforms": {CRATE: {"positoin": [1, 2, 3]}}},
    {"components": {"transform": {"position": [1e300, 0, 0]}}}, {"components": {"shape": {"size": [[], [], []]}}},
    {"id": "zz"}, {"id": CRATE}, {"parent": CRATE, "entities": [CRATE]}, {"parent": "zz", "entities": [CRATE]},
    {"name": "\x00", "entity": "zz"}, {"text": "{"}, {"text": '{"taixu": 1, "entities": 5}'}, {"path": "../../etc/passwd"},
    {"path": "\x00"}, {"instance": CRATE}, {"instance": CART, "child": "x", "component": "y", "field": "z"},
    {"entity": CRATE, "track": "nothing.there", "time_secs": -1.0, "value": [1]}, {"kind": "nothing"},
    {"entities": [CRATE], "copies": ["1", "2", "3"]}, {"entities": [CRATE], "copies": [CRATE]},
    {"values": {CRATE: {"x": {}}}, "component": "material"},
    {"steps": [{"operation": "edit.batch", "parameters": {"steps": [{"operation": 5}]}}]}, {"entity": CRATE, "path": "../outside"},
    {"entities": [CRATE], "step_m": -1e30}, {"entity": CRATE, "track": "transform.scale", "time_secs": 1e300, "value": [1e300] * 3},
]  # fmt: skip


def test_nonsense_is_refused_in_a_sentence_and_changes_nothing(host: Host, tmp_path: Path) -> None:
    """Every edit with every piece of nonsense that its parameters let through."""
    host.do("selection.set", entities=[DOOR])
    before, stored = host.session.world.state_hash(), files(tmp_path)
    tried = 0
    for operation in [each for each in host.operations if each.is_edit]:
        known = parameter_schema(operation.parameters)["properties"]
        for nonsense in NONSENSE:
            parameters = {key: value for key, value in nonsense.items() if key in known}
            try:
                host.operations.rehearse(host.session, [(operation.id, parameters)])
            except TaixuError as error:
                assert "\n" not in str(error) and len(str(error)) < 1000
            tried += 1
            assert host.session.world.state_hash() == before, (operation.id, parameters)
    assert tried > 500
    assert files(tmp_path) == stored


WRONG: dict[str, list[Any]] = {
    "string": ["", "\x00", "\ud800", "no/such/thing.glb", "..", "x" * 5000, "desk"],
    "integer": [-1, 10**12], "number": [-1e308, 1e308],
    "array": [[], [""], ["no such"], [[1, 2]], [{}]], "object": [{}, {"x": {"y": []}}, {"": None}], "boolean": [True],
}  # fmt: skip
FINE: dict[str, Any] = {"string": "x", "integer": 1, "number": 1.0, "array": [], "object": {}, "boolean": False}


def kind_of(schema: dict[str, Any]) -> str:
    kinds = [each.get("type", "null") for each in (schema, *schema.get("anyOf", []))]
    return next((kind for kind in kinds if kind != "null"), "string")


def test_what_runs_refuses_nonsense_in_a_sentence(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tried = 0
    for operation in [each for each in host.operations if not each.is_edit and each.id != "export.film"]:
        schema = parameter_schema(operation.parameters)
        kinds = {name: kind_of(each) for name, each in schema["properties"].items()}
        needed = {name: FINE[kinds[name]] for name in schema["required"]}
        for parameters in [{}, *({**needed, name: value} for name, kind in kinds.items() for value in WRONG[kind])]:
            try:
                host.operations.do(host.session, operation.id, parameters)
            except TaixuError as error:
                assert "\n" not in str(error), (operation.id, str(error)[:200])
            tried += 1
            host.play.stop()
            if not host.session.worlds:
                host.open(tmp_path / "desk")
    assert tried > 100


def test_a_log_does_again_what_was_done(host: Host, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "desk", tmp_path / "again")
    do = host.do
    for name in ("entity.spawn", "entity.rename", "transform.set", "component.set", "component.add", "entity.group",
                 "component.set_each", "entity.hide", "entity.lock", "asset.place", "prefab.unpack", "edit.batch",
                 "entity.snap_to_grid", "entity.drop", "entity.add"):  # fmt: skip
        do(name, **EXAMPLES[name])
        host.frame(0.0)
    for x in range(50):  # a drag
        host.operations.do(host.session, "transform.set", {"transforms": {DOOR: {"position": [x, 0, 0]}}}, merge="drag")
    do("history.undo")
    do("history.redo")
    do("history.undo")
    do("entity.duplicate", entities=[CRATE])
    host.operations.do_all(host.session, [("entity.spawn", {"name": "a"}), ("entity.reparent", {"parent": DOOR})], label="two")
    do("history.undo")
    with pytest.raises(TaixuError):
        host.operations.do_all(host.session, [("entity.spawn", {}), ("entity.delete", {"entities": ["zz"]})], label="no")
    do("history.redo")
    log = host.operations.log
    drags = [done for done in log if done.drag]
    assert len(drags) == 1 and drags[0].parameters["transforms"][DOOR]["position"] == [49, 0, 0], "a drag is one line"
    assert sum(done.operation == "edit.batch" for done in log) == 2, "what failed is not in the log"
    script = save_log(host, tmp_path / "log.jsonl")
    again = run_script(script, world=tmp_path / "again", trust=False)
    try:
        assert again.session.world.state_hash() == host.session.world.state_hash()
        assert len(again.session.history.steps[0]) == len(host.session.history.steps[0])
        while host.session.undo() and again.session.undo():
            pass
        assert again.session.world.state_hash() == host.session.world.state_hash()
    finally:
        again.close()


def test_what_an_operation_does_by_others_is_logged_once() -> None:
    operations = Operations()
    calls: list[str] = []

    def inner(host: Any, parameters: Any) -> None:
        calls.append("inner")

    def outer(host: Any, parameters: Any) -> None:
        operations.do(None, "a.inner")  # type: ignore[arg-type]

    operations.add(Operation("a.inner", "Inner", run=inner), Operation("a.outer", "Outer", run=outer))
    operations.add(Operation("b.outer", "Outer", run=outer), is_logged=False)
    operations.do(None, "a.outer")  # type: ignore[arg-type]
    assert [done.operation for done in operations.log] == ["a.outer"]
    operations.do(None, "b.outer")  # type: ignore[arg-type]
    assert [done.operation for done in operations.log] == ["a.outer", "a.inner"], "a window's own is logged as what it does"
    assert calls == ["inner", "inner"]


def test_who_names_entities_needs_none_that_are_selected(host: Host) -> None:
    host.do("selection.none")
    with pytest.raises(TaixuError, match="nothing is selected"):
        host.do("entity.snap_to_grid")
    host.do("entity.snap_to_grid", entities=[CRATE], step_m=0.7)
    assert host.operations.log[-1].parameters["entities"] == (CRATE,)
