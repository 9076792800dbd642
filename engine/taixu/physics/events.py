"""Touching begins, goes on and ends: events made once, above the backends.

A backend only says who touches whom after a step (`TOUCH` rows, at most one a pair). Comparing the pairs of two
successive steps, as sorted 64-bit keys, gives the events; no engine's own events are needed, and all engines agree.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["EVENT", "TOUCH", "EventKind", "Touching"]


class EventKind(IntEnum):
    """Where in its life a touching pair is."""

    BEGIN = 0
    STAY = 1
    END = 2


TOUCH = np.dtype(
    [
        ("a", np.int64),  # body ids; for triggers, `a` is the trigger's body
        ("b", np.int64),
        ("trigger", np.bool_),
        ("point", np.float32, 3),  # world space; zero for triggers
        ("normal", np.float32, 3),  # unit, from b towards a
        ("impulse", np.float32),  # N s along the normal in the last step
    ]
)
EVENT = np.dtype([("kind", np.uint8), *TOUCH.descr])


_NO_EVENTS = np.zeros(0, EVENT)


class Touching:
    """Remembers the pairs of the last step and turns the next ones into events."""

    def __init__(self) -> None:
        self._keys = np.zeros(0, np.uint64)
        self._rows = np.zeros(0, TOUCH)

    def update(self, touches: NDArray[Any]) -> NDArray[Any]:
        """The events (`EVENT` rows, ordered by pair) since the last call, given who touches now."""
        if not len(touches) and not len(self._rows):
            return _NO_EVENTS
        keys = _keys(touches)
        order = np.argsort(keys, kind="stable")
        keys, touches = keys[order], touches[order]
        first = np.ones(len(keys), bool)
        first[1:] = keys[1:] != keys[:-1]
        keys, touches = keys[first], touches[first]
        was = np.isin(keys, self._keys, assume_unique=True)
        gone = ~np.isin(self._keys, keys, assume_unique=True)
        ended = self._rows[gone].copy()
        ended["impulse"] = 0
        events = np.zeros(len(touches) + len(ended), EVENT)
        for name in TOUCH.names or ():
            events[name] = np.concatenate([touches[name], ended[name]])
        events["kind"][: len(touches)] = np.where(was, EventKind.STAY, EventKind.BEGIN)
        events["kind"][len(touches) :] = EventKind.END
        self._keys, self._rows = keys, touches
        return events[np.argsort(np.concatenate([keys, _keys(ended)]), kind="stable")]

    def clear(self) -> None:
        """Forget all pairs: the next ones all begin."""
        self.__init__()  # type: ignore[misc]

    def resting(self, awake: NDArray[np.bool_], alive: NDArray[np.bool_]) -> NDArray[Any]:
        """The touches of the last step between bodies of which none is awake: they go on without being looked at."""
        rows = self._rows
        if not len(rows):
            return rows
        a, b = rows["a"], rows["b"]
        return rows[~rows["trigger"] & ~awake[a] & ~awake[b] & alive[a] & alive[b]]


def _keys(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """One sortable number a pair: ids take 31 bits each, the trigger flag the top."""
    a, b = rows["a"].astype(np.uint64), rows["b"].astype(np.uint64)
    return (rows["trigger"].astype(np.uint64) << np.uint64(62)) | (a << np.uint64(31)) | b
