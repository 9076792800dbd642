"""Pictures: what is written comes back, and what lies about itself is refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from taixu.assets.image import (
    decode_image,
    encode_jpeg,
    encode_png,
    encode_webp,
    image_size,
    read_image,
    write_image,
)
from taixu.errors import TaixuError, UsageError

RNG = np.random.default_rng(1)


def noise(height: int, width: int, channels: int, dtype: type = np.uint8) -> np.ndarray:
    return RNG.integers(0, np.iinfo(dtype).max, (height, width, channels), dtype=dtype)


def header_of_png(width: int, height: int, body: bytes = b"") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png_keeps_every_bit(channels: int, dtype: type) -> None:
    pixels = noise(7, 5, channels, dtype)
    back = decode_image(encode_png(pixels))
    assert back.dtype == dtype
    np.testing.assert_array_equal(back, pixels)
    assert back.flags.writeable


def test_deep_png_is_valid_to_others() -> None:
    pixels = noise(4, 6, 1, np.uint16)
    data = encode_png(pixels, text={"Prompt": "a 石 house"})
    other = Image.open(io.BytesIO(data))
    other.load()
    assert other.text["Prompt"] == "a 石 house"
    np.testing.assert_array_equal(np.asarray(other)[..., None], pixels)


def test_text_travels_in_png() -> None:
    other = Image.open(io.BytesIO(encode_png(noise(2, 2, 3), text={"Seed": "7"})))
    assert other.text == {"Seed": "7"}


def test_webp_without_loss_and_jpeg_nearly() -> None:
    pixels = noise(8, 9, 4)
    np.testing.assert_array_equal(decode_image(encode_webp(pixels)), pixels)
    ramp = np.linspace(0, 255, 32 * 32 * 3).reshape(32, 32, 3).astype(np.uint8)
    assert np.abs(decode_image(encode_jpeg(ramp)).astype(int) - ramp).max() < 12
    assert decode_image(encode_jpeg(ramp[..., :1])).shape == (32, 32, 1)


@pytest.mark.parametrize("format", ["TGA", "BMP", "TIFF", "GIF", "PPM"])
def test_other_formats(format: str) -> None:
    pixels = np.repeat(noise(6, 5, 1) // 64 * 64, 3, axis=2)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format)
    np.testing.assert_array_equal(decode_image(stream.getvalue())[..., :3], pixels)


def test_palettes_with_transparency_become_rgba() -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putpixel((1, 0), 1)
    stream = io.BytesIO()
    picture.save(stream, "PNG", transparency=0)
    assert decode_image(stream.getvalue()).tolist() == [[[10, 20, 30, 0], [40, 50, 60, 255]]]


def test_float_tiff_and_cmyk_jpeg() -> None:
    stream = io.BytesIO()
    Image.fromarray(np.array([[0.5, 2.5]], np.float32)).save(stream, "TIFF")
    assert decode_image(stream.getvalue())[..., 0].tolist() == [[0.5, 2.5]]
    stream = io.BytesIO()
    Image.new("CMYK", (8, 8), (255, 0, 0, 0)).save(stream, "JPEG")
    assert decode_image(stream.getvalue()).shape == (8, 8, 3)


def test_what_lies_about_its_size_is_refused_before_allocation() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(TaixuError, match=r"liar\.png: says that it has 8000 x 8000 pixels, which \d+ bytes cannot"):
            decode_image(header_of_png(8000, 8000), name="liar.png")
        with pytest.raises(TaixuError, match="more"):
            decode_image(header_of_png(10_000, 9_000), name="big.png")
        with pytest.raises(TaixuError, match="more"):
            decode_image(header_of_png(2**31 - 1, 2**31 - 1), name="bomb.png")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_bomb_within_its_ratio_is_refused_by_its_pixels() -> None:
    bomb = header_of_png(12_000, 6_000, bytes((12_000 * 4 + 1) * 100))
    with pytest.raises(TaixuError, match="12000 x 6000"):
        decode_image(bomb)
    with pytest.raises(TaixuError, match="16 x 16"):
        decode_image(encode_png(noise(16, 16, 4)), max_pixels=100)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"nonsense" * 10, b"BM" + bytes(60)])
def test_nonsense_is_one_sentence(data: bytes) -> None:
    with pytest.raises(TaixuError, match=r"^wall\.png: ") as caught:
        decode_image(data, name="wall.png")
    assert "\n" not in str(caught.value)


def test_cut_short() -> None:
    data = encode_png(noise(64, 64, 3))
    with pytest.raises(TaixuError, match="cut short"):
        decode_image(data[: len(data) // 2])


def test_files(tmp_path: Path) -> None:
    pixels = noise(4, 4, 3)
    write_image(tmp_path / "a.png", pixels)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), pixels)
    assert image_size((tmp_path / "a.png").read_bytes()) == (4, 4)
    floats = RNG.random((5, 9, 3), dtype=np.float32)
    write_image(tmp_path / "a.exr", floats)
    np.testing.assert_array_equal(read_image(tmp_path / "a.exr"), floats)
    write_image(tmp_path / "a.hdr", floats)
    np.testing.assert_allclose(read_image(tmp_path / "a.hdr"), floats, atol=0.005)
    with pytest.raises(UsageError, match="not as '.xyz'"):
        write_image(tmp_path / "a.xyz", pixels)
    with pytest.raises(UsageError, match="float32"):
        write_image(tmp_path / "b.png", floats)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.exr", "a.hdr", "a.png"]
    with pytest.raises(TaixuError, match="no such file"):
        read_image(tmp_path / "none.png")


def test_every_picture_of_the_content(content: Path) -> None:
    kinds = (".png", ".jpg", ".jpeg", ".webp")
    files = sorted(file for file in (content / "gltf").rglob("*") if file.suffix in kinds)
    assert files
    for file in files[:60]:
        pixels = read_image(file)
        with Image.open(file) as other:
            assert pixels.shape[1::-1] == other.size
