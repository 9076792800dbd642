"""Fences: areas on the ground, with a bottom and a top; who is inside of them, for very many at once.

A fence is drawn once into a raster whose cells lie inside, outside or on its edge; only points in cells on the edge are tested
exactly (even-odd rule; Shimrat, Algorithm 112: Position of point relative to polygon, 1962).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import F32, Data, component
from taixu.ecs import field as component_field
from taixu.errors import TaixuError

__all__ = ["EDGE", "INSIDE", "Fence", "FenceShape", "check_points", "points_inside", "raster"]

_CELLS = 256
_MAX_POINTS = 4096
_FEW = 5000
INSIDE, EDGE = 1, 2
_SQUARE = [[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]]
Points = NDArray[np.float64]


@component("fence")
class Fence:
    """An area on the ground that rules can ask about by the entity's name."""

    points: Data = component_field(default=_SQUARE, doc="Corners [x, z] around the entity, in metres.")
    bottom_m: F32 = component_field(default=-1000.0, unit="m", doc="Of the space above the area, from the entity.")
    top_m: F32 = component_field(default=1000.0, unit="m")


def check_points(raw: Any, *, where: str) -> Points:
    """Corners ``float64[n, 2]`` of plain data.

    Raises
    ------
    TaixuError
        When they make no area.
    """
    try:
        points = np.asarray(raw, np.float64)
    except (TypeError, ValueError):
        points = np.empty(0)
    if points.ndim != 2 or points.shape[1] != 2 or not 3 <= len(points) <= _MAX_POINTS or not np.isfinite(points).all():
        raise TaixuError(f"{where} takes 3 to {_MAX_POINTS:,} corners as [x, z]")
    if np.abs(points).max() > 1e9:
        raise TaixuError(f"{where} has corners that lie beyond a million kilometres")
    return points


@dataclass(slots=True, eq=False)
class FenceShape:
    """A fence that stands in the world.

    Attributes
    ----------
    corners
        ``float64[n, 2]``, x and z in the world.
    bottom_m, top_m
        Heights in the world.
    cells
        Its raster, made when many are asked about; or that of a fence of the same form elsewhere.
    """

    corners: Points
    bottom_m: float
    top_m: float
    cells: NDArray[np.uint8] | None = None
    _low: Points = field(init=False)
    _size: Points = field(init=False)

    def __post_init__(self) -> None:
        self._low = self.corners.min(axis=0)
        self._size = np.maximum(self.corners.max(axis=0) - self._low, 1e-9)

    @property
    def area_m2(self) -> float:
        """By the shoelace formula."""
        x, z = (self.corners - self._low).T
        return float(abs(np.dot(x, np.roll(z, -1)) - np.dot(z, np.roll(x, -1))) / 2)

    def holds(self, positions: Points) -> NDArray[np.bool_]:
        """Which of ``float64[3, n]`` positions lie inside, ``bool[n]``."""
        places = (positions[[0, 2]].T - self._low) / self._size * _CELLS
        near = ((places >= 0) & (places < _CELLS)).all(axis=1)
        near &= (positions[1] >= self.bottom_m) & (positions[1] <= self.top_m)
        inside = np.zeros(len(places), bool)
        rows = np.flatnonzero(near)
        if self.cells is None and len(rows) < _FEW:
            inside[rows] = points_inside(positions[[0, 2]].T[rows], self.corners)
            return inside
        if self.cells is None:
            self.cells = raster(self.corners, low=self._low, cell=self._size / _CELLS, cells=(_CELLS, _CELLS))
        cells = places[rows].astype(np.intp)
        states = self.cells[cells[:, 0], cells[:, 1]]
        inside[rows] = states == INSIDE
        edge = rows[states == EDGE]
        inside[edge] = points_inside(positions[[0, 2]].T[edge], self.corners)
        return inside


def raster(corners: Points, *, low: Points, cell: Points, cells: tuple[int, int]) -> NDArray[np.uint8]:
    """A polygon's cells, ``uint8[nx, nz]``: 0 outside, `INSIDE`, or `EDGE` where an edge may touch it.

    Cells that an edge touches are marked by walking along it; the others are what their middle is.

    Parameters
    ----------
    low
        The least corner of the first cell.
    cell
        A cell's size.
    """
    middles = [low[axis] + (np.arange(cells[axis]) + 0.5) * cell[axis] for axis in (0, 1)]
    x, z = np.meshgrid(*middles, indexing="ij")
    found = points_inside(np.stack([x.ravel(), z.ravel()], axis=1), corners).astype(np.uint8).reshape(cells)
    here = (corners - low) / cell
    for start, end in zip(here, np.roll(here, -1, axis=0)):
        steps = max(int(np.abs(end - start).max() * 4), 1)
        along = start + (end - start) * np.linspace(0, 1, steps + 1)[:, None]
        for dx in (-0.5, 0.5):  # a margin, so that a cell that is only grazed is marked
            for dz in (-0.5, 0.5):
                at = np.clip(np.floor(along + np.array([dx, dz])).astype(np.intp), 0, np.array(cells) - 1)
                found[at[:, 0], at[:, 1]] = EDGE
    return found


def points_inside(points: Points, corners: Points) -> NDArray[np.bool_]:
    """Which points ``[n, 2]`` lie inside of a polygon ``[m, 2]``, by the even-odd rule."""
    inside = np.zeros(len(points), bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0)):
        if y0 == y1:
            continue
        crosses = (points[:, 1] < y0) != (points[:, 1] < y1)
        inside ^= crosses & (points[:, 0] < x0 + (points[:, 1] - y0) / (y1 - y0) * (x1 - x0))
    return inside
