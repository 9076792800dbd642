"""A recorded moment as a world."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import Field, World, component_type
from taixu.errors import TaixuError
from taixu.twin.memory.made import is_simulated
from taixu.twin.memory.recording import Moment

__all__ = ["bring_to", "fill_moment", "pose_made", "write_children"]

_POSE = ("translation", "rotation", "scale")


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
    return bring_to(world, moment, components)


def bring_to(world: World, moment: Moment, components: Components) -> list[str]:
    """Make a world stand as it did at a moment: who was not there goes, and only what differs is written.

    Made entities are left to the systems that make them; `pose_made` puts those in place that stood elsewhere.

    Returns
    -------
    list
        What could not be brought back: components that this app does not know.

    Raises
    ------
    TaixuError
        When the recording speaks of a component as another version knew it.
    """
    classes, notes = _known_classes(moment, components)
    present = moment.tracks
    _drop_others(world, moment.stable_ids[present])
    references: list[tuple[type, Field, NDArray[np.intp]]] = []
    for number in np.unique(moment.signatures[present]).tolist():
        tracks = present[moment.signatures[present] == number]
        wanted = [classes[name] for name in moment.names[number] if name in classes]
        _drop_changed(world, moment.stable_ids[tracks], frozenset(wanted))
        handles = world.find_all(moment.stable_ids[tracks])
        here = handles != 0
        fresh = tracks[~here]
        if len(fresh):
            parts = {cls: _fields(moment, cls, fresh) for cls in wanted}
            world.spawn_batch(len(fresh), parts, stable_ids=moment.stable_ids[fresh])
        for cls in wanted:
            for fld in component_type(cls).fields:
                if fld.kind.name == "entity":
                    references.append((cls, fld, tracks))
                elif here.any():
                    _write(world, handles[here], cls, fld, moment, tracks[here])
    for cls, fld, tracks in references:  # now that all are there
        _write(world, world.find_all(moment.stable_ids[tracks]), cls, fld, moment, tracks)
    return notes


def pose_made(world: World, moment: Moment) -> None:
    """Put links of machines where they stood, recorded or by their joints' values; call it when they have been made."""
    from taixu.scene import Transform
    from taixu.twin.linkage import Linkages

    tracks = moment.made_tracks
    handles = world.find_all(moment.stable_ids[tracks])
    tracks, handles = tracks[handles != 0], handles[handles != 0]
    for name in _POSE if len(tracks) else ():
        _write(world, handles, Transform, component_type(Transform).by_name[name], moment, tracks)
    if world.has_resource(Linkages):
        world.resource(Linkages).step(world)


def write_children(world: World, moment: Moment, components: Components) -> bool:
    """Write what had become of prefabs' children, which are there by now; gives whether there was any such."""
    tracks = moment.child_tracks
    handles = world.find_all(moment.stable_ids[tracks])
    tracks, handles = tracks[handles != 0], handles[handles != 0]
    if not len(tracks):
        return False
    tables, _ = world.locate(handles)
    for number in np.unique(tables).tolist():
        here = tables == number
        for declared in world.table(number).components:
            for fld in declared.fields if declared.authored and components.find(declared.name) is declared else ():
                column = moment.columns.get((declared.name, fld.name))
                known = column.is_known(tracks) & here if column is not None else np.zeros(len(tracks), bool)
                if known.any():
                    _write(world, handles[known], declared.cls, fld, moment, tracks[known])
    return True


def _known_classes(moment: Moment, components: Components) -> tuple[dict[str, type], list[str]]:
    found: dict[str, type] = {}
    notes: list[str] = []
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
        found[name] = declared.cls
    return found, notes


def _drop_others(world: World, ids: NDArray[np.uint64]) -> None:
    gone = [
        table.entities[~np.isin(world.stable_ids(table.entities), ids)]
        for table in world.tables
        if table.count and (not table.made or is_simulated(table))
    ]
    gone = [each for each in gone if len(each)]
    if gone:
        world.despawn(np.concatenate(gone))


def _drop_changed(world: World, ids: NDArray[np.uint64], wanted: frozenset[type]) -> None:
    """Who has other components than before is made anew."""
    handles = world.find_all(ids)
    handles = handles[handles != 0]
    if not len(handles):
        return
    tables, _ = world.locate(handles)
    for number in np.unique(tables).tolist():
        if is_simulated(world.table(number)):
            continue
        has = {declared.cls for declared in world.table(number).components if declared.authored}
        if has != wanted:
            world.despawn(handles[tables == number])


def _fields(moment: Moment, cls: type, tracks: NDArray[np.intp]) -> dict[str, Any]:
    """Columns for who is spawned; nobody is referred to yet."""
    found: dict[str, Any] = {}
    for fld in component_type(cls).fields:
        values = _values(moment, cls, fld, tracks) if fld.kind.name != "entity" else None
        if values is not None:
            found[fld.name] = values
    return found


def _values(moment: Moment, cls: type, fld: Field, tracks: NDArray[np.intp]) -> NDArray[Any] | None:
    """A field at some tracks, defaults where nothing was said; None where it never was, or was something else."""
    column = moment.columns.get((component_type(cls).name, fld.name))
    if column is None or column.info.width != fld.kind.width or column.info.is_object != fld.kind.is_object:
        return None
    if not len(column.known):
        return None
    known = column.is_known(tracks)
    if known.all():
        return column.values[..., tracks]
    values = fld.empty(len(tracks))
    values[...] = fld.column(fld.default, len(tracks))
    values[..., known] = column.values[..., tracks[known]]
    return values


def _write(world: World, handles: NDArray[np.uint64], cls: type, fld: Field, moment: Moment, tracks: NDArray[np.intp]) -> None:
    """Write what differs; stable ids become handles again."""
    values = _values(moment, cls, fld, tracks)
    if values is None:
        return
    if fld.kind.name == "entity":
        ids = values.astype(np.uint64)
        values = ids.copy()
        referred = ids != 0
        if referred.any():
            values[referred] = world.find_all(ids[referred])
    differs = np.asarray(world.gather(handles, cls, fld.name) != values)
    rows = np.flatnonzero(differs.any(axis=0) if differs.ndim == 2 else differs)
    if len(rows):
        world.scatter(handles[rows], cls, fld.name, values[..., rows])
