from __future__ import annotations

import struct
import sys
import zlib

import numpy as np
import pytest

from taixu.assets.gltf.ktx2 import decode_ktx2, is_ktx2
from taixu.assets.image import decode_image
from taixu.errors import MachineError, TaixuError

PIXELS = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def make(pixels: bytes, *, kind: int = 37, size: tuple[int, int] = (3, 2), packing: int = 0, faces: int = 1) -> bytes:
    head = struct.pack("<9I", kind, 1, *size, 0, 0, faces, 1, packing)
    start = 12 + 36 + 32 + 24
    index = struct.pack("<4I2Q", 0, 0, 0, 0, 0, 0) + struct.pack("<3Q", start, len(pixels), len(pixels))
    return b"\xabKTX 20\xbb\r\n\x1a\n" + head + index + pixels


def test_plain_pixels() -> None:
    data = make(PIXELS.tobytes())
    assert is_ktx2(data)
    np.testing.assert_array_equal(decode_ktx2(data), PIXELS)
    np.testing.assert_array_equal(decode_image(data), PIXELS)
    np.testing.assert_array_equal(decode_ktx2(make(zlib.compress(PIXELS.tobytes()), packing=3)), PIXELS)
    rgb = decode_ktx2(make(PIXELS[..., :3].tobytes(), kind=29))
    np.testing.assert_array_equal(rgb[..., :3], PIXELS[..., :3])
    assert (rgb[..., 3] == 255).all()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xabKTX 20\xbb\r\n\x1a\n",
        make(b"short"),
        make(PIXELS.tobytes(), size=(1 << 20, 1 << 20)),
        make(PIXELS.tobytes(), size=(0, 2)),
        make(PIXELS.tobytes(), size=(60_000, 60_000)),
        make(PIXELS.tobytes(), faces=6),
        make(PIXELS.tobytes(), kind=97),
        make(PIXELS.tobytes(), packing=2),
        make(b"no zlib", packing=3),
        make(PIXELS.tobytes())[:-1],
        make(zlib.compress(bytes(10)), packing=3),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(TaixuError, match=r"^sky: "):
        decode_ktx2(data, name="sky")


def test_without_the_transcoder_one_sentence_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "opengl_basisu", None)
    with pytest.raises(MachineError, match=r"taixu\[models\]"):
        decode_ktx2(make(bytes(16), kind=0, size=(4, 4)))


def test_damaged_basis_data_is_refused() -> None:
    pytest.importorskip("opengl_basisu", reason="opengl_basisu is not installed")
    with pytest.raises(TaixuError, match="damaged"):
        decode_ktx2(make(bytes(16), kind=0, size=(4, 4)))


def test_basis_textures(content) -> None:
    pytest.importorskip("opengl_basisu", reason="opengl_basisu is not installed")
    folder = content / "gltf" / "AnisotropyBarnLamp" / "glTF-KTX2-Basisu"
    pixels = decode_ktx2((folder / "AnisotropyBarnLamp_normalbump.ktx2").read_bytes())
    assert pixels.shape == (2048, 2048, 4)
    # A normal map is blue on the whole: flat is (0.5, 0.5, 1).
    np.testing.assert_allclose(pixels.reshape(-1, 4).mean(axis=0), (128, 128, 255, 255), atol=6)
