"""Edges that are crowded or torn: surfaces that touch in an edge are parted, and edges that others end upon are joined to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.mesh import Mode, Primitive
from taixu.assets.model import ModelData
from taixu.generate.gate.solids import Solid, solids_of, with_primitives
from taixu.generate.gate.topology import Edges, edges_of, joined_labels

__all__ = ["part", "stitch"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_APART = 2e-5
"""How far parted surfaces are moved, as a share of the extent: further than what is one place, less than what is seen."""
_MOST_CROWDED = 200_000
_ON_EDGE = 2e-5
"""How far from an edge, as a share of the extent, a vertex may lie that ends on it."""
_MOST_PAIRS = 100_000_000
_ROUNDS = 8


def part(model: ModelData) -> tuple[ModelData, int]:
    """Part what shares an edge of more than two triangles, so that each surface has two sides; says how many edges.

    About such an edge, triangles go together that have the inside of one solid between them: two boxes that touch become two
    boxes a hair apart. What is left alone, as a fin on a wall, becomes a sheet that ends there.
    """
    made: dict[tuple[int, int], Primitive | None] = {}
    count = 0
    for solid in solids_of(model):
        faces = solid.faces
        edges = edges_of(faces)
        crowded = int(edges.crowded.sum())
        if not crowded or crowded > _MOST_CROWDED:
            continue
        count += crowded
        labels = _umbrellas(solid.positions, faces, edges)
        touched = np.zeros(len(solid.positions), bool)
        touched[edges.ends[edges.crowded]] = True
        left = edges_of(labels)  # two edges of one surface between the same two places
        alone = np.asarray(left.crowded[left.of_faces].any(1), bool)
        labels[alone] = faces.size + np.arange(3 * int(alone.sum())).reshape(-1, 3)
        made |= _parted(model, solid, labels, touched[faces] | _corners_at(faces, alone, len(touched)))
    return with_primitives(model, made), count


def _corners_at(faces: Ints, alone: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """Corners [t, 3] at places of triangles that stand alone."""
    at = np.zeros(count, bool)
    at[faces[alone]] = True
    return at[faces]


def _umbrellas(positions: Floats, faces: Ints, edges: Edges) -> Ints:
    """Which corners, of all [t, 3], are of one surface about their place."""
    one, other = _couples(positions, faces, edges)
    t, u = one // 3, other // 3
    i, j = one % 3, other % 3
    a, b, c, d = 3 * t + i, 3 * t + (i + 1) % 3, 3 * u + j, 3 * u + (j + 1) % 3
    place = faces.reshape(-1)
    is_against = place[a] == place[d]
    near, far = np.where(is_against, d, c), np.where(is_against, c, d)
    return joined_labels(faces.size, np.concatenate([a, b]), np.concatenate([near, far])).reshape(faces.shape)


def _couples(positions: Floats, faces: Ints, edges: Edges) -> tuple[Ints, Ints]:
    """Sides of triangles (three each) that go together over an edge."""
    sides = edges.of_faces.reshape(-1)
    order = np.argsort(sides, kind="stable")
    ends = np.cumsum(edges.counts)
    firsts = ends - edges.counts
    pairs = firsts[edges.counts == 2]
    one, other = [order[pairs]], [order[pairs + 1]]
    for edge in np.flatnonzero(edges.crowded).tolist():
        mine = order[firsts[edge] : ends[edge]]
        for a, b in _wedges(positions, faces, edges, edge, mine):
            one.append(np.array([a]))
            other.append(np.array([b]))
    return np.concatenate(one), np.concatenate(other)


def _wedges(positions: Floats, faces: Ints, edges: Edges, edge: int, sides: Ints) -> list[tuple[int, int]]:
    """Pairs of sides about an edge with the inside between them: one goes back along it, the next about it goes forth."""
    low, high = positions[edges.ends[edge]]
    axis = (high - low) / max(float(np.linalg.norm(high - low)), 1e-30)
    tips = positions[faces[sides // 3, (sides % 3 + 2) % 3]] - low
    tips = tips - np.outer(tips @ axis, axis)
    first = tips[0] / max(float(np.linalg.norm(tips[0])), 1e-30)
    angles = np.arctan2(tips @ np.cross(axis, first), tips @ first)
    around = sides[np.argsort(angles, kind="stable")]
    forth = edges.forward[around // 3, around % 3].tolist()
    left, found = around.tolist(), []
    while True:  # wedges within wedges are found when those inside them are gone
        count = len(left)
        at = next((k for k in range(count) if count > 1 and not forth[k] and forth[(k + 1) % count]), None)
        if at is None:
            break
        after = (at + 1) % count
        found.append((int(left[at]), int(left[after])))
        for gone in sorted((at, after), reverse=True):
            del left[gone], forth[gone]
    return found


def _parted(model: ModelData, solid: Solid, labels: Ints, touched: NDArray[np.bool_]) -> dict[tuple[int, int], Primitive | None]:
    """Primitives in which corners that are touched have a vertex for each surface, all but a place's first moved a hair."""
    where, label = solid.faces[touched], labels[touched]
    kinds, number = np.unique(label, return_inverse=True)
    place = np.zeros(len(kinds), np.int64)
    place[number] = where
    middle = solid.positions[solid.faces].mean(1)
    toward = np.zeros((len(kinds), 3))
    np.add.at(toward, number, middle[np.nonzero(touched)[0]] - solid.positions[where])
    toward /= np.maximum(np.linalg.norm(toward, axis=1, keepdims=True), 1e-30)
    extent = float(np.ptp(solid.positions, axis=0).max())
    order = np.lexsort((kinds, place))
    rank = np.zeros(len(kinds), np.int64)
    starts = np.flatnonzero(np.diff(place[order], prepend=-1))
    rank[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    shift = toward * (_APART * extent * rank[:, None])
    of_corner = np.full(touched.shape, -1, np.int64)
    of_corner[touched] = number
    made: dict[tuple[int, int], Primitive | None] = {}
    for which, index in enumerate(solid.numbers):
        mine = solid.whose == which
        if not touched[mine].any():
            continue
        keys = np.stack([(solid.corners[mine] - solid.starts[which]).reshape(-1), of_corner[mine].reshape(-1)], 1)
        rows, corners = np.unique(keys, axis=0, return_inverse=True)
        moved = np.where(rows[:, 1:] >= 0, shift[rows[:, 1]], 0.0)
        primitive = model.meshes[solid.mesh].primitives[index]
        attributes = {name: values[rows[:, 0]] for name, values in primitive.attributes.items()}
        attributes["POSITION"] = (attributes["POSITION"] + moved).astype(np.float32)
        made[solid.mesh, index] = replace(
            primitive, mode=Mode.TRIANGLES, indices=corners.reshape(-1).astype(np.uint32), attributes=attributes,
            targets=[{name: values[rows[:, 0]] for name, values in target.items()} for target in primitive.targets],
        )  # fmt: skip
    return made


def stitch(model: ModelData) -> tuple[ModelData, int]:
    """Cut triangles in two where a vertex of another ends on their open edge (a T-junction); says how many such ends."""
    made: dict[tuple[int, int], Primitive | None] = {}
    count = 0
    for solid in solids_of(model):
        extent = float(np.ptp(solid.positions, axis=0).max())
        primitives = [model.meshes[solid.mesh].primitives[number] for number in solid.numbers]
        changed: set[int] = set()
        for _ in range(_ROUNDS):
            faces = solid.faces
            ends = _ends_on_edges(solid.positions, faces, edges_of(faces), _ON_EDGE * extent)
            if ends is None:
                break
            count += len(ends[0])
            changed |= _cut(solid, primitives, *ends)
        for which in changed:
            made[solid.mesh, solid.numbers[which]] = primitives[which]
    return with_primitives(model, made), count


def _ends_on_edges(positions: Floats, faces: Ints, edges: Edges, near_m: float) -> tuple[Ints, Ints, Ints, Floats] | None:
    """For triangles, one side each: triangle, side, the place on it that is nearest to its beginning, and how far along."""
    sides = np.flatnonzero(edges.open[edges.of_faces.reshape(-1)])
    if not len(sides):
        return None
    start, end = faces.reshape(-1)[sides], np.roll(faces, -1, axis=1).reshape(-1)[sides]
    rim = np.unique(np.concatenate([start, end]))
    if len(sides) * len(rim) > _MOST_PAIRS:
        return None
    found: dict[int, tuple[float, int, int]] = {}
    points, block = positions[rim], max(1, 2_000_000 // len(rim))
    for low in range(0, len(sides), block):
        a, b = positions[start[low : low + block]], positions[end[low : low + block]]
        along = b - a
        length = np.maximum(np.linalg.norm(along, axis=1), 1e-30)
        away = points[None] - a[:, None]
        part = np.einsum("spk,sk->sp", away, along) / (length**2)[:, None]
        squared = np.einsum("spk,spk->sp", away, away) - (part * length[:, None]) ** 2
        inner = (part * length[:, None] > 2.0 * near_m) & ((1.0 - part) * length[:, None] > 2.0 * near_m)
        for s, p in zip(*np.nonzero(inner & (squared < near_m**2)), strict=True):
            side = int(sides[low + s])
            if side // 3 not in found or (found[side // 3][1] == side and part[s, p] < found[side // 3][0]):
                found[side // 3] = (float(part[s, p]), side, int(rim[p]))
    if not found:
        return None
    rows = list(found.values())
    return (np.array(list(found)), np.array([side % 3 for _, side, _ in rows]), np.array([place for *_, place in rows]),
            np.array([share for share, *_ in rows]))  # fmt: skip


def _cut(solid: Solid, primitives: list[Primitive], triangles: Ints, sides: Ints, places: Ints, shares: Floats) -> set[int]:
    """Cut triangles in two, at a place on a side; changes solid and primitives, and gives which primitives."""
    changed: set[int] = set()
    lists: list[Ints] = []
    spots: list[Ints] = []
    for which, primitive in enumerate(primitives):
        start, end = solid.starts[which : which + 2].tolist()
        mine = np.flatnonzero(solid.whose == which)
        local, spot = solid.corners[mine] - start, solid.places[start:end]
        rows = np.flatnonzero(solid.whose[triangles] == which)
        if len(rows):
            t = np.searchsorted(mine, triangles[rows])
            a, b, c = (local[t, (sides[rows] + k) % 3] for k in range(3))
            new = len(spot) + np.arange(len(rows))
            grown = _with_between(primitive, a, b, shares[rows], solid.positions[places[rows]])
            local[t] = np.stack([a, new, c], 1)
            local = np.concatenate([local, np.stack([new, b, c], 1)])
            spot = np.concatenate([spot, places[rows]])
            primitives[which] = replace(grown, mode=Mode.TRIANGLES, indices=local.reshape(-1).astype(np.uint32))
            changed.add(which)
        lists.append(local)
        spots.append(spot)
    solid.starts = np.cumsum([0, *(len(each) for each in spots)])
    solid.places = np.concatenate(spots)
    solid.corners = np.concatenate([each + start for each, start in zip(lists, solid.starts, strict=False)])
    solid.whose = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
    return changed


def _with_between(primitive: Primitive, one: Ints, other: Ints, share: Floats, positions: Floats) -> Primitive:
    """With vertices more, between two each."""

    def grown(name: str, values: NDArray[Any]) -> NDArray[Any]:
        t = share.reshape(-1, *([1] * (values.ndim - 1)))
        if name.startswith("JOINTS") or values.dtype.kind != "f":
            return np.concatenate([values, values[np.where(share < 0.5, one, other)]])
        return np.concatenate([values, (values[one] * (1.0 - t) + values[other] * t).astype(values.dtype)])

    attributes = {name: grown(name, values) for name, values in primitive.attributes.items()}
    attributes["POSITION"][-len(one) :] = positions
    return replace(primitive, attributes=attributes,
                   targets=[{name: grown("", values) for name, values in target.items()} for target in primitive.targets])
