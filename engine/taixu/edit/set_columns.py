"""Fields of many entities as columns: what undoes a change of very many, and does it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, component_type
from taixu.edit.ids import id_text

if TYPE_CHECKING:
    from taixu.edit.commands import Command
    from taixu.edit.session import Session

__all__ = ["SetColumns", "handles_of_ids", "take_columns"]


def handles_of_ids(session: Session, ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The handles of stable ids.

    Raises
    ------
    TaixuError
        When nobody has one of them.
    """
    handles = session.world.find_all(ids)
    if not handles.all():
        session.entity(id_text(int(ids[np.flatnonzero(handles == 0)[0]])))
    return handles


def take_columns(world: World, handles: NDArray[np.uint64], cls: type, names: list[str]) -> dict[str, NDArray[Any]]:
    """Copies of fields of entities that have the component, in their order."""
    columns = world.gather_columns(handles, cls, names)
    return {name: np.array(column) for name, column in zip(names, columns, strict=True)}


@dataclass(frozen=True, slots=True)
class SetColumns:
    """Set fields of a component without references to what they were.

    Attributes
    ----------
    ids : uint64[n]
        Stable ids of the entities, which all have the component.
    columns
        Values by field, as the world holds them.
    """

    component: str
    ids: NDArray[np.uint64]
    columns: Mapping[str, NDArray[Any]]

    def apply(self, session: Session) -> Command:
        """Set them; undone by setting what they were."""
        world, declared = session.world, component_type(session.component(self.component))
        handles = handles_of_ids(session, self.ids)
        names = [name for name in self.columns if name in declared.by_name]  # a script may have declared it anew
        before = take_columns(world, handles, declared.cls, names)
        for name in names:
            world.scatter(handles, declared.cls, name, self.columns[name])
        return SetColumns(self.component, self.ids, before)

    def after(self, other: SetColumns) -> SetColumns | None:
        """What does both, `other` first; None where they are of others."""
        if self.component != other.component or not np.array_equal(self.ids, other.ids):
            return None
        return SetColumns(self.component, self.ids, {**other.columns, **self.columns})
