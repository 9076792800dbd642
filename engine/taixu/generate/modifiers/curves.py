"""Polylines, curves and outlines on the ground: distances and what lies inside."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Bounds

__all__ = ["MOST_POINTS", "Array", "distance_to", "inside", "placed", "points_of", "smooth_curve"]

Array = NDArray[np.float64]
MOST_POINTS = 20_000
_MOST_METRES = 1e7


def points_of(data: Any, width: int, *, what: str, least: int = 1) -> Array:
    """Points from plain data, float64[n, width].

    Raises
    ------
    TaixuError
        Where they are none.
    """
    try:
        found = np.array(data, np.float64)
    except (TypeError, ValueError, OverflowError):
        found = np.zeros(0)
    if found.ndim != 2 or found.shape[1] != width or not least <= len(found) <= MOST_POINTS or not np.isfinite(found).all():
        raise TaixuError(f"{what}: it takes {least} to {MOST_POINTS:,} points of {width} numbers")
    if np.abs(found).max() > _MOST_METRES:
        raise TaixuError(f"{what}: its points lie beyond {_MOST_METRES:g} m")
    return found


def placed(points: Array, frame: NDArray[np.float64]) -> Array:
    """Points [n, 2] (x and z) or [n, 3] in a frame, as [n, 3]."""
    if points.shape[1] == 2:
        points = np.stack([points[:, 0], np.zeros(len(points)), points[:, 1]], 1)
    result: Array = points @ frame[:3, :3].T + frame[:3, 3]
    return result


def smooth_curve(points: Array, *, closed: bool = False, step_m: float = 4.0) -> Array:
    """A curve through points (centripetal Catmull-Rom; Yuksel et al., 2011), as a polyline of short parts."""
    keep = np.concatenate([[True], np.linalg.norm(np.diff(points, axis=0), axis=1) > 1e-6])
    points = points[keep]
    if len(points) < 2:
        return points
    if closed:
        line = np.concatenate([points[-1:], points, points[:2]])
    else:
        line = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    parts = []
    for a, b, c, d in zip(line[:-3], line[1:-2], line[2:-1], line[3:], strict=True):
        count = int(np.clip(np.ceil(np.linalg.norm(c - b) / step_m), 1, 400))
        t0 = 0.0
        t1 = t0 + max(float(np.linalg.norm(b - a)), 1e-6) ** 0.5
        t2 = t1 + max(float(np.linalg.norm(c - b)), 1e-6) ** 0.5
        t3 = t2 + max(float(np.linalg.norm(d - c)), 1e-6) ** 0.5
        t = np.linspace(t1, t2, count, endpoint=False)[:, None]
        ab = (t1 - t) / (t1 - t0) * a + (t - t0) / (t1 - t0) * b
        bc = (t2 - t) / (t2 - t1) * b + (t - t1) / (t2 - t1) * c
        cd = (t3 - t) / (t3 - t2) * c + (t - t2) / (t3 - t2) * d
        abc = (t2 - t) / (t2 - t0) * ab + (t - t0) / (t2 - t0) * bc
        bcd = (t3 - t) / (t3 - t1) * bc + (t - t1) / (t3 - t1) * cd
        parts.append((t2 - t) / (t2 - t1) * abc + (t - t1) / (t2 - t1) * bcd)
    parts.append(points[:1] if closed else points[-1:])
    return np.concatenate(parts)


def distance_to(line: Array, x: Array, z: Array, *, within_m: float) -> tuple[Array, Array]:
    """How far points of a grid lie from a polyline [n, 3] on the ground, and the line's height there.

    Beyond `within_m` distances are infinite. Where two parts are near, their heights blend, so that a line that crosses itself
    leaves no step.
    """
    best = np.full(x.shape, np.inf)
    total, weights = np.zeros(x.shape), np.zeros(x.shape)
    if len(line) == 1:
        line = np.concatenate([line, line])
    first, last = line[:-1], line[1:]
    box = Bounds(float(x.min()), float(z.min()), float(x.max()), float(z.max())).grown(within_m)
    low, high = np.minimum(first, last), np.maximum(first, last)
    near = (low[:, 0] <= box.x1) & (high[:, 0] >= box.x0) & (low[:, 2] <= box.z1) & (high[:, 2] >= box.z0)
    for a, b in zip(first[near], last[near], strict=True):
        along = b[[0, 2]] - a[[0, 2]]
        squared = float(along @ along)
        px, pz = x - a[0], z - a[2]
        t = np.clip((px * along[0] + pz * along[1]) / squared, 0, 1) if squared > 1e-12 else np.zeros(x.shape)
        d = np.hypot(px - t * along[0], pz - t * along[1])
        w = np.where(d <= within_m, 1.0 / (d * d + 0.05) ** 2, 0.0)  # what is farther counts nothing, whoever asks
        total += w * (a[1] + t * (b[1] - a[1]))
        weights += w
        best = np.minimum(best, d)
    best[best > within_m] = np.inf
    return best, total / np.maximum(weights, 1e-30)


def inside(outline: Array, x: Array, z: Array) -> NDArray[np.bool_]:
    """Which points lie inside an outline [n, 3], by the even-odd rule: one that crosses itself has holes."""
    result = np.zeros(x.shape, bool)
    for a, b in zip(outline, np.roll(outline, -1, 0), strict=True):
        crosses = (a[2] > z) != (b[2] > z)
        if crosses.any():
            at = a[0] + (z - a[2]) * ((b[0] - a[0]) / (b[2] - a[2]))
            result ^= crosses & (x < at)
    return result
