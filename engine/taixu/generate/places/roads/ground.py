"""Ground beside roads: cut and filled to their height, and led back to what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.roads.layout import Junction, Layout
from taixu.generate.places.roads.network import Array

__all__ = ["REACH_M", "flatten_ground"]

REACH_M = 14.0
"""How far beside roads and their pavements the ground gives way."""

_MOST_PIECES = 16
"""Of a line that are looked at together: more are rarely near the same ground."""
_SUNK_M = 0.16
"""How far under a road the ground lies, so that it does not come through."""


def flatten_ground(
    heights: Array, east: Array, north: Array, layout: Layout, *, rows: Sequence[int] | None = None,
    junctions: Sequence[Junction] | None = None, hanging: Mapping[int, Array] | None = None,
) -> tuple[Array, Array]:  # fmt: skip
    """Heights of a grid with roads led through, and how much of each point is road.

    Parameters
    ----------
    heights : float[r, c]
        Of the grid whose points lie at `east` [c] and `north` [r] (falling or rising).
    rows, junctions
        Those that come near it, in their order; all by default.
    hanging
        By row, which of its points hang in the air; by the heights of the grid by default.

    Returns
    -------
    heights : float32[r, c]
    mask : float32[r, c]
        1 on roads and their pavements, 0 a few metres beside them.
    """
    made = np.asarray(heights, np.float64).copy()
    spacing = abs(float(east[1] - east[0])) if len(east) > 1 else 1.0
    rising = len(north) < 2 or north[1] > north[0]
    away = np.full(made.shape, np.inf)
    level = np.zeros_like(made)
    owned = np.full(made.shape, np.inf)

    def touch(points: Array, high: Array, wide: float, *, own: bool = False) -> None:
        """Lead the ground to a line of points [k + 1, 2] with heights: all of its pieces at once, of which the nearest counts."""
        reach = wide + REACH_M + spacing
        (x0, y0), (x1, y1) = points.min(0), points.max(0)
        c0, c1 = np.searchsorted(east, (x0 - reach, x1 + reach))
        row = north if rising else north[::-1]
        r0, r1 = np.searchsorted(row, (y0 - reach, y1 + reach))
        if not rising:
            r0, r1 = len(north) - r1, len(north) - r0
        if c1 <= c0 or r1 <= r0:
            return
        part = (slice(r0, r1), slice(c0, c1))
        a, d = points[:-1], np.diff(points, axis=0)
        x, y = east[None, None, c0:c1] - a[:, 0, None, None], north[None, r0:r1, None] - a[:, 1, None, None]
        dx, dy = d[:, 0, None, None], d[:, 1, None, None]
        t = np.clip((x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-9), 0, 1)
        # Distance from the border of what is level, so that wide and narrow roads meet as equals.
        every = np.hypot(x - t * dx, y - t * dy)
        best = every.argmin(0)[None]
        found = np.take_along_axis(every, best, 0)[0] - wide
        at = np.take_along_axis(t, best, 0)[0]
        level_there = high[best[0]] + at * np.diff(high)[best[0]]
        nearer = found < away[part]
        if own:  # what lies on a road has that road's height, whatever junction is near
            nearer = (nearer & (owned[part] > 0.4 * spacing)) | ((found < 0.4 * spacing) & (found < owned[part]))
            owned[part] = np.minimum(owned[part], found)
        away[part] = np.where(nearer, found, away[part])
        level[part] = np.where(nearer, level_there, level[part])

    for junction in layout.junctions if junctions is None else junctions:
        for arm in junction.arms:
            kind = layout.graph.edges[arm.edge].kind
            wide = kind.wide_m / 2 + kind.pave_m + 0.5
            if len(arm.points) > 1 and not layout.rows[arm.edge].is_bridge[0 if arm.starts else -1]:
                touch(arm.points[[0, -1]], np.full(2, junction.height), wide)
        if junction.is_round:
            at = layout.graph.nodes[junction.node]
            touch(np.stack([at, at + 1e-3]), np.full(2, junction.height), junction.radius_m + 4.5)
    base = np.asarray(heights, np.float64)
    for number in range(len(layout.rows)) if rows is None else rows:
        row_ = layout.rows[number]
        kind = layout.graph.edges[row_.edge].kind
        wide = kind.wide_m / 2 + kind.pave_m
        if hanging is not None:
            hangs = hanging[number]
        else:
            hangs = row_.is_bridge & (_sampled(base, east, north, row_.points) < row_.heights - 0.5)
        for first, last in _runs(~(hangs[:-1] & hangs[1:]) & _is_near(row_.points, east, north, wide + REACH_M + spacing)):
            touch(row_.points[first : last + 1], row_.heights[first : last + 1], wide, own=True)
    near = np.isfinite(away)
    gap = np.where(near, away, 1e9)
    # Level to a little beyond the border, then a slope that is longer the more there is to climb.
    rise = np.abs(made - level)
    shoulder = np.clip(1.6 * rise, 3.0, 12.0)
    t = np.clip((gap - 0.35 * spacing) / shoulder, 0, 1)
    t = t * t * (3 - 2 * t)
    flat = level - _SUNK_M
    made = np.where(near, flat * (1 - t) + made * t, made)
    mask = np.clip(1.0 - (gap - 0.2) / max(spacing, 0.8), 0, 1) * near
    return made.astype(np.float32), mask.astype(np.float32)


def _is_near(points: Array, east: Array, north: Array, reach: float) -> NDArray[np.bool_]:
    """Which pieces of a line of points come near a grid."""
    low, high = np.minimum(points[:-1], points[1:]) - reach, np.maximum(points[:-1], points[1:]) + reach
    found: NDArray[np.bool_] = (low[:, 0] <= east[-1]) & (high[:, 0] >= east[0])
    found &= (low[:, 1] <= max(north[0], north[-1])) & (high[:, 1] >= min(north[0], north[-1]))
    return found


def _runs(wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of pieces that are wanted, of at most `_MOST_PIECES`: the first, and the one after the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]])))
    return [
        (at, min(at + _MOST_PIECES, end))
        for start, end in edges.reshape(-1, 2).tolist()
        for at in range(start, end, _MOST_PIECES)
    ]


def _sampled(heights: Array, east: Array, north: Array, points: Array) -> Array:
    """The nearest heights of a grid."""
    c = np.clip(np.rint((points[:, 0] - east[0]) / (east[1] - east[0])).astype(int), 0, len(east) - 1)
    r = np.clip(np.rint((points[:, 1] - north[0]) / (north[1] - north[0])).astype(int), 0, len(north) - 1)
    found: Array = heights[r, c]
    return found
