"""Golden pictures: what came out against what stands in ``tests/golden``.

A picture passes where at most 0.1 % of its pixels differ by more than 2/255 in a channel: the software rasteriser is
bit-identical over thread counts, and other processors differ in a few pixels. On failure the actual picture and a
difference (times 16) lie in ``out/golden``. ``TAIXU_UPDATE_GOLDENS=1`` writes the goldens anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["assert_golden", "compare_pictures", "psnr_db"]

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = ROOT / "tests" / "golden"
FAILURES = ROOT / "out" / "golden"
TOLERANCE = 2
SHARE = 0.001


def compare_pictures(actual: NDArray[np.uint8], expected: NDArray[np.uint8], *, tolerance: int = TOLERANCE) -> float:
    """The share of pixels that differ by more than `tolerance` in a channel; 1 where sizes differ."""
    if actual.shape != expected.shape:
        return 1.0
    difference = np.abs(actual.astype(np.int16) - expected.astype(np.int16))
    return float((difference.reshape(*actual.shape[:2], -1).max(-1) > tolerance).mean())


def psnr_db(actual: NDArray[Any], expected: NDArray[Any]) -> float:
    """Peak signal to noise ratio of two uint8 pictures, decibels."""
    error = float(np.mean(np.square(actual.astype(np.float64) - expected.astype(np.float64))))
    return 99.0 if error == 0 else float(10 * np.log10(255.0**2 / error))


def assert_golden(pixels: NDArray[np.uint8], name: str, *, share: float = SHARE, tolerance: int = TOLERANCE) -> None:
    """Compare a picture (uint8, [h, w, 3 or 4], top row first) with ``tests/golden/<name>.png``.

    `name` may hold folders. A missing golden fails, unless goldens are being written.
    """
    actual = np.ascontiguousarray(pixels)
    if actual.dtype != np.uint8:
        raise TypeError(f"goldens compare uint8 pictures, not {actual.dtype}")
    file = GOLDENS / f"{name}.png"
    if os.environ.get("TAIXU_UPDATE_GOLDENS") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(actual).save(file, optimize=True)
        return
    if not file.exists():
        _keep(actual, None, name)
        raise AssertionError(f"no golden {file.relative_to(ROOT)}: look at out/golden/{name}.png, then run with "
                             "TAIXU_UPDATE_GOLDENS=1")  # fmt: skip
    with Image.open(file) as picture:
        expected = np.asarray(picture.convert("RGBA" if actual.shape[-1] == 4 else "RGB"))
    found = compare_pictures(actual, expected, tolerance=tolerance)
    if found > share:
        _keep(actual, expected, name)
        raise AssertionError(f"{name}: {found:.2%} of the pixels differ by more than {tolerance}/255 "
                             f"(allowed {share:.2%}); actual and difference are in out/golden")  # fmt: skip


def _keep(actual: NDArray[np.uint8], expected: NDArray[np.uint8] | None, name: str) -> None:
    file = FAILURES / f"{name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(actual).save(file)
    if expected is not None and expected.shape == actual.shape:
        difference = np.abs(actual.astype(np.int16) - expected.astype(np.int16))[..., :3]
        Image.fromarray(np.clip(difference * 16, 0, 255).astype(np.uint8)).save(file.with_suffix(".difference.png"))
