"""The mark in colours: not to be seen, and there after JPEG and resizing. What is measured here is what is promised."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from taixu.errors import TaixuError
from taixu.generate.provenance.codes import coded_length, decode_id, encode_id
from taixu.generate.provenance.watermark import detect_mark, embed_mark

PAYLOAD = bytes.fromhex("01234567")
SIDE = 512
LEAST_DB = {"rock": 40.5, "flat": 46.0, "cloud": 42.0}
"""What is rough everywhere hides more, and what is smooth gets less."""


def _rough(side: int, fall: float, seed: int) -> np.ndarray:
    """Noise whose amplitudes fall with frequency, of standard deviation 1; seamless."""
    frequencies = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    frequencies[0, 0] = np.inf
    spectrum = np.fft.fft2(np.random.default_rng(seed).normal(size=(side, side))) / frequencies**fall
    values = np.fft.ifft2(spectrum).real
    return values / values.std()


def _pictures(side: int) -> dict[str, np.ndarray]:
    y, x = np.mgrid[:side, :side]
    joints = ((x + (y * 8 // side) % 2 * side // 16) % (side // 8) < side // 50) | (y % (side // 8) < side // 50)
    found = {
        "rock": 120 + 35 * _rough(side, 1.0, 1), "cloud": 120 + 50 * _rough(side, 2.0, 2), "flat": np.full((side, side), 140.0),
        "grain": 128 + 45 * _rough(side, 0.0, 3), "dark": 8 + 6 * _rough(side, 1.0, 4), "white": 250 + 6 * _rough(side, 1.0, 5),
        "bricks": np.where(joints, 200.0, 90.0) + 6 * _rough(side, 0.7, 6),
        "checks": np.where((y * 16 // side + x * 16 // side) % 2, 255.0, 0.0),
    }  # fmt: skip
    return {name: np.rint(np.clip(grey[..., None] * (1.0, 0.9, 0.75), 0, 255)).astype(np.uint8) for name, grey in found.items()}


def _jpeg(pixels: np.ndarray, quality: int) -> np.ndarray:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))


def _half_and_back(pixels: np.ndarray, way: Image.Resampling) -> np.ndarray:
    height, width = pixels.shape[:2]
    return np.asarray(Image.fromarray(pixels).resize((width // 2, height // 2), way).resize((width, height), way))


def _psnr_db(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255.0**2 / np.mean((one.astype(float) - other) ** 2)))


@pytest.mark.parametrize("name", ["rock", "cloud", "flat", "grain", "dark", "white", "bricks", "checks"])
def test_it_is_not_seen_and_survives(name: str) -> None:
    picture = _pictures(SIDE)[name]
    marked = embed_mark(picture, PAYLOAD)
    assert _psnr_db(marked, picture) >= LEAST_DB.get(name, 42.0)
    attacks = {
        "nothing": marked, "JPEG 80": _jpeg(marked, 80), "JPEG 60": _jpeg(marked, 60),
        "half and back": _half_and_back(marked, Image.Resampling.BICUBIC),
        "half and back, smooth": _half_and_back(marked, Image.Resampling.BILINEAR),
        "both": _jpeg(_half_and_back(marked, Image.Resampling.LANCZOS), 80),
        "half": np.asarray(Image.fromarray(marked).resize((SIDE // 2, SIDE // 2))),
        "larger": np.asarray(Image.fromarray(marked).resize((700, 700))),
    }  # fmt: skip
    found = {attack: detect_mark(pixels, expected=PAYLOAD) for attack, pixels in attacks.items()}
    assert {attack: each.id.hex() for attack, each in found.items()} == dict.fromkeys(attacks, PAYLOAD.hex())
    wrong = {attack: each.bit_errors for attack, each in found.items()}
    assert max(wrong["nothing"], wrong["JPEG 80"], wrong["half and back"], wrong["half and back, smooth"]) <= 0.02, wrong


def test_what_has_no_mark_and_other_keys_give_none() -> None:
    pictures = _pictures(SIDE)
    assert [detect_mark(picture).id for picture in pictures.values()] == [b""] * len(pictures)
    assert detect_mark(embed_mark(pictures["rock"], PAYLOAD, key=b"one"), key=b"other").id == b""


def test_seamless_stays_seamless() -> None:
    picture = _pictures(SIDE)["cloud"]
    marked = embed_mark(picture, PAYLOAD)
    change = marked.astype(float).sum(axis=2) - picture.astype(float).sum(axis=2)
    across = np.abs(np.diff(np.concatenate([change, change[:1]]), axis=0)).mean(axis=1)
    assert across[-1] <= 1.05 * across[:-1].max()


def test_alpha_is_left_alone_and_small_ones_have_no_room() -> None:
    picture = np.dstack([_pictures(256)["rock"], np.arange(256, dtype=np.uint8)[None].repeat(256, 0)])
    marked = embed_mark(picture, PAYLOAD)
    assert (marked[..., 3] == picture[..., 3]).all() and detect_mark(marked).id == PAYLOAD
    with pytest.raises(TaixuError, match="less than 256 pixels"):
        embed_mark(picture[:100], PAYLOAD)
    assert detect_mark(picture[:100]).id == b""


def test_the_code_mends_a_tenth_of_its_bits() -> None:
    random = np.random.default_rng(9)
    mended = 0
    for _ in range(50):
        payload = random.bytes(4)
        soft = encode_id(payload) + random.normal(0.0, 0.78, coded_length())  # a tenth come out wrong
        mended += decode_id(soft) == payload
    assert mended >= 48
    assert sum(decode_id(random.normal(size=coded_length())) is not None for _ in range(200)) <= 1


@pytest.mark.parametrize("family", ["granite", "terrazzo"])
def test_the_roughest_materials_are_marked_too(family: str) -> None:
    from taixu.generate.materials.maps import material_maps
    from taixu.generate.materials.pictures import map_pictures

    picture = map_pictures(material_maps(family, SIDE, seed=1))["base_color"]
    marked = embed_mark(picture, PAYLOAD)
    change = marked.astype(float) - picture
    grey = picture.astype(float).mean(axis=2)
    around = grey.reshape(SIDE // 8, 8, SIDE // 8, 8).std(axis=(1, 3))
    # Louder than elsewhere, and still half of what the quietest eighth of it varies by from pixel to pixel, or less.
    assert _psnr_db(marked, picture) >= 37.0 and change.std() <= 0.55 * np.quantile(around, 0.125)
    half = np.asarray(Image.fromarray(marked).resize((SIDE // 2, SIDE // 2)))
    for attack, pixels in (("JPEG 80", _jpeg(marked, 80)), ("half", half), ("both", _jpeg(half, 80))):
        assert detect_mark(pixels).id == PAYLOAD, attack
