"""The graph that ways are searched in: points on portals, joined where one polygon holds both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.portals import Portals

__all__ = ["Graph", "expand", "make_graph"]

_SPACING_M = 3.0
"""Distance of points on a wide portal: how far ways may lead beside the shortest."""
_MOST_POINTS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Points on portals, and what it costs to go from one to the next.

    Attributes
    ----------
    places : float32 [n, 3]
    portal : int32 [n]
        The portal that each point lies on.
    starts, members : int32 [polygons + 1], int32 [m]
        Points of each polygon.
    into_starts, into, costs, via : int32 [n + 1], int32 [e], float32 [e], int32 [e]
        Edges by the point that they lead to: where they come from, what they cost, and the polygon that they cross.
    weights : float32 [polygons]
        Cost of a metre in each polygon.
    """

    places: NDArray[np.float32]
    portal: NDArray[np.int32]
    starts: NDArray[np.int32]
    members: NDArray[np.int32]
    into_starts: NDArray[np.int32]
    into: NDArray[np.int32]
    costs: NDArray[np.float32]
    via: NDArray[np.int32]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.places)


def expand(starts: NDArray[Any], keys: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For rows of a list of lists: which key each item belongs to, and the items' numbers."""
    begin = starts[keys].astype(np.int64)
    counts = starts[keys + 1] - begin
    which = np.repeat(np.arange(len(keys)), counts)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + begin[which]


def make_graph(
    portals: Portals, weights: NDArray[np.float32], link_costs: NDArray[np.float32], two_way: NDArray[np.bool_]
) -> Graph:
    """Points and edges.

    Parameters
    ----------
    portals : Portals
        Borders, and links after them: of those `left` is where they begin and `right` where they end.
    weights : float32 [polygons]
    link_costs, two_way : [links]
        What each costs, in metres of usual ground, and whether it leads back as well.
    """
    border = np.flatnonzero(portals.link < 0)
    length = np.linalg.norm(portals.left[border] - portals.right[border], axis=1)
    counts = np.clip(np.ceil(length / _SPACING_M), 1, _MOST_POINTS).astype(np.int64)
    which = np.repeat(np.arange(len(border)), counts)
    share = (np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + 0.5) / counts[which]
    left, right = portals.left[border][which], portals.right[border][which]
    places = left + (right - left) * share[:, None]
    portal = border[which]
    links = np.flatnonzero(portals.link >= 0)
    ends = np.arange(len(links)) + len(portal)
    of_polygon = np.concatenate([portals.polygons[portal, 0], portals.polygons[portal, 1], portals.polygons[links].T.ravel()])
    of_point = np.concatenate([np.arange(len(portal)), np.arange(len(portal)), ends, ends + len(links)])
    places = np.concatenate([places, portals.left[links], portals.right[links]]).astype(np.float32)
    portal = np.concatenate([portal, links, links]).astype(np.int32)
    order = np.argsort(of_polygon, kind="stable")
    members = of_point[order].astype(np.int32)
    starts = np.zeros(len(weights) + 1, np.int32)
    np.cumsum(np.bincount(of_polygon, minlength=len(weights)), out=starts[1:])
    source, target, cost, via = _crossings(places, portal, starts, members, weights)
    number = portals.link[links]
    back = two_way[number]
    source = np.concatenate([source, ends, (ends + len(links))[back]])
    target = np.concatenate([target, ends + len(links), ends[back]])
    cost = np.concatenate([cost, link_costs[number], link_costs[number][back]])
    via = np.concatenate([via, np.full(len(links) + int(back.sum()), -1)])
    order = np.argsort(target, kind="stable")
    into_starts = np.zeros(len(places) + 1, np.int32)
    np.cumsum(np.bincount(target, minlength=len(places)), out=into_starts[1:])
    return Graph(
        places, portal.astype(np.int32), starts, members, into_starts, source[order].astype(np.int32),
        cost[order].astype(np.float32), via[order].astype(np.int32), weights,
    )  # fmt: skip


def _crossings(
    places: NDArray[Any], portal: NDArray[Any], starts: NDArray[Any], members: NDArray[Any], weights: NDArray[Any]
) -> tuple[NDArray[Any], ...]:
    """Edges through polygons: every point to every other, but for those of one portal."""
    owner = np.repeat(np.arange(len(weights)), np.diff(starts))
    which, item = expand(starts, owner)
    source, target = members[which], members[item]
    apart = portal[source] != portal[target]
    source, target, via = source[apart], target[apart], owner[which][apart]
    # A link's two ends are one portal, but when they lie in one polygon walking between them is a way, too; the link is no longer.
    cost = np.linalg.norm(places[source] - places[target], axis=1) * weights[via]
    return source, target, cost, via
