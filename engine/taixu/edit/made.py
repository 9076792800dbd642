"""Edits of entities that systems made: who made them says what a hand may change, and keeps it where it is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taixu.ecs import World
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.edit.commands import Command
    from taixu.edit.session import Session

__all__ = ["MadeEdits", "Planned", "ids_of", "plan_made_edit"]

_FREE = ("selection.", "modifier.")
"""Operations that name made entities and change none of them."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What stands in place of an edit; None where there is nothing to do."""

    command: Command | None


@dataclass(slots=True)
class MadeEdits:
    """Who plans edits of made entities (a resource).

    Attributes
    ----------
    plan
        Gives what an operation with these parameters does to made entities among those that it names, or None where it names
        none of its own.
    holds
        Whether hands may take hold of a made entity as a whole.
    owners
        Gives who made an entity that hands cannot hold, where that is not its parent, or None.
    """

    plan: list[Callable[[Session, str, Any], Planned | None]] = field(default_factory=list)
    holds: list[Callable[[World, int], bool]] = field(default_factory=list)
    owners: list[Callable[[World, int], int | None]] = field(default_factory=list)

    def is_held(self, world: World, entity: int) -> bool:
        """Whether it is one thing for hands, though a system made it."""
        return any(holds(world, entity) for holds in self.holds)

    def owner(self, world: World, entity: int) -> int | None:
        """Who made it, where somebody knows better than that its parent did."""
        found = (owner(world, entity) for owner in self.owners)
        return next((each for each in found if each is not None), None)

    def fork(self, world: World) -> MadeEdits:
        return self


def plan_made_edit(session: Session, operation: str, parameters: Any) -> Planned | None:
    """What an operation does where it names made entities; None where it names none.

    Raises
    ------
    TaixuError
        Where it is nothing that a hand may do to them.
    """
    if operation.startswith(_FREE) or not session.worlds or not session.world.has_resource(MadeEdits):
        return None
    found = (plan(session, operation, parameters) for plan in session.world.resource(MadeEdits).plan)
    return next((each for each in found if each is not None), None)


def ids_of(parameters: Any) -> list[str]:
    """The ids of entities that parameters of an operation name as what is changed."""
    found = [*getattr(parameters, "entities", ())]
    for name in ("transforms", "values"):
        told = getattr(parameters, name, None)
        found += list(told) if isinstance(told, Mapping) else []  # keys of tracks have values, too, and name nobody by them
    for name in ("entity", "parent"):
        one = getattr(parameters, name, "")
        found += [one] if isinstance(one, str) and one else []
    if not all(isinstance(each, str) for each in found):
        raise TaixuError("entities are named by their ids")
    return found
