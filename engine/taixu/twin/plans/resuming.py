"""Plans that go on after a restart: a recording has all that was done of them."""

from __future__ import annotations

import logging
from pathlib import Path

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.memory import Recorder, Recording
from taixu.twin.plans.engine import PlanEngine

__all__ = ["carry_plans", "resume_plans"]

_log = logging.getLogger(__name__)


def carry_plans(world: World, recorder: Recorder) -> None:
    """Have a recording that begins know how far plans have come that go on."""
    for run in world.resource(PlanEngine).runs.values():
        for event in run.as_events() if not run.ended_ns else ():
            recorder.note("plan", carried=True, **event)


def resume_plans(world: World, folder: Path) -> bool:
    """Have a world's plans go on from the end of a recording; gives whether any goes on."""
    engine = world.resource(PlanEngine)
    if not engine.plans or engine.runs:
        return False
    try:
        recording = Recording(folder)
        try:
            engine.recall(event for event in recording.events() if event.get("kind") == "plan")
        finally:
            recording.close()
    except TaixuError as error:
        _log.warning("%s: plans are followed anew: %s", folder, error)
        return False
    return any(not run.ended_ns for run in engine.runs.values())
