"""Files of a project: found, moved with all that names them, thrown away and taken back, brought in."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from waiting import until

from taixu.assets.sidecar import Sidecar, read_sidecar, write_sidecar
from taixu.edit import create_project
from taixu.errors import TaixuError
from taixu.scene import Material
from taixu_editor.assets import copy_into, find_uses, scan_assets
from taixu_editor.assets.index import AssetIndex
from taixu_editor.host import Host

BOX = "00000000000000b0"


def make_project(root: Path) -> Path:
    create_project(root)
    picture = "assets/wood.png"
    (root / "assets" / "wood.png").write_bytes(b"not a picture, but a file")
    write_sidecar(root / "assets" / "wood.png", Sidecar(licence="CC0-1.0"))
    block = {"shape": {"kind": "box"}, "material": {"base_color_texture": picture}, "transform": {}, "name": {"text": "Box"}}
    prefab = {"format": "taixu.prefab", "version": 1, "root": BOX, "entities": {BOX: block}}
    (root / "assets" / "crate.prefab.json").write_text(json.dumps(prefab))
    placed = {"prefab_instance": {"source": "assets/crate.prefab.json"}, "transform": {}, "name": {"text": "Crate"}}
    for name in ("main", "other"):
        world = {"format": "taixu.world", "version": 1, "entities": {BOX: block, "00000000000000c0": placed}}
        (root / "worlds" / f"{name}.world.json").write_text(json.dumps(world))
    return root


@pytest.fixture
def host(tmp_path: Path):
    made = Host()
    made.open(make_project(tmp_path / "project"))
    yield made
    made.close()


def texture_of(host: Host) -> str:
    return host.session.world.get(host.session.entity(BOX), Material).base_color_texture


def test_files_are_found_with_their_kinds_tags_and_licences(host: Host) -> None:
    host.do("asset.tag", path="assets/wood.png", tags=["oak", "floor", "oak"])
    found = {asset.path: asset for asset in scan_assets(host.session.project.root).assets}
    assert found["assets/wood.png"].tags == ("oak", "floor")
    assert found["assets/wood.png"].licence == "CC0-1.0"
    assert {asset.kind for asset in found.values()} == {"texture", "prefab", "world", "file"}
    assert "assets/wood.png.asset.toml" not in found


def test_moving_a_file_takes_all_its_users_along_and_undo_brings_them_back(host: Host) -> None:
    root = host.session.project.root
    before = {path: path.read_bytes() for path in root.rglob("*.json")}
    hash_before = host.session.world.state_hash()
    assert find_uses(root, ["assets/wood.png"])["assets/wood.png"] == [
        "assets/crate.prefab.json", "worlds/main.world.json", "worlds/other.world.json",
    ]  # fmt: skip
    host.do("asset.move", path="assets/wood.png", to="assets/floors/oak.png")
    assert texture_of(host) == "assets/floors/oak.png"
    assert (root / "assets/floors/oak.png").is_file() and (root / "assets/floors/oak.png.asset.toml").is_file()
    assert all(b"assets/wood.png" not in path.read_bytes() for path in before)
    assert read_sidecar(root / "assets/floors/oak.png").licence == "CC0-1.0"
    host.do("history.undo")
    assert {path: path.read_bytes() for path in before} == before
    assert host.session.world.state_hash() == hash_before
    assert not (root / "assets/floors/oak.png").exists()
    host.do("history.redo")
    assert texture_of(host) == "assets/floors/oak.png"


def test_a_folder_moves_with_all_below_it(host: Host) -> None:
    root = host.session.project.root
    host.do("asset.move", path="assets", to="things")
    assert texture_of(host) == "things/wood.png"
    assert b"things/crate.prefab.json" in (root / "worlds/other.world.json").read_bytes()


def test_prefabs_that_moved_keep_their_instances(host: Host) -> None:
    host.do("asset.move", path="assets/crate.prefab.json", to="assets/box.prefab.json")
    host.frame(0.0)
    from taixu.edit import PrefabInstance

    placed = host.session.world.get(host.session.entity("00000000000000c0"), PrefabInstance)
    assert placed.source == "assets/box.prefab.json"


def test_open_worlds_are_saved_under_their_new_name(host: Host) -> None:
    host.do("asset.move", path="worlds/main.world.json", to="worlds/first.world.json")
    assert host.session.current.path.name == "first.world.json"


@pytest.mark.parametrize(
    ("path", "to", "sentence"),
    [
        ("assets/wood.png", "assets/crate.prefab.json", "ending"), ("assets/wood.png", "../wood.png", "leads out"),
        ("assets/gone.png", "assets/here.png", "no such file"), ("assets/wood.png", "", "needs a name"),
        ("worlds/main.world.json", "worlds/other.world.json", "already"), ("assets", "assets/deeper", "itself"),
    ],
)  # fmt: skip
def test_moves_that_cannot_be_change_nothing(host: Host, path: str, to: str, sentence: str) -> None:
    root = host.session.project.root
    before = sorted(str(file) for file in root.rglob("*"))
    with pytest.raises(TaixuError, match=sentence):
        host.do("asset.move", path=path, to=to)
    assert sorted(str(file) for file in root.rglob("*")) == before
    assert texture_of(host) == "assets/wood.png"


def test_a_move_that_fails_half_way_is_taken_back(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu_editor.assets import moving

    root = host.session.project.root
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    real, written = moving.write_atomic, []

    def full_disk(path: Path, data: bytes) -> None:
        written.append(path)
        if len(written) == 2:
            raise TaixuError(f"{path}: cannot be written (No space left on device); what stood there is untouched")
        real(path, data)

    monkeypatch.setattr(moving, "write_atomic", full_disk)
    with pytest.raises(TaixuError, match="No space left"):
        host.do("asset.move", path="assets/wood.png", to="assets/oak.png")
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert texture_of(host) == "assets/wood.png"


def test_deleted_files_lie_in_the_trash_until_undo(host: Host) -> None:
    root = host.session.project.root
    host.do("asset.delete", paths=["assets/wood.png"])
    assert not (root / "assets/wood.png").exists()
    assert (root / ".taixu/trash/wood.png").is_file()
    host.do("history.undo")
    assert (root / "assets/wood.png").read_bytes() == b"not a picture, but a file"
    assert (root / "assets/wood.png.asset.toml").is_file()


def test_files_are_brought_in_beside_those_of_their_name(host: Host, tmp_path: Path) -> None:
    outside = tmp_path / "wood.png"
    outside.write_bytes(b"another")
    given = host.do("asset.bring", files=[str(outside)])
    root = host.session.project.root
    assert given == {"paths": ["assets/wood 2.png"], "problems": []}
    assert (root / "assets/wood.png").read_bytes() == b"not a picture, but a file"
    host.do("asset.bring", files=[str(outside)], clash="replace")
    assert (root / "assets/wood.png").read_bytes() == b"another"


def test_what_cannot_be_read_is_said_and_the_rest_is_copied(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    pipe, good = tmp_path / "pipe.png", tmp_path / "good.png"
    os.mkfifo(pipe)
    good.write_bytes(b"x")
    done = copy_into(root, [pipe, good, tmp_path / "none.png"])
    assert done.paths == ["assets/good.png"]
    assert len(done.problems) == 2


def test_a_folder_that_leads_out_takes_nothing(tmp_path: Path) -> None:
    root, outside = tmp_path / "project", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "assets").symlink_to(outside)
    (tmp_path / "a.png").write_bytes(b"x")
    with pytest.raises(TaixuError, match="leads out"):
        copy_into(root, [tmp_path / "a.png"])
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "entity", "component"),
    [("assets/crate.prefab.json", "", "prefab_instance"), ("assets/wood.png", "", "shape"), ("assets/wood.png", BOX, "material")],
)
def test_assets_are_placed_by_what_they_are(host: Host, path: str, entity: str, component: str) -> None:
    host.do("asset.place", path=path, position=(1, 2, 3), entity=entity)
    chosen = host.session.current.selection[-1]
    assert (chosen == BOX) == bool(entity)
    assert host.session.world.has(host.session.entity(chosen), host.session.component(component))
    host.do("history.undo")
    assert texture_of(host) == "assets/wood.png"


def test_a_thousand_assets_are_found_while_frames_go_on(tmp_path: Path) -> None:
    root = make_project(tmp_path / "project")
    for i in range(1000):
        folder = root / "assets" / f"folder {i % 20}"
        folder.mkdir(exist_ok=True)
        (folder / f"thing {i}.png").write_bytes(b"x")
        (folder / f"thing {i}.png.asset.toml").write_text('version = 1\nlicence = "CC0-1.0"\ntags = ["a", "b"]\n')
    host = Host()
    host.frame(0.0)
    host.open(root)
    index = AssetIndex(host)

    def known() -> bool:
        host.frame(0.0)
        index.frame()
        return index.is_known

    until(known)
    count = len(index.assets)
    host.close()
    assert count >= 1003


def test_a_project_that_vanishes_is_empty_and_no_error(host: Host) -> None:
    root = host.session.project.root
    shutil.rmtree(root / "assets")
    assert not [asset for asset in scan_assets(root).assets if asset.path.startswith("assets/")]
    assert scan_assets(root / "nowhere").assets == ()


def test_a_model_that_another_program_edits_is_read_again(host: Host) -> None:
    import time

    from taixu.assets import AssetDatabase

    file = host.session.project.root / "assets/thing.obj"
    corners = "v 0 0 0\nv 1 0 0\nv 0 1 0\n"
    file.write_text(f"{corners}f 1 2 3\n")
    host.do("asset.place", path="assets/thing.obj")
    database = host.session.world.resource(AssetDatabase)

    def corners_until(wanted: int) -> int:
        end = time.monotonic() + 120.0
        while time.monotonic() < end:
            host.frame(0.0)
            found = database.model("assets/thing.obj")
            if found is not None and sum(len(each.attributes["POSITION"]) for each in found[0].meshes[0].primitives) == wanted:
                return wanted
            time.sleep(0.02)
        return 0

    assert corners_until(3) == 3
    file.write_text(f"{corners}v 1 1 0\nf 1 2 3\nf 2 4 3\n")
    assert corners_until(4) == 4
