"""A recording played into a world, tick by tick: for rules that are tried on the past, for films, for viewers of yesterday."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World, component_type
from taixu.twin.memory.entries import Entry
from taixu.twin.memory.folding import NOT_WRITTEN
from taixu.twin.memory.packing import Arrivals
from taixu.twin.memory.recording import Recording
from taixu.twin.memory.restoring import fill_moment

__all__ = ["play_recording"]


def play_recording(
    recording: Recording, world: World, components: Components, *, since_ns: int | None = None, until_ns: int | None = None
) -> Iterator[int]:
    """Bring an empty world to each tick in turn; yields the times at which they were known.

    Parameters
    ----------
    since_ns
        Begin with the world as it stood then.
    until_ns
        The last tick is not later.

    Raises
    ------
    TaixuError
        When the world is not empty, the recording begins later, or is damaged.
    """
    moment = recording.moment(recording.span_ns[0] if since_ns is None else since_ns)
    fill_moment(world, moment, components)
    player = _Player(world, components, moment.stable_ids)
    yield moment.known_ns
    for known_ns, arrivals, entries in recording.steps(after_ns=moment.known_ns):
        if until_ns is not None and known_ns > until_ns:
            return
        if arrivals is not None:
            player.take_in(arrivals)
        for entry in entries:
            player.write(entry)
        yield known_ns


class _Player:
    """Writes what a recording says into a world."""

    def __init__(self, world: World, components: Components, ids: NDArray[np.uint64]) -> None:
        self._world, self._components = world, components
        self._ids = ids.copy()

    def take_in(self, arrivals: Arrivals) -> None:
        """Who came is spawned with defaults, for the tick's values follow; whose components changed gets and loses them."""
        world = self._world
        top = int(arrivals.tracks.max()) + 1 if len(arrivals.tracks) else 0
        if top > len(self._ids):
            self._ids = np.concatenate([self._ids, np.zeros(top - len(self._ids), np.uint64)])
        gone = world.find_all(self._ids[arrivals.gone[arrivals.gone < len(self._ids)]])
        world.despawn(gone[gone != 0])
        self._ids[arrivals.tracks] = arrivals.stable_ids
        handles = world.find_all(arrivals.stable_ids)
        for number in np.unique(arrivals.signatures).tolist():
            if NOT_WRITTEN & set(arrivals.names[number]):  # whoever plays has systems of his own
                continue
            here = arrivals.signatures == number
            known = [self._components.find(name) for name in arrivals.names[number]]
            classes = [declared.cls for declared in known if declared is not None]
            new = here & (handles == 0)
            if new.any():
                world.spawn_batch(int(new.sum()), {cls: {} for cls in classes}, stable_ids=arrivals.stable_ids[new])
            for handle in handles[here & (handles != 0)].tolist():
                has = {cls for cls in world.types_of(handle) if component_type(cls).authored}
                if has - set(classes):
                    world.remove([handle], *(has - set(classes)))
                missing = [cls for cls in classes if cls not in has]
                if missing:
                    world.insert([handle], *missing)

    def write(self, entry: Entry) -> None:
        """The values of one column."""
        declared = self._components.find(entry.column.component)
        fld = declared.by_name.get(entry.column.field) if declared is not None else None
        if declared is None or fld is None or fld.kind.width != entry.column.width:
            return
        handles = self._world.find_all(self._ids[entry.tracks])
        here = handles != 0
        values = entry.values[..., here]
        if fld.kind.name == "entity":
            referred = values != 0
            values = values.astype(np.uint64)
            values[referred] = self._world.find_all(values[referred])
        if here.any():
            self._world.scatter(handles[here], declared.cls, fld.name, values)
