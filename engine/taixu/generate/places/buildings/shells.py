"""The block: one closed surface a mass, in plain colours, for what is far away, for volumes and for shadows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from taixu.generate.places.buildings.masses import Mass
from taixu.generate.places.buildings.plans import Array, loops_of
from taixu.generate.places.buildings.soup import Soup

__all__ = ["build_shell", "shell_surface"]

_WELD_M = 0.003


def build_shell(masses: Sequence[Mass], looks: dict[str, str], base_m: float) -> Soup:
    """All masses as closed blocks."""
    soup = Soup()
    for mass in masses:
        walls, roof, floor = shell_surface(mass, base_m)
        soup.add_flat("flat_" + looks["wall"], walls)
        soup.add_flat("flat_" + looks["covering" if mass.shell_roof.kind != "flat" else "flat"], roof)
        soup.add_flat("flat_" + looks["wall"], floor)
    return soup


def shell_surface(mass: Mass, base_m: float) -> tuple[Array, Array, Array]:
    """Triangles [n, 3, 3] of walls, roof and underside of a mass; together they are closed."""
    import shapely

    low = mass.low_m - (base_m if mass.part.base <= 0 else 0.0)
    walls, roof, floor = [], [], []
    loops, tops = loops_of(mass.plan), loops_of(mass.top_plan)
    for loop, top in zip(loops, tops, strict=True):
        for k in range(len(loop)):
            a, b = loop[k], loop[(k + 1) % len(loop)]
            c, d = top[k], top[(k + 1) % len(top)]
            row = _upper(mass, c, d)
            foot, last = _at(a, low), _at(b, low)
            edge = [foot, last, *reversed(row)]
            # A fan from the wall's left foot: what is above is a hill or a line, seen whole from there.
            for m in range(1, len(edge) - 1):
                walls.append((edge[0], edge[m], edge[m + 1]))
    if mass.shell_roof.kind == "flat":
        for triangle in shapely.get_parts(shapely.constrained_delaunay_triangles(mass.top_plan)):
            roof.append([_at(p, mass.eave_m) for p in _ccw(triangle)])
    else:
        for slab in mass.shell_roof.slabs:
            for triangle in shapely.get_parts(shapely.constrained_delaunay_triangles(slab.shape)):
                points = _ccw(triangle)
                roof.append([_at(p, float(h)) for p, h in zip(points, slab.height_at(points), strict=True)])
    for triangle in shapely.get_parts(shapely.constrained_delaunay_triangles(mass.plan)):
        floor.append([_at(p, low) for p in _ccw(triangle)][::-1])
    return _welded(_array(walls), _array(roof), _array(floor))


def _upper(mass: Mass, a: Array, b: Array) -> list[Array]:
    """Points of a wall's upper edge, from a to b."""
    if mass.shell_roof.kind == "flat":
        return [_at(a, mass.eave_m), _at(b, mass.eave_m)]
    length = float(np.hypot(*(b - a)))
    d = (b - a) / max(length, 1e-9)
    return [_at(a + d * at, high) for at, high in mass.shell_roof.line_under(a, b)]


def _at(point: Any, high: float) -> Array:
    return np.array([point[0], high, -point[1]])


def _ccw(triangle: Any) -> Array:
    points = np.asarray(triangle.exterior.coords)[:3]
    return points if triangle.exterior.is_ccw else points[::-1]


def _welded(*parts: Array) -> tuple[Array, Array, Array]:
    """The same triangles; corners nearer than `_WELD_M` are one, bit by bit."""
    points = np.concatenate(parts).reshape(-1, 3)
    near = np.abs(points[:, None] - points[None]).max(-1) < _WELD_M
    points = points[near.argmax(1)]
    points = points[near.argmax(1)].reshape(-1, 3, 3)
    a, b = len(parts[0]), len(parts[0]) + len(parts[1])
    return points[:a], points[a:b], points[b:]


def _array(triangles: list[Any]) -> Array:
    return np.asarray(triangles, np.float64).reshape(-1, 3, 3)
