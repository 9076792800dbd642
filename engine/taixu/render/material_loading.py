"""From a world's library of materials to rows and textures on the device."""

from __future__ import annotations

import logging
import os
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Filter, Image, ModelData, TextureRef, Wrap
from taixu.assets.model import Sampler as SamplerData
from taixu.errors import TaixuError
from taixu.gpu import Device, Sampler
from taixu.scene import LibraryMaterial

from .material_rows import texture_refs
from .materials import BoundTexture
from .signature import SRGB_SLOTS
from .texture_pool import TextureClass, TexturePool, TextureSlot, as_rgba8

__all__ = ["TextureLoader", "decode_texture", "device_sampler", "image_key"]

_log = logging.getLogger(__name__)
_LARGEST = 4096  # texels a side: what is larger is scaled down, so that no model takes a gigabyte
_WRAPS = {Wrap.REPEAT: "repeat", Wrap.MIRRORED_REPEAT: "mirror", Wrap.CLAMP_TO_EDGE: "clamp"}
_MIPS = {
    Filter.NEAREST: ("nearest", "none"),
    Filter.LINEAR: ("linear", "none"),
    Filter.NEAREST_MIPMAP_NEAREST: ("nearest", "nearest"),
    Filter.LINEAR_MIPMAP_NEAREST: ("linear", "nearest"),
    Filter.NEAREST_MIPMAP_LINEAR: ("nearest", "linear"),
    Filter.LINEAR_MIPMAP_LINEAR: ("linear", "linear"),
}


class TextureLoader:
    """Brings the images of a library's materials to a pool: the renderer's `TextureLoader`.

    A model's images are decoded all at once, in parallel, when its first material is asked for, and lie in as few pages
    as can be. `forget` drops what was decoded and not asked for.
    """

    def __init__(self, pool: TexturePool) -> None:
        self.pool = pool
        self._decoded: dict[Hashable, NDArray[np.uint8]] = {}
        self._models: set[int] = set()

    def __call__(self, entry: LibraryMaterial) -> dict[str, BoundTexture]:
        """Textures of a material by slot name, each used once more."""
        if id(entry.model) not in self._models:
            self._models.add(id(entry.model))
            self._decode(entry)
        textures = {}
        for name, ref in texture_refs(entry.material).items():
            image = _image(entry.model, ref)
            if image is not None:
                sampler = _sampler(self.pool.device, entry.model, ref)
                textures[name] = BoundTexture(self._slot(image, srgb=name in SRGB_SLOTS), sampler)
        return textures

    def forget(self) -> None:
        """Drop pixels that are decoded and were not asked for; call it when a batch of materials is in."""
        self._decoded.clear()
        self._models.clear()
        self.pool.reserve_nothing()

    def _slot(self, image: Image, *, srgb: bool) -> TextureSlot:
        key = image_key(image)
        slot = self.pool.take((key, srgb))
        if slot is None:
            pixels = self._decoded.get(key)
            if pixels is None:
                pixels = self._decoded[key] = decode_texture(image)
            slot = self.pool.add(pixels, srgb=srgb, key=(key, srgb))
        return slot

    def _decode(self, entry: LibraryMaterial) -> None:
        """Decode what the model's materials use and the pool does not hold."""
        wanted: dict[tuple[Hashable, bool], Image] = {}
        for material in (*entry.model.materials, entry.material):
            for name, ref in texture_refs(material).items():
                image = _image(entry.model, ref)
                if image is not None:
                    key = (image_key(image), name in SRGB_SLOTS)
                    if not self.pool.has(key):
                        wanted[key] = image
        images = {key: image for (key, _), image in wanted.items()}
        if len(images) > 1:
            with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as workers:  # Pillow decodes without the interpreter lock
                self._decoded.update(zip(images, workers.map(decode_texture, images.values()), strict=True))
        else:
            self._decoded.update({key: decode_texture(image) for key, image in images.items()})
        self.pool.reserve(TextureClass("rgba8_srgb" if srgb else "rgba8", *self._decoded[key].shape[1::-1]) for key, srgb in wanted)


def decode_texture(image: Image) -> NDArray[np.uint8]:
    """The pixels of an image, uint8 [height, width, 4], top row first.

    One that cannot be read is a grey pixel, and a line in the log says which and why.
    """
    from taixu.assets.image import decode_image

    try:
        pixels = decode_image(image.read(), name=image.name or image.uri or "texture")
    except (TaixuError, OSError) as error:
        _log.warning("a texture will be grey: %s", error)
        return np.full((1, 1, 4), 128, np.uint8)
    if pixels.dtype == np.float32:
        pixels = (np.clip(pixels, 0.0, 1.0).astype(np.float32) * 255 + 0.5).astype(np.uint8)
    step = -(-max(pixels.shape[:2]) // _LARGEST)
    if step > 1:
        h, w = (n // step for n in pixels.shape[:2])
        blocks = pixels[: h * step, : w * step].reshape(h, step, w, step, -1)
        pixels = blocks.mean((1, 3), dtype=np.float32).astype(pixels.dtype)
    return as_rgba8(pixels)


def device_sampler(device: Device, data: SamplerData | None) -> Sampler:
    """A glTF sampler on the device; where it leaves filters open, trilinear."""
    data = data or SamplerData()
    minify, mip = _MIPS[data.min_filter or Filter.LINEAR_MIPMAP_LINEAR]
    magnify = "nearest" if data.mag_filter == Filter.NEAREST else "linear"
    sharp = minify == "linear" and mip == "linear" and not device.capabilities.is_software
    return device.sampler(
        filter=minify,
        mag=magnify,
        mip=mip,
        wrap=(_WRAPS[data.wrap_s], _WRAPS[data.wrap_t]),
        anisotropy=8.0 if sharp else 1.0,
    )


class _Identity:
    """Stands for an object by identity, and keeps it alive, so that no other takes its place in memory."""

    def __init__(self, held: object) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.held is self.held

    def __hash__(self) -> int:
        return id(self.held)


def image_key(image: Image) -> Hashable:
    """What tells images apart: the file and when it was written, or the object that holds the bytes."""
    if image.data is None and image.path is not None:
        try:
            return str(image.path), image.path.stat().st_mtime_ns
        except OSError:
            return str(image.path)
    return _Identity(image.data)


def _image(model: ModelData, ref: TextureRef) -> Image | None:
    texture = model.textures[ref.texture]
    candidates = [i for i in (texture.image, texture.fallback) if i is not None]
    if not candidates:
        return None
    readable = [i for i in candidates if model.images[i].mime != "image/ktx2"]
    return model.images[(readable or candidates)[0]]


def _sampler(device: Device, model: ModelData, ref: TextureRef) -> Sampler:
    number = model.textures[ref.texture].sampler
    return device_sampler(device, None if number is None else model.samplers[number])
