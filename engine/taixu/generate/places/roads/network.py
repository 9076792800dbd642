"""Roads as drawn become a graph: cleaned, curved, cut where they cross, joined where they nearly meet.

What hands and files draw is mended where it means one thing only: doubled points and edges without length vanish, a road that
crosses itself gets a junction there,
ends that stop short of a road by less than its width reach it. All in the plane (east, north).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.places.roads.kinds import RoadKind, kind_named

__all__ = ["Edge", "Road", "RoadGraph", "make_graph"]

Array = NDArray[Any]
STEP_M = 4.0
"""Between points of a curve."""
MOST_POINTS = 4000
_MOST_ROADS = 20_000
_MOST_M = 1.0e6


@dataclass(frozen=True)
class Road:
    """A road as it was drawn.

    Attributes
    ----------
    points : float64[n, 2]
        Of the plan.
    kind
        One of `taixu.generate.places.roads.kinds.KINDS`.
    is_curved
        Whether it bends between its points; otherwise it has corners there.
    name
        What it is told apart by.
    """

    points: Any
    kind: str = "street"
    is_curved: bool = True
    name: str = ""


@dataclass
class Edge:
    """A road from one node to another."""

    start: int
    end: int
    points: Array
    kind: RoadKind
    name: str = ""

    @property
    def length_m(self) -> float:
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())


@dataclass
class RoadGraph:
    """Nodes [n, 2] of the plan, and edges between them.

    Attributes
    ----------
    notes
        What was mended, a sentence each.
    """

    nodes: Array
    edges: list[Edge]
    notes: list[str] = field(default_factory=list)

    def arms(self) -> list[list[tuple[int, bool]]]:
        """For each node the edges that meet there, and whether they start there."""
        found: list[list[tuple[int, bool]]] = [[] for _ in self.nodes]
        for number, edge in enumerate(self.edges):
            found[edge.start].append((number, True))
            found[edge.end].append((number, False))
        return found


def make_graph(roads: Sequence[Road], *, curves: dict[bytes, Array] | None = None) -> RoadGraph:
    """The graph of roads.

    Parameters
    ----------
    curves
        Curves that were made before, by their points; what is made is added.

    Raises
    ------
    TaixuError
        Where numbers are none, or there is more than can be built.
    """
    import shapely

    if len(roads) > _MOST_ROADS:
        raise TaixuError(f"roads: there are {len(roads):,}; at most {_MOST_ROADS:,} are built at once")
    notes: list[str] = []
    lines: list[tuple[Array, RoadKind, str]] = []
    for number, road in enumerate(roads):
        points = _cleaned(road, number, notes)
        if points is not None:
            key = points.tobytes() + bytes([road.is_curved])
            curve = curves.get(key) if curves is not None else None
            if curve is None:
                curve = _curved(points) if road.is_curved and len(points) > 2 else _dense(points)
            if curves is not None:
                curves[key] = curve
            lines.append((curve, kind_named(road.kind), road.name))
    if not lines:
        return RoadGraph(np.zeros((0, 2)), [], notes)
    lines = _reaching(lines)
    shapes = [shapely.LineString(points) for points, _, _ in lines]
    met = _meetings(shapes)
    pieces: list[tuple[Array, RoadKind, str]] = []
    for number, (points, kind, name) in enumerate(lines):
        where = met[number]
        cuts = _self_crossings(points)
        if len(cuts):  # both passes of the crossing
            notes.append(f"road {name or number + 1} crosses itself; it has a junction there")
            where = [*where, *_all_passes(points, cuts)]
        pieces += [(part, kind, name) for part in _cut(points, where)]
    graph = _joined(pieces, notes)
    return _without_doubles(graph)


def _meetings(shapes: list[Any]) -> list[list[float]]:
    """How far along each line others cross it, or run on it and leave it."""
    import shapely

    found: list[list[float]] = [[] for _ in shapes]
    lines = np.array(shapes, object)
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    one, other = one[one != other], other[one != other]
    parts, of = shapely.get_parts(shapely.intersection(lines[one], lines[other]), return_index=True)
    is_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    ends = (parts[is_point], shapely.get_point(parts[~is_point], 0), shapely.get_point(parts[~is_point], -1))
    for points, which in zip(ends, (of[is_point], of[~is_point], of[~is_point]), strict=True):
        along = shapely.line_locate_point(lines[one[which]], points)
        for number, at in zip(one[which].tolist(), along.tolist(), strict=True):
            found[number].append(at)
    return found


def _cleaned(road: Road, number: int, notes: list[str]) -> Array | None:
    points = np.asarray(road.points, np.float64)
    name = road.name or str(number + 1)
    if points.ndim != 2 or points.shape[1] != 2:
        raise TaixuError(f"road {name}: its points are rows of two numbers")
    if len(points) > MOST_POINTS:
        raise TaixuError(f"road {name}: it has {len(points):,} points; at most {MOST_POINTS:,} are built")
    if not np.isfinite(points).all() or (len(points) and float(np.abs(points).max()) > _MOST_M):
        raise TaixuError(f"road {name}: it holds numbers that are none, or beyond {_MOST_M:g} m")
    if len(points):
        keep = np.concatenate([[True], np.hypot(*np.diff(points, axis=0).T) > 0.25])
        if not keep.all():
            notes.append(f"road {name}: {int((~keep).sum())} points that stood on others were left out")
        points = points[keep]
    if len(points) < 2:
        notes.append(f"road {name}: it has no length and was left out")
        return None
    return points


def _curved(points: Array) -> Array:
    """A centripetal Catmull-Rom curve through points (Yuksel et al., 2011): it neither loops nor overshoots."""
    closed = bool(np.hypot(*(points[0] - points[-1])) < 1e-6)
    first = points[-2] if closed else 2 * points[0] - points[1]
    last = points[1] if closed else 2 * points[-1] - points[-2]
    p = np.concatenate([[first], points, [last]])
    made = [points[:1]]
    for k in range(1, len(p) - 2):
        a, b, c, d = p[k - 1 : k + 3]
        t = np.concatenate([[0.0], np.cumsum([max(float(np.hypot(*(y - x))), 1e-6) ** 0.5 for x, y in ((a, b), (b, c), (c, d))])])
        count = max(1, int(np.ceil(np.hypot(*(c - b)) / STEP_M)))
        s = (t[1] + (t[2] - t[1]) * (np.arange(count) + 1) / count)[:, None]
        ab, bc, cd = _lerp(a, b, t[0], t[1], s), _lerp(b, c, t[1], t[2], s), _lerp(c, d, t[2], t[3], s)
        made.append(_lerp(_lerp(ab, bc, t[0], t[2], s), _lerp(bc, cd, t[1], t[3], s), t[1], t[2], s))
    return np.concatenate(made)


def _lerp(a: Array, b: Array, from_t: float, to_t: float, t: Array) -> Array:
    found: Array = a + (b - a) * (t - from_t) / (to_t - from_t)
    return found


def _dense(points: Array) -> Array:
    """Points of straight pieces, `STEP_M` apart or nearer."""
    made = [points[:1]]
    for a, b in pairwise(points):
        count = max(1, int(np.ceil(np.hypot(*(b - a)) / STEP_M)))
        made.append(a + (b - a) * ((np.arange(count) + 1) / count)[:, None])
    return np.concatenate(made)


def _reaching(lines: list[tuple[Array, RoadKind, str]]) -> list[tuple[Array, RoadKind, str]]:
    """Ends that stop just short of another road, or just beyond it, moved on to it."""
    import shapely

    shapes = [shapely.LineString(points) for points, _, _ in lines]
    tree = shapely.STRtree(shapes)
    made = []
    for number, (points, kind, name) in enumerate(lines):
        points = points.copy()
        for at in (0, -1):
            here = shapely.Point(points[at])
            best, best_m = None, kind.wide_m * 0.5 + 2.0
            for other in sorted(int(k) for k in tree.query(here.buffer(best_m + 8.0))):
                if other == number:
                    continue
                away = float(shapes[other].distance(here))
                if 1e-9 < away < min(best_m, lines[other][1].wide_m * 0.5 + 2.5):
                    best, best_m = shapes[other], away
            if best is not None:
                points[at] = np.asarray(best.interpolate(best.project(here)).coords[0])
        made.append((points, kind, name))
    return made


def _self_crossings(points: Array) -> Array:
    """Where a line crosses itself, [k, 2]."""
    n = len(points) - 1
    if n < 3:
        return np.zeros((0, 2))
    import shapely

    if shapely.LineString(points).is_simple:
        return np.zeros((0, 2))
    a, d = points[:-1], np.diff(points, axis=0)
    i, j = np.triu_indices(n, 2)
    cross = d[i, 0] * d[j, 1] - d[i, 1] * d[j, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        w = a[j] - a[i]
        s, t = (w[:, 0] * d[j, 1] - w[:, 1] * d[j, 0]) / cross, (w[:, 0] * d[i, 1] - w[:, 1] * d[i, 0]) / cross
    hit = (np.abs(cross) > 1e-9) & (s >= 0) & (s < 1) & (t >= 0) & (t < 1)
    hit &= ~((i == 0) & (j == n - 1) & (s < 1e-9))
    found: Array = a[i[hit]] + d[i[hit]] * s[hit][:, None]
    return found[:64]


def _all_passes(points: Array, cuts: Array) -> list[float]:
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    found = []
    for cut in cuts:
        a, d = points[:-1], np.diff(points, axis=0)
        t = np.clip(((cut - a) * d).sum(1) / np.maximum((d * d).sum(1), 1e-12), 0, 1)
        away = np.hypot(*(a + d * t[:, None] - cut).T)
        for k in np.flatnonzero(away < 1e-6):
            found.append(float(lengths[k] + t[k] * (lengths[k + 1] - lengths[k])))
    return found


def _cut(points: Array, where: Sequence[float]) -> list[Array]:
    """Pieces of a line between lengths along it."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    total = float(lengths[-1])
    marks = [0.0]
    for mark in sorted(where):
        if mark - marks[-1] > 0.3 and total - mark > 0.3:
            marks.append(float(mark))
    marks.append(total)
    pieces = []
    for low, high in pairwise(marks):
        inner = points[(lengths > low + 0.2) & (lengths < high - 0.2)]
        ends = [np.array([np.interp(mark, lengths, points[:, k]) for k in (0, 1)]) for mark in (low, high)]
        pieces.append(np.concatenate([ends[:1], inner, ends[1:]]))
    return pieces


def _joined(pieces: list[tuple[Array, RoadKind, str]], notes: list[str]) -> RoadGraph:
    """Ends that meet become nodes: nearer than the wider road is wide, they are one."""
    ends = np.array([point for points, _, _ in pieces for point in (points[0], points[-1])])
    reach = np.array([0.55 * kind.wide_m for _, kind, _ in pieces for _ in (0, 1)])
    order = np.lexsort((ends[:, 1].round(6), ends[:, 0].round(6)))
    group = np.full(len(ends), -1)
    nodes: list[Array] = []
    cells: dict[tuple[int, int], list[int]] = {}
    for k in order.tolist():
        x, y = int(ends[k, 0] // 16), int(ends[k, 1] // 16)
        near = [m for dx in (-1, 0, 1) for dy in (-1, 0, 1) for m in cells.get((x + dx, y + dy), ())]
        best = min(near, key=lambda m: (float(np.hypot(*(nodes[m] - ends[k]))), m), default=-1)
        # Ends of one short edge may not become one node.
        if best >= 0 and float(np.hypot(*(nodes[best] - ends[k]))) < reach[k]:
            group[k] = best
        else:
            group[k] = len(nodes)
            nodes.append(ends[k])
            cells.setdefault((x, y), []).append(len(nodes) - 1)
    edges = []
    for number, (points, kind, name) in enumerate(pieces):
        a, b = int(group[2 * number]), int(group[2 * number + 1])
        length = float(np.hypot(*np.diff(points, axis=0).T).sum())
        if a == b and length < 4.0 * kind.wide_m:
            continue
        points = points.copy()
        points[0], points[-1] = nodes[a], nodes[b]
        keep = np.concatenate([[True], np.hypot(*np.diff(points, axis=0).T) > 1e-3])
        if keep.sum() >= 2:
            edges.append(Edge(a, b, points[keep], kind, name))
    return RoadGraph(np.array(nodes), edges, notes)


def _without_doubles(graph: RoadGraph) -> RoadGraph:
    """Of edges that run together between the same nodes, the widest; and edges through nodes of two made one."""
    best: dict[tuple[int, int, int, int], Edge] = {}
    for edge in graph.edges:
        middle = edge.points[len(edge.points) // 2] if len(edge.points) > 2 else edge.points.mean(0)
        low, high = sorted((edge.start, edge.end))
        key = (low, high, int(middle[0] // 6), int(middle[1] // 6))
        if key not in best or best[key].kind.rank < edge.kind.rank:
            best[key] = edge
    edges = list(best.values())
    graph = RoadGraph(graph.nodes, edges, graph.notes)
    changed = True
    while changed:
        changed = False
        for node, arms in enumerate(graph.arms()):
            if len(arms) != 2 or arms[0][0] == arms[1][0]:
                continue
            (i, i_starts), (j, j_starts) = arms
            a, b = graph.edges[i], graph.edges[j]
            if a.kind != b.kind or {a.start, a.end} == {b.start, b.end}:
                continue
            first = a.points[::-1] if i_starts else a.points
            second = b.points if j_starts else b.points[::-1]
            d, e = first[-1] - first[-2], second[1] - second[0]
            if float(d @ e) < 0.5 * np.hypot(*d) * np.hypot(*e):
                continue
            whole = Edge(
                a.end if i_starts else a.start, b.end if j_starts else b.start, np.concatenate([first, second[1:]]), a.kind, a.name
            )
            graph.edges = [edge for k, edge in enumerate(graph.edges) if k not in (i, j)] + [whole]
            changed = True
            del node
            break
    return _compact(graph)


def _compact(graph: RoadGraph) -> RoadGraph:
    used = sorted({node for edge in graph.edges for node in (edge.start, edge.end)})
    number = {node: k for k, node in enumerate(used)}
    edges = [Edge(number[edge.start], number[edge.end], edge.points, edge.kind, edge.name) for edge in graph.edges]
    return RoadGraph(graph.nodes[used] if used else np.zeros((0, 2)), edges, graph.notes)
