"""What the user gives beside words: a picture to change, a mask that says where, LoRAs; and the size that a model makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError, UsageError
from taixu.generate.diffusion.tensor_files import is_tensor_file

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Given", "read_given", "size_for"]

_LEAST, _MOST = 64, 4096
_OWN = 512


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What was given.

    Attributes
    ----------
    picture
        uint8 [h, w, 3], as seen; None where none was given.
    mask
        [h, w] of the picture's size, from 0 (stays) to 1 (is made anew); None where none was given.
    loras
        Files that change the model.
    """

    picture: NDArray[np.uint8] | None
    mask: NDArray[np.float32] | None
    loras: tuple[Path, ...]


def read_given(parents: tuple[Path, ...]) -> Given:
    """Read them: the first picture is the one to change, the second its mask; safetensors are LoRAs.

    Raises
    ------
    TaixuError
        When there are more pictures, or one cannot be read.
    """
    loras = tuple(each for each in parents if is_tensor_file(each))
    pictures = [each for each in parents if not is_tensor_file(each)]
    if len(pictures) > 2:
        raise UsageError(f"{pictures[2].name}: is a third picture; the first is changed, the second its mask, and more have no use")
    picture = _seen(pictures[0]) if pictures else None
    mask = None
    if picture is not None and len(pictures) == 2:
        shown = _seen(pictures[1])
        if shown.shape != picture.shape:
            shown = np.asarray(_image(shown).resize((picture.shape[1], picture.shape[0])), np.uint8)
        mask = shown.astype(np.float32).mean(axis=2) / np.float32(255.0)
        if not mask.any():
            raise TaixuError(f"{pictures[1].name}: is black all over, and a mask is white where the picture shall be made anew")
    return Given(picture, mask, loras)


def _seen(path: Path) -> NDArray[np.uint8]:
    """A picture as it is seen, uint8 [h, w, 3]; what can be seen through stands before grey."""
    from taixu.generate.pictures.reading import encoded, read_picture

    picture = read_picture(path)
    pixels = picture.pixels
    if picture.is_linear:
        colors = np.clip(pixels[..., : 3 if pixels.shape[2] > 2 else 1], 0.0, None).astype(np.float32)
        shown: NDArray[Any] = encoded(np.clip(colors, 0.0, 1.0)) * 255.0
        most = 1.0
    else:
        most = 65535.0 if pixels.dtype == np.uint16 else 255.0
        shown = pixels[..., : 3 if pixels.shape[2] > 2 else 1].astype(np.float32) * (255.0 / most)
    if picture.has_alpha:
        alpha = pixels[..., -1:].astype(np.float32) / most
        shown = shown * alpha + 127.5 * (1.0 - alpha)
    shown = np.rint(np.clip(shown, 0.0, 255.0)).astype(np.uint8)
    return np.ascontiguousarray(np.repeat(shown, 3, axis=2) if shown.shape[2] == 1 else shown)


def _image(pixels: NDArray[np.uint8]) -> Image:
    from PIL import Image

    return Image.fromarray(pixels)


def size_for(pipeline: Any, width: int, height: int, picture: NDArray[np.uint8] | None) -> tuple[int, int]:
    """Width and height that a pipeline makes: those asked for, else the picture's, else the model's own.

    Raises
    ------
    UsageError
        When they are no multiples of what the model is built of.
    """
    step = _step(pipeline)
    if picture is not None and not (width or height):
        high, wide = picture.shape[:2]
        scale = min(1.0, _MOST / max(wide, high))
        return _near(wide * scale, step), _near(high * scale, step)
    own = _own_size(pipeline)
    wanted = (width or height or own, height or width or own)
    for name, edge in zip(("width", "height"), wanted, strict=True):
        if edge % step:
            lower = max(edge // step * step, _LEAST)
            raise UsageError(f"{name} is {edge}, and this model makes multiples of {step}; give {lower} or {lower + step}")
    return wanted


def _step(pipeline: Any) -> int:
    """Of what the edges of a picture must be multiples: latents, and blocks of two of them where a transformer makes it.

    A UNet halves latents on its way, as often as it has blocks less one, and what is odd would not meet again.
    """
    ratio = int(getattr(pipeline, "vae_scale_factor", 8))
    unet = getattr(pipeline, "unet", None)
    return ratio * (2 if unet is None else 2 ** max(len(unet.config.get("block_out_channels", (1, 1))) - 1, 0))


def _own_size(pipeline: Any) -> int:
    ratio = int(getattr(pipeline, "vae_scale_factor", 8))
    network = getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)
    edge = getattr(getattr(network, "config", None), "sample_size", None) or getattr(pipeline, "default_sample_size", None)
    edge = edge if isinstance(edge, int) else _OWN // ratio
    return _near(edge * ratio, _step(pipeline))


def _near(edge: float, step: int) -> int:
    return max(round(edge / step), -(-_LEAST // step)) * step
