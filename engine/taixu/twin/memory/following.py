"""Whoever wants a recording elsewhere follows it: the log is the truth, and a sink remembers how far it came.

Nothing is handed to a sink by the world: a thread reads what the writer has written, as a reader of the file does. A sink that
is away, slow or new catches up from where it was; it takes a portion and the place after it in one step, so nothing is lost or
doubled.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockKind
from taixu.twin.memory.columns import Schema
from taixu.twin.memory.entries import Entry
from taixu.twin.memory.folding import Folding
from taixu.twin.memory.packing import Arrivals
from taixu.twin.memory.recording import Recording

__all__ = ["PLACE_SUFFIX", "Follower", "Portion", "Sink", "SinkAway", "Told", "bring_recording"]

_log = logging.getLogger(__name__)
PLACE_SUFFIX = ".place"
"""Of files that say how far who follows a recording has come: what he has not seen is not thinned."""
_PORTION_ROWS = 200_000
_PORTION_BLOCKS = 5_000
_ROW_BYTES = 500
_LOOK_SECS = 0.2
_WAITS_SECS = (1.0, 2.0, 5.0, 10.0, 30.0)
_DRAIN_SECS = 10.0

Place = tuple[str, int]


class SinkAway(TaixuError):
    """A sink cannot be reached just now; come again."""


@dataclass(frozen=True, slots=True)
class Told:
    """Values of one column that were written at one time."""

    known_ns: int
    is_late: bool
    ids: NDArray[np.uint64]
    entry: Entry


@dataclass(slots=True)
class Portion:
    """What a sink takes in one step.

    Attributes
    ----------
    place
        Segment and offset after it.
    """

    place: Place
    known_ns: int
    values: list[Told] = field(default_factory=list)
    events: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    """When it was known, at which tick, and what."""


class Sink(Protocol):
    """Where a recording goes besides its files. All calls come from one thread."""

    def open(self, recording: str, about: dict[str, Any]) -> Place | None:
        """Get ready for a recording, by its name; gives the place that it came to before.

        Raises
        ------
        SinkAway
            When it cannot be reached.
        """
        ...

    def take(self, portion: Portion) -> None:
        """Keep a portion and its place, both or neither.

        Raises
        ------
        SinkAway
            When it cannot be reached; whether it was kept is seen when it is opened again.
        """
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Follower:
    """Brings a recording to a sink, in a thread of its own.

    Parameters
    ----------
    fields
        Only these: components, or fields (``{"motor", "transform.translation"}``); empty is all.
    """

    def __init__(self, folder: Path, sink: Sink, *, name: str, fields: frozenset[str] = frozenset()) -> None:
        self.name = name
        self.problem = ""
        """Why nothing is brought just now, in one sentence."""
        self.rows = 0
        """Values brought since the start."""
        self.known_ns = 0
        """How far it came: the time at which that was written."""
        self._folder, self._sink, self._fields = folder, sink, fields
        self._stopping = threading.Event()
        self._drain_until = float("inf")
        if not (folder / f"{name}{PLACE_SUFFIX}").exists():
            self._note(("", 0))
        self._thread = threading.Thread(target=self._run, name=f"taixu {name}", daemon=True)
        self._thread.start()

    def as_dict(self, *, now_ns: int) -> dict[str, Any]:
        """How it does, as plain JSON."""
        behind = max(now_ns - self.known_ns, 0) / 1e9 if self.known_ns else None
        return {"name": self.name, "rows": self.rows, "behind_secs": behind, "problem": self.problem}

    def close(self) -> None:
        """Bring what is left, if that goes soon; the rest waits in the recording."""
        self._drain_until = time.monotonic() + _DRAIN_SECS
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        failures = 0
        is_last = False
        while not is_last:
            is_last = self._stopping.is_set()  # whoever was told to end tries once more
            try:
                if self._follow():
                    break
            except SinkAway as error:
                self.problem = str(error)
                if not failures:
                    _log.warning("%s", error)
                failures += 1
                self._stopping.wait(_WAITS_SECS[min(failures, len(_WAITS_SECS)) - 1])
            except TaixuError as error:  # nothing is written yet, or what is cannot be read
                self.problem = str(error)
                self._stopping.wait(1.0)
            except Exception:
                _log.exception("%s: the recording cannot be brought there", self.name)
                self.problem = "the recording cannot be brought there; the log says why"
                self._stopping.wait(_WAITS_SECS[-1])
        self._sink.close()

    def _follow(self) -> bool:
        """Bring all that there is; whether it is time to end."""
        recording = Recording(self._folder)
        place = self._sink.open(_name_of(recording), recording.about)
        try:
            while True:
                is_last = self._stopping.is_set()
                for portion in _portions(recording, place, self._fields):
                    self._sink.take(portion)
                    place, self.problem = portion.place, ""
                    self.rows += sum(len(told.ids) for told in portion.values)
                    self.known_ns = portion.known_ns
                    self._note(place)
                    if time.monotonic() > self._drain_until:
                        return True
                if is_last:
                    return True
                self._stopping.wait(_LOOK_SECS)
                recording.refresh()
        finally:
            recording.close()

    def _note(self, place: Place) -> None:
        write_atomic(self._folder / f"{self.name}{PLACE_SUFFIX}", json.dumps({"segment": place[0]}).encode())


def bring_recording(folder: Path, sink: Sink, *, progress: Callable[[int], None] | None = None) -> int:
    """Bring a recording to a sink as far as it is written; gives the values that were new there.

    Raises
    ------
    TaixuError
        When the sink cannot be reached, or the recording is damaged.
    """
    recording, rows = Recording(folder), 0
    try:
        place = sink.open(_name_of(recording), recording.about)
        for portion in _portions(recording, place, frozenset()):
            sink.take(portion)
            rows += sum(len(told.ids) for told in portion.values)
            if progress is not None:
                progress(portion.known_ns)
    finally:
        recording.close()
        sink.close()
    return rows


def _name_of(recording: Recording) -> str:
    return str(recording.about.get("id") or recording.folder.resolve())


def _portions(recording: Recording, place: Place | None, fields: frozenset[str]) -> Iterator[Portion]:
    """What was written after a place, in pieces that a memory holds."""
    index = recording.index
    first = 0 if place is None else index.after(*place)
    if first >= len(index):
        return
    state = _state_before(recording, first)
    portion = Portion(index.place(first), 0)
    rows = blocks = 0
    for number in range(first, len(index)):
        head = index.head(number)
        kind = head.kind
        if kind == BlockKind.SCHEMA:
            state.schema = recording.schema(number)
        elif kind == BlockKind.KEY:
            fresh = Folding(state.schema, None)
            fresh.open_key(index.payload(number), head)
            fresh.remember(state.ids)
            state = fresh
        elif kind == BlockKind.TRACKS:
            state.apply_arrivals(Arrivals.unpack(index.payload(number)))
        elif kind in (BlockKind.TICK, BlockKind.LATE):
            for entry in state.entries(index.payload(number), head):
                column = entry.column
                if len(entry.tracks) and (not fields or fields & {column.component, f"{column.component}.{column.field}"}):
                    portion.values.append(Told(head.known_ns, kind == BlockKind.LATE, state.ids[entry.tracks], entry))
                    rows += len(entry.tracks)
        elif kind == BlockKind.EVENTS:
            events, size = recording.events_of(number)
            portion.events += [(head.known_ns, head.tick, event) for event in events]
            rows += size // _ROW_BYTES
        portion.place, portion.known_ns = index.place(number), head.known_ns
        blocks += 1
        if rows >= _PORTION_ROWS or blocks >= _PORTION_BLOCKS:
            yield portion
            portion = Portion(portion.place, portion.known_ns)
            rows = blocks = 0
    if blocks:
        yield portion


def _state_before(recording: Recording, number: int) -> Folding:
    """What blocks from there on go by: the keyframe before, and who has come since."""
    index = recording.index
    earlier = recording.keys[recording.keys < number]
    if not len(earlier):
        return Folding(Schema(), None)  # whoever begins at the beginning meets all that he needs
    key = int(earlier[-1])
    state = Folding(recording.schema_before(key), None)
    state.open_key(index.payload(key), index.head(key))
    for each in index.numbers((BlockKind.SCHEMA, BlockKind.TRACKS), first=key + 1, stop=number).tolist():
        if index.kind(each) == BlockKind.SCHEMA:
            state.schema = recording.schema(each)
        else:
            state.apply_arrivals(Arrivals.unpack(index.payload(each)))
    return state

