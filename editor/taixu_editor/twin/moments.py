"""A recorded moment put into a copy of the world: only what is different is written, so that scrubbing stays cheap."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World, component_type
from taixu.twin.memory import Moment

__all__ = ["show_moment"]


def show_moment(world: World, moment: Moment, components: Components) -> int:
    """Let the world stand as it did: who was not there goes, who was there comes, values are those of then.

    Returns
    -------
    int
        How many of those who were there the world knew already: none says that the recording is of another world.
    """
    tracks = moment.tracks
    ids = moment.stable_ids[tracks]
    here = world.find_all(ids)
    known = int(np.count_nonzero(here))
    everybody = [table.entities for table in world.tables if table.count and not table.made]
    if everybody:
        present = np.concatenate(everybody)
        gone = present[~np.isin(world.stable_ids(present), ids)]
        if len(gone):
            world.despawn(gone)
    if known < len(ids):
        _spawn(world, moment, components, tracks[here == 0])
        here = world.find_all(ids)
    for (component, name), column in moment.columns.items():
        declared = components.find(component)
        fld = declared.by_name.get(name) if declared is not None else None
        if declared is None or fld is None or column.info.width != fld.kind.width or column.info.is_object != fld.kind.is_object:
            continue
        inside = tracks < len(column.known)
        told = np.zeros(len(tracks), bool)
        told[inside] = column.known[tracks[inside]]
        if told.any():
            _write(world, declared.cls, name, here[told], column.values[..., tracks[told]])
    return known


def _spawn(world: World, moment: Moment, components: Components, tracks: NDArray[np.intp]) -> None:
    """Who came later than the world was saved; values follow."""
    for number in np.unique(moment.signatures[tracks]).tolist():
        found = [components.find(name) for name in moment.names[number]]
        parts: dict[type, dict[str, Any]] = {declared.cls: {} for declared in found if declared is not None}
        those = tracks[moment.signatures[tracks] == number]
        world.spawn_batch(len(those), parts, stable_ids=moment.stable_ids[those])


def _write(world: World, cls: type, name: str, entities: NDArray[np.uint64], values: NDArray[Any]) -> None:
    fld = component_type(cls).by_name[name]
    if fld.kind.name == "entity":
        referred = values != 0
        values = values.astype(np.uint64)
        values[referred] = world.find_all(values[referred])
    now = world.gather(entities, cls, name)
    different = now != values
    rows = different.any(axis=0) if different.ndim == 2 else different
    if rows.any():
        world.scatter(entities[rows], cls, name, values[..., rows])
