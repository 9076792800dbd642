"""Ways through streets by how long they take (Dijkstra 1959, by scipy)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.traffic.network import RoadNetwork

__all__ = ["Router"]


class Router:
    """Ways through a network whose streets cost what they cost just now.

    Parameters
    ----------
    secs
        What driving through each edge takes, ``[edges]``; infinite where it is closed.
    """

    def __init__(self, network: RoadNetwork, secs: NDArray[np.float64]) -> None:
        from scipy.sparse import csr_array

        before, after = network.steps.T
        fits = np.isfinite(secs[after]) & np.isfinite(secs[before])
        count = len(network.edges)
        # Turned round: one search from a destination serves everybody who goes there. Zero would mean no way.
        costs = np.maximum(secs[before[fits]], 1e-3)
        self._graph = csr_array((costs, (after[fits], before[fits])), shape=(count, count))
        self._trees: dict[int, tuple[Any, Any]] = {}

    def way(self, start: int, goal: int) -> list[int] | None:
        """Edges from `start` to `goal`, both included; None where there is no way."""
        if start == goal:
            return [start]
        from scipy.sparse.csgraph import dijkstra

        if goal not in self._trees:
            self._trees[goal] = dijkstra(self._graph, indices=goal, return_predecessors=True)
        costs, nexts = self._trees[goal]
        if not np.isfinite(costs[start]):
            return None
        found = [start]
        while found[-1] != goal:
            found.append(int(nexts[found[-1]]))
        return found
