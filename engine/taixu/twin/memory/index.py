"""Where everything lies in a recording: the heads of all blocks, which follow a recording that is being written.

Blocks are only ever appended, so who looks again reads what is new. Of finished segments the file beside them says it, and is
looked at through memory where somebody asks. Segments that were thinned are other files: then they are looked at anew.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.twin.memory.blocks import BlockHead, peek_payload, read_payload
from taixu.twin.memory.heads import HeadColumns
from taixu.twin.memory.segment import Segment

__all__ = ["MANIFEST", "SUFFIX", "BlockIndex", "Unread", "segment_files"]

Unread = tuple[BlockHead, Callable[[], memoryview], Callable[[], None]]
"""A block's head, what gives its payload as it lies there, and what checks it."""

MANIFEST = "recording.json"
"""What a recording says of itself."""
SUFFIX = ".taixulog"
"""Of segments."""
_MOST_MAPPED = 32
"""Segments that are looked at through memory at once: each takes one of the files that a process may have open."""


def segment_files(folder: Path) -> list[Path]:
    """A recording's segments, in order."""
    found = (each for each in os.scandir(folder) if each.name.endswith(SUFFIX))
    return sorted(Path(each.path) for each in found if each.is_file(follow_symlinks=False))


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
