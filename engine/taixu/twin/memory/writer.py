"""The thread that writes: what the recorder saw becomes blocks, in order."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import SegmentFile
from taixu.twin.memory.columns import Schema
from taixu.twin.memory.heads import HeadColumns, write_index
from taixu.twin.memory.index import SUFFIX
from taixu.twin.memory.packing import Packer, Tick

__all__ = ["Writer"]

_QUEUED_TICKS = 32
_RETRY_SECS = 1.0
_LOOK_SECS = 0.1
_MOST_GONE = 1 << 16
"""Tracks of who went are given to others from the next segment on."""


class Writer:
    """Writes a recording's segments in a thread of its own.

    Parameters
    ----------
    key_rows
        A keyframe comes after so many rows for each track and column (so seeking reads a bounded amount) ...
    key_entries
        ... or so many pieces of columns ...
    key_secs
        ... or so many seconds, whichever is first.
    segment_bytes, segment_secs
        A new segment, which begins with a keyframe, comes after so many bytes or seconds: old ones are thinned and dropped whole.
    """

    def __init__(
        self, folder: Path, schema: Schema, *, first: int = 1, key_rows: float = 8.0, key_entries: int = 1200,
        key_secs: float = 60.0, segment_bytes: int = 256 << 20, segment_secs: float = 3600.0,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.problem = ""
        """Why nothing is being written just now, in one sentence."""
        self.written_bytes = 0
        self._packer = Packer(schema, key_rows=key_rows, key_entries=key_entries, key_secs=key_secs)
        self.begun_tick = -1
        """The tick that began the newest segment."""
        self._limits = (segment_bytes, int(segment_secs * 1e9))
        self._gone = 0
        """Entities that went since then."""
        self._number = first
        self._file: SegmentFile | None = None
        self._heads = HeadColumns()
        self._begun_ns = 0
        self._queue: queue.Queue[Tick | None] = queue.Queue(_QUEUED_TICKS)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="taixu recording", daemon=True)
        self._thread.start()

    @property
    def written_rows(self) -> int:
        """Values handed to the disk until now."""
        return self._packer.rows

    @property
    def is_full(self) -> bool:
        """Whether no tick can be taken in just now."""
        return self._queue.full()

    def put(self, tick: Tick) -> None:
        """Hand a tick over; where there is no room it waits, but not for a disk that takes nothing."""
        while True:
            try:
                return self._queue.put(tick, timeout=_LOOK_SECS)
            except queue.Full:
                if self.problem:
                    return None

    def wait(self) -> None:
        """Wait until everything that was handed over is written (or cannot be)."""
        self._queue.join()

    def close(self) -> None:
        """Write what is left, and end."""
        if self._thread.is_alive():
            self._stopping.set()
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        while True:
            tick = self._queue.get()
            if tick is not None:
                self._write_until_done(tick)
            self._queue.task_done()
            if tick is None:
                break
        self._end_segment()

    def _write_until_done(self, tick: Tick) -> None:
        """A full disk is waited for: what was not acknowledged is still the sender's, and what is here is kept."""
        data = self._pack(tick)
        while True:
            try:
                if self._file is None:
                    self._file = SegmentFile(self.folder / f"{self._number:06d}{SUFFIX}")
                self._file.write(data)
                break
            except (TaixuError, OSError) as error:
                self.problem = str(error)
                if self._stopping.wait(_RETRY_SECS):
                    return
        self.problem = ""
        self._heads.hop(data, 0, base=self._file.size - len(data))
        self.written_bytes += len(data)
        for waiting in tick.on_written:
            waiting()

    def _pack(self, tick: Tick) -> bytes:
        most_bytes, most_ns = self._limits
        is_long = self._file is not None and (self._file.size > most_bytes or tick.known_ns - self._begun_ns > most_ns)
        if is_long or self._gone > _MOST_GONE + tick.total // 2:
            self._end_segment()
            self._number += 1
        if self._file is None:
            self._begun_ns, self._gone, self.begun_tick = tick.known_ns, 0, tick.tick
        self._gone += len(tick.arrivals.gone)
        return self._packer.pack(tick, begins_segment=self._file is None)

    def _end_segment(self) -> None:
        """A finished segment has a file beside it that says what is where."""
        if self._file is not None:
            self._file.close()
            write_index(self._file.path, self._heads)
            self._file, self._heads = None, HeadColumns()
