"""Renderables: one row for each primitive of each entity that is drawn, in slots that stay where they are.

An entity's primitives lie side by side; who comes takes the place of somebody of the same shape who went.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Rows
from taixu.gpu import Device
from taixu.math.integers import distinct
from taixu.render.bindings import RENDERABLE_ROW, StorageSlot
from taixu.render.blocks import Blocks
from taixu.render.row_buffer import RowBuffer, grown

__all__ = ["NOT_DEFORMED", "NO_COMMAND", "Renderables"]

NO_COMMAND = 0xFFFFFFFF
"""The command of a row that is not drawn by multi-draws: a free slot, or a blended renderable."""

NOT_DEFORMED = 0xFFFFFFFF
"""The seat of a row whose mesh is drawn as it is."""

Indices = NDArray[np.intp]


class Renderables:
    """Rows by render slot, mirrored on the GPU.

    Attributes
    ----------
    rows : structured array of `RENDERABLE_ROW`
        By render slot; free slots have no command and no flags.
    first_slots, slot_counts : int32 arrays
        By entity index: where its slots start (-1: it has none), and how many there are.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.rows = _empty_rows(64)
        self.first_slots = np.full(64, -1, np.int32)
        self.slot_counts = np.zeros(64, np.int32)
        self.live = 0
        self.version = 0
        """Changes when slots were given or taken, or a row's command changed."""
        self._blocks = Blocks()
        self._dirty: list[Indices] = []
        self._buffer = RowBuffer(device, RENDERABLE_ROW.dtype.itemsize // 4, label="renderables")

    def reserve_entities(self, capacity: int) -> None:
        """Make room for entity indices below `capacity`."""
        have = len(self.first_slots)
        if capacity > have:
            size = grown(have, capacity)
            self.first_slots = np.concatenate([self.first_slots, np.full(size - have, -1, np.int32)])
            self.slot_counts = np.concatenate([self.slot_counts, np.zeros(size - have, np.int32)])

    def give(self, entities: Indices, counts: NDArray[np.int32]) -> None:
        """Give each entity index (which has none) as many slots as `counts` says; zero gives none."""
        for count in np.unique(counts):
            k = int(count)
            who = entities[counts == k]
            if k == 0 or len(who) == 0:
                continue
            self.first_slots[who] = self._blocks.take(k, len(who))
            self.slot_counts[who] = k
            self.live += k * len(who)
        self._reserve_rows(self.high)
        self.version += 1

    @property
    def high(self) -> int:
        """Slots in use lie below it."""
        return self._blocks.high

    def free(self, entities: Indices) -> Indices:
        """Take the slots of these entity indices back; gives the slots."""
        owners = entities[self.first_slots[entities] >= 0]
        if len(owners) == 0:
            return np.zeros(0, np.intp)
        slots = self.slots_of(owners)
        self._blocks.give_back(self.first_slots[owners], self.slot_counts[owners])
        self.live -= len(slots)
        self.first_slots[owners] = -1
        self.slot_counts[owners] = 0
        return slots

    def clear_rows(self, slots: Indices) -> None:
        """Make rows draw nothing."""
        self.rows[slots] = _empty_rows(1)[0]
        self.mark(slots)
        self.version += 1

    def slots_of(self, entities: Indices) -> Indices:
        """All slots of these entity indices, an entity's side by side."""
        counts = self.slot_counts[entities]
        starts = self.first_slots[entities]
        if len(counts) and counts.min() == 1 == counts.max():
            return starts.astype(np.intp)
        total = int(counts.sum())
        offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        return (offsets + np.arange(total)).astype(np.intp)

    def mark(self, slots: Indices) -> None:
        """Say that rows changed."""
        if len(slots):
            self._dirty.append(slots)

    @property
    def waiting(self) -> list[Indices]:
        """Slots of rows that changed since the last upload."""
        return self._dirty

    def upload(self) -> None:
        """Bring changed rows to the GPU, and bind them."""
        if self._dirty:
            rows: Rows = self._dirty[0] if len(self._dirty) == 1 else distinct(np.concatenate(self._dirty))
            self._dirty.clear()
            self._buffer.upload(self.rows[: max(self.high, 1)], rows)
        self.device.bind_storage(StorageSlot.RENDERABLES, self._buffer.buffer)

    def _reserve_rows(self, count: int) -> None:
        have = len(self.rows)
        if count > have:
            rows = _empty_rows(grown(have, count))
            rows[:have] = self.rows
            self.rows = rows

    def release(self) -> None:
        """Give the memory back."""
        self._buffer.release()


def _empty_rows(count: int) -> NDArray[Any]:
    rows = RENDERABLE_ROW.zeros(count)
    rows["command"], rows["deformed"] = NO_COMMAND, NOT_DEFORMED
    return rows
