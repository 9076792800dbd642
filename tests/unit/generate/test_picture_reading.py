"""Pictures of strangers: read upright and in light's own numbers, or refused in one sentence."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from taixu.assets.image import encode_png, write_image
from taixu.errors import TaixuError
from taixu.generate.pictures.reading import Picture, decoded, encoded, read_picture, reduced


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few bytes with a large header."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    chunks = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def animated(kind: str) -> bytes:
    """Three frames."""
    frames = [Image.new("RGB", (32, 32), (shade, 0, 0)) for shade in (0, 120, 255)]
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:])
    return stream.getvalue()


def noise(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Bytes by chance."""
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


WRONG = {
    "nothing": (b"", "is empty"),
    "text": (b"a picture, believe me", "no picture"),
    "cut": (encode_png(noise((64, 64, 3)))[:2000], "damaged|cut short"),
    "huge": (png_that_says(20_000, 20_000), "has more pixels|more than the"),
    "lies": (png_that_says(8_000, 8_000), "cannot hold|damaged|cut short"),
    "none": (png_that_says(0, 7), "damaged|no pixels|no picture"),
    "one": (encode_png(noise((1, 1, 3))), "1 x 1"),
    "ribbon": (encode_png(noise((16, 2048, 1))), "times as long as wide"),
    "moving gif": (animated("GIF"), "animated"),
    "moving webp": (animated("WEBP"), "animated"),
    "moving png": (animated("PNG"), "animated"),
    "pages": (animated("TIFF"), "several pages"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_picture_of_a_surface_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    data, said = WRONG[name]
    file = tmp_path / "given.png"
    file.write_bytes(data)
    with pytest.raises(TaixuError, match=said) as refused:
        read_picture(file, least_px=16)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("given.png: ")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.png", tmp_path):
        with pytest.raises(TaixuError):
            read_picture(path)


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    pixels = np.full((32, 32, 3), 0.5, np.float32)
    pixels[3, 4:6] = np.nan
    pixels[9, 9] = np.inf
    write_image(tmp_path / "light.exr", pixels)
    with pytest.raises(TaixuError, match="9 numbers that are none"):
        read_picture(tmp_path / "light.exr")


def test_any_chance_of_bytes_ends_in_a_sentence(tmp_path: Path) -> None:
    good = encode_png(noise((24, 24, 3)))
    chance = np.random.default_rng(5)
    for number in range(150):
        data = bytearray(good)
        for at in chance.integers(0, len(data), 4):
            data[at] = chance.integers(0, 256)
        file = tmp_path / f"{number}.png"
        file.write_bytes(data)
        try:
            colors, _ = reduced(read_picture(file), 64)
        except TaixuError:
            continue
        assert np.isfinite(colors).all()


@pytest.mark.parametrize("turn", range(1, 9))
def test_photographs_stand_upright(tmp_path: Path, turn: int) -> None:
    upright = np.zeros((24, 40, 3), np.uint8)
    upright[:8, :8] = (250, 20, 20)
    upright[-8:, :8] = (20, 20, 250)
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]  # Pillow's names of the way back
    held = Image.fromarray(upright)
    held = held if back is None else held.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = turn
    held.save(tmp_path / "held.png", exif=exif)
    np.testing.assert_array_equal(read_picture(tmp_path / "held.png").pixels, upright)


def test_all_kinds_come_to_light_itself(tmp_path: Path) -> None:
    seen = np.full((40, 30, 3), (188, 99, 40), np.uint8)
    linear = decoded(seen)
    write_image(tmp_path / "8.png", seen)
    write_image(tmp_path / "16.png", seen.astype(np.uint16) * 257)
    write_image(tmp_path / "light.exr", linear)
    write_image(tmp_path / "light.hdr", linear)
    Image.fromarray(seen).save(tmp_path / "photo.jpg", quality=95)
    Image.fromarray(seen).convert("CMYK").save(tmp_path / "print.tif")
    close = {"8.png": 1e-6, "16.png": 1e-4, "light.exr": 1e-6, "light.hdr": 0.01, "photo.jpg": 0.02, "print.tif": 0.02}
    for name, most in close.items():
        colors, alpha = reduced(read_picture(tmp_path / name), 64)
        assert alpha is None
        np.testing.assert_allclose(colors, linear, atol=most, err_msg=name)
    write_image(tmp_path / "grey.png", seen[..., :1])
    assert reduced(read_picture(tmp_path / "grey.png"), 64)[0].shape == (40, 30, 3)


def test_light_brighter_than_white_is_exposed() -> None:
    pixels = np.linspace(0.0, 12.0, 64 * 64 * 3, dtype=np.float32).reshape(64, 64, 3)
    colors, _ = reduced(Picture(pixels, "light.exr"), 64)
    assert 0.9 < colors.max() <= 1.0
    np.testing.assert_allclose(colors[32, 32, 1] / colors[16, 16, 1], pixels[32, 32, 1] / pixels[16, 16, 1], rtol=1e-3)


def test_what_nobody_sees_has_the_colour_of_the_rest() -> None:
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[:, :16] = (200, 100, 50, 255)
    pixels[:, 16:] = (0, 255, 0, 0)  # green under nothing
    colors, alpha = reduced(Picture(pixels, "leaf.png"), 64)
    assert alpha is not None and alpha[0, 0] == 1.0 and alpha[0, 31] == 0.0
    np.testing.assert_allclose(encoded(colors[5, 30]) * 255, (200, 100, 50), atol=1)


def test_a_large_picture_takes_the_memory_of_a_small_one() -> None:
    most = []
    for height, width in ((750, 1000), (3000, 4000)):
        picture = Picture(np.zeros((height, width, 3), np.uint8), "large.png")
        tracemalloc.start()
        colors, _ = reduced(picture, 512)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert colors.shape == (384, 512, 3)
    assert most[1] < 1.5 * most[0], most
