"""A picture of somebody's, read with care: one still picture, upright, of a sensible size, all of whose numbers are some."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import MAX_PIXELS, decode_image
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError, UsageError
from taixu.generate.pictures.filters import Values, resize

__all__ = ["PICTURE_SUFFIXES", "Picture", "decoded", "encoded", "linear_of", "read_picture", "reduced"]

PICTURE_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".webp", ".avif", ".tga", ".bmp", ".tif", ".tiff", ".gif", ".ppm", ".pgm", ".dds", ".exr", ".hdr",
    ".ktx2",
)  # fmt: skip
"""How names of pictures end."""
_MOST_BYTES = 1 << 29
_MOST_ASPECT = 64
_ORIENTATION = 0x0112
_MAY_MOVE_OR_TURN = ("PNG", "JPEG", "MPO", "WEBP", "GIF", "TIFF", "AVIF")
_UPRIGHT: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    1: lambda p: p, 2: lambda p: p[:, ::-1], 3: lambda p: p[::-1, ::-1], 4: lambda p: p[::-1], 5: lambda p: p.swapaxes(0, 1),
    6: lambda p: np.rot90(p, -1), 7: lambda p: p.swapaxes(0, 1)[::-1, ::-1], 8: lambda p: np.rot90(p, 1),
}  # fmt: skip
"""What EXIF's ways to hold a camera (mirrored, turned, or both) ask for."""
_STRIP = 1 << 18  # pixels
_CLEAR = 1.0 / 512.0


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture.

    Attributes
    ----------
    pixels
        uint8 or uint16 as they are stored, or linear float32; [h, w, 1 to 4], alpha straight.
    name
        As errors call it.
    """

    pixels: NDArray[Any]
    name: str

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel is alpha."""
        return self.pixels.shape[2] in (2, 4)

    @property
    def is_linear(self) -> bool:
        """Whether its numbers are light itself, not sRGB's encoding of it."""
        return self.pixels.dtype.kind == "f"


def read_picture(path: Path, *, least_px: int = 1, most_px: int = MAX_PIXELS) -> Picture:
    """Read a picture that a person names.

    Parameters
    ----------
    least_px
        The fewest pixels along each side.
    most_px
        The most pixels in all.

    Raises
    ------
    TaixuError
        One sentence, for whatever is wrong with it: no picture, damaged, animated, too small, too large, too long, numbers that
        are none.
    """
    data = read_bytes(path, max_bytes=_MOST_BYTES)
    name = path.name
    if not data:
        raise TaixuError(f"{name}: is empty; give a picture")
    turn = _turn_of(data, name)
    pixels = decode_image(data, name=name, max_pixels=most_px)
    height, width = pixels.shape[:2]
    if min(height, width) < least_px:
        raise TaixuError(f"{name}: has {width} x {height} pixels; {least_px} along each side are the least that say anything")
    if max(height, width) > _MOST_ASPECT * min(height, width):
        raise TaixuError(f"{name}: is {width} x {height} pixels, over {_MOST_ASPECT} times as long as wide; cut a piece out of it")
    if pixels.dtype.kind == "f":
        bad = pixels.size - int(np.count_nonzero(np.isfinite(pixels)))
        if bad:
            raise TaixuError(f"{name}: holds {bad:,} numbers that are none; save it again without them")
    return Picture(np.ascontiguousarray(_UPRIGHT[turn](pixels)), name)


def _turn_of(data: bytes, name: str) -> int:
    """How EXIF says the camera was held, 1 to 8; and a refusal of what moves."""
    from PIL import Image

    Image.init()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=[each for each in _MAY_MOVE_OR_TURN if each in Image.OPEN]) as picture:
                # An MPO is a photograph with a second one beside it, for depth: the first is the picture.
                is_animated = picture.format != "MPO" and getattr(picture, "is_animated", False)
                turn = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # another format, or one damaged: the decoder says it in a sentence
        return 1
    if is_animated:
        raise TaixuError(f"{name}: is animated, or has several pages; give one still picture")
    return turn if isinstance(turn, int) and turn in _UPRIGHT else 1


def reduced(picture: Picture, side_px: int) -> tuple[Values, Values | None]:
    """The picture as linear colours [h, w, 3] and, where it has some, coverage [h, w], at most `side_px` along its longer side.

    It is decoded strip by strip, so that a large picture takes the memory of a small one. Colours that were stored brighter than
    white, as in HDR, are exposed so that all but the brightest two hundredth fit.
    """
    height, width = picture.pixels.shape[:2]
    step = max(1, max(height, width) // side_px)  # whole pixels first, the rest smoothly
    if step > 1:
        height, width = height // step * step, width // step * step
    whole = np.empty((height // step, width // step, 4), np.float32)
    rows = max(1, _STRIP // width // step) * step
    for top in range(0, height, rows):
        strip = _linear_rgba(picture, slice(top, min(top + rows, height)), width)
        whole[top // step : (top + len(strip)) // step] = _mean(strip, step)
    scale = min(1.0, side_px / max(whole.shape[:2]))
    if scale < 1.0:
        whole = resize(whole, max(1, round(whole.shape[0] * scale)), max(1, round(whole.shape[1] * scale)))
    alpha = whole[..., 3] if picture.has_alpha and float(whole[..., 3].min()) < 1.0 else None
    colors = whole[..., :3]
    if alpha is not None:
        # What nobody sees has no colour: it gets that of the rest, so that nothing of it shows at borders.
        visible = alpha > _CLEAR
        around = colors[visible].mean(axis=0) / max(float(alpha[visible].mean()), _CLEAR) if visible.any() else np.full(3, 0.5)
        colors = np.where(visible[..., None], colors / np.maximum(alpha, _CLEAR)[..., None], around.astype(np.float32))
    if picture.is_linear:
        white = float(np.quantile(colors.max(axis=2), 0.995))
        colors = np.clip(colors / max(white, 1.0), 0.0, 1.0)
    return np.ascontiguousarray(colors, np.float32), alpha


def _linear_rgba(picture: Picture, rows: slice, width: int) -> Values:
    """Linear premultiplied RGBA of some rows."""
    part = picture.pixels[rows, :width]
    count = part.shape[2]
    colors = decoded(part[..., : count - 1] if picture.has_alpha else part)
    if colors.shape[2] == 1:
        colors = np.repeat(colors, 3, axis=2)
    alpha = np.ones((*part.shape[:2], 1), np.float32)
    if picture.has_alpha:
        alpha = part[..., -1:].astype(np.float32)
        alpha = alpha if picture.is_linear else alpha / np.float32(np.iinfo(part.dtype).max)
        alpha = alpha.clip(0.0, 1.0)
        # EXR's colours are premultiplied as they come.
        colors = colors if picture.is_linear else colors * alpha
    return np.concatenate([np.maximum(colors, 0.0), alpha], axis=2)


def _mean(values: Values, step: int) -> Values:
    if step == 1:
        return values
    height, width = values.shape[0] // step, values.shape[1] // step
    return np.asarray(values.reshape(height, step, width, step, 4).mean(axis=(1, 3)), np.float32)


def decoded(pixels: NDArray[Any]) -> Values:
    """Linear float32 of what is stored: sRGB where it has whole numbers (IEC 61966-2-1), as it is where it has floats."""
    if pixels.dtype.kind == "f":
        return pixels.astype(np.float32)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise UsageError(f"pixels are uint8, uint16 or floats, not {pixels.dtype}")
    most = int(np.iinfo(pixels.dtype).max)
    return linear_of(np.arange(most + 1, dtype=np.float32) / np.float32(most))[pixels]


def linear_of(seen: Values) -> Values:
    """Linear values of sRGB's encoding, both 0 to 1."""
    clipped = np.clip(seen, 0.0, 1.0)
    high = ((clipped + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return np.asarray(np.where(clipped <= 0.04045, clipped / np.float32(12.92), high), np.float32)


def encoded(linear: Values) -> Values:
    """sRGB's encoding of linear values, both 0 to 1."""
    clipped = np.clip(linear, 0.0, 1.0)
    low = clipped * np.float32(12.92)
    high = np.float32(1.055) * np.power(clipped, np.float32(1 / 2.4)) - np.float32(0.055)
    return np.asarray(np.where(clipped <= 0.0031308, low, high), np.float32)
