"""Arrays into one binary buffer: buffer views and accessors, each array written once however often it is used."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Packer", "plain_floats"]

Role = Literal["vertices", "indices", "data"]
_TARGETS = {"vertices": 34962, "indices": 34963}
_COMPONENTS = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 9: "MAT3", 16: "MAT4"}


def plain_floats(values: NDArray[Any]) -> list[float]:
    """Turn float32 numbers into the shortest Python floats that mean the same, for JSON."""
    return [float(str(value)) for value in values.astype(np.float32)]


class Packer:
    """Builds the binary chunk with its buffer views and accessors.

    Arrays are told apart by identity, so that primitives which share one keep sharing it.
    """

    def __init__(self) -> None:
        self.chunks: list[bytes | memoryview] = []
        self.size = 0
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self._packed: dict[tuple[int, str, str], int] = {}
        self._kept: list[Any] = []  # what identities refer to must live as long as they are compared

    def add_bytes(self, data: bytes | memoryview, *, align: int = 4) -> int:
        """Append a blob in a buffer view of its own, aligned to four bytes (or eight)."""
        key = (id(data), "bytes", "")
        if key not in self._packed:
            self._kept.append(data)
            self._packed[key] = self._append(data, {}, align)
        return self._packed[key]

    def _append(self, data: bytes | memoryview, view: dict[str, Any], align: int = 4) -> int:
        gap = -self.size % align
        if gap:
            self.chunks.append(bytes(gap))
            self.size += gap
        length = data.nbytes if isinstance(data, memoryview) else len(data)
        self.views.append({"buffer": 0, "byteOffset": self.size, "byteLength": length, **view})
        self.chunks.append(data)
        self.size += length
        return len(self.views) - 1

    def find(self, array: NDArray[Any], role: Role, kind: str = "") -> int | None:
        """Give the accessor of an array that is packed already in the same role."""
        return self._packed.get((id(array), role, kind))

    def add_sparse(self, source: NDArray[Any], values: NDArray[np.float32], rows: NDArray[np.int64], *, kind: str = "") -> int:
        """Append float32 values, [n, k], of which few `rows`, rising, are not zero, as those alone; gives their accessor.

        What moves a face moves a small part of it: morph targets shrink to a tenth.
        """
        rows = rows if len(rows) else np.zeros(1, np.int64)
        dtype = np.dtype(np.uint16 if len(values) <= 65536 else np.uint32)
        indices = self._append(np.ascontiguousarray(rows.astype(dtype.newbyteorder("<"))).view(np.uint8).data, {})
        kept = np.ascontiguousarray(values[rows], np.dtype("<f4"))
        chosen = self._append(kept.reshape(-1).view(np.uint8).data, {})
        spread = [kept.min(axis=0), kept.max(axis=0)]
        if len(rows) < len(values):
            spread = [np.minimum(spread[0], 0.0), np.maximum(spread[1], 0.0)]
        self.accessors.append({
            "componentType": _COMPONENTS["f4"], "count": len(values), "type": _TYPES[values.shape[1]],
            "min": plain_floats(spread[0]), "max": plain_floats(spread[1]),
            "sparse": {
                "count": len(rows), "indices": {"bufferView": indices, "componentType": _COMPONENTS[dtype.str[1:]]},
                "values": {"bufferView": chosen},
            },
        })  # fmt: skip
        self._kept.append(source)
        index = self._packed[id(source), "vertices", kind] = len(self.accessors) - 1
        return index

    def add_array(
        self,
        source: NDArray[Any],
        values: NDArray[Any],
        *,
        role: Role,
        kind: str = "",
        bounds: bool = False,
    ) -> int:
        """Append `values`, [n] or [n, k], which were made of `source`; give their accessor.

        The component type is the array's own (int8 to uint32, float32); k is 1 to 4, 9 or 16. Elements of
        vertex attributes are padded to four bytes. `kind` tells apart what is made of one source in different
        ways.
        """
        columns = 1 if values.ndim == 1 else values.shape[1]
        accessor: dict[str, Any] = {
            "bufferView": len(self.views),
            "componentType": _COMPONENTS[values.dtype.str[1:]],
            "count": len(values),
            "type": _TYPES[columns],
        }
        if bounds:
            table = values.reshape(len(values), columns)
            for name, extreme in (("min", table.min(axis=0)), ("max", table.max(axis=0))):
                accessor[name] = plain_floats(extreme) if values.dtype.kind == "f" else extreme.tolist()
        view: dict[str, Any] = {"target": _TARGETS[role]} if role in _TARGETS else {}
        stored = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        row = columns * stored.itemsize
        if role == "vertices" and row % 4:
            padded = np.zeros((len(stored), (row + 3) // 4 * 4), np.uint8)
            padded[:, :row] = stored.reshape(len(stored), columns).view(np.uint8)
            view["byteStride"] = padded.shape[1]
            stored = padded
        self._append(stored.reshape(-1).view(np.uint8).data, view)
        self.accessors.append(accessor)
        self._kept.append(source)
        index = self._packed[id(source), role, kind] = len(self.accessors) - 1
        return index
