"""Stairs between storeys: two flights with a landing where there is room, round ones in towers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, loops_of
from taixu.generate.places.buildings.soup import Frame, Soup, level_frame

__all__ = ["Stairs", "build_flights", "find_stairs"]

_WIDE_M, _TREAD_M, _RISE_M, _GAP_M = 0.95, 0.26, 0.18, 0.08


@dataclass(frozen=True)
class Stairs:
    """Where stairs stand: a corner, the direction in which the first flight climbs, and how deep they are.

    Attributes
    ----------
    hole
        What is cut out of floors above.
    zone
        The hole and the ground before it.
    """

    at: Array
    along: Array
    deep_m: float
    is_round: bool
    hole: Any
    zone: Any


def _flight(rise: float) -> tuple[int, float]:
    """Steps of one flight, and how far they reach."""
    steps = max(2, math.ceil(rise / 2 / _RISE_M))
    return steps, steps * _TREAD_M


def find_stairs(shape: Any, rise: float, keep: Sequence[Any], front: Array, *, is_round: bool = False) -> Stairs | None:
    """A place for stairs in a storey's polygon: against a wall, far from the front, off the shapes in `keep`."""
    import shapely

    inside = shape.buffer(0.02)
    if not is_round:
        _, reach = _flight(rise)
        deep, wide = reach + _WIDE_M, 2 * _WIDE_M + _GAP_M
        found: list[tuple[float, Array, Array]] = []
        for loop in loops_of(shape):
            for k in range(len(loop)):
                a, b = loop[k], loop[(k + 1) % len(loop)]
                length = float(np.hypot(*(b - a)))
                if length < wide:
                    continue
                d = (b - a) / length
                n = np.array([-d[1], d[0]])
                for share in (0.0, 1.0, 0.5):
                    # The flights stand beside each other along the wall, or one behind the other away from it.
                    if length >= deep:
                        start = a + d * (0.02 + (length - deep - 0.04) * share) + n * 0.02
                        for along, corner in ((d, start), (-d, start + d * deep + n * wide)):
                            found.append((-float((start + d * deep / 2) @ front), corner, along))
                    start = a + d * (0.02 + (length - wide - 0.04) * share) + n * (deep + 0.02)
                    found.append((-float((start + d * wide / 2) @ front) - 0.5, start, -n))
        for _, corner, along in sorted(
            found, key=lambda each: (-round(each[0], 2), round(float(each[1][0]), 2), round(float(each[1][1]), 2))
        ):
            left = np.array([-along[1], along[0]])
            hole = shapely.Polygon([corner, corner + along * deep, corner + along * deep + left * wide, corner + left * wide])
            zone = shapely.Polygon(
                [
                    corner - along * 1.0,
                    corner + along * deep,
                    corner + along * deep + left * wide,
                    corner - along * 1.0 + left * wide,
                ]
            )
            if inside.covers(zone) and not any(zone.intersects(each) for each in keep):
                return Stairs(corner, along, deep, False, hole, zone)
    for radius in (1.25, 1.05):
        for at in _spots(shape, radius):
            hole = shapely.Point(at).buffer(radius, quad_segs=4)
            zone = shapely.Point(at).buffer(radius + 0.7, quad_segs=4)
            if inside.covers(shapely.Point(at).buffer(radius + 0.05, quad_segs=4)) and not any(
                hole.intersects(each) for each in keep
            ):
                return Stairs(at, np.array([1.0, 0.0]), radius, True, hole, zone.intersection(shape))
    return None


def _spots(shape: Any, radius: float) -> list[Array]:
    middle = np.array(shape.centroid.coords[0])
    corners = loops_of(shape)[0]
    found = []
    for corner in corners:
        d = middle - corner
        d = d / max(float(np.hypot(*d)), 1e-9)
        found.append(corner + d * (radius * 1.5))
    found.sort(key=lambda at: (-round(float(np.hypot(*(at - middle))), 2), round(float(at[0]), 2)))
    return [*found, middle] if len(corners) < 7 else [middle]


def build_flights(soup: Soup, solid: Soup, stairs: Stairs, low: float, high: float, look: str) -> None:
    """The flights of one storey; bodies meet slopes in their place."""
    if stairs.is_round:
        _round(soup, solid, stairs, low, high, look)
        return
    frame2 = level_frame(low, at=tuple(stairs.at), along=tuple(stairs.along))
    # Local axes: x along the climb, y up, z to the right (so to the left is negative).
    frame = Frame(frame2.origin, frame2.u, frame2.n, -frame2.v)
    rise = high - low
    steps, reach = _flight(rise)
    each = rise / 2 / steps
    for flight in (0, 1):
        z0, z1 = -_WIDE_M - flight * (_WIDE_M + _GAP_M), -flight * (_WIDE_M + _GAP_M)
        for k in range(steps):
            y = each * (k + 1) + flight * rise / 2
            x = k * _TREAD_M if flight == 0 else reach - (k + 1) * _TREAD_M
            soup.box(look, frame, (x, y - each - 0.12, z0), (x + _TREAD_M, y, z1))
        a, b = (0.0, reach) if flight == 0 else (reach, 0.0)
        y0, y1 = flight * rise / 2, (flight + 1) * rise / 2
        slope = frame.at([(a, y0, z0), (b, y1, z0), (b, y1, z1), (a, y0, z1)])
        solid.quad(look, slope if flight else slope[::-1])
        for z in (z0, z1):
            soup.box(
                "wood",
                _tilted(frame, (a, y0 + 0.9, z), (b, y1 + 0.9, z)),
                (0, -0.025, -0.025),
                (math.hypot(b - a, y1 - y0), 0.025, 0.025),
            )
            for t in (0.1, 0.5, 0.9):
                x, y = a + (b - a) * t, y0 + (y1 - y0) * t
                soup.box("wood", frame, (x - 0.02, y, z - 0.02), (x + 0.02, y + 0.9, z + 0.02), "lrfb")
    for target in (soup, solid):
        target.box(look, frame, (reach, rise / 2 - 0.15, -2 * _WIDE_M - _GAP_M), (reach + _WIDE_M, rise / 2, 0.0))


def _tilted(frame: Frame, a: tuple[float, float, float], b: tuple[float, float, float]) -> Frame:
    start, end = frame.at(a), frame.at(b)
    u = (end - start) / np.linalg.norm(end - start)
    n = frame.n
    return Frame(start, u, np.cross(n, u), n)


def _round(soup: Soup, solid: Soup, stairs: Stairs, low: float, high: float, look: str) -> None:
    """Steps around a post."""
    radius = stairs.deep_m - 0.06
    steps = max(3, math.ceil((high - low) / 0.2))
    rise = (high - low) / steps
    turn = min(math.radians(27), 2 * math.pi / 12)
    x, z = float(stairs.at[0]), float(-stairs.at[1])

    def at(r: float, angle: float, y: float) -> tuple[float, float, float]:
        return (x + r * math.cos(angle), y, z - r * math.sin(angle))

    for k in range(steps):
        a, b, y = k * turn, (k + 1) * turn + 0.03, low + rise * (k + 1)
        top = [at(0.08, a, y), at(radius, a, y), at(radius, b, y), at(0.08, b, y)]
        bottom = [(p[0], p[1] - 0.07, p[2]) for p in top]
        for target in (soup, solid):
            target.quad(look, top)
        soup.quad(look, bottom[::-1])
        for i in range(4):
            j = (i + 1) % 4
            soup.quad(look, [bottom[i], bottom[j], top[j], top[i]])
    ring = np.array([at(0.07, t, 0.0) for t in np.arange(8) / 8 * 2 * math.pi])
    soup.strip(look, ring + np.array((0, low, 0)), ring + np.array((0, high + 0.95, 0)), closed=True, smooth=True)


