"""Images as a texture array takes them: a format of texels, and one level or a chain of them."""

from __future__ import annotations

import logging
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.block_images import BlockImage
from taixu.render.mip_chains import cut_out_chain, normal_chain, opacity_chain, shrink_colors, shrink_numbers
from taixu.render.texture_kinds import TextureKind

__all__ = ["LARGEST_SIDE", "TextureImage", "block_image", "make_texture_image", "missing_texture", "plain_image"]

LARGEST_SIDE = 4096
"""Texels: what is larger is scaled down, so that no model takes a gigabyte."""

_log = logging.getLogger(__name__)
_HALF_MOST = 65504.0


@dataclass(frozen=True, slots=True, eq=False)
class TextureImage:
    """Texels ready for the device.

    Attributes
    ----------
    format
        A name of `taixu.gpu.formats`.
    size
        (width, height) of level 0.
    levels
        Level 0 first: arrays [h, w, 4], or uint8 [bytes] in a block format.
    wants_mip_maps
        The device shall make the levels that are missing.
    """

    format: str
    size: tuple[int, int]
    levels: tuple[NDArray[Any], ...]
    wants_mip_maps: bool = True


def make_texture_image(pixels: NDArray[Any], kind: TextureKind, *, name: str = "texture") -> TextureImage:
    """The texels of a decoded image, for what it is to a material.

    Colours are kept in 8 bits and the sRGB encoding, numbers and normals in as many bits as the image has, and floats,
    which are linear, as half floats.

    Parameters
    ----------
    pixels
        uint8, uint16 or float32 [h, w] or [h, w, 1..4], top row first.
    name
        How a warning calls it.
    """
    pixels = _four_channels(pixels)
    if pixels.dtype == np.uint16 and kind.is_srgb:
        pixels = ((pixels.astype(np.uint32) * 255 + 32768) // 65535).astype(np.uint8)
    elif pixels.dtype == np.float32 and kind.name == "normal":
        pixels = np.rint(np.clip(pixels, 0.0, 1.0) * 65535).astype(np.uint16)
    if kind.name == "normal" and not pixels[..., 2].any():
        pixels = _with_heights(pixels)
    is_color = kind.is_srgb and pixels.dtype == np.uint8
    if max(pixels.shape[:2]) > LARGEST_SIDE:
        _log.warning("%s has %d x %d texels; it is scaled down to %d", name, *pixels.shape[1::-1], LARGEST_SIDE)
        while max(pixels.shape[:2]) > LARGEST_SIDE:
            pixels = shrink_colors(pixels, by_opacity=kind.name != "color") if is_color else shrink_numbers(pixels)
    if pixels.dtype == np.float32:
        return plain_image(np.clip(np.nan_to_num(pixels), -_HALF_MOST, _HALF_MOST).astype(np.float16))
    if kind.name == "normal":
        return _chained(normal_chain(pixels), srgb=False)
    if is_color and kind.name != "color" and int(pixels[..., 3].min()) < 255:
        chain = cut_out_chain(pixels, kind.cutoff) if kind.name == "cut_out" else opacity_chain(pixels)
        return _chained(chain, srgb=True)
    return plain_image(pixels, srgb=is_color)


def block_image(blocks: BlockImage, kind: TextureKind, formats: Container[str]) -> TextureImage | None:
    """Blocks as they are; None where what the texture is to the material wants its texels, or the device cannot read them.

    `formats` are those that the device reads.
    """
    name = f"{blocks.format}_srgb" if kind.is_srgb else blocks.format
    levels, (width, height) = blocks.levels, blocks.size
    if kind.name not in ("color", "data") or name not in formats or not blocks.is_whole:
        return None
    while max(width, height) > LARGEST_SIDE:
        levels, width, height = levels[1:], max(1, width // 2), max(1, height // 2)
    return TextureImage(name, (width, height), levels, wants_mip_maps=False)


def plain_image(pixels: NDArray[Any], *, srgb: bool = False) -> TextureImage:
    """Texels as they are, uint8, uint16 or float16 [h, w, 4]; the device makes mip maps."""
    return TextureImage(_format(pixels, srgb=srgb), (pixels.shape[1], pixels.shape[0]), (np.ascontiguousarray(pixels),))


def missing_texture(kind: TextureKind) -> TextureImage:
    """What stands for an image that cannot be read: grey, or flat."""
    texel = (128, 128, 255, 255) if kind.name == "normal" else (128, 128, 128, 255)
    return make_texture_image(np.array([[texel]], np.uint8), kind)


def _with_heights(pixels: NDArray[Any]) -> NDArray[Any]:
    """Normals of which only x and y were stored, with their z."""
    most = np.iinfo(pixels.dtype).max
    xy = pixels[..., :2].astype(np.float32) * (2 / most) - 1
    result = pixels.copy()
    result[..., 2] = (np.sqrt(np.maximum(1 - (xy * xy).sum(2), 0)) * 0.5 + 0.5) * most + 0.5
    return result


def _chained(chain: list[NDArray[Any]], *, srgb: bool) -> TextureImage:
    first = chain[0]
    levels = tuple(np.ascontiguousarray(level) for level in chain)
    return TextureImage(_format(first, srgb=srgb), (first.shape[1], first.shape[0]), levels, wants_mip_maps=False)


def _format(pixels: NDArray[Any], *, srgb: bool) -> str:
    name = {"uint8": "rgba8", "uint16": "rgba16", "float16": "rgba16f"}[pixels.dtype.name]
    return f"{name}_srgb" if srgb else name


def _four_channels(pixels: NDArray[Any]) -> NDArray[Any]:
    """Greys spread over three channels; opaque where nothing else is said."""
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    channels = pixels.shape[2]
    if channels == 4:
        return pixels
    opaque = np.iinfo(pixels.dtype).max if np.issubdtype(pixels.dtype, np.integer) else 1
    result = np.full((*pixels.shape[:2], 4), opaque, pixels.dtype)
    if channels <= 2:
        result[..., :3] = pixels[..., :1]
        if channels == 2:
            result[..., 3] = pixels[..., 1]
    else:
        result[..., :3] = pixels
    return result
