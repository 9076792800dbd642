"""Pictures of particles: one texture for each file, with colours multiplied by their alpha."""

from __future__ import annotations

import logging
from collections import OrderedDict
from pathlib import Path

import numpy as np

from taixu.assets.image import read_image
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.gpu import Device, Sampler, Texture
from taixu.render.premultiplied import as_light, as_srgb, eight_bits
from taixu.scene.particles import Particles

__all__ = ["Sprites", "sprite_sampler"]

_log = logging.getLogger(__name__)
_KEPT = 64
_LARGEST = 4096


class Sprites:
    """The latest few pictures, read once; emitters whose picture cannot be read send nothing out, and the log says so."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._kept: OrderedDict[str, Texture | None] = OrderedDict()

    def is_known(self, world: World, path: str) -> bool:
        """Whether particles can show what is at a path of the world's project; an empty one is no picture."""
        if not path:
            return True
        if path not in self._kept:
            self._kept[path] = self._read(world, path)
        self._kept.move_to_end(path)
        while len(self._kept) > _KEPT:
            texture = self._kept.popitem(last=False)[1]
            if texture is not None:
                texture.release()
        return self._kept[path] is not None

    def texture(self, path: str) -> Texture | None:
        """The texture of a path; None where there is no picture."""
        return self._kept.get(path)

    def release(self) -> None:
        """Give the textures back."""
        for texture in self._kept.values():
            if texture is not None:
                texture.release()
        self._kept.clear()

    def _read(self, world: World, path: str) -> Texture | None:
        from taixu.assets import AssetDatabase

        try:
            file = world.resource(AssetDatabase).resolve(path) if world.has_resource(AssetDatabase) else Path(path)
            pixels = eight_bits(read_image(file))
        except (TaixuError, OSError) as error:
            _log.error("particles with the picture %s are not shown: %s", path, error)
            return None
        step = -(-max(pixels.shape[:2]) // _LARGEST)
        texels = np.ascontiguousarray(as_srgb(as_light(pixels[::step, ::step])))
        texture = self.device.texture((texels.shape[1], texels.shape[0]), "rgba8_srgb", data=texels, label="particles")
        self.device.make_mipmaps(texture)
        return texture


def sprite_sampler(device: Device, texture: Texture, particles: Particles) -> Sampler:
    """Levels end where pictures of a sheet would run into each other."""
    columns, rows = max(int(particles.columns), 1), max(int(particles.rows), 1)
    cell = min(texture.size[0] // columns, texture.size[1] // rows)
    return device.sampler(wrap="clamp", max_level=max(float(np.log2(max(cell, 1))) - 3.0, 0.0))
