"""What people are made of: the base mesh, its targets, weights and joints, as ``assets/avatars/people.bin`` holds them.

The build script of the assets writes the file; its numbers are MakeHuman's (CC0). Rows are vertices, then joints.
"""

from __future__ import annotations

import json
import lzma
import math
import struct
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import data_path, read_bytes
from taixu.errors import MachineError

__all__ = ["PeopleData", "people_data"]

_MAGIC = b"TXPEOPLE"
_MOST_BYTES = 1 << 26
_HEAD = struct.Struct("<I")
UNIT_M = 1e-4
"""Targets count tenths of a millimetre."""


@dataclass(frozen=True)
class PeopleData:
    """The asset, looked up by name.

    Attributes
    ----------
    positions : float64 [r, 3]
        Metres: vertices, then joints; Y up, facing +Z, the ground somewhere below.
    twins : int64 [r]
        Each row's row on the other side.
    quads, corners : int64 [f, 4]
        Vertices, and rows of `coordinates`; anticlockwise seen from outside.
    coordinates : float64 [t, 2]
        Texture coordinates, v down.
    quad_groups : uint8 [f]
        Which of `groups` a quad belongs to.
    joints : dict of str to int
        Row of each joint by name.
    bones, bone_weights : int64 [v, 4], float64 [v, 4]
        Which of `bone_names` move a vertex, and how much; they sum to one.
    under : int64 [b]
        For each vertex of the body (the first rows) the vertex of the tights that is next to it.
    """

    positions: NDArray[np.float64]
    twins: NDArray[np.int64]
    quads: NDArray[np.int64]
    corners: NDArray[np.int64]
    coordinates: NDArray[np.float64]
    quad_groups: NDArray[np.uint8]
    groups: tuple[str, ...]
    joints: dict[str, int]
    bone_names: tuple[str, ...]
    bones: NDArray[np.int64]
    bone_weights: NDArray[np.float64]
    under: NDArray[np.int64]
    _half: NDArray[np.int64]
    _levels: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]
    _macros: NDArray[np.int16]
    _macro_rows: dict[str, int]
    _details: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]

    @property
    def vertex_count(self) -> int:
        """How many rows are vertices."""
        return len(self.bones)

    @property
    def macro_names(self) -> frozenset[str]:
        """What `macros` takes."""
        return frozenset(self._macro_rows)

    @property
    def detail_names(self) -> tuple[str, ...]:
        """What `detail` takes."""
        return tuple(self._details)

    def group(self, *names: str) -> NDArray[np.int64]:
        """Quads of groups, by number."""
        return np.nonzero(np.isin(self.quad_groups, [self.groups.index(name) for name in names]))[0]

    def macros(self, weights: dict[str, float]) -> NDArray[np.float64]:
        """The sum of dense targets, each by its weight: float64 [r, 3], metres."""
        rows = [self._macro_rows[name] for name in weights]
        told = np.tensordot(np.array(list(weights.values())), self._macros[rows].astype(np.float64), 1).T * UNIT_M
        for at, parents in self._levels:
            told[at] += told[parents]
        moved = np.empty_like(self.positions)
        moved[self.twins[self._half]] = told * (-1.0, 1.0, 1.0)
        moved[self._half] = told
        return moved

    def detail(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows that a sparse target moves, and by how much: int64 [k], float64 [k, 3] in metres."""
        return self._details[name]


@cache
def people_data() -> PeopleData:
    """The asset; read once.

    Raises
    ------
    MachineError
        When this installation lacks it, or it is damaged.
    """
    path = data_path("assets") / "avatars" / "people.bin"
    data = read_bytes(path, max_bytes=_MOST_BYTES) if path.is_file() else b""
    try:
        return _read(data)
    except (ValueError, KeyError, lzma.LZMAError, struct.error) as error:
        raise MachineError(f"{path}: is missing or damaged ({error}); install Taixu anew") from error


def _read(data: bytes) -> PeopleData:
    if not data.startswith(_MAGIC):
        raise ValueError("it does not begin as it should")
    (size,) = _HEAD.unpack_from(data, len(_MAGIC))
    if size > _MOST_BYTES:
        raise ValueError("it is too large")
    body = lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(data[len(_MAGIC) + 4 :], max_length=size)
    (head,) = _HEAD.unpack_from(body)
    found: dict[str, Any] = {}
    at = 4 + head
    for name, about in json.loads(body[4:at]).items():
        if isinstance(about, list):
            found[name] = about
            continue
        dtype, count = np.dtype(about["dtype"]), math.prod(about["shape"])
        planes = np.frombuffer(body, np.uint8, count * dtype.itemsize, at).reshape(dtype.itemsize, count)
        found[name] = np.ascontiguousarray(planes.T).reshape(-1).view(dtype).reshape(about["shape"])
        at += planes.size
    return _people(found)


def _people(found: dict[str, Any]) -> PeopleData:
    twins, half, parents = (found[name].astype(np.int64) for name in ("twins", "half", "parents"))
    coordinates = found["coordinates"].astype(np.float64) / 65535.0
    vertices = found["bones"].shape[1]
    return PeopleData(
        positions=found["positions"] * (UNIT_M * 0.1), twins=twins, quads=found["quads"].astype(np.int64),
        corners=found["corners"].astype(np.int64), coordinates=np.stack([coordinates[:, 0], 1.0 - coordinates[:, 1]], 1),
        quad_groups=found["quad_groups"], groups=tuple(found["group_names"]),
        joints={name: vertices + row for row, name in enumerate(found["joint_names"])},
        bone_names=tuple(found["bone_names"]), bones=found["bones"].T.astype(np.int64),
        bone_weights=found["bone_weights"].T.astype(np.float64) / 255.0,
        under=found["under"].astype(np.int64), _half=half, _levels=_levels(parents), _macros=found["macros"],
        _macro_rows={name: row for row, name in enumerate(found["macro_names"])}, _details=_details(found, twins, half),
    )  # fmt: skip


def _levels(parents: NDArray[np.int64]) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]:
    """Rows by their distance from the root of the tree, those next to it first; each with the row it is told from."""
    is_root = parents == np.arange(len(parents))
    depth = (~is_root).astype(np.int64)
    above = parents
    while not is_root[above].all():
        depth += ~is_root[above]
        above = parents[above]
    order = np.argsort(depth, kind="stable")
    starts = np.searchsorted(depth[order], np.arange(1, depth.max() + 2))
    return tuple((order[a:b], parents[order[a:b]]) for a, b in pairwise(starts))


def _details(found: dict[str, Any], twins: NDArray[Any], half: NDArray[Any]) -> dict[str, tuple[Any, Any]]:
    result: dict[str, tuple[Any, Any]] = {}
    ends = np.cumsum(found["detail_counts"].astype(np.int64))
    for name, count, end, symmetric in zip(
        found["detail_names"], found["detail_counts"].astype(np.int64), ends, found["detail_symmetric"], strict=True
    ):
        part = slice(end - count, end)
        rows = np.cumsum(found["detail_steps"][part].astype(np.int64))
        moved = np.cumsum(found["detail_values"][:, part].astype(np.int64), axis=1).T * UNIT_M
        if symmetric:
            rows = half[rows]
            other = twins[rows] != rows
            moved = np.concatenate([moved, moved[other] * (-1.0, 1.0, 1.0)])
            rows = np.concatenate([rows, twins[rows[other]]])
        result[name] = rows, moved
    return result
