"""What devices say just now, for people: values by name, each with its unit and the age of what it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Field, Table, World, component_type
from taixu.ecs.entity import indices_of
from taixu.scene import CELL_M, WorldTransforms
from taixu.twin.bindings import Target
from taixu.twin.commands import Ledger
from taixu.twin.feed import Feed

__all__ = ["Values", "entity_values", "is_projects", "plain_value"]

Handles = NDArray[np.uint64]
_POSITION = "transform.position"
_OWN = "taixu.edit.declared"
_NEVER = np.iinfo(np.int64).min
_UNTOLD = frozenset({"data", "entity"})
_MAX_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Values:
    """What is known of one entity.

    Attributes
    ----------
    times_ns
        When the newest reading of each field was, by field; None where none ever came.
    fields
        ``{"motor.temperature": (value, unit)}``; plain JSON.
    """

    times_ns: dict[str, int | None]
    fields: dict[str, tuple[Any, str]]

    @property
    def time_ns(self) -> int:
        """When the newest reading was; 0 where none ever came."""
        return max((each for each in self.times_ns.values() if each is not None), default=0)

    def as_dict(self, *, now_ns: int) -> dict[str, Any]:
        """``{"motor.temperature": {"value": 36.6, "unit": "degC", "age_secs": 0.2}}``; the age is None where none ever came."""
        found: dict[str, Any] = {}
        for name, (value, unit) in self.fields.items():
            time_ns = self.times_ns[name]
            age = None if time_ns is None else round(max(now_ns - time_ns, 0) / 1e9, 3)
            found[name] = {"value": value, "unit": unit, "age_secs": age}
        return found


def entity_values(world: World, entities: Handles) -> list[Values]:
    """What is known of living entities, in their order: the place of those that readings move, all fields of components that
    the project declares, and of the engine's those that readings or commands are about.
    """
    _, tables, rows = world.locate_living(entities)
    targets = [binding.target for binding in world.resource(Feed).bindings]
    targets += [control.target for control in world.resource(Ledger).controls.values()]
    found: list[Values | None] = [None] * len(entities)
    for number in np.unique(tables).tolist():
        here = np.flatnonzero(tables == number)
        table = world.table(number)
        for place, values in zip(here.tolist(), _of_table(world, table, rows[here].astype(np.intp), entities[here], targets)):
            found[place] = values
    return [each for each in found if each is not None]


def plain_value(field: Field, value: Any) -> Any:
    """A column's value as JSON can hold it; float32 as short as it is exact."""
    if isinstance(value, list):
        return [plain_value(field, each) for each in value]
    if isinstance(value, float):
        if not isfinite(value):
            return None
        return float(f"{value:.7g}") if field.kind.dtype == "f4" else value
    return value[:_MAX_TEXT] if isinstance(value, str) else value


def _of_table(
    world: World, table: Table, rows: NDArray[np.intp], entities: Handles, targets: list[Target]
) -> list[Values]:
    feed = world.resource(Feed)
    found = [Values({}, {}) for _ in rows]

    def tell(name: str, unit: str, values: list[Any], times: NDArray[np.int64]) -> None:
        for each, value, time_ns in zip(found, values, times.tolist()):
            each.fields[name] = (value, unit)
            each.times_ns[name] = None if time_ns == _NEVER else time_ns

    for cls in sorted(table.types, key=lambda each: component_type(each).name):
        declared = component_type(cls)
        bound = {target.field.name for target in targets if target.cls is cls and not target.is_position}
        if any(target.cls is cls and target.is_position for target in targets):
            tell(_POSITION, "m", _places(world, entities), feed.times_ns(entities, cls, name="translation"))
        for field in declared.fields:
            if field.kind.name in _UNTOLD or not (field.name in bound or is_projects(cls)):
                continue
            column = table.take(cls, field.name, rows)
            values = [plain_value(field, value) for value in (column.T if column.ndim == 2 else column).tolist()]
            tell(f"{declared.name}.{field.name}", field.unit, values, feed.times_ns(entities, cls, name=field.name))
    return found


def is_projects(cls: type) -> bool:
    """Whether a component is one of the project's own, rather than the engine's."""
    return cls.__module__ == _OWN or not cls.__module__.startswith("taixu.")


def _places(world: World, entities: Handles) -> list[list[float]]:
    transforms = world.resource(WorldTransforms)
    indices = indices_of(entities)
    places = transforms.matrices[indices][:, [3, 7, 11]].astype(np.float64) + transforms.cells[indices] * CELL_M
    return [[round(each, 4) for each in place] for place in places.tolist()]
