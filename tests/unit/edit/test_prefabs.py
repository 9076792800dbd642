"""Prefabs: instances, overrides, prefabs within prefabs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documents import document, load, make_app, prefab, save
from waiting import ends

from taixu.app import App
from taixu.ecs import EntityRef, World, component, field
from taixu.edit import (
    FromPrefab,
    PrefabInstance,
    PrefabLibrary,
    apply_to_prefab,
    id_text,
    read_world,
    record_overrides,
    revert_overrides,
    spawn_prefab,
)
from taixu.edit.ids import child_id
from taixu.edit.instancing import make_prefabs
from taixu.errors import TaixuError
from taixu.scene import Light, Material, MeshInstance, Name, Node, Parent, Shape, Transform

ROOT, HUB, AXLE, LEFT, RIGHT = (f"{number:016x}" for number in (0xA1, 0xA2, 0xB1, 0xB2, 0xB3))

WHEEL = {
    ROOT: {"name": {"text": "Wheel"}, "shape": {"kind": "cylinder"}, "transform": {}},
    HUB: {"name": {"text": "Hub"}, "shape": {"kind": "sphere"}, "transform": {"position": [0, 0.5, 0]}},
}
CART = {
    AXLE: {"name": {"text": "Cart"}, "shape": {}, "transform": {}, "hitch": {"end": LEFT}},
    LEFT: {
        "name": {"text": "Left"}, "transform": {"translation": [1, 0, 0]},
        "prefab_instance": {
            "source": "wheel.prefab.json",
            "overrides": [{"child": HUB, "component": "shape", "field": "bevel_m", "value": 0.25}],
        },
    },
    RIGHT: {
        "name": {"text": "Right"}, "transform": {"translation": [-1, 0, 0]}, "parent": {"entity": LEFT},
        "prefab_instance": {"source": "wheel.prefab.json"}, "hitch": {"end": RIGHT},
    },
}


@component("hitch")
class Hitch:
    end: EntityRef = field(default=0)


@pytest.fixture
def app() -> App:
    return fresh_app()


def fresh_app(wheel: dict[str, Any] = WHEEL, cart: dict[str, Any] = CART) -> App:
    app = make_app({"wheel.prefab.json": prefab(ROOT, wheel), "cart.prefab.json": prefab(AXLE, cart)})
    app.register_component(Hitch)
    return app


def tree(world: World, instance: int) -> dict[str, Node]:
    """Nodes below an instance by their names from the top."""
    found = {}

    def walk(node: Node, above: str) -> None:
        name = f"{above}/{node.name}".lstrip("/")
        found[name] = node
        for child in node.children:
            walk(child, name)

    walk(Node(world, instance), "")
    return found


def entries(world: World, instance: int) -> list[tuple[str, ...]]:
    found = world.get(instance, PrefabInstance)
    return [
        *((item["child"], item["component"], item["field"]) for item in found.overrides),
        *(("+", item["child"], item["component"]) for item in found.added),
        *(("-", item["child"], item.get("component", "")) for item in found.removed),
    ]


def test_an_instance_stands_with_prefabs_inside(app: App) -> None:
    world = app.world
    cart = spawn_prefab(world, "cart.prefab.json")
    nodes = tree(world, cart)
    assert nodes.keys() == {
        "Cart", "Cart/Left", "Cart/Left/Hub", "Cart/Left/Right", "Cart/Left/Right/Hub",
    }
    assert nodes["Cart/Left"][Shape].kind == "cylinder"
    assert nodes["Cart/Left/Hub"][Shape].bevel_m == 0.25
    assert nodes["Cart/Left/Right/Hub"][Shape].bevel_m == 0
    assert nodes["Cart/Left/Right/Hub"].world_position.tolist() == [0, 0.5, 0]
    assert nodes["Cart"][Hitch].end == nodes["Cart/Left"].entity
    assert nodes["Cart/Left/Right"][Hitch].end == nodes["Cart/Left/Right"].entity
    left = child_id(world.stable_id(cart), (int(LEFT, 16),))
    assert nodes["Cart/Left"].stable_id == left
    assert nodes["Cart/Left/Hub"].stable_id == child_id(left, (int(HUB, 16),))
    app.frame(0)
    assert MeshInstance in nodes["Cart/Left/Hub"]
    assert entries(world, cart) == []


def test_children_are_not_saved_and_stand_again_after_loading(app: App) -> None:
    world = app.world
    cart = spawn_prefab(world, "cart.prefab.json", stable_id=0xC0)
    Node(world, cart).position = (5, 0, 0)
    rider = world.spawn(Transform(), Parent(tree(world, cart)["Cart/Left/Hub"].entity), Name("Rider"), stable_id=0xD0)
    text = save(world)
    assert set(json.loads(text)["entities"]) == {id_text(0xC0), id_text(0xD0)}
    assert json.loads(text)["entities"][id_text(0xC0)] == {
        "name": {"text": "Cart"}, "prefab_instance": {"source": "cart.prefab.json"},
        "transform": {"position": [5, 0, 0]},
    }
    again = load(text, fresh_app())
    assert again.world.state_hash() == world.state_hash()
    assert save(again.world) == text
    found = Node(again.world, again.world.find(world.stable_id(rider)) or 0)
    assert found.parent is not None
    assert found.parent.name == "Hub"
    assert found.world_position.tolist() == Node(world, rider).world_position.tolist() == [6, 0.5, 0]


def test_edits_become_overrides_and_come_back(app: App) -> None:
    world = app.world
    cart = spawn_prefab(world, "cart.prefab.json", stable_id=0xC0)
    nodes = tree(world, cart)
    nodes["Cart/Left/Hub"].position = (0, 2, 0)
    nodes["Cart/Left/Right"].set(Light(kind="spot")).remove(Shape)
    nodes["Cart"].change(Shape, kind="torus").change(Hitch, end=nodes["Cart/Left/Right/Hub"].entity)
    nodes["Cart/Left"].name = "Port"
    record_overrides(world)
    assert entries(world, cart) == [
        ("", "hitch", "end"), ("", "shape", "kind"), (LEFT, "name", "text"),
        (f"{LEFT}/{HUB}", "transform", "translation"), ("+", RIGHT, "light"), ("-", RIGHT, "shape"),
    ]
    text = save(world)
    again = load(text, fresh_app()).world
    assert again.state_hash() == world.state_hash()
    assert save(again) == text
    found = tree(again, again.find(0xC0) or 0)
    assert found["Cart/Port/Hub"].position.tolist() == [0, 2, 0]
    assert found["Cart/Port/Right"][Light].kind == "spot"
    assert Shape not in found["Cart/Port/Right"]
    assert found["Cart"][Hitch].end == found["Cart/Port/Right/Hub"].entity


def test_a_field_back_at_its_default_is_an_override_all_the_same(app: App) -> None:
    world = app.world
    cart = spawn_prefab(world, "cart.prefab.json", stable_id=0xC0)
    hub = tree(world, cart)["Cart/Left/Hub"].change(Shape, bevel_m=0.0)
    record_overrides(world)
    assert world.get(cart, PrefabInstance).overrides == [
        {"child": f"{LEFT}/{HUB}", "component": "shape", "field": "bevel_m", "value": 0.0}
    ]
    again = load(save(world), fresh_app()).world
    assert again.get(again.find(hub.stable_id) or 0, Shape).bevel_m == 0


def test_reverting_one_and_all(app: App) -> None:
    world = app.world
    cart = spawn_prefab(world, "cart.prefab.json")
    nodes = tree(world, cart)
    hub = nodes["Cart/Left/Hub"]
    hub.change(Shape, kind="box").set(Material())
    hub.position = (9, 9, 9)
    nodes["Cart"].change(Shape, kind="cone")
    nodes["Cart/Left/Right"].despawn()
    revert_overrides(world, cart, child=f"{LEFT}/{HUB}", component="transform")
    assert hub.alive, "handles stay"
    assert hub.position.tolist() == [0, 0.5, 0]
    assert hub[Shape].kind == "box"
    assert not nodes["Cart/Left/Right"].alive
    revert_overrides(world, cart)
    assert entries(world, cart) == []
    assert (hub[Shape].kind, hub[Shape].bevel_m, Material in hub) == ("sphere", 0.25, False)
    assert nodes["Cart"][Shape].kind == "box"
    assert tree(world, cart)["Cart/Left/Right/Hub"].alive


def test_an_edited_prefab_is_made_again_and_keeps_what_is_different(app: App) -> None:
    world, library = app.world, app.resource(PrefabLibrary)
    carts = [spawn_prefab(world, "cart.prefab.json") for _ in range(3)]
    tree(world, carts[0])["Cart/Left/Hub"].change(Shape, kind="box")
    record_overrides(world)
    handles = tree(world, carts[0])["Cart/Left/Hub"].entity
    wheel = {
        **WHEEL, HUB: {**WHEEL[HUB], "light": {}, "transform": {"position": [0, 3, 0]}},
        AXLE: {"name": {"text": "Cap"}},
    }
    files = {"wheel.prefab.json": prefab(ROOT, wheel), "cart.prefab.json": prefab(AXLE, CART)}
    library.read = files.__getitem__
    library.forget("wheel.prefab.json")
    app.frame(0)
    for place, cart in enumerate(carts):
        hub = tree(world, cart)["Cart/Left/Hub"]
        assert hub.position.tolist() == [0, 3, 0]
        assert Light in hub
        assert hub[Shape].kind == ("box" if place == 0 else "sphere")
        assert "Cart/Left/Cap" in tree(world, cart)
    assert tree(world, carts[0])["Cart/Left/Hub"].entity == handles
    files["wheel.prefab.json"] = prefab(ROOT, {ROOT: {"name": {"text": "Wheel"}}})
    library.forget("wheel.prefab.json")
    app.frame(0)
    assert tree(world, carts[1]).keys() == {"Cart", "Cart/Left", "Cart/Left/Right"}
    assert Shape not in tree(world, carts[1])["Cart/Left"]


def test_giving_overrides_to_the_prefab(app: App) -> None:
    world = app.world
    cart, other = spawn_prefab(world, "cart.prefab.json"), spawn_prefab(world, "cart.prefab.json")
    nodes = tree(world, cart)
    nodes["Cart"].change(Shape, kind="torus")
    nodes["Cart/Left/Hub"].change(Shape, kind="box")
    nodes["Cart/Left"].set(Light())
    tree(world, other)["Cart/Left/Right/Hub"].change(Shape, kind="cone")
    source, document = apply_to_prefab(world, cart)
    assert source == "cart.prefab.json"
    assert document.entities[AXLE]["shape"] == {"kind": "torus"}
    placed = document.entities[LEFT]["prefab_instance"]
    assert {(item["field"], item["value"]) for item in placed["overrides"]} == {("bevel_m", 0.25), ("kind", "box")}
    assert document.entities[LEFT]["light"] == {}
    assert entries(world, cart) == []
    found = tree(world, other)
    assert (found["Cart"][Shape].kind, found["Cart/Left/Hub"][Shape].kind) == ("torus", "box")
    assert Light in found["Cart/Left"]
    assert found["Cart/Left/Right/Hub"][Shape].kind == "cone"
    record_overrides(world)
    assert entries(world, other) == [(f"{RIGHT}/{HUB}", "shape", "kind")]


def test_a_prefab_whose_root_is_an_instance() -> None:
    red = {AXLE: {
        "name": {"text": "Red"},
        "prefab_instance": {"source": "wheel.prefab.json", "overrides": [
            {"child": "", "component": "shape", "field": "kind", "value": "torus"},
            {"child": HUB, "component": "shape", "field": "kind", "value": "box"},
        ]},
    }}
    app = fresh_app(cart=red)
    wheel = spawn_prefab(app.world, "cart.prefab.json")
    nodes = tree(app.world, wheel)
    assert (nodes["Red"][Shape].kind, nodes["Red/Hub"][Shape].kind) == ("torus", "box")
    nodes["Red/Hub"].change(Shape, bevel_m=0.5)
    _, document = apply_to_prefab(app.world, wheel)
    assert len(document.entities[AXLE]["prefab_instance"]["overrides"]) == 3
    assert tree(app.world, wheel)["Red/Hub"][Shape].bevel_m == 0.5


def test_another_project_has_other_prefabs_under_the_same_names(app: App) -> None:
    world, library = app.world, app.resource(PrefabLibrary)
    wheel = spawn_prefab(world, "wheel.prefab.json")
    library.read = {"wheel.prefab.json": prefab(ROOT, {ROOT: {"light": {}}})}.__getitem__
    app.frame(0)
    assert set(tree(world, wheel)) == {"Wheel"}
    assert world.has(wheel, Light)


def test_prefabs_that_contain_themselves_are_refused_in_a_sentence() -> None:
    knot = {AXLE: {}, LEFT: {"prefab_instance": {"source": "wheel.prefab.json"}}}
    loop = {ROOT: {}, HUB: {"prefab_instance": {"source": "cart.prefab.json"}}}
    app = fresh_app(wheel=loop, cart=knot)
    message = r"contains itself: cart\.prefab\.json -> wheel\.prefab\.json -> cart\.prefab\.json"
    with pytest.raises(TaixuError, match=message):
        spawn_prefab(app.world, "cart.prefab.json")
    text = json.dumps({"format": "taixu.world", "version": 1, "entities": {
        ROOT: {"prefab_instance": {"source": "cart.prefab.json"}},
    }})
    load(text, app)
    app.frame(0)
    assert len(app.world) == 1
    assert json.loads(save(app.world)) == json.loads(text), "a prefab that cannot be placed is kept as it was"


def test_prefabs_that_multiply_are_bounded() -> None:
    def many(level: int) -> bytes:
        placed = {"prefab_instance": {"source": f"{level + 1}.prefab.json"}}
        return prefab(ROOT, {ROOT: {}, **{f"{number:016x}": placed for number in range(1, 30)}})

    files = {f"{level}.prefab.json": many(level) for level in range(8)}
    files["8.prefab.json"] = prefab(ROOT, {ROOT: {}})
    app = make_app(files)
    with pytest.raises(TaixuError, match="more than 100,000 entities"):
        spawn_prefab(app.world, "0.prefab.json")


def test_children_go_with_their_instance(app: App) -> None:
    world = app.world
    first, second = spawn_prefab(world, "cart.prefab.json"), spawn_prefab(world, "wheel.prefab.json")
    app.frame(0)
    world.despawn(first)
    world.remove(second, PrefabInstance)
    app.frame(0)
    assert len(world.query(FromPrefab)) == 0
    assert world.alive(second)[0]


def test_snapshots_and_forks_hold_instances(app: App) -> None:
    world = app.world
    cart = spawn_prefab(world, "cart.prefab.json")
    app.frame(0)
    snapshot, hashed = world.snapshot(), world.state_hash()
    hub = tree(world, cart)["Cart/Left/Hub"]
    hub.position = (0, 50, 0)
    app.frame(0)
    world.restore(snapshot)
    app.frame(0)
    assert hub.position.tolist() == [0, 0.5, 0]
    assert world.state_hash() == hashed
    fork = world.fork()
    assert set(tree(fork, cart)) == set(tree(world, cart))
    spawn_prefab(fork, "wheel.prefab.json")
    assert len(fork) == len(world) + 2


def test_one_hash_of_ids_whether_for_one_or_many() -> None:
    from taixu.edit.ids import child_ids

    instances = np.array([1, 2**64 - 1, 0xC0FFEE], np.uint64)
    for child in (1, 2**63, 77):
        assert child_ids(instances, child).tolist() == [child_id(one, (child,)) for one in instances.tolist()]


def test_a_thousand_instances_are_made_at_once(app: App) -> None:
    world = app.world
    world.spawn_batch(1000, {Transform: {"translation": np.random.default_rng(0).random((3, 1000))},
                             PrefabInstance: {"source": "cart.prefab.json"}})
    app.frame(0)
    assert len(world.query(FromPrefab)) == 4000
    assert world.find(child_id(int(world.stable_ids(world.query(PrefabInstance).entities)[500]), (int(LEFT, 16),)))


def test_prefabs_that_multiply_or_nest_without_end_are_refused_before_they_are_laid_out() -> None:
    def chain(copies: int, levels: int) -> dict[str, bytes]:
        parts = [{"prefab_instance": {"source": f"{level + 1}.prefab.json"}} for level in range(levels)]
        inside = [{id_text(2 + copy): part for copy in range(copies)} for part in parts]
        return {f"{level}.prefab.json": prefab(ROOT, {ROOT: {}, **part}) for level, part in enumerate([*inside, {}])}

    library = make_app().resource(PrefabLibrary)
    library.read = chain(copies=20, levels=30).__getitem__
    for _ in range(20):
        with ends(), pytest.raises(TaixuError, match="more than 100,000 entities"):
            library.expand("0.prefab.json")
    library.read = chain(copies=1, levels=2000).__getitem__
    with pytest.raises(TaixuError, match="deeper than 64"):
        library.expand("0.prefab.json")
    assert len(library.expand("1940.prefab.json").blocks) == 61


def test_a_prefab_that_cannot_be_placed_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = fresh_app()

    def refuse(source: str) -> bytes:
        raise TaixuError(f"{source} is no file")

    app.world.resource(PrefabLibrary).read = refuse
    path = tmp_path / "a.world.json"
    path.write_text(document({ROOT: {"transform": {}, "prefab_instance": {"source": "none.prefab.json"}}}))
    (finding,) = read_world(path, app.world, app.components)
    assert "none.prefab.json" in finding.message
    for _ in range(3):
        make_prefabs(app.world)
    assert not [record for record in caplog.records if "none.prefab.json" in record.getMessage()]
