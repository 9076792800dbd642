"""Very many entities hung below another at once, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.edit.commands import Command, Reparent
from taixu.edit.component_columns import grouped, have
from taixu.edit.families import families_of
from taixu.edit.ids import id_numbers
from taixu.edit.set_columns import handles_of_ids, take_columns
from taixu.errors import TaixuError
from taixu.math.affine import invert
from taixu.math.stacks import decompose_all, matrices_from_trs
from taixu.scene import CELL_M, Node, Parent, Transform
from taixu.scene.transforms import split_position

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["ReparentMany", "reparent_all"]

_MANY = 32
_FIELDS = ["cell", "rotation", "scale", "translation"]


def reparent_all(session: Session, entities: Sequence[str], parent: str, *, keep_place: bool = True) -> Command | None:
    """The command that hangs all of them below another, or nowhere (an empty id)."""
    entities = list(dict.fromkeys(entities))
    if len(entities) >= _MANY:
        world = session.world
        tables = world.locate(handles_of_ids(session, id_numbers(entities)))[0]
        if not any(world.table(number).made for number in np.unique(tables).tolist()):  # parts of prefabs stay in them
            return ReparentMany(id_numbers(entities), parent, keep_place)
    return grouped([Reparent(each, parent, keep_place) for each in entities])


@dataclass(frozen=True, slots=True)
class ReparentMany:
    """Hang entities below another (or nowhere: an empty id); by default they stay where they are in the world."""

    ids: NDArray[np.uint64]
    parent: str
    keep_place: bool = True

    def apply(self, session: Session) -> Command:
        """Attach them; undone exactly: parents and transforms as they were."""
        world = session.world
        handles = handles_of_ids(session, self.ids)
        above = Node(world, session.entity(self.parent)) if self.parent else None
        _refuse_loops(world, handles, above)
        is_placed = have(world, handles, Transform)
        undo = _Back(self.ids, *_parents_of(world, handles), self.ids[is_placed], _places(world, handles[is_placed]))
        moved = _moved(world, handles[is_placed], above) if self.keep_place else {}
        if above is None:
            world.remove(handles, Parent)
        else:
            world.insert(handles, {Parent: {"entity": above.entity}})
        for name, column in moved.items():
            world.scatter(handles[is_placed], Transform, name, column)
        return undo


@dataclass(frozen=True, slots=True)
class _Back:
    """Put parents and transforms back bit for bit.

    Attributes
    ----------
    ids : uint64[n]
    has_parent : bool[n]
    parents : uint64[n]
        Stable ids; 0 for nobody.
    placed : uint64[m]
        Those with a transform.
    places
        Their fields.
    """

    ids: NDArray[np.uint64]
    has_parent: NDArray[np.bool_]
    parents: NDArray[np.uint64]
    placed: NDArray[np.uint64]
    places: dict[str, NDArray[Any]]

    def apply(self, session: Session) -> Command:
        """Set them; undone the same way."""
        world = session.world
        handles, placed = handles_of_ids(session, self.ids), handles_of_ids(session, self.placed)
        undo = _Back(self.ids, *_parents_of(world, handles), self.placed, _places(world, placed))
        if not self.has_parent.all():
            world.remove(handles[~self.has_parent], Parent)
        if self.has_parent.any():
            world.insert(handles[self.has_parent], {Parent: {"entity": world.find_all(self.parents[self.has_parent])}})
        for name, column in self.places.items():
            world.scatter(placed, Transform, name, column)
        return undo


def _parents_of(world: World, handles: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], NDArray[np.uint64]]:
    """Who has a parent, and the parents' stable ids."""
    return have(world, handles, Parent), world.stable_ids(world.gather(handles, Parent, "entity"))


def _places(world: World, handles: NDArray[np.uint64]) -> dict[str, NDArray[Any]]:
    return take_columns(world, handles, Transform, _FIELDS)


def _moved(world: World, handles: NDArray[np.uint64], above: Node | None) -> dict[str, NDArray[Any]]:
    """Transforms below another parent of entities that stay where they are."""
    families = families_of(world, handles)
    places = _places(world, handles)
    positions = places["translation"].T.astype(np.float64)
    is_root = (families.parents == 0)[families.which]
    positions[is_root] += places["cell"].T[is_root] * CELL_M
    to_parent = np.eye(4) if above is None else invert(above.world_matrix)
    matrices = (to_parent @ families.matrices)[families.which]
    found: dict[str, NDArray[Any]] = {}
    if np.array_equal(matrices[:, :3, :3], np.broadcast_to(np.eye(3), (len(matrices), 3, 3))):
        positions = positions + matrices[:, :3, 3]  # neither turned nor scaled: nothing but the place becomes another
    else:
        local = matrices_from_trs(positions, places["rotation"].T, places["scale"].T)
        positions, rotations, scales = decompose_all(matrices @ local)
        found = {"rotation": rotations.T, "scale": scales.T}
    if above is None:
        cells, offsets = split_position(positions.T)
        return {**found, "cell": cells, "translation": offsets}
    return {**found, "translation": positions.T}


def _refuse_loops(world: World, handles: NDArray[np.uint64], above: Node | None) -> None:
    chosen, seen = set(handles.tolist()) if above is not None else set(), set[int]()
    while above is not None and above.entity not in seen:
        if above.entity in chosen:
            raise TaixuError(f"{above.name!r} cannot hang below itself")
        seen.add(above.entity)
        above = above.parent
