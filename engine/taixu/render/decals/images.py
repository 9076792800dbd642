"""Pictures of decals: squares of one size in an array of textures, so that any number of decals is looked up with one.

Colours are kept multiplied by their alpha, which is what filters may average.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import read_image
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.gpu import Device, Texture
from taixu.render.premultiplied import as_light, as_srgb, eight_bits

__all__ = ["DecalImages"]

_log = logging.getLogger(__name__)
_LARGEST, _SMALLEST = 1024, 16
_MOST_BYTES = 256 << 20
_MOST_LAYERS = 2048


class DecalImages:
    """The pictures that a world's decals name.

    Parameters
    ----------
    is_color
        sRGB with alpha; else numbers.
    """

    def __init__(self, device: Device, *, is_color: bool) -> None:
        self.device, self.is_color = device, is_color
        self.layers: dict[str, int] = {}
        self._files: tuple[tuple[str, int], ...] | None = None
        self._texture: Texture | None = None

    @property
    def texture(self) -> Texture:
        """The array; a texel where there are no pictures."""
        if self._texture is None:
            format = "rgba8_srgb" if self.is_color else "rgba8"
            self._texture = self.device.texture((1, 1), format, kind="2d_array", layers=1, label="decals")
        return self._texture

    def follow(self, world: World, paths: tuple[str, ...]) -> None:
        """Read the pictures at these paths of the world's project, where they or their files are others than before.

        What cannot be read is said once, and has no layer.
        """
        files = [(path, _file_of(world, path)) for path in paths]
        wanted = tuple((str(file), _changed_at(file)) for _, file in files)
        if wanted == self._files:
            return
        self._files = wanted
        self.release()
        found: dict[str, NDArray[np.uint8]] = {}
        for path, file in files[:_MOST_LAYERS]:
            try:
                found[path] = eight_bits(read_image(file))
            except (TaixuError, OSError) as error:
                _log.error("decals with the picture %s are not shown: %s", path, error)
        if len(files) > _MOST_LAYERS:
            _log.error("decals have %d pictures; those beyond %d are not shown", len(files), _MOST_LAYERS)
        if not found:
            return
        side = _LARGEST
        while side > _SMALLEST and (
            side // 2 >= max(max(p.shape[:2]) for p in found.values()) or len(found) * side * side * 16 // 3 > _MOST_BYTES
        ):
            side //= 2
        self._texture = self.device.texture(
            (side, side), "rgba8_srgb" if self.is_color else "rgba8", kind="2d_array", layers=len(found), label="decals"
        )
        for layer, (path, pixels) in enumerate(found.items()):
            self._texture.write(self._square(pixels, side), layer=layer)
            self.layers[path] = layer
        self.device.make_mipmaps(self._texture)

    def release(self) -> None:
        """Give the texture back."""
        self.layers = {}
        if self._texture is not None:
            self._texture.release()
        self._texture = None

    def _square(self, pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
        """As what the array holds, [side, side, 4]."""
        from PIL import Image

        linear = as_light(pixels) if self.is_color else pixels.astype(np.float32) / np.float32(255)
        if pixels.shape[:2] != (side, side):
            planes = [Image.fromarray(linear[..., i]).resize((side, side), Image.Resampling.BOX if side < min(pixels.shape[:2])
                                                             else Image.Resampling.BILINEAR) for i in range(4)]  # fmt: skip
            linear = np.stack([np.asarray(plane) for plane in planes], -1)
        return as_srgb(linear) if self.is_color else np.rint(np.clip(linear, 0, 1) * 255).astype(np.uint8)


def _file_of(world: World, path: str) -> Path:
    from taixu.assets import AssetDatabase

    try:
        return world.resource(AssetDatabase).resolve(path) if world.has_resource(AssetDatabase) else Path(path)
    except TaixuError:
        return Path(path)


def _changed_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except (OSError, ValueError):
        return 0
