"""A growing storage buffer of rows from which ranges are taken and given back."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.render.ranges import RangeAllocator
from taixu.render.row_buffer import enlarged, grown

__all__ = ["WordPool"]


class WordPool:
    """Rows of `words` 32-bit words; what is written stays where it is, growing copies on the device."""

    def __init__(self, device: Device, words: int, *, label: str, capacity: int = 1024) -> None:
        self.device, self.words, self.label = device, words, label
        self.buffer: Buffer = device.buffer(capacity * words * 4, label=label)
        self._ranges = RangeAllocator(capacity)

    def allocate(self, count: int) -> int:
        """The first row of `count` free ones."""
        start = self._ranges.allocate(count)
        if start is None:
            capacity = grown(self._ranges.capacity, self._ranges.capacity + count)
            self.buffer = enlarged(self.buffer, capacity * self.words * 4)
            self._ranges.grow(capacity)
            start = self._ranges.allocate(count)
            assert start is not None
        return start

    def write(self, start: int, data: NDArray[Any]) -> None:
        """Write rows from `start`."""
        self.buffer.write(data, offset=start * self.words * 4)

    def free(self, start: int, count: int) -> None:
        """Give rows back."""
        self._ranges.free(start, count)
