"""A recorded moment as a world."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.app import Components
from taixu.ecs import World, component_type
from taixu.errors import TaixuError
from taixu.twin.memory.recording import Moment

__all__ = ["fill_moment"]


def fill_moment(world: World, moment: Moment, components: Components) -> list[str]:
    """Spawn everybody who was there, as they were, into an empty world.

    Returns
    -------
    list
        What could not be brought back: components that this app does not know.

    Raises
    ------
    TaixuError
        When the world is not empty, or the recording speaks of a component as another version knew it.
    """
    if len(world):
        raise TaixuError("a moment is brought back into an empty world")
    notes: list[str] = []
    references: list[tuple[type, str]] = []
    classes: dict[str, type] = {}
    for name in sorted({name for names in moment.names for name in names}):
        declared = components.find(name)
        if declared is None:
            notes.append(f"the component {name!r} is unknown here; it is left out")
            continue
        if moment.versions.get(name, declared.version) != declared.version:
            raise TaixuError(
                f"{name!r} was recorded in version {moment.versions[name]}, and is of version {declared.version} here; "
                "replay it with the Taixu that recorded it"
            )
        classes[name] = declared.cls
        references += [(declared.cls, fld.name) for fld in declared.fields if fld.kind.name == "entity"]
    for number, names in enumerate(moment.names):
        tracks = np.flatnonzero(moment.signatures == number)
        if len(tracks):
            parts = {classes[name]: _fields(moment, name, classes[name], tracks) for name in names if name in classes}
            world.spawn_batch(len(tracks), parts, stable_ids=moment.stable_ids[tracks])
    for cls, name in references:
        _resolve(world, cls, name)
    return notes


def _fields(moment: Moment, component: str, cls: type, tracks: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for fld in component_type(cls).fields:
        column = moment.columns.get((component, fld.name))
        if column is None or column.info.width != fld.kind.width or column.info.is_object != fld.kind.is_object:
            continue
        inside = np.minimum(tracks, max(len(column.known) - 1, 0))
        known = (tracks < len(column.known)) & column.known[inside] if len(column.known) else np.zeros(len(tracks), bool)
        if known.all():
            found[fld.name] = column.values[..., tracks]
        elif known.any():
            values = fld.empty(len(tracks))
            values[...] = fld.column(fld.default, len(tracks))
            values[..., known] = column.values[..., tracks[known]]
            found[fld.name] = values
    return found


def _resolve(world: World, cls: type, name: str) -> None:
    """Stable ids become handles again."""
    for table in world.query(cls):
        ids = table.take(cls, name, slice(0, table.count)).astype(np.uint64)
        referred = ids != 0
        if referred.any():
            ids[referred] = world.find_all(ids[referred])
            table.set(cls, name, ids)
