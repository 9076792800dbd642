"""World files on disk: whole or not at all, columns beside them, and hostile ones refused in a sentence."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documents import Everything, document, make_app
from hypothesis import given
from hypothesis import strategies as st

from taixu.app import App
from taixu.edit import DocumentError, PrefabInstance, check_world, id_text, read_world, write_world
from taixu.edit.columns import pack_columns, unpack_columns
from taixu.edit.json_text import parse_json
from taixu.errors import TaixuError
from taixu.scene import Name, Parent, Transform

A = "00000000000000aa"


def read(path: Path) -> App:
    app = make_app()
    read_world(path, app.world, app.components)
    return app


def make_crowd(count: int = 300) -> App:
    app = make_app()
    numbers = np.random.default_rng(3).normal(size=(3, count)) * 1e4
    leader = app.world.spawn(Transform(), Name("leader"))
    names = np.array([f"child {place}" for place in range(count)], object)
    app.world.spawn_batch(
        count, {Transform: {"translation": numbers}, Parent: {"entity": leader}, Name: {"text": names}}
    )
    return app


def test_masses_go_into_a_column_file(tmp_path: Path) -> None:
    app = make_crowd()
    path = tmp_path / "crowd.world.json"
    write_world(path, app.world, columns_above=100)
    (columns,) = tmp_path.glob("*.columns")
    assert len(json.loads(path.read_text())["entities"]) == 1
    again = read(path)
    assert again.world.state_hash() == app.world.state_hash()
    app.world.spawn(Name("another"))
    write_world(path, app.world, columns_above=100)
    assert [found.name for found in tmp_path.glob("*.columns")] == [columns.name], "the same columns, the same file"
    write_world(path, app.world)
    assert not list(tmp_path.glob("*.columns")), "columns that nobody names are gone"
    assert read(path).world.state_hash() == app.world.state_hash()


def test_columns_of_other_worlds_are_left_alone(tmp_path: Path) -> None:
    for name in ("a.b", "[a]", "a"):
        write_world(tmp_path / f"{name}.world.json", make_crowd(9).world, columns_above=5)
    assert len(list(tmp_path.glob("*.columns"))) == 3
    for name in ("a", "[a]"):
        write_world(tmp_path / f"{name}.world.json", make_crowd(9).world)
    (left,) = tmp_path.glob("*.columns")
    assert left.name.startswith("a.b.")
    assert len(read(tmp_path / "a.b.world.json").world) == 10


def test_columns_of_a_component_that_nobody_knows_are_kept(tmp_path: Path) -> None:
    app = make_app()
    app.world.spawn_batch(20, {Everything: {"i32": np.arange(20), "text": "x"}})
    path = tmp_path / "a.world.json"
    write_world(path, app.world, columns_above=5)
    from taixu.edit import DocumentPlugin
    from taixu.scene import ScenePlugin

    stranger = App().add_plugin(ScenePlugin()).add_plugin(DocumentPlugin())
    assert any("is not known here" in str(item) for item in read_world(path, stranger.world, stranger.components))
    write_world(path, stranger.world)
    assert read(path).world.state_hash() == app.world.state_hash()


def test_what_many_have_and_nobody_knows_is_said_once(tmp_path: Path) -> None:
    entities = {f"{number:016x}": {"stranger": {"x": 1}} for number in range(1, 501)}
    path = tmp_path / "a.world.json"
    path.write_text(json.dumps({"format": "taixu.world", "version": 1, "entities": entities}))
    (found,) = read_world(path, make_app().world, make_app().components)
    assert str(found).startswith("entities.0000000000000001.stranger (and 499 more): is not known here")


def test_an_error_behind_very_many_doubts_is_an_error(tmp_path: Path) -> None:
    entities = {f"{number:016x}": {f"stranger{number}": {}} for number in range(1, 301)}
    entities["f" * 16] = {"transform": {"translation": "far"}}
    path = tmp_path / "a.world.json"
    path.write_text(json.dumps({"format": "taixu.world", "version": 1, "entities": entities}))
    app = make_app()
    with pytest.raises(DocumentError, match="translation"):
        read_world(path, app.world, app.components)


def test_columns_that_changed_or_lack_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "crowd.world.json"
    write_world(path, make_crowd().world, columns_above=100)
    (columns,) = tmp_path.glob("*.columns")
    data = bytearray(columns.read_bytes())
    data[-1] ^= 1
    columns.write_bytes(data)
    with pytest.raises(TaixuError, match="has other content than when the world was saved"):
        read(path)
    columns.unlink()
    with pytest.raises(TaixuError, match="is no file"):
        read(path)
    raw = json.loads(path.read_text())
    for name in ("../crowd.columns", "a/b.columns", "x.json", "/etc/passwd"):
        raw["columns"] = {name: "0" * 64}
        path.write_text(json.dumps(raw))
        with pytest.raises(TaixuError, match="is no column file"):
            read(path)


@given(st.data())
def test_damaged_columns_are_refused_in_a_sentence(data: st.DataObject) -> None:
    from taixu.edit.world_document import document_of

    packed = bytearray(pack_columns(document_of(make_crowd(12).world, columns_above=0).groups))
    if data.draw(st.booleans()):
        packed = packed[: data.draw(st.integers(0, len(packed) - 1))]
    for _ in range(data.draw(st.integers(0, 4))):
        if packed:
            packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    try:
        groups = unpack_columns(bytes(packed))
    except DocumentError:
        return
    assert all(len(group.ids) < 1000 for group in groups)


def test_columns_cannot_ask_for_memory_that_is_not_there() -> None:
    body = np.arange(1, 65, dtype="<u8").tobytes()
    group = {
        "count": 64, "ids": [0, 512],
        "components": {"x": {"version": 1, "fields": {
            f"f{n}": {"kind": "u64", "place": [0, 512]} for n in range(1000)
        }}},
    }
    header = json.dumps({"groups": [group]}).encode()
    data = b"TAIXUCOL" + (1).to_bytes(4, "little") + len(header).to_bytes(4, "little") + header + body
    with pytest.raises(DocumentError, match="beyond the end"):
        unpack_columns(data)


def test_a_failed_save_leaves_what_there_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_crowd(5)
    path = tmp_path / "a.world.json"
    write_world(path, app.world)
    before = path.read_text()
    app.world.spawn(Name("new"))

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(TaixuError, match="No space left on device"):
            write_world(path, app.world)
    assert path.read_text() == before
    assert [found.name for found in tmp_path.iterdir()] == ["a.world.json"]
    app.world.spawn(Transform(scale=(float("nan"), 1, 1)))
    with pytest.raises(TaixuError, match="cannot be saved"):
        write_world(path, app.world)
    assert path.read_text() == before


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.edit import world_file

    world, path = make_crowd(50).world, tmp_path / "a.world.json"
    monkeypatch.setattr(world_file, "MAX_TEXT_BYTES", 4000)
    write_world(path, world)
    assert list(tmp_path.glob("*.columns")), "too long a text: what can goes into columns"
    assert read(path).world.state_hash() == world.state_hash()
    before = path.read_text()
    for name in ("MAX_TEXT_BYTES", "MAX_COLUMN_BYTES"):
        monkeypatch.setattr(world_file, name, 100)
        with pytest.raises(TaixuError, match="split it into several worlds"):
            write_world(path, world)
        assert path.read_text() == before


def test_values_nested_too_deeply_are_not_written(tmp_path: Path) -> None:
    world, path = make_app().world, tmp_path / "a.world.json"
    world.spawn(Name("good"))
    write_world(path, world)
    before = path.read_text()
    deep: Any = 1
    for _ in range(80):
        deep = {"in": deep}
    world.spawn(PrefabInstance(source="", overrides=[{"child": "", "component": "a", "field": "b", "value": deep}]))
    with pytest.raises(TaixuError, match="could not be opened again.*nests deeper than 64 levels"):
        write_world(path, world)
    assert path.read_text() == before


def test_names_and_modes(tmp_path: Path) -> None:
    world = make_app().world
    with pytest.raises(TaixuError, match=r"ends in \.world\.json"):
        write_world(tmp_path / "a.json", world)
    path = tmp_path / "deep" / "a.world.json"
    write_world(path, world)
    path.chmod(0o640)
    write_world(path, world)
    assert path.stat().st_mode & 0o777 == 0o640


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not JSON"),
    "not JSON": (b"{\n  nonsense", r"line 2, column 3.*not JSON"),
    "a merge left open": (b'{\n<<<<<<< ours\n"a": 1}', r"line 2.*merge"),
    "not UTF-8": (b'{"format": "\xff"}', "not UTF-8"),
    "another thing": (b"[1, 2]", "no world and no prefab"),
    "no version": (b'{"format": "taixu.world"}', "version: takes a whole number"),
    "version true": (b'{"format": "taixu.world", "version": true}', "version: takes a whole number"),
    "the future": (b'{"format": "taixu.world", "version": 99}', "newer than this Taixu"),
    "the past": (b'{"format": "taixu.world", "version": 0}', "version 0 of world documents is not known"),
    "a prefab": (b'{"format": "taixu.prefab", "version": 1}', "a prefab where a world is wanted"),
    "entities a list": (b'{"format": "taixu.world", "version": 1, "entities": []}', "entities: takes an object"),
    "deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper than 64"),
    "deep enough for us only": (b"[" * 70 + b"]" * 70, "deeper than 64"),
    "NaN": (document({A: {"light": {"intensity": 5}}}).replace("5", "NaN").encode(), "NaN.*no number"),
    "infinite": (document({A: {"light": {"intensity": 5}}}).replace("5", "1e999").encode(), "1e999.*no number"),
    "digits": (document({A: {"light": {"intensity": 5}}}).replace("5", "9" * 5000).encode(), "no number"),
    "two of an id": (
        document({A: {}}).replace(f'"{A}": {{}}', f'\n"{A}": {{}},\n"{A}": {{}}').encode(),
        "lines 2 and 3: '00000000000000aa' stands twice",
    ),
    "two of a field": (b'{"format": 1, "format": 2}', "'format' stands twice"),
    "an id that is none": (document({"crate": {}}).encode(), r"entities\.crate: is no entity id"),
    "an id of nobody": (document({"0" * 16: {}}).encode(), "is no entity id"),
    "a component that is none": (document({A: {"name": 5}}).encode(), r"entities\.0*aa\.name: takes fields"),
    "text for numbers": (
        document({A: {"transform": {"scale": "big"}}}).encode(), r"transform\.scale: takes 3 numbers, not the text 'big'",
    ),
    "too few numbers": (document({A: {"transform": {"scale": [1, 2]}}}).encode(), "takes 3 numbers, not 2"),
    "true for a number": (document({A: {"transform": {"scale": [1, 2, True]}}}).encode(), "takes numbers, not true"),
    "too large": (document({A: {"transform": {"scale": [1e39, 1, 1]}}}).encode(), "too large for a number of 32 bits"),
    "too large an integer": (document({A: {"camera": {"priority": 2**31}}}).encode(), "too large for a number of 32 bits"),
    "half an integer": (document({A: {"camera": {"priority": 0.5}}}).encode(), "takes whole numbers, not 0.5"),
    "number for text": (document({A: {"name": {"text": 5}}}).encode(), "takes text, not 5"),
    "no reference": (document({A: {"parent": {"entity": "root"}}}).encode(), "takes an entity id"),
    "beyond all": (document({A: {"transform": {"position": [1e300, 0, 0]}}}).encode(), "end of every world"),
    "two places": (
        document({A: {"transform": {"position": [0, 0, 0], "cell": [1, 0, 0]}}}).encode(), "keep the position alone",
    ),
    "version of a component": (document({A: {"name": {"$version": "new"}}}).encode(), "takes a whole number from 1"),
    "a hash that is none": (document({}, assets={"a.glb": "abc"}).encode(), "takes a SHA-256"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_worlds_are_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    data, message = HOSTILE[name]
    path = tmp_path / "bad.world.json"
    path.write_bytes(data)
    app = make_app()
    with pytest.raises(TaixuError, match=message) as caught:
        read_world(path, app.world, app.components)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    assert len(text) < 400
    assert len(app.world) == 0
    if "prefab" not in name:
        assert any(item.severity == "error" for item in check_world(path, app.components)), "check finds it too"


def test_sizes_are_bounded() -> None:
    with pytest.raises(DocumentError, match="MB"):
        parse_json(b" " * ((64 << 20) + 1))
    with pytest.raises(DocumentError, match="more than 4,000,000 values"):
        parse_json(b"[" + b"[]," * 3_000_000 + b"0]")


def test_a_file_that_lacks_is_named(tmp_path: Path) -> None:
    app = make_app()
    for path in (tmp_path / "lacks.world.json", tmp_path):
        with pytest.raises(TaixuError, match="is no file"):
            read_world(path, app.world, app.components)


@given(st.data())
def test_bitten_worlds_never_crash(data: st.DataObject) -> None:
    from documents import load, save

    app = make_crowd(4)
    app.world.spawn(Everything(text="x", data={"a": [1]}, vec3=(1, 2, 3)))
    text = bytearray(save(app.world).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text) - 1))
        if data.draw(st.booleans()):
            text[place] = data.draw(st.integers(32, 126))
        else:
            del text[place : place + data.draw(st.integers(1, 30))]
    try:
        loaded = load(bytes(text))  # type: ignore[arg-type]
    except TaixuError as error:
        assert "\n" not in str(error)
        return
    assert save(load(save(loaded.world)).world) == save(loaded.world)


def test_lone_surrogates_are_saved(tmp_path: Path) -> None:
    app = make_app()
    app.world.spawn(Name("\ud800 broken"))
    path = tmp_path / "a.world.json"
    write_world(path, app.world)
    assert read(path).world.state_hash() == app.world.state_hash()


def test_an_entity_in_text_and_columns_is_refused(tmp_path: Path) -> None:
    app = make_crowd(200)
    path = tmp_path / "a.world.json"
    write_world(path, app.world, columns_above=100)
    raw: dict[str, Any] = json.loads(path.read_text())
    entity = next(table.entities[0] for table in app.world.query(Parent))
    raw["entities"][id_text(app.world.stable_id(int(entity)))] = {}
    path.write_text(json.dumps(raw))
    with pytest.raises(TaixuError, match="stands in the column file too"):
        read(path)
    assert hashlib.sha256(b"").hexdigest() not in raw["columns"].values()
