"""Where edges end and junctions begin: arms are cut back until their borders have met, and what lies between is the junction."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from taixu.generate.places.roads.network import Array, Edge, RoadGraph
from taixu.generate.places.roads.profiles import Profiles

__all__ = ["Arm", "Junction", "Layout", "Row", "make_layout"]

_CORNER_M = 2.2
_LEVEL_M = 7.0
"""How far beyond a junction a road needs to reach its own slope."""


@dataclass(frozen=True)
class Row:
    """A road between its junctions: points of its middle, normals to the left, lengths, heights."""

    edge: int
    points: Array
    left: Array
    along: Array
    heights: Array
    is_bridge: Array


@dataclass(frozen=True)
class Arm:
    """What of an edge belongs to a junction: from the node outwards; `end` and `left` are of the cut."""

    edge: int
    starts: bool
    points: Array
    cut_m: float


@dataclass
class Junction:
    """A node, its arms anticlockwise, and its height."""

    node: int
    arms: list[Arm]
    height: float
    is_round: bool = False
    radius_m: float = 0.0


@dataclass
class Layout:
    """Rows and junctions of a graph."""

    graph: RoadGraph
    rows: list[Row]
    junctions: list[Junction]
    dead_ends: list[int] = field(default_factory=list)


Known = dict[bytes, tuple[Row, Arm, Arm]]


def make_layout(graph: RoadGraph, profiles: Profiles, *, known: Known | None = None) -> Layout:
    """Cut a graph into rows and junctions.

    Parameters
    ----------
    known
        What was made before of an edge, by what it hangs on; what is made is added.
    """
    arms = graph.arms()
    cuts = np.zeros((len(graph.edges), 2))
    round_ones: dict[int, float] = {}
    for node, found in enumerate(arms):
        if len(found) < 2:
            continue
        trims = _trims(graph, found)
        wide = max(graph.edges[which].kind.wide_m for which, _ in found)
        if len(found) >= 5 and wide >= 5:
            radius = max(10.0, 0.5 * wide * len(found) / math.pi + wide * 0.9)
            round_ones[node] = radius
            trims = [max(trim, radius + wide * 0.5 + 3.0) for trim in trims]
        for (which, starts), trim in zip(found, trims, strict=True):
            cuts[which, 0 if starts else 1] = trim
    for number, edge in enumerate(graph.edges):
        room = 0.92 * edge.length_m
        if cuts[number].sum() > room:
            cuts[number] *= room / cuts[number].sum()
    rows = []
    pieces: dict[tuple[int, bool], Arm] = {}
    for number, edge in enumerate(graph.edges):
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(edge.points, axis=0).T))])
        total = float(lengths[-1])
        low, high = float(cuts[number, 0]), total - float(cuts[number, 1])
        ends = profiles.node_heights[[edge.start, edge.end]]
        key = b"".join(
            part.tobytes() for part in (edge.points, cuts[number], ends, profiles.heights[number], profiles.is_bridge[number])
        )
        made = None if known is None else known.get(key)
        if made is None:
            heights = _level_near_nodes(profiles, number, edge, lengths, low, high)
            made = (
                _row(number, edge, lengths, low, high, heights, profiles.is_bridge[number]),
                Arm(number, True, _between(edge.points, lengths, 0.0, low), low),
                Arm(number, False, _between(edge.points, lengths, high, total)[::-1], total - high),
            )
            if known is not None:
                known[key] = made
        row, first, last = made
        if row.edge != number:
            row, first, last = replace(row, edge=number), replace(first, edge=number), replace(last, edge=number)
        rows.append(row)
        pieces[(number, True)], pieces[(number, False)] = first, last
    junctions, dead = [], []
    for node, found in enumerate(arms):
        if len(found) < 2:
            dead.append(node)
            continue
        ordered = sorted(found, key=lambda each: _angle(graph.edges[each[0]], each[1]))
        junctions.append(Junction(node, [pieces[each] for each in ordered], float(profiles.node_heights[node]),
                                  node in round_ones, round_ones.get(node, 0.0)))  # fmt: skip
    return Layout(graph, rows, junctions, dead)


def _angle(edge: Edge, starts: bool) -> float:
    points = edge.points if starts else edge.points[::-1]
    d = points[min(2, len(points) - 1)] - points[0]
    return math.atan2(float(d[1]), float(d[0]))


def _trims(graph: RoadGraph, found: list[tuple[int, bool]]) -> list[float]:
    """How far each arm is cut back, so that borders of neighbours, pavements too, have met and a corner fits."""
    angles = [_angle(graph.edges[edge], starts) for edge, starts in found]
    halves = [graph.edges[edge].kind.wide_m / 2 + graph.edges[edge].kind.pave_m for edge, _ in found]
    order = sorted(range(len(found)), key=lambda k: angles[k])
    trims = [1.0] * len(found)
    for at, k in enumerate(order):
        m = order[(at + 1) % len(order)]
        turn = (angles[m] - angles[k]) % (2 * math.pi)
        if len(order) == 2 and at == 1:
            turn = 2 * math.pi - ((angles[k] - angles[m]) % (2 * math.pi))
        if turn >= math.pi - 0.05:
            continue
        sine = max(math.sin(turn), 0.12)
        a = (halves[m] + halves[k] * math.cos(turn)) / sine
        b = (halves[k] + halves[m] * math.cos(turn)) / sine
        corner = _CORNER_M / math.tan(max(turn, 0.25) / 2)
        most = 7.0 * max(halves)
        trims[k] = max(trims[k], min(a + min(corner, 8.0), most))
        trims[m] = max(trims[m], min(b + min(corner, 8.0), most))
    return trims


def _level_near_nodes(profiles: Profiles, number: int, edge: Edge, lengths: Array, low: float, high: float) -> Any:
    """A function from length to height: a node's height as far as its junction reaches, then over to the road's own."""
    own = profiles.heights[number]
    first, last = float(profiles.node_heights[edge.start]), float(profiles.node_heights[edge.end])

    def at(where: Array) -> Array:
        base = np.interp(where, lengths, own)
        room = max(min(_LEVEL_M, (high - low) / 2), 0.5)
        s, e = np.clip((where - low) / room, 0, 1), np.clip((high - where) / room, 0, 1)
        s, e = s * s * (3 - 2 * s), e * e * (3 - 2 * e)
        made: Array = base * s * e + first * (1 - s) + last * (1 - e) * s
        return made

    return at


def _row(number: int, edge: Edge, lengths: Array, low: float, high: float, heights: Any, bridge: Array) -> Row:
    inner = lengths[(lengths > low + 0.3) & (lengths < high - 0.3)]
    extra = [mark for mark in (low + 1.5, low + 3.5, high - 3.5, high - 1.5) if low + 0.3 < mark < high - 0.3]
    marks = np.unique(np.concatenate([[low, high], inner, extra]))
    keep = np.concatenate([[True], np.diff(marks) > 0.25])
    keep[-1] = True
    marks = marks[keep]
    points = np.stack([np.interp(marks, lengths, edge.points[:, k]) for k in (0, 1)], 1)
    d = np.diff(edge.points, axis=0)
    d = d / np.maximum(np.hypot(*d.T), 1e-9)[:, None]
    segment = np.clip(np.searchsorted(lengths, marks, side="right") - 1, 0, len(d) - 1)
    before = np.clip(np.searchsorted(lengths, marks - 1e-6, side="right") - 1, 0, len(d) - 1)
    tangent = d[segment] + d[before]
    tangent[0], tangent[-1] = d[segment[0]], d[before[-1]]
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    on_bridge = np.interp(marks, lengths, bridge.astype(float)) > 0.25
    return Row(number, points, np.stack([-tangent[:, 1], tangent[:, 0]], 1), marks - low, heights(marks), on_bridge)


def _between(points: Array, lengths: Array, low: float, high: float) -> Array:
    marks = np.concatenate([[low], lengths[(lengths > low + 1e-3) & (lengths < high - 1e-3)], [high]])
    return np.stack([np.interp(marks, lengths, points[:, k]) for k in (0, 1)], 1)
