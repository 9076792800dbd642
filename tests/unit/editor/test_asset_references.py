"""Files that name files: models, scripts, sidecars and manifests follow what is moved, and undo brings every byte back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taixu.assets.sidecar import Provenance, Sidecar, read_sidecar, write_sidecar
from taixu.edit import PrefabInstance, SetFields, create_project, read_project
from taixu.errors import TaixuError
from taixu.scene import Material, Node
from taixu.script import Script
from taixu_editor.assets.references import names_beside, rewritten
from taixu_editor.assets.usage import find_along, find_links, find_uses
from taixu_editor.host import Host

BOX = "00000000000000b0"
CART = "00000000000000c0"
GLTF = """{
  "asset": {"version": "2.0"},
  "buffers": [{"byteLength": 4, "uri" : "hull.bin"}, {"uri": "data:application/octet-stream;base64,AAAA", "byteLength": 3}],
  "images": [{"uri": "skins/old%20oak.png"}, {"uri":"skins/plain wood.png"}, {"uri": "https://example.org/x.png"}],
  "extras": {"note": "hull.bin"}
}
"""
MTL = "newmtl oak\nKd 1 1 1\nmap_Kd -s 2 2 1 old oak.png\n  bump -bm 0.5 bumps.png\r\n# map_Kd old oak.png\n"


@pytest.fixture
def host(tmp_path: Path):
    root = tmp_path / "project"
    create_project(root)
    for path, text in {
        "assets/ship/hull.gltf": GLTF, "assets/ship/hull.bin": "....", "assets/ship/skins/old oak.png": "oak",
        "assets/ship/skins/plain wood.png": "wood", "assets/shape/cup.obj": "mtllib cup set.mtl\nv 0 0 0\n",
        "assets/shape/cup set.mtl": MTL, "assets/shape/old oak.png": "oak", "assets/shape/bumps.png": "bumps",
        "scripts/door.py": "PICTURE = 'assets/ship/skins/old oak.png'  # assets/ship/skins/old oak.png\nNAME = \"door\"\n",
    }.items():  # fmt: skip
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    write_sidecar(root / "assets/ship/skins/plain wood.png", Sidecar(
        provenance=Provenance(generator="taixu", parents=["old oak.png"])))  # fmt: skip
    block = {
        "shape": {"kind": "box"}, "transform": {}, "name": {"text": "Box"},
        "script": {"path": "scripts/door.py", "fields": {"speed": 2}},
        "material": {"base_color_texture": "assets/ship/skins/old oak.png"},
    }  # fmt: skip
    wheel = {"shape": {}, "material": {"base_color_texture": "assets/ship/skins/old oak.png"}, "parent": {"entity": BOX}}
    prefab = {"format": "taixu.prefab", "version": 1, "root": BOX, "entities": {BOX: block, CART: wheel}}
    (root / "assets/cart.prefab.json").write_text(json.dumps(prefab))
    placed = {"prefab_instance": {"source": "assets/cart.prefab.json"}, "transform": {}, "name": {"text": "Cart"}}
    for name in ("main", "other"):
        world = {"format": "taixu.world", "version": 1, "entities": {BOX: block, CART: placed}}
        (root / f"worlds/{name}.world.json").write_text(json.dumps(world))
    made = Host()
    made.open(root)
    yield made
    made.close()


def contents(host: Host) -> dict[str, bytes]:
    root = host.session.project.root
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def folders(host: Host) -> set[str]:
    root = host.session.project.root
    return {file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_dir()}


def test_a_picture_that_moves_is_named_anew_in_its_model_and_undo_brings_each_byte_back(host: Host) -> None:
    before, before_folders = contents(host), folders(host)
    for old, new, uri in (
        ("old oak.png", "bark & moss/öak #1.png", "skins/bark%20&%20moss/%C3%B6ak%20%231.png"),
        ("plain wood.png", "planks.png", "skins/planks.png"),
    ):
        host.do("asset.move", path=f"assets/ship/skins/{old}", to=f"assets/ship/skins/{new}")
        after = contents(host)
        images = [image["uri"] for image in json.loads(after["assets/ship/hull.gltf"])["images"]]
        assert uri in images
        assert "https://example.org/x.png" in images
        host.session.undo()
        assert contents(host) == before
        assert folders(host) == before_folders
        host.session.redo()
        assert contents(host) == after
        host.session.undo()


def test_a_buffer_that_moves_is_found_by_its_model(host: Host) -> None:
    host.do("asset.move", path="assets/ship/hull.bin", to="assets/ship/data/hull 2.bin")
    document = json.loads(contents(host)["assets/ship/hull.gltf"])
    assert document["buffers"][0]["uri"] == "data/hull%202.bin"
    assert document["extras"] == {"note": "hull.bin"}, "only addresses are rewritten"


def test_a_model_takes_what_it_names_along_into_another_folder(host: Host) -> None:
    before = contents(host)
    host.do("asset.move", path="assets/ship/hull.gltf", to="assets/boats/hull.gltf")
    after = contents(host)
    assert after["assets/boats/hull.gltf"].decode() == GLTF
    assert {"assets/boats/hull.bin", "assets/boats/skins/old oak.png", "assets/boats/skins/plain wood.png"} <= after.keys()
    world = host.session.world
    assert world.get(host.session.entity(BOX), Material).base_color_texture == "assets/boats/skins/old oak.png"
    host.session.undo()
    assert contents(host) == before
    host.do("asset.move", path="assets/ship/hull.gltf", to="assets/ship/keel.gltf")
    assert "assets/ship/hull.bin" in contents(host), "a new name moves nothing else"


def test_a_file_that_its_model_would_not_find_is_not_moved(host: Host) -> None:
    before = contents(host)
    with pytest.raises(TaixuError, match=r"hull\.gltf names assets/ship/hull\.bin"):
        host.do("asset.move", path="assets/ship/hull.bin", to="assets/hull.bin")
    assert contents(host) == before


def test_a_folder_with_a_model_moves_as_it_is(host: Host) -> None:
    host.do("asset.move", path="assets/ship", to="assets/old ships/first")
    after = contents(host)
    assert after["assets/old ships/first/hull.gltf"].decode() == GLTF
    assert b"assets/old ships/first/skins/old oak.png" in after["worlds/other.world.json"]
    host.session.undo()
    host.do("asset.move", path="assets/ship/skins", to="assets/ship/wood")
    images = json.loads(contents(host)["assets/ship/hull.gltf"])["images"]
    assert [image["uri"] for image in images[:2]] == ["wood/old%20oak.png", "wood/plain%20wood.png"]


def test_materials_of_an_obj_follow(host: Host) -> None:
    host.do("asset.move", path="assets/shape/old oak.png", to="assets/shape/maps/oak 2.png")
    host.do("asset.move", path="assets/shape/cup set.mtl", to="assets/shape/cup.mtl")
    after = contents(host)
    assert after["assets/shape/cup.obj"].startswith(b"mtllib cup.mtl\n")
    lines = after["assets/shape/cup.mtl"].decode()
    assert "map_Kd -s 2 2 1 maps/oak 2.png\n  bump -bm 0.5 bumps.png\r\n# map_Kd old oak.png\n" in lines
    assert find_along(host.session.project.root, "assets/shape/cup.obj", "assets/cups/cup.obj") == [
        ("assets/shape/bumps.png", "assets/cups/bumps.png"), ("assets/shape/cup.mtl", "assets/cups/cup.mtl"),
        ("assets/shape/maps/oak 2.png", "assets/cups/maps/oak 2.png"),
    ]  # fmt: skip


def test_a_script_that_is_renamed_keeps_its_behaviours(host: Host) -> None:
    before = contents(host)
    host.do("asset.move", path="scripts/door.py", to="scripts/doors/gate.py")
    script = host.session.world.get(host.session.entity(BOX), Script)
    assert (script.path, script.fields) == ("scripts/doors/gate.py", {"speed": 2})
    assert host.session.world.get(host.session.entity(CART), Script).path == "scripts/doors/gate.py", "in prefabs too"
    assert host.session.world.get(host.session.entity(CART), PrefabInstance).overrides == []
    host.session.undo()
    assert contents(host) == before


def test_whole_strings_of_scripts_and_provenance_follow(host: Host) -> None:
    host.do("asset.move", path="assets/ship/skins/old oak.png", to="assets/ship/skins/bark's.png")
    after = contents(host)
    assert after["scripts/door.py"].decode() == (
        "PICTURE = 'assets/ship/skins/bark\\'s.png'  # assets/ship/skins/old oak.png\nNAME = \"door\"\n"
    )
    sidecar = read_sidecar(host.session.project.root / "assets/ship/skins/plain wood.png")
    assert sidecar is not None
    assert sidecar.provenance.parents == ["bark's.png"]
    host.do("asset.move", path="assets/ship/skins", to="assets/ship/wood")
    sidecar = read_sidecar(host.session.project.root / "assets/ship/wood/plain wood.png")
    assert sidecar is not None
    assert sidecar.provenance.parents == ["bark's.png"]
    assert not (host.session.project.root / "assets/ship/skins").exists()


IMPORTING = """import game, walk
import walk as legs
from walk import (
    speed,
)
try:
    import walk.deep, os
except ImportError: import \
    walk
# import walk
"""
IMPORTED = """import game, stride as walk
import stride as legs
from stride import (
    speed,
)
try:
    import walk.deep, os
except ImportError: import \
    stride as walk
# import walk
"""


def test_scripts_that_import_one_that_is_renamed_import_it_by_its_new_name(host: Host) -> None:
    root = host.session.project.root
    (root / "scripts/walk.py").write_text("speed = 2.0\n")
    (root / "scripts/other.py").write_text(IMPORTING)
    (root / "scripts/broken.py").write_text("import walk\ndef (")
    assert find_links(root, "scripts/walk.py")[0] == ["scripts/other.py"]
    assert find_links(root, "scripts/other.py")[1] == ["scripts/walk.py"]
    host.do("asset.move", path="scripts/walk.py", to="scripts/stride.py")
    assert (root / "scripts/other.py").read_text() == IMPORTED
    assert (root / "scripts/broken.py").read_text().startswith("import walk\n")
    with pytest.raises(TaixuError, match="scripts/other.py imports stride"):
        host.do("asset.move", path="scripts/stride.py", to="scripts/legs/stride.py")
    assert (root / "scripts/stride.py").is_file()
    host.do("history.undo")
    assert (root / "scripts/other.py").read_text() == IMPORTING
    host.do("asset.move", path="scripts/other.py", to="scripts/deep/other.py")  # importing is no question of where one lies
    assert (root / "scripts/deep/other.py").read_text() == IMPORTING


def test_the_first_world_stays_the_first(host: Host) -> None:
    root = host.session.project.root
    host.do("asset.move", path="worlds", to="levels")
    assert host.session.project.first_world == "levels/main.world.json"
    assert read_project(root).first_world == "levels/main.world.json"
    host.session.undo()
    assert (read_project(root).first_world, host.session.project.first_world) == ("worlds/main.world.json",) * 2


def test_letters_that_only_change_their_case(host: Host) -> None:
    before = contents(host)
    host.do("asset.move", path="assets/ship/skins/old oak.png", to="assets/ship/skins/Old Oak.png")
    assert host.session.world.get(host.session.entity(BOX), Material).base_color_texture.endswith("Old Oak.png")
    assert b"skins/Old%20Oak.png" in contents(host)["assets/ship/hull.gltf"]
    host.session.undo()
    assert contents(host) == before


def test_another_open_world_undoes_into_paths_that_are(host: Host) -> None:
    first = host.session.current
    host.do("document.open", path="worlds/other.world.json")
    other, oak, bark = host.session.current, "assets/ship/skins/old oak.png", "assets/ship/skins/bark.png"
    host.session.do(SetFields(BOX, "material", {"base_color_texture": "assets/ship/skins/plain wood.png"}))
    host.session.activate(first)
    host.do("asset.move", path=oak, to=bark)
    host.session.activate(other)
    host.session.undo()
    assert host.session.world.get(host.session.entity(BOX), Material).base_color_texture == bark
    host.session.redo()
    host.session.activate(first)
    host.session.undo()
    host.session.activate(other)
    host.session.undo()
    assert host.session.world.get(host.session.entity(BOX), Material).base_color_texture == oak
    (wheel,) = Node(host.session.world, host.session.entity(CART)).children
    assert wheel[Material].base_color_texture == oak
    assert host.session.world.get(host.session.entity(CART), PrefabInstance).overrides == []


def test_what_names_a_file_and_what_it_names(host: Host) -> None:
    root = host.session.project.root
    uses, needs = find_links(root, "assets/ship/hull.gltf")
    assert uses == []
    assert needs == ["assets/ship/hull.bin", "assets/ship/skins/old oak.png", "assets/ship/skins/plain wood.png"]
    assert find_uses(root, ["assets/ship/skins/old oak.png"])["assets/ship/skins/old oak.png"] == [
        "assets/cart.prefab.json", "assets/ship/hull.gltf", "scripts/door.py", "worlds/main.world.json", "worlds/other.world.json",
    ]  # fmt: skip
    assert find_links(root, "assets/cart.prefab.json")[1] == ["assets/ship/skins/old oak.png", "scripts/door.py"]


@pytest.mark.parametrize(
    "data", [b"", b'{"images": [{"uri": "\xff"}]}', b'{"uri": 5}', b'"uri": "' + b"\\" * 99 + b'"', b'{"uri": "\\ud800"}']
)
def test_models_that_are_none_stay_as_they_are(data: bytes) -> None:
    assert rewritten("a/b.gltf", data, lambda path: path.replace("a/", "c/")) == data
    assert isinstance(names_beside("a/b.gltf", data), list)
