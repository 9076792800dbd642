"""Accessors: typed views of buffers as numpy arrays, every kind that glTF 2.0 knows (section 3.6).

A tightly packed float32 accessor becomes a read-only view of the file's bytes and costs nothing; the rest is
converted with a few numpy calls. Results are cached, so that primitives which share an accessor share the
array.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.buffers import Buffers
from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.findings import GltfError

__all__ = ["COMPONENT_TYPES", "TYPE_SHAPES", "Accessor", "Accessors"]

COMPONENT_TYPES: dict[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
TYPE_SHAPES: dict[str, tuple[int, int]] = {
    "SCALAR": (1, 1),
    "VEC2": (1, 2),
    "VEC3": (1, 3),
    "VEC4": (1, 4),
    "MAT2": (2, 2),
    "MAT3": (3, 3),
    "MAT4": (4, 4),
}
"""Columns and rows; glTF stores matrices by column."""


@dataclass(frozen=True, slots=True)
class Accessor:
    """What an accessor's JSON says, checked, with its bytes not yet looked at."""

    count: int
    kind: str
    dtype: np.dtype[Any]
    normalized: bool
    view: int | None
    offset: int
    column_step: int
    element_size: int

    @property
    def components(self) -> int:
        """Numbers an element."""
        columns, rows = TYPE_SHAPES[self.kind]
        return columns * rows


class Accessors:
    """All accessors of a document, decoded when asked for."""

    def __init__(self, root: Fields, buffers: Buffers) -> None:
        self.report = root.report
        self.buffers = buffers
        self.budget = buffers.budget
        self.fields = list(root.objects("accessors"))
        self._headers: dict[int, Accessor] = {}
        self._raw: dict[int, NDArray[Any]] = {}
        self._floats: dict[int, NDArray[np.float32]] = {}
        self._derived: dict[tuple[int, str], NDArray[Any]] = {}
        self._highest: dict[int, int] = {}

    def header(self, index: int) -> Accessor:
        """Give what the accessor's JSON says."""
        found = self._headers.get(index)
        if found is None:
            found = self._headers[index] = self._parse(self.fields[index])
        return found

    def _parse(self, fields: Fields) -> Accessor:
        dtype = COMPONENT_TYPES.get(fields.integer("componentType"))
        if dtype is None:
            raise fields.fail("componentType", "it is none of 5120, 5121, 5122, 5123, 5125, 5126")
        kind = fields.text("type")
        if kind not in TYPE_SHAPES:
            raise fields.fail("type", f"'{kind[:20]}' is none of {', '.join(TYPE_SHAPES)}")
        columns, rows = TYPE_SHAPES[kind]
        column_size = rows * dtype.itemsize
        # Columns of a matrix begin at multiples of four bytes.
        column_step = column_size if columns == 1 else (column_size + 3) // 4 * 4
        offset = fields.integer("byteOffset", 0)
        view = fields.index("bufferView", "bufferViews")
        if view is None and "byteOffset" in fields:
            self.report.error(fields.at("byteOffset"), "it has no meaning without a buffer view")
        if offset % dtype.itemsize:
            self.report.error(fields.at("byteOffset"), f"{offset} is not a multiple of {dtype.itemsize}")
        return Accessor(
            count=fields.integer("count", minimum=1),
            kind=kind,
            dtype=dtype,
            normalized=fields.flag("normalized"),
            view=view,
            offset=offset,
            column_step=column_step,
            element_size=column_step * (columns - 1) + column_size,
        )

    def raw(self, index: int) -> NDArray[Any]:
        """Give the stored numbers, [n, k], little endian; matrices column by column. Read-only.

        Raises
        ------
        GltfError
            The accessor leaves its buffer view, or would take more memory than allowed.
        """
        found = self._raw.get(index)
        if found is None:
            found = self._read(self.header(index), self.fields[index])
            found.flags.writeable = False
            self._raw[index] = found
        return found

    def _read(self, header: Accessor, fields: Fields) -> NDArray[Any]:
        sparse = fields.object("sparse")
        if header.view is None:
            self._spend(fields, header.count * header.components * header.dtype.itemsize)
            values = np.zeros((header.count, header.components), header.dtype)
            if sparse is not None:
                self._patch(values, header, sparse)
            return values
        stride = self.buffers.stride(header.view) or header.element_size
        if stride < header.element_size:
            message = f"its elements have {header.element_size} bytes, its buffer view's stride only {stride}"
            raise fields.fail("", message)
        values = self._window(fields, header.view, header.offset, header.count, stride=stride, header=header)
        if sparse is not None:
            self._spend(fields, values.nbytes)
            values = values.copy()
            self._patch(values, header, sparse)
        elif not values.flags.c_contiguous or not values.flags.aligned:
            self._spend(fields, values.nbytes)
            values = np.array(values, order="C")
        return values

    def _window(self, fields: Fields, view: int, offset: int, count: int, *, stride: int, header: Accessor) -> NDArray[Any]:
        """Look at `count` elements in a buffer view: [n, k], not copied unless a matrix has padding."""
        data = self.buffers.view(view)
        end = offset + (count - 1) * stride + header.element_size
        if end > len(data):
            message = f"it ends at byte {end:,} of a buffer view of {len(data):,}; export the model again"
            raise fields.fail("", message)
        columns, rows = TYPE_SHAPES[header.kind]
        size = header.dtype.itemsize
        if header.column_step == rows * size:
            return np.ndarray((count, columns * rows), header.dtype, data, offset, (stride, size))
        steps = (stride, header.column_step, size)
        self._spend(fields, count * columns * rows * size)
        return np.ndarray((count, columns, rows), header.dtype, data, offset, steps).reshape(count, -1)

    def _patch(self, values: NDArray[Any], header: Accessor, sparse: Fields) -> None:
        count = sparse.integer("count", minimum=1, maximum=header.count)
        indices, replaced = sparse.object("indices"), sparse.object("values")
        if indices is None or replaced is None:
            raise sparse.fail("", "a sparse accessor needs indices and values")
        dtype = COMPONENT_TYPES.get(indices.integer("componentType"))
        if dtype is None or dtype.kind != "u":
            raise indices.fail("componentType", "it is none of 5121, 5123, 5125")
        scalar = Accessor(count, "SCALAR", dtype, False, None, 0, dtype.itemsize, dtype.itemsize)
        view, offset = indices.need("bufferView", "bufferViews"), indices.integer("byteOffset", 0)
        rows = self._window(indices, view, offset, count, stride=dtype.itemsize, header=scalar)[:, 0]
        rows = rows.astype(np.int64)
        if rows.max() >= header.count:
            raise indices.fail("", f"it refers to element {rows.max()} of {header.count}")
        if (np.diff(rows) <= 0).any():
            self.report.error(indices.where, "the indices do not rise")
        view, offset = replaced.need("bufferView", "bufferViews"), replaced.integer("byteOffset", 0)
        values[rows] = self._window(replaced, view, offset, count, stride=header.element_size, header=header)

    def _spend(self, fields: Fields, size: int) -> None:
        if not self.budget.spend(size):
            raise fields.fail("", "decoded it would take more memory than a file of this size may; split the model")

    def floats(self, index: int) -> NDArray[np.float32]:
        """Give the values as float32 [n, k], normalised integers brought to [0, 1] or [-1, 1]. May be
        read-only.

        Values that are not finite are noted in the report and become 0.
        """
        found = self._floats.get(index)
        if found is None:
            header = self.header(index)
            raw = self.raw(index)
            if header.dtype.kind == "f":
                found = self._finite(raw, self.fields[index])
            else:
                self._spend(self.fields[index], 4 * raw.size)
                found = normalize(raw) if header.normalized else raw.astype(np.float32)
            found.flags.writeable = False
            self._floats[index] = found
        return found

    def _finite(self, values: NDArray[np.float32], fields: Fields) -> NDArray[np.float32]:
        # Looking costs time, which thousands of accessors of the same bytes must not add up to.
        self._spend(fields, values.nbytes)
        # Blocks keep the temporary small and in the cache.
        few = len(values) <= 65536
        if np.isfinite(values).all() if few else all(
            np.isfinite(values[at : at + 65536]).all() for at in range(0, len(values), 65536)
        ):
            return values
        self.report.error(fields.where, "it holds numbers that are not finite, which become 0")
        self._spend(fields, values.nbytes)
        return np.where(np.isfinite(values), values, np.float32(0))

    def vectors(self, index: int, *components: int) -> NDArray[np.float32]:
        """Give float32 [n, k], k being one of `components`.

        Raises
        ------
        GltfError
            The accessor has another number of components.
        """
        header = self.header(index)
        if header.components not in components:
            wanted = " or ".join(str(count) for count in components)
            raise GltfError(self.fields[index].where, f"{header.kind} has not {wanted} components, as its user needs")
        return self.floats(index)

    def matrices(self, index: int) -> NDArray[np.float32]:
        """Give float32 [n, 4, 4], [rows, cols]."""
        if self.header(index).kind != "MAT4":
            raise GltfError(self.fields[index].where, "its user needs MAT4")
        return self.floats(index).reshape(-1, 4, 4).transpose(0, 2, 1)

    def colors(self, index: int, *, alpha: float) -> NDArray[np.float32]:
        """Give float32 [n, 4]; colours of three components get `alpha`."""
        values = self.vectors(index, 3, 4)
        if values.shape[1] == 4:
            return values
        key = (index, f"colors {alpha}")
        found = self._derived.get(key)
        if found is None:
            self._spend(self.fields[index], 16 * len(values))
            found = np.full((len(values), 4), alpha, np.float32)
            found[:, :3] = values
            self._derived[key] = found
        return found

    def joints(self, index: int) -> NDArray[Any]:
        """Give joint indices, uint16 [n, 4] (uint32 where a file has those)."""
        values = self.integers(index, 4)
        return self._widened(index, values, np.uint16) if values.dtype.itemsize == 1 else values

    def indices(self, index: int) -> NDArray[np.uint32]:
        """Give vertex indices, uint32 [m]."""
        values = self.integers(index, 1)[:, 0]
        return self._widened(index, values, np.uint32) if values.dtype.itemsize < 4 else values

    def _widened(self, index: int, values: NDArray[Any], dtype: type[np.uint16] | type[np.uint32]) -> NDArray[Any]:
        key = (index, dtype.__name__)
        found = self._derived.get(key)
        if found is None:
            self._spend(self.fields[index], values.size * np.dtype(dtype).itemsize)
            found = self._derived[key] = values.astype(dtype)
        return found

    def highest(self, index: int) -> int:
        """Give the largest vertex index of an accessor."""
        found = self._highest.get(index)
        if found is None:
            values = self.integers(index, 1)
            self._spend(self.fields[index], values.nbytes)
            found = self._highest[index] = int(values.max())
        return found

    def integers(self, index: int, components: int) -> NDArray[Any]:
        """Give unsigned integers [n, k], as stored.

        Raises
        ------
        GltfError
            The accessor holds floats, signed integers or another number of components.
        """
        header = self.header(index)
        if header.dtype.kind != "u" or header.components != components:
            message = f"its user needs {components} unsigned integers, not {header.kind} of {header.dtype}"
            raise GltfError(self.fields[index].where, message)
        return self.raw(index)


def normalize(values: NDArray[Any]) -> NDArray[np.float32]:
    """Bring integers to [0, 1] or [-1, 1] as float32 (glTF 2.0, section 3.6.2.2)."""
    result = values.astype(np.float32)
    result *= np.float32(1.0 / np.iinfo(values.dtype).max)
    if values.dtype.kind == "i":
        np.maximum(result, np.float32(-1), out=result)
    return result
