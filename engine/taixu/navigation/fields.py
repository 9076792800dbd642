"""Fields: for every point of the graph the cost of the way to a goal, and the next point on it.

Costs spread from the goals outwards, all goals at once, a front of points at a time in order of distance (delta-stepping,
U. Meyer and P. Sanders 2003): a crowd that shares a goal shares the field, and nobody costs a loop in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.navigation.graph import Graph, expand

__all__ = ["Field", "FieldSolver", "solve_fields"]

_DELTA_M = 12.0
"""Points whose costs differ by less are done together."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The ways to one goal.

    Attributes
    ----------
    goal : float32 [3]
    polygon : int
        That the goal is in.
    costs : float32 [points]
        Metres of usual ground to the goal, infinite where there is no way.
    after, via : int32 [points]
        The next point on the way (-1: the goal itself), and the polygon that is crossed on the way there (-1: a link).
    """

    goal: NDArray[np.float32]
    polygon: int
    costs: NDArray[np.float32]
    after: NDArray[np.int32]
    via: NDArray[np.int32]


class FieldSolver:
    """Fields of several goals on their way: work goes on as far as it is allowed to.

    Parameters
    ----------
    graph : Graph
    goals : [g, 3], in polygons [g].
    """

    def __init__(self, graph: Graph, goals: ArrayLike, polygons: Sequence[int] | NDArray[Any]) -> None:
        self.goals = np.asarray(goals, np.float32).reshape(-1, 3)
        self.polygons = np.asarray(polygons, np.int64)
        self._graph = graph
        count, points = len(self.goals), len(graph)
        self.costs = np.full((count, points), np.inf, np.float32)
        self.after, self.via = np.full((count, points), -1, np.int32), np.full((count, points), -1, np.int32)
        which, item = expand(graph.starts, self.polygons)
        point = graph.members[item].astype(np.int64)
        start = np.linalg.norm(graph.places[point] - self.goals[which], axis=1) * graph.weights[self.polygons[which]]
        state = which * points + point
        np.minimum.at(self.costs.ravel(), state, start.astype(np.float32))
        self.via.ravel()[state] = self.polygons[which]
        self._waiting = np.unique(state)
        self._queued, self._mark = np.zeros(count * points, bool), np.zeros(count * points, np.int32)
        self._queued[self._waiting] = True
        self._until = _DELTA_M

    @property
    def done(self) -> bool:
        """Whether all costs are known."""
        return not len(self._waiting)

    def advance(self, most_edges: int | None = None) -> int:
        """Look along edges, about as many as allowed; gives how many."""
        looked = 0
        waiting, costs = self._waiting, self.costs.ravel()
        while len(waiting) and (most_edges is None or looked < most_edges):
            near = costs[waiting] < self._until
            if not near.any():
                self._until = float(costs[waiting].min()) + _DELTA_M
                continue
            front, waiting = waiting[near], waiting[~near]
            self._queued[front] = False
            reached, edges = self._relax(front, costs)
            looked += edges
            new = reached[~self._queued[reached]]
            self._queued[new] = True
            waiting = np.concatenate([waiting, new])
        self._waiting = waiting
        return looked

    def _relax(self, front: NDArray[np.int64], costs: NDArray[np.float32]) -> tuple[NDArray[np.int64], int]:
        """Go one edge back from the points of a front; gives the states that became cheaper."""
        graph, points = self._graph, len(self._graph)
        goal, target = np.divmod(front, points)
        which, edge = expand(graph.into_starts, target)
        state = goal[which] * points + graph.into[edge]
        cost = costs[front][which] + graph.costs[edge]
        better = cost < costs[state] - 1e-4
        state, cost, which, across = state[better], cost[better], which[better], edge[better]
        if len(state):
            np.minimum.at(costs, state, cost)
            won = cost <= costs[state]
            state, which, across = state[won], which[won], across[won]
            order = np.arange(len(state), dtype=np.int32)
            self._mark[state] = order
            once = self._mark[state] == order  # each state a single time, without sorting
            state, which, across = state[once], which[once], across[once]
            self.after.ravel()[state] = target[which]
            self.via.ravel()[state] = graph.via[across]
        return state.astype(np.int64), len(edge)


def solve_fields(graph: Graph, goals: ArrayLike, polygons: Sequence[int] | NDArray[Any]) -> list[Field]:
    """Fields of goals [g, 3] that lie in polygons [g], at once."""
    solver = FieldSolver(graph, goals, polygons)
    solver.advance()
    return [
        Field(solver.goals[i], int(solver.polygons[i]), solver.costs[i], solver.after[i], solver.via[i])
        for i in range(len(solver.goals))
    ]
