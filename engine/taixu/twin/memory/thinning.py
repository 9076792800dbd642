"""Segments made smaller: of each value the last of every so many seconds is kept, and the least and greatest between.

What was noted (alarms, commands) is kept whole, with its times. A thinned segment takes the old one's place in one step, so a kill
leaves one or the other.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.memory.blocks import BlockHead, BlockKind, pack_block, read_payload, scan_blocks
from taixu.twin.memory.columns import ColumnInfo, Schema
from taixu.twin.memory.entries import Entry
from taixu.twin.memory.folding import Folding
from taixu.twin.memory.heads import index_path, write_index
from taixu.twin.memory.packing import Arrivals, Packer, Tick
from taixu.twin.memory.room import parse_json, row_bytes

__all__ = ["UNFINISHED", "thin_segment"]

UNFINISHED = ".thinning"
"""What a thinned segment is called until it takes the other's place."""
_MAX_KEPT_BYTES = 256 << 20
"""What is held of one stretch of time; where more is told, a value is kept more often."""
_TEXT_BYTES = 64
_TICKS_A_KEY = 30


@dataclass(slots=True)
class _Samples:
    """What was told of one column within one stretch of time."""

    column: ColumnInfo
    tracks: list[NDArray[np.intp]] = field(default_factory=list)
    times: list[NDArray[np.int64]] = field(default_factory=list)
    values: list[NDArray[Any]] = field(default_factory=list)
    late: list[NDArray[np.bool_]] = field(default_factory=list)

    def add(self, entry: Entry, *, is_late: bool) -> None:
        self.tracks.append(entry.tracks)
        self.times.append(entry.times_ns)
        self.values.append(entry.values)
        self.late.append(np.full(len(entry.tracks), is_late))

    def joined(self) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[Any], NDArray[np.bool_]]:
        values = np.concatenate(self.values, axis=-1)
        return np.concatenate(self.tracks), np.concatenate(self.times), values, np.concatenate(self.late)


def thin_segment(path: Path, *, every_secs: float) -> int:
    """Thin one segment in place; gives the bytes that were saved. One that cannot be thinned is left as it is.

    Raises
    ------
    TaixuError
        When it is damaged, or the smaller one cannot be written.
    """
    before = path.stat().st_size
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with unfinished.open("wb") as file:
            for data in _thinned(path, round(every_secs * 1e9)):
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        index_path(path).unlink(missing_ok=True)
        os.replace(unfinished, path)
        write_index(path)
    except OSError as error:
        raise TaixuError(f"{path}: cannot be thinned ({error.strerror or error}); it stays as it is") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return before - path.stat().st_size


def _thinned(path: Path, every_ns: int) -> Iterator[bytes]:
    """The blocks of the smaller segment."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            raise TaixuError(f"{path}: there is nothing in it")
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    state, schema, packer = Folding(Schema(), None), Schema(), Packer(Schema())
    stretch: _Stretch | None = None
    for head in scan_blocks(path):
        payload = read_payload(data, head)
        if head.kind == BlockKind.SCHEMA:
            state.schema = Schema.from_json(parse_json(payload))
            schema.extend(state.schema)
        elif head.kind == BlockKind.KEY:
            state.open_key(payload, head)
            if stretch is None:
                packer = Packer(schema, key_secs=max(60.0, every_ns * _TICKS_A_KEY / 1e9))
                stretch = _Stretch(head.known_ns + every_ns)
                said = json.dumps({"every_secs": every_ns / 1e9}).encode()
                yield pack_block(BlockKind.THINNED, said, known_ns=head.known_ns, tick=head.tick, earliest_ns=head.known_ns, rows=0)
                packer.take_in(_standing(state, head))
                yield b"".join(packer.key_blocks(Tick(head.tick, head.known_ns, len(state.ids), _nobody())))
        elif stretch is None:
            continue
        elif head.kind == BlockKind.EVENTS:
            if stretch.tick is not None:  # what was noted has its own time; what came before it is told first
                yield from stretch.packed(packer)
            yield data[head.offset : head.end]
        else:
            if head.known_ns >= stretch.until_ns or stretch.bytes > _MAX_KEPT_BYTES:
                yield from stretch.packed(packer)
                stretch.until_ns = head.known_ns - head.known_ns % every_ns + every_ns
            stretch.take(state, payload, head)
    if stretch is None:
        raise TaixuError(f"{path}: a segment without a keyframe cannot be thinned; it is damaged")
    yield from stretch.packed(packer)


class _Stretch:
    """What is told as one tick."""

    def __init__(self, until_ns: int) -> None:
        self.until_ns = until_ns
        self.bytes = 0
        self.tick: BlockHead | None = None
        self._total = 0
        self._samples: dict[int, _Samples] = {}
        self._came: dict[int, tuple[int, int]] = {}
        self._gone: set[int] = set()
        self._names: list[tuple[str, ...]] = []

    def take(self, state: Folding, payload: bytes, head: BlockHead) -> None:
        """Take a block in."""
        if head.kind == BlockKind.TRACKS:
            arrivals = Arrivals.unpack(payload)
            state.apply_arrivals(arrivals)
            came = zip(arrivals.tracks.tolist(), arrivals.stable_ids.tolist(), arrivals.signatures.tolist())
            self._came |= {track: (stable_id, signature) for track, stable_id, signature in came}
            for track in arrivals.gone.tolist():
                self._came.pop(track, None)
                self._gone.add(track)
            self._names = arrivals.names
            self.tick, self._total = head, max(self._total, len(state.ids))
        elif head.kind in (BlockKind.TICK, BlockKind.LATE):
            self.tick, self._total = head, max(self._total, int.from_bytes(payload[:8], "little"))
            for entry in state.entries(payload, head):
                samples = self._samples.setdefault(entry.column.number, _Samples(entry.column))
                samples.add(entry, is_late=head.kind == BlockKind.LATE)
                self.bytes += len(entry.tracks) * (row_bytes(entry.column) + _TEXT_BYTES * entry.column.is_object)

    def packed(self, packer: Packer) -> Iterator[bytes]:
        """What was taken in, as blocks; then it is empty."""
        head = self.tick
        if head is None:
            return
        tracks = sorted(self._came)
        arrivals = Arrivals(
            np.array(tracks, np.uint32), np.array([self._came[each][0] for each in tracks], np.uint64),
            np.array([self._came[each][1] for each in tracks], np.uint16), np.array(sorted(self._gone), np.uint32), self._names,
        )  # fmt: skip
        tick = Tick(head.tick, head.known_ns, self._total, arrivals)
        for samples in self._samples.values():
            last, others = _reduced(samples, self._gone)
            tick.entries += [last] if len(last.tracks) else []
            tick.late += [others] if len(others.tracks) else []
        yield packer.pack(tick, begins_segment=False)
        self.tick, self.bytes, self._samples, self._came, self._gone = None, 0, {}, {}, set()


def _reduced(samples: _Samples, gone: set[int]) -> tuple[Entry, Entry]:
    """The value that each track had in the end; and of numbers the least and greatest, as history, where those are others."""
    column = samples.column
    tracks, times, values, late = samples.joined()
    if gone:
        here = ~np.isin(tracks, list(gone))
        tracks, times, values, late = tracks[here], times[here], values[..., here], late[here]
    shown = np.flatnonzero(~late)
    last = shown[_last_of_each(tracks[shown])]
    extremes = np.zeros(0, np.intp)
    if not column.is_object and column.width == 1 and column.dtype[0] in "fiu":
        order = np.lexsort((values, tracks))
        order = order[np.isfinite(values[order].astype(np.float64))]
        if len(order):
            first = np.flatnonzero(np.diff(tracks[order], prepend=-1))
            extremes = np.unique(np.concatenate([order[first], order[np.append(first[1:], len(order)) - 1]]))
            extremes = extremes[~np.isin(extremes, last)]
    else:
        extremes = np.flatnonzero(late)
        extremes = extremes[_last_of_each(tracks[extremes])]
    order = last[np.argsort(tracks[last], kind="stable")]
    return (
        Entry(column, tracks[order], times[order], values[..., order]),
        Entry(column, tracks[extremes], times[extremes], values[..., extremes]),
    )


def _last_of_each(tracks: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where each track stands last."""
    _, places = np.unique(tracks[::-1], return_index=True)
    found: NDArray[np.intp] = len(tracks) - 1 - places
    return found


def _standing(state: Folding, head: BlockHead) -> Tick:
    """All that a keyframe says, for a packer that goes on from there."""
    moment = state.moment(head)
    alive = np.flatnonzero(moment.signatures >= 0)
    arrivals = Arrivals(
        alive.astype(np.uint32), moment.stable_ids[alive], moment.signatures[alive].astype(np.uint16), np.zeros(0, np.uint32),
        moment.names,
    )  # fmt: skip
    entries = []
    for column in moment.columns.values():
        tracks = np.flatnonzero(column.known)
        entries.append(Entry(column.info, tracks, column.times_ns[tracks], column.values[..., tracks]))
    return Tick(head.tick, head.known_ns, len(state.ids), arrivals, entries)


def _nobody() -> Arrivals:
    nothing = np.zeros(0, np.uint32)
    return Arrivals(nothing, np.zeros(0, np.uint64), np.zeros(0, np.uint16), nothing, [])
