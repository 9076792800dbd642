"""Who enters and leaves what: for each entity the place (a number) where it is, and what changes of it.

A change counts when it has lasted for a while, so that what trembles on an edge crosses it once.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["NOWHERE", "Crossed", "Crossings"]

NOWHERE = -1
_COLUMNS = ("place", "since_ns", "_next", "_next_ns")
Indices = NDArray[np.intp]
Numbers = NDArray[np.int32]
Times = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Crossed:
    """Who went where: row i says that ``indices[i]`` (stable id ``ids[i]``) went from one place to another."""

    indices: Indices
    ids: NDArray[np.uint64]
    left: Numbers
    entered: Numbers
    times_ns: Times


class Crossings:
    """Places of entities, by entity index.

    Parameters
    ----------
    settle_secs
        How long somebody must be somewhere before it counts.
    """

    def __init__(self, *, settle_secs: float = 0.0) -> None:
        self.settle_ns = round(settle_secs * 1e9)
        self.place: Numbers = np.empty(0, np.int32)
        self.since_ns: Times = np.empty(0, np.int64)
        self._next: Numbers = np.empty(0, np.int32)
        self._next_ns: Times = np.empty(0, np.int64)
        self._ids: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._awaited: dict[int, tuple[int, int, int, int]] = {}
        """Where those were who were there before a restart, and have not come again yet: by id a row of `_COLUMNS`."""

    def look(
        self, indices: Indices, ids: NDArray[np.uint64], places: Numbers, *, now_ns: int, at_once: bool = False
    ) -> Crossed | None:
        """Note where entities are now; gives those of whom it counts, or None.

        Parameters
        ----------
        places
            ``int32[n]``, from 0 on; `NOWHERE` is a place, too.
        at_once
            Wait for nothing to settle.
        """
        self._reserve(indices)
        if self._awaited:
            self._welcome(indices[self._ids[indices] != ids], ids[self._ids[indices] != ids])
        self._ids[indices] = ids
        other = places != self._next[indices]
        if other.any():
            rows = indices[other]
            self._next[rows], self._next_ns[rows] = places[other], now_ns
        waiting = places != self.place[indices]
        if not at_once and self.settle_ns:
            waiting &= now_ns - self._next_ns[indices] >= self.settle_ns
        rows = np.flatnonzero(waiting)
        if not len(rows):
            return None
        who = indices[rows]
        crossed = Crossed(who, ids[rows], self.place[who], places[rows], self._next_ns[who])
        self.place[who], self.since_ns[who] = places[rows], self._next_ns[who]
        return crossed

    def forget(self, indices: Indices, *, now_ns: int) -> Crossed | None:
        """Entities that are gone have left where they were."""
        here = indices[indices < len(self._ids)]
        here = here[self._ids[here] != 0]
        left = here[self.place[here] != NOWHERE]
        count = len(left)
        crossed = Crossed(
            left, self._ids[left], self.place[left], np.full(count, NOWHERE, np.int32), np.full(count, now_ns)
        )
        self._ids[here], self.place[here], self._next[here], self.since_ns[here] = 0, NOWHERE, NOWHERE, 0
        return crossed if count else None

    def by_place(self, count: int) -> tuple[Indices, NDArray[np.uint64], NDArray[np.intp]]:
        """Who is at the places from 0 on: indices and stable ids, sorted by place, and where each place begins ``[count + 1]``."""
        found = np.flatnonzero((self.place != NOWHERE) & (self._ids != 0))
        found = found[np.argsort(self.place[found], kind="stable")]
        return found, self._ids[found], np.searchsorted(self.place[found], np.arange(count + 1))

    def taken(self, indices: Indices) -> dict[str, NDArray[Any]]:
        """Where entities are and go, by some indices."""
        self._reserve(indices)
        known = self._ids[indices] != 0
        return {"known": known} | {name: getattr(self, name)[indices] for name in _COLUMNS}

    def put(self, arrays: Mapping[str, NDArray[Any]], *, ids: NDArray[np.uint64], here: Indices, indices: Indices) -> None:
        """Go on with what `taken` gave, of entities with these ids; those of `here` are there, at other indices by now."""
        self._reserve(indices)
        known = arrays["known"]
        mine = known[here]
        self._ids[indices[mine]] = ids[here[mine]]
        for name in _COLUMNS:
            getattr(self, name)[indices[mine]] = arrays[name][here[mine]]
        awaited = known.copy()
        awaited[here] = False
        rows = zip(*(arrays[name][awaited].tolist() for name in _COLUMNS))
        self._awaited = dict(zip(ids[awaited].tolist(), rows))

    def _welcome(self, indices: Indices, ids: NDArray[np.uint64]) -> None:
        """Who comes again is where he was."""
        for index, stable_id in zip(indices.tolist(), ids.tolist()):
            row = self._awaited.pop(stable_id, None)
            for name, value in zip(_COLUMNS, row or ()):
                getattr(self, name)[index] = value

    def copy(self) -> Crossings:
        """To go on with in a fork."""
        return copy.deepcopy(self)

    def _reserve(self, indices: Indices) -> None:
        top, have = (int(indices.max()) + 1 if len(indices) else 0), len(self.place)
        if top > have:
            more = max(top - have, have // 2)
            self.place = np.concatenate([self.place, np.full(more, NOWHERE, np.int32)])
            self._next = np.concatenate([self._next, np.full(more, NOWHERE, np.int32)])
            self.since_ns = np.concatenate([self.since_ns, np.zeros(more, np.int64)])
            self._next_ns = np.concatenate([self._next_ns, np.zeros(more, np.int64)])
            self._ids = np.concatenate([self._ids, np.zeros(more, np.uint64)])
