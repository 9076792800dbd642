"""Measures that go on after a restart: what they remembered is kept with the recording, and what came after is played again."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from taixu.app import Components
from taixu.assets.atomic import write_atomic
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import Hierarchy, WorldTransforms, propagate_transforms
from taixu.twin.device import Roster
from taixu.twin.feed import Feed
from taixu.twin.measures.engine import Measures
from taixu.twin.measures.state import MeasuresState, read_state, restore_state, state_of
from taixu.twin.memory import Recording
from taixu.twin.memory.playing import play_recording

__all__ = ["STATE_FILE", "StateKeeper", "resume_measures"]

_log = logging.getLogger(__name__)
STATE_FILE = "measures.state"
"""Within a recording."""
_EVERY_SECS = 10.0
_SHARE = 0.005
_MAX_BYTES = 1 << 30
_MOST_PLAYED_NS = 60_000_000_000


class StateKeeper:
    """Writes down what measures remember, every ten seconds (a resource); where that is much, less often."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / STATE_FILE
        self._due = 0.0
        self._thread: threading.Thread | None = None

    def step(self, world: World) -> None:
        """Write, if it is time to, in a thread."""
        start = time.monotonic()
        measures = world.resource(Measures)
        if not measures.measures or start < self._due or (self._thread is not None and self._thread.is_alive()):
            return
        state = state_of(measures, world)
        self._due = start + max(_EVERY_SECS, (time.monotonic() - start) / _SHARE)
        self._thread = threading.Thread(target=self._write, args=(state,), name="taixu measures")
        self._thread.start()

    def close(self, world: World) -> None:
        """Write what is remembered in the end."""
        if self._thread is not None:
            self._thread.join()
        measures = world.resource(Measures)
        if measures.measures and measures.version and world.resource(StateKeeper) is self:
            self._write(state_of(measures, world))

    def _write(self, state: MeasuresState) -> None:
        try:
            write_atomic(self._file, state.to_bytes())
        except (TaixuError, OSError) as error:
            _log.warning("what measures remember cannot be kept: %s", error)

    def fork(self, world: World) -> None:
        """A fork keeps nothing."""


def resume_measures(world: World, folder: Path) -> bool:
    """Have a world's measures go on from the end of a recording; gives whether there was anything to go on from.

    What was kept last is taken, and the ticks since then are played again, so that nothing that the recording has is missing. Where
    nothing was kept, it is the recording's last minute.
    """
    measures = world.resource(Measures)
    if not measures.measures:
        return False
    try:
        recording = Recording(folder)
        try:
            state = _played(recording, world, measures)
        finally:
            recording.close()
        if state is None:
            return False
        restore_state(measures, world, state, after_pause=True)
    except TaixuError as error:
        _log.warning("%s: measures begin anew: %s", folder, error)
        return False
    return True


def _played(recording: Recording, world: World, measures: Measures) -> MeasuresState | None:
    """What was remembered when a recording ended."""
    kept = _kept(recording.folder / STATE_FILE)
    first, last = recording.span_ns
    since = max(first, last - _MOST_PLAYED_NS) if kept is None else min(max(kept.now_ns, first), last)
    past, again = World(), Measures(measures.measures, per_sec=measures.per_sec, share=1.0)
    components = world.resource(Components)
    for resource in (components, Feed(), Roster(), Hierarchy(), WorldTransforms()):
        past.insert_resource(resource)
    is_restored = kept is None
    for known_ns in play_recording(recording, past, components, since_ns=since):
        propagate_transforms(past)
        if not is_restored and kept is not None:
            restore_state(again, past, kept)
            is_restored = True
        if kept is None or known_ns > kept.now_ns:
            again.step(past, now_ns=known_ns)
    for event in recording.events(since_ns=since):
        if event.get("kind") == "joined":
            part, into, time_ns = event.get("part"), event.get("into"), event.get("time_ns")
            for _, lineage in again.lineages():
                if isinstance(part, str) and isinstance(into, str) and isinstance(time_ns, int):
                    lineage.join(part, into, time_ns=time_ns)
    return state_of(again, past)


def _kept(file: Path) -> MeasuresState | None:
    try:
        if not file.is_file() or file.stat().st_size > _MAX_BYTES:
            return None
        return read_state(file.read_bytes())
    except (TaixuError, OSError) as error:
        _log.warning("%s: %s", file, error)
        return None
