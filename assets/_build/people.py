"""Distils the data that people are made of, ``assets/avatars/people.bin``, from MakeHuman's (CC0; see `people_source`).

What is kept: the base mesh, what it is dressed with (tights, skirt, hair, lashes, teeth, tongue, eyes), sliders of body and
face, the 52 units of the face, weights of a humanoid skeleton, and masks of the skin. Genitals and everything under other terms
are left out.

Targets are nearly all symmetric, so one half is stored; of the dense ones each vertex stores its difference to a neighbour,
along a tree over the mesh, which leaves small numbers.
"""

from __future__ import annotations

import json
import lzma
import struct
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray
from people_names import ASYMMETRIES, FACE_UNITS, MACROS, SLIDERS
from people_source import BaseMesh, Source

__all__ = ["MAGIC", "distil", "pack"]

MAGIC = b"TXPEOPLE"
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 24, "lc": 0, "lp": 0, "pb": 0}]
_GROUPS = ("body", "helper-tongue", "helper-l-eye", "helper-r-eye", "helper-l-eyelashes-1", "helper-l-eyelashes-2",
           "helper-r-eyelashes-1", "helper-r-eyelashes-2", "helper-upper-teeth", "helper-lower-teeth", "helper-tights",
           "helper-skirt", "helper-hair")  # fmt: skip
_NIPPLES = (range(1778, 1794), range(8450, 8466))
_CAPS = ((8437, 8438, 8439, 8440), (8436, 8437, 8440, 8441), (8435, 8436, 8441, 8442), (8434, 8435, 8442, 8443),
         (8449, 8434, 8443, 8444), (8448, 8449, 8444, 8445), (8447, 8448, 8445, 8446), (1762, 1771, 1770, 1763),
         (1763, 1770, 1769, 1764), (1764, 1769, 1768, 1765), (1765, 1768, 1767, 1766), (1762, 1777, 1772, 1771),
         (1777, 1776, 1773, 1772), (1776, 1775, 1774, 1773))  # fmt: skip
"""What closes the chest smoothly where nipples are left out."""
_MOST_INFLUENCES = 4
_MOST_APART = 200


def distil(source: Source) -> dict[str, NDArray[Any] | list[str]]:
    """Arrays and lists of names of the asset.

    Vertices are those of the base mesh that are kept, in its order, then the joints.
    """
    mesh, mirror = _modest(source.mesh()), source.mirror()
    cubes = [name for name in dict.fromkeys(mesh.groups.tolist()) if name.startswith("joint-")]
    cube_vertices = [np.unique(mesh.quads[mesh.groups == name]) for name in cubes]
    kept_quads = np.isin(mesh.groups, _GROUPS)
    kept = np.unique(mesh.quads[kept_quads])
    twins = _twins(kept, mirror, cubes)
    number = np.full(len(mesh.positions), -1)
    number[kept] = np.arange(len(kept))
    quads = number[mesh.quads[kept_quads]]
    used, corners = np.unique(mesh.quad_coordinates[kept_quads], return_inverse=True)

    def rows(values: NDArray[Any]) -> NDArray[np.int64]:
        joints = np.array([values[each].mean(0) for each in cube_vertices])
        return np.rint(np.concatenate([values[kept], joints])).astype(np.int64)

    positions = rows(mesh.positions * 10_000.0)
    half = np.nonzero(twins >= np.arange(len(twins)))[0]
    parents = _tree(half, quads, positions)
    macros, names = [], []
    for name, target in MACROS.items():
        macros.append(_differences(_half(rows(source.body_target(target)), twins, half, name), parents))
        names.append(name)
    arrays: dict[str, Any] = {
        "positions": positions.astype(np.int32), "twins": twins.astype(np.uint16), "half": half.astype(np.uint16),
        "parents": parents.astype(np.uint16),
        "quads": quads.astype(np.uint16), "corners": corners.reshape(-1, 4).astype(np.uint16),
        "coordinates": np.rint(mesh.coordinates[used] * 65535.0).astype(np.uint16),
        "quad_groups": np.array([_GROUPS.index(name) for name in mesh.groups[kept_quads]], np.uint8),
        "group_names": list(_GROUPS), "joint_names": [name.removeprefix("joint-") for name in cubes],
        "macros": np.ascontiguousarray(np.array(macros, np.int16).transpose(0, 2, 1)), "macro_names": names,
        **_details(source, rows, twins, half),
        **_weights(source, kept),
        "under": _under(positions, quads, mesh.groups[kept_quads]),
    }  # fmt: skip
    return arrays


def _modest(mesh: BaseMesh) -> BaseMesh:
    """The mesh without nipples."""
    gone = np.concatenate([np.array(each) for each in _NIPPLES])
    kept = ~np.isin(mesh.quads, gone).any(1)
    corner = dict(zip(mesh.quads[~kept].ravel().tolist(), mesh.quad_coordinates[~kept].ravel().tolist(), strict=True))
    caps = np.array(_CAPS)
    return BaseMesh(
        mesh.positions, np.concatenate([mesh.quads[kept], caps]),
        np.concatenate([mesh.quad_coordinates[kept], np.vectorize(corner.__getitem__)(caps)]), mesh.coordinates,
        np.concatenate([mesh.groups[kept], np.full(len(caps), "body")])
    )  # fmt: skip


def _twins(kept: NDArray[Any], mirror: NDArray[Any], cubes: list[str]) -> NDArray[np.int64]:
    """Each row's row on the other side."""
    number = {int(vertex): row for row, vertex in enumerate(kept)}
    found = [number[int(mirror[vertex])] for vertex in kept]
    swap = {"-l-": "-r-", "-r-": "-l-"}
    for name in cubes:
        side = next((side for side in swap if side in name), "")
        found.append(len(kept) + cubes.index(name.replace(side, swap[side]) if side else name))
    return np.array(found)


def _tree(half: NDArray[Any], quads: NDArray[Any], positions: NDArray[Any]) -> NDArray[np.int64]:
    """For each row of the half the row (of the half) that it is told from, which is told before it; roots name themselves."""
    within = {int(row): at for at, row in enumerate(half)}
    neighbours: list[list[int]] = [[] for _ in half]
    for quad in quads:
        for a, b in zip(quad, np.roll(quad, 1), strict=True):
            if int(a) in within and int(b) in within:
                neighbours[within[int(a)]].append(within[int(b)])
                neighbours[within[int(b)]].append(within[int(a)])
    parents = np.full(len(half), -1)
    told: list[int] = []
    for root in range(len(half)):
        if parents[root] >= 0:
            continue
        near = positions[half[told]] - positions[half[root]] if told else np.zeros((0, 3))
        parents[root] = told[int((near**2).sum(1).argmin())] if told else root
        queue = deque([root])
        while queue:
            at = queue.popleft()
            told.append(at)
            for other in neighbours[at]:
                if parents[other] < 0:
                    parents[other] = at
                    queue.append(other)
    return parents


def _half(moved: NDArray[np.int64], twins: NDArray[Any], half: NDArray[Any], name: str) -> NDArray[np.int64]:
    """One half of a symmetric target. A few of them have slips of a hand, which the mean of both sides mends."""
    other = moved[twins] * (-1, 1, 1)
    apart = int(np.abs(other - moved).max())
    if apart > _MOST_APART:
        raise ValueError(f"{name} is not symmetric: {apart}")
    return np.rint((moved + other)[half] / 2.0).astype(np.int64)


def _differences(moved: NDArray[np.int64], parents: NDArray[np.int64]) -> NDArray[np.int64]:
    roots = parents == np.arange(len(parents))
    return moved - np.where(roots[:, None], 0, moved[parents])


def _details(source: Source, rows: Any, twins: NDArray[Any], half: NDArray[Any]) -> dict[str, Any]:
    """Sliders (both ends), asymmetries and units of the face, as the vertices that move and by how much."""
    names: list[str] = []
    moved: list[NDArray[np.int64]] = []
    symmetric: list[bool] = []

    def add(name: str, target: NDArray[np.int64], *, both: bool) -> None:
        names.append(name)
        moved.append(_half(target, twins, half, name) if both else target)
        symmetric.append(both)

    for name, (low, high) in SLIDERS.items():
        for end, target in (("-", low), ("+", high)):
            if target:
                add(name + end, rows(source.body_target(target)), both=True)
    for target in ASYMMETRIES:
        add(target, rows(source.target(f"mpfb2/targets/asym/{target}.target.gz")), both=False)
    for unit in FACE_UNITS:
        target = rows(source.target(f"faceunits01/targets/faceunits/{unit}.target"))
        add(f"unit:{unit}", target, both=bool(np.abs(target[twins] * (-1, 1, 1) - target).max() <= 1))
    counts, indices, values = [], [], []
    for each in moved:
        at = np.nonzero(each.any(1))[0]
        counts.append(len(at))
        indices.append(np.diff(at, prepend=0))
        values.append(np.diff(each[at], axis=0, prepend=0))
    return {
        "detail_names": names, "detail_counts": np.array(counts, np.uint16), "detail_symmetric": np.array(symmetric, np.uint8),
        "detail_steps": np.concatenate(indices).astype(np.uint16),
        "detail_values": np.ascontiguousarray(np.concatenate(values).astype(np.int16).T),
    }  # fmt: skip


def _under(positions: NDArray[np.int64], quads: NDArray[Any], groups: NDArray[np.str_]) -> NDArray[np.uint16]:
    """For each vertex of the body (the first rows) the vertex of the tights that is next to it."""
    body, tights = np.unique(quads[groups == "body"]), np.unique(quads[groups == "helper-tights"])
    found = np.zeros(int(body.max()) + 1, np.uint16)
    for part in np.array_split(body, 40):
        apart = ((positions[part][:, None] - positions[tights][None]).astype(np.float64) ** 2).sum(2)
        found[part] = tights[apart.argmin(1)]
    return found


def _weights(source: Source, kept: NDArray[Any]) -> dict[str, Any]:
    """The four bones that move each kept vertex most, and how much, of 255."""
    weights = source.json("mpfb2/rigs/standard/weights.game_engine.json")["weights"]
    bones = sorted(weights)
    table = np.zeros((int(kept.max()) + 1, len(bones)))
    for column, bone in enumerate(bones):
        for vertex, weight in weights[bone]:
            if vertex < len(table):
                table[vertex, column] = weight
    table = table[kept]
    order = np.argsort(-table, axis=1, kind="stable")[:, :_MOST_INFLUENCES]
    chosen = np.take_along_axis(table, order, 1)
    parts = np.rint(chosen / chosen.sum(1, keepdims=True) * 255.0)
    parts[:, 0] += 255.0 - parts.sum(1)
    order[parts == 0] = 0
    return {"bone_names": bones, "bones": order.T.astype(np.uint8), "bone_weights": parts.T.astype(np.uint8)}


def pack(arrays: dict[str, Any]) -> bytes:
    """Bytes of the asset: a list of what is in it as JSON, then the numbers, by byte planes, compressed."""
    table: dict[str, Any] = {}
    parts: list[bytes] = []
    for name, value in arrays.items():
        if isinstance(value, list):
            table[name] = value
            continue
        stored = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
        table[name] = {"dtype": stored.dtype.str, "shape": list(stored.shape)}
        parts.append(stored.reshape(-1).view(np.uint8).reshape(-1, stored.itemsize).T.tobytes())
    head = json.dumps(table, separators=(",", ":")).encode()
    body = struct.pack("<I", len(head)) + head + b"".join(parts)
    return MAGIC + struct.pack("<I", len(body)) + lzma.compress(body, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32,
                                                                filters=_FILTERS)
