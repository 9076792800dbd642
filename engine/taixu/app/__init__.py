"""What makes a world run: the app with its stages, the clock, plugins, diagnostics and the job service."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.app.app import App, Components, Plugin, Stage, build_plugin
    from taixu.app.clock import Clock
    from taixu.app.diagnostics import Diagnostics
    from taixu.app.jobs import Job, Jobs
    from taixu.app.plugins import find_plugins, load_plugin
    from taixu.app.services import EventBatch, GameEvents, GameServices

__all__ = [
    "App", "Clock", "Components", "Diagnostics", "EventBatch", "GameEvents", "GameServices", "Job", "Jobs",
    "Plugin", "Stage", "build_plugin", "find_plugins", "load_plugin",
]

_HOMES = {
    "App": "app", "Clock": "clock", "Components": "app", "Diagnostics": "diagnostics", "EventBatch": "services",
    "GameEvents": "services", "GameServices": "services", "Job": "jobs", "Jobs": "jobs", "Plugin": "app", "Stage": "app",
    "build_plugin": "app", "find_plugins": "plugins", "load_plugin": "plugins",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _HOMES:  # imported when first wanted: workers and their owners begin without the app, and numpy
        return getattr(importlib.import_module(f"taixu.app.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
