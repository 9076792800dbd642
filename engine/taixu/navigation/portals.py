"""Portals: where one polygon borders on another, found from floors that are neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Portals", "find_portals"]

Array = NDArray[Any]
_INSET = 0.1
"""Of a cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Portals:
    """Segments between two polygons.

    Attributes
    ----------
    polygons : int32 [n, 2]
        From and to; who goes back sees the ends swapped.
    left, right : float32 [n, 3]
        Ends, as seen by who goes from the first to the second; equal for links.
    link : int32 [n]
        The number of the off-mesh link that it stands for; -1 for borders.
    """

    polygons: NDArray[np.int32]
    left: NDArray[np.float32]
    right: NDArray[np.float32]
    link: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.polygons)


def find_portals(
    *, column: Array, row: Array, y: Array, polygon: Array, east: Array, south: Array, first_line: Array, last_line: Array,
    cell_m: float,
) -> Portals:
    """Borders of polygons.

    Parameters
    ----------
    column, row, y, polygon : [floors]
        Where floors are, in cells of the world's grid, and the polygons that they are part of.
    east, south : [floors]
        Neighbours along +x and +z, -1 where there is none.
    first_line, last_line : [polygons, 2]
        Least and greatest x of polygons at their first and at their last row line, in cells.
    cell_m : float
        Edge of a cell.
    """
    along_x = _group(column, row, y, polygon, east, across=True)
    along_z = _group(column, row, y, polygon, south, across=False)
    line = along_x.line + 1.0
    begin, end = _on_chains(along_x, line, row, polygon, first_line, last_line)
    left_x, right_x = np.stack([line, along_x.y_begin, begin], axis=1), np.stack([line, along_x.y_end, end], axis=1)
    a, b = along_z.a, along_z.b
    low = np.maximum.reduce([along_z.begin, last_line[a, 0], first_line[b, 0]])
    high = np.minimum.reduce([along_z.end, last_line[a, 1], first_line[b, 1]])
    narrow = high - low < 0.2
    low, high = np.where(narrow, along_z.begin, low), np.where(narrow, along_z.end, high)
    line = along_z.line + 1.0
    left_z, right_z = np.stack([high, along_z.y_end, line], axis=1), np.stack([low, along_z.y_begin, line], axis=1)
    scale = np.array([cell_m, 1.0, cell_m])
    polygons = np.concatenate([np.stack([along_x.a, along_x.b], axis=1), np.stack([a, b], axis=1)])
    left, right = np.concatenate([left_x, left_z]) * scale, np.concatenate([right_x, right_z]) * scale
    # Ends keep a hair away from walls, so that who walks from end to end stays on the floors.
    length = np.linalg.norm((right - left)[:, [0, 2]], axis=1)
    inset = np.minimum(_INSET * cell_m / np.maximum(length, 1e-9), 0.4)[:, None] * (right - left)
    left, right = left + inset, right - inset
    return Portals(polygons.astype(np.int32), left.astype(np.float32), right.astype(np.float32), np.full(len(left), -1, np.int32))


def _on_chains(
    borders: _Borders, line: Array, row: Array, polygon: Array, first_line: Array, last_line: Array
) -> tuple[Array, Array]:
    """Where upright borders begin and end: on the chains of both polygons, which turn away within a row where these go on."""
    first, last = np.full(len(first_line), np.iinfo(np.int64).max), np.full(len(first_line), np.iinfo(np.int64).min)
    np.minimum.at(first, polygon, row)
    np.maximum.at(last, polygon, row)
    a, b = borders.a, borders.b
    begins = (first[a] == borders.begin) & (first_line[a, 1] == line) & (first[b] == borders.begin) & (first_line[b, 0] == line)
    ends = (last[a] + 1 == borders.end) & (last_line[a, 1] == line) & (last[b] + 1 == borders.end) & (last_line[b, 0] == line)
    begin, end = borders.begin + ~begins, borders.end - ~ends
    crossed = begin > end  # a single row that both chains cross: its middle
    middle = 0.5 * (borders.begin + borders.end)
    return np.where(crossed, middle, begin), np.where(crossed, middle, end)


@dataclass(frozen=True, slots=True)
class _Borders:
    a: Array
    b: Array
    line: Array
    begin: Array
    end: Array
    y_begin: Array
    y_end: Array


def _group(column: Array, row: Array, y: Array, polygon: Array, there: Array, *, across: bool) -> _Borders:
    """Neighbours of different polygons, joined where they follow each other."""
    floors = np.flatnonzero((there >= 0) & (polygon[np.maximum(there, 0)] != polygon))
    other = there[floors]
    a, b = polygon[floors].astype(np.int64), polygon[other].astype(np.int64)
    line, run = (column[floors], row[floors]) if across else (row[floors], column[floors])
    order = np.lexsort((run, line, b, a))
    floors, other, a, b, line, run = floors[order], other[order], a[order], b[order], line[order], run[order]
    begins = np.ones(len(a), bool)
    begins[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1]) | (line[1:] != line[:-1]) | (run[1:] != run[:-1] + 1)
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(a)) - 1 if len(first) else first
    height = 0.5 * (y[floors] + y[other])
    return _Borders(a[first], b[first], line[first], run[first].astype(float), run[last] + 1.0, height[first], height[last])
