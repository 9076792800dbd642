"""Licences where content leaves: what stands against it is said by name, a yes is asked for, and notices go along."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from taixu.assets import import_model
from taixu.assets.image import encode_png
from taixu.assets.sidecar import Provenance, Sidecar, write_sidecar
from taixu.errors import UsageError
from taixu.generate.notices import NOTICES, copyright_line, notices_text
from taixu.generate.provenance import write_record
from taixu_editor.export import pack_project, unpack_project, write_standalone
from taixu_editor.export.licences import find_doubts, used_files
from taixu_editor.host import Host

DESK = Path(__file__).resolve().parents[2] / "ui" / "worlds" / "desk"
FREE, SOLD, MODEL = "assets/free.png", "assets/not for sale.png", "assets/by a model.png"


def _picture(path: Path, licence: str, *, author: str = "", model: str = "", model_licence: str = "") -> None:
    path.write_bytes(encode_png(np.full((8, 8, 3), 90, np.uint8)))
    made = Provenance(generator="diffusion", model=model, model_licence=model_licence) if model else Provenance()
    write_sidecar(path, Sidecar(licence=licence, author=author, provenance=made))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    root = tmp_path_factory.mktemp("out") / "desk"
    shutil.copytree(DESK, root)
    _picture(root / FREE, "CC0-1.0", author="Anna Berg")
    _picture(root / SOLD, "CC-BY-NC-4.0", author="Li Wei")
    _picture(root / MODEL, "", model="tiny", model_licence="sai-nc-community")
    made = Host()
    made.open(root)
    made.frame(0.0)
    yield made
    made.close()


def test_a_pack_says_what_stands_against_it_and_wants_a_yes(host: Host, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"not for sale.png: its licence \(CC-BY-NC-4.0\) forbids use that earns money") as caught:
        host.do("export.pack", path=str(tmp_path / "a.taixu.zip"))
    assert "by a model.png: the model that made it (sai-nc-community)" in str(caught.value)
    assert str(caught.value).endswith("say accept_licences to pass it on all the same") and "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="forbids use that earns money"):
        host.do("export.folder", path=str(tmp_path / "game"))
    host.do("export.pack", path=str(tmp_path / "a.taixu.zip"), accept_licences=True)
    text = zipfile.ZipFile(tmp_path / "a.taixu.zip").read(NOTICES).decode()
    assert f"Licence: CC-BY-NC-4.0\nAuthor: Li Wei\n  {SOLD}\n" in text and FREE in text
    assert "with the model tiny (sai-nc-community)" in text and str(tmp_path) not in text
    assert f"  {SOLD}: its licence (CC-BY-NC-4.0) forbids use that earns money" in text


def test_notices_are_the_same_after_coming_back_and_never_in_the_way_of_ones_own(host: Host, tmp_path: Path) -> None:
    root = host.session.project.root
    pack = pack_project(root, tmp_path / "a")
    back = unpack_project(pack, tmp_path / "back")
    assert (back / NOTICES).is_file()
    assert pack_project(back, tmp_path / "b").read_bytes() == pack.read_bytes()
    (back / NOTICES).write_text("Mine.")
    names = zipfile.ZipFile(pack_project(back, tmp_path / "c"))
    assert names.read(NOTICES) == b"Mine." and b"CC-BY-NC-4.0" in names.read(f"TAIXU-{NOTICES}")
    folder = write_standalone(back, tmp_path / "game")
    assert (folder / "project" / NOTICES).read_text() == "Mine." and (folder / "project" / f"TAIXU-{NOTICES}").is_file()


def test_a_project_that_says_nothing_gets_no_notices(tmp_path: Path) -> None:
    shutil.copytree(DESK, tmp_path / "desk")
    assert find_doubts(tmp_path / "desk") == []
    assert NOTICES not in zipfile.ZipFile(pack_project(tmp_path / "desk", tmp_path / "a")).namelist()


def test_a_glb_is_asked_about_what_its_things_wear_alone(host: Host, tmp_path: Path) -> None:
    entities = {}
    for name, path in (("free", FREE), ("sold", SOLD)):
        worn = {"transform": {}, "shape": {}, "material": {"base_color_texture": path}}
        entities[name] = host.do("entity.spawn", components=worn, name=name)
    world = host.session.world
    handles = {name: np.array([host.session.entity(text)], np.uint64) for name, text in entities.items()}
    assert used_files(world, handles["free"]) == [FREE] and used_files(world, handles["sold"]) == [SOLD]
    assert {FREE, SOLD} <= set(used_files(world))
    host.do("export.model", path=str(tmp_path / "free.glb"), entities=[entities["free"]])
    assert import_model(tmp_path / "free.glb").asset["copyright"] == "free.png: CC0-1.0 by Anna Berg"
    with pytest.raises(UsageError, match="not for sale.png: its licence"):
        host.do("export.model", path=str(tmp_path / "sold.glb"), entities=[entities["sold"]])
    assert not (tmp_path / "sold.glb").exists()
    host.do("export.model", path=str(tmp_path / "sold.glb"), entities=[entities["sold"]], accept_licences=True)
    assert import_model(tmp_path / "sold.glb").asset["copyright"] == "not for sale.png: CC-BY-NC-4.0 by Li Wei"


def test_a_record_in_the_file_speaks_where_the_sidecar_was_lost(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "lost.png"
    file.write_bytes(encode_png(np.zeros((8, 8, 3), np.uint8)))
    assert find_doubts(tmp_path, ["lost.png"]) == []
    write_record(file, Provenance(generator="diffusion", model="tiny", model_licence="sai-nc-community"))
    assert "the model that made it (sai-nc-community) forbids use that earns money" in find_doubts(tmp_path, ["lost.png"])[0]


def test_texts_are_the_same_whatever_the_order_and_broken_sidecars_are_left_out(tmp_path: Path) -> None:
    for name, licence in (("b.png", "MIT"), ("a.png", "MIT"), ("c.png", "CC0-1.0")):
        write_sidecar(tmp_path / name, Sidecar(licence=licence, author="A\nB"))
    (tmp_path / "d.png.asset.toml").write_text("= =")
    names = ["c.png", "b.png", "d.png", "a.png", "none.png"]
    assert notices_text(tmp_path, names) == notices_text(tmp_path, reversed(names))
    assert "Author: A B\n  a.png\n  b.png\n" in notices_text(tmp_path, names)
    assert copyright_line(tmp_path, ["c.png"]).startswith("c.png: CC0-1.0 by A")
    assert notices_text(tmp_path, ["d.png"]) == ""
