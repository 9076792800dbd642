"""The mark in the colours of all families: how loud it is, and what it survives. ``-s`` shows the table of the guide."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from taixu.generate.materials.family import families
from taixu.generate.materials.maps import material_maps
from taixu.generate.materials.pictures import map_pictures
from taixu.generate.provenance.watermark import detect_mark, embed_mark

PAYLOAD = bytes.fromhex("1a2b3c4d")
Picture = np.ndarray


def _packed(pixels: Picture, kind: str, quality: int) -> Picture:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))


def _scaled(pixels: Picture, factor: float) -> Picture:
    height, width = pixels.shape[:2]
    return np.asarray(Image.fromarray(pixels).resize((round(width * factor), round(height * factor)), Image.Resampling.BICUBIC))


ATTACKS: dict[str, Callable[[Picture], Picture]] = {
    "JPEG 80": lambda p: _packed(p, "JPEG", 80), "JPEG 60": lambda p: _packed(p, "JPEG", 60),
    "WebP 80": lambda p: _packed(p, "WEBP", 80), "x 0.5": lambda p: _scaled(p, 0.5), "x 0.75": lambda p: _scaled(p, 0.75),
    "x 1.5": lambda p: _scaled(p, 1.5), "x 2": lambda p: _scaled(p, 2.0),
    "x 0.5, JPEG 80": lambda p: _packed(_scaled(p, 0.5), "JPEG", 80),
}  # fmt: skip


@pytest.mark.bench
@pytest.mark.parametrize("family", sorted(families()))
def test_it_survives_in_every_family(family: str) -> None:
    picture = map_pictures(material_maps(family, 512, seed=1))["base_color"]
    marked = embed_mark(picture, PAYLOAD)
    psnr_db = float(10 * np.log10(255.0**2 / np.mean((marked.astype(float) - picture) ** 2)))
    found = {name: detect_mark(attack(marked)).id == PAYLOAD for name, attack in ATTACKS.items()}
    print(f"{family:16} {psnr_db:4.1f} dB  " + "  ".join(f"{name} {'yes' if held else 'NO'}" for name, held in found.items()))
    assert psnr_db >= 37.0 and all(found.values()), found
