"""Marks in files: put in when a picture is made, looked for when somebody asks where it came from."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.assets.image import decode_image, encode_png
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.generate.provenance.codes import ID_BYTES
from taixu.generate.provenance.watermark import LEAST_SIDE, detect_mark, embed_mark

__all__ = ["find_mark", "mark_picture"]

_MOST_BYTES = 1 << 29


def mark_picture(path: Path, content: str) -> str:
    """Mark a PNG of colours with the first 32 bits of its content's hash; gives that, or nothing where it has no room.

    Raises
    ------
    TaixuError
        When it is damaged, or cannot be written.
    """
    pixels = decode_image(read_bytes(path, max_bytes=_MOST_BYTES), name=str(path))
    if pixels.dtype != np.uint8 or pixels.shape[2] < 3 or min(pixels.shape[:2]) < LEAST_SIDE:
        return ""
    payload = bytes.fromhex(content)[:ID_BYTES]
    try:
        marked = embed_mark(pixels.astype(np.uint8, copy=False), payload)
    except TaixuError:  # black and white without a grey between them
        return ""
    write_atomic(path, encode_png(marked))
    return payload.hex()


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
