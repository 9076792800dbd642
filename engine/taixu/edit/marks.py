"""What people at work say of entities: which are not to be touched, which are not to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from taixu.ecs import Bool, Data, World, component, field, indices_of
from taixu.edit.commands import Command
from taixu.edit.component_columns import grouped, have, insert_all, remove_all
from taixu.edit.ids import id_numbers
from taixu.edit.operations import Operation
from taixu.edit.set_columns import handles_of_ids
from taixu.edit.set_many import set_fields
from taixu.edit.settle import with_selected
from taixu.scene import Hierarchy, Node, Visibility

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taixu.edit.session import Session

__all__ = ["MARK_OPERATIONS", "Locked", "Tags", "hidden_indices", "is_locked", "locked_indices"]


@component("locked")
class Locked:
    """Keeps hands off an entity in the editor's views; it can still be chosen in the hierarchy."""

    below: Bool = field(default=True, doc="Also all that hangs below it.")


@component("tags")
class Tags:
    """Words that say what an entity is for: to search by, and for scripts."""

    names: Data = field(default=[], doc="A list of texts.")


@dataclass(frozen=True, slots=True)
class HideParameters:
    """Whether entities (those selected where none are named) are hidden; the other way round where it is not said."""

    hidden: bool | None = None
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LockParameters:
    """Whether entities (those selected where none are named) are locked; the other way round where it is not said."""

    locked: bool | None = None
    entities: tuple[str, ...] = ()


def is_locked(world: World, entity: int) -> bool:
    """Whether an entity, or anything above it that says so for all below, is locked."""
    if not len(world.query(Locked)):
        return False
    if world.has(entity, Locked):
        return True
    node = Node(world, entity).parent
    while node is not None:
        found = node.get(Locked)
        if found is not None and found.below:
            return True
        node = node.parent
    return False


def locked_indices(world: World) -> NDArray[np.bool_]:
    """Which entity indices are locked, ``bool[capacity]``: of many, ask this once."""
    locked = np.zeros(world.index_capacity, bool)
    for table in world.query(Locked):
        indices = indices_of(table.entities)
        locked[indices] = True
        _spread(world, locked, indices[table.read(Locked, "below")])
    return locked


def hidden_indices(world: World) -> NDArray[np.bool_]:
    """Which entity indices are hidden, by themselves or by what stands above them, ``bool[capacity]``."""
    hidden = np.zeros(world.index_capacity, bool)
    for table in world.query(Visibility):
        hidden[indices_of(table.entities)] = ~table.read(Visibility, "visible")
    _spread(world, hidden, np.flatnonzero(hidden))
    return hidden


def _spread(world: World, marked: NDArray[np.bool_], level: NDArray[np.intp]) -> None:
    """Mark all below some indices."""
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    while len(level):
        level = hierarchy.children_of(level)
        level = level[~marked[level]]
        marked[level] = True


def _are_hidden(session: Session, entities: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which have a `Visibility`, and of which it says that they are hidden."""
    handles = handles_of_ids(session, id_numbers(entities))
    return have(session.world, handles, Visibility), ~session.world.gather(handles, Visibility, "visible")


def _settle_hide(session: Session, p: HideParameters) -> HideParameters:
    p = with_selected(session, p)
    return p if p.hidden is not None else replace(p, hidden=not _are_hidden(session, p.entities)[1].all())


def _settle_lock(session: Session, p: LockParameters) -> LockParameters:
    p = with_selected(session, p)
    return p if p.locked is not None else replace(p, locked=not _are_locked(session, p.entities).all())


def _are_locked(session: Session, entities: Sequence[str]) -> NDArray[np.bool_]:
    return have(session.world, handles_of_ids(session, id_numbers(entities)), Locked)


def _hide(session: Session, p: HideParameters) -> Command | None:
    said, are_hidden = _are_hidden(session, p.entities)
    fields = {"visible": not p.hidden}
    changing = dict.fromkeys(_those(p.entities, said & (are_hidden != p.hidden)), fields)  # one object: they are set alike
    fresh = _those(p.entities, ~said) if p.hidden else ()
    commands = [set_fields(session, "visibility", changing), insert_all(session, fresh, "visibility", {"visible": False})]
    return grouped(commands)


def _lock(session: Session, p: LockParameters) -> Command | None:
    has = _are_locked(session, p.entities)
    if p.locked:
        return insert_all(session, _those(p.entities, ~has), "locked", {})
    return remove_all(session, _those(p.entities, has), "locked")


def _those(entities: Sequence[str], marked: NDArray[np.bool_]) -> tuple[str, ...]:
    """Of the entities those that are marked, each once."""
    return tuple(dict.fromkeys(compress(entities, marked.tolist())))


def _blocked(session: Session) -> str:
    return "" if session.worlds else "No world is open."


MARK_OPERATIONS = (
    Operation(
        "entity.hide", "Hide or show", plan=_hide, parameters=HideParameters, settle=_settle_hide, blocked=_blocked,
        shortcut="H", doc="Hides entities with all below them.",
    ),
    Operation(
        "entity.lock", "Lock or unlock", plan=_lock, parameters=LockParameters, settle=_settle_lock, blocked=_blocked,
        shortcut="Ctrl+L", doc="Keeps hands off entities in views.",
    ),
)  # fmt: skip
