"""What leaves the editor: pictures, films, models, packs, and folders that run by themselves."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from taixu.assets import import_model
from taixu.cli.new import make_project
from taixu.edit import read_project
from taixu.errors import TaixuError
from taixu_editor.export import pack_project, unpack_project, write_standalone
from taixu_editor.export.film import camera_on_path
from taixu_editor.host import Host

DESK = Path(__file__).resolve().parents[2] / "ui" / "worlds" / "desk"
CUBE = "00000000000000b1"


@pytest.fixture(scope="module")
def host():
    made = Host()
    made.open(DESK)
    made.frame(0.0)
    yield made
    made.close()


def test_a_picture_may_be_transparent_where_nothing_is(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "desk.png"
    host.do("export.picture", path=str(file), size=[96, 64], samples=2, transparent=True)
    pixels = np.asarray(Image.open(file))
    assert pixels.shape == (64, 96, 4)
    assert pixels[0, 0, 3] == 0 and pixels[..., 3].max() == 255


def test_a_film_goes_along_its_path(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "desk.mp4"
    looks = [[[6, 4, 6], [0, 0, 0]], [[-6, 4, 6], [0, 0, 0]]]
    before = host.session.world.state_hash()
    host.do("export.film", path=str(file), size=[64, 48], seconds=0.2, fps=20, looks=looks, played=True)
    assert host.session.world.state_hash() == before
    import av

    with av.open(str(file)) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(pictures) == 4
    assert np.abs(pictures[0].astype(int) - pictures[-1]).mean() > 2


def test_a_cancelled_film_leaves_nothing(host: Host, tmp_path: Path) -> None:
    from taixu_editor.export import Film

    film = Film(host, tmp_path / "desk.mp4", size=(32, 32), seconds=1.0, fps=10)
    film.step()
    film.cancel()
    assert film.is_done and list(tmp_path.iterdir()) == []


def test_a_path_goes_through_its_looks() -> None:
    looks = [((0.0, 1.0, 5.0), (0.0, 0.0, 0.0)), ((5.0, 2.0, 0.0), (0.0, 1.0, 0.0)), ((0.0, 1.0, -5.0), (0.0, 0.0, 0.0))]
    for share, (eye, _) in zip((0.0, 0.5, 1.0), looks, strict=True):
        assert np.allclose(camera_on_path(looks, share).world_from_camera[:3, 3], eye)


def test_the_selection_becomes_a_glb_that_stands_where_it_stood(host: Host, tmp_path: Path) -> None:
    from taixu.scene import Node

    host.do("export.model", path=str(tmp_path / "table.glb"), entities=[CUBE])
    model = import_model(tmp_path / "table.glb")
    assert len(model.meshes) >= 1
    root = model.nodes[model.roots()[0]]
    place = Node(host.session.world, host.session.entity(CUBE)).world_position
    assert np.allclose(root.translation, place, atol=1e-5)
    host.do("export.model", path=str(tmp_path / "world.glb"))
    whole = import_model(tmp_path / "world.glb")
    assert len(whole.nodes) > len(model.nodes)
    assert whole.lights


@pytest.mark.parametrize(
    ("operation", "parameters", "sentence"),
    [
        ("export.picture", {"path": "x.bmp"}, ".png"), ("export.picture", {"path": "x.png", "size": [0, 10]}, "cannot be drawn"),
        ("export.film", {"path": "x.gif"}, ".mp4"), ("export.film", {"path": "x.mp4", "seconds": -1}, "cannot be drawn"),
        ("export.model", {"path": "x.obj"}, ".glb"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_said(host: Host, operation: str, parameters: dict, sentence: str) -> None:
    with pytest.raises(TaixuError, match=sentence):
        host.do(operation, **parameters)


# -- packs -----------------------------------------------------------------------------------------------------------
def test_the_same_project_packs_into_the_same_bytes_and_comes_back(tmp_path: Path) -> None:
    root = tmp_path / "toys"
    make_project(root, "empty")
    (root / ".taixu").mkdir(exist_ok=True)
    (root / ".taixu" / "cache").write_text("left out")
    first, second = pack_project(root, tmp_path / "a"), pack_project(root, tmp_path / "b.taixu.zip")
    assert first.name == "a.taixu.zip"
    assert first.read_bytes() == second.read_bytes()
    back = unpack_project(first, tmp_path / "back")
    assert read_project(back).name == read_project(root).name
    assert (back / "worlds/main.world.json").read_bytes() == (root / "worlds/main.world.json").read_bytes()
    assert not (back / ".taixu").exists()


def hostile(path: Path, entries: dict[str, bytes], *, attributes: int = 0o644 << 16) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("taixu.toml", '[project]\nname = "x"\n')
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.create_system, entry.compress_type = attributes, 3, zipfile.ZIP_DEFLATED
            pack.writestr(entry, data)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../out.txt",
        "/etc/out.txt",
        "a/../../out.txt",
        "C:/out.txt",
        "a\\..\\..\\out.txt",
        ".hidden/x",
        "con.txt",
        "a/nul",
        "TAIXU.toml",
    ],
)
def test_paths_that_lead_out_unpack_nothing(tmp_path: Path, name: str) -> None:
    pack = hostile(tmp_path / "p.taixu.zip", {name: b"x"})
    with pytest.raises(TaixuError, match="nothing was unpacked"):
        unpack_project(pack, tmp_path / "deep" / "project")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["deep", "p.taixu.zip"]


def test_links_unpack_nothing(tmp_path: Path) -> None:
    pack = hostile(tmp_path / "p.taixu.zip", {"assets": b"/etc"}, attributes=0o120777 << 16)
    with pytest.raises(TaixuError, match="link"):
        unpack_project(pack, tmp_path / "project")


def test_bombs_are_weighed_before_they_go_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu_editor.export import packing

    pack = hostile(tmp_path / "p.taixu.zip", {f"{i}.bin": bytes(1 << 20) for i in range(4)})
    monkeypatch.setattr(packing, "MOST_BYTES", 3 << 20)
    with pytest.raises(TaixuError, match="would take more"):
        unpack_project(pack, tmp_path / "project")
    data = bytearray(pack.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (64).to_bytes(4, "little")  # the last entry lies about its size
    pack.write_bytes(bytes(data))
    monkeypatch.setattr(packing, "MOST_BYTES", 8 << 30)
    with pytest.raises(TaixuError):
        unpack_project(pack, tmp_path / "project")
    assert not (tmp_path / "project").exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip at all" * 50])
def test_no_pack_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.taixu.zip").write_bytes(data)
    with pytest.raises(TaixuError, match="no pack"):
        unpack_project(tmp_path / "p.taixu.zip", tmp_path / "project")


# -- folders that run ------------------------------------------------------------------------------------------------
def test_a_folder_runs_by_itself(tmp_path: Path) -> None:
    root = tmp_path / "source"
    make_project(root, "empty")
    write_standalone(root, tmp_path / "toy_box", title="Toy box")
    done = subprocess.run(
        [sys.executable, "-m", "toy_box", "--headless", "--ticks", "3"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "3 ticks" in done.stdout


def test_a_folder_wants_a_name_that_python_can_import(tmp_path: Path) -> None:
    make_project(tmp_path / "source", "empty")
    with pytest.raises(TaixuError, match="my_game"):
        write_standalone(tmp_path / "source", tmp_path / "my game")
