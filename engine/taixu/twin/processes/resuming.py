"""Cases that go on after a restart: a recording has all that happened to them."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.memory import Recorder, Recording
from taixu.twin.processes.cases import Cases
from taixu.twin.processes.engine import ProcessEngine

__all__ = ["carry_over", "cases_of", "resume_cases"]

_log = logging.getLogger(__name__)


def cases_of(recording: Recording, *, until_ns: int | None = None) -> Cases:
    """The cases of a recording, as they were at a time; at its end where there is none."""
    cases = Cases()
    cases.recall(event for event in recording.events(until_ns=until_ns) if event.get("kind") == "case")
    return cases


def carry_over(world: World, recorder: Recorder) -> None:
    """Have a recording that begins know the cases that are open."""
    for case in world.resource(Cases).open:
        recorder.note("case", carried=True, **case.as_event("") | case.as_dict())


def resume_cases(world: World, folder: Path) -> bool:
    """Have a world's cases go on from the end of a recording; gives whether there was anything to go on from.

    A recording begins with the cases that are open then (`carry_over`), so the newest is enough.
    """
    if not world.resource(ProcessEngine).processes or len(world.resource(Cases)):
        return False
    try:
        recording = Recording(folder)
        try:
            found = cases_of(recording)
        finally:
            recording.close()
    except TaixuError as error:
        _log.warning("%s: cases begin anew: %s", folder, error)
        return False
    world.insert_resource(found)
    world.resource(ProcessEngine).adopt(world, now_ns=time.time_ns())
    return len(found) > 0
