"""Streams: who is meant by the numbers of one topic of one source, and where in the world's tables that is.

A stream says a thousand times a second the same numbers of the same things. So where those live is looked up once, and kept for as
long as nobody in the world comes, goes or moves to another table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.ecs.entity import indices_of
from taixu.twin.batch import Batch
from taixu.twin.bindings import Binding
from taixu.twin.device import Roster

__all__ = ["Places", "Rows", "Stream", "joined_batch"]

Handles = NDArray[np.uint64]
Times = NDArray[np.int64]

_FEW_NAMES = 64
_WORTH_KEEPING = 4
"""Places of all things are looked up when readings of so small a part of them came since the world's last change."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things live that numbers stand for.

    Attributes
    ----------
    tables
        ``int32[n]``, -1 where nobody living is meant.
    table
        The one that all are in; -1 where there are several, or somebody is missing.
    row_shift, index_shift
        What is to be added to a number to have its row, and to a row to have its entity's index; None where that is not the same
        for all.
    """

    handles: Handles
    indices: NDArray[np.intp]
    tables: NDArray[np.int32]
    rows: NDArray[np.intp]
    table: int
    row_shift: int | None
    index_shift: int | None

    @classmethod
    def of(cls, world: World, handles: Handles) -> Places:
        """Look entities up."""
        known, tables, rows = world.locate_living(handles)
        if not known.all():
            tables = np.where(known, tables, np.int32(-1))
        table = int(tables[0]) if len(tables) and bool((tables == tables[0]).all()) else -1
        indices, wide = indices_of(handles), rows.astype(np.intp)
        return cls(handles, indices, tables, wide, table, _shift(np.arange(len(wide)), wide), _shift(wide, indices))

    def find(self, numbers: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows of numbers, and entity indices."""
        rows = self.rows.take(numbers) if self.row_shift is None else numbers + self.row_shift
        return rows, self.indices.take(numbers) if self.index_shift is None else rows + self.index_shift


def _shift(start: NDArray[np.intp], end: NDArray[np.intp]) -> int | None:
    """By how much all have been moved, where that is the same for all."""
    moved = end - start
    return int(moved[0]) if len(moved) and bool((moved == moved[0]).all()) else None


@dataclass(frozen=True, slots=True)
class Rows:
    """Readings that can be used, in the order in which they happened.

    Attributes
    ----------
    picked
        Where in the batch they stand, ``intp[n]``; None where they are the batch as it is.
    handles, numbers
        Of whom they are: ``handles[numbers]``.
    table, tables
        The table that all of them go to; or -1, and ``int32[n]``.
    rows
        Where there.
    """

    picked: NDArray[np.intp] | None
    handles: Handles
    numbers: NDArray[np.intp]
    indices: NDArray[np.intp]
    table: int
    tables: NDArray[np.int32] | None
    rows: NDArray[np.intp]
    times_ns: Times

    def __len__(self) -> int:
        return len(self.times_ns)

    def only(self, kept: NDArray[np.bool_]) -> Rows:
        """Some of them."""
        at = np.flatnonzero(kept)
        return Rows(
            at if self.picked is None else self.picked[at], self.handles, self.numbers[at], self.indices[at], self.table,
            None if self.tables is None else self.tables[at], self.rows[at], self.times_ns[at],
        )  # fmt: skip


class Stream:
    """One topic of one source: what its numbers are called, and who that is.

    Parameters
    ----------
    routes
        Bindings that want it, each with the key of whom readings are that name nothing.
    """

    def __init__(self, routes: list[tuple[Binding, str]]) -> None:
        self.routes = routes
        self.keys: tuple[str, ...] = ()
        self._handles: dict[str, Handles] = {}
        self._places: dict[str, Places] = {}
        self._number_of: dict[str, int] | None = None
        self._has_twins = False
        self._roster_seen = self._structure_seen = -1
        self._asked = 0

    def rename(self, keys: tuple[str, ...]) -> None:
        """Numbers have other names from now on."""
        if keys != self.keys:
            self.keys = keys
            self._number_of = None
            self._forget()

    def resolve(self, world: World, roster: Roster, key: str, numbers: NDArray[np.uint32]) -> tuple[Places, NDArray[np.intp]]:
        """Where the things live that numbers stand for, and these as numbers of those places."""
        if self._roster_seen != roster.version:
            self._follow(roster)
            self._roster_seen = roster.version
        if self._structure_seen != world.structure.version:
            self._places.clear()
            self._structure_seen = world.structure.version
            self._asked = 0
        handles = self._handles.get(key)
        if handles is None:
            handles = self._handles[key] = roster.find(name or key for name in self.keys or ("",))
        wanted = numbers.astype(np.intp)
        if len(wanted) and int(wanted.max()) >= len(handles):  # what has no name is nobody
            found = np.where(wanted < len(handles), handles[np.minimum(wanted, len(handles) - 1)], np.uint64(0))
            return Places.of(world, found), np.arange(len(wanted))
        self._asked += len(wanted)
        places = self._places.get(key)
        if places is None and self._asked * _WORTH_KEEPING < len(handles):  # the world changes too often for it
            return Places.of(world, handles[wanted]), np.arange(len(wanted))
        if places is None:
            places = self._places[key] = Places.of(world, handles)
        return places, wanted

    def _follow(self, roster: Roster) -> None:
        """Who is meant by names that mean another now; a crowd of names is not gone through because one thing arrived."""
        changed = roster.changed(self._roster_seen)
        if changed is None or len(self.keys) < _FEW_NAMES:
            self._forget()
            return
        if self._number_of is None:
            self._number_of = {name: number for number, name in enumerate(self.keys)}
            self._has_twins = len(self._number_of) < len(self.keys)
        numbers = [self._number_of[name] for name in changed if name in self._number_of]
        if self._has_twins or ("" in self._number_of and changed & self._handles.keys()):
            self._forget()
        elif numbers:
            self._places.clear()
            found = roster.find(self.keys[number] for number in numbers)
            for key, handles in self._handles.items():
                self._handles[key] = handles.copy()  # others may look into the old ones still
                self._handles[key][numbers] = found

    def _forget(self) -> None:
        self._handles.clear()
        self._places.clear()


def joined_batch(batches: Sequence[Batch]) -> Batch:
    """Batches of one stream that look alike as one."""
    first = batches[0]
    if len(batches) == 1:
        return first
    return Batch(
        first.topic,
        np.concatenate([each.numbers for each in batches]),
        np.concatenate([each.times_ns for each in batches]),
        {name: np.concatenate([each.fields[name] for each in batches]) for name in first.fields},
        source=first.source,
    )
