"""From a world's library of materials to rows and textures on the device."""

from __future__ import annotations

import logging
import os
from collections.abc import Container, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from taixu.assets.block_images import read_block_image
from taixu.assets.model import Filter, Image, ModelData, TextureRef, Wrap
from taixu.assets.model import Sampler as SamplerData
from taixu.errors import TaixuError
from taixu.gpu import Device, Sampler
from taixu.scene import LibraryMaterial

from .looks import wanted_textures
from .materials import BoundTexture
from .signature import PLAIN_MAPPINGS
from .texture_images import TextureImage, block_image, make_texture_image, missing_texture
from .texture_kinds import TextureKind
from .texture_pool import TextureClass, TexturePool, TextureSlot

if TYPE_CHECKING:
    from taixu.assets.image import Pixels

__all__ = ["TextureLoader", "decode_texture", "device_block_formats", "device_sampler", "image_key", "load_texture"]

_log = logging.getLogger(__name__)
_ANISOTROPY = 8.0
_BLOCK_TYPES = ("image/ktx2", "image/vnd-ms.dds")
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

    Attributes
    ----------
    block_formats
        Compressed formats that go to the device as they are; by default those that it is quick with.
    """

    def __init__(self, pool: TexturePool, *, block_formats: Container[str] | None = None) -> None:
        self.pool = pool
        self.block_formats = device_block_formats(pool.device) if block_formats is None else block_formats
        self._ready: dict[tuple[Hashable, TextureKind], TextureImage] = {}
        self._models: set[int] = set()

    def __call__(self, entry: LibraryMaterial) -> dict[str, BoundTexture]:
        """Textures of a material by slot name, each used once more."""
        if id(entry.model) not in self._models:
            self._models.add(id(entry.model))
            self._prepare(entry)
        textures = {}
        for name, (ref, kind) in wanted_textures(entry).items():
            images = _images(entry.model, ref)
            if images:
                if ref.texcoord >= PLAIN_MAPPINGS:
                    what = (entry.material.name, name, ref.texcoord, PLAIN_MAPPINGS - 1)
                    _log.warning("material %r lays its %s along TEXCOORD_%d; it is drawn along TEXCOORD_%d", *what)
                sampler = _sampler(self.pool.device, entry.model, ref)
                textures[name] = BoundTexture(self._slot(images, kind), sampler)
        return textures

    def forget(self) -> None:
        """Drop pixels that are decoded and were not asked for; call it when a batch of materials is in."""
        self._ready.clear()
        self._models.clear()
        self.pool.reserve_nothing()

    def _slot(self, images: list[Image], kind: TextureKind) -> TextureSlot:
        key = (image_key(images[0]), kind)
        slot = self.pool.take(key)
        if slot is None:
            if key not in self._ready:
                self._ready[key] = load_texture(images, [kind], self.block_formats)[0]
            slot = self.pool.add(self._ready[key], key=key)
        return slot

    def _prepare(self, entry: LibraryMaterial) -> None:
        """Decode what the model's materials use and the pool does not hold."""
        wanted: dict[Hashable, tuple[list[Image], list[TextureKind]]] = {}
        for other in (*(LibraryMaterial(material, entry.model) for material in entry.model.materials), entry):
            for ref, kind in wanted_textures(other).values():
                images = _images(entry.model, ref)
                if images:
                    key = image_key(images[0])
                    kinds = wanted.setdefault(key, (images, []))[1]
                    if kind not in kinds and not self.pool.has((key, kind)):
                        kinds.append(kind)
        work = {key: job for key, job in wanted.items() if job[1]}

        def load(job: tuple[list[Image], list[TextureKind]]) -> list[TextureImage]:
            return load_texture(*job, self.block_formats)

        if len(work) > 1:
            with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as workers:  # decoders and numpy let go of the interpreter lock
                loaded = list(workers.map(load, work.values()))
        else:
            loaded = [load(job) for job in work.values()]
        for (key, (_, kinds)), textures in zip(work.items(), loaded, strict=True):
            self._ready.update({(key, kind): texture for kind, texture in zip(kinds, textures, strict=True)})
            self.pool.reserve(TextureClass.of(texture) for texture in textures)


def load_texture(images: list[Image], kinds: list[TextureKind], block_formats: Container[str] = ()) -> list[TextureImage]:
    """The texels of an image for each of these kinds, of the first of some images that can be read.

    Compressed ones stay so for the kinds that need no more, where the format is among `block_formats`. Where none can be
    read they are grey, or flat, and a line in the log says which and why.
    """
    made = _blocks(images[0], kinds, block_formats)
    rest = [kind for kind in kinds if kind not in made]
    if rest:
        pixels, name = decode_texture(images)
        for kind in rest:
            made[kind] = missing_texture(kind) if pixels is None else make_texture_image(pixels, kind, name=name)
    return [made[kind] for kind in kinds]


def device_block_formats(device: Device) -> frozenset[str]:
    """Compressed formats that a device reads as quickly as others: a software one decodes them at every look-up."""
    has = device.capabilities
    if has.is_software:
        return frozenset()
    found = {"bc4", "bc5"}
    if has.has_s3tc:
        found |= {"bc1", "bc1_srgb", "bc3", "bc3_srgb"}
    if has.has_bptc:
        found |= {"bc6h", "bc7", "bc7_srgb"}
    return frozenset(found)


def _blocks(image: Image, kinds: list[TextureKind], formats: Container[str]) -> dict[TextureKind, TextureImage]:
    suffix = "" if image.path is None else image.path.suffix.lower()
    if not formats or not (image.mime in _BLOCK_TYPES or suffix in (".dds", ".ktx2")):
        return {}
    try:
        blocks = read_block_image(image.read(), name=image.name or image.uri or "texture")
    except (TaixuError, OSError):
        return {}  # decoding says what is wrong
    if blocks is None:
        return {}
    return {kind: made for kind in kinds if (made := block_image(blocks, kind, formats)) is not None}


def decode_texture(images: list[Image]) -> tuple[Pixels | None, str]:
    """The pixels of the first of some images that can be read, as `taixu.assets.image.decode_image` gives them, and its
    name; None, and a line in the log, where there is none."""
    from taixu.assets.image import decode_image

    reasons = []
    for image in images:
        name = image.name or image.uri or "texture"
        try:
            return decode_image(image.read(), name=name), name
        except (TaixuError, OSError) as error:
            reasons.append(str(error))
    _log.warning("a texture will be grey: %s", "; ".join(reasons))
    return None, ""


def device_sampler(device: Device, data: SamplerData | None) -> Sampler:
    """A glTF sampler on the device; where it leaves filters open, trilinear.

    What is trilinear is anisotropic as well where that is done by hardware (in software a frame takes up to twice as long).
    """
    data = data or SamplerData()
    minify, mip = _MIPS[data.min_filter or Filter.LINEAR_MIPMAP_LINEAR]
    magnify = "nearest" if data.mag_filter == Filter.NEAREST else "linear"
    smooth = (minify, mip, magnify) == ("linear", "linear", "linear")
    return device.sampler(
        filter=minify,
        mag=magnify,
        mip=mip,
        wrap=(_WRAPS[data.wrap_s], _WRAPS[data.wrap_t]),
        anisotropy=_ANISOTROPY if smooth and not device.capabilities.is_software else 1.0,
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


def _images(model: ModelData, ref: TextureRef) -> list[Image]:
    """The images that a texture may be read from, best first."""
    texture = model.textures[ref.texture]
    return [model.images[i] for i in (texture.image, texture.fallback) if i is not None]


def _sampler(device: Device, model: ModelData, ref: TextureRef) -> Sampler:
    number = model.textures[ref.texture].sampler
    return device_sampler(device, None if number is None else model.samplers[number])
