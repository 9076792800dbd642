"""How high roads run: as the ground does, but smoothly, no steeper than their class allows, level at junctions, over water.

All samples of all edges relax together: each is drawn to its ground and to its neighbours along the road. What is farther away than
`REACH_M` has no say, and as heights are whole millimetres a change is mostly felt some ten metres on alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.generate.places.roads.network import Array, RoadGraph

__all__ = ["REACH_M", "Profiles", "make_profiles"]

REACH_M = 128.0
_ROUNDS = 30
_CLEAR_M = 1.3
"""Of a bridge over water."""


@dataclass(frozen=True)
class Profiles:
    """Heights along edges.

    Attributes
    ----------
    heights
        For each edge, one a point.
    is_bridge
        For each edge, whether a point hangs in the air.
    node_heights : float64[n]
    """

    heights: list[Array]
    is_bridge: list[Array]
    node_heights: Array
    ground: list[Array]


def make_profiles(
    graph: RoadGraph, height_at: Callable[[Any, Any], Any], water_at: Callable[[Any, Any], Any] | None = None
) -> Profiles:
    """Heights of a graph over ground; both functions take east and north of points."""
    if not graph.edges:
        return Profiles([], [], np.zeros(len(graph.nodes)), [])
    points = np.concatenate([edge.points for edge in graph.edges])
    ground = np.asarray(height_at(points[:, 0], points[:, 1]), np.float64)
    wet = np.asarray(water_at(points[:, 0], points[:, 1]), np.float64) if water_at else np.full(len(points), -1e9)
    over = wet > ground + 0.05
    target = np.where(over, wet + _CLEAR_M, ground)
    counts = [len(edge.points) for edge in graph.edges]
    first = np.array([0, *np.cumsum(counts)[:-1].tolist()], np.intp)
    last = first + np.array(counts, np.intp) - 1
    # Every sample belongs to a variable; ends of edges share their node's.
    variable = np.arange(len(points)) + len(graph.nodes)
    variable[first] = [edge.start for edge in graph.edges]
    variable[last] = [edge.end for edge in graph.edges]
    total = len(graph.nodes) + len(points)
    a, b = np.delete(variable, last), np.delete(variable, first)
    away = np.maximum(np.hypot(*(np.delete(points, last, 0) - np.delete(points, first, 0)).T), 0.1)
    steepest = np.repeat([edge.kind.most_slope for edge in graph.edges], np.array(counts) - 1)
    weight = 1.0 / away
    share = np.bincount(variable, minlength=total)
    wanted = np.bincount(variable, target, total) / np.maximum(share, 1)
    wet_share = np.bincount(variable, over.astype(float), total) / np.maximum(share, 1)
    # Over water and dales the ground has no say; the road keeps its own line.
    pull = np.where(wet_share > 0, 0.02, 0.16)
    high = wanted.copy()
    beside = np.bincount(a, weight, total) + np.bincount(b, weight, total)
    for _ in range(_ROUNDS):
        mean = (np.bincount(a, weight * high[b], total) + np.bincount(b, weight * high[a], total)) / np.maximum(beside, 1e-9)
        high = np.where(beside > 0, (1 - pull) * mean + pull * wanted, wanted)
        high = np.where(wet_share > 0, np.maximum(high, wanted), high)
    for _ in range(_ROUNDS):  # what is too steep gives way at both ends
        rise = high[b] - high[a]
        extra = np.sign(rise) * np.maximum(np.abs(rise) - steepest * away, 0.0) * 0.45
        moved = np.bincount(a, extra, total) - np.bincount(b, extra, total)
        crowd = np.bincount(a, extra != 0, total) + np.bincount(b, extra != 0, total)
        high = high + moved / np.maximum(crowd, 1)
        high = np.where(wet_share > 0, np.maximum(high, wanted), high)
    high = np.round(high, 3)  # what is felt by less than a millimetre is not felt: a change ends where nobody sees it
    found = high[variable]
    bridge = over | (found - ground > 3.0)
    split = np.cumsum(counts)[:-1]
    return Profiles(np.split(found, split), np.split(bridge, split), high[: len(graph.nodes)], np.split(ground, split))
