"""Light from all around: an equirectangular sky made into what shaders look up, kept on disk by content.

The whole light of a sky lies in one atlas of octahedral squares (see `octahedron`): mirror image, eight rougher ones,
irradiance. The GPU filters the reflections once; numpy integrates the irradiance exactly; both are kept by the hash
of the sky, so that the second start reads a file of 3 MB.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Device, ImageBinding, StructLayout, Texture

from . import equirect
from .disk_cache import cached_array, content_key
from .octahedron import ATLAS_SIZE, IRRADIANCE, ROUGHNESS_TILES, TILES, tile_directions, tiles_glsl
from .reflectance import DFG_SIZE, energy_table

__all__ = ["EnvironmentMaps", "make_dfg_texture", "make_environment"]

_VERSION = 2
_LARGEST_HALF = 6.0e4
_TILE_BLOCK = StructLayout("Tile", [("place", "i4", (4,)), ("lobe", "f4", (4,))], rules="std140")
_SAMPLES = (1, 128, 256, 512, 512, 768, 768, 1024, 1024)


class EnvironmentMaps:
    """A sky on the device.

    Attributes
    ----------
    sky : Texture
        rgba16f, equirectangular, with mip maps: the background.
    atlas : Texture
        rgba16f, `octahedron.ATLAS_SIZE`: the light.
    """

    def __init__(self, sky: Texture, atlas: Texture) -> None:
        self.sky, self.atlas = sky, atlas

    def release(self) -> None:
        """Give the memory back."""
        self.sky.release()
        self.atlas.release()


def make_environment(device: Device, image: NDArray[np.floating[Any]]) -> EnvironmentMaps:
    """The maps of an equirectangular sky.

    Parameters
    ----------
    image
        Linear Rec.709 radiance, [height, width, 3], top row first; width is twice the height.
    """
    pixels = np.ascontiguousarray(np.maximum(image[..., :3], 0.0), np.float32)
    sky = _sky_texture(device, np.minimum(pixels, _LARGEST_HALF), "rgba16f")
    key = content_key("atlas", _VERSION, pixels)
    light = cached_array("environment", key, lambda: _filter(device, pixels))
    if light.shape != (ATLAS_SIZE[1], ATLAS_SIZE[0], 4) or light.dtype != np.float16:
        light = _filter(device, pixels)
    atlas = device.texture(ATLAS_SIZE, "rgba16f", data=light, label="environment")
    return EnvironmentMaps(sky, atlas)


def make_dfg_texture(device: Device) -> Texture:
    """The table of `reflectance.energy_table` as rgba16f."""
    table = cached_array("dfg", content_key("energy", DFG_SIZE), energy_table)
    return device.texture((DFG_SIZE, DFG_SIZE), "rgba16f", data=table.astype(np.float16), label="dfg")


def _sky_texture(device: Device, pixels: NDArray[np.float32], format: str) -> Texture:
    height, width = pixels.shape[:2]
    texels = np.ones((height, width, 4), np.float16 if format == "rgba16f" else np.float32)
    texels[..., :3] = pixels
    sky = device.texture((width, height), format, levels=None, data=texels, label="sky")
    device.make_mipmaps(sky)
    return sky


def _filter(device: Device, pixels: NDArray[np.float32]) -> NDArray[np.float16]:
    """The atlas, float16 [height, width, 4]. Reads the sky as float32: a sun is brighter than float16 can say."""
    sky = _sky_texture(device, equirect.shrink(pixels, 1024).astype(np.float32), "rgba32f")
    device.shaders.add_source("generated/environment.glsl", tiles_glsl())
    atlas = device.texture(ATLAS_SIZE, "rgba16f", label="environment being filtered")
    pipeline = device.compute_pipeline("compute/prefilter.comp")
    smooth = device.sampler(wrap=("repeat", "clamp"))
    block = _TILE_BLOCK.zeros()
    device.bind(device.bind_group(textures={0: (sky, smooth)}, images={0: ImageBinding(atlas)}))
    for level in range(ROUGHNESS_TILES):
        tile = TILES[level]
        block["place"] = (tile.x, tile.y, tile.size, _SAMPLES[level])
        block["lobe"] = ((level / (ROUGHNESS_TILES - 1)) ** 2, sky.size[1], 0, 0)
        device.push_uniform(0, block)
        groups = (tile.size + 2 + 7) // 8
        device.dispatch(pipeline, groups, groups)
    device.barrier()
    texels = atlas.read().astype(np.float16)
    atlas.release()
    sky.release()
    tile = TILES[IRRADIANCE]
    towards = tile_directions(tile.size)
    even = equirect.irradiance(pixels, towards.reshape(-1, 3)).reshape(towards.shape)
    end = tile.size + 2
    texels[tile.y : tile.y + end, tile.x : tile.x + end, :3] = np.minimum(even, _LARGEST_HALF)
    texels[..., 3] = 1.0
    return texels
