"""What is recorded of entities that systems made: where machines' links are, and what has changed of prefabs' children.

Made entities are made again from what they were made of, so that nothing of them need be recorded but what became of them since:
physics moves links, and readings and scripts write to a prefab's children. Their ids follow from their owner's. Whom simulators
move (cars, people) comes and goes: a few times a second it is recorded where they are, whatever step the simulators take.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Field, Table, World, component_type
from taixu.ecs.changes import row_count
from taixu.edit.prefab import FromPrefab
from taixu.scene import FromModel, Transform
from taixu.twin.device import Device
from taixu.twin.memory.folding import FROM_PREFAB, MADE, SIMULATED

__all__ = ["MadeRows", "SimulatedRows", "changed_children", "is_simulated", "moved_links", "signature_of"]

_MACHINES = frozenset({"articulation"})
"""Components whose entities' nodes are moved by physics."""
_POSE = ("translation", "rotation", "scale")
_SIMULATED_NS = 250_000_000
_OF_SIMULATED = (("simulated", ("owner", "number")), ("transform", ("cell", "translation", "rotation")))


@dataclass(frozen=True, slots=True)
class MadeRows:
    """Rows of made entities and a field of theirs that are to be recorded."""

    table: Table
    cls: type
    field: Field
    rows: NDArray[np.intp]

    @property
    def entities(self) -> NDArray[np.uint64]:
        """Whose they are."""
        found: NDArray[np.uint64] = self.table.entities[self.rows]
        return found


def signature_of(table: Table) -> tuple[str, ...]:
    """What a recording says of who is in a table: components by name; of links of machines only that they are such."""
    names = tuple(sorted(declared.name for declared in table.components if declared.authored))
    if FromPrefab in table.types:
        return FROM_PREFAB, *names
    if is_simulated(table):
        return tuple(name for name, _ in _OF_SIMULATED)
    return (MADE, "transform") if table.made else names


def is_simulated(table: Table) -> bool:
    """Whether simulators move who is in a table."""
    return any(each.name == SIMULATED for each in table.components)


class SimulatedRows:
    """Finds where those are whom simulators move, four times a second."""

    def __init__(self) -> None:
        self._seen = -1
        self._next_ns = -(1 << 62)

    def take(self, world: World, *, now_ns: int) -> Iterator[MadeRows]:
        """Who moved since the last time, if it is time to look; surfaces of water stay out."""
        if now_ns < self._next_ns:
            return
        seen, self._seen, self._next_ns = self._seen, world.tick, now_ns + _SIMULATED_NS
        for table in world.tables:
            if not is_simulated(table) or table.touched <= seen or Transform not in table.types:
                continue
            declared = {each.name: each for each in table.components}
            fields = [(declared[name], declared[name].by_name[fld]) for name, fields in _OF_SIMULATED for fld in fields]
            is_moved = table.read(declared[SIMULATED].cls, "number") >= 0
            for component, fld in fields:
                rows = np.arange(table.count)
                rows = rows if seen < 0 else rows[table.changed((component.cls,), since=seen, fields=(fld.name,))]
                if len(rows := rows[is_moved[rows]]):
                    yield MadeRows(table, component.cls, fld, rows)


def moved_links(world: World, seen: int) -> Iterator[MadeRows]:
    """Places of made entities that belong to machines and moved."""
    owners = [table.entities for table in world.tables if any(each.name in _MACHINES for each in table.components)]
    if not any(len(each) for each in owners):
        return
    for table in world.tables:
        if not table.made or table.touched <= seen or FromModel not in table.types or Transform not in table.types:
            continue
        rows = np.arange(table.count)
        if seen >= 0:
            rows = rows[table.changed((Transform,), since=seen)]
        rows = rows[np.isin(table.read(FromModel, "owner")[rows], np.concatenate(owners))]
        if len(rows):
            for name in _POSE:
                yield MadeRows(table, Transform, component_type(Transform).by_name[name], rows)


def changed_children(world: World, seen: int, *, fresh: NDArray[np.uint64] | None) -> Iterator[MadeRows]:
    """Fields of prefabs' children that were written since they were made.

    Parameters
    ----------
    fresh
        Who was made since the last look: of those only devices are recorded (readings may have written to them already). None is
        everybody.
    """
    for table in world.tables:
        if FromPrefab not in table.types or not table.count or table.touched <= seen:
            continue
        is_device = Device in table.types
        if fresh is None and not is_device:
            continue
        is_old = np.ones(table.count, bool) if is_device or fresh is None else ~np.isin(table.entities, fresh)
        for declared in table.components:
            for fld in declared.fields if declared.authored else ():
                changed = table.changed((declared.cls,), since=seen, fields=(fld.name,))
                if not row_count(changed):
                    continue
                rows = np.arange(table.count)[changed]
                rows = rows[is_old[rows]]
                if len(rows):
                    yield MadeRows(table, declared.cls, fld, rows)
