"""Columns of a tile: which heights are filled, and where one could stand on top.

Triangles are laid over a grid of cells seen from above. A cell that a triangle touches is filled from the least to the
greatest height that the triangle has there; solids are filled between their surfaces, ground down to its depth. What
overlaps, or lies a step apart, becomes one span, whose top is walked on where it looks up enough and covers the middle of
the cell (after Recast, M. Mononen 2009, in arrays).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.pieces import Piece
from taixu.navigation.settings import MeshSettings

__all__ = ["Floors", "Window", "find_floors"]

Rows = NDArray[np.float64]
_PAIRS = 1_500_000
"""Triangles times cells that are looked at together: what bounds the memory of a tile."""
_THIN_M = 0.05
"""What is nearer than this is one span."""
_DEEP_M = 5.0


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the grid: its lower corner in cells, how many cells it has, and their size."""

    x: int
    z: int
    columns: int
    rows: int
    cell_m: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Least x and z, greatest x and z, m."""
        c = self.cell_m
        return self.x * c, self.z * c, (self.x + self.columns) * c, (self.z + self.rows) * c


@dataclass(frozen=True, slots=True)
class Floors:
    """Places to stand, in the order of cells and upwards: cell int64 [n] of the window, height and ceiling float64 [n]."""

    cell: NDArray[np.int64]
    y: Rows
    ceiling: Rows


@dataclass(frozen=True, slots=True)
class _Spans:
    cell: NDArray[np.int64]
    low: Rows
    high: Rows
    stand: Rows
    """Height at the cell's centre of the highest walkable surface at the top; -inf where there is none."""

    @classmethod
    def none(cls) -> _Spans:
        return cls(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))


def find_floors(pieces: Sequence[Piece], window: Window, settings: MeshSettings) -> Floors:
    """Where somebody of the settings' height could stand within a window, before walls are kept away from."""
    spans = _Spans.none()
    for triangles, solids, depths in _batches(pieces, window):
        for pairs in _pairs(triangles, solids, window):
            more = _fill(triangles, solids, depths, *pairs, window, settings)
            spans = _merge(spans, more, settings.step_m)
    standing = np.isfinite(spans.stand)
    above = np.full(len(spans.cell), np.inf)
    same = spans.cell[1:] == spans.cell[:-1]
    above[:-1][same] = spans.low[1:][same]
    standing &= above - spans.stand >= settings.agent_height_m
    return Floors(spans.cell[standing], spans.stand[standing], above[standing])


def _batches(pieces: Sequence[Piece], window: Window) -> Iterator[tuple[Rows, NDArray[np.int64], Rows]]:
    """Triangles [m, 3, 3] near a window, the number of the solid that each is part of (-1), and how deep each fills."""
    low_x, low_z, high_x, high_z = window.bounds
    triangles, solids, depths = [], [], []
    for number, piece in enumerate(pieces):
        (x0, y0, z0), (x1, _, z1) = piece.bounds
        if x0 > high_x or x1 < low_x or z0 > high_z or z1 < low_z:
            continue
        corners = piece.corners_near((low_x, low_z), (high_x, high_z))
        if not len(corners):
            continue
        triangles.append(corners)
        solids.append(np.full(len(corners), number if piece.solid else -1, np.int64))
        depths.append(np.full(len(corners), y0 - _DEEP_M if piece.ground else np.inf))
    if triangles:
        yield np.concatenate(triangles), np.concatenate(solids), np.concatenate(depths)


def _pairs(
    triangles: Rows, solids: NDArray[np.int64], window: Window
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Triangles and the columns and rows of the cells in the boxes around them, a bounded number at once."""
    c = window.cell_m
    places = triangles[..., [0, 2]] / c - (window.x, window.z)
    first = np.floor(places.min(axis=1) + 1e-6).astype(np.int64)
    last = np.maximum(np.ceil(places.max(axis=1) - 1e-6).astype(np.int64) - 1, first)
    size = np.array([window.columns, window.rows])
    inside = ((first < size) & (last >= 0)).all(axis=1)
    number = np.flatnonzero(inside)
    first, last = np.clip(first[inside], 0, size - 1), np.clip(last[inside], 0, size - 1)
    width = last - first + 1
    counts = width[:, 0] * width[:, 1]
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(number):
        stop = max(int(np.searchsorted(ends, (ends[begin - 1] if begin else 0) + _PAIRS, side="right")), begin + 1)
        while stop < len(number) and solids[number[stop]] == solids[number[stop - 1]] >= 0:
            stop += 1  # a solid is filled between all of its surfaces
        part = slice(begin, stop)
        which = np.repeat(np.arange(stop - begin), counts[part])
        step = np.arange(len(which)) - np.repeat(np.cumsum(counts[part]) - counts[part], counts[part])
        across = width[part][which, 0]
        yield number[part][which], first[part][which, 0] + step % across, first[part][which, 1] + step // across
        begin = stop


def _fill(
    triangles: Rows, solids: NDArray[np.int64], depths: Rows, which: NDArray[np.int64], column: NDArray[np.int64],
    row: NDArray[np.int64], window: Window, settings: MeshSettings,
) -> _Spans:
    """What pairs of triangles and cells fill."""
    c = window.cell_m
    half = 0.5 * c * (1 - 1e-6)
    a, b, d = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    normal = np.cross(b - a, d - a)
    length = np.linalg.norm(normal, axis=1)
    x, z = (window.x + column + 0.5) * c, (window.z + row + 0.5) * c
    upright = np.abs(normal[:, 1]) <= 1e-6 * length  # seen from above it is a line
    side = np.sign(-normal[:, 1])
    touches = length[which] > 1e-14
    covers = ~upright[which]  # the middle of the cell: who stands there does not stand beside an edge
    for start, end in ((a, b), (b, d), (d, a)):
        ex, ez = end[:, 0] - start[:, 0], end[:, 2] - start[:, 2]
        reach = (np.abs(ex) + np.abs(ez)) * half
        away = ex[which] * (z - start[which, 2]) - ez[which] * (x - start[which, 0])
        away = np.where(upright[which], -np.abs(away), away * side[which])
        touches &= away >= -reach[which]
        covers &= away >= -1e-9
    which, column, row, x, z, covers = which[touches], column[touches], row[touches], x[touches], z[touches], covers[touches]
    flat = np.where(upright, 1.0, normal[:, 1])
    slope_x, slope_z = -normal[:, 0] / flat, -normal[:, 2] / flat
    least, most = triangles[:, :, 1].min(axis=1), triangles[:, :, 1].max(axis=1)
    middle = a[which, 1] + slope_x[which] * (x - a[which, 0]) + slope_z[which] * (z - a[which, 2])
    spread = (np.abs(slope_x) + np.abs(slope_z))[which] * half
    low, high = np.clip(middle - spread, least[which], most[which]), np.clip(middle + spread, least[which], most[which])
    stands = upright[which]
    low, high = np.where(stands, least[which], low), np.where(stands, most[which], high)
    walked = (normal[:, 1] >= settings.least_up * length)[which] & covers
    stand = np.where(walked, np.clip(middle, least[which], most[which]), -np.inf)
    low = np.minimum(low, depths[which])
    cell = row * window.columns + column
    solid = solids[which]
    filled = solid >= 0
    if not filled.any():
        return _Spans(cell, low, high, stand)
    key, group = np.unique(solid[filled] * (window.columns * window.rows) + cell[filled], return_inverse=True)
    lows, highs, stands_ = np.full(len(key), np.inf), np.full(len(key), -np.inf), np.full(len(key), -np.inf)
    np.minimum.at(lows, group, low[filled])
    np.maximum.at(highs, group, high[filled])
    np.maximum.at(stands_, group, stand[filled])
    cells = key % (window.columns * window.rows)
    rest = ~filled
    return _Spans(
        np.concatenate([cell[rest], cells]), np.concatenate([low[rest], lows]), np.concatenate([high[rest], highs]),
        np.concatenate([stand[rest], stands_]),
    )  # fmt: skip


def _merge(known: _Spans, more: _Spans, step_m: float) -> _Spans:
    """Spans of both, one where they overlap."""
    cell = np.concatenate([known.cell, more.cell])
    if not len(cell):
        return known
    low, high = np.concatenate([known.low, more.low]), np.concatenate([known.high, more.high])
    stand = np.concatenate([known.stand, more.stand])
    order = np.lexsort((low, cell))
    cell, low, high, stand = cell[order], low[order], high[order], stand[order]
    base = float(low.min())
    range_m = float(high.max()) - base + 1.0
    raised = np.maximum.accumulate(high - base + cell * range_m)  # ends of spans, cells one above the other
    begins = np.ones(len(cell), bool)
    begins[1:] = (low - base + cell * range_m)[1:] > raised[:-1] + _THIN_M
    # What one would step onto at once (the next plank of open stairs) hangs over nobody's head.
    begins[1:] &= (high - base + cell * range_m)[1:] > raised[:-1] + step_m
    begins[1:] |= cell[1:] != cell[:-1]
    first = np.flatnonzero(begins)
    group = np.cumsum(begins) - 1
    tops = np.maximum.reduceat(high, first)
    reached = np.where(stand >= tops[group] - step_m, stand, -np.inf)
    return _Spans(cell[first], np.minimum.reduceat(low, first), tops, np.maximum.reduceat(reached, first))


