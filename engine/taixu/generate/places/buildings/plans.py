"""Ground plans: polygons of metres in the plane (east, north), which is (x, -z) of the world, so that anticlockwise is up.

Footprints come from lots, files and hands. What is broken in them is mended where that is possible in one way only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

if TYPE_CHECKING:
    from shapely import Polygon

__all__ = ["Array", "box_around", "chance", "clean_footprint", "loops_of", "parts_of", "triangulate"]

Array = NDArray[Any]
MOST_CORNERS = 400
LEAST_M2 = 3.0
_MOST_M = 2000.0


def clean_footprint(points: Any, holes: Sequence[Any] = ()) -> Polygon:
    """A simple polygon of points [n, 2], anticlockwise, without doubled points or corners that are none.

    Raises
    ------
    TaixuError
        Where it encloses nothing, crosses itself so that no one area is meant, or holds numbers that are none.
    """
    import shapely
    from shapely.geometry.polygon import orient

    rings = [np.asarray(ring, np.float64) for ring in (points, *holes)]
    for ring in rings:
        if ring.ndim != 2 or ring.shape[1:] != (2,) or len(ring) < 3:
            raise TaixuError("footprint: it needs three corners or more of two numbers each")
        if len(ring) > MOST_CORNERS:
            raise TaixuError(f"footprint: it has {len(ring):,} corners; at most {MOST_CORNERS} can be built on")
        if not np.isfinite(ring).all() or float(np.abs(ring).max()) > 1e7:
            raise TaixuError("footprint: it holds numbers that are none, or too large")
    origin = rings[0].mean(0)
    shape: Any = shapely.Polygon(rings[0] - origin, [ring - origin for ring in rings[1:]])
    if not shape.is_valid:
        shape = max(parts_of(shape.buffer(0)), key=lambda part: part.area, default=shapely.Polygon())
    shape = shape.simplify(0.03)
    if shape.is_empty or shape.area < LEAST_M2:
        raise TaixuError(f"footprint: it encloses {shape.area:.2g} m2; at least {LEAST_M2:g} m2 can be built on")
    if max(shape.bounds[2] - shape.bounds[0], shape.bounds[3] - shape.bounds[1]) > _MOST_M:
        raise TaixuError(f"footprint: it is wider than {_MOST_M:g} m; split it")
    shape = shapely.Polygon(
        _corners(shape.exterior), [_corners(ring) for ring in shape.interiors if shapely.Polygon(ring).area > 1.0]
    )
    if not shape.is_valid or shape.is_empty:
        raise TaixuError("footprint: its walls touch each other; move them apart by some centimetres")
    moved: Polygon = orient(shapely.transform(shape, lambda at: at + origin))
    return moved


def _corners(ring: Any) -> Array:
    """Corners where the direction turns by a degree or more, 5 cm or more apart."""
    points = np.asarray(ring.coords)[:-1]
    keep = [points[0]]
    for point in points[1:]:
        if np.hypot(*(point - keep[-1])) > 0.05:
            keep.append(point)
    while len(keep) > 3 and np.hypot(*(keep[-1] - keep[0])) <= 0.05:
        keep.pop()
    at = 0
    while len(keep) > 3 and at < len(keep):
        before, here, after = keep[at - 1], keep[at], keep[(at + 1) % len(keep)]
        a, b = here - before, after - here
        turn = abs(a[0] * b[1] - a[1] * b[0]) / max(math.hypot(*a) * math.hypot(*b), 1e-12)
        if turn < 0.0175 and float(a @ b) > 0:
            keep.pop(at)
        else:
            at += 1
    return np.asarray(keep)


def loops_of(shape: Polygon) -> list[Array]:
    """Rings of a polygon as [n, 2], the outer one first and anticlockwise, holes clockwise, without the closing point."""
    rings = [(shape.exterior, True), *((ring, False) for ring in shape.interiors)]
    return [np.asarray(ring.coords)[:-1][:: 1 if bool(ring.is_ccw) == ccw else -1] for ring, ccw in rings]


def parts_of(shape: Any) -> list[Polygon]:
    """Polygons of whatever a set operation gave."""
    import shapely

    if shape.is_empty:
        return []
    if shape.geom_type == "Polygon":
        return [shape]
    return [part for part in shapely.get_parts(shape) for part in ([part] if part.geom_type == "Polygon" else parts_of(part)
            if part.geom_type in ("MultiPolygon", "GeometryCollection") else [])]  # fmt: skip


def triangulate(shape: Polygon) -> tuple[Array, Array]:
    """Corners [n, 2] and anticlockwise triangles [m, 3] of a polygon; ears are cut (mapbox earcut)."""
    import mapbox_earcut

    ring = np.asarray(shape.exterior.coords)
    if len(ring) <= 5 and not len(shape.interiors):
        ring = ring[:-1] if shape.exterior.is_ccw else ring[:0:-1]
        d, e = np.diff(ring, axis=0, append=ring[:1]), np.diff(ring, axis=0, prepend=ring[-1:])
        if len(ring) == 3 or bool((e[:, 0] * d[:, 1] - e[:, 1] * d[:, 0] > 1e-9).all()):
            return ring, np.array([(0, k, k + 1) for k in range(1, len(ring) - 1)])
    rings = [np.asarray(ring.coords)[:-1] for ring in (shape.exterior, *shape.interiors)]
    points = np.concatenate(rings)
    ends = np.cumsum([len(ring) for ring in rings]).astype(np.uint32)
    triangles = mapbox_earcut.triangulate_float64(np.ascontiguousarray(points), ends).reshape(-1, 3).astype(np.int64)
    a, b, c = points[triangles[:, 0]], points[triangles[:, 1]], points[triangles[:, 2]]
    twice = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    triangles[twice < 0] = triangles[twice < 0][:, ::-1]
    return points, triangles[np.abs(twice) > 1e-9]


def box_around(shape: Any, along: Array | None = None) -> tuple[Array, Array, float, float]:
    """The smallest box around a shape, or the one along a direction: corner, its axis u, its length along u and across it."""
    import shapely

    if along is None:
        ring = np.asarray(shapely.oriented_envelope(shape).exterior.coords)
        edges = np.diff(ring, axis=0)[:2]
        along = edges[int(np.argmax(np.hypot(edges[:, 0], edges[:, 1])))]
    u = np.asarray(along, np.float64)
    u = u / max(float(np.hypot(*u)), 1e-12)
    v = np.array([-u[1], u[0]])
    points = shapely.get_coordinates(shape)
    a, b = points @ u, points @ v
    return a.min() * u + b.min() * v, u, float(np.ptp(a)), float(np.ptp(b))


def chance(*purpose: object) -> float:
    """A number from 0 to 1 (exclusive) of a purpose: numbers and texts; the same on every machine."""
    import hashlib

    digest = hashlib.blake2b(_plain(purpose).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2.0**64 * (1 - 2**-53)


def _plain(values: Iterable[object]) -> str:
    return "|".join(f"{value:.3f}" if isinstance(value, float) else str(value) for value in values)
