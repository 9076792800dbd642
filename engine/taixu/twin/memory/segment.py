"""One segment of a recording: its file, which is looked at through memory, and the heads of its blocks as far as they are known."""

from __future__ import annotations

import mmap
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockHead, BlockKind, peek_payload, read_head, read_payload
from taixu.twin.memory.heads import HeadColumns, IndexFile

__all__ = ["Segment"]

_UNFINISHED = (BlockKind.SCHEMA, BlockKind.TRACKS)
"""What begins a tick: without its end it says nothing yet."""
_WORTH_KEEPING = 256
"""Blocks: to hop through fewer is as quick as to read a file about them."""


class Segment:
    """One segment: its file, and the heads of its blocks as far as they are known.

    Attributes
    ----------
    end
        How far its blocks are known.
    first_known, last_known
        Of its blocks.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end = self.size = self.rows = self.count = 0
        self.first_known = self.last_known = 0
        self.keys: NDArray[np.intp] = np.empty(0, np.intp)
        self.number = -1
        """Of the file, by which it is known to be the same still."""
        self._view: Any = None
        self._file: IndexFile | None = None
        self._columns: HeadColumns | None = None
        self._checked: NDArray[np.bool_] = np.empty(0, bool)
        self._floor = -(1 << 63)
        self._settled = -1
        """How long it was when it had ended, where no file beside it says what is in it."""

    def look(self) -> bool:
        """See how long it is now; False where it is another file than before."""
        try:
            status = self.path.stat()
        except FileNotFoundError:  # dropped just now
            return False
        if self.number not in (-1, status.st_ino) or status.st_size < self.end:
            return False
        self.number, self.size = status.st_ino, status.st_size
        return True

    def follow(self, *, is_last: bool, floor: int) -> None:
        """Know its blocks as far as it is written.

        Parameters
        ----------
        is_last
            It is being written, or was when it ended; of others the file beside them is asked.
        floor
            When the block before its first was known: nothing in it is known earlier.
        """
        if self._file is not None or not self.size or self._settled == self.size:
            return
        if (self._columns is None or not is_last) and self._take_file(floor):
            return
        if self.end < self.size:
            self._hop(floor)
        if not is_last:
            self._settled = self.size
            if self.count >= _WORTH_KEEPING:
                self.columns().save(self.path, end=self.end, size=self.size, view=self.view)

    def columns(self) -> HeadColumns:
        """The heads of its blocks.

        Raises
        ------
        TaixuError
            When it is another file now.
        """
        if self._columns is None:
            found = self._file.columns() if self._file is not None else HeadColumns()
            if found is None:  # damaged, but its head was not: the segment knows better
                found = HeadColumns()
                found.hop(self.view, 0)
                if len(found) != self.count:
                    raise TaixuError(f"{self.path}: the file beside it is wrong; delete {self.path.stem}.taixuindex")
            if len(found) and self._floor > int(found.known[0]):
                found.known = np.maximum(found.known, self._floor)
            self._columns = found
        return self._columns

    @property
    def view(self) -> Any:
        """Its bytes.

        Raises
        ------
        TaixuError
            When it is another file now.
        """
        if self._view is None or len(self._view) < self.end or (self._file is None and len(self._view) < self.size):
            try:
                with self.path.open("rb") as file:
                    if self.number not in (-1, os.fstat(file.fileno()).st_ino):
                        raise FileNotFoundError
                    self._view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # who reads in the old one keeps it
            except (FileNotFoundError, ValueError):
                raise TaixuError(f"{self.path} was thinned or dropped just now; look again") from None
        return self._view

    @property
    def is_mapped(self) -> bool:
        """Whether its bytes are looked at through memory just now."""
        return self._view is not None

    def let_go(self) -> None:
        """Hold its file no longer; who looks again opens it again."""
        self._view = None
        if self._file is not None:
            self._columns = None

    @property
    def checked(self) -> NDArray[np.bool_]:
        """By block: whether it was seen to be whole."""
        if len(self._checked) < self.count:
            grown = np.zeros(max(self.count, len(self._checked) * 3 // 2), bool)
            grown[: len(self._checked)] = self._checked
            self._checked = grown
        return self._checked

    def head(self, place: int) -> BlockHead:
        """The head of a block, as it stands in the segment.

        Raises
        ------
        TaixuError
            When there is none.
        """
        return self._head(self.view, place)

    def opened(self, place: int) -> tuple[BlockHead, memoryview]:
        """The head and the payload of a block of entries, checked once.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        view = self.view
        head = self._head(view, place)
        if not self.checked[place]:
            read_payload(view, head)
            self._checked[place] = True
        return head, peek_payload(view, head)

    def _head(self, view: Any, place: int) -> BlockHead:
        columns = self.columns()
        at = columns.offsets.item(place)
        found = read_head(view, at)
        if found is None or found.end > self.end or min(found.kind, 255) != columns.kinds.item(place):
            raise TaixuError(f"{self.path}: no block begins {at:,} bytes into it; it is damaged")
        known = columns.known.item(place)
        if known == found.known_ns:
            return found
        return replace(found, known_ns=known)

    def check(self, place: int, head: BlockHead) -> None:
        """See once that a block is whole.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        if not self.checked[place]:
            read_payload(self.view, head)
            self.checked[place] = True

    def _take_file(self, floor: int) -> bool:
        found = IndexFile.open(self.path, size=self.size, view=self.view)
        if found is None or found.count < self.count:
            return False
        self._file, self._columns, self._view, self._floor = found, None, None, floor
        self.count, self.end, self.rows, self.keys = found.count, found.end, found.rows, found.keys
        self.first_known, self.last_known = max(found.span_ns[0], floor), max(found.span_ns[1], floor)
        return True

    def _hop(self, floor: int) -> None:
        columns = self.columns()
        self.end = columns.hop(self.view, self.end)
        while len(columns) and not self._is_finished(len(columns) - 1):  # being written, or was when a kill struck
            head = read_head(self.view, int(columns.offsets[-1]))
            self.end = columns.drop_last(head.rows if head is not None else 0)
        np.maximum(columns.known, floor, out=columns.known)
        self.count, self.rows, self.keys = len(columns), columns.rows, columns.keys
        if self.count:
            self.first_known, self.last_known = int(columns.known[0]), int(columns.known[-1])

    def _is_finished(self, place: int) -> bool:
        columns = self.columns()
        if columns.kinds[place] in _UNFINISHED:
            return False
        head = read_head(self.view, int(columns.offsets[place]))
        try:
            if head is not None:
                read_payload(self.view, head)
                return True
        except TaixuError:
            pass
        return False
