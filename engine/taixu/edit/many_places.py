"""Places, turns and sizes of very many entities as columns: what a drag of a hundred thousand does in each frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import component_type, indices_of
from taixu.edit.commands import Command
from taixu.edit.component_columns import have
from taixu.edit.conditions import no_world
from taixu.edit.ids import id_numbers
from taixu.edit.operations import Operation
from taixu.edit.places import MAX_POSITION_M
from taixu.edit.set_columns import SetColumns, handles_of_ids
from taixu.edit.values import GREATEST
from taixu.errors import TaixuError
from taixu.scene import Hierarchy, Transform
from taixu.scene.transforms import split_position

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["MANY_PLACES_OPERATIONS"]

_NUMBERS = {"position": 3, "rotation": 4, "scale": 3}


@dataclass(frozen=True, slots=True)
class ManyPlacesParameters:
    """Places (metres, from the parent), turns (quaternions) and sizes of entities; what is left out stays as it is."""

    entities: tuple[str, ...]
    position: list[float] = field(default_factory=list, metadata={"doc": "three numbers for each, one after the other"})
    rotation: list[float] = field(default_factory=list, metadata={"doc": "four numbers for each"})
    scale: list[float] = field(default_factory=list, metadata={"doc": "three numbers for each"})


def _place(session: Session, p: ManyPlacesParameters) -> Command | None:
    world, ids = session.world, id_numbers(p.entities)
    handles = handles_of_ids(session, ids)
    given = {name: _column(name, getattr(p, name), len(ids)) for name in _NUMBERS if getattr(p, name)}
    if not given or not len(ids):
        return None
    has = have(world, handles, Transform)
    if not has.all():
        raise TaixuError(f"entity {p.entities[int(np.flatnonzero(~has)[0])]} has no transform; insert it first")
    columns: dict[str, NDArray[Any]] = {name: column for name, column in given.items() if name != "position"}
    if "position" in given:
        hierarchy = world.resource(Hierarchy)
        hierarchy.update(world)
        cells, offsets = split_position(given["position"])
        is_child = hierarchy.parents_of(indices_of(handles)) > 0
        columns["cell"] = np.where(is_child, world.gather(handles, Transform, "cell"), cells)
        columns["translation"] = np.where(is_child, given["position"].astype(np.float32), offsets)
    return SetColumns(component_type(Transform).name, ids, columns)


def _column(name: str, numbers: list[float], count: int) -> NDArray[np.float64]:
    width = _NUMBERS[name]
    if len(numbers) != width * count:
        raise TaixuError(f"{name} takes {width} numbers for each of {count} entities, not {len(numbers)}")
    column = np.array(numbers, np.float64).reshape(count, width).T
    most = MAX_POSITION_M if name == "position" else GREATEST["f4"]
    if not np.abs(column).max(initial=0.0) <= most:
        raise TaixuError(f"{name} holds a number beyond {most:.0e}")
    return column


MANY_PLACES_OPERATIONS = (
    Operation("transform.place", "Place", plan=_place, parameters=ManyPlacesParameters, blocked=no_world,
              doc="Sets places, turns and sizes of thousands of entities, as lists of numbers."),
)  # fmt: skip
