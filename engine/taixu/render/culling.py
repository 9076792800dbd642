"""Culling on the GPU: from all renderables to one view's visible lists and instance counts; nothing is read back."""

from __future__ import annotations

import numpy as np

from taixu.gpu import Buffer, Device
from taixu.render.bindings import StorageSlot, UniformSlot
from taixu.render.bins import DrawLists
from taixu.render.row_buffer import grown

__all__ = ["COMMANDS", "Culler", "VisibleList"]

COMMANDS, _VISIBLE, _PLACES = StorageSlot.FREE, StorageSlot.FREE + 1, StorageSlot.FREE + 2


class VisibleList:
    """What one view sees: commands with their instance counts, and object ids by command.

    Shadow maps, probes and picking make lists of their own with `Culler.make_list`.
    """

    def __init__(self, device: Device, *, label: str = "view") -> None:
        self.device, self.label = device, label
        self.commands: Buffer | None = None
        self.ids: Buffer | None = None

    def reserve(self, lists: DrawLists) -> None:
        """Make room for an arrangement."""
        size = lists.template.nbytes
        if self.commands is None or self.commands.size < size:
            self.commands = self.device.buffer(20 * grown(0, len(lists.template)), label=f"{self.label} commands")
        if self.ids is None or self.ids.size < 4 * lists.visible_count:
            self.ids = self.device.buffer(4 * grown(0, lists.visible_count, least=1024), label=f"{self.label} visible")

    def release(self) -> None:
        """Give the memory back."""
        for buffer in (self.commands, self.ids):
            if buffer is not None:
                buffer.release()
        self.commands = self.ids = None


class Culler:
    """Keeps an arrangement's templates on the GPU and runs the culling pass."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._template: Buffer | None = None
        self._places: Buffer | None = None
        self._version = -1
        self._size = 0

    def update(self, lists: DrawLists) -> None:
        """Follow a new arrangement."""
        if self._version != lists.version:
            self._template = self.device.buffer(np.ascontiguousarray(lists.template), label="command template")
            self._places = self.device.buffer(np.ascontiguousarray(lists.places), label="command places")
            self._version, self._size = lists.version, lists.template.nbytes

    def cull(self, lists: DrawLists, visible: VisibleList, *, count: int, flags: int, phase: str = "") -> None:
        """Fill `visible` for the frustum, cell and layer mask of the view block that is bound.

        Transforms, renderables and meshes are bound already; `flags` are those that a renderable must have. `phase` is for
        `taixu.render.culling_hidden`: "FIRST", or "LATER", which adds to what the first one found.
        """
        device = self.device
        if phase != "LATER":
            visible.reserve(lists)
        assert visible.commands is not None
        assert visible.ids is not None
        assert self._template is not None
        assert self._places is not None
        if phase != "LATER":
            device.copy_buffer(self._template, visible.commands, size=self._size)
        device.push_uniform(UniformSlot.PASS, np.array((count, flags, 0, 0), np.uint32))
        device.bind_storage(COMMANDS, visible.commands)
        device.bind_storage(_VISIBLE, visible.ids)
        device.bind_storage(_PLACES, self._places)
        device.barrier()
        pipeline = device.compute_pipeline("compute/cull.comp", defines={phase: True} if phase else None)
        device.dispatch(pipeline, max(1, -(-count // 64)))
        device.barrier()

    def release(self) -> None:
        """Give the memory back."""
        for buffer in (self._template, self._places):
            if buffer is not None:
                buffer.release()
