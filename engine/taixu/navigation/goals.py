"""Fields for a crowd: one for each polygon that somebody wants to go to, made a little in each step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.fields import FieldSolver
from taixu.navigation.mesh import NavigationMesh

__all__ = ["GoalFields"]

Array = NDArray[Any]
_MOST_STATES = 8_000_000
"""Fields times points that are kept: 100 MB."""
_MOST_FIELDS = 4096
_EDGES_A_STEP = 25_000
"""Work in a step: the same on every machine, so that runs repeat."""
_MOST_AT_ONCE = 8


class GoalFields:
    """Ways to goals, shared by all who want into one polygon.

    Attributes
    ----------
    costs, after, via : [fields, points]
        As in `taixu.navigation.fields.Field`, a row a field.
    polygons : int64 [fields]
        The polygon that each leads to.
    """

    def __init__(self) -> None:
        self._reset(0, 0)

    def _reset(self, rows: int, points: int) -> None:
        self.costs = np.full((rows, points), np.inf, np.float32)
        self.after, self.via = np.full((rows, points), -1, np.int32), np.full((rows, points), -1, np.int32)
        self.polygons = np.full(rows, -1, np.int64)
        self._row_of = np.full(0, -1, np.int64)
        self._wanted: dict[int, None] = {}
        self._next = 0
        self._solver: FieldSolver | None = None
        self._solving: list[int] = []
        self._nearest: dict[tuple[int, ...], int] = {}
        self._mesh: NavigationMesh | None = None
        self._most = rows

    def forget(self, mesh: NavigationMesh) -> None:
        """Begin anew with a mesh."""
        points = len(mesh.graph)
        self._reset(8, points)
        self._most = int(np.clip(_MOST_STATES // max(points, 1), 8, _MOST_FIELDS))
        self._row_of = np.full(mesh.polygon_count, -1, np.int64)
        self._mesh = mesh

    def aim(self, mesh: NavigationMesh, goals: Array, islands: Array) -> tuple[Array, Array, Array]:
        """Where people on islands [n] who want to goals [n, 3] are to go.

        Returns
        -------
        polygons, ends, partial
            The polygons to reach [n] (-1: nowhere), where the ways end [n, 3], and whether that is not the goal [n].
        """
        partial = np.zeros(len(goals), bool)
        floors = mesh.nearest_floors(goals)
        there = mesh.islands[mesh.floors.polygon[np.maximum(floors, 0)]] if len(mesh.floors) else islands
        for number in np.flatnonzero((floors < 0) | ~mesh.passages.leads(islands, there)):
            floors[number] = self._reachable(mesh, goals[number], int(islands[number]))
            partial[number] = True
        polygons = np.where(floors >= 0, mesh.floors.polygon[np.maximum(floors, 0)], -1) if len(mesh.floors) else floors
        return polygons, mesh.floors.places(floors, goals), partial

    def rows(self, polygons: Array) -> Array:
        """The fields that lead to polygons [n]; -1 where there is none yet: it is wanted then."""
        found: Array = self._row_of[polygons]
        for polygon in np.unique(polygons[found < 0]).tolist():
            if polygon not in self._solving:
                self._wanted.setdefault(polygon)
        return found

    def work(self, used: Array) -> None:
        """Go on with fields that are wanted, for as long as a step allows; those that are used [n] are kept if that is possible."""
        left = _EDGES_A_STEP
        while left > 0 and self._mesh is not None:
            if self._solver is None:
                room = self._room(used)
                if not self._wanted or not room:
                    return
                self._solving = list(self._wanted)[: min(_MOST_AT_ONCE, room)]
                for polygon in self._solving:
                    del self._wanted[polygon]
                self._solver = FieldSolver(self._mesh.graph, self._middles(self._solving), self._solving)
            left -= max(self._solver.advance(left), 1)
            if self._solver.done:
                for place, polygon in enumerate(self._solving):
                    self._keep(polygon, self._solver, place, used)
                self._solver, self._solving = None, []

    def _keep(self, polygon: int, solver: FieldSolver, place: int, used: Array) -> None:
        row = self._row(used)
        old = int(self.polygons[row])
        if old >= 0:
            self._row_of[old] = -1
        self.costs[row], self.after[row], self.via[row] = solver.costs[place], solver.after[place], solver.via[place]
        self.polygons[row] = polygon
        self._row_of[polygon] = row

    def _room(self, used: Array) -> int:
        """How many fields there is room for, without taking away what somebody follows: others wait until those are there."""
        kept = np.unique(used[used >= 0])
        return self._most - len(kept)

    def _row(self, used: Array) -> int:
        """A row for another field: a new one while there is room, then those that nobody uses, in turn."""
        count = len(self.polygons)
        if self._next >= count and count < self._most:
            more = min(count, self._most - count)
            points = self.costs.shape[1]
            self.costs = np.concatenate([self.costs, np.full((more, points), np.inf, np.float32)])
            self.after = np.concatenate([self.after, np.full((more, points), -1, np.int32)])
            self.via = np.concatenate([self.via, np.full((more, points), -1, np.int32)])
            self.polygons = np.concatenate([self.polygons, np.full(more, -1, np.int64)])
            count += more
        row = self._next % count
        if self.polygons[row] >= 0:
            free = np.ones(count, bool)
            free[used[used >= 0]] = False
            free[self._row_of[self._solving]] = False  # what was made in this very step is not known to anybody yet
            order = np.flatnonzero(free)
            if len(order):
                row = int(order[int(np.searchsorted(order, row)) % len(order)])
        self._next = row + 1
        return row

    def _middles(self, polygons: list[int]) -> NDArray[np.float64]:
        """A place inside of each polygon."""
        assert self._mesh is not None
        grid, graph = self._mesh.floors, self._mesh.graph
        middles = np.zeros((len(polygons), 3))
        for i, polygon in enumerate(polygons):
            corners = grid.polygon_corners[grid.polygon_starts[polygon] : grid.polygon_starts[polygon + 1]]
            x, z = corners.mean(axis=0)
            gates = graph.places[graph.members[graph.starts[polygon] : graph.starts[polygon + 1]]]
            middles[i] = (x, float(gates[:, 1].mean()) if len(gates) else 0.0, z)
        return middles

    def _reachable(self, mesh: NavigationMesh, goal: Array, island: int) -> int:
        """The floor of an island that is nearest to a goal."""
        key = (island, *np.round(goal * 4).astype(int).tolist())
        found = self._nearest.get(key)
        if found is None:
            mine = np.flatnonzero(mesh.islands[mesh.floors.polygon] == island)
            found = int(mine[int(np.argmin(((mesh.floors.centres(mine) - goal) ** 2).sum(axis=1)))])
            if len(self._nearest) > 4096:
                self._nearest.clear()
            self._nearest[key] = found
        return found
