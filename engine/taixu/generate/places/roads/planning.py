"""What a road network is before any block of its ground is made: rows and junctions, each with a key of all that it hangs on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from taixu.generate.modifiers.blocks import Bounds
from taixu.generate.places.roads.ground import REACH_M
from taixu.generate.places.roads.layout import Junction, Layout, make_layout
from taixu.generate.places.roads.network import Array, Road, RoadGraph, make_graph
from taixu.generate.places.roads.profiles import make_profiles

__all__ = ["Piece", "Pieces", "RoadPlan", "junction_key", "piece_of", "plan_roads", "row_key"]

_MOST_KNOWN = 20_000
_CROSSING_M, _CROSSED_M = 5.0, 14.0
"""Of a row that begins at a junction: how much of it matters there, and how long it is at least for that (`surfaces`)."""


Piece = tuple[tuple[float, float, float, float], bytes]


def piece_of(points: Array, reach_m: float, key: bytes) -> Piece:
    """What lies at points [k, 2] of the plan (east, north) and matters so far around them."""
    (east, north), (far_east, far_north) = points.min(0).tolist(), points.max(0).tolist()
    return (east - reach_m, -far_north - reach_m, far_east + reach_m, -north + reach_m), key


@dataclass(frozen=True)
class Pieces:
    """What lies somewhere and matters around it.

    Attributes
    ----------
    boxes : float64[n, 4]
        Where each matters: least x and z, greatest x and z, metres of the stack.
    keys
        Of all that each hangs on.
    """

    boxes: Array
    keys: list[bytes]

    @classmethod
    def of(cls, found: Sequence[Piece]) -> Pieces:
        """From boxes with keys."""
        return cls(np.array([box for box, _ in found], np.float64).reshape(-1, 4), [key for _, key in found])

    def within(self, box: Bounds) -> list[int]:
        """Numbers of those that matter in a box, in their order."""
        low_x, low_z, high_x, high_z = self.boxes.T
        is_near = (low_x <= box.x1) & (high_x >= box.x0) & (low_z <= box.z1) & (high_z >= box.z0)
        found: list[int] = np.flatnonzero(is_near).tolist()
        return found

    def part(self, box: Bounds) -> bytes | None:
        """A key of those that matter in a box; None where there are none."""
        near = self.within(box)
        return hashlib.blake2b(b"".join(self.keys[k] for k in near), digest_size=16).digest() if near else None


@dataclass
class RoadPlan:
    """Roads that are decided.

    Attributes
    ----------
    hanging
        By row, which of its points hang in the air.
    pieces
        Rows, then junctions.
    known
        What parts of it were made from, by what they hang on; it stays in its process.
    """

    layout: Layout
    hanging: dict[int, Array]
    pieces: Pieces
    known: dict[str, dict[bytes, Any]] = field(default_factory=dict)

    @property
    def graph(self) -> RoadGraph:
        """Nodes and edges."""
        return self.layout.graph

    def part(self, box: Bounds) -> bytes | None:
        """A key of the roads that matter in a box."""
        return self.pieces.part(box)

    def near(self, box: Bounds) -> tuple[list[int], list[Junction]]:
        """Rows, by their numbers, and junctions that matter in a box."""
        found, count = self.pieces.within(box), len(self.layout.rows)
        return [k for k in found if k < count], [self.layout.junctions[k - count] for k in found if k >= count]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "known": {}}


def plan_roads(
    roads: Sequence[Road], height_at: Callable[[Any, Any], Any], water_at: Callable[[Any, Any], Any] | None = None, *,
    spacing_m: float = 1.0, before: RoadPlan | None = None,
) -> RoadPlan:  # fmt: skip
    """Decide where roads run.

    Parameters
    ----------
    height_at, water_at
        Heights of ground and of water at east and north of points.
    spacing_m
        Of the grids that are led to them.
    before
        A plan of much the same roads, whose parts are taken over where they hang on the same.

    Raises
    ------
    TaixuError
        Where a road cannot be read.
    """
    known = {} if before is None else before.known
    for sort in ("curves", "rows"):
        if len(known.setdefault(sort, {})) > _MOST_KNOWN:
            known[sort] = {}
    graph = make_graph(roads, curves=known["curves"])
    layout = make_layout(graph, make_profiles(graph, height_at, water_at), known=known["rows"])
    hanging, found = {}, []
    for number, row in enumerate(layout.rows):
        ground = np.asarray(height_at(row.points[:, 0], row.points[:, 1]), np.float64)
        hanging[number] = row.is_bridge & (ground < row.heights - 0.5)
        kind = graph.edges[row.edge].kind
        reach = kind.wide_m / 2 + kind.pave_m + REACH_M + spacing_m
        found.append(piece_of(row.points, reach, row_key(layout, number) + hanging[number].tobytes()))
    for junction in layout.junctions:
        at = np.concatenate([graph.nodes[junction.node][None], *(arm.points for arm in junction.arms)])
        wide = max(kind.wide_m / 2 + kind.pave_m for kind in (graph.edges[arm.edge].kind for arm in junction.arms))
        reach = max(wide + 0.5, junction.radius_m + 4.5) + REACH_M + spacing_m
        found.append(piece_of(at, reach, junction_key(layout, junction)))
    return RoadPlan(layout, hanging, Pieces.of(found), known)


def row_key(layout: Layout, number: int) -> bytes:
    """All that the looks of a row hang on."""
    row, edge = layout.rows[number], layout.graph.edges[layout.rows[number].edge]
    text = f"{edge.kind.name}|{edge.name}|".encode()
    return _hash(text, row.points, row.left, row.along, row.heights, row.is_bridge)


def junction_key(layout: Layout, junction: Junction) -> bytes:
    """All that the looks of a junction hang on: its arms, and the first metres of the rows that begin there."""
    graph = layout.graph
    text = f"{junction.height!r}|{junction.is_round}|{junction.radius_m!r}".encode()
    parts: list[Any] = [graph.nodes[junction.node]]
    for arm in junction.arms:
        row, total = layout.rows[arm.edge], float(layout.rows[arm.edge].along[-1])
        first = slice(0, int(np.searchsorted(row.along, _CROSSING_M)) + 1)
        part = first if arm.starts else slice(max(int(np.searchsorted(row.along, total - _CROSSING_M)) - 1, 0), None)
        length = total >= _CROSSED_M if arm.starts else total
        text += f"|{graph.edges[arm.edge].kind.name}|{arm.starts}|{length!r}".encode()
        parts += [arm.points, row.points[part], row.left[part], row.heights[part]]
    return _hash(text, *parts)


def _hash(text: bytes, *parts: Array) -> bytes:
    hasher = hashlib.blake2b(text, digest_size=16)
    for part in parts:
        hasher.update(len(part).to_bytes(4, "little"))
        hasher.update(np.ascontiguousarray(part).tobytes())
    return hasher.digest()
