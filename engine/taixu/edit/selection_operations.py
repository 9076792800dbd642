"""Selecting everything, nothing, or the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from taixu.ecs import indices_of
from taixu.edit.commands import Command, Select
from taixu.edit.conditions import no_world
from taixu.edit.ids import id_texts
from taixu.edit.marks import locked_indices
from taixu.edit.operations import Operation
from taixu.edit.parameters import Nothing

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["SELECTION_OPERATIONS"]


def _everything(session: Session) -> tuple[str, ...]:
    """All that people placed and nobody locked, in the order in which it came."""
    world = session.world
    found = [table.entities for table in world.tables if table.count and not table.made]
    handles = np.sort(np.concatenate([np.empty(0, np.uint64), *found]))
    handles = handles[~locked_indices(world)[indices_of(handles)]]
    return tuple(id_texts(world.stable_ids(handles)))


def _select(session: Session, chosen: tuple[str, ...]) -> Command | None:
    return Select(chosen) if chosen != session.current.selection else None


def _all(session: Session, p: Nothing) -> Command | None:
    return _select(session, _everything(session))


def _none(session: Session, p: Nothing) -> Command | None:
    return _select(session, ())


def _others(session: Session, p: Nothing) -> Command | None:
    chosen = set(session.current.selection)
    return _select(session, tuple(text for text in _everything(session) if text not in chosen))


SELECTION_OPERATIONS = (
    Operation("selection.all", "Select all", plan=_all, blocked=no_world, doc="Selects every entity."),
    Operation("selection.none", "Select nothing", plan=_none, blocked=no_world, doc="Leaves nothing selected."),
    Operation("selection.others", "Select all others", plan=_others, blocked=no_world,
              doc="Selects what is not selected, and nothing else."),
)
"""What every host offers besides `selection.set`."""
