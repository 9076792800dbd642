from __future__ import annotations

import struct

import pytest
from gltf_files import make_glb, make_json

from taixu.assets.gltf import GltfError, Limits, read_gltf, read_gltf_bytes

MINIMAL = {"asset": {"version": "2.0"}}


def refused(data: bytes, *, limits: Limits | None = None) -> str:
    with pytest.raises(GltfError) as caught:
        read_gltf_bytes(data, name="thing.glb", limits=limits)
    message = str(caught.value)
    assert message.startswith("thing.glb: ")
    assert "\n" not in message
    return message


def test_smallest_files_are_read() -> None:
    assert read_gltf_bytes(make_json(), name="a.gltf").name == "a"
    assert read_gltf_bytes(make_glb(MINIMAL), name="b.glb").nodes == []
    assert read_gltf_bytes(b"\xef\xbb\xbf" + make_json(), name="bom.gltf").meshes == []


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(GltfError, match=r"none\.glb: there is no such file"):
        read_gltf(tmp_path / "none.glb")
    with pytest.raises(GltfError, match="no such file"):
        read_gltf(tmp_path)


@pytest.mark.parametrize("size", [4, 11, 12, 19, 20, 30])
def test_a_truncated_glb_is_refused(size: int) -> None:
    assert "cut off" in refused(make_glb(MINIMAL)[:size])


def test_other_versions_are_refused() -> None:
    data = bytearray(make_glb(MINIMAL))
    data[4] = 1
    assert "version 1" in refused(bytes(data))
    for asset in ({"version": "1.0"}, {"version": "3.0"}, {"version": "2.x"}, {"version": ""}):
        assert "glTF" in refused(make_json(asset=asset))
    assert "minVersion" in refused(make_json(asset={"version": "2.0", "minVersion": "3.1"}))
    assert "/asset" in refused(b'{"asset": 3}')
    assert "/asset" in refused(b"{}")


def test_a_chunk_that_is_too_long_is_refused() -> None:
    data = bytearray(make_glb(MINIMAL))
    struct.pack_into("<I", data, 12, 2**31)
    assert "chunk 0" in refused(bytes(data))


@pytest.mark.parametrize(
    "text",
    [b"", b"nothing", b"[1]", b'{"asset":', b"\xff\xfe{", b'{"asset":{"version":NaN}}', b'{"a":' + b"9" * 5000 + b"}"],
)
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    refused(text)


def test_json_that_asks_for_too_much_is_refused_before_it_is_parsed() -> None:
    assert "too deeply" in refused(b'{"asset":{"version":"2.0"},"extras":' + b"[" * 50_000 + b"]" * 50_000 + b"}")
    assert "more objects" in refused(b"[" * 3_000_000)
    assert "bytes" in refused(make_json(), limits=Limits(json_bytes=10))
    assert "allowed" in refused(make_json(nodes=[{}] * 11), limits=Limits(items=10))


def test_unknown_required_extensions_are_refused_and_used_ones_kept() -> None:
    lists = {"extensionsUsed": ["XX_new"], "extensions": {"XX_new": {"a": 1}}}
    model = read_gltf_bytes(make_json(**lists), name="a.gltf")
    assert model.extensions == {"XX_new": {"a": 1}}
    assert "XX_new" in refused(make_json(**lists, extensionsRequired=["XX_new"]))


def test_half_characters_become_question_marks() -> None:
    model = read_gltf_bytes(b'{"asset":{"version":"2.0"},"nodes":[{"name":"a\\ud800"}]}', name="a.gltf")
    assert model.nodes[0].name == "a?"
