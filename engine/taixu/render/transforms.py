"""World transforms on the GPU, by entity index: this frame's, and last frame's where a view asks for velocity."""

from __future__ import annotations

import numpy as np

from taixu.ecs import Rows, row_count
from taixu.gpu import Buffer, Device
from taixu.render.bindings import StorageSlot
from taixu.render.row_buffer import RowBuffer, is_whole
from taixu.scene import WorldTransforms

__all__ = ["TransformBuffers"]


class TransformBuffers:
    """Rows of 3x4 matrices (48 bytes) and cells (12 bytes), uploaded as they change.

    Invariant with velocity wanted: `previous` equals what `current` held in the last frame. A row that changed in the
    last frame and not since is settled (copied over) before the new ones are written.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.current = RowBuffer(device, 12, label="transforms")
        self.cells = RowBuffer(device, 3, label="cells")
        self.previous: RowBuffer | None = None
        self.previous_cells: RowBuffer | None = None
        self.count = 0
        self._has_cells = False
        self._last: Rows = slice(0, 0)
        self._last_indices: tuple[Buffer, int] | None = None
        self._spare: list[Buffer] = []

    def update(self, places: WorldTransforms, rows: Rows, *, want_previous: bool) -> None:
        """Take changed rows over; `rows` are entity indices."""
        count = len(places.matrices)
        if count == 0:
            return
        fresh = self.previous is None and want_previous
        if self.current.reserve(count):
            self.cells.reserve(count)
            rows = slice(0, count)
            self.count = count
            self._write(places, rows)
            if want_previous:
                self._copy_all(count)
            self._last, self._last_indices = slice(0, 0), None
            return
        self.count = count
        if want_previous:
            self._settle(count, rows, fresh)
        elif self.previous is not None:
            self.previous.release()
            assert self.previous_cells is not None
            self.previous_cells.release()
            self.previous = self.previous_cells = None
        self._write(places, rows)
        if fresh:
            self._copy_all(count)  # nothing known of the past: nothing moves in the first frame
            rows = slice(0, 0)
        self._last = rows

    def _write(self, places: WorldTransforms, rows: Rows) -> None:
        if row_count(rows):
            self.current.upload(places.matrices, rows)
        if places.has_cells and not self._has_cells:  # until now all were zero, as the first upload had them
            self._has_cells = True
            self.cells.upload(places.cells, slice(0, len(places.cells)))
        elif row_count(rows) and (self._has_cells or (isinstance(rows, slice) and rows.start == 0)):
            self.cells.upload(places.cells, rows)

    def _settle(self, count: int, rows: Rows, fresh: bool) -> None:
        """Make `previous` equal to `current` before the new rows come."""
        last = self._last
        if fresh or row_count(last) == 0:
            if not fresh and self.previous is not None and self.previous.capacity < count:
                self._copy_all(count)
            return
        if isinstance(last, slice) or is_whole(last, count) or self.previous is None or self.previous.capacity < count:
            self._copy_all(count)
            return
        assert self.previous_cells is not None
        indices = self.device.buffer(last.astype(np.uint32), label="settled rows")
        self.device.barrier()
        self.current.copy_rows(self.previous, indices, len(last))
        self.cells.copy_rows(self.previous_cells, indices, len(last))

    def _copy_all(self, count: int) -> None:
        if self.previous is None:
            self.previous = RowBuffer(self.device, 12, label="previous transforms")
            self.previous_cells = RowBuffer(self.device, 3, label="previous cells")
        assert self.previous_cells is not None
        for source, target in ((self.current, self.previous), (self.cells, self.previous_cells)):
            target.reserve(source.capacity)
            size = count * source.words * 4
            self.device.barrier()
            self.device.copy_buffer(source.buffer, target.buffer, size=size)

    def bind(self) -> None:
        """Bind for shaders; without a past, the past is the present."""
        bind = self.device.bind_storage
        bind(StorageSlot.TRANSFORMS, self.current.buffer)
        bind(StorageSlot.CELLS, self.cells.buffer)
        bind(StorageSlot.PREVIOUS_TRANSFORMS, (self.previous or self.current).buffer)
        bind(StorageSlot.PREVIOUS_CELLS, (self.previous_cells or self.cells).buffer)

    def release(self) -> None:
        """Give the memory back."""
        for rows in (self.current, self.cells, self.previous, self.previous_cells):
            if rows is not None:
                rows.release()
