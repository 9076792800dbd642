"""Fields for a crowd: one for each polygon that somebody wants to go to, made a little in each step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.navigation.fields import FieldSolver
from taixu.navigation.mesh import NavigationMesh

__all__ = ["GoalFields"]

Array = NDArray[Any]
_MOST_STATES = 6_000_000
"""Fields times points that are kept."""
_EDGES_A_STEP = 40_000
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
        self._row_of: dict[int, int] = {}
        self._wanted: dict[int, None] = {}
        self._next = 0
        self._solver: FieldSolver | None = None
        self._solving: list[int] = []
        self._nearest: dict[tuple[int, ...], int] = {}
        self._mesh: NavigationMesh | None = None
        self.evictions = 0

    def forget(self, mesh: NavigationMesh) -> None:
        """Begin anew with a mesh."""
        points = len(mesh.graph)
        self._reset(int(np.clip(_MOST_STATES // max(points, 1), 8, 512)), points)
        self._mesh = mesh

    def find(self, mesh: NavigationMesh, goals: Array, islands: Array) -> tuple[Array, Array, Array, Array]:
        """Ways for people on islands [n] to goals [n, 3].

        Returns
        -------
        rows, ends, partial, known
            Numbers of fields [n], where the ways end [n, 3], whether that is not the goal [n], and whether the field is ready.
        """
        count = len(goals)
        rows, ends, partial, known = np.full(count, -1, np.int64), goals.copy(), np.zeros(count, bool), np.zeros(count, bool)
        floors = mesh.nearest_floors(goals)
        there = mesh.islands[mesh.floors.polygon[np.maximum(floors, 0)]] if len(mesh.floors) else islands
        for number in np.flatnonzero((floors < 0) | ~mesh.passages.leads(islands, there)):
            floors[number] = self._reachable(mesh, goals[number], int(islands[number]))
            partial[number] = True
        ends = mesh.floors.places(floors, goals)
        polygons = mesh.floors.polygon[np.maximum(floors, 0)]
        for polygon in np.unique(polygons[floors >= 0]).tolist():
            row = self._row_of.get(polygon)
            mine = (polygons == polygon) & (floors >= 0)
            if row is None:
                self._wanted.setdefault(polygon)
            else:
                rows[mine], known[mine] = row, True
        return rows, ends, partial, known

    def work(self) -> None:
        """Go on with fields that are wanted, for as long as a step allows."""
        left = _EDGES_A_STEP
        while left > 0 and self._mesh is not None:
            if self._solver is None:
                if not self._wanted:
                    return
                self._solving = list(self._wanted)[:_MOST_AT_ONCE]
                for polygon in self._solving:
                    del self._wanted[polygon]
                self._solver = FieldSolver(self._mesh.graph, self._middles(self._solving), self._solving)
            left -= max(self._solver.advance(left), 1)
            if self._solver.done:
                for place, polygon in enumerate(self._solving):
                    self._keep(polygon, self._solver, place)
                self._solver = None

    def _keep(self, polygon: int, solver: FieldSolver, place: int) -> None:
        row = self._next
        self._next = (row + 1) % len(self.polygons)
        old = int(self.polygons[row])
        if old >= 0:
            self._row_of.pop(old, None)
            self.evictions += 1
        self.costs[row], self.after[row], self.via[row] = solver.costs[place], solver.after[place], solver.via[place]
        self.polygons[row] = polygon
        self._row_of[polygon] = row

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
