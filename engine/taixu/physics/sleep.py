"""Which bodies sleep, and which need reading: bookkeeping for engines that do not say.

A body is ready to sleep when it hardly moved for `STILL_SECS`; a group of touching bodies falls asleep when all of it
is ready (one by one they would be woken again by their neighbours, and jitter). The engine wakes bodies by itself when
something comes, so those asleep near anything awake are looked at every step (a coarse grid decides what is near), the
others in turn: a wake is seen at once where it can begin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .poses import Rows

__all__ = ["SleepTracker"]

Neighbours = Callable[[NDArray[np.int64]], NDArray[np.int64]]

STILL_SECS = 0.5
STILL_TRAVEL = 0.01
"""Metres (along any axis) that a body may stray in `STILL_SECS` and count as still; solvers jitter in place."""
STILL_TURN = 0.01
"""The same for quaternion components: twice as many radians."""
CELL = 4.0
"""Metres; side of the grid cell within whose neighbours a waking is noticed in the same step."""
LOOK_STEPS = (12, 96)
"""Steps between two looks for groups that can fall asleep; the wait doubles as long as none is found."""
TURNS = 32
"""Steps within which every sleeping body is looked at anyway."""


class SleepTracker:
    """Sorts bodies into awake and asleep by watching their poses."""

    def __init__(self, dt: float) -> None:
        self._dt = dt
        self._still = np.zeros(64, np.float32)
        self._anchors = np.zeros((64, 7))  # where each body was when it last strayed
        self._asleep = np.zeros(64, bool)
        self._turn = 0
        self._wait = self._interval = LOOK_STEPS[0]

    def grow(self, capacity: int) -> None:
        more = capacity - len(self._still)
        self._still = np.concatenate([self._still, np.zeros(more, np.float32)])
        self._asleep = np.concatenate([self._asleep, np.zeros(more, bool)])
        self._anchors = np.concatenate([self._anchors, np.zeros((more, 7))])

    @property
    def asleep(self) -> NDArray[np.bool_]:
        """Per id, whether the body is thought asleep."""
        return self._asleep

    def wake(self, ids: NDArray[np.int64]) -> None:
        self._asleep[ids] = False
        self._still[ids] = 0

    def to_read(self, candidates: NDArray[np.int64], poses: Rows, radii: NDArray[Any]) -> NDArray[np.int64]:
        """The candidates whose poses must be read after this step."""
        asleep = self._asleep[candidates]
        if not asleep.any():
            return candidates
        sleeping, awake = candidates[asleep], candidates[~asleep]
        self._turn = (self._turn + 1) % TURNS
        look = sleeping % TURNS == self._turn
        if len(awake):
            if len(sleeping) <= len(awake):
                look[:] = True
            else:
                look |= np.isin(_cells(poses[sleeping]), _neighbour_cells(poses[awake], radii[awake]))
        return np.sort(np.concatenate([awake, sleeping[look]]))

    def update(
        self, ids: NDArray[np.int64], before: Rows, after: Rows, may_sleep: NDArray[np.bool_], steps: int
    ) -> None:
        """Take in poses [n, 7] before and after `steps` steps."""
        strayed = np.abs(after - self._anchors[ids])
        still = (strayed[:, :3].max(axis=1, initial=0.0) <= STILL_TRAVEL) & (
            strayed[:, 3:].max(axis=1, initial=0.0) <= STILL_TURN
        )
        still &= may_sleep
        self._still[ids] = np.where(still, self._still[ids] + self._dt * steps, 0.0)
        moved = ids[~still]
        self._anchors[moved] = after[~still]
        # A sleeping body that was looked at and has not moved at all stays asleep.
        self._asleep[ids] &= (after == before).all(axis=1)

    def settle(self, candidates: NDArray[np.int64], neighbours: Neighbours, steps: int) -> NDArray[np.int64]:
        """The bodies that fall asleep now: whole groups of touching ones that are all ready.

        `neighbours(ids)` gives pairs [m, 2] of touching bodies that move, with one of `ids` in each pair.
        """
        self._wait -= steps
        if self._wait > 0:
            return candidates[:0]
        ready = candidates[(self._still[candidates] >= STILL_SECS) & ~self._asleep[candidates]]
        asleep = self._fall_asleep(ready, neighbours) if len(ready) else ready
        self._interval = LOOK_STEPS[0] if len(asleep) or not len(ready) else min(2 * self._interval, LOOK_STEPS[1])
        self._wait = self._interval
        return asleep

    def _fall_asleep(self, ready: NDArray[np.int64], neighbours: Neighbours) -> NDArray[np.int64]:
        pairs = neighbours(ready)
        calm = self._asleep.copy()
        calm[ready] = True
        # Unrest spreads along contacts until it stops; what it has not reached sleeps.
        while True:
            spread = calm[pairs[:, 0]] != calm[pairs[:, 1]]
            if not spread.any():
                break
            calm[pairs[spread].ravel()] = False
        asleep = ready[calm[ready]]
        self._asleep[asleep] = True
        return asleep


def _cells(poses: Rows) -> NDArray[np.int64]:
    return _keys(np.floor(poses[:, :3] / CELL).astype(np.int64))


def _keys(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    return ((cells[..., 0] & 0x1FFFFF) << 42) | ((cells[..., 1] & 0x1FFFFF) << 21) | (cells[..., 2] & 0x1FFFFF)


def _neighbour_cells(poses: Rows, radii: NDArray[Any]) -> NDArray[np.int64]:
    cells = np.unique(np.floor(poses[:, :3] / CELL).astype(np.int64), axis=0)
    reach = int(min(np.ceil(radii.max(initial=0.0) / CELL), 4)) or 1
    steps = np.arange(-reach, reach + 1)
    offsets = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    return np.unique(_keys(cells[:, None] + offsets))
