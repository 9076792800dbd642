"""A picture's subject, cut out: what a photograph or a drawing shows on a plain ground, in the middle of a square."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["cut_out", "on_ground", "read_subject"]

_EDGE_PX = 1024
_MARGIN = 0.1
"""Of the square, on each side of the subject: what these models were trained with."""
_PLAIN = 12.0
"""How far colours along the border may differ (root mean square, of 255) for it to be one ground."""
_NEAR, _FAR = 24.0, 56.0
"""Differences of colour from the ground between which a pixel goes from clear to solid."""

Pixels = NDArray[np.uint8]


def read_subject(path: Path, *, cut: bool = True) -> Image:
    """RGBA, 1024 x 1024: the subject in the middle, the rest clear where the picture's own alpha or a plain ground says so.

    Parameters
    ----------
    cut
        Whether a plain ground is taken away where the picture has no alpha; without that it stays as it is, all of it solid.

    Raises
    ------
    TaixuError
        When it is no picture, or shows nothing.
    """
    from PIL import Image

    from taixu.generate.pictures.reading import encoded, read_picture

    picture = read_picture(path)
    pixels = picture.pixels
    colors = pixels[..., :3] if pixels.shape[2] > 2 else np.repeat(pixels[..., :1], 3, axis=2)
    most = {"u1": 255.0, "u2": 65535.0}.get(pixels.dtype.str[1:], 1.0)
    shown = colors.astype(np.float32) / most
    shown = encoded(np.clip(shown, 0.0, 1.0)) if picture.is_linear else shown
    flat = np.rint(np.clip(shown, 0.0, 1.0) * 255.0).astype(np.uint8)
    if picture.has_alpha:
        alpha = np.rint(np.clip(pixels[..., -1].astype(np.float32) / most, 0.0, 1.0) * 255.0).astype(np.uint8)
    elif cut:
        alpha = cut_out(flat)
    else:
        alpha = np.full(flat.shape[:2], 255, np.uint8)
    if not (alpha > 127).any():
        raise TaixuError(f"{path.name}: shows nothing; all of it is clear")
    return Image.fromarray(_centred(np.dstack([flat, alpha]))).resize((_EDGE_PX, _EDGE_PX), Image.Resampling.LANCZOS)


def on_ground(subject: Image, color: tuple[int, int, int] = (255, 255, 255)) -> Image:
    """The subject before a ground of one colour, RGB."""
    from PIL import Image

    ground = Image.new("RGBA", subject.size, (*color, 255))
    return Image.alpha_composite(ground, subject).convert("RGB")


def cut_out(pixels: Pixels) -> Pixels:
    """Alpha [h, w] of what stands before a plain ground that reaches the border; all solid where there is no such ground.

    Only what hangs together with the border is ground, so a white shirt on white paper keeps its white.
    """
    from scipy import ndimage

    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(np.float32)
    ground = np.median(border, axis=0)
    spread = np.linalg.norm(border - ground, axis=1)
    if np.sqrt(np.mean(np.minimum(spread, _FAR) ** 2)) > _PLAIN:
        return np.full(pixels.shape[:2], 255, np.uint8)
    apart = np.linalg.norm(pixels.astype(np.float32) - ground, axis=2)
    labels, _ = ndimage.label(apart < _FAR)
    outer = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    reached = np.isin(labels, outer[outer > 0])
    solid = np.where(reached, np.clip((apart - _NEAR) / (_FAR - _NEAR), 0.0, 1.0), 1.0)
    return np.rint(solid * 255.0).astype(np.uint8)


def _centred(pixels: Pixels) -> Pixels:
    """The box of what is solid, in the middle of a clear square with a margin."""
    solid = pixels[..., 3] > 127
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if solid.all():
        return _squared(pixels, max(pixels.shape[:2]))
    part = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _squared(part, round(max(part.shape[:2]) / (1.0 - 2.0 * _MARGIN)))


def _squared(part: Pixels, edge: int) -> Pixels:
    square = np.zeros((edge, edge, 4), np.uint8)
    square[..., :3] = 255  # what is clear blends towards white when it is resized
    top, left = (edge - part.shape[0]) // 2, (edge - part.shape[1]) // 2
    square[top : top + part.shape[0], left : left + part.shape[1]] = part
    return square
