"""Finding files by words and facts; what importers can be told; worlds that follow files."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from taixu.assets.image import encode_png
from taixu.edit import create_project
from taixu.scene import MaterialLibrary, Node, Shape
from taixu_editor.assets.following import AssetFollower
from taixu_editor.assets.import_settings import importer_settings
from taixu_editor.assets.index import Asset
from taixu_editor.assets.searching import matches
from taixu_editor.host import Host

OAK = Asset("assets/trees/Oak bark.png", "texture", tags=("Bark", "brown"), licence="CC0-1.0")
SHIP = Asset("assets/ship.glb", "model")
BOX, CART = "00000000000000b0", "00000000000000c0"


@pytest.mark.parametrize(
    ("words", "oak", "ship"),
    [
        ("oak", True, False), ("type:model", False, True), ("type:png", True, False), ("type:tex", True, False),
        ("tag:bark", True, False), ("tag:oak", False, False), ("tag:", True, False), ("-tag:", False, True),
        ("licence:cc0", True, False), ("-oak", False, True), ("in:trees bark", True, False), ("assets", True, True),
        ("tag\uff1abark", True, False), ("picture", True, False), ("", True, True), ("c:ship", False, False), ("-", True, True),
    ],
)  # fmt: skip
def test_words_and_facts(words: str, oak: bool, ship: bool) -> None:
    assert matches(OAK, words.split(), "Pictures") is oak
    assert matches(SHIP, words.split(), "Models") is ship


@pytest.fixture
def host(tmp_path: Path):
    root = tmp_path / "project"
    create_project(root)
    (root / "assets/wood.png").write_bytes(encode_png(np.full((2, 2, 3), 200, np.uint8)))
    (root / "assets/cart.prefab.json").write_text(prefab("box"))
    box = {"shape": {}, "transform": {}, "material": {"base_color_texture": "assets/wood.png"}}
    cart = {"prefab_instance": {"source": "assets/cart.prefab.json"}, "transform": {}}
    for name in ("main", "other"):
        world = {"format": "taixu.world", "version": 1, "entities": {BOX: box, CART: cart}}
        (root / f"worlds/{name}.world.json").write_text(json.dumps(world))
    made = Host()
    made.open(root)
    yield made
    made.close()


def prefab(kind: str) -> str:
    return json.dumps({"format": "taixu.prefab", "version": 1, "root": BOX, "entities": {BOX: {"shape": {"kind": kind}}}})


def run_until(host: Host, follower: AssetFollower, is_so) -> None:
    end = time.monotonic() + 120.0
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        host.frame(0.0)
        follower.frame()
        time.sleep(0.01)


def test_importers_say_what_they_can_be_told(host: Host) -> None:
    world = host.session.world
    assert importer_settings(world, Asset("a.stl", "model")) == {"turned": True}
    assert importer_settings(world, Asset("a.glb", "model")) == {}
    assert importer_settings(world, Asset("a.py", "script")) == {}


def test_worlds_follow_pictures_and_prefabs_that_other_programs_write(host: Host) -> None:
    follower = AssetFollower(host)
    first = host.session.current
    host.do("document.open", path="worlds/other.world.json")
    host.do("document.open", path="assets/cart.prefab.json")
    opened = host.session.current
    host.session.activate(first)
    run_until(host, follower, lambda: follower.index.is_known)
    library = first.app.world.resource(MaterialLibrary)
    run_until(host, follower, lambda: len(library) > 1)
    seen = library.changes(0)[1]
    root = host.session.project.root
    (root / "assets/wood.png").write_bytes(encode_png(np.full((3, 3, 3), 20, np.uint8)))
    (root / "assets/cart.prefab.json").write_text(prefab("sphere"))
    run_until(host, follower, lambda: library.changes(seen)[0] and not host.session.is_news("assets/cart.prefab.json"))
    for entry in host.session.worlds:
        with host.session.within(entry):
            name = BOX if entry is opened else CART
            assert Node(host.session.world, host.session.entity(name))[Shape].kind == "sphere"
    assert opened.history.is_saved
    with host.session.within(opened):
        host.do("component.set", entities=[BOX], component="shape", fields={"kind": "cone"})
    (root / "assets/cart.prefab.json").write_text(prefab("cylinder"))
    run_until(host, follower, lambda: Node(host.session.world, host.session.entity(CART))[Shape].kind == "cylinder")
    with host.session.within(opened):
        assert Node(host.session.world, host.session.entity(BOX))[Shape].kind == "cone", "unsaved work is nobody else's to change"


def test_saving_a_prefab_is_no_news(host: Host) -> None:
    host.do("document.open", path="assets/cart.prefab.json")
    host.do("component.set", entities=[BOX], component="shape", fields={"kind": "cone"})
    host.do("world.save")
    assert not host.session.is_news("assets/cart.prefab.json")
    host.do("asset.reimport", path="assets/cart.prefab.json")
    host.do("asset.reimport", path="assets/wood.png")
