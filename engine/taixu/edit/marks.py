"""What people at work say of entities: which are not to be touched, which are not to be seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from taixu.ecs import Bool, Data, World, component, field, indices_of
from taixu.edit.commands import Command, Group, Insert, Remove, SetFields
from taixu.edit.operations import Operation
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


def _is_hidden(session: Session, text: str) -> bool:
    node = Node(session.world, session.entity(text))
    found = node.get(Visibility)
    return found is not None and not found.visible


def _settle_hide(session: Session, p: HideParameters) -> HideParameters:
    p = with_selected(session, p)
    return p if p.hidden is not None else replace(p, hidden=not all(_is_hidden(session, text) for text in p.entities))


def _settle_lock(session: Session, p: LockParameters) -> LockParameters:
    p = with_selected(session, p)
    if p.locked is not None:
        return p
    return replace(p, locked=not all(session.world.has(session.entity(text), Locked) for text in p.entities))


def _hide(session: Session, p: HideParameters) -> Command | None:
    commands: list[Command] = []
    for text in p.entities:
        if session.world.has(session.entity(text), Visibility):
            if _is_hidden(session, text) != p.hidden:
                commands.append(SetFields(text, "visibility", {"visible": not p.hidden}))
        elif p.hidden:
            commands.append(Insert(text, "visibility", {"visible": False}))
    return Group(tuple(commands)) if commands else None


def _lock(session: Session, p: LockParameters) -> Command | None:
    commands: list[Command] = []
    for text in p.entities:
        has = session.world.has(session.entity(text), Locked)
        if p.locked and not has:
            commands.append(Insert(text, "locked"))
        elif has and not p.locked:
            commands.append(Remove(text, "locked"))
    return Group(tuple(commands)) if commands else None


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
