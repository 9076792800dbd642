"""The straight skeleton of a polygon with holes: for each edge, the part of the plan that its roof covers.

A wavefront moves inwards at one metre a second (Aichholzer et al., "A novel type of skeleton for polygons", 1995): corners run
along bisectors, edges vanish (edge events), and corners that point inwards split what they run into (split events). Paths of
corners are the ridges, hips and valleys. Footprints have few corners, so every event looks at all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from taixu.generate.places.buildings.plans import Array, loops_of, parts_of

if TYPE_CHECKING:
    from shapely import Polygon

__all__ = ["Face", "straight_skeleton"]

_NEAR = 1e-6
_MOST_EVENTS = 2000


@dataclass(frozen=True)
class Face:
    """What slopes down to one edge.

    Attributes
    ----------
    start, end : float64[2]
        The edge, inside to its left.
    shape
        The part of the plan.
    """

    start: Array
    end: Array
    shape: Polygon

    @property
    def inwards(self) -> Array:
        """Unit, away from the edge."""
        d = (self.end - self.start) / np.hypot(*(self.end - self.start))
        return np.array([-d[1], d[0]])


class _Corner:
    __slots__ = ("after", "before", "born", "left", "place", "reflex", "right", "speed")

    def __init__(self, place: tuple[float, float], born: float, left: int, right: int) -> None:
        self.place, self.born, self.left, self.right = place, born, left, right
        self.before: _Corner = self
        self.after: _Corner = self
        self.speed: tuple[float, float] | None = None
        self.reflex = False

    def at(self, time: float) -> tuple[float, float]:
        vx, vy = self.speed or (0.0, 0.0)
        return self.place[0] + vx * (time - self.born), self.place[1] + vy * (time - self.born)


class _Front:
    """The wavefront."""

    def __init__(self, loops: list[Array]) -> None:
        self.starts: list[tuple[float, float]] = []
        self.ends: list[tuple[float, float]] = []
        self.directions: list[tuple[float, float]] = []
        self.corners: set[_Corner] = set()
        self.order: dict[_Corner, int] = {}
        self.arcs: list[tuple[tuple[float, float], tuple[float, float]]] = []
        for loop in loops:
            first = len(self.starts)
            n = len(loop)
            for k in range(n):
                a, b = loop[k], loop[(k + 1) % n]
                length = math.hypot(b[0] - a[0], b[1] - a[1])
                self.starts.append((float(a[0]), float(a[1])))
                self.ends.append((float(b[0]), float(b[1])))
                self.directions.append((float(b[0] - a[0]) / length, float(b[1] - a[1]) / length))
            ring = [_Corner(self.starts[first + k], 0.0, first + (k - 1) % n, first + k) for k in range(n)]
            for k, corner in enumerate(ring):
                corner.before, corner.after = ring[k - 1], ring[(k + 1) % n]
                self.enter(corner)

    def enter(self, corner: _Corner) -> None:
        ax, ay = self.directions[corner.left]
        bx, by = self.directions[corner.right]
        cross, dot = ax * by - ay * bx, ax * bx + ay * by
        if abs(cross) < 1e-9 and dot > 0:
            corner.speed = (-ay, ax)
        elif abs(cross) < 1e-9:
            corner.speed = None
        else:
            # The velocity v has n_a . v = n_b . v = 1.
            nax, nay, nbx, nby = -ay, ax, -by, bx
            corner.speed = ((nby - nay) / cross, (nax - nbx) / cross)
        corner.reflex = cross < -1e-9
        self.corners.add(corner)
        self.order[corner] = len(self.order)

    def leave(self, corner: _Corner, place: tuple[float, float]) -> None:
        self.corners.discard(corner)
        if math.hypot(place[0] - corner.place[0], place[1] - corner.place[1]) > _NEAR:
            self.arcs.append((corner.place, place))

    def collapse(self, first: _Corner, time: float, place: tuple[float, float]) -> None:
        """The edge after a corner vanishes."""
        second = first.after
        self.leave(first, place)
        self.leave(second, place)
        if first.before is second or first.before is second.after:
            third = first.before
            if third is not second:
                self.leave(third, place)
            return
        new = _Corner(place, time, first.left, second.right)
        new.before, new.after = first.before, second.after
        new.before.after = new
        new.after.before = new
        self.enter(new)
        self.close(new)

    def split(self, corner: _Corner, edge: _Corner, time: float, place: tuple[float, float]) -> None:
        """A corner that points inwards meets the edge between `edge` and the corner after it."""
        self.leave(corner, place)
        far = edge.after
        one = _Corner(place, time, corner.left, edge.right)
        two = _Corner(place, time, edge.right, corner.right)
        one.before, one.after = corner.before, far
        two.before, two.after = edge, corner.after
        corner.before.after, far.before = one, one
        edge.after, corner.after.before = two, two
        for new in (one, two):
            self.enter(new)
        for new in (one, two):
            self.close(new)

    def close(self, corner: _Corner) -> None:
        """Loops of two corners enclose nothing."""
        if corner in self.corners and corner.after.after is corner:
            other = corner.after
            self.corners.discard(corner)
            self.leave(other, corner.place)

    def next_event(self, time: float) -> tuple[float, int, _Corner, _Corner] | None:
        best: tuple[float, int, _Corner, _Corner] | None = None
        ordered = sorted(self.corners, key=self.order.__getitem__)
        for corner in ordered:
            when = self._vanishes(corner, time)
            if when is not None and (best is None or when < best[0] - 1e-12):
                best = (when, 0, corner, corner)
        for corner in ordered:
            if not corner.reflex:
                continue
            for edge in ordered:
                if edge is corner or edge is corner.before or edge.after is corner or edge.after is corner.before is edge:
                    continue
                when = self._hits(corner, edge, time)
                if when is not None and (best is None or when < best[0] - 1e-9):
                    best = (when, 1, corner, edge)
        return best

    def _vanishes(self, corner: _Corner, time: float) -> float | None:
        """When the edge after a corner has no length."""
        other = corner.after
        dx, dy = self.directions[corner.right]
        if corner.speed is None or other.speed is None:
            # Between antiparallel edges: the corner is at its neighbour now. The shorter way goes first.
            stuck = corner if corner.speed is None else other
            mine = stuck.after if stuck is corner else stuck.before
            theirs = stuck.before if stuck is corner else stuck.after
            a, b, c = stuck.place, mine.at(time), theirs.at(time)
            return time if math.dist(a, b) <= math.dist(a, c) + 1e-9 else None
        px, py = corner.at(time)
        qx, qy = other.at(time)
        length = (qx - px) * dx + (qy - py) * dy
        shrink = (corner.speed[0] - other.speed[0]) * dx + (corner.speed[1] - other.speed[1]) * dy
        if length <= 1e-9:
            return time if shrink > -1e-9 or length < -1e-7 else None
        return time + length / shrink if shrink > 1e-12 else None

    def _hits(self, corner: _Corner, edge: _Corner, time: float) -> float | None:
        """When a corner is on the line of another edge, between that edge's ends."""
        assert corner.speed is not None
        number = edge.right
        if number in (corner.left, corner.right):
            return None
        dx, dy = self.directions[number]
        nx, ny = -dy, dx
        x, y = corner.at(time)
        sx, sy = self.starts[number]
        distance = (x - sx) * nx + (y - sy) * ny - time
        closing = 1.0 - (corner.speed[0] * nx + corner.speed[1] * ny)
        if distance < -1e-7 or closing <= 1e-9:
            return None
        when = time + max(distance, 0.0) / closing
        x, y = corner.at(when)
        a, b = edge.at(when), edge.after.at(when)
        if (x - a[0]) * dx + (y - a[1]) * dy < -1e-7 or (b[0] - x) * dx + (b[1] - y) * dy < -1e-7:
            return None
        return when

    def run(self) -> None:
        time = 0.0
        for _ in range(_MOST_EVENTS):
            event = self.next_event(time)
            if event is None:
                break
            time = max(time, event[0])
            if event[1] == 0:
                first, second = event[2], event[2].after
                moving = second if second.speed is not None else first
                self.collapse(first, time, moving.at(time) if moving.speed is not None else second.place)
            else:
                self.split(event[2], event[3], time, event[2].at(time))


def straight_skeleton(shape: Polygon) -> list[Face] | None:
    """The faces of a polygon's skeleton, one an edge; None where numbers do not suffice for it (a flat roof does then).

    Parameters
    ----------
    shape
        As `clean_footprint` gives it: outer ring anticlockwise, holes clockwise.
    """
    import shapely

    loops = loops_of(shape)
    front = _Front(loops)
    front.run()
    lines = [*zip(front.starts, front.ends, strict=True), *front.arcs]
    noded = shapely.unary_union([shapely.LineString(line) for line in lines], grid_size=1e-5)
    cells = [cell for cell in parts_of(shapely.polygonize([noded])) if cell.area > 1e-7]
    middles = [(np.add(a, b) / 2, np.array(d)) for a, b, d in zip(front.starts, front.ends, front.directions, strict=True)]
    faces = []
    for number, (middle, d) in enumerate(middles):
        probe = shapely.Point(middle + np.array([-d[1], d[0]]) * 1e-3)
        mine = next((cell for cell in cells if cell.covers(probe)), None)
        if mine is None:
            return None
        faces.append(Face(np.array(front.starts[number]), np.array(front.ends[number]), mine))
    area = sum(face.shape.area for face in faces)
    if abs(area - shape.area) > 1e-3 * shape.area + 1e-3:
        return None
    for face in faces:  # a face lies on the inner side of its edge and nowhere else
        away = (shapely.get_coordinates(face.shape) - face.start) @ face.inwards
        if float(away.min()) < -1e-3:
            return None
    return faces
