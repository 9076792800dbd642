"""Radiance pictures, against values worked out by hand and against real files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.assets.hdr import decode_hdr, encode_hdr
from taixu.assets.image import read_image
from taixu.errors import TaixuError

HEAD = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n"


def test_a_pixel_by_hand() -> None:
    # Mantissa 128 at exponent 129 is 128 * 2^(129 - 136) = 1.
    pixels = decode_hdr(HEAD + b"-Y 1 +X 2\n" + bytes((128, 64, 0, 129, 9, 9, 9, 0)))
    assert pixels.tolist() == [[[1.0, 0.5, 0.0], [0.0, 0.0, 0.0]]]


def test_the_old_run_length_code() -> None:
    a, b = bytes((128, 0, 0, 129)), bytes((0, 128, 0, 129))
    data = HEAD + b"-Y 2 +X 150\n" + a + bytes((1, 1, 1, 3)) + bytes((1, 1, 1, 1)) + b + bytes((1, 1, 1, 39))
    pixels = decode_hdr(data).reshape(-1, 3)  # 1 + 3 + 256, then 1 + 39
    assert (pixels[:260, 0] == 1).all()
    assert (pixels[260:, 1] == 1).all()
    with pytest.raises(TaixuError, match="cut short"):
        decode_hdr(data[:-4])
    with pytest.raises(TaixuError, match="before the first"):
        decode_hdr(HEAD + b"-Y 2 +X 8\n" + bytes((1, 1, 1, 200)))


def test_the_new_run_length_code() -> None:
    line = bytes((2, 2, 0, 10))
    line += bytes((128 + 10, 128))  # red: a run of ten
    line += bytes((10, *range(10)))  # green: ten as they stand
    line += bytes((4, 0, 0, 0, 0, 128 + 6, 64))  # blue: both
    line += bytes((128 + 10, 129))
    pixels = decode_hdr(HEAD + b"-Y 1 +X 10\n" + line)[0]
    assert (pixels[:, 0] == 1).all()
    np.testing.assert_allclose(pixels[:, 1], np.arange(10) / 128)
    assert pixels[:, 2].tolist() == [0.0] * 4 + [0.5] * 6
    over = line.replace(bytes((128 + 6, 64)), bytes((128 + 7, 64)))
    with pytest.raises(TaixuError, match="scanline 0 is damaged"):
        decode_hdr(HEAD + b"-Y 1 +X 10\n" + over)


@pytest.mark.parametrize(("axes", "turn"), [
    ("-Y 2 +X 3", lambda p: p),
    ("+Y 2 +X 3", lambda p: p[::-1]),
    ("-Y 2 -X 3", lambda p: p[:, ::-1]),
    ("+Y 2 -X 3", lambda p: p[::-1, ::-1]),
    ("+X 2 -Y 3", lambda p: p.swapaxes(0, 1)),
    ("-X 2 -Y 3", lambda p: p[::-1].swapaxes(0, 1)),
    ("+X 2 +Y 3", lambda p: p[:, ::-1].swapaxes(0, 1)),
    ("-X 2 +Y 3", lambda p: p[::-1, ::-1].swapaxes(0, 1)),
])
def test_every_orientation(axes: str, turn: object) -> None:
    stored = np.full((2, 3, 4), 129, np.uint8)
    stored[..., 0] = np.arange(6).reshape(2, 3) * 16
    pixels = decode_hdr(HEAD + axes.encode() + b"\n" + stored.tobytes())
    np.testing.assert_array_equal(pixels[..., 0] * 128, turn(stored)[..., 0])  # type: ignore[operator]


def test_xyz_becomes_rgb() -> None:
    data = HEAD.replace(b"rgbe", b"xyze") + b"-Y 1 +X 1\n" + bytes((128, 128, 128, 129))
    np.testing.assert_allclose(decode_hdr(data)[0, 0], 1.0, atol=0.011)


@pytest.mark.parametrize("width", [1, 7, 8, 127, 128, 129, 300])
def test_round_trip(width: int) -> None:
    rng = np.random.default_rng(width)
    pixels = np.exp(rng.normal(0, 6, (5, width, 3))).astype(np.float32)
    pixels[0, 0] = (0, 0, 0)
    back = decode_hdr(encode_hdr(pixels))
    error = np.abs(back - pixels) / np.maximum(pixels.max(axis=2, keepdims=True), 1e-30)
    assert error.max() <= 1 / 256 + 1e-6
    np.testing.assert_array_equal(decode_hdr(encode_hdr(back)), back)


def test_extremes_can_be_written() -> None:
    pixels = np.array([[[-1, 0, 1e-40], [np.inf, 1, 0], [np.nan, 5, 1e-20], [3e38, 0, 0]]], np.float32)
    back = decode_hdr(encode_hdr(pixels))
    assert np.isfinite(back).all()
    assert back[0, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("data", [
    b"#?RADIANCE\n", HEAD, HEAD + b"-Y 9 +Y 9\n", HEAD + b"-Y 0 +X 3\n", HEAD + b"-Y 99999 +X 99999\n" + bytes(99),
    HEAD + b"-Y 4096 +X 4096\n\2\2\x10\0", HEAD.replace(b"rgbe", b"what") + b"-Y 1 +X 1\n" + bytes(4),
])
def test_nonsense_is_one_sentence(data: bytes) -> None:
    with pytest.raises(TaixuError, match=r"^sky\.hdr: "):
        decode_hdr(data, name="sky.hdr")


def test_real_skies(content: Path) -> None:
    for file in sorted((content / "hdri").glob("*.hdr")):
        pixels = read_image(file)
        assert pixels.shape == (512, 1024, 3)
        assert 0.05 < pixels.mean() < 10
        np.testing.assert_array_equal(decode_hdr(encode_hdr(pixels)), pixels)
