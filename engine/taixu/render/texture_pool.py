"""Textures of materials in arrays, so that many materials draw without a texture being bound between them.

OpenGL 4.3 has no bindless textures. Textures of one format and exact size share arrays, `pages`: nothing is scaled, so
what is sampled is what the file holds, and as real assets use a handful of sizes, a scene needs a handful of pages.
Textures that bring mip maps of their own lie apart from those whose mip maps the device makes, for it makes them by page.
A page holds as many layers as its batch asked for, and later ones grow by doubling, so that their number stays
logarithmic. Samplers are separate objects: one page can be bound with two wrap modes in two slots at once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from taixu.gpu import Device, Texture
from taixu.gpu.formats import texture_format
from taixu.render.texture_images import TextureImage

__all__ = ["TextureClass", "TexturePool", "TextureSlot"]

_PAGE_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class TextureClass:
    """What textures of one page have in common; `levels` is 0 where the device makes the mip maps."""

    format: str
    width: int
    height: int
    levels: int = 0

    @classmethod
    def of(cls, image: TextureImage) -> TextureClass:
        """What a page for this image is."""
        return cls(image.format, *image.size, levels=0 if image.wants_mip_maps else len(image.levels))


@dataclass(frozen=True, slots=True)
class TextureSlot:
    """A layer of a page. Pages are numbered from 0, and numbers are never used again."""

    page: int
    layer: int


@dataclass
class _Page:
    kind: TextureClass
    texture: Texture
    free: list[int]
    stale: bool = False  # mip maps are older than level 0


class TexturePool:
    """Pages of texture arrays on one device.

    `flush` before drawing: it makes the mip maps of what came in since.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self._pages: dict[int, _Page] = {}
        self._next = 0
        self._reserved: dict[TextureClass, int] = {}
        self._known: dict[Hashable, TextureSlot] = {}
        self._uses: dict[TextureSlot, int] = {}
        self._keys: dict[TextureSlot, Hashable] = {}

    def reserve(self, classes: Iterable[TextureClass]) -> None:
        """Say what a batch of `add` will bring, so that it lies in as few pages as can be."""
        for kind in classes:
            self._reserved[kind] = self._reserved.get(kind, 0) + 1

    def take(self, key: Hashable) -> TextureSlot | None:
        """One more use of what was added under a key; None where nothing was."""
        slot = self._known.get(key)
        if slot is not None:
            self._uses[slot] += 1
        return slot

    def has(self, key: Hashable) -> bool:
        """Whether something is kept under a key."""
        return key in self._known

    def add(self, image: TextureImage, *, key: Hashable = None) -> TextureSlot:
        """Take in an image, used once so far; `key` is under which `take` finds it."""
        kind = TextureClass.of(image)
        waiting = self._reserved.pop(kind, 1)
        if waiting > 1:
            self._reserved[kind] = waiting - 1
        number, page = self._page(kind, waiting)
        layer = page.free.pop()
        for level, texels in enumerate(image.levels):
            page.texture.write(texels, level=level, layer=layer)
        page.stale = image.wants_mip_maps
        slot = TextureSlot(number, layer)
        self._uses[slot] = 1
        if key is not None:
            self._known[key], self._keys[slot] = slot, key
        return slot

    def release(self, slot: TextureSlot) -> None:
        """End one use; the last one gives the layer back, and the page with its last layer."""
        self._uses[slot] -= 1
        if self._uses[slot]:
            return
        del self._uses[slot]
        self._known.pop(self._keys.pop(slot, None), None)
        page = self._pages[slot.page]
        page.free.append(slot.layer)
        if len(page.free) == page.texture.layers:
            del self._pages[slot.page]
            page.texture.release()

    def texture(self, page: int) -> Texture:
        """The array that a page number stands for."""
        return self._pages[page].texture

    def reserve_nothing(self) -> None:
        """Forget what `reserve` announced and did not come."""
        self._reserved.clear()

    def has_page(self, page: int) -> bool:
        """Whether the page still holds a texture."""
        return page in self._pages

    def flush(self) -> None:
        """Make mip maps where level 0 changed."""
        for page in self._pages.values():
            if page.stale:
                page.stale = False
                if page.texture.levels > 1:
                    self.device.make_mipmaps(page.texture)

    def clear(self) -> None:
        """Give everything back."""
        for page in self._pages.values():
            page.texture.release()
        for table in (self._pages, self._known, self._uses, self._keys, self._reserved):
            table.clear()

    def _page(self, kind: TextureClass, wanted: int) -> tuple[int, _Page]:
        of_kind = [(number, page) for number, page in self._pages.items() if page.kind == kind]
        for number, page in of_kind:
            if page.free:
                return number, page
        layer_bytes = texture_format(kind.format).level_bytes(kind.width, kind.height) * 4 // 3 + 1
        limit = max(1, min(self.device.capabilities.max_layers, _PAGE_BYTES // layer_bytes))
        layers = min(limit, max(wanted, sum(page.texture.layers for _, page in of_kind)))
        texture = self.device.texture(
            (kind.width, kind.height),
            kind.format,
            kind="2d_array",
            layers=layers,
            levels=kind.levels or None,
            label=f"materials {kind.format} {kind.width}x{kind.height}",
        )
        page = _Page(kind, texture, list(range(layers))[::-1])
        number, self._next = self._next, self._next + 1
        self._pages[number] = page
        return number, page
