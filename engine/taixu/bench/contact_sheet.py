"""A picture of pictures: what was drawn beside what it should be, and where both differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from taixu.render.fidelity import Score

__all__ = ["save_contact_sheet"]

_AMPLIFIED = 4.0
_LABEL_HEIGHT, _GAP = 18, 4
_COLUMNS = ("ours", "reference", f"difference x{_AMPLIFIED:g} (grey: none)", "FLIP (black 0, white 1)")


def save_contact_sheet(path: Path, scores: Sequence[Score]) -> Path:
    """Write a PNG with a row for each score: ours, the reference, their difference, FLIP's map; gives the path."""
    from PIL import Image, ImageDraw, ImageFont

    width = max(score.picture.shape[1] for score in scores)
    total_width = len(_COLUMNS) * (width + _GAP) - _GAP
    total_height = _LABEL_HEIGHT + sum(_LABEL_HEIGHT + score.picture.shape[0] + _GAP for score in scores)
    sheet = Image.new("RGB", (total_width, total_height), (24, 24, 24))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default()
    for column, label in enumerate(_COLUMNS):
        draw.text((column * (width + _GAP) + 2, 3), label, fill=(255, 255, 255), font=font)
    top = _LABEL_HEIGHT
    for score in scores:
        best = max(score.others_db.items(), key=lambda pair: pair[1], default=("no other", 0.0))
        trust = "" if score.is_trusted else "; not trusted: path tracers disagree"
        text = f"{score.name}: {score.psnr_db:.2f} dB, FLIP {score.flip:.4f}; nearest other {best[0]} {best[1]:.2f} dB{trust}"
        draw.text((2, top + 3), text, fill=(255, 220, 120), font=font)
        top += _LABEL_HEIGHT
        for column, pixels in enumerate(_panels(score)):
            sheet.paste(Image.fromarray(pixels), (column * (width + _GAP), top))
        top += score.picture.shape[0] + _GAP
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
    return path


def _panels(score: Score) -> tuple[NDArray[np.uint8], ...]:
    difference = 0.5 + (score.picture - score.reference) * (_AMPLIFIED / 2)
    flip = np.repeat(score.difference[..., None], 3, -1)
    return tuple(_bytes(values) for values in (score.picture, score.reference, difference, flip))


def _bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = np.rint(np.clip(values, 0.0, 1.0) * 255).astype(np.uint8)
    return pixels
