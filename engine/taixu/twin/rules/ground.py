"""Where everybody is in a step, and which fences there are: looked up once for all conditions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.scene import CELL_M, Name, Transform, WorldTransforms
from taixu.twin.rules.fences import Fence, FenceShape, check_points
from taixu.twin.rules.histories import as_span
from taixu.twin.rules.zone_map import Members, ZoneMap

__all__ = ["Ground", "table_places"]

_KEPT_SHAPES = 1024
_REBUILT_NS = 1_000_000_000
Points = NDArray[np.float64]
Rows = NDArray[np.intp]


class Ground:
    """Places and fences of a world. `begin` starts a step; what is asked for in it is computed once."""

    def __init__(self) -> None:
        self.fences: dict[str, FenceShape] = {}
        """By name, in the world."""
        self.problems: dict[str, str] = {}
        """Fences that are none, and why."""
        self._shapes: dict[Any, FenceShape] = {}
        self._forms: dict[bytes, FenceShape] = {}
        self._map = ZoneMap(())
        self._mapped: dict[str, tuple[int, FenceShape]] = {}
        self._mapped_ns = 0
        self._before: dict[str, FenceShape] = {}
        self._places: dict[int, Points] = {}
        self._members: dict[int, Members] = {}
        self._loose: dict[tuple[int, str], Rows] = {}

    def begin(self, world: World, *, now_ns: int) -> None:
        """Look what fences there are now; all else is looked up when it is asked for."""
        self._places.clear()
        self._members.clear()
        self._loose.clear()
        self._before, self.fences = self.fences, self._look(world)
        if now_ns - self._mapped_ns >= _REBUILT_NS or now_ns < self._mapped_ns:
            still = {name: shape for name, shape in self.fences.items() if self._before.get(name, shape) is shape}
            if {name: shape for name, (_, shape) in self._mapped.items()} != still:
                self._map = ZoneMap(list(still.values()))
                self._mapped = {name: (number, shape) for number, (name, shape) in enumerate(still.items())}
                self._mapped_ns = now_ns

    def places(self, world: World, table: Table) -> Points:
        """Positions of a table's entities in the world, ``float64[3, n]``."""
        found = self._places.get(table.id)
        if found is None:
            found = self._places[table.id] = table_places(world, table)
        return found

    def inside(self, world: World, table: Table, name: str) -> Rows:
        """Rows of a table that are inside of a fence.

        Raises
        ------
        TaixuError
            When there is no such fence.
        """
        shape = self.fences.get(name)
        if shape is None:
            raise TaixuError(f"there is no fence {name[:60]!r}; name the entity that has one")
        number, mapped = self._mapped.get(name, (-1, None))
        if mapped is shape:
            members = self._members.get(table.id)
            if members is None:
                members = self._members[table.id] = self._map.members(self.places(world, table))
            return members.of(number)
        found = self._loose.get((table.id, name))
        if found is None:  # a fence that moves, or is new
            found = self._loose[table.id, name] = np.flatnonzero(shape.holds(self.places(world, table)))
        return found

    def _look(self, world: World) -> dict[str, FenceShape]:
        found: dict[str, FenceShape] = {}
        for table in world.query(Fence):
            places = table_places(world, table)
            names = table.read(Name, "text") if Name in table.types else np.full(table.count, "", object)
            for row in range(table.count):
                fence, name = table.value(Fence, row), str(names[row])
                try:
                    corners = check_points(fence.points, where=f"the fence {name!r}")
                except TaixuError as error:
                    self.problems[name] = str(error)
                    continue
                x, y, z = np.nan_to_num(places[:, row]).tolist()
                found[name] = self._shape(corners, (x, z), y + fence.bottom_m, y + fence.top_m)
        return found

    def _shape(self, corners: Points, place: tuple[float, float], bottom_m: float, top_m: float) -> FenceShape:
        """Fences stand still most of the time, and those that move keep their form: rasters are kept."""
        form = corners.tobytes()
        key = (form, place, bottom_m, top_m)
        found = self._shapes.get(key)
        if found is None:
            if len(self._shapes) >= _KEPT_SHAPES:
                self._shapes.clear()
                self._forms.clear()
            alike = self._forms.get(form)
            found = FenceShape(corners + place, float(bottom_m), float(top_m), alike.cells if alike is not None else None)
            if alike is None or alike.cells is None:
                self._forms[form] = found
            self._shapes[key] = found
        return found


def table_places(world: World, table: Table, *, rows: Rows | None = None) -> Points:
    """Where a table's entities are, ``float64[3, n]``; NaN for those that are nowhere."""
    entities = table.entities if rows is None else table.entities[rows]
    if Transform not in table.types:
        return np.full((3, len(entities)), np.nan)
    indices = indices_of(entities)
    if world.has_resource(WorldTransforms):
        transforms = world.resource(WorldTransforms)
        if len(transforms.matrices) > (int(indices.max()) if len(indices) else 0):
            found = np.empty((3, len(entities)))
            own = as_span(indices)
            for axis in range(3):
                found[axis] = transforms.matrices[own, 4 * axis + 3]
                if transforms.has_cells:
                    found[axis] += transforms.cells[own, axis] * CELL_M
            return found
    chosen = slice(None) if rows is None else rows
    places: Points = np.multiply(table.read(Transform, "cell")[:, chosen], CELL_M, dtype=np.float64)
    places += table.read(Transform, "translation")[:, chosen]
    return places
