"""Lines that show a mesh and ways on it: for renderers and editors, which this package does not know."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.agents import Agents
from taixu.navigation.graph import expand
from taixu.navigation.mesh import NavigationMesh, Route

__all__ = ["agent_lines", "mesh_lines", "route_lines"]

Lines = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Starts [n, 3], ends [n, 3] and colours [n, 4] (sRGB and alpha, 0 to 1), as a renderer's `lines.add` takes them."""
_HUES = np.array([[0.1, 0.75, 0.95], [0.95, 0.7, 0.15], [0.6, 0.9, 0.3], [0.9, 0.4, 0.7], [0.6, 0.55, 1.0], [1.0, 0.5, 0.35]])
_PIECE_M = 0.5


def mesh_lines(mesh: NavigationMesh, *, lift_m: float = 0.06) -> Lines:
    """Outlines of all polygons, in a colour an island, a little above the ground that they follow."""
    grid = mesh.floors
    starts = grid.polygon_starts.astype(np.int64)
    count = np.diff(starts)
    owner = np.repeat(np.arange(len(count)), count)
    corner = np.arange(len(owner))
    after = np.where(corner + 1 == starts[owner + 1], starts[owner], corner + 1)
    lowest, highest = np.full(len(count), np.inf), np.full(len(count), -np.inf)
    np.minimum.at(lowest, grid.polygon, grid.y)
    np.maximum.at(highest, grid.polygon, grid.y)
    begin, end = grid.polygon_corners[corner].astype(np.float64), grid.polygon_corners[after].astype(np.float64)
    pieces = np.maximum(np.ceil(np.linalg.norm(end - begin, axis=1) / _PIECE_M), 1).astype(np.int64)
    which, item = expand(np.concatenate([[0], np.cumsum(pieces)]), np.arange(len(pieces)))
    share = (item - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[which]
    middle = np.add.reduceat(grid.polygon_corners.astype(np.float64), starts[:-1], axis=0) / count[:, None] if len(count) else begin
    polygon = owner[which]
    places = np.zeros((2, len(which), 3))
    for side, at in enumerate((share, share + 1.0 / pieces[which])):
        flat = begin[which] + (end - begin)[which] * at[:, None]
        places[side][:, [0, 2]] = flat
        places[side][:, 1] = lift_m + _heights(mesh, flat, middle[polygon], lowest[polygon], highest[polygon])
    colors = np.concatenate([_HUES[mesh.islands[polygon] % len(_HUES)], np.full((len(which), 1), 0.9)], axis=1)
    return places[0], places[1], colors


def _heights(
    mesh: NavigationMesh, flat: NDArray[Any], middle: NDArray[Any], lowest: NDArray[Any], highest: NDArray[Any]
) -> NDArray[np.float64]:
    """Heights of points on outlines: of the ground just within."""
    inward, guess = middle - flat, 0.5 * (lowest + highest)
    inward *= (0.25 * mesh.settings.cell_m / np.maximum(np.linalg.norm(inward, axis=1), 1e-9))[:, None]
    points = np.stack([flat[:, 0] + inward[:, 0], guess, flat[:, 1] + inward[:, 1]], axis=1)
    reach = float(np.max(highest - lowest, initial=0.0)) / 2 + 0.3
    floors = mesh.floors.locate(points, reach)
    found = mesh.floors.heights(floors, points)
    near = (found >= lowest - 0.3) & (found <= highest + 0.3)
    return np.where(near, found, guess)


def route_lines(route: Route, *, color: tuple[float, float, float] = (1.0, 0.25, 0.2), lift_m: float = 0.12) -> Lines:
    """A way from corner to corner."""
    points = route.points + np.array([0.0, lift_m, 0.0])
    count = max(len(points) - 1, 0)
    return points[:count], points[1:], np.tile([*color, 1.0], (count, 1))


def agent_lines(agents: Agents, *, lift_m: float = 0.12) -> Lines:
    """From everybody who walks to the next corner of the way."""
    crowd = agents.crowd
    walks = crowd.going & crowd.planned
    lift = np.array([0.0, lift_m, 0.0])
    return crowd.places[walks] + lift, crowd.corners[walks] + lift, np.tile([1.0, 0.9, 0.3, 1.0], (int(walks.sum()), 1))
