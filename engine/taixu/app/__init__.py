"""What makes a world run: the app with its stages, the clock, plugins, diagnostics and the job service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taixu.app.app import App, Components, Plugin, Stage, build_plugin
from taixu.app.clock import Clock
from taixu.app.diagnostics import Diagnostics
from taixu.app.plugins import find_plugins, load_plugin
from taixu.app.services import EventBatch, GameEvents, GameServices

if TYPE_CHECKING:
    from taixu.app.jobs import Job, Jobs

__all__ = [
    "App", "Clock", "Components", "Diagnostics", "EventBatch", "GameEvents", "GameServices", "Job", "Jobs",
    "Plugin", "Stage", "build_plugin", "find_plugins", "load_plugin",
]


def __getattr__(name: str) -> object:
    if name in ("Job", "Jobs"):
        from taixu.app import jobs

        return getattr(jobs, name)
    raise AttributeError(name)
