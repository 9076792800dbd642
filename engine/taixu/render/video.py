"""Frames for video: pictures of a view, in the planes that encoders want where a GPU can make them on the way.

Reading back a picture in planes (I420) takes 1.5 bytes a pixel in place of 4, and the processor converts nothing. A rasteriser in
software is the processor itself, and slower at it than the encoder's own converter: there the colours are read as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Device, Readback, Targets, Texture
from taixu.render.views import View

__all__ = ["VideoFrame", "VideoReader"]


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A picture for an encoder.

    Attributes
    ----------
    pixels
        uint8: ``[height, width, 4]`` in sRGB, the top row first; or ``[height * 3 / 2, width]``, the planes Y, U, V of I420 (full
        range, BT.601).
    size
        (width, height) in pixels.
    """

    pixels: NDArray[np.uint8]
    size: tuple[int, int]

    @property
    def is_planar(self) -> bool:
        """Whether it is in planes."""
        return self.pixels.ndim == 2


class VideoReader:
    """Reads the frames of views of one size without waiting for the device.

    Parameters
    ----------
    size
        (width, height); multiples of 8 and 4.
    in_planes
        Whether a shader makes the planes; by default where the device is no rasteriser in software.
    """

    def __init__(self, device: Device, size: tuple[int, int], *, in_planes: bool | None = None) -> None:
        width, height = size
        if width % 8 or height % 4:
            raise ValueError(f"a frame of video has a width that 8 divides and a height that 4 does, not {width} x {height}")
        self.device, self.size = device, size
        self.in_planes = not device.capabilities.is_software if in_planes is None else in_planes
        self._planes: Texture | None = None
        self._targets: Targets | None = None

    def begin(self, view: View) -> Readback:
        """Ask for the picture of the frame that was just drawn; it must be taken before the next."""
        assert view.graph is not None, "render the view first"
        color = view.graph.targets(self.device, ("color",), None)
        if not self.in_planes:
            return self.device.read_later(color, 0, (0, 0, *self.size))
        width, height = self.size[0] // 4, self.size[1] * 3 // 2
        if self._targets is None:
            self._planes = self.device.texture((width, height), "rgba8", label="planes of video")
            self._targets = self.device.targets([self._planes], label="planes of video")
        device = self.device
        pipeline = device.pipeline("passes/fullscreen.vert", "passes/i420.frag", cull="none", depth=None, label="planes of video")
        with device.frame(), device.render_pass(self._targets) as p:
            p.pipeline(pipeline)
            p.bind_texture(0, view.graph.textures["color"], device.sampler(filter="nearest", mip="none", wrap="clamp"))
            p.draw(3)
        return device.read_later(self._targets, 0, (0, 0, width, height))

    def take(self, readback: Readback) -> VideoFrame:
        """The frame; waits where it is not ready."""
        pixels = readback.take()
        if self.in_planes:
            return VideoFrame(pixels.reshape(self.size[1] * 3 // 2, self.size[0]), self.size)
        return VideoFrame(pixels[::-1], self.size)

    def release(self) -> None:
        """Give the device's things back."""
        if self._targets is not None and self._planes is not None:
            self._targets.release()
            self._planes.release()
        self._targets = self._planes = None
