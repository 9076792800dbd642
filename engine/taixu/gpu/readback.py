"""Pixels that are read while the device goes on: asked for now, taken when they are ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from taixu.gpu.formats import TextureFormat
from taixu.gpu.resources import Buffer, Fence, Targets

if TYPE_CHECKING:
    from taixu.gpu.device import Device

__all__ = ["Readback"]

Rect = tuple[int, int, int, int]


class Readback:
    """Pixels on their way, from `Device.read_later`.

    A GPU copies them into a buffer behind the drawing. A rasteriser in software has nothing to copy to: there the copy is made
    when they are taken, so the targets must not be drawn into before.
    """

    __slots__ = ("_buffer", "_fence", "_format", "_index", "_rect", "_targets", "device")

    def __init__(
        self, device: Device, fence: Fence, targets: Targets, *, index: int, rect: Rect, format: TextureFormat,
        buffer: Buffer | None,
    ) -> None:  # fmt: skip
        self.device = device
        self._fence, self._targets, self._index, self._rect, self._format = fence, targets, index, rect, format
        self._buffer = buffer

    def is_ready(self, *, timeout_secs: float = 0.0) -> bool:
        """Whether they can be taken without waiting; waits at most so long for it."""
        return self._fence.wait(timeout_secs=timeout_secs)

    def take(self) -> np.ndarray:
        """The pixels, [height, width, channels], the bottom row first. Waits where they are not ready; once only."""
        if self._buffer is None:
            return self.device.read_pixels(self._targets, self._index, self._rect)
        buffer, self._buffer = self._buffer, None
        pixels = self.device.read_buffer(buffer, self._format.dtype, 0, -1)
        buffer.release()
        return pixels.reshape(self._rect[3], self._rect[2], self._format.channels)
