from __future__ import annotations

import base64
from pathlib import Path

import pytest
from gltf_files import make_json

from taixu.assets.gltf import GltfError, read_gltf, read_gltf_bytes
from taixu.assets.gltf.uris import folder_resolver, parse_data_uri, relative_path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("a.bin", "a.bin"),
        ("./a.bin", "a.bin"),
        ("textures/wood%20dark.png", "textures/wood dark.png"),
        ("a/../b.bin", "a/../b.bin"),
        ("%E5%A4%AA%E8%99%9A.png", "太虚.png"),
    ],
)
def test_paths_inside_the_folder(uri: str, path: str) -> None:
    assert relative_path(uri) == path


@pytest.mark.parametrize(
    "uri",
    [
        "../a.bin", "a/../../b", "/etc/passwd", "%2Fetc%2Fpasswd", "..%2f..%2fa", "\\\\host\\share", "..\\a.bin",
        "C:/a.bin", "C%3A/a.bin", "http://a/b.bin", "https://a/b", "file:///etc/passwd", "ftp://a", "", ".", "a%00b",
    ],
)  # fmt: skip
def test_paths_outside_the_folder_are_refused(uri: str) -> None:
    with pytest.raises(ValueError):
        relative_path(uri)


def test_links_that_lead_outside_are_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "model", tmp_path / "secret.bin"
    inside.mkdir()
    outside.write_bytes(b"secret")
    (inside / "link.bin").symlink_to(outside)
    (inside / "folder.bin").mkdir()
    (inside / "good.bin").write_bytes(b"good")
    resolve = folder_resolver(inside)
    assert resolve("good.bin") == (inside / "good.bin").resolve()
    for name in ("link.bin", "folder.bin"):
        with pytest.raises(ValueError, match=name):
            resolve(name)


def test_data_uris() -> None:
    assert parse_data_uri("data:image/png;base64,aGk=") == ("image/png", b"hi")
    assert parse_data_uri("data:,a%20b") == ("", b"a b")
    for bad in ("data:image/png;base64", "data:;base64,a", "data:;base64,@@@@"):
        with pytest.raises(ValueError):
            parse_data_uri(bad)


def points(uri: str) -> bytes:
    return make_json(
        buffers=[{"byteLength": 12, "uri": uri}],
        bufferViews=[{"buffer": 0, "byteLength": 12}],
        accessors=[{"bufferView": 0, "componentType": 5126, "count": 1, "type": "VEC3"}],
        meshes=[{"primitives": [{"attributes": {"POSITION": 0}, "mode": 0}]}],
    )


def test_buffers_in_files_and_in_text(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a b.bin").write_bytes(bytes(12))
    (tmp_path / "model.gltf").write_bytes(points("sub/a%20b.bin"))
    assert read_gltf(tmp_path / "model.gltf").meshes[0].primitives[0].vertex_count == 1
    text = "data:application/octet-stream;base64," + base64.b64encode(bytes(12)).decode()
    assert read_gltf_bytes(points(text), name="a.gltf").meshes[0].primitives[0].vertex_count == 1


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("gone.bin", "missing"),
        ("../x.bin", "outside"),
        ("https://example.org/x.bin", "not fetched"),
        ("x" * 5000, "/buffers/0/uri"),
        ("data:;base64,!", "base64"),
    ],
)
def test_buffers_that_cannot_be_had_are_refused(tmp_path: Path, uri: str, message: str) -> None:
    file = tmp_path / "model.gltf"
    file.write_bytes(points(uri))
    with pytest.raises(GltfError, match=message):
        read_gltf(file)


def test_a_model_in_memory_reads_no_files() -> None:
    with pytest.raises(GltfError, match="from memory"):
        read_gltf_bytes(points("a.bin"), name="a.gltf")
    found = read_gltf_bytes(points("a.bin"), name="a.gltf", resolver=lambda path: bytes(12))
    assert found.meshes[0].primitives[0].vertex_count == 1


def test_a_buffer_with_too_few_bytes_is_refused_where_they_are_missed(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(8))
    (tmp_path / "model.gltf").write_bytes(points("a.bin"))
    with pytest.raises(GltfError, match="/bufferViews/0"):
        read_gltf(tmp_path / "model.gltf")


def image(uri: str) -> bytes:
    return make_json(images=[{"uri": uri}])


def test_images_stay_encoded_and_inside(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    file = tmp_path / "model.gltf"
    file.write_bytes(image("a.png"))
    found = read_gltf(file).images[0]
    assert (found.mime, found.path, found.name) == ("image/png", (tmp_path / "a.png").resolve(), "a")
    assert found.read().endswith(b"rest")
    for uri in ("http://example.org/a.png", "../a.png"):
        file.write_bytes(image(uri))
        with pytest.raises(GltfError, match="/images/0/uri"):
            read_gltf(file)
    file.write_bytes(image("gone.png"))
    assert read_gltf(file).images[0].path == (tmp_path / "gone.png").resolve()
