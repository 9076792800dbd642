"""The recorder: what changed in a world since the last tick, to a recording.

It asks the question that everybody asks, "which rows changed since tick T?", and copies those rows; all else happens in the
writer's thread. Entities that systems made (a model's nodes, a prefab's children) are made again; what became of them since they
were made is recorded (see `made`).
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.ecs import Field, Table, World, component_type
from taixu.ecs.changes import row_count
from taixu.ecs.entity import indices_of
from taixu.ecs.structure import StructureChanges
from taixu.errors import TaixuError
from taixu.scene import split_position
from taixu.twin.feed import Updates
from taixu.twin.memory.columns import Schema
from taixu.twin.memory.entries import Entry
from taixu.twin.memory.folding import MEASURED
from taixu.twin.memory.index import MANIFEST
from taixu.twin.memory.made import SimulatedRows, changed_children, moved_links, signature_of
from taixu.twin.memory.measured import MeasuredTracks, MeasuredValues, measured_id
from taixu.twin.memory.packing import Arrivals, Tick
from taixu.twin.memory.writer import Writer

if TYPE_CHECKING:
    from taixu.twin.memory.following import Follower

__all__ = ["MANIFEST", "Recorder"]

_NO_TRACK = -1
_TOLD_EVERY_NS = 1_000_000_000


class Recorder:
    """Records one world. Ticks in which nothing happened are told once a second, so that the recording says how far it came.

    Parameters
    ----------
    folder
        Of the recording; made where there is none. A folder that holds one is refused: recordings are not mixed.
    about
        What the recording should say of itself: project, world, settings (plain JSON).
    errors
        Columns that may be quantised, and how far: ``{"transform.translation": 0.01}``.
    options
        Of the `Writer`.

    Raises
    ------
    TaixuError
        When the folder cannot be used.
    """

    def __init__(
        self, folder: Path | str, *, about: Mapping[str, Any] | None = None, errors: Mapping[str, float] | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        self.folder = folder = Path(folder)
        self.about = {"id": uuid4().hex, **(about or {})}
        if folder.is_dir() and any(folder.iterdir()):
            raise TaixuError(f"{folder} is not empty; choose a new folder for the recording")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"format": "taixu.recording", "version": 1, **self.about}, ensure_ascii=False, indent=1)
            write_atomic(folder / MANIFEST, text.encode())
        except OSError as error:
            raise TaixuError(f"{folder}: a recording cannot be made there ({error.strerror})") from error
        self.schema = Schema(errors)
        self.writer = Writer(folder, self.schema, **options)
        self.followers: list[Follower] = []
        """Who brings it elsewhere, too."""
        self.skipped = 0
        """Ticks that were not taken in one by one, as the disk was too slow: the next one holds what they brought."""
        self._track_of: NDArray[np.int64] = np.empty(0, np.int64)
        self._entity_of: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._tracks = 0
        self._gone: deque[tuple[int, NDArray[np.int64]]] = deque()
        self._free: NDArray[np.int64] = np.empty(0, np.int64)
        self._signatures: dict[tuple[str, ...], int] = {}
        self._seen = -1
        self._newest_ns = self._told_ns = self._owed_ns = -(1 << 62)
        self._fed: dict[tuple[type, str], list[Updates]] = {}
        self._events: list[dict[str, Any]] = []
        self._waiting: list[Callable[[], None]] = []
        self._measured: Sequence[MeasuredValues] = ()
        self._simulated = SimulatedRows()
        self._measures = MeasuredTracks(self.schema, lambda: int(self._new_tracks(1)[0]))

    def note(self, kind: str, **facts: Any) -> None:
        """Put an event into the recording: an alarm, a command, what an operator did (plain JSON)."""
        self._events.append({"kind": kind, **facts})

    def take(self, updates: Sequence[Updates]) -> None:
        """Learn what readings the coming tick's columns are of, and keep what came too late for them."""
        for each in updates:
            self._fed.setdefault((each.target.cls, each.target.field.name), []).append(each)

    def when_written(self, function: Callable[[], None]) -> None:
        """Call a function (from another thread) when all that was fed until now is kept: whoever sent it may forget it then."""
        self._waiting.append(function)

    def measure(self, told: Sequence[MeasuredValues]) -> None:
        """Put what measures say just now into the recording."""
        self._measured = told

    def record(self, world: World, *, now_ns: int) -> None:
        """Take in what changed since the last call. Where the disk does not keep up, that waits for the next call."""
        if self.writer.is_full:
            self.skipped += 1
            self._owed_ns = now_ns
            return
        self._record(world, now_ns)

    def finish(self, world: World) -> None:
        """Take in what `record` left over, and what happened since: the last thing to do before `close`."""
        if self._owed_ns > self._newest_ns or self._events or self._waiting or self._fed:
            self._record(world, self._owed_ns)

    def _record(self, world: World, now_ns: int) -> None:
        now_ns = self._newest_ns = max(now_ns, self._newest_ns)  # a clock that is put back does not put the recording back
        self._reserve(world.index_capacity)
        self._free_tracks()
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        made = [*moved_links(world, self._seen)]
        made += changed_children(world, self._seen, fresh=structure.spawned if structure is not None else None)
        made += self._simulated.take(world, now_ns=now_ns)
        arrivals = self._arrivals(world, structure, [each.entities for each in made])
        measured = self._take_measured(world, arrivals, now_ns)
        tick = Tick(world.tick, now_ns, self._tracks, arrivals, measured)
        for table in world.tables:
            if not table.made and table.touched > self._seen:
                self._gather(tick, world, table, now_ns)
        tick.entries += [self._entry(world, each.table, each.cls, each.field, each.rows, now_ns) for each in made]
        for fed in self._fed.values():
            self._keep_superseded(tick, fed)
        tick.events, tick.on_written = self._events, self._waiting
        self._events, self._waiting, self._fed = [], [], {}
        self._seen = world.tick
        world.advance()
        if tick or now_ns - self._told_ns >= _TOLD_EVERY_NS:
            self._told_ns = now_ns
            self.writer.put(tick)

    def close(self) -> None:
        """Write what is left, and end."""
        self.writer.close()

    def fork(self, world: World) -> None:
        """A fork of the world is not recorded."""

    # Entities

    def _arrivals(self, world: World, structure: StructureChanges | None, made_too: Sequence[NDArray[np.uint64]]) -> Arrivals:
        if structure is None:  # at first, and after a world was restored: everybody is looked at
            known = self._entity_of[: self._tracks]
            gone = np.flatnonzero((known != 0) & ~world.alive(known)) if self._tracks else np.empty(0, np.intp)
            came = _joined([table.entities for table in world.tables if table.count and not table.made])
        else:
            dead = structure.despawned
            gone = self._track_of[indices_of(dead)] if len(dead) else np.empty(0, np.int64)
            same = self._entity_of[np.maximum(gone, 0)] == dead if len(dead) else np.empty(0, bool)
            gone = np.unique(gone[(gone >= 0) & same])
            came = world.living(np.unique(_joined([structure.spawned, structure.moved])))
            if len(came):
                made = np.array([table.made for table in world.tables])
                came = came[~made[world.locate(came)[0]]]
        if len(gone):
            self._track_of[indices_of(self._entity_of[gone])] = _NO_TRACK
            self._entity_of[gone] = 0
            self._gone.append((world.tick, gone))
            self._measures.forget(gone)
        moved = np.unique(_joined(made_too))
        moved = moved[self._track_of[indices_of(moved)] == _NO_TRACK]
        tracks, ids, signatures = self._note(world, np.concatenate([came, moved]))
        names: list[tuple[str, ...]] = list(self._signatures)
        return Arrivals(tracks, ids, signatures, gone.astype(np.uint32), names)

    def _note(self, world: World, came: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], NDArray[np.uint64], NDArray[np.uint16]]:
        """Tracks for who came; who had one keeps it. Made ones are given only where their places are recorded."""
        if len(came):
            tables, _ = world.locate(came)
            numbers = np.full(len(world.tables), -1)
            for number in np.unique(tables).tolist():
                numbers[number] = self._signatures.setdefault(signature_of(world.table(number)), len(self._signatures))
            signatures = numbers[tables]
        if not len(came):
            return np.empty(0, np.uint32), np.empty(0, np.uint64), np.empty(0, np.uint16)
        indices = indices_of(came)
        new = self._track_of[indices] == _NO_TRACK
        fresh = self._new_tracks(int(np.count_nonzero(new)))
        self._track_of[indices[new]] = fresh
        self._entity_of[fresh] = came[new]
        return self._track_of[indices].astype(np.uint32), world.stable_ids(came), signatures.astype(np.uint16)

    def _take_measured(self, world: World, arrivals: Arrivals, now_ns: int) -> list[Entry]:
        """What measures say that is new; the whole and zones come like entities."""

        def tracks_of(ids: NDArray[np.uint64]) -> NDArray[np.int64]:
            handles = world.find_all(ids)
            return np.where(handles != 0, self._track_of[indices_of(handles)], _NO_TRACK)

        if not self._measured:
            return []
        came, entries = self._measures.entries(self._measured, tracks_of, now_ns=now_ns)
        if came:
            signature = self._signatures.setdefault((MEASURED,), len(self._signatures))
            ids = np.array([measured_id(name) for name in came], np.uint64)
            arrivals.tracks = np.concatenate([arrivals.tracks, np.array(list(came.values()), np.uint32)])
            arrivals.stable_ids = np.concatenate([arrivals.stable_ids, ids])
            arrivals.signatures = np.concatenate([arrivals.signatures, np.full(len(came), signature, np.uint16)])
            arrivals.names = list(self._signatures)
        self._measured = ()
        return entries

    def _new_tracks(self, count: int) -> NDArray[np.int64]:
        again, self._free = self._free[:count], self._free[count:]
        more = self._tracks + np.arange(count - len(again))
        self._tracks += len(more)
        if self._tracks > len(self._entity_of):
            self._entity_of = np.concatenate([self._entity_of, np.zeros(max(self._tracks, 64), np.uint64)])
        return np.concatenate([again, more])

    def _free_tracks(self) -> None:
        """Within a segment a track is one entity's; who went before it began left his to others."""
        while self._gone and self._gone[0][0] < self.writer.begun_tick:
            self._free = np.concatenate([self._free, self._gone.popleft()[1]])

    def _reserve(self, count: int) -> None:
        have = len(self._track_of)
        if count > have:
            self._track_of = np.concatenate([self._track_of, np.full(max(count - have, have // 2), _NO_TRACK)])

    # Columns

    def _gather(self, tick: Tick, world: World, table: Table, now_ns: int) -> None:
        for declared in table.components:
            if not declared.authored:
                continue
            for fld in declared.fields:
                rows = table.changed((declared.cls,), since=self._seen, fields=(fld.name,))
                if row_count(rows):
                    tick.entries.append(self._entry(world, table, declared.cls, fld, rows, now_ns))

    def _entry(self, world: World, table: Table, cls: type, fld: Field, rows: Any, now_ns: int) -> Entry:
        column = self.schema.column(component_type(cls), fld)
        entities = table.entities[rows]
        tracks = self._track_of[indices_of(entities)]
        values = table.take(cls, fld.name, rows)
        if fld.kind.name == "entity":
            values = _stable(world, values)
        times = self._times(cls, fld.name, entities, now_ns)
        if len(tracks) > 1 and not bool((tracks[1:] > tracks[:-1]).all()):
            order = np.argsort(tracks, kind="stable")
            tracks, values, times = tracks[order], values[..., order], times[order]
        return Entry(column, tracks, times, values)

    def _times(self, cls: type, name: str, entities: NDArray[np.uint64], now_ns: int) -> NDArray[np.int64]:
        """What rows that readings wrote are of; others are of now."""
        times = np.full(len(entities), now_ns, np.int64)
        fed = self._fed.get((cls, name))
        if fed:
            indices = indices_of(entities)
            by_index = np.empty(len(self._track_of), np.int64)  # as long as the world: only what is asked is touched
            by_index[indices] = now_ns
            for each in fed:  # sorted by time: the newest stays
                by_index[indices_of(each.entities[~each.is_late])] = each.times_ns[~each.is_late]
            times = by_index[indices]
        return times

    def _keep_superseded(self, tick: Tick, fed: Sequence[Updates]) -> None:
        """Readings that a tick's column does not show, because newer ones came with them or before them: history all the same."""
        for each in fed:
            tracks = self._track_of[indices_of(each.entities)]
            numbers = np.arange(len(tracks))
            newest = np.zeros(len(self._track_of), np.int64)
            newest[tracks] = numbers
            old = (each.is_late | (newest[tracks] != numbers)) & (tracks >= 0)
            if old.any():
                tick.late += self._parts(each, tracks[old], each.times_ns[old], each.values[..., old])

    def _parts(
        self, updates: Updates, tracks: NDArray[np.int64], times: NDArray[np.int64], values: NDArray[Any]
    ) -> Iterator[Entry]:
        """Values in the columns that hold them: a place is a cell and an offset, a vector's part a column of its own."""
        target = updates.target
        declared = component_type(target.cls)
        if target.is_position:
            cells, offsets = split_position(values)
            for name, part in (("translation", offsets), ("cell", cells)):
                yield Entry(self.schema.column(declared, declared.by_name[name]), tracks, times, part)
            return
        column = self.schema.column(declared, target.field, lane=target.lane)
        yield Entry(column, tracks, times, values if column.is_object else values.astype(column.numpy))


def _joined(parts: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return np.concatenate([np.empty(0, np.uint64), *parts])


def _stable(world: World, handles: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Stable ids of referred entities; 0 for nobody."""
    found = np.zeros(len(handles), np.uint64)
    alive = world.alive(handles)
    if alive.any():
        found[alive] = world.stable_ids(handles[alive])
    return found
