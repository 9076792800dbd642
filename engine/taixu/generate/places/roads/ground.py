"""Ground beside roads: cut and filled to their height, and led back to what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from taixu.generate.places.roads.layout import Junction, Layout
from taixu.generate.places.roads.network import Array

__all__ = ["REACH_M", "flatten_ground"]

REACH_M = 14.0
"""How far beside roads and their pavements the ground gives way."""

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
    half = np.zeros_like(made)

    owned = np.full(made.shape, np.inf)

    def touch(a: Array, b: Array, ha: float, hb: float, wide: float, *, own: bool = False) -> None:
        reach = wide + REACH_M + spacing
        c0, c1 = np.searchsorted(east, (min(a[0], b[0]) - reach, max(a[0], b[0]) + reach))
        row = north if rising else north[::-1]
        r0, r1 = np.searchsorted(row, (min(a[1], b[1]) - reach, max(a[1], b[1]) + reach))
        if not rising:
            r0, r1 = len(north) - r1, len(north) - r0
        if c1 <= c0 or r1 <= r0:
            return
        part = (slice(r0, r1), slice(c0, c1))
        x, y = east[c0:c1][None, :] - a[0], north[r0:r1][:, None] - a[1]
        d = b - a
        t = np.clip((x * d[0] + y * d[1]) / max(float(d @ d), 1e-9), 0, 1)
        # Distance from the border of what is level, so that wide and narrow roads meet as equals.
        found = np.hypot(x - t * d[0], y - t * d[1]) - wide
        nearer = found < away[part]
        if own:  # what lies on a road has that road's height, whatever junction is near
            nearer = (nearer & (owned[part] > 0.4 * spacing)) | ((found < 0.4 * spacing) & (found < owned[part]))
            owned[part] = np.minimum(owned[part], found)
        away[part] = np.where(nearer, found, away[part])
        level[part] = np.where(nearer, ha + t * (hb - ha), level[part])
        half[part] = np.where(nearer, wide, half[part])

    for junction in layout.junctions if junctions is None else junctions:
        for arm in junction.arms:
            kind = layout.graph.edges[arm.edge].kind
            wide = kind.wide_m / 2 + kind.pave_m + 0.5
            if len(arm.points) > 1 and not layout.rows[arm.edge].is_bridge[0 if arm.starts else -1]:
                touch(arm.points[0], arm.points[-1], junction.height, junction.height, wide)
        if junction.is_round:
            at = layout.graph.nodes[junction.node]
            touch(at, at + 1e-3, junction.height, junction.height, junction.radius_m + 4.5)
    base = np.asarray(heights, np.float64)
    for number in range(len(layout.rows)) if rows is None else rows:
        row_ = layout.rows[number]
        kind = layout.graph.edges[row_.edge].kind
        wide = kind.wide_m / 2 + kind.pave_m
        if hanging is not None:
            hangs = hanging[number]
        else:
            hangs = row_.is_bridge & (_sampled(base, east, north, row_.points) < row_.heights - 0.5)
        for k in range(len(row_.points) - 1):
            if not (hangs[k] and hangs[k + 1]):
                touch(row_.points[k], row_.points[k + 1], float(row_.heights[k]), float(row_.heights[k + 1]), wide, own=True)
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




def _sampled(heights: Array, east: Array, north: Array, points: Array) -> Array:
    """The nearest heights of a grid."""
    c = np.clip(np.rint((points[:, 0] - east[0]) / (east[1] - east[0])).astype(int), 0, len(east) - 1)
    r = np.clip(np.rint((points[:, 1] - north[0]) / (north[1] - north[0])).astype(int), 0, len(north) - 1)
    found: Array = heights[r, c]
    return found
