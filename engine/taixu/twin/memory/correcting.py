"""A moment put right by what came later about it: readings that were late, and values that are older than they seemed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.twin.memory.entries import Entry
from taixu.twin.memory.folding import Moment

__all__ = ["TrackFinder", "take_better"]


class TrackFinder:
    """Finds the tracks that entities have at a moment: in another segment the same entity may have another."""

    def __init__(self, moment: Moment) -> None:
        here = np.flatnonzero(moment.signatures >= 0)
        order = np.argsort(moment.stable_ids[here])
        self._tracks, self._ids = here[order], moment.stable_ids[here[order]]

    def tracks(self, ids: NDArray[np.uint64], tracks: NDArray[np.intp]) -> NDArray[np.intp]:
        """Where each of some tracks is at the moment; -1 where it is not."""
        found = np.full(len(tracks), -1)
        if not len(self._ids) or not len(ids):
            return found
        wanted = np.where(tracks < len(ids), ids[np.minimum(tracks, len(ids) - 1)], 0)
        place = np.minimum(np.searchsorted(self._ids, wanted), len(self._ids) - 1)
        same = (self._ids[place] == wanted) & (wanted != 0)
        found[same] = self._tracks[place[same]]
        return found


def take_better(moment: Moment, entry: Entry, tracks: NDArray[np.intp], at_ns: int) -> None:
    """Take values of a time that are newer than what stands in a moment.

    Parameters
    ----------
    tracks
        Where each row of the entry is at the moment, -1 where it is not.
    """
    column = moment.columns.get((entry.column.component, entry.column.field))
    if column is None or column.info.dtype != entry.column.dtype or column.info.width != entry.column.width:
        return
    if not column.values.flags.writeable:
        column.values, column.times_ns = column.values.copy(), column.times_ns.copy()
    usable = np.flatnonzero((entry.times_ns <= at_ns) & (tracks >= 0) & (tracks < len(column.known)))
    usable = usable[np.argsort(entry.times_ns[usable], kind="stable")]  # of those that repeat the newest is written last
    tracks, times = tracks[usable], entry.times_ns[usable]
    better = column.known[tracks] & (times > column.times_ns[tracks])
    column.values[..., tracks[better]] = entry.values[..., usable[better]]
    column.times_ns[tracks[better]] = times[better]
