"""The mesh pool: all vertices in shared buffers, so that one multi-draw reaches every mesh.

A vertex is 12 bytes of position in one buffer and 40 bytes of surface in another, so that depth and shadow passes fetch
positions only. Indices are uint32. Strips, fans and loops become lists when they are added, so three primitive modes
are left. Buffers grow by doubling, with a copy on the device.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Mode, Primitive
from taixu.gpu import Device
from taixu.render.bindings import MESH_ROW, StorageSlot
from taixu.render.deform_data import DeformPool
from taixu.render.ranges import RangeAllocator
from taixu.render.row_buffer import RowBuffer, enlarged, grown

__all__ = ["MODES", "SURFACE_DTYPE", "MeshPool", "pack_surface"]

MODES = ("points", "lines", "triangles")
"""Primitive modes that are left, in the numbering of `MeshPool.modes`."""

SURFACE_DTYPE = np.dtype(
    [("normal", "<i2", 4), ("tangent", "<i2", 4), ("uv0", "<f4", 2), ("uv1", "<f4", 2), ("color", "<u2", 4)]
)
_PAGE = 1 << 14


class MeshPool:
    """Meshes by id. Id 0 is the empty mesh.

    Attributes
    ----------
    rows : structured array of `MESH_ROW`
        Bounding spheres and vertex ranges, by mesh id.
    first_indices, modes
        Where indices start; primitive mode (index into `MODES`).
    deforms
        Influences and morph targets of meshes that have them.
    version
        Changes when meshes came or went.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.positions = device.buffer(_PAGE * 12, label="positions")
        self.surfaces = device.buffer(_PAGE * SURFACE_DTYPE.itemsize, label="surfaces")
        self.indices = device.buffer(_PAGE * 4, label="indices")
        self._vertex_ranges, self._index_ranges = RangeAllocator(_PAGE), RangeAllocator(_PAGE)
        self.rows = MESH_ROW.zeros(64)
        self.first_indices = np.zeros(64, np.uint32)
        self.modes = np.full(64, 2, np.uint8)
        self.count = 1
        self.version = 0
        self.deforms = DeformPool(device)
        self._free_ids: list[int] = []
        self._row_buffer = RowBuffer(device, 8, label="meshes")
        self._dirty = True

    def add(self, primitive: Primitive) -> int:
        """Upload a primitive, with what deforms it, and give its mesh id.

        Raises
        ------
        ValueError
            Where an index reaches beyond the vertices.
        """
        positions = np.ascontiguousarray(primitive.attributes.get("POSITION", np.zeros((0, 3))), np.float32)
        if not np.isfinite(positions).all():
            positions = np.nan_to_num(positions, posinf=0.0, neginf=0.0)  # a file may hold anything
        indices, mode = list_indices(primitive)
        if len(indices) == 0 or len(positions) == 0:
            return 0
        if int(indices.max()) >= len(positions):
            raise ValueError(f"an index reaches vertex {int(indices.max())} of {len(positions)}")
        first_vertex, first_index = self._allocate_vertices(len(positions)), self._allocate_indices(len(indices))
        self.positions.write(positions, offset=first_vertex * 12)
        self.surfaces.write(pack_surface(primitive, indices, mode), offset=first_vertex * SURFACE_DTYPE.itemsize)
        self.indices.write(indices, offset=first_index * 4)
        center = (positions.min(0).astype(np.float64) + positions.max(0)) / 2
        radius = float(np.linalg.norm(positions - center, axis=1).max())
        mesh = self._new_id()
        self.rows[mesh] = ((*center, radius), first_vertex, len(indices), len(positions))
        self.first_indices[mesh], self.modes[mesh] = first_index, mode
        self.deforms.add(mesh, primitive)
        self._touch()
        return mesh

    def remove(self, mesh: int) -> None:
        """Give a mesh's room back; who still draws it draws nothing."""
        row = self.rows[mesh]
        if mesh == 0 or row["index_count"] == 0:
            return
        self._vertex_ranges.free(int(row["first_vertex"]), int(row["vertex_count"]))
        self.deforms.remove(mesh)
        self._index_ranges.free(int(self.first_indices[mesh]), int(row["index_count"]))
        self.rows[mesh] = ((0, 0, 0, 0), 0, 0, 0)
        self._free_ids.append(mesh)
        self._touch()

    def bind(self) -> None:
        """Upload rows that changed, and bind them."""
        if self._dirty:
            self._row_buffer.upload(self.rows[: self.count], slice(0, self.count))
            self._dirty = False
        self.device.bind_storage(StorageSlot.MESHES, self._row_buffer.buffer)

    def _touch(self) -> None:
        self._dirty = True
        self.version += 1

    def _new_id(self) -> int:
        if self._free_ids:
            return self._free_ids.pop()
        if self.count == len(self.rows):
            size = grown(self.count, self.count + 1)
            rows = MESH_ROW.zeros(size)
            rows[: self.count] = self.rows
            self.rows = rows
            self.first_indices = np.resize(self.first_indices, size)
            self.modes = np.resize(self.modes, size)
        self.count += 1
        return self.count - 1

    def _allocate_vertices(self, count: int) -> int:
        start = self._vertex_ranges.allocate(count)
        if start is None:
            capacity = grown(self._vertex_ranges.capacity, self._vertex_ranges.capacity + count)
            self.positions = enlarged(self.positions, capacity * 12)
            self.surfaces = enlarged(self.surfaces, capacity * SURFACE_DTYPE.itemsize)
            self._vertex_ranges.grow(capacity)
            start = self._vertex_ranges.allocate(count)
            assert start is not None
        return start

    def _allocate_indices(self, count: int) -> int:
        start = self._index_ranges.allocate(count)
        if start is None:
            capacity = grown(self._index_ranges.capacity, self._index_ranges.capacity + count)
            self.indices = enlarged(self.indices, capacity * 4)
            self._index_ranges.grow(capacity)
            start = self._index_ranges.allocate(count)
            assert start is not None
        return start


def list_indices(primitive: Primitive) -> tuple[NDArray[np.uint32], int]:
    """Indices of points, lines or triangles as lists, and the mode in `MODES`."""
    order = np.arange(primitive.vertex_count, dtype=np.uint32) if primitive.indices is None else primitive.indices
    mode = primitive.mode
    if mode >= Mode.TRIANGLES:
        return np.ascontiguousarray(primitive.triangles().reshape(-1), np.uint32), 2
    if mode == Mode.POINTS:
        return np.ascontiguousarray(order, np.uint32), 0
    if mode == Mode.LINES:
        return np.ascontiguousarray(order[: len(order) // 2 * 2], np.uint32), 1
    if len(order) < 2:
        return np.zeros(0, np.uint32), 1
    ends = np.append(order[1:], order[:1]) if mode == Mode.LINE_LOOP else order[1:]
    return np.ascontiguousarray(np.stack([order[: len(ends)], ends], 1).reshape(-1), np.uint32), 1


def pack_surface(primitive: Primitive, indices: NDArray[np.uint32], mode: int) -> NDArray[Any]:
    """Normals, tangents, texture coordinates and colours as `SURFACE_DTYPE`.

    A tangent that is missing has w = 0, and shaders derive it; a missing normal is made from the triangles, and is zero
    for points and lines.
    """
    have = primitive.attributes
    out = np.zeros(primitive.vertex_count, SURFACE_DTYPE)
    normals = have.get("NORMAL")
    if normals is None and mode == 2:
        normals = smooth_normals(np.nan_to_num(np.asarray(have["POSITION"], np.float32), posinf=0.0, neginf=0.0), indices)
    if normals is not None:
        out["normal"][:, :3] = _snorm16(normals)
    if "TANGENT" in have:
        out["tangent"] = _snorm16(have["TANGENT"])
    if "TEXCOORD_0" in have:
        out["uv0"] = have["TEXCOORD_0"]
    if "TEXCOORD_1" in have:
        out["uv1"] = have["TEXCOORD_1"]
    colors = have.get("COLOR_0")
    out["color"] = 65535 if colors is None else np.rint(np.clip(np.nan_to_num(colors), 0, 1) * 65535)
    return out


def smooth_normals(positions: NDArray[np.float32], indices: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Vertex normals: the sum of the triangles' area vectors, made unit."""
    corners = positions[indices.reshape(-1, 3)].astype(np.float64)
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros((len(positions), 3))
    for k in range(3):
        np.add.at(normals, indices.reshape(-1, 3)[:, k], areas)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return (normals / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)


def _snorm16(values: NDArray[Any]) -> NDArray[np.int16]:
    packed: NDArray[np.int16] = np.rint(np.clip(np.nan_to_num(values), -1, 1) * 32767).astype(np.int16)
    return packed
