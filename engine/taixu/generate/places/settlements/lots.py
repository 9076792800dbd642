"""Lots: ground that one house stands on, facing a road. Cut out of blocks, or laid along roads where there are no blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, box_around, chance, parts_of
from taixu.generate.places.roads.network import RoadGraph

__all__ = ["Lot", "blocks_of", "lots_along", "lots_of_block"]

_LEAST_M2 = 60.0


@dataclass(frozen=True)
class Lot:
    """A lot.

    Attributes
    ----------
    shape
        Of the plan.
    front : float64[2]
        Unit, towards its road.
    gate : float64[2]
        The middle of its border with the road.
    key
        What it is told apart by: it hangs on the place alone.
    """

    shape: Any
    front: Array
    gate: Array
    key: str


def _key(point: Array) -> str:
    return f"{float(point[0]):.0f}:{float(point[1]):.0f}"


def blocks_of(graph: RoadGraph, *, known: dict[bytes, list[Any]] | None = None) -> list[Any]:
    """Faces of a road graph, less what roads and pavements cover.

    Parameters
    ----------
    known
        Blocks of faces that were cut before, by what they hang on; what is cut is added.
    """
    import shapely

    lines = [shapely.LineString(edge.points) for edge in graph.edges]
    if not lines:
        return []
    halves = np.array([edge.kind.wide_m / 2 + edge.kind.pave_m for edge in graph.edges])
    strips = shapely.buffer(lines, halves, quad_segs=3)
    tree = shapely.STRtree(strips)
    found = []
    for face in shapely.get_parts(shapely.normalize(shapely.polygonize(lines))):
        near = np.sort(tree.query(face, predicate="intersects"))
        key = b""
        if known is not None:
            key = shapely.to_wkb(face) + b"".join(sorted(graph.edges[k].points.tobytes() + halves[k].tobytes() for k in near))
            if key in known:
                found += known[key]
                continue
        cut: list[Any] = []
        for part in parts_of(shapely.difference(face, shapely.union_all(strips[near]))):
            # Whole millimetres from a corner that is always the same: a street that moves changes no block that it does not border.
            whole = shapely.transform(part.buffer(-0.02), lambda points: np.round(points, 3))
            part = shapely.normalize(whole).simplify(0.15)
            cut += [piece for piece in parts_of(part) if piece.area > _LEAST_M2]
        found += cut
        if known is not None:
            known[key] = cut
    return sorted(found, key=lambda part: (round(part.centroid.x, 1), round(part.centroid.y, 1)))


def lots_of_block(
    block: Any, *, wide: tuple[float, float], deep: tuple[float, float], seed: object, most_depth: int = 14
) -> list[Lot]:
    """Halve a block across its longest side until parts are lots; parts without a border to a road are left out (yards).

    What has no area, or less than can be built on, is dropped.
    """
    import shapely

    border = block.exterior
    lots: list[Lot] = []

    def cut(part: Any, depth: int) -> None:
        corner, u, long, short = box_around(part)
        v = np.array([-u[1], u[0]])
        key = _key(np.array(part.centroid.coords[0]))
        target = wide[0] + (wide[1] - wide[0]) * chance(seed, "wide", key)
        deepest = deep[0] + (deep[1] - deep[0]) * chance(seed, "deep", key)
        touches = _frontage(part, border)
        along = _mostly_along(touches, u)
        # Where the longer side is the one on the road it is cut across down to a lot's width; the other, down to its depth.
        limit = target * 1.5 if along else deepest * 1.35
        other = deepest * 1.35 if along else target * 1.5
        if depth >= most_depth or (long <= limit and short <= other):
            _add(part, touches)
            return
        if long > limit:
            axis, length, origin, cross, across = u, long, corner, v, short
        else:
            axis, length, origin, cross, across = v, short, corner, u, long
        share = 0.5 + 0.16 * (chance(seed, "cut", key) - 0.5)
        if (axis is u) == along and length > 3.2 * target:
            share = round(length / target / 2) * target / length
            share = min(max(share, 0.25), 0.75)
        at = origin + axis * length * share
        big = (length + across) * 2 + 10
        half = shapely.Polygon([at - cross * big, at + cross * big, at + cross * big + axis * big, at - cross * big + axis * big])
        for piece in (*parts_of(part.difference(half)), *parts_of(part.intersection(half))):
            if piece.area > 8.0:
                cut(piece, depth + 1)

    def _add(part: Any, touches: Any) -> None:
        if part.area < _LEAST_M2 or touches.length < 4.5:
            return
        line = _longest(touches)
        if line is None:
            return
        a, b = np.asarray(line.coords[0]), np.asarray(line.coords[-1])
        if np.hypot(*(b - a)) < 3.0:
            return
        d = (b - a) / np.hypot(*(b - a))
        out = np.array([d[1], -d[0]])
        middle = (a + b) / 2
        if float((np.array(part.centroid.coords[0]) - middle) @ out) > 0:
            out = -out
        lots.append(Lot(part, out, middle, _key(middle)))

    cut(block, 0)
    return sorted(lots, key=lambda lot: lot.key)


def _frontage(part: Any, border: Any) -> Any:
    import shapely

    return shapely.line_merge(shapely.intersection(part.exterior.simplify(0.01), border.buffer(0.12)))


def _lines(touches: Any) -> list[Any]:
    import shapely

    return [each for each in shapely.get_parts(touches) if each.geom_type == "LineString" and each.length > 0.5]


def _longest(touches: Any) -> Any:
    """The longest straight stretch of a frontage."""
    import shapely

    best, best_m = None, 0.0
    for line in _lines(touches):
        line = line.simplify(0.8)
        points = np.asarray(line.coords)
        for a, b in pairwise(points):
            length = float(np.hypot(*(b - a)))
            if length > best_m + 1e-6:
                best, best_m = shapely.LineString([a, b]), length
    return best


def _mostly_along(touches: Any, u: Array) -> bool:
    """Whether a part's border with roads runs along its longer side."""
    along = across = 0.0
    for line in _lines(touches):
        d = np.abs(np.diff(np.asarray(line.coords), axis=0))
        s = np.diff(np.asarray(line.coords), axis=0) @ u
        long = np.hypot(*d.T)
        along += float(np.abs(s).sum())
        across += float(np.sqrt(np.maximum(long**2 - s**2, 0)).sum())
    return along >= across


def lots_along(
    graph: RoadGraph, *, wanted: int, middle: Array, size: Callable[[str], tuple[float, float]], allowed: Callable[[Any], bool],
    taken: Sequence[Any] = (), step_m: float = 3.0, gap_m: float = 2.0, most_away_m: float = 400.0,
    skip: Sequence[str] = ("highway",),
) -> list[Lot]:  # fmt: skip
    """Lots on both sides of roads, the nearest to a middle first, until there are as many as wanted.

    Parameters
    ----------
    size
        Width and depth of a lot by its key.
    allowed
        Whether a shape may be built on: no water, not too steep.
    """
    import shapely

    corridor = [
        shapely.LineString(edge.points).buffer(edge.kind.wide_m / 2 + edge.kind.pave_m + 0.25, quad_segs=2) for edge in graph.edges
    ]
    tree = shapely.STRtree(corridor)
    spots: list[tuple[float, Array, Array, float]] = []
    for edge in graph.edges:
        if edge.kind.name in skip:
            continue
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(edge.points, axis=0).T))])
        for at in np.arange(step_m, float(lengths[-1]), step_m):
            p = np.array([np.interp(at, lengths, edge.points[:, k]) for k in (0, 1)])
            q = np.array([np.interp(min(at + 4.0, lengths[-1]), lengths, edge.points[:, k]) for k in (0, 1)])
            o = np.array([np.interp(max(at - 4.0, 0.0), lengths, edge.points[:, k]) for k in (0, 1)])
            d = (q - o) / max(float(np.hypot(*(q - o))), 1e-9)
            away = float(np.hypot(*(p - middle)))
            if away > most_away_m:
                continue
            for side in (1.0, -1.0):
                out = np.array([-d[1], d[0]]) * side  # from the road into the lot
                spots.append((away + 3.0 * side * 0.01, p + out * (edge.kind.wide_m / 2 + edge.kind.pave_m + 0.3), out, away))
    spots.sort(key=lambda spot: (round(spot[0], 3), round(float(spot[1][0]), 2), round(float(spot[1][1]), 2)))
    lots: list[Lot] = []
    occupied = list(taken)
    for _, gate, into, _ in spots:
        if len(lots) >= wanted:
            break
        key = _key(gate)
        wide, deep = size(key)
        d = np.array([into[1], -into[0]])
        shape = shapely.Polygon(
            [gate - d * wide / 2, gate + d * wide / 2, gate + d * wide / 2 + into * deep, gate - d * wide / 2 + into * deep]
        )
        near = shapely.Point(gate + into * deep / 2)
        if any(other.distance(near) < 60 and other.intersects(shape) for other in occupied):
            continue
        if any(corridor[int(k)].intersects(shape) for k in tree.query(shape)):
            continue
        if not allowed(shape):
            continue
        occupied.append(shape.buffer(gap_m / 2 - 0.05, join_style="mitre"))
        lots.append(Lot(shape, -into, gate, key))
    return lots
