"""Joint matrices on the GPU: worked out there for the skins that are asked for, from transforms that lie there anyway."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.animation.skins import SkinPalettes
from taixu.gpu import Buffer, Device
from taixu.render.row_buffer import RowBuffer
from taixu.render.work_groups import GROUP, GroupTable
from taixu.scene.bases import Bases

__all__ = ["PaletteBuffers"]

_BASES, _BINDS, _GROUPS, _JOINTS, _PALETTES = 10, 11, 12, 13, 14


class PaletteBuffers:
    """The palettes of one world's skins, 3x4 in rows, by row of `SkinPalettes`."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._palettes = RowBuffer(device, 12, label="palettes")
        self._binds = RowBuffer(device, 12, label="inverse binds")
        self._joints = RowBuffer(device, 4, label="joints")
        self._bases = RowBuffer(device, 1, label="bases")
        self._groups = GroupTable(device, label="palette groups")
        self._revision = -1
        self._bases_seen = (-1, 0)

    @property
    def buffer(self) -> Buffer:
        """The palettes."""
        return self._palettes.buffer

    def follow(self, skins: SkinPalettes, bases: Bases) -> None:
        """Upload who is bent by what, and what joints are relative to, where that is new."""
        if self._bases_seen != (bases.revision, len(bases.of)) and len(bases.of):
            self._bases_seen = bases.revision, len(bases.of)
            self._bases.reserve(len(bases.of))
            self._bases.upload(bases.of, slice(0, len(bases.of)))
        if self._revision == skins.revision:
            return
        self._revision = skins.revision
        count = len(skins.joints)
        rows = np.zeros((count, 4), np.uint32)
        rows[:, 0], rows[:, 1], rows[:, 2] = skins.joints, skins.meshes, skins.binds
        if count:
            self._joints.upload(rows, slice(0, count))
            self._binds.upload(skins.inverse_binds, slice(0, len(skins.inverse_binds)))
            self._palettes.reserve(count)

    def work_out(self, firsts: NDArray[np.intp], counts: NDArray[np.intp]) -> None:
        """Work out the palettes of skins, which start at these rows and have so many joints. Transforms are bound."""
        if not len(firsts):
            return
        starts, owners = self._groups.spread(counts)
        table = np.empty((len(starts), 2), np.uint32)
        table[:, 0] = firsts[owners] + starts
        table[:, 1] = np.minimum(counts[owners] - starts, GROUP)
        device = self.device
        for binding, rows in ((_BASES, self._bases), (_BINDS, self._binds), (_JOINTS, self._joints), (_PALETTES, self._palettes)):
            device.bind_storage(binding, rows.buffer)
        self._groups.dispatch("compute/palettes.comp", table, binding=_GROUPS)

    def release(self) -> None:
        """Give the memory back."""
        for rows in (self._palettes, self._binds, self._joints, self._bases):
            rows.release()
        self._groups.release()
