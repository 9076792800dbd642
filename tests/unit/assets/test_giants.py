"""Small files that ask for giants, and large ones of little: refused in a sentence before time or memory is gone."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from waiting import ends

from taixu.assets import exr, hdr, safe_xml, trimesh_reader
from taixu.assets.exr import encode_exr
from taixu.assets.gltf.check import check_gltf
from taixu.assets.hdr import decode_hdr, encode_hdr
from taixu.assets.image import decode_image
from taixu.assets.importers import import_model
from taixu.errors import TaixuError

TRIANGLE = "v 0 0 0\nv 1 0 0\nv 0 1 0\n"
CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"


def ply(count: int, *, form: str = "ascii", body: bytes = b"") -> bytes:
    head = f"ply\nformat {form} 1.0\nelement vertex {count}\nproperty float x\nproperty float y\nproperty float z\n"
    return f"{head}element face {count}\nproperty list uchar int vertex_indices\nend_header\n".encode() + body


def entities(levels: int = 12) -> str:
    said = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(levels))
    return f"<!DOCTYPE r [{said}]>"


GIANTS: dict[str, tuple[str, bytes, str]] = {
    "vertices that are not there": ("a.ply", ply(2_000_000_000, form="binary_little_endian"), "promises more"),
    "text by the million": ("a.ply", ply(3_000_000, body=b"0 0 0\n" * 6_000_000), "elements as text"),
    "a header without end": ("a.ply", b"ply\nformat ascii 1.0\n" + b"comment\n" * 200_000 + b"end_header\n", "200,0.. lines"),
    "facets that are not there": ("a.stl", bytes(80) + struct.pack("<I", 4_000_000_000) + bytes(1000), "STL|neither triangles"),
    "vertices of an OFF": ("a.off", b"OFF\n2000000000 2000000000 0\n0 0 0\n", "promises more"),
    "faces": ("a.obj", TRIANGLE.encode() + b"f 1 2 3\n" * 1_300_000, "1,300,000 faces"),
    "one face of many corners": ("a.obj", TRIANGLE.encode() + b"f" + b" 1 2 3" * 1_000_000, "corners"),
    "groups": ("a.obj", TRIANGLE.encode() + b"g a\nf 1 2 3\n" * 20_000, "20,000 groups"),
    "entities of entities": ("a.urdf", f'<?xml version="1.0"?>{entities()}<robot name="&a11;"/>'.encode(), "declares entities"),
    "a file of this machine": ("a.dae", b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', "declares entities"),
    "elements": ("a.urdf", b"<r>" + b"<a/>" * 4_200_000, "elements"),
    "levels": ("a.dae", b"<a>" * 500_000, "nested too deeply"),
    "levels of JSON": ("a.gltf", b'{"asset":' + b"[" * 1_000_000, "nested too deeply"),
    "digits": ("a.gltf", b'{"asset":{"version":"2.0"},"extras":' + b"9" * 5_000_000 + b"}", "bad number"),
}


@pytest.mark.parametrize("name", GIANTS)
def test_giants_are_refused_in_time(name: str, tmp_path: Path) -> None:
    file, data, message = GIANTS[name]
    (tmp_path / file).write_bytes(data)
    with ends(), pytest.raises(TaixuError, match=message) as caught:
        import_model(tmp_path / file)
    assert "\n" not in str(caught.value)


def test_lists_of_a_gltf_are_capped(tmp_path: Path) -> None:
    one = b'{"componentType":5126,"count":1,"type":"VEC3","min":[0,0,0],"max":[0,0,0]}'
    for name, count, item in (("accessors", 250_000, one), ("images", 30_000, b'{"uri":"a.png"}'), ("nodes", 150_000, b"{}")):
        text = b'{"asset":{"version":"2.0"},"%s":[%s]}' % (name.encode(), b",".join([item] * count))
        (tmp_path / "a.gltf").write_bytes(text)
        with ends():
            found = check_gltf(tmp_path / "a.gltf")
        assert any(one.where == f"/{name}" and f"{count:,} entries" in one.message for one in found)


def test_bounds_of_small_accessors_are_still_compared(tmp_path: Path) -> None:
    uri = "data:;base64,AAAAAAAAAAAAAAAAzczMPQAAAAAAAAAA"
    view = f'"buffers":[{{"byteLength":24,"uri":"{uri}"}}],"bufferViews":[{{"buffer":0,"byteLength":24}}]'
    accessor = '{"bufferView":0,"componentType":5126,"count":2,"type":"VEC3","min":[0,0,0],"max":[%s,0,0]}'
    for most, wrong in (("0.1", False), ("0.10000000149011612", False), ("0.2", True), ("1e300", True)):
        text = f'{{"asset":{{"version":"2.0"}},{view},"accessors":[{accessor % most}]}}'
        (tmp_path / "a.gltf").write_text(text)
        found = [one for one in check_gltf(tmp_path / "a.gltf") if one.where == "/accessors/0/max"]
        assert bool(found) == wrong, most


def test_an_archive_that_unpacks_to_a_giant(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "a.3mf", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("3D/3dmodel.model", "w") as stream,
    ):
        for _ in range(300):
            stream.write(bytes(1 << 20))
    with pytest.raises(TaixuError, match="larger than the"):
        import_model(tmp_path / "a.3mf")


def test_components_of_components(tmp_path: Path) -> None:
    inner = "".join(
        f'<object id="{n}"><components>' + f'<component objectid="{n - 1 or 39}"/>' * 4 + "</components></object>"
        for n in range(1, 40)
    )
    text = f'<model xmlns="{CORE}"><resources>{inner}</resources><build><item objectid="39"/></build></model>'
    with zipfile.ZipFile(tmp_path / "a.3mf", "w") as archive:
        archive.writestr("3D/3dmodel.model", text)
    with ends(), pytest.raises(TaixuError, match="too many"):
        import_model(tmp_path / "a.3mf")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(("side", "message"), [(30_000, "more pixels"), (8192, "cannot hold")])
def test_pictures_that_lie_about_their_size(side: int, message: str) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    with pytest.raises(TaixuError, match=message):
        decode_image(png)
    dds = b"DDS " + struct.pack("<7I", 124, 0x1007, side, side, 0, 0, 0) + bytes(44)
    with pytest.raises(TaixuError):
        decode_image(dds + struct.pack("<2I4s5I", 32, 4, b"DXT1", 0, 0, 0, 0, 0) + bytes(1020))
    radiance = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {side} +X {side}\n".encode()
    with pytest.raises(TaixuError):
        decode_image(radiance + bytes(100))
    ktx = struct.pack("<9I4I2Q", 37, 1, side, side, 0, 0, 1, 1, 3, *[0] * 6) + struct.pack("<3Q", 104, 50, 2**40)
    with pytest.raises(TaixuError):
        decode_image(b"\xabKTX 20\xbb\r\n\x1a\n" + ktx + zlib.compress(bytes(60_000)))


def test_pictures_of_floats_are_bounded_by_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(0).random((8, 16, 4), np.float32)
    monkeypatch.setattr(exr, "_MAX_MEMORY", 8 * 16 * 4 * 8)
    np.testing.assert_array_equal(decode_image(encode_exr(pixels)), pixels)
    monkeypatch.setattr(exr, "_MAX_MEMORY", 8 * 16 * 4 * 8 - 1)
    with pytest.raises(TaixuError, match="scale it down"):
        decode_image(encode_exr(pixels))
    monkeypatch.setattr(hdr, "_MAX_PIXELS", 100)
    with pytest.raises(TaixuError, match="100 are decoded"):
        decode_hdr(encode_hdr(pixels))


def test_honest_sizes_are_read(tmp_path: Path) -> None:
    """What the caps stand well above of."""
    assert trimesh_reader._MAX_FACES >= 1_000_000
    assert safe_xml._MAX_ELEMENTS >= 2_000_000
    names = "".join(f"g part{n}\nusemtl m{n % 7}\nf 1 2 3\n" for n in range(300))
    (tmp_path / "a.obj").write_text(TRIANGLE + names)
    assert len(import_model(tmp_path / "a.obj").meshes) == 7
