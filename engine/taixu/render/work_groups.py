"""Work of many lengths in groups of 64: a table says which part of whose work each group does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.render.bindings import UniformSlot
from taixu.render.row_buffer import grown

__all__ = ["GROUP", "GroupTable"]

GROUP = 64
"""Invocations of a group."""
_MOST_GROUPS = 32768  # a side of a dispatch


class GroupTable:
    """Two words a group, on the device."""

    def __init__(self, device: Device, *, label: str) -> None:
        self.device, self.label = device, label
        self._buffer: Buffer | None = None

    @staticmethod
    def spread(counts: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Groups of pieces of work, [g] each: where in its piece each starts, and which piece it is."""
        groups = -(-counts // GROUP)
        owners = np.repeat(np.arange(len(counts)), groups)
        return (np.arange(len(owners)) - np.repeat(np.cumsum(groups) - groups, groups)) * GROUP, owners

    def dispatch(self, shader: str, table: NDArray[np.uint32], *, binding: int, word: int = 0) -> None:
        """Run a compute shader with the table [g, 2] bound; `word` is a second word of its parameters."""
        device, total = self.device, len(table)
        if self._buffer is None or self._buffer.size < table.nbytes:
            self._buffer = device.buffer(8 * grown(0, total, least=256), label=self.label)
        self._buffer.write(table)
        device.push_uniform(UniformSlot.PASS, np.array((total, word, 0, 0), np.uint32))
        device.bind_storage(binding, self._buffer)
        across = min(total, _MOST_GROUPS)
        device.barrier()
        device.dispatch(device.compute_pipeline(shader), across, -(-total // across))
        device.barrier()

    def release(self) -> None:
        """Give the memory back."""
        if self._buffer is not None:
            self._buffer.release()
