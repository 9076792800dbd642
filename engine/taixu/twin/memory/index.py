"""Where everything lies in a recording: the heads of all blocks, which follow a recording that is being written.

Blocks are only ever appended, so who looks again reads what is new. Of finished segments the file beside them says it, and is
looked at through memory where somebody asks. Segments that were thinned are other files: then they are looked at anew.
"""

from __future__ import annotations

import mmap
import os
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockHead, BlockKind, peek_payload, read_head, read_payload
from taixu.twin.memory.heads import HeadColumns, IndexFile

__all__ = ["MANIFEST", "SUFFIX", "BlockIndex", "Segment", "Unread", "segment_files"]

Unread = tuple[BlockHead, Callable[[], memoryview], Callable[[], None]]
"""A block's head, what gives its payload as it lies there, and what checks it."""

MANIFEST = "recording.json"
"""What a recording says of itself."""
SUFFIX = ".taixulog"
"""Of segments."""
_UNFINISHED = (BlockKind.SCHEMA, BlockKind.TRACKS)
"""What begins a tick: without its end it says nothing yet."""
_MOST_MAPPED = 32
"""Segments that are looked at through memory at once: each takes one of the files that a process may have open."""
_WORTH_KEEPING = 256
"""Blocks: to hop through fewer is as quick as to read a file about them."""


def segment_files(folder: Path) -> list[Path]:
    """A recording's segments, in order."""
    found = (each for each in os.scandir(folder) if each.name.endswith(SUFFIX))
    return sorted(Path(each.path) for each in found if each.is_file(follow_symlinks=False))


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


class BlockIndex:
    """The heads of a recording's blocks, by number in order.

    Attributes
    ----------
    keys
        Numbers of keyframes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: NDArray[np.intp] = np.empty(0, np.intp)
        self._segments: list[Segment] = []
        self._starts = [0]
        """The number of each segment's first block, and at the end how many blocks there are."""
        self._mapped: OrderedDict[int, None] = OrderedDict()
        self._older_keys: tuple[int, NDArray[np.intp]] = (-1, self.keys)

    def __len__(self) -> int:
        return self._starts[-1]

    def refresh(self) -> bool:
        """See what was written since; True where blocks that were known before may be others now, or elsewhere."""
        files = segment_files(self.folder)
        old = {segment.path: place for place, segment in enumerate(self._segments)}
        kept = [old.get(path, -1) for path in files]
        kept = [place if place >= 0 and self._segments[place].look() else -1 for place in kept]
        renewed = kept[: len(old)] != list(range(len(old)))
        self._segments = [self._segments[place] if place >= 0 else _looked_at(path) for path, place in zip(files, kept)]
        if renewed:
            self._mapped.clear()
            self._older_keys = (-1, self.keys)
        floor = -(1 << 63)
        starts = [0]
        for place, segment in enumerate(self._segments):
            segment.follow(is_last=place == len(files) - 1, floor=floor)
            if not segment.count:
                segment.first_known = segment.last_known = floor
            floor = max(floor, segment.last_known)
            starts.append(starts[-1] + segment.count)
            self._note_mapped(place)
        self._starts = starts
        self._count_keys()
        return renewed and bool(old)

    # Single blocks

    def head(self, number: int) -> BlockHead:
        """The head of a block.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        segment, place = self._at(number)
        return segment.head(place)

    def opened(self, number: int) -> tuple[BlockHead, memoryview]:
        """The head and the payload of a block of entries, checked once.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        segment, place = self._at(number)
        return segment.opened(place)

    def payload(self, number: int) -> bytes:
        """What a block holds.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        segment, place = self._at(number)
        return read_payload(segment.view, segment.head(place))

    def unread(self, number: int) -> Unread:
        """A block that is looked at and checked only where there is something in it.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        segment, place = self._at(number)
        head = segment.head(place)
        return head, partial(peek_payload, segment.view, head), partial(segment.check, place, head)

    def kind(self, number: int) -> int:
        """What a block is."""
        segment, place = self._at(number)
        return int(segment.columns().kinds[place])

    def place(self, number: int) -> tuple[str, int]:
        """The segment of a block, and where in it the next block begins: what somebody who followed until here may note down."""
        segment, place = self._at(number)
        return segment.path.name, segment.head(place).end

    def after(self, name: str, offset: int) -> int:
        """The first block that is not before a place."""
        names = [each.path.name for each in self._segments]
        place = int(np.searchsorted(np.array(names), name)) if names else 0
        if place < len(names) and names[place] == name and self._segments[place].count:
            return self._starts[place] + int(np.searchsorted(self._segments[place].columns().offsets, offset))
        return self._starts[place]

    # Many at once

    @property
    def span_ns(self) -> tuple[int, int]:
        """When the first and the last block were written."""
        known = [each for each in self._segments if each.count]
        return known[0].first_known, known[-1].last_known

    @property
    def rows(self) -> int:
        """Values in ticks."""
        return sum(each.rows for each in self._segments)

    def until(self, known_ns: int) -> int:
        """How many blocks were written by a time."""
        place = bisect_right(self._segments, known_ns, key=lambda each: each.last_known) if self._segments else 0
        while place < len(self._segments):  # segments in which there is nothing have no times
            segment = self._segments[place]
            if segment.count and segment.last_known > known_ns:
                if segment.first_known > known_ns:
                    return self._starts[place]
                return self._starts[place] + int(np.searchsorted(self._at_segment(place).known, known_ns, "right"))
            place += 1
        return len(self)

    def kinds(self, first: int, stop: int) -> NDArray[np.uint8]:
        """What blocks are, from one number up to another."""
        return self._joined("kinds", first, stop, np.uint8)

    def known(self, first: int = 0, stop: int | None = None) -> NDArray[np.int64]:
        """When blocks were written, from one number up to another: never going back."""
        return self._joined("known", first, len(self) if stop is None else stop, np.int64)

    def earliest(self, first: int, stop: int) -> NDArray[np.int64]:
        """The earliest times that blocks are about, from one number up to another."""
        return self._joined("earliest", first, stop, np.int64)

    def numbers(self, kinds: Sequence[int], *, first: int = 0, stop: int | None = None) -> NDArray[np.intp]:
        """Numbers of blocks of some kinds, from one number up to another."""
        found = [np.empty(0, np.intp)]
        for place, here in self._pieces(first, len(self) if stop is None else stop):
            is_one = np.isin(self._at_segment(place).kinds[here], kinds)
            found.append(np.flatnonzero(is_one) + (self._starts[place] + here.start))
        return np.concatenate(found)

    def last_before(self, number: int, kind: int) -> int:
        """The last block of a kind up to a number, that one included; -1 where there is none."""
        number = min(number, len(self) - 1)
        for place in range(self._segment_of(number), -1, -1):
            stop = min(number + 1, self._starts[place + 1]) - self._starts[place]
            if stop <= 0:
                continue
            found = np.flatnonzero(self._at_segment(place).kinds[:stop] == kind)
            if len(found):
                return self._starts[place] + int(found[-1])
        return -1

    def bytes_between(self, first: int, stop: int) -> int:
        """How much blocks take, heads included."""
        total = 0
        for place, here in self._pieces(first, stop):
            offsets, end = self._at_segment(place).offsets, self._segments[place].end
            total += (int(offsets[here.stop]) if here.stop < len(offsets) else end) - int(offsets[here.start])
        return total

    def close(self) -> None:
        """Let go of the files."""
        self._segments, self._starts, self.keys = [], [0], np.empty(0, np.intp)
        self._mapped.clear()

    def _segment_of(self, number: int) -> int:
        return bisect_right(self._starts, number) - 1

    def _at(self, number: int) -> tuple[Segment, int]:
        place = bisect_right(self._starts, number) - 1
        if not 0 <= place < len(self._segments):
            raise IndexError(number)
        self._note_mapped(place)
        return self._segments[place], number - self._starts[place]

    def _at_segment(self, place: int) -> HeadColumns:
        self._note_mapped(place)
        return self._segments[place].columns()

    def _note_mapped(self, place: int) -> None:
        """Those that nobody asked for in a while are let go."""
        if next(reversed(self._mapped), -1) == place:
            return
        self._mapped[place] = None
        self._mapped.move_to_end(place)
        while len(self._mapped) > _MOST_MAPPED:
            self._segments[self._mapped.popitem(last=False)[0]].let_go()

    def _pieces(self, first: int, stop: int) -> Iterator[tuple[int, slice]]:
        """A range of numbers, by segment."""
        first, stop = max(first, 0), min(stop, len(self))
        place = self._segment_of(first)
        while first < stop:
            end = min(stop, self._starts[place + 1])
            if first < end:
                yield place, slice(first - self._starts[place], end - self._starts[place])
            first = max(first, end)
            place += 1

    def _joined(self, name: str, first: int, stop: int, kind: type) -> NDArray[Any]:
        found = [getattr(self._at_segment(place), name)[here] for place, here in self._pieces(first, stop)]
        return found[0] if len(found) == 1 else np.concatenate([np.empty(0, kind), *found])

    def _count_keys(self) -> None:
        """What stands in finished segments is counted once."""
        last = max(len(self._segments) - 1, 0)
        if self._older_keys[0] != last:
            parts = [each.keys + start for each, start in zip(self._segments[:last], self._starts)]
            self._older_keys = (last, np.concatenate([np.empty(0, np.intp), *parts]))
        newest = [each.keys + self._starts[last] for each in self._segments[last:]]
        self.keys = np.concatenate([self._older_keys[1], *newest])


def _looked_at(path: Path) -> Segment:
    segment = Segment(path)
    segment.look()
    return segment
