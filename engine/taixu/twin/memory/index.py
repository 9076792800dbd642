"""Where everything lies in a recording: the heads of all blocks as columns, which follow a recording that is being written.

Blocks are only ever appended, so who looks again reads what is new. Segments that were thinned are other files: then everything is
looked at anew.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import HEAD_BYTES, BlockHead, BlockKind, peek_payload, read_head, read_payload

__all__ = ["MANIFEST", "SUFFIX", "BlockIndex", "segment_files"]

MANIFEST = "recording.json"
"""What a recording says of itself."""
SUFFIX = ".taixulog"
"""Of segments."""
_COLUMNS = {
    "offset": "i8", "size": "i8", "known": "i8", "tick": "i8", "earliest": "i8", "rows": "i8", "segment": "i4", "kind": "u2",
    "packed": "?", "checked": "?",
}  # fmt: skip
_UNFINISHED = (BlockKind.SCHEMA, BlockKind.TRACKS)
"""What begins a tick: without its end it says nothing yet."""


def segment_files(folder: Path) -> list[Path]:
    """A recording's segments, in order."""
    found = (each for each in os.scandir(folder) if each.name.endswith(SUFFIX))
    return sorted(Path(each.path) for each in found if each.is_file(follow_symlinks=False))


class _Segment:
    """A file that is looked at through memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.view: Any = b""
        self.end = 0
        """How far its blocks are known."""
        self.number = -1

    def look(self) -> bool:
        """See how long it is now; False where it is another file than before."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError:  # dropped just now
            return False
        with file:
            status = os.fstat(file.fileno())
            if self.number not in (-1, status.st_ino) or status.st_size < self.end:
                return False
            self.number = status.st_ino
            if status.st_size > len(self.view):  # the old view stays for who still reads in it
                self.view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return True


class BlockIndex:
    """The heads of a recording's blocks, in order.

    Attributes
    ----------
    known, kinds, earliest
        By block: when it was written (never going back), what it is, and the earliest time that it is about.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: NDArray[np.int64] = np.empty(0, np.int64)
        self.kinds: NDArray[np.uint16] = np.empty(0, np.uint16)
        self.earliest: NDArray[np.int64] = np.empty(0, np.int64)
        self._segments: list[_Segment] = []
        self._room: dict[str, NDArray[Any]] = {name: np.empty(0, kind) for name, kind in _COLUMNS.items()}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def refresh(self) -> bool:
        """See what was written since; True where blocks that were known before may be others now, or elsewhere."""
        files = segment_files(self.folder)
        old = {segment.path: place for place, segment in enumerate(self._segments)}
        kept = [old.get(path, -1) for path in files]
        kept = [place if place >= 0 and self._segments[place].look() else -1 for place in kept]
        renewed = kept[: len(old)] != list(range(len(old)))
        if renewed:
            self._rearrange(files, kept)
        else:
            self._segments += [_looked_at(path) for path in files[len(old) :]]
        for place, segment in enumerate(self._segments):
            if segment.end < len(segment.view):
                self._append(list(_hop(segment, place)), place)
        return renewed and bool(old)

    def _rearrange(self, files: list[Path], kept: list[int]) -> None:
        """Segments have gone or are others: what is known of the rest is kept."""
        borders = np.searchsorted(self._room["segment"][: self._count], np.arange(len(self._segments) + 1))
        parts = [np.arange(borders[place], borders[place + 1]) if place >= 0 else np.arange(0) for place in kept]
        numbers = np.concatenate([np.arange(0), *parts])
        self._segments = [self._segments[place] if place >= 0 else _looked_at(path) for path, place in zip(files, kept)]
        self._room = {name: column[numbers] for name, column in self._room.items()}
        self._room["segment"] = np.repeat(np.arange(len(parts)), [len(part) for part in parts]).astype("i4")
        self._count = len(numbers)
        self._expose()

    def head(self, number: int) -> BlockHead:
        """The head of a block."""
        room = self._room
        return BlockHead(
            room["offset"].item(number), room["kind"].item(number), room["size"].item(number), room["known"].item(number),
            room["tick"].item(number), room["earliest"].item(number), room["rows"].item(number), room["packed"].item(number),
        )  # fmt: skip

    def opened(self, number: int) -> tuple[BlockHead, memoryview]:
        """The head and the payload of a block of entries, checked once.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        head, view = self.head(number), self._segments[self._room["segment"].item(number)].view
        if not self._room["checked"].item(number):
            read_payload(view, head)
            self._room["checked"][number] = True
        return head, peek_payload(view, head)

    def payload(self, number: int) -> bytes:
        """What a block holds.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        return read_payload(self._segments[int(self._room["segment"][number])].view, self.head(number))

    def peek(self, number: int) -> memoryview:
        """The payload of a block as it lies there, unchecked."""
        return peek_payload(self._segments[int(self._room["segment"][number])].view, self.head(number))

    def check(self, number: int) -> None:
        """See once that a block is whole.

        Raises
        ------
        TaixuError
            When it is damaged.
        """
        if not self._room["checked"][number]:
            self.payload(number)
            self._room["checked"][number] = True

    def place(self, number: int) -> tuple[str, int]:
        """The segment of a block, and where in it the next block begins: what somebody who followed until here may note down."""
        head = self.head(number)
        return self._segments[int(self._room["segment"][number])].path.name, head.end

    def after(self, segment: str, offset: int) -> int:
        """The first block that is not before a place."""
        names = [each.path.name for each in self._segments]
        count = self._count
        places = np.searchsorted(np.array(names), segment)
        first = int(np.searchsorted(self._room["segment"][:count], places))
        if places < len(names) and names[places] == segment:
            last = int(np.searchsorted(self._room["segment"][:count], places, "right"))
            return first + int(np.searchsorted(self._room["offset"][first:last], offset))
        return first

    def sizes(self, numbers: NDArray[np.intp]) -> NDArray[np.int64]:
        """Bytes of blocks."""
        found: NDArray[np.int64] = self._room["size"][numbers]
        return found

    @property
    def rows(self) -> NDArray[np.int64]:
        """Values in each block."""
        return self._room["rows"][: self._count]

    def close(self) -> None:
        """Let go of the files."""
        self._segments, self._count = [], 0
        self._expose()

    def _append(self, found: list[tuple[int, ...]], place: int) -> None:
        """Take in a segment's new blocks; only where segments were replaced others come after it."""
        if not found:
            return
        at = int(np.searchsorted(self._room["segment"][: self._count], place, "right"))
        total = self._count + len(found)
        if total > len(self._room["known"]):
            for name, column in self._room.items():
                grown = np.zeros(max(total, len(column) * 3 // 2, 1024), column.dtype)
                grown[: self._count] = column[: self._count]
                self._room[name] = grown
        for name, values in zip(self._room, zip(*found)):
            column = self._room[name]
            column[at + len(found) : total] = column[at : self._count].copy()
            column[at : at + len(found)] = values
        known = self._room["known"][max(at - 1, 0) : total]
        np.maximum.accumulate(known, out=known)  # whatever a clock did: what is written later is known later
        self._count = total
        if at + len(found) == total:
            self._forget_unfinished()
        self._expose()

    def _forget_unfinished(self) -> None:
        """What is being written, or was when a kill struck."""
        while self._count and not self._is_finished(self._count - 1):
            self._count -= 1
            segment = self._segments[int(self._room["segment"][self._count])]
            segment.end = min(segment.end, int(self._room["offset"][self._count]))

    def _is_finished(self, number: int) -> bool:
        if self._room["kind"][number] in _UNFINISHED:
            return False
        try:
            self.check(number)
        except TaixuError:
            return False
        return True

    def _expose(self) -> None:
        self.known = self._room["known"][: self._count]
        self.kinds = self._room["kind"][: self._count]
        self.earliest = self._room["earliest"][: self._count]


def _looked_at(path: Path) -> _Segment:
    segment = _Segment(path)
    segment.look()
    return segment


def _hop(segment: _Segment, place: int) -> Iterator[tuple[int, ...]]:
    """From head to head, as far as they are some."""
    view, at, total = segment.view, segment.end, len(segment.view)
    while at + HEAD_BYTES <= total:
        head = read_head(view, at)
        if head is None or head.end > total:
            break
        yield (
            at, head.size, head.known_ns, head.tick, head.earliest_ns, head.rows, place, head.kind, head.is_compressed, False
        )
        at = head.end
    segment.end = at
