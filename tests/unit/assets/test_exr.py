"""EXR pictures keep every bit of their floats."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from taixu.assets.exr import decode_exr, encode_exr, read_exr, write_exr
from taixu.errors import TaixuError, UsageError


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_round_trip(tmp_path: Path, channels: int) -> None:
    pixels = np.random.default_rng(0).normal(0, 100, (6, 5, channels)).astype(np.float32)
    pixels[0, 0] = np.inf
    write_exr(tmp_path / "a.exr", pixels, text={"prompt": "a house"})
    np.testing.assert_array_equal(read_exr(tmp_path / "a.exr"), pixels)
    header = OpenEXR.File(str(tmp_path / "a.exr"), header_only=True).header()
    assert header["prompt"] == "a house"
    assert [path.name for path in tmp_path.iterdir()] == ["a.exr"]


def test_half() -> None:
    pixels = np.array([[[0.1, 65504.0, 1e9]]], np.float32)
    back = decode_exr(encode_exr(pixels, half=True))
    assert back.dtype == np.float32
    assert back[0, 0].tolist() == [float(np.float16(0.1)), 65504.0, np.inf]


def test_a_damaged_chunk_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(encode_exr(np.random.default_rng(0).random((64, 64, 3), dtype=np.float32)))
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    with pytest.raises(TaixuError, match="the EXR picture cannot be read"):
        decode_exr(bytes(data))
    assert capfd.readouterr() == ("", "")


def test_layers_are_found() -> None:
    planes = {f"view.{part}": np.full((2, 3), index, np.float32) for index, part in enumerate("RGBA")}
    stream = io.BytesIO()
    OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, planes).write(stream)
    assert decode_exr(stream.getvalue())[0, 0].tolist() == [0, 1, 2, 3]


def test_too_large_and_damaged() -> None:
    data = encode_exr(np.zeros((64, 64, 3), np.float32))
    with pytest.raises(TaixuError, match="64 x 64"):
        decode_exr(data, max_pixels=100)
    for broken in (b"", data[:4], data[:50], data[: len(data) // 2]):
        with pytest.raises(TaixuError, match=r"^a\.exr: "):
            decode_exr(broken, name="a.exr")
    with pytest.raises(UsageError):
        encode_exr(np.zeros((2, 2, 3), np.uint8))
