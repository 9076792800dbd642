"""Seats: a row for each deformed renderable, and blocks of vertices for those that are seen.

A mesh is drawn by all who show it together; what differs is where each finds its vertices. Only who is seen has a block,
and gives it back some time after it was seen last.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.render.bindings import DEFORMED_ROW, StorageSlot
from taixu.render.blocks import Blocks
from taixu.render.row_buffer import RowBuffer, enlarged, grown

__all__ = ["NO_BLOCK", "VERTEX_WORDS", "Seats"]

NO_BLOCK = 0xFFFFFFFF
VERTEX_WORDS = 7
"""Position, normal, tangent."""
_log = logging.getLogger(__name__)
_Indices = NDArray[np.intp]
_COLUMNS = {"slots": -1, "meshes": 0, "entities": -1, "bodies": 0, "seen": -(1 << 40), "ran": -(1 << 40)}


class Seats:
    """Deformed renderables of one world, as arrays by seat.

    Attributes
    ----------
    rows : structured array of `DEFORMED_ROW`
        What the device knows.
    slots, meshes, entities, bodies : int64 arrays
        Render slot (-1: nobody sits here), pool mesh, entity index, and its number among the bodies.
    seen, ran : int64 arrays
        Frames in which it was seen, and deformed, last.
    is_stale, is_settled : bool arrays
        It moved since it was deformed; its past equals its present.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.rows = DEFORMED_ROW.zeros(0)
        self.slots = self.meshes = self.entities = self.bodies = self.seen = self.ran = np.zeros(0, np.int64)
        self.is_stale = self.is_settled = np.zeros(0, bool)
        self.vertices: Buffer = device.buffer(VERTEX_WORDS * 4, label="deformed vertices")
        self.previous: Buffer | None = None
        self.is_dirty = True
        self._numbers, self._blocks = Blocks(), Blocks()
        self._row_buffer = RowBuffer(device, DEFORMED_ROW.dtype.itemsize // 4, label="deformed rows")
        self._is_full = False

    @property
    def capacity(self) -> int:
        """Vertices for which there is room."""
        return self.vertices.size // (VERTEX_WORDS * 4)

    def __len__(self) -> int:
        return int((self.slots >= 0).sum())

    def take(self, count: int) -> _Indices:
        """Seats for so many newcomers, who have never been seen."""
        seats = self._numbers.take(1, count).astype(np.intp)
        have, need = len(self.rows), self._numbers.high
        if need > have:
            size = grown(have, need)
            rows = DEFORMED_ROW.zeros(size)
            rows[:have] = self.rows
            self.rows = rows
            for name, empty in _COLUMNS.items():
                setattr(self, name, np.concatenate([getattr(self, name), np.full(size - have, empty, np.int64)]))
            for name in ("is_stale", "is_settled"):
                setattr(self, name, np.concatenate([getattr(self, name), np.zeros(size - have, bool)]))
        for name, empty in _COLUMNS.items():
            getattr(self, name)[seats] = empty
        self.rows[seats] = DEFORMED_ROW.zeros(1)[0]
        self.rows["first"][seats] = NO_BLOCK
        self.is_stale[seats], self.is_settled[seats] = True, False
        return seats

    def leave(self, seats: _Indices) -> None:
        """These seats are free again."""
        if len(seats):
            self.give_blocks_back(seats)
            self.slots[seats] = -1
            self._numbers.give_back(seats.astype(np.int32), np.ones(len(seats), np.int32))

    def give_blocks_back(self, seats: _Indices) -> None:
        """Nobody sees these any more."""
        held = seats[self.rows["first"][seats] != NO_BLOCK]
        if len(held):
            self._blocks.give_back(self.rows["first"][held].astype(np.int32), _lengths(self.rows["vertex_count"][held]))
            self.rows["first"][held] = NO_BLOCK
            self.is_dirty = True

    def take_blocks(self, seats: _Indices) -> _Indices:
        """Give these, in the order of their importance, room for their vertices; gives those who got some."""
        if not len(seats):
            return seats
        lengths = _lengths(self.rows["vertex_count"][seats])
        most = self.device.capabilities.max_storage_bytes // (VERTEX_WORDS * 4)
        fits = self._blocks.high + np.cumsum(lengths) <= most
        if not fits.all():
            self._warn(most)
            seats, lengths = seats[fits], lengths[fits]
        for length in np.unique(lengths).tolist():
            chosen = seats[lengths == length]
            self.rows["first"][chosen] = self._blocks.take(length, len(chosen))
        self.rows["shift"][seats] = self.rows["first"][seats] - self.rows["base_vertex"][seats]
        self.is_stale[seats], self.is_dirty = True, True
        if self._blocks.high > self.capacity:
            size = min(grown(self.capacity, self._blocks.high, least=1 << 12), most)
            self.vertices = enlarged(self.vertices, size * VERTEX_WORDS * 4)
            if self.previous is not None:
                self.previous = enlarged(self.previous, size * 12)
        return seats

    def keep_past(self, *, wanted: bool) -> None:
        """Remember last frame's positions too, or no more."""
        if wanted == (self.previous is not None):
            return
        if self.previous is not None:
            self.previous.release()
            self.previous = None
            return
        self.previous = self.device.buffer(self.capacity * 12, label="previous positions")
        self.is_settled[:] = False

    def bind(self) -> None:
        """Upload rows that changed, and bind them."""
        if self.is_dirty:
            self.is_dirty = False
            if len(self.rows):
                self._row_buffer.upload(self.rows, slice(0, self._numbers.high))
        self.device.bind_storage(StorageSlot.DEFORMED_ROWS, self._row_buffer.buffer)

    def _warn(self, most: int) -> None:
        if not self._is_full:
            self._is_full = True
            _log.warning("%s holds %s deformed vertices, and more are in view: who found no room is not drawn",
                         self.device.capabilities.name, f"{most:,}")  # fmt: skip

    def release(self) -> None:
        """Give the memory back."""
        self.vertices.release()
        self._row_buffer.release()
        if self.previous is not None:
            self.previous.release()


def _lengths(counts: NDArray[Any]) -> NDArray[np.int64]:
    """Lengths of blocks for so many vertices: a few sizes only, at most an eighth too long."""
    step = np.exp2(np.maximum(np.floor(np.log2(np.maximum(counts, 1))) - 3, 6)).astype(np.int64)
    return -(-counts.astype(np.int64) // step) * step
