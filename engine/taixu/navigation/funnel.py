"""Strings pulled tight through portals (the funnel of Lee and Preparata; as arrays for crowds, point by point for one way)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.graph import expand

if TYPE_CHECKING:
    from taixu.navigation.mesh import NavigationMesh, Route

__all__ = ["Steps", "find_route", "first_points", "next_corners"]

Array = NDArray[Any]
_LOOK_AHEAD = 10
"""Gates that a crowd looks through; it looks again before it has passed them."""


def first_points(mesh: NavigationMesh, costs: Array, rows: Array, polygons: Array, places: Array) -> NDArray[np.int32]:
    """The points of the graph to head for from places [n, 3] in polygons [n], by fields' costs [fields, points] and whose
    field counts for each [n]; -1 where there is no way.
    """
    graph = mesh.graph
    which, item = expand(graph.starts, polygons)
    point = graph.members[item]
    price = costs[rows[which], point] + np.linalg.norm(graph.places[point] - places[which], axis=1) * graph.weights[polygons[which]]
    found = np.full(len(polygons), -1, np.int32)
    if len(which):
        first = np.flatnonzero(np.concatenate([[True], which[1:] != which[:-1]]))
        best = np.minimum.reduceat(price, first)
        wins = np.flatnonzero((price == np.repeat(best, np.diff(np.append(first, len(which))))) & np.isfinite(price))
        found[which[wins[::-1]]] = point[wins[::-1]]  # of equal ones the first
    return found


@dataclass(slots=True)
class Steps:
    """Where people are to go next.

    Attributes
    ----------
    corner : float64 [n, 3]
        The next place to walk straight to.
    link : int32 [n]
        The portal of the off-mesh link that begins there, -1 where none does.
    last : bool [n]
        Whether the corner is the goal.
    """

    corner: NDArray[np.float64]
    link: NDArray[np.int32]
    last: NDArray[np.bool_]


def next_corners(
    mesh: NavigationMesh, after: Array, via: Array, rows: Array, goals: Array, polygons: Array, places: Array, points: Array
) -> Steps:
    """The next corners of people at places [n, 3] in polygons [n], who head for points of the graph [n] (-1: the goal itself).

    `after` and `via` [fields, points] are those of fields, `rows` [n] says which counts for whom, and goals are [n, 3].
    """
    graph, portals = mesh.graph, mesh.portals
    count = len(polygons)
    steps = Steps(goals.astype(np.float64).copy(), np.full(count, -1, np.int32), points < 0)
    apex = places[:, [0, 2]].astype(np.float64)
    left, right = np.zeros((count, 2)), np.zeros((count, 2))
    left_y, right_y = np.zeros(count), np.zeros(count)
    begun = np.zeros(count, bool)
    polygon, point = polygons.astype(np.int64).copy(), points.astype(np.int64).copy()
    open_ = np.flatnonzero(points >= 0)
    for _ in range(_LOOK_AHEAD):
        if not len(open_):
            break
        here, row = point[open_], rows[open_]
        to_goal = here < 0
        number = np.where(to_goal, 0, here)
        portal = graph.portal[number]
        linked = ~to_goal & (portals.link[portal] >= 0)
        linked &= graph.portal[np.maximum(after[row, number], 0)] == portal
        forward = (portals.polygons[portal, 0] == polygon[open_])[:, None]
        ends = to_goal | linked
        # A point that is only touched on the way is no gate, nor is the end of a link that is not taken.
        crossed = ends | ((via[row, number] != polygon[open_]) & (portals.link[portal] < 0))
        target = np.where(linked[:, None], graph.places[number], goals[open_])
        gate_left = np.where(ends[:, None], target, np.where(forward, portals.left[portal], portals.right[portal]))
        gate_right = np.where(ends[:, None], target, np.where(forward, portals.right[portal], portals.left[portal]))
        done = _tighten(
            steps, apex, left, right, left_y, right_y, begun, open_[crossed], gate_left[crossed].astype(np.float64),
            gate_right[crossed].astype(np.float64), ends[crossed], np.where(linked, portal, -1)[crossed],
        )  # fmt: skip
        finished = np.zeros(len(open_), bool)
        finished[np.flatnonzero(crossed)[done]] = True
        other = np.where(forward[:, 0], portals.polygons[portal, 1], portals.polygons[portal, 0])
        polygon[open_] = np.where(crossed & ~ends, other, polygon[open_])
        point[open_] = np.where(to_goal, -1, after[row, number])
        open_ = open_[~finished]
    # The way goes on out of sight: towards the middle of what is seen of it.
    if len(open_):
        middle = 0.5 * (left[open_] + right[open_])
        steps.corner[open_] = np.stack([middle[:, 0], 0.5 * (left_y[open_] + right_y[open_]), middle[:, 1]], axis=1)
    return steps


def _turn(a: Array, b: Array) -> Array:
    """Above 0 where b [n, 2] lies to the left of a [n, 2] (x, z)."""
    return a[:, 1] * b[:, 0] - a[:, 0] * b[:, 1]


def _tighten(
    steps: Steps, apex: Array, left: Array, right: Array, left_y: Array, right_y: Array, begun: Array, who: Array, gate_left: Array,
    gate_right: Array, is_end: Array, portal: Array,
) -> NDArray[np.bool_]:
    """Narrow the funnels of some people by a gate each; who has found a corner is done, bool [who]."""
    on_left, on_right = gate_left[:, [0, 2]], gate_right[:, [0, 2]]
    at, fresh = apex[who], ~begun[who]
    here_left, here_right = left[who] - at, right[who] - at
    to_left, to_right = on_left - at, on_right - at
    # A gate that lies wholly beyond one side: the string bends there.
    past_left = ~fresh & (_turn(here_left, to_right) > 1e-9)
    past_right = ~fresh & ~past_left & (_turn(here_right, to_left) < -1e-9)
    for past, side, height in ((past_left, left, left_y), (past_right, right, right_y)):
        bent = who[past]
        steps.corner[bent] = np.stack([side[bent, 0], height[bent], side[bent, 1]], axis=1)
    bends = past_left | past_right
    ends = is_end & ~bends
    steps.corner[who[ends]] = gate_left[ends]
    steps.link[who[ends]] = portal[ends]
    steps.last[who[ends]] = portal[ends] < 0
    narrower_left = ~bends & (fresh | (_turn(here_left, to_left) <= 0.0))
    narrower_right = ~bends & (fresh | (_turn(here_right, to_right) >= 0.0))
    left[who[narrower_left]], left_y[who[narrower_left]] = on_left[narrower_left], gate_left[narrower_left, 1]
    right[who[narrower_right]], right_y[who[narrower_right]] = on_right[narrower_right], gate_right[narrower_right, 1]
    begun[who] = True
    done: NDArray[np.bool_] = bends | ends
    return done


def find_route(mesh: NavigationMesh, start: Array, goal: Array) -> Route:
    """The way from a place [1, 3] to another."""
    from taixu.navigation.mesh import Route

    floors = mesh.floors
    begin = mesh.nearest_floors(start)
    if begin[0] < 0:
        return Route(np.zeros((0, 3)), False)
    place = floors.places(begin, start)
    polygon = int(floors.polygon[begin[0]])
    field = mesh.field(goal)
    islands = mesh.islands
    if field is None or not mesh.passages.leads(islands[[polygon]], islands[[field.polygon]])[0]:
        return _partial(mesh, place, goal, polygon)
    end = field.goal.astype(np.float64)
    if polygon == field.polygon:
        return Route(np.stack([place[0], end]), True)
    point = int(first_points(mesh, field.costs[None], np.zeros(1, np.int64), np.array([polygon]), place)[0])
    if point < 0:
        return Route(place, False)
    way, links = [place[0]], []
    gates: list[tuple[Array, Array]] = []
    while point >= 0:
        portal = int(mesh.graph.portal[point])
        a, b = mesh.portals.polygons[portal].tolist()
        left, right = mesh.portals.left[portal].astype(np.float64), mesh.portals.right[portal].astype(np.float64)
        following = int(field.after[point])
        if mesh.portals.link[portal] >= 0:
            if following >= 0 and int(mesh.graph.portal[following]) == portal:  # over the link
                foot, head = mesh.graph.places[[point, following]].astype(np.float64)
                way += [*_pull(way[-1], gates, foot), head]
                gates = []
                links.append(int(mesh.portals.link[portal]))
                point, polygon = int(field.after[following]), int(field.via[following])
                continue
        elif int(field.via[point]) != polygon:
            gates.append((left, right) if a == polygon else (right, left))
            polygon = b if a == polygon else a
        point = following
    way += _pull(way[-1], gates, end)
    points = np.array(way)
    apart = np.concatenate([[True], np.linalg.norm(np.diff(points, axis=0), axis=1) > 1e-6])
    return Route(points[apart] if apart.sum() > 1 else points, True, tuple(links))


def _pull(start: Array, gates: list[tuple[Array, Array]], end: Array) -> list[Array]:
    """Where a string from a start through gates (left, right) to an end bends, and the end."""
    way: list[Array] = []
    gates = [*gates, (end, end)]
    apex, left, right = start, *gates[0]
    left_at = right_at = 0
    at = 1
    while at < len(gates):
        gate_left, gate_right = gates[at]
        if _side(apex, right, gate_right) >= 0.0:
            if _same(apex, right) or _side(apex, left, gate_right) < 0.0:
                right, right_at = gate_right, at
            else:  # the right side has come over the left one: the string bends there
                way.append(left)
                apex, at = left, left_at + 1
                if at >= len(gates):
                    break
                left, right = gates[at]
                left_at = right_at = at
                at += 1
                continue
        if _side(apex, left, gate_left) <= 0.0:
            if _same(apex, left) or _side(apex, right, gate_left) > 0.0:
                left, left_at = gate_left, at
            else:
                way.append(right)
                apex, at = right, right_at + 1
                if at >= len(gates):
                    break
                left, right = gates[at]
                left_at = right_at = at
                at += 1
                continue
        at += 1
    return [*way, end]


def _side(apex: Array, towards: Array, point: Array) -> float:
    """Above 0 where a point lies to the left of the way from an apex towards somewhere."""
    return float((towards[2] - apex[2]) * (point[0] - apex[0]) - (towards[0] - apex[0]) * (point[2] - apex[2]))


def _same(a: Array, b: Array) -> bool:
    return bool(abs(a[0] - b[0]) < 1e-6 and abs(a[2] - b[2]) < 1e-6)


def _partial(mesh: NavigationMesh, place: Array, goal: Array, polygon: int) -> Route:
    """The way to the place of the start's island that is nearest to a goal."""
    from taixu.navigation.mesh import Route

    floors = mesh.floors
    mine = np.flatnonzero(mesh.islands[floors.polygon] == mesh.islands[polygon])
    away = np.linalg.norm(floors.centres(mine) - goal, axis=1)
    best = mine[int(np.argmin(away))]
    if int(floors.polygon[best]) == polygon and np.linalg.norm(floors.centres(np.array([best])) - place) < mesh.settings.cell_m:
        return Route(place, False)
    way = find_route(mesh, place, floors.centres(np.array([best])))
    return Route(way.points, False, way.links)
