"""Greens that were surveyed from the air: what stands up in them like a thorn is the top of a tree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from taixu.assets.geodata import MapData, Solid, Spot

__all__ = ["take_trees"]

_RAISED_M = 1.3
"""Over the lower quarter of its surface; greens and quays are level to about that."""
_TREE_M = 2.8
_APART_M = 5.5
_KINDS = ("grass", "forest", "other")


def take_trees(features: MapData) -> int:
    """Press thorns of surveyed greens down to the ground beside them, and put trees there; gives how many."""
    count = 0
    for number, solid in enumerate(features.solids):
        if solid.kind not in _KINDS or len(solid.points) < 4:
            continue
        pressed, tops = _pressed(solid)
        if pressed is None:
            continue
        features.solids[number] = pressed
        for at, (east, north, up, high) in enumerate(tops):
            point = np.array([east, north, up])
            features.spots.append(Spot(f"{solid.id}/{at + 1}", "tree", point, {"height": round(float(high), 1)}))
        count += len(tops)
    return count


def _pressed(solid: Solid) -> tuple[Solid | None, list[tuple[float, float, float, float]]]:
    """The solid without thorns, and its trees: east, north, ground, height; None where it has no thorns, or is one."""
    points = solid.points
    low = float(np.percentile(points[:, 2], 25))
    raised = points[:, 2] > low + _RAISED_M
    if not raised.any() or raised.mean() > 0.75:
        return None, []
    ground = points[~raised]
    away = np.hypot(points[raised, None, 0] - ground[None, :, 0], points[raised, None, 1] - ground[None, :, 1])
    below = ground[away.argmin(1), 2]
    made = points.copy()
    made[raised, 2] = below
    tops: list[tuple[float, float, float, float]] = []
    highs = points[raised, 2] - below
    for k in np.argsort(-highs, kind="stable").tolist():
        east, north = float(points[raised][k, 0]), float(points[raised][k, 1])
        if highs[k] < _TREE_M:
            break
        if all(np.hypot(east - other[0], north - other[1]) > _APART_M for other in tops):
            tops.append((east, north, float(below[k]), float(highs[k])))
    return replace(solid, points=made), tops
