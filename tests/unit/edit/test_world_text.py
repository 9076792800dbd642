"""Worlds as text: exact both ways, made for git, and kept whole by those who understand only a part."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documents import Everything, document, load, make_app, save, worlds
from hypothesis import given, note

from taixu.ecs import World
from taixu.edit import Kept, WorldSettings, document_of, format_document, id_text
from taixu.errors import TaixuError
from taixu.scene import FromModel, Light, Model, Name, Node, Parent, Transform

A, B, C = "00000000000000aa", "00000000000000bb", "00000000000000cc"

@given(worlds())
def test_a_round_trip_is_exact(world: World) -> None:
    text = save(world)
    note(text)
    again = load(text)
    assert again.world.state_hash() == world.state_hash()
    assert save(again.world) == text


@given(worlds())
def test_columns_are_as_exact_as_text(world: World) -> None:
    from taixu.edit.columns import pack_columns, unpack_columns
    from taixu.edit.world_document import fill_world

    parts = document_of(world, columns_above=0)
    parts.groups = unpack_columns(pack_columns(parts.groups))
    app = make_app()
    fill_world(app.world, parts, app.components)
    assert app.world.state_hash() == world.state_hash()
    assert save(app.world) == save(world)


def test_the_text_is_made_for_git() -> None:
    app = make_app()
    world = app.world
    crate = world.spawn(Transform(translation=(0, 4, 0.1)), Name("Crate"), stable_id=0xBB)
    world.spawn(Transform(), Parent(crate), Model("assets/lid.glb"), stable_id=0xAA)
    app.resource(WorldSettings).values["physics"] = {"backend": "rapier", "gravity": [0, -9.81, 0]}
    text = format_document(document_of(world, hash_asset=lambda path: "0" * 64).document)
    assert text == """{
  "format": "taixu.world",
  "version": 1,
  "settings": {
    "physics": {
      "backend": "rapier",
      "gravity": [0, -9.81, 0]
    }
  },
  "assets": {
    "assets/lid.glb": "%s"
  },
  "entities": {
    "00000000000000aa": {
      "model": {
        "source": "assets/lid.glb"
      },
      "parent": {
        "entity": "00000000000000bb"
      },
      "transform": {}
    },
    "00000000000000bb": {
      "name": {
        "text": "Crate"
      },
      "transform": {
        "position": [0, 4, 0.1]
      }
    }
  }
}
""" % ("0" * 64)


def test_one_change_is_one_line() -> None:
    world = make_app().world
    entities = world.spawn_batch(50, {Transform: {"translation": np.random.default_rng(1).random((3, 50))}})
    before = save(world).splitlines()
    world.set(int(entities[20]), Transform, translation=(1, 2, 3))
    after = save(world).splitlines()
    assert sum(one != two for one, two in zip(before, after, strict=True)) == 1


def test_what_systems_made_is_not_saved() -> None:
    world = make_app().world
    owner = world.spawn(Model("a.glb"))
    world.spawn(FromModel(owner=owner), Transform())
    assert list(json.loads(save(world))["entities"]) == [id_text(world.stable_id(owner))]


@pytest.mark.parametrize(
    ("cell", "translation", "wanted"),
    [
        ((0, 0, 0), (0.1, -1e-7, 511), {"position": [0.1, -1e-7, 511]}),
        ((6250, 0, 0), (0.1, 0, 0), {"position": [6400000.1, 0, 0]}),
        # A float64 has no room for this offset out there.
        ((6250, 0, 0), (0.001, 0, 0), {"cell": [6250, 0, 0], "translation": [0.001, 0, 0]}),
        ((6250, -3125, 0), (100.25, 0.1, 0), {"position": [6400100.25, -3199999.9, 0]}),
        ((0, 0, 0), (5000, 0, 0), {"translation": [5000, 0, 0]}),
        ((7, 0, 0), (1e-30, 0, 0), {"cell": [7, 0, 0], "translation": [1e-30, 0, 0]}),
        ((0, 0, 0), (0, 0, 0), {}),
    ],
)
def test_roots_have_positions(cell: tuple, translation: tuple, wanted: dict[str, Any]) -> None:
    world = make_app().world
    entity = world.spawn(Transform(cell=cell, translation=translation), stable_id=0xAA)
    text = save(world)
    assert json.loads(text)["entities"][A]["transform"] == wanted
    again = load(text).world
    assert again.state_hash() == world.state_hash()
    assert Node(again, again.find(0xAA) or 0).position.tolist() == Node(world, entity).position.tolist()


def test_a_position_by_hand_goes_for_children_too() -> None:
    app = load(document({A: {"transform": {}}, B: {"transform": {"position": [600, 0, 0]}, "parent": {"entity": A}}}))
    found = app.world.get(app.world.find(0xBB) or 0, Transform)
    assert (found.translation, found.cell) == ((600, 0, 0), (0, 0, 0))


UNKNOWN: dict[str, Any] = {
    A: {
        "hologram": {"$version": 4, "colour": [1.5, 2, None], "deep": {"a": [{"b": 1e300}]}, "ref": B},
        "everything": {"$version": 3, "text": "x", "invented": {"z": 1, "a": [True, 12345678901234567890]}},
        "name": {"text": "Crate"},
    },
    B: {"everything": {"$version": 9, "from_the_future": [1, 2]}, "mesh_instance": {"mesh": 4}},
}


def test_what_nobody_knows_survives_exactly() -> None:
    text = format_document_of(document(UNKNOWN, weather={"rain": 0.25}, settings={"unread": [1, {"a": 2}]}))
    app = make_app()
    load(text, app)
    assert save(app.world) == text
    entity = app.world.find(0xAA) or 0
    assert app.world.get(entity, Everything).text == "x"
    app.world.set(entity, Everything, text="y")
    changed = json.loads(save(app.world))
    assert changed["entities"][A]["everything"] == {**UNKNOWN[A]["everything"], "text": "y"}
    snapshot = app.world.snapshot()
    app.world.despawn(entity)
    app.world.restore(snapshot)
    assert json.loads(save(app.world)) == changed
    app.world.remove(entity, Everything)
    assert "everything" not in json.loads(save(app.world))["entities"][A]


def format_document_of(text: str) -> str:
    from taixu.edit import parse_document

    return format_document(parse_document(text))


def test_references_wait_for_those_who_come_later() -> None:
    text = format_document_of(document({A: {"parent": {"entity": C}, "transform": {"translation": [1, 2, 3]}}}))
    app = load(text)
    entity = app.world.find(0xAA) or 0
    assert app.world.get(entity, Parent).entity == 0
    assert save(app.world) == text
    app.frame(0)
    late = app.world.spawn(Transform(), FromModel(), stable_id=0xCC)
    app.frame(0)
    assert app.world.get(entity, Parent).entity == late
    assert app.world.get(entity, Kept).references == {}
    assert save(app.world) == text


def test_moved_assets_are_found_and_renamed() -> None:
    text = document(
        {A: {"model": {"source": "assets/old.glb"}}, B: {"model": {"source": "assets/lost.glb"}}},
        assets={"assets/old.glb": "1" * 64, "assets/lost.glb": "2" * 64},
    )
    app = make_app()
    found = {("assets/old.glb", "1" * 64): "assets/new/place.glb"}
    load(text, app, resolve_asset=lambda path, known: found.get((path, known)))
    again = json.loads(save(app.world))
    assert again["entities"][A]["model"]["source"] == "assets/new/place.glb"
    assert again["assets"] == {"assets/new/place.glb": "1" * 64, "assets/lost.glb": "2" * 64}


def test_numbers_that_are_none_stop_the_save_and_are_named() -> None:
    world = make_app().world
    entity = world.spawn(Transform(), Name("Rocket"), stable_id=0xAA)
    world.set(entity, Transform, scale=(1, float("nan"), 1))
    with pytest.raises(TaixuError, match=r"'Rocket' \(00000000000000aa\), transform.scale"):
        save(world)
    world.set(entity, Transform, scale=(1, 1, 1))
    world.insert(entity, Everything(data={"deep": [float("inf")]}))
    with pytest.raises(TaixuError, match=r"everything\.data"):
        save(world)


def test_a_refused_document_leaves_the_world_as_it_was() -> None:
    app = load(document({A: {"name": {"text": "first"}}}))
    before = app.world.state_hash()
    for entities in ({B: {"name": {"text": 5}}}, {C: {}, A: {"name": {}}}):
        with pytest.raises(TaixuError):
            load(document(entities), app)
        assert app.world.state_hash() == before
        assert len(app.world) == 1


def test_values_out_of_range_are_read_and_doubted() -> None:
    from taixu.edit import WorldParts, fill_world, parse_document

    app = make_app()
    text = document({A: {"light": {"intensity": -1, "kind": "laser", "outer_angle_rad": 1.5707964}}})
    findings = fill_world(app.world, WorldParts(parse_document(text)), app.components)
    assert [(item.severity, item.where.split(".", 2)[2]) for item in findings.items] == [
        ("warning", "light.kind"), ("warning", "light.intensity"),
    ]
    assert load(save(app.world)).world.state_hash() == app.world.state_hash()


def test_a_world_in_place_of_another_has_its_own_settings() -> None:
    app = load(document({A: {}}, settings={"physics": {"backend": "rapier"}}, mood="old", assets={"a.glb": "1" * 64}))
    load(document({B: {}}, settings={"sound": 1}), app)
    settings = app.resource(WorldSettings)
    assert settings.values == {"physics": {"backend": "rapier"}, "sound": 1}, "a part is added"
    app.world.despawn(app.world.query().entities)
    load(document({B: {}}, settings={"sound": 2}), app)
    assert (settings.values, settings.other, settings.asset_hashes) == ({"sound": 2}, {}, {})
    assert settings.section("physics") == {}


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_two_peoples_edits_merge(tmp_path: Path) -> None:
    """One moves, renames and adds; the other moves something else, lights a lamp and removes."""
    base = make_app().world
    base.spawn_batch(
        40, {Transform: {"translation": np.random.default_rng(5).random((3, 40))}, Name: {"text": "x"}},
        stable_ids=np.arange(1, 41, dtype=np.uint64) << np.uint64(56),
    )
    worlds = {"base": base, "ours": base.fork(), "theirs": base.fork(), "both": base.fork()}

    def entity(world: World, number: int) -> int:
        return world.find(number << 56) or 0

    for name in ("ours", "both"):
        world = worlds[name]
        world.set(entity(world, 3), Transform, translation=(1, 2, 3))
        world.set(entity(world, 3), Name, text="moved")
        world.spawn(Name("new"), stable_id=(10 << 56) + 5)
    for name in ("theirs", "both"):
        world = worlds[name]
        world.set(entity(world, 20), Transform, scale=(2, 2, 2))
        world.insert(entity(world, 7), Light(kind="point"))
        world.despawn(entity(world, 15))
    for name, world in worlds.items():
        (tmp_path / name).write_text(save(world))
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    merged = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert merged == save(worlds["both"])
    assert load(merged).world.state_hash() == worlds["both"].state_hash()
