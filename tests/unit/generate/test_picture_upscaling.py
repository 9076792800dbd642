"""Larger pictures: nearer to the truth than bicubic ones, the small one given back, tiles that nobody sees."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from taixu.generate.materials import material_maps
from taixu.generate.pictures import upscaling
from taixu.generate.pictures.reading import encoded
from taixu.generate.pictures.seamless import seam_ratio
from taixu.generate.pictures.upscaling import Upscaling, upscaled


def colors_of(name: str, size: int = 256) -> np.ndarray:
    """A family's colours, uint8."""
    return np.rint(encoded(material_maps(name, size, seed=2).maps["base_color"]) * 255).astype(np.uint8)


def smaller(pixels: np.ndarray, factor: int) -> np.ndarray:
    """Means over squares."""
    height, width, channels = pixels.shape
    means = pixels.reshape(height // factor, factor, width // factor, factor, channels).astype(float).mean(axis=(1, 3))
    return np.rint(means).astype(pixels.dtype)


def bicubic(pixels: np.ndarray, factor: int) -> np.ndarray:
    """As Pillow does it, round the edges."""
    height, width, _ = pixels.shape
    tall = Image.fromarray(np.pad(pixels, ((8, 8), (8, 8), (0, 0)), mode="wrap"))
    large = tall.resize(((width + 16) * factor, (height + 16) * factor), Image.Resampling.BICUBIC)
    return np.asarray(large)[8 * factor : -8 * factor, 8 * factor : -8 * factor]


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """In decibels."""
    return float(10 * np.log10(255.0**2 / np.mean((a.astype(float) - b) ** 2)))


@pytest.mark.parametrize(
    ("factor", "names"),
    [(2, ("bricks", "planks", "knit", "leather", "scales", "gravel", "wallpaper")), (4, ("bricks", "scales", "hull panels"))],
)
def test_it_is_nearer_to_the_truth_than_bicubic(factor: int, names: tuple[str, ...]) -> None:
    gains = []
    for name in names:
        large = colors_of(name, 128 * factor)
        small = smaller(large, factor)
        plain = psnr(bicubic(small, factor), large)
        gains.append(psnr(upscaled(small, Upscaling(factor, wraps=True)), large) - plain)
        if name == "bricks":
            assert psnr(upscaled(small, Upscaling(factor, 0.2, wraps=True)), large) > plain, "with a little grain, too"
    assert np.mean(gains) > 0.25 and min(gains) > 0.0, gains


def test_averaged_it_gives_the_small_picture_back() -> None:
    small = smaller(colors_of("gravel"), 2)
    for detail in (0.0, 1.0):
        back = smaller(upscaled(small, Upscaling(2, detail, wraps=True)), 2)
        assert np.abs(back.astype(int) - small).mean() < 0.6


def test_tiles_are_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    small = colors_of("planks")[:150, :170]
    for wraps in (False, True):
        how = Upscaling(2, 0.5, wraps=wraps)
        whole = upscaled(small, how, seed=4)
        with monkeypatch.context() as patch:
            patch.setattr(upscaling, "_TILE", 37)
            tiled = upscaled(small, how, seed=4)
        np.testing.assert_array_equal(whole, tiled)


def test_what_repeats_still_does() -> None:
    small = colors_of("bricks", 96)
    rolled = np.roll(upscaled(small, Upscaling(2, 0.3, wraps=True)), (60, 80), (0, 1))
    assert np.abs(rolled.astype(int) - upscaled(np.roll(small, (30, 40), (0, 1)), Upscaling(2, 0.0, wraps=True))).mean() < 3
    assert seam_ratio(upscaled(small, Upscaling(4, 0.3, wraps=True)).astype(np.float32)) <= 1.05


def test_same_seed_same_pixels() -> None:
    small = colors_of("gravel", 64)
    first, again, other = (upscaled(small, Upscaling(2, 0.8), seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_array_equal(upscaled(small, Upscaling(2), seed=1), upscaled(small, Upscaling(2), seed=2))


def test_alpha_has_no_fringe_and_keeps_its_holes() -> None:
    leaf = np.zeros((48, 48, 4), np.uint8)
    leaf[..., :3] = (0, 0, 255)  # blue where nobody sees it
    y, x = np.mgrid[0:48, 0:48]
    inside = (x - 24) ** 2 + (y - 24) ** 2 < 300
    leaf[inside] = (200, 160, 20, 255)
    large = upscaled(leaf, Upscaling(2, has_alpha=True))
    seen = large[large[..., 3] > 40]
    assert seen[:, 2].max() < 60, "no blue comes in"
    assert large[0, 0, 3] == 0 and large[48, 48, 3] == 255
    assert large[0, 0, 2] > 200, "what nobody sees keeps its colour"


def test_sixteen_bits_stay_sixteen() -> None:
    ramp = np.tile(np.linspace(1000, 3000, 64)[None, :, None], (64, 1, 1)).astype(np.uint16)
    large = upscaled(ramp, Upscaling(2, kind="data"))
    assert large.dtype == np.uint16 and large.shape == (128, 128, 1)
    assert len(np.unique(large[:, 8:-8])) > 100, "eight bits would leave eight"
    assert np.abs(np.diff(large[64, 8:-8, 0].astype(int)) - 16).max() < 10


def test_normals_stay_normals() -> None:
    normals = material_maps("cobbles", 64, seed=1).maps["normal"]
    pixels = np.rint((normals * 0.5 + 0.5) * 255).astype(np.uint8)
    large = upscaled(pixels, Upscaling(2, 0.5, wraps=True, kind="normal")) / 127.5 - 1
    np.testing.assert_allclose(np.linalg.norm(large, axis=2), 1.0, atol=0.02)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 40, 1), (3, 2, 4), (5, 64, 3)])
def test_the_smallest_grow_too(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 77, np.uint8)
    for wraps in (True, False):
        large = upscaled(pixels, Upscaling(4, 1.0, wraps=wraps, has_alpha=shape[2] == 4))
        assert large.shape == (shape[0] * 4, shape[1] * 4, shape[2])
        assert np.abs(large.astype(int) - 77).max() <= 1
