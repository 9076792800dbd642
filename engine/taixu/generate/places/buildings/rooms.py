"""Floor plans: a storey is halved until parts are rooms, and doors join all of them.

Cuts avoid stairs and what lies before doors. Doors follow a spanning tree of the rooms that touch, so nobody is shut in; where a
plan cannot be joined that way it is cut less, down to one room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, box_around, chance, parts_of

__all__ = ["FloorPlan", "Partition", "make_plan"]

_DOOR_M, _STEP_M = 0.95, 0.1


@dataclass(frozen=True)
class Partition:
    """A wall between rooms, from start to end of the plan, with gaps (from, to) for doors along it."""

    start: Array
    end: Array
    gaps: tuple[tuple[float, float], ...] = ()


@dataclass
class FloorPlan:
    """Rooms of a storey, the walls between them, and which rooms doors join (by number)."""

    rooms: list[Any]
    partitions: list[Partition]
    joined: list[tuple[int, int]] = field(default_factory=list)


def make_plan(shape: Any, *, room_m2: float, keep: Sequence[Any], seed: object) -> FloorPlan:
    """Rooms of about an area in a polygon; cuts stay off the shapes in `keep`."""
    target = room_m2
    for _ in range(6):
        plan = _joined(*_cut(shape, target, keep, seed), seed=seed)
        if plan is not None:
            return plan
        target *= 1.7
    return FloorPlan([shape], [])


def _cut(shape: Any, target: float, keep: Sequence[Any], seed: object) -> tuple[list[Any], list[tuple[Array, Array]]]:
    import shapely

    rooms: list[Any] = []
    chords: list[tuple[Array, Array]] = []

    def halve(part: Any, depth: int) -> None:
        corner, u, long, short = box_around(part)
        key = (round(part.centroid.x, 1), round(part.centroid.y, 1), depth)
        if depth > 7 or part.area < target * 1.55 or long < 3.6:
            rooms.append(part)
            return
        first = 0.5 + 0.22 * (chance(seed, "cut", key) - 0.5)
        v = np.array([-u[1], u[0]])
        for axis, cross, length in ((u, v, long), (v, u, short)):
            if length < 3.6:
                continue
            for share in (first, 0.5, 0.38, 0.62, 0.3, 0.7, 0.24, 0.76):
                at = corner + axis * length * share
                line = shapely.LineString([at - cross * 200, at + cross * 200])
                if any(line.distance(zone) < 0.08 for zone in keep if zone.intersects(part)):
                    continue
                big = 400.0
                half = shapely.Polygon(
                    [at - cross * big, at + cross * big, at + cross * big + axis * big, at - cross * big + axis * big]
                )
                pieces = [*parts_of(part.difference(half)), *parts_of(part.intersection(half))]
                if len(pieces) < 2 or min(piece.area for piece in pieces) < 3.2 or min(_thin(piece) for piece in pieces) < 1.5:
                    continue
                for chord in shapely.get_parts(line.intersection(part)):
                    if chord.geom_type == "LineString" and chord.length > 0.2:
                        ends = np.asarray(chord.coords)
                        chords.append((ends[0], ends[-1]))
                for piece in pieces:
                    halve(piece, depth + 1)
                return
        rooms.append(part)

    halve(shape, 0)
    return rooms, chords


def _thin(shape: Any) -> float:
    return min(box_around(shape)[2:])


def _joined(rooms: list[Any], chords: list[tuple[Array, Array]], *, seed: object) -> FloorPlan | None:
    import shapely

    found: list[tuple[float, int, int, int, float, float]] = []  # by chance, rooms, chord, from, to
    for number, (a, b) in enumerate(chords):
        length = float(np.hypot(*(b - a)))
        d = (b - a) / length
        n = np.array([-d[1], d[0]]) * 0.12
        t = np.arange(_STEP_M / 2, length, _STEP_M)
        points = a + d * t[:, None]
        left, right = np.full(len(t), -1), np.full(len(t), -1)
        for k, room in enumerate(rooms):
            left[shapely.contains_xy(room, *(points + n).T)] = k
            right[shapely.contains_xy(room, *(points - n).T)] = k
        pair = np.where((left >= 0) & (right >= 0) & (left != right), left * 1000 + right, -1)
        edges = np.flatnonzero(np.diff(pair)) + 1
        for low, high in zip(np.concatenate([[0], edges]), np.concatenate([edges, [len(pair)]]), strict=True):
            if len(pair) and pair[low] >= 0 and (high - low) * _STEP_M >= _DOOR_M + 0.15:
                found.append(
                    (chance(seed, "door", number, int(low)), int(left[low]), int(right[low]), number, low * _STEP_M, high * _STEP_M)
                )
    group = list(range(len(rooms)))

    def root(k: int) -> int:
        while group[k] != k:
            k = group[k]
        return k

    gaps: dict[int, list[tuple[float, float]]] = {}
    joined = []
    for _, a_room, b_room, number, low, high in sorted(found):
        if root(a_room) == root(b_room):
            continue
        group[root(a_room)] = root(b_room)
        room = high - low - _DOOR_M - 0.1
        at = low + 0.05 + room * (0.15 if chance(seed, "side", number, round(low, 1)) < 0.5 else 0.85)
        gaps.setdefault(number, []).append((at, at + _DOOR_M))
        joined.append((a_room, b_room))
    if len(joined) != len(rooms) - 1:
        return None
    return FloorPlan(rooms, [Partition(a, b, tuple(sorted(gaps.get(k, ())))) for k, (a, b) in enumerate(chords)], joined)
