"""A new epoch of a twin's time: the system's clock was set back by so much that the twin's steps back with it.

Times of two epochs cannot be compared, so nothing that counts seconds goes on: conditions hold anew, measures begin anew, commands
and arrivals wait from now on. What holds stays: values, devices, alarms that are active, open cases. A recording is of one epoch:
another begins in a folder beside it, ``recording.2`` after ``recording``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

from taixu.ecs import World
from taixu.twin.arrivals import Arrivals
from taixu.twin.commands import Ledger
from taixu.twin.inbox import Letter
from taixu.twin.measures import Measures
from taixu.twin.memory import Recorder
from taixu.twin.memory.index import MANIFEST
from taixu.twin.processes import ProcessEngine
from taixu.twin.rules import RuleEngine

__all__ = ["RecordingPlan", "begin_epoch", "free_folder", "of_this_epoch"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecordingPlan:
    """How the recording was begun, to begin another (a resource).

    Attributes
    ----------
    begin
        Begins one in a folder.
    """

    folder: Path
    begin: Callable[[Path], Recorder]

    def fork(self, world: World) -> None:
        """A fork of the world is not recorded."""


def begin_epoch(world: World, *, before_ns: int, now_ns: int) -> None:
    """Have everything that counts seconds begin anew.

    Parameters
    ----------
    before_ns, now_ns
        The last time of the epoch that is over, and the first of the one that begins.
    """
    world.resource(RuleEngine).begin_anew()
    world.resource(ProcessEngine).begin_anew(now_ns=now_ns)
    measures = world.resource(Measures)
    anew = Measures(measures.measures, per_sec=measures.per_sec, share=measures.share)
    anew.version = measures.version + 1
    world.insert_resource(anew)
    world.resource(Arrivals).set_back(now_ns)
    world.resource(Ledger).set_back(now_ns)
    if not world.has_resource(Recorder):
        return
    recorder = world.resource(Recorder)
    recorder.note("clock", set_back_ns=before_ns - now_ns, goes_on_at_ns=now_ns)
    recorder.record(world, now_ns=before_ns)
    recorder.finish(world)
    Thread(target=recorder.close, name="taixu recording closing").start()  # it writes what is left
    if world.has_resource(RecordingPlan):
        plan = world.resource(RecordingPlan)
        recorder = plan.begin(free_folder(plan.folder)[0])
        _log.warning("The recording goes on in %s.", recorder.folder)


def free_folder(folder: Path) -> tuple[Path, Path | None]:
    """The folder for a recording, or one beside it where there is a recording in it already; and the newest of those there are."""
    before: Path | None = None
    for number in range(1, 1_000_000):
        free = folder if number == 1 else folder.with_name(f"{folder.name}.{number}")
        if not (free / MANIFEST).is_file():
            break
        before = free
    return free, before


def of_this_epoch(letters: Sequence[Letter], *, now_ns: int, ahead_ns: int, stepped_ns: int) -> list[Letter]:
    """Letters that were under way when the clock stepped: times of the epoch before become times of this one."""
    found: list[Letter] = []
    for letter in letters:
        times = letter.batch.times_ns
        if len(times) and int(times.min()) > now_ns + ahead_ns:
            letter = replace(letter, batch=replace(letter.batch, times_ns=times - stepped_ns))
        found.append(letter)
    return found
