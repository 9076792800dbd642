"""Probes' pictures on the device: six faces are drawn into a cube, which is then blurred for ever rougher surfaces."""

from __future__ import annotations

from math import log2

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Device, ImageBinding, Texture
from taixu.render.bindings import UniformSlot
from taixu.render.reflections.boxes import LEVELS_LEFT_OUT

__all__ = ["FACES", "Cubes", "face_pose"]

# Of OpenGL's cubes: where each face looks, and what is up in it.
FACES = (((1, 0, 0), (0, -1, 0)), ((-1, 0, 0), (0, -1, 0)), ((0, 1, 0), (0, 0, 1)), ((0, -1, 0), (0, 0, -1)),
         ((0, 0, 1), (0, -1, 0)), ((0, 0, -1), (0, -1, 0)))  # fmt: skip
_SAMPLES = (1, 32, 64, 96)
"""Of a texel, by level; the last one holds for those that follow."""
_GROUP = 8


class Cubes:
    """An array of cubes, all of one size.

    Levels go by roughness: 0 is a mirror, the last one is as rough as can be, and from one to the next alpha (squared roughness)
    is four times as large. Colours are premultiplied: alpha is how much of the sky is hidden.
    """

    def __init__(self, device: Device, resolution: int, count: int) -> None:
        self.device, self.resolution, self.count = device, resolution, count
        levels = int(log2(resolution)) + 1
        size = (resolution, resolution)
        self.texture: Texture = device.texture(
            size, "rgba16f", kind="cube_array", layers=6 * count, levels=levels - LEVELS_LEFT_OUT, label="reflections"
        )
        self._raw: Texture = device.texture(size, "rgba16f", kind="cube", layers=6, levels=None, label="reflection being taken")

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return self.texture.levels

    def take_face(self, radiance: Texture, face: int) -> None:
        """Copy what a camera of `face_pose` saw."""
        device = self.device
        device.bind_texture(0, radiance, device.sampler(filter="nearest", mip="none", wrap="clamp"))
        device.bind(device.bind_group(images={0: ImageBinding(self._raw)}))
        device.push_uniform(UniformSlot.PASS, np.array([face, self.resolution, 0, 0], np.int32))
        groups = -(-self.resolution // _GROUP)
        device.barrier()
        device.dispatch(device.compute_pipeline("compute/reflections/face.comp"), groups, groups)
        device.barrier()

    def finish(self, cube: int) -> None:
        """Blur what was taken, into one of the cubes."""
        device = self.device
        device.make_mipmaps(self._raw)
        device.bind_texture(0, self._raw, device.sampler(wrap="clamp"))
        pipeline = device.compute_pipeline("compute/reflections/prefilter.comp")
        for level in range(self.levels):
            size = self.resolution >> level
            alpha = 0.0 if level == 0 else 0.25 ** (self.levels - 1 - level)
            samples = _SAMPLES[min(level, len(_SAMPLES) - 1)]
            device.bind(device.bind_group(images={0: ImageBinding(self.texture, level)}))
            device.push_uniform(UniformSlot.PASS, np.array([size, samples, alpha, 6 * cube], np.float32))
            device.dispatch(pipeline, -(-size // _GROUP), -(-size // _GROUP), 6)
        device.barrier()

    def release(self) -> None:
        """Give the memory back."""
        self.texture.release()
        self._raw.release()


def face_pose(face: int, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the camera of a face stands: float64[4, 4], with the axes of the world."""
    ahead, up = (np.array(v, np.float64) for v in FACES[face])
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = np.cross(ahead, up), up, -ahead, at
    return pose
