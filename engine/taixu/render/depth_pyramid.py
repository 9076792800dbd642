"""A pyramid of farthest depths: texel (x, y) of level k knows how far one sees at most through 2^(k+1) pixels a side.

Levels are halves rounded up, so that a pixel's texel is found by shifting: level 0 has a power of two of texels a side, of
which those beyond the picture are never looked at. Greene et al., "Hierarchical Z-Buffer Visibility", 1993.
"""

from __future__ import annotations

import numpy as np

from taixu.gpu import Device, ImageBinding, Texture
from taixu.render.bindings import TextureSlot, UniformSlot

__all__ = ["DepthPyramid"]

_LEVELS_AT_ONCE = 5  # of one dispatch: a work group takes 32 x 32 texels down to one
_GROUP = 32


class DepthPyramid:
    """The pyramid of a depth texture of one size.

    Attributes
    ----------
    texture
        r32f, with reversed depth: the smallest value is the farthest.
    """

    def __init__(self, device: Device, depth_size: tuple[int, int]) -> None:
        self.device, self.depth_size = device, depth_size
        width, height = (1 << max(0, (-(-side // 2) - 1).bit_length()) for side in depth_size)
        self.texture = device.texture((width, height), "r32f", levels=None, label="depth pyramid")

    def build(self, depth: Texture) -> None:
        """Fill all levels from a depth texture, of one or several samples."""
        device, (width, height) = self.device, self.depth_size
        nearest = device.sampler(filter="nearest", mip="nearest", wrap="clamp")
        for first in range(0, self.texture.levels, _LEVELS_AT_ONCE):
            many = depth.samples > 1 and first == 0
            pipeline = device.compute_pipeline("compute/depth_pyramid.comp", defines={"SAMPLES": depth.samples} if many else None)
            count = min(_LEVELS_AT_ONCE, self.texture.levels - first)
            if first:
                width, height = (-(-side // 2**_LEVELS_AT_ONCE) for side in (width, height))
            images = {i: ImageBinding(self.texture, first + min(i, count - 1)) for i in range(_LEVELS_AT_ONCE)}
            device.bind_texture(TextureSlot.PASS, self.texture if first else depth, nearest)
            device.bind(device.bind_group(images=images))
            device.push_uniform(UniformSlot.PASS, np.array((width, height, first - 1, count), np.int32))
            device.dispatch(pipeline, -(-width // _GROUP), -(-height // _GROUP))
            device.barrier()

    def release(self) -> None:
        """Give the memory back."""
        self.texture.release()
