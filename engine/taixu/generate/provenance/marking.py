"""Marks in files: put in when a picture is made, looked for when somebody asks where it came from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.assets.image import decode_image, encode_png
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.generate.provenance.codes import ID_BYTES
from taixu.generate.provenance.watermark import LEAST_SIDE, detect_mark, embed_mark

__all__ = ["MARKED_ROLES", "find_mark", "is_marked", "mark_picture", "mark_pixels"]

MARKED_ROLES = ("albedo", "base_color", "color", "texture")
"""Roles of pictures that are colours: these alone are marked, for a mark in normals or heights would bend light."""

_MOST_BYTES = 1 << 29


def is_marked(role: str, *, is_color: bool) -> bool:
    """Whether a picture of a role gets a mark; `is_color` says it of what has no role."""
    return role in MARKED_ROLES or (is_color and not role)


def mark_pixels(pixels: NDArray[np.uint8], content: str) -> tuple[NDArray[np.uint8], str]:
    """Mark a picture, uint8 [h, w, c], with the first 32 bits of its content's hash; gives it and the mark.

    What has no room for one (greys, small or too rough pictures) comes back as it is, with an empty mark.
    """
    if pixels.dtype != np.uint8 or pixels.shape[2] < 3 or min(pixels.shape[:2]) < LEAST_SIDE:
        return pixels, ""
    payload = bytes.fromhex(content)[:ID_BYTES]
    try:
        return embed_mark(pixels, payload), payload.hex()
    except TaixuError:  # black and white without a grey between them, or noise that drowns it
        return pixels, ""


def mark_picture(path: Path, content: str) -> str:
    """`mark_pixels` of a PNG in place; gives the mark.

    Raises
    ------
    TaixuError
        When it is damaged, or cannot be written.
    """
    pixels = decode_image(read_bytes(path, max_bytes=_MOST_BYTES), name=str(path))
    marked, mark = mark_pixels(pixels.astype(np.uint8, copy=False), content) if pixels.dtype == np.uint8 else (pixels, "")
    if mark:
        write_atomic(path, encode_png(marked))
    return mark


def find_mark(path: Path) -> str:
    """The mark in a picture of any format, in hexadecimal digits; empty where there is none.

    Raises
    ------
    TaixuError
        When it is no picture.
    """
    pixels = decode_image(read_bytes(path, max_bytes=_MOST_BYTES), name=str(path))
    if pixels.dtype != np.uint8:
        return ""
    return detect_mark(pixels.astype(np.uint8, copy=False)).id.hex()
