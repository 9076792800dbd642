"""Vertices of who is deformed, beside those of meshes at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.render.deform_seats import NO_BLOCK, VERTEX_WORDS
from taixu.render.instances import NOT_DEFORMED
from taixu.render.meshes import SURFACE_DTYPE

if TYPE_CHECKING:
    from taixu.render.extraction import WorldMirror

__all__ = ["BentSurfaces"]


class BentSurfaces:
    """Where the normals and the like of each shape lie.

    Attributes
    ----------
    firsts
        First vertex of each shape, in the order in which they were added.
    """

    def __init__(self, mirror: WorldMirror) -> None:
        self.mirror = mirror
        self.firsts: list[int] = []
        self._more: list[NDArray[Any]] = []
        self._count = mirror.pool.surfaces.size // SURFACE_DTYPE.itemsize

    @property
    def is_needed(self) -> bool:
        """Whether anybody is deformed."""
        return bool(self._more)

    def add(self, mesh: int, seat: int) -> NDArray[np.float32]:
        """Take in a shape: a mesh of the pool, and its row among the deformed; gives its vertices [n, 3] in the mesh's space."""
        pool, seats = self.mirror.pool, self.mirror.deformer.seats
        known = pool.rows[mesh]
        first, count = int(known["first_vertex"]), int(known["vertex_count"])
        block = NO_BLOCK if seat == NOT_DEFORMED else int(seats.rows[seat]["first"])
        if block == NO_BLOCK:
            self.firsts.append(first)
            return pool.positions.read(np.float32, offset=first * 12, count=count * 3).reshape(-1, 3)
        size = 4 * VERTEX_WORDS
        words = seats.vertices.read(np.uint32, offset=size * block, count=VERTEX_WORDS * count).reshape(-1, VERTEX_WORDS)
        rows = pool.surfaces.read(SURFACE_DTYPE, offset=first * SURFACE_DTYPE.itemsize, count=count)
        rows["normal"] = np.ascontiguousarray(words[:, 3:5]).view(np.int16)
        rows["tangent"] = np.ascontiguousarray(words[:, 5:7]).view(np.int16)
        self.firsts.append(self._count)
        self._more.append(rows)
        self._count += count
        return np.ascontiguousarray(words[:, :3]).view(np.float32)

    def buffer(self, device: Device) -> Buffer:
        """The pool's own, or a copy of it with what was added behind."""
        surfaces = self.mirror.pool.surfaces
        if not self._more:
            return surfaces
        result = device.buffer(self._count * SURFACE_DTYPE.itemsize, label="path tracing surfaces")
        device.copy_buffer(surfaces, result, size=surfaces.size)
        result.write(np.concatenate(self._more), offset=surfaces.size // SURFACE_DTYPE.itemsize * SURFACE_DTYPE.itemsize)
        return result
