"""The open cases of one process as columns: one row a case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World

__all__ = ["NEVER", "Rows"]

NEVER = -1


class Rows:
    """Columns that are evaluated once a step.

    Parameters
    ----------
    most_steps
        How many ways out a state has at most.

    Attributes
    ----------
    numbers, ids, handles
        Cases, their entities as documents know them, and as the world does just now; 0 where it does not.
    states, since_ns, is_late
        Where each is, since when, and whether for too long.
    held_ns
        Since when the condition of a way out has held, ``int64[n, most_steps]``; -1 where it does not.
    """

    def __init__(self, most_steps: int) -> None:
        self.numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self.ids: NDArray[np.uint64] = np.empty(0, np.uint64)
        self.handles: NDArray[np.uint64] = np.empty(0, np.uint64)
        self.was_there: NDArray[np.bool_] = np.empty(0, bool)
        self.states: NDArray[np.int16] = np.empty(0, np.int16)
        self.since_ns: NDArray[np.int64] = np.empty(0, np.int64)
        self.is_late: NDArray[np.bool_] = np.empty(0, bool)
        self.held_ns: NDArray[np.int64] = np.empty((0, most_steps), np.int64)
        self._tables: NDArray[np.int32] = np.empty(0, np.int32)
        self._places: NDArray[np.int32] = np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self.numbers)

    def append(
        self, numbers: Sequence[int], ids: Sequence[int], states: Sequence[int], since_ns: Sequence[int], *,
        is_late: Sequence[bool] = (),
    ) -> None:  # fmt: skip
        """More cases."""
        count = len(numbers)
        self.numbers = np.append(self.numbers, np.array(numbers, np.int64))
        self.ids = np.append(self.ids, np.array(ids, np.uint64))
        self.handles = np.append(self.handles, np.zeros(count, np.uint64))
        self.was_there = np.append(self.was_there, np.zeros(count, bool))
        self.states = np.append(self.states, np.array(states, np.int16))
        self.since_ns = np.append(self.since_ns, np.array(since_ns, np.int64))
        self.is_late = np.append(self.is_late, np.array(is_late, bool) if len(is_late) else np.zeros(count, bool))
        self.held_ns = np.concatenate([self.held_ns, np.full((count, self.held_ns.shape[1]), NEVER)])

    def drop(self, rows: NDArray[np.intp]) -> None:
        """Cases that are over."""
        if len(rows):
            keep = np.ones(len(self), bool)
            keep[rows] = False
            for name, column in vars(self).items():
                setattr(self, name, column[keep])

    def move(self, row: int, state: int, *, now_ns: int) -> None:
        """One case is in another state."""
        self.states[row], self.since_ns[row], self.is_late[row], self.held_ns[row] = state, now_ns, False, NEVER

    def locate(self, world: World) -> NDArray[np.intp]:
        """Find the entities; gives the rows of those that are no more. Who has not come yet is waited for."""
        there, _, _ = world.locate_living(self.handles)
        if not there.all():
            self.handles[~there] = world.find_all(self.ids[~there])
        there, self._tables, self._places = world.locate_living(self.handles)
        self._tables = np.where(there, self._tables, -1)
        gone = np.flatnonzero(self.was_there & ~there)
        self.was_there |= there
        return gone

    def by_table(self, world: World, rows: NDArray[np.intp]) -> Iterator[tuple[Table, NDArray[np.intp], NDArray[np.intp]]]:
        """Some rows, grouped: a table, the rows in it, and their entities' places there."""
        of = self._tables[rows]
        for table_id in np.unique(of[of >= 0]).tolist():
            here = rows[of == table_id]
            yield world.table(table_id), here, self._places[here].astype(np.intp)

    def copy(self) -> Rows:
        other = Rows(self.held_ns.shape[1])
        for name, value in vars(self).items():
            setattr(other, name, value.copy())
        return other
